"""How much synchrony two unrelated brains with these very spectra would show.

Null distributions for the estimators in metrics, and the comparison of an observed value with its null.
Nothing here decides what is significant: group tests belong to statistics.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from interbrain.metrics import check_phasors, plv


def circular_shift_null(
    a: np.ndarray,
    b: np.ndarray,
    n_shifts: int,
    min_shift: int,
    rng: np.random.Generator,
    metric: Callable[[np.ndarray, np.ndarray], np.ndarray] = plv,
) -> tuple[np.ndarray, np.ndarray]:
    """Window-mean synchrony when the client is shifted in time against the therapist.

    The kept windows are joined in time, the client's train is rolled by a lag and cut into windows again:
    both spectra and rhythms stay, only the simultaneity goes. The lags that are allowed are split into
    n_shifts equal strata and one lag is drawn in each, so they are distinct and spread evenly.

    Parameters
    ----------
    a, b : array of complex, shape (n_bands, n_epochs, n_channels, n_times)
        Unit phasors of therapist and client in the kept windows, in order of time, not overlapping.
    n_shifts : int
        How many lags to use.
    min_shift : int
        Smallest lag from either end, in samples.
    rng : numpy.random.Generator
        Source of the lags; the same seed gives the same null.
    metric : callable
        An estimator from metrics.METRICS.

    Returns
    -------
    null : array of float64, shape (len(lags), n_bands, n_channels_a, n_channels_b)
        Mean over windows for each lag; NaN for a channel that has NaN in any window.
    lags : array of int
        The lags in samples, ascending; all that are allowed if these are fewer than n_shifts.

    Raises
    ------
    ValueError
        If the kept windows are too short together for a single lag.

    Notes
    -----
    Where windows were dropped, the rolled train has seams inside its windows, which lowers the null a
    little: by about 0.0006 in theta and less in alpha if every window stands alone (5-s windows,
    simulated). Without gaps no such bias is seen.
    """
    a, b = check_phasors(a, b)
    n_bands, n_epochs, n_channels, n_times = b.shape
    lags = _stratified_lags(n_epochs * n_times, n_shifts, min_shift, rng)
    train = b.swapaxes(1, 2).reshape(n_bands, n_channels, -1)  # (bands, channels, epochs * times)
    doubled = np.concatenate([train, train], axis=-1)  # rolling is then a view, not a copy
    null = []
    for lag in lags:
        rolled = doubled[:, :, train.shape[-1] - lag :][:, :, : train.shape[-1]]  # np.roll(train, lag)
        shifted = rolled.reshape(n_bands, n_channels, n_epochs, n_times).swapaxes(1, 2)
        null.append(metric(a, shifted).mean(axis=1, dtype=float))
    return np.stack(null), lags


@dataclass(frozen=True)
class Chance:
    """An observed value against its null; each field has the shape of the observed values.

    mean and sd (n - 1) of the null; z = (observed - mean) / sd; p = (b + 1) / (m + 1), one-sided, b of m
    null values at or above the observed one; above = observed - mean.
    """

    mean: np.ndarray
    sd: np.ndarray
    z: np.ndarray
    p: np.ndarray
    above: np.ndarray


def summary(observed: np.ndarray, null: np.ndarray) -> Chance:
    """Compare observed values with their null distribution.

    Parameters
    ----------
    observed : array, shape (...)
        For example window-mean PLV of channel pairs, or its mean over a ROI.
    null : array, shape (n_shifts, ...)
        The same quantity for each shift. A ROI's null is the ROI mean of each shift, because the pairs
        of a ROI are not independent.

    Returns
    -------
    chance : Chance
        Fields of shape (...), float64; z, p and above are NaN where the observed value or its null
        has NaN, and all five for a null without shifts. sd and z are NaN for a single shift, z also where
        the null does not vary.
    """
    observed, null = np.asarray(observed, dtype=float), np.asarray(null, dtype=float)
    if null.ndim == 0 or null.shape[1:] != observed.shape:
        raise ValueError(
            f"Observed values of shape {observed.shape} need a null of shape (n_shifts, ...), with the same "
            f"dimensions after the first; it has {null.shape}."
        )
    n_shifts = len(null)
    mean = null.mean(axis=0) if n_shifts else np.full_like(observed, np.nan)
    sd = null.std(axis=0, ddof=1) if n_shifts > 1 else np.full_like(mean, np.nan)
    above = observed - mean
    z = np.divide(above, sd, out=np.full_like(above, np.nan), where=sd > 0)
    p = ((null >= observed).sum(axis=0) + 1) / (n_shifts + 1)
    return Chance(mean, sd, z, np.where(np.isnan(above), np.nan, p), above)


def _stratified_lags(n_samples: int, n_shifts: int, min_shift: int, rng: np.random.Generator) -> np.ndarray:
    """One lag from each of n_shifts equal strata of min_shift ... n_samples - min_shift."""
    if n_shifts < 1 or min_shift < 1:
        raise ValueError(f"Shifts and their smallest lag must be at least 1, not {n_shifts} and {min_shift}.")
    n_allowed = n_samples - 2 * min_shift + 1
    if n_allowed < 1:
        raise ValueError(
            f"{n_samples} samples in kept windows are too few for shifts of at least {min_shift} samples; "
            "keep more windows or allow smaller shifts."
        )
    n_strata = min(n_shifts, n_allowed)
    edges = np.arange(n_strata + 1) * n_allowed // n_strata
    return min_shift + rng.integers(edges[:-1], edges[1:])
