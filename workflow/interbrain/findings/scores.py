"""One questionnaire score: from its correlations at every site and band to a finding."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from interbrain.statistics.correlations import holm

from .confirmation import confirmed, joint_test
from .correlations import over_therapists
from .form import (
    ALPHA,
    BOTH,
    CORRECTED,
    RAW,
    SMALL_STUDY,
    Claim,
    Finding,
    Reservation,
    missing,
    reason_of,
    rows_of,
)
from .sample import of_therapists
from .signal_to_noise import score_given_snr
from .therapists import untested_over_therapists

MEDIUM_R = 0.30  # Cohen's medium correlation
ADEQUATE_ALPHA = 0.70  # usual for research (Nunnally 1978)
NO_ROW = "the tables hold no correlation with it"
STRENGTH = ("found", "corrected-only", "opposite", "unchecked", "raw-only")
# Of significant correlations of 6 to 24 normal values, 1 in 80 and fewer lose more than half of r so.
LEAST_LEFT = 0.5


def judge_score(
    tables: Mapping[str, pd.DataFrame],
    score: str,
    measures: Sequence[str],
    scales: Sequence[tuple[str, str]] = (),
    of_brains: bool = True,
) -> Finding:
    """What the tables of statistics say of one score.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        ``correlations``, ``snr``, ``therapists``, ``reliability``, ``multiverse``, as `judge_factor`.
    score : str
        A value of the correlations' column `questionnaire`.
    measures : sequence of str
    scales : sequence of (questionnaire, subscale)
        What the score was made of, where that is known: `scales_of`.
    of_brains : bool
        As of `judge_factor`.
    """
    table = tables["correlations"]
    own = table[(table["questionnaire"] == score) & table["measure"].isin(list(measures))]
    tested = over_therapists(tables, score, own.dropna(subset=["r"]))
    if tested.empty:
        return Finding(score, "untested", reason=reason_of(own["note"]) or NO_ROW)
    known = set(tested["measure"])
    decisive = CORRECTED if CORRECTED in known else next(m for m in measures if m in known)
    kinds, claims = [], []
    for _, group in tested.groupby(["roi", "band"], sort=False):
        kind, found = _cell(group.set_index("measure"), known, decisive)
        if kind:
            kinds.append(kind)
            claims += [(STRENGTH.index(kind), claim) for claim in found]
    ordered = tuple(claim for _, claim in sorted(claims, key=lambda pair: pair[0]))
    about = {
        "decisive": decisive,
        "n_dyads": tested["n"].min(),
        "reach": tested[["ci_low", "ci_high"]].abs().max(axis=None),
    }
    if not kinds:
        can_tell = about["n_dyads"] >= SMALL_STUDY and about["reach"] < MEDIUM_R
        bounds = tuple(of_therapists(tables, decisive, score)) if can_tell else ()
        return Finding(score, "none" if can_tell else "unclear", reservations=bounds, **about)
    strongest = min(kinds, key=STRENGTH.index)
    basis = ordered[0].measure
    against = (
        *(score_given_snr(tables, score, ordered, decisive) if of_brains else ()),
        *untested_over_therapists(tables, basis, score),
        *_several_scores(tables, score, basis, ordered),
        *_ranks(tested, basis, ordered),
        *_one_dyad(tested, basis, ordered),
        *(Reservation(f"{one.kind} cells", one.values) for one in joint_test(tables, score)),
        *of_therapists(tables, basis, score),
        *_reliability(tables, scales),
        *([Reservation("opposite cells")] if strongest == "found" and "opposite" in kinds else []),
    )
    return Finding(
        score, confirmed(against) if strongest == "found" else strongest, ordered, against, **about
    )


def _cell(rows: pd.DataFrame, known: set, decisive: str) -> tuple[str, list[Claim]]:
    """The kind of claim at one site and band, and the claims."""
    significant = {measure for measure in rows.index if rows.at[measure, "p_holm"] < ALPHA}
    if RAW not in known and CORRECTED not in known:
        return ("found", [_claim(decisive, rows, decisive)]) if decisive in significant else ("", [])
    if not {RAW, CORRECTED} & significant:
        return "", []
    if {RAW, CORRECTED} <= significant:
        if rows.at[RAW, "r"] * rows.at[CORRECTED, "r"] < 0:
            return "opposite", [_claim(m, rows, m) for m in (CORRECTED, RAW)]
        return "found", [_claim(BOTH, rows, CORRECTED)]
    if CORRECTED in significant:
        return ("corrected-only" if RAW in known else "found"), [_claim(CORRECTED, rows, CORRECTED)]
    return ("raw-only" if CORRECTED in known else "unchecked"), [_claim(RAW, rows, RAW)]


def _claim(on: str, rows: pd.DataFrame, measure: str) -> Claim:
    row = rows.loc[measure]
    way = "higher" if row["r"] > 0 else "lower"
    return Claim(
        on, way, roi=row["roi"], band=row["band"], size=row["r"], low=row["ci_low"], high=row["ci_high"],
        p=row["p_holm"], measure=measure,
    )  # fmt: skip


def _claimed(tested: pd.DataFrame, decisive: str, claims: Sequence[Claim]) -> pd.DataFrame:
    """The rows of the decisive measure behind claims on it, each with Holm's p of its rank correlation."""
    rows = tested[tested["measure"] == decisive]
    rows = rows.assign(p_ranks=holm(rows["p_spearman"].to_numpy(float)))
    cells = {(claim.roi, claim.band) for claim in claims if claim.on in (BOTH, decisive)}
    return rows[[cell in cells for cell in zip(rows["roi"], rows["band"], strict=True)]]


