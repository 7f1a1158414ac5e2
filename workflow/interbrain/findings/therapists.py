"""Several clients a therapist: where more than one has several dyads, the test over therapists decides.

From the table ``therapists`` alone. Where it decides and could not be computed, nothing is confirmed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from .form import Reservation, missing, reason_of, rows_of


def deciding(tables: Mapping[str, pd.DataFrame], measure: str, tested: str) -> pd.DataFrame:
    """The therapist-level rows of a measure and a factor, effect or score, where they decide; else none."""
    return rows_of(tables, "therapists", measure=measure, tested=tested, decides="yes")


def p_over_therapists(tables: Mapping[str, pd.DataFrame], measure: str, effect: str) -> float | None:
    """The p of an effect where the therapists decide and it could be computed, else None."""
    rows = deciding(tables, measure, effect)
    if rows.empty or missing(rows["p"].iloc[0]):
        return None
    return float(rows["p"].iloc[0])  # over all levels: their row is before those of pairs


def pairs_over_therapists(
    tables: Mapping[str, pd.DataFrame], measure: str, factor: str
) -> pd.DataFrame | None:
    """The rows of two levels each where the therapists decide and these could be computed, else None."""
    rows = deciding(tables, measure, factor)
    if rows.empty or missing(rows["p"].iloc[0]):
        return None
    return rows[[not missing(level) for level in rows["level_a"]]]


def untested_over_therapists(
    tables: Mapping[str, pd.DataFrame], measure: str, tested: str
) -> Iterator[Reservation]:
    """``therapists untested``, with the reason, where the therapists decide and it could not be computed."""
    rows = deciding(tables, measure, tested)
    unknown = rows[[missing(p) for p in rows["p"]]] if len(rows) else rows
    if len(unknown):
        yield Reservation("therapists untested", {"reason": reason_of(list(unknown["note"]))})
