"""Jobs that run in a fork of the process that has loaded the libraries: as if they had run by themselves."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pytest

from interbrain.reproducibility import warm

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux forks such a process safely")

# What a script of the workflow does first: it hands itself over, where it can.
HAND_OVER = """
import os, sys
from interbrain.reproducibility.warm import run_elsewhere
status = run_elsewhere()
if status is not None:
    sys.exit(status)
"""
KEEP_ALIVE = "import sys; from interbrain.reproducibility import warm; warm.start(sys.executable, 100); "
KEEP_ALIVE += "import os; print(os.environ[warm.ADDRESS], flush=True); sys.stdin.read()"


def waited_for(holds, seconds=60):
    end = time.monotonic() + seconds
    while not holds() and time.monotonic() < end:
        time.sleep(0.05)
    return holds()


@pytest.fixture(scope="module")
def workflow():
    """A process that has started one to begin jobs from, as the workflow's own does, and its address."""
    with subprocess.Popen(
        [sys.executable, "-c", KEEP_ALIVE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        address = process.stdout.readline().strip()
        assert waited_for(Path(address.rpartition(":")[2]).exists)
        yield process, address
        process.stdin.close()


def begin(tmp_path, script, address, **environment):
    (tmp_path / "script.py").write_text(HAND_OVER + script)
    return subprocess.Popen(
        [sys.executable, str(tmp_path / "script.py")],
        cwd=tmp_path,
        env=os.environ | {warm.ADDRESS: address} | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # A shell lets what it starts in the background ignore an interruption, and so would the job.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


def test_a_script_has_its_folder_environment_time_zone_output_and_exit_status_and_loads_nothing(
    workflow, tmp_path
):
    script = """
import time
print("mne" in sys.modules, os.getcwd(), os.environ["LAB"], time.tzname[0])
print("an aside", file=sys.stderr)
sys.exit(3)
"""
    job = begin(tmp_path, script, workflow[1], LAB="Zürich", TZ="Asia/Tokyo")
    said, aside = job.communicate()
    assert (job.returncode, aside) == (3, "an aside\n")
    assert said.split() == ["True", str(tmp_path), "Zürich", "JST"]


def test_one_job_leaves_nothing_behind_in_the_next(workflow, tmp_path):
    """Whatever a script changes is changed in its own fork."""
    script = "import numpy; print(hasattr(numpy, 'changed'), numpy.random.rand()); numpy.changed = True"
    both = [begin(tmp_path, script, workflow[1]).communicate()[0] for _ in range(2)]
    assert both[0] == both[1] and both[0].startswith("False")


def test_an_error_is_printed_and_is_no_success(workflow, tmp_path):
    job = begin(tmp_path, "1 / 0", workflow[1])
    assert "ZeroDivisionError" in job.communicate()[1] and job.returncode == 1


def test_a_job_that_is_killed_is_no_success(workflow, tmp_path):
    job = begin(tmp_path, "os.kill(os.getpid(), 9)", workflow[1])
    job.communicate()
    assert job.returncode == warm.KILLED


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_nothing_is_written_any_more_once_the_job_that_the_workflow_knows_is_gone(workflow, tmp_path, sent):
    script = """
import time
while True:
    open("ticks.txt", "a").write(f"{os.getpid()}\\n")
    time.sleep(.01)
"""
    job = begin(tmp_path, script, workflow[1])
    ticks = tmp_path / "ticks.txt"
    try:
        assert waited_for(lambda: ticks.exists() and ticks.read_text().endswith("\n"))
        worker = int(ticks.read_text().split()[0])
    finally:
        job.send_signal(sent)
    job.communicate()
    assert job.returncode != 0
    if sent != signal.SIGKILL:  # then it cannot wait for its worker
        size = ticks.stat().st_size
        time.sleep(0.1)
        assert ticks.stat().st_size == size
    assert waited_for(lambda: not Path(f"/proc/{worker}").exists())


@pytest.mark.parametrize(
    "address", ["off", f"{sys.prefix}:/nowhere/jobs", "/another/environment:/nowhere/jobs"]
)
def test_without_such_a_process_a_job_loads_what_it_needs_itself(tmp_path, address):
    job = begin(tmp_path, "print('mne' in sys.modules)", address)
    assert job.communicate()[0] == "False\n" and job.returncode == 0


def test_for_a_few_jobs_it_is_not_started(monkeypatch):
    monkeypatch.setenv(warm.ADDRESS, "")
    warm.start(sys.executable, warm.WORTH_IT - 1)
    assert os.environ[warm.ADDRESS] == "off"


def test_a_run_that_was_given_one_uses_that_and_starts_none(workflow, monkeypatch):
    _, address = workflow
    monkeypatch.setattr(subprocess, "Popen", None)
    monkeypatch.setenv(warm.ADDRESS, address)
    warm.start(sys.executable, 100)
    assert os.environ[warm.ADDRESS] == address


@pytest.mark.parametrize("given", [f"{sys.prefix}:/nowhere/jobs", "/another/environment:/nowhere/jobs"])
def test_one_that_is_gone_or_of_another_environment_is_not_used(given, monkeypatch):
    monkeypatch.setenv(warm.ADDRESS, given)
    warm.start(sys.executable, warm.WORTH_IT - 1)
    assert os.environ[warm.ADDRESS] == "off"


def test_it_ends_with_the_workflow_also_if_that_is_killed_and_leaves_no_folder():
    with subprocess.Popen(
        [sys.executable, "-c", KEEP_ALIVE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        folder = Path(process.stdout.readline().strip().rpartition(":")[2]).parent
        assert waited_for((folder / "jobs").exists)
        process.kill()
    assert waited_for(lambda: not folder.exists())


@pytest.fixture
def one_that_ends_early():
    """An address at which a process ends before it has read what to run."""
    folder = Path(tempfile.mkdtemp(prefix="interbrain-test-"))
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(folder / "jobs"))
        listening.listen()
        ends = threading.Thread(target=lambda: listening.accept()[0].close(), daemon=True)
        ends.start()
        yield f"{sys.prefix}:{folder / 'jobs'}"
        ends.join(timeout=10)
    shutil.rmtree(folder, ignore_errors=True)


def test_where_the_process_ends_before_it_has_begun_a_job_the_job_loads_for_itself(
    one_that_ends_early, tmp_path
):
    job = begin(tmp_path, "print('mne' in sys.modules)", one_that_ends_early)
    said, aside = job.communicate(timeout=60)
    assert (job.returncode, said, aside) == (0, "False\n", "")


def test_what_the_libraries_remove_at_their_end_is_left_to_the_jobs_after(workflow, tmp_path):
    """Without a home folder, Matplotlib makes one for itself as it is loaded, and removes it at its end."""
    script = "import atexit; print(atexit._ncallbacks()); atexit.register(print, 'own')"
    said = begin(tmp_path, script, workflow[1]).communicate()[0]
    assert said.split() == ["0", "own"]


def test_whoever_is_killed_while_asking_leaves_no_word_on_the_screen():
    program = "import socket; from interbrain.reproducibility import warm; "
    program += "ours, theirs = socket.socketpair(); ours.close(); print(warm._answer(theirs))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == (f"{warm.KILLED}\n", "")


def test_folders_at_which_nobody_answers_are_removed_and_others_are_not(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    for name in ("interbrain-gone", "interbrain-alive", "interbrain-begins", "other"):
        (tmp_path / name).mkdir()
    monkeypatch.chdir(tmp_path)  # a socket's path has to be short
    gone, alive = (socket.socket(socket.AF_UNIX) for _ in range(2))
    with gone, alive:
        gone.bind("interbrain-gone/jobs")
        gone.close()
        alive.bind("interbrain-alive/jobs")
        alive.listen()
        monkeypatch.setattr(tempfile, "tempdir", ".")
        warm._remove_leftovers()
    assert {p.name for p in tmp_path.iterdir()} == {"interbrain-alive", "interbrain-begins", "other"}


def test_a_run_that_is_over_before_the_libraries_are_loaded_leaves_no_word_on_the_screen(tmp_path):
    program = (
        "import sys; from interbrain.reproducibility import warm; warm.LOADED = (); warm.serve(sys.argv[1])"
    )
    gone = str(tmp_path / "gone/jobs")
    done = subprocess.run([sys.executable, "-c", program, gone], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
