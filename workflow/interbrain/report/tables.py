"""Tables of the report: which columns of a written table are shown, under which heading, and how.

The numbers stay as they are; only their number of digits on the page is chosen here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from interbrain.findings.spread import UNEQUAL, unequal
from interbrain.report import words

MOST_ROWS = 300  # of a table on the page; the download always has all of them


@dataclass(frozen=True)
class Column:
    """One column: its key in the frame, its heading, and how a value is written.

    The value of a `link` column is where it leads to; `write` then gives the words to follow. A column of
    words sorts by the number under `by`, where that is given.
    """

    key: str
    heading: str
    write: Callable = str
    numeric: bool = False
    wide: bool = False
    link: bool = False
    by: str = ""


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


def said(key: str, heading: str, by: str) -> Column:
    """A number with what belongs to it, as words, sorted by the number."""
    return Column(key, heading, numeric=True, by=by)


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
            Cell(c.write(record[c.key]), _sort_key(record[c.by or c.key]), c, record[c.key] if c.link else "")
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
    corrected = (rows["gg_epsilon"] < 1 - 1e-9).any()  # with 1 degree of freedom there is nothing to correct
    rows["df"] = [
        f"{words.whole(a)}, {words.whole(b)}" for a, b in zip(rows["df1"], rows["df2"], strict=True)
    ]
    rows["ci"] = _intervals(rows, "partial_eta2_low", "partial_eta2_high")
    columns = [
        text("effect", "Effect"),
        digits("F", "F"),
        said("df", "df", "df2"),
        p("p", "p"),
        *([share("gg_epsilon", "GG ε"), p("p_gg", "p (GG)")] if corrected else []),
        share("partial_eta2", "ηp²"),
        said("ci", "95 % CI of ηp²", "partial_eta2_low"),
        share("generalised_eta2", "ηG²"),
        share("omega2", "ω²"),
        digits("n_dyads", "Dyads", 0),
    ]
    return build(f"anova-{measure}", f"Effects on {words.measure(measure, start=False)}", rows, columns)


def correlations(frame: pd.DataFrame, results) -> Table:
    rows = frame[frame["questionnaire"] != words.NOT_AVAILABLE].copy()
    rows["questionnaire"] = rows["questionnaire"].map(results.questionnaire_label)
    rows["measure"] = rows["measure"].map(words.measure)
    columns = [
        text("questionnaire", "Score"), text("measure", "Measure"), text("roi", "Site"), text("band", "Band"),
        digits("n", "n", 0), share("r", "r"), said("ci", "95 % CI", "ci_low"), p("p", "p"),
        p("p_holm", "p (Holm)"), digits("bf10", "BF10"),
    ]  # fmt: skip
    rows["ci"] = _intervals(rows, "ci_low", "ci_high")
    return build("correlations", "Correlations with each site and band", rows, columns)


def robustness(frame: pd.DataFrame, results) -> Table:
    """How far each correlation rests on its method, on single dyads and on band power."""
    rows = frame.dropna(subset=["r"])
    records = rows.to_dict("records")

    def without(row, end):
        dyad = row[f"loo_{end}_dyad"]
        name = "" if words.is_missing(dyad) else f" (without {dyad})"
        value = words.proportion(row[f"loo_{end}"], 2)
        return value if value == words.NOT_AVAILABLE else f"{value}{name}"

    def with_p(row, value, p):
        known = not words.is_missing(row[value])
        return (
            f"{words.proportion(row[value], 2)}, {words.p_phrase(row[p])}" if known else words.NOT_AVAILABLE
        )

    rows = rows.assign(
        questionnaire=rows["questionnaire"].map(results.questionnaire_label),
        measure=rows["measure"].map(words.measure),
        rank=[with_p(row, "spearman", "p_spearman") for row in records],
        bend=[with_p(row, "percbend", "p_percbend") for row in records],
        bca=_intervals(rows, "bca_low", "bca_high"),
        least=[without(row, "low") for row in records],
        most=[without(row, "high") for row in records],
        partial=[with_p(row, "partial_r", "partial_p") for row in records],
        between=_intervals(rows, "partial_low", "partial_high"),
    )
    columns = [
        text("questionnaire", "Score"), text("measure", "Measure"), text("roi", "Site"), text("band", "Band"),
        share("r", "r", 2), said("bca", "BCa 95 %", "bca_low"), said("rank", "Spearman", "spearman"),
        said("bend", "Percentage bend", "percbend"), said("least", "Lowest r, one dyad left out", "loo_low"),
        said("most", "Highest r, one dyad left out", "loo_high"),
        said("partial", "Partial r (band power)", "partial_r"),
        said("between", "95% CI (partial r)", "partial_low"), p("p_tost", "p (TOST)"),
        text("verdict", "Verdict"),
    ]  # fmt: skip
    return build("robustness", "Robustness of the correlations", rows, columns, stacks=True)


def means(frame: pd.DataFrame) -> Table:
    columns = [
        *_about(), text("level", "Level"), share("mean", "Mean"), share("se", "SE"), digits("df", "df", 1),
        said("ci", "95 % CI", "ci_low"),
    ]  # fmt: skip
    rows = _spoken(frame, "level")
    rows["ci"] = _intervals(rows, "ci_low", "ci_high", 3)
    caption = "Estimated marginal means, each factor and every two together"
    return build("means", caption, rows, columns, stacks=True)


def contrasts(frame: pd.DataFrame) -> Table:
    rows = _spoken(frame, "level_a", "level_b")
    rows["pair"] = _pairs(rows, "minus")
    tests = zip(rows["t"], rows["df"], strict=True)
    rows["test"] = [f"{words.number(t)} ({words.whole(df)})" for t, df in tests]
    rows["size"] = rows["difference"]
    rows["difference"] = _sized(rows["size"].map(words.proportion), _intervals(rows, "ci_low", "ci_high", 3))
    columns = [
        *_about(), text("pair", "Levels"), said("difference", "Difference [95 % CI]", "size"),
        said("test", "t (df)", "t"), p("p", "p"), p("p_holm", "p (Holm)"), digits("d", "d"),
    ]  # fmt: skip
    caption = "Pairs of levels; Holm’s correction within an effect"
    return build("contrasts", caption, rows, columns, stacks=True)


def permutation(frame: pd.DataFrame) -> Table:
    rows = _spoken(frame)
    records = rows.to_dict("records")
    rows["place"] = [
        "all" if row["roi"] == row["band"] == "all" else words.cell(row["roi"], row["band"])
        for row in records
    ]
    rows["how_many"] = [
        f"{'all ' if row['exact'] == 'yes' else ''}{words.whole(row['n_relabelings'])}" for row in records
    ]
    columns = [
        *_about(), text("place", "Site, band"), text("unit", "Unit"), digits("statistic", "F"),
        p("p", "p"), p("p_family", "p (family)"), said("how_many", "Relabelings", "n_relabelings"),
        p("smallest_p", "Smallest p"),
    ]  # fmt: skip
    caption = "Permutation tests of the factors between dyads"
    return build("permutation", caption, rows, columns, stacks=True)


def spread(frame: pd.DataFrame) -> Table:
    """Tests that allow unequal spread; rows of groups that vary unequally are marked."""
    rows = _spoken(frame.dropna(subset=["sd_ratio"]), "level_narrow", "level_wide")
    for end in ("narrow", "wide"):
        both = zip(rows[f"sd_{end}"].map(words.proportion), rows[f"level_{end}"], strict=True)
        rows[f"spread_{end}"] = [f"{sd} ({level})" for sd, level in both]
    degrees = zip(rows["df1"], rows["df_error"], strict=True)
    rows["df"] = [f"{words.whole(a)}, {words.number(b)}" for a, b in degrees]
    columns = [
        *_about("Factor"), text("method", "Test"), digits("F", "F"), said("df", "df", "df_error"),
        p("p", "p"), p("p_hc3", "p (HC3)"), p("p_studentised", "p (studentised permutation)"),
        said("spread_narrow", "Smallest SD", "sd_narrow"), said("spread_wide", "Largest SD", "sd_wide"),
        digits("sd_ratio", "Ratio"), p("p_brown_forsythe", "p (Brown–Forsythe)"),
    ]  # fmt: skip
    caption = f"Factors with unequal spread allowed for; marked: SDs differ {UNEQUAL:g} times or p < .05"
    return build("spread", caption, rows, columns, lambda row: "look" if unequal(row) else "", stacks=True)


def presence(frame: pd.DataFrame) -> Table:
    """Means against zero over all sites and bands, then at each."""
    rows = frame.dropna(subset=["t"]).copy()
    rows["measure"] = rows["measure"].map(words.measure)
    places = zip(rows["roi"], rows["band"], strict=True)
    rows["place"] = ["all" if roi == band == "all" else words.cell(roi, band) for roi, band in places]
    ends = _intervals(rows, "ci_low", "ci_high", 3)
    rows["size"] = _sized(rows["mean"].map(words.proportion), ends)
    tests = zip(rows["t"], rows["df"], strict=True)
    rows["test"] = [f"{words.number(t)} ({words.whole(df)})" for t, df in tests]
    columns = [
        text("measure", "Measure"), text("place", "Site, band"), text("unit", "Unit"), digits("n", "n", 0),
        said("size", "Mean [95 % CI]", "mean"), share("sd", "SD"), said("test", "t (df)", "t"), p("p", "p"),
        p("p_flips", "p (flips)"), p("p_family", "p (family)"), digits("d_z", "dz"), digits("bf10", "BF10"),
    ]  # fmt: skip
    return build("presence", "Means against zero, two-sided", rows, columns, stacks=True)


def equivalence(frame: pd.DataFrame) -> Table:
    rows = _spoken(frame.rename(columns={"factor": "effect"}), "level_a", "level_b")
    for level, n in (("level_a", "n_a"), ("level_b", "n_b")):
        sizes = rows[n].map(words.whole)
        rows[level] = [f"{name} ({size})" for name, size in zip(rows[level], sizes, strict=True)]
    rows["pair"] = _pairs(rows, "against")
    ends = _intervals(rows, "d_low", "d_high", leading_zero=True)
    rows["size"] = _sized(rows["d"].map(words.number), ends)
    columns = [
        *_about("Factor"), text("pair", "Levels (dyads)"), text("verdict", "Verdict"),
        said("size", "d [90 % CI]", "d"), p("p_holm", "p (Holm)"), p("p_tost_holm", "p (TOST, Holm)"),
        digits("bf01", "BF01"),
    ]  # fmt: skip
    bounds = [f"d = ±{bound:g}" for bound in rows["bound_d"].dropna().unique()]
    caption = "Different, equivalent or inconclusive" + (f": within {words.listed(bounds)}" if bounds else "")
    return build("equivalence", caption, rows, columns, stacks=True)


def mixed(frame: pd.DataFrame) -> Table:
    frame = frame.rename(columns={"term": "effect"}).dropna(subset=["estimate"])
    rows = _spoken(frame)
    variances = frame["effect"].str.startswith("variance: ")
    rows["effect"] = rows["effect"].mask(variances, frame["effect"].map(words.heading))
    rows["ci"] = _intervals(rows, "ci_low", "ci_high", 4)
    columns = [
        *_about("Term"), share("estimate", "Estimate", 4), share("se", "SE", 4),
        said("ci", "95 % CI", "ci_low"), digits("df", "df"), digits("t", "t"), p("p", "p"),
    ]  # fmt: skip
    caption = "Mixed model with the therapist as a random effect"
    return build("mixed", caption, rows, columns, stacks=True)


def therapists(frame: pd.DataFrame, results) -> Table:
    """Effects and correlations with errors that the dyads of a therapist share."""
    frame = frame.dropna(subset=["F"])
    records = frame.to_dict("records")

    rows = frame.assign(
        measure=frame["measure"].map(words.measure),
        tested=frame["tested"].map(results.term),
        place=[_place(row) for row in records],
        pair=[_levels(row) for row in records],
        size=[_difference_or_r(row) for row in records],
        test=[
            f"{words.number(row['F'])} ({words.whole(row['df1'])}, {words.number(row['df_error'])})"
            for row in records
        ],
    )
    columns = [
        text("measure", "Measure"), text("tested", "Tested"), text("place", "Site, band"),
        text("pair", "Levels"), said("size", "Difference or r [95 % CI]", "difference"),
        said("test", "F (df)", "F"), p("p_cr2", "p (CR2)"), p("p_means", "p (means)"),
        p("p_holm", "p (Holm)"), digits("n_therapists", "Therapists", 0), digits("n_dyads", "Dyads", 0),
    ]  # fmt: skip
    return build("therapists", "Effects and correlations over therapists", rows, columns, stacks=True)


def power(frame: pd.DataFrame) -> Table:
    rows = _spoken(frame)
    ends = _intervals(rows, "d_low", "d_high", leading_zero=True)
    rows["size"] = _sized(rows["d"].map(words.number), ends)
    columns = [
        *_about(), digits("n_dyads", "Dyads", 0), digits("detectable_d", "Smallest detectable d"),
        said("size", "Observed d [95% CI]", "d"),
        digits("safeguard_d", "Safeguard d"), digits("n_for_safeguard", "N for safeguard d", 0),
    ]  # fmt: skip
    caption = "What this study could detect, and what a cautious guess would need"
    return build("power", caption, rows, columns, stacks=True)


def snr(frame: pd.DataFrame, results) -> Table:
    """Effects and correlations with signal-to-noise held constant, and those of signal-to-noise itself."""
    records = frame.to_dict("records")

    def test(row) -> str:
        if words.is_missing(row["F"]):
            return words.NOT_AVAILABLE
        return f"{words.number(row['F'])} ({words.whole(row['df1'])}, {words.whole(row['df2'])})"

    rows = frame.assign(
        measure=frame["measure"].map(words.measure),
        tested=frame["tested"].map(results.term),
        place=[_place(row) for row in records],
        pair=[_levels(row) for row in records],
        given=["" if words.is_missing(given) else "both members’ log SNR" for given in frame["given"]],
        size=[_difference_or_r(row) for row in records],
        test=[test(row) for row in records],
    )
    columns = [
        text("measure", "Measure"), text("tested", "Tested"), text("place", "Site, band"),
        text("given", "Given"), text("pair", "Levels"),
        said("size", "Difference or r [95 % CI]", "difference"), said("test", "F (df)", "F"), p("p", "p"),
        p("p_holm", "p (Holm)"), digits("d", "d"), digits("n_dyads", "Dyads", 0),
    ]  # fmt: skip
    caption = "Effects and correlations with signal-to-noise held constant"
    return build("snr", caption, rows, columns, stacks=True)


def _levels(row: dict) -> str:
    """``yes minus no``; empty where a row is of no two levels."""
    both = [words.spoken(row[f"level_{end}"]) for end in "ab"]
    return "" if words.is_missing(row["level_a"]) else f"{both[0]} minus {both[1]}"


def _difference_or_r(row: dict) -> str:
    """The difference of a factor's levels, else the correlation, with its interval."""
    digits = 2 if words.is_missing(row["difference"]) else 3
    value = row["r"] if words.is_missing(row["difference"]) else row["difference"]
    ends = words.interval(row["ci_low"], row["ci_high"], digits)
    return _sized(pd.Series([words.proportion(value, digits)]), [ends])[0]


