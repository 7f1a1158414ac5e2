"""Whether two members' series are one recording, or hold something in common at the very same sample.

Two bodies answer each other within tenths of a second to seconds, and never twice alike. What is new from one
sample to the next is therefore the same in both only where one signal reached both channels.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

ORDER = 8  # of the autoregression that says what is not new
LONGEST_S = 60.0  # by so much a copy may be later
FEWEST = 200  # samples that both have
ONE = 0.95  # correlation of what is new: one recording
LARGEST = 6.0  # times the mean step
BESIDE = 3  # samples on either side with which the common part is compared


@dataclass(frozen=True)
class Likeness:
    """How alike two series are in what is new from one sample to the next.

    Attributes
    ----------
    most : float
        The largest correlation at any lag.
    lag_s : float
        By how much the second series is later at that lag.
    at_once : float
        The correlation at lag 0 less the largest beside it; 0 where it is not the largest.
    """

    most: float = 0.0
    lag_s: float = 0.0
    at_once: float = 0.0

    @property
    def one_recording(self) -> bool:
        return abs(self.most) >= ONE


def likeness(one: np.ndarray, other: np.ndarray, rate_hz: float) -> Likeness:
    """How alike two members' series are.

    Parameters
    ----------
    one, other : array, shape (n_times,)
        At the same instants, `rate_hz` apart; NaN where nothing was recorded. The longer one is cut.
    """
    n = min(len(one), len(other))
    new = [_new(np.asarray(series[:n], float)) for series in (one, other)]
    there = [np.isfinite(series) for series in new]
    if min(t.sum() for t in there) < FEWEST:
        return Likeness()
    size = 2 ** int(np.ceil(np.log2(2 * n)))

    def sums(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        """Sum of a[t] b[t + lag] for all lags from -most to most."""
        product = np.fft.irfft(np.fft.rfft(a, size).conj() * np.fft.rfft(b, size), size)
        return np.concatenate([product[-most:], product[: most + 1]])

    most = min(round(LONGEST_S * rate_hz), n - FEWEST)
    if most < BESIDE:
        return Likeness()
    x, y = (np.where(t, series, 0.0) for series, t in zip(new, there, strict=True))
    a, b = (t.astype(float) for t in there)
    spread = np.sqrt(np.maximum(sums(x**2, b) * sums(a, y**2), np.finfo(float).tiny))
    found = np.where(sums(a, b) > FEWEST - 0.5, sums(x, y) / spread, 0.0)
    at = int(np.abs(found).argmax())
    near = np.abs(np.delete(found[most - BESIDE : most + BESIDE + 1], BESIDE))
    at_once = max(float(abs(found[most]) - near.max()), 0.0)
    return Likeness(float(found[at]), (at - most) / rate_hz, at_once)


def _new(series: np.ndarray) -> np.ndarray:
    """What an autoregression does not foresee of a series, NaN beside missing samples."""
    steps = _clipped(np.diff(series))
    before = np.stack([steps[ORDER - k - 1 : len(steps) - k - 1] for k in range(ORDER)], axis=1)
    here = steps[ORDER:]
    whole = np.isfinite(here) & np.isfinite(before).all(axis=1)
    if whole.sum() < FEWEST or not np.ptp(here[whole]) > 0:
        return np.full(len(series), np.nan)
    factors = np.linalg.lstsq(before[whole], here[whole], rcond=None)[0]
    new = _clipped(np.where(whole, here - before @ factors, np.nan))
    squares = np.square(new[whole])
    if np.square(squares.sum()) < FEWEST / 2 * np.square(squares).sum():  # a few steps of a staircase
        return np.full(len(series), np.nan)
    return np.concatenate([np.full(ORDER + 1, np.nan), new])


def _clipped(steps: np.ndarray) -> np.ndarray:
    """Steps of at most `LARGEST` usual ones: a jump must not weigh more than all the rest."""
    limit = LARGEST * np.nanmean(np.abs(steps)) if np.isfinite(steps).any() else np.inf
    return np.clip(steps, -limit, limit)
