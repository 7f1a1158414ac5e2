"""Surrogate synchrony (SUSY): cross-correlations of whole segments, and every segment with every other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from interbrain.coordination.correlating import fisher_z, normalised, windows_at
from interbrain.coordination.pairing import Grid, Paired, Shifts, over_windows, shifts_of
from interbrain.coordination.settings import Settings

MEASURES = ("susy_absolute", "susy_signed", "susy_above_pseudo", "susy_es")


@dataclass(frozen=True)
class _Sums:
    """Of the pairs of each shift: sums of |z|, shape (n_offsets, n, n_lags), and how many pairs."""

    absolute: np.ndarray
    count: np.ndarray


def segment_grid(n_samples: int, rate_hz: float, settings: Settings) -> tuple[Grid, int]:
    """Segments without overlap, and the largest lag in samples; what is left at the end is not used."""
    length = max(round(settings.segment_s * rate_hz), 1)
    return Grid(n_samples // length, length, length, n_samples), round(settings.lag_s * rate_hz)


def segments(
    x: np.ndarray, y: np.ndarray, rate_hz: float, settings: Settings, rng: np.random.Generator
) -> Paired:
    """Every segment of the therapist with every segment of the client.

    At lag k, r is the sum of the products of the samples that overlap, over the whole segments' spread.
    """
    grid, lag = segment_grid(len(x), rate_hz, settings)
    shifts = shifts_of(grid, rate_hz, settings, rng)
    n, n_offsets, n_lags = grid.n, len(shifts.offsets), 2 * lag + 1
    a = normalised(windows_at(x, grid.starts, grid.length), settings.detrend)
    b = normalised(windows_at(y, shifts.client_starts(grid), grid.length), settings.detrend)
    tables = {name: np.empty((n, len(b))) for name in ("susy_absolute", "susy_signed")}
    sums = _Sums(np.zeros((n_offsets, n, n_lags)), np.zeros((n_offsets, n), int))
    for i, segment in enumerate(a):
        moved = sliding_window_view(np.pad(segment, lag), grid.length)  # (n_lags, n_samples)
        z = fisher_z(moved @ b.T)
        tables["susy_signed"][i] = z.mean(axis=0)
        absolute = np.abs(z)
        tables["susy_absolute"][i] = absolute.mean(axis=0)
        by_shift = np.roll(absolute.T.reshape(n_offsets, n, n_lags), -i, axis=1)
        there = ~np.isnan(by_shift[..., 0])
        sums.absolute[there] += by_shift[there]
        sums.count[there] += 1
    columns = shifts.client_windows(n)
    windows = {name: table[np.arange(n), columns] for name, table in tables.items()}
    sessions = {name: over_windows(values) for name, values in windows.items()}
    return Paired(grid, shifts, windows, sessions | _against_others(sums, shifts))


def _against_others(sums: _Sums, shifts: Shifts) -> dict[str, np.ndarray]:
    """|Z| above that of every segment with every other, and SUSY's effect size; of each shift."""
    if not sums.count.size:
        return {name: np.full(len(shifts), np.nan) for name in ("susy_above_pseudo", "susy_es")}
    at = np.searchsorted(shifts.offsets, shifts.offset)
    n_real = sums.count[at, shifts.whole]
    n_other = sums.count.sum(axis=1)[at] - n_real
    real = sums.absolute[at, shifts.whole]
    other = sums.absolute.sum(axis=1)[at] - real
    with np.errstate(invalid="ignore", divide="ignore"):
        curve, pseudo = real / n_real[:, None], other / n_other[:, None]
        above = curve.mean(axis=1) - pseudo.mean(axis=1)
        spread = pseudo.std(axis=1, ddof=1) if pseudo.shape[1] > 1 else np.full(len(above), np.nan)
        return {"susy_above_pseudo": above, "susy_es": above / spread}