def _place(row: dict) -> str:
    """``all``, ``alpha`` (over all sites) or ``frontal alpha``."""
    if row["roi"] == "all":
        return str(row["band"])
    return words.cell(row["roi"], row["band"])


def reliability(frame: pd.DataFrame, results) -> Table:
    rows = frame.assign(questionnaire=frame["questionnaire"].map(results.questionnaire_label))
    columns = [
        text("questionnaire", "Questionnaire"), text("subscale", "Subscale"), digits("n_items", "Items", 0),
        digits("n", "People", 0), share("alpha", "α", 2), share("alpha_low", "95 % low", 2),
        share("alpha_high", "95 % high", 2), text("note", "Note", wide=True),
    ]  # fmt: skip
    return build("reliability", "Reliability of the questionnaires (Cronbach’s α)", rows, columns)


def joint(frame: pd.DataFrame, results) -> Table:
    names = {"median_effect": "Median effect", "significant_share": "Share with p < .05",
             "stouffer_z": "Stouffer’s z"}  # fmt: skip
    rows = frame.assign(
        tested=frame["tested"].map(results.term),
        summary=[names.get(name, words.heading(name)) for name in frame["summary"]],
        comparison=frame["comparison"].map(words.difference),
        usual=_intervals(frame, "null_low", "null_high", leading_zero=True),
    )
    columns = [
        text("tested", "Tested"), text("comparison", "Levels"), text("summary", "Over all analyses"),
        digits("observed", "Found"), said("usual", "95 % of relabelings", "null_low"),
        p("p_permutation", "p (permutation)"), digits("n_specifications", "Analyses", 0),
        digits("n_relabelings", "Relabelings", 0),
    ]  # fmt: skip
    return build("joint", "What all analyses say jointly", rows, columns)


