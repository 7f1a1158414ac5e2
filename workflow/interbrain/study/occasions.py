"""Occasions: the recordings that a dyad has by design. A time of several tasks has one for each of them.

An occasion is called as its time, and where that has several tasks as time and task, ``pre_rest``: under this
name it is a time of its own from here to the report.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from interbrain.problems import Problem
from interbrain.study.problems import counted, did_you_mean
from interbrain.study.reading import numbered_rows
from interbrain.words import listed


@dataclass(frozen=True)
class Occasions:
    """The occasions of a study, in the order of their runs.

    Attributes
    ----------
    phases : list of str
        The times, as config.yaml has them.
    labels : list of str
        The occasions: the first is run 1. First the first task of each time, then the second of those that
        have one, and so on: a task that is recorded later changes the number of no other.
    of_label : mapping label -> (time, task)
        Of times with several tasks.
    """

    phases: Sequence[str]
    labels: list[str]
    of_label: Mapping[str, tuple[str, str]]

    def called(self, time: str, task: str) -> str | None:
        """The occasion of a time and, where that has several, of a task; None if there is no such."""
        several = {own: label for label, (phase, own) in self.of_label.items() if phase == time}
        return several.get(task) if several else time

    def phase(self, label: str) -> str:
        """The time of an occasion."""
        return self.of_label[label][0] if label in self.of_label else label

    def tasks_at(self, time: str) -> list[str]:
        """The tasks of a time that has several; none of another."""
        return [task for phase, task in self.of_label.values() if phase == time]


def occasions_of(times: Sequence[str], used: pd.DataFrame) -> Occasions:
    """The occasions of the recordings that are used: dyad, time and task of each."""
    tasks = list(dict.fromkeys(used["task"]))
    at = {time: set(used.loc[used["time"] == time, "task"]) for time in times}
    # Where each dyad has another task at a time, none of them has several: the check of tasks says so.
    several = used.groupby(["dyad", "time"])["task"].nunique().groupby("time").max()
    crossed = [time for time in times if several.get(time, 0) > 1]
    own = {time: [t for t in tasks if t in at[time]] if time in crossed else [""] for time in times}
    labels: list[str] = []
    of_label = {}
    for rank in range(max(map(len, own.values()), default=1)):
        for time in times:
            if rank < len(own[time]):
                task = own[time][rank]
                labels.append(f"{time}_{task}" if task else time)
                if task:
                    of_label[labels[-1]] = (time, task)
    return Occasions(list(times), labels, of_label)


def check_occasions(occasions: Occasions) -> list[Problem]:
    """A problem where an occasion would be called as another."""
    twice = [label for label in occasions.of_label if occasions.labels.count(label) > 1]
    return [
        Problem(
            "config.yaml, times",
            f"{label} is a time, and the task {occasions.of_label[label][1]} at "
            f"{occasions.of_label[label][0]} has the same name",
            "Give the time another name, here and in the tables.",
        )
        for label in dict.fromkeys(twice)
    ]


def at_occasions(recordings: pd.DataFrame | None, occasions: Occasions) -> pd.DataFrame | None:
    """The recordings table, if any, with the occasion of each row as its time, and its time as `phase`."""
    if recordings is None:
        return None
    labels = [
        occasions.called(time, task) or time
        for time, task in zip(recordings["time"], recordings["task"], strict=True)
    ]
    return recordings.assign(phase=recordings["time"], time=labels)


def resolve(
    table: pd.DataFrame, occasions: Occasions, name: str, ignored: Sequence[str] = ()
) -> tuple[pd.DataFrame, list[Problem]]:
    """Another table of the study with occasions in place of its times; rows may name them as they are called.

    Parameters
    ----------
    table : DataFrame
        dyad, time, task; all text. Where a time has one task, the task may be empty.
    ignored : sequence of str
        Dyads whose rows nobody reads.

    Returns
    -------
    table : DataFrame
        Without the column task. A row of which no occasion is known keeps its time.
    problems : list of Problem
        One for all rows that lack a task.
    """
    found, unclear, problems = [], [], []
    for row, r in numbered_rows(table):
        time, task = r["time"], r["task"]
        label = time if time in occasions.of_label and not task else occasions.called(time, task)
        if label is None and not task:
            unclear.append((row, time))
        elif label is None and r["dyad"] not in ignored:
            what = f'no recording at {time} has the task "{task}"'
            problems.append(Problem(f"{name}, row {row}", what, did_you_mean(task, occasions.tasks_at(time))))
        found.append(label or time)
    if unclear:
        row, time = unclear[0]
        more = f" (and {counted(len(unclear) - 1, 'row')} more)" if len(unclear) > 1 else ""
        what = f"{time} has several tasks ({listed(occasions.tasks_at(time))}), and the row{more} names none"
        problems.append(Problem(f"{name}, row {row}", what, "Fill in the column task."))
    return table.assign(time=found).drop(columns="task"), problems
