"""Continuous signals become phases and amplitudes: filter, analytic signal and resampling in one FFT pass.

This room takes whole recordings, never windows: an edge inside a window would bend the phase there.
It does not clean, and it does not choose windows; it only cuts them where it is told.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
from scipy import fft

from interbrain.problems import InterbrainError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

Bands = Mapping[str, Sequence[float]] | Sequence[Sequence[float]]


def band_signals(data: np.ndarray, sfreq: float, bands: Bands, out_sfreq: float) -> np.ndarray:
    """Analytic signal of each band, sampled at the centres of blocks of 1 / out_sfreq seconds.

    The real part is the filtered signal, the absolute value its amplitude and the angle its phase. The
    filter is MNE's zero-phase FIR with default transition bands, on data that are reflected at both ends.
    Within one filter length (1.65 s for theta) of the ends the signal partly rests on reflected data: leave
    such an edge out of the windows.

    Parameters
    ----------
    data : array, shape (n_channels, n_times)
        One continuous recording, in any unit; an offset is removed in float64.
    sfreq : float
        Sampling frequency of `data`, in Hz.
    bands : mapping of name to (low, high), or sequence of (low, high)
        Pass-band edges in Hz.
    out_sfreq : float
        Sampling frequency of the signals, in Hz; at most `sfreq`. Any ratio of whole numbers will do.

    Returns
    -------
    signals : array of complex64, shape (n_bands, n_channels, n_times_out)
        In the unit of `data`. n_times_out = floor(n_times * out_sfreq / sfreq); `phasor_times` gives the
        times. A channel that is constant or holds a value that is not finite is NaN throughout, and touches
        no other channel. So is a stretch in which a channel stays flat for a cycle of the slowest band: only
        the filter has a phase there, and two flat channels would seem locked.

    Raises
    ------
    ValueError
        If the recording is shorter than a filter, a band does not fit under sfreq / 2 or out_sfreq, or the
        rates have no ratio of whole numbers.

    Notes
    -----
    100 Hz keeps the mean PLV of a pair over five minutes of windows within 1e-3 of the full rate, because
    phases are taken at block centres. Where the value of a single window is the result, take
    out_sfreq = sfreq. An amplitude changes no faster than its band is wide, so 100 Hz holds all of it for
    any band that is allowed here.

    Examples
    --------
    The amplitude of a rhythm of 20 uV:

    >>> import numpy as np
    >>> times = np.arange(0, 20, 1 / 250)
    >>> signals = band_signals(20e-6 * np.cos(2 * np.pi * 10 * times)[None], 250, {"alpha": (8, 12)}, 100)
    >>> round(float(np.abs(signals[0, 0, 1000])) * 1e6, 1)
    20.0
    """
    return _filtered(data, sfreq, bands, out_sfreq, np.positive)


def band_phasors(data: np.ndarray, sfreq: float, bands: Bands, out_sfreq: float) -> np.ndarray:
    """Unit phasors exp(i phase) of each band: `band_signals` without the amplitude, same shape and rules.

    Examples
    --------
    >>> import numpy as np
    >>> times = np.arange(0, 20, 1 / 250)
    >>> phasors = band_phasors(np.cos(2 * np.pi * 10 * times)[None], 250, {"alpha": (8, 12)}, 100)
    >>> phasors.shape, phasors.dtype
    ((1, 1, 2000), dtype('complex64'))
    >>> middle = phasors[0, 0, 500:1500]  # its phase turns by a tenth of a cycle from sample to sample
    >>> bool(np.allclose(middle[1:] / middle[:-1], np.exp(2j * np.pi / 10), atol=1e-4))
    True
    """
    return _filtered(data, sfreq, bands, out_sfreq, unit_phasors)


def unit_phasors(signals: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    """Analytic signals of any shape divided by their amplitude; NaN where there is none."""
    out = np.empty_like(signals) if out is None else out
    with np.errstate(invalid="ignore", divide="ignore"):
        size = np.abs(signals)
        # The parts one by one: NumPy would divide by a real number as if it were complex, at twice the cost.
        np.divide(signals.real, size, out=out.real)
        np.divide(signals.imag, size, out=out.imag)
    return out


def _filtered(data: np.ndarray, sfreq: float, bands: Bands, out_sfreq: float, finish: Callable) -> np.ndarray:
    """Filter all bands; `finish(signals, out=...)` writes what is wanted of the analytic signals."""
    data = np.asarray(data)
    if data.ndim != 2 or np.iscomplexobj(data):
        raise ValueError(
            f"Phases need real data of shape (n_channels, n_times); these are {data.dtype} {data.shape}."
        )
    n_channels, n_times = data.shape
    ratio = _rate_ratio(sfreq, out_sfreq)
    edges = _edges(bands)
    filters = [_band_filter(low, high, sfreq, out_sfreq) for low, high in edges]
    longest = max(len(taps) for taps in filters)
    if n_times <= longest:
        raise ValueError(
            f"The recording of {n_times / sfreq:g} s is shorter than the band-pass filter of "
            f"{longest / sfreq:g} s; use a longer recording or drop the narrow bands."
        )

    # N is a multiple of the ratio's denominator, so the short inverse FFT has a whole number of samples;
    # both lengths are 5-smooth whenever the ratio is.
    fold = fft.next_fast_len(-(-(n_times + 2 * (longest - 1)) // ratio.denominator), real=True)
    n_padded, n_short = fold * ratio.denominator, fold * ratio.numerator
    n_bins = min(n_short, n_padded // 2 + 1)
    n_out = n_times * ratio.numerator // ratio.denominator

    signals = np.empty((len(filters), n_channels, n_out), dtype=np.complex64)
    frequency = np.arange(n_bins) * (sfreq / n_padded)  # Hz
    # Positive frequencies alone, twice, are the analytic signal: zero and Nyquist, which have no negative
    # twin, lie in the stop band. The short inverse FFT divides by its own length, not by that of the data.
    to_block_centre = np.exp(2j * np.pi * frequency * (0.5 / out_sfreq - 0.5 / sfreq))
    scale = 2 * n_short / n_padded
    responses = [scale * _zero_phase_response(taps, n_padded)[:n_bins] * to_block_centre for taps in filters]
    with np.errstate(invalid="ignore"):  # NaN and infinity become NaN
        for first in range(0, n_channels, 8):  # few channels at a time: fast, and memory stays small
            channels = slice(first, first + 8)
            # (channels, bins) complex64
            spectrum = fft.rfft(_reflected(data[channels], n_padded))[:, :n_bins]
            for band, response in enumerate(responses):
                z = fft.ifft(spectrum * response.astype(np.complex64), n=n_short)[:, :n_out]
                finish(z, out=signals[band, channels])
    position = phasor_times(n_times, sfreq, out_sfreq) * sfreq  # of each sample, in samples of data
    slowest_cycle = int(sfreq / min(low for low, _ in edges))
    for channel in range(n_channels):
        for first, last in _flat_stretches(data[channel], slowest_cycle):
            signals[:, channel, (position >= first) & (position <= last)] = np.nan
    return signals


def phasor_times(n_times: int, sfreq: float, out_sfreq: float) -> np.ndarray:
    """Times in seconds, from the recording's first sample, at which `band_signals` gives the phase.

    Sample k is the centre of its block: (k + 0.5) / out_sfreq - 0.5 / sfreq; k / sfreq if the rates agree.
    """
    ratio = _rate_ratio(sfreq, out_sfreq)
    n_out = n_times * ratio.numerator // ratio.denominator
    return ((np.arange(n_out) + 0.5) / float(ratio) - 0.5) / sfreq


def windowed(phasors: np.ndarray, starts: ArrayLike, n_samples: int) -> np.ndarray:
    """Cut windows out of continuous phasors or analytic signals.

    Parameters
    ----------
    phasors : array, shape (n_bands, n_channels, n_times)
    starts : sequence of int, shape (n_epochs,)
        First sample of each window, counted at the phasors' own rate.
    n_samples : int
        Samples in a window.

    Returns
    -------
    windows : array, shape (n_bands, n_epochs, n_channels, n_samples)
        A contiguous copy.

    Examples
    --------
    >>> import numpy as np
    >>> windowed(np.zeros((2, 32, 1000), np.complex64), [0, 500], 500).shape
    (2, 2, 32, 500)
    """
    phasors = np.asarray(phasors)
    if phasors.ndim != 3:
        raise ValueError(
            f"Windows are cut from phasors (n_bands, n_channels, n_times), not from {phasors.shape}."
        )
    starts = np.asarray(starts)
    if starts.size == 0:
        starts = starts.astype(int)
    if starts.ndim != 1 or starts.dtype.kind not in "iu":
        raise ValueError("The starts of windows must be a list of whole sample numbers.")
    n_times = phasors.shape[-1]
    if not 1 <= n_samples <= n_times:
        raise ValueError(f"A window of {n_samples} samples does not fit into {n_times} samples.")
    outside = starts[(starts < 0) | (starts > n_times - n_samples)]
    if outside.size:
        raise ValueError(
            f"The window that starts at sample {outside[0]} and has {n_samples} samples reaches outside "
            f"the recording of {n_times} samples."
        )
    every = np.lib.stride_tricks.sliding_window_view(phasors, n_samples, axis=-1)
    return np.ascontiguousarray(every[:, :, starts].swapaxes(1, 2))


def _edges(bands: Bands) -> list[Sequence[float]]:
    edges = list(bands.values() if isinstance(bands, Mapping) else bands)
    if not edges:
        raise ValueError("No frequency band is given; name at least one, for example alpha: [8, 12].")
    return edges


def _rate_ratio(sfreq: float, out_sfreq: float) -> Fraction:
    """out_sfreq / sfreq as an exact fraction: 100 / 250 is 2 / 5."""
    if not 0 < out_sfreq <= sfreq:
        raise ValueError(f"Phases of data at {sfreq:g} Hz cannot be sampled at {out_sfreq:g} Hz.")
    ratio = Fraction(out_sfreq / sfreq).limit_denominator(10_000)
    if abs(float(ratio) * sfreq / out_sfreq - 1) > 1e-12:
        raise InterbrainError(
            f"{sfreq:g} Hz and {out_sfreq:g} Hz have no ratio of whole numbers below 10000",
            "Write a rounder sampling rate (sfreq, phase or cleaning).",
        )
    return ratio


def _band_filter(low: float, high: float, sfreq: float, out_sfreq: float) -> np.ndarray:
    """MNE's FIR for one band, default transition bands; an odd number of taps."""
    from mne.filter import create_filter

    if not 0 < low < high < sfreq / 2:
        raise ValueError(f"The band {low:g}-{high:g} Hz does not lie between 0 and {sfreq / 2:g} Hz.")
    transition = min(max(0.25 * high, 2.0), sfreq / 2 - high)  # MNE's own default
    if high + transition > out_sfreq:
        raise ValueError(
            f"The band {low:g}-{high:g} Hz reaches {high + transition:g} Hz with its transition and would "
            f"be folded at {out_sfreq:g} Hz; sample the phases at a higher rate."
        )
    return create_filter(None, sfreq, low, high, h_trans_bandwidth=transition, verbose="error")