def _intervals(
    rows: pd.DataFrame, low: str, high: str, digits: int = 2, leading_zero: bool = False
) -> list[str]:
    ends = zip(rows[low], rows[high], strict=True)
    return [words.interval(*both, digits, leading_zero) for both in ends]


def _sized(sizes: pd.Series, intervals: list[str]) -> list[str]:
    """``.31 [.12, .50]``, the size alone where it has no interval."""
    return [
        size if ends == words.NOT_AVAILABLE else f"{size} {ends}"
        for size, ends in zip(sizes, intervals, strict=True)
    ]


def _pairs(rows: pd.DataFrame, joined: str) -> list[str]:
    return [f"{a} {joined} {b}" for a, b in zip(rows["level_a"], rows["level_b"], strict=True)]


def _about(effect: str = "Effect") -> list[Column]:
    return [text("measure", "Measure"), text("effect", effect)]


def _spoken(frame: pd.DataFrame, *levels: str) -> pd.DataFrame:
    """Measures, effects and levels as the page names them; rows that name no effect are left to the notes."""
    rows = frame[frame["effect"] != words.NOT_AVAILABLE]
    rows = rows.assign(measure=rows["measure"].map(words.measure), effect=rows["effect"].map(words.effect))
    for column in levels:
        rows[column] = rows[column].map(words.levels)
    return rows


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
        digits("percent_kept", "Windows kept, %", 0), text("failed",
        "Windows rejected in this person", wide=True),
        digits("muscle_s", "Muscle, s", 1), digits("line_noise_db", "Line noise, dB", 1),
        digits("sync_residual_ms", "Clock residual, ms"), digits("by_hand", "By hand", 0),
    ]  # fmt: skip
    return build("quality", "Each recording", frame, columns, _doubtful, stacks=True)


