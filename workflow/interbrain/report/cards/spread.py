"""What a factor's card says of groups that differ in spread. Only words; `findings.spread` judges."""

from __future__ import annotations

from interbrain.findings import Finding, Reservation
from interbrain.findings.spread import spread_of, unequal
from interbrain.report import words
from interbrain.report.reading import Results


def spread_line(results: Results, found: Finding) -> str:
    """The test that allows unequal spread, with a warning where spreads differ; empty where there is none."""
    row = spread_of(results["spread"], found.hypothesis, found.decisive)
    if row is None or words.is_missing(row["F"]):
        return ""
    tested = f"Allowing for unequal spread: {row['apa']}."
    if not unequal(row):
        return tested
    sizes = [
        f"{words.proportion(row[f'sd_{end}'])} ({words.spoken(row[f'level_{end}'])})"
        for end in ("narrow", "wide")
    ]
    forsythe = row["p_brown_forsythe"]
    said = "" if words.is_missing(forsythe) else f" (Brown–Forsythe {words.p_phrase(forsythe)})"
    return (
        f"The groups’ SDs are {words.listed(sizes)}{said}: F and permutation take them for equal, and find "
        f"too much or too little where they are not. {tested}"
    )


def spread_reservation(one: Reservation) -> str:
    v = one.values
    if one.kind == "spread untested":
        return f"It was not tested with unequal spread of the groups allowed for: {v['reason']}."
    return (
        "With unequal spread of the groups allowed for (Welch), it is not confirmed: "
        f"{words.p_phrase(v['p'])}."
    )
