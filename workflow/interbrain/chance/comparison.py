"""An observed value against its null distribution: chance level, spread, z and p.

Takes any null; how the null was made is the other modules' matter.
"""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Chance:
    """An observed value against its null; each field has the shape of the observed values.

    mean and sd (n - 1) of the null; z = (observed - mean) / sd; p = (b + 1) / (m + 1), one-sided, b of m
    null values at or above the observed one; above = observed - mean.
    """

    mean: np.ndarray
    sd: np.ndarray
    z: np.ndarray
    p: np.ndarray
    above: np.ndarray


def summary(observed: np.ndarray, null: np.ndarray) -> Chance:
    """Compare observed values with their null distribution.

    Parameters
    ----------
    observed : array, shape (...)
        For example window-mean PLV of channel pairs, or its mean over a ROI.
    null : array, shape (n_members, ...)
        The same quantity for each shift, pseudo-dyad or surrogate. A ROI's null is the ROI mean of each,
        because the pairs of a ROI are not independent.

    Returns
    -------
    chance : Chance
        Fields of shape (...), float64; z, p and above are NaN where the observed value or its null
        has NaN, and all five for a null without members. sd and z are NaN for a single member, z also
        where the null does not vary.

    Examples
    --------
    >>> import numpy as np
    >>> found = summary(np.array(0.30), np.array([0.10, 0.12, 0.14]))
    >>> round(float(found.above), 2), float(found.p)  # no null value reaches it: p is 1 / (3 + 1)
    (0.18, 0.25)
    """
    observed, null = np.asarray(observed, dtype=float), np.asarray(null, dtype=float)
    if null.ndim == 0 or null.shape[1:] != observed.shape:
        raise ValueError(
            f"Observed values of shape {observed.shape} need a null of shape (n_members, ...), with the same "
            f"dimensions after the first; it has {null.shape}."
        )
    n_members = len(null)
    mean = null.mean(axis=0) if n_members else np.full_like(observed, np.nan)
    sd = null.std(axis=0, ddof=1) if n_members > 1 else np.full_like(mean, np.nan)
    above = observed - mean
    z = np.divide(above, sd, out=np.full_like(above, np.nan), where=sd > 0)
    p = ((null >= observed).sum(axis=0) + 1) / (n_members + 1)
    return Chance(mean, sd, z, np.where(np.isnan(above), np.nan, p), above)
