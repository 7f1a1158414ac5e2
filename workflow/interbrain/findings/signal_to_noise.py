"""Whether a claim stays once both members' signal-to-noise ratio is held constant; else, a reservation.

Where there is coupling, PLV above chance rises with signal-to-noise: a claim that does not stay may be one
about the strength of rhythms. From the tables ``snr`` and ``contrasts`` alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from .form import ALPHA, BOTH, NO_TEST, Claim, Evidence, Finding, Reservation, missing, reason_of, rows_of
from .therapists import deciding

MOST_SHARED = 0.75  # of a factor with SNR; beyond, holding SNR constant extrapolates from group to group
KEPT = 0.5  # share of the difference; what keeps less has been explained by signal-to-noise in part


def factor_given_snr(
    tables: Mapping[str, pd.DataFrame], factor: str, claims: Sequence[Claim], decisive: str
) -> Iterator[Reservation]:
    """The claims on a factor that do not stay.

    Yields
    ------
    Reservation
        ``snr``: none of them stays (p < .05 in the same direction, of several pairs after Holm, and the
        factor shares less than `MOST_SHARED` with SNR). ``some snr``: not all do. ``snr floor``: none does,
        but at least `KEPT` of each difference is left, and with the degrees of freedom that SNR leaves even
        the whole would not reach .05. ``snr untested``, with the reason.
    """
    measure, claims = _own(claims, decisive)
    table = _table(tables, measure, factor)
    table = table[(table["roi"] == "all") & (table["band"] == "all")]
    failed, floors, n = [], 0, 0
    decide = len(deciding(tables, measure, factor)) > 0
    for claim in claims:
        row = _row_of(table, claim)
        if row is None or missing(row["F"]):
            reason = reason_of([] if row is None else [row["note"]]) or reason_of(table["note"]) or NO_TEST
            yield Reservation("snr untested", {"reason": reason})
            return
        n += 1
        sign = 1 if not claim.higher or row["level_a"] == claim.higher else -1
        difference = sign * row["difference"]
        own = row["p_holm"] if claim.higher else row["p"]
        p, whose = _deciding(own, row, decide)
        name = "p_holm" if claim.higher and _of_several(table, row) else "p"
        shared = row.get("shared")
        apart = missing(shared) or shared < MOST_SHARED
        if apart and p < ALPHA and (not claim.higher or difference > 0):
            continue
        floors += apart and _too_few(tables, measure, factor, claim, difference, row)
        about: dict[str, Any] = {"higher": claim.higher, "lower": claim.lower}
        about |= {"F": float(row["F"]), "df1": int(row["df1"]), "df2": int(row["df2"]), name: float(p)}
        about["shared"] = None if missing(shared) else float(shared)
        about |= whose
        if claim.higher:
            ends = sorted((sign * row["ci_low"], sign * row["ci_high"]))
            about |= {"size": float(difference), "low": float(ends[0]), "high": float(ends[1])}
        failed.append(about)
    if failed:
        kind = "some snr" if len(failed) < n else "snr floor" if floors == n else "snr"
        values: dict[str, Any] = {"measure": measure, "pairs": failed, "differs": _differs(tables, factor)}
        most = max((pair["shared"] or 0 for pair in failed), default=0)
        if most >= MOST_SHARED and kind != "snr floor":
            values["shared"] = most
        yield Reservation(kind, values)


def score_given_snr(
    tables: Mapping[str, pd.DataFrame], score: str, claims: Sequence[Claim], decisive: str
) -> Iterator[Reservation]:
    """The claims on a score that do not stay: r given SNR, with Holm's correction over sites and bands.

    Yields
    ------
    Reservation
        ``snr``, ``some snr`` or ``snr floor``, as `factor_given_snr`, and ``snr untested`` where that of
        a cell could not be computed.
    """
    measure, claims = _own(claims, decisive)
    table = _table(tables, measure, score).set_index(["roi", "band"])
    failed, untested, floors = [], [], 0
    decide = len(deciding(tables, measure, score)) > 0
    for claim in claims:
        cell = (claim.roi, claim.band)
        row = table.loc[cell] if cell in table.index else None
        if row is None or missing(row["r"]):
            untested.append(reason_of([] if row is None else [row["note"]]) or NO_TEST)
            continue
        p, whose = _deciding(row["p_holm"], row, decide)
        if not (p < ALPHA and row["r"] * claim.size > 0):
            about = {"roi": claim.roi, "band": claim.band, "r": float(row["r"])}
            failed.append(about | {"p_holm": float(p)} | whose)
            kept = row["r"] * claim.size >= KEPT * claim.size**2
            floors += kept and _p_of_r(claim.size, row["df2"]) >= ALPHA
    if failed:
        kind = "snr" if len(failed) + len(untested) == len(claims) else "some snr"
        kind = "snr floor" if floors == len(claims) else kind
        differs = _differs(tables, score)
        yield Reservation(kind, {"measure": measure, "cells": failed, "differs": differs})
    if untested:
        yield Reservation("snr untested", {"reason": untested[0]})


def factor_kept_given_snr(tables: Mapping[str, pd.DataFrame], found: Finding) -> Iterator[Evidence]:
    """The leading claims on a factor as they are with signal-to-noise held constant."""
    decide = len(deciding(tables, found.decisive, found.hypothesis)) > 0
    table = rows_of(tables, "snr", measure=found.decisive, tested=found.hypothesis, roi="all", band="all")
    told = []
    for claim in found.claims:
        if claim.on not in (BOTH, found.decisive) or table.empty:
            continue
        for row in _pair(table, claim).tail(1).to_dict("records"):
            sign = 1 if row["level_a"] == claim.higher else -1
            ends = sorted((sign * row["ci_low"], sign * row["ci_high"]))
            p, whose = _deciding(row["p_holm"], row, decide)
            name = "p_holm" if _of_several(table, row) else "p"
            pair = {"higher": claim.higher, "lower": claim.lower, name: p} | whose
            pair |= {name: row[name] for name in ("F", "df1", "df2")}
            told.append(pair | {"size": sign * row["difference"], "low": ends[0], "high": ends[1]})
    if told:
        yield Evidence("given snr", {"measure": found.decisive, "pairs": told})


def score_kept_given_snr(tables: Mapping[str, pd.DataFrame], found: Finding) -> Iterator[Evidence]:
    """The leading claims on a score as they are with signal-to-noise held constant."""
    decide = len(deciding(tables, found.decisive, found.hypothesis)) > 0
    told = []
    for claim in found.claims:
        if claim.on in (BOTH, found.decisive):
            about = {"measure": found.decisive, "tested": found.hypothesis}
            rows = rows_of(tables, "snr", **about, roi=claim.roi, band=claim.band)
            for row in rows.tail(1).to_dict("records"):
                p, whose = _deciding(row["p_holm"], row, decide)
                told.append({name: row[name] for name in ("roi", "band", "r")} | {"p_holm": p} | whose)
    if told:
        yield Evidence("given snr", {"measure": found.decisive, "cells": told})


def _deciding(own: float, row: Mapping, decide: bool) -> tuple[float, dict[str, str]]:
    """The larger of a p and that with errors that the dyads of a therapist share, and whose it is.

    Where it is the second, its `unit` is the therapist; the first has none, or the dyad where therapists
    `decide` and the second is not known.
    """
    shared: Any = row.get("p_cr2_holm")
    if missing(shared):
        return own, {"unit": "dyad"} if decide else {}
    return (float(shared), {"unit": "therapist"}) if shared > own else (own, {})


def _of_several(table: pd.DataFrame, row: pd.Series | Mapping) -> bool:
    """Whether two levels were compared among others, so that their p is corrected for these."""
    own = table[(table["roi"] == row["roi"]) & (table["band"] == row["band"])]
    return sum(not missing(level) for level in own["level_a"]) > 1


def _p_of_r(r: float, df: int) -> float:
    """Two-sided p of a correlation with these degrees of freedom."""
    from scipy.stats import t as student

    return float(2 * student.sf(abs(r) * (df / max(1 - r**2, 1e-300)) ** 0.5, df))


def _own(claims: Sequence[Claim], decisive: str) -> tuple[str, list[Claim]]:
    """The measure by which the leading claims are judged, and these claims."""
    own = [claim for claim in claims if claim.on in (BOTH, decisive)]
    if own:
        return decisive, own
    measure = claims[0].measure
    return measure, [claim for claim in claims if claim.measure == measure]


def _table(tables: Mapping[str, pd.DataFrame], measure: str, tested: str) -> pd.DataFrame:
    table = rows_of(tables, "snr", measure=measure, tested=tested)
    if not len(table.columns):
        return pd.DataFrame(columns=["measure", "tested", "roi", "band", "level_a", "level_b", "note"])
    return table


def _row_of(table: pd.DataFrame, claim: Claim) -> pd.Series | None:
    """The test of the two levels that a claim names; of all levels where it names none."""
    if claim.higher:
        rows = _pair(table, claim)
    else:
        rows = table[[missing(level) for level in table["level_a"]]]
        rows = table if rows.empty else rows
    return rows.iloc[-1] if len(rows) else None


def _pair(table: pd.DataFrame, claim: Claim) -> pd.DataFrame:
    both = zip(table["level_a"], table["level_b"], strict=True)
    return table[[{*levels} == {claim.higher, claim.lower} for levels in both]]


def _too_few(
    tables: Mapping[str, pd.DataFrame],
    measure: str,
    factor: str,
    claim: Claim,
    difference: float,
    row: pd.Series,
) -> bool:
    """Whether the difference is as large, and only degrees of freedom are lacking to show it."""
    from scipy.stats import t as student

    contrasts = tables.get("contrasts")
    if contrasts is None or not claim.higher or not difference >= KEPT * claim.size:
        return False
    own = contrasts[(contrasts["measure"] == measure) & (contrasts["effect"] == factor)]
    own = _pair(own, claim)
    if own.empty:
        return False
    t = student.isf(own["p"].iloc[-1] / 2, own["df"].iloc[-1])
    return bool(2 * student.sf(t, int(row["df2"])) >= ALPHA)


def _differs(tables: Mapping[str, pd.DataFrame], tested: str) -> list[dict]:
    """Where signal-to-noise itself goes with the factor or score, after Holm's correction."""
    table = tables["snr"]
    own = table[table["measure"].isin(["log_snr_therapist", "log_snr_client"]) & (table["tested"] == tested)]
    return [
        {
            "role": row["measure"].removeprefix("log_snr_"), "roi": row["roi"], "band": row["band"],
            "p_holm": float(row["p_holm"]),
        }
        for _, row in own.iterrows()
        if row["p_holm"] < ALPHA
    ]  # fmt: skip
