"""Bodies and moments: coordination of other signals, coded events, brains beside bodies."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from interbrain import apa
from interbrain.coordination.registry import MEASURES
from interbrain.report import words
from interbrain.report.figures.bodies import coordination
from interbrain.report.figures.moments import around_events
from interbrain.report.reading import Results
from interbrain.report.tables import Table
from interbrain.report.tables import moments as tables

from .numbered import Numbered
from .planted import planted_session

# The tables that only studies with other signals or coded events have.
OF_MOMENTS = ("coordination", "eventlocked", "brainbody", "agreement")


WITH_NOTES = ("dyads", "signals", "dyad_events", "dyad_relations")  # tables that have a column for them


@dataclass(frozen=True)
class Stated:
    """A table, and what to know of its rows."""

    table: Table
    notes: tuple[str, ...]


def has_moments(results: Results) -> bool:
    """Whether the study has other signals than the EEG, or coded events."""
    return any(name in results.tables for name in OF_MOMENTS)


def in_short(results: Results) -> list[tuple[str, str]]:
    """The main test of each signal and of each code, for the first page: what it is of, and its APA line.

    Over dyads or, where one has several, over therapists; of a study of one dyad the dyad's own test.
    """
    alone = len(results.dyads) == 1
    if alone:
        told = [*_of_one(results, "coordination", ["kind"]), *_of_one(results, "dyadevents", ["code"])]
    else:
        told = [*_of_bodies(results), *_of_events(results)]
    return list(dict(told).items())


def _of_bodies(results: Results) -> Iterator[tuple[str, str]]:
    frame = results.tables.get("signalpresence", pd.DataFrame())
    headlines = {f"_{name}_above_chance" for name, measure in MEASURES.items() if measure.headline}
    shown = set()
    for row in (
        frame.iloc[::-1].drop_duplicates("measure").iloc[::-1].to_dict("records") if len(frame) else ()
    ):
        about = words.coordination_column(row["measure"])
        signal = about.partition(":")[0]
        if signal not in shown and row["measure"].endswith(tuple(headlines)):
            shown.add(signal)
            yield f"{about}, above chance", _line(row)


def _of_events(results: Results) -> Iterator[tuple[str, str]]:
    frame = results.tables.get("eventlocked", pd.DataFrame())
    for row in frame.to_dict("records"):
        if row["signal"] == "brain" and row["band"] == row["roi"] == "all":
            yield f"{words.heading(row['code'])}, {words.series('brain', row['measure'])}", _line(row)


def _line(row: Mapping) -> str:
    tested = not apa.is_missing(row["p"])
    over = f"Over {apa.whole(row['n'])} {row['unit']}s: "
    return f"{over}{row['apa']}." if tested else f"Not tested: {row['note']}."


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
    content = drawn | {
        name: None if name in absent else _shown(page, family, table, name not in WITH_NOTES)
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
            ("dyad_relations", "dyadbrainbody", tables.relations_of_dyads),
        )
    }
    return content | planted_session(page)


def _without_anything(results: Results) -> set[str]:
    """Tables that would hold n/a alone: tests over one dyad, whose own are there; agreement of one coder."""
    agreement = results.tables.get("agreement")
    absent = {"agreement"} if agreement is not None and not (agreement["n_runs"] > 0).any() else set()
    if len(results.dyads) == 1:
        own = {"over_dyads": "coordination", "events": "dyadevents", "relations": "dyadbrainbody"}
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
