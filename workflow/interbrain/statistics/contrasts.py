"""Estimated marginal means of a mixed design, and each two levels against one another.

For the model of `anova.rm_anova`, its tests' own error: every mean is a contrast score of the dyads' cells,
regressed on the terms between dyads.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from itertools import combinations, product
from types import MappingProxyType

import numpy as np
import pandas as pd

from .anova import ROUNDING
from .correlations import holm
from .design import DesignError, in_order, model_matrices
from .distributions import t_isf, t_sf

MEANS = ["effect", "level", "mean", "se", "df", "ci_low", "ci_high"]
PAIRS = [
    "effect",
    "level_a",
    "level_b",
    "difference",
    "se",
    "df",
    "t",
    "p",
    "p_holm",
    "ci_low",
    "ci_high",
    "d",
    "sd",
]

NO_ORDER: Mapping[str, Sequence] = MappingProxyType({})


class _Fit:
    """The design between dyads, its cells, and what a contrast of either estimates."""

    def __init__(
        self,
        data: pd.DataFrame,
        dv: str,
        subject: str,
        between: Sequence[str],
        within: Sequence[str],
        covariates: Sequence[str],
        interactions: bool,
        order: Mapping[str, Sequence],
    ) -> None:
        self.between, self.within = list(between), list(within)
        if not self.between and not self.within:
            raise DesignError("The design has neither a between nor a within factor: nothing to compare.")
        self.values, self.sizes, self.dyads, self.terms = model_matrices(
            data, dv, subject, self.between, self.within, covariates, interactions
        )
        self.design = np.hstack(list(self.terms.values()))  # X, (n_subjects, n_parameters)
        self.inverse = np.linalg.inv(self.design.T @ self.design)
        self.df = len(self.design) - self.design.shape[1]
        # As the design codes them, and in the order in which they are compared.
        self.levels = {name: list(pd.unique(self.dyads[name])) for name in self.between}
        self.levels |= {name: list(pd.unique(data[name])) for name in self.within}
        self.compared = {name: in_order(own, order.get(name, ())) for name, own in self.levels.items()}

    def effects(self) -> list[tuple[str, ...]]:
        """Every factor, and every two together."""
        names = [*self.between, *self.within]
        return [(name,) for name in names] + list(combinations(names, 2))

    def rows(self, chosen: dict[str, object]) -> tuple[np.ndarray, np.ndarray]:
        """Weights x of the terms and c of the cells for the mean at these levels.

        Equal weights over the levels of every other factor; covariates, which are centred, at their mean.
        """
        grid = product(*([chosen[n]] if n in chosen else self.levels[n] for n in self.between))
        coded = [self._row(dict(zip(self.between, levels, strict=True))) for levels in grid]
        cells = [
            np.eye(size)[self.levels[name].index(chosen[name])] if name in chosen else np.full(size, 1 / size)
            for name, size in zip(self.within, self.sizes, strict=True)
        ]
        return np.mean(coded, axis=0), reduce(np.kron, cells, np.ones(1))

    def _row(self, levels: dict[str, object]) -> np.ndarray:
        """The terms of a dyad at these levels, taken from one that has them, or built of its main effects."""
        single = {"": np.ones(1)}
        for name, level in levels.items():
            where = int(np.flatnonzero((self.dyads[name] == level).to_numpy())[0])
            single[name] = self.terms[name][where]
        row: list[np.ndarray] = []
        for term, columns in self.terms.items():
            parts = term.split(":")
            if all(part in single for part in parts):
                row.append(reduce(lambda one, other: np.kron(one, other), (single[part] for part in parts)))
            else:
                row.append(np.zeros(columns.shape[1]))  # a covariate
        return np.concatenate(row)

    def estimate(self, x: np.ndarray, cells: np.ndarray) -> tuple[float, float, float]:
        """x'B of the scores Z = Y c, its standard error, and the residual SD of the scores."""
        scores = self.values @ cells
        coefficients = self.inverse @ self.design.T @ scores
        residuals = scores - self.design @ coefficients
        ss_error = residuals @ residuals
        floor = ROUNDING**2 * np.sum(self.values**2)  # below it there is no variation, as in the ANOVA
        sd = float(np.sqrt(ss_error / self.df)) if ss_error > floor else np.nan
        return float(x @ coefficients), sd * float(np.sqrt(x @ self.inverse @ x)), sd


