"""Whether a claim on a factor holds where its groups may differ in spread, and whether they seem to.

Welch's test, adjusted for other terms, decides, whatever the observed spreads: a test of spread first would
let through what few dyads cannot show.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from .form import ALPHA, NO_TEST, UNEQUAL, Reservation, missing, reason_of


def given_unequal_spread(
    tables: Mapping[str, pd.DataFrame], factor: str, measure: str
) -> Iterator[Reservation]:
    """What the test that allows unequal spread says against a claim.

    Yields
    ------
    Reservation
        ``spread``: its p is not below .05, with the numbers. ``spread untested``, with the reason. Nothing
        where the study has no such table.
    """
    table = tables.get("spread")
    if table is None or table.empty:
        return
    row = spread_of(table, factor, measure)
    if row is None or missing(row["F"]):
        reason = NO_TEST if row is None else reason_of([row["note"]]) or NO_TEST
        yield Reservation("spread untested", {"reason": reason})
    elif not row["p"] < ALPHA:
        names = ("F", "df1", "df_error", "p", "sd_ratio")
        yield Reservation("spread", {name: float(row[name]) for name in names})


def spread_of(table: pd.DataFrame, factor: str, measure: str) -> pd.Series | None:
    rows = table[(table["effect"] == factor) & (table["measure"] == measure)]
    return rows.iloc[0] if len(rows) else None


def unequal(row: Mapping) -> bool:
    """Whether the groups' spreads differ so much that a reader must know."""
    return bool(row["sd_ratio"] >= UNEQUAL or row["p_brown_forsythe"] < ALPHA)
