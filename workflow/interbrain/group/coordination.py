"""Coordination of all dyads: one table of them, and columns of the aggregated dataset that follow from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from interbrain.signals.measures import COLUMN_ENDS
from interbrain.tables.coordination import COORDINATION

VALUES = dict(zip(COLUMN_ENDS, ("value", "above_chance", "z_chance", "above_pseudo"), strict=True))
ABOUT = {
    "": "{measure} of {kind} in both members (docs/coordination.md); the same at every band and site",
    "_above_chance": "{measure} of {kind} minus its mean over circular shifts",
    "_z_chance": "{measure} of {kind} above its circular shifts, in their standard deviations",
    "_above_pseudo": "{measure} of {kind} above chance, minus that of people who never met",
}


def all_dyads(tables: Iterable[pd.DataFrame], strangers: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Every dyad's coordination with what strangers have; tables in the order of the study."""
    table = pd.concat(list(tables), ignore_index=True)
    of_strangers = [one for one in strangers if len(one)]
    if of_strangers:
        keys = ["dyad", "time", "kind", "measure"]
        known = pd.concat(of_strangers, ignore_index=True)
        table = table.drop(columns=[c for c in known if c in table and c not in keys])
        table = table.merge(known, on=keys, how="left", validate="one_to_one")
    return table.reindex(columns=[name for name in COORDINATION.names if name in table])


def as_columns(table: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """Coordination as a row a dyad and time, with each of `columns` (missing where it is not known)."""
    keys = ["dyad", "time"]
    wide = table[keys].drop_duplicates().reset_index(drop=True)
    for (kind, measure), own in table.groupby(["kind", "measure"], sort=False):
        for end, value in VALUES.items():
            if f"{kind}_{measure}{end}" in columns and value in own:
                named = own[[*keys, value]].rename(columns={value: f"{kind}_{measure}{end}"})
                wide = wide.merge(named, on=keys, how="left", validate="one_to_one")
    return wide.reindex(columns=[*keys, *columns])


def describe_columns(measures: Mapping[str, Sequence[str]]) -> dict[str, dict[str, str]]:
    """The data dictionary of these columns."""
    return {
        f"{kind}_{measure}{end}": {"Description": about.format(kind=kind, measure=measure)}
        for kind, those in measures.items()
        for measure in those
        for end, about in ABOUT.items()
    }
