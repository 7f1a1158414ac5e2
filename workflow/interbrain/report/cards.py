"""The cards of the report: each finding as a verdict, a sentence, the measures beside it, and reservations.

Only words: what was found, and how sure it is, is judged in the room `findings`. A card never says "no
effect": where a study cannot tell, the sentence says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from interbrain.findings import TABLES, Claim, Finding, Reservation, judge_study
from interbrain.findings.factors import SMALL_STUDY, effect_of, why_untested
from interbrain.findings.findings import ALPHA, BOTH, CORRECTED, RAW
from interbrain.report import lags, words
from interbrain.report.reading import Results
from interbrain.report.signal_to_noise import NOT_APART, snr_reservation, stays_given_snr
from interbrain.report.spread import spread_line, spread_reservation
from interbrain.report.therapists import UNITS, therapists_line

# A verdict's sign and words; the sign is never alone. Of a score, `RELATED` replaces "difference".
VERDICTS = {
    "found": ("✓", "Difference found"),
    "qualified": ("⚠", "Difference found, with reservations"),
    "unconfirmed": ("⚠", "Found, not confirmed"),
    "unconfirmable": ("⚠", "Found, but too few dyads to confirm it"),
    "not-apart": ("⚠", "Found, but not apart from signal-to-noise"),
    "raw-only": ("⚠", "Only in raw PLV"),
    "corrected-only": ("⚠", "Only above chance"),
    "opposite": ("⚠", "Measures disagree"),
    "unchecked": ("⚠", "Not checked against chance"),
    "below": ("⚠", "Below chance"),
    "unclear": ("?", "Cannot tell"),
    "equivalent": ("≈", "No difference that matters"),
    "none": ("–", "No clear difference"),
    "untested": ("–", "Not tested"),
}
RELATED = {
    "found": "Correlation found",
    "qualified": "Correlation found, with reservations",
    "none": "No clear correlation",
}


@dataclass(frozen=True)
class Side:
    """What one measure says on a card: its APA line, permutation's p and the groups' means, or why not."""

    measure: str
    apa: str
    means: tuple = ()
    permuted: str = ""


@dataclass(frozen=True)
class Card:
    """One hypothesis: verdict, sentence, what each measure says, and short lines on how far to trust it."""

    title: str
    verdict: str
    sentence: str
    sides: tuple = ()
    rows: tuple = ()
    lines: tuple = ()
    about: str = ""
    of_score: bool = False
    named: str = ""  # the verdict in words of its own
    wide: bool = False

    @property
    def sign(self) -> str:
        return VERDICTS[self.verdict][0]

    @property
    def chip(self) -> str:
        if self.named:
            return self.named
        return RELATED.get(self.verdict, self._chip) if self.of_score else self._chip

    @property
    def _chip(self) -> str:
        return VERDICTS[self.verdict][1]


def cards(results: Results) -> list[Card]:
    """One card for each factor between dyads, then one for each questionnaire score."""
    _, *found = judge_study(  # synchrony itself is on the card of `report.presence`
        {name: results[name] for name in TABLES},
        results.between,
        results.questionnaires,
        results.measures,
        list(results.setting("questionnaires", default={})),
        results.differences,
    )
    n_factors = len(results.between)
    return [_factor_card(results, one) for one in found[:n_factors]] + [
        _score_card(results, one) for one in found[n_factors:]
    ]


# --- factors ---------------------------------------------------------------------------------------------


def _factor_card(results: Results, found: Finding) -> Card:
    factor, title = found.hypothesis, words.heading(found.hypothesis)
    sides = tuple(_side(results, measure, factor) for measure in results.measures)
    if found.verdict == "untested":
        return Card(title, "untested", f"This could not be tested: {found.reason}", sides)
    pairs = results["equivalence"].query("measure == @found.decisive and factor == @factor")
    if found.claims:
        sentence = _factor_claims(results, found)
    else:
        sentence = _no_claim(results, found, bounded=len(pairs) > 0)
    if said := _equivalence_said(pairs, any(c.on in (BOTH, found.decisive) for c in found.claims)):
        sentence = f"{sentence} {said}".strip()
    lines = [
        *(_reservation(results, one, bool(found.claims)) for one in found.reservations),
        stays_given_snr(results, found),
        lags.of_a_claim(results, found),
        therapists_line(results, found),
        spread_line(results, found),
        _with_time(results, found),
        _sensitivity(results, found.decisive, factor),
        _other_analyses(results, factor),
    ]
    return Card(title, found.verdict, sentence, sides, lines=tuple(line for line in lines if line))


def _side(results: Results, measure: str, factor: str) -> Side:
    row = effect_of({"anova": results["anova"]}, measure, factor)
    if row is None or pd.isna(row["F"]):
        apa = f"Not tested: {why_untested({'anova': results['anova']}, measure, factor)}"
    else:
        apa = row["apa"]
    means = results["descriptives"].query("measure == @measure and factor == @factor")
    said = tuple(
        (words.spoken(one.level), words.proportion(one.mean), words.proportion(one.sd), words.whole(one.n))
        for one in means[means["level"] != words.NOT_AVAILABLE].itertuples()
    )
    return Side(measure, apa, said, _permuted(results, measure, factor))


def _permuted(results: Results, measure: str, factor: str) -> str:
    """The permutation test of one factor on the dyads' means, as a short line; empty where there is none."""
    rows = results["permutation"].query("measure == @measure and effect == @factor and roi == 'all'")
    told = []
    rows = rows[(rows["band"] == "all") & (rows["n_relabelings"] > 1)]  # one alone is no test
    for row in rows.dropna(subset=["p"]).to_dict("records"):
        how = f"{'all ' if row['exact'] == 'yes' else ''}{words.whole(row['n_relabelings'])} relabelings"
        if row.get("smallest_p", 0) >= ALPHA:
            how += f"; the smallest possible p is {words.p_value(row['smallest_p'])}"
        unit = "test" if row["unit"] == "dyad" else UNITS[row["unit"]]
        told.append(f"permutation {unit}: {words.p_phrase(row['p'])} ({how})")
    text = "; ".join(told)
    return text[:1].upper() + text[1:]


