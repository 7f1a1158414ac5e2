"""The tasks of a study: what was done in its recordings, and which of them the tests are about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

REST = "rest"  # the task of a recording whose table names none
FACTOR = "factor"  # statistics: task: the tasks are the levels of a factor within dyads
MEAN = "mean"  # statistics: task: of each time the mean over its tasks


def analysed_task(asked: str | None, tasks: Iterable[str]) -> str:
    """Which task the tests are about: the only one, the one that is asked for, or `FACTOR` for several."""
    several = list(dict.fromkeys(tasks))
    return asked or (FACTOR if len(several) > 1 else next(iter(several), REST))


def times_of(task: str, times: Sequence[str], tasks: Mapping[int, str]) -> list[str]:
    """The times whose recordings enter the tests, in their order: those of the task, or all of several tasks.

    `tasks` gives the task of each run; the first of `times` is run 1.
    """
    return [time for run, time in enumerate(times, 1) if task in (FACTOR, MEAN, tasks.get(run))]
