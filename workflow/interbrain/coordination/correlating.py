"""What correlations of windows rest on: windows of mean 0 and length 1, and Fisher's z."""

from __future__ import annotations

import numpy as np

LARGEST_R = 0.99999  # Fisher's z of a perfect correlation would be infinite; of this it is 6.1
FLAT = 1e-12  # of the largest value in the window: what rounding leaves of a series that does not vary
STRAIGHT = 1e-8  # of a window's spread: what rounding leaves of a straight line


def normalised(windows: np.ndarray, detrend: str = "none") -> np.ndarray:
    """Windows with mean 0 and length 1, so that a product of two is their correlation.

    Parameters
    ----------
    windows : array, shape (..., n_samples)
    detrend : str
        "linear": without their straight lines.

    Returns
    -------
    normalised : array, shape (..., n_samples)
        NaN throughout where a sample is missing, or where the series does not vary.
    """
    centred = windows - windows.mean(axis=-1, keepdims=True)
    n = windows.shape[-1]
    size = np.linalg.norm(centred, axis=-1, keepdims=True)
    varies = size > FLAT * np.sqrt(n) * np.abs(windows).max(axis=-1, keepdims=True)
    if detrend == "linear":
        line = np.arange(n) - (n - 1) / 2
        line /= np.linalg.norm(line)
        centred = centred - (centred @ line)[..., None] * line
        before, size = size, np.linalg.norm(centred, axis=-1, keepdims=True)
        varies &= size > STRAIGHT * before
    return np.divide(centred, size, out=np.full(centred.shape, np.nan), where=varies)


def fisher_z(r: np.ndarray) -> np.ndarray:
    """Fisher's z of correlations, bounded."""
    return np.arctanh(np.clip(r, -LARGEST_R, LARGEST_R))


def windows_at(series: np.ndarray, starts: np.ndarray, length: int) -> np.ndarray:
    """Windows of a series, shape (len(starts), length); NaN where one runs over the end."""
    at = starts[:, None] + np.arange(length)
    inside = at[:, -1:] < len(series)
    return np.where(inside, series[np.where(inside, at, 0)], np.nan)
