"""Windowed cross-lagged correlation in rMEA's form, and who leads in it."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from interbrain.coordination.correlating import fisher_z, normalised, windows_at
from interbrain.coordination.pairing import Grid, Paired, over_windows, shifts_of
from interbrain.coordination.settings import Settings

MEASURES = ("wcc_absolute", "wcc_signed", "wcc_lead")


def lagged_grid(n_samples: int, rate_hz: float, settings: Settings) -> tuple[Grid, int, int]:
    """The windows, and a window's length and the largest lag in samples.

    A window needs the samples of its lags too: n = ceil((N - W - L + 1) / I).
    """
    window, lag, step = (
        round(seconds * rate_hz) for seconds in (settings.window_s, settings.lag_s, settings.step_s)
    )
    step = max(step, 1)
    n = max(-(-(n_samples - window - lag + 1) // step), 0)
    return Grid(n, step, window + lag, n_samples), window, lag


def lagged_z(x: np.ndarray, y: np.ndarray, rate_hz: float, settings: Settings) -> np.ndarray:
    """Fisher's z of each window and lag, as rMEA gives them.

    Parameters
    ----------
    x, y : array, shape (n_samples,)
        Therapist and client on one clock.

    Returns
    -------
    z : array, shape (n_windows, 2 * n_lags + 1)
        Lags ascending; at positive lags the client is later: the therapist leads.
    """
    grid, window, lag = lagged_grid(len(x), rate_hz, settings)
    z = np.full((grid.n, 2 * lag + 1), np.nan)
    for i, start in enumerate(grid.starts):
        a, b = (
            normalised(sliding_window_view(series[start : start + grid.length], window), settings.detrend)
            for series in (x, y)
        )
        z[i] = fisher_z(np.concatenate([(a[1:] @ b[0])[::-1], b @ a[0]]))
    return z


class _Curve:
    """|z| at each lag over the pairs of windows of each shift: a row a shift, the first as recorded."""

    def __init__(self, columns: np.ndarray, lag: int) -> None:
        self.columns, self.lag = columns, lag
        self._order = np.argsort(columns, axis=None, kind="stable")
        self._sorted = columns.ravel()[self._order]
        self._sum = np.zeros((len(columns), 2 * lag + 1))
        self._count = np.zeros((len(columns), 2 * lag + 1))

    def client_at(self, j: int, z: np.ndarray) -> None:
        """A window of the client with all of the therapist's, at lags from 0 on; shape (n_lags + 1, n)."""
        of_pairs = self._order[slice(*np.searchsorted(self._sorted, (j, j + 1)))]
        shift, i = np.divmod(of_pairs, self.columns.shape[1])  # a shift has each window once
        self._add(shift, slice(self.lag, None), z[:, i].T)

    def therapist_at(self, i: int, z: np.ndarray) -> None:
        """A window of the therapist with all of the client's, at lags below 0; shape (n_lags, n_client)."""
        self._add(np.arange(len(self.columns)), slice(self.lag), z[::-1, self.columns[:, i]].T)

    def _add(self, shift: np.ndarray, at: slice, z: np.ndarray) -> None:
        there = ~np.isnan(z)
        self._sum[shift, at] += np.where(there, z, 0)
        self._count[shift, at] += there

    def mean(self) -> np.ndarray:
        """Over the windows that have the lag; NaN where none has."""
        return np.divide(self._sum, self._count, out=np.full(self._sum.shape, np.nan), where=self._count > 0)


def lagged(
    x: np.ndarray, y: np.ndarray, rate_hz: float, settings: Settings, rng: np.random.Generator
) -> Paired:
    """Every window of the therapist with every window of the client, over lags.

    The mean over lags of |z| and z, and the mean |z| at positive lags (the therapist leads) minus that at
    negative lags.
    """
    grid, window, lag = lagged_grid(len(x), rate_hz, settings)
    shifts = shifts_of(grid, rate_hz, settings, rng)
    starts = shifts.client_starts(grid)
    first = [
        normalised(windows_at(series, at, window), settings.detrend)
        for series, at in ((x, grid.starts), (y, starts))
    ]
    shape = (grid.n, len(starts))
    absolute_later, absolute_earlier = np.empty(shape), np.empty(shape)
    signed, at_zero = np.empty(shape), np.empty(shape)
    columns = shifts.client_windows(grid.n)
    curve = _Curve(columns, lag)
    for j, b in enumerate(windows_at(y, starts, grid.length)):  # the client's window moves: lags from 0 on
        z = fisher_z(normalised(sliding_window_view(b, window), settings.detrend) @ first[0].T)
        at_zero[:, j] = np.abs(z[0])
        absolute_later[:, j], signed[:, j] = np.abs(z[1:]).sum(axis=0), z.sum(axis=0)
        curve.client_at(j, np.abs(z))
    for i, a in enumerate(windows_at(x, grid.starts, grid.length)):  # the therapist's moves: negative lags
        z = fisher_z(normalised(sliding_window_view(a, window)[1:], settings.detrend) @ first[1].T)
        absolute_earlier[i] = np.abs(z).sum(axis=0)
        signed[i] += z.sum(axis=0)
        curve.therapist_at(i, np.abs(z))
    n_lags = 2 * lag + 1
    tables = {
        "wcc_absolute": (absolute_later + at_zero + absolute_earlier) / n_lags,
        "wcc_signed": signed / n_lags,
        "wcc_lead": (absolute_later - absolute_earlier) / max(lag, 1),
    }
    windows = {name: table[np.arange(grid.n), columns] for name, table in tables.items()}
    sessions = {name: over_windows(values) for name, values in windows.items()}
    return Paired(grid, shifts, windows, sessions, curve.mean())
