"""A sampled signal with what is known of its time, and what it takes to put it on another clock."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from interbrain.clocks import ClockFit

# Longer steps than so many usual ones are a gap, within which nothing is interpolated.
LONGEST_STEP = 2.5


@dataclass(frozen=True)
class Series:
    """A signal at a constant rate.

    Attributes
    ----------
    values : array, shape (n_channels, n_times)
        NaN where nothing was recorded.
    rate_hz : float
    start_s : float
        When the first sample was taken, s on the clock that whoever made it says.
    unit : str
        As the file has it; empty if it does not say.
    begun : float or None
        When it began by the file's own times of day, s since 1970; None if the file does not say.
    """

    values: np.ndarray
    rate_hz: float
    start_s: float = 0.0
    unit: str = ""
    begun: float | None = None

    @property
    def times(self) -> np.ndarray:
        """Instants of the samples, s."""
        return self.start_s + np.arange(self.values.shape[1]) / self.rate_hz

    @property
    def missing_share(self) -> float:
        """Share of samples that are missing; 1 of an empty series."""
        return float(np.isnan(self.values).any(axis=0).mean()) if self.values.size else 1.0


def evenly(times: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, float]:
    """Values at uneven instants on an even grid from the first instant on, at the usual rate.

    Parameters
    ----------
    times : array, shape (n,)
        Rising, s.
    values : array, shape (n_channels, n)

    Returns
    -------
    even : array, shape (n_channels, n_even)
        Between two neighbours linear; NaN in steps of more than `LONGEST_STEP` usual ones, and beside
        missing values. The values themselves if the steps are even already.
    rate_hz : float
    """
    steps = np.diff(times)
    usual = float(np.median(steps))
    if np.abs(steps - usual).max() <= 0.5 * usual:  # jitter of time stamps, and nothing lost
        return values, (len(times) - 1) / float(times[-1] - times[0])
    grid = np.arange(round((times[-1] - times[0]) / usual) + 1) * usual
    return np.stack([at_instants(times - times[0], row, grid, LONGEST_STEP * usual) for row in values]), (
        1 / usual
    )


def at_instants(times: np.ndarray, values: np.ndarray, wanted: np.ndarray, longest_s: float) -> np.ndarray:
    """Values at wanted instants, linear between neighbours no further apart than `longest_s`; else NaN.

    Exactly the value where an instant is one that was sampled (to a millionth of the step).
    """
    wanted = np.asarray(wanted, float)
    if len(times) == 0:
        return np.full(len(wanted), np.nan)
    if len(times) == 1:
        return np.where(wanted == times[0], values[0], np.nan)
    right = np.searchsorted(times, wanted).clip(1, len(times) - 1)
    left = right - 1
    step = times[right] - times[left]
    share = (wanted - times[left]) / step
    near = np.round(share)
    share = np.where(np.abs(share - near) < 1e-6, near, share)
    weighted = np.where(share < 1, (1 - share) * values[left], 0) + np.where(
        share > 0, share * values[right], 0
    )
    inside = (share >= 0) & (share <= 1) & ((step <= longest_s) | (share == 0) | (share == 1))
    return np.where(inside, weighted, np.nan)


def on_therapist_clock(series: Series, fit: ClockFit, rate_hz: float, duration_s: float) -> np.ndarray:
    """A member's series at the instants 0, 1/rate, 2/rate, ... on the therapist's clock.

    Parameters
    ----------
    series : Series
        On the clock of the member's EEG recording.
    fit : ClockFit
        That clock in terms of the therapist's; of the therapist's own, the identity.
    rate_hz : float
    duration_s : float
        Of the therapist's recording.

    Returns
    -------
    values : array, shape (n_channels, n_times)
        A faster series is averaged over the interval of 1/rate around each instant, of which at least half
        must be there; else linear between neighbours. NaN where the member was not recorded, and where the
        clock is not confirmed.
    """
    instants = np.arange(int(np.floor(duration_s * rate_hz + 1e-6)) + 1) / rate_hz
    instants = instants[instants < duration_s - 1e-9]
    wanted = fit.to_other(instants)
    if series.rate_hz > 1.5 * rate_hz:
        found = np.stack([_means_around(series, row, wanted, rate_hz) for row in series.values])
    else:
        longest = LONGEST_STEP / series.rate_hz
        found = np.stack([at_instants(series.times, row, wanted, longest) for row in series.values])
    for begin, end in fit.unconfirmed:
        found[:, (instants >= begin) & (instants < end)] = np.nan
    return found


def _means_around(series: Series, row: np.ndarray, wanted: np.ndarray, rate_hz: float) -> np.ndarray:
    """Mean of a row over 1/rate around each instant; NaN where less than half of that was recorded."""
    edges = np.concatenate([wanted - 0.5 / rate_hz, [wanted[-1] + 0.5 / rate_hz]]) if len(wanted) else wanted
    places = np.searchsorted(series.times, edges)
    there = np.isfinite(row)
    sums = np.concatenate([[0.0], np.cumsum(np.where(there, row, 0.0))])
    counts = np.concatenate([[0], np.cumsum(there)])
    n = counts[places[1:]] - counts[places[:-1]]
    enough = n >= 0.5 * series.rate_hz / rate_hz
    return np.where(enough, (sums[places[1:]] - sums[places[:-1]]) / np.maximum(n, 1), np.nan)
