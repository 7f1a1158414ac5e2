"""Bodies and moments: coordination of other signals, coded events, brains beside bodies."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from interbrain.report.figures.bodies import coordination
from interbrain.report.figures.moments import around_events
from interbrain.report.reading import Results
from interbrain.report.tables import Table
from interbrain.report.tables import moments as tables

from .numbered import Numbered
from .planted import planted_session

# The tables that only studies with other signals or coded events have.
OF_MOMENTS = ("coordination", "eventlocked", "brainbody", "agreement")


WITH_NOTES = ("dyads", "signals", "dyad_events")  # tables that have a column for them


@dataclass(frozen=True)
class Stated:
    """A table, and what to know of its rows."""

    table: Table
    notes: tuple[str, ...]


def has_moments(results: Results) -> bool:
    """Whether the study has other signals than the EEG, or coded events."""
    return any(name in results.tables for name in OF_MOMENTS)


def moments(page: Numbered) -> dict:
    results = page.results
    drawn: dict[str, Any] = {"bodies": None, "curves": None}
    if "coordination" in results.tables:
        drawn["bodies"] = page.figure(coordination(results["coordination"]))
    if "perievent" in results.tables:
        drawn["curves"] = page.figure(around_events(results))
    content = drawn | {
        name: _shown(page, family, table, name not in WITH_NOTES)
        for name, family, table in (
            ("over_dyads", "signalpresence", tables.coordination),
            ("groups", "signalanova", tables.groups),
            ("scores", "signalcorrelations", lambda frame: tables.scores(frame, results.questionnaire_label)),
            ("dyads", "coordination", tables.of_dyads),
            ("signals", "signalquality", tables.quality),
            ("events", "eventlocked", tables.events),
            ("dyad_events", "dyadevents", tables.events_of_dyads),
            ("agreement", "agreement", tables.agreement),
            ("relations", "brainbody", tables.relations),
        )
    }
    return content | planted_session(page)


def _shown(
    page: Numbered, family: str, made: Callable[[pd.DataFrame], Table], with_notes: bool
) -> Stated | None:
    """The table with its number and its notes; None where the study has none, or nothing in it."""
    frame = page.results.tables.get(family)
    if frame is None or frame.empty:
        return None
    notes = tables.notes_of(frame) if with_notes else []
    return Stated(page.table(made(frame), family), tuple(notes))
