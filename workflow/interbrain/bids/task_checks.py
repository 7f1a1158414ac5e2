"""Do the dataset's description of a task and the sidecars of its recordings agree? In BIDS the nearer counts.

Reads only; a part of the dataset's own checks (`checks`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

AGAIN = "Remove that file and run again: it is then written anew."


def check_tasks(root: Path, headers: Iterable[Path]) -> list[str]:
    """What contradicts the file `task-<label>_eeg.json` of a recording's task, or that there is none.

    Returns
    -------
    problems : list of str
        Each names the file and what to do.
    """
    problems: list[str] = []
    described: dict[str, dict | None] = {}
    for header in headers:
        entities = dict(part.split("-", 1) for part in header.stem.split("_") if "-" in part)
        file = root / f"task-{entities.get('task', '')}_eeg.json"
        if file.name not in described:
            described[file.name] = _read(file)
            if described[file.name] is None:
                problems.append(f"{file}: missing, or no JSON object. {AGAIN}")
        about, own = described[file.name] or {}, _read(header.with_suffix(".json")) or {}
        problems += [
            f"{header.with_suffix('.json')}: {key} is not that of {file.name}, which describes the task of "
            f"all its recordings. {AGAIN}"
            for key in sorted(about.keys() & own.keys())
            if about[key] != own[key]
        ]
    return problems


def _read(file: Path) -> dict | None:
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return content if isinstance(content, dict) else None
