"""Tasks as the levels of a factor within dyads: each dyad's mean over the times of a task takes their place.

Where tasks and times are crossed, a dyad enters only with a recording of every task at every time, and one
thing is asked: whether tasks differ in their means over times, times in their means over tasks, or the change
from the first to the last time between tasks. Which of them, the study's settings say (`study.tasks`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

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
    table = _means(aggregated, OF_A_TASK, of_a_cell, CELLS)
    return table.assign(time=table[OF_A_TASK])


def of_complete_dyads(aggregated: pd.DataFrame, times: Sequence[str]) -> pd.DataFrame:
    """The rows of dyads that have a recording at each of `times`."""
    own = aggregated.groupby("dyad", sort=False)["time"].agg(set)
    return aggregated[aggregated["dyad"].isin(own.index[own.map(lambda there: there.issuperset(times))])]


def tested(aggregated: pd.DataFrame, times: Sequence[str], *, tasks_at_times: bool) -> pd.DataFrame:
    """The rows that enter the tests: of these times, and of dyads with all of them where tasks are crossed.

    Parameters
    ----------
    tasks_at_times : bool
        Whether the study crosses tasks with times: a dyad enters only with every task at every time.
    """
    rows = aggregated[aggregated["time"].isin(times)]
    return of_complete_dyads(rows, times) if tasks_at_times else rows


def means_of_times(
    table: pd.DataFrame, phases: Mapping[str, str], of_a_cell: Sequence[str], cell: Sequence[str] = CELLS
) -> pd.DataFrame:
    """A row a dyad, time and cell: the mean over the tasks of that time, missing where one of them is.

    Parameters
    ----------
    table : DataFrame
        Of dyads that have every task at every time; the column time holds occasions.
    phases : mapping occasion -> time
    of_a_cell : sequence of str
        Columns to be averaged.
    """
    return _means(table.assign(time=table["time"].map(phases)), "time", of_a_cell, cell)


def changes_of_tasks(
    aggregated: pd.DataFrame,
    phases: Mapping[str, str],
    of_a_cell: Sequence[str],
    covariates: Sequence[str] = (),
) -> pd.DataFrame:
    """A row a dyad, task, band and ROI, of the last time minus the first; the column time holds the task.

    A covariate is the mean over times: what is one of a dyad has no change.
    """
    table = means_of_tasks(aggregated, [*of_a_cell, *covariates])
    numbers = [name for name in dict.fromkeys(of_a_cell) if name in aggregated and name not in covariates]
    keys, times = ["dyad", OF_A_TASK, *CELLS], list(dict.fromkeys(phases.values()))
    at = aggregated["time"].map(phases)
    first, last = (aggregated[at == time].set_index(keys)[numbers] for time in (times[0], times[-1]))
    change = (last - first).reindex(pd.MultiIndex.from_frame(table[keys]))
    table[numbers] = change.to_numpy()
    return table


def _means(table: pd.DataFrame, over: str, of_a_cell: Sequence[str], cell: Sequence[str]) -> pd.DataFrame:
    """The table with a row a dyad, level of `over` and cell, levels in the order of their first row."""
    numbers = [name for name in dict.fromkeys(of_a_cell) if name in table]
    grouped = table.groupby(["dyad", over, *cell], sort=False, observed=True, dropna=False)
    means = grouped.first().reset_index()
    values = grouped[numbers]
    means[numbers] = values.mean().where(values.count().eq(grouped.size(), axis=0)).to_numpy()
    ranks = {level: rank for rank, level in enumerate(table[over].unique())}
    dyads = {dyad: rank for rank, dyad in enumerate(table["dyad"].unique())}
    order = means["dyad"].map(dyads) * len(ranks) + means[over].map(ranks)
    return means.iloc[order.argsort(kind="stable")].reset_index(drop=True)[list(table)]
