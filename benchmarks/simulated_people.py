"""Simulated people for the benchmarks of chance levels: three electrodes of one site, two rhythms, cheap.

The oscillators are those of interbrain.simulate; electrode positions, artefacts, amplifiers and clocks are
left out, and band power is set exactly, because both parts of a person are filtered apart and then added.
"""

import numpy as np
from scipy.signal import lfilter

from interbrain.rhythms.phase import band_signals
from interbrain.simulate import coupled_phases

SFREQ = 100  # Hz: the signal is simulated at the rate at which phases are kept
EDGE_S = 2  # left out at both ends: the filters' transients
BANDS = {"theta": (4, 7), "alpha": (8, 12)}
PEAKS = {"theta": 5.5, "alpha": 10.0}  # Hz, the mean over people
PEAK_SD = {"theta": 0.5, "alpha": 0.8}  # Hz, between people
SITE = [0, 1, 2]
# Neighbouring electrodes share much of the background.
_SHARED = np.linalg.cholesky(np.array([[1, 0.6, 0.3], [0.6, 1, 0.6], [0.3, 0.6, 1]]) + 0.05 * np.eye(3))


def steady_person(rng, snr, duration_s, strength=1.0):
    """Band signals of somebody who is coupled to nobody.

    Parameters
    ----------
    snr : float
        Power of the rhythm over the background's, in each band.
    strength : float or array, shape (n_times,)
        Course of the rhythm's amplitude; its mean does not matter.

    Returns
    -------
    signals : array of complex64, shape (n_bands, 3, n_times)
    """
    n_times = n_samples(duration_s)
    phases = {band: coupled_phases(n_times, SFREQ, peak, 0, rng)[0] for band, peak in own_peaks(rng).items()}
    return electrodes(rng, snr, phases, strength)


def wandering_person(rng, snr, duration_s, time_constant_s=30, sd_hz=0.5, sd_log_strength=0.7, diffusion=0.5):
    """The same with narrow rhythms whose frequency and strength wander slowly, so that windows are alike."""
    n_times = n_samples(duration_s)

    def wander():
        keep = np.exp(-1 / (time_constant_s * SFREQ))
        steps = rng.standard_normal(n_times) * np.sqrt(1 - keep**2)
        steps[0] = rng.standard_normal()
        return lfilter([1], [1, -keep], steps)  # Ornstein-Uhlenbeck, SD 1

    phases = {
        band: rng.uniform(0, 2 * np.pi)
        + np.cumsum(2 * np.pi * (peak + sd_hz * wander()) / SFREQ)
        + np.cumsum(rng.standard_normal(n_times)) * np.sqrt(2 * diffusion / SFREQ)
        for band, peak in own_peaks(rng).items()
    }
    return electrodes(rng, snr, phases, np.exp(sd_log_strength * wander()))


def coupled_people(rng, snr, plv, duration_s):
    """Band signals of two people whose oscillators have this PLV in each band, and so one peak frequency."""
    n_times = n_samples(duration_s)
    pairs = {band: coupled_phases(n_times, SFREQ, peak, plv, rng) for band, peak in own_peaks(rng).items()}
    return [electrodes(rng, snr, {band: pair[who] for band, pair in pairs.items()}) for who in range(2)]


def own_peaks(rng):
    """One person's peak frequencies, Hz, within the bands."""
    return {
        band: float(np.clip(rng.normal(PEAKS[band], PEAK_SD[band]), low + 0.2, high - 0.2))
        for band, (low, high) in BANDS.items()
    }


def electrodes(rng, snr, phases, strength=1.0):
    """Band signals of three electrodes that see 1/f background and the rhythms of these phases."""
    noise = background(rng, len(next(iter(phases.values()))))
    rhythms = np.cos(np.stack(list(phases.values()))) * strength
    signals = band_signals(np.concatenate([noise, rhythms]), SFREQ, BANDS, SFREQ)
    total = signals[:, :3].copy()
    for rhythm in range(len(BANDS)):
        power = (np.abs(signals[rhythm]) ** 2).mean(axis=-1)
        total += np.sqrt(snr * power[:3].mean() / power[3 + rhythm]) * signals[:, 3 + rhythm, None]
    return total


def background(rng, n_times):
    """1/f noise of the three electrodes, (3, n_times)."""
    spectrum = np.fft.rfft(rng.standard_normal((3, n_times)))
    spectrum /= np.sqrt(np.maximum(np.fft.rfftfreq(n_times, 1 / SFREQ), 0.3))
    return _SHARED @ np.fft.irfft(spectrum, n_times)


def n_samples(duration_s):
    return round((duration_s + 2 * EDGE_S) * SFREQ)


def window_starts(duration_s, length_s):
    """First samples of all windows between the edges."""
    return SFREQ * EDGE_S + round(length_s * SFREQ) * np.arange(int(duration_s / length_s))
