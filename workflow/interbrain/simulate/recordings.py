"""Simulated recordings in memory, with the parts that they are made of: for tests and benchmarks.

Writes no file and has no triggers; the two of a pair begin at the same instant and run on one clock.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from .dyads import Run
from .heads import CHANNELS
from .members import Member, Sensed

if TYPE_CHECKING:
    from mne.io import BaseRaw

FREQUENCIES = MappingProxyType({"theta": 5.5, "alpha": 10.0})
BANDS = MappingProxyType({"theta": (4, 7), "alpha": (8, 12)})
ROIS = MappingProxyType({"frontal": ("F3", "Fz", "F4"), "central": ("C3", "Cz", "C4")})


@dataclass(frozen=True)
class SimulatedRecording:
    """One simulated recording.

    Attributes
    ----------
    raw : mne.io.Raw
        EEG channels as in `CHANNELS`, volts, not referenced; their sum of `parts`.
    parts : dict of str to array, shape (n_channels, n_times)
        Volts; see `members.Sensed`.
    truth : dict
        snr (band -> mean over the ROI channels), planted (list of artefacts), and of a pair expected_plv
        (band -> PLV at the sensors without artefacts). Plain values.
    """

    raw: object
    parts: dict[str, np.ndarray]
    truth: dict


def simulate_recording(
    member: Member = Member(),  # noqa: B008  frozen
    *,
    seed: Sequence[int],
    duration_s: float = 120.0,
    sfreq: float = 500.0,
    line_frequency: float = 50.0,
    frequencies: Mapping[str, float] = FREQUENCIES,
    bands: Mapping[str, Sequence[float]] = BANDS,
    rois: Mapping[str, Sequence[str]] = ROIS,
) -> SimulatedRecording:
    """Simulate one person alone.

    The same seed with other artefacts gives the same brain, mains and electrodes.
    """
    run = Run(dict.fromkeys(bands, 0.0), frequencies, bands, rois, duration_s, sfreq, line_frequency, True)
    (recording,) = _simulated(run, (member,), seed)
    del recording.truth["expected_plv"]
    return recording


def simulate_pair(
    therapist: Member = Member(),  # noqa: B008  frozen
    client: Member = Member(),  # noqa: B008  frozen
    *,
    plv: Mapping[str, float],
    seed: Sequence[int],
    duration_s: float = 120.0,
    sfreq: float = 500.0,
    line_frequency: float = 50.0,
    same_room: bool = True,
    frequencies: Mapping[str, float] = FREQUENCIES,
    bands: Mapping[str, Sequence[float]] = BANDS,
    rois: Mapping[str, Sequence[str]] = ROIS,
) -> tuple[SimulatedRecording, SimulatedRecording]:
    """Simulate two people whose sources have a known PLV (`plv`: band -> value), on one clock.

    Examples
    --------
    >>> therapist, client = simulate_pair(plv={"theta": 0.2, "alpha": 0.4}, seed=[1], duration_s=20)
    >>> len(therapist.raw.ch_names), therapist.raw.info["sfreq"]
    (32, 500.0)
    """
    run = Run(plv, frequencies, bands, rois, duration_s, sfreq, line_frequency, same_room)
    one, other = _simulated(run, (therapist, client), seed)
    return one, other


def _simulated(run: Run, people: Sequence[Member], seed: Sequence[int]) -> list[SimulatedRecording]:
    if any(m.offset_s or m.drift_ppm or m.lost_s or m.missed_pulse is not None for m in people):
        raise ValueError("recordings in memory have one clock and no gaps or triggers; use simulate_dyad")
    rng = np.random.default_rng(seed)
    times, pairs = run.oscillators(2.0, rng)
    sensed = [found for _, found in run.members(people, times, pairs, rng)]
    expected = run.expected_plv(times, pairs, [found.snr for found in sensed])
    return [SimulatedRecording(_raw(s, run.sfreq), s.parts, _truth(s, expected)) for s in sensed]


def _raw(sensed: Sensed, sfreq: float) -> BaseRaw:
    import mne

    return mne.io.RawArray(sensed.eeg, mne.create_info(list(CHANNELS), sfreq, "eeg"), verbose="error")


def _truth(sensed: Sensed, expected: Mapping[str, float]) -> dict:
    snr = {band: float(values.mean()) for band, values in sensed.snr.items()}
    return {"snr": snr, "planted": sensed.planted, "expected_plv": dict(expected)}
