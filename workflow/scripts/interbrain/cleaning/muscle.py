"""Bursts of muscle activity that are left after the components were removed, as spans of time.

Judged by each recording's own usual level, and by what is more than quiet in anybody. A muscle that is tense
throughout is for the components.
"""

from __future__ import annotations

import numpy as np

BLOCK_S = 0.5
ABOVE_LINE_HZ, HIGHEST_HZ, NARROWEST_HZ = 5.0, 95.0, 5.0
# Amplifiers and relaxed heads stay below 1.5 uV RMS from 55 to 95 Hz, a contracting muscle makes 10 uV and
# more at its electrode. In a recording that is quieter than that, twice its usual level is no muscle.
LEAST_V = 3e-6 / 40**0.5  # per square root of Hz: 3 uV RMS from 55 to 95 Hz


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


def muscle_spans(broadband, band: tuple[float, float], limit_db: float) -> list[tuple[float, float]]:
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
        quarter of channels is at least 3 uV (from 55 to 95 Hz; as much per Hz in another band).
    """
    sfreq = broadband.info["sfreq"]
    n = round(BLOCK_S * sfreq)
    data = broadband.copy().filter(*band, verbose="error").get_data()
    n_blocks = data.shape[1] // n
    if not n_blocks:
        return []
    power = (data[:, : n_blocks * n].reshape(len(data), n_blocks, n) ** 2).mean(axis=-1)
    db = 10 * np.log10(np.maximum(power, np.finfo(float).tiny))
    quarter = slice(-max(len(db) // 4, 1), None)
    above = np.sort(db - np.median(db, axis=1, keepdims=True), axis=0)  # (channels, blocks), weakest first
    # A quarter of each edge is the filter's transition, of which half passes.
    width = band[1] - band[0] + sum(band) / 8
    strong = np.sort(power, axis=0)[quarter].mean(axis=0) >= LEAST_V**2 * width
    bursts = strong & (above[quarter].mean(axis=0) > limit_db)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], bursts, [0]]).astype(int)))
    return [(float(a * BLOCK_S), float(b * BLOCK_S)) for a, b in edges.reshape(-1, 2)]
