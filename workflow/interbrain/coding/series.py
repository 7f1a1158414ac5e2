"""A time-resolved series of a dyad: a value in each window, on the therapist's clock."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

ALL = "all"


@dataclass(frozen=True)
class Series:
    """Values above their own chance level in windows of one length, in the order of time.

    Attributes
    ----------
    starts, stops : array, shape (n_windows,)
        Seconds from the beginning of the run, ascending. Windows may overlap and there may be gaps.
    values : array, shape (n_windows,)
        NaN where there is none.
    """

    starts: np.ndarray
    stops: np.ndarray
    values: np.ndarray

    @property
    def centres(self) -> np.ndarray:
        return (self.starts + self.stops) / 2

    @property
    def step_s(self) -> float:
        """Usual time from one window to the next; of a single window its length."""
        if len(self.starts) > 1:
            return float(np.median(np.diff(self.starts)))
        return float((self.stops - self.starts).sum())

    @property
    def length_s(self) -> float:
        """Usual length of a window; 0 without windows."""
        return float(np.median(self.stops - self.starts)) if len(self.starts) else 0.0

    @property
    def known(self) -> Series:
        """The windows that have a value."""
        there = np.isfinite(self.values)
        return Series(self.starts[there], self.stops[there], self.values[there])


def series_in(table: pd.DataFrame, keys: Sequence[str]) -> Iterator[tuple[dict[str, str], Series]]:
    """Every series of a table with the columns start_s, stop_s and above_chance, and what it is of.

    Parameters
    ----------
    keys : sequence of str
        Columns that tell the series apart, e.g. band and roi.
    """
    for named, own in table.groupby(list(keys), sort=False, dropna=False):
        own = own.sort_values("start_s", kind="stable")
        yield (
            dict(zip(keys, named, strict=True)),
            Series(*(own[name].to_numpy(dtype=float) for name in ("start_s", "stop_s", "above_chance"))),
        )


def brain_series(table: pd.DataFrame, length_s: float) -> list[tuple[dict[str, str], Series]]:
    """Synchrony between the same sites of both brains, window by window: their mean over all, then each.

    Parameters
    ----------
    table : DataFrame
        As `synchrony.single_windows.window_table` makes it, of one dyad and run.
    length_s : float
        Of a window.

    Returns
    -------
    series : list of (dict, Series)
        signal (brain), measure (the estimator), band and roi, each with its series. A mean over sites and
        bands is missing where one of them is.
    """
    same = table[table["roi_therapist"] == table["roi_client"]].rename(columns={"roi_therapist": "roi"})
    same = same.assign(stop_s=same["start_s"] + length_s, signal="brain", measure=same["estimator"])
    keys = ["signal", "measure", "band", "roi"]
    found = list(series_in(same, keys))
    if len(found) > 1:
        times = ["start_s", "stop_s", "signal", "measure"]
        whole = same.groupby(times, sort=True)["above_chance"].agg(lambda v: v.mean(skipna=False))
        found = [*series_in(whole.reset_index().assign(band=ALL, roi=ALL), keys), *found]
    return found


def no_brain_series(
    measure: str, bands: Sequence[str], rois: Sequence[str]
) -> list[tuple[dict[str, str], Series]]:
    """The same of a run without a window, so that its tables say so."""
    places = [(band, roi) for band in bands for roi in rois]
    places = [(ALL, ALL), *places] if len(places) > 1 else places
    none = Series(np.empty(0), np.empty(0), np.empty(0))
    return [({"signal": "brain", "measure": measure, "band": band, "roi": roi}, none) for band, roi in places]


def body_series(table: pd.DataFrame) -> list[tuple[dict[str, str], Series]]:
    """Coordination of two signals, window by window.

    Parameters
    ----------
    table : DataFrame
        kind, measure, start_s, stop_s and above_chance, of one dyad and run.

    Returns
    -------
    series : list of (dict, Series)
        signal (the kind) and measure; band and roi are ``all``.
    """
    named = table.rename(columns={"kind": "signal"}).assign(band=ALL, roi=ALL)
    return list(series_in(named, ["signal", "measure", "band", "roi"]))
