"""One reservation of a finding as a sentence."""

from __future__ import annotations

from collections.abc import Callable

from interbrain import apa
from interbrain.findings.form import Reservation
from interbrain.report import words
from interbrain.report.reading import Results

from .signal_to_noise import snr_reservation
from .spread import spread_reservation
from .therapists import UNITS


def reservation(results: Results, one: Reservation, claimed: bool) -> str:
    """The sentence; `claimed` says whether the finding makes a claim that it speaks against."""
    if "snr" in one.kind.split():
        return snr_reservation(one, results.entering)
    if one.kind in ("spread", "spread untested"):
        return spread_reservation(one)
    if one.kind == "reliability":
        return _reliability(results, one.values)
    if one.kind == "interaction":
        return _interaction(one.values, claimed)
    return SENTENCES[one.kind](one.values)


def _count(v: dict) -> str:
    return words.counted(v["n_relabelings"], "relabeling")


def _unit(v: dict) -> str:
    return UNITS[v.get("unit", "dyad")]


def _floor(v: dict) -> str:
    return (
        "No exact test of this size could confirm it: the smallest possible p of the permutation "
        f"{_unit(v)} is {words.floor(v['smallest_p'])} ({_count(v)})."
    )


def _permutation(v: dict) -> str:
    return f"The permutation {_unit(v)} does not confirm it: {apa.p_value(v['p'])} ({_count(v)})."


def _therapists(v: dict) -> str:
    if v.get("reachable") == "no":
        return (
            f"The permutation {_unit(v)} could not confirm it either: the smallest possible p is "
            f"{words.floor(v['smallest_p'])} ({_count(v)})."
        )
    return _permutation(v)


def _therapists_untested(v: dict) -> str:
    reason = str(v["reason"]).removeprefix("not tested: ")
    return f"It was not tested over therapists, several of whom have several dyads: {reason}."


def _joint(v: dict, where: str = "") -> str:
    return f"The joint test of all {v['n']} analyses does not confirm it{where}: {apa.p_value(v['p'])}."


def _joint_cells(v: dict) -> str:
    return _joint(v, " for the mean over sites and bands")


def _joint_floor(v: dict) -> str:
    return (
        f"The joint test of all {v['n']} analyses could not confirm it: the smallest possible p is "
        f"{words.floor(v['smallest_p'])}."
    )


def _interaction(v: dict, claimed: bool) -> str:
    where = words.effect(v["effect"]) + (", over therapists" if v.get("unit") == "therapist" else "")
    if claimed:
        return f"The difference is not the same throughout: {where}, {v['apa']}."
    return f"There may be a difference under some conditions: {where}, {v['apa']}."


def _ranks(v: dict) -> str:
    told = [
        f"{words.cell(c['roi'], c['band'])} (rs = {apa.proportion(c['spearman'], 2)}, Holm "
        f"{apa.p_value(c['p_holm'])})"
        for c in v["cells"]
    ]
    return f"The rank correlation (Spearman) does not confirm it: {words.listed(told)}."


def _several_scores(v: dict) -> str:
    told = [f"{words.cell(c['roi'], c['band'])} (Holm {apa.p_value(c['p_holm'])})" for c in v["cells"]]
    return (
        f"After correction for all {v['n']} correlations of all scores together, it does not remain at "
        f"{words.listed(told)}."
    )


def _one_dyad(v: dict) -> str:
    told = [f"{words.cell(c['roi'], c['band'])} ({without_one_dyad(c)})" for c in v["cells"]]
    return f"It rests on one dyad at {words.listed(told)}."


def without_one_dyad(cell: dict) -> str:
    """What is left of a correlation without the dyad that it rests on: ``r = .98, without D01 r = .21``."""
    left = next(cell[name] for name in ("loo_low", "loo_high") if name in cell)
    r, left = (apa.proportion(value, 2) for value in (cell["r"], left))
    return f"r = {r}, without {cell['dyad']} r = {left}"


def _opposite_cells(v: dict) -> str:
    return "At some sites and bands the two measures point in opposite directions: see the table."


def _one_therapist(v: dict) -> str:
    return (
        f"All {v['n_dyads']} dyads have the same therapist: nothing shows that it holds with another "
        "therapist."
    )


def _most_of_one_therapist(v: dict) -> str:
    return (
        f"{v['n']} of the {v['n_dyads']} dyads have the same therapist: it may be peculiar to this therapist."
    )


def _one_therapist_a_level(v: dict) -> str:
    named = [f"“{words.spoken(one['level'])}”" for one in v["levels"]]
    at = "the level" if len(named) == 1 else "each of the levels"
    return (
        f"At {at} {words.listed(named)}, all dyads have the same therapist: the difference cannot be "
        "distinguished from one between therapists."
    )


def _few_at_a_level(v: dict) -> str:
    told = [
        f"{words.counted(one['n_dyads'], 'dyad')} at “{words.spoken(one['level'])}”" for one in v["levels"]
    ]
    return f"It rests on very few dyads: {words.listed(told)}."


def _reliability(results: Results, v: dict) -> str:
    told = [
        f"{results.scale_label(one['questionnaire'], one['subscale'])} (α = "
        f"{apa.proportion(one['alpha'], 2)})"
        for one in v["scales"]
    ]
    return f"Low reliability in these dyads: {words.listed(told)}."


SENTENCES: dict[str, Callable[[dict], str]] = {
    "floor": _floor,
    "permutation": _permutation,
    "therapists": _therapists,
    "therapists untested": _therapists_untested,
    "joint": _joint,
    "joint cells": _joint_cells,
    "joint floor": _joint_floor,
    "joint floor cells": _joint_floor,
    "ranks": _ranks,
    "some ranks": _ranks,
    "several scores": _several_scores,
    "some several scores": _several_scores,
    "one dyad": _one_dyad,
    "some one dyad": _one_dyad,
    "opposite cells": _opposite_cells,
    "one therapist": _one_therapist,
    "most of one therapist": _most_of_one_therapist,
    "one therapist a level": _one_therapist_a_level,
    "few at a level": _few_at_a_level,
}
