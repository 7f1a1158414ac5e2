"""The card of a questionnaire score."""

from __future__ import annotations

from interbrain import apa
from interbrain.findings.form import BOTH, CORRECTED, RAW, Finding
from interbrain.report import words
from interbrain.report.reading import Results

from . import lags
from .card import Card, Side
from .other_analyses import other_analyses
from .reservations import reservation
from .signal_to_noise import NOT_APART, stays_given_snr
from .therapists import dyads_of, therapists_line

_ON_ONE = ("corrected-only", "raw-only", "unchecked", "opposite")


def score_card(results: Results, found: Finding) -> Card:
    name, label = found.hypothesis, results.questionnaire_label(found.hypothesis)
    about = results.difference_in_words(name)
    if found.verdict == "untested":
        why = f"This could not be tested: {words.sentences(found.reason)}"
        return Card(label, "untested", why, about=about, of_score=True)
    by = {v["measure"]: {(c["roi"], c["band"]): c for c in v["cells"]} for v in found.told("correlations")}
    places = dict.fromkeys(place for cells in by.values() for place in cells)
    rows = [
        (words.cell(*place), tuple(_cell(by.get(m, {}).get(place)) for m in results.measures))
        for place in places
    ]
    sentence = _score_claims(results, label, found, len(rows)) if found.claims else ""
    if found.verdict == "none":
        sentence = f"No clear correlation of {label} with {results.entering.tested} at any site and band."
    elif not found.claims:
        wide = round(found.reach, 2) >= 1
        left = "of any size" if wide else f"up to |r| = {apa.proportion(found.reach, 2)}"
        sentence = (
            f"This study cannot tell whether {label} is correlated with {results.entering.tested}: none of "
            f"{words.counted(len(rows), 'correlation')} remains after Holm’s correction, and with "
            f"{dyads_of(found)} the 95% intervals include correlations {left}."
        )
    lines = [
        *(reservation(results, one, bool(found.claims)) for one in found.reservations),
        stays_given_snr(found, results.entering),
        lags.of_a_claim(results, found),
        therapists_line(found),
        _correlations_ruled_out(results, found),
        other_analyses(found),
    ]
    said = tuple(line for line in lines if line)
    sides = tuple(Side(measure, results.entering.label(measure), "") for measure in results.measures)
    return Card(label, found.verdict, sentence, sides, tuple(rows), said, about, of_score=True)


def _score_claims(results: Results, label: str, found: Finding, total: int) -> str:
    """The strongest claim first, then what holds on one measure alone."""
    change = "change of " if results.entering.change else ""

    def named(on: str) -> str:
        cells: dict[str, list[str]] = {"higher": [], "lower": []}
        for claim in found.claims:
            if claim.on == on and (claim.roi, claim.band) not in opposite:
                cells[claim.higher].append(words.cell(claim.roi, claim.band))
        return words.listed(
            f"{words.listed(own)} ({way} {change}PLV with higher scores)" for way, own in cells.items() if own
        )

    by_cell: dict[tuple[str, str], set[str]] = {}
    for claim in found.claims:
        by_cell.setdefault((claim.roi, claim.band), set()).add(claim.higher)
    opposite = {cell for cell, ways in by_cell.items() if len(ways) > 1}
    told = []
    single = found.decisive if not found.on_both and found.verdict not in _ON_ONE else ""
    if found.on_both or single:
        where = "both raw and above chance" if found.on_both else f"on {words.measure(single, False)}"
        told.append(
            f"{label} was correlated with {results.entering.tested} at {named(single or BOTH)}, {where}."
        )
        if found.told("few dyads"):
            told.append(f"With {apa.whole(found.n_dyads)} dyads its size is very uncertain.")
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


def _cell(one: dict | None) -> tuple[str, str, str]:
    if one is None:
        return apa.NOT_AVAILABLE, apa.NOT_AVAILABLE, ""
    return apa.proportion(one["r"], 2), apa.bare_p(one.get("p_holm")), one["apa"]


def _correlations_ruled_out(results: Results, found: Finding) -> str:
    """How many correlations are shown to be smaller than those that would matter."""
    bound = results.setting("statistics", "equivalence", "r")
    of = words.measure(found.decisive, False)
    for v in found.told("ruled out"):
        if bound is None:
            break
        limit = f"|r| < {apa.proportion(bound, 2)}"
        if v["n_equivalent"]:
            rest = "" if v["n_equivalent"] == v["n"] else "; the others remain undecided"
            are = f"{v['n_equivalent']} of {v['n']} correlations of {of} with p ≥ .05 are"
            return f"{are} shown to be within {limit}, each by a test of its own (90% interval){rest}."
        return f"No correlation of {of} with p ≥ .05 is shown to be within {limit}: they remain undecided."
    return ""