def clocks(frame: pd.DataFrame) -> Table:
    """What was recorded, and how the two clocks were tied."""
    columns = [
        text("participant", "Person"), text("dyad", "Dyad"), text("role", "Role"), text("time", "Time"),
        text("sync_method", "Aligned by"),
        said("matched", "Markers matched (therapist's | client's)", by="sync_markers"),
        digits("sync_offset_s", "Clock offset, s", 3), said("drift", "Clock drift, ppm", by="sync_drift_ppm"),
        digits("gap_s", "Gap, s"), digits("duration_s", "Length, s", 0), digits("sfreq", "Rate, Hz", 0),
        digits("n_channels", "Channels", 0), text("source_format", "Format"),
    ]  # fmt: skip
    records = frame.to_dict("records")
    frame = frame.assign(
        matched=[_matched(row) for row in records],
        drift=[
            "unknown" if row["sync_drift_from"] == "unknown" else words.number(row["sync_drift_ppm"], 1)
            for row in records
        ],
    )
    return build("clocks", "Clocks and files of each recording", frame, columns, _doubtful, stacks=True)


def _matched(row: dict) -> str:
    if words.is_missing(row["sync_markers_therapist"]) or not row["sync_markers_therapist"]:
        return words.NOT_AVAILABLE
    counts = (words.whole(row[f"sync_markers{of}"]) for of in ("", "_therapist", "_client"))
    return "{} of {} | {}".format(*counts)


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
    criteria = ("gap", "flat", "amplitude", "muscle", "step", "autoreject", "clock", "other")
    names = {"clock": "clock not confirmed"}
    counts = [(row[f"windows_{name}"], names.get(name, name)) for name in criteria]
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


