"""The card of a factor between dyads, or of the times or tasks within them."""

from __future__ import annotations

from collections.abc import Sequence

from interbrain import apa
from interbrain.findings.form import BOTH, CORRECTED, RAW, Claim, Finding
from interbrain.report import words
from interbrain.report.reading import Results

from . import lags
from .card import Card, Side
from .other_analyses import other_analyses
from .reservations import reservation
from .signal_to_noise import NOT_APART, stays_given_snr
from .spread import spread_line
from .therapists import UNITS, decides_over_therapists, dyads_of, therapists_line


def factor_card(results: Results, found: Finding) -> Card:
    """The card of what was found on a factor."""
    title = words.heading(found.hypothesis)
    sides = tuple(_side(results, found, measure) for measure in results.measures)
    if found.verdict == "untested":
        return Card(title, "untested", f"This could not be tested: {words.sentences(found.reason)}", sides)
    pairs = [pair for v in found.told("equivalence", measure=found.decisive) for pair in v["pairs"]]
    if found.claims:
        sentence = _factor_claims(results, found)
    else:
        sentence = _no_claim(results, found, bounded=len(pairs) > 0)
    if said := _equivalence_said(pairs, any(c.on in (BOTH, found.decisive) for c in found.claims)):
        sentence = f"{sentence} {said}".strip()
    lines = [
        *(reservation(results, one, bool(found.claims)) for one in found.reservations),
        stays_given_snr(found, results.entering),
        lags.of_a_claim(results, found),
        therapists_line(found),
        spread_line(found),
        *(f"{words.effect(v['effect'])}: {v['apa']}." for v in found.told("with time")),
        _sensitivity(found),
        other_analyses(found),
    ]
    return Card(title, found.verdict, sentence, sides, lines=tuple(line for line in lines if line))


def _side(results: Results, found: Finding, measure: str) -> Side:
    told = found.told("model", measure=measure)
    line = ""
    if told:
        line = told[0]["apa"] if "apa" in told[0] else f"Not tested: {told[0]['reason']}"
        line += decides_over_therapists(found, measure)
    means = results["descriptives"].query("measure == @measure and factor == @found.hypothesis")
    said = tuple(
        (words.spoken(one.level), apa.proportion(one.mean), apa.proportion(one.sd), apa.whole(one.n))
        for one in means[means["level"] != apa.NOT_AVAILABLE].itertuples()
    )
    return Side(measure, results.entering.label(measure), line, said, _permuted(found, measure))


def _permuted(found: Finding, measure: str) -> str:
    """The permutation tests of the dyads' means, as a short line; empty where there is none."""
    told = []
    for v in found.told("permutation test", measure=measure):
        how = f"{'all ' if v['exact'] == 'yes' else ''}{apa.whole(v['n_relabelings'])} relabelings"
        if v["reachable"] == "no":
            how += f"; the smallest possible p is {words.floor(v['smallest_p'])}"
        unit = "test" if v["unit"] == "dyad" else UNITS[v["unit"]]
        told.append(f"permutation {unit}: {apa.p_value(v['p'])} ({how})")
    text = "; ".join(told)
    return text[:1].upper() + text[1:]


def _adjusted(results: Results, factor: str) -> str:
    """How the model's difference is called: adjusted where anything else is in the model."""
    if factor not in results.between:
        return "mean difference"
    others = len(results.between) > 1 or results.setting("statistics", "covariates", default=[])
    return "adjusted difference" if others or results.entering.time == "ancova" else "difference"


def _size(results: Results, factor: str, claim: Claim) -> str:
    interval, d = apa.interval(claim.low, claim.high, 3), "d" if factor in results.between else "dz"
    size = apa.proportion(claim.size)
    return f"{_adjusted(results, factor)} {size}, 95% CI {interval}, {d} = {apa.number(claim.d)}"


def _compared(results: Results, factor: str, claims: Sequence[Claim]) -> str:
    """``PLV was higher for mindfulness “yes” than “no”``, or that the levels differ.

    Of more than two levels, only pairs are named that differ after Holm's correction, and it says so.
    """
    what = results.entering.tested
    what = what[:1].upper() + what[1:]
    named = [claim for claim in claims if claim.higher]
    if not named:
        return (
            f"{what} differed between the levels of {words.spoken(factor)}, but no two of them differ after "
            "Holm’s correction"
        )
    pairs = [f"“{words.spoken(claim.higher)}” than “{words.spoken(claim.lower)}”" for claim in named]
    contrasts = results["contrasts"].query("measure == @named[0].measure and effect == @factor")
    corrected = " after Holm’s correction" if len(contrasts) > 1 else ""
    return f"{what} was higher for {words.spoken(factor)} {words.listed(pairs)}{corrected}"


