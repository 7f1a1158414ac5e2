"""One dyad and run, from its simultaneous windows to PLV with chance levels.

Only joins the rooms phase, metrics and chance; the formulas stand there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from interbrain.chance import circular_shift_null
from interbrain.epochs import Signal
from interbrain.metrics import plv
from interbrain.phase import band_phasors, windowed


@dataclass(frozen=True)
class Synchrony:
    """PLV of every pair of channels between two brains.

    Attributes
    ----------
    plv : array, shape (n_bands, n_channels_therapist, n_channels_client)
        Mean over windows; NaN where a channel holds no signal of its own.
    null : array, shape (n_shifts, n_bands, n_channels_therapist, n_channels_client)
        The same after circular shifts; no shift if the windows are too few.
    n_windows : int
    """

    plv: np.ndarray
    null: np.ndarray
    n_windows: int


def dyad_plv(
    therapist: Signal,
    client: Signal,
    starts_s: Sequence[float],
    *,
    bands: Mapping[str, Sequence[float]],
    length_s: float,
    out_sfreq: float,
    n_shifts: int,
    min_shift_s: float,
    seed: Sequence[int],
) -> Synchrony:
    """PLV over time in each window, mean over windows, with its circular-shift chance level.

    Parameters
    ----------
    therapist, client : Signal
        Continuous and both on the therapist's clock.
    starts_s : sequence of float
        Start of each kept window, s.
    seed : sequence of int
        Of this dyad and run, so that the order of jobs does not matter.
    """
    n = round(length_s * out_sfreq)
    starts = np.round(np.asarray(starts_s) * out_sfreq).astype(int)
    shape = (len(bands), len(therapist.channels), len(client.channels))
    if not len(starts):
        return Synchrony(np.full(shape, np.nan), np.empty((0, *shape)), 0)

    def windows_of(signal: Signal) -> np.ndarray:
        phasors = band_phasors(signal.data, signal.sfreq, bands, out_sfreq)
        phasors[:, [c in signal.interpolated for c in signal.channels]] = np.nan
        return windowed(phasors, starts, n)

    a, b = windows_of(therapist), windows_of(client)
    observed = plv(a, b).mean(axis=1, dtype=float)
    min_shift = round(min_shift_s * out_sfreq)
    if len(starts) * n <= 2 * min_shift:
        return Synchrony(observed, np.empty((0, *shape)), len(starts))
    null, _ = circular_shift_null(a, b, n_shifts, min_shift, np.random.default_rng(seed))
    return Synchrony(observed, null, len(starts))