# What lasts in a recording, in the simulator's words.
_CHANNEL_FAULT = re.compile(r"(?:flat|noisy|loose|bridge) (\S+)")
_STEP = re.compile(r"step at (\S+) ([\d.]+) s")


def planted_faults(truth: pd.DataFrame, quality_frame: pd.DataFrame) -> Table:
    """Every fault that the simulator planted into a recording: found or missed, and as what."""
    rows = []
    recordings = {(r["dyad"], r["time"], r["role"]): r for r in quality_frame.to_dict("records")}
    for run in truth.drop_duplicates(["dyad", "time"]).to_dict("records"):
        for role in ("therapist", "client"):
            there, written = (
                recordings.get((run["dyad"], run["time"], role)),
                run[f"planted_artifacts_{role}"],
            )
            if there is None or words.is_missing(written):
                continue
            found = list(_faults_found(written, there))
            if role == "client" and not words.is_missing(run["planted_fault"]):
                gap = there["gap_s"]
                found.append((run["planted_fault"], f"gap of {words.number(gap, 1)} s" if gap > 0 else ""))
            about = {"dyad": run["dyad"], "time": run["time"], "role": role}
            rows += [
                about | {"fault": fault, "told": f"✓ found: {as_what}" if as_what else "⚠ missed"}
                for fault, as_what in found
            ]
    frame = pd.DataFrame(rows, columns=["dyad", "time", "role", "fault", "told"])
    columns = [
        text("dyad", "Dyad"), text("time", "Time"), text("role", "Role"),
        text("fault", "Planted", wide=True), text("told", "Found", wide=True),
    ]  # fmt: skip
    return build("planted-faults", "Planted artefacts, and whether cleaning found them", frame, columns)


