"""Repeated-measures ANOVA, exact, for any number of between factors, covariates and within factors.

For complete tables (one value a dyad and cell). Not for missing cells, random slopes or Bayes factors.
"""

from collections.abc import Iterator, Sequence
from functools import reduce
from itertools import combinations

import numpy as np
import pandas as pd

from .design import DesignError, model_matrices

COLUMNS = ["effect", "df1", "df2", "F", "p", "partial_eta2", "gg_epsilon", "p_gg"]
COLUMNS += ["ss", "ss_error", "generalised_eta2", "omega2"]

# Residuals below this share of the data's size are the rounding of the arithmetic, not variation.
ROUNDING = 1e-13


def rm_anova(
    data: pd.DataFrame,
    dv: str,
    subject: str,
    between: Sequence[str],
    within: Sequence[str],
    covariates: Sequence[str] = (),
    interactions: bool = False,
    ss_type: int = 3,
) -> pd.DataFrame:
    """Test every effect of a mixed design, with type III or type II sums of squares.

    Each within effect has an orthonormal contrast C (Kronecker product of mean and contrast vectors).
    Z = Y C is regressed on the between terms X by least squares, once; the hypothesis and error SSCP of
    a term are H = B_t' [(X'X)^-1_tt]^-1 B_t and E = R'R, and F = (tr H / df1) / (tr E / df2). The
    intercept of Z is the within effect itself. Equal to car::Anova and afex (univariate tests).

    Parameters
    ----------
    data : DataFrame
        Long: one row a subject and cell.
    dv, subject : str
        Columns of the dependent variable and of the dyad.
    between, within : sequence of str
        Factor columns; either may be empty, not both. Levels of any type; sum-coded.
    covariates : sequence of str
        Numeric columns with one value a subject; centred. They interact with within effects, as in car,
        and with no factor between.
    interactions : bool
        Also test all products of the between factors.
    ss_type : {2, 3}
        III: each term beside all others. II: beside those that do not contain it (a factor's products do, and
        all terms contain the mean); the error is the full model's in either.

    Returns
    -------
    DataFrame
        `effect` (``mindfulness:roi``), `df1`, `df2`, `F`, `p` (uncorrected), `partial_eta2`,
        `gg_epsilon` (Greenhouse-Geisser, tr(E)^2 / (q tr E^2); 1 where the effect has one contrast)
        and `p_gg`; `ss`, `ss_error`; `generalised_eta2` (SS / (SS + the errors of all strata), every factor
        taken as manipulated: Olejnik & Algina 2003); `omega2` (partial: (F - 1) / (F + (df2 + 1) / df1),
        Albers & Lakens 2018). Between terms first, then each within effect followed by its between terms.
        Where the dyads do not vary at all, there is no error to test against: F and the rest are NaN.

    Raises
    ------
    DesignError
        In one sentence: unknown column, missing or repeated cell, missing value, factor or covariate that
        varies within a subject or not at all, too few dyads, confounded terms.

    References
    ----------
    Greenhouse & Geisser (1959), Psychometrika 24; Fox & Weisberg, car::Anova; Olejnik & Algina (2003),
    Psychological Methods 8; Albers & Lakens (2018), Journal of Experimental Social Psychology 74.

    Examples
    --------
    >>> import pandas as pd
    >>> data = pd.DataFrame(
    ...     {"dyad": list("aabbccdd"), "group": list("xxxxyyyy"), "band": ["theta", "alpha"] * 4,
    ...      "plv": [0.10, 0.12, 0.14, 0.15, 0.20, 0.23, 0.25, 0.24]}
    ... )
    >>> table = rm_anova(data, "plv", "dyad", ["group"], ["band"])
    >>> table[["effect", "df1", "df2", "F"]].round(2)
           effect  df1  df2      F
    0       group    1    2  19.78
    1        band    1    2   1.47
    2  group:band    1    2   0.06
    """
    between, within, covariates = list(between), list(within), list(covariates)
    if ss_type not in (2, 3):
        raise ValueError(f"Sums of squares are of type 2 or 3, not {ss_type!r}.")
    if not between and not within:
        raise DesignError("The design has neither a between nor a within factor: nothing to test.")

    values, sizes, _, terms = model_matrices(data, dv, subject, between, within, covariates, interactions)
    floor = ROUNDING**2 * np.sum(values**2)
    rows, errors = [], 0.0
    for name, contrast in within_contrasts(within, sizes):
        tests, ss_error = _tests(name, values @ contrast, terms, floor, ss_type)
        rows += tests
        errors += ss_error  # of all strata, that of the dyads' means among them even if nothing tests it
    table = pd.DataFrame(rows, columns=COLUMNS[:-2])
    table["generalised_eta2"] = (table["ss"] / (table["ss"] + errors)).where(table["F"].notna())
    table["omega2"] = (table["F"] - 1) / (table["F"] + (table["df2"] + 1) / table["df1"])
    return table


