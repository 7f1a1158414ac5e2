"""The task of each time: what was done in its recordings. One time has one task."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from interbrain.problems import Problem
from interbrain.study.problems import did_you_mean
from interbrain.study.reading import numbered_rows
from interbrain.tasks import FACTOR, REST
from interbrain.words import listed

if TYPE_CHECKING:
    from interbrain.study.settings import Settings

IN_NAME = re.compile(r"_task-([A-Za-z0-9]+)_")


def with_tasks(recordings: pd.DataFrame, adopted: bool) -> pd.DataFrame:
    """The table with a task in every row: as its cell has it, as a BIDS file is called, or rest.

    Parameters
    ----------
    recordings : DataFrame
        task, therapist_file; all text.
    adopted : bool
        The files are recordings of a BIDS dataset.
    """
    named = [IN_NAME.search(Path(file).name) if adopted else None for file in recordings["therapist_file"]]
    found = [name[1] if name else REST for name in named]
    tasks = [cell or own for cell, own in zip(recordings["task"], found, strict=True)]
    return recordings.assign(task=tasks)


def check_tasks(recordings: pd.DataFrame, name: str) -> list[Problem]:
    """A problem for each recording whose task is not that of its time.

    `recordings` are those that are used, with a task each.
    """
    first: dict[str, tuple[int, str]] = {}
    problems = []
    for row, r in numbered_rows(recordings):
        above, task = first.setdefault(r["time"], (row, r["task"]))
        if r["task"] != task:
            what = f"the task is {r['task']}, but that of {r['time']} is {task} in row {above}"
            own = f"{r['time']}_{r['task']}"
            hint = f"A time has one task. Give this recording its own in times (config.yaml), e.g. {own}."
            problems.append(Problem(f"{name}, row {row} ({r['dyad']})", what, hint))
    return problems


def check_settings(settings: Settings, recordings: pd.DataFrame) -> list[Problem]:
    """What config.yaml says of tasks, held against those that the recordings have."""
    tasks = list(dict.fromkeys(recordings["task"]))
    problems = []
    for name in settings.tasks:
        if tasks and name not in tasks:
            what = f'no recording has the task "{name}"'
            problems.append(Problem("config.yaml, tasks", what, did_you_mean(name, tasks)))
    asked = settings.statistics.task
    if asked not in (None, FACTOR, *tasks) and tasks:
        hint = did_you_mean(str(asked), [*tasks, FACTOR])
        problems.append(
            Problem("config.yaml, statistics: task", f'no recording has the task "{asked}"', hint)
        )
    elif asked == FACTOR and len(tasks) < 2:
        what = f"factor needs recordings of several tasks; all are {listed(tasks) or REST}"
        hint = "Fill in the column task of the recordings table, or remove task from statistics."
        problems.append(Problem("config.yaml, statistics: task", what, hint))
    elif len(tasks) > 1 and settings.statistics.time != "mean":
        problems += _of_several_times(settings, recordings, tasks)
    return problems


def _of_several_times(settings: Settings, recordings: pd.DataFrame, tasks: list[str]) -> list[Problem]:
    """Where the times are compared: they must be of one task, and that needs two."""
    asked, time = settings.statistics.task, settings.statistics.time
    if asked in (None, FACTOR):
        what = f"time is {time}, but the times have several tasks: {listed(tasks)}"
        hint = "Write beside it task: and the name of one; or time: mean, and the tasks become a factor."
        return [Problem("config.yaml, statistics", what, hint)]
    times = list(dict.fromkeys(recordings.loc[recordings["task"] == asked, "time"]))
    if len(times) < 2:
        what = f"time is {time}, but the task {asked} has one time only ({listed(times)})"
        return [Problem("config.yaml, statistics", what, "Write time: mean.")]
    return []
