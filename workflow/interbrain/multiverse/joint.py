"""The arithmetic of a multiverse: one test under every relabelling of the dyads, and what all say jointly.

Takes arrays and gives arrays. After Simonsohn, Simmons & Nelson (2020), Nature Human Behaviour 4, 1208-1214.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from interbrain.statistics.spread import wald

SIGNIFICANT = 0.05
ROUNDING = 1e-9  # two relabelings with one and the same statistic differ by no more


@dataclass(frozen=True)
class Tests:
    """One test under every relabelling; the first is the dyads as they are.

    Attributes
    ----------
    F : array, shape (n_relabelings,)
        NaN where the relabelled columns cannot be separated from the fixed ones.
    sign : array, shape (n_relabelings,)
        Of the single column's slope; 1 for several columns.
    spread : array, shape (n_relabelings,)
        Sum of squares of the single column that the fixed ones leave; NaN for several.
    wald : array, shape (n_relabelings,)
        As F, with HC3 errors: the studentised statistic whose relabelings hold where groups differ in spread
        and covariates differ between groups. NaN where a dyad is fitted exactly.
    df1, df2 : int
    """

    F: np.ndarray
    sign: np.ndarray
    spread: np.ndarray
    wald: np.ndarray
    df1: int
    df2: int

    @property
    def studentised(self) -> Tests:
        """The same with the studentised statistic in the place of F, and sizes in the dyads' own design.

        A relabelled column that goes with a covariate has a smaller spread, and with it a larger d for the
        same evidence: d of relabelings is therefore given the spread of the columns as they are.
        """
        spread = np.full(len(self.F), self.spread[0])
        return replace(self, F=self.wald / self.df1, spread=spread)

    @property
    def t(self) -> np.ndarray:
        return self.sign * np.sqrt(self.F)

    @cached_property
    def p(self) -> np.ndarray:
        """Two-sided, of the F distribution."""
        from scipy.stats import f

        return f.sf(self.F, self.df1, self.df2)

    @property
    def z(self) -> np.ndarray:
        """The p as a standard normal deviate: two-sided with its sign for one column, else one-sided."""
        from scipy.stats import norm

        p = np.maximum(self.p, 1e-300)
        return self.sign * norm.isf(p / 2) if self.df1 == 1 else norm.isf(p)

    @property
    def d(self) -> np.ndarray:
        """Difference of two groups, adjusted for the fixed columns, in residual standard deviations."""
        return self.t / np.sqrt(self.spread)

    @property
    def r(self) -> np.ndarray:
        """Partial correlation of a single column."""
        return self.t / np.sqrt(self.F + self.df2)

    @property
    def partial_eta2(self) -> np.ndarray:
        return self.df1 * self.F / (self.df1 * self.F + self.df2)

    def interval_d(self, confidence: float = 0.95) -> tuple[float, float]:
        """Of d as observed, by the noncentral t distribution."""
        from scipy.special import nctdtrinc

        tails = np.array([1 + confidence, 1 - confidence]) / 2
        return tuple(nctdtrinc(self.df2, tails, self.t[0]) / np.sqrt(self.spread[0]))

    def interval_r(self, confidence: float = 0.95) -> tuple[float, float]:
        """Of r as observed, by Fisher's z with variance 1 / (df2 - 1); NaN without a df to spare."""
        from scipy.stats import norm

        if self.df2 < 2:
            return np.nan, np.nan
        with np.errstate(divide="ignore"):  # at |r| = 1, Fisher's z is infinite
            middle = np.arctanh(np.clip(self.r[0], -1, 1))
        half = norm.isf((1 - confidence) / 2) / np.sqrt(self.df2 - 1)
        return float(np.tanh(middle - half)), float(np.tanh(middle + half))


