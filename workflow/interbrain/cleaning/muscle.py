"""Bursts of muscle activity that are left after the components were removed, as spans of time.

Judged by each recording's own usual level, and by what is more than quiet in anybody. A muscle that is tense
throughout is for the components.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from mne.io import BaseRaw

BLOCK_S = 0.5
ABOVE_LINE_HZ, HIGHEST_HZ, NARROWEST_HZ = 5.0, 95.0, 5.0
# Amplifiers and relaxed heads stay below 1.5 uV RMS from 55 to 95 Hz, a contracting muscle makes 10 uV and
# more at its electrode. In a recording that is quieter than that, twice its usual level is no muscle.
LEAST_V = 3e-6 / 40**0.5  # per square root of Hz: 3 uV RMS from 55 to 95 Hz
# A muscle has a place, and reaches several electrodes at once. An amplifier's noise that swells does so at
# all channels alike, and each has its own: where it rises from 1.5 to 4 uV, the strongest quarter of channels
# rises by up to 1.2 dB more than the median one, and by 4 dB and more in a simulated burst; what the channels
# share is up to 1.5 times what independent ones share by chance, and 1.9 times and more in the bursts of 12
# real recordings.
FOCAL_DB, TOGETHER = 3.0, 1.7
SURELY_V = 10e-6 / 40**0.5


def muscle_band(
    line_frequency: float, sfreq: float, recorded_sfreq: float, highest_hz: float | None = None
) -> tuple[float, float] | None:
    """Between the mains and their first harmonic, as far as the recording reaches; None if it does not.

    Brain signals at the scalp are weakest there, muscles strongest.

    Parameters
    ----------
    line_frequency, sfreq, recorded_sfreq : float
        Hz: the mains, the rate of cleaning, the amplifier's.
    highest_hz : float or None
        Where a low-pass filter ended the recording: see `formats.spectrum.Spectrum.highest_hz`.
    """
    low = line_frequency + ABOVE_LINE_HZ
    high = min(2 * line_frequency - ABOVE_LINE_HZ, HIGHEST_HZ, 0.45 * min(sfreq, recorded_sfreq))
    high = min(high, 0.9 * (highest_hz or np.inf))
    return (low, high) if high - low >= NARROWEST_HZ else None


def muscle_spans(broadband: BaseRaw, band: tuple[float, float], limit_db: float) -> list[tuple[float, float]]:
    """Spans (start, stop in s from the first sample) with high-frequency power far above its usual level.

    Parameters
    ----------
    broadband : mne.io.Raw
        Good channels, components removed, average reference.
    band : (float, float)
        Hz, as `muscle_band` gives it.
    limit_db : float
        A half-second block counts if its power, in dB above each channel's median over blocks and averaged
        over the quarter of channels where it is highest, exceeds this, and if its RMS over the strongest
        quarter of channels is at least 3 uV (from 55 to 95 Hz; as much per Hz in another band). Below 10 uV,
        it must also be no noise that swells: these channels rise by 3 dB more than the median one, or the
        channels share more of it than independent ones would.
    """
    sfreq = broadband.info["sfreq"]
    n = round(BLOCK_S * sfreq)
    data = broadband.copy().filter(*band, verbose="error").get_data()
    n_blocks = data.shape[1] // n
    if not n_blocks:
        return []
    blocks = data[:, : n_blocks * n].reshape(len(data), n_blocks, n)
    power = (blocks**2).mean(axis=-1)
    db = 10 * np.log10(np.maximum(power, np.finfo(float).tiny))
    quarter = slice(-max(len(db) // 4, 1), None)
    above = np.sort(db - np.median(db, axis=1, keepdims=True), axis=0)  # (channels, blocks), weakest first
    # A quarter of each edge is the filter's transition, of which half passes.
    width = band[1] - band[0] + sum(band) / 8
    strength = np.sort(power, axis=0)[quarter].mean(axis=0) / width
    rise = above[quarter].mean(axis=0)
    bursts = (strength >= LEAST_V**2) & (rise > limit_db)
    placed = (rise - np.median(above, axis=0) >= FOCAL_DB) | (strength >= SURELY_V**2)
    unsure = np.flatnonzero(bursts & ~placed)
    usual = np.maximum(np.median(power, axis=1), np.finfo(float).tiny) ** 0.5
    bursts[unsure] = [_together(blocks[:, k] / usual[:, None], 2 * width * BLOCK_S) for k in unsure]
    edges = np.flatnonzero(np.diff(np.concatenate([[0], bursts, [0]]).astype(int)))
    return [(float(a * BLOCK_S), float(b * BLOCK_S)) for a, b in edges.reshape(-1, 2)]


def _together(block: np.ndarray, n_independent: float) -> bool:
    """Whether channels share more of a block than independent ones would by chance.

    The share of the largest component of its covariance, against the most that noise of so many independent
    samples reaches (Marchenko & Pastur 1967).
    """
    values = np.linalg.eigvalsh(block @ block.T)
    by_chance = (1 + (len(block) / n_independent) ** 0.5) ** 2 / len(block)
    return bool(values[-1] >= min(TOGETHER * by_chance, 0.9) * values.sum())
