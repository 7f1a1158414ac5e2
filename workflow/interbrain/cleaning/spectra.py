"""Power spectra of a recording, and channels with far too much slow power. For looking, not for deciding."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from mne.io import BaseRaw

# Blinks that are left raise frontal channels by up to 8 dB.
SLOW_HZ, SLOW_ABOVE_DB, SLOW_SPREADS = (1.0, 4.0), 12.0, 4.0


def spectrum(raw: BaseRaw) -> tuple[np.ndarray, np.ndarray]:
    """Frequencies (Hz) in 0.5 Hz steps, and each channel's power (V^2/Hz) without the gaps."""
    import mne

    data = raw.get_data(reject_by_annotation="omit", verbose="error")
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
    return frequency, power


def slow_channels(raw: BaseRaw, channels: Sequence[str]) -> dict[str, float]:
    """Channels whose power at 1 to 4 Hz lies far above the other channels', and by how much (dB).

    Parameters
    ----------
    raw : mne.io.Raw
        Cleaned; spans annotated as bad do not count, nor does what passes: each channel's median over 2 s.
    channels : sequence of str
        With a signal of their own. Fewer than eight are not compared.
    """
    import mne

    if len(channels) < 8:
        return {}
    data = raw.get_data(picks=list(channels), reject_by_annotation="omit", verbose="error")
    n = int(2 * raw.info["sfreq"])
    if data.shape[1] < 5 * n:
        return {}
    about = {"fmin": SLOW_HZ[0], "fmax": SLOW_HZ[1], "n_fft": n, "average": "median", "verbose": "error"}
    power = mne.time_frequency.psd_array_welch(data, raw.info["sfreq"], **about)[0].mean(axis=1)
    db = 10 * np.log10(np.maximum(power, 1e-24))
    above = db - np.median(db)
    spread = 1.4826 * np.median(np.abs(above))
    out = above > max(SLOW_ABOVE_DB, SLOW_SPREADS * spread)
    return {c: float(a) for c, a, slow in zip(channels, above, out, strict=True) if slow}
