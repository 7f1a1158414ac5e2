"""Two trains of trigger pulses matched, and offset and drift fitted to them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Self

import numpy as np

from interbrain.clocks.jumps import Jump, Line, find_jump
from interbrain.problems import InterbrainError

# Wider than the 10 ms residual at which a study fails by default, so that bad timing shows as a residual
# rather than as pulses that went astray.
TOLERANCE_S = 0.02
# A pulse's time is known to one sample; at 500 Hz, in both recordings: sqrt(2) x 2 ms / sqrt(12).
SAMPLING_SD_S = 0.002 * (2 / 12) ** 0.5
# More pulse pairs than this are not voted on all together; the middle of the reference train is.
MOST_PAIRS = 100_000
# An alignment of half a train rests on at least so many pulses.
FEWEST_IN_A_HALF = 4
# A pulse within the tolerance is still not the same one if it is further from the line than this many
# standard deviations (1.48 times the median), and than so many seconds; of fewer pulses the median means
# little.
STRAY_SDS, STRAY_S, FEWEST_FOR_STRAYS = 5, 0.008, 6
JUMP_HINT = (
    "Samples are missing from a recording, an amplifier was restarted or a clock was set in between (times "
    "on the therapist's clock): put the missing samples back, or cut the files there and give each part a "
    "row of its own."
)


class ClockError(InterbrainError):
    """Two trains of pulses do not tell how their clocks relate."""


class ClockJump(ClockError):
    """One clock jumps against the other; `jump` says where, and by how much."""

    def __init__(self, jump: Jump) -> None:
        super().__init__(_jump_text(jump), JUMP_HINT)
        self.jump = jump
        self.args = (jump,)  # what it is made of again in another process


@dataclass(frozen=True)
class ClockFit:
    """How another clock relates to the reference: other = offset + (1 + drift_ppm * 1e-6) * reference.

    Attributes
    ----------
    offset : float
        Seconds on the other clock when the reference shows 0.
    drift_ppm : float
        How much faster the other clock runs, in parts per million.
    drift_error_ppm : float
        Standard error of the drift; large if the pulses lie close together.
    residual_ms, residual_max_ms : float
        Root mean square and largest deviation of the matched pulses from the fit. Two pulses always fit:
        their residual is 0 and says nothing. NaN if nothing was fitted.
    n_matched, n_reference, n_other : int
        Pulses matched, and pulses in each train.
    n_in_block : int
        Of the matched pulses, those inside the rest block that is to be tied.
    matches : tuple of (float, float)
        Times of the matched pulses on the reference and on the other clock, in seconds.
    unconfirmed : tuple of (float, float)
        From when to when the clock is not confirmed (`confirmation`), in seconds on the reference clock.
    """

    offset: float
    drift_ppm: float
    residual_ms: float
    n_matched: int
    residual_max_ms: float = np.nan
    drift_error_ppm: float = np.nan
    n_reference: int = 0
    n_other: int = 0
    n_in_block: int = 0
    matches: tuple[tuple[float, float], ...] = field(default=(), repr=False)
    unconfirmed: tuple[tuple[float, float], ...] = ()

    @classmethod
    def identity(cls, n_matched: int = 0) -> Self:
        """Both recordings share one clock, or at least their start, and no drift is known."""
        return cls(0.0, 0.0, np.nan, n_matched)

    @classmethod
    def from_start_marker(cls, reference: float, other: float) -> Self:
        """One shared marker, at these seconds on either clock: offset only, the drift stays unknown."""
        return cls(float(other - reference), 0.0, np.nan, 1, matches=((float(reference), float(other)),))

    def to_other(self, t: float | Sequence[float] | np.ndarray) -> np.ndarray:
        """Seconds on the reference clock -> seconds on the other clock."""
        return self.offset + (1 + self.drift_ppm * 1e-6) * np.asarray(t, float)

    def to_reference(self, t: float | Sequence[float] | np.ndarray) -> np.ndarray:
        """Seconds on the other clock -> seconds on the reference clock."""
        return (np.asarray(t, float) - self.offset) / (1 + self.drift_ppm * 1e-6)


def align(
    reference_pulses: Sequence[float] | np.ndarray,
    other_pulses: Sequence[float] | np.ndarray,
    *,
    max_drift_ppm: float = 1500.0,
    tolerance_s: float = TOLERANCE_S,
) -> ClockFit:
    """Match two pulse trains and fit offset and drift.

    The trains may start at any time, miss pulses and hold spurious ones. For each drift on a grid, fine
    enough that no pulse strays by more than half the tolerance, all differences between pulses vote for an
    offset; the best few are refined by least squares on mutually nearest pulses.

    Parameters
    ----------
    reference_pulses, other_pulses : array, shape (n_reference,) and (n_other,)
        Onsets in seconds, each on its own clock.
    max_drift_ppm : float
        The drift is sought between minus and plus this.
    tolerance_s : float
        A pulse further than this from where the fit expects it is not the same pulse.

    Returns
    -------
    fit : ClockFit

    Raises
    ------
    ClockError
        Fewer than two pulses match, or too few of those recorded, or another alignment (as between equally
        spaced pulses) matches nearly as many.

    Examples
    --------
    Five pulses reach both amplifiers; the second began 2 s earlier, runs 100 ppm fast and missed one.

    >>> import numpy as np
    >>> pulses = np.array([3.0, 11.5, 42.0, 130.2, 287.9])
    >>> fit = align(pulses, (2 + pulses * (1 + 100e-6))[[0, 1, 3, 4]])
    >>> round(fit.offset, 6), round(fit.drift_ppm, 3), fit.n_matched
    (2.0, 100.0, 4)
    """
    reference, other = (np.sort(np.asarray(p, float).ravel()) for p in (reference_pulses, other_pulses))
    if not (np.isfinite(reference).all() and np.isfinite(other).all()):
        raise ClockError("Pulse times must be numbers of seconds; one of them is missing or infinite")
    fewest = min(len(reference), len(other))
    if fewest < 2:
        raise ClockError(
            f"{len(reference)} and {len(other)} pulses do not determine offset and drift: two shared ones "
            "are needed",
            "Check the trigger settings, or write sync: start_marker if the first pulse is shared.",
        )
    candidates = _candidates(reference, other, max_drift_ppm * 1e-6, tolerance_s)
    best = candidates[0]
    n_matched = len(best.pairs)
    needed = 2 if fewest <= 3 else max(3, int(np.ceil(0.4 * fewest)))
    if n_matched < needed:
        raise ClockError(
            f"Only {n_matched} of {len(reference)} and {len(other)} pulses match, which could be "
            f"chance ({needed} are needed)",
            "Check that both recordings belong to the same session and that the trigger settings "
            "fit, or write sync: start_marker if the first pulse is shared.",
        )
    if jump := find_jump(
        reference, other, _lines(reference, other, candidates, max_drift_ppm * 1e-6, tolerance_s), tolerance_s
    ):
        raise ClockJump(jump)
    # Another alignment pairs other pulses. One that shares pairs with the best is the best, slightly turned.
    second = max(len(candidate.pairs - best.pairs) for candidate in candidates)
    if second >= max(2, min(n_matched - 1, int(np.ceil(0.7 * n_matched)))):
        raise ClockError(
            f"The pulses fit in more than one way ({n_matched} and {second} match), as equally spaced "
            "ones do",
            "Send irregular pulses, or write sync: start_marker if the first pulse is shared.",
        )
    matched = np.array(sorted(best.pairs))
    x, y, offset, slope = _without_strays(
        reference[matched[:, 0]], other[matched[:, 1]], best.offset, best.slope
    )
    deviation = y - offset - slope * x
    sd = SAMPLING_SD_S if len(x) == 2 else max(SAMPLING_SD_S, np.sqrt(np.sum(deviation**2) / (len(x) - 2)))
    return ClockFit(
        offset=offset,
        drift_ppm=(slope - 1) * 1e6,
        residual_ms=1e3 * float(np.sqrt(np.mean(deviation**2))),
        residual_max_ms=1e3 * float(np.abs(deviation).max()),
        drift_error_ppm=1e6 * float(sd / np.sqrt(np.sum((x - x.mean()) ** 2))),
        n_matched=len(x),
        n_reference=len(reference),
        n_other=len(other),
        matches=tuple(zip(x.tolist(), y.tolist(), strict=True)),
    )


def _without_strays(
    x: np.ndarray, y: np.ndarray, offset: float, slope: float
) -> tuple[np.ndarray, np.ndarray, float, float]:
    """The matched pulses that jitter explains, and the line through them.

    A spurious pulse beside a lost one can be within the tolerance, and would move the anchor of a block with
    few pulses.
    """
    while len(x) >= FEWEST_FOR_STRAYS:
        left = np.abs(y - offset - slope * x)
        good = left <= max(STRAY_SDS * 1.4826 * np.median(left), STRAY_S)
        if good.all():
            break
        x, y = x[good], y[good]
        spread = x - x.mean()
        slope = float(spread @ y / (spread @ spread))
        offset = float(y.mean() - slope * x.mean())
    return x, y, offset, slope


@dataclass(frozen=True)
class _Candidate:
    offset: float
    slope: float
    pairs: frozenset  # of (index in reference, index in other)
    error: float  # mean square deviation, s^2


def _candidates(
    reference: np.ndarray, other: np.ndarray, max_drift: float, tolerance: float
) -> list[_Candidate]:
    """Alignments worth considering, best first; with the best among those that pair other pulses than it."""
    part = _middle(reference, MOST_PAIRS // len(other))
    centre = float(part.mean())
    reach = float(np.abs(part - centre).max())
    found = []
    taken = np.zeros((len(other), len(part)), bool)
    in_part = int(np.searchsorted(reference, part[0]))
    for _ in range(2):  # then once more, without the pairs of the best
        votes = _vote(part, centre, other, max_drift, tolerance, ~taken)
        for _, offset, drift in votes:
            found.append(_refine(reference, centre, reach, other, offset, drift, max_drift, tolerance))
        found.sort(key=lambda c: (-len(c.pairs), c.error, abs(c.slope - 1), c.offset))
        for i, k in found[0].pairs:
            if 0 <= i - in_part < len(part):
                taken[k, i - in_part] = True
    return found


def _lines(
    reference: np.ndarray,
    other: np.ndarray,
    candidates: Sequence[_Candidate],
    max_drift: float,
    tolerance: float,
) -> list[Line]:
    """The best alignments as `find_jump` takes them, with those of either half: a jump in the other half has
    not turned them."""
    lines = [(c.offset, c.slope, np.array(sorted(c.pairs))) for c in candidates[:1]]
    half = len(reference) // 2
    for part in (reference[:half], reference[half:]):
        if len(part) < FEWEST_IN_A_HALF:
            continue
        part = _middle(part, MOST_PAIRS // len(other))
        centre = float(part.mean())
        reach = float(np.abs(part - centre).max())
        every = np.ones((len(other), len(part)), bool)
        for _, offset, drift in _vote(part, centre, other, max_drift, tolerance, every, keep=3):
            c = _refine(part, centre, reach, other, offset, drift, max_drift, tolerance)
            pairs = mutually_nearest(c.offset + c.slope * reference, other, tolerance).T
            if len(pairs) >= FEWEST_IN_A_HALF:
                lines.append((c.offset, c.slope, pairs))
    return lines


def _jump_text(jump: Jump) -> str:
    known = "the triggers {} fit at an offset of {:.3f} s ({} matched)"
    # Adding 0 takes the sign from a zero.
    before = (f"up to {jump.last:.1f} s", round(jump.offset_before, 3) + 0.0, jump.n_before)
    after = (f"from {jump.first:.1f} s on", round(jump.offset_after, 3) + 0.0, jump.n_after)
    if not (jump.n_before and jump.n_after):
        fits, other = (before, after) if jump.n_before else (after, before)
        what = f"{known.format(*fits)}, and of those {other[0]} none, though both recordings have some"
    else:
        rest = "those {} at {:.3f} s ({} matched)".format(*after)
        what = f"one clock jumps against the other: {known.format(*before)}, {rest}"
    return what


def _middle(pulses: np.ndarray, most: int) -> np.ndarray:
    skip = max(0, len(pulses) - max(most, 2)) // 2
    return pulses[skip : len(pulses) - skip]


def _vote(
    reference: np.ndarray,
    centre: float,
    other: np.ndarray,
    max_drift: float,
    tolerance: float,
    allowed: np.ndarray,
    keep: int = 12,
) -> list[tuple[int, float, float]]:
    """(votes, offset at `centre`, drift) of the drifts on whose best offset most pulse pairs agree."""
    step = 2 * tolerance / max(np.ptp(reference), 1.0)
    n_steps = int(np.ceil(max_drift / step))
    votes = []
    for drift in np.linspace(-max_drift, max_drift, 2 * n_steps + 1):
        differences = np.sort((other[:, None] - (1 + drift) * (reference - centre))[allowed])
        if not differences.size:
            continue
        # Half the tolerance for the drift's place on the grid, twice the tolerance for the pulses.
        in_window = np.searchsorted(differences, differences + 2.5 * tolerance) - np.arange(differences.size)
        first = int(in_window.argmax())
        votes.append((int(in_window[first]), float(differences[first] + tolerance), float(drift)))
    votes.sort(key=lambda vote: (-vote[0], abs(vote[2]), vote[2]))
    return votes[:keep]


def _refine(
    reference: np.ndarray,
    centre: float,
    reach: float,
    other: np.ndarray,
    offset: float,
    drift: float,
    max_drift: float,
    tolerance: float,
) -> _Candidate:
    """Least squares on mutually nearest pulses, from the part voted on outwards to the whole train."""
    x = reference - centre
    furthest = np.abs(x).max()
    reach, pairs, rounds = max(reach, 1.0), None, 0  # at least 1 s, so that doubling it arrives
    while True:
        near = np.flatnonzero(np.abs(x) <= reach * 1.001)
        matched = mutually_nearest(
            offset + (1 + drift) * x[near], other, tolerance * (2 if rounds == 0 else 1)
        )
        unchanged = pairs is not None and np.array_equal(pairs, [near[matched[0]], matched[1]])
        pairs = np.array([near[matched[0]], matched[1]])
        if (unchanged and reach >= furthest) or rounds == 40:
            break
        if pairs.shape[1]:
            from_x, to_y = x[pairs[0]], other[pairs[1]]
            spread = from_x - from_x.mean()
            if spread.any():
                drift = float(np.clip(spread @ to_y / (spread @ spread) - 1, -max_drift, max_drift))
            offset = float(to_y.mean() - (1 + drift) * from_x.mean())
        if rounds:
            reach *= 2
        rounds += 1
    deviation = other[pairs[1]] - offset - (1 + drift) * x[pairs[0]]
    error = float(np.mean(deviation**2)) if deviation.size else np.inf
    return _Candidate(
        offset - (1 + drift) * centre, 1 + drift, frozenset(zip(*pairs.tolist(), strict=True)), error
    )


def mutually_nearest(expected: np.ndarray, observed: np.ndarray, tolerance: float) -> np.ndarray:
    """Indices of pulses in both, shape (2, n), each the other's nearest and within the tolerance."""
    to_observed, to_expected = _nearest(observed, expected), _nearest(expected, observed)
    i = np.arange(len(expected))
    good = (to_expected[to_observed] == i) & (np.abs(observed[to_observed] - expected) <= tolerance)
    return np.array([i[good], to_observed[good]])


def _nearest(among: np.ndarray, values: np.ndarray) -> np.ndarray:
    right = np.searchsorted(among, values).clip(1, len(among) - 1)
    return right - (values - among[right - 1] <= among[right] - values)
