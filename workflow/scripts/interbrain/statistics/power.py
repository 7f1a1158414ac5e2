"""What a study of this size can see: effect sizes with intervals, and the dyads that they would need.

statsmodels (through pingouin) and scipy compute; here stands what they are asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, inf, isfinite, sqrt

import numpy as np

from .design import DesignError

ALPHA = 0.05
MOST = 1e6  # no study is planned with more dyads a group


def standardised_difference(a: Sequence[float], b: Sequence[float]) -> tuple[float, float, int]:
    """Cohen's d of two groups with the pooled SD, its t, and the degrees of freedom.

    Raises
    ------
    DesignError
        Fewer than 2 dyads in a group, or dyads that do not vary.
    """
    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    if min(len(a), len(b)) < 2:
        raise DesignError(
            f"Groups of {len(a)} and {len(b)} dyads are too small to compare: at least 2 each are needed."
        )
    df = len(a) + len(b) - 2
    pooled = sqrt((a.var(ddof=1) * (len(a) - 1) + b.var(ddof=1) * (len(b) - 1)) / df)
    if not pooled > 1e-12 * max(np.abs(a).max(), np.abs(b).max()):
        raise DesignError("The dyads do not vary within the groups: a difference has no size.")
    d = float(a.mean() - b.mean()) / pooled
    return d, d / sqrt(1 / len(a) + 1 / len(b)), df


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
    from scipy.optimize import brentq
    from scipy.stats import nct

    scale = sqrt(1 / n1 + 1 / n2)
    t, df = d / scale, n1 + n2 - 2 if df is None else df

    def bound(share: float) -> float:
        reach = abs(t) + 20
        return brentq(lambda delta: nct.sf(t, df, delta) - share, t - reach, t + reach) * scale

    return bound((1 - confidence) / 2), bound((1 + confidence) / 2)


def power_of_difference(a: Sequence[float], b: Sequence[float]) -> dict:
    """What two groups' difference is, what it would need, and what this study could see.

    Parameters
    ----------
    a, b : sequence of float, shape (n_dyads,)

    Returns
    -------
    dict
        `d`, `d_low`, `d_high` (95 %), `n_for_80`, `n_for_90` (dyads in all, in equal groups, for that power
        at a true effect of d, two-sided alpha .05), `detectable_d` (power .80 with these groups),
        `safeguard_d` (the lower end of the 60 % interval: Perugini, Gallucci & Costantini 2014, Perspectives
        on Psychological Science 9), `n_for_safeguard` (power .80), `sentence`.

    Raises
    ------
    DesignError
        As `standardised_difference`.
    """
    d, _, _ = standardised_difference(a, b)
    low, high = d_interval(d, len(a), len(b))
    ends = sorted(abs(end) for end in d_interval(d, len(a), len(b), 0.60))
    signs = {end > 0 for end in d_interval(d, len(a), len(b), 0.60)}
    safeguard = ends[0] if len(signs) == 1 else 0.0
    found = {
        "d": d,
        "d_low": low,
        "d_high": high,
        "n_for_80": dyads_needed(d, 0.80),
        "n_for_90": dyads_needed(d, 0.90),
        "detectable_d": detectable_d(len(a), len(b)),
        "safeguard_d": safeguard,
        "n_for_safeguard": dyads_needed(safeguard, 0.80),
    }
    return found | {"sentence": _sentence(found, len(a) + len(b))}


def dyads_needed(d: float, power: float) -> float:
    """Dyads in two equal groups, in all, that see a true effect of d; NaN where no study could."""
    import pingouin

    d = abs(d)
    if power_of_d(d, int(MOST), int(MOST)) < power:
        return np.nan
    if power_of_d(d, 2, 2) >= power:
        return 4
    per_group = ceil(pingouin.power_ttest(d=d, power=power, alpha=ALPHA))
    return 2.0 * per_group


def power_of_d(d: float, n1: int, n2: int) -> float:
    """Power of the two-sided t-test of two groups at a true effect of d."""
    from scipy.stats import nct, t

    df, shift = n1 + n2 - 2, abs(d) / sqrt(1 / n1 + 1 / n2)
    if shift > 30:
        return 1.0
    critical = t.isf(ALPHA / 2, df)
    return float(nct.sf(critical, df, shift) + nct.cdf(-critical, df, shift))


def detectable_d(n1: int, n2: int, power: float = 0.80) -> float:
    """The smallest true effect that these groups see with that power."""
    from scipy.optimize import brentq

    highest = 1.0
    while power_of_d(highest, n1, n2) < power:
        highest *= 2
        if highest > 1e3:
            return np.nan
    return brentq(lambda d: power_of_d(d, n1, n2) - power, 0, highest)


def _sentence(found: dict, n: int) -> str:
    see = f"{n} dyads see a difference of d = {found['detectable_d']:.2f} or more with 80 % power"
    if not isfinite(found["n_for_80"] or inf):
        return f"{see}; the one found (d = {found['d']:.2f}) is too small for any study."
    needs = f"one of the size found (d = {found['d']:.2f}) would need {found['n_for_80']:.0f}"
    if not isfinite(found["n_for_safeguard"]):
        return f"{see}; {needs}, but its direction is not sure."
    safe = f"a cautious d of {found['safeguard_d']:.2f} {found['n_for_safeguard']:.0f}"
    return f"{see}; {needs}, {safe}."
