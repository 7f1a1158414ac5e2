"""The report's first card: whether there is synchrony at all. Only words; the table of findings is read."""

from __future__ import annotations

from interbrain import apa
from interbrain.findings.form import CORRECTED, OF_LAGS, STRANGERS, Finding, Reservation
from interbrain.report import words
from interbrain.report.reading import Results

from . import lags
from .card import FEW_THERAPISTS, Card, Side, of_few_therapists
from .one_dyad import own_tests

TITLE = "Is there synchrony at all?"
CHIPS = {
    "found": "Synchrony found",
    "qualified": "Synchrony found, with reservations",
    "below": "Below chance",
    "none": "No clear synchrony",
}
MEANING = (
    "Above chance means that the two rhythms are locked at the same moments. Whatever reaches both members "
    "at once, such as a sound or shared interference, has the same effect."
)


def presence_card(results: Results, found: Finding) -> Card:
    """The card of what was found on synchrony itself."""
    sides = tuple(_side(found, measure) for measure in (CORRECTED, STRANGERS))
    if found.verdict == "untested":
        own = own_tests(results)
        why = f"This could not be tested: {words.sentences(found.reason)} {own}".strip()
        return Card(TITLE, "untested", why, sides, wide=True)
    sentence = _claimed(found) if found.claims else _open(found)
    lines = (
        *(_reservation(results, one) for one in found.reservations),
        lags.supported(results, found),
        MEANING,
    )
    few = FEW_THERAPISTS if of_few_therapists(found) else ""
    chip = lags.chip(found) or few or CHIPS.get(found.verdict, "")
    return Card(
        TITLE, found.verdict, sentence, sides, lines=tuple(filter(None, lines)), named=chip, wide=True
    )


def _side(found: Finding, measure: str) -> Side:
    told = []
    for v in found.told("against zero", measure=measure):
        over = "" if v["unit"] == "dyad" else f"ver {words.counted(int(v['n']), v['unit'])}"
        if "apa" in v:
            told.append(f"{f'O{over}: ' if over else ''}{v['apa']}.")
        else:
            told.append(f"Not tested{f' o{over}' if over else ''}: {v.get('reason', '')}.")
    return Side(
        measure,
        words.measure(measure),
        told[0] if told else "Not tested.",
        permuted=" ".join(told[1:]),
    )


def _claimed(found: Finding) -> str:
    whole, *cells = found.claims
    interval = apa.interval(whole.low, whole.high, 3)
    size = f"mean {apa.proportion(whole.size)}, 95% CI {interval}, dz = {apa.number(whole.d)}"
    dyads = f"{apa.whole(found.n_dyads)} dyads"
    if found.verdict == "below":
        return (
            f"Over {dyads}, PLV was below its chance level ({size}). Synchrony cannot explain that: look for "
            "a fault in the data before you read on."
        )
    above = found.against & {"strangers", "strangers floor", "strangers untested"}
    what = "above chance" if above else "above chance and above that of pseudo-dyads"
    told = f"Over {dyads}, PLV was {what} (above chance: {size})."
    places = found.told("sites and bands")[0]["n"]
    if not places:
        return told
    named = [words.cell(claim.roi, claim.band) for claim in cells]
    if len(named) == places:
        return f"{told} This holds at each of the {places} sites and bands, corrected for all of them."
    if not named:
        return (
            f"{told} After correction for all {places} sites and bands, it does not hold at any single one."
        )
    return f"{told} After correction for all {places} sites and bands, it holds at {words.listed(named)}."


def _open(found: Finding) -> str:
    dyads = f"{apa.whole(found.n_dyads)} dyads"
    if found.verdict == "none":
        return (
            f"No clear synchrony: over {dyads}, PLV is not shown to be above chance, and a medium effect "
            "would probably have been detected."
        )
    reach = f"means up to {apa.number(found.reach)} standard deviations above chance remain possible"
    return f"This study cannot tell whether PLV is above chance: with {dyads}, {reach}."


def _reservation(results: Results, one: Reservation) -> str:
    v = one.values
    if one.kind in OF_LAGS:
        return lags.lag_reservation(results, one)
    p, smallest = apa.p_value(v.get("p_flips")), words.floor(v.get("smallest_p"))
    if one.kind == "floor":
        return (
            f"Only the t-test shows this: with {apa.whole(v['n'])} dyads, the smallest possible p of the "
            f"sign-flip test is {smallest}."
        )
    if one.kind == "therapists":
        return (
            f"Over the {apa.whole(v['n'])} therapists, each the mean of their dyads, it is not shown: "
            f"sign-flip test {p}, t-test {apa.p_value(v['p'])}."
        )
    if one.kind == "therapists floor":
        return (
            f"Over {apa.whole(v['n'])} therapists, only the t-test shows this: the smallest possible p of "
            f"the sign-flip test is {smallest}."
            if "p" in v
            else f"{words.too_few(v['n'], 'therapist')} to show that it holds for others."
        )
    if one.kind == "strangers untested":
        why = f": {v['reason']}" if "reason" in v else ""
        return f"PLV was not compared with that of pseudo-dyads{why}."
    if one.kind == "strangers floor":
        return f"Whether it is above pseudo-dyads cannot be shown: the smallest possible p is {smallest}."
    if one.kind == "strangers":
        return (
            f"It is not shown to be higher than in pseudo-dyads in the same situation (mean difference "
            f"{apa.proportion(v['mean'])}, {p}): what the situation does to everybody may explain it."
        )
    cells = [
        f"{words.cell(c['roi'], c['band'])} ({'above' if c['mean'] > 0 else 'below'} chance, "
        f"{apa.p_value(c['p'])})"
        for c in v["cells"]
    ]
    return (
        f"At {words.listed(cells)}, corrected for all sites and bands, the mean differs from chance: a hint."
    )
