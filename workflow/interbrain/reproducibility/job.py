"""What every script's job shares: its log, and one plain line if it fails."""

import contextlib
import errno
import gc
import logging
import resource
import sys
import time
import traceback
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from interbrain.problems import InterbrainError
from interbrain.reproducibility.one_run import KILLED, end_with_the_run
from interbrain.reproducibility.warm import run_elsewhere

FAILED = Path("results/logs/failed")
# What a machine refuses to every job alike; said once, whichever job it was.
REFUSED = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the quota of disk space is used up",
    errno.EROFS: "the disk is read-only",
    errno.EACCES: "the right to do so is missing",
    errno.EPERM: "the right to do so is missing",
}
PUT_RIGHT = "Put that right; the same command then goes on from there."


@contextmanager
def job(snakemake: Any) -> Iterator[None]:
    """Log to the rule's log file; turn an error into one line for the person at the screen.

    The traceback goes to the log. The line goes to a file below `FAILED`, which the workflow prints when it
    stops. Where a process has loaded the libraries already, the script runs there, and this one waits for it.
    """
    end_with_the_run()
    try:
        status = run_elsewhere()
    except KeyboardInterrupt:
        sys.exit(130)
    if status == KILLED:
        _say_failed(snakemake, "the job was killed, perhaps because the memory of the machine was full")
    if status is not None:
        sys.exit(status)
    # A job ends before what it no longer needs is worth looking for as often as Python does.
    gc.set_threshold(100_000, 50, 50)
    log = Path(snakemake.log[0])
    try:
        logging.basicConfig(filename=log, filemode="w", level=logging.INFO, force=True)
    except OSError as error:
        _say_failed(snakemake, _plainly(error))
        sys.exit(1)
    logging.captureWarnings(True)
    logging.raiseExceptions = False  # a log that a full disk cuts short is no reason to print tracebacks
    warnings.simplefilter("default")
    begun = time.perf_counter()
    try:
        yield
        _write_cost(snakemake.rule, log, time.perf_counter() - begun)
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:
        with contextlib.suppress(OSError), log.open("a") as file:
            traceback.print_exc(file=file)
        _say_failed(snakemake, _plainly(error))
        sys.exit(1)


def _plainly(error: Exception) -> str:
    """One line for a person: what they can put right, or that the program is at fault."""
    if isinstance(error, InterbrainError):
        return str(error)
    if refused := _refused(error):
        return refused
    if isinstance(error, FileNotFoundError) and error.filename:
        return f"{error.filename} is not there. Put it back; the same command then goes on from there."
    return f"unexpected {type(error).__name__}: {error}"


def _refused(error: BaseException | None) -> str:
    """What the machine refused, be it the cause of another error; empty if it is something else."""
    while error is not None:
        if isinstance(error, OSError) and error.errno in REFUSED:
            # Where, as far as it is the same for all jobs: the folder of the study, or of temporary files. Of
            # two files, such as when one is copied, the second is written.
            place, file = Path.cwd(), error.filename2 or error.filename
            if file and not Path(str(file)).resolve().is_relative_to(place):
                place = Path(str(file)).parent
            return f"{place} cannot be written or read: {REFUSED[error.errno]}. {PUT_RIGHT}"
        error = error.__cause__ or error.__context__
    return ""


def _write_cost(rule: str, log: Path, seconds: float) -> None:
    """What the job took, beside its log: the logs alone may differ from run to run.

    Snakemake's own `benchmark:` looks at the process that it started, which is not where the script ran.
    """
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    cpu = sum(one.ru_utime + one.ru_stime for one in used)
    unit = 2**20 if sys.platform == "darwin" else 2**10
    megabytes = max(one.ru_maxrss for one in used) / unit
    row = f"{rule}\t{seconds:.2f}\t{cpu:.2f}\t{megabytes:.0f}\n"
    log.with_suffix(".cost.tsv").write_text(f"rule\tseconds\tcpu_seconds\tmax_memory_mb\n{row}")


def _say_failed(snakemake: Any, line: str) -> None:
    """What the workflow prints of a job when it stops, with whose job it was."""
    log = Path(snakemake.log[0])
    if not line.endswith(PUT_RIGHT) and getattr(snakemake.wildcards, "dyad", line) not in line:
        whose = ", ".join(f"{name} {value}" for name, value in snakemake.wildcards.items())
        line = f"{snakemake.rule} of {whose}: {line}"
    try:
        FAILED.mkdir(parents=True, exist_ok=True)
        (FAILED / f"{snakemake.rule}_{log.stem}.txt").write_text(f"{line}\n   The log: {log}\n")
    except OSError:  # nowhere to leave it for the end of the run
        print(f"Stopped: {line}", file=sys.stderr)
