"""Least squares in each band beside that band's own covariates, and the mean over bands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from .anova import ROUNDING


@dataclass(frozen=True)
class BandwiseFit:
    """Least squares in each band beside that band's own covariates; then the mean over bands.

    Attributes
    ----------
    coefficients : array, shape (n_parameters,)
        Mean over bands.
    covariance : array, shape (n_parameters, n_parameters)
    sd : float
        Residual SD of the mean over bands; NaN where nothing varies.
    df : int
    """

    coefficients: np.ndarray
    covariance: np.ndarray
    sd: float
    df: int

    def test(self, rows: np.ndarray) -> tuple[float, float]:
        """F and p of the hypothesis that these sums of coefficients, (df1, n_parameters), are zero."""
        from scipy.stats import f

        estimate = rows @ self.coefficients
        if np.isnan(self.sd):
            return np.nan, np.nan
        value = float(estimate @ np.linalg.solve(rows @ self.covariance @ rows.T, estimate)) / len(rows)
        return value, float(f.sf(value, len(rows), self.df))


def fit_bandwise(values: np.ndarray, designs: Sequence[np.ndarray]) -> BandwiseFit:
    """Regress each band on its own design and average the coefficients over bands.

    With A_b = (X_b'X_b)^-1 X_b', residuals e_b and s_bc = e_b'e_c / (n - p), the mean over bands of the
    coefficients A_b y_b has the covariance sum_bc s_bc A_b A_c' / B^2 (unrelated regressions by least
    squares, Zellner 1962). With one band, or the same covariates in every band, this is the analysis of
    covariance of the mean, exactly.

    Parameters
    ----------
    values : array, shape (n_dyads, n_bands)
    designs : sequence of array, shape (n_dyads, n_parameters)
        One a band, with the same parameters in the same order.
    """
    n_bands = values.shape[1]
    n, p = designs[0].shape
    df = n - p
    weights = [np.linalg.solve(x.T @ x, x.T) for x in designs]  # A_b, (n_parameters, n_dyads)
    coefficients = np.array([a @ y for a, y in zip(weights, values.T, strict=True)])
    residuals = values - np.stack([x @ b for x, b in zip(designs, coefficients, strict=True)], axis=1)
    shared = residuals.T @ residuals / df  # s_bc
    covariance = sum(shared[b, c] * weights[b] @ weights[c].T for b, c in product(range(n_bands), repeat=2))
    floor = ROUNDING**2 * np.sum(values**2) / df  # below it there is no variation, as in the ANOVA
    sd = np.sqrt(shared.sum()) / n_bands if np.trace(shared) > floor else np.nan
    return BandwiseFit(coefficients.mean(axis=0), covariance / n_bands**2, float(sd), df)
