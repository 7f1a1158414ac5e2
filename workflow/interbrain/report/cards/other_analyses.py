"""How many of the other combinations of analysis choices agree with the study's own."""

from __future__ import annotations

from interbrain.findings.form import Finding


def other_analyses(found: Finding) -> str:
    """The line of a card; empty where the study has no other analyses."""
    for v in found.told("other analyses"):
        how = "have p ≥ .05 as well"
        if v["significant"] == "yes":
            directed = v["effect_unit"] != "partial_eta2"
            how = "agree (p < .05, same direction)" if directed else "agree (p < .05)"
        whose = " of the mean over sites and bands" if v["effect_unit"] == "r" else ""
        return f"{v['n_agree']} of {v['n']} other analyses{whose} {how}."
    return ""
