"""Power spectra of a recording and how far the mains stand out in them. For looking, not for deciding."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def spectrum(raw, channels: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """Frequencies (Hz) and power (dB re 1 uV^2/Hz), mean over channels, in 0.5 Hz steps without the gaps."""
    import mne

    data = raw.get_data(picks=channels, reject_by_annotation="omit", verbose="error")
    n = int(2 * raw.info["sfreq"])
    power, frequency = mne.time_frequency.psd_array_welch(
        data,
        raw.info["sfreq"],
        fmin=1,
        fmax=min(raw.info["sfreq"] / 2, 100),
        n_fft=n,
        n_overlap=n // 2,
        verbose="error",
    )
    mean = np.maximum(power.mean(axis=0) * 1e12, 1e-12)
    return frequency, 10 * np.log10(mean)


def line_noise(spectrum: tuple[np.ndarray, np.ndarray], line_frequency: float) -> float | None:
    """How far the mains stand above their neighbours 2 to 5 Hz away, dB; None above Nyquist."""
    frequency, db = spectrum
    distance = np.abs(frequency - line_frequency)
    if not (distance < 0.6).any():
        return None
    around = (distance >= 2) & (distance <= 5)
    return float(db[distance < 0.6].max() - db[around].mean())
