"""Is a series different during coded events? Each event against local control windows; the train is shifted.

A session drifts, events come late and in bursts: neither windows nor the places of events are exchangeable.
What stays fair is to compare an event with its own surroundings, and the whole train of events with the same
train at another time (docs/events.md has the calibration).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from interbrain.coding.series import Series

FEWEST_CONTROLS = 2  # windows of one event
ROUNDING = 1e-9


@dataclass(frozen=True)
class Local:
    """What an event is compared with.

    Attributes
    ----------
    reach_s : float
        Control windows have their centres within this of the event's beginning or end; and within the guard
        and two windows' lengths where that is more, as long windows find no room else.
    guard_s : float
        Control windows stay so far away from every event.
    min_events : int
        Events with control windows that a test needs.
    n_shifts : int
        Circular shifts of the train.
    """

    reach_s: float = 60.0
    guard_s: float = 10.0
    min_events: int = 5
    n_shifts: int = 999


@dataclass(frozen=True)
class EventLocked:
    """The event-locked difference of one dyad, series and code.

    Attributes
    ----------
    delta : float
        Mean over events of (mean value in the event minus mean value in its control windows).
    chance, chance_sd : float
        Mean and standard deviation of the same after circular shifts of the train.
    z, p : float
        (delta - chance) / chance_sd; share of shifts whose \\|delta\\| reaches the observed one, two-sided.
    n_events, n_used : int
        Events of the code within the series; those that have values and enough control windows.
    n_controls : int
        Control windows, each counted once for every event that it serves.
    n_shifts : int
    reason : str
        Why there is no test; then delta to p are NaN. Empty where there is one.
    """

    delta: float
    chance: float
    chance_sd: float
    z: float
    p: float
    n_events: int
    n_used: int
    n_controls: int
    n_shifts: int
    reason: str = ""


def event_locked(
    series: Series,
    onsets: np.ndarray,
    durations: np.ndarray,
    others: tuple[np.ndarray, np.ndarray] = (np.empty(0), np.empty(0)),
    how: Local | None = None,
) -> EventLocked:
    """Compare a series during events with their local control windows.

    Parameters
    ----------
    series : Series
        Above its own chance level.
    onsets, durations : array, shape (n_events,)
        Of one code, s on the clock of the series. An event shorter than a step of the series counts as one
        step around its middle.
    others : (array, array)
        Onsets and durations of other events that control windows must avoid; they are shifted along.
    how : Local, optional

    Returns
    -------
    found : EventLocked

    Notes
    -----
    The whole train is shifted circularly by k T / (n_shifts + 1), k = 1 ... n_shifts, T the length of the
    series: durations and gaps stay, controls are chosen anew. The shifts and the observed train are a group:
    for a stationary series, whatever its autocorrelation, p is exact but for the seam between end and
    beginning. An event that a shift cuts in two there is not used in that shift; a shift that leaves fewer
    than half of the events is not counted.

    Examples
    --------
    >>> import numpy as np
    >>> starts = np.arange(0, 1500, 5.0)
    >>> onsets, durations = np.arange(100, 1400, 160.0), np.full(9, 20.0)
    >>> centres = starts + 2.5
    >>> inside = ((centres[:, None] >= onsets) & (centres[:, None] < onsets + 20)).any(axis=1)
    >>> noise = np.random.default_rng(0).standard_normal(len(starts))
    >>> found = event_locked(Series(starts, starts + 5, noise + 2 * inside), onsets, durations)
    >>> round(found.delta, 1), found.p < 0.01, found.n_used
    (2.3, True, 9)
    """
    how, known = _wide_enough(how or Local(), series), series.known
    n_events, reason = 0, "the series has no values"
    if len(known.values):
        begin, end = float(series.starts[0]), float(series.stops[-1])
        onsets, durations = _at_least(onsets, durations, series.step_s)
        middles = onsets + durations / 2
        within = (middles >= begin) & (middles < end)
        onsets, durations, n_events = onsets[within], durations[within], int(within.sum())
        if n_events >= how.min_events:
            others = _at_least(*others, series.step_s)
            span = (begin, end)
            local = _Train(known, durations, others[1], how, span)
            observed = local.differences(onsets[None], others[0][None])
            if observed.n_used[0] >= how.min_events:
                return _against_shifts(local, observed, onsets, others[0], how.n_shifts)
            n_used = int(observed.n_used[0])
            n_controls = int(observed.n_controls[0].sum())
            reason = _too_few(observed, n_events, how, series.length_s)
            return _none(n_events, reason, n_used, n_controls)
        reason = f"{n_events} event{'s' * (n_events != 1)}; at least {how.min_events} are needed"
    return _none(n_events, reason)


def peri_event_curve(
    series: Series,
    onsets: np.ndarray,
    durations: np.ndarray,
    others: tuple[np.ndarray, np.ndarray],
    lags: np.ndarray,
    how: Local | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Mean series around the onsets of events, each minus the mean of its control windows.

    Parameters
    ----------
    series, onsets, durations, others, how
        As `event_locked`.
    lags : array, shape (n_lags,)
        Seconds after the onset.

    Returns
    -------
    curve, n : array, shape (n_lags,)
        Mean over the events that have a value at the lag, and how many these are; NaN where there is none.
    """
    how, known = _wide_enough(how or Local(), series), series.known
    empty = np.full(len(lags), np.nan), np.zeros(len(lags), dtype=int)
    if not len(known.values) or not len(onsets):
        return empty
    longer = _at_least(onsets, durations, series.step_s)
    others = _at_least(*others, series.step_s)
    local = _Train(known, longer[1], others[1], how, (float(series.starts[0]), float(series.stops[-1])))
    observed = local.differences(longer[0][None], others[0][None])
    used = observed.used[0]
    if not used.any():
        return empty
    wanted = np.asarray(onsets)[used][:, None] + np.asarray(lags)  # (n_used, n_lags)
    centres = known.centres
    right = np.clip(np.searchsorted(centres, wanted), 1, max(len(centres) - 1, 1))
    right = np.minimum(right, len(centres) - 1)
    left = np.maximum(right - 1, 0)
    nearest = np.where(wanted - centres[left] <= centres[right] - wanted, left, right)
    far = np.abs(centres[nearest] - wanted) > series.step_s / 2 + ROUNDING
    values = np.where(far, np.nan, known.values[nearest] - observed.controls[0][used][:, None])
    n = np.isfinite(values).sum(axis=0)
    with np.errstate(invalid="ignore"):
        return np.nansum(values, axis=0) / np.where(n, n, np.nan), n


