"""Whether a null result says anything: equivalence tests against the smallest effect that would matter.

"Cannot tell" is an answer: neither a difference nor its absence is shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import atanh, sqrt

import numpy as np

from .power import ALPHA, d_interval, standardised_difference

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
        `d` (Cohen), `d_low`, `d_high` (90 %, noncentral t), `p` (two-sided t-test), `p_tost` (two one-sided
        tests: Schuirmann 1987; Lakens 2017, Social Psychological and Personality Science 8), `bf01` (JZS
        two-sample t-test, Cauchy prior of width .707: Rouder et al. 2009), `verdict`: different, equivalent,
        different but negligible, or cannot tell, at alpha .05; `sentence`.
        Groups alone are compared, without the model's other factors.

    Raises
    ------
    DesignError
        Fewer than 2 dyads in a group, or dyads that do not vary.
    """
    import pingouin
    from scipy.stats import t as student

    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    d, t, df = standardised_difference(a, b)
    low, high = d_interval(d, len(a), len(b), 0.90)
    shift = bound_d / sqrt(1 / len(a) + 1 / len(b))
    p = float(2 * student.sf(abs(t), df))
    p_tost = float(max(student.sf(t + shift, df), student.cdf(t - shift, df)))
    verdict = VERDICTS[p < ALPHA, p_tost < ALPHA]
    found = {"d": d, "d_low": low, "d_high": high, "p": p, "p_tost": p_tost}
    found["bf01"] = 1 / float(pingouin.bayesfactor_ttest(t, len(a), len(b)))
    return found | {"verdict": verdict, "sentence": _sentence(verdict, low, high, bound_d)}


def bf01_from_f(f: float, n1: int, n2: int) -> float:
    """Bayes factor for no difference from an F with one degree of freedom: an approximation, t = sqrt(F).

    It takes the model's F for that of two groups alone, as `equivalence` does for its t.
    """
    import pingouin

    return 1 / float(pingouin.bayesfactor_ttest(sqrt(f), n1, n2))


def correlation_equivalence(r: float, n: int, bound_r: float) -> dict:
    """Compare a correlation with those that would matter, by Fisher's z.

    Returns
    -------
    dict
        `p_tost` and `verdict`, as `equivalence`; different: the correlation is not zero.
    """
    from scipy.stats import norm
    from scipy.stats import t as student

    if n < 4 or not abs(r) < 1:
        return {"p_tost": np.nan, "verdict": None}
    z, bound, scale = atanh(r), atanh(bound_r), sqrt(n - 3)
    p_tost = float(max(norm.sf((z + bound) * scale), norm.cdf((z - bound) * scale)))
    p = 2 * student.sf(abs(r) * sqrt((n - 2) / (1 - r**2)), n - 2)
    return {"p_tost": p_tost, "verdict": VERDICTS[bool(p < ALPHA), p_tost < ALPHA]}


def _sentence(verdict: str, low: float, high: float, bound: float) -> str:
    interval = f"the 90 % interval of d is {low:.2f} to {high:.2f}"
    bounds = f"-{bound:g} to {bound:g}"
    return {
        "different": f"The groups differ; {interval}.",
        "equivalent": f"No difference that matters: {interval}, within {bounds}.",
        "different but negligible": f"The groups differ, by less than would matter: {interval}, "
        f"within {bounds}.",
        "cannot tell": f"This study cannot tell: {interval}; only one within {bounds} would show that "
        "there is no difference that matters.",
    }[verdict]
