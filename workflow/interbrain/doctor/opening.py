"""Every raw file is opened in a process of its own: whatever one does to its reader, the others are examined.

What readers, libraries and the system print goes to a log, never to the screen. Knows no study.
"""

from __future__ import annotations

import hashlib
import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from interbrain.doctor.unchanged import EarlierChecks, Reading
from interbrain.formats import FormatError

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.context import ForkServerContext, SpawnContext

OUR_FAULT = "this is a fault of Interbrain: please report it"
# A server that has imported the slow libraries forks a process in no time, without Snakemake's threads.
# Elsewhere a fork is not safe.
START = "forkserver" if sys.platform == "linux" else "spawn"
SLOW_TO_IMPORT = [
    *("pandas", "scipy.io", "joblib", "mne", "mne.annotations", "mne.channels.montage", "mne.io._read_raw"),
    *("mne.io.fiff.raw", "mne.io.edf.edf", "mne.io.brainvision.brainvision", "mne.io.eeglab.eeglab"),
    *("mne.io.cnt.cnt", "mne.io.egi", "mne.io.kit.kit", "mne.io.ctf.ctf", "mne.io.fieldtrip.fieldtrip"),
    *("mne.io.nihon", "mne.io.persyst.persyst", "mne.io.artemis123", "interbrain.doctor.examination"),
    # What MNE imports only as it opens a file: by name of its ending, every reader that it has.
    *("mne.channels._standard_montage_utils", "mne.cov", "scipy.ndimage", "scipy.special"),
    *("mne.io.ant.ant", "mne.io.bci2k.bci2k", "mne.io.boxy.boxy", "mne.io.curry.curry"),
    *("mne.io.eximia.eximia", "mne.io.eyelink.eyelink", "mne.io.fil.fil", "mne.io.mef.mef"),
    *("mne.io.nedf.nedf", "mne.io.nicolet.nicolet", "mne.io.nirx.nirx", "mne.io.nsx.nsx"),
    *("mne.io.snirf", "mne.io.snirf._snirf", "mne.source_estimate", "mne.source_space._source_space"),
    *("mne.time_frequency.tfr", "mne.utils._numerics_numba"),
]


def open_all(
    work: Callable, jobs: Sequence, cores: int, log: Path, earlier: EarlierChecks | None = None
) -> list[dict]:
    """What `work` finds in each job's file, in the order of the jobs.

    Parameters
    ----------
    work : callable
        Takes a job, of which the first part is a path, and returns a Survey; of a module, so that another
        process can import it.
    cores : int
        Files that are open at the same time.
    log : Path
        Where everything goes that would be printed.
    earlier : EarlierChecks, optional
        Which know the answer for files that have not changed; these are not opened.

    Returns
    -------
    answers : list of dict
        survey (or None), unreadable (a FormatError that says why there is none; else None), checksum (empty
        if the file could not be read).
    """
    context = cast("SpawnContext | ForkServerContext", get_context(START))
    if START == "forkserver":
        context.set_forkserver_preload(SLOW_TO_IMPORT)
    with _no_program(), ThreadPoolExecutor(max(1, min(cores, len(jobs)))) as threads:
        earlier = earlier or EarlierChecks(None)

        def answer_to(job: tuple) -> dict | None:
            return earlier.answer(work, job) or _alone(context, work, job, log, earlier)

        answers = list(threads.map(answer_to, jobs))
        # The system may have stopped the wrong one for lack of memory: each again, by itself.
        dead = [job for job, answer in zip(jobs, answers, strict=True) if answer is None]
        again = iter([_alone(context, work, job, log, earlier) or _died(job, log) for job in dead])
    return [answer or next(again) for answer in answers]


@contextmanager
def _no_program() -> Iterator[None]:
    """Keep new processes from importing the program that runs, of which they need nothing."""
    main = sys.modules["__main__"]
    held: dict[str, Any] = {name: vars(main)[name] for name in ("__spec__", "__file__") if name in vars(main)}
    main.__spec__ = main.__file__ = None
    try:
        yield
    finally:
        vars(main).pop("__file__")
        vars(main).update(held)


