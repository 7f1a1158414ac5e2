"""Tests that allow for dyads that share a therapist: cluster-robust errors (CR2) with degrees of freedom.

Least squares with errors summed within clusters, corrected for what the fit takes from each. It takes nothing
for granted on how alike the dyads of a therapist are. Of one outcome or of several at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from .anova import ROUNDING
from .design import DesignError
from .distributions import f_sf

RANK = 1e-9  # below it, what a fit leaves of a cluster is rounding


@dataclass(frozen=True)
class ClusterTest:
    """A hypothesis on coefficients, tested with cluster-robust errors.

    Attributes
    ----------
    estimate : array, shape (q,)
    covariance : array, shape (q, q)
    F, df1, df_error, p : float
        NaN where the clusters do not vary.
    """

    estimate: np.ndarray
    covariance: np.ndarray
    F: float
    df1: int
    df_error: float
    p: float

    @property
    def se(self) -> float:
        """Of a hypothesis on one sum of coefficients."""
        return float(np.sqrt(self.covariance[0, 0]))


def cluster_test(
    scores: np.ndarray, design: np.ndarray, clusters: Sequence | np.ndarray, hypothesis: np.ndarray
) -> ClusterTest:
    """Test that sums of least-squares coefficients are zero, with errors that clusters share.

    Parameters
    ----------
    scores : array, shape (n,) or (n, k)
        Of each dyad; with k columns each is fitted to the same design, and the hypothesis is that of all.
    design : array, shape (n, n_parameters)
        Of full rank.
    clusters : sequence, shape (n,)
        E.g. the therapist of each dyad.
    hypothesis : array, shape (q, n_parameters)

    Returns
    -------
    ClusterTest
        df1 is q k.

    Raises
    ------
    DesignError
        With fewer than two clusters, or where one cluster alone shows an effect, so that nothing says how it
        varies from cluster to cluster.

    Notes
    -----
    The coefficients W'y have V = sum_g W_g' A_g e_g e_g' A_g W_g with A_g = (M_gg)^-1/2, M being what the
    model leaves: unbiased where all dyads vary alike. F is Hotelling's approximation of the Wald statistic,
    F = Q (eta - q + 1) / (eta q) on q and eta - q + 1, with eta from the variance of V under equal spread;
    with q = 1 that is Satterthwaite's t. Of two groups of equally many dyads a therapist it is the t-test
    over the therapists' means.

    References
    ----------
    Bell & McCaffrey (2002), Survey Methodology 28; Pustejovsky & Tipton (2018), Journal of Business &
    Economic Statistics 36.
    """
    codes = np.unique(np.asarray(clusters).astype(str), return_inverse=True)[1]
    scores = np.asarray(scores, dtype=float)
    several = scores.reshape(len(scores), -1)
    k = several.shape[1]
    asked = _Asked.of(design, codes, hypothesis)
    weights, left, parts = _of_design(asked)
    estimate = weights.T @ several  # (q, k)
    residuals = left @ several
    own = [(corrected.T @ residuals[rows]).ravel() for rows, corrected in parts]
    q = hypothesis.shape[0] * k
    covariance = np.asarray(sum(np.outer(part, part) for part in own))
    nothing = np.nan, np.nan, np.nan
    floor = (ROUNDING * np.abs(several).max(initial=0)) ** 2 * np.trace(weights.T @ weights)
    F, df_error, p = nothing
    if np.linalg.matrix_rank(covariance) == q and np.trace(covariance) > floor:
        eta = q * (q + 1) / _variance_of(asked, k)
        df_error = eta - q + 1
        if df_error > 0:
            b = estimate.ravel()
            F = float(b @ np.linalg.solve(covariance, b) * df_error / (eta * q))
            p = f_sf(F, q, df_error)
        else:
            F, df_error, p = nothing
    return ClusterTest(estimate.ravel(), covariance, F, q, float(df_error), p)


@dataclass(frozen=True)
class _Asked:
    """A design, its clusters and a hypothesis; the same ones are equal, whatever arrays they are in."""

    key: tuple
    design: np.ndarray = field(compare=False, repr=False)
    codes: np.ndarray = field(compare=False, repr=False)
    hypothesis: np.ndarray = field(compare=False, repr=False)

    @classmethod
    def of(cls, *arrays: np.ndarray) -> _Asked:
        copies = [np.array(array) for array in arrays]  # in the same layout
        return cls(tuple((a.tobytes(), a.shape, a.strides, a.dtype.str) for a in copies), *copies)


@lru_cache(maxsize=64)
def _of_design(asked: _Asked) -> tuple[np.ndarray, np.ndarray, list[tuple[np.ndarray, np.ndarray]]]:
    """What does not depend on the scores: W, M, and each cluster's rows with A_g W_g.

    Kept, because every measure, site and band asks for that of the same few designs.
    """
    design, codes, hypothesis = asked.design, asked.codes, asked.hypothesis
    _refuse_what_one_cluster_shows(design, codes, hypothesis)
    inverse = np.linalg.inv(design.T @ design)
    weights = design @ inverse @ hypothesis.T  # (n, q)
    left = np.eye(len(design)) - design @ inverse @ design.T
    parts = []
    for cluster in range(codes.max() + 1):
        rows = np.flatnonzero(codes == cluster)
        parts.append((rows, _inverse_root(left[np.ix_(rows, rows)]) @ weights[rows]))
    return weights, left, parts


@lru_cache(maxsize=64)
def _variance_of(asked: _Asked, k: int) -> float:
    """`_variance` of how the part of each cluster is made of the scores, (n, q)."""
    _, left, parts = _of_design(asked)
    return _variance(np.array([left[:, rows] @ corrected for rows, corrected in parts]), k)


def _refuse_what_one_cluster_shows(design: np.ndarray, codes: np.ndarray, hypothesis: np.ndarray) -> None:
    if codes.max() < 1:
        raise DesignError("there is only one therapist")
    for cluster in range(codes.max() + 1):
        rest = design[codes != cluster]
        known = np.linalg.pinv(rest) @ rest  # projects on what the others can estimate
        if not np.allclose(hypothesis @ known, hypothesis, atol=1e-8):
            raise DesignError(
                "without the dyads of one therapist this effect cannot be estimated, so how much it varies "
                "between therapists is unknown"
            )


def _inverse_root(block: np.ndarray) -> np.ndarray:
    """Symmetric inverse root; of a singular matrix the generalised one."""
    values, vectors = np.linalg.eigh(block)
    roots = np.where(values > RANK, 1 / np.sqrt(np.maximum(values, RANK)), 0)
    return (vectors * roots) @ vectors.T


def _variance(made: np.ndarray, k: int) -> float:
    """Sum of the variances of the elements of V in units of its expectation, under equal spread.

    `made` has the shape (n_clusters, n, q). The k outcomes are taken for uncorrelated and of equal spread.
    """
    n_clusters, _, q = made.shape
    flat = made.transpose(0, 2, 1).reshape(n_clusters * q, -1)
    products = (flat @ flat.T).reshape(n_clusters, q, n_clusters, q)
    expected = np.einsum("gsgt->st", products)
    root = np.linalg.inv(np.linalg.cholesky(expected))
    products = np.einsum("ab,gbhc,dc->gahd", root, products, root)
    traces = np.einsum("gaha->gh", products)
    squares = np.einsum("gahd,gdha->gh", products, products)
    # of k outcomes the products are those of one, times the identity
    return float(np.sum(k**2 * traces**2 + k * squares))
