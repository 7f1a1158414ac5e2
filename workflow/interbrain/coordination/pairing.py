"""Windows of the therapist beside those of the client: as recorded, and after circular shifts.

A shift moves the client's windows by whole windows and an offset within a window. What runs over the end
comes back at the beginning, window by window: no window holds the seam between end and beginning.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from interbrain.coordination.settings import Settings


@dataclass(frozen=True)
class Grid:
    """Windows in samples: how many, the step between their starts, and how much each one uses."""

    n: int
    step: int
    length: int
    n_samples: int

    @property
    def starts(self) -> np.ndarray:
        return np.arange(self.n) * self.step


@dataclass(frozen=True)
class Shifts:
    """The client's windows are `whole` windows and `offset` samples later; one entry a shift.

    The first entry is 0 and 0: the series as they were recorded. `offsets` are those that occur.
    """

    whole: np.ndarray
    offset: np.ndarray
    offsets: np.ndarray

    def __len__(self) -> int:
        return len(self.whole)

    def client_windows(self, n: int) -> np.ndarray:
        """Beside each of the therapist's windows that of the client, among n windows at each offset.

        Array of int, shape (n_shifts + 1, n), of indices into windows in the order of `client_starts`.
        """
        at = np.searchsorted(self.offsets, self.offset)
        return at[:, None] * n + (np.arange(n) + self.whole[:, None]) % n

    def client_starts(self, grid: Grid) -> np.ndarray:
        """First samples of the client's windows at every offset, shape (n_offsets * n,)."""
        return (self.offsets[:, None] + grid.starts).ravel()


@dataclass(frozen=True)
class Paired:
    """What a family of measures finds: row 0 as recorded, then a row for each shift.

    Attributes
    ----------
    grid : Grid
    shifts : Shifts
    windows : dict name -> array, shape (n_shifts + 1, n_windows)
        By the therapist's window; NaN where samples are missing or a series does not vary.
    sessions : dict name -> array, shape (n_shifts + 1,)
        NaN without any window.
    curve : array, shape (n_shifts + 1, n_lags), or None
        Of the lagged correlation: |z| at each lag, ascending, mean over windows.
    """

    grid: Grid
    shifts: Shifts
    windows: dict[str, np.ndarray]
    sessions: dict[str, np.ndarray]
    curve: np.ndarray | None = None

    def beside(self, name: str) -> np.ndarray:
        """What each window of the session would be without coordination: its content, with others' chance.

        A window that drifts in one member has high correlations with most windows of the other. So of each
        pair of windows that were not simultaneous, the mean of either window over all its partners is taken
        away, and the means of the two windows that were simultaneous are put in their place.

        Returns
        -------
        null : array, shape (2 * n_shifts, n_windows)
            From the pairs of the therapist's window, then from those of the client's; NaN where one has none.
        """
        own = self.windows[name][1:]
        at = self._therapist_windows()
        turned = np.take_along_axis(own, at, axis=1)  # by the client's window
        therapist, client, every = _mean(own, 0), _mean(turned, 0), _mean(own, None)
        expected = therapist + client - every
        beyond = turned - therapist[at] - client + every
        back = np.argsort(at, axis=1)
        return np.concatenate([np.take_along_axis(beyond, back, axis=1), beyond]) + expected

    def _therapist_windows(self) -> np.ndarray:
        """Beside each window of the client that of the therapist, shape (n_shifts, n_windows).

        Of a shift by part of a window, the client's window that is nearest.
        """
        n, later = self.grid.n, self.shifts.offset[1:] * 2 > self.grid.step
        return (np.arange(n) - (self.shifts.whole[1:] + later)[:, None]) % n


def _mean(values: np.ndarray, axis: int | None) -> np.ndarray:
    """Mean of what is there; NaN where nothing is."""
    there = ~np.isnan(values)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.where(there, values, 0).sum(axis=axis) / there.sum(axis=axis))


def draw_shifts(
    grid: Grid, n_shifts: int, min_shift: int, rng: np.random.Generator, whole: bool = False
) -> Shifts:
    """Shifts of at least `min_shift` samples in either direction, spread over as few offsets as will do.

    Fewer than n_shifts where fewer are possible, none where the series is too short. `whole`: by whole
    windows alone.
    """
    longest = grid.n * grid.step
    n_allowed = max(longest - 2 * min_shift + 1, 0)
    n_offsets = 1 if whole else min(grid.step, -(-n_shifts // max(n_allowed // grid.step, 1)))
    offsets = np.arange(n_offsets) * grid.step // n_offsets
    every = (offsets[:, None] + grid.starts).ravel()
    every = every[(every >= max(min_shift, 1)) & (every <= longest - max(min_shift, 1))]
    chosen = every if len(every) <= n_shifts else rng.choice(every, n_shifts, replace=False)
    chosen = np.concatenate([[0], np.sort(chosen)])
    return Shifts(chosen // grid.step, chosen % grid.step, np.unique(chosen % grid.step))


def shifts_of(
    grid: Grid, rate_hz: float, settings: Settings, rng: np.random.Generator, whole: bool = False
) -> Shifts:
    """`draw_shifts` as the settings ask for them."""
    return draw_shifts(grid, settings.n_shifts, round(settings.min_shift_s * rate_hz), rng, whole)


def over_windows(values: np.ndarray) -> np.ndarray:
    """Mean over the windows that have a value, shape (n_shifts + 1,); NaN where none has."""
    there = ~np.isnan(values)
    count = there.sum(axis=1)
    total = np.where(there, values, 0).sum(axis=1)
    return np.divide(total, count, out=np.full(len(values), np.nan), where=count > 0)
