"""Standard errors and degrees of freedom of a mixed model's fixed effects that allow for estimated variances.

For variances that enter the covariance linearly (random intercepts), by restricted maximum likelihood.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .boundary import MANY_VALUES, unconnected

# The covariance of the fixed effects; the information on the variances; -X'V^-1 A V^-1 X of each variance's
# A; and X'V^-1 A V^-1 B V^-1 X of each two.
Products = tuple[np.ndarray, np.ndarray, list[np.ndarray], list[list[np.ndarray]]]


def kenward_roger(
    fixed: np.ndarray, groupings: Sequence[Sequence], variances: Sequence[float]
) -> tuple[np.ndarray, np.ndarray]:
    """Adjusted standard errors and degrees of freedom of each coefficient.

    Parameters
    ----------
    fixed : array, shape (n, n_terms)
        Of full rank.
    groupings : sequence of sequence, shape (n,)
        Labels of each random intercept.
    variances : sequence of float
        Of each grouping, then the residual's (above zero), by restricted maximum likelihood. One that is
        estimated as zero stays a parameter: its uncertainty counts.

    Returns
    -------
    errors, df : array, shape (n_terms,)
        NaN where the information on the variances is singular.

    References
    ----------
    Kenward & Roger (1997), Biometrics 53, with the expected information. For one coefficient their degrees of
    freedom are 2 v^2 over the variance of v, v being its unadjusted variance.
    """
    products = _whole if len(fixed) <= MANY_VALUES else _by_group
    covariance, information, P, Q = products(fixed, groupings, variances)
    nothing = np.full(fixed.shape[1], np.nan)
    if np.linalg.cond(information) > 1e14:
        return nothing, nothing
    W = np.linalg.inv(information)
    spread = np.zeros_like(covariance)
    for r in range(len(P)):
        for s in range(len(P)):
            spread += W[r, s] * (Q[r][s] - P[r] @ covariance @ P[s])
    adjusted = covariance + 2 * covariance @ spread @ covariance
    gradients = np.array([np.diag(covariance @ one @ covariance) for one in P])  # (n_variances, n_terms)
    of_variance = np.einsum("rt,rs,st->t", gradients, W, gradients)
    with np.errstate(divide="ignore", invalid="ignore"):
        df = 2 * np.diag(covariance) ** 2 / of_variance
    return np.sqrt(np.diag(adjusted)), df


def _shared(groupings: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Which rows share a label, of each grouping; and each with itself."""
    shared = [(one[:, None] == one).astype(float) for one in groupings]
    return [*shared, np.eye(len(groupings[0]))]


def _whole(fixed: np.ndarray, groupings: Sequence[Sequence], variances: Sequence[float]) -> Products:
    shared = _shared([np.asarray(one) for one in groupings])
    solved = np.linalg.inv(sum(variance * one for variance, one in zip(variances, shared, strict=True)))
    right = solved @ fixed
    covariance = np.linalg.inv(fixed.T @ right)  # Phi
    projected = solved - right @ covariance @ right.T
    left = [projected @ one for one in shared]
    information = np.array([[np.sum(a * b.T) / 2 for b in left] for a in left])
    P = [-right.T @ one @ right for one in shared]
    return covariance, information, P, [[right.T @ a @ solved @ b @ right for b in shared] for a in shared]


def _by_group(fixed: np.ndarray, groupings: Sequence[Sequence], variances: Sequence[float]) -> Products:
    """The same as sums over groups of rows that share no label, outside of which V is zero.

    With S = V^-1, R = S X and the covariance C, the information's tr(P A P B), P = S - R C R', is
    tr(S A S B) - 2 tr(C R'A S B R) + tr(C R'A R C R'B R).
    """
    labels = [np.asarray(one) for one in groupings]
    n, k = len(variances), fixed.shape[1]
    inverse, traces = np.zeros((k, k)), np.zeros((n, n))
    P, Q = np.zeros((n, k, k)), np.zeros((n, n, k, k))
    for rows in unconnected(labels):
        shared = _shared([one[rows] for one in labels])
        solved = np.linalg.inv(sum(variance * one for variance, one in zip(variances, shared, strict=True)))
        right = solved @ fixed[rows]
        inverse += fixed[rows].T @ right
        left = [solved @ one for one in shared]
        P -= [right.T @ one @ right for one in shared]
        for r, a in enumerate(left):
            for s, b in enumerate(left):
                traces[r, s] += np.sum(a * b.T)
                Q[r, s] += right.T @ shared[r] @ b @ right
    covariance = np.linalg.inv(inverse)
    of_fixed = P @ covariance
    information = traces / 2 - np.einsum("ij,rsji->rs", covariance, Q)
    information += np.einsum("rij,sji->rs", of_fixed, of_fixed) / 2
    return covariance, information, list(P), [list(row) for row in Q]
