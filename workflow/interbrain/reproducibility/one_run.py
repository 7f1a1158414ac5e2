"""One run at a time in a study's folder, and nothing of a run goes on when its Snakemake is killed.

Snakemake's own lock outlives a process that is killed. A run therefore also holds a lock of the operating
system, which ends with it: where the next run of the same machine gets it, the one before is gone.
"""

import atexit
import contextlib
import json
import os
import select
import shlex
import socket
import sys
import threading
import time
from collections.abc import Iterable, Mapping
from pathlib import Path

from interbrain.problems import InterbrainError

RUN = "INTERBRAIN_RUN"  # whose jobs these are, in the environment of the jobs of a workstation
HELD = "interbrain.lock"
AHEAD_S = 60  # computers that share a disk differ by seconds
KILLED = 137  # the exit status of a process that was killed
# Options with which Snakemake runs no job: it may look at a folder in which a run is going on.
ONLY_LOOKS = (
    "dryrun",
    "unlock",
    "lint",
    "list_rules",
    "list_target_rules",
    "dag",
    "rulegraph",
    "filegraph",
    "d3dag",
    "summary",
    "detailed_summary",
    "containerize",
    "list_params_changes",
    "list_input_changes",
    "list_code_changes",
    "print_compilation",
    "report",
)
_held: list[int] = []  # kept open to the end of the process


def runs_jobs(options: Mapping[str, object]) -> bool:
    """Whether a command with these options of Snakemake runs jobs."""
    return not any(options.get(name) for name in ONLY_LOOKS) and options.get("executor") != "dryrun"


def runs_here(options: Mapping[str, object]) -> bool:
    """Whether it runs them as processes of its own: those of a cluster go on when Snakemake is killed."""
    return options.get("executor") in (None, "local")


def claim(folder: Path, here: bool = True) -> str:
    """Hold the study's folder to the end of this process, and take up what a killed run has left.

    Parameters
    ----------
    folder : Path
        Snakemake's own folder in the study's, `.snakemake`.
    here : bool
        Whether the jobs of this run end with this process. What a run on a cluster leaves when it is killed,
        a person has to judge.

    Returns
    -------
    str
        What to print: that the lock of a run that was killed has been removed. Otherwise empty.

    Raises
    ------
    InterbrainError
        If another run is going on in the folder, or nothing can be written there.
    """
    if sys.platform == "win32" or _held:  # a workflow may use this one as a module more than once
        return ""
    import fcntl

    try:
        folder.mkdir(exist_ok=True)
        held = os.open(folder / HELD, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise _unwritable(folder, error.strerror or str(error)) from None
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        other = _read(held)
        raise InterbrainError(
            f"Another run is going on in this folder (process {other.get('process', 'unknown')} on "
            f"{other.get('machine', 'this machine')})",
            "Wait for its end, or end it with Ctrl-C where it was started; then give the same command.",
        ) from None
    except OSError:  # a file system without such locks: Snakemake's own is all there is
        os.close(held)
        return ""
    _held.append(held)
    before, said = _read(held), ""
    locks = [*folder.glob("locks/*.lock")]
    if locks and before.get("machine") == socket.gethostname():
        for lock in locks:
            lock.unlink(missing_ok=True)
        said = (
            "The run before this one was killed. What is finished is kept, and this one goes on from there."
        )
    _write(held, {"machine": socket.gethostname() if here else "a cluster", "process": os.getpid()})
    atexit.register(_write, held, {})  # a run that ends has removed Snakemake's lock itself
    return said


def check_writable(folders: Iterable[Path]) -> None:
    """Whether a run can write where it has to, before it computes anything; it makes what is not there.

    Raises
    ------
    InterbrainError
        For the first folder in which it cannot.
    """
    for folder in folders:
        if folder.is_dir() and not os.access(folder, os.W_OK | os.X_OK):
            raise _unwritable(folder, "it is read-only, or the right to write there is missing")


def check_dates(folders: Iterable[Path], files: Iterable[Path]) -> None:
    """Whether nothing is dated after now: Snakemake takes what a job then writes for out of date.

    Parameters
    ----------
    folders : iterable of Path
        All that is in them counts.
    files : iterable of Path
        Raw files, wherever they are.

    Raises
    ------
    InterbrainError
        With how many there are, the first of them, and how to renew their dates.
    """
    place_of = {file: file.parent for file in files}
    for folder in folders:
        place_of |= {Path(top) / name: folder for top, _, names in os.walk(folder) for name in names}
    ahead = []
    for file in place_of:
        with contextlib.suppress(OSError):
            if file.stat().st_mtime > time.time() + AHEAD_S:
                ahead.append(file)
    if not ahead:
        return
    when = time.strftime("%Y-%m-%d %H:%M", time.localtime(ahead[0].stat().st_mtime))
    places = " ".join(shlex.quote(str(place)) for place in sorted({place_of[file] for file in ahead}))
    raise InterbrainError(
        f"{len(ahead)} of the study's files are dated in the future, the first of them {ahead[0]} ({when}): "
        "the clock of this computer, or of the one that wrote them, was wrong",
        f"Correct the clock, or renew their dates: find {places} -type f -newermt now -exec touch {{}} +",
    )


def edited_since(files: Iterable[Path], begun: float) -> str:
    """One line on settings and tables that were edited while a run was going on; empty if none was.

    Parameters
    ----------
    files : iterable of Path
    begun : float
        When the run read them, in seconds since 1970.

    Notes
    -----
    Jobs that began before and after may have been given different things: the next run sees which.
    """
    edited = []
    for file in dict.fromkeys(files):
        with contextlib.suppress(OSError):
            if file.stat().st_mtime > begun:
                edited.append(file)
    if not edited:
        return ""
    more = f" and {len(edited) - 1} more" if len(edited) > 1 else ""
    return (
        f"{edited[0]}{more} was edited while this run was going on, and the results are not of what it holds "
        "now. Give the same command again."
    )


def _unwritable(folder: Path, why: str) -> InterbrainError:
    return InterbrainError(
        f"Nothing can be written to {folder.absolute()} ({why})",
        "Correct its permissions, or copy the study to a disk that can be written.",
    )


def _read(held: int) -> dict[str, object]:
    try:
        text = json.loads(os.pread(held, 1000, 0))
    except (OSError, ValueError):
        return {}
    return text if isinstance(text, dict) else {}


def _write(held: int, content: Mapping[str, object]) -> None:
    with contextlib.suppress(OSError):  # a full disk
        os.ftruncate(held, 0)
        os.pwrite(held, json.dumps(content).encode(), 0)


def name_this_run() -> None:
    """Let the jobs that this process starts on this machine know whose they are."""
    os.environ[RUN] = f"{os.getpid()} {_processes()}"


def end_with_the_run() -> None:
    """End this process as soon as the run that started it is gone, before the next one writes."""
    number, _, processes = os.environ.get(RUN, "").partition(" ")
    if not number or processes != _processes():  # by hand, on a cluster, in a container of its own
        return
    if number != str(os.getpid()):
        threading.Thread(target=_end_with, args=(int(number),), daemon=True).start()


def _processes() -> str:
    """Among which processes a number means the same; in a container it may mean another one."""
    try:
        return os.readlink("/proc/self/ns/pid")
    except OSError:
        return ""


def _end_with(number: int) -> None:
    try:
        if hasattr(os, "pidfd_open"):
            select.select([os.pidfd_open(number)], [], [])
        else:
            while True:
                os.kill(number, 0)
                time.sleep(0.5)
    except ProcessLookupError:
        pass
    except OSError:  # the machine does not allow it: not known, so the job goes on
        return
    os._exit(KILLED)
