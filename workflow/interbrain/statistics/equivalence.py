"""Whether a null result says anything: equivalence tests against the smallest effect that would matter.

"Cannot tell" is an answer: neither a difference nor its absence is shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from math import atanh, exp, lgamma, log, pi, sqrt

import numpy as np

from interbrain import apa

from .correlations import holm
from .distributions import t_cdf, t_sf
from .power import (
    ALPHA,
    d_from_f,
    d_interval_of_contrast,
    pooled_sd,
    r_interval,
    standardised_difference,
)

PRIOR_WIDTH = 0.707  # of the Cauchy prior on d
VERDICTS = {
    (True, False): "different",
    (False, True): "equivalent",
    (True, True): "different but negligible",
    (False, False): "cannot tell",
}


def equivalence(a: Sequence[float], b: Sequence[float], bound_d: float) -> dict:
    """Compare two groups with one another, and with differences that would matter.

    Parameters
    ----------
    a, b : sequence of float, shape (n_dyads,)
    bound_d : float
        The smallest difference that would matter, in pooled SDs, either way.

    Returns
    -------
    dict
        `d` (Cohen), `d_low`, `d_high` (90 %, noncentral t); `g`, `g_low`, `g_high`, the same without the bias
        of small groups (Hedges 1981, J Educ Stat 6:107); `p` (two-sided t-test), `p_tost` (two one-sided
        tests: Schuirmann 1987; Lakens 2017, Social Psychological and Personality Science 8); `bound`, the
        bound in the unit of the values; `bf01` (JZS two-sample t-test, Cauchy prior of width .707: Rouder et
        al. 2009, Psychon Bull Rev 16:225); `verdict`: different, equivalent, different but negligible, or
        cannot tell, at alpha .05; `sentence`. Groups alone are compared, without the model's other factors.

    Raises
    ------
    DesignError
        As `standardised_difference`.
    """
    d, _, df = standardised_difference(a, b)
    scale = sqrt(1 / len(a) + 1 / len(b))
    return _compared(d, scale, df, bound_d, df) | {"bound": bound_d * pooled_sd(a, b)}


def equivalence_of_contrasts(contrasts: Sequence[tuple[float, float, int]], bound_d: float) -> list[dict]:
    """Compare each difference of one family, such as the pairs of a factor's levels, with what would matter.

    Parameters
    ----------
    contrasts : sequence of (d, scale, df)
        As `power.d_interval_of_contrast`.
    bound_d : float
        In residual SDs.

    Returns
    -------
    list of dict
        As `equivalence`, without `bound`, and with `p_holm` and `p_tost_holm`, corrected over the family: the
        verdict and the sentence rest on these. `bf01` takes the contrast for that of two groups with the same
        standard error.
    """
    found = [_compared(d, scale, df, bound_d, df) for d, scale, df in contrasts]
    for name in ("p", "p_tost"):
        for one, corrected in zip(found, holm([one[name] for one in found]), strict=True):
            one[f"{name}_holm"] = float(corrected)
    for one in found:
        one["verdict"] = VERDICTS[one["p_holm"] < ALPHA, one["p_tost_holm"] < ALPHA]
        one["sentence"] = _sentence(one["verdict"], one["d_low"], one["d_high"], bound_d, "d")
    return found


def equivalence_from_f(F: float, n1: int, n2: int, df: int, bound_d: float) -> dict:
    """Compare two groups by the model's F with one degree of freedom, its error's `df`, and t = sqrt(F).

    Returns
    -------
    dict
        As `equivalence`, without `bound`; d has no direction and is in SDs of the model's error. `bf01` is an
        approximation: the prior is that of two groups alone.
    """
    return _compared(d_from_f(F, n1, n2), sqrt(1 / n1 + 1 / n2), df, bound_d, n1 + n2 - 2)


def bf01_from_f(F: float, n1: int, n2: int) -> float:
    """Bayes factor for no difference from an F with one degree of freedom: an approximation, t = sqrt(F).

    It takes the model's F for that of two groups alone, as `equivalence` does for its t.
    """
    return _bf01(sqrt(F), sqrt(1 / n1 + 1 / n2), n1 + n2 - 2)


def correlation_equivalence(r: float, n: int, bound_r: float) -> dict:
    """Compare a correlation with those that would matter, by Fisher's z.

    Returns
    -------
    dict
        `p_tost`, `verdict` and `sentence` (with the 90% interval), as `equivalence`; different: the
        correlation is not zero. NaN and None with fewer than 4 dyads or an r of 1.
    """
    from scipy.stats import norm
    from scipy.stats import t as student

    if n < 4 or not abs(r) < 1:
        return {"p_tost": np.nan, "verdict": None, "sentence": None}
    z, bound, scale = atanh(r), atanh(bound_r), sqrt(n - 3)
    p_tost = float(max(norm.sf((z + bound) * scale), norm.cdf((z - bound) * scale)))
    p = 2 * student.sf(abs(r) * sqrt((n - 2) / (1 - r**2)), n - 2)
    verdict = VERDICTS[bool(p < ALPHA), p_tost < ALPHA]
    sentence = _sentence(verdict, *r_interval(r, n, 0.90), bound_r, "r")
    return {"p_tost": p_tost, "verdict": verdict, "sentence": sentence}


def _compared(d: float, scale: float, df: int, bound_d: float, df_bayes: int) -> dict:
    low, high = d_interval_of_contrast(d, scale, df, 0.90)
    t, shift = d / scale, bound_d / scale
    p = 2 * t_sf(abs(t), df)
    p_tost = max(t_sf(t + shift, df), t_cdf(t - shift, df))
    verdict = VERDICTS[p < ALPHA, p_tost < ALPHA]
    # With one degree of freedom d has no expectation, so nothing corrects it.
    unbiased = exp(lgamma(df / 2) - lgamma((df - 1) / 2)) / sqrt(df / 2) if df > 1 else np.nan
    return {
        **{"d": d, "d_low": low, "d_high": high},
        **{"g": d * unbiased, "g_low": low * unbiased, "g_high": high * unbiased},
        **{"p": p, "p_tost": p_tost, "bf01": _bf01(t, scale, df_bayes)},
        **{"verdict": verdict, "sentence": _sentence(verdict, low, high, bound_d, "d")},
    }


def _bf01(t: float, scale: float, df: int) -> float:
    """JZS Bayes factor for no difference."""
    return float(np.exp(-log_bf10(t, scale, df)))


def log_bf10(t: float, scale: float, df: int) -> float:
    """Logarithm of the JZS Bayes factor for a difference, Rouder et al. 2009, equation 1, over log g.

    Not pingouin.bayesfactor_ttest: its integral is lost, without a word, where t is in the hundreds.

    Parameters
    ----------
    t : float
    scale : float
        Standard error in SDs: of two groups the root of 1 / n1 + 1 / n2, of one 1 / the root of n.
    df : int
    """
    from scipy.special import logsumexp

    n = 1 / scale**2  # of two groups: n1 n2 / (n1 + n2)
    log_g, g, density = _prior()
    spread = 1 + n * PRIOR_WIDTH**2 * g
    given = -np.log(spread) / 2 - (df + 1) / 2 * np.log1p(t**2 / (spread * df))
    different = logsumexp(given + density) + log(log_g[1] - log_g[0])
    same = -(df + 1) / 2 * np.log1p(t**2 / df)
    return float(different - same)


@cache
def _prior() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """log g, g, and the density of log g."""
    log_g = np.linspace(-10, 80, 9001)  # the density of g is below 1e-15 at its ends
    g = np.exp(log_g)
    return log_g, g, -log(2 * pi) / 2 - log_g / 2 - 1 / (2 * g)


def _sentence(verdict: str, low: float, high: float, bound: float, letter: str) -> str:
    what, subject = {
        "d": ("difference", "The groups differ"),
        "r": ("correlation", "The two are correlated"),
    }[letter]
    write = apa.proportion if letter == "r" else apa.number
    interval = f"the 90% interval of {letter} is {write(low, 2)} to {write(high, 2)}"
    limit = f"{bound:g}".removeprefix("0" if letter == "r" else "")
    bounds = f"−{limit} to {limit}"
    if verdict == "cannot tell" and -bound < low and high < bound:
        return (
            f"This study cannot tell: {interval}, within {bounds}, but not after Holm's correction over the "
            "pairs of levels."
        )
    return {
        "different": f"{subject}; {interval}.",
        "equivalent": f"No {what} that matters: {interval}, within {bounds}.",
        "different but negligible": f"{subject}, by less than would matter: {interval}, within {bounds}.",
        "cannot tell": f"This study cannot tell: {interval}; only one within {bounds} would show that "
        f"there is no {what} that matters.",
    }[verdict]
