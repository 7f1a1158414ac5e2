"""What enters the tests of one specification: a value a dyad, however the times enter, and what is missing.

Knows nothing of what the values are: synchrony of brains, or coordination of bodies.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from interbrain.statistics.cells import mean_of_recorded

from .branch import WITHOUT_DECISIONS


@dataclass(frozen=True)
class Outcome:
    """What enters one specification's tests.

    Attributes
    ----------
    values : array, shape (n_dyads,)
        NaN for a dyad without one.
    before : array, shape (n_dyads,) or None
        The covariate: the first time's value.
    lacking : dict of dyad to reason
    remarks : list of str
    absent : dict of dyad to list
        Times without a recording that this branch can use, of dyads that enter with the others.
    times : list of str
        All that are used.
    """

    values: np.ndarray
    before: np.ndarray | None
    lacking: dict[str, str]
    remarks: list[str]
    absent: dict[str, list[str]] = field(default_factory=dict)
    times: list[str] = field(default_factory=list)


def outcome_of(
    values: np.ndarray, notes: Mapping, there: set, enter: str, dyads: list[str], times: list[str]
) -> Outcome:
    """Let the times enter as `enter` says: mean, change, ancova, or one of them by its name."""
    used, before, absent = times, None, {}
    if enter == "mean":
        recorded = np.array([[(dyad, t) in there for t in times] for dyad in dyads])
        outcome = mean_of_recorded(values, recorded)
        absent = {
            dyad: [t for t in times if (dyad, t) not in there]
            for dyad, row in zip(dyads, recorded, strict=True)
            if row.any() and not row.all()
        }
    elif enter == "change":
        outcome, used = values[:, -1] - values[:, 0], [times[0], times[-1]]
    elif enter == "ancova":
        outcome, used, before = values[:, -1].copy(), [times[0], times[-1]], values[:, 0]
        outcome[np.isnan(before)] = np.nan
    else:
        outcome, used = values[:, times.index(enter)], [enter]
    lacking, remarks = {}, {}
    for place, dyad in enumerate(dyads):
        reasons: dict[str, list[str]] = {}
        for t in used:
            said = notes.get((dyad, t), [])
            if WITHOUT_DECISIONS in said:
                remarks[dyad] = f"{dyad}: {WITHOUT_DECISIONS}"
            if np.isnan(values[place, times.index(t)]) and t not in absent.get(dyad, ()):
                without = "no value" if (dyad, t) in there else "no recording"
                why = [note for note in said if note != WITHOUT_DECISIONS] or [without]
                reasons.setdefault(", ".join(why), []).append(t)
        if reasons:
            lacking[dyad] = ", ".join(f"{why} ({', '.join(at)})" for why, at in reasons.items())
    said = [text for dyad, text in remarks.items() if dyad not in lacking]
    return Outcome(outcome, before, lacking, said, absent, used)
