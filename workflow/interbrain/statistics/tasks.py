"""Tasks as the levels of a factor within dyads: each dyad's mean over the times of a task takes their place.

Whether the statistics use one task or compare several, the study's settings say (`study.tasks`).
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from interbrain.statistics.cells import CELLS

OF_A_TASK = "task"


def means_of_tasks(aggregated: pd.DataFrame, of_a_cell: Sequence[str]) -> pd.DataFrame:
    """The aggregated dataset with a row a dyad, task, band and ROI; the column time holds the task.

    Parameters
    ----------
    aggregated : DataFrame
        One row a dyad, time, band and ROI, with the task of each time.
    of_a_cell : sequence of str
        Columns that vary within a dyad, to be averaged. A value that is missing in a recording that is there
        is missing in the mean.

    Returns
    -------
    table : DataFrame
        Tasks in the order of their first row; what is no mean is as in the task's first row.
    """
    numbers = [name for name in dict.fromkeys(of_a_cell) if name in aggregated]
    keys = ["dyad", OF_A_TASK, *CELLS]
    grouped = aggregated.groupby(keys, sort=False, observed=True)
    table = grouped.first().reset_index()
    values = grouped[numbers]
    table[numbers] = values.mean().where(values.count().eq(grouped.size(), axis=0)).to_numpy()
    ranks = {task: rank for rank, task in enumerate(aggregated[OF_A_TASK].unique())}
    dyads = {dyad: rank for rank, dyad in enumerate(aggregated["dyad"].unique())}
    order = table["dyad"].map(dyads) * len(ranks) + table[OF_A_TASK].map(ranks)
    table = table.assign(time=table[OF_A_TASK]).iloc[order.argsort(kind="stable")]
    return table.reset_index(drop=True)[list(aggregated)]
