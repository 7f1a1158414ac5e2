"""Whether two members' series are one recording, or hold something in common that no two bodies share.

Bodies can go together closely and at once, so that a high correlation alone says neither. Series are one
recording if they agree in what is new from sample to sample and in their changes over seconds, over the whole
length. And two bodies do not go together above `SHARED_HZ`: what does has reached both channels.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

ORDER = 8  # of the autoregression that says what is not new
LONGEST_S = 60.0  # by so much a copy may be later
FEWEST = 200  # samples that both have
# One recording: correlation of what is new, and of the changes over CHANGE_S, which rounding hardly touches.
# Two bodies with a correlation of .98 reach the first alone.
ONE, SAME, CHANGE_S = 0.95, 0.99, 5.0
LARGEST = 6.0  # times the mean step
SHARED_HZ, BAND_HZ = 8.0, 2.0  # two bodies share nothing above; so wide is what is looked at, at least


@dataclass(frozen=True)
class Likeness:
    """How alike two series are in what is new from one sample to the next.

    Attributes
    ----------
    most : float
        The largest correlation at any lag.
    lag_s : float
        By how much the second series is later at that lag.
    changes : float
        The correlation of the series' changes over `CHANGE_S` at that lag; 0 where `most` is below `ONE`.
    fast : float
        The coherence at lag 0 (its real part) above `SHARED_HZ`; 0 where the rate does not reach so far.
    """

    most: float = 0.0
    lag_s: float = 0.0
    changes: float = 0.0
    fast: float = 0.0

    @property
    def one_recording(self) -> bool:
        return abs(self.most) >= ONE and abs(self.changes) >= SAME


def likeness(one: np.ndarray, other: np.ndarray, rate_hz: float) -> Likeness:
    """How alike two members' series are.

    Parameters
    ----------
    one, other : array, shape (n_times,)
        At the same instants, `rate_hz` apart; NaN where nothing was recorded. The longer one is cut.
    """
    n = min(len(one), len(other))
    one, other = (np.asarray(series[:n], float) for series in (one, other))
    new = [_new(series) for series in (one, other)]
    there = [np.isfinite(series) for series in new]
    if min(t.sum() for t in there) < FEWEST:
        return Likeness()
    size = 2 ** int(np.ceil(np.log2(2 * n)))

    def sums(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        """Sum of a[t] b[t + lag] for all lags from -most to most."""
        product = np.fft.irfft(np.fft.rfft(a, size).conj() * np.fft.rfft(b, size), size)
        return np.concatenate([product[-most:], product[: most + 1]])

    most = min(round(LONGEST_S * rate_hz), n - FEWEST)
    if most < 1:
        return Likeness()
    x, y = (np.where(t, series, 0.0) for series, t in zip(new, there, strict=True))
    a, b = (t.astype(float) for t in there)
    spread = np.sqrt(np.maximum(sums(x**2, b) * sums(a, y**2), np.finfo(float).tiny))
    found = np.where(sums(a, b) > FEWEST - 0.5, sums(x, y) / spread, 0.0)
    at = int(np.abs(found).argmax())
    largest, later = float(found[at]), at - most
    changes = _changes_together(one, other, later, round(CHANGE_S * rate_hz)) if abs(largest) >= ONE else 0.0
    return Likeness(largest, later / rate_hz, changes, _fast_together(new[0], new[1], rate_hz))


def _changes_together(one: np.ndarray, other: np.ndarray, later: int, step: int) -> float:
    """Correlation of the changes over `step` samples, the second series being so many samples later."""
    n = len(one)
    moved = one[max(-later, 0) : n - max(later, 0)], other[max(later, 0) : n - max(-later, 0)]
    x, y = (series[step:] - series[:-step] for series in moved)
    there = np.isfinite(x) & np.isfinite(y)
    if there.sum() < FEWEST or not (np.ptp(x[there]) > 0 < np.ptp(y[there])):
        return 0.0
    return float(np.corrcoef(x[there], y[there])[0, 1])


def _fast_together(one: np.ndarray, other: np.ndarray, rate_hz: float) -> float:
    """Real part of the coherence at lag 0, above `SHARED_HZ`, of what is new in both."""
    there = np.isfinite(one) & np.isfinite(other)
    if rate_hz < 2 * (SHARED_HZ + BAND_HZ) or there.sum() < FEWEST:
        return 0.0
    fast = np.fft.rfftfreq(len(one), 1 / rate_hz) >= SHARED_HZ
    x, y = (np.fft.rfft(np.where(there, series, 0.0))[fast] for series in (one, other))
    power = float((np.abs(x) ** 2).sum() * (np.abs(y) ** 2).sum())
    return float((x * y.conj()).sum().real) / power**0.5 if power > 0 else 0.0


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
