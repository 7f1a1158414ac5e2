"""Coherence: phase locking in which strong moments count more."""

import numpy as np

from interbrain.metrics.estimator import Estimator
from interbrain.metrics.members import cross_mean, of_signals


@of_signals(0, 1)
def coherence(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Magnitude of coherency, |mean S_ab| / sqrt(mean S_aa mean S_bb); not its square.

    Shapes, types and missing values as `wpli`; from 0 to 1.

    References
    ----------
    Nunez and Srinivasan (2006), Electric Fields of the Brain, 2nd ed., Oxford University Press.
    """
    return np.abs(_coherency(a, b))


@of_signals(0, 1)
def imaginary_coherence(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Absolute imaginary part of coherency, |Im mean S_ab| / sqrt(mean S_aa mean S_bb).

    Shapes, types and missing values as `wpli`; from 0 to 1.

    References
    ----------
    Nolte et al. (2004), Clinical Neurophysiology 115, 2292-2307.
    """
    return np.abs(_coherency(a, b).imag)


def _coherency(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return cross_mean(a, b) * (_per_amplitude(a)[:, :, None] * _per_amplitude(b)[:, None, :])


def _per_amplitude(z: np.ndarray) -> np.ndarray:
    """One over the root of the mean power in the window."""
    return 1 / np.sqrt(np.vecdot(z, z).real / z.shape[-1])


ESTIMATORS = (
    Estimator(
        coherence,
        "Coherence",
        "coherence",
        "magnitude of coherency, |<x conj(y)>| / sqrt(<|x|^2> <|y|^2>), not squared",
        "above 0 by chance: the mean square is 1/n, the mean about sqrt(pi / 4n)",
        "Nunez and Srinivasan (2006), Electric Fields of the Brain, 2nd ed., Oxford University Press",
    ),
    Estimator(
        imaginary_coherence,
        "Imaginary coherence",
        "imaginary coherence",
        "absolute imaginary part of coherency, |Im<x conj(y)>| / sqrt(<|x|^2> <|y|^2>)",
        "above 0 by chance, about sqrt(1 / (pi n)); blind to locking at zero lag",
        "Nolte et al. (2004), Clinical Neurophysiology 115, 2292-2307",
    ),
)
