"""Within a dyad: do the moments of more synchrony of brains go with those of more coordination of bodies?

The correlation of two time-resolved series, against the one series shifted in time.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from interbrain.coding.series import Series

FEWEST_WINDOWS = 20
MIN_SHIFT_S = 60.0
SLOW_S = 300.0  # slower changes are the session's course and no moments of it
ROUNDING = 1e-9


@dataclass(frozen=True)
class Relation:
    """The correlation of two series of one dyad against circular shifts.

    Attributes
    ----------
    r : float
        Pearson's, without what changes over 300 s and more in either series.
    chance, chance_sd : float
        Of Fisher's z of r after the shifts.
    above_chance : float
        Fisher's z of r minus chance.
    p : float
        Share of shifts whose \\|z\\| reaches the observed one, two-sided.
    n_windows, n_shifts : int
    reason : str
        Why there is none; then the numbers are NaN.
    """

    r: float
    chance: float
    chance_sd: float
    above_chance: float
    p: float
    n_windows: int
    n_shifts: int
    reason: str = ""


def aligned(brain: Series, body: Series) -> tuple[np.ndarray, np.ndarray, float]:
    """Both series on the windows of the coarser one: the mean of the finer one's windows inside each.

    Returns
    -------
    brain, body : array, shape (n_windows,)
        NaN where either has no value.
    step_s : float
        From one window to the next.
    """
    turned = body.step_s < brain.step_s
    coarse, fine = (brain, body) if turned else (body, brain)
    known = fine.known
    summed = np.concatenate([[0.0], np.cumsum(known.values)])
    first = np.searchsorted(known.centres, coarse.starts - ROUNDING)
    beyond = np.searchsorted(known.centres, coarse.stops - ROUNDING)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = (summed[beyond] - summed[first]) / (beyond - first)
    pair = (coarse.values, mean) if turned else (mean, coarse.values)
    return pair[0], pair[1], coarse.step_s


def relation(brain: Series, body: Series) -> Relation:
    """Correlate two series of one dyad.

    Both are put on the windows of the coarser one and lose what changes over 300 s and more, as two series
    that both settle during a session correlate without any moment in common. Then the one is shifted
    circularly by every whole number of windows from 60 s on.

    Returns
    -------
    found : Relation
        Without numbers where fewer than 20 windows have both, or where a series does not vary.
    """
    if not len(brain.starts) or not len(body.starts):
        return _none(0, "one of the two series has no values")
    x, y, step_s = aligned(brain, body)
    there = np.isfinite(x) & np.isfinite(y)
    n = int(there.sum())
    if n < FEWEST_WINDOWS:
        return _none(n, f"{n} windows have both values; at least {FEWEST_WINDOWS} are needed")
    x, y = without_slow(x, step_s), without_slow(y, step_s)
    observed = _r(x, y)
    if not np.isfinite(observed):
        return _none(n, "one of the two series does not vary")
    least = max(1, int(np.ceil(MIN_SHIFT_S / step_s)))
    shifts = range(least, len(x) - least + 1)
    null = np.array([_r(x, np.roll(y, shift)) for shift in shifts])
    null = null[np.isfinite(null)]
    if len(null) < FEWEST_WINDOWS - 1:
        return _none(n, f"{len(null)} circular shifts are too few for a chance level")
    z, of_null = np.arctanh(np.clip(observed, -1 + 1e-12, 1 - 1e-12)), np.arctanh(null)
    reached = np.abs(of_null) >= abs(z) * (1 - ROUNDING)
    chance = float(of_null.mean())
    p = float((reached.sum() + 1) / (len(null) + 1))
    return Relation(observed, chance, float(of_null.std(ddof=1)), float(z - chance), p, n, len(null))


def without_slow(values: np.ndarray, step_s: float) -> np.ndarray:
    """A series without its mean, its parabola and every cosine of a period of `SLOW_S` or more; NaN stays.

    Of a parabola, which has a slope at either end, cosines alone would leave a rest at the ends.
    """
    n, there = len(values), np.isfinite(values)
    at = (np.arange(n) + 0.5) / n
    order = np.arange(int(2 * n * step_s / SLOW_S) + 1)
    basis = np.column_stack([np.cos(np.pi * np.outer(at, order)), at - 0.5, (at - 0.5) ** 2])
    return values - basis @ np.linalg.lstsq(basis[there], values[there], rcond=None)[0]


def _r(x: np.ndarray, y: np.ndarray) -> float:
    there = np.isfinite(x) & np.isfinite(y)
    if there.sum() < FEWEST_WINDOWS / 2:
        return float("nan")
    x, y = x[there] - x[there].mean(), y[there] - y[there].mean()
    size = np.sqrt(x @ x) * np.sqrt(y @ y)
    return float(x @ y / size) if size > 1e-20 else float("nan")


def _none(n: int, reason: str) -> Relation:
    nan = float("nan")
    return Relation(nan, nan, nan, nan, nan, n, 0, reason)
