"""The files of each task at the top of the dataset, which its recordings inherit: what was done, its events.

Written by the job that writes the dataset's tables, so that a changed word converts no recording again. The
name of the task, which BIDS requires, is in the recordings' own sidecars.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from interbrain.bids.task import BLOCK_CODE, EVENT_CODES
from interbrain.bids.texts import TOGETHER, event_texts, task_texts

NAME = re.compile(r"task-([A-Za-z0-9]+)_(eeg|events)\.json")


def task_files(tasks: Iterable[str]) -> list[str]:
    """The names of every task's files, at the top of the dataset."""
    return [f"task-{task}_{kind}.json" for task in tasks for kind in ("eeg", "events")]


def write_task_files(
    root: Path, tasks: Mapping[str, str], foreign: Mapping[str, int], coded: Sequence[str] = ()
) -> None:
    """Write the files of each task, and remove our own of tasks that the study no longer has.

    Parameters
    ----------
    root : Path
        The dataset.
    tasks : mapping task -> text
        What was done, in the study's words; empty if it gives none.
    foreign : mapping event -> code
        Events of the recording software.
    coded : sequence of str
        What coded events are called in the dataset.
    """
    for task, doing in tasks.items():
        eeg, events = task_files([task])
        _write(root / eeg, task_texts(task, doing))
        _write(root / events, event_texts(task, foreign, coded))
    for file in sorted(root.glob("task-*.json")):
        named = NAME.fullmatch(file.name)
        if named and named[1] not in tasks and _is_ours(file, *named.groups()):
            file.unlink()


def _write(path: Path, content: Mapping) -> None:
    """Whole or not at all: a recording that inherits the file may be read at this moment."""
    unfinished = path.with_name(f".{path.name}.unfinished")
    text = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
    unfinished.write_text(text, encoding="utf-8", newline="\n")
    os.replace(unfinished, path)


def _is_ours(file: Path, task: str, kind: str) -> bool:
    """Whether a file of a task holds what only this module writes."""
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    if not isinstance(content, dict):
        return False
    if kind == "eeg":
        described = str(content.get("TaskDescription"))
        return set(content) == set(task_texts(task, "")) and described.endswith(TOGETHER)
    codes = {str(code): name for name, code in {task: BLOCK_CODE, **EVENT_CODES}.items()}
    return codes.items() <= _levels(content.get("value")).items()


def _levels(column: Any) -> dict[str, Any]:
    levels = column.get("Levels") if isinstance(column, dict) else None
    return levels if isinstance(levels, dict) else {}
