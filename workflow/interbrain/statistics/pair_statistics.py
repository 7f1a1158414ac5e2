"""The statistic of every pair of channels under every sign flip or permutation, a block of them at a time.

Every function yields arrays of shape (n_in_block, n_pairs), the observed one in the first row of the first
block. All pairs share each flip or permutation, so that the largest value of each controls the family-wise
error whatever the pairs have in common. A dyad without a value (NaN) is no part of that pair.

The statistics are t, brought to the z that has the same p (Wallace 1959): t of pairs that more or fewer dyads
have become comparable, and their order within a pair stays.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from .anova import ROUNDING as ARITHMETIC
from .presence import flip_scale

VALUES_IN_BLOCK = 500_000  # what a processor's cache holds of a few such arrays


def against_zero(values: np.ndarray, signs: np.ndarray) -> Iterator[np.ndarray]:
    """Each pair's mean against zero under every sign flip of the dyads.

    Parameters
    ----------
    values : array, shape (n_dyads, n_pairs)
    signs : array, shape (n_flips, n_dyads)
        The first row turns none.

    Yields
    ------
    z : array, shape (n_in_block, n_pairs)
        NaN for a pair with fewer than two values, or whose values do not vary.

    Notes
    -----
    A sign flip keeps the sum of squares: 1 + t^2 / df = 1 / (1 - u^2), u the mean over the root mean square.
    """
    filled, n, scale = flip_scale(values)
    scaled, df = filled / scale, np.maximum(n - 1, 1)
    for block in _blocks(signs, values.shape[1]):
        yield _from_u(block.astype(float) @ scaled, df)


def correlated(values: np.ndarray, score: np.ndarray, orders: np.ndarray) -> Iterator[np.ndarray]:
    """Each pair's Pearson correlation with a score under every permutation of the score.

    Parameters
    ----------
    values : array, shape (n_dyads, n_pairs)
    score : array, shape (n_dyads,)
        Without gaps.
    orders : array of int, shape (n_permutations, n_dyads)
        ``score[orders[i]]`` is a permuted score; the first row changes nothing.

    Yields
    ------
    z : array, shape (n_in_block, n_pairs)
        Of t = r sqrt(df / (1 - r^2)); NaN for a pair with fewer than three values, or where one of the two
        does not vary.
    """
    known = np.isfinite(values)
    n = known.sum(axis=0)
    weights = known.astype(float)
    centred, squares, varies = _centred(values, known)
    unit = np.divide(centred, np.sqrt(squares), out=np.full_like(centred, np.nan), where=varies)
    score = score - score.mean()
    score = score / np.linalg.norm(score)
    whole = bool(known.all())
    for block in _blocks(orders, values.shape[1]):
        permuted = score[block]
        r = permuted @ unit
        if not whole:
            rest = (permuted**2) @ weights - (permuted @ weights) ** 2 / np.maximum(n, 1)
            r /= np.sqrt(np.where(rest > ARITHMETIC, rest, np.nan))
        yield _from_u(r, np.maximum(n - 2, 1))


def flipped_correlated(values: np.ndarray, score: np.ndarray, signs: np.ndarray) -> Iterator[np.ndarray]:
    """Each pair's Pearson correlation with a score, with the signs of the dyads' centred values turned.

    Each dyad keeps its score and its distance from the mean, so that the spread may go with the score.

    Parameters
    ----------
    values, score
        As `correlated`.
    signs : array, shape (n_flips, n_dyads)
        The first row turns none.

    Yields
    ------
    z : array, shape (n_in_block, n_pairs)
        The same statistic as `correlated`.
    """
    known = np.isfinite(values)
    n = np.maximum(known.sum(axis=0), 1)
    centred, squares, varies = _centred(values, known)
    of_score, squares_of_score, _ = _centred(np.where(known, score[:, None], np.nan), known)
    varies &= squares_of_score > ARITHMETIC * (score @ score)
    weighted = of_score * centred
    with np.errstate(divide="ignore", invalid="ignore"):
        scale = np.where(varies, np.sqrt(squares_of_score), np.nan)
    for block in _blocks(signs, values.shape[1]):
        turned = block.astype(float)
        rest = np.maximum(squares - (turned @ centred) ** 2 / n, ARITHMETIC * squares)
        with np.errstate(divide="ignore", invalid="ignore"):
            yield _from_u(turned @ weighted / (scale * np.sqrt(rest)), np.maximum(n - 2, 1))


def _centred(values: np.ndarray, known: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Values without their mean (0 where missing), their sum of squares, and whether they vary."""
    n = np.maximum(known.sum(axis=0), 1)
    filled = np.where(known, values, 0.0)
    centred = np.where(known, filled - filled.sum(axis=0) / n, 0.0)
    squares = np.sum(centred**2, axis=0)
    return centred, squares, (known.sum(axis=0) > 2) & (squares > ARITHMETIC * np.sum(filled**2, axis=0))


