"""Columns that vary over times, such as coordination, as scores: one value a dyad, made as that of PLV is."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from .design import refuse_text, refuse_unknown_columns


def as_scores(aggregated: pd.DataFrame, names: Sequence[str], time: str = "mean") -> pd.DataFrame:
    """The table in which each of these columns has one value a dyad.

    Parameters
    ----------
    aggregated : DataFrame
        One row a dyad, time, band and ROI.
    names : sequence of str
        Numeric columns. What varies over bands and ROIs is averaged over them first.
    time : str
        One of `cells.TIMES`. With ``change`` the value at the last time minus that at the first, with
        ``ancova`` the value at the last; else the mean over the times that are recorded. A value that is
        missing in a recording that is there is missing in the mean; a change needs both times.

    Examples
    --------
    >>> table = pd.DataFrame({"dyad": ["A", "A", "B"], "time": ["pre", "post", "pre"], "eda": [1.0, 4, 2]})
    >>> as_scores(table, ["eda"])["eda"].tolist(), as_scores(table, ["eda"], "change")["eda"].tolist()
    ([2.5, 2.5, 2.0], [3.0, 3.0, nan])
    """
    names = list(dict.fromkeys(names))
    if not names or aggregated.empty:
        return aggregated
    refuse_unknown_columns(aggregated, names)
    refuse_text(aggregated, names)
    table = aggregated.copy()
    times = list(dict.fromkeys(table["time"]))
    for name in names:
        values = table.groupby(["dyad", "time"], sort=False, observed=True)[name].agg(_complete_mean)
        wide = values.unstack().reindex(columns=times)
        if time == "change":
            own = wide[times[-1]] - wide[times[0]]
        elif time == "ancova":
            own = wide[times[-1]]
        else:
            own = values.groupby(level="dyad", sort=False).agg(_complete_mean)
        table[name] = table["dyad"].map(own)
    return table


def of_each_time(aggregated: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """The first row of each dyad and time, in which these columns have their mean over bands and ROIs."""
    keys = ["dyad", "time"]
    table = aggregated.drop_duplicates(keys).copy()
    for name in names:
        if name in table and pd.api.types.is_numeric_dtype(table[name]):
            mean = aggregated.groupby(keys, sort=False, observed=True)[name].mean()
            table[name] = mean.reindex(pd.MultiIndex.from_frame(table[keys])).to_numpy()
    return table


def _complete_mean(values: pd.Series) -> float:
    return float(values.mean()) if values.notna().all() else np.nan
