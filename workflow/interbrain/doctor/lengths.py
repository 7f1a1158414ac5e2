"""How long recordings are: enough for the filters, and as long as those of the same time of other dyads."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from interbrain.problems import Problem

if TYPE_CHECKING:
    from interbrain.doctor.members import Readable
    from interbrain.study.tables import Found

FILTER_CYCLES = 3.3  # length of MNE's FIR filter in periods of its lowest edge
# Lengths of one time that agree, but for fewer than a quarter of them, to so much: one that is so many times
# as long was joined from two, or not cut.
FEWEST, AGREEING, FEW, TIMES_AS_LONG = 4, 1.15, 0.25, 1.7


def check_lengths(read: Sequence[Readable], config: Mapping, done: Found) -> None:
    """What is left of a recording must be longer than the high-pass filter, which cleaning asks for."""
    needed = FILTER_CYCLES / config["cleaning"]["highpass"]
    for m in read:
        left = m.survey.duration_s - m.survey.lost_s
        if left < needed:
            what = f"only {left:.1f} s were recorded, and the high-pass filter alone needs {needed:.1f} s"
            hint = "Exclude the dyad with a reason, or raise the highpass (cleaning)."
            done.problems.append(Problem(m.where, what, hint, m.shown))


def check_usual_lengths(read: Sequence[Readable], done: Found) -> None:
    """Recordings that are twice as long as those of the other dyads at the same time, or half as long."""
    of_time: dict[str, list[Readable]] = defaultdict(list)
    for m in read:
        of_time[m.time].append(m)
    for those in of_time.values():
        lengths = np.array([used_s(m) for m in those])
        usual = float(np.median(lengths))
        ratio = np.maximum(lengths, 1e-9) / max(usual, 1e-9)
        agree = np.maximum(ratio, 1 / ratio) <= AGREEING
        if len({m.dyad for m in those}) < FEWEST or (~agree).mean() >= FEW:
            continue
        low, high = lengths[agree].min(), lengths[agree].max()
        for m, seconds, times in zip(those, lengths, ratio, strict=True):
            if max(times, 1 / times) < TIMES_AS_LONG:
                continue
            span = dict.fromkeys((f"{low:.0f}", f"{high:.0f}"))
            what = f"{seconds:.0f} s of it are used, and {' to '.join(span)} s of the others of {m.time}"
            hint = (
                "Was it not cut, joined from two, or saved with another sampling rate? If it is right, "
                "nothing needs to be done."
            )
            done.warnings.append(
                Problem(m.where, what, hint, m.shown, kind="recordings far longer or shorter than the others")
            )


def used_s(m: Readable) -> float:
    """How much of a recording the table uses, s; of the client's, whose clock is another, about so much."""
    start, stop = m.block
    end = m.survey.duration_s if stop is None else min(stop, m.survey.duration_s)
    return max(end - (start or 0.0), 0.0)