def within_contrasts(within: list[str], sizes: list[int]) -> Iterator[tuple[str, np.ndarray]]:
    """Orthonormal contrasts, shape (n_cells, q), of the mean over cells ("") and of each within effect."""
    from scipy.linalg import helmert

    for order in range(len(within) + 1):
        for effect in combinations(within, order):
            vectors = [
                helmert(size).T if name in effect else np.full((size, 1), size**-0.5)
                for name, size in zip(within, sizes, strict=True)
            ]
            yield ":".join(effect), reduce(np.kron, vectors, np.ones((1, 1)))


def _tests(
    within: str, scores: np.ndarray, terms: dict[str, np.ndarray], floor: float, ss_type: int
) -> tuple[list[tuple], float]:
    """Test each between term on the contrast scores Z, shape (n_subjects, q); rows, and the error SS."""
    from scipy.stats import f

    design = np.hstack(list(terms.values()))  # X, (n_subjects, n_parameters)
    inverse = np.linalg.inv(design.T @ design)
    coefficients = inverse @ design.T @ scores  # B, (n_parameters, q)
    residuals = scores - design @ coefficients
    error = residuals.T @ residuals  # E, (q, q)
    q = scores.shape[1]
    df2 = q * (len(design) - design.shape[1])
    ss_error = np.trace(error) if np.trace(error) > floor else np.nan
    epsilon = ss_error**2 / (q * np.sum(error**2)) if ss_error > 0 else np.nan

    rows, first = [], 0
    for term, columns in terms.items():
        own = slice(first, first + columns.shape[1])
        first = own.stop
        if not term and not within:
            continue  # the grand mean against zero is nobody's hypothesis
        if ss_type == 3:
            estimate = coefficients[own]
            ss = np.trace(estimate.T @ np.linalg.solve(inverse[own, own], estimate))
        else:
            others = [block for name, block in terms.items() if not _contains(name, term)]
            own_part = np.linalg.qr(_beside(columns, others))[0]
            ss = np.sum((own_part.T @ scores) ** 2)
        df1 = q * columns.shape[1]
        ratio = (ss / df1) / (ss_error / df2)
        p, p_gg = f.sf(ratio, df1, df2), f.sf(ratio, df1 * epsilon, df2 * epsilon)
        effect = ":".join(filter(None, [term, within]))
        rows.append((effect, df1, df2, ratio, p, ss / (ss + ss_error), epsilon, p_gg, ss, ss_error))
    return rows, np.trace(error)


def _contains(term: str, other: str) -> bool:
    """Whether every factor of `other` is in `term`; each term contains itself, and the mean ("")."""
    return set(filter(None, other.split(":"))) <= set(filter(None, term.split(":")))


def _beside(columns: np.ndarray, blocks: list[np.ndarray]) -> np.ndarray:
    """What is left of the columns beside these terms."""
    if not blocks:
        return columns
    basis = np.linalg.qr(np.hstack(blocks))[0]
    return columns - basis @ (basis.T @ columns)


def partial_eta2_interval(F: float, df1: int, df2: int, confidence: float = 0.95) -> tuple[float, float]:
    """Give the confidence interval of partial eta squared that belongs to an F.

    The noncentrality bounds of Steiger (2004, Psychological Methods 9) as lambda / (lambda + df1 + df2 + 1),
    from statsmodels. Its inversion stops at lambda = 10,000 without a word (F in the thousands); there the
    interval is (nan, nan), as it is for an F that is NaN.
    """
    from statsmodels.stats.oneway import confint_effectsize_oneway

    if not np.isfinite(F):
        return np.nan, np.nan
    with np.errstate(divide="ignore"):  # statsmodels divides by a lower bound of zero
        interval = confint_effectsize_oneway(F, (df1, df2), alpha=1 - confidence, nobs=df1 + df2 + 1)
    if not max(interval.ci_nc) < 9_999:
        return np.nan, np.nan
    return float(interval.eta2[0]), float(interval.eta2[1])
