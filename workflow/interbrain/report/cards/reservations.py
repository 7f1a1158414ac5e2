"""One reservation of a finding as a sentence."""

from __future__ import annotations

from interbrain.findings import Reservation
from interbrain.findings.findings import ALPHA
from interbrain.report import words
from interbrain.report.reading import Results

from .signal_to_noise import snr_reservation
from .spread import spread_reservation
from .therapists import UNITS


def _permuted_unit(values: dict) -> str:
    return UNITS[values.get("unit", "dyad")]


def reservation(results: Results, one: Reservation, claimed: bool) -> str:
    """One reservation as a sentence."""
    v = one.values
    count = words.counted(int(v.get("n_relabelings", 0)), "relabeling")
    smallest = words.p_value(v.get("smallest_p"))
    if one.kind == "floor":
        return (
            "No exact test of this size could confirm it: the smallest possible p of the permutation "
            f"{_permuted_unit(v)} is {smallest} ({count})."
        )
    if one.kind == "permutation":
        return f"The permutation {_permuted_unit(v)} does not confirm it: {words.p_phrase(v['p'])} ({count})."
    if one.kind == "therapists":
        if v.get("smallest_p") is not None and v["smallest_p"] >= ALPHA:
            return (
                f"The permutation {_permuted_unit(v)} could not confirm it either: the smallest possible p "
                f"is {smallest} ({count})."
            )
        return f"The permutation {_permuted_unit(v)} does not confirm it: {words.p_phrase(v['p'])} ({count})."
    if one.kind == "therapists untested":
        return f"It was not tested over therapists, several of whom have several dyads: {v['reason']}."
    if one.kind in ("joint", "joint cells"):
        where = " for the mean over sites and bands" if one.kind == "joint cells" else ""
        return (
            f"The joint test of all {v['n']} analyses does not confirm it{where}: {words.p_phrase(v['p'])}."
        )
    if one.kind in ("joint floor", "joint floor cells"):
        return (
            f"The joint test of all {v['n']} analyses could not confirm it: the smallest possible p "
            f"is {smallest}."
        )
    if one.kind == "interaction":
        where = words.effect(v["effect"])
        if claimed:
            return f"The difference is not the same throughout: {where}, {v['apa']}."
        return f"There may be a difference under some conditions: {where}, {v['apa']}."
    if one.kind in ("ranks", "some ranks"):
        told = [
            f"{words.cell(c['roi'], c['band'])} (rs = {words.proportion(c['spearman'], 2)}, Holm "
            f"{words.p_phrase(c['p_holm'])})"
            for c in v["cells"]
        ]
        return f"The rank correlation (Spearman) does not confirm it: {words.listed(told)}."
    if one.kind in ("several scores", "some several scores"):
        told = [f"{words.cell(c['roi'], c['band'])} (Holm {words.p_phrase(c['p_holm'])})" for c in v["cells"]]
        return (
            f"With all {v['n']} correlations of all scores corrected for together, it does not remain at "
            f"{words.listed(told)}."
        )
    if one.kind in ("one dyad", "some one dyad"):
        told = [f"{words.cell(c['roi'], c['band'])} (without {c['dyad']})" for c in v["cells"]]
        return f"One dyad alone decides the direction at {words.listed(told)}."
    if "snr" in one.kind.split():
        return snr_reservation(one)
    if one.kind in ("spread", "spread untested"):
        return spread_reservation(one)
    if one.kind == "reliability":
        told = [
            f"{results.scale_label(one['questionnaire'], one['subscale'])} (α = "
            f"{words.proportion(one['alpha'], 2)})"
            for one in v["scales"]
        ]
        return f"Low reliability in these dyads: {words.listed(told)}."
    return "At some sites and bands the two measures point in opposite directions: see the table."
