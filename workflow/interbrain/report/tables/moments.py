"""Bodies and moments: coordination of signals against chance, coded events, brain beside body, coders."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from interbrain import apa
from interbrain.report import words

from .cells import intervals, sized
from .form import Column, Table, build, digits, p, said, share, text

NULLS = {"above_chance": "circular shifts", "above_pseudo": "strangers"}


def events(frame: pd.DataFrame) -> Table:
    """Coded events against their surroundings, over dyads and over therapists."""
    rows = _tested(frame)
    rows["events"] = _of(rows["n_used"], rows["n_events"])
    columns = [
        text("code", "Code"), text("series", "Series"), text("unit", "Unit"), digits("n", "n", 0),
        text("events", "Events used"), *_against_zero("Event minus surroundings"),
    ]  # fmt: skip
    return build("events", "Coded events against the minutes around them", rows, columns, stacks=True)


def relations(frame: pd.DataFrame) -> Table:
    """Whether moments of more synchrony between brains are moments of more coordination of bodies."""
    rows = _tested(frame)
    rows["other"] = [
        words.series(body, measure, "all", "all")
        for body, measure in zip(rows["body"], rows["body_measure"], strict=True)
    ]
    columns = [
        text("series", "Brains"), text("other", "Bodies"), text("unit", "Unit"), digits("n", "n", 0),
        share("r_mean", "Mean r", 2), *_against_zero("z above chance"),
    ]  # fmt: skip
    return build("relations", "Synchrony of brains and coordination of bodies", rows, columns, stacks=True)


def agreement(frame: pd.DataFrame) -> Table:
    """Cohen's kappa of two coders for each code, over all runs."""
    rows = frame[frame["dyad"] == "all"].copy()
    rows["coders"] = [f"{a}, {b}" for a, b in zip(rows["coder_a"], rows["coder_b"], strict=True)]
    ends = intervals(rows, "ci_low", "ci_high", 2)
    rows["size"] = sized([apa.proportion(kappa, 2) for kappa in rows["kappa"]], ends)
    rows["events"] = [
        f"{apa.whole(a)} and {apa.whole(b)}"
        for a, b in zip(rows["n_events_a"], rows["n_events_b"], strict=True)
    ]
    columns = [
        text("code", "Code"), text("coders", "Coders"), digits("n_runs", "Recordings", 0),
        text("events", "Events of each"), said("size", "Kappa [95 % CI]", "kappa"),
        share("agreement", "Agreement", 2), text("note", "Note", wide=True),
    ]  # fmt: skip
    return build("agreement", "Agreement of the coders", rows, columns, stacks=True)


def coordination(frame: pd.DataFrame) -> Table:
    """Mean coordination over dyads against each null, a row a kind of signal, measure and null."""
    rows = frame.dropna(subset=["t"]).copy()
    rows["series"] = [words.series(k, m, "all", "all") for k, m in zip(rows["kind"], rows["of"], strict=True)]
    columns = [
        text("series", "Signal"), text("null", "Above"), text("unit", "Unit"), digits("n", "n", 0),
        *_against_zero("Mean"),
    ]  # fmt: skip
    return build("coordination", "Coordination of signals above chance", rows, columns, stacks=True)


def of_dyads(frame: pd.DataFrame) -> Table:
    """Each dyad's coordination against its own chance level."""
    rows = frame.copy()
    rows["series"] = [
        words.series(k, m, "all", "all") for k, m in zip(rows["kind"], rows["measure"], strict=True)
    ]
    columns = [
        text("dyad", "Dyad"), text("time", "Time"), text("series", "Signal"),
        share("value", "Value"), share("chance", "Chance"), share("above_chance", "Above chance"),
        digits("z_chance", "z"), p("p_chance", "p"), digits("n_windows", "Windows", 0),
        *([share("above_pseudo", "Above strangers")] if "above_pseudo" in rows else []),
        text("note", "Note", wide=True),
    ]  # fmt: skip
    return build("dyads-coordination", "Each dyad’s coordination", rows, columns, stacks=True)


def _tested(frame: pd.DataFrame) -> pd.DataFrame:
    """Rows with their series, and their mean with its interval, in words."""
    rows = frame.copy()
    names = zip(*(rows[name] for name in ("signal", "measure", "band", "roi")), strict=True)
    rows["series"] = [words.series(*name) for name in names]
    return _with_sizes(rows)


def _with_sizes(rows: pd.DataFrame) -> pd.DataFrame:
    ends = intervals(rows, "ci_low", "ci_high", 3)
    return rows.assign(size=sized(rows["mean"].map(apa.proportion), ends))


def _of(some: Iterable, every: Iterable) -> list[str]:
    return [f"{apa.whole(a)} of {apa.whole(b)}" for a, b in zip(some, every, strict=True)]


def _against_zero(heading: str) -> list[Column]:
    """Mean with its interval, and the two p of a test over units."""
    return [
        said("size", f"{heading} [95 % CI]", "mean"), digits("d_z", "dz"), p("p_flips", "p (flips)"),
        p("p_family", "p (family)"), text("note", "Note", wide=True),
    ]  # fmt: skip
