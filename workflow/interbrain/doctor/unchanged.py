"""What an earlier check found in files that have not changed since, so that they need not be opened again.

Known again by every file that was really opened for it, by the names of the files around them, by what was
asked, and by the text of Interbrain and the versions of all packages. What cannot be compared is not known.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import pickle
import platform
import stat
import sys
import time
from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

from interbrain.reproducibility.digest import library_digest
from interbrain.reproducibility.packages import installed

# A file that changed so shortly before it was opened may have changed again at the same time of its disk.
SETTLED_NS = 2 * 10**9
CODE = (".py", ".pyc")
# All that a survey consists of: nothing else is made of a file that may have come from somebody else.
PLAIN = {
    ("builtins", "complex"),
    *(("datetime", name) for name in ("datetime", "timedelta", "timezone")),
    *(("numpy", name) for name in ("_frombuffer", "_reconstruct", "dtype", "ndarray", "scalar")),
    *(("interbrain", name) for name in ("Course", "Likeness", "Quality", "SignalSurvey", "Survey")),
}

State = tuple[int, int, int]  # size, and when the content and the file were changed, ns


class EarlierChecks:
    """What earlier checks found, in a folder with a file for each answer; without a folder, nothing.

    A file that is damaged or cannot be written is as good as none. Several processes may use one folder.
    """

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        self._asked: set[Path] = set()
        self._made_by = [library_digest(), platform.python_version(), installed(sys.path)] if folder else []

    def answer(self, work: Callable, job: tuple) -> dict | None:
        """What `work` found for this job, if all that it read is as it was; otherwise None."""
        if self.folder is None:
            return None
        place = self._place(self.folder, work, job)
        self._asked.add(place)
        kept = _read(place, self._made_by)
        if kept is None or any(_names(*around) != names for around, names in kept["names"].items()):
            return None
        files = _unchanged(kept["files"])
        if files is None:
            return None
        if files != kept["files"]:
            _write(place, {**kept, "files": files})
        return kept["answer"]

    def keep(self, work: Callable, job: tuple, answer: Mapping, read: Mapping) -> None:
        """Leave an answer to later checks, with what `Reading.done` says of its files."""
        if self.folder is not None:
            kept = {**read, "made_by": self._made_by, "answer": answer}
            _write(self._place(self.folder, work, job), kept)

    def forget_others(self) -> None:
        """Delete the answers for which nobody has asked: of what the study has no longer."""
        if self.folder is None:
            return
        try:
            others = set(self.folder.iterdir()) - self._asked
        except OSError:  # there is none, or it is another person's
            return
        for place in others:
            with contextlib.suppress(OSError):
                place.unlink()

    @staticmethod
    def _place(folder: Path, work: Callable, job: tuple) -> Path:
        asked = f"{work.__module__}.{work.__qualname__}{job!r}"
        return folder / f"{hashlib.sha256(asked.encode()).hexdigest()[:32]}.survey"


class Reading:
    """What this process opens to read and which folders it looks through, from now on until it ends.

    Parameters
    ----------
    path : str
        A file that counts as read, however it will be.
    """

    def __init__(self, path: str) -> None:
        self._opened: dict[str, tuple[State, bool]] = {}
        self._written: set[str] = set()
        self._names: dict[tuple[str, str], tuple[str, ...]] = {}
        self._looking = False
        self._open(os.path.abspath(path))
        sys.addaudithook(self._see)

    def done(self, checksums: Mapping[str, str]) -> dict | None:
        """The files that were read and the names around them; None if any of them changed meanwhile.

        Parameters
        ----------
        checksums : mapping of str to str
            Those that were taken already, by path.
        """
        self._looking = True
        known = {os.path.abspath(path): checksum for path, checksum in checksums.items()}
        files = {}
        try:
            for path, (state, settled) in self._opened.items():
                if path not in self._written:
                    files[path] = (state if settled else None, known.get(path) or _checksum(path))
                    if _state(path) != state:
                        return None
        except OSError:  # it is no longer there
            return None
        return {"files": files, "names": {k: v for k, v in self._names.items() if os.path.isdir(k[0])}}

    def _see(self, event: str, arguments: tuple) -> None:
        """What Python says of itself; an error here would be one of whoever opens the file."""
        if self._looking or event not in ("open", "os.listdir", "os.scandir"):
            return
        self._looking = True
        with contextlib.suppress(Exception):
            path = os.path.abspath(os.fsdecode(arguments[0] or "."))
            if event != "open":
                self._names.setdefault((path, ""), _names(path, ""))
            elif arguments[2] & (os.O_WRONLY | os.O_RDWR):
                self._written.add(path)
            else:
                self._open(path)
        self._looking = False

    def _open(self, path: str) -> None:
        if path in self._opened or path in self._written or path.endswith(CODE):
            return
        with contextlib.suppress(OSError):
            if stat.S_ISREG(os.stat(path).st_mode):
                state = _state(path)
                self._opened[path] = state, time.time_ns() - max(state[1:]) > SETTLED_NS
                folder, name = os.path.split(path)
                alike = folder, name.split(".")[0]
                self._names.setdefault(alike, _names(*alike))


def _names(folder: str, beginning: str) -> tuple[str, ...]:
    """The names of files in a folder that begin so: one that comes or goes may be read in place of another.

    With the signals of EEGLAB that no header of their name is beside: one of another name may name them.
    """
    try:
        with os.scandir(folder) as entries:
            names = {entry.name for entry in entries if not entry.is_dir()}
    except OSError:
        return ()
    loose = {n for n in names if n.endswith(".fdt") and f"{n.removesuffix('.fdt')}.set" not in names}
    return tuple(sorted(loose | {name for name in names if name.startswith(beginning)}))


def _unchanged(files: Mapping[str, tuple[State | None, str]]) -> dict | None:
    """The files as they are now, if they hold what they held; content is read only where the date differs."""
    now = {}
    try:
        for path, (state, checksum) in files.items():
            there, at = _state(path), time.time_ns()
            if there != state and _checksum(path) != checksum:
                return None
            now[path] = (there if at - max(there[1:]) > SETTLED_NS else None, checksum)
    except OSError:
        return None
    return now


def _state(path: str) -> State:
    found = os.stat(path)
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns


def _checksum(path: str) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class _Plain(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (module.partition(".")[0], name) not in PLAIN:
            raise pickle.UnpicklingError(f"{module}.{name} is no part of a survey")
        return super().find_class(module, name)


def _read(place: Path, made_by: list) -> dict | None:
    """What was written there by the same program; None if there is nothing, or something else."""
    try:
        content = place.read_bytes()
        checksum, content = content[:32], content[32:]
        if hashlib.sha256(content).digest() != checksum:
            return None
        kept = _Plain(BytesIO(content)).load()
    except Exception:  # whatever else somebody put there
        return None
    return kept if isinstance(kept, dict) and kept.get("made_by") == made_by else None


def _write(place: Path, kept: Mapping) -> None:
    """Whole or not at all; not being able to is no problem."""
    content = pickle.dumps(dict(kept))
    part = place.with_name(f"{place.name}.{os.getpid()}")
    with contextlib.suppress(OSError):
        place.parent.mkdir(parents=True, exist_ok=True)
        try:
            part.write_bytes(hashlib.sha256(content).digest() + content)
            part.replace(place)
        finally:
            part.unlink(missing_ok=True)
