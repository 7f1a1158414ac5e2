"""Stretches of a file by its marks: "Ruhe Beginn" and "Ruhe Ende" are where the rest begins and ends.

Only what can mean one thing: a word for a task beside one for a beginning or an end, each task once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from interbrain.newstudy.proposal import Row
from interbrain.newstudy.words import TASKS, plain
from interbrain.words import listed

BEGINNINGS = frozenset(
    ("begin", "beginn", "beginning", "start", "anfang", "debut", "inicio", "inizio", "onset")
)
ENDS = frozenset(("end", "ende", "stop", "stopp", "schluss", "fin", "fine", "final", "offset"))


def stretches_of(marks: Sequence[tuple[str, float]]) -> list[tuple[str, float, float]]:
    """Task, beginning and end (s) of each stretch of a file; none if its marks are not certain.

    Examples
    --------
    >>> stretches_of([("Ruhe Beginn", 5.0), ("Ruhe Ende", 70.0), ("start talk", 76.5), ("end talk", 144.0)])
    [('rest', 5.0, 70.0), ('talk', 76.5, 144.0)]
    >>> stretches_of([("Ruhe Beginn", 5.0), ("talk end", 70.0)])
    []
    """
    open_: dict[str, float] = {}
    found: list[tuple[str, float, float]] = []
    for text, onset in sorted(marks, key=lambda mark: mark[1]):
        words = [plain(word) for word in re.findall(r"[^\W\d_]+", text)]
        ends = [word for word in words if word in BEGINNINGS | ENDS]
        task = TASKS.get("".join(word for word in words if word not in BEGINNINGS | ENDS))
        if len(ends) != 1 or task is None:
            continue
        if ends[0] in BEGINNINGS:
            if open_ or task in {own for own, *_ in found}:
                return []
            open_[task] = onset
        elif task in open_:
            found.append((task, open_.pop(task), onset))
        else:
            return []
    return [] if open_ else found


def with_stretches(
    rows: Sequence[Row], marks_of: Callable[[str], Sequence[tuple[str, float]]]
) -> tuple[list[Row], str]:
    """A row for each stretch in place of each recording's, and what was done; the rows as they are, else.

    Parameters
    ----------
    marks_of : callable
        The marks of a file, as `headers.Header` has them. Is called for all files only where the first one
        has stretches.
    """
    named = [row for row in rows if row.therapist_file and not row.task]
    if not named or not stretches_of(marks_of(named[0].therapist_file)):
        return list(rows), ""
    made: list[Row] = []
    tasks: dict[str, None] = {}
    for row in rows:
        stretches = stretches_of(marks_of(row.therapist_file)) if row.therapist_file and not row.task else []
        for task, begin, end in stretches:
            tasks[task] = None
            times = {"start_s": f"{round(begin, 3):.10g}", "stop_s": f"{round(end, 3):.10g}"}
            made.append(replace(row, task=task, **times, notes=list(row.notes)))
        if not stretches:
            why = [] if row.task else ["no marks of stretches that are certain were found in its file"]
            made.append(replace(row, notes=[*row.notes, *why]))
    said = (
        f"the marks in the therapists' files give the stretches of {listed(tasks)}: each has a row of "
        "its own, with start_s and stop_s in s of that file"
    )
    return made, said
