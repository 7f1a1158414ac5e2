"""Means against zero: the claims, and what is made of strangers, therapists and too few units.

Of synchrony itself (`presence`), and of families of coordination, coded events and brain beside body.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pandas as pd

from interbrain.statistics.correlations import holm

from .form import ALPHA, SMALL_STUDY, Claim, Evidence, Finding, Reservation, missing, reason_of

MEDIUM_D = 0.5  # Cohen's medium effect
WHOLE = "all"
NUMBERS = ("n", "mean", "p", "p_flips", "smallest_p", "n_flips")
TOLD = "measure unit n mean d_z bf10 p p_flips smallest_p n_flips apa"


@dataclass(frozen=True)
class Asked:
    """One mean against zero, of a family that is corrected together.

    Attributes
    ----------
    hypothesis, question, measure : str
        As `Finding` has them; `measure` is what decides.
    about : Evidence
        Which columns, codes or series it is about, for whoever puts it into words.
    rows : DataFrame
        Its rows of a table of tests against zero: of each unit, over all and at each site and band.
    strangers : Series or None
        The row of the same values above strangers, where these were asked for.
    with_strangers : bool
        Whether they were.
    below_is_a_fault : bool
        Whether nothing that is coordinated could be below zero.
    caution : str
        Why no verdict may be given on this measure; empty where it may.
    """

    hypothesis: str
    question: str
    measure: str
    about: Evidence
    rows: pd.DataFrame
    strangers: pd.Series | None = None
    with_strangers: bool = False
    below_is_a_fault: bool = False
    caution: str = ""

    def whole(self, unit: str = "dyad") -> pd.Series | None:
        """Its row over all sites and bands."""
        if self.rows.empty:
            return None
        rows = self.rows[(self.rows["roi"] == WHOLE) & (self.rows["band"] == WHOLE)]
        rows = rows[rows["unit"] == unit]
        return rows.iloc[0] if len(rows) else None

    @property
    def cells(self) -> pd.DataFrame:
        """Single sites and bands over dyads, where there is a family of them."""
        own = self.rows[(self.rows["unit"] == "dyad") & self.rows["p_family"].notna()]
        return own[own["p_family"] < ALPHA]


def judge_family(asked: Sequence[Asked]) -> list[Finding]:
    """Judge means against zero, two-sided; Holm's correction is over all of them that may have a verdict.

    Sign flips decide. Where no data of so few units could reach .05 after the correction, the t-test,
    corrected likewise, makes a claim that stays unconfirmed.
    """
    tested = {one.hypothesis: row for one in asked if _may(one) and (row := one.whole()) is not None}
    rows = pd.DataFrame(list(tested.values()))
    corrected = {
        column: dict(zip(tested, holm(rows[column]), strict=True)) if tested else {}
        for column in ("p", "p_flips", "smallest_p")
    }
    return [_judged(one, corrected, len(tested)) for one in asked]


def hints_of(cells: pd.DataFrame) -> list[dict]:
    """Single sites and bands that differ from zero although their mean does not, and on which side."""
    return [
        {"roi": c["roi"], "band": c["band"], "p": float(c["p_family"]), "mean": float(c["mean"])}
        for c in cells.to_dict("index").values()
    ]


def _may(one: Asked) -> bool:
    row = one.whole()
    return not one.caution and row is not None and not missing(row["t"])


def _judged(one: Asked, corrected: dict[str, dict[str, float]], size: int) -> Finding:
    name, row = one.hypothesis, one.whole()
    told = (one.about, *_tests(one))
    if row is None or missing(row["t"]):
        reason = reason_of([] if row is None else [row["note"]]) or "the tables hold no such test"
        return Finding(name, "untested", reason=reason, evidence=told, question=one.question)
    about = {"decisive": one.measure, "n_dyads": row["n"], "question": one.question}
    if one.caution:
        return Finding(name, "uncalibrated", reason=one.caution, evidence=told, **about)
    p, smallest = corrected["p_flips"][name], corrected["smallest_p"][name]
    floor = smallest >= ALPHA
    p = corrected["p"][name] if floor else p
    few = (Evidence("few dyads", {"n": int(row["n"])}),) if row["n"] < SMALL_STUDY else ()
    family: dict[str, float | str] = {"n": size, "p_holm": float(p)}
    family |= {"reachable": "no"} if floor else {}
    about["evidence"] = (*told, Evidence("family", family), *few)
    about["reach"] = max(abs(row["d_z_low"]), abs(row["d_z_high"]))
    if not p < ALPHA:
        hints = hints_of(one.cells)
        can_tell = row["n"] >= SMALL_STUDY and about["reach"] < MEDIUM_D and not hints
        bounds = (Reservation("single cells", {"cells": hints}),) if hints else ()
        return Finding(name, "none" if can_tell else "unclear", reservations=bounds, **about)
    same = one.cells[one.cells["mean"] * row["mean"] > 0]
    claims = tuple(
        claim_of(each, one.measure, max(p, each["p_family"]) if number else p)
        for number, each in enumerate([row, *(cell for _, cell in same.iterrows())])
    )
    if one.below_is_a_fault and row["mean"] < 0:
        return Finding(name, "below", claims, **about)
    numbers = numbers_of(row) | {"smallest_p": float(smallest)}
    against = (
        *((Reservation("floor", numbers),) if floor else ()),
        *of_therapists(one.whole("therapist"), row["mean"]),
        *(of_strangers(one.strangers, row["mean"]) if one.with_strangers else ()),
    )
    return Finding(name, verdict_of(against), claims, against, **about)


def _tests(one: Asked) -> Iterator[Evidence]:
    """What the tests over dyads and therapists, and against strangers, gave."""
    rows = [row for unit in ("dyad", "therapist") if (row := one.whole(unit)) is not None]
    rows += [one.strangers] if one.strangers is not None else []
    for row in rows:
        known = {name: row[name] for name in TOLD.split() if name in row and not missing(row[name])}
        if missing(row["t"]):
            known = {name: known[name] for name in ("measure", "unit", "n") if name in known}
            known["reason"] = reason_of([row["note"]])
        yield Evidence("against zero", {"measure": one.measure} | known)


def verdict_of(against: tuple[Reservation, ...]) -> str:
    """What becomes of a claim, by what speaks against it."""
    kinds = {one.kind for one in against}
    if "therapists" in kinds:
        return "unconfirmed"
    if kinds & {"floor", "therapists floor"}:
        return "unconfirmable"
    return "qualified" if kinds else "found"


def claim_of(row: pd.Series, measure: str, p: float) -> Claim:
    """The mean of a row as a claim."""
    way = "above" if row["mean"] > 0 else "below"
    return Claim(
        measure, way, roi=row["roi"], band=row["band"], size=row["mean"], low=row["ci_low"],
        high=row["ci_high"], d=row["d_z"], p=float(p), measure=measure,
    )  # fmt: skip


def of_therapists(row: pd.Series | None, mean: float) -> Iterator[Reservation]:
    """Where a therapist has several dyads: whether the therapists' means show what the dyads' do."""
    if row is None or (row["p_flips"] < ALPHA and row["mean"] * mean > 0):
        return
    # Too few therapists for sign flips: their t-test makes a claim that stays unconfirmed.
    alike = row["p"] < ALPHA and row["mean"] * mean > 0
    floor = missing(row["t"]) or (row["smallest_p"] >= ALPHA and alike)
    yield Reservation("therapists floor" if floor else "therapists", numbers_of(row))


def of_strangers(row: pd.Series | None, mean: float) -> Iterator[Reservation]:
    """Whether the dyads differ from strangers as well, or why that is not known."""
    if row is None or missing(row["t"]):
        note = None if row is None else row["note"]
        yield Reservation("strangers untested", {"reason": reason_of([note])})
    elif not (row["p_flips"] < ALPHA and row["mean"] * mean > 0):
        kind = "strangers floor" if row["smallest_p"] >= ALPHA else "strangers"
        yield Reservation(kind, numbers_of(row))


def numbers_of(row: pd.Series) -> dict:
    """The numbers of a row that a reservation has."""
    return {name: None if missing(row[name]) else float(row[name]) for name in NUMBERS}
