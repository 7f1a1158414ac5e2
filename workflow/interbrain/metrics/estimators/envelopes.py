"""Amplitude: do two brains' rhythms wax and wane together, whatever their phases do?"""

import numpy as np

from interbrain.metrics.estimator import Estimator
from interbrain.metrics.members import beyond_rounding, correlation, imaginary_products, of_signals


@of_signals(-1, 1)
def aec(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Amplitude envelope correlation: of the logarithms of both amplitudes.

    Shapes and types as `wpli`; from -1 to 1. NaN for a channel that has NaN, an amplitude of 0 at any
    instant, or an amplitude that does not vary.

    References
    ----------
    Hipp et al. (2012), Nature Neuroscience 15, 884-890.
    """
    return correlation(_log_envelope(a), _log_envelope(b))


@of_signals(-1, 1)
def aec_orthogonalised(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Amplitude envelope correlation without what both signals have in common at zero lag.

    Of each signal only the part at right angles to the other is kept, of amplitude |a| |sin d| or
    |b| |sin d| with d = phase a - phase b; it is correlated with the other's whole amplitude, in logarithms,
    and the two directions are averaged. Shapes, types and missing values as `aec`; NaN also where the lag
    is 0 throughout.

    References
    ----------
    Hipp et al. (2012), Nature Neuroscience 15, 884-890.
    """
    n = a.shape[-1]
    of_a, of_b = _log_envelope(a), _log_envelope(b)
    var_a, var_b = np.vecdot(of_a, of_a)[:, :, None] / n, np.vecdot(of_b, of_b)[:, None, :] / n
    largest, var_s, cov_as, cov_bs = np.empty((4, *a.shape[:2], b.shape[1]), dtype=of_a.dtype)
    for i, k, sine in imaginary_products(a / np.abs(a), b / np.abs(b)):
        s = np.abs(sine)
        largest[:, i, k] = s.max(axis=-1)
        np.log(np.maximum(s, np.finfo(s.dtype).eps, out=s), out=s)  # a smaller sine is rounding error
        s -= s.mean(axis=-1, keepdims=True)
        cov_as[:, i, k] = np.vecdot(of_a[:, i, None], s) / n
        cov_bs[:, i, k] = np.vecdot(of_b[:, k], s) / n
        var_s[:, i, k] = np.vecdot(s, s) / n
    cov_ab = of_a @ of_b.swapaxes(-1, -2) / n
    # log(|a| |sin d|) = log |a| + s, with log |b|; and the other way round
    part_of_a = (cov_ab + cov_bs) / _deviation(var_a + 2 * cov_as + var_s, var_b)
    part_of_b = (cov_ab + cov_as) / _deviation(var_b + 2 * cov_bs + var_s, var_a)
    return np.where(np.isnan(beyond_rounding(largest)), np.nan, (part_of_a + part_of_b) / 2)


def _deviation(var_x: np.ndarray, var_y: np.ndarray) -> np.ndarray:
    return beyond_rounding(np.sqrt(var_x)) * beyond_rounding(np.sqrt(var_y))


def _log_envelope(z: np.ndarray) -> np.ndarray:
    """Logarithm of the amplitude about its mean in the window."""
    amplitude = np.abs(z)
    course = np.log(amplitude / amplitude.mean(axis=-1, keepdims=True))
    return course - course.mean(axis=-1, keepdims=True)


ESTIMATORS = (
    Estimator(
        aec,
        "Amplitude envelope correlation",
        "AEC",
        "correlation of log|x| and log|y|",
        "0 on average; its spread is wide, because an envelope varies slowly: n is about the bandwidth "
        "in Hz times the seconds",
        "Hipp et al. (2012), Nature Neuroscience 15, 884-890",
    ),
    Estimator(
        aec_orthogonalised,
        "Orthogonalised amplitude envelope correlation",
        "orthogonalised AEC",
        "correlation of log(|x| |sin d|) and log|y|, and of log(|y| |sin d|) and log|x|, averaged",
        "0 on average; blind to what both have in common at zero lag",
        "Hipp et al. (2012), Nature Neuroscience 15, 884-890",
        slow=True,
    ),
)
