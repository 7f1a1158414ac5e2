"""How alike the channels of a recording are: what its labels are judged by (`sites`).

Measures, and judges nothing: another limit of that judgement is to measure no recording again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from interbrain.formats.channels import eeg_sites
from interbrain.formats.spectrum import excerpts_of

if TYPE_CHECKING:
    from mne.io import BaseRaw

BAND_HZ = (2.0, 30.0)
FEWEST_CHANNELS, FEWEST_EXCERPTS, MOST_EXCERPTS = 8, 5, 20
# Channels whose power is so many times the median channel's, or so little, are no measure of the others.
POWER_APART = 25.0
# Without any structure (noise alone) nothing can be said.
LEAST_SPREAD = 0.12


@dataclass(frozen=True)
class Likeness:
    """How alike the channels of a recording are: names in the file's order, correlations at 2 to 30 Hz."""

    names: tuple[str, ...]
    matrix: np.ndarray


def likeness(raw: BaseRaw) -> Likeness | None:
    """Correlations of the EEG channels, each frequency and excerpt with the same weight.

    None with fewer than eight sites or 20 s, or where nothing is shared but noise.
    """
    import mne

    names, excerpts = eeg_sites(raw), excerpts_of(raw, MOST_EXCERPTS)
    if len(names) < FEWEST_CHANNELS or len(excerpts) < FEWEST_EXCERPTS:
        return None
    n = excerpts[0][1] - excerpts[0][0]
    frequency = np.fft.rfftfreq(n, 1 / raw.info["sfreq"])
    band, window = (frequency >= BAND_HZ[0]) & (frequency <= BAND_HZ[1]), np.hanning(n)
    picks = mne.pick_channels(raw.ch_names, names, ordered=True)
    parts = np.empty((len(excerpts), len(names), int(band.sum())), complex)
    for k, (start, stop) in enumerate(excerpts):
        data = raw.get_data(picks, start, stop)
        parts[k] = np.fft.rfft((data - data.mean(axis=1, keepdims=True)) * window)[:, band]
    parts = parts[np.isfinite(parts).all(axis=(1, 2))]
    if len(parts) < FEWEST_EXCERPTS:
        return None
    # The median is a reference that a few bad channels do not spoil.
    parts -= np.median(parts.real, axis=1, keepdims=True) + 1j * np.median(parts.imag, axis=1, keepdims=True)
    power = np.median((np.abs(parts) ** 2).mean(axis=2), axis=0)
    usual = np.median(power)
    use = (power < POWER_APART * usual) & (power * POWER_APART > usual)
    if use.sum() < FEWEST_CHANNELS or not usual > 0:
        return None
    parts, names = parts[:, use], [name for name, used in zip(names, use, strict=True) if used]
    whole = np.abs(parts) ** 2
    parts /= np.sqrt(np.median(whole.mean(axis=1), axis=0))
    parts /= np.sqrt((np.abs(parts) ** 2).mean(axis=(1, 2), keepdims=True))
    flat = parts.swapaxes(0, 1).reshape(len(names), -1)
    covariance = (flat @ flat.conj().T).real
    size = np.sqrt(np.diag(covariance))
    matrix = covariance / np.outer(size, size)
    spread = matrix[np.triu_indices(len(names), 1)].std()
    return Likeness(tuple(names), matrix) if spread >= LEAST_SPREAD else None
