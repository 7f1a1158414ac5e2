"""Indirect effects through a mediator, with what the study could have found."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from interbrain import apa
from interbrain.report import words

from .cells import intervals, sized
from .form import Table, build, digits, said, share, text

if TYPE_CHECKING:
    from interbrain.report.reading import Results

VERDICTS = {
    "positive": "Indirect effect found, positive",
    "negative": "Indirect effect found, negative",
    "equivalent": "Too small to matter",
    "cannot tell": "Cannot tell",
    "not tested": "Not tested",
}


def mediation(frame: pd.DataFrame, results: Results) -> Table:
    """A row a mediation; all paths are in standard deviations."""
    rows = frame.copy()
    for name in ("predictor", "mediator", "outcome"):
        rows[name] = [called(results, one) for one in rows[name]]
    ends = intervals(rows, "indirect_low", "indirect_high")
    rows["size"] = sized(rows["indirect"].map(lambda size: apa.proportion(size, 2)), ends)
    rows["verdict"] = rows["verdict"].map(VERDICTS)
    columns = [
        text("predictor", "From"), text("mediator", "Through"), text("outcome", "To"),
        digits("n_dyads", "Dyads", 0),
        share("a", "a", 2), share("b", "b", 2), share("direct", "Direct", 2),
        said("size", "Indirect [interval]", "indirect"), share("detectable", "Detectable", 2),
        text("verdict", "Verdict"),
    ]  # fmt: skip
    return build("mediation", "Indirect effects, standardised", rows, columns, stacks=True)


def called(results: Results, name: str) -> str:
    """A column as the page names it."""
    if name in results.between or name in results.factors:
        return words.heading(name)
    return words.measure(name) if name in words.MEASURES else results.questionnaire_label(name)
