"""The one member shifted in time against the other: both keep their rhythms, only the simultaneity goes.

Takes the kept windows of a recording and nothing else. The observed value is not computed here.
"""

from collections.abc import Sequence

import numpy as np
from scipy import fft

from interbrain.chance.repairing import Metric, pairings
from interbrain.metrics import arranged, check_phasors
from interbrain.metrics.estimators.locking import plv
from interbrain.problems import InterbrainError

PRODUCTS_AT_ONCE = 2**22  # 32 MB of complex64


def circular_shift_null(
    a: np.ndarray,
    b: np.ndarray,
    n_shifts: int,
    min_shift: int,
    rng: np.random.Generator,
    metric: Metric = plv,
    over: str = "time",
    starts: np.ndarray | Sequence[int] | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Synchrony when the client is shifted in time against the therapist.

    The kept windows are joined in time, the client's train is rolled by a lag and cut into windows again.
    The lags are spread evenly over all that are allowed, with a random start. No window has a seam: where
    the two stretches of a new window did not follow each other (windows between them were dropped, or the
    one is the end of the recording and the other its beginning), it is the whole window of the client from
    which most of it would come.

    Parameters
    ----------
    a, b : array of complex, shape (n_bands, n_epochs, n_channels, n_times)
        Therapist and client in the kept windows, in order of time, not overlapping: unit phasors, or
        analytic signals where the estimator needs them.
    n_shifts : int
        How many lags to use.
    min_shift : int
        Smallest lag from either end, in samples, also of windows that are taken whole.
    rng : numpy.random.Generator
        Source of the lags; the same seed gives the same null.
    metric : callable
        An estimator from metrics.METRICS.
    over : str
        What it averages over, one of metrics.OVER.
    starts : array of int, shape (n_epochs,), optional
        First sample of each window in the recording, at the rate of a and b: which windows follow each
        other. By default, all do.

    Returns
    -------
    null : array of float64, shape (len(lags), n_bands, n_channels_a, n_channels_b)
        Mean over windows for each lag; NaN for a channel that has NaN in any window.
    lags : array of int
        The lags in samples, ascending and distinct. Fewer than n_shifts where fewer are allowed, and where
        windows were dropped: if no two windows follow each other, only whole windows can be shifted.

    Raises
    ------
    ValueError
        If the kept windows are too short together for a single lag, or overlap.

    Notes
    -----
    Only averages over time within windows need windows without seams: a seam in the middle of a stretch
    halves it, and PLV of a shorter stretch has another chance level. Over windows, each instant is averaged
    by itself. Over the recording, the seams of either member are few among all its samples, and one value
    varies far more than they move it (docs/chance-calibration.md). There, and for a single window, which
    has no other to be replaced by, the train is rolled as it is.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> a, b = np.exp(2j * np.pi * rng.random((2, 1, 6, 2, 100)))  # two members
    >>> null, lags = circular_shift_null(a, b, n_shifts=20, min_shift=50, rng=rng)
    >>> null.shape, bool(lags.min() >= 50)
    ((20, 1, 2, 2), True)
    """
    a, b = check_phasors(a, b)
    follows = _follows(starts, b.shape[1], b.shape[-1])
    if over == "time":
        lags = _lags_of_windows(follows, b.shape[-1], n_shifts, min_shift, rng)
        return _window_means(a, b, lags, metric, follows), lags
    if over == "recording":
        a, b = arranged(a, over), arranged(b, over)
        if getattr(metric, "function", metric) is plv:
            lags, spacing = _lags_on_grid(b.shape[-1], n_shifts, min_shift, rng)
            return _recording_plv(a[:, 0], b[:, 0], lags, spacing), lags
    lags = _lags(b.shape[1] * b.shape[-1], b.shape[-1], n_shifts, min_shift, rng)
    plain = np.ones(b.shape[1], dtype=bool)
    null = [
        metric(arranged(a, over), arranged(_rolled(b, lag, plain), over)).mean(axis=1, dtype=float)
        for lag in lags
    ]
    return np.stack(null), lags


def _follows(starts: np.ndarray | Sequence[int] | None, n_windows: int, n_times: int) -> np.ndarray:
    """Whether each window begins where the one before it ended; the first does not follow the last."""
    follows = np.ones(n_windows, dtype=bool)
    if starts is not None:
        if np.shape(starts) != (n_windows,):
            raise ValueError(f"{n_windows} windows need as many starts, not {np.shape(starts)}.")
        beyond = np.diff(starts) - n_times
        if (beyond < -1).any():
            raise ValueError("Windows must be in order of time and may not overlap.")
        follows[1:] = beyond <= 1  # a start is a rounded time
    if n_windows > 1:
        follows[0] = False
    return follows


def _window_means(
    a: np.ndarray, b: np.ndarray, lags: np.ndarray, metric: Metric, follows: np.ndarray
) -> np.ndarray:
    """Mean over windows at each lag, from a table of all pairings for each offset within a window."""
    n_bands, n_windows, n_channels, n_times = a.shape
    null = np.zeros((len(lags), n_bands, n_channels, b.shape[2]))
    for offset in np.unique(lags % n_times):
        at = np.flatnonzero(lags % n_times == offset)
        whole = lags[at] // n_times
        for band in range(n_bands):  # one at a time, for the memory
            this = slice(band, band + 1)
            for window, values in pairings(a[this], _rolled(b[this], offset, follows), metric):
                null[at, band] += values[0][:, (window - whole) % n_windows].swapaxes(0, 1)
    return null / n_windows


def _rolled(b: np.ndarray, lag: int, follows: np.ndarray) -> np.ndarray:
    """The windows of the joined train after np.roll by `lag` samples; whole ones in place of seams."""
    n_windows, n_times = b.shape[1], b.shape[-1]
    whole, offset = divmod(lag, n_times)
    rolled = np.empty_like(b)
    for window in range(n_windows):  # one at a time: np.roll would copy everything thrice
        here = (window - whole) % n_windows
        if follows[here]:
            rolled[:, window, :, offset:] = b[:, here, :, : n_times - offset]
            rolled[:, window, :, :offset] = b[:, here - 1, :, n_times - offset :]
        else:
            rolled[:, window] = b[:, here if 2 * offset < n_times else here - 1]
    return rolled


def _recording_plv(a: np.ndarray, b: np.ndarray, lags: np.ndarray, spacing: int) -> np.ndarray:
    """PLV over all samples at lags on a grid: the cross-spectrum, folded to as many bins as there are lags.

    At lags that are multiples of D, of N = D S samples, the D bins f, f + S, f + 2 S, ... turn alike; their
    sum is one matrix product, and an inverse FFT of length S gives all lags at once.

    Parameters
    ----------
    a, b : array, shape (n_bands, n_channels, n_samples)
    lags : array of int
        start + spacing * k with one start; spacing divides n_samples.
    """
    n_bands, n_channels, n_samples = a.shape
    start, n_bins = lags[0] % spacing, n_samples // spacing
    at = (lags - start) // spacing

    def folded(x: np.ndarray) -> np.ndarray:
        return fft.fft(x).reshape(n_bands, x.shape[1], spacing, n_bins)

    bins_a, bins_b = folded(a), folded(np.roll(b, start, axis=-1)).conj()
    null = np.empty((len(lags), n_bands, n_channels, b.shape[1]))
    n_block = max(1, PRODUCTS_AT_ONCE // (n_bands * b.shape[1] * n_bins))
    for first in range(0, n_channels, n_block):
        some = slice(first, first + n_block)
        # (bands, bins, channels a, D) @ (bands, bins, D, channels b)
        cross = bins_a[:, some].transpose(0, 3, 1, 2) @ bins_b.transpose(0, 3, 2, 1)
        null[:, :, some] = np.abs(fft.ifft(cross, axis=1)[:, at]).swapaxes(0, 1)
    return np.minimum(null / (spacing * n_samples), 1)


def _lags_of_windows(
    follows: np.ndarray, n_times: int, n_shifts: int, min_shift: int, rng: np.random.Generator
) -> np.ndarray:
    """Lags at which each window is shifted by at least min_shift, and no more than there are values in them.

    The same few offsets within a window come at every whole window, for a table of all pairings each.
    """
    n_windows = len(follows)
    _n_allowed(n_windows * n_times, n_shifts, min_shift)
    # A window that is taken whole is shifted by the whole number of windows nearest to the lag. Nearer to
    # the ends, this would be less than min_shift, or none: the therapist's window beside the client's own.
    whole = min(-(-min_shift // n_times), n_windows // 2)
    least = max(min_shift, (2 * whole - 1) * n_times // 2 + 1)
    if seams := np.mean(~follows[1:]) if n_windows > 1 else 0.0:
        # Lags of the same whole number of windows have this share of their windows in common. More of them
        # than its inverse would hardly be further values, and p would be too low.
        n_whole = n_windows - 2 * whole + 1
        n_shifts = min(n_shifts, int(n_whole / seams))
        if seams == 1:
            return _at_most(n_shifts, n_times * np.arange(whole, n_windows - whole + 1), rng)
    return _lags(n_windows * n_times, n_times, n_shifts, least, rng)


def _lags(
    n_samples: int, n_times: int, n_shifts: int, min_shift: int, rng: np.random.Generator
) -> np.ndarray:
    """Lags from min_shift to n_samples - min_shift that share as few offsets within a window as will do."""
    n_allowed = _n_allowed(n_samples, n_shifts, min_shift)
    period = min(n_times, n_allowed)
    n_offsets = min(period, -(-n_shifts // (n_allowed // period)))
    # Evenly spread with a random start: each is as likely as any other.
    offsets = ((np.arange(n_offsets) + rng.random()) * period / n_offsets).astype(int)
    lags = np.add.outer(n_times * np.arange(n_allowed // n_times + 1), offsets).ravel()
    return _at_most(n_shifts, min_shift + lags[lags < n_allowed], rng)


def _lags_on_grid(
    n_samples: int, n_shifts: int, min_shift: int, rng: np.random.Generator
) -> tuple[np.ndarray, int]:
    """Lags from min_shift to n_samples - min_shift at a spacing that divides n_samples, and the spacing."""
    n_allowed = _n_allowed(n_samples, n_shifts, min_shift)
    widest = max(1, n_allowed // n_shifts)
    spacing = max(d for d in range(1, widest + 1) if n_samples % d == 0)
    lags = np.arange(min_shift + rng.integers(spacing), n_samples - min_shift + 1, spacing)
    return _at_most(n_shifts, lags, rng), spacing


def _n_allowed(n_samples: int, n_shifts: int, min_shift: int) -> int:
    if n_shifts < 1 or min_shift < 1:
        raise ValueError(f"Shifts and their smallest lag must be at least 1, not {n_shifts} and {min_shift}.")
    n_allowed = n_samples - 2 * min_shift + 1
    if n_allowed < 1:
        raise InterbrainError(
            f"{n_samples} samples in kept windows are too few for shifts of at least {min_shift} samples",
            "Keep more windows (windows: min_clean_s) or allow smaller shifts (chance: min_shift_s).",
        )
    return n_allowed


def _at_most(n: int, lags: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    return lags if len(lags) <= n else np.sort(rng.choice(lags, n, replace=False))
