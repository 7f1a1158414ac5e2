"""Two oscillators with a known phase-locking value, in closed form and in samples.

Knows no electrodes: what a sensor keeps of a source is `attenuation`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from interbrain.problems import InterbrainError

# Phase diffusion of the oscillators, rad^2/s: a line about D/pi = 0.8 Hz wide, well inside its band.
DIFFUSION = 2.5


def concentration(plv: float) -> float:
    """Kappa of the von Mises phase difference whose PLV is I1(kappa)/I0(kappa) = `plv`."""
    from scipy.optimize import brentq
    from scipy.special import ive

    if not 0 <= plv < 0.99:
        raise InterbrainError(f"a simulated PLV must be between 0 and 0.99, not {plv}")
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
    n_times: int, sfreq: float, frequency: float, plv: float | np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Phases of two noisy Kuramoto oscillators whose phase difference is von Mises with a stated PLV.

    Parameters
    ----------
    plv : float or array, shape (n_times,)
        An array: the coupling changes over time. After a change the difference reaches its new distribution
        within about 1 / (2 kappa D) s, without coupling within 1 / (2 D) s: tenths of a second.

    Returns
    -------
    phases : array, shape (2, n_times)
        Unwrapped, in rad. With coupling K and diffusion D each, the difference is von Mises(K/D).

    Notes
    -----
    Without coupling (`plv` 0) the two are independent and their difference diffuses freely.
    """
    step = 1.0 / sfreq
    pulls = _pulls(plv, n_times, step)
    kicks = rng.standard_normal((2, n_times)) * np.sqrt(2 * DIFFUSION * step)
    common, difference = kicks.sum(axis=0), (kicks[0] - kicks[1]).tolist()
    if any(pulls):
        # The difference pulls itself to zero: the one recursion that cannot be vectorised.
        from math import sin

        state = float(rng.vonmises(0, pulls[0] / (DIFFUSION * step)))
        for k, (kick, pull) in enumerate(zip(difference, pulls, strict=True)):
            state += kick - 2 * pull * sin(state)
            difference[k] = state
        difference = np.array(difference)
    else:
        difference = rng.uniform(-np.pi, np.pi) + np.cumsum(difference)
    mean = (
        np.cumsum(common) / 2 + rng.uniform(-np.pi, np.pi) + 2 * np.pi * frequency * step * np.arange(n_times)
    )
    return np.stack([mean + difference / 2, mean - difference / 2])


def _pulls(plv: float | np.ndarray, n_times: int, step: float) -> list[float]:
    """By how much the phase difference is pulled to zero in each step."""
    levels, which = np.unique(np.broadcast_to(plv, n_times), return_inverse=True)
    pulls = [concentration(float(level)) * DIFFUSION * step for level in levels]
    return [pulls[index] for index in which.tolist()]


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
