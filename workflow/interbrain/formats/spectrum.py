"""What a recording's spectrum shows of how it was made: its mains, and how far up its filters left anything.

Measures excerpts of the EEG channels as they were recorded. Changes nothing, and knows no config.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from interbrain.formats.invalid import bad_spans

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
# A low-pass at 8 to 25 Hz: so much fall within an octave from these frequencies on; and a high-pass from 3 Hz
# on: so much rise between these bands. Neither is seen in 110 simulated recordings (rhythms of up to 150
# times the background, slopes of 1/f to 1/f^2, high-pass to 1 Hz, low-pass from 35 Hz on) and 13 real ones in
# 49 excerpts. Of 138 spectra, all show a filter of fourth order or steeper at 8 to 15, or at 3 to 8 Hz.
OCTAVES_HZ = {8.0: 32.0, 10.0: 32.0, 12.0: 28.0, 14.0: 20.0, 16.0: 20.0, 18.0: 20.0}
LACKING_DB = 8.0
LOW_BANDS_HZ = ((0.9, 1.3), (1.6, 2.4), (3.6, 4.4))
RISE_DB, FAST_ALONE_DB, BELOW_PEAK_DB, BELOW_ALPHA_HZ = (7.0, 3.5), 12.0, 6.0, 7.5
# Or at once, by a filter of which nothing passes: so much within an octave, alpha or not.
AT_ONCE_DB, AT_ONCE_EDGE_DB = 35.0, 20.0
RISES_FROM_HZ, FALLS_FROM_HZ = (3.0, 4.0, 5.0, 6.0, 8.0, 10.0), (3.0, 4.0, 5.0, 6.0, 7.0)
NARROW_HZ = 5.0  # lines are narrower than half of it, and do not count as signal


REMEMBERED_TO_HZ = 120.0


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
        frequency, last = self.frequency_hz, self.frequency_hz[-1]
        if not len(self.power):
            return None
        level = self._level()
        at_once = _edge_at_once(frequency, self._level(2 * NARROW_HZ / 5), FALLS_FROM_HZ, -1)
        if edges := [edge for edge in (at_once, _low_edge(frequency, level)) if edge]:
            return min(edges)
        level = np.maximum.accumulate(level[::-1])[::-1]  # a notch is no cliff: signal comes again above it
        steps = np.minimum(frequency * HALF_OCTAVE, 0.97 * last)
        fall = level - np.interp(steps, frequency, level)
        steep = (frequency >= CLIFF_FROM_HZ) & (steps >= 1.15 * frequency) & (fall >= CLIFF_DB)
        if not steep.any():
            return None
        first = int(np.argmax(steep))
        return float(frequency[np.flatnonzero(level >= level[first] - EDGE_DB)[-1]])

    @property
    def lowest_hz(self) -> float | None:
        """Below what frequency a high-pass filter left little, from about 3 Hz on; None: no such filter."""
        hz, (slow, fast) = self.frequency_hz, self.rise_db
        at_once = _edge_at_once(hz, self._level(2 * NARROW_HZ / 5), RISES_FROM_HZ, 1) if fast else None
        if not (at_once or (slow > RISE_DB[0] and fast > RISE_DB[1]) or fast > FAST_ALONE_DB):
            return None
        level = 10 * np.log10(np.maximum(np.median(self.power, axis=0), 1e-30))
        inside = (hz >= 1) & (hz <= BELOW_ALPHA_HZ)
        reached = level[inside] >= level[(hz >= 3) & (hz <= BELOW_ALPHA_HZ)].max() - BELOW_PEAK_DB
        return max(float(hz[inside][np.argmax(reached)]), at_once or 0.0)

    @property
    def rise_db(self) -> tuple[float, float]:
        """How much power rises from 1 to 2 Hz and from 2 to 4 Hz; heads give less, unless filtered."""
        hz = self.frequency_hz
        bands = [(hz >= low) & (hz <= high) for low, high in LOW_BANDS_HZ]
        if not len(self.power) or not all(band.any() for band in bands):
            return 0.0, 0.0
        level = 10 * np.log10(np.maximum(np.median(self.power, axis=0), 1e-30))
        at = [float(np.median(level[band])) for band in bands]
        return at[1] - at[0], at[2] - at[1]

    @property
    def fall_db(self) -> float:
        """How much power falls from 14 to 28 Hz."""
        if not len(self.power) or self.frequency_hz[-1] < 30:
            return 0.0
        return float(-np.diff(np.interp([14, 28], self.frequency_hz, self._level()))[0])

    def _level(self, narrow_hz: float = NARROW_HZ) -> np.ndarray:
        """dB of the median channel without lines."""
        from scipy.ndimage import median_filter

        # Floored far below any amplifier: where a filter leaves rounding errors only, a cliff is a cliff.
        level = 10 * np.log10(np.maximum(np.median(self.power, axis=0), 1e-24))
        width = round(narrow_hz / (self.frequency_hz[1] - self.frequency_hz[0])) | 1
        return np.asarray(median_filter(level, width, mode="nearest"))


def _edge_at_once(
    frequency: np.ndarray, level: np.ndarray, from_hz: Sequence[float], sign: int
) -> float | None:
    """Where power rises (`sign` 1) or falls (-1) at once, as by a filter without a slope, if it does."""
    octaves = np.array([[f, 2 * f] for f in from_hz if 2 * f <= 0.97 * frequency[-1]]).reshape(-1, 2)
    levels = np.interp(octaves, frequency, level)
    steps = sign * (levels[:, 1] - levels[:, 0])
    if not (steps > AT_ONCE_DB).any():
        return None
    (low, high), (at_low, at_high) = octaves[steps.argmax()], levels[steps.argmax()]
    inside = (frequency >= low) & (frequency <= high)
    over = level[inside] >= max(at_low, at_high) - AT_ONCE_EDGE_DB
    at = int(np.argmax(over)) if sign > 0 else len(over) - 1 - int(np.argmax(over[::-1]))
    return float(frequency[inside][at])


def _low_edge(frequency: np.ndarray, level: np.ndarray) -> float | None:
    """Where a low-pass filter at less than about 25 Hz begins; None if there is none."""
    octaves = [f for f in OCTAVES_HZ if 2 * f <= 0.97 * frequency[-1]]
    falls = {f: np.interp(f, frequency, level) - np.interp(2 * f, frequency, level) for f in octaves}
    if not any(fall > OCTAVES_HZ[f] for f, fall in falls.items()):
        return None
    # What a head without a rhythm would have: half as much at twice the frequency.
    theta = (frequency >= 3) & (frequency <= 7)
    expected = np.median(level[theta]) - 20 * np.log10(np.maximum(frequency, 1) / 5)
    lacking = (frequency >= 7) & (level < expected - LACKING_DB)
    return float(frequency[np.argmax(lacking)]) if lacking.any() else None


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
    starts = [start for start, _ in excerpts_of(raw)]
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


def filter_facts(spectrum: Spectrum) -> dict[str, Any] | None:
    """The edges of the filters that a spectrum shows, and the median channel's power up to 120 Hz.

    Numbers that a file of text can hold, the power relative to its largest; None if there is no filter.
    """
    low, high = spectrum.lowest_hz, spectrum.highest_hz
    if low is None and high is None:
        return None
    there = spectrum.frequency_hz <= REMEMBERED_TO_HZ
    power = np.median(spectrum.power[:, there], axis=0)
    largest = max(float(power.max(initial=0.0)), np.finfo(float).tiny)
    return {
        "LowestHz": low,
        "HighestHz": high,
        "Hz": [round(float(hz), 6) for hz in spectrum.frequency_hz[there]],
        "Power": [float(f"{value / largest:.4g}") for value in power],
    }


def excerpts_of(raw: BaseRaw, most: int = EXCERPTS) -> list[tuple[int, int]]:
    """First sample, and the one after the last, of up to `most` excerpts of 4 s without annotated bad spans.

    Instants at which pieces meet do not count: of epochs that were joined, nothing would be left.
    """
    sfreq = raw.info["sfreq"]
    n = min(round(EXCERPT_S * sfreq), raw.n_times)
    spans = [(begin, end) for begin, end in bad_spans(raw) if end > begin]
    found = [
        (s, s + n)
        for s in _starts(raw.n_times, n)
        if not any(begin < (s + n) / sfreq and end > s / sfreq for begin, end in spans)
    ]
    return found[:: -(-len(found) // most) or 1]


def _starts(n_times: int, n: int) -> list[int]:
    how_many = min(EXCERPTS, n_times // n) if n else 0
    return np.linspace(0, n_times - n, how_many).astype(int).tolist() if how_many else []