def emmeans(
    data: pd.DataFrame,
    dv: str,
    subject: str,
    between: Sequence[str],
    within: Sequence[str],
    covariates: Sequence[str] = (),
    interactions: bool = False,
    order: Mapping[str, Sequence] = NO_ORDER,
) -> pd.DataFrame:
    """Estimate the mean at each level of every factor and of every two factors together.

    The mean at a level is x'B of the regression of the dyads' (averaged) cells on the terms between dyads:
    equal weights over the levels of all other factors, covariates at their mean (Searle, Speed & Milliken
    1980, The American Statistician 34). Its standard error is s sqrt(x'(X'X)^-1 x), with the residual SD s of
    that very average and n - p degrees of freedom.

    Parameters
    ----------
    data, dv, subject, between, within, covariates, interactions
        As `anova.rm_anova`.
    order : mapping factor -> levels
        Of factors between dyads; others have the order in which they occur.

    Returns
    -------
    DataFrame
        `effect` (``mindfulness:roi``), `level` (``yes:frontal``), `mean`, `se`, `df`, `ci_low`, `ci_high`
        (95 %).

    Raises
    ------
    DesignError
        As `anova.rm_anova`.
    """
    fit = _Fit(data, dv, subject, between, within, covariates, interactions, order)
    reach = t_isf(0.025, fit.df)
    rows = []
    for effect in fit.effects():
        for chosen in product(*(fit.compared[name] for name in effect)):
            mean, se, _ = fit.estimate(*fit.rows(dict(zip(effect, chosen, strict=True))))
            level = ":".join(map(str, chosen))
            rows.append((":".join(effect), level, mean, se, fit.df, mean - reach * se, mean + reach * se))
    return pd.DataFrame(rows, columns=MEANS)


def pairwise(
    data: pd.DataFrame,
    dv: str,
    subject: str,
    between: Sequence[str],
    within: Sequence[str],
    covariates: Sequence[str] = (),
    interactions: bool = False,
    order: Mapping[str, Sequence] = NO_ORDER,
) -> pd.DataFrame:
    """Compare each two levels of every factor, by the means of `emmeans`.

    Levels between dyads differ in x, levels within them in the contrast of the cells, whose own residuals
    are then the error (as in a paired t-test).

    Parameters
    ----------
    data, dv, subject, between, within, covariates, interactions
        As `anova.rm_anova`.
    order : mapping factor -> levels
        Of factors between dyads; others have the order in which they occur.

    Returns
    -------
    DataFrame
        `effect`, `level_a`, `level_b`, `difference` (a minus b), `se`, `df`, `t`, `p`, `p_holm` (over the
        pairs of one factor), `ci_low`, `ci_high` (95 %, uncorrected), `d` (the difference over the residual
        SD: between dyads that of their means, within dyads that of their differences, Cohen's d_z), `sd`
        (that residual SD).

    Raises
    ------
    DesignError
        As `anova.rm_anova`.
    """
    fit = _Fit(data, dv, subject, between, within, covariates, interactions, order)
    reach = t_isf(0.025, fit.df)
    tables = []
    for name in (*fit.between, *fit.within):
        rows = []
        for one, other in combinations(fit.compared[name], 2):
            (x, cells), (x_other, cells_other) = fit.rows({name: one}), fit.rows({name: other})
            between_dyads = name in fit.between
            x, cells = (x - x_other, cells) if between_dyads else (x, cells - cells_other)
            difference, se, sd = fit.estimate(x, cells)
            t = difference / se
            p = 2 * t_sf(abs(t), fit.df)
            interval = difference - reach * se, difference + reach * se
            rows.append(
                (name, one, other, difference, se, fit.df, t, p, np.nan, *interval, difference / sd, sd)
            )
        table = pd.DataFrame(rows, columns=PAIRS)
        tables.append(table.assign(p_holm=holm(table["p"])))
    return pd.concat(tables, ignore_index=True)
