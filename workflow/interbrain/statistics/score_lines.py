"""The regression lines of the correlations over the range of each score, and how uncertain they are."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import numpy as np
import pandas as pd

from interbrain.tables.scores import CORRELATION_LINES

from .cells import CELLS, Cells
from .correlations import FLAT, MINIMUM_PAIRS

POINTS = 11  # along a line


def correlation_lines(cells: Cells, measures: Sequence[str], questionnaires: Sequence[str]) -> pd.DataFrame:
    """The line of each correlation at `POINTS` values of the score, from its lowest to its highest.

    Returns
    -------
    table : DataFrame
        No row of a correlation that could not be computed.
    """
    rows = []
    for measure, questionnaire in product(measures, questionnaires):
        for (roi, band), cell in cells.single.groupby(CELLS, sort=False, observed=True):
            # Sums must depend neither on the order of rows nor on labels.
            known = cell[[questionnaire, measure]].dropna().sort_values([questionnaire, measure])
            about = {"measure": measure, "questionnaire": questionnaire, "roi": roi, "band": band}
            line = regression_line(*known.to_numpy(dtype=float).T)
            rows += [
                about | {name: values[k] for name, values in line.items()} for k in range(len(line["x"]))
            ]
    return table(rows)


def regression_line(x: np.ndarray, y: np.ndarray) -> dict[str, np.ndarray]:
    """Least squares of y on x, with the interval of the line and the range of lines without one pair.

    Parameters
    ----------
    x, y : array, shape (n,)

    Returns
    -------
    dict of array, each of shape (POINTS,), or (0,) with fewer than 4 pairs or where one does not vary
        ``x``; ``fit``; ``low`` and ``high``, the 95 % interval of the mean of y at x, from t with n - 2
        degrees of freedom; ``loo_low`` and ``loo_high``, the lowest and highest of the n lines that leave
        one pair out.
    """
    names = CORRELATION_LINES.names[-6:]
    if len(x) < MINIMUM_PAIRS or any(np.ptp(one) <= FLAT * np.abs(one).max() for one in (x, y)):
        return {name: np.empty(0) for name in names}
    from scipy.stats import t

    n = len(x)
    at = np.linspace(x.min(), x.max(), POINTS)
    slope, mean_x, mean_y = _slope(x, y), x.mean(), y.mean()
    fit = mean_y + slope * (at - mean_x)
    ss_error = np.sum((y - mean_y - slope * (x - mean_x)) ** 2)
    ss_x = np.sum((x - mean_x) ** 2)
    half = t.ppf(0.975, n - 2) * np.sqrt(ss_error / (n - 2) * (1 / n + (at - mean_x) ** 2 / ss_x))
    others = np.array([np.delete(np.arange(n), out) for out in range(n)])  # (n, n - 1)
    slopes = _slope(x[others], y[others])
    without = y[others].mean(axis=1)[:, None] + slopes[:, None] * (at - x[others].mean(axis=1)[:, None])
    ends = (at, fit, fit - half, fit + half, np.nanmin(without, axis=0), np.nanmax(without, axis=0))
    return dict(zip(names, ends, strict=True))


def _slope(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Of the last axis; NaN where x does not vary."""
    centred = x - x.mean(axis=-1, keepdims=True)
    varies = np.ptp(x, axis=-1) > FLAT * np.abs(x).max(axis=-1)
    products = np.sum(centred * (y - y.mean(axis=-1, keepdims=True)), axis=-1)
    return np.divide(products, np.sum(centred**2, axis=-1), out=np.full(products.shape, np.nan), where=varies)


def table(rows: list[dict]) -> pd.DataFrame:
    """Make the table of these rows, with every column."""
    return pd.DataFrame(rows).reindex(columns=CORRELATION_LINES.names)
