"""The card of a questionnaire score."""

from __future__ import annotations

import pandas as pd

from interbrain.findings import Finding
from interbrain.findings.factors import SMALL_STUDY
from interbrain.findings.findings import ALPHA, BOTH, CORRECTED, RAW
from interbrain.report import words
from interbrain.report.reading import Results

from . import lags
from .card import Card, Side
from .other_analyses import other_analyses
from .reservations import reservation
from .signal_to_noise import NOT_APART, stays_given_snr
from .therapists import therapists_line

_ON_ONE = ("corrected-only", "raw-only", "unchecked", "opposite")


def score_card(results: Results, found: Finding) -> Card:
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
        *(reservation(results, one, bool(found.claims)) for one in found.reservations),
        stays_given_snr(results, found),
        lags.of_a_claim(results, found),
        therapists_line(results, found),
        _correlations_ruled_out(results, tested, found.decisive),
        other_analyses(results, name),
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
