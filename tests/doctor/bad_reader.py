"""A reader that fails in every way; a module of its own, so that another process can import it."""

import os
import signal
import sys
import warnings
from pathlib import Path

from interbrain.formats import FormatError


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
