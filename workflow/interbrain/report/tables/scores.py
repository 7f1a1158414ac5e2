"""Questionnaire scores: correlations, how robust they are, reliability."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from interbrain import apa

from .cells import intervals
from .form import Table, build, digits, p, said, share, text

if TYPE_CHECKING:
    from interbrain.report.reading import Results


def correlations(frame: pd.DataFrame, results: Results) -> Table:
    rows = frame[frame["questionnaire"] != apa.NOT_AVAILABLE].copy()
    rows["questionnaire"] = rows["questionnaire"].map(results.questionnaire_label)
    rows["measure"] = rows["measure"].map(results.entering.label)
    columns = [
        text("questionnaire", "Score"), text("measure", "Measure"), text("roi", "Site"), text("band", "Band"),
        digits("n", "n", 0), share("r", "r"), said("ci", "95% CI", "ci_low"), p("p", "p"),
        p("p_holm", "p (Holm)"), digits("bf10", "BF10"),
    ]  # fmt: skip
    rows["ci"] = intervals(rows, "ci_low", "ci_high")
    return build("correlations", "Correlations with each site and band", rows, columns, stacks=True)


def robustness(frame: pd.DataFrame, results: Results) -> Table:
    """How far each correlation rests on its method, on single dyads and on band power."""
    rows = frame.dropna(subset=["r"])
    records = rows.to_dict("records")

    def without(row: Mapping[str, Any], end: str) -> str:
        dyad = row[f"loo_{end}_dyad"]
        name = "" if apa.is_missing(dyad) else f" (without {dyad})"
        value = apa.proportion(row[f"loo_{end}"], 2)
        return value if value == apa.NOT_AVAILABLE else f"{value}{name}"

    def with_p(row: Mapping[str, Any], value: str, p: str) -> str:
        known = not apa.is_missing(row[value])
        return f"{apa.proportion(row[value], 2)}, {apa.p_value(row[p])}" if known else apa.NOT_AVAILABLE

    rows = rows.assign(
        questionnaire=rows["questionnaire"].map(results.questionnaire_label),
        measure=rows["measure"].map(results.entering.label),
        rank=[with_p(row, "spearman", "p_spearman") for row in records],
        bend=[with_p(row, "percbend", "p_percbend") for row in records],
        bca=intervals(rows, "bca_low", "bca_high"),
        least=[without(row, "low") for row in records],
        most=[without(row, "high") for row in records],
        partial=[with_p(row, "partial_r", "partial_p") for row in records],
        between=intervals(rows, "partial_low", "partial_high"),
    )
    columns = [
        text("questionnaire", "Score"), text("measure", "Measure"), text("roi", "Site"), text("band", "Band"),
        share("r", "r", 2), said("bca", "BCa 95%", "bca_low"), said("rank", "Spearman", "spearman"),
        said("bend", "Percentage bend", "percbend"), said("least", "Lowest r, one dyad left out", "loo_low"),
        said("most", "Highest r, one dyad left out", "loo_high"),
        said("partial", "Partial r (band power)", "partial_r"),
        said("between", "95% CI (partial r)", "partial_low"), p("p_tost", "p (TOST)"),
        text("verdict", "Verdict"),
    ]  # fmt: skip
    return build("robustness", "Robustness of the correlations", rows, columns, stacks=True)


def reliability(frame: pd.DataFrame, results: Results) -> Table:
    rows = frame.assign(questionnaire=frame["questionnaire"].map(results.questionnaire_label))
    columns = [
        text("questionnaire", "Questionnaire"), text("subscale", "Subscale"), digits("n_items", "Items", 0),
        digits("n", "People", 0), share("alpha", "α", 2), share("alpha_low", "95% low", 2),
        share("alpha_high", "95% high", 2), text("note", "Note", wide=True),
    ]  # fmt: skip
    return build(
        "reliability", "Reliability of the questionnaires (Cronbach’s α)", rows, columns, stacks=True
    )
