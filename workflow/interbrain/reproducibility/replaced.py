"""Raw files that were replaced by others dated no later: Snakemake would keep the results of the old.

A file keeps its date when it is copied, so that the right recording, copied over a wrong one, is older than
what was made of the wrong one; and results that were copied from another study are newer than all raw files.
Both are known by what conversion wrote down of its files. Not here: what Snakemake sees by itself.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

KNOWN = "interbrain_raw_files.json"
DATES = "interbrain_dates.json"


@dataclass(frozen=True)
class Made:
    """What was made of some raw files.

    Attributes
    ----------
    facts : Path
        What conversion wrote of them, with their checksums.
    others : tuple of Path
        What other jobs made of the same files.
    raw : tuple of str
        The files, the one in the recordings table first.
    """

    facts: Path
    others: tuple[Path, ...]
    raw: tuple[str, ...]


def find_replaced(made: Iterable[Made], folder: Path) -> tuple[list[Path], dict[Path, int]]:
    """Raw files that hold something else than what the results are of.

    A file's content is read only where it or what was made of it changed since it was last compared.

    Parameters
    ----------
    made : iterable of Made
    folder : Path
        `.snakemake`, where what was compared is kept.

    Returns
    -------
    replaced : list of Path
    outdated : dict of Path to int
        What was made of the files that were there before, and a date before all of them, ns.
    """
    known, replaced = _known(folder), []
    outdated: dict[Path, int] = {}
    compared: dict[str, list[list[int]]] = {}
    for one in made:
        try:
            facts, raw = one.facts.stat(), [Path(file) for file in one.raw]
            there = [file.stat() for file in raw]
        except OSError:  # not made yet, or a file that is missing, which is said elsewhere
            continue
        state = [[facts.st_mtime_ns], *([s.st_size, s.st_mtime_ns, s.st_ctime_ns] for s in there)]
        made_here = _has_record(one.facts, folder) and max(s.st_ctime_ns for s in there) <= facts.st_mtime_ns
        if known.get(str(one.facts)) == state or made_here:
            compared[str(one.facts)] = state
            continue
        others = _others(one.facts, raw)
        if not others:
            compared[str(one.facts)] = state
            continue
        replaced += others
        before = min(s.st_mtime_ns for s in there) - 10**9
        outdated |= dict.fromkeys((one.facts, *one.others), before)
    with contextlib.suppress(OSError):  # compared again next time
        (folder / KNOWN).write_text(json.dumps(compared), encoding="utf-8")
    return list(dict.fromkeys(replaced)), outdated


def date_before_them(outdated: Mapping[Path, int]) -> dict[Path, int]:
    """Give files the dates that `find_replaced` says, and return those that they had: they are made again."""
    dates = {}
    for file, before in outdated.items():
        with contextlib.suppress(OSError):
            dates[file] = file.stat().st_mtime_ns
            os.utime(file, ns=(before, before))
    return dates


def keep_dates(dates: Mapping[Path, int], outdated: Mapping[Path, int], folder: Path) -> None:
    """Write down the dates that `give_back` is to restore, as a process that is killed restores none."""
    if dates:
        kept = {str(file): [date, outdated[file]] for file, date in dates.items()}
        with contextlib.suppress(OSError):
            (folder / DATES).write_text(json.dumps(kept), encoding="utf-8")


def give_back_kept(folder: Path) -> None:
    """Restore the dates that a killed process left changed, if there was one."""
    with contextlib.suppress(OSError, ValueError, TypeError, AttributeError):
        kept = json.loads((folder / DATES).read_text(encoding="utf-8"))
        dates = {Path(file): date for file, (date, _) in kept.items()}
        give_back(dates, {Path(file): before for file, (_, before) in kept.items()})
        (folder / DATES).unlink()


def give_back(dates: Mapping[Path, int], outdated: Mapping[Path, int]) -> None:
    """Undo `date_before_them`, but for files that another run has made again meanwhile."""
    for file, date in dates.items():
        with contextlib.suppress(OSError):
            if file.stat().st_mtime_ns <= outdated[file]:
                os.utime(file, ns=(date, date))


def what_was_replaced(files: Sequence[Path]) -> str:
    """One line on files that `find_replaced` found."""
    more = f" and {len(files) - 1} more" if len(files) > 1 else ""
    return (
        f"The results are of another file than the {files[0]}{more} that is there now. What was made of it "
        "is made again."
    )


def _others(facts: Path, raw: Sequence[Path]) -> list[Path]:
    """Those of the files of which the conversion did not read what they hold now."""
    try:
        told = json.loads(facts.read_text(encoding="utf-8"))["source_files"]
        checksums = {file["path"]: file["sha256"] for file in told}
    except (OSError, ValueError, KeyError, TypeError):
        return []  # damaged: whoever needs it says so
    if raw[0].name not in checksums:
        return [raw[0]]
    return [file for file in raw if file.name in checksums and _sha256(file) != checksums[file.name]]


def _sha256(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _has_record(output: Path, folder: Path) -> bool:
    """Whether Snakemake has written down how an output was made, in this folder."""
    name = base64.urlsafe_b64encode(str(output).encode()).decode()
    return (folder / "metadata" / name).is_file()


def _known(folder: Path) -> Mapping[str, list[list[int]]]:
    try:
        found = json.loads((folder / KNOWN).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