def _zero_phase_response(taps: np.ndarray, n_padded: int) -> np.ndarray:
    """The filter's real response at the bins of an FFT of n_padded samples."""
    centred = np.zeros(n_padded)
    centred[: len(taps)] = taps
    return fft.rfft(np.roll(centred, -(len(taps) // 2))).real


def _flat_stretches(channel: np.ndarray, longer_than: int) -> list[tuple[int, int]]:
    """First and last samples of the stretches of more than `longer_than` samples without any change."""
    # Such a stretch holds two equal neighbours of a coarse sampling: most channels end here.
    coarse = channel[:: max(longer_than // 2, 1)].astype(float)
    tolerance = 1e-12 * np.abs(coarse).max()  # a filter or a reference turns zeros into rounding error
    with np.errstate(invalid="ignore"):
        if np.abs(np.diff(coarse)).min() > tolerance:
            return []
        changes = np.flatnonzero(np.abs(np.diff(channel.astype(float))) > tolerance)
    first = np.concatenate([[0], changes + 1])
    last = np.concatenate([changes, [len(channel) - 1]])
    return [(i, k) for i, k in zip(first, last, strict=True) if k - i >= longer_than]


def _reflected(data: np.ndarray, n_padded: int) -> np.ndarray:
    """Channels without their mean, then odd reflections to n_padded samples, as float32.

    As MNE's 'reflect_limited': zeros where the reflection is used up. The FFT is circular, so the
    reflection that belongs before the first sample is stored at the end, and data keep their index.
    """
    n_channels, n_times = data.shape
    x = data - data.mean(axis=1, keepdims=True, dtype=float)
    n_right = min((n_padded - n_times) // 2, n_times - 1)
    n_left = min(n_padded - n_times - n_right, n_times - 1)
    padded = np.zeros((n_channels, n_padded), dtype=np.float32)
    padded[:, :n_times] = x
    padded[:, n_times : n_times + n_right] = 2 * x[:, -1:] - x[:, -2 : -n_right - 2 : -1]
    padded[:, n_padded - n_left :] = 2 * x[:, :1] - x[:, n_left:0:-1]
    return padded
