"""Columns that a study adds to the tables: its factors, the numbers of its dyads, its scores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd


def describe_factors(factors: Mapping[str, Sequence[str]]) -> dict[str, dict]:
    """Dictionary entries of a study's factors."""
    return {
        name: {"Description": f"Between-dyad factor {name}", "Levels": {v: f"{name}: {v}" for v in levels}}
        for name, levels in factors.items()
    }


def describe_numbers(columns: Sequence[str]) -> dict[str, dict]:
    """Dictionary entries of further columns of the dyads table, which hold a number a dyad."""
    return {
        name: {"Description": f"{name} of the dyad, a number in the study's dyads table"}
        for name in columns
        if name != "dyad"
    }


# What stands behind the name of a questionnaire's column that is no score.
PRORATED = {
    "missing_items": ", the number of answers that are missing. A subscale with few of them is the mean of "
    "the others times its items; with more, it and the total are n/a"
}


def describe_scores(
    questionnaires: Mapping[str, Mapping], scores: Mapping[str, pd.DataFrame], differences: Mapping
) -> dict[str, dict]:
    """Dictionary entries of a study's questionnaire scores."""
    described = {
        f"{name}_{column}": {
            "Description": f"{questionnaires[name]['name']}: {column}{PRORATED.get(column, '')}"
        }
        for name, table in scores.items()
        for column in table.columns.drop("dyad")
    }
    return described | describe_differences(differences)


def describe_differences(differences: Mapping[str, Sequence[str]]) -> dict[str, dict]:
    """Dictionary entries of the differences between questionnaires."""
    return {
        f"{name}{end}": {"Description": f"{one} total minus {other} total, {how}"}
        for name, (one, other) in differences.items()
        for end, how in (("", "signed"), ("_absolute", "without its sign"))
    }
