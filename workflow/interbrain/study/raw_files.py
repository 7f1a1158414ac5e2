"""The files that rows of the recordings table name: whether they are there, and whose they are."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath

from interbrain.formats.opening import KNOWN_SUFFIXES
from interbrain.problems import Problem
from interbrain.study.problems import nearest_file


@dataclass(frozen=True)
class Use:
    """One row's use of a file: for whom, which block, which channels, and in which file the partner is."""

    row: int
    dyad: str
    person: str
    block: tuple[float, float]
    pattern: str
    partner_file: str


def row_that_uses(uses: list[Use], use: Use) -> int | None:
    """The row that uses a file already: for somebody else, or for a block of the dyad that overlaps this one.

    One person may be in several dyads of one session, such as a therapist with two clients.
    """
    for other in uses:
        if other.person != use.person:
            if not (use.pattern and other.pattern and use.pattern != other.pattern):
                return other.row
        elif other.dyad == use.dyad and use.block[0] < other.block[1] and other.block[0] < use.block[1]:
            return other.row
    return None


def outside(uses: Mapping[str, Sequence[Use]], raw_folder: Path, table: str) -> list[Problem]:
    """A warning on the files that a table names outside the raw folder: on another drive, or by mistake."""
    top = os.path.normpath(raw_folder)
    far = [file for file in uses if not Path(os.path.normpath(raw_folder / file)).is_relative_to(top)]
    if not far:
        return []
    row, more = min(use.row for use in uses[far[0]]), len(far) - 1
    also = f" (and {more} more)" if more else ""
    return [
        Problem(
            f"{table}, row {row}",
            f"a raw file outside raw_folder will be read: {far[0]}{also}",
            "If this is not intended, correct the name. A copy of the study needs the file in the same "
            "place.",
        )
    ]


def check_file(path: Path, file: str, role: str, named: Iterable[str], where: str) -> list[Problem]:
    """Whether a raw file is there, and may be a recording."""
    try:
        found: os.stat_result | None = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        found = None
    except (OSError, ValueError) as error:  # a name that is too long, a folder that may not be opened
        why = getattr(error, "strerror", None) or error
        return [Problem(where, f"{role} file cannot be looked for ({why}): {path}", "Correct the name.")]
    if found and stat.S_ISDIR(found.st_mode):
        what = f"{role}_file is a folder: {path}"
        return [Problem(where, what, "Name the recording in it, with its ending.")]
    if not found or not stat.S_ISREG(found.st_mode):
        hint = nearest_file(path, named, KNOWN_SUFFIXES)
        if any(kind(file).is_absolute() for kind in (PurePosixPath, PureWindowsPath)):
            path, hint = Path(file), "Write its name as it is in raw_folder (config.yaml)."
        elif "\\" in file:
            hint = f"Write / and not \\ between folders: {file.replace(chr(92), '/')}"
        return [Problem(where, f"{role} file not found: {path}", hint, kind="files not found")]
    if path.suffix.lower() not in KNOWN_SUFFIXES:
        hint = f"Known: {', '.join(KNOWN_SUFFIXES)}. Of BrainVision files, name the .vhdr."
        return [Problem(where, f"{role}_file: no known format: {file}", hint)]
    if not found.st_size:
        return [Problem(where, f"{role}_file is an empty file: {path}", "Copy it again.")]
    return []
