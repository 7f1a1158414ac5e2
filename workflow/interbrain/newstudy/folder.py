"""The recordings below a folder, the files that belong to them, and all others. Nothing is opened."""

from __future__ import annotations

import os
import re
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path

from interbrain.formats.opening import KNOWN_SUFFIXES

# Files that a recording needs beside it; in the tables its own name is enough.
COMPANIONS = {".eeg": ".vhdr", ".vmrk": ".vhdr", ".dat": ".vhdr", ".avg": ".vhdr", ".fdt": ".set"}
OF_SYSTEMS = re.compile(r"^([.~$]|thumbs\.db$|desktop\.ini$|__macosx$)", re.IGNORECASE)
LATER_PART = re.compile(r"(.*)[-_](split-)?0*[1-9]\d*")  # of a FIF recording that was saved in parts


@dataclass
class Files:
    """What a folder holds; paths are below it, with /.

    Attributes
    ----------
    recordings : list of str
    n_companions : int
        Files that belong to a recording.
    others : list of (path, why)
    """

    recordings: list[str] = field(default_factory=list)
    n_companions: int = 0
    others: list[tuple[str, str]] = field(default_factory=list)


def files_below(folder: Path) -> Files:
    """Sort the files below a folder: recordings, what belongs to them, and others with the reason."""
    found = Files()
    paths = []
    for at, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not OF_SYSTEMS.match(name))
        paths += [Path(at, name).relative_to(folder) for name in sorted(names) if not OF_SYSTEMS.match(name)]
    there = {_same(path) for path in paths}
    for path in paths:
        suffix, text = path.suffix.lower(), path.as_posix()
        if suffix in COMPANIONS and _same(path.with_suffix(COMPANIONS[suffix])) in there:
            found.n_companions += 1
        elif suffix in (".eeg", ".vmrk", ".fdt"):
            found.others.append((text, f"belongs to a {COMPANIONS[suffix]} file that is not beside it"))
        elif suffix not in KNOWN_SUFFIXES:
            found.others.append((text, "not a recording that Interbrain can read"))
        elif not (folder / path).stat().st_size:
            found.others.append((text, "an empty file"))
        elif suffix == ".fif" and _is_later_part(path, there):
            found.n_companions += 1
        else:
            found.recordings.append(text)
    return found


def _same(path: Path) -> str:
    return unicodedata.normalize("NFC", path.as_posix()).casefold()


def _is_later_part(path: Path, there: set[str]) -> bool:
    later = LATER_PART.fullmatch(path.stem)
    return later is not None and _same(path.with_name(f"{later[1]}.fif")) in there
