"""Coordination of all dyads: one table of them, and columns of the aggregated dataset that follow from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from interbrain.group.aggregated import with_scores
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


def bodies_alone(
    aggregated: pd.DataFrame,
    coordination: pd.DataFrame,
    columns: Sequence[str],
    dyads: pd.DataFrame,
    scores: Mapping[str, pd.DataFrame],
    differences: Mapping[str, Sequence[str]],
    numbers: pd.DataFrame | None = None,
) -> tuple[pd.DataFrame, list[str]]:
    """The aggregated dataset with a row more for each recording whose EEG does not enter: bodies need none.

    Parameters
    ----------
    aggregated : DataFrame
        A row a dyad, time, band and site.
    coordination : DataFrame
        `all_dyads`, of every recording.
    columns : sequence of str
        Those of coordination.
    dyads : DataFrame
        dyad, therapist, client and the factors of the dyads that are not excluded, in the study's order.
    scores, differences, numbers
        As `aggregated.aggregate`.

    Returns
    -------
    table : DataFrame
        What rests on the EEG is missing in the rows that were added.
    added : list of str
        Dyads with such a recording and with a value of coordination in it.
    """
    every = as_columns(coordination, columns)
    known = pd.MultiIndex.from_frame(aggregated[["dyad", "time"]])
    new = every[~pd.MultiIndex.from_frame(every[["dyad", "time"]]).isin(known)]
    new = dyads.merge(new.dropna(subset=list(columns), how="all"), on="dyad", how="inner")
    if new.empty:
        return aggregated, []
    new = with_scores(new, scores, differences, numbers)
    place = {dyad: number for number, dyad in enumerate(dyads["dyad"])}
    order = {time: number for number, time in enumerate(dict.fromkeys(coordination["time"]))}
    both = pd.concat([one.dropna(axis=1, how="all") for one in (aggregated, new)], ignore_index=True)
    both = both.reindex(columns=list(aggregated.columns))
    both = both.assign(_dyad=both["dyad"].map(place), _time=both["time"].map(order))
    both = both.sort_values(["_dyad", "_time"], kind="stable").drop(columns=["_dyad", "_time"])
    return both.reset_index(drop=True), list(dict.fromkeys(new["dyad"]))


def describe_columns(measures: Mapping[str, Sequence[str]]) -> dict[str, dict[str, str]]:
    """The data dictionary of these columns."""
    return {
        f"{kind}_{measure}{end}": {"Description": about.format(kind=kind, measure=measure)}
        for kind, those in measures.items()
        for measure in those
        for end, about in ABOUT.items()
    }
