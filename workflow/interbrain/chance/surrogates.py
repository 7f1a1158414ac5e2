"""One member's rhythm made anew from its spectrum alone: the phases of its Fourier components are random.

What a rhythm has beyond its spectrum goes, bursts and steady amplitudes alike: the weakest of the nulls.
"""

import numpy as np
from scipy import fft

from interbrain.chance.repairing import Metric
from interbrain.metrics import arranged, check_phasors
from interbrain.metrics.estimators.locking import plv
from interbrain.rhythms.phase import unit_phasors


def phase_randomised(signal: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A signal of the same spectra and cross-spectra, with random phases.

    Parameters
    ----------
    signal : array of complex, shape (..., n_channels, n_times)
        Continuous analytic signals.

    Returns
    -------
    surrogate : array, shape (..., n_channels, n_times)
        Each frequency turned by one random angle, the same for all channels: what they share within the
        brain stays. NaN throughout for a channel that has NaN.

    References
    ----------
    Prichard and Theiler (1994), Physical Review Letters 73, 951-954.
    """
    signal = np.asarray(signal)
    return _turned(fft.fft(signal), rng)


def phase_randomisation_null(
    a: np.ndarray,
    b: np.ndarray,
    n_surrogates: int,
    rng: np.random.Generator,
    metric: Metric = plv,
    over: str = "time",
) -> np.ndarray:
    """Synchrony of the therapist with surrogates of the client.

    The client's kept windows are joined in time, their Fourier phases randomised, and cut again.

    Parameters
    ----------
    a, b : array of complex, shape (n_bands, n_epochs, n_channels, n_times)
        Analytic signals of therapist and client in the kept windows, in order of time, not overlapping.
        Unit phasors will do for an estimator of phases; the spectrum that is kept is then theirs.
    n_surrogates : int
    rng : numpy.random.Generator
        Source of the phases; the same seed gives the same null.
    metric : callable
        An estimator from metrics.METRICS; one that does not need signals gets unit phasors of both.
    over : str
        What it averages over, one of metrics.OVER.

    Returns
    -------
    null : array of float64, shape (n_surrogates, n_bands, n_channels_a, n_channels_b)
        Mean over windows for each surrogate; NaN for a channel that has NaN in any window.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> a, b = np.exp(2j * np.pi * rng.random((2, 1, 6, 2, 100)))
    >>> phase_randomisation_null(a, b, n_surrogates=5, rng=rng).shape
    (5, 1, 2, 2)
    """
    a, b = check_phasors(a, b)
    if n_surrogates < 1:
        raise ValueError(f"At least 1 surrogate is needed, not {n_surrogates}.")
    n_bands, n_windows, n_channels, n_times = b.shape
    of_signals = getattr(metric, "needs", "phase") == "signal"
    a = arranged(a if of_signals else unit_phasors(a), over)
    spectrum = fft.fft(arranged(b, "recording")[:, 0])  # (bands, channels, all samples)
    null = []
    for _ in range(n_surrogates):
        train = _turned(spectrum, rng)
        train = train if of_signals else unit_phasors(train)
        windows = train.reshape(n_bands, n_channels, n_windows, n_times).swapaxes(1, 2)
        null.append(metric(a, arranged(windows, over)).mean(axis=1, dtype=float))
    return np.stack(null)


def _turned(spectrum: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    angles = rng.uniform(0, 2 * np.pi, spectrum.shape[-1])
    return fft.ifft(spectrum * np.exp(1j * angles).astype(spectrum.dtype))
