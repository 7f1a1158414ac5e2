"""The tasks of the recordings: one at each time, or several at a time, each dyad's own recordings of each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from interbrain.problems import Problem
from interbrain.study.occasions import Occasions, at_occasions, check_occasions, occasions_of
from interbrain.study.problems import did_you_mean, nearest
from interbrain.study.reading import numbered_rows
from interbrain.tasks import FACTOR, MEAN, REST, analysed_task
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


def checked_occasions(
    settings: Settings, recordings: pd.DataFrame | None, dyads: Sequence[str]
) -> tuple[pd.DataFrame | None, Occasions, list[Problem]]:
    """The table at its occasions (`at_occasions`), the occasions, and what is wrong with its tasks.

    `recordings` is the table with a task in every row, `dyads` those that are included.
    """
    none = Occasions(settings.times, list(settings.times), {})
    if recordings is None:
        return None, none, []
    recordings, mistyped = as_meant(settings, recordings, dyads)
    used = recordings[recordings["dyad"].isin(dyads) & (recordings["exclude"] == "")]
    if wrong := check_tasks(used, Path(settings.tables.recordings).name):
        return at_occasions(recordings, none), none, mistyped + wrong
    occasions = occasions_of(settings.times, used)
    wrong = check_settings(settings, used, occasions) + check_occasions(occasions)
    return at_occasions(recordings, occasions), occasions, mistyped + wrong


def as_meant(
    settings: Settings, recordings: pd.DataFrame, dyads: Sequence[str]
) -> tuple[pd.DataFrame, list[Problem]]:
    """The table with another task in each row whose own seems to be mistyped, and a problem for each.

    A task is taken for a mistyped one if a single dyad has it, the config does not describe it, and it is
    nearly that of several other dyads at the same time, which this dyad lacks. The table is read as it is
    meant so that nothing else is said of such a row.
    """
    if settings.input == "bids":
        return recordings, []  # whose files name their tasks
    used = recordings[recordings["dyad"].isin(dyads) & (recordings["exclude"] == "")]
    of_task = used.groupby("task")["dyad"].agg(set)
    at_time = used.groupby(["time", "task"])["dyad"].agg(set)
    recordings, problems = recordings.copy(), []
    for row, r in numbered_rows(used):
        if r["task"] in settings.tasks or len(of_task[r["task"]]) > 1:
            continue
        others = [
            task
            for (time, task), have in at_time.items()
            if time == r["time"] and r["dyad"] not in have and len(have) > 1
        ]
        if meant := nearest(r["task"], others):
            where = f"{Path(settings.tables.recordings).name}, row {row} ({r['dyad']})"
            what = f"no other dyad has the task {r['task']}, and {r['dyad']} lacks {meant} at {r['time']}"
            hint = f"Did you mean {meant}? If not, describe {r['task']} in tasks (config.yaml)."
            problems.append(Problem(where, what, hint))
            recordings.loc[row, "task"] = meant
    return recordings, problems


def check_tasks(recordings: pd.DataFrame, name: str) -> list[Problem]:
    """A problem for each recording whose task is not that of its time, if no dyad has several at that time.

    `recordings` are those that are used, with a task each.
    """
    first: dict[str, tuple[int, str]] = {}
    problems = []
    several = recordings.groupby(["dyad", "time"])["task"].nunique().groupby("time").max()
    within = set(several.index[several > 1]) if len(recordings) else set()
    for row, r in numbered_rows(recordings):
        if r["time"] in within:
            continue
        above, task = first.setdefault(r["time"], (row, r["task"]))
        if r["task"] != task:
            what = f"the task is {r['task']}, but that of {r['time']} is {task} in row {above}"
            own = f"{r['time']}_{r['task']}"
            hint = (
                "No dyad has several tasks at this time, and tasks are compared within dyads. Correct the "
                f"task, add the others, or give this one its own time in times (config.yaml), e.g. {own}."
            )
            problems.append(Problem(f"{name}, row {row} ({r['dyad']})", what, hint))
    return problems


def check_settings(settings: Settings, recordings: pd.DataFrame, occasions: Occasions) -> list[Problem]:
    """What config.yaml says of tasks, held against those that the recordings have.

    `recordings` have their times as the recordings table has them.
    """
    tasks = list(dict.fromkeys(recordings["task"]))
    problems = []
    for name in settings.tasks:
        if tasks and name not in tasks:
            what = f'no recording has the task "{name}"'
            problems.append(Problem("config.yaml, tasks", what, did_you_mean(name, tasks)))
    asked = settings.statistics.task
    if asked not in (None, FACTOR, MEAN, *tasks) and tasks:
        hint = did_you_mean(str(asked), [*tasks, FACTOR, MEAN])
        problems.append(
            Problem("config.yaml, statistics: task", f'no recording has the task "{asked}"', hint)
        )
    elif asked in (FACTOR, MEAN) and len(tasks) < 2:
        what = f"{asked} needs recordings of several tasks; all are {listed(tasks) or REST}"
        hint = "Fill in the column task of the recordings table, or remove task from statistics."
        problems.append(Problem("config.yaml, statistics: task", what, hint))
    elif len(tasks) > 1 and occasions.of_label and asked in (None, FACTOR, MEAN):
        problems += _of_crossed(settings, tasks, occasions)
    elif asked == MEAN:
        what = "mean is each time's mean over its tasks, and every time has one task"
        hint = "Write task: factor, or the name of one."
        problems.append(Problem("config.yaml, statistics: task", what, hint))
    elif len(tasks) > 1 and settings.statistics.time != "mean":
        problems += _of_several_times(settings, recordings, tasks)
    return problems


def unnamed_factor(settings: Settings, recordings: pd.DataFrame) -> list[Problem]:
    """That the tests compare the tasks of the recordings that are used, where the config does not say so."""
    tasks = list(dict.fromkeys(recordings["task"])) if len(recordings) else []
    if analysed_task(settings.statistics.task, tasks) != FACTOR or settings.statistics.task:
        return []
    what = f"the recordings have several tasks ({listed(tasks)}), which the tests compare: task is a factor"
    hint = (
        f"If that is right, write task: factor (statistics). To test one task alone, write task: {tasks[0]}."
    )
    return [Problem("config.yaml, statistics: task", what, hint)]


def _of_crossed(settings: Settings, tasks: list[str], occasions: Occasions) -> list[Problem]:
    """Where tasks are crossed with times: every time needs every task, and one factor is tested at a time."""
    for time in occasions.phases:
        lacking = [task for task in tasks if task not in occasions.tasks_at(time)]
        if lacking:
            what = f"the tasks of all times are compared, and no dyad has {listed(lacking)} at {time}"
            hint = f"Write task: and the name of one ({', '.join(tasks)})."
            return [Problem("config.yaml, statistics: task", what, hint)]
    time = settings.statistics.time
    if settings.statistics.task != MEAN and time in ("factor", "ancova"):
        what = f"time is {time}, and the tasks are a factor as well"
        hint = (
            "Write task: mean to compare the times, each dyad's mean over tasks; time: mean to compare the "
            "tasks; or time: change to test whether the change differs between tasks (time x task)."
        )
        return [Problem("config.yaml, statistics", what, hint)]
    return []


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
