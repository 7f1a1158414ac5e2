"""Pearson correlation with its interval, Bayes factor and line, and Holm's correction.

scipy and pingouin compute; here stands what they are asked, and what is refused before.
"""

from collections.abc import Sequence

import numpy as np

from .design import DesignError

MINIMUM_PAIRS = 4  # Fisher's interval divides by the root of n - 3


def correlation(x: Sequence[float], y: Sequence[float], confidence: float = 0.95) -> dict[str, float]:
    """Correlate two variables over dyads; pairs with a missing value are left out.

    Parameters
    ----------
    x, y : sequence of float, shape (n,)
        Paired by position; a Series lends its name to the messages. `x` is the predictor of the line.
    confidence : float
        Of Fisher's interval.

    Returns
    -------
    dict
        `n` (complete pairs), `r`, `ci_low`, `ci_high`, `p` (two-sided), `bf10` (Ly, Verhagen &
        Wagenmakers 2016, stretched beta prior of width 1), `slope` and `intercept` (least squares, y on x).

    Raises
    ------
    DesignError
        Unequal lengths, fewer than 4 complete pairs, or a variable without variation.
    """
    names = [getattr(values, "name", None) or letter for values, letter in ((x, "x"), (y, "y"))]
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    if x.shape != y.shape or x.ndim != 1:
        raise DesignError(f"A correlation needs pairs; it was given {x.size} and {y.size} values.")
    complete = np.isfinite(x) & np.isfinite(y)
    x, y = x[complete], y[complete]
    if len(x) < MINIMUM_PAIRS:
        raise DesignError(
            f"{len(x)} complete pairs are too few for a correlation: at least {MINIMUM_PAIRS} are needed."
        )
    for name, values in zip(names, (x, y), strict=True):
        if np.ptp(values) <= 1e-12 * np.abs(values).max():
            raise DesignError(f"{name} has the same value in every pair.")

    import pingouin
    from scipy.stats import linregress

    # Not pingouin.corr: it rounds the interval to two digits and gives the Bayes factor as text.
    line = linregress(x, y)
    n, r = len(x), float(line.rvalue)
    low = high = r
    if 1 - abs(r) > 1e-15:  # at 1, Fisher's z is infinite
        low, high = pingouin.compute_esci(r, n, n, eftype="r", confidence=confidence, decimals=15)
    return {
        "n": n,
        "r": r,
        "ci_low": float(low),
        "ci_high": float(high),
        "p": float(line.pvalue),
        "bf10": float(pingouin.bayesfactor_pearson(r, n)),
        "slope": float(line.slope),
        "intercept": float(line.intercept),
    }


def holm(p: Sequence[float]) -> np.ndarray:
    """Correct a family of p-values for its size (Holm 1979); NaN is no test and stays NaN."""
    import pingouin

    p = np.asarray(p, dtype=float)
    return pingouin.multicomp(p, method="holm")[1] if np.isfinite(p).any() else p.copy()
