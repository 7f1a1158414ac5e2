"""Whether a clock jumped: pulses that one line leaves unmatched, and that agree with one another elsewhere.

Samples that are missing from a file, an amplifier that was restarted and a clock that was set all move the
pulses behind them by one and the same time. Not here: the line itself (`matching`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

Line = tuple[float, float, np.ndarray]  # offset, slope, pairs of pulses that it matches: shape (n, 2)

# How much likelier (natural logarithm) a jump must make the pulses than none, its size and place being free.
# In simulated sessions without one, it is above x in about .0006 e^-x of 1,200 with 20 pulses, and .006 e^-x
# of 300 with 60 (benchmarks/clock_jumps.py has the settings).
EVIDENCE, PAIRS_TRIED = 4.0, -1.5
# A stretch of pulses in both recordings without a match: how improbable it must be, likewise.
IMPROBABLE = 9.0
# Probability of a step this clear if there is none, over all places where it could be.
STEP_P = 1e-5
# Steps below this do no harm: they leave each side within 5 ms of the block's mean.
SMALLEST_STEP_S = 0.01
# What is known of a pulse's jitter before it is measured: about a sample, worth so many pulses.
USUAL_JITTER_S, USUAL_JITTER_WORTH = 0.002, 4
# Steps up to this many tolerances may hide in one line; beyond, pulses go unmatched.
WIDE = 5
# Pairs of unmatched pulses that are looked at; of more, those with the smallest jumps.
MOST_PAIRS = 300_000
MOST_GROUPS = 2000


@dataclass(frozen=True)
class Jump:
    """Where one clock jumps against the other; on the reference clock, in s.

    Attributes
    ----------
    last, first : float
        The last pulse matched before the jump and the first after it.
    offset_before, offset_after : float
        Other clock minus reference clock, on either side of the jump; NaN where nothing matches.
    n_before, n_after : int
        Pulses that fit so.
    """

    last: float
    first: float
    offset_before: float
    offset_after: float
    n_before: int
    n_after: int


def find_jump(
    reference: np.ndarray, other: np.ndarray, lines: Sequence[Line], tolerance: float
) -> Jump | None:
    """The clearest jump between two trains of pulses, if there is one.

    Parameters
    ----------
    reference, other : array
        Sorted onsets in s.
    lines : sequence of (offset, slope, pairs)
        Alignments to hold it against, the best first; `pairs` has shape (n, 2), indices in either train.
    tolerance : float
        Of matched pulses, s.
    """
    offset, slope, pairs = lines[0]
    return (
        _second_offset(reference, other, lines, tolerance)
        or _step(reference, other, offset, slope, tolerance)
        or _unmatched_stretch(reference, other, offset, slope, pairs, tolerance)
    )


def _second_offset(
    reference: np.ndarray, other: np.ndarray, lines: Sequence[Line], tolerance: float
) -> Jump | None:
    """Pulses that a line leaves unmatched, and that all fit at another offset.

    Matched, lost and spurious pulses are taken to come at random, each at its own rate; what a jump gains is
    the likelihood of its pairs as matched ones over theirs as a lost and a spurious one each.
    """
    most = max(len(pairs) for *_, pairs in lines)
    unmatched = [max(len(train) - len(lines[0][2]), 1) for train in (reference, other)]
    # Each pair of unmatched pulses is tried as the first of a jump.
    best, found = max(EVIDENCE, np.log(unmatched[0] * unmatched[1]) + PAIRS_TRIED), None
    span = max(min(np.ptp(reference), np.ptp(other)), 1.0)

    def rate(count: int) -> float:
        return (count + 1) / span

    _, _, pairs = lines[0]
    worth = np.log(
        rate(len(pairs)) / (2 * tolerance * rate(len(reference) - len(pairs)) * rate(len(other) - len(pairs)))
    )
    if worth <= 0:  # so many unmatched pulses that any two could be one by chance
        return None
    places = np.log(len(reference))
    for offset, slope, pairs in lines:
        behind = worth * (most - len(pairs))  # what this line lacks to begin with
        for jump, i, k in _common_jumps(reference, other, offset, slope, pairs, tolerance):
            cost = np.log(abs(jump) * np.log(span / tolerance) / tolerance)
            gained, inner, segment = _best_segment(i, k, pairs)
            evidence = worth * gained - cost - places * (1 + inner) - behind
            if evidence > best:
                best, found = evidence, (offset, slope, pairs, i, k, segment)
    return found and _described(reference, other, *found)


def _common_jumps(
    reference: np.ndarray, other: np.ndarray, offset: float, slope: float, pairs: np.ndarray, tolerance: float
) -> Iterator[tuple[float, np.ndarray, np.ndarray]]:
    """Groups of pairs of unmatched pulses that are all as far from the line: (how far, indices of either)."""
    free = np.ones(len(reference), bool), np.ones(len(other), bool)
    free[0][pairs[:, 0]], free[1][pairs[:, 1]] = False, False
    of_reference, of_other = (np.flatnonzero(mask) for mask in free)
    if min(len(of_reference), len(of_other)) < 2:
        return
    expected = offset + slope * reference[of_reference]
    observed = other[of_other]
    reach = np.inf
    if len(expected) * len(observed) > MOST_PAIRS:
        reach = np.ptp(other) * MOST_PAIRS / (2 * len(expected) * len(observed))
    first = np.searchsorted(observed, expected - reach)
    count = np.searchsorted(observed, expected + reach) - first
    i = np.repeat(np.arange(len(expected)), count)
    k = np.arange(len(i)) - np.repeat(np.cumsum(count) - count, count) + np.repeat(first, count)
    jumps = observed[k] - expected[i]
    order = np.argsort(jumps, kind="stable")
    jumps, i, k = jumps[order], of_reference[i[order]], of_other[k[order]]
    end = np.searchsorted(jumps, jumps + 2 * tolerance, side="right")
    within = end - np.arange(len(jumps))
    # A window that only shrinks the one before it shows nothing new.
    new = np.append(True, end[1:] > end[:-1])
    groups = np.flatnonzero(new & (within >= 2))
    if len(groups) > MOST_GROUPS:
        groups = groups[np.argsort(-within[groups], kind="stable")[:MOST_GROUPS]]
    for begin in groups:
        inside = slice(begin, end[begin])
        jump = float(np.median(jumps[inside]))
        if abs(jump) > tolerance:
            yield jump, i[inside], k[inside]


def _best_segment(i: np.ndarray, k: np.ndarray, pairs: np.ndarray) -> tuple[float, bool, tuple[int, int]]:
    """Stretch of the reference train in which most is gained: (pairs gained, whether both ends are inside,
    (begin, end) as indices of the reference train)."""
    one_each: list[tuple[int, int]] = []
    for here, there in sorted(zip(i.tolist(), k.tolist(), strict=True)):
        if not one_each or (here > one_each[-1][0] and there > one_each[-1][1]):
            one_each.append((here, there))
    where = np.concatenate([[here for here, _ in one_each], pairs[:, 0]])
    gain = np.concatenate([np.ones(len(one_each)), -np.ones(len(pairs))])
    order = np.argsort(where, kind="stable")
    where, gain = where[order], gain[order]
    sums = np.concatenate([[0], np.cumsum(gain)])
    lowest = np.minimum.accumulate(sums)
    total = sums - lowest
    last = int(total.argmax())  # the first of equals
    begin = int(np.flatnonzero(sums[: last + 1] == lowest[last])[-1])
    return float(total[last]), begin > 0 and last < len(gain), (int(where[begin]), int(where[last - 1]))


def _described(
    reference: np.ndarray,
    other: np.ndarray,
    offset: float,
    slope: float,
    pairs: np.ndarray,
    i: np.ndarray,
    k: np.ndarray,
    segment: tuple[int, int],
) -> Jump:
    """The jump at that end of the segment behind which (or before which) the line holds."""
    begin, end = segment
    inside = (i >= begin) & (i <= end)
    moved = float(np.median(other[k[inside]] - offset - slope * reference[i[inside]]))
    n_moved = len(set(i[inside].tolist()))
    before, after = pairs[pairs[:, 0] < begin, 0], pairs[pairs[:, 0] > end, 0]

    def ahead(second: float) -> float:
        return offset + (slope - 1) * second

    if len(before) >= len(after):
        last, first = reference[before.max()], reference[i[inside].min()]
        return Jump(last, first, ahead(last), ahead(first) + moved, len(before), n_moved)
    last = reference[i[inside].max()]
    first = reference[after.min()] if len(after) else last
    return Jump(last, first, ahead(last) + moved, ahead(first), n_moved, len(after))


def _step(
    reference: np.ndarray, other: np.ndarray, offset: float, slope: float, tolerance: float
) -> Jump | None:
    """A step that is small enough to hide in one line, whose slope gives way to it."""
    expected = offset + slope * reference
    right = np.searchsorted(other, expected).clip(1, len(other) - 1)
    nearest = right - (expected - other[right - 1] <= other[right] - expected)
    left = other[nearest] - expected
    near = np.abs(left) <= WIDE * tolerance
    # Of several that share a nearest pulse, none is sure.
    taken, counts = np.unique(nearest[near], return_counts=True)
    near &= np.isin(nearest, taken[counts == 1])
    x, y = reference[near], left[near]
    if len(x) < 6:
        return None
    places = np.arange(2, len(x) - 1)
    bent = _trimmed(_columns(x), y, tolerance)[1]
    steps = [_trimmed(_columns(x, place), y, tolerance) for place in places]
    at = int(np.argmin([cost for _, cost, *_ in steps]))
    coefficients, cost, n_used, spread = steps[at]
    if cost >= bent:
        return None
    size = coefficients[-1]
    free = n_used - 3  # at least 1: more than half of the pulses are used
    if abs(size) <= SMALLEST_STEP_S:
        return None
    worth = USUAL_JITTER_WORTH
    jitter = np.sqrt((spread + worth * USUAL_JITTER_S**2) / (free + worth))
    error = jitter * np.sqrt(np.linalg.inv(_columns(x, places[at]).T @ _columns(x, places[at]))[-1, -1])
    from scipy.special import stdtr  # here and not above: every start of the workflow imports the clocks

    if stdtr(free + worth, -abs(size) / error) * 2 * len(places) > STEP_P:  # Student's t
        return None
    before, after = x[places[at] - 1], x[places[at]]
    ahead = [
        offset + (slope - 1) * second + float(_columns(x, places[at])[row, :2] @ coefficients[:2])
        for second, row in ((before, places[at] - 1), (after, places[at]))
    ]
    return Jump(before, after, ahead[0], ahead[1] + size, int(places[at]), int(len(x) - places[at]))


def _columns(x: np.ndarray, place: int | np.integer | None = None) -> np.ndarray:
    """A line and a bend, or a line and a step before the pulse at `place`."""
    scaled = (x - x.mean()) / max(np.ptp(x), 1.0)
    last = scaled**2 if place is None else (np.arange(len(x)) >= place).astype(float)
    return np.column_stack([np.ones(len(x)), scaled, last])


def _trimmed(columns: np.ndarray, y: np.ndarray, tolerance: float) -> tuple[np.ndarray, float, int, float]:
    """Least squares on what lies within the tolerance: coefficients, cost with all else at the tolerance,
    number of pulses used, sum of their squares."""
    used = np.ones(len(y), bool)
    for _ in range(10):
        coefficients = np.linalg.lstsq(columns[used], y[used], rcond=None)[0]
        left = y - columns @ coefficients
        within = np.abs(left) <= max(tolerance, 1.0001 * np.sort(np.abs(left))[len(left) // 2])
        if np.array_equal(within, used):
            break
        used = within
    squares = left**2
    return coefficients, float(np.minimum(squares, tolerance**2).sum()), int(used.sum()), squares[used].sum()


def log_chance_of_no_match(n_matched: int, n_missed: int, n_more: int) -> float:
    """How likely it is that of `n_more` further events none is a match, after so many that are and are not.

    An event is a pulse in both recordings (a match) or in one of them; how often either comes is learnt from
    those before, every rate being as likely at first. Natural logarithm.
    """
    n = np.arange(n_more)
    return float(np.log((n_missed + 1 + n) / (n_matched + n_missed + 2 + n)).sum())


def _unmatched_stretch(
    reference: np.ndarray, other: np.ndarray, offset: float, slope: float, pairs: np.ndarray, tolerance: float
) -> Jump | None:
    """A stretch with pulses in both recordings of which none fits, longer than by chance."""
    on_reference = (other - offset) / slope
    begin, end = max(reference[0], on_reference[0]), min(reference[-1], on_reference[-1])
    matched, alone = np.zeros(len(reference), bool), np.ones(len(other), bool)
    matched[pairs[:, 0]], alone[pairs[:, 1]] = True, False
    when = np.concatenate([reference, on_reference[alone]])
    kind = np.concatenate([np.where(matched, 0, 1), np.full(alone.sum(), 2)])
    inside = (when >= begin - tolerance) & (when <= end + tolerance)
    order = np.argsort(when[inside], kind="stable")
    when, kind = when[inside][order], kind[inside][order]
    edges = np.concatenate([[-1], np.flatnonzero(kind == 0), [len(kind)]])

    def ahead(second: float) -> float:
        return offset + (slope - 1) * second

    for start, stop in pairwise(edges):
        run = kind[start + 1 : stop]
        fewer = min((run == 1).sum(), (run == 2).sum())
        n_matched = int((kind == 0).sum())
        missed = len(kind) - len(run) - n_matched
        if -log_chance_of_no_match(n_matched, missed, 2 * fewer) > IMPROBABLE + np.log(len(kind)):
            if start >= 0:
                n = int((kind[: start + 1] == 0).sum())
                return Jump(when[start], when[start + 1], ahead(when[start]), np.nan, n, 0)
            n = int((kind[stop:] == 0).sum())
            return Jump(when[stop - 1], when[stop], np.nan, ahead(when[stop]), 0, n)
    return None
