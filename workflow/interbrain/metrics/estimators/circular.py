"""Circular correlation: do the two phases leave their own mean courses together?"""

import numpy as np

from interbrain.metrics.estimator import Estimator
from interbrain.metrics.members import beyond_rounding, correlation, cross_mean, of_phases


@of_phases(-1, 1)
def ccorr(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Circular correlation: of the sines of both phases, each about its circular mean in the window.

    Shapes, types and missing values as `plv`; from -1 to 1.

    References
    ----------
    Jammalamadaka and SenGupta (2001), Topics in Circular Statistics, World Scientific, section 8.2.
    """
    return correlation(_sine_about_mean(a), _sine_about_mean(b))


@of_phases(-1, 1)
def accorr(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Adjusted circular correlation: the mean phases are chosen for each pair, where they are well defined.

    (R- - R+) / (2 sqrt(mean sin^2(a - m) mean sin^2(b - n))) with R-+ = |mean exp(i (a -+ b))|, mu-+ their
    angles, m = (mu- + mu+) / 2 and n = (mu+ - mu-) / 2. Shapes, types and missing values as `plv`; from -1
    to 1.

    References
    ----------
    Zimmermann et al. (2024), Imaging Neuroscience 2, 1-22, doi 10.1162/imag_a_00350.

    Notes
    -----
    2 mean sin^2(a - m) = 1 - Re(mean exp(2ia) exp(-2im)), and exp(2im) is the product of the directions of
    the two means: no angle has to be taken, and no pair needs its own pass over time.
    """
    difference, total = cross_mean(a, b), cross_mean(a, b.conj())
    minus, plus = _direction(difference), _direction(total)  # exp(i mu-), exp(i mu+)
    doubled_a, doubled_b = ((x**2).mean(axis=-1) for x in (a, b))  # mean exp(2ia), mean exp(2ib)
    spread_a = 1 - (doubled_a[..., :, None] * (minus * plus).conj()).real
    spread_b = 1 - (doubled_b[..., None, :] * (minus.conj() * plus).conj()).real
    r_minus, r_plus = np.abs(difference), np.abs(total)
    return (r_minus - r_plus) / np.sqrt(beyond_rounding(spread_a) * beyond_rounding(spread_b))


def _sine_about_mean(phasors: np.ndarray) -> np.ndarray:
    return (phasors * _direction(phasors.mean(axis=-1, keepdims=True)).conj()).imag


def _direction(z: np.ndarray) -> np.ndarray:
    """z / |z|, and 1 where z is 0: there any direction is as good."""
    size = np.abs(z)
    return np.where(size == 0, 1, z / size).astype(z.dtype, copy=False)


ESTIMATORS = (
    Estimator(
        ccorr,
        "Circular correlation",
        "circular correlation",
        "sum sin(a - a0) sin(b - b0) / sqrt(sum sin^2(a - a0) sum sin^2(b - b0)), a and b the phases, "
        "a0 and b0 their circular means",
        "0 on average, SD about sqrt(1/n). The mean phase of an oscillation is ill defined: "
        "the adjusted circular correlation avoids that",
        "Jammalamadaka and SenGupta (2001), Topics in Circular Statistics, World Scientific",
    ),
    Estimator(
        accorr,
        "Adjusted circular correlation",
        "adjusted circular correlation",
        "(R- - R+) / (2 sqrt(<sin^2(a - m)> <sin^2(b - n)>)), R-+ = |<exp(i(a -+ b))>|, mu-+ their "
        "angles, m = (mu- + mu+) / 2, n = (mu+ - mu-) / 2, a and b the phases",
        "0 on average for independent samples; locking of the phases' difference is positive, of their "
        "sum negative. Over time two rhythms of a band drift apart slowly while the sum of their phases "
        "turns fast: R+ is near 0, and without coupling it lies above 0, about as high as PLV",
        "Zimmermann et al. (2024), Imaging Neuroscience 2, 1-22",
    ),
)
