"""From the aggregated dataset to what enters a test: one value a dyad and cell, and who lacks which.

Here stands how pre and post enter. No statistic is computed here.

A dyad may have no recording at a time (no row at all). Where the times enter as their mean, it enters with
the mean of those that it has, and every note says so; where a test needs the time, the dyad is left out of
it. A value that is missing in a recording that is there is never averaged away.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import product

import numpy as np
import pandas as pd

from .design import DesignError, subject_table

CELLS = ["roi", "band"]
PEOPLE = ["therapist", "client"]
VALUES = ["plv", "chance", "above_chance"]
WORDS = {
    "plv": "PLV",
    "above_chance": "PLV above chance",
    "chance": "chance level",
    "above_pseudo": "PLV above pseudo-dyads",
    "zero_lag": "PLV at zero lag above that at far lags",
    "aec_above_chance": "AEC above chance",
}
TIMES = {
    "mean": "the mean over all times",
    "factor": "as a factor within dyads",
    "change": "the last time minus the first",
    "ancova": "the last time, with the first as a covariate",
}
# The covariate of an analysis of covariance: the dyad's mean of all cells at the first time.
BEFORE = "before"


@dataclass(frozen=True)
class Cells:
    """What enters the tests.

    Attributes
    ----------
    dyads : DataFrame
        One row a dyad (index): therapist, client, factors, questionnaires, covariates.
    means : DataFrame
        One row a dyad and cell: what enters, as `time` asks; then the mean of all cells, ``all``.
    by_time : DataFrame
        One row a dyad, time and cell.
    before : DataFrame
        One row a dyad (index), a column a value: the mean of all cells at the first time.
    missing : dict of str to DataFrame
        For each value booleans: one row a dyad and time that is used, one column a cell.
    time : str
    absent : dict of dyad to list
        Times that are used and at which the dyad has no recording.
    times : list
        All times that are used.
    repeated : str
        What the factor of them is called in the tests: tasks may take the place of times.
    """

    dyads: pd.DataFrame
    means: pd.DataFrame
    by_time: pd.DataFrame
    before: pd.DataFrame
    missing: dict[str, pd.DataFrame]
    time: str
    absent: dict = field(default_factory=dict)
    times: list = field(default_factory=list)
    repeated: str = "time"

    @property
    def single(self) -> pd.DataFrame:
        """The rows of single cells."""
        return self.means[~self._is_whole]

    @property
    def whole(self) -> pd.DataFrame:
        """The rows of the means of all cells."""
        return self.means[self._is_whole]

    @property
    def _is_whole(self) -> pd.Series:
        size = len(self.means) // max(len(self.dyads), 1)  # a lab may call a site "all" as well
        return pd.Series(np.arange(len(self.means)) % size == size - 1, index=self.means.index)

    def entering(
        self,
        measure: str,
        within: Sequence[str],
        between: Sequence[str],
        covariates: Sequence[str],
        every_cell: bool = True,
    ) -> tuple[pd.DataFrame, list[str], list[str], dict[str, list]]:
        """The long table of one measure's model.

        Parameters
        ----------
        every_cell : bool
            Leave out dyads that lack a value or, where time is a factor, a recording; else they stay, with
            the rows that they have.

        Returns
        -------
        long : DataFrame
            One row a dyad and level of the within factors, averaged over the other cells.
        within, covariates : list of str
            With what the handling of time adds: the factor ``time``, or the covariate ``before``.
        left_out : dict of dyad to what it lacks
        """
        within, covariates = list(within), list(covariates)
        needed: list[tuple] | None = None if every_cell else []
        left_out = self.lacking(
            self.dyads[[*between, *covariates]], measure, needed, partial=self.time == "mean"
        )
        cells, about = self.single, self.dyads[[*between, *covariates, "therapist"]]
        if self.time == "factor":
            cells = self.by_time.rename(columns={"time": self.repeated})
            within = [self.repeated, *within]
        if self.time == "ancova":
            covariates = [*covariates, BEFORE]
            about = about.assign(**{BEFORE: self.before[measure]})
        cells = cells[~cells["dyad"].isin(list(left_out))]
        by_level = cells.groupby(["dyad", *within], sort=False, observed=True)[measure]
        long = by_level.mean().where(by_level.count() == by_level.size()).rename(measure).reset_index()
        if not every_cell:
            long = long[long[measure].notna()]
            for dyad in about.index.drop([*left_out, *long["dyad"].unique()], errors="ignore"):
                left_out[dyad] = [WORDS.get(measure, measure)]
        long = long.join(about, on="dyad")
        if BEFORE in covariates and not every_cell:
            without = long.loc[long[BEFORE].isna(), "dyad"].unique()
            left_out |= {dyad: [f"{WORDS.get(measure, measure)} at {self.times[0]}"] for dyad in without}
            long = long[long[BEFORE].notna()]
        return long.reset_index(drop=True), within, covariates, left_out

    @property
    def _not_recorded(self) -> list[tuple]:
        return [(dyad, time) for dyad, times in self.absent.items() for time in times]

    def lacking(
        self,
        columns: pd.DataFrame,
        measure: str,
        cells: Sequence[tuple] | None = None,
        partial: bool = False,
    ) -> dict[str, list]:
        """Say for each dyad what it lacks: empty columns, then cells of the measure; {} if nothing.

        Parameters
        ----------
        columns : DataFrame
            One row a dyad.
        cells : sequence of (roi, band), optional
            By default every one.
        partial : bool
            A time without a recording is no lack.
        """
        missing = self.missing[measure] if cells is None else self.missing[measure][list(cells)]
        if partial and self.absent:
            missing = missing[~missing.index.isin(self._not_recorded)]
        gaps = missing[missing.groupby(level=0, sort=False).transform("any").any(axis=1)]
        gappy = set(gaps.index.get_level_values(0))
        empty = columns.isna()
        lacking = {}
        for dyad in columns.index[empty.to_numpy(bool).any(axis=1) | columns.index.isin(gappy)]:
            lacking[dyad] = [name for name in columns if empty.at[dyad, name]]
            if dyad in gappy:
                lacking[dyad].append(_in_words(measure, gaps.loc[dyad]))
        return lacking


def study_cells(
    aggregated: pd.DataFrame,
    values: Sequence[str],
    of_a_dyad: Sequence[str],
    covariates: Sequence[str] = (),
    time: str = "mean",
) -> Cells:
    """Spread the aggregated dataset over dyads, times and cells, and bring the times to what enters.

    Parameters
    ----------
    aggregated : DataFrame
        One row a dyad, time, band and ROI.
    values : sequence of str
        Measured in each cell.
    of_a_dyad : sequence of str
        Columns with one value a dyad; a missing one stays missing, one that varies is refused.
    covariates : sequence of str
        Numeric columns, averaged over the dyad's rows.
    time : str
        One of TIMES.

    Raises
    ------
    DesignError
        A repeated row, an empty key, a column that varies within a dyad, one time where two are needed.
    """
    values = list(values)
    keys = ["dyad", "time", *CELLS]
    _refuse_repeated(aggregated, keys)
    dyads = _dyads(aggregated, of_a_dyad, covariates)
    times, rois, bands = (list(aggregated[name].unique()) for name in ("time", *CELLS))
    if time != "mean" and len(times) < 2:
        raise DesignError(f"There is one time only ({times[0]}): statistics: time can only be mean.")
    used = [times[0], times[-1]] if time in ("change", "ancova") else times
    cells = list(product(rois, bands))
    full = pd.MultiIndex.from_product([dyads.index, used, rois, bands], names=keys)
    table = aggregated.set_index(keys)[values].astype(float).reindex(full)
    grid = table.to_numpy().reshape(len(dyads), len(used), len(cells), len(values))
    recorded = set(zip(aggregated["dyad"], aggregated["time"], strict=True))
    there = np.array([[(dyad, t) in recorded for t in used] for dyad in dyads.index])
    absent = {
        dyad: [t for t, is_there in zip(used, row, strict=True) if not is_there]
        for dyad, row in zip(dyads.index, there, strict=True)
        if not row.all()
    }

    # Of a change both times are needed. A mean is over the recordings that there are; a value that is missing
    # in one of these is missing in the mean.
    if time in ("change", "ancova"):
        enters = grid[:, -1] - grid[:, 0] if time == "change" else grid[:, -1] + 0 * grid[:, 0]
    else:
        enters = mean_of_recorded(grid, there)  # (n_dyads, n_cells, n_values), all three
    every = np.concatenate([enters, enters.mean(axis=1, keepdims=True)], axis=1)
    index = pd.MultiIndex.from_tuples(
        [(dyad, *cell) for dyad in dyads.index for cell in [*cells, ("all", "all")]], names=["dyad", *CELLS]
    )
    means = pd.DataFrame(every.reshape(-1, len(values)), index=index, columns=values).reset_index()

    of_each = [
        ", ".join(str(t) for t in used if t not in absent[dyad]) if dyad in absent else "all"
        for dyad in dyads.index
    ]
    rows = pd.MultiIndex.from_product([dyads.index, used])
    columns = pd.MultiIndex.from_tuples(cells)
    empty = np.isnan(grid).reshape(-1, len(cells), len(values))
    return Cells(
        dyads=dyads,
        means=means.join(dyads.drop(columns=values, errors="ignore").assign(times_used=of_each), on="dyad"),
        by_time=table.reset_index(),
        before=pd.DataFrame(grid[:, 0].mean(axis=1), index=dyads.index, columns=values),
        missing={
            name: pd.DataFrame(empty[:, :, place], index=rows, columns=columns)
            for place, name in enumerate(values)
        },
        time=time,
        absent=absent,
        times=used,
    )


def _refuse_repeated(aggregated: pd.DataFrame, keys: Sequence[str]) -> None:
    for name in keys:
        if aggregated[name].isna().any():
            raise DesignError(f"The column {name} has an empty value.")
    twice = aggregated.duplicated(keys)
    if twice.any():
        where = ", ".join(str(value) for value in aggregated.loc[twice, keys].iloc[0])
        raise DesignError(f"The aggregated table has two rows for {where}.")


def mean_of_recorded(values: np.ndarray, there: np.ndarray) -> np.ndarray:
    """Mean over the times at which there is a recording.

    Parameters
    ----------
    values : array, shape (n_dyads, n_times, ...)
    there : array of bool, shape (n_dyads, n_times)

    Returns
    -------
    mean : array, shape (n_dyads, ...)
        NaN where no time is there, or where one that is there has no value.
    """
    if there.all():
        return values.mean(axis=1)
    weights = there.reshape(*there.shape, *[1] * (values.ndim - 2))
    with np.errstate(invalid="ignore"):
        return np.where(weights, values, 0.0).sum(axis=1) / weights.sum(axis=1)


def _dyads(aggregated: pd.DataFrame, of_a_dyad: Sequence[str], covariates: Sequence[str]) -> pd.DataFrame:
    """One row a dyad. A level or score that is missing stays missing; one that varies is refused."""
    dyads = pd.DataFrame(index=pd.Index(aggregated["dyad"].unique(), name="dyad"))
    for name in of_a_dyad:
        known = aggregated[["dyad", name]].dropna()
        dyads[name] = subject_table(known, "dyad", [name])[name].reindex(dyads.index)
    for name in covariates:
        if name not in dyads:
            dyads[name] = aggregated.groupby("dyad")[name].mean().reindex(dyads.index)
    return dyads


def _in_words(measure: str, gap: pd.DataFrame) -> str:
    """Name what is missing, from booleans of shape (n_times, n_cells).

    "PLV", "PLV at post", "PLV at central alpha" or "PLV at central alpha (post)".
    """
    word = WORDS.get(measure, measure)
    several = gap.shape[1] > 1
    if several and gap.to_numpy().all():
        return word
    whole_times = gap.index[gap.all(axis=1)] if several else gap.index[:0]
    places = list(map(str, whole_times))
    for (roi, band), column in gap.drop(index=whole_times).items():
        if column.any():
            always = column.all() and not len(whole_times)
            times = "" if always else f" ({', '.join(map(str, column.index[column]))})"
            places.append(f"{roi} {band}{times}")
    return f"{word} at {', '.join(places)}"
