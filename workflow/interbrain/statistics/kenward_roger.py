"""Standard errors and degrees of freedom of a mixed model's fixed effects that allow for estimated variances.

For variances that enter the covariance linearly (random intercepts), by restricted maximum likelihood.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


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
    n = len(fixed)
    shared = [(np.asarray(one)[:, None] == np.asarray(one)).astype(float) for one in groupings]
    shared.append(np.eye(n))
    V = sum(variance * one for variance, one in zip(variances, shared, strict=True))
    solved = np.linalg.inv(V)
    right = solved @ fixed
    covariance = np.linalg.inv(fixed.T @ right)  # Phi
    projected = solved - right @ covariance @ right.T
    left = [projected @ one for one in shared]
    information = np.array([[np.sum(a * b.T) / 2 for b in left] for a in left])
    nothing = np.full(fixed.shape[1], np.nan)
    if np.linalg.cond(information) > 1e14:
        return nothing, nothing
    W = np.linalg.inv(information)
    P = [-right.T @ one @ right for one in shared]
    spread = np.zeros_like(covariance)
    for r, a in enumerate(shared):
        for s, b in enumerate(shared):
            Q = right.T @ a @ solved @ b @ right
            spread += W[r, s] * (Q - P[r] @ covariance @ P[s])
    adjusted = covariance + 2 * covariance @ spread @ covariance
    gradients = np.array([np.diag(covariance @ one @ covariance) for one in P])  # (n_variances, n_terms)
    of_variance = np.einsum("rt,rs,st->t", gradients, W, gradients)
    with np.errstate(divide="ignore", invalid="ignore"):
        df = 2 * np.diag(covariance) ** 2 / of_variance
    return np.sqrt(np.diag(adjusted)), df
