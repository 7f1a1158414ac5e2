"""Pearson correlation with its interval, Bayes factor and line; what stands beside it; Holm's correction.

scipy and pingouin compute; here stands what they are asked, and what is refused before.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from .design import DesignError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

MINIMUM_PAIRS = 4  # Fisher's interval divides by the root of n - 3
FLAT = 1e-12  # a range below this share of the largest value is rounding, not variation


def correlation(x: ArrayLike, y: ArrayLike, confidence: float = 0.95) -> dict[str, float]:
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
    x, y, _ = _complete_pairs(x, y)

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


def robust_correlations(
    x: ArrayLike,
    y: ArrayLike,
    *,
    covariates: np.ndarray | None = None,
    n_boot: int = 10_000,
    seed: Sequence[int] = (0,),
) -> dict[str, float]:
    """Ask of a correlation what a few dyads, the tails or further variables do to it.

    Parameters
    ----------
    x, y : sequence of float, shape (n,)
        As `correlation`.
    covariates : array of float, shape (n, k), optional
        Given in the partial correlation, which alone leaves out the pairs that lack one.
    n_boot : int
        Resamples of pairs.
    seed : sequence of int
        Of the resamples.

    Returns
    -------
    dict
        `spearman`, `p_spearman`; `percbend`, `p_percbend` (percentage bend, beta .2: Wilcox 1994,
        Psychometrika 59:601; NaN where most values are the same); `bca_low`, `bca_high` (95 % BCa bootstrap
        interval of Pearson's r: Efron 1987, JASA 82:171; NaN where a resample does not vary, as with half a
        dozen pairs or fewer, or where the pairs lie on a line); `loo_low`, `loo_high` (range of Pearson's r
        with one pair left out), `loo_low_at`, `loo_high_at` (position of that pair in `x`); `partial_r`,
        `partial_p` (n - 2 - k degrees of freedom), `partial_low`, `partial_high` (95 %, Fisher, n - 3 - k),
        `partial_n` (pairs; 0, and the rest NaN, where nothing is given, too few pairs are left, or the
        covariates explain a variable entirely). A covariate that is constant or follows from the others is
        not counted in k.

    Raises
    ------
    DesignError
        As `correlation`, and covariates of another length.
    """
    size = np.size(x)
    if covariates is not None and len(covariates) != size:
        raise DesignError(f"{len(covariates)} rows of covariates cannot belong to {size} pairs.")
    x, y, complete = _complete_pairs(x, y)

    from scipy.stats import spearmanr

    rank = spearmanr(x, y)
    bend, p_bend = percentage_bend(x, y)
    low, high = _bca_interval(x, y, n_boot, seed)
    given = None if covariates is None else np.asarray(covariates, dtype=float)[complete]
    return {
        "spearman": float(rank.statistic),
        "p_spearman": float(rank.pvalue),
        "percbend": bend,
        "p_percbend": p_bend,
        "bca_low": low,
        "bca_high": high,
        **_leaving_one_out(x, y, np.flatnonzero(complete)),
        **_partial(x, y, given),
    }


def holm(p: ArrayLike) -> np.ndarray:
    """Correct a family of p-values for its size (Holm 1979); NaN is no test and stays NaN."""
    corrected = np.array(p, dtype=float)
    known = np.flatnonzero(np.isfinite(corrected))
    order = known[np.argsort(corrected[known])]
    times = np.arange(len(order), 0, -1)
    corrected[order] = np.minimum(np.maximum.accumulate(corrected[order] * times), 1)
    return corrected


def partial_correlation(x: pd.Series, y: pd.Series, given: pd.DataFrame) -> dict[str, float]:
    """Correlate what the covariates leave of two variables; who lacks any of them is left out.

    Parameters
    ----------
    x, y : Series, length n
        As `correlation`.
    given : DataFrame, shape (n, k)
        Its columns' names are those that the messages use.

    Returns
    -------
    dict
        `n_dyads`, `r`, `df2` (n - 2 - k), `p`, `ci_low`, `ci_high` (95 %, Fisher, n - 3 - k).

    Raises
    ------
    DesignError
        As `correlation`; a covariate that does not vary or follows from the others, no degrees of freedom.
    """
    known = np.isfinite(given.to_numpy(float)).all(axis=1)
    x, y, complete = _complete_pairs(*(values.where(known) for values in (x, y)))
    given = given[complete]
    n, k = given.shape
    for name, column in given.items():
        if np.ptp(column) <= FLAT * np.abs(column).max():
            raise DesignError(f"{name} is the same in every dyad.")
    if n - 3 - k < 1:
        raise DesignError(f"{n} dyads are too few for a correlation given {k} covariates: at least {k + 4}.")
    centred = given - given.mean()
    if np.linalg.matrix_rank(centred / np.linalg.norm(centred, axis=0)) < k:
        raise DesignError(f"{' and '.join(map(str, given))} cannot be separated: they vary together.")
    found = _partial(x, y, given.to_numpy(float))
    if not found["partial_n"]:
        raise DesignError(f"{' and '.join(map(str, given))} explain a variable entirely.")
    return {
        "n_dyads": n,
        "r": found["partial_r"],
        "df2": n - 2 - k,
        "p": found["partial_p"],
        "ci_low": found["partial_low"],
        "ci_high": found["partial_high"],
    }


def _complete_pairs(x: ArrayLike, y: ArrayLike) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Both variables where neither is missing, and where that is, shape (n,); refused where hopeless."""
    names = [getattr(values, "name", None) or letter for values, letter in ((x, "x"), (y, "y"))]
    one, other = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    if one.shape != other.shape or one.ndim != 1:
        raise DesignError(f"A correlation needs pairs; it was given {one.size} and {other.size} values.")
    complete = np.isfinite(one) & np.isfinite(other)
    one, other = one[complete], other[complete]
    if len(one) < MINIMUM_PAIRS:
        raise DesignError(
            f"{'1 dyad' if len(one) == 1 else f'{len(one)} dyads'} with both values "
            f"{'is' if len(one) == 1 else 'are'} too few for a correlation: at least {MINIMUM_PAIRS} are "
            "needed."
        )
    for name, values in zip(names, (one, other), strict=True):
        if np.ptp(values) <= FLAT * np.abs(values).max():
            raise DesignError(f"{name} is the same in every dyad.")
    return one, other, complete


