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
    """One thing that is wrong, or that a person must know: where it stands, what it is, and what to do."""

    where: str
    what: str
    hint: str = ""


class StudyError(Exception):
    """Everything that is wrong with a study, as one text for the person who wrote it.

    Attributes
    ----------
    problems : list of Problem
    note : str
        What stands below them.
    study : Study or None
        What could be read all the same: the doctor opens the recordings that it names.
    """

    def __init__(self, problems: Sequence[Problem], note: str = "", study=None):
        self.problems = list(dict.fromkeys(problems))
        self.note = note
        self.study = study
        n, places = len(self.problems), len({p.where.split(",")[0] for p in self.problems})
        heading = f"{counted(n, 'problem')} in {counted(places, 'place')}. Nothing has been run."
        super().__init__("\n".join([heading, *numbered(self.problems), *([note] if note else [])]))


def warning_text(warnings: Sequence[Problem]) -> str:
    """What does not stop a study but must be known, under a heading; empty if there is nothing."""
    return "\n".join([counted(len(warnings), "warning"), *numbered(warnings)]) if warnings else ""


def numbered(problems: Sequence[Problem]) -> list[str]:
    """A line for each problem, and one for its hint."""
    lines = []
    for number, p in enumerate(problems, 1):
        lines.append(f"{number:<2} {p.where}: {p.what}")
        lines += [f"   {p.hint}"] if p.hint else []
    return lines


def counted(n: int, word: str) -> str:
    return f"{n} {word}{'s' * (n != 1)}"


def listed(words: Iterable[str]) -> str:
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last


def nearest_file(path: Path, others: Iterable[str] = (), suffixes: Iterable[str] = ()) -> str:
    """A hint at a file that the path may mean, with one of the suffixes; `others` are something else."""
    if not path.parent.is_dir():
        return f"There is no folder {path.parent} either."
    names = sorted({p.name for p in path.parent.iterdir() if p.is_file()} - set(others))
    names = [name for name in names if not suffixes or Path(name).suffix.lower() in suffixes]
    by_case = [name for name in names if name.lower() == path.name.lower()]
    same = by_case or [name for name in names if Path(name).stem == path.stem]
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
