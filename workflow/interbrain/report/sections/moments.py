"""Bodies and moments: coordination of other signals, coded events, brains beside bodies."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from interbrain import apa
from interbrain.report import words
from interbrain.report.cards.moments import Judged, judged_moments
from interbrain.report.figures.bodies import coordination
from interbrain.report.figures.moments import around_events
from interbrain.report.reading import Results
from interbrain.report.tables import Table
from interbrain.report.tables import moments as tables

from .numbered import Numbered
from .planted import planted_session

# The tables that only studies with other signals or coded events have.
OF_MOMENTS = ("coordination", "signalpresence", "eventlocked", "brainbody", "agreement")


WITH_NOTES = (
    "dyads",
    "dyad_lags",
    "signals",
    "dyad_events",
    "dyad_relations",
)  # tables that have a column for them


@dataclass(frozen=True)
class Stated:
    """A table, and what to know of its rows."""

    table: Table
    notes: tuple[str, ...]


def has_moments(results: Results) -> bool:
    """Whether the study has other signals than the EEG, or coded events."""
    return any(name in results.tables for name in OF_MOMENTS)


def in_short(results: Results) -> list[tuple[str, str]]:
    """Of a study of one dyad its own test of each signal and of each code: what it is of, and its line."""
    if len(results.dyads) != 1:
        return []
    told = [*_of_one(results, "coordination", ["kind"]), *_of_one(results, "dyadevents", ["code"])]
    return list(dict(told).items())


def on_page_one(results: Results) -> tuple[list[Judged], int]:
    """What was found on bodies and moments, for the first page: the main question of each signal and of each
    code, and whatever else is claimed; and how many further questions there are. None of a study of one dyad.
    """
    if len(results.dyads) == 1:
        return [], 0
    judged = judged_moments(results)
    shown = [one for one in judged if one.main or one.claimed]
    return shown, len(judged) - len(shown)


def _of_one(results: Results, family: str, about: list[str]) -> Iterator[tuple[str, str]]:
    """The first measure of each signal, or series of each code, of the only dyad, at each time."""
    frame = results.tables.get(family)
    if frame is None or frame.empty:
        return
    for row in frame.drop_duplicates([*about, "time"]).to_dict("records"):
        of_signal = family == "coordination"
        series = words.series(row["kind" if of_signal else "signal"], row["measure"])
        named = series if of_signal else f"{words.heading(row['code'])}, {series}"
        size = "value" if of_signal else "delta"
        compared = "against its own chance level" if of_signal else "events minus surroundings"
        if apa.is_missing(row["p_chance"]):
            yield f"{named}, {words.spoken(row['time'])}", f"Not tested: {row['note']}."
        else:
            yield (
                f"{named}, {words.spoken(row['time'])}",
                f"{row['dyad']}, {compared}: {apa.number(row[size], 3)}, chance "
                f"{apa.number(row['chance'], 3)}, z = {apa.number(row['z_chance'])}, "
                f"{apa.p_value(row['p_chance'])}.",
            )


def moments(page: Numbered) -> dict:
    results = page.results
    drawn: dict[str, Any] = {"bodies": None, "curves": None}
    if "coordination" in results.tables:
        drawn["bodies"] = page.figure(coordination(results["coordination"]))
    if "perievent" in results.tables:
        drawn["curves"] = page.figure(around_events(results))
    absent = _without_anything(results)
    judged = [] if len(results.dyads) == 1 else judged_moments(results)
    content = drawn | {
        name: None if name in absent else _shown(page, family, table, name not in WITH_NOTES)
        for name, family, table in (
            ("over_dyads", "signalpresence", tables.coordination),
            ("lags", "signallags", tables.lags),
            ("groups", "signalanova", tables.groups),
            ("scores", "signalcorrelations", lambda frame: tables.scores(frame, results.questionnaire_label)),
            ("dyads", "coordination", tables.of_dyads),
            ("dyad_lags", "dyadsignallags", tables.lags_of_dyads),
            ("signals", "signalquality", tables.quality),
            ("events", "eventlocked", tables.events),
            ("dyad_events", "dyadevents", tables.events_of_dyads),
            ("agreement", "agreement", tables.agreement),
            ("relations", "brainbody", tables.relations),
            ("dyad_relations", "dyadbrainbody", tables.relations_of_dyads),
        )
    }
    return content | {"judged": judged} | planted_session(page)


def _without_anything(results: Results) -> set[str]:
    """Tables that would hold n/a alone: tests over one dyad, whose own are there; agreement of one coder."""
    agreement = results.tables.get("agreement")
    absent = {"agreement"} if agreement is not None and not (agreement["n_runs"] > 0).any() else set()
    if len(results.dyads) == 1:
        own = {
            "over_dyads": "coordination",
            "lags": "dyadsignallags",
            "events": "dyadevents",
            "relations": "dyadbrainbody",
        }
        absent |= {name for name, family in own.items() if family in results.tables}
    return absent


def _shown(
    page: Numbered, family: str, made: Callable[[pd.DataFrame], Table], with_notes: bool
) -> Stated | None:
    """The table with its number and its notes; None where the study has none, or nothing in it."""
    frame = page.results.tables.get(family)
    if frame is None or frame.empty:
        return None
    notes = tables.notes_of(frame) if with_notes else []
    return Stated(page.table(made(frame), family), tuple(notes))
