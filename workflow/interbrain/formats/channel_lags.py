"""By how much each EEG channel is later than those beside it on the head: measured, and judged in `delays`.

Knows no limit of the note on it: another one is to measure no recording again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from interbrain.formats.channels import eeg_sites
from interbrain.formats.spectrum import excerpts_of
from interbrain.head import electrode_places

if TYPE_CHECKING:
    from mne.io import BaseRaw

BAND_HZ = (2.0, 30.0)
# A rhythm that travels over the head has a lag in its own band; a second amplifier's is the same above it.
FAST_HZ = 12.0
FEWEST_CHANNELS, FEWEST_EXCERPTS, MOST_EXCERPTS = 8, 5, 12
NEAREST, LONGEST_S, LAG_STEP_S = 6, 0.25, 0.001
# A channel that holds no more than this share of the usual amplitude is the reference, and like no other.
NOTHING = 1e-6


@dataclass(frozen=True)
class Lags:
    """How late channels are to their neighbours, of each pair of these.

    Attributes
    ----------
    names : tuple of str
        The EEG channels at known sites.
    first, second : array of int, shape (n_pairs,)
        The channels' numbers.
    lag_s, fast_lag_s : array, shape (n_pairs,)
        By how many s the first is later; the same by what is faster than FAST_HZ.
    alike : array, shape (n_pairs,)
        How much of their phases agrees at this lag.
    """

    names: tuple[str, ...]
    first: np.ndarray
    second: np.ndarray
    lag_s: np.ndarray
    fast_lag_s: np.ndarray
    alike: np.ndarray


def lags_of(raw: BaseRaw) -> Lags | None:
    """Measure each channel against the nearest ones; None of fewer than eight sites or 20 s.

    Parameters
    ----------
    raw : mne.io.BaseRaw
        With its channels named and typed, and its gaps marked; loaded or not.
    """
    names, excerpts = eeg_sites(raw), excerpts_of(raw, MOST_EXCERPTS)
    if len(names) < FEWEST_CHANNELS or len(excerpts) < FEWEST_EXCERPTS:
        return None
    n, sfreq = excerpts[0][1] - excerpts[0][0], raw.info["sfreq"]
    frequency = np.fft.rfftfreq(n, 1 / sfreq)
    band, taper = (frequency >= BAND_HZ[0]) & (frequency <= BAND_HZ[1]), np.hanning(n)
    picks = [raw.ch_names.index(name) for name in names]
    parts = np.empty((len(excerpts), len(names), int(band.sum())), np.complex64)
    for k, (start, stop) in enumerate(excerpts):
        data = raw.get_data(picks, start, stop)
        parts[k] = np.fft.rfft((data - data.mean(axis=1, keepdims=True)) * taper)[:, band] * 1e6
    parts = parts[np.isfinite(parts).all(axis=(1, 2))]
    if len(parts) < FEWEST_EXCERPTS:
        return None
    # Each frequency has the same weight, so that a rhythm does not repeat the lag at its other cycles, and
    # each excerpt, so that one artefact does not decide.
    for axis, usual in ((0, np.median), (2, np.mean)):
        size = np.sqrt(usual(np.abs(parts) ** 2, axis=axis, keepdims=True))
        there = size > NOTHING * np.median(size)
        parts = np.divide(parts, size, out=np.zeros_like(parts), where=there)
    places = np.array([electrode_places()[name] for name in names])
    apart = np.linalg.norm(places[:, None] - places[None], axis=2)
    near = np.argsort(apart, axis=1)[:, 1 : NEAREST + 1]
    first, second = np.array(sorted({(min(i, j), max(i, j)) for i, row in enumerate(near) for j in row})).T
    crossed = np.einsum("kpf,kpf->pf", parts[:, first], parts[:, second].conj()) / len(parts)
    lags = np.arange(-LONGEST_S, LONGEST_S + LAG_STEP_S / 2, LAG_STEP_S)
    turned = np.exp(2j * np.pi * np.outer(frequency[band], lags)).astype(np.complex64)
    fast = frequency[band] >= FAST_HZ
    best_fast = np.abs((crossed[:, fast] @ turned[fast]).real).argmax(axis=1)
    alike = np.abs((crossed @ turned).real) / crossed.shape[1]
    best = alike.argmax(axis=1)
    alike = alike[np.arange(len(best)), best]
    return Lags(tuple(names), first, second, lags[best], lags[best_fast], alike)
