"""What one amplifier sees of one simulated head, part by part: brain, artefacts, mains and electrodes.

Not a model of the brain: one fronto-central oscillator a band on a background of 1/f noise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from .artifacts import AMPLIFIER_NOISE_V, Artifacts, additive, put_faults
from .heads import CHANNELS, background, electrode_positions, focal_field


@dataclass(frozen=True)
class Member:
    """One simulated person at one amplifier.

    Attributes
    ----------
    snr : float
        In-band power of the oscillation over the background, mean over the ROI channels.
    mains_uv : float
        Amplitude of the line interference; each channel sees 0.5 to 1.5 of it.
    artifacts : Artifacts
        What is planted; by default nothing.
    offset_s, drift_ppm : float
        The amplifier's clock: its time = offset_s + (1 + drift_ppm 1e-6) x true time.
    lost_at_s, lost_s : float
        When (in the amplifier's time) and for how long samples were lost; 0 s: none.
    missed_pulse : int or None
        Index of a shared trigger that this amplifier did not see.
    """

    snr: float = 4.0
    mains_uv: float = 6.0
    artifacts: Artifacts = field(default_factory=Artifacts)
    offset_s: float = 0.0
    drift_ppm: float = 0.0
    lost_at_s: float = 0.0
    lost_s: float = 0.0
    missed_pulse: int | None = None


@dataclass(frozen=True)
class Sensed:
    """A recording's parts, whose sum is the recording, and the truth about them.

    Attributes
    ----------
    parts : dict of str to array, shape (n_channels, n_samples)
        Volts, channels as in `CHANNELS`: background, each band's oscillation, mains, electrodes (potentials
        that wander), amplifier (its noise), and what was planted: blinks, saccades, muscle, heart, drift,
        steps, noisy, loose.
    snr : dict of band to array, shape (n_roi_channels,)
        In-band power SNR that was really reached at each ROI channel, after the average reference, without
        any artefact.
    planted : list of dict
        See `artifacts.additive`.
    """

    parts: dict[str, np.ndarray]
    snr: dict[str, np.ndarray]
    planted: list[dict]

    @property
    def eeg(self) -> np.ndarray:
        """Volts, shape (n_channels, n_samples)."""
        return np.asarray(sum(self.parts.values()))


def sense(
    phases: Mapping[str, np.ndarray],
    times: np.ndarray,
    clock_times: np.ndarray,
    sfreq: float,
    bands: Mapping[str, Sequence[float]],
    roi_channels: Sequence[str],
    member: Member,
    mains: np.ndarray,
    rng: np.random.Generator,
    channels: Sequence[str] = CHANNELS,
) -> Sensed:
    """What one amplifier sees of one head; parameters as of `member_signal`.

    `sfreq` (Hz) is the amplifier's own rate: planted artefacts have their times by it. `channels` are those
    over which an analysis can take the average reference; what is sensed has all `CHANNELS`.
    """
    import mne

    positions = electrode_positions()
    roi = [CHANNELS.index(name) for name in roi_channels]
    referred = [CHANNELS.index(name) for name in channels]
    n_samples = len(clock_times)
    parts = {"background": background(positions, n_samples, sfreq, rng)}
    waves = {band: np.cos(np.interp(clock_times, times, phase)) for band, phase in phases.items()}

    def as_analysed(x: np.ndarray) -> np.ndarray:
        return np.asarray(x[roi] - x[referred].mean(axis=0))

    # A band's source is one wave at all electrodes: of the sources only the waves are filtered.
    field = focal_field(positions, positions[[CHANNELS.index(n) for n in ("Fz", "Cz")]].mean(axis=0), 0.07)
    seen = as_analysed(field)
    rows = np.vstack([as_analysed(parts["background"]), *waves.values()])
    noise, heard, size = {}, {}, {}
    for band in waves:
        filtered = mne.filter.filter_data(rows, sfreq, *bands[band], verbose="error")
        noise[band], heard[band] = filtered[: len(roi)], dict(zip(waves, filtered[len(roi) :], strict=True))
        power = seen**2 * heard[band][band].var()
        size[band] = np.sqrt(member.snr / np.mean(power / noise[band].var(axis=1)))
        parts[band] = np.outer(field, size[band] * waves[band])
    snr = {}
    for band in waves:
        for other in (one for one in waves if one != band):
            noise[band] += np.outer(seen, size[other] * heard[band][other])
        snr[band] = (seen * size[band]) ** 2 * heard[band][band].var() / noise[band].var(axis=1)
    gains = rng.uniform(0.5, 1.5, len(CHANNELS))
    offsets = rng.uniform(-20e-3, 20e-3, len(CHANNELS))  # DC-coupled: electrode potentials of millivolts
    wander = 0.5e-3 * np.sin(2 * np.pi * clock_times / 60 + rng.uniform(0, 6, (len(CHANNELS), 1)))
    hiss = AMPLIFIER_NOISE_V * rng.standard_normal((len(CHANNELS), n_samples))
    added, planted = additive(member.artifacts, positions, n_samples, sfreq, rng)
    parts |= added
    parts |= {"mains": np.outer(gains, mains), "electrodes": wander + offsets[:, None], "amplifier": hiss}
    planted += put_faults(member.artifacts, parts, n_samples / sfreq)
    return Sensed(parts, snr, planted)


def member_signal(
    phases: Mapping[str, np.ndarray],
    times: np.ndarray,
    clock_times: np.ndarray,
    bands: Mapping[str, Sequence[float]],
    roi_channels: Sequence[str],
    member: Member,
    mains: np.ndarray,
    rng: np.random.Generator,
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """What one amplifier sees of one head, without the parts.

    Parameters
    ----------
    phases : mapping band -> array, shape (n_times,)
        The member's oscillators on true time `times` (s).
    clock_times : array, shape (n_samples,)
        True time of each sample of this amplifier.
    mains : array, shape (n_samples,)
        Line interference at those samples, volts; `member.mains_uv` is not used.

    Returns
    -------
    eeg : array, shape (n_channels, n_samples)
        Volts, channels as in `CHANNELS`.
    snr : mapping band -> array, shape (n_roi_channels,)
        In-band power SNR that was really reached at each ROI channel, after the average reference.
    """
    sfreq = 1 / np.median(np.diff(clock_times))
    sensed = sense(phases, times, clock_times, sfreq, bands, roi_channels, member, mains, rng)
    return sensed.eeg, sensed.snr