@dataclass(frozen=True)
class _Differences:
    """Of trains that are shifted; each array has the shape (n_shifts, n_events) but delta and n_used."""

    delta: np.ndarray
    n_used: np.ndarray
    used: np.ndarray
    controls: np.ndarray
    n_controls: np.ndarray


class _Train:
    """Events of fixed durations in a series; where they begin is asked of many shifts at once."""

    def __init__(
        self,
        known: Series,
        durations: np.ndarray,
        other_durations: np.ndarray,
        how: Local,
        span: tuple[float, float],
    ) -> None:
        self.known, self.durations, self.other_durations = known, durations, other_durations
        self.how, self.span = how, span
        self._summed = np.concatenate([[0.0], np.cumsum(known.values)])

    def differences(self, onsets: np.ndarray, others: np.ndarray) -> _Differences:
        """Each event against its control windows; onsets have the shape (n_shifts, n_events)."""
        known, how, centres = self.known, self.how, self.known.centres
        ends = onsets + self.durations
        whole = ends <= self.span[1] + ROUNDING
        first, beyond = np.searchsorted(centres, onsets), np.searchsorted(centres, ends)
        n_inside = beyond - first
        inside = self._summed[beyond] - self._summed[first]
        free = self._free(onsets, others)
        nothing = np.zeros((len(onsets), 1))
        n_free = np.concatenate([nothing, np.cumsum(free, axis=1)], axis=1)
        summed = np.concatenate([nothing, np.cumsum(free * known.values, axis=1)], axis=1)
        first = np.searchsorted(centres, onsets - how.reach_s)
        beyond = np.searchsorted(centres, ends + how.reach_s, side="right")
        row = np.arange(len(onsets))[:, None]
        n_controls = n_free[row, beyond] - n_free[row, first]
        used = whole & (n_inside > 0) & (n_controls >= FEWEST_CONTROLS)
        with np.errstate(divide="ignore", invalid="ignore"):
            controls = (summed[row, beyond] - summed[row, first]) / n_controls
            each = np.where(used, inside / n_inside - controls, 0.0)
            delta = each.sum(axis=1) / used.sum(axis=1)
        return _Differences(delta, used.sum(axis=1), used, controls, n_controls.astype(int))

    def _free(self, onsets: np.ndarray, others: np.ndarray) -> np.ndarray:
        """Whether each window is far enough from every event, shape (n_shifts, n_windows)."""
        known, guard = self.known, self.how.guard_s
        begins = np.concatenate([onsets, others], axis=1)
        ends = begins + np.concatenate([self.durations, self.other_durations])
        # The part of an event that a shift carries over the end stands at the beginning.
        length = self.span[1] - self.span[0]
        carried = ends > self.span[1] + ROUNDING
        begins = np.concatenate([begins, np.where(carried, begins - length, -np.inf)], axis=1)
        ends = np.concatenate([ends, np.where(carried, ends - length, -np.inf)], axis=1)
        first = np.searchsorted(known.stops, begins - guard, side="right")
        beyond = np.maximum(np.searchsorted(known.starts, ends + guard), first)
        change = np.zeros((len(onsets), len(known.values) + 1))
        row = np.broadcast_to(np.arange(len(onsets))[:, None], first.shape)
        np.add.at(change, (row, first), 1)
        np.add.at(change, (row, beyond), -1)
        return np.cumsum(change, axis=1)[:, :-1] < 0.5