def _adjusted(results: Results) -> str:
    """How the model's difference is called: adjusted where anything else is in the model."""
    others = len(results.between) > 1 or results.setting("statistics", "covariates", default=[])
    return "adjusted difference" if others or results.entering.time == "ancova" else "difference"


def _size(results: Results, claim: Claim) -> str:
    interval = words.interval(claim.low, claim.high, 3)
    return (
        f"{_adjusted(results)} {words.proportion(claim.size)}, 95% CI {interval}, d = {words.number(claim.d)}"
    )


def _compared(results: Results, factor: str, claims: Sequence[Claim]) -> str:
    """``PLV was higher for mindfulness “yes” than “no”``, or that the levels differ."""
    what = "The change of PLV" if results.entering.change else "PLV"
    named = [claim for claim in claims if claim.higher]
    if not named:
        return (
            f"{what} differed between the levels of {words.spoken(factor)}, but no two of them differ after "
            "Holm’s correction"
        )
    pairs = [f"“{words.spoken(claim.higher)}” than “{words.spoken(claim.lower)}”" for claim in named]
    return f"{what} was higher for {words.spoken(factor)} {words.listed(pairs)}"


def _sizes(results: Results, claims: Sequence[Claim]) -> str:
    """The sizes of what was compared, in brackets; empty where no two levels can be named."""
    named = [claim for claim in claims if claim.higher]
    if not named:
        return ""
    of = f"{words.measure(named[0].measure, False)}: " if named[0].on == BOTH else ""
    if len(named) == 1:
        return f" ({of}{_size(results, named[0])})"
    told = [
        f"{words.spoken(claim.higher)} minus {words.spoken(claim.lower)}, {_size(results, claim)}"
        for claim in named
    ]
    return f" ({of}{'; '.join(told)})"


