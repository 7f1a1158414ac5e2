"""What a study of this size can see: effect sizes with intervals, and the dyads that they would need.

scipy computes; here stands what it is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import isfinite, sqrt, tanh
from typing import cast

import numpy as np

from interbrain import apa

from .design import DesignError
from .distributions import nct_cdf, nct_sf, normal_cdf, t_isf, t_quantile

ALPHA = 0.05
MOST = 1_000_000  # no study is planned with more dyads a group
FAR = 8  # a shift by which the other tail is below 1e-9, and scipy's number for it not to be relied on
LARGE = 1000  # a t beside which its normal part is lost


def standardised_difference(
    a: Sequence[float] | np.ndarray, b: Sequence[float] | np.ndarray
) -> tuple[float, float, int]:
    """Cohen's d of two groups with the pooled SD, its t, and the degrees of freedom.

    Raises
    ------
    DesignError
        Fewer than 2 dyads in a group, dyads without a value, or dyads that do not vary.
    """
    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    d = float(a.mean() - b.mean()) / pooled_sd(a, b)
    return d, d / sqrt(1 / len(a) + 1 / len(b)), len(a) + len(b) - 2


def pooled_sd(a: Sequence[float] | np.ndarray, b: Sequence[float] | np.ndarray) -> float:
    """SD within two groups, in the unit of the values; refused as in `standardised_difference`."""
    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    if min(len(a), len(b)) < 2:
        raise DesignError(
            f"Groups of {len(a)} and {len(b)} dyads are too small to compare: at least 2 each are needed."
        )
    if missing := int((~np.isfinite([*a, *b])).sum()):
        raise DesignError(f"{missing} of {len(a) + len(b)} dyads have no value: leave them out first.")
    squares = a.var(ddof=1) * (len(a) - 1) + b.var(ddof=1) * (len(b) - 1)
    pooled = sqrt(squares / (len(a) + len(b) - 2))
    if not pooled > 1e-12 * max(np.abs(a).max(), np.abs(b).max()):
        raise DesignError("The dyads do not vary within the groups: an effect size cannot be computed.")
    return pooled


def d_interval(d: float, n1: int, n2: int, confidence: float = 0.95, df: int | None = None) -> tuple:
    """Confidence interval of Cohen's d of two groups, by inverting the noncentral t.

    Parameters
    ----------
    df : int, optional
        Of the error; by default n1 + n2 - 2.

    References
    ----------
    Steiger & Fouladi (1997), in Harlow, Mulaik & Steiger, What if there were no significance tests?
    """
    return d_interval_of_contrast(d, sqrt(1 / n1 + 1 / n2), n1 + n2 - 2 if df is None else df, confidence)


def d_interval_of_contrast(d: float, scale: float, df: int, confidence: float = 0.95) -> tuple[float, float]:
    """Confidence interval of d, a difference over the residual SD of a model, by the noncentral t.

    Parameters
    ----------
    scale : float
        Standard error of the difference in residual SDs; of two groups alone sqrt(1 / n1 + 1 / n2).
    df : int
        Of the error.
    """
    from scipy.optimize import brentq

    t = d / scale
    if abs(t) > LARGE:  # the noncentral t is the root of a chi-squared by then
        from scipy.stats import chi2

        ends = d * np.sqrt(chi2.ppf([(1 - confidence) / 2, (1 + confidence) / 2], df) / df)
        return float(ends.min()), float(ends.max())

    def bound(share: float) -> float:
        reach = 2 * abs(t) + 20  # with one degree of freedom the upper end is 2.2 times t
        return brentq(lambda delta: nct_sf(t, df, delta) - share, t - reach, t + reach) * scale

    return bound((1 - confidence) / 2), bound((1 + confidence) / 2)


def power_of_difference(a: Sequence[float] | np.ndarray, b: Sequence[float] | np.ndarray) -> dict:
    """What two groups' difference is, what it would need, and what this study could see.

    Parameters
    ----------
    a, b : sequence of float, shape (n_dyads,)

    Returns
    -------
    dict
        As `power_of_study`.

    Raises
    ------
    DesignError
        As `standardised_difference`.
    """
    return power_of_study(len(a), len(b), d=standardised_difference(a, b)[0])


def power_of_study(
    n1: int, n2: int, *, d: float | None = None, F: float | None = None, df: int | None = None
) -> dict:
    """What an effect of two groups would need, and what groups of this size could see.

    Parameters
    ----------
    n1, n2 : int
        Dyads, at least 2 a group.
    d, F : float
        The effect found: Cohen's d, or an F with one degree of freedom, which has no direction.
    df : int, optional
        Of the error, for the interval of d; by default n1 + n2 - 2.

    Returns
    -------
    dict
        `d`, `d_low`, `d_high` (95 %), `n_for_80`, `n_for_90` (dyads in all, in equal groups, for that power
        at a true effect of d, two-sided alpha .05), `detectable_d` (power .80 with these groups),
        `safeguard_d` (the end near zero of the 60 % interval, zero if it holds zero: Perugini, Gallucci &
        Costantini 2014, Perspectives on Psychological Science 9), `n_for_safeguard` (power .80), `sentence`.
    """
    if (d is None) == (F is None):
        raise ValueError("Give the effect either as d or as F.")
    if d is None:
        d = d_from_f(cast("float", F), n1, n2)
    scale, alone = sqrt(1 / n1 + 1 / n2), n1 + n2 - 2
    return _of_difference(d, scale, alone if df is None else df, alone, n1 + n2)


def power_of_contrast(d: float, scale: float, df: int, n_dyads: int) -> dict:
    """What this study could see of an adjusted difference, and what a cautious guess of it would need.

    Parameters
    ----------
    d, scale, df
        As `d_interval_of_contrast`.
    n_dyads : int
        In all.

    Returns
    -------
    dict
        As `power_of_study`; `detectable_d` is that of this very contrast, with the model's other terms.
    """
    return _of_difference(d, scale, df, df, n_dyads)


def _of_difference(d: float, scale: float, df: int, df_power: int, n_dyads: int) -> dict:
    low, high = d_interval_of_contrast(d, scale, df)
    safeguard = _nearest_to_zero(*d_interval_of_contrast(d, scale, df, 0.60))
    found = {
        "d": d,
        "d_low": low,
        "d_high": high,
        "n_for_80": dyads_needed(d, 0.80),
        "n_for_90": dyads_needed(d, 0.90),
        "detectable_d": _detectable(scale, df_power, 0.80),
        "safeguard_d": safeguard,
        "n_for_safeguard": dyads_needed(safeguard, 0.80),
    }
    return found | {"sentence": _sentence(found, "d", n_dyads)}


def power_of_correlation(r: float, n: int) -> dict:
    """What a correlation would need, and what a study of this size could see.

    Parameters
    ----------
    r : float
        Pearson's.
    n : int
        Dyads.

    Returns
    -------
    dict
        `r`, `r_low`, `r_high` (95 %, Fisher), `n_for_80`, `n_for_90`, `detectable_r`, `safeguard_r`,
        `n_for_safeguard`, `sentence`, as `power_of_study`. NaN with fewer than 5 dyads or an r of 1.
    """
    names = ["r_low", "r_high", "n_for_80", "n_for_90", "detectable_r", "safeguard_r", "n_for_safeguard"]
    if n < 5 or not abs(r) < 1:
        return {"r": r} | dict.fromkeys(names, np.nan) | {"sentence": None}
    low, high = r_interval(r, n)
    safeguard = _nearest_to_zero(*r_interval(r, n, 0.60))
    found = {
        "r": r,
        "r_low": low,
        "r_high": high,
        "n_for_80": dyads_needed_for_r(r, 0.80),
        "n_for_90": dyads_needed_for_r(r, 0.90),
        "detectable_r": detectable_r(n),
        "safeguard_r": safeguard,
        "n_for_safeguard": dyads_needed_for_r(safeguard, 0.80),
    }
    return found | {"sentence": _sentence(found, "r", n)}


def d_from_f(F: float, n1: int, n2: int) -> float:
    """Cohen's d of an F with one degree of freedom between two groups; without direction."""
    return sqrt(F * (1 / n1 + 1 / n2))