def relabelled(
    values: np.ndarray, first: np.ndarray, fixed: np.ndarray, orders: np.ndarray
) -> Iterator[np.ndarray]:
    """Two groups of dyads against each other in each pair, with the groups dealt out anew.

    Parameters
    ----------
    values : array, shape (n_dyads, n_pairs)
    first : array of bool, shape (n_dyads,)
        Who is in the first group; z is above zero where its values are higher.
    fixed : array, shape (n_dyads, k)
        The model's other columns, the intercept among them.
    orders : array of int, shape (n_relabelings, n_dyads)
        ``first[orders[i]]`` is a relabelled grouping; the first row changes nothing.

    Yields
    ------
    z : array, shape (n_in_block, n_pairs)
        Of the difference with a residual variance of each group, t as in `spread.adjusted_welch` (with an
        intercept alone Welch's), on the model's n - p degrees of freedom; NaN where a group's variance cannot
        be estimated.

    Notes
    -----
    What is fixed is taken from values and groups first (Frisch & Waugh), so that the difference is one
    product, and a group's residual sum of squares three.
    """
    groups = first.astype(float)
    patterns = list(_patterns(values, fixed))
    for block in _blocks(orders, values.shape[1]):
        z = np.full((len(block), values.shape[1]), np.nan)
        dealt = groups[block]
        for rows, columns, basis in patterns:
            z[:, columns] = _of_groups(dealt[:, rows], basis, values[np.ix_(rows, columns)])
        yield z


def _of_groups(groups: np.ndarray, basis: np.ndarray, values: np.ndarray) -> np.ndarray:
    """z of the first group against the second, shape (n_in_block, n_columns).

    `groups` holds 1 or 0 a dyad, (n_in_block, n_rows); `basis` spans what is fixed, (n_rows, k).
    """
    rest = values - basis @ (basis.T @ values)
    x = groups - (groups @ basis) @ basis.T  # (n_in_block, n_rows)
    leverage = np.sum(basis**2, axis=1, keepdims=True)
    squared = np.sum(x**2, axis=1, keepdims=True)
    squared[squared <= ARITHMETIC] = np.nan
    difference = x @ rest / squared
    variance = np.zeros_like(difference)
    for inside in (groups, 1 - groups):
        own = inside * x
        weight = np.sum(own**2, axis=1, keepdims=True)  # of the group in x'x
        squares = inside @ rest**2 - 2 * difference * (own @ rest) + difference**2 * weight
        squares[squares <= _floor(values)] = np.nan
        trace = inside @ (1 - leverage) - weight / squared
        trace[(trace <= 1e-9) | (inside.sum(axis=1, keepdims=True) < 2)] = np.nan
        variance += squares * (weight / (trace * squared**2))
    return _z_of(difference, variance, len(basis) - basis.shape[1] - 1)


def flipped_residuals(
    values: np.ndarray, first: np.ndarray, fixed: np.ndarray, signs: np.ndarray
) -> Iterator[np.ndarray]:
    """Two groups against each other in each pair, with the signs of the dyads' residuals turned.

    Each dyad keeps its group and the size of its residual, so that the groups may differ in spread.

    Parameters
    ----------
    values, first, fixed
        As `relabelled`.
    signs : array, shape (n_flips, n_dyads)
        The first row turns none.

    Yields
    ------
    z : array, shape (n_in_block, n_pairs)
        The same statistic as `relabelled`.

    Notes
    -----
    The residuals are those of the model without the groups (Freedman & Lane 1983; Winkler et al. 2014,
    NeuroImage 92), fitted with the inverse of either group's variance as weights: of four dyads that vary
    more beside ten others, the four do not decide the common mean. The ratio of the two variances is that
    over all pairs, since few dyads cannot show it for each.
    """
    weights = _weights(values, first, fixed)
    patterns = []
    for rows, columns, basis in _patterns(values, fixed):
        own = first[rows]
        fitted, length = _with_groups(basis, own)
        if min(own.sum(), (~own).sum()) < 2 or fitted is None:
            continue
        roots = np.sqrt(weights[rows])[:, None]
        here = values[np.ix_(rows, columns)]
        residuals = here - fixed[rows] @ (np.linalg.pinv(roots * fixed[rows]) @ (roots * here))
        patterns.append((rows, columns, own, fitted, length, residuals))
    for block in _blocks(signs, values.shape[1]):
        z = np.full((len(block), values.shape[1]), np.nan)
        for rows, columns, *pattern in patterns:
            z[:, columns] = _of_turned(block[:, rows].astype(float), *pattern)
        yield z


def _with_groups(basis: np.ndarray, own: np.ndarray) -> tuple[np.ndarray | None, float]:
    """What spans the groups beside what is fixed, the groups' own column last, and the length of that column.

    None where the groups are among what is fixed.
    """
    x = own - basis @ (basis.T @ own.astype(float))
    if not x @ x > ARITHMETIC:
        return None, 0.0
    length = float(np.linalg.norm(x))
    return np.column_stack([basis, x / length]), length


