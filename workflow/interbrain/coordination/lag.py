"""At which lag two series go together most: the curve over lags against circular shifts, and its peak.

The curve is the mean over windows of |Fisher's z| at each lag of the windowed cross-lagged
correlation (`families.lagged`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from interbrain.coordination.pairing import Paired

POINTWISE, SIMULTANEOUS = 0.95, 0.05
FEWEST_SHIFTS = 19  # with fewer no p is .05
AT_THE_END = (
    "the curve is highest at the largest lag that was looked at, {lag:g} s: the series are related, but this "
    "is no peak (a larger lag_s shows whether there is one)"
)
NOT_BEYOND = "no lag is beyond the simultaneous chance band"


@dataclass(frozen=True)
class LagCurve:
    """A pair's curve over lags and its highest point.

    Attributes
    ----------
    lag_s : array, shape (n_lags,)
        The client's delay: above 0 the client follows, the therapist leads.
    value, chance, chance_sd : array, shape (n_lags,)
        As recorded; mean and standard deviation over shifts.
    low, high : array, shape (n_lags,)
        The pointwise band, which holds 95 % of the shifts at each lag.
    limit : array, shape (n_lags,)
        In 95 % of the shifts the whole curve stays below; NaN with fewer than `FEWEST_SHIFTS` shifts.
    peak_s : float
        Where the curve is furthest above chance, in standard deviations over shifts; NaN with a reason.
    z, p : float
        Of that point: the distance, and the share of shifts whose own furthest point is as far.
    n_shifts : int
    reason : str
        Why there is no lag in seconds; empty where there is one.
    """

    lag_s: np.ndarray
    value: np.ndarray
    chance: np.ndarray
    chance_sd: np.ndarray
    low: np.ndarray
    high: np.ndarray
    limit: np.ndarray
    peak_s: float
    z: float
    p: float
    n_shifts: int
    reason: str = ""


def lag_curve(found: Paired, rate_hz: float) -> LagCurve | None:
    """The curve of a pair against its shifts.

    Parameters
    ----------
    found : Paired
        Of `families.lagged.lagged`.
    rate_hz : float

    Returns
    -------
    curve : LagCurve or None
        None where no window has a value at some lag, or no shift was possible.
    """
    curves = found.curve
    if curves is None or np.isnan(curves[0]).any():
        return None
    null = curves[1:]
    null = null[~np.isnan(null).any(axis=1)]
    if len(null) < 2:
        return None
    lag = curves.shape[1] // 2
    lag_s = np.arange(-lag, lag + 1) / rate_hz
    chance, spread = null.mean(axis=0), null.std(axis=0, ddof=1)
    low, high = np.quantile(null, ((1 - POINTWISE) / 2, (1 + POINTWISE) / 2), axis=0)
    above, furthest = (curves[0] - chance) / spread, np.sort(((null - chance) / spread).max(axis=1))
    n = len(null)
    at = int(above.argmax())
    p = float((furthest >= above[at]).sum() + 1) / (n + 1)
    allowed = int(np.floor(SIMULTANEOUS * (n + 1) + 1e-9)) - 1  # shifts that may be as far
    limit = chance + furthest[-allowed - 1] * spread if n >= FEWEST_SHIFTS else np.full(len(lag_s), np.nan)
    reason = ""
    if p > SIMULTANEOUS:
        reason = NOT_BEYOND if n >= FEWEST_SHIFTS else f"only {n} circular shifts: no chance band"
    elif at in (0, 2 * lag):
        reason = AT_THE_END.format(lag=lag_s[-1])
    peak = float("nan") if reason else float(lag_s[at])
    return LagCurve(
        *(lag_s, curves[0], chance, spread, low, high, limit, peak, float(above[at]), p, n, reason)
    )
