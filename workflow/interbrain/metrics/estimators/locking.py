"""Phase locking: how steady the difference between two phases is, whatever the lag."""

import numpy as np

from interbrain.metrics.estimator import Estimator
from interbrain.metrics.members import beyond_rounding, cross_mean, of_phases


@of_phases(0, 1)
def plv(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Phase-locking value over time, |mean of exp(i (phase a - phase b))|, for all pairs between brains.

    Parameters
    ----------
    a, b : array of complex, shape (n_bands, n_epochs, n_channels, n_times)
        Unit phasors of the two members, simultaneous; the numbers of channels may differ.

    Returns
    -------
    plv : array, shape (n_bands, n_epochs, n_channels_a, n_channels_b)
        From 0 to 1; float32 for complex64 phasors (rounding about 1e-7), float64 for complex128. NaN for
        the pairs of a channel that has NaN or one and the same value throughout, and for no other pair.

    References
    ----------
    Lachaux et al. (1999), Human Brain Mapping 8, 194-208.

    Examples
    --------
    Two members whose phase difference is fixed, and two who have nothing to do with each other:

    >>> import numpy as np
    >>> rng = np.random.default_rng(1)
    >>> phase = rng.uniform(0, 2 * np.pi, (1, 1, 1, 500))
    >>> locked, stranger = np.exp(1j * (phase + 0.7)), np.exp(1j * rng.uniform(0, 2 * np.pi, phase.shape))
    >>> np.round([plv(np.exp(1j * phase), other).item() for other in (locked, stranger)], 3)
    array([1.   , 0.034])
    """
    return np.abs(cross_mean(a, b))


@of_phases(-1, 1)
def ppc(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Pairwise phase consistency: the mean cosine between the phase differences of any two samples.

    As the squared PLV, but without its bias where samples are independent; those of one window are not.
    Shapes, types and missing values as `plv`; from -1 / (n_times - 1) to 1.

    References
    ----------
    Vinck et al. (2010), NeuroImage 51, 112-122.

    Examples
    --------
    >>> import numpy as np
    >>> phasors = np.exp(2j * np.pi * np.random.default_rng(0).random((1, 1, 1, 500)))
    >>> round(ppc(phasors, phasors).item(), 6)
    1.0
    """
    n = a.shape[-1]
    return (n * np.abs(cross_mean(a, b)) ** 2 - 1) / (n - 1)


@of_phases(0, 1)
def ciplv(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Corrected imaginary PLV: locking at any lag but 0 and half a cycle.

    Shapes, types and missing values as `plv`; from 0 to 1; NaN also where the lag is 0 throughout.

    References
    ----------
    Bruna, Maestu and Pereda (2018), Journal of Neural Engineering 15, 056011.

    Examples
    --------
    Locking a quarter of a cycle apart, and none at all:

    >>> import numpy as np
    >>> phasors = np.exp(2j * np.pi * np.random.default_rng(0).random((2, 1, 1, 1, 500)))
    >>> [round(ciplv(phasors[0], other).item(), 2) for other in (1j * phasors[0], phasors[1])]
    [1.0, 0.03]
    """
    mean = cross_mean(a, b)
    return np.abs(mean.imag) / np.sqrt(beyond_rounding(1 - mean.real**2))


ESTIMATORS = (
    Estimator(
        plv,
        "Phase-Locking Value",
        "PLV",
        "|<exp(i d)>|",
        "above 0 by chance: the mean square is 1/n, the mean about sqrt(pi / 4n)",
        "Lachaux et al. (1999), Human Brain Mapping 8, 194-208",
    ),
    Estimator(
        ppc,
        "Pairwise Phase Consistency",
        "PPC",
        "(n |<exp(i d)>|^2 - 1) / (n - 1), n samples",
        "0 on average for independent samples; samples of one window depend on each other, which leaves "
        "it above 0 over time, a little more at a higher sampling rate",
        "Vinck et al. (2010), NeuroImage 51, 112-122",
    ),
    Estimator(
        ciplv,
        "Corrected imaginary Phase-Locking Value",
        "ciPLV",
        "|Im<exp(i d)>| / sqrt(1 - Re<exp(i d)>^2)",
        "above 0 by chance, about sqrt(1 / (pi n)); blind to locking at zero lag",
        "Bruna, Maestu and Pereda (2018), Journal of Neural Engineering 15, 056011",
    ),
)
