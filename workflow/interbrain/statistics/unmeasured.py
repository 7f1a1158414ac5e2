"""Bands and sites in which no dyad has a value: left out of the tests, which say so.

Every dyad would lack a cell otherwise, and nothing would be tested because of a band that nobody has, such as
one that a filter took in all recordings.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from .cells import CELLS
from .notes import note

NOBODY = "not tested: no dyad has a value there"


def measured_cells(
    aggregated: pd.DataFrame, measures: Sequence[str], within: Sequence[str]
) -> tuple[pd.DataFrame, list[str], str]:
    """The rows of bands and sites in which somebody has a value of some measure.

    Returns
    -------
    table : DataFrame
        All rows where no cell has a value: then the tests say that.
    within : list of str
        Without a factor of which one level alone is left.
    note : str
        What was left out; empty if nothing was.
    """
    there = aggregated[list(measures)].notna().any(axis=1)
    if not there.any():
        return aggregated, list(within), ""
    table, left, lacking = aggregated, list(within), []
    for name in CELLS:
        known = set(aggregated.loc[there, name])
        empty = [level for level in aggregated[name].unique() if level not in known]
        if empty:
            lacking += empty
            table = table[table[name].isin(known)]
            if len(known) == 1 and name in left:
                left.remove(name)
    if not lacking:
        return aggregated, left, ""
    said = ", ".join(map(str, lacking))
    return table.reset_index(drop=True), left, f"{said} {NOBODY}"


def with_note(tables: Mapping[str, pd.DataFrame], said: str) -> dict[str, pd.DataFrame]:
    """The same tables, each row of which has the note besides its own."""
    return {
        name: table.assign(
            note=[note([own if isinstance(own, str) else None, said]) for own in table["note"]]
        )
        if said and "note" in table
        else table
        for name, table in tables.items()
    }
