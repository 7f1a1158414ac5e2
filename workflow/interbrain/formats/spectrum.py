"""What a recording's spectrum shows of how it was made: its mains, and how far up its filters left anything.

Measures excerpts of the EEG channels as they were recorded. Changes nothing, and knows no config.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from mne.io import BaseRaw

MAINS_HZ = (50.0, 60.0)
# A line is this far above what lies 1 to 2 and 2 to 5 Hz beside it, in the median channel. Harmonics of alpha
# are broader: they raise both. The maximum of noise over the five bins is 2 dB.
STANDS_OUT_DB = 6.0
LEAST_LINE = 1e-15  # V^2/Hz, a line of .03 uV: what is weaker may be a filter's ripple, and harms nobody
FLAT_V = 1e-12  # rounding errors of a constant stay below
EXCERPTS, EXCERPT_S = 40, 4.0
# Heads and amplifiers fall by up to 9 dB in half an octave (12 recordings of 64 channels), a filter of fourth
# order by 12 dB on top of that. Below 28 Hz, the flank of alpha or beta is as steep.
CLIFF_DB, CLIFF_FROM_HZ, HALF_OCTAVE = 14.0, 28.0, 2**0.5
EDGE_DB = 3.0  # what is left of the signal at the edge that is reported
NARROW_HZ = 5.0  # lines are narrower than half of it, and do not count as signal


@dataclass(frozen=True)
class Spectrum:
    """Power of a recording as it was made.

    Attributes
    ----------
    frequency_hz : array, shape (n_frequencies,)
    power : array, shape (n_channels, n_frequencies)
        V^2/Hz, the median over excerpts, so that passing artefacts do not count; channels with a signal only.
    """

    frequency_hz: np.ndarray
    power: np.ndarray

    @property
    def mains_hz(self) -> tuple[float, ...]:
        """Which of 50 and 60 Hz stand out in most channels, the stronger first; empty: neither."""
        found = {}
        for line in MAINS_HZ:
            distance = np.abs(self.frequency_hz - line)
            at, near, beside = distance <= 0.5, np.abs(distance - 1.5) <= 0.5, np.abs(distance - 3.5) <= 1.5
            if not len(self.power) or line + 5 > self.frequency_hz[-1]:
                continue
            if not (at.any() and near.any() and beside.any()):  # too short a recording to tell
                continue
            power = np.maximum(self.power, np.finfo(float).tiny)
            peak = power[:, at].max(axis=1)
            if np.median(peak) >= LEAST_LINE:
                around = np.maximum(*(np.median(power[:, bins], axis=1) for bins in (near, beside)))
                above = 10 * np.log10(peak / around)
                found[line] = float(np.median(above))
        return tuple(sorted((f for f in found if found[f] >= STANDS_OUT_DB), key=lambda f: -found[f]))

    @property
    def highest_hz(self) -> float | None:
        """Above what frequency a low-pass filter left nothing; None: it left something as far as the rate."""
        from scipy.ndimage import median_filter

        frequency, last = self.frequency_hz, self.frequency_hz[-1]
        if not len(self.power):
            return None
        # Floored far below any amplifier: where a filter leaves rounding errors only, a cliff is a cliff.
        level = 10 * np.log10(np.maximum(np.median(self.power, axis=0), 1e-24))
        width = round(NARROW_HZ / (frequency[1] - frequency[0])) | 1
        level = median_filter(level, width, mode="nearest")
        level = np.maximum.accumulate(level[::-1])[::-1]  # a notch is no cliff: signal comes again above it
        steps = np.minimum(frequency * HALF_OCTAVE, 0.97 * last)
        fall = level - np.interp(steps, frequency, level)
        steep = (frequency >= CLIFF_FROM_HZ) & (steps >= 1.15 * frequency) & (fall >= CLIFF_DB)
        if not steep.any():
            return None
        first = int(np.argmax(steep))
        return float(frequency[np.flatnonzero(level >= level[first] - EDGE_DB)[-1]])


def mains_of(found: Sequence[float], configured: float) -> float:
    """The mains of a recording, Hz: the config's, unless the recording shows others and not these.

    Parameters
    ----------
    found : sequence of float
        See `Spectrum.mains_hz`.
    """
    there = not found or any(abs(line - configured) < 1 for line in found)
    return float(configured if there else found[0])


def recorded_spectrum(raw: BaseRaw) -> Spectrum:
    """Measure a recording's EEG channels in up to 40 excerpts of 4 s, evenly over its length.

    Parameters
    ----------
    raw : mne.io.Raw
        As it was recorded, read into memory or not; excerpts that touch annotated bad spans are left out.
    """
    import mne

    sfreq = raw.info["sfreq"]
    n = min(round(EXCERPT_S * sfreq), raw.n_times)
    picks = mne.pick_types(raw.info, eeg=True, exclude=[])
    starts = [s for s in _starts(raw.n_times, n) if not _bad(raw, s / sfreq, (s + n) / sfreq)]
    frequency = np.fft.rfftfreq(n, 1 / sfreq)
    if not len(picks) or not starts:
        return Spectrum(frequency, np.empty((0, len(frequency))))
    window = np.hanning(n)
    power = np.empty((len(starts), len(picks), len(frequency)), np.float32)
    for k, start in enumerate(starts):
        data = raw.get_data(picks, start, start + n)
        transform = np.fft.rfft((data - data.mean(axis=1, keepdims=True)) * window)
        power[k] = np.abs(transform) ** 2 * (2 / (sfreq * (window**2).sum()) * 1e12)
    usual = np.median(power, axis=0).astype(float) * 1e-12
    there = np.isfinite(usual).all(axis=1) & (usual.sum(axis=1) > FLAT_V**2)
    return Spectrum(frequency, usual[there])


def _starts(n_times: int, n: int) -> list[int]:
    how_many = min(EXCERPTS, n_times // n) if n else 0
    return np.linspace(0, n_times - n, how_many).astype(int).tolist() if how_many else []


def _bad(raw: BaseRaw, start_s: float, stop_s: float) -> bool:
    return any(
        a["description"].upper().startswith("BAD")
        and a["onset"] - raw.first_time < stop_s
        and a["onset"] - raw.first_time + a["duration"] > start_s
        for a in raw.annotations
    )
