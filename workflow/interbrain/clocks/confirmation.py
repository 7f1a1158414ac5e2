"""Where matched pulses confirm how two clocks relate, and where pulses of both members contradict it.

Between two matched pulses a clock would have to jump and to jump back. Beyond the outermost one, pulses in
both recordings that do not match may be lost and spurious ones, or follow a jump: that cannot be known, and
the stretch is not used. Not here: jumps that the pulses do show (`jumps`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from interbrain.clocks.jumps import log_chance_of_no_match
from interbrain.clocks.matching import TOLERANCE_S, ClockFit, mutually_nearest

# Less likely than this, by how often pulses are lost and spurious elsewhere, a run of pulses without a match
# is not explained by chance.
NO_MATCH_BY_CHANCE = 0.0015
# Beyond the outermost matched pulse, so many of one member alone are a stretch that does not match; a single
# one is as likely with a jump as without.
MANY_OF_ONE = 2
# A jump may carry a pulse out of the time that the other member recorded, by so much.
REACH_S = 60.0


@dataclass(frozen=True)
class Stretch:
    """A run of pulses without a match, and the part of a rest block that it concerns; s, reference clock.

    Attributes
    ----------
    begin, end : float
        The part of the block between the matched pulses on either side of the run, or beyond the only one.
    counts : (int, int)
        Pulses without a match in the reference's and in the other recording.
    where : str
        "before" the first matched pulse, "behind" the last, or "between" two.
    confirmed : bool
        The clock is known there all the same: one member's pulses are missing between two that match.
    """

    begin: float
    end: float
    counts: tuple[int, int]
    where: str
    confirmed: bool = False


def runs_without_a_match(
    reference: Sequence[float],
    other: Sequence[float],
    fit: ClockFit,
    block: tuple[float, float],
    recorded: tuple[float, float],
) -> list[Stretch]:
    """The runs of pulses without a match that leave a part of a rest block in doubt.

    Parameters
    ----------
    reference, other : sequence of float
        All pulses of either recording, s, each on its own clock.
    fit : ClockFit
        As aligned, with its matches; not yet anchored to the block.
    block : (float, float)
        s on the reference clock.
    recorded : (float, float)
        When both members recorded, s on the reference clock.

    Returns
    -------
    stretches : list of Stretch
        In order of time. Beyond the outermost matched pulse: those with pulses in both recordings, or with
        several in one. Between two: those too long to be chance, or with pulses of both in a block without
        any match.
    """
    x = np.sort([here for here, _ in fit.matches])
    alone = _without_a_match(np.asarray(reference, float), np.asarray(fit.to_reference(other), float))
    near = [pulses[(pulses >= recorded[0] - REACH_S) & (pulses <= recorded[1] + REACH_S)] for pulses in alone]
    here = [pulses[(pulses >= recorded[0]) & (pulses <= recorded[1])] for pulses in alone]
    n_alone = sum(map(len, here))
    found = []
    edges = [(-np.inf, x[0]), *pairwise(x), (x[-1], np.inf)]
    for begin, end in edges:
        inside = max(begin, block[0]), min(end, block[1])
        if inside[1] <= inside[0]:
            continue
        outer = not (np.isfinite(begin) and np.isfinite(end))
        # The matched pulse itself is off by its jitter.
        counts, sure = (
            _between(pulses, begin + TOLERANCE_S, end - TOLERANCE_S)
            for pulses in (near if outer else here, here)
        )
        n = 2 * min(sure) if min(counts) else max(sure)
        chance = log_chance_of_no_match(len(x), max(n_alone - sum(sure), 0), n)
        rare = chance < np.log(NO_MATCH_BY_CHANCE / (1 if min(counts) else len(edges)))
        # A block none of whose own pulses match is held by a pulse beyond it that could match by chance.
        whole = inside == block and all(((p >= block[0]) & (p <= block[1])).any() for p in here)
        if rare or whole or (outer and (min(counts) or max(sure) >= MANY_OF_ONE)):
            where = "between" if not outer else "before" if np.isinf(begin) else "behind"
            first, last = map(float, inside)
            found.append(Stretch(first, last, counts, where, not (outer or min(counts))))
    return found


def _between(trains: Sequence[np.ndarray], begin: float, end: float) -> tuple[int, int]:
    """How many pulses of either train are between two times."""
    reference, other = (int(((pulses > begin) & (pulses < end)).sum()) for pulses in trains)
    return reference, other


def _without_a_match(reference: np.ndarray, other: np.ndarray) -> list[np.ndarray]:
    """Pulses of either train without one of the other within the tolerance; both on the reference clock."""
    pairs = mutually_nearest(reference, other, TOLERANCE_S)
    return [np.delete(pulses, taken) for pulses, taken in zip((reference, other), pairs, strict=True)]
