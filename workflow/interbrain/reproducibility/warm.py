"""Jobs begin in a process that has loaded its libraries already.

To load NumPy, SciPy, MNE and Matplotlib takes a job one to two seconds of computing, for many jobs more than
their work. The workflow therefore starts one process a run that loads them once. A job asks it to run its
script, which it does in a fork of itself: the same script with the same libraries, in the job's folder and
environment, to the job's output. Where there is no such process, a job loads what it needs itself.
"""

import atexit
import contextlib
import gc
import importlib
import json
import logging
import os
import runpy
import select
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from pathlib import Path
from typing import Any

from interbrain.reproducibility.one_run import KILLED

ADDRESS = "INTERBRAIN_WARM"  # the socket's path, in the environment of the jobs; "off": each loads for itself
PREFIX = "interbrain-"
WORTH_IT = 6  # jobs; for fewer, loading everything once costs more than it saves

# What jobs load, and what those libraries load only as they are used.
LOADED = (
    "numpy",
    "scipy.signal",
    "scipy.stats",
    "scipy.spatial",
    "scipy.interpolate",
    "pandas",
    "pydantic",
    "snakemake.script",
    "mne.io",
    "mne.forward",
    "mne.preprocessing",
    "mne_icalabel.iclabel",
    "mne_bids",
    "pybv",
    "onnxruntime",
    "picard",
    "pyprep",
    "matplotlib.pyplot",
    "matplotlib.backends.backend_agg",
    "matplotlib.backends.backend_svg",
    "PIL.WebPImagePlugin",
)


_started: list[subprocess.Popen[bytes]] = []


def start(python: str, n_jobs: int) -> None:
    """Start the process from which the jobs of a run begin, where they are many enough to be worth it.

    It ends with the workflow's own process, and is in a session of its own: an interruption from the keyboard
    reaches the jobs, and ends what they asked for. Only Linux forks a process with such libraries safely.
    A run that was given one in its environment, by whoever starts many runs, uses that.
    """
    given, _, address = os.environ.get(ADDRESS, "off").rpartition(":")
    if given == sys.prefix and Path(address).is_socket():
        return
    if sys.platform != "linux" or os.environ.get(ADDRESS) == "off" or n_jobs < WORTH_IT:
        os.environ[ADDRESS] = "off"
        return
    _remove_leftovers()
    try:
        folder = tempfile.mkdtemp(prefix=PREFIX)  # of this user alone; a socket's path has to be short
    except OSError:  # nowhere to put it
        os.environ[ADDRESS] = "off"
        return
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    address = f"{folder}/jobs"
    # It lives until the other end of its standard input is closed, however this process ends.
    command = [python, "-P", "-m", __name__, address]
    _started.append(subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True))
    os.environ[ADDRESS] = f"{sys.prefix}:{address}"


def _remove_leftovers() -> None:
    """Remove the folders of runs of which every process was killed: nobody answers there."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with socket.socket(socket.AF_UNIX) as connection, contextlib.suppress(OSError):
            try:
                connection.connect(str(folder / "jobs"))
            except ConnectionRefusedError:
                shutil.rmtree(folder)


def run_elsewhere() -> int | None:
    """Run this process's script in a fork of the warm process.

    Returns
    -------
    int or None
        The exit status of the script; None if there is no warm process for it, and nothing has been run.
    """
    prefix, _, address = os.environ.get(ADDRESS, "off").rpartition(":")
    if prefix != sys.prefix:  # off, or the job has an environment of its own
        return None
    with socket.socket(socket.AF_UNIX) as connection:
        try:
            connection.connect(address)
        except OSError:  # not ready yet, or on another machine
            return None
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
        return ask(connection, sys.argv[0])


def ask(connection: socket.socket, script: str) -> int | None:
    """Let the warm process at the other end run a script as this process would, and wait for it.

    Returns
    -------
    int or None
        The exit status of the script; None if the other process ended before it had read what to run.
    """
    try:
        job = {"script": script, "folder": os.getcwd(), "environment": dict(os.environ)}
        message = json.dumps(job).encode()
        sys.stdout.flush()
        sys.stderr.flush()
        socket.send_fds(connection, [struct.pack("!Q", len(message))], [1, 2])
        connection.sendall(message)
        answer = connection.recv(1)
    except ConnectionError:
        return None
    finally:  # interrupted: what is half-written can be removed once nobody writes any more
        with contextlib.suppress(OSError):
            connection.shutdown(socket.SHUT_WR)
            connection.recv(1)
    return answer[0] if answer else KILLED


def serve(address: str) -> None:
    """Load the libraries, then run in a fork what each connection asks for, until standard input ends."""
    for name in LOADED:
        with contextlib.suppress(ImportError):  # a job that needs it says so
            importlib.import_module(name)
    gc.collect()
    gc.freeze()  # so that no fork copies what it only collects
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the forks
    with socket.socket(socket.AF_UNIX) as listening:
        try:
            listening.bind(f"{address}.part")
        except FileNotFoundError:  # the run is over already, and has removed the folder
            return
        listening.listen(128)
        os.rename(f"{address}.part", address)
        while sys.stdin not in select.select([listening, sys.stdin], [], [])[0]:
            connection = listening.accept()[0]
            if os.fork() == 0:
                listening.close()
                os._exit(_answer(connection))
            connection.close()
    shutil.rmtree(Path(address).parent, ignore_errors=True)


def _answer(connection: socket.socket) -> int:
    """In the fork: run the job that is asked for, and say its exit status."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    atexit._clear()  # what the libraries made as they were loaded belongs to all forks
    status = 1
    try:
        header, outputs, _, _ = socket.recv_fds(connection, 8, 2)
        size = struct.unpack("!Q", header)[0] if len(header) == 8 else -1
        message = _received(connection, max(size, 0))
        if len(message) != size:  # whoever asks was killed while asking
            return KILLED
        job = json.loads(message)
        for file, number in zip(outputs, (1, 2), strict=True):
            os.dup2(file, number)
            os.close(file)
        threading.Thread(target=_end_with, args=(connection,), daemon=True).start()
        status = _run(job)
    finally:
        with contextlib.suppress(OSError):
            connection.send(bytes([status]))
    return status


def _received(connection: socket.socket, size: int) -> bytes:
    parts: list[bytes] = []
    while size and (part := connection.recv(size)):
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def _end_with(connection: socket.socket) -> None:
    """Nobody waits for the result of a job whose own process is gone."""
    connection.recv(1)
    os._exit(KILLED)


def _run(job: dict[str, Any]) -> int:
    os.chdir(job["folder"])
    os.environ.clear()
    os.environ.update(job["environment"] | {ADDRESS: "off"})
    time.tzset()
    sys.argv[:] = [job["script"]]
    status: Any = 0
    try:
        runpy.run_path(job["script"], run_name="__main__")
    except SystemExit as end:
        status = end.code
    except BaseException:
        traceback.print_exc()
        status = 1
    if isinstance(status, str):
        print(status, file=sys.stderr)
        status = 1
    logging.shutdown()
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    return int(status or 0)


if __name__ == "__main__":
    serve(sys.argv[1])
