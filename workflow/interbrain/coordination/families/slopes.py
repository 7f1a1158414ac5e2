"""Slopes of both series: the concordance index, and whether the two rise and fall together."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from interbrain.coordination.correlating import normalised
from interbrain.coordination.pairing import Grid, Paired, over_windows, shifts_of
from interbrain.coordination.settings import Settings

SHARES = {
    "both_rise": (1, 1),
    "both_fall": (-1, -1),
    "client_falls": (1, -1),
    "client_rises": (-1, 1),
}
MATCHING = (*SHARES, "matching", "complementary", "matching_lambda")
CONCORDANCE = ("concordance_index",)
# A sum of correlations that is smaller than half a window's of 1 counts as that, as half a window is added to
# shares: the pairs that are concordant throughout have an index, and it is the largest.
LEAST_SUM = 0.5


def slopes_of(series: np.ndarray, rate_hz: float, settings: Settings) -> tuple[np.ndarray, int, int]:
    """Least-squares slopes per second in running windows, and these windows' length and step in samples."""
    length = max(round(settings.slope_s * rate_hz), 2)
    step = max(round(settings.slope_step_s * rate_hz), 1)
    if len(series) < length:
        return np.empty(0), length, step
    line = (np.arange(length) - (length - 1) / 2) / rate_hz
    windows = sliding_window_view(series, length)[::step]
    rising = windows @ (line / (line @ line))
    same = (windows.max(axis=1) == windows.min(axis=1)) & ~np.isnan(rising)
    return np.where(same, 0.0, rising), length, step  # exactly 0, and not what rounding leaves


def concordance(
    x: np.ndarray, y: np.ndarray, rate_hz: float, settings: Settings, rng: np.random.Generator
) -> Paired:
    """Correlations of slopes in running windows, and ln of the positive ones' sum over the negative ones'.

    Of sums of at least `LEAST_SUM`, so that a session in which no window correlates negatively has an index.
    """
    (a, length, step), (b, _, _) = (slopes_of(series, rate_hz, settings) for series in (x, y))
    n_slopes = max(round(settings.concordance_s * rate_hz / step), 3)
    n = max(len(a) - n_slopes + 1, 0)
    grid = Grid(n, step, (n_slopes - 1) * step + length, len(x))
    shifts = shifts_of(grid, rate_hz, settings, rng, whole=True)
    runs = (sliding_window_view(s, n_slopes) if n else np.empty((0, n_slopes)) for s in (a, b))
    first, second = (normalised(one) for one in runs)
    r = np.stack([np.einsum("ij,ij->i", first, np.roll(second, -k, axis=0)) for k in shifts.whole])
    sums = (np.nansum(np.where(sign * r > 0, sign * r, 0), axis=1) for sign in (1, -1))
    positive, negative = (np.maximum(one, LEAST_SUM) for one in sums)
    index = np.where(np.isnan(r).all(axis=1), np.nan, np.log(positive / negative))
    return Paired(grid, shifts, {"concordance_index": r}, {"concordance_index": index})


def matching(
    x: np.ndarray, y: np.ndarray, rate_hz: float, settings: Settings, rng: np.random.Generator
) -> Paired:
    """Shares of the windows in which the two rise or fall, together or against each other.

    A window in which a slope is exactly 0 has no direction and is left out.
    """
    (a, length, step), (b, _, _) = (slopes_of(series, rate_hz, settings) for series in (x, y))
    grid = Grid(len(a), step, length, len(x))
    shifts = shifts_of(grid, rate_hz, settings, rng, whole=True)
    therapist, client = (np.sign(s) for s in (a, b))
    client = client[(np.arange(grid.n) + shifts.whole[:, None]) % max(grid.n, 1)]
    directed = (therapist * client != 0) & ~np.isnan(therapist * client)
    windows = {
        name: np.where(directed, (therapist == t) & (client == c), np.nan) for name, (t, c) in SHARES.items()
    }
    windows["matching"] = windows["both_rise"] + windows["both_fall"]
    windows["complementary"] = windows["client_falls"] + windows["client_rises"]
    sessions = {name: over_windows(values) for name, values in windows.items()}
    counts = np.array([np.nansum(windows[name], axis=1) for name in SHARES])
    return Paired(grid, shifts, windows, sessions | {"matching_lambda": log_odds_ratio(*counts)})


def log_odds_ratio(
    both_rise: np.ndarray, both_fall: np.ndarray, client_falls: np.ndarray, client_rises: np.ndarray
) -> np.ndarray:
    """lambda = ln(q++ q-- / (q+- q-+)) of counts; half a window is added to each of four where one is 0.

    Without any window NaN.
    """
    counts = np.array([both_rise, both_fall, client_falls, client_rises], dtype=float)
    counts += 0.5 * (counts == 0).any(axis=0)
    some = counts.sum(axis=0) > 2
    return np.where(some, np.log(counts[0] * counts[1] / (counts[2] * counts[3])), np.nan)


def expected_lambda(rho: np.ndarray | float) -> np.ndarray | float:
    """lambda of jointly normal slopes of mean 0 and correlation rho."""
    bend = np.arcsin(rho)
    found: np.ndarray | float = 2 * np.log((np.pi / 2 + bend) / (np.pi / 2 - bend))
    return found
