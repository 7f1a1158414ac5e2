"""Simulated dyads with a known truth: two brains, two amplifiers, two clocks, Poly5 files as of a Mobita.

Not a model of the brain: each member has one oscillator a band on a background of 1/f noise, so that
the PLV that an analysis should find can be written down in closed form.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

CHANNELS = [
    *("Fp1", "Fp2", "AF3", "AF4", "F7", "F3", "Fz", "F4", "F8", "FC5", "FC1", "FC2", "FC6", "T7", "C3", "Cz"),
    *("C4", "T8", "CP5", "CP1", "CP2", "CP6", "P7", "P3", "Pz", "P4", "P8", "PO3", "PO4", "O1", "Oz", "O2"),
]
TRIGGER_IDLE, TRIGGER_ACTIVE = 8, 0
SAW_MODULUS = 4096
# Phase diffusion of the oscillators, rad^2/s: a line about D/pi = 0.8 Hz wide, well inside its band.
DIFFUSION = 2.5


@dataclass(frozen=True)
class Member:
    """One simulated person at one amplifier.

    Attributes
    ----------
    snr : float
        In-band power of the oscillation over the background, mean over the ROI channels.
    offset_s, drift_ppm : float
        The amplifier's clock: its time = offset_s + (1 + drift_ppm 1e-6) x true time.
    lost_at_s, lost_s : float
        When (in the amplifier's time) and for how long samples were lost; 0 s: none.
    missed_pulse : int or None
        Index of a shared trigger that this amplifier did not see.
    """

    snr: float = 4.0
    offset_s: float = 0.0
    drift_ppm: float = 0.0
    lost_at_s: float = 0.0
    lost_s: float = 0.0
    missed_pulse: int | None = None


def concentration(plv: float) -> float:
    """Kappa of the von Mises phase difference whose PLV is I1(kappa)/I0(kappa) = `plv`."""
    from scipy.optimize import brentq
    from scipy.special import ive

    if not 0 <= plv < 0.99:
        raise ValueError(f"a simulated PLV lies in 0 ... 0.99, not {plv}")
    return 0.0 if plv == 0 else float(brentq(lambda k: ive(1, k) / ive(0, k) - plv, 1e-9, 1e3))


def attenuation(snr: np.ndarray | float) -> np.ndarray:
    """Share of a source's PLV that one sensor keeps: the mean phase error's resultant in Gaussian noise.

    rho(s) = 1/2 sqrt(pi s) exp(-s/2) [I0(s/2) + I1(s/2)] for a constant-amplitude oscillation at in-band
    power SNR s; PLV between two sensors is PLV between the sources x rho(s1) x rho(s2).
    """
    from scipy.special import ive

    s = np.asarray(snr, float)
    return 0.5 * np.sqrt(np.pi * s) * (ive(0, s / 2) + ive(1, s / 2))


def coupled_phases(
    n_times: int, sfreq: float, frequency: float, plv: float, rng: np.random.Generator
) -> np.ndarray:
    """Phases of two noisy Kuramoto oscillators whose phase difference is von Mises with a stated PLV.

    Returns
    -------
    phases : array, shape (2, n_times)
        Unwrapped, in rad. With coupling K and diffusion D each, the difference is von Mises(K/D).

    Notes
    -----
    Without coupling (`plv` 0) the two are independent and their difference diffuses freely.
    """
    step = 1.0 / sfreq
    pull = concentration(plv) * DIFFUSION * step
    kicks = rng.standard_normal((2, n_times)) * np.sqrt(2 * DIFFUSION * step)
    common, difference = kicks.sum(axis=0), (kicks[0] - kicks[1]).tolist()
    if pull:
        # The difference pulls itself to zero: the one recursion that cannot be vectorised.
        from math import sin

        state = float(rng.vonmises(0, pull / (DIFFUSION * step)))
        for k, kick in enumerate(difference):
            state += kick - 2 * pull * sin(state)
            difference[k] = state
        difference = np.array(difference)
    else:
        difference = rng.uniform(-np.pi, np.pi) + np.cumsum(difference)
    mean = (
        np.cumsum(common) / 2 + rng.uniform(-np.pi, np.pi) + 2 * np.pi * frequency * step * np.arange(n_times)
    )
    return np.stack([mean + difference / 2, mean - difference / 2])


def plv_in_band(phases: np.ndarray, sfreq: float, band: Sequence[float], inside: np.ndarray) -> float:
    """PLV of two oscillators after the band's filter, as an analysis would see them without any noise.

    A band filter smooths fast phase differences: at the default diffusion a PLV of .85 becomes .92 in theta
    and .91 in alpha. The coupling is at zero lag, so the real part of the mean is taken, which is not biased.

    Parameters
    ----------
    phases : array, shape (2, n_times)
    inside : array of bool, shape (n_times,)
        The samples to average over.
    """
    import mne
    from scipy.signal import hilbert

    analytic = hilbert(mne.filter.filter_data(np.cos(phases), sfreq, *band, verbose="error"))[:, inside]
    return max(float(np.cos(np.angle(analytic[0] * analytic[1].conj())).mean()), 0.0)


def _positions(channels: Sequence[str]) -> np.ndarray:
    import mne

    where = mne.channels.make_standard_montage("colin27_1005").get_positions()["ch_pos"]
    return np.array([where[name] for name in channels])


def _topography(positions: np.ndarray, centre: np.ndarray, width_m: float) -> np.ndarray:
    return np.exp(-((positions - centre) ** 2).sum(axis=1) / (2 * width_m**2))


def _background(positions: np.ndarray, n_times: int, sfreq: float, rng: np.random.Generator) -> np.ndarray:
    """1/f noise, volts, correlated between near electrodes, about 10 uV RMS."""
    distance = np.linalg.norm(positions[:, None] - positions[None], axis=2)
    volume_conduction = np.exp(-(distance**2) / (2 * 0.05**2)) + 0.05 * np.eye(len(positions))
    spectrum = np.fft.rfft(rng.standard_normal((len(positions), n_times)))
    frequency = np.fft.rfftfreq(n_times, 1 / sfreq)
    spectrum *= 1 / np.sqrt(np.maximum(frequency, 0.3))
    noise = np.fft.irfft(spectrum, n_times)
    return np.linalg.cholesky(volume_conduction) @ noise * (10e-6 / noise.std())


def _blinks(positions: np.ndarray, n_times: int, sfreq: float, rng: np.random.Generator) -> np.ndarray:
    """About four blinks a minute, volts: a third of a second long, about 120 uV at Fp1 and Fp2."""
    train = np.zeros(n_times)
    shape = np.hanning(int(0.35 * sfreq))
    for _ in range(rng.poisson(4 * n_times / sfreq / 60)):
        start = int(rng.integers(0, n_times - len(shape)))
        train[start : start + len(shape)] += rng.lognormal(np.log(120e-6), 0.25) * shape
    front = positions[:, 1] - positions[:, 1].min()
    return np.outer((front / front.max()) ** 4, train)


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
    """What one amplifier sees of one head.

    Parameters
    ----------
    phases : mapping band -> array, shape (n_times,)
        The member's oscillators on true time `times` (s).
    clock_times : array, shape (n_samples,)
        True time of each sample of this amplifier.
    mains : array, shape (n_samples,)
        Line interference at those samples, volts.

    Returns
    -------
    eeg : array, shape (n_channels, n_samples)
        Volts, channels as in `CHANNELS`.
    snr : mapping band -> array, shape (n_roi_channels,)
        In-band power SNR that was really reached at each ROI channel, after the average reference.
    """
    import mne

    positions = _positions(CHANNELS)
    sfreq = 1 / np.median(np.diff(clock_times))
    roi = [CHANNELS.index(name) for name in roi_channels]
    n_samples = len(clock_times)
    background = _background(positions, n_samples, sfreq, rng)
    sources, oscillations = {}, np.zeros_like(background)
    centre = positions[[CHANNELS.index(n) for n in ("Fz", "Cz")]].mean(axis=0)

    def in_band(x: np.ndarray, band: str) -> np.ndarray:
        referenced = x[roi] - x.mean(axis=0)  # as the analysis will see it
        return mne.filter.filter_data(referenced, sfreq, *bands[band], verbose="error").var(axis=1)

    for band, phase in phases.items():
        wave = np.cos(np.interp(clock_times, times, phase))
        source = np.outer(_topography(positions, centre, 0.07), wave)
        noise = in_band(background, band)
        source *= np.sqrt(member.snr / np.mean(in_band(source, band) / noise))
        sources[band] = source
        oscillations += source
    clean = background + oscillations
    snr = {b: in_band(s, b) / in_band(clean - s, b) for b, s in sources.items()}
    gains = rng.uniform(0.5, 1.5, len(CHANNELS))
    offsets = rng.uniform(-20e-3, 20e-3, len(CHANNELS))  # DC-coupled: electrode potentials of millivolts
    wander = 0.5e-3 * np.sin(2 * np.pi * clock_times / 60 + rng.uniform(0, 6, (len(CHANNELS), 1)))
    eeg = clean + _blinks(positions, n_samples, sfreq, rng) + np.outer(gains, mains)
    return eeg + offsets[:, None] + wander, snr


def shared_pulses(duration_s: float, rng: np.random.Generator) -> np.ndarray:
    """True times (s) of the triggers that go to both amplifiers: irregular, every 5 to 9 s."""
    pulses = np.cumsum(rng.uniform(5, 9, int(duration_s / 5) + 2)) - 3
    return pulses[(pulses > 1) & (pulses < duration_s - 1)]


def simulate_dyad(
    therapist_file: Path,
    client_file: Path,
    *,
    plv: Mapping[str, float],
    frequencies: Mapping[str, float],
    bands: Mapping[str, Sequence[float]],
    rois: Mapping[str, Sequence[str]],
    therapist: Member,
    client: Member,
    duration_s: float,
    sfreq: float,
    line_frequency: float,
    same_room: bool,
    start,
    seed: Sequence[int],
) -> dict[str, dict[str, float]]:
    """Simulate one run of one dyad and write both raw files.

    Parameters
    ----------
    plv, frequencies, bands : mapping band -> value
        PLV between the two sources, their frequency (Hz) and the band's edges (Hz).
    same_room : bool
        Both amplifiers see the same mains (same phase); else each its own.
    start : datetime
        When the therapist's recording began, as the file's header tells it (1 s resolution).
    seed : sequence of int
        All randomness comes from here.

    Returns
    -------
    truth : mapping band -> {"snr_therapist", "snr_client", "expected_plv"}
        Means over the ROI channels; `expected_plv` is the PLV at the sensors: that of the two oscillators
        in this run (`plv_in_band`), by `attenuation`, mean over the channel pairs of each ROI, then over the
        ROIs; 0 without coupling.
    """
    from datetime import timedelta

    rng = np.random.default_rng(seed)
    margin = 2.0 + max(abs(therapist.offset_s), abs(client.offset_s))
    times = np.arange(-margin, duration_s + margin, 1 / sfreq)
    pairs = {b: coupled_phases(len(times), sfreq, frequencies[b], plv[b], rng) for b in bands}
    pulses = shared_pulses(duration_s, rng)
    roi_channels = [name for names in rois.values() for name in names]
    reached = []
    for index, (member, path) in enumerate(((therapist, therapist_file), (client, client_file))):
        local = np.arange(int(duration_s * sfreq)) / sfreq
        true = (local - member.offset_s) / (1 + member.drift_ppm * 1e-6)
        room = 0.0 if same_room else rng.uniform(0, 2 * np.pi)
        mains = 6e-6 * np.sin(2 * np.pi * line_frequency * true + room)
        phases = {b: pairs[b][index] for b in bands}
        eeg, snr = member_signal(phases, times, true, bands, roi_channels, member, mains, rng)
        reached.append(snr)
        seen = [p for i, p in enumerate(pulses) if i != member.missed_pulse]
        began = start - timedelta(seconds=member.offset_s)
        _write_mobita(path, eeg, sfreq, true, seen, member, began, rng)
    ends = np.cumsum([len(names) for names in rois.values()])[:-1]

    def expected(band: str) -> float:
        if plv[band] == 0:
            return 0.0
        # The mean over the pairs of an ROI of a product is the product of the two means.
        kept = [[rho.mean() for rho in np.split(attenuation(snr[band]), ends)] for snr in reached]
        inside = (times >= 0) & (times < duration_s)
        return plv_in_band(pairs[band], sfreq, bands[band], inside) * float(np.mean(np.prod(kept, axis=0)))

    return {
        b: {
            "snr_therapist": float(reached[0][b].mean()),
            "snr_client": float(reached[1][b].mean()),
            "expected_plv": expected(b),
        }
        for b in bands
    }


def _write_mobita(path, eeg, sfreq, true_times, pulses, member: Member, began, rng) -> None:
    """The 37 channels of a Mobita: 32 ExG, accelerometer, digital input, saw-tooth counter."""
    from interbrain.formats.poly5 import write_poly5

    n = eeg.shape[1]
    digital = np.full(n, float(TRIGGER_IDLE))
    for pulse in pulses:
        digital[(true_times >= pulse) & (true_times < pulse + 0.04)] = TRIGGER_ACTIVE
    gravity = np.array([[0.0], [0.1], [1.0]]) + 0.01 * rng.standard_normal((3, n))
    saw = np.arange(n) % SAW_MODULUS
    data = np.vstack([eeg * 1e6, gravity, digital, saw])
    if member.lost_s:
        first, count = int(member.lost_at_s * sfreq), int(member.lost_s * sfreq)
        data = np.delete(data, np.s_[first : first + count], axis=1)
    names = [f"ExG{i:02d}" for i in range(1, 33)] + ["X", "Y", "Z", "Digi", "Saw"]
    units = ["µVolt"] * 32 + ["g"] * 3 + ["", ""]
    write_poly5(path, data, sfreq, names, units, name="simulated", start=began)
