"""PLV above chance of thousands of simulated dyads at once: three electrodes each, alpha, circular shifts.

The oscillators are those of interbrain.simulate with individual peaks; background and rhythm have their exact
in-band power. Signals are kept as complex envelopes around 10 Hz, which changes no PLV.
"""

import numpy as np
from scipy import fft
from simulated_people import _SHARED as SHARED

from interbrain.chance import circular_shift_null, summary
from interbrain.metrics import arranged
from interbrain.metrics.estimators.locking import plv
from interbrain.simulate.coupling import DIFFUSION, concentration

SFREQ = 16  # Hz, of the envelope: four times the band's width
LENGTH_S = 5
PEAK_SD = 0.8  # Hz, between people
BAND_HZ = 2.0  # half the band's width
N_SHIFTS = 20
BATCH = 250  # dyads that share their lags


def dyads(n, rng, *, snr=1.0, coupling=0.0, windows=60, over="time"):
    """PLV above chance, shape (n,), and the share of shifts that reach it, of dyads of one kind.

    Parameters
    ----------
    snr : float
        Power of the rhythm over the background's in the band, of both members.
    coupling : float
        PLV of the two oscillators.
    windows : int
        Of 5 s.
    over : str
        What PLV averages over, as in the config: ``time`` in each window, or the ``recording``.
    """
    found = [_some(min(BATCH, n - first), rng, snr, coupling, windows, over) for first in range(0, n, BATCH)]
    return tuple(np.concatenate(each) for each in zip(*found, strict=True))


def _some(n, rng, snr, coupling, windows, over):
    n_times = (windows + 2) * LENGTH_S * SFREQ  # a window at either end is cut off with the filter's edges
    phases = _phases(n, n_times, coupling, rng)
    signals = [_member(phase, snr, rng) for phase in phases]
    edge = LENGTH_S * SFREQ
    a, b = (_phasors(s[..., edge:-edge], windows) for s in signals)
    null, _ = circular_shift_null(a, b, N_SHIFTS, edge, rng, over=over)
    observed = plv(arranged(a, over), arranged(b, over)).mean(axis=1, dtype=float)
    chance = summary(observed.mean(axis=(1, 2)), null.mean(axis=(2, 3)))
    return chance.above, chance.p


def _phasors(signal, windows):
    """Shape (n, 3, n_times) to (n, windows, 3, n_times of a window): dyads stand in the place of bands."""
    n, electrodes, _ = signal.shape
    cut = (signal / np.abs(signal)).reshape(n, electrodes, windows, -1)
    return np.ascontiguousarray(cut.swapaxes(1, 2), dtype=np.complex64)


def _phases(n, n_times, coupling, rng):
    """Phases around 10 Hz of both members, shape (2, n, n_times); coupled dyads share their peak."""
    step = 1 / SFREQ
    peaks = np.clip(rng.normal(0, PEAK_SD, (2, n)), -BAND_HZ + 0.2, BAND_HZ - 0.2)
    peaks = peaks if coupling == 0 else np.stack([peaks[0], peaks[0]])
    turning = 2 * np.pi * peaks[:, :, None] * step * np.arange(n_times)
    if coupling == 0:
        walk = np.cumsum(rng.standard_normal((2, n, n_times)), axis=-1) * np.sqrt(2 * DIFFUSION * step)
        return turning + walk + rng.uniform(0, 2 * np.pi, (2, n, 1))
    fine = 8  # the pull needs a finer step than the envelope does
    step /= fine
    kappa = concentration(coupling)
    state, common = rng.vonmises(0, kappa, n), rng.uniform(0, 2 * np.pi, n)
    difference, mean = np.empty((n, n_times)), np.empty((n, n_times))
    for k in range(n_times):
        difference[:, k], mean[:, k] = state, common
        for kicks in rng.standard_normal((fine, 2, n)) * np.sqrt(2 * DIFFUSION * step):
            state = state + kicks[0] - kicks[1] - 2 * kappa * DIFFUSION * step * np.sin(state)
            common = common + (kicks[0] + kicks[1]) / 2
    return turning + np.stack([mean + difference / 2, mean - difference / 2])


def _member(phase, snr, rng):
    """The rhythm in the noise of three electrodes, each in the band, with the SNR exact: (n, 3, n_times)."""
    n, n_times = phase.shape
    frequency = np.abs(fft.fftfreq(n_times, 1 / SFREQ))
    gain = np.clip((BAND_HZ + 0.5 - frequency) / 1.0, 0, 1).astype(np.float32)  # edges 1 Hz wide
    noise = rng.standard_normal((n, 3, n_times, 2), dtype=np.float32).view(np.complex64)[..., 0]
    noise = SHARED.astype(np.float32) @ fft.ifft(noise * gain)  # its spectrum may be drawn at once
    rhythm = fft.ifft(fft.fft(np.exp(1j * phase).astype(np.complex64)) * gain)[:, None]
    power = [np.mean(np.abs(x) ** 2, axis=(1, 2), keepdims=True) for x in (rhythm, noise)]
    return np.sqrt(snr / power[0]) * rhythm + noise / np.sqrt(power[1])
