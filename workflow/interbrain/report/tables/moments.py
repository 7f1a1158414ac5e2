"""Bodies and moments: coordination of signals against chance, coded events, brain beside body, coders."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import pandas as pd

from interbrain import apa
from interbrain.report import words

from .cells import intervals, sized
from .form import Column, Table, build, digits, p, said, share, text


def events(frame: pd.DataFrame) -> Table:
    """Coded events against their surroundings; the notes have the series that no dyad could be tested in."""
    rows = _tested(frame)
    rows["events"] = _of(rows["n_used"], rows["n_events"])
    columns = [
        *([text("code", "Code")] if rows["code"].nunique() > 1 else []), text("series", "Series"),
        *_units(rows), text("events", "Events used"), *_against_zero("Difference", rows),
    ]  # fmt: skip
    codes = words.listed(dict.fromkeys(rows["code"])) or "Coded events"
    return build("events", f"{words.heading(codes)}: events minus surroundings", rows, columns, stacks=True)


def events_of_dyads(frame: pd.DataFrame) -> Table:
    """Each dyad's events against the minutes around them, with the dyad's own test."""
    rows = frame.copy()
    rows["series"] = _series(rows)
    rows["events"] = _of(rows["n_used"], rows["n_events"])
    columns = [
        text("dyad", "Dyad"), text("time", "Time"), text("code", "Code"), text("series", "Series"),
        text("events", "Events used"), digits("delta", "Difference", 3), digits("chance", "Chance", 3),
        digits("z_chance", "z"), p("p_chance", "p"), text("note", "Note", wide=True),
    ]  # fmt: skip
    return build("dyads-events", "Each dyad’s events minus surroundings", rows, columns, stacks=True)


def relations(frame: pd.DataFrame) -> Table:
    """Whether moments of more synchrony between brains are moments of more coordination of bodies."""
    whole = frame[(frame["band"] == "all") & (frame["roi"] == "all")]
    rows = _tested(frame if whole.empty else whole)
    rows["other"] = _series(rows, "body", "body_measure")
    places = [] if len(whole) else [text("series", "Brains")]
    columns = [
        *places, text("other", "Bodies"), *_units(rows), share("r_mean", "Mean r", 2),
        *_against_zero("z above chance", rows),
    ]  # fmt: skip
    title = "Synchrony of brains and coordination of bodies"
    title += ", over all sites and bands; the download has each" if len(whole) else ""
    return build("relations", title, rows, columns, stacks=True)


def relations_of_dyads(frame: pd.DataFrame) -> Table:
    """Each dyad's relation of brains and bodies, with the dyad's own test."""
    rows = frame.copy()
    rows["series"] = _series(rows)
    rows["other"] = _series(rows, "body", "body_measure")
    columns = [
        text("dyad", "Dyad"), text("time", "Time"), text("series", "Brains"), text("other", "Bodies"),
        digits("n_windows", "Windows", 0), share("r", "r", 2), digits("above_chance", "z above chance", 3),
        p("p_chance", "p"), text("note", "Note", wide=True),
    ]  # fmt: skip
    title = "Each dyad’s brains and bodies"
    return build("dyads-relations", title, rows, columns, stacks=True)


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
        text("events", "Events of each"), said("size", "Kappa [95% CI]", "kappa"),
        share("agreement", "Agreement", 2),
    ]  # fmt: skip
    return build("agreement", "Agreement of the coders", rows, columns, stacks=True)


def coordination(frame: pd.DataFrame) -> Table:
    """Mean coordination above chance over dyads, a row a measure and unit."""
    rows = _with_sizes(frame[(frame["roi"] == "all") & (frame["band"] == "all")])
    rows["series"] = rows["measure"].map(words.coordination_column)
    columns = [
        text("series", "Signal"), *_units(rows), *_against_zero("Above chance", rows),
    ]  # fmt: skip
    return build("coordination", "Coordination of signals above chance", rows, columns, stacks=True)


def groups(frame: pd.DataFrame) -> Table:
    """Coordination between groups."""
    rows = frame[~frame["effect"].map(apa.is_missing)].copy()
    rows["series"] = rows["measure"].map(words.coordination_column)
    rows["effect"] = rows["effect"].map(words.effect)
    dfs = zip(rows["df1"], rows["df2"], strict=True)
    rows["df"] = [f"{apa.degrees(one)}, {apa.degrees(other)}" for one, other in dfs]
    columns = [
        text("series", "Signal"), text("effect", "Effect"), digits("F", "F"), text("df", "df"), p("p", "p"),
        share("partial_eta2", "Partial η²"), digits("n_dyads", "Dyads", 0),
    ]  # fmt: skip
    return build("signal-groups", "Coordination of signals between groups", rows, columns, stacks=True)


def scores(frame: pd.DataFrame, label: Callable[[str], str]) -> Table:
    """Coordination and scores; `label` names a score."""
    rows = frame.copy()
    rows["series"] = rows["measure"].map(words.coordination_column)
    rows["score"] = rows["questionnaire"].map(label)
    ends = intervals(rows, "ci_low", "ci_high", 2)
    rows["size"] = sized(rows["r"].map(lambda r: apa.proportion(r, 2)), ends)
    columns = [
        text("series", "Signal"), text("score", "Score"), digits("n", "n", 0),
        said("size", "r [95% CI]", "r"), p("p", "p"), p("p_holm", "p (Holm)"),
    ]  # fmt: skip
    return build("signal-scores", "Coordination of signals and scores", rows, columns, stacks=True)


def of_dyads(frame: pd.DataFrame) -> Table:
    """Each dyad's coordination against its own chance level."""
    rows = frame.copy()
    rows["series"] = _series(rows, "kind", "measure")
    columns = [
        text("dyad", "Dyad"), text("time", "Time"), text("series", "Signal"),
        digits("value", "Value", 3), digits("chance", "Chance", 3), digits("above_chance", "Above chance", 3),
        digits("z_chance", "z"), p("p_chance", "p"), digits("n_windows", "Windows", 0),
        *([digits("above_pseudo", "Above strangers", 3)] if "above_pseudo" in rows else []),
        text("note", "Note", wide=True),
    ]  # fmt: skip
    return build("dyads-coordination", "Each dyad’s coordination", rows, columns, stacks=True)