def _factor_claims(results: Results, found: Finding) -> str:
    """The strongest claim first, then what holds on one measure alone."""
    factor = found.hypothesis
    by = {on: [claim for claim in found.claims if claim.on == on] for on in (BOTH, CORRECTED, RAW)}

    def compared(on: str, where: str) -> str:
        return f"{_compared(results, factor, by[on])}{where}{_sizes(results, by[on])}"

    small = ""
    if found.n_dyads < SMALL_STUDY:
        small = f" With {words.whole(found.n_dyads)} dyads its size is very uncertain."
    if by[BOTH]:
        told = [f"{compared(BOTH, ' on raw PLV and above chance')}.{small}"]
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
    return f"{_compared(results, factor, claims)}{where}{_sizes(results, claims)}.{small}{apart}"


def _no_claim(results: Results, found: Finding, bounded: bool) -> str:
    """The sentence where nothing is claimed; where it is `bounded`, one on equivalence follows."""
    factor, dyads = words.spoken(found.hypothesis), words.whole(found.n_dyads)
    if found.verdict == "equivalent":
        return ""
    if found.verdict == "none":
        return (
            f"No clear difference by {factor}, and with {dyads} dyads a large one would probably have shown."
        )
    what = "the change of PLV" if results.entering.change else "PLV"
    reach = ""
    if not bounded and not words.is_missing(found.reach):
        reach = f" Effects as large as ηp² = {words.proportion(found.reach, 2)} remain possible."
    why = "the estimate is too imprecise."
    if found.n_dyads < SMALL_STUDY:
        why = f"{dyads} dyads are too few to see or to rule out a difference."
    return f"This study cannot tell whether {what} differs by {factor}: {why}{reach}"


def _equivalence_said(pairs: pd.DataFrame, claimed: bool) -> str:
    """The tables' sentences on what the study can rule out, where there is more to say than a difference."""
    pairs = pairs[pairs["verdict"].str.startswith("different") == claimed]
    pairs = pairs[pairs["verdict"] != "different"]
    told = []
    for row in pairs.to_dict("records"):
        if words.is_missing(row["sentence"]):
            continue
        text = words.true_minus(str(row["sentence"]).removeprefix("This study cannot tell: "))
        named = f"{words.spoken(row['level_a'])} against {words.spoken(row['level_b'])}: "
        told.append((named if len(pairs) > 1 else "") + text[:1].upper() + text[1:])
    return " ".join(told)


def _with_time(results: Results, found: Finding) -> str:
    """Where time is a factor, whether the difference changes with it."""
    effect = f"{found.hypothesis}:time"
    told = [one.values.get("effect") for one in found.reservations if one.kind == "interaction"]
    row = effect_of({"anova": results["anova"]}, found.decisive, effect)
    if row is None or pd.isna(row["F"]) or effect in told:
        return ""
    return f"{words.effect(effect)}: {row['apa']}."


def _sensitivity(results: Results, measure: str, factor: str) -> str:
    """What this study could detect; the effect as it was found plans no study."""
    rows = results["power"].query("measure == @measure and effect == @factor").dropna(subset=["detectable_d"])
    if rows.empty:
        return ""
    row = rows.iloc[0]
    return (
        f"With {words.whole(row['n_dyads'])} dyads, this study has 80% power to detect d ≥ "
        f"{words.number(row['detectable_d'])}."
    )


def _other_analyses(results: Results, tested: str) -> str:
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


# --- reservations ----------------------------------------------------------------------------------------


def _permuted_unit(values: dict) -> str:
    return UNITS[values.get("unit", "dyad")]


def _reservation(results: Results, one: Reservation, claimed: bool) -> str:
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


# --- scores ----------------------------------------------------------------------------------------------


