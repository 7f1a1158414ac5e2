"""Groups whose spread differs: tests of a factor between dyads that allow for it, and how unequal they are.

The pooled F, and with it the permutation of labels, takes one spread for all: where the smaller group varies
more, both find too much (docs/statistics/groups.md). Of the dyads' means over all cells only.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from interbrain.apa import lines
from interbrain.tables.factors import SPREAD

from .anova import ROUNDING as ARITHMETIC
from .design import DesignError, model_matrices
from .distributions import f_sf
from .notes import note
from .permutation import BATCH, ROUNDING, relabelings, smallest_p

if TYPE_CHECKING:
    from .groups import Entering

ALONE, ADJUSTED = "Welch", "Welch, adjusted"


def welch(groups: Sequence[np.ndarray]) -> dict:
    """Welch's analysis of variance; of two groups his t-test, as F = t^2.

    Parameters
    ----------
    groups : sequence of array, shape (n_dyads,)
        Of at least two values each.

    Returns
    -------
    dict
        F, df1, df_error, p; NaN where a group does not vary.

    References
    ----------
    Welch (1951), Biometrika 38.
    """
    n = np.array([len(one) for one in groups], dtype=float)
    means = np.array([np.mean(one) for one in groups])
    variances = np.array([np.var(one, ddof=1) for one in groups])
    k = len(groups)
    if not (variances > ARITHMETIC**2 * np.max(np.abs(np.concatenate(groups))) ** 2).all():
        return {"F": np.nan, "df1": k - 1, "df_error": np.nan, "p": np.nan}
    weights = n / variances
    share = weights / weights.sum()
    lost = np.sum((1 - share) ** 2 / (n - 1))
    between = np.sum(weights * (means - share @ means) ** 2) / (k - 1)
    F = float(between / (1 + 2 * (k - 2) / (k**2 - 1) * lost))
    df2 = float((k**2 - 1) / (3 * lost))
    return {"F": F, "df1": k - 1, "df_error": df2, "p": f_sf(F, k - 1, df2)}


def adjusted_welch(scores: np.ndarray, factor: np.ndarray, fixed: np.ndarray, levels: np.ndarray) -> dict:
    """Welch's test of a factor beside other terms: least squares, with a variance of each level's own.

    Parameters
    ----------
    scores : array, shape (n_dyads,)
    factor : array, shape (n_dyads, q)
        Coded columns.
    fixed : array, shape (n_dyads, k)
        The other terms, the intercept among them.
    levels : array of int, shape (n_dyads,)
        The factor's level of each dyad.

    Returns
    -------
    dict
        F, df1, df_error, p; NaN where the variance of a level cannot be estimated.

    Notes
    -----
    The coefficients b = W'y have V = sum_g s_g^2 W_g'W_g over the levels, with s_g^2 the squared residuals of
    a level over tr M_gg, what the model leaves of it, on df_g = (tr M_gg)^2 / |M_gg|^2 degrees of freedom.
    Then eta = q (q + 1) / sum_g 2 |V_g|^2 / df_g, V_g being level g's part of V in units of V, and
    F = b'V^-1 b (eta - q + 1) / (eta q) on q and eta - q + 1. Of two levels alone that is Welch's t-test.
    """
    q = factor.shape[1]
    nothing = {"F": np.nan, "df1": q, "df_error": np.nan, "p": np.nan}
    design = np.hstack([fixed, factor])
    solved = np.linalg.pinv(design)
    weights, coefficients = solved[-q:].T, (solved @ scores)[-q:]  # W, (n_dyads, q)
    left = np.eye(len(design)) - design @ solved  # M
    residuals = left @ scores
    floor = (ARITHMETIC * np.abs(scores).max()) ** 2
    parts, freedom = [], []
    for level in np.unique(levels):
        own = np.flatnonzero(levels == level)
        block = left[np.ix_(own, own)]
        if not np.trace(block) > 1e-9:
            return nothing
        variance = residuals[own] @ residuals[own] / np.trace(block)
        if not variance > floor:
            return nothing
        parts.append(variance * weights[own].T @ weights[own])
        freedom.append(np.trace(block) ** 2 / np.sum(block**2))
    V = np.sum(parts, axis=0)
    root = np.linalg.inv(np.linalg.cholesky(V))
    spread = sum(
        2 * np.sum((root @ part @ root.T) ** 2) / df for part, df in zip(parts, freedom, strict=True)
    )
    eta = q * (q + 1) / spread
    df = eta - q + 1
    if not df > 0:
        return nothing
    F = float(coefficients @ np.linalg.solve(V, coefficients) * df / (eta * q))
    return {"F": F, "df1": q, "df_error": float(df), "p": f_sf(F, q, df)}


def hc3(scores: np.ndarray, factor: np.ndarray, fixed: np.ndarray) -> dict:
    """Test a factor beside other terms with HC3 standard errors and Satterthwaite's degrees of freedom.

    Parameters
    ----------
    scores : array, shape (n_dyads,)
    factor : array, shape (n_dyads, q)
        Coded columns.
    fixed : array, shape (n_dyads, k)
        The other terms, the intercept among them.

    Returns
    -------
    dict
        F, df1, df_error, p; NaN where a dyad is fitted exactly, so that its error is not known.

    Notes
    -----
    Wald's Q with V = sum g_i g_i' e_i^2, g_i the weights of dyad i in the coefficients over 1 - h_i. With the
    usual n - p degrees of freedom HC3 finds too much in groups of few dyads; here they are those of V under
    equal spread: eta = q (q + 1) / sum var(d_st) of V in units of its expectation, and F = Q (eta - q + 1) /
    (eta q) on q and eta - q + 1. With q = 1 that is Bell and McCaffrey's.

    References
    ----------
    MacKinnon & White (1985), Journal of Econometrics 29; Bell & McCaffrey (2002), Survey Methodology 28;
    Pustejovsky & Tipton (2018), Journal of Business & Economic Statistics 36.
    """
    q = factor.shape[1]
    nothing = {"F": np.nan, "df1": q, "df_error": np.nan, "p": np.nan}
    Q = wald(scores, factor[None], fixed)[0]
    if not np.isfinite(Q):
        return nothing
    design = np.hstack([fixed, factor])
    inverse = np.linalg.inv(design.T @ design)
    residual_maker = np.eye(len(design)) - design @ inverse @ design.T
    weights = (design @ inverse)[:, -q:] / np.diag(residual_maker)[:, None]  # g, (n_dyads, q)
    expected = (weights * np.diag(residual_maker)[:, None]).T @ weights
    weights = weights @ np.linalg.inv(np.linalg.cholesky(expected)).T
    products = np.einsum("is,it->ist", weights, weights)
    spread = 2 * np.einsum("ist,jst,ij->", products, products, residual_maker**2)
    eta = q * (q + 1) / spread
    df2 = eta - q + 1
    if not df2 > 0:
        return nothing
    F = float(Q * df2 / (eta * q))
    return {"F": F, "df1": q, "df_error": float(df2), "p": f_sf(F, q, df2)}


def wald(scores: np.ndarray, factors: np.ndarray, fixed: np.ndarray) -> np.ndarray:
    """Wald's Q of each factor beside what is fixed, with HC3 errors, shape (n_relabelings,).

    Parameters
    ----------
    scores : array, shape (n_dyads,)
    factors : array, shape (n_relabelings, n_dyads, q)
    fixed : array, shape (n_dyads, k)

    Notes
    -----
    What is fixed is taken from scores and factors first (Frisch & Waugh): coefficients, residuals and, with
    those of `fixed` added, leverages are then those of the whole model. NaN where a leverage is 1.
    """
    basis = np.linalg.qr(fixed)[0]
    rest = scores - basis @ (basis.T @ scores)
    leverage = np.sum(basis**2, axis=1)
    if not rest @ rest > ARITHMETIC**2 * (scores @ scores):
        return np.full(len(factors), np.nan)
    found = []
    for first in range(0, len(factors), BATCH):
        columns = factors[first : first + BATCH]
        columns = columns - basis @ (basis.T @ columns)  # A, (n_relabelings, n_dyads, q)
        weights = columns @ np.linalg.pinv(columns.transpose(0, 2, 1) @ columns, hermitian=True)
        coefficients = weights.transpose(0, 2, 1) @ rest
        errors = rest - np.einsum("rnq,rq->rn", columns, coefficients)
        left = 1 - leverage - np.sum(weights * columns, axis=2)
        with np.errstate(divide="ignore", invalid="ignore"):
            scaled = weights * np.where(left > 1e-9, errors / left, np.nan)[:, :, None]
            variance = scaled.transpose(0, 2, 1) @ scaled
            known = np.isfinite(variance).all(axis=(1, 2)) & (np.linalg.det(np.nan_to_num(variance)) > 0)
        Q = np.full(len(columns), np.nan)
        inverse = np.linalg.inv(variance[known])
        Q[known] = np.einsum("rq,rqp,rp->r", coefficients[known], inverse, coefficients[known])
        found.append(Q)
    return np.concatenate(found)


def spreads(scores: np.ndarray, design: np.ndarray, levels: pd.Series) -> dict:
    """The SDs of the model's residuals at each level, the largest over the smallest, and Brown-Forsythe's p.

    That p is NaN where a level has fewer than 3 dyads.

    A residual is divided by the root of what the model leaves to vary of it, so that with one factor alone
    these are the groups' own SDs.
    """
    from scipy.stats import levene

    basis = np.linalg.qr(design)[0]
    residuals = scores - basis @ (basis.T @ scores)
    left = 1 - np.sum(basis**2, axis=1)
    own = {level: np.flatnonzero((levels == level).to_numpy() & (left > 1e-9)) for level in pd.unique(levels)}
    own = {level: rows for level, rows in own.items() if len(rows) > 1}
    if len(own) < 2:
        return {}
    sd = {level: float(np.sqrt(np.mean(residuals[rows] ** 2 / left[rows]))) for level, rows in own.items()}
    wide, narrow = max(sd, key=sd.__getitem__), min(sd, key=sd.__getitem__)
    if not sd[narrow] > ARITHMETIC * np.abs(scores).max():
        return {}
    # Of two dyads, both are as far from their median: the test would take that for no variation.
    enough = min(map(len, own.values())) > 2
    p = levene(*(residuals[rows] for rows in own.values()), center="median").pvalue if enough else np.nan
    return {
        **{"level_narrow": narrow, "sd_narrow": sd[narrow], "level_wide": wide, "sd_wide": sd[wide]},
        "sd_ratio": sd[wide] / sd[narrow],
        "p_brown_forsythe": float(p),
    }


def unequal_spread(measures: Sequence[Entering]) -> pd.DataFrame:
    """Each factor between dyads by Welch's test, adjusted for the model's other terms; how spreads differ.

    Beside it HC3 standard errors, which leave open what the spread depends on, and a permutation of labels
    with the same studentised statistic (Janssen 1997; Chung & Romano 2013), within the levels of the other
    factors as in `permutation`.
    """
    rows = []
    for one in measures:
        for factor in one.model.between:
            about = {"measure": one.measure, "effect": factor, "n_dyads": one.n_dyads}
            try:
                row, why = _tested(one, factor)
            except DesignError as reason:
                rows.append(one.untested(reason) | about)
                continue
            said = note([why, *one.notes()])
            rows.append(about | row | {"apa": lines.apa_spread(row), "note": said})
    return pd.DataFrame(rows).reindex(columns=SPREAD.names)


def _tested(one: Entering, factor: str) -> tuple[dict, str | None]:
    """The row of one factor, and why something in it could not be computed."""
    # Random relabelings must depend neither on the order of rows nor on labels.
    size = one.long.groupby("dyad")[one.measure].transform("mean").rename("size")
    data = one.long.loc[pd.concat([size, one.long["dyad"]], axis=1).sort_values(["size", "dyad"]).index]
    between, model = list(one.model.between), one.model
    values, _, dyads, terms = model_matrices(
        data, one.measure, "dyad", between, one.within, one.covariates, model.interactions
    )
    scores = values.mean(axis=1)
    levels = dyads[factor]
    others = [block for name, block in terms.items() if name != factor]
    row = spreads(scores, np.hstack(list(terms.values())), levels)
    alone = len(between) == 1 and not one.covariates
    row["method"] = ALONE if alone else ADJUSTED
    counts = levels.value_counts(sort=False)
    if (counts < 2).any():
        return row, f"{counts.index[counts < 2][0]} has 1 dyad: its spread is not known"
    codes = pd.factorize(levels)[0]
    if alone:
        row |= welch([scores[codes == code] for code in range(len(counts))])
    else:
        row |= adjusted_welch(scores, terms[factor], np.hstack(others), codes)
    robust = hc3(scores, terms[factor], np.hstack(others))
    row |= {"F_hc3": robust["F"], "df_hc3": robust["df_error"], "p_hc3": robust["p"]}
    if np.isnan(row["F"]):
        return row, "the spread of some dyads cannot be estimated beside the other terms"
    main = [block for name, block in terms.items() if ":" not in name and name != factor]
    strata = [dyads[name].astype(str) for name in between if name != factor]
    dealt = relabelings(
        levels, list(zip(*strata, strict=True)) if strata else None, None, model.relabelings, model.seed
    )
    Q = wald(scores, terms[factor][dealt.orders], np.hstack(main))
    row |= {
        # A relabeling without a statistic counts against the finding.
        "p_studentised": float(np.mean(~(Q[0] * (1 - ROUNDING) > Q))) if np.isfinite(Q[0]) else np.nan,
        "n_relabelings": len(dealt.orders),
        "exact": "yes" if dealt.exact else "no",
        "smallest_p": smallest_p(terms[factor], np.hstack(main), dealt.orders),
    }
    return row, None
