"""PLV and amplitude correlation at every lag between two brains: is being simultaneous special?

The true lags of two continuous signals: one member's window stays, the other's slides over what comes before
and after it. Both have as many samples at each lag, and so the same chance level. It chooses no windows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from scipy import fft

from interbrain.metrics.members import beyond_rounding
from interbrain.rhythms.phase import unit_phasors

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

PRODUCTS_AT_ONCE = 2**22  # 32 MB of complex64


def lag_curves(
    a: np.ndarray,
    b: np.ndarray,
    starts: ArrayLike,
    n_times: int,
    lags: ArrayLike,
    estimators: Sequence[str] = ("plv", "aec"),
) -> dict[str, np.ndarray]:
    """PLV and amplitude envelope correlation when b follows a by each lag, mean over windows.

    Each window is taken twice: a's stays while b's slides, and b's stays while a's slides. Exchanged members
    therefore give the same curve mirrored, and lag 0 is the ordinary value.

    Parameters
    ----------
    a, b : array of complex, shape (n_bands, n_channels, n_samples)
        Analytic signals of therapist and client, continuous and simultaneous.
    starts : sequence of int
        First sample of each window. Every window must have max |lag| samples before and after it.
    n_times : int
        Samples in a window.
    lags : sequence of int
        In samples. At a positive one b is compared with what a did earlier: where the curve has its peak at
        +k, b follows a by k samples.
    estimators : sequence of str
        ``plv`` and ``aec``, or one of them.

    Returns
    -------
    curves : dict of array, shape (n_lags, n_bands, n_channels_a, n_channels_b)
        As in METRICS. NaN for a channel that has no signal anywhere in a window or in
        what the other slides over; throughout if there is no window.

    Raises
    ------
    ValueError
        If a window has too few samples before or after it.
    """
    lags, starts = np.asarray(lags, dtype=int), np.asarray(starts, dtype=int)
    shape = (len(lags), a.shape[0], a.shape[1], b.shape[1])
    if not len(starts):
        return {name: np.full(shape, np.nan) for name in estimators}
    reach = int(np.abs(lags).max())
    if starts.min() < reach or starts.max() + n_times + reach > a.shape[-1]:
        raise ValueError(f"A window has fewer than {reach} samples before or after it.")
    sums = {name: np.zeros(shape) for name in estimators}
    n_fft = fft.next_fast_len(n_times + 2 * reach)
    at_once = max(1, PRODUCTS_AT_ONCE // (a.shape[0] * a.shape[1] * b.shape[1] * n_fft))
    for first in range(0, len(starts), at_once):
        some = starts[first : first + at_once]
        wide = [_cut(x, some - reach, n_times + 2 * reach) for x in (a, b)]  # (bands, windows, channels, ...)
        inner = slice(reach, reach + n_times)
        with np.errstate(divide="ignore", invalid="ignore"):  # what is missing becomes NaN
            for name in estimators:
                course, measure = MEASURES[name]
                one, other = (course(x) for x in wide)
                # a stays: place k of b's course is the lag k - reach; b stays: place k of a's is reach - k
                ahead = measure(one[..., inner], other, n_fft)[..., reach + lags]
                behind = measure(other[..., inner], one, n_fft)[..., reach - lags]
                both = (ahead + behind.swapaxes(2, 3)).sum(axis=1) / 2
                sums[name] += np.moveaxis(both, -1, 0)
    return {name: total / len(starts) for name, total in sums.items()}


def _log_envelope(x: np.ndarray) -> np.ndarray:
    return np.log(np.abs(x)).astype(float)


def _cut(x: np.ndarray, starts: np.ndarray, n: int) -> np.ndarray:
    """(n_bands, n_channels, n_samples) at some windows: (n_bands, n_windows, n_channels, n)."""
    return x[:, :, starts[:, None] + np.arange(n)].swapaxes(1, 2)


def _locking(still: np.ndarray, course: np.ndarray, n_fft: int) -> np.ndarray:
    """PLV of a window with each stretch of a longer course: (..., n_still, n_course, n_places)."""
    n_places = course.shape[-1] - still.shape[-1] + 1
    one, other = fft.fft(still, n_fft).conj(), fft.fft(course, n_fft)
    products = fft.ifft(one[..., :, None, :] * other[..., None, :, :])[..., :n_places]
    return np.minimum(np.abs(products) / still.shape[-1], 1)


def _correlation(still: np.ndarray, course: np.ndarray, n_fft: int) -> np.ndarray:
    """Correlation of a window with each stretch of a longer course, in the same shape."""
    n = still.shape[-1]
    n_places = course.shape[-1] - n + 1
    still = still - still.mean(axis=-1, keepdims=True)
    course = course - course.mean(axis=-1, keepdims=True)
    one, other = fft.rfft(still, n_fft).conj(), fft.rfft(course, n_fft)
    products = fft.irfft(one[..., :, None, :] * other[..., None, :, :], n_fft)[..., :n_places]
    products /= n  # the mean of the stretch drops out
    mean, square = (_running_mean(x, n) for x in (course, course**2))
    of_course = beyond_rounding(np.sqrt(np.maximum(square - mean**2, 0)))
    of_still = beyond_rounding(still.std(axis=-1))
    found = products / (of_still[..., :, None, None] * of_course[..., None, :, :])
    return np.clip(found, -1, 1)


def _running_mean(x: np.ndarray, n: int) -> np.ndarray:
    total = np.cumsum(np.concatenate([np.zeros((*x.shape[:-1], 1)), x], axis=-1), axis=-1)
    return (total[..., n:] - total[..., :-n]) / n


# What each is computed from, and how.
Course = Callable[[np.ndarray], np.ndarray]
Measure = Callable[[np.ndarray, np.ndarray, int], np.ndarray]
MEASURES: dict[str, tuple[Course, Measure]] = {
    "plv": (unit_phasors, _locking),
    "aec": (_log_envelope, _correlation),
}