def _against_shifts(
    local: _Train, observed: _Differences, onsets: np.ndarray, others: np.ndarray, n_shifts: int
) -> EventLocked:
    begin, length = local.span[0], local.span[1] - local.span[0]
    shifts = length * np.arange(1, n_shifts + 1)[:, None] / (n_shifts + 1)
    moved = local.differences(
        begin + (onsets - begin + shifts) % length, begin + (others - begin + shifts) % length
    )
    n_used = int(observed.n_used[0])
    null = moved.delta[2 * moved.n_used >= n_used]
    delta, about = float(observed.delta[0]), (len(onsets), n_used, int(observed.n_controls[0].sum()))
    if len(null) < 2:
        return _none(about[0], "no circular shift leaves enough control windows", *about[1:])
    chance, spread = float(null.mean()), float(null.std(ddof=1))
    z = (delta - chance) / spread if spread > 0 else float("nan")
    reached = np.abs(null) >= abs(delta) * (1 - ROUNDING)
    p = float((reached.sum() + 1) / (len(null) + 1))
    return EventLocked(delta, chance, spread, z, p, *about, len(null))


def _at_least(onsets: np.ndarray, durations: np.ndarray, step_s: float) -> tuple[np.ndarray, np.ndarray]:
    """Events that last one step at least, around the same middle."""
    onsets, durations = np.asarray(onsets, dtype=float), np.asarray(durations, dtype=float)
    longer = np.maximum(durations, step_s)
    return onsets - (longer - durations) / 2, longer


def _wide_enough(how: Local, series: Series) -> Local:
    return replace(how, reach_s=max(how.reach_s, how.guard_s + 2 * series.length_s))


def _too_few(observed: _Differences, n_events: int, how: Local, length_s: float) -> str:
    """Why too few events can be compared."""
    reason = (
        f"{observed.n_used[0]} of {n_events} events have values and at least {FEWEST_CONTROLS} control "
        f"windows; {how.min_events} are needed"
    )
    if (observed.n_controls[0] < FEWEST_CONTROLS).sum() > n_events - how.min_events:
        reason += (
            f". A control window of {length_s:g} s needs {length_s + 2 * how.guard_s:g} s without an event; "
            "shorter windows find more"
        )
    return reason


def _none(n_events: int, reason: str, n_used: int = 0, n_controls: int = 0) -> EventLocked:
    nan = float("nan")
    return EventLocked(nan, nan, nan, nan, nan, n_events, n_used, n_controls, 0, reason)
