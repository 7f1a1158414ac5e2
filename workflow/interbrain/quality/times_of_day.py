"""What the times of day in files say against the tables: partners hours apart, times in another order.

Knows what files say and nothing of tables; a computer's clock may be wrong, so all of this is only a warning.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations
from statistics import median

DAY_S = 24 * 3600
SHIFTED_TO = 1925
# Partners who were not recorded at the same time by their files, once the usual difference between the two
# computers' clocks is taken off, which needs three meetings.
APART_S, FEWEST_MEETINGS = 1800.0, 3
# Times in another order than in the other dyads: in fewer than a quarter of them, of four or more.
FEWEST_DYADS, FEW = 4, 0.25
HOURS_APART = (
    "according to the files, the therapist's and the client's recording were not made at the same time of "
    "day, unlike those of other dyads"
)
CHECK_FILES = (
    "Check that these files belong together. If they do, a computer's clock was wrong or changed between "
    "summer and winter time: nothing to do."
)
OTHER_ORDER = "according to the files, the recordings of two times were made in the opposite order"
CHECK_ORDER = (
    "Check which file is which; if it is so in all dyads, whether times in config.yaml has the right order, "
    "by which changes are counted. If the order was meant to differ, nothing needs to be done."
)
# Start times in files are right to a second. Where they fit what tied the clocks of enough meetings, to so
# many seconds, they contradict a statement that is off by twice as much.
STATED, MEASURED = "shared_start", ("markers", "start_marker", "lsl_clock")
RIGHT_TO_S = 2.0
BEGAN_APART = (
    "the recordings are taken to begin at the same instant (shared_start), but the start times in the files, "
    "which are right where triggers tie the clocks, say otherwise"
)
CHECK_START = (
    "If the files did not begin together, their PLV means nothing: cut both at the same instant, or write "
    "the reason into exclude of the recording."
)


@dataclass(frozen=True)
class Begun:
    """When a member's part of a meeting began, by the recording computer, and how long it lasted."""

    dyad: str
    time: str
    role: str
    begun: datetime
    seconds: float


def shifted(when: datetime) -> bool:
    """Whether a date was shifted to make a dataset anonymous: BIDS has such dates before 1925."""
    return when.year <= SHIFTED_TO


def hours_apart(recorded: Sequence[Begun]) -> list[tuple[str, str]]:
    """Meetings (dyad, time) of which the members were recorded at different times of day."""
    meetings: dict[tuple[str, str], dict[str, Begun]] = defaultdict(dict)
    for one in recorded:
        if not shifted(one.begun):
            meetings[one.dyad, one.time][one.role] = one
    both = {key: own for key, own in meetings.items() if len(own) == 2}
    ahead = {key: _seconds(own["therapist"].begun, own["client"].begun) for key, own in both.items()}
    ahead = {key: s for key, s in ahead.items() if abs(s) <= DAY_S}  # of other days, others speak
    if len(ahead) < FEWEST_MEETINGS:
        return []
    usual = median(ahead.values())
    found = []
    for key, s in ahead.items():
        therapist, client = both[key]["therapist"].seconds, both[key]["client"].seconds
        if max(s - usual - therapist, usual - s - client) > APART_S:
            found.append(key)
    return found


def out_of_order(recorded: Sequence[Begun], times: Sequence[str]) -> list[tuple[str, str, str]]:
    """Dyads, each with two times that were recorded the other way round, in the order of `times`.

    Only where the two members' files contradict one another or most other dyads, or all dyads the study.
    """
    begun = {(one.dyad, one.time, one.role): one.begun for one in recorded if not shifted(one.begun)}
    found = []
    for first, second in combinations(times, 2):
        late: dict[str, list[float]] = defaultdict(list)
        for dyad, time, role in begun:
            if time == first and (other := begun.get((dyad, second, role))):
                late[dyad].append(_seconds(begun[dyad, first, role], other))
        turned = [dyad for dyad, own in late.items() if max(own) < 0]
        few = len(late) >= FEWEST_DYADS and (len(turned) < FEW * len(late) or len(turned) == len(late))
        contradict = [dyad for dyad, own in late.items() if min(own) < 0 < max(own)]
        found += [(dyad, first, second) for dyad in late if dyad in contradict or (few and dyad in turned)]
    return found


def began_apart(
    recorded: Sequence[Begun], ties: Mapping[tuple[str, str], tuple[str, float]]
) -> dict[tuple[str, str], float]:
    """Meetings whose recordings are stated to begin together, and by their files do not.

    Parameters
    ----------
    recorded : sequence of Begun
    ties : mapping (dyad, time) -> (method, offset)
        What ties the two clocks, and the seconds that the client's recording began before the therapist's.

    Returns
    -------
    apart : dict of (dyad, time) to float
        Seconds that the client's recording began before the therapist's, by the start times in the files and
        the difference between the two computers' clocks in the other meetings.
    """
    meetings: dict[tuple[str, str], dict[str, Begun]] = defaultdict(dict)
    for one in recorded:
        if not shifted(one.begun):
            meetings[one.dyad, one.time][one.role] = one
    off = {
        key: _seconds(own["client"].begun, own["therapist"].begun) - ties[key][1]
        for key, own in meetings.items()
        if len(own) == 2 and key in ties
    }
    known = [s for key, s in off.items() if ties[key][0] in MEASURED]
    if len(known) < FEWEST_MEETINGS:
        return {}
    usual = median(known)
    if max(abs(s - usual) for s in known) > RIGHT_TO_S:
        return {}
    stated = {key: s - usual for key, s in off.items() if ties[key][0] == STATED}
    return {key: s for key, s in stated.items() if abs(s) > 2 * RIGHT_TO_S}


def recorded_in(facts: Sequence[Mapping]) -> list[Begun]:
    """The same of the facts of conversions (`bids.recording.convert`)."""
    return [
        Begun(f["dyad"], f.get("time", str(f["run"])), f["role"], begun, float(f.get("duration_s", 0.0)))
        for f in facts
        if f.get("measured")
        for begun in [datetime.fromisoformat(f["measured"])]
    ]


def block_begun(begun: datetime, start_s: float | None) -> datetime:
    """When a stretch of a recording began."""
    return begun + timedelta(seconds=start_s or 0.0)


def _seconds(one: datetime, other: datetime) -> float:
    return (other.replace(tzinfo=None) - one.replace(tzinfo=None)).total_seconds()
