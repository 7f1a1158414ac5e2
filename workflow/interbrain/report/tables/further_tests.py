"""Effects and correlations tested otherwise: permuted, of unequal spread, over therapists, given SNR."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from interbrain import apa
from interbrain.findings.form import UNEQUAL
from interbrain.findings.written import read_evidence
from interbrain.report import words
from interbrain.report.reading import Results

from .cells import about, as_spoken, difference_or_r, intervals, place, two_levels
from .form import Table, build, digits, p, said, text


def permutation(frame: pd.DataFrame, results: Results) -> Table:
    rows = as_spoken(frame, results)
    records = rows.to_dict("records")
    rows["place"] = [
        "all" if row["roi"] == row["band"] == "all" else words.cell(row["roi"], row["band"])
        for row in records
    ]
    rows["how_many"] = [
        f"{'all ' if row['exact'] == 'yes' else ''}{apa.whole(row['n_relabelings'])}" for row in records
    ]
    columns = [
        *about(), text("place", "Site, band"), text("unit", "Unit"), digits("statistic", "F"),
        p("p", "p"), p("p_family", "p (family)"), said("how_many", "Relabelings", "n_relabelings"),
        p("smallest_p", "Smallest p"),
    ]  # fmt: skip
    caption = "Permutation tests of the factors between dyads"
    return build("permutation", caption, rows, columns, stacks=True)


def spread(frame: pd.DataFrame, results: Results) -> Table:
    """Tests that allow unequal spread; rows of groups that vary unequally are marked."""
    told = read_evidence(results["evidence"], "unequal spread allowed for")
    marked = {(effect, v["measure"]) for effect, v in told if v["unequal"] == "yes"}
    states = ["look" if key in marked else "" for key in zip(frame["effect"], frame["measure"], strict=True)]
    frame = frame.assign(state=states)
    rows = as_spoken(frame.dropna(subset=["sd_ratio"]), results, "level_narrow", "level_wide")
    for end in ("narrow", "wide"):
        both = zip(rows[f"sd_{end}"].map(apa.proportion), rows[f"level_{end}"], strict=True)
        rows[f"spread_{end}"] = [f"{sd} ({level})" for sd, level in both]
    both = zip(rows["df1"], rows["df_error"], strict=True)
    rows["df"] = [f"{apa.degrees(a)}, {apa.degrees(b)}" for a, b in both]
    columns = [
        *about("Factor"), text("method", "Test"), digits("F", "F"), said("df", "df", "df_error"),
        p("p", "p"), p("p_hc3", "p (HC3)"), p("p_studentised", "p (studentised permutation)"),
        said("spread_narrow", "Smallest SD", "sd_narrow"), said("spread_wide", "Largest SD", "sd_wide"),
        digits("sd_ratio", "Ratio"), p("p_brown_forsythe", "p (Brown–Forsythe)"),
    ]  # fmt: skip
    caption = f"Tests that allow for unequal spread; marked where SDs differ {UNEQUAL:g} times or p < .05"
    return build("spread", caption, rows, columns, lambda row: row["state"], stacks=True)


def therapists(frame: pd.DataFrame, results: Results) -> Table:
    """Effects and correlations with errors that the dyads of a therapist share."""
    frame = frame.dropna(subset=["F"])
    records = frame.to_dict("records")

    rows = frame.assign(
        measure=frame["measure"].map(results.entering.label),
        tested=[words.effect(one) if ":" in str(one) else results.term(one) for one in frame["tested"]],
        place=[place(row) for row in records],
        pair=[two_levels(row) for row in records],
        size=[difference_or_r(row) for row in records],
        test=[
            f"{apa.number(row['F'])} ({apa.degrees(row['df1'])}, {apa.degrees(row['df_error'])})"
            for row in records
        ],
    )
    columns = [
        text("measure", "Measure"), text("tested", "Tested"), text("place", "Site, band"),
        text("pair", "Levels"), said("size", "Difference or r [95% CI]", "difference"),
        said("test", "F (df)", "F"), p("p_cr2", "p (CR2)"), p("p_means", "p (means)"),
        p("p_holm", "p (Holm)"), digits("n_therapists", "Therapists", 0), digits("n_dyads", "Dyads", 0),
    ]  # fmt: skip
    return build("therapists", "Effects and correlations over therapists", rows, columns, stacks=True)


def snr(frame: pd.DataFrame, results: Results) -> Table:
    """Effects and correlations with signal-to-noise held constant, and those of signal-to-noise itself."""
    records = frame.to_dict("records")

    def test(row: Mapping[str, Any]) -> str:
        if apa.is_missing(row["F"]):
            return apa.NOT_AVAILABLE
        return f"{apa.number(row['F'])} ({apa.degrees(row['df1'])}, {apa.degrees(row['df2'])})"

    rows = frame.assign(
        measure=frame["measure"].map(results.entering.label),
        tested=frame["tested"].map(results.term),
        place=[place(row) for row in records],
        pair=[two_levels(row) for row in records],
        given=["" if apa.is_missing(given) else results.entering.given_snr for given in frame["given"]],
        size=[difference_or_r(row) for row in records],
        test=[test(row) for row in records],
    )
    columns = [
        text("measure", "Measure"), text("tested", "Tested"), text("place", "Site, band"),
        text("given", "Given"), text("pair", "Levels"),
        said("size", "Difference or r [95% CI]", "difference"), said("test", "F (df)", "F"), p("p", "p"),
        p("p_holm", "p (Holm)"), digits("d", "d"), digits("n_dyads", "Dyads", 0),
    ]  # fmt: skip
    if frame["p_cr2_holm"].notna().any():
        columns.insert(-2, p("p_cr2_holm", "p (CR2, Holm)"))
    caption = "Effects and correlations with signal-to-noise held constant"
    return build("snr", caption, rows, columns, stacks=True)


def joint(frame: pd.DataFrame, named: Callable[[Any], str], of: str = "95% of relabelings") -> Table:
    """What all specifications say jointly; `named` says what was tested."""
    names = {"median_effect": "Median effect", "significant_share": "Share with p < .05",
             "stouffer_z": "Stouffer’s z"}  # fmt: skip
    rows = frame.assign(
        tested=frame["tested"].map(named),
        summary=[names.get(name, words.heading(name)) for name in frame["summary"]],
        comparison=frame["comparison"].map(words.difference),
        usual=intervals(frame, "null_low", "null_high", leading_zero=True),
    )
    columns = [
        text("tested", "Tested"), text("comparison", "Levels"), text("summary", "Over all analyses"),
        digits("observed", "Found"), said("usual", of, "null_low"),
        p("p_permutation", "p (permutation)"), digits("n_specifications", "Analyses", 0),
        digits("n_relabelings", "Relabelings", 0),
    ]  # fmt: skip
    return build("joint", "Joint tests of all analyses", rows, columns, stacks=True)