def r_interval(r: float, n: int, confidence: float = 0.95) -> tuple[float, float]:
    """Fisher's confidence interval of Pearson's r, which is not 1."""
    from scipy.stats import norm

    reach = norm.ppf((1 + confidence) / 2) / sqrt(n - 3)
    return tanh(np.arctanh(r) - reach), tanh(np.arctanh(r) + reach)


def dyads_needed(d: float, power: float) -> float:
    """Dyads in two equal groups, in all, that see a true effect of d; NaN where no study could."""
    return 2.0 * _fewest(lambda n: power_of_d(d, n, n), power, 2)


def dyads_needed_for_r(r: float, power: float) -> float:
    """Dyads that see a true correlation of r; NaN where no study could."""
    r = min(abs(r), 0.9999)
    return _fewest(lambda n: power_of_r(r, n), power, 5)


def power_of_r(r: float, n: int) -> float:
    """Power of the two-sided test of a true correlation of r, which is not negative, of at least 5 dyads.

    As `pingouin.power_corr` and R's `pwr.r.test`: Fisher's z with its bias taken off.
    """
    df = n - 2
    critical = t_quantile(1 - ALPHA / 2, df)
    z_critical = np.arctanh(np.sqrt(critical**2 / (critical**2 + df)))
    z = np.arctanh(r) + r / (2 * (n - 1))
    return normal_cdf((z - z_critical) * sqrt(n - 3)) + normal_cdf((-z - z_critical) * sqrt(n - 3))


