"""scipy's distributions at one number, to the last digit, without the checks of its arguments.

The search for a root asks for hundreds of values, and the checks take nine tenths of the time of each. The
arguments must be finite, degrees of freedom positive, and probabilities between 0 and 1: nothing is checked.
"""

from __future__ import annotations

from functools import lru_cache


def nct_sf(t: float, df: float, shift: float) -> float:
    """P(T > t) of the noncentral t."""
    from scipy.stats import nct

    return float(nct._sf(t, df, shift))


def nct_cdf(t: float, df: float, shift: float) -> float:
    """P(T <= t) of the noncentral t."""
    from scipy.stats import nct

    return float(nct._cdf(t, df, shift))


def t_sf(t: float, df: float) -> float:
    """P(T > t) of Student's t."""
    from scipy.special import stdtr

    return float(stdtr(df, -t))


def t_cdf(t: float, df: float) -> float:
    """P(T <= t) of Student's t."""
    from scipy.special import stdtr

    return float(stdtr(df, t))


@lru_cache(maxsize=4096)
def t_quantile(share: float, df: float) -> float:
    """The t below which this share of Student's distribution lies."""
    from scipy.special import stdtrit

    return float(stdtrit(df, share))


def t_isf(share: float, df: float) -> float:
    """The t above which this share of Student's distribution lies."""
    return -t_quantile(share, df)


def normal_cdf(z: float) -> float:
    """P(Z <= z) of the standard normal."""
    from scipy.special import ndtr

    return float(ndtr(z))


def f_sf(F: float, df1: float, df2: float) -> float:
    """P(X > F) of Fisher's F, which is not negative but for rounding."""
    from scipy.special import fdtrc

    return float(fdtrc(df1, df2, F)) if not F <= 0 else 1.0
