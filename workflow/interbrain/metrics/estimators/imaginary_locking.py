"""Locking at any lag but zero and half a cycle, not corrected for what the lag makes of it."""

import numpy as np

from interbrain.metrics.estimator import Estimator
from interbrain.metrics.members import cross_mean, of_phases


@of_phases(0, 1)
def iplv(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Imaginary part of PLV, |Im mean of exp(i (phase a - phase b))|, for all pairs between brains.

    The same locking gives |sin lag| of its PLV: `ciplv` takes that out, in part. Shapes, types and missing
    values as `locking.plv`; from 0 to 1.

    References
    ----------
    Bruna, Maestu and Pereda (2018), Journal of Neural Engineering 15, 056011.
    """
    return np.abs(cross_mean(a, b).imag)


ESTIMATORS = (
    Estimator(
        iplv,
        "Imaginary part of the Phase-Locking Value",
        "iPLV",
        "|Im<exp(i d)>|",
        "above 0 by chance, about sqrt(1 / (pi n)); blind to locking at zero lag",
        "Bruna, Maestu and Pereda (2018), Journal of Neural Engineering 15, 056011",
    ),
)
