"""How many of the other combinations of analysis choices agree with the study's own."""

from __future__ import annotations

from interbrain.findings.findings import ALPHA
from interbrain.report.reading import Results


def other_analyses(results: Results, tested: str) -> str:
    """How many of the other combinations of choices say the same as the study's own."""
    rows = results["specifications"].query("tested == @tested").dropna(subset=["effect_size", "p"])
    own, others = rows[rows["own"] == 1], rows[rows["own"] != 1]
    if own.empty or others.empty:
        return ""
    corrected = own[own["correction"] == "above_chance"]
    mine = (corrected if len(corrected) else own).iloc[0]
    if mine["p"] < ALPHA:
        same = (others["p"] < ALPHA) & (others["effect_size"] * mine["effect_size"] > 0)
        how = (
            "agree (p < .05, same direction)" if mine["effect_unit"] != "partial_eta2" else "agree (p < .05)"
        )
    else:
        same, how = others["p"] >= ALPHA, "have p ≥ .05 as well"
    whose = " of the mean over sites and bands" if mine["effect_unit"] == "r" else ""
    return f"{int(same.sum())} of {len(others)} other analyses{whose} {how}."
