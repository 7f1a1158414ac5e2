"""Phase lag: how consistently one phase runs ahead of the other. Zero lag does not count.

Each value rests on a sign or an absolute value at every instant, which no matrix product gives.
"""

import numpy as np

from interbrain.metrics.estimator import Estimator
from interbrain.metrics.members import (
    beyond_rounding,
    cross_mean,
    imaginary_products,
    of_phases,
    of_signals,
    unit_power,
)


@of_phases(0, 1)
def pli(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Phase-lag index, |mean sign of sin(phase a - phase b)|.

    Shapes, types and missing values as `plv`; from 0 to 1.

    References
    ----------
    Stam, Nolte and Daffertshofer (2007), Human Brain Mapping 28, 1178-1193.
    """
    values = np.empty((*a.shape[:2], b.shape[1]), dtype=a.real.dtype)
    for i, k, lag in imaginary_products(a, b):
        values[:, i, k] = np.abs((lag > 0).mean(axis=-1) - (lag < 0).mean(axis=-1))
    there = np.isfinite(a.sum(axis=-1))[:, :, None] & np.isfinite(b.sum(axis=-1))[:, None]
    return np.where(there, values, np.nan)  # NaN is neither above nor below 0


@of_signals(0, 1)
def wpli(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Weighted phase-lag index, |mean Im S| / mean |Im S| with the cross-spectrum S = a conj(b).

    Parameters
    ----------
    a, b : array of complex, shape (n_bands, n_epochs, n_channels, n_times)
        Analytic signals of the two members, simultaneous; the unit does not matter.

    Returns
    -------
    wpli : array, shape (n_bands, n_epochs, n_channels_a, n_channels_b)
        From 0 to 1; NaN for a channel that has NaN or one and the same value throughout, and where the
        lag is 0 throughout.

    References
    ----------
    Vinck et al. (2011), NeuroImage 55, 1548-1565.
    """
    a, b = unit_power(a), unit_power(b)
    weight = np.empty((*a.shape[:2], b.shape[1]), dtype=a.real.dtype)
    for i, k, lag in imaginary_products(a, b):
        weight[:, i, k] = np.abs(lag).mean(axis=-1)
    return np.abs(cross_mean(a, b).imag) / beyond_rounding(weight)


@of_signals(-1, 1)
def dwpli(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Debiased estimator of the squared weighted phase-lag index: the sum over pairs of different samples.

    ((sum Im S)^2 - sum Im S^2) / ((sum |Im S|)^2 - sum Im S^2). Shapes, types and missing values as `wpli`;
    about 0 without coupling, so also negative.

    References
    ----------
    Vinck et al. (2011), NeuroImage 55, 1548-1565.
    """
    a, b = unit_power(a), unit_power(b)
    n = a.shape[-1]
    weight, squares = np.empty((2, *a.shape[:2], b.shape[1]), dtype=a.real.dtype)
    for i, k, lag in imaginary_products(a, b):
        weight[:, i, k] = np.abs(lag).mean(axis=-1)
        squares[:, i, k] = np.vecdot(lag, lag) / n
    mean = cross_mean(a, b).imag
    return (n * mean**2 - squares) / (n * beyond_rounding(weight) ** 2 - squares)


ESTIMATORS = (
    Estimator(
        pli,
        "Phase Lag Index",
        "PLI",
        "|<sign(sin d)>|",
        "above 0 by chance, about sqrt(2 / (pi n)); blind to locking at zero lag",
        "Stam, Nolte and Daffertshofer (2007), Human Brain Mapping 28, 1178-1193",
        slow=True,
    ),
    Estimator(
        wpli,
        "Weighted Phase Lag Index",
        "wPLI",
        "|<Im S>| / <|Im S|> with S = x conj(y)",
        "above 0 by chance, about sqrt(4 / (pi n)) for Gaussian signals; blind to locking at zero lag",
        "Vinck et al. (2011), NeuroImage 55, 1548-1565",
        slow=True,
    ),
    Estimator(
        dwpli,
        "Debiased estimator of the squared Weighted Phase Lag Index",
        "dwPLI",
        "((sum Im S)^2 - sum Im S^2) / ((sum |Im S|)^2 - sum Im S^2) with S = x conj(y)",
        "about 0 on average for independent samples; samples of one window depend on each other, which "
        "leaves it above 0 over time, a little more at a higher sampling rate; blind to locking at zero "
        "lag",
        "Vinck et al. (2011), NeuroImage 55, 1548-1565",
        slow=True,
    ),
)