def _score_card(results: Results, found: Finding) -> Card:
    name, label = found.hypothesis, results.questionnaire_label(found.hypothesis)
    about = results.difference_in_words(name)
    if found.verdict == "untested":
        why = f"This could not be tested: {found.reason}"
        return Card(label, "untested", why, about=about, of_score=True)
    tested = results["correlations"].query("questionnaire == @name").dropna(subset=["r"])
    rows = []
    for (roi, band), group in tested.groupby(["roi", "band"], sort=False):
        by = {row["measure"]: row for _, row in group.iterrows()}
        cells = tuple(
            (words.proportion(by[m]["r"], 2), words.p_value(by[m]["p_holm"]), by[m]["apa"])
            if m in by
            else (words.NOT_AVAILABLE, words.NOT_AVAILABLE, "")
            for m in results.measures
        )
        rows.append((words.cell(roi, band), cells))
    sentence = _score_claims(results, label, found, len(rows)) if found.claims else ""
    if found.verdict == "none":
        sentence = f"No clear correlation of {label} with PLV at any site and band."
    elif not found.claims:
        sentence = (
            f"This study cannot tell whether {label} is correlated with PLV: none of "
            f"{words.counted(len(rows), 'correlation')} remains after Holm’s correction, and "
            f"{words.whole(found.n_dyads)} dyads leave correlations up to |r| = "
            f"{words.proportion(found.reach, 2)} possible."
        )
    lines = [
        *(_reservation(results, one, bool(found.claims)) for one in found.reservations),
        stays_given_snr(results, found),
        lags.of_a_claim(results, found),
        therapists_line(results, found),
        _correlations_ruled_out(results, tested, found.decisive),
        _other_analyses(results, name),
    ]
    lines = tuple(line for line in lines if line)
    sides = tuple(Side(measure, "") for measure in results.measures)
    return Card(label, found.verdict, sentence, sides, tuple(rows), lines, about, of_score=True)


def _score_claims(results: Results, label: str, found: Finding, total: int) -> str:
    """The strongest claim first, then what holds on one measure alone."""

    def named(on: str) -> str:
        cells = {"higher": [], "lower": []}
        for claim in found.claims:
            if claim.on == on and (claim.roi, claim.band) not in opposite:
                cells[claim.higher].append(words.cell(claim.roi, claim.band))
        return words.listed(
            f"{words.listed(own)} ({way} PLV with higher scores)" for way, own in cells.items() if own
        )

    by_cell = {}
    for claim in found.claims:
        by_cell.setdefault((claim.roi, claim.band), set()).add(claim.higher)
    opposite = {cell for cell, ways in by_cell.items() if len(ways) > 1}
    told = []
    single = found.decisive if not found.on_both and found.verdict not in _ON_ONE else ""
    if found.on_both or single:
        where = "on raw PLV and above chance" if found.on_both else f"on {words.measure(single, False)}"
        told.append(f"{label} was correlated with PLV at {named(single or BOTH)}, {where}.")
        if found.n_dyads < SMALL_STUDY:
            told.append(f"With {words.whole(found.n_dyads)} dyads its size is very uncertain.")
        if found.verdict == "not-apart":
            told.append(NOT_APART)
    if single != CORRECTED and (cells := named(CORRECTED)):
        told.append(f"Above chance only, not in raw PLV: {cells}.")
    if single != RAW and (cells := named(RAW)):
        told.append(
            f"On raw PLV, not checked against chance: {cells}."
            if found.verdict == "unchecked"
            else f"On raw PLV only: {cells}, but not for PLV above chance, which is the measure to rely on."
        )
    if opposite:
        told.append("At some sites and bands the two measures point in opposite directions: see the table.")
    told.append(f"Holm’s correction covers {words.counted(total, 'correlation')} for each measure.")
    return " ".join(told)


_ON_ONE = ("corrected-only", "raw-only", "unchecked", "opposite")


def _correlations_ruled_out(results: Results, tested: pd.DataFrame, decisive: str) -> str:
    """How many correlations are shown to be smaller than those that would matter."""
    rows = tested[tested["measure"] == decisive]
    bound = results.setting("statistics", "equivalence", "r")
    open_ = rows[rows["p"] >= ALPHA]
    if bound is None or open_.empty or open_["p_tost"].isna().all():
        return ""
    limit = f"|r| < {words.proportion(bound, 2)}"
    shown = int((open_["verdict"] == "equivalent").sum())
    if shown:
        rest = "" if shown == len(open_) else "; the others are open"
        return f"{shown} of {len(open_)} correlations with p ≥ .05 shown to lie within {limit}{rest}."
    return f"None of the correlations with p ≥ .05 is shown to lie within {limit}: they stay open."
