"""What is wrong with a study, in words for the person who wrote it.

Finds nothing itself: the other modules of this room do.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: where it stands, what it is, and what to do."""

    where: str
    what: str
    hint: str = ""


class StudyError(Exception):
    """Everything that is wrong with a study, as one text for the person who wrote it."""

    def __init__(self, problems: Sequence[Problem], note: str = ""):
        self.problems = list(dict.fromkeys(problems))
        n, places = len(self.problems), len({p.where.split(",")[0] for p in self.problems})
        lines = [f"{n} problem{'s' * (n > 1)} in {places} place{'s' * (places > 1)}. Nothing has been run."]
        for number, p in enumerate(self.problems, 1):
            lines.append(f"{number:<2} {p.where}: {p.what}")
            if p.hint:
                lines.append(f"   {p.hint}")
        super().__init__("\n".join([*lines, note] if note else lines))


def nearest_file(path: Path, others: Iterable[str] = (), suffixes: Iterable[str] = ()) -> str:
    """A hint at a file that the path may mean, with one of the suffixes; `others` are something else."""
    if not path.parent.is_dir():
        return f"There is no folder {path.parent} either."
    names = sorted({p.name for p in path.parent.iterdir() if p.is_file()} - set(others))
    names = [name for name in names if not suffixes or Path(name).suffix.lower() in suffixes]
    same = [name for name in names if Path(name).stem == path.stem]
    near = same or difflib.get_close_matches(path.name, names, n=1, cutoff=0.75)
    return f"In that folder: {near[0]} – is that it?" if near else ""


def nearest(word: str, known: Iterable[str]) -> str | None:
    by_case = {k.lower(): k for k in known}
    near = difflib.get_close_matches(word.lower(), by_case, n=1, cutoff=0.6)
    return by_case[near[0]] if near else None


def did_you_mean(word: str, known: Iterable[str]) -> str:
    known = list(known)
    near = nearest(word, known)
    return f"Did you mean {near}?" if near else f"Known: {', '.join(known) or 'none'}."


def holds(column: str, cell: str) -> str:
    return f'{column} is "{cell}"' if cell else f"{column} is empty"
