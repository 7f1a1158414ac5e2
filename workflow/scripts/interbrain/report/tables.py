"""Tables of the report: which columns of a written table are shown, under which heading, and how.

The numbers stay as they are; only their number of digits on the page is chosen here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from interbrain.report import words

MOST_ROWS = 300  # of a table on the page; the download always has all of them


@dataclass(frozen=True)
class Column:
    """One column: its key in the frame, its heading, and how a value is written.

    The value of a `link` column is where it leads to; `write` then gives the words to follow.
    """

    key: str
    heading: str
    write: Callable = str
    numeric: bool = False
    wide: bool = False
    link: bool = False


@dataclass(frozen=True)
class Cell:
    text: str
    sort: str
    column: Column
    href: str = ""


@dataclass(frozen=True)
class Row:
    cells: tuple
    dyad: str
    state: str
    name: str = ""


@dataclass(frozen=True)
class Table:
    """A table ready for the template; one that `stacks` becomes a list of cards where the page is narrow."""

    name: str
    caption: str
    columns: tuple
    rows: tuple
    more: int = 0
    link: object = None
    stacks: bool = False


def text(key: str, heading: str, wide: bool = False) -> Column:
    return Column(
        key, heading, lambda value: words.NOT_AVAILABLE if words.is_missing(value) else str(value), wide=wide
    )


def digits(key: str, heading: str, count: int = 2) -> Column:
    return Column(key, heading, lambda value: words.number(value, count), numeric=True)


def share(key: str, heading: str, count: int = 3) -> Column:
    return Column(key, heading, lambda value: words.proportion(value, count), numeric=True)


def p(key: str, heading: str) -> Column:
    return Column(key, heading, words.p_value, numeric=True)


def build(
    name: str,
    caption: str,
    frame: pd.DataFrame,
    columns,
    state: Callable | None = None,
    stacks: bool = False,
) -> Table:
    """Make a table; `state` gives a row's class (for example ``look``) from its values.

    A column named ``dyad`` lets "Find a dyad" mark the row; one named ``row_name`` says what it is about.
    """
    columns = tuple(columns)
    rows = []
    for record in frame.head(MOST_ROWS).to_dict("records"):
        cells = tuple(
            Cell(c.write(record[c.key]), _sort_key(record[c.key]), c, record[c.key] if c.link else "")
            for c in columns
        )
        dyad = "" if words.is_missing(record.get("dyad")) else str(record["dyad"])
        rows.append(Row(cells, dyad, state(record) if state else "", record.get("row_name", "")))
    return Table(name, caption, columns, tuple(rows), max(0, len(frame) - MOST_ROWS), stacks=stacks)


def plain(name: str, caption: str, frame: pd.DataFrame) -> Table:
    """Every column of `frame` under its own name: the numbers behind a figure."""
    columns = [
        Column(
            key,
            key,
            lambda value: words.number(value, 4) if not float(value).is_integer() else words.whole(value),
            True,
        )
        if pd.api.types.is_numeric_dtype(frame[key])
        else text(key, key)
        for key in frame.columns
    ]
    return build(name, caption, frame, columns)


def _sort_key(value) -> str:
    if words.is_missing(value):
        return ""
    return repr(float(value)) if isinstance(value, int | float) else str(value)


# --- the tables of the page ------------------------------------------------------------------------------


def anova(frame: pd.DataFrame, measure: str) -> Table:
    rows = frame[(frame["measure"] == measure) & (frame["effect"] != words.NOT_AVAILABLE)].copy()
    rows["effect"] = rows["effect"].map(words.effect)
    corrected = rows["gg_epsilon"].notna().any()
    columns = [
        text("effect", "Effect"),
        digits("F", "F"),
        digits("df1", "df1", 0),
        digits("df2", "df2", 0),
        p("p", "p"),
        *([share("gg_epsilon", "GG ε"), p("p_gg", "p (GG)")] if corrected else []),
        share("partial_eta2", "ηp²"),
        share("partial_eta2_low", "ηp² low"),
        share("partial_eta2_high", "ηp² high"),
        digits("n_dyads", "Dyads", 0),
    ]
    return build(f"anova-{measure}", f"Effects on {words.measure(measure, start=False)}", rows, columns)


def correlations(frame: pd.DataFrame, results) -> Table:
    rows = frame[frame["questionnaire"] != words.NOT_AVAILABLE].copy()
    rows["questionnaire"] = rows["questionnaire"].map(results.questionnaire_label)
    rows["measure"] = rows["measure"].map(words.measure)
    columns = [
        text("questionnaire", "Score"), text("measure", "Measure"), text("roi", "Site"), text("band", "Band"),
        digits("n", "n", 0), share("r", "r"), share("ci_low", "CI low"), share("ci_high", "CI high"),
        p("p", "p"),
        p("p_holm", "p (Holm)"), digits("bf10", "BF10"),
    ]  # fmt: skip
    return build("correlations", "Correlations with each site and band", rows, columns)


def descriptives(frame: pd.DataFrame) -> Table:
    rows = frame.copy()
    rows["measure"] = rows["measure"].map(words.measure)
    rows["factor"] = rows["factor"].map(words.heading)
    columns = [
        text("measure", "Measure"), text("factor", "Factor"), text("level", "Level"), digits("n", "Dyads", 0),
        share("mean", "Mean"), share("sd", "SD"),
    ]  # fmt: skip
    return build("descriptives", "Dyad means by group", rows, columns)


def exclusions(frame: pd.DataFrame) -> Table:
    columns = [
        text("what", "What"), text("dyad", "Dyad"), text("participant", "Person"), text("time", "Time"),
        text("item", "Item"), digits("count", "Count", 0), text("reason", "Reason", wide=True),
        text("by", "Decided by"),
    ]  # fmt: skip
    return build("exclusions", "Everything left out, with the reason", frame, columns)


def dyads(aggregated: pd.DataFrame, factors) -> Table:
    present = [factor for factor in factors if factor in aggregated]
    frame = aggregated[["dyad", "therapist", "client", *present]].drop_duplicates("dyad")
    columns = [text("dyad", "Dyad"), text("therapist", "Therapist"), text("client", "Client")]
    columns += [text(factor, words.heading(factor)) for factor in present]
    return build("dyads", "Dyads in the analysis", frame, columns)


def quality(frame: pd.DataFrame, pictures: dict) -> Table:
    """What cleaning found in each recording, and a link to its picture.

    Parameters
    ----------
    pictures : dict of (dyad, role, time) to str
        Where each recording's picture is, from the page on.
    """
    records = frame.to_dict("records")
    frame = frame.assign(
        told=[_verdict(row) for row in records],
        bad=[_count_and_names(row) for row in records],
        components=[components_removed(row) for row in records],
        failed=[windows_failed(row) for row in records],
        picture=[pictures.get((row["dyad"], row["role"], row["time"]), "") for row in records],
        row_name=[recording_name(row) for row in records],
    )
    columns = [
        text("participant", "Person"), text("dyad", "Dyad"), text("role", "Role"), text("time", "Time"),
        text("told", "Verdict", wide=True),
        *([Column("picture", "Picture", lambda href: "open" if href else words.NOT_AVAILABLE, link=True)]
          if pictures else []),
        text("bad", "Bad channels", wide=True), text("components", "Components removed", wide=True),
        digits("percent_kept", "Windows kept, %", 0), text("failed", "Own windows failed", wide=True),
        digits("muscle_s", "Muscle, s", 1), digits("line_noise_db", "Line noise, dB", 1),
        digits("sync_residual_ms", "Clock residual, ms"), digits("by_hand", "By hand", 0),
    ]  # fmt: skip
    return build("quality", "Each recording", frame, columns, _doubtful, stacks=True)


def clocks(frame: pd.DataFrame) -> Table:
    """What was recorded, and how the two clocks were tied."""
    columns = [
        text("participant", "Person"), text("dyad", "Dyad"), text("role", "Role"), text("time", "Time"),
        text("sync_method", "Aligned by"), digits("sync_markers", "Markers", 0),
        digits("sync_offset_s", "Clock offset, s", 3), digits("sync_drift_ppm", "Clock drift, ppm", 1),
        digits("gap_s", "Gap, s"), digits("duration_s", "Length, s", 0), digits("sfreq", "Rate, Hz", 0),
        digits("n_channels", "Channels", 0), text("source_format", "Format"),
    ]  # fmt: skip
    return build("clocks", "Clocks and files of each recording", frame, columns, _doubtful, stacks=True)


def recording_name(row: dict) -> str:
    return f"{row['role']} {row['participant']} of {row['dyad']}, {row['time']}"


def components_removed(row: dict) -> str:
    """What of a recording's components was removed, and whether they can be trusted, from its quality row."""
    if row["ica"].startswith("not done"):
        return row["ica"]
    removed = "none" if words.is_missing(row["removed"]) else row["removed"]
    told = f"{removed} (of {words.whole(row['n_components'])})"
    return told if row["ica"] == "converged" else f"{told}, {row['ica']}"


