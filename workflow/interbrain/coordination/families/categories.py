"""Categorical series, such as gaze, speaker or motive: how often both are in one category, over lags."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from interbrain.coordination.correlating import windows_at
from interbrain.coordination.families.lagged import lagged_grid
from interbrain.coordination.pairing import Paired, over_windows, shifts_of
from interbrain.coordination.settings import Settings
from interbrain.problems import InterbrainError

MOST_CATEGORIES = 50
MEASURES = ("agreement", "agreement_above_marginals")


def joint_shares(x: np.ndarray, y: np.ndarray, lag: int, categories: np.ndarray) -> np.ndarray:
    """P(x_t = i, y_{t+lag} = j), shape (n_categories, n_categories), over the samples that both have."""
    first, second = (x[: len(x) - lag], y[lag:]) if lag >= 0 else (x[-lag:], y[: len(y) + lag])
    both = ~np.isnan(first) & ~np.isnan(second)
    shares = np.zeros((len(categories), len(categories)))
    at = [np.searchsorted(categories, series[both]) for series in (first, second)]
    np.add.at(shares, (at[0], at[1]), 1)
    found: np.ndarray = shares / both.sum()
    return found


def agreement(
    x: np.ndarray, y: np.ndarray, rate_hz: float, settings: Settings, rng: np.random.Generator
) -> Paired:
    """P(x_t = y_{t+k}) in each window, mean over lags k; and above the product of the session's marginals."""
    grid, window, lag = lagged_grid(len(x), rate_hz, settings)
    shifts = shifts_of(grid, rate_hz, settings, rng)
    starts = shifts.client_starts(grid)
    categories = np.unique(np.concatenate([x, y]))
    categories = categories[~np.isnan(categories)]
    if len(categories) > MOST_CATEGORIES:
        raise InterbrainError(
            f"the series have {len(categories)} different values, too many for categories",
            "Choose a measure of quantities, such as wcc_absolute.",
        )
    table = np.zeros((grid.n, len(starts)))
    for category in categories:
        a, b = (np.where(np.isnan(series), np.nan, series == category) for series in (x, y))
        first, second = windows_at(a, grid.starts, window), windows_at(b, starts, window)
        table += first @ windows_at(_over_lags(b, 0, lag), starts, window).T  # the client is later
        table += windows_at(_over_lags(a, 1, lag), grid.starts, window) @ second.T
    values = (table / (window * (2 * lag + 1)))[np.arange(grid.n), shifts.client_windows(grid.n)]
    windows = {"agreement": values, "agreement_above_marginals": values - _by_marginals(x, y, categories)}
    return Paired(grid, shifts, windows, {name: over_windows(found) for name, found in windows.items()})


def _over_lags(series: np.ndarray, first: int, last: int) -> np.ndarray:
    """At each sample the sum of those that are first to last samples later; shorter by `last` samples."""
    if last < first or len(series) <= last:
        return np.zeros(max(len(series) - last, 0))
    return np.asarray(sliding_window_view(series[first:], last - first + 1).sum(axis=-1))


def _by_marginals(x: np.ndarray, y: np.ndarray, categories: np.ndarray) -> float:
    """How often two independent series with these shares of categories agree."""
    shares = [
        (series[~np.isnan(series), None] == categories).mean(axis=0) if np.isfinite(series).any() else np.nan
        for series in (x, y)
    ]
    return float(np.sum(shares[0] * shares[1]))
