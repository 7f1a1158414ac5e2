"""Does something stand between two others? The indirect effect of x on y through a mediator, over dyads.

Least squares on standardised columns and a percentile bootstrap of dyads, or of therapists where several of
them have several dyads. Nothing here shows an order in time or cause: the columns were measured as they were.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import sqrt

import numpy as np
import pandas as pd

from interbrain.tables.mediation import MEDIATION

from .correlations import FLAT
from .design import refuse_unknown_columns
from .notes import note, shared_people, whole_counts
from .therapists import therapists_decide

LEAST = 10  # dyads, or therapists where these are resampled
POWER, ALPHA = 0.80, 0.05
ORDER = "a mediation in data of one time shows no causal order"


def mediations(
    aggregated: pd.DataFrame,
    asked: Sequence[Mapping[str, str]],
    levels: Mapping[str, Sequence[str]] | None = None,
    *,
    bootstraps: int = 10_000,
    bound_r: float = 0.3,
    seed: Sequence[int] = (0,),
) -> pd.DataFrame:
    """Test each mediation that is asked for.

    Parameters
    ----------
    aggregated : DataFrame
        One row a dyad, time, band and ROI, with therapist and client. A dyad's value is its rows' mean.
    asked : sequence of mapping
        x, mediator and y: columns each.
    levels : mapping
        Of the factors; one with two levels may be x: 1 for the first, 0 for the second.
    bootstraps : int
        Resamples.
    bound_r : float
        The smallest correlation that would matter; an indirect effect within +-bound_r^2, two such paths, is
        too small to matter.
    seed : sequence of int
        The result does not depend on the order of dyads.

    Returns
    -------
    table : DataFrame
        As `tables.mediation` declares it. With several mediations the intervals hold together (Bonferroni).
    """
    rows = [_one(aggregated, one, levels or {}, bootstraps, bound_r, seed, len(asked)) for one in asked]
    return whole_counts(pd.DataFrame(rows).reindex(columns=MEDIATION.names))


def _one(
    aggregated: pd.DataFrame,
    asked: Mapping[str, str],
    levels: Mapping[str, Sequence[str]],
    bootstraps: int,
    bound_r: float,
    seed: Sequence[int],
    size: int,
) -> dict:
    names = [asked[role] for role in ("x", "mediator", "y")]
    row: dict = dict(zip(("predictor", "mediator", "outcome"), names, strict=True)) | {
        "verdict": "not tested"
    }
    refuse_unknown_columns(aggregated, names)
    people = aggregated.drop_duplicates("dyad").set_index("dyad")[["therapist", "client"]]
    values = pd.DataFrame({name: _of_dyads(aggregated, name, levels) for name in names})
    values = values.reindex(people.index)
    absent = values.index[values.isna().any(axis=1)]
    values = values.dropna().sort_values(names)
    people = people.loc[values.index]
    said = [f"without {', '.join(map(str, absent))}: a value is missing"] if len(absent) else []
    row["n_dyads"] = len(values)
    clustered = therapists_decide(people["therapist"])
    row["unit"] = "therapist" if clustered else "dyad"
    units = pd.factorize(people["therapist"])[0] if clustered else np.arange(len(values))
    row["n"] = n = len(set(units))
    if reason := _why_not(values, n, row["unit"]):
        return row | {"note": note([reason, *said])}
    z = ((values - values.mean()) / values.std(ddof=1)).to_numpy()
    paths = paths_of(z.mean(axis=0), z.T @ z / len(z))
    drawn = resampled(z, units, bootstraps, seed)
    drawn = drawn[np.isfinite(drawn)]
    low, high = np.quantile(drawn, [ALPHA / size / 2, 1 - ALPHA / size / 2])
    row |= {name: float(paths[name]) for name in ("a", "b", "direct", "total", "indirect")}
    row |= {"indirect_low": float(low), "indirect_high": float(high), "n_bootstraps": len(drawn)}
    row |= {"confidence": 1 - ALPHA / size, "margin": bound_r**2, "detectable": detectable_indirect(n)}
    row["verdict"] = verdict(float(low), float(high), bound_r**2)
    shared = [] if clustered else shared_people(people)
    return row | {"note": note([ORDER, *said, *shared])}


def verdict(low: float, high: float, margin: float) -> str:
    """``equivalent`` within the margin, ``positive`` or ``negative`` beyond 0, else ``cannot tell``."""
    if -margin < low and high < margin:
        return "equivalent"
    if low > 0 or high < 0:
        return "positive" if low > 0 else "negative"
    return "cannot tell"


def paths_of(mean: np.ndarray, products: np.ndarray) -> dict[str, np.ndarray]:
    """The paths by least squares, from moments of x, mediator and y.

    Parameters
    ----------
    mean : array, shape (..., 3)
    products : array, shape (..., 3, 3)
        Means of the products.

    Returns
    -------
    dict of array
        a: of the mediator on x; b and direct: of y on the mediator and on x, each given the other; total: of
        y on x; indirect: a times b. NaN where x or the mediator given x does not vary.
    """
    c = products - mean[..., :, None] * mean[..., None, :]
    with np.errstate(divide="ignore", invalid="ignore"):
        a, total = c[..., 0, 1] / c[..., 0, 0], c[..., 0, 2] / c[..., 0, 0]
        left = c[..., 1, 1] - a * c[..., 0, 1]  # variance of the mediator given x
        b = np.where(left > FLAT * c[..., 1, 1], (c[..., 1, 2] - a * c[..., 0, 2]) / left, np.nan)
    return {"a": a, "b": b, "direct": total - a * b, "total": total, "indirect": a * b}


def resampled(z: np.ndarray, units: np.ndarray, n_boot: int, seed: Sequence[int]) -> np.ndarray:
    """The indirect effect, in SDs of the sample, in resamples of whole units; shape (n_boot,)."""
    n = int(units.max()) + 1
    sums, sizes = np.zeros((n, 3)), np.bincount(units).astype(float)
    np.add.at(sums, units, z)
    products = np.zeros((n, 3, 3))
    np.add.at(products, units, z[:, :, None] * z[:, None, :])
    counts = np.random.default_rng(list(seed)).multinomial(n, np.full(n, 1 / n), n_boot).astype(float)
    total = (counts @ sizes)[:, None]
    mean = counts @ sums / total
    return paths_of(mean, (counts @ products.reshape(n, 9) / total).reshape(-1, 3, 3))["indirect"]


def detectable_indirect(n: int) -> float:
    """The smallest standardised indirect effect, without a direct one, that `n` units show with 80% power.

    Of all pairs of paths a and b of which both reach p < .05 in four of five studies (by Fisher's z, that of
    b given x), the smallest product; NaN where no pair does. The bootstrap's power is in
    docs/statistics/scores.md.

    Examples
    --------
    >>> round(detectable_indirect(14), 2), round(detectable_indirect(100), 2)
    (0.64, 0.11)
    """
    from scipy.stats import norm

    a, b = np.meshgrid(*[np.arange(0.01, 1, 0.01)] * 2)
    given_x = b * np.sqrt((1 - a**2) / (1 - a**2 * b**2))
    limit = norm.isf(ALPHA / 2)
    of_a = norm.sf(limit - np.arctanh(a) * sqrt(n - 3))
    of_b = norm.sf(limit - np.arctanh(given_x) * sqrt(n - 4))
    enough = of_a * of_b >= POWER
    return float((a * b)[enough].min()) if enough.any() else np.nan


def _of_dyads(aggregated: pd.DataFrame, name: str, levels: Mapping[str, Sequence[str]]) -> pd.Series:
    """A dyad's mean of a column; a factor of two levels as 1 and 0; NaN where it is neither."""
    column = aggregated[name]
    if name in levels:
        first, *others = map(str, levels[name])
        codes = {first: 1.0, others[0]: 0.0} if len(others) == 1 else {}
        column = column.astype(str).map(codes).astype(float)
    column = pd.to_numeric(column, errors="coerce")
    grouped = column.groupby(aggregated["dyad"], sort=False)
    return grouped.mean().where(grouped.count() == grouped.size())


def _why_not(values: pd.DataFrame, n: int, unit: str) -> str:
    if n < LEAST:
        return f"{n} {unit}s with all three values: at least {LEAST} are needed"
    for name, column in values.items():
        if np.ptp(column) <= FLAT * np.abs(column).max():
            return f"{name} is the same in every dyad"
    r = values.corr().to_numpy()
    if 1 - abs(r[0, 1]) < FLAT:
        return f"{values.columns[0]} and {values.columns[1]} cannot be told apart: they vary together"
    return ""
