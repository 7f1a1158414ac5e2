"""What a factor's card says of groups that differ in spread. Only words."""

from __future__ import annotations

from interbrain import apa
from interbrain.findings.form import Finding, Reservation
from interbrain.report import words


def spread_line(found: Finding) -> str:
    """The test that allows unequal spread, with a warning where spreads differ; empty where there is none."""
    rows = found.told("unequal spread allowed for", measure=found.decisive)
    if not rows or "apa" not in rows[0]:
        return ""
    v = rows[0]
    tested = f"Allowing for unequal spread: {v['apa']}."
    if v["unequal"] != "yes":
        return tested
    sizes = [
        f"{apa.proportion(v[f'sd_{end}'])} ({words.spoken(v[f'level_{end}'])})" for end in ("narrow", "wide")
    ]
    forsythe = v.get("p_brown_forsythe")
    said = "" if forsythe is None else f" (Brown–Forsythe {apa.p_value(forsythe)})"
    return (
        f"The groups’ SDs are {words.listed(sizes)}{said}: F and permutation tests assume equal "
        f"spread, and reject too often or too rarely without it. {tested}"
    )


def spread_reservation(one: Reservation) -> str:
    """A reservation on unequal spread as a sentence."""
    v = one.values
    if one.kind == "spread untested":
        return f"A test that allows for unequal spread of the groups was not possible: {v['reason']}."
    return (
        f"With unequal spread of the groups allowed for (Welch), it is not confirmed: {apa.p_value(v['p'])}."
    )