def _several_scores(
    tables: Mapping[str, pd.DataFrame], score: str, decisive: str, claims: Sequence[Claim]
) -> Iterator[Reservation]:
    """Claims that do not stay where all scores that were correlated are corrected for together."""
    rows = rows_of(tables, "correlations", measure=decisive).dropna(subset=["r"])
    places = ["questionnaire", "roi", "band"]
    p = pd.Series(rows["p"].to_numpy(float), index=pd.MultiIndex.from_frame(rows[places]))
    for row in rows_of(tables, "therapists", measure=decisive, decides="yes").to_dict("records"):
        place = (row["tested"], row["roi"], row["band"])
        if place in p.index and not missing(row["p"]):
            p[place] = row["p"]
    corrected = pd.Series(holm(p.to_numpy()), index=p.index)
    cells = [(claim.roi, claim.band) for claim in claims if claim.on in (BOTH, decisive)]
    weak = [cell for cell in cells if corrected[(score, *cell)] >= ALPHA]
    if weak:
        told = [
            {"roi": roi, "band": band, "p_holm": float(corrected[score, roi, band])} for roi, band in weak
        ]
        kind = "several scores" if len(weak) == len(cells) else "some several scores"
        yield Reservation(kind, {"n": len(p), "cells": told})


def _ranks(tested: pd.DataFrame, decisive: str, claims: Sequence[Claim]) -> Iterator[Reservation]:
    """Claims that the rank correlation, corrected likewise, does not support."""
    rows = _claimed(tested, decisive, claims)
    weak = rows[(rows["p_ranks"] >= ALPHA) | (rows["spearman"] * rows["r"] < 0)]
    if len(weak):
        cells = [
            {"roi": row.roi, "band": row.band, "spearman": row.spearman, "p_holm": float(row.p_ranks)}
            for row in weak.itertuples()
        ]
        yield Reservation("ranks" if len(weak) == len(rows) else "some ranks", {"cells": cells})


def _one_dyad(tested: pd.DataFrame, decisive: str, claims: Sequence[Claim]) -> Iterator[Reservation]:
    """Claims of which less than half, or another direction, is left without one dyad."""
    rows = _claimed(tested, decisive, claims)
    side = np.where(rows["r"] > 0, "loo_low", "loo_high")  # towards zero
    left = np.where(rows["r"] > 0, rows["loo_low"], rows["loo_high"]) / rows["r"]
    weak = rows.assign(side=side)[left < LEAST_LEFT].to_dict("records")
    if weak:
        cells = [
            {
                **{name: row[name] for name in ("roi", "band", "r", row["side"])},
                "dyad": row[f"{row['side']}_dyad"],
            }
            for row in weak
        ]
        yield Reservation("one dyad" if len(weak) == len(rows) else "some one dyad", {"cells": cells})


def _reliability(
    tables: Mapping[str, pd.DataFrame], scales: Sequence[tuple[str, str]]
) -> Iterator[Reservation]:
    """Scales behind the score whose items do not go together well enough, or are not known to."""
    low = []
    for questionnaire, subscale in scales:
        rows = rows_of(tables, "reliability", questionnaire=questionnaire, subscale=subscale)
        low += [
            {"questionnaire": questionnaire, "subscale": subscale, "alpha": float(row["alpha"])}
            for _, row in rows.iterrows()
            if not missing(row["alpha"]) and row["alpha"] < ADEQUATE_ALPHA
        ]
    if low:
        yield Reservation("reliability", {"scales": low})
