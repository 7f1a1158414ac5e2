"""Permutation tests of a factor between dyads: its levels are dealt out anew, all else stays.

Dyads are exchanged only within the levels of the other factors, and where a therapist has several dyads the
therapists may be exchanged instead. All distinct relabelings where they can be counted, else random ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from math import factorial, prod

import numpy as np
import pandas as pd

from .anova import ROUNDING as ARITHMETIC
from .anova import within_contrasts
from .cells import CELLS
from .design import DesignError, model_matrices

ROUNDING = 1e-9  # relabelings whose statistic equals the observed one up to rounding count as equal
BATCH = 2_000  # relabelings at a time


@dataclass(frozen=True)
class Relabelings:
    """Ways to deal a factor's levels out.

    Attributes
    ----------
    orders : array of int, shape (n_relabelings, n_dyads)
        ``levels[orders[i]]`` is a relabelled factor; row 0 changes nothing.
    exact : bool
        Whether these are all distinct relabelings that there are.
    n_possible : int
        How many distinct ones there are.
    """

    orders: np.ndarray
    exact: bool
    n_possible: int


def relabelings(
    levels: Sequence | np.ndarray,
    strata: Sequence | np.ndarray | None = None,
    units: Sequence | np.ndarray | None = None,
    n_max: int = 10_000,
    seed: Sequence[int] = (0,),
) -> Relabelings:
    """Deal the levels of a factor out anew, within strata.

    Parameters
    ----------
    levels : sequence, shape (n_dyads,)
    strata : sequence, shape (n_dyads,), optional
        Dyads are exchanged only where this agrees, e.g. the level of the other factor.
    units : sequence, shape (n_dyads,), optional
        Whose levels are dealt out in the place of the dyads', e.g. the therapist: all dyads of one unit share
        a level, and units are exchanged only where they have as many dyads in the same strata.
    n_max : int
        All distinct relabelings if there are no more than these, else as many random ones, the observed one
        among them.
    seed : sequence of int

    Raises
    ------
    DesignError
        Where a unit has dyads at several levels, or a dyad has no level or no unit.
    ValueError
        Where the three do not have one entry a dyad.
    """
    for name, one in (("strata", strata), ("units", units)):
        if one is not None and len(one) != len(levels):
            raise ValueError(f"There are {len(levels)} levels and {len(one)} {name}: one a dyad is needed.")
    for name, one in (("level", levels), ("unit", units)):
        if one is not None and (empty := np.flatnonzero(pd.isna(np.asarray(one, dtype=object)))).size:
            raise DesignError(f"Dyad {empty[0] + 1} has no {name}: its {name} cannot be permuted.")
    codes = pd.factorize(np.asarray(levels, dtype=object), sort=True)[0]
    strata = ["" for _ in codes] if strata is None else list(map(str, strata))
    units = list(range(len(codes))) if units is None else list(units)
    members = pd.Series(range(len(codes))).groupby(pd.Index(units), sort=False).agg(list)
    for unit, own in members.items():
        if len(set(codes[own])) > 1:
            found = ", ".join(map(str, dict.fromkeys(np.asarray(levels, dtype=object)[own])))
            raise DesignError(
                f"{unit} has dyads at several levels ({found}): they cannot be permuted together."
            )
    unit_codes = np.array([codes[own[0]] for own in members])
    kinds = [(len(own), *sorted(strata[i] for i in own)) for own in members]
    classes = [np.array([k for k, kind in enumerate(kinds) if kind == one]) for one in dict.fromkeys(kinds)]

    n_possible = prod(_how_many(unit_codes[own]) for own in classes)
    if n_possible <= n_max:
        dealt = _every(unit_codes, classes)
    else:
        rng = np.random.default_rng(list(seed))
        dealt = np.tile(unit_codes, (n_max, 1))
        for own in classes:
            dealt[1:, own] = rng.permuted(dealt[1:, own], axis=1)
    of_dyads = np.empty(len(codes), dtype=int)
    for k, own in enumerate(members):
        of_dyads[own] = k
    return Relabelings(_as_orders(codes, dealt[:, of_dyads]), n_possible <= n_max, n_possible)


def permutation_tests(
    data: pd.DataFrame,
    dv: str,
    subject: str,
    between: Sequence[str],
    within: Sequence[str],
    covariates: Sequence[str] = (),
    *,
    factor: str,
    units: str | None = None,
    strata: str | None = None,
    n_max: int = 10_000,
    seed: Sequence[int] = (0,),
) -> pd.DataFrame:
    """Test one factor between dyads, its products with the within effects, and each ROI and band.

    The statistic is F of the factor beside the other factors and the covariates, as in `anova.rm_anova`
    without products of the factors. Over the cells of ROI and band the largest F of each relabeling controls
    the family-wise error (Nichols & Holmes 2002, Human Brain Mapping 15).

    Parameters
    ----------
    data, dv, subject, between, within, covariates
        As `anova.rm_anova`.
    factor : str
        Of `between`; dyads are exchanged only where the other factors agree.
    units : str, optional
        Column of the units to exchange in the place of dyads, e.g. ``therapist``.
    strata : str, optional
        Column within whose values alone dyads are exchanged, besides the other factors.

    Returns
    -------
    DataFrame
        `effect`, `roi`, `band` (``all``: the effect rests on every cell), `statistic`, `p` (the share of
        relabelings, the observed one included, whose F is at least the observed), `p_family`,
        `n_relabelings`, `exact` (yes or no), `smallest_p` (`smallest_p`: no data could give less).

    Raises
    ------
    DesignError
        As `anova.rm_anova` and `relabelings`.
    """
    within = list(within)
    values, sizes, dyads, terms = model_matrices(
        data, dv, subject, between, within, covariates, also=[name for name in (units, strata) if name]
    )
    if factor not in between:
        raise DesignError(f"The factor {factor} is not between dyads: its levels cannot be permuted.")
    others = [dyads[name].astype(str) for name in between if name != factor]
    others += [dyads[strata].astype(str)] if strata else []
    within_what = list(zip(*others, strict=True)) if others else None
    dealt = relabelings(dyads[factor], within_what, dyads[units] if units else None, n_max, seed)
    fixed = np.hstack([block for name, block in terms.items() if name != factor])

    floor = ARITHMETIC**2 * np.sum(values**2)

    def f_values(scores: np.ndarray) -> np.ndarray:
        return _f_of_relabelings(scores, terms[factor], fixed, dealt.orders, floor)

    about: dict[str, object] = {"n_relabelings": len(dealt.orders), "exact": "yes" if dealt.exact else "no"}
    about["smallest_p"] = smallest_p(terms[factor], fixed, dealt.orders)
    rows = []
    for effect, contrast in within_contrasts(within, sizes):
        found = f_values(values @ contrast)
        name = f"{factor}:{effect}" if effect else factor
        rows.append({"effect": name, "roi": "all", "band": "all", "statistic": found[0], "p": _share(found)})
    cells = list(_single_cells(data, within, sizes))
    if len(cells) > 1:
        family = np.stack([f_values(values @ average[:, None]) for _, average in cells])
        largest = np.fmax.reduce(family)  # a cell in which the dyads do not vary is no member of the family
        for (cell, _), found in zip(cells, family, strict=True):
            row: dict[str, object] = {"effect": factor, "roi": "all", "band": "all", **cell}
            row |= {"statistic": found[0], "p": _share(found)}
            rows.append(row | {"p_family": _share(np.concatenate([found[:1], largest]), from_second=True)})
    return pd.DataFrame([row | about for row in rows]).reindex(
        columns=[
            "effect",
            "roi",
            "band",
            "statistic",
            "p",
            "p_family",
            "n_relabelings",
            "exact",
            "smallest_p",
        ]
    )


def smallest_p(factor: np.ndarray, fixed: np.ndarray, orders: np.ndarray) -> float:
    """The smallest p that these relabelings can give, whatever the data: the observed one's share of them.

    Relabelings that divide the dyads in the same way, as "yes" and "no" exchanged everywhere, have the same F
    in all data: of 36 there are then 18 different ones, and no p is below 2/36.

    Parameters
    ----------
    factor : array, shape (n_dyads, df)
        Coded columns of the factor.
    fixed : array, shape (n_dyads, k)
        The other terms.
    orders : array of int, shape (n_relabelings, n_dyads)
        Of `relabelings`; the first changes nothing.
    """
    anything = np.random.default_rng(0).standard_normal((len(factor), 1))  # tells any two divisions apart
    found = _f_of_relabelings(anything, factor, fixed, orders, 0.0)
    return float(np.mean(np.isclose(found, found[0], rtol=ROUNDING, atol=0, equal_nan=True)))


def _f_of_relabelings(
    scores: np.ndarray, factor: np.ndarray, fixed: np.ndarray, orders: np.ndarray, floor: float
) -> np.ndarray:
    """F of the relabelled factor beside what is fixed, shape (n_relabelings,).

    NaN where no more of the sum of squares is left than `floor`, the rounding of the arithmetic.

    What `fixed` explains is taken from the scores Z, (n_dyads, q), and from the factor's columns first
    (Frisch & Waugh); then SS = tr Z'A (A'A)^-1 A'Z.
    """
    basis = np.linalg.qr(fixed)[0]
    scores = scores - basis @ (basis.T @ scores)
    total = np.sum(scores**2)
    if not total > floor:
        return np.full(len(orders), np.nan)
    df1, df2 = factor.shape[1], len(factor) - fixed.shape[1] - factor.shape[1]
    found = []
    for first in range(0, len(orders), BATCH):
        columns = factor[orders[first : first + BATCH]]  # A, (n_relabelings, n_dyads, df1)
        columns = columns - basis @ (basis.T @ columns)
        products = columns.transpose(0, 2, 1) @ scores  # A'Z, (n_relabelings, df1, q)
        inverse = _inverse(columns.transpose(0, 2, 1) @ columns)
        ss = np.sum(products * (inverse @ products), axis=(1, 2))
        with np.errstate(divide="ignore", invalid="ignore"):
            found.append((ss / df1) / ((total - ss) / df2))
    return np.concatenate(found)


def _inverse(squares: np.ndarray) -> np.ndarray:
    """Generalised inverse of symmetric matrices, shape (n, df, df); of single numbers it is one division."""
    if squares.shape[-1] > 1:
        return np.linalg.pinv(squares, hermitian=True)
    return np.divide(1.0, squares, out=np.zeros_like(squares), where=squares != 0)


def _share(found: np.ndarray, from_second: bool = False) -> float:
    """Share of relabelings that reach the observed statistic, which stands first."""
    if not np.isfinite(found[0]):
        return np.nan
    return float(np.mean(found[int(from_second) :] >= found[0] * (1 - ROUNDING)))


def _single_cells(
    data: pd.DataFrame, within: list[str], sizes: list[int]
) -> Iterator[tuple[dict[str, str], np.ndarray]]:
    """Each ROI and band, and the weights that average what else there is, such as times."""
    levels = [list(pd.unique(data[name])) for name in within]
    for chosen in product(
        *(one if name in CELLS else [None] for name, one in zip(within, levels, strict=True))
    ):
        weights = np.ones(1)
        for level, one, size in zip(chosen, levels, sizes, strict=True):
            own = np.full(size, 1 / size) if level is None else np.eye(size)[one.index(level)]
            weights = np.kron(weights, own)
        yield {n: v for n, v in zip(within, chosen, strict=True) if v is not None}, weights


def _how_many(codes: np.ndarray) -> int:
    """Distinct arrangements of these levels."""
    return factorial(len(codes)) // prod(factorial(int(n)) for n in np.bincount(codes))


def _every(codes: np.ndarray, classes: list[np.ndarray]) -> np.ndarray:
    """Every distinct arrangement within classes, shape (n_possible, n_units); the observed one first."""
    dealt = codes[None]
    for own in classes:
        arranged = np.array(list(_arrangements(codes[own])))
        repeated = np.repeat(dealt, len(arranged), axis=0)
        repeated[:, own] = np.tile(arranged, (len(dealt), 1))
        dealt = repeated
    observed = (dealt == codes).all(axis=1)
    return np.concatenate([dealt[observed], dealt[~observed]])


def _arrangements(codes: np.ndarray) -> Iterator[np.ndarray]:
    """Every distinct arrangement of the levels of one class."""
    level = codes.max()
    count = int(np.sum(codes == level))
    if count == len(codes):
        yield codes
        return
    rest = codes[codes != level]
    for places in combinations(range(len(codes)), count):
        own = np.zeros(len(codes), dtype=bool)
        own[list(places)] = True
        for others in _arrangements(rest):
            arranged = np.empty_like(codes)
            arranged[own], arranged[~own] = level, others
            yield arranged


def _as_orders(codes: np.ndarray, dealt: np.ndarray) -> np.ndarray:
    """Orders of dyads that turn `codes` into each row of `dealt`."""
    orders = np.empty_like(dealt)
    source = np.argsort(codes, kind="stable")
    target = np.argsort(dealt, axis=1, kind="stable")
    np.put_along_axis(orders, target, np.broadcast_to(source, dealt.shape), axis=1)
    return orders
