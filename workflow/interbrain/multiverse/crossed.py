"""Where tasks are crossed with times: the dyads' variants at a time, averaged over the tasks of that time."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from .branch import KEYS
from .choices import CORRECTIONS

CELL = ["dyad", "time", "band", "roi"]


def over_tasks(variants: pd.DataFrame, phases: Mapping[str, str]) -> pd.DataFrame:
    """The variants with times in place of occasions, averaged over the tasks of each time.

    Parameters
    ----------
    variants : DataFrame
        `branch.variants` of all dyads and runs.
    phases : mapping occasion -> time
        Rows of other occasions are left out.

    Returns
    -------
    table : DataFrame
        A value is missing where that of one task is; the notes are those of all tasks.
    """
    known = variants[variants["time"].isin(list(phases))]
    known = known.assign(time=known["time"].map(phases), note=known["note"].fillna(""))
    grouped = known.groupby([*KEYS, *CELL], sort=False, observed=True, dropna=False)
    table = grouped.first().reset_index()
    values = grouped[[*CORRECTIONS.values()]]
    table[[*CORRECTIONS.values()]] = values.mean().where(values.count().eq(grouped.size(), axis=0)).to_numpy()
    notes = grouped["note"].agg(lambda own: "; ".join(dict.fromkeys(filter(None, own))))
    return table.assign(note=notes.to_numpy())[list(variants)]