def _sizes(results: Results, factor: str, claims: Sequence[Claim]) -> str:
    """The sizes of what was compared, in brackets; empty where no two levels can be named."""
    named = [claim for claim in claims if claim.higher]
    if not named:
        return ""
    of = f"{results.entering.label(named[0].measure, False)}: " if named[0].on == BOTH else ""
    if len(named) == 1:
        return f" ({of}{_size(results, factor, named[0])})"
    told = [
        f"{words.spoken(claim.higher)} minus {words.spoken(claim.lower)}, {_size(results, factor, claim)}"
        for claim in named
    ]
    return f" ({of}{'; '.join(told)})"


def _factor_claims(results: Results, found: Finding) -> str:
    """The strongest claim first, then what holds on one measure alone."""
    factor = found.hypothesis
    by = {on: [claim for claim in found.claims if claim.on == on] for on in (BOTH, CORRECTED, RAW)}

    def compared(on: str, where: str) -> str:
        return f"{_compared(results, factor, by[on])}{where}{_sizes(results, factor, by[on])}"

    small = ""
    if found.told("few dyads"):
        small = f" With {apa.whole(found.n_dyads)} dyads its size is very uncertain."
    if by[BOTH]:
        told = [f"{compared(BOTH, ', both raw and above chance')}.{small}"]
        if found.verdict == "not-apart":
            told.append(NOT_APART)
        for on, where in ((CORRECTED, "above chance"), (RAW, "on raw PLV")):
            if by[on]:
                told.append(f"{compared(on, f' {where}')}, which the other measure does not confirm.")
        return " ".join(told)
    if found.verdict == "opposite":
        return (
            f"The two measures point in opposite directions. Raw: {compared(RAW, '')}. Above chance: "
            f"{compared(CORRECTED, '')}. Do not interpret either before you know why."
        )
    if found.verdict == "unchecked":
        return (
            f"{compared(RAW, ' on raw PLV')}. PLV above chance was not tested, so the difference may come "
            "from the signals alone."
        )
    if found.verdict == "raw-only":
        return (
            f"{compared(RAW, ' on raw PLV')}, but not for PLV above chance, which is the measure to rely on. "
            "It is no evidence of synchrony: a stronger rhythm alone raises raw PLV."
        )
    if found.verdict == "corrected-only":
        return (
            f"{compared(CORRECTED, ' above chance')}; raw PLV does not show it. The two measures disagree: "
            "look at every dyad before you interpret it."
        )
    on = found.decisive
    claims = [claim for claim in found.claims if claim.on == on]
    where = f" on {words.measure(on, False)}"
    apart = f" {NOT_APART}" if found.verdict == "not-apart" else ""
    return f"{_compared(results, factor, claims)}{where}{_sizes(results, factor, claims)}.{small}{apart}"


def _no_claim(results: Results, found: Finding, bounded: bool) -> str:
    """The sentence where nothing is claimed; where it is `bounded`, one on equivalence follows."""
    factor, dyads = words.spoken(found.hypothesis), dyads_of(found)
    if found.verdict == "equivalent":
        return ""
    if found.verdict == "none":
        return (
            f"No clear difference by {factor}; with {dyads}, a large one would probably have been detected."
        )
    reach = ""
    if not bounded and not apa.is_missing(found.reach):
        reach = f" Effects as large as ηp² = {apa.proportion(found.reach, 2)} remain possible."
    why = "the estimate is too imprecise."
    if found.told("few dyads"):
        why = f"{dyads} are too few to detect or to rule out a difference."
    return f"This study cannot tell whether {results.entering.tested} differs by {factor}: {why}{reach}"


def _equivalence_said(pairs: Sequence[dict], claimed: bool) -> str:
    """The tables' sentences on what the study can rule out, where there is more to say than a difference."""
    shown = [one for one in pairs if one["verdict"].startswith("different") == claimed]
    shown = [one for one in shown if one["verdict"] != "different"]
    told = []
    for one in shown:
        if "sentence" not in one:
            continue
        text = one["sentence"].removeprefix("This study cannot tell: ")
        named = f"{words.spoken(one['level_a'])} against {words.spoken(one['level_b'])}: "
        told.append((named if len(shown) > 1 else "") + text[:1].upper() + text[1:])
    return " ".join(told)


def _sensitivity(found: Finding) -> str:
    """What this study could detect; the effect as it was found plans no study."""
    for v in found.told("power"):
        return (
            f"With {apa.whole(v['n_dyads'])} dyads, this study has 80% statistical power to detect d ≥ "
            f"{apa.number(v['detectable_d'])}."
        )
    return ""