def detectable_r(n: int, power: float = 0.80) -> float:
    """The smallest true correlation that so many dyads see with that power."""
    from scipy.optimize import brenth

    return float(brenth(lambda r: power_of_r(r, n) - power, 1e-10, 1 - 1e-10))


def power_of_d(d: float, n1: int, n2: int) -> float:
    """Power of the two-sided t-test of two groups at a true effect of d."""
    return _power(d, sqrt(1 / n1 + 1 / n2), n1 + n2 - 2)


def detectable_d(n1: int, n2: int, power: float = 0.80) -> float:
    """The smallest true effect that these groups see with that power."""
    return _detectable(sqrt(1 / n1 + 1 / n2), n1 + n2 - 2, power)


def _power(d: float, scale: float, df: int) -> float:
    """Of the two-sided t-test of a difference whose standard error is `scale` residual SDs."""
    shift = abs(d) / scale
    if shift > 30:
        return 1.0
    critical = t_isf(ALPHA / 2, df)
    other_tail = nct_cdf(-critical, df, shift) if shift < FAR else 0.0
    if np.isnan(other_tail):  # scipy gives up on some tails that are nothing
        other_tail = 0.0
    return nct_sf(critical, df, shift) + other_tail


def _detectable(scale: float, df: int, power: float) -> float:
    from scipy.optimize import brentq

    highest = 1.0
    while _power(highest, scale, df) < power:
        highest *= 2
    return brentq(lambda d: _power(d, scale, df) - power, 0, highest)


def _fewest(power_of: Callable[[int], float], power: float, fewest: int) -> float:
    """The smallest number, of those from `fewest` on, with that power; NaN beyond a million."""
    if power_of(MOST) < power:
        return np.nan
    low, high = fewest - 1, MOST  # too few, enough
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if power_of(middle) >= power else (middle, high)
    return float(high)


def _nearest_to_zero(low: float, high: float) -> float:
    """The size of the interval's end near zero; zero where the interval holds zero."""
    return max(low, -high, 0.0)


def _sentence(found: dict, letter: str, n: int) -> str:
    """What the study could detect, and what a cautious guess needs; the effect as found plans no study."""
    write = apa.proportion if letter == "r" else apa.number
    effect, safeguard = (write(found[name], 2) for name in (letter, f"safeguard_{letter}"))
    detectable = write(found[f"detectable_{letter}"], 2)
    size = f"|{letter}|" if letter == "r" else letter
    seen = f"With {n} dyads, this study has 80% power to detect {size} ≥ {detectable}."
    observed = f"the observed {letter} = {effect}"
    if not isfinite(found["n_for_safeguard"]):
        return (
            f"{seen} The 60% interval of {observed} includes zero: it cannot guide the size of a new study."
        )
    return (
        f"{seen} A study planned for {letter} = {safeguard}, the end near zero of the 60% interval of "
        f"{observed}, needs {apa.whole(found['n_for_safeguard'])} dyads."
    )