def _alone(
    context: SpawnContext | ForkServerContext,
    work: Callable,
    job: tuple,
    log: Path,
    earlier: EarlierChecks,
) -> dict | None:
    """The answer of a process for one job, which is left to later checks; None if it died."""
    receive, send = context.Pipe(duplex=False)
    process = context.Process(target=_answer, args=(send, work, job, str(log)), daemon=True)
    process.start()
    send.close()
    try:
        answer, read = receive.recv()
    except (EOFError, OSError):
        answer = read = None
    process.join()
    if read is not None:
        earlier.keep(work, job, answer, read)
    if answer is None:
        _write(log, f"{job[0]}: the process ended with {_ending(process.exitcode)}\n")
    return answer


def _ending(code: int | None) -> str:
    if code is not None and code < 0:
        return f"signal {-code} ({signal.Signals(-code).name})"
    return f"exit code {code}"


def _died(job: tuple, log: Path) -> dict:
    why = FormatError(
        "cannot be examined: its reader was stopped, by a damaged file or for lack of memory",
        f"Check that it opens in the program that recorded it, and copy it again. The details are in {log}.",
        where=job[0],
    )
    return {"survey": None, "unreadable": why, "checksum": ""}


def _answer(send: Connection, work: Callable, job: tuple, log: str) -> None:
    """In the other process: do the work and send what came of it, and if it was read, of which files."""
    _print_to(log)
    reading = Reading(job[0])
    answer = answer_of(work, job, log)
    checksums = {str(with_signals(job[0])): answer["checksum"]}
    send.send((answer, None if answer["unreadable"] else reading.done(checksums)))
    send.close()


def answer_of(work: Callable, job: tuple, log: str) -> dict:
    """One job's answer, whatever happens in it."""
    path, survey, why, checksum = job[0], None, None, ""
    try:
        with open(with_signals(path), "rb") as file:
            checksum = hashlib.file_digest(file, "sha256").hexdigest()
        survey = work(job)
    except FormatError as error:
        why = error
    except OSError as error:
        traceback.print_exc()
        what = f"cannot be opened ({error.strerror or error})"
        why = FormatError(what, "Check whether you may read it.", where=path)
    except MemoryError:
        hint = "Close other programs, or examine it with --cores 1."
        why = FormatError("needs more memory than there is", hint, where=path)
    except BaseException as error:  # a reader may raise anything, even SystemExit
        traceback.print_exc()
        why = FormatError(unexpected(error), f"The details are in {log}.", where=path)
    return {"survey": survey, "unreadable": why, "checksum": checksum}


def with_signals(path: str | Path) -> Path:
    """The file that holds a recording's signals: headers may be alike, as of one name in two folders."""
    suffix = {".vhdr": ".eeg", ".set": ".fdt"}.get(Path(path).suffix.lower(), "")
    beside = Path(path).with_suffix(suffix)
    return beside if suffix and beside.is_file() else Path(path)


def unexpected(error: BaseException) -> str:
    """One sentence on an error that nobody foresaw, without its full stop."""
    said = (str(error).strip() or "no message").splitlines()[0].removesuffix(".")
    return f"cannot be examined: {type(error).__name__}: {said} ({OUR_FAULT})"


def _print_to(log: str) -> None:
    """Whatever this process prints, Python or not, goes to the log from now on."""
    try:
        target = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
    except OSError:
        target = os.open(os.devnull, os.O_WRONLY)
    sys.stdout.flush()
    sys.stderr.flush()
    os.dup2(target, 1)
    os.dup2(target, 2)


def note_failure(log: Path) -> None:
    """The traceback of the error that is being handled, into the log."""
    _write(log, traceback.format_exc())


def _write(log: Path, text: str) -> None:
    try:
        with log.open("a", encoding="utf-8") as file:
            file.write(text)
    except OSError:
        pass  # the message on the screen says what matters
