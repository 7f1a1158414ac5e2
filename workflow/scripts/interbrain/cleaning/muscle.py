"""Bursts of muscle activity that are left after the components were removed, as spans of time.

Judged by each recording's own quiet level. A muscle that is tense throughout is for the components.
"""

from __future__ import annotations

import numpy as np

BLOCK_S = 0.5
ABOVE_LINE_HZ, HIGHEST_HZ = 5.0, 95.0


def muscle_band(line_frequency: float, sfreq: float, recorded_sfreq: float) -> tuple[float, float] | None:
    """Between the mains and their first harmonic, as far as both rates reach; None if they do not.

    All in Hz. Brain signals at the scalp are weakest there, muscles strongest.
    """
    low = line_frequency + ABOVE_LINE_HZ
    high = min(2 * line_frequency - ABOVE_LINE_HZ, HIGHEST_HZ, 0.45 * min(sfreq, recorded_sfreq))
    return (low, high) if high - low >= 5 else None


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
        over the quarter of channels where it is highest, exceeds this.
    """
    sfreq = broadband.info["sfreq"]
    n = round(BLOCK_S * sfreq)
    data = broadband.copy().filter(*band, verbose="error").get_data()
    n_blocks = data.shape[1] // n
    if not n_blocks:
        return []
    power = (data[:, : n_blocks * n].reshape(len(data), n_blocks, n) ** 2).mean(axis=-1)
    db = 10 * np.log10(np.maximum(power, np.finfo(float).tiny))
    above = np.sort(db - np.median(db, axis=1, keepdims=True), axis=0)  # (channels, blocks), weakest first
    strongest = above[-max(len(above) // 4, 1) :].mean(axis=0)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], strongest > limit_db, [0]]).astype(int)))
    return [(float(a * BLOCK_S), float(b * BLOCK_S)) for a, b in edges.reshape(-1, 2)]