def _of_turned(
    turned: np.ndarray, own: np.ndarray, fitted: np.ndarray, length: float, residuals: np.ndarray
) -> np.ndarray:
    """z of the first group against the second with the residuals' signs turned, (n_in_block, n_columns).

    What is left of the turned residuals e beside the model, squared and summed over a group, is e'e - 2 Σ c_k
    b_k'e + ΣΣ c_k c_l b_k'b_l over its dyads, with b_k a column of `fitted` and c_k the share of all dyads in
    it: as many products as the model has columns, and not one a dyad.
    """
    of_groups = [
        np.stack([(turned[:, group] * column) @ residuals[group] for column in fitted[group].T])
        for group in (own, ~own)
    ]
    shares = of_groups[0] + of_groups[1]
    variance = np.zeros_like(shares[0])
    for group, products in zip((own, ~own), of_groups, strict=True):
        trace = group.sum() - np.sum(fitted[group] ** 2)
        if not trace > 1e-9:
            return np.full_like(variance, np.nan)
        squares = np.sum(residuals[group] ** 2, axis=0) - 2 * np.sum(shares * products, axis=0)
        squares += np.sum(shares * np.tensordot(fitted[group].T @ fitted[group], shares, axes=1), axis=0)
        squares[squares <= _floor(residuals)] = np.nan
        variance += squares * (np.sum(fitted[group, -1] ** 2) / length**2 / trace)
    return _z_of(shares[-1] / length, variance, len(fitted) - fitted.shape[1])


def _weights(values: np.ndarray, first: np.ndarray, fixed: np.ndarray) -> np.ndarray:
    """One over the residual variance of each dyad's group, over all pairs, each in units of its own."""
    sums = np.zeros(2)  # of squared residuals that have been brought to a variance of 1 a pair
    traces = np.zeros(2)
    for rows, columns, basis in _patterns(values, fixed):
        own = first[rows]
        fitted, _ = _with_groups(basis, own)
        if fitted is None:
            continue
        here = values[np.ix_(rows, columns)]
        squares = (here - fitted @ (fitted.T @ here)) ** 2
        total = squares.sum(axis=0)
        varies = total > _floor(here)
        squares, total = squares[:, varies], total[varies]
        for number, group in enumerate((own, ~own)):
            sums[number] += np.sum(squares[group] / total)
            left = group.sum() - np.sum(fitted[group] ** 2)
            traces[number] += left / (len(fitted) - fitted.shape[1]) * len(total)
    if not (sums > 0).all() or not (traces > 0).all():
        return np.ones(len(first))
    return np.where(first, traces[0] / sums[0], traces[1] / sums[1])


def _patterns(values: np.ndarray, fixed: np.ndarray) -> Iterator[tuple]:
    """Pairs that the same dyads have: those dyads (rows), the pairs (columns), what spans `fixed` there.

    The last is orthonormal, (n_rows, k): a matrix of dyads by dyads would grow with their square.
    """
    known = np.isfinite(values)
    kinds, which = np.unique(known, axis=1, return_inverse=True)
    for number, kind in enumerate(kinds.T):
        rows, columns = np.flatnonzero(kind), np.flatnonzero(which.ravel() == number)
        if not len(rows):
            continue
        own, sizes, _ = np.linalg.svd(fixed[rows], full_matrices=False)
        basis = own[:, sizes > 1e-9 * sizes[0]]
        if len(rows) - basis.shape[1] > 1:
            yield rows, columns, basis


def _floor(values: np.ndarray) -> float:
    """Sums of squares up to this are the rounding of the arithmetic."""
    return ARITHMETIC * float(np.max(np.sum(values**2, axis=0), initial=0.0))


def z_of_t2(t2: np.ndarray, df: np.ndarray | float) -> np.ndarray:
    """The normal deviate whose two-sided p is that of t, from t squared and its degrees of freedom.

    References
    ----------
    Wallace (1959), Annals of Mathematical Statistics 30.
    """
    return (8 * df + 1) / (8 * df + 3) * np.sqrt(df * np.log1p(t2 / df))


def _z_of(difference: np.ndarray, variance: np.ndarray, df: float) -> np.ndarray:
    return np.copysign(z_of_t2(difference**2 / variance, df), difference)


def _from_u(u: np.ndarray, df: np.ndarray) -> np.ndarray:
    """z of a share u of the root of all squares, -1 to 1: t^2 = df u^2 / (1 - u^2)."""
    u2 = np.minimum(u**2, 1 - ARITHMETIC)
    return np.copysign(z_of_t2(df * u2 / (1 - u2), df), u)


def _blocks(draws: np.ndarray, n_pairs: int) -> Iterator[np.ndarray]:
    step = max(1, VALUES_IN_BLOCK // max(n_pairs, 1))
    for first in range(0, len(draws), step):
        yield draws[first : first + step]