def lags(frame: pd.DataFrame) -> Table:
    """At which lag two signals go together most, over dyads."""
    rows = frame.copy()
    rows["signal"] = rows["kind"].map(words.signal)
    columns = [
        text("signal", "Signal"), *_units(rows), digits("peak_s", "Lag, s"), p("p_family", "p (family)"),
        digits("n_dyads", "With own lag", 0),
        digits("n_therapist", "Therapist leads", 0), digits("n_client", "Client leads", 0),
        digits("median_s", "Median, s"),
    ]  # fmt: skip
    title = "Lag of coordination (above 0: the client follows)"
    return build("signal-lags", title, rows, columns, stacks=True)


def lags_of_dyads(frame: pd.DataFrame) -> Table:
    """Each dyad's lag, or why it has none."""
    rows = frame.copy()
    rows["signal"] = rows["kind"].map(words.signal)
    columns = [
        text("dyad", "Dyad"), text("time", "Time"), text("signal", "Signal"), digits("peak_s", "Lag, s"),
        text("leads", "Leads"), digits("z_peak", "z"), p("p_peak", "p"), text("note", "Note", wide=True),
    ]  # fmt: skip
    title = "Each dyad’s lag of coordination (above 0: the client follows)"
    return build("dyads-signal-lags", title, rows, columns, stacks=True)


