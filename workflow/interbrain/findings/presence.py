"""Whether there is synchrony at all: from the means against zero to a finding.

Over all sites and bands first; single ones count only where that mean is above zero, so that the error of the
first kind is controlled over both steps. How many dyads are above their own chance level decides nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from .form import (
    ALPHA,
    CORRECTED,
    SMALL_STUDY,
    STRANGERS,
    SYNCHRONY,
    Claim,
    Finding,
    Reservation,
    missing,
    reason_of,
)
from .simultaneous import only_simultaneous, whole

MEDIUM_D = 0.5  # Cohen's medium effect
NO_ROW = "the tables hold no test of PLV above chance against zero"


def judge_presence(tables: Mapping[str, pd.DataFrame]) -> Finding:
    """What the tables ``presence`` and ``lags`` say: is PLV above chance, and above strangers, above zero?

    Sign flips decide; where a study is too small for them to reach .05, the t-test makes a claim that stays
    unconfirmed.
    """
    row = whole(tables, CORRECTED)
    if row is None or missing(row["t"]):
        notes = [] if row is None else [row["note"]]
        return Finding(SYNCHRONY, "untested", reason=reason_of(notes) or NO_ROW)
    about = {"decisive": CORRECTED, "n_dyads": row["n"], "reach": row["d_z_high"]}
    floor = row["smallest_p"] >= ALPHA
    p = row["p"] if floor else row["p_flips"]
    table = tables["presence"]
    own = table[(table["measure"] == CORRECTED) & (table["unit"] == "dyad")].dropna(subset=["p_family"])
    own = own[own["p_family"] < ALPHA]
    if not p < ALPHA:
        hints = [{"roi": one.roi, "band": one.band, "p": float(one.p_family)} for one in own.itertuples()]
        can_tell = row["n"] >= SMALL_STUDY and row["d_z_high"] < MEDIUM_D and not hints
        bounds = (Reservation("single cells", {"cells": hints}),) if hints else ()
        return Finding(SYNCHRONY, "none" if can_tell else "unclear", reservations=bounds, **about)
    above = row["mean"] > 0
    same = own[(own["mean"] > 0) == above]
    claims = (_claim(row, p), *(_claim(one, one["p_family"]) for _, one in same.iterrows()))
    if not above:
        return Finding(SYNCHRONY, "below", claims, **about)
    against = (*_floor(row, floor), *_therapists(tables), *_strangers(tables), *only_simultaneous(tables))
    return Finding(SYNCHRONY, _verdict(against), claims, against, **about)


def _verdict(against: tuple[Reservation, ...]) -> str:
    kinds = {one.kind for one in against}
    if "therapists" in kinds:
        return "unconfirmed"
    if kinds & {"floor", "therapists floor"}:
        return "unconfirmable"
    return "qualified" if kinds else "found"


def _claim(row: pd.Series, p: float) -> Claim:
    way = "above" if row["mean"] > 0 else "below"
    return Claim(
        CORRECTED, way, roi=row["roi"], band=row["band"], size=row["mean"], low=row["ci_low"],
        high=row["ci_high"], d=row["d_z"], p=float(p), measure=CORRECTED,
    )  # fmt: skip


def _floor(row: pd.Series, floor: bool) -> Iterator[Reservation]:
    if floor:
        yield Reservation("floor", _numbers(row))


def _therapists(tables: Mapping[str, pd.DataFrame]) -> Iterator[Reservation]:
    """Where a therapist has several dyads: whether the therapists' means show it."""
    row = whole(tables, CORRECTED, "therapist")
    if row is None or (row["p_flips"] < ALPHA and row["mean"] > 0):
        return
    # Too few therapists for sign flips: their t-test makes a claim that stays unconfirmed.
    floor = missing(row["t"]) or (row["smallest_p"] >= ALPHA and row["p"] < ALPHA and row["mean"] > 0)
    yield Reservation("therapists floor" if floor else "therapists", _numbers(row))


def _strangers(tables: Mapping[str, pd.DataFrame]) -> Iterator[Reservation]:
    """Whether the dyads are above strangers as well, or why that is not known."""
    row = whole(tables, STRANGERS)
    if row is None or missing(row["t"]):
        note = None if row is None else row["note"]
        yield Reservation("strangers untested", {"reason": reason_of([note])})
    elif not (row["p_flips"] < ALPHA and row["mean"] > 0):
        kind = "strangers floor" if row["smallest_p"] >= ALPHA else "strangers"
        yield Reservation(kind, _numbers(row))


def _numbers(row: pd.Series) -> dict:
    names = ("n", "mean", "p", "p_flips", "smallest_p", "n_flips")
    return {name: None if missing(row[name]) else float(row[name]) for name in names}