def relabelled_tests(outcome: np.ndarray, columns: np.ndarray, fixed: np.ndarray) -> Tests | None:
    """Test relabelled columns beside fixed ones by least squares, for all relabelings at once.

    Parameters
    ----------
    outcome : array, shape (n_dyads,)
    columns : array, shape (n_relabelings, n_columns, n_dyads)
        What is tested: a questionnaire, or the indicators of all levels of a factor but one.
    fixed : array, shape (n_dyads, n_fixed)
        Intercept, other factors, covariates: they stay with their dyads. None where columns of signs test the
        mean against zero.

    Returns
    -------
    tests : Tests or None
        None if no degree of freedom is left, the outcome does not vary beside the fixed columns, or the
        columns as they are cannot be separated from the fixed ones.

    Notes
    -----
    By the Frisch-Waugh-Lovell theorem the F of the full model is that of the residuals on the fixed columns.
    """
    from scipy.linalg import orth

    basis = orth(fixed) if fixed.shape[1] else np.empty((len(outcome), 0))
    n_columns = columns.shape[1]
    df2 = len(outcome) - basis.shape[1] - n_columns
    rest = outcome - basis @ (basis.T @ outcome)
    total = rest @ rest
    if not n_columns or df2 < 1 or not total > 1e-20 * (outcome @ outcome):
        return None
    left = columns - (columns @ basis) @ basis.T
    gram = left @ left.swapaxes(1, 2)  # (n_relabelings, n_columns, n_columns)
    size = np.trace(columns @ columns.swapaxes(1, 2), axis1=1, axis2=2)
    defined = np.linalg.eigvalsh(gram)[:, 0] > ROUNDING * size
    if not defined[0]:
        return None
    gram[~defined] = np.eye(n_columns)
    cross = left @ rest
    explained = np.sum(cross * np.linalg.solve(gram, cross[..., None])[..., 0], axis=1)
    F = (explained / n_columns) / (np.maximum(total - explained, ROUNDING**2 * total) / df2)
    single = n_columns == 1
    return Tests(
        F=np.where(defined, F, np.nan),
        sign=np.where(cross[:, 0] < 0, -1.0, 1.0) if single else np.ones(len(F)),
        spread=gram[:, 0, 0] if single else np.full(len(F), np.nan),
        wald=np.where(defined, wald(outcome, columns.swapaxes(1, 2), basis), np.nan),
        df1=n_columns,
        df2=df2,
    )


def share_at_least(statistic: np.ndarray) -> float:
    """Share of relabelings whose statistic is at least that of the first, which is the dyads as they are.

    A relabelling without a statistic counts against the finding; NaN where the first has none.
    """
    if np.isnan(statistic[0]):
        return np.nan
    return float(np.mean(~(statistic < statistic[0] - ROUNDING * max(1.0, abs(statistic[0])))))


def joint_statistics(effect: np.ndarray, p: np.ndarray, z: np.ndarray, signed: bool) -> dict[str, np.ndarray]:
    """What all specifications say jointly, for every relabelling.

    Parameters
    ----------
    effect, p, z : array, shape (n_specifications, n_relabelings)
        NaN where a specification cannot be tested with that relabelling: the others speak.
    signed : bool
        Whether effects have a direction; then the share counts the direction in which more are significant.

    Returns
    -------
    statistics : dict of str to array, shape (n_relabelings,)
        median_effect; significant_share, with p < .05; stouffer_z, sum of z / sqrt(number).
    """
    known = np.isfinite(effect)
    n = known.sum(axis=0)
    significant = known & (p < SIGNIFICANT)
    if signed:
        counts = np.maximum(
            (significant & (effect > 0)).sum(axis=0), (significant & (effect < 0)).sum(axis=0)
        )
    else:
        counts = significant.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = counts / n
        stouffer = np.where(known, z, 0).sum(axis=0) / np.sqrt(n)
    median = np.full(effect.shape[1], np.nan)
    median[n > 0] = np.nanmedian(effect[:, n > 0], axis=0)
    return {"median_effect": median, "significant_share": share, "stouffer_z": stouffer}