def quality(frame: pd.DataFrame) -> Table:
    """What each member's signal is worth; a signal that is not used has its reason."""
    rows = frame.copy()
    rows["signal"] = rows["kind"].map(words.signal)
    rows["used"] = [
        "yes" if used == 1 else f"no: {why}" for used, why in zip(rows["usable"], rows["reason"], strict=True)
    ]
    for name in ("missing", "outside", "clipped", "flat"):
        rows[name] = [apa.NOT_AVAILABLE if apa.is_missing(v) else f"{100 * v:.0f}%" for v in rows[name]]
    rows["beats"] = [
        apa.NOT_AVAILABLE if apa.is_missing(n) else f"{apa.whole(n)}, {apa.whole(fixed)} corrected"
        for n, fixed in zip(rows["n_beats"], rows["n_corrected"], strict=True)
    ]
    columns = [
        text("dyad", "Dyad"), text("time", "Time"), text("role", "Role"), text("signal", "Signal"),
        text("recorded", "Recorded"), text("used", "Used", wide=True), text("missing", "Missing"),
        text("outside", "Out of range"), text("clipped", "Clipped"), text("flat", "Flat"),
        digits("level_us", "Level, µS", 1), digits("responses_per_min", "Responses a minute", 1),
        digits("heart_rate_per_min", "Beats a minute", 0), text("beats", "Beats"),
        digits("breaths_per_min", "Breaths a minute", 1),
    ]  # fmt: skip
    return build(
        "signals", "What each signal is worth", rows, columns,
        state=lambda row: "" if row["usable"] == 1 else "look", stacks=True,
    )  # fmt: skip


def _series(rows: pd.DataFrame, *columns: str) -> list[str]:
    """The series of each row in words, from its signal, measure, band and site or from other columns."""
    named = columns or ("signal", "measure", "band", "roi")
    return [words.series(*name) for name in zip(*(rows[one] for one in named), strict=True)]


def notes_of(rows: pd.DataFrame) -> list[str]:
    """What there is to know of the rows of a table, said once for all rows that it is true of."""
    of: dict[str, list[str]] = {}
    for row in rows.to_dict("records"):
        if not apa.is_missing(row["note"]) and row["note"]:
            of.setdefault(str(row["note"]), []).append(_called(row))
    every = len(rows)
    return [
        _as_sentence(note if len(called) == every > 1 else f"{_listed(called)}: {note}")
        for note, called in of.items()
    ]


def _as_sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def _listed(called: Sequence[str]) -> str:
    return "; ".join(dict.fromkeys(called))


def _called(row: Mapping) -> str:
    """How a sentence names a row."""
    parts = [words.spoken(row["code"])] if "code" in row else []
    if "kind" in row and "measure" not in row:
        parts.append(words.signal(row["kind"]))
    if "signal" in row:
        parts.append(words.series(row["signal"], row["measure"], row["band"], row["roi"]))
    elif "measure" in row:
        parts.append(words.coordination_column(row["measure"]))
    if "body" in row:
        parts.append(words.series(row["body"], row["body_measure"]))
    if row.get("unit") == "therapist":
        parts.append("over therapists")
    return ", ".join(parts)


def _tested(frame: pd.DataFrame) -> pd.DataFrame:
    """Rows with their series, and their mean with its interval, in words."""
    rows = frame[frame["n"] > 0].copy()
    rows["series"] = _series(rows)
    return _with_sizes(rows)


def _units(rows: pd.DataFrame) -> list[Column]:
    """How many, and of what where some rows are over therapists."""
    several = rows["unit"].nunique() > 1
    return [*([text("unit", "Unit")] if several else []), digits("n", "n" if several else "Dyads", 0)]


def _with_sizes(rows: pd.DataFrame) -> pd.DataFrame:
    ends = intervals(rows, "ci_low", "ci_high", 3)
    return rows.assign(size=sized(rows["mean"].map(apa.proportion), ends))


def _of(some: Iterable, every: Iterable) -> list[str]:
    return [f"{apa.whole(a)} of {apa.whole(b)}" for a, b in zip(some, every, strict=True)]


def _against_zero(heading: str, rows: pd.DataFrame) -> list[Column]:
    """Mean with its interval, and the p of a test over units; the family's where there is a family."""
    found = [said("size", f"{heading} [95% CI]", "mean"), p("p_flips", "p (flips)")]
    return [*found, *([p("p_family", "p (family)")] if rows["p_family"].notna().any() else [])]
