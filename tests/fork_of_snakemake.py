"""`python -m snakemake` in a fork of a process that has loaded it, and all that its jobs load.

Run as a script it is that fork: what Snakemake's own `__main__` does, with the words it was given. It is for
the many runs of tests that do not ask how a run or a job starts: a job's script is run in a fork as well,
without a Python that would only ask for it. The other runs start a Python of their own, and one for each job.
Nor do these ask what figures look like: their reports have an empty drawing, with its words, and the pictures
of their recordings are blank, as drawing takes most of the time of both. The finished study draws its report
and one dyad; the runs elsewhere and those on SLURM draw all.
"""

import atexit
import json
import os
import socket
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from interbrain.reproducibility import warm

GIVEN = "SNAKEMAKE_OF_THE_TESTS"
LOADED = ("snakemake.cli", "snakemake.dag", "interbrain.doctor", "interbrain.study.loading")
LOADED += ("interbrain.chance.draw", "interbrain.bids.inheritance", "interbrain.quality.provenance")
LOADED += ("interbrain.bids.set_aside", "interbrain.reproducibility.progress", "smart_open")
SCRIPTS = Path(__file__).parents[1] / "workflow/scripts"
SERVE = f"""
import sys
from pathlib import Path

sys.path.insert(0, {str(Path(__file__).parent / "report")!r})
from outline import outline

sys.path.pop(0)
from matplotlib.figure import Figure
from snakemake.cli import get_argument_parser

from interbrain.pictures import summary
from interbrain.report.figures import drawing
from interbrain.reproducibility import digest, warm

drawing.to_svg = outline
summary.summary_figure = lambda **what: Figure(figsize=(1, 1))
get_argument_parser()  # loads Snakemake's plugins
for script in Path({str(SCRIPTS)!r}).glob("*.py"):
    digest.code_digest(script)  # reads the library
warm.LOADED += {LOADED!r}
warm.serve(sys.argv[1])
"""


def snakemake(folder: Path, words: Sequence[str], environment: dict) -> subprocess.CompletedProcess:
    """Run Snakemake in a folder; its exit status, with standard output and error as one text in `stdout`."""
    _, address = _loaded()
    command = [str(Path(sys.prefix) / "bin/snakemake"), *map(str, words)]
    given = json.dumps({"command": command, "jobs": f"{sys.prefix}:{address}"})
    job = {"script": __file__, "folder": str(folder), "environment": environment | {GIVEN: given}}
    message = json.dumps(job).encode()
    with tempfile.TemporaryFile() as said, socket.socket(socket.AF_UNIX) as connection:
        connection.connect(address)
        socket.send_fds(connection, [struct.pack("!Q", len(message))], [said.fileno()] * 2)
        connection.sendall(message)
        answer = connection.recv(1)
        said.seek(0)
        status = answer[0] if answer else warm.KILLED
        return subprocess.CompletedProcess(command, status, said.read().decode())


@cache
def _loaded() -> tuple[subprocess.Popen, str]:
    """Start the process, once, and its address; it ends where this one closes its standard input, or ends."""
    address = f"{tempfile.mkdtemp(prefix=warm.PREFIX)}/jobs"
    process = subprocess.Popen([sys.executable, "-P", "-c", SERVE, address], stdin=subprocess.PIPE)
    atexit.register(process.communicate)
    while not Path(address).exists():
        assert process.poll() is None, "it ended before it had loaded anything"
        time.sleep(0.05)
    return process, address


def run_script(script, name: str, edit: bool = False) -> None:
    """Run a job's script in a fork of the process that is asked, as Snakemake does in a Python of its own."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(os.environ[warm.ADDRESS].partition(":")[2])
        status = warm.ask(connection, name)
    if status != 0:
        raise subprocess.CalledProcessError(status or warm.KILLED, name)


if __name__ == "__main__":
    of_run = json.loads(os.environ.pop(GIVEN))
    sys.argv[:] = of_run["command"]
    os.environ[warm.ADDRESS] = of_run["jobs"]
    from snakemake.cli import main
    from snakemake.script import PythonScript

    PythonScript.execute_script = run_script
    main()
