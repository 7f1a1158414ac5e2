"""What speaks against coded events that can be read: other events, other coders, other recordings.

Each is a warning; what cannot be meant is refused in `coding_table`.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

import numpy as np

from interbrain.problems import Problem
from interbrain.words import listed

# Events that agree in all codes and times from the first on; those at even steps were not timed by hand.
FEWEST_ALIKE, HUNDREDTHS, EVENLY_S = 5, 2, 0.1
FEWEST_ENDS = 3
RARE, TIMES_AS_OFTEN, LEAST_LETTERS = 2, 5, 5
FEWEST_MOMENTS, LONG_S, MOST_MOMENTS = 5, 1.0, 0.2
# Two coders' events fit each other at one shift, and hardly as they are.
FEWEST_SHIFTED, SHIFTED, NEAR_S, AS_THEY_ARE_S = 6, 0.6, 1.0, 2.0
SAME_TIMES = "Compare the files: one may have been copied, or named, in place of another."


def doubts_of(events: Sequence[Mapping], times: Sequence[str], name: str) -> list[Problem]:
    """What is doubtful about the events of a study.

    Parameters
    ----------
    events : sequence of dict
        dyad, run, onset_s, duration_s, code, who, coder; `ends`, whether it is of a row and its duration is
        no shorter than its onset.
    times : sequence of str
        Labels of the runs, from 1 on.
    name : str
        Of the table.
    """
    of_coders: dict[tuple[str, int, str], list[Mapping]] = defaultdict(list)
    for event in sorted(events, key=lambda event: (event["onset_s"], event["code"])):
        of_coders[event["dyad"], event["run"], event["coder"]].append(event)
    places = {key: f"{key[0]} {times[key[1] - 1]}" for key in of_coders}
    found = [*_copied(of_coders, places), *_shifted(of_coders, places), *_ends(of_coders, places)]
    found += [*_misspelt(events), *_moments(events)]
    return [Problem(name, what, hint, kind=kind, shared=kind) for what, hint, kind in found]


Doubt = tuple[str, str, str]
Groups = Mapping[tuple[str, int, str], Sequence[Mapping]]


def _copied(groups: Groups, places: Mapping) -> Iterator[Doubt]:
    """The same codes at the same times in two recordings, or of two coders, unless at even steps."""
    first: dict[tuple, tuple] = {}
    for key, own in groups.items():
        steps = np.diff([event["onset_s"] for event in own])
        if len(own) < FEWEST_ALIKE or np.ptp(steps) < EVENLY_S:
            continue
        begin = own[0]["onset_s"]
        course = tuple(
            (
                event["code"],
                round(event["onset_s"] - begin, HUNDREDTHS),
                round(event["duration_s"], HUNDREDTHS),
            )
            for event in own
        )
        above = first.setdefault(course, key)
        if above == key:
            continue
        if above[:2] == key[:2]:
            what = (
                f"two coders of {places[key]} have the same {len(own)} events, to the hundredth of a second"
            )
            hint = f"Nobody codes so alike, and kappa would be 1. {SAME_TIMES}"
            yield what, hint, "two coders have the same events"
        else:
            what = f"the {len(own)} events of {places[key]} are at the same times as those of {places[above]}"
            hint = f"{SAME_TIMES} If both follow one schedule, nothing needs to be done."
            yield what, hint, "two recordings have the same coded events"


def _shifted(groups: Groups, places: Mapping) -> Iterator[Doubt]:
    """Two coders of one recording whose events agree only if one's are moved."""
    runs: dict[tuple[str, int], list[tuple[str, int, str]]] = defaultdict(list)
    for key in groups:
        runs[key[:2]].append(key)
    for keys in runs.values():
        for one, other in combinations(keys, 2):
            apart = np.sort(
                [
                    b["onset_s"] - a["onset_s"]
                    for a in groups[one]
                    for b in groups[other]
                    if a["code"] == b["code"]
                ]
            )
            if len(apart) < FEWEST_SHIFTED:
                continue
            n = np.searchsorted(apart, apart + NEAR_S, "right") - np.arange(len(apart))
            best = int(n.argmax())
            shift = float(np.median(apart[best : best + n[best]]))
            needed = max(FEWEST_SHIFTED, SHIFTED * min(len(groups[one]), len(groups[other])))
            as_they_are = int((np.abs(apart) <= AS_THEY_ARE_S).sum())
            if n[best] < needed or abs(shift) <= AS_THEY_ARE_S or 3 * as_they_are > n[best]:
                continue
            what = (
                f"{n[best]} events of two coders of {places[one]} agree if those of one are moved by "
                f"{abs(shift):.1f} s, and {as_they_are} as they are"
            )
            hint = "Their times count from different moments: correct offset_s of one of the two."
            yield what, hint, "two coders whose times are apart"


