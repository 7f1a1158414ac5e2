"""What several tables write alike: intervals, sizes with intervals, pairs of levels, places."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from interbrain import apa
from interbrain.report import words

from .form import Column, text

if TYPE_CHECKING:
    from interbrain.report.reading import Results


def intervals(
    rows: pd.DataFrame, low: str, high: str, digits: int = 2, leading_zero: bool = False
) -> list[str]:
    ends = zip(rows[low], rows[high], strict=True)
    return [apa.interval(*both, digits, leading_zero) for both in ends]


def sized(sizes: pd.Series, intervals: list[str]) -> list[str]:
    """``.31 [.12, .50]``, the size alone where it has no interval."""
    return [
        size if ends == apa.NOT_AVAILABLE else f"{size} {ends}"
        for size, ends in zip(sizes, intervals, strict=True)
    ]


def pairs(rows: pd.DataFrame, joined: str) -> list[str]:
    return [f"{a} {joined} {b}" for a, b in zip(rows["level_a"], rows["level_b"], strict=True)]


def about(effect: str = "Effect") -> list[Column]:
    return [text("measure", "Measure"), text("effect", effect)]


def as_spoken(frame: pd.DataFrame, results: Results, *levels: str) -> pd.DataFrame:
    """Measures, effects and levels as the page names them; rows that name no effect are left to the notes."""
    rows = frame[frame["effect"] != apa.NOT_AVAILABLE]
    measures = rows["measure"].map(results.entering.label)
    rows = rows.assign(measure=measures, effect=rows["effect"].map(words.effect))
    for column in levels:
        rows[column] = rows[column].map(words.levels)
    return rows


def two_levels(row: dict) -> str:
    """``yes minus no``; empty where a row is of no two levels."""
    both = [words.spoken(row[f"level_{end}"]) for end in "ab"]
    return "" if apa.is_missing(row["level_a"]) else f"{both[0]} minus {both[1]}"


def difference_or_r(row: dict) -> str:
    """The difference of a factor's levels, else the correlation, with its interval."""
    digits = 2 if apa.is_missing(row["difference"]) else 3
    value = row["r"] if apa.is_missing(row["difference"]) else row["difference"]
    ends = apa.interval(row["ci_low"], row["ci_high"], digits)
    return sized(pd.Series([apa.proportion(value, digits)]), [ends])[0]


def place(row: dict) -> str:
    """``all``, ``alpha`` (over all sites) or ``frontal alpha``."""
    if row["roi"] == "all":
        return str(row["band"])
    return words.cell(row["roi"], row["band"])
