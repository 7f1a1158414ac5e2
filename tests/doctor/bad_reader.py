"""Readers for other processes, which can import this module: a bad one, and some that look around."""

import os
import signal
import sys
import warnings
from pathlib import Path

from interbrain.doctor.members import survey_job
from interbrain.formats import FormatError, read_recording


def reader(job):
    """A reader as bad as its file's name says."""
    path = Path(job[0])
    warnings.warn("a library is worried", RuntimeWarning, stacklevel=1)
    print("a library talks", file=sys.stderr)
    os.write(1, b"and so does its C code\n")
    match path.name:
        case "crash":
            os.kill(os.getpid(), signal.SIGSEGV)
        case "exit":
            sys.exit(3)
        case "broken":
            raise KeyError("nobody expected this")
        case "refused":
            raise FormatError(f"{path}: is cut off. Copy it again.")
        case "greedy":
            raise MemoryError
    return path.name


def loaded_meanwhile(job):
    """Modules of slow libraries that a process loads only as it examines its file."""
    before = set(sys.modules)
    survey_job(job)
    new = set(sys.modules) - before
    return sorted(name for name in new if name.partition(".")[0] in ("mne", "pandas", "scipy"))


def lines_and_names(job):
    """The lines of a file and of those beside it that it names; "*" is a list of the files there."""
    path = Path(job[0])
    lines = path.read_text().splitlines()
    for name in list(lines):
        beside = path.with_name(name)
        if name == "*":
            lines += sorted(os.listdir(path.parent))
        elif beside.is_file():
            lines += beside.read_text().splitlines()
    return lines


def removing(job):
    """The text of a file beside it, which is then gone, as a drive that is pulled out."""
    beside = Path(job[0]).with_name("part.dat")
    text = beside.read_text()
    beside.unlink()
    return text


def files_of(job):
    """All files of a recording, as its reader names them."""
    return [str(file) for file in read_recording(Path(job[0])).files]