def _faults_found(written: str, row: dict):
    """Each artefact of one recording, and as what it was found; empty if it was missed."""
    bad = set() if words.is_missing(row["bad_channels"]) else set(row["bad_channels"].split(", "))
    pops = [] if words.is_missing(row["steps"]) else [pop.split() for pop in row["steps"].split(", ")]
    removed = "" if words.is_missing(row["removed"]) else row["removed"]
    for entry in written.split("; "):
        if fault := _CHANNEL_FAULT.fullmatch(entry):
            channels = fault[1].split("-")
            yield entry, words.counted(len(channels), "bad channel") if set(channels) <= bad else ""
        elif step := _STEP.fullmatch(entry):
            near = any(c == step[1] and abs(float(at) - float(step[2])) < 0.5 for c, at, _ in pops)
            yield entry, "electrode pop, its time left out" if near else "bad channel" * (step[1] in bad)
        elif entry.endswith(("blink", "blinks", "saccade", "saccades")):
            yield entry, "components removed" * ("eye blink" in removed)
        elif entry.endswith(("muscle burst", "muscle bursts")):
            marked = f"{words.number(row['muscle_s'], 1)} s marked" if row["muscle_s"] > 0 else ""
            told = ["components removed" * ("muscle" in removed), marked]
            yield entry, ", ".join(filter(None, told))