def windows_failed(row: dict) -> str:
    """By which criteria a person's own windows failed, from the quality row: ``3 amplitude, 1 muscle``."""
    criteria = ("gap", "flat", "amplitude", "muscle", "autoreject", "other")
    counts = [(row[f"windows_{name}"], name) for name in criteria]
    return ", ".join(f"{words.whole(n)} {name}" for n, name in counts if n > 0) or "none"


def reason_to_look(reason) -> str:
    return "no reason was written down" if words.is_missing(reason) else reason


def _count_and_names(row: dict) -> str:
    names = "" if words.is_missing(row["bad_channels"]) else f": {row['bad_channels']}"
    return f"{words.whole(row['n_bad'])}{names}"


def _verdict(row: dict) -> str:
    return f"⚠ look: {reason_to_look(row['verdict_reason'])}" if _doubtful(row) else "✓ good"


def _doubtful(row: dict) -> str:
    return "" if row["verdict"] == "good" else "look"


def chance(aggregated: pd.DataFrame) -> Table:
    columns = [
        text("dyad", "Dyad"), text("time", "Time"), text("roi", "Site"), text("band", "Band"),
        share("plv", "Raw PLV"),
        share("chance", "Chance"), share("chance_sd", "Chance SD"), share("above_chance", "Above chance"),
        p("p_chance", "p"), digits("n_windows", "Windows", 0), digits("n_pairs", "Channel pairs", 0),
    ]  # fmt: skip
    if "pseudo" in aggregated:
        columns += [
            share("pseudo", "Strangers above chance"), share("above_pseudo", "Above strangers"),
            p("p_pseudo", "p (strangers)"), digits("n_pseudo", "Strangers", 0),
        ]  # fmt: skip
    return build("chance", "Each dyad, time, site and band against its own chance level", aggregated, columns)


def planted(truth: pd.DataFrame, quality_frame: pd.DataFrame) -> Table:
    """The clocks and faults that the simulator planted, beside what the run found."""
    clocks = truth.drop_duplicates(["dyad", "time"])
    found = quality_frame.dropna(subset=["sync_offset_s"])
    found = found.sort_values("role", key=lambda roles: roles != "client", kind="stable").drop_duplicates(
        ["dyad", "time"]
    )
    frame = clocks.merge(
        found[["dyad", "time", "sync_offset_s", "sync_drift_ppm", "sync_residual_ms"]],
        on=["dyad", "time"],
        how="left",
    )
    columns = [
        text("dyad", "Dyad"), text("time", "Time"), text("planted_fault", "Planted fault"),
        digits("client_clock_offset_s", "Offset planted, s", 3),
        digits("sync_offset_s", "Offset found, s", 3),
        digits("client_clock_drift_ppm", "Drift planted, ppm", 1),
        digits("sync_drift_ppm", "Drift found, ppm", 1),
        digits("sync_residual_ms", "Residual, ms"),
    ]  # fmt: skip
    return build("planted-clocks", "Planted clocks and faults, and what was found", frame, columns)
