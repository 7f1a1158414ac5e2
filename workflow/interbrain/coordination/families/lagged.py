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
    for j, b in enumerate(windows_at(y, starts, grid.length)):  # the client's window moves: lags from 0 on
        z = fisher_z(normalised(sliding_window_view(b, window), settings.detrend) @ first[0].T)
        at_zero[:, j] = np.abs(z[0])
        absolute_later[:, j], signed[:, j] = np.abs(z[1:]).sum(axis=0), z.sum(axis=0)
    for i, a in enumerate(windows_at(x, grid.starts, grid.length)):  # the therapist's moves: negative lags
        z = fisher_z(normalised(sliding_window_view(a, window)[1:], settings.detrend) @ first[1].T)
        absolute_earlier[i] = np.abs(z).sum(axis=0)
        signed[i] += z.sum(axis=0)
    n_lags = 2 * lag + 1
    tables = {
        "wcc_absolute": (absolute_later + at_zero + absolute_earlier) / n_lags,
        "wcc_signed": signed / n_lags,
        "wcc_lead": (absolute_later - absolute_earlier) / max(lag, 1),
    }
    columns = shifts.client_windows(grid.n)
    windows = {name: table[np.arange(grid.n), columns] for name, table in tables.items()}
    return Paired(grid, shifts, windows, {name: over_windows(values) for name, values in windows.items()})