def _ends(groups: Groups, places: Mapping) -> Iterator[Doubt]:
    """Ends in the place of durations: every duration is at least the onset."""
    for key, own in groups.items():
        long = [event for event in own if event["duration_s"] > 0]
        if len(long) >= FEWEST_ENDS and all(event.get("ends") for event in long):
            what = f"the duration of every event of {places[key]} is at least its onset"
            hint = "duration_s is how long an event lasts, and not when it ends: subtract onset_s."
            yield what, hint, "durations that may be ends"


def _misspelt(events: Sequence[Mapping]) -> Iterator[Doubt]:
    """A rare code that differs by one letter from one that is common."""
    n = Counter(event["code"] for event in events)
    for rare in (code for code in n if n[code] <= RARE):
        for code in n:
            if n[code] >= TIMES_AS_OFTEN * n[rare] and _one_letter_apart(rare.casefold(), code.casefold()):
                often = f"{n[rare]} time{'s' * (n[rare] > 1)}"
                what = f'the code "{rare}" occurs {often}, and "{code}" {n[code]} times'
                yield what, "If they are one code, spell them alike.", "codes that differ by one letter"


def _one_letter_apart(one: str, other: str) -> bool:
    """Whether one letter was left out, added or replaced, or two were exchanged, in a word of some length."""
    short, long = sorted((one, other), key=len)
    if len(short) < LEAST_LETTERS or one == other or len(long) - len(short) > 1:
        return False
    at = next((i for i, pair in enumerate(zip(short, long, strict=False)) if pair[0] != pair[1]), len(short))
    odd = long[at] + (short[at] if len(short) == len(long) else "")
    # rupture1 and rupture2, or type a and type b, are two codes.
    if not odd.isalpha() or (at == len(long) - 1 and re.match(r"[\W_]", long[at - 1])):
        return False
    if len(short) < len(long):
        return short[at:] == long[at + 1 :]
    exchanged = short[at : at + 2] == long[at : at + 2][::-1] and short[at + 2 :] == long[at + 2 :]
    return exchanged or short[at + 1 :] == long[at + 1 :]


def _moments(events: Sequence[Mapping]) -> Iterator[Doubt]:
    """A few events without a duration of a code whose others last."""
    lengths: dict[str, list[float]] = defaultdict(list)
    for event in events:
        lengths[event["code"]].append(event["duration_s"])
    for code, own in lengths.items():
        zero = sum(length == 0 for length in own)
        lasting = [length for length in own if length > 0]
        if (
            0 < zero <= MOST_MOMENTS * len(own)
            and len(lasting) >= FEWEST_MOMENTS
            and np.median(lasting) > LONG_S
        ):
            what = f'{zero} of {len(own)} events of the code "{code}" have no duration, and the others last'
            hint = "Was an end forgotten? They count as one window."
            yield what, hint, "events without a duration among others"


def offsets_left_out(rows: Sequence[tuple[str, str]], name: str) -> list[Problem]:
    """Rows of files without offset_s where others have one: (where, offset_s) of each."""
    without = [where.partition(", ")[2] for where, offset in rows if not offset]
    if not without or len(without) == len(rows) or not any(float(offset or 0) for _, offset in rows):
        return []
    n = f"{len(rows) - len(without)} of {len(rows)} files"
    what = f"offset_s is filled in for {n}, and empty in {listed(without[:6])}"
    hint = "It is 0 there: write 0 if the file begins with the recording, or when its video began."
    kind = "offset_s is empty in some rows"
    return [Problem(name, what, hint, kind=kind, shared=kind)]
