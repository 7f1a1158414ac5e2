"""The numbers of a recording, in excerpts and as a whole: what their alterations are judged by.

Measures, and judges nothing (`alterations`): another limit of a note is to measure no recording again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from interbrain.formats.channels import eeg_sites
from interbrain.formats.spectrum import excerpts_of

if TYPE_CHECKING:
    from mne.io import BaseRaw

BAND_HZ = (1.0, 30.0)
FEWEST_CHANNELS, FEWEST_EXCERPTS, MOST_EXCERPTS, SAMPLES_AT_ONCE = 8, 10, 20, 2**15
NEAR_ZERO, SHARE_NEAR_ZERO = 0.1, 3e-3


@dataclass(frozen=True)
class Numbers:
    """What is measured in up to twenty excerpts, and of the whole recording; µV.

    Attributes
    ----------
    names : tuple of str
        Of the EEG channels that are sites of the head.
    starts_s : array, shape (n_excerpts,)
    length_s : float
    size : array, shape (n_excerpts, n_channels)
        RMS at 1 to 30 Hz.
    alike : array, shape (n_channels, n_channels)
        Correlations at 1 to 30 Hz, in the reference of the file, each excerpt with the same weight.
    covariance : array, shape (n_channels, n_channels)
        At all frequencies.
    step : array, shape (n_channels,)
        The least by which two values differ.
    one_sided : array of bool, shape (n_channels,)
        No value is below zero, and many are near it.
    mean, deviation : array, shape (n_channels,)
        Of the whole recording.
    """

    names: tuple[str, ...]
    starts_s: np.ndarray
    length_s: float
    size: np.ndarray
    alike: np.ndarray
    covariance: np.ndarray
    step: np.ndarray
    one_sided: np.ndarray
    mean: np.ndarray
    deviation: np.ndarray


def numbers_of(raw: BaseRaw) -> Numbers | None:
    """Measure the EEG channels; None with fewer than eight sites, or of a recording that is too short.

    Parameters
    ----------
    raw : mne.io.BaseRaw
        With its channels named and typed, and its gaps marked; loaded or not.
    """
    names, excerpts = eeg_sites(raw), excerpts_of(raw, MOST_EXCERPTS)
    if len(names) < FEWEST_CHANNELS or len(excerpts) < FEWEST_EXCERPTS:
        return None
    return _measured(raw, names, excerpts)


def _measured(raw: BaseRaw, names: Sequence[str], excerpts: Sequence[tuple[int, int]]) -> Numbers | None:
    picks = [raw.ch_names.index(name) for name in names]
    n, sfreq = excerpts[0][1] - excerpts[0][0], raw.info["sfreq"]
    frequency = np.fft.rfftfreq(n, 1 / sfreq)
    band, taper = (frequency >= BAND_HZ[0]) & (frequency <= BAND_HZ[1]), np.hanning(n)
    size: list[np.ndarray] = []
    starts: list[float] = []
    alike, covariance = (np.zeros((len(names), len(names))) for _ in range(2))
    step, one_sided = np.full(len(names), np.inf), np.ones(len(names), bool)
    for start, stop in excerpts:
        data = 1e6 * raw.get_data(picks, start, stop)
        if not np.isfinite(data).all():
            continue
        middle = np.median(data, axis=1, keepdims=True)
        near = (data < NEAR_ZERO * middle).mean(axis=1)
        one_sided &= (data.min(axis=1) >= 0) & (near > SHARE_NEAR_ZERO)
        if not starts:
            step = _steps(data)
        data -= data.mean(axis=1, keepdims=True)
        covariance += data @ data.T / n
        parts = np.fft.rfft(data * taper)[:, band]
        power = (np.abs(parts) ** 2).sum(axis=1)
        if power.sum() > 0:
            alike += (parts @ parts.conj().T).real / power.sum()
        size.append(np.sqrt(2 * power / (n * (taper**2).sum())))
        starts.append(start / sfreq)
    if len(starts) < FEWEST_EXCERPTS:
        return None
    scale = np.sqrt(np.maximum(np.diag(alike), np.finfo(float).tiny))
    return Numbers(
        tuple(names),
        np.array(starts),
        n / sfreq,
        np.array(size),
        alike / np.outer(scale, scale),
        covariance / len(starts),
        step,
        one_sided,
        *_moments(raw, picks),
    )


def _steps(data: np.ndarray) -> np.ndarray:
    """The least by which two values of each channel differ; rounding errors of a float are no difference."""
    found = np.zeros(len(data))
    for k, row in enumerate(data):
        apart = np.diff(np.unique(row))
        apart = apart[apart > 1e-9 * max(np.abs(row).max(), 1e-300)]
        found[k] = apart.min() if len(apart) else 0.0
    return found


def _moments(raw: BaseRaw, picks: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
    """The mean and the standard deviation of each channel over the whole recording."""
    sums, squares = np.zeros(len(picks)), np.zeros(len(picks))
    for first in range(0, raw.n_times, SAMPLES_AT_ONCE):
        data = 1e6 * raw.get_data(picks, first, min(first + SAMPLES_AT_ONCE, raw.n_times))
        sums += data.sum(axis=1)
        squares += (data**2).sum(axis=1)
    mean = sums / raw.n_times
    return mean, np.sqrt(np.maximum(squares / raw.n_times - mean**2, 0.0))