def _pearson(x: np.ndarray, y: np.ndarray, axis: int = -1) -> np.ndarray:
    """Pearson's r along an axis; NaN where a variable does not vary."""
    products = []
    for values in (x, y):
        varies = np.ptp(values, axis=axis, keepdims=True) > FLAT * np.abs(values).max(
            axis=axis, keepdims=True
        )
        centred = np.where(varies, values - values.mean(axis=axis, keepdims=True), np.nan)
        products.append(centred / np.linalg.norm(centred, axis=axis, keepdims=True))
    return np.clip(np.sum(products[0] * products[1], axis=axis), -1, 1)


def percentage_bend(x: np.ndarray, y: np.ndarray, beta: float = 0.2) -> tuple[float, float]:
    """Percentage bend correlation and its p; NaN where so many values equal the median that nothing bends.

    With the rounding of the paper, m = [(1 - beta) n + 1/2]; pingouin's has m = [(1 - beta) n].

    Parameters
    ----------
    x, y : array, shape (n,)
    beta : float
        Share of the values that may be bent.

    References
    ----------
    Wilcox (1994), Psychometrika 59, 601-616.
    """
    from scipy.stats import t as student

    bent = []
    for values in (x, y):
        away = values - np.median(values)
        scale = np.sort(np.abs(away))[int((1 - beta) * len(values) + 0.5) - 1]
        if not scale > FLAT * np.abs(values).max():
            return np.nan, np.nan
        low, high = away < -scale, away > scale
        inside = values[~(low | high)]
        middle = (inside.sum() + scale * (high.sum() - low.sum())) / len(inside)
        bent.append(np.clip((values - middle) / scale, -1, 1))
    a, b = bent
    r = float(a @ b / np.sqrt((a @ a) * (b @ b)))
    with np.errstate(divide="ignore"):
        t = abs(r) * np.sqrt((len(x) - 2) / np.float64(max(1 - r**2, 0)))
    return r, float(2 * student.sf(t, len(x) - 2))


def _bca_interval(x: np.ndarray, y: np.ndarray, n_boot: int, seed: Sequence[int]) -> tuple[float, float]:
    from scipy.stats import bootstrap

    if 1 - abs(_pearson(x, y)) < FLAT:
        return np.nan, np.nan
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")  # scipy warns of what comes back as NaN
        interval = bootstrap(
            (x, y),
            _pearson,
            n_resamples=n_boot,
            vectorized=True,
            paired=True,
            method="BCa",
            rng=np.random.default_rng(list(seed)),
        ).confidence_interval
    return float(interval.low), float(interval.high)


def _leaving_one_out(x: np.ndarray, y: np.ndarray, positions: np.ndarray) -> dict[str, float]:
    n = len(x)
    others = np.array([np.delete(np.arange(n), out) for out in range(n)])  # (n, n - 1)
    r = _pearson(x[others], y[others])
    if np.isnan(r).all():
        return dict.fromkeys(("loo_low", "loo_low_at", "loo_high", "loo_high_at"), np.nan)
    low, high = np.nanargmin(r), np.nanargmax(r)
    return {
        "loo_low": float(r[low]),
        "loo_low_at": int(positions[low]),
        "loo_high": float(r[high]),
        "loo_high_at": int(positions[high]),
    }


def _partial(x: np.ndarray, y: np.ndarray, given: np.ndarray | None) -> dict[str, float]:
    """Pearson's r of what the covariates, shape (n, k), leave of two variables, least squares."""
    from scipy.stats import norm
    from scipy.stats import t as student

    nothing = dict.fromkeys(("partial_r", "partial_p", "partial_low", "partial_high"), np.nan)
    nothing["partial_n"] = 0
    if given is None or given.size == 0:
        return nothing
    known = np.isfinite(given).all(axis=1)
    n = int(known.sum())
    if n < MINIMUM_PAIRS:
        return nothing
    given, pair = given[known], np.column_stack([x, y])[known]
    varies = np.ptp(given, axis=0) > FLAT * np.abs(given).max(axis=0)
    given = given[:, varies] - given[:, varies].mean(axis=0)
    given = given / np.linalg.norm(given, axis=0)
    pair = pair - pair.mean(axis=0)
    k = int(np.linalg.matrix_rank(given)) if given.size else 0
    if k == 0 or n - 3 - k < 1:
        return nothing
    left = pair - given @ np.linalg.lstsq(given, pair, rcond=None)[0]
    if (np.linalg.norm(left, axis=0) <= 1e-10 * np.linalg.norm(pair, axis=0)).any():
        return nothing
    r, df = float(_pearson(*left.T)), n - 2 - k
    with np.errstate(divide="ignore"):  # r of 1
        low, high = np.tanh(np.arctanh(r) + norm.ppf([0.025, 0.975]) / np.sqrt(n - 3 - k))
        p = 2 * student.sf(abs(r) * np.sqrt(df / np.float64(1 - r**2)), df)
    return {
        "partial_r": r,
        "partial_p": float(p),
        "partial_low": float(low),
        "partial_high": float(high),
        "partial_n": n,
    }
