"""A study's folder belongs to one run at a time, and a run that is killed leaves nothing that works on."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from interbrain.problems import InterbrainError
from interbrain.reproducibility import one_run

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="locks of POSIX systems")

CLAIM = """
import sys
from pathlib import Path
from interbrain.reproducibility.one_run import claim
print(claim(Path(".snakemake"), here={here}), flush=True)
Path(".snakemake/locks").mkdir(exist_ok=True)
Path(".snakemake/locks/0.output.lock").write_text("results/report.html")
sys.stdin.read()
Path(".snakemake/locks/0.output.lock").unlink()
"""
# A run that starts a job, which says who it is and then works on.
RUN = """
import subprocess, sys
from interbrain.reproducibility.one_run import name_this_run
name_this_run()
job = "import os, time; from interbrain.reproducibility.one_run import end_with_the_run as end; end();"
job += "print(os.getpid(), flush=True); time.sleep({seconds})"
sys.exit(subprocess.run([sys.executable, "-c", job]).returncode)
"""


def begin(folder, program):
    return subprocess.Popen(
        [sys.executable, "-c", program], cwd=folder, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )


def claimed(folder, here=True):
    """A run that holds the folder, after what it said."""
    run = begin(folder, CLAIM.format(here=here))
    said = run.stdout.readline().strip()
    until((folder / ".snakemake/locks/0.output.lock").exists)
    return run, said


def until(holds, seconds=30):
    end = time.monotonic() + seconds
    while not holds() and time.monotonic() < end:
        time.sleep(0.02)
    assert holds()


def test_a_second_run_in_the_folder_ends_with_who_holds_it_and_leaves_the_locks(tmp_path):
    run, _ = claimed(tmp_path)
    with run:
        with pytest.raises(InterbrainError, match=f"Another run .*process {run.pid} on") as stopped:
            one_run.claim(tmp_path / ".snakemake")
        assert "Ctrl-C" in str(stopped.value)
        assert (tmp_path / ".snakemake/locks/0.output.lock").exists()
        run.stdin.close()


def test_the_run_after_one_that_was_killed_takes_its_lock_away_and_says_so(tmp_path):
    run, said = claimed(tmp_path)
    assert said == ""
    run.kill()
    run.communicate()
    after, said = claimed(tmp_path)
    assert "was killed" in said and "goes on from there" in said
    after.communicate()


def test_a_run_that_ended_leaves_nothing_to_take_up(tmp_path):
    claimed(tmp_path)[0].communicate()
    run, said = claimed(tmp_path)
    assert said == ""
    run.communicate()


@pytest.mark.parametrize("machine", ["another machine", "a cluster"])
def test_a_lock_whose_jobs_may_go_on_elsewhere_is_left_to_a_person(tmp_path, machine):
    """The jobs of a cluster outlive Snakemake, and nothing is known of another machine's processes."""
    run, _ = claimed(tmp_path, here=machine != "a cluster")
    run.kill()
    run.communicate()
    held = tmp_path / ".snakemake" / one_run.HELD
    if machine == "another machine":
        held.write_text('{"machine": "another", "process": 1}')
    after, said = claimed(tmp_path)
    assert said == ""
    after.communicate()


def test_a_workflow_that_uses_this_one_twice_is_one_run(tmp_path):
    program = "from pathlib import Path; from interbrain.reproducibility.one_run import claim; "
    program += "print([claim(Path('.snakemake')) for _ in range(2)])"
    assert begin(tmp_path, program).communicate()[0].strip() == "['', '']"


def test_a_lock_without_a_record_is_left_to_a_person(tmp_path):
    lock = tmp_path / ".snakemake/locks/0.output.lock"
    lock.parent.mkdir(parents=True)
    lock.touch()
    program = "from pathlib import Path; from interbrain.reproducibility.one_run import claim; "
    program += "print(claim(Path('.snakemake')))"
    assert begin(tmp_path, program).communicate()[0].strip() == "" and lock.exists()


def test_where_nothing_can_be_written_a_run_ends_with_the_folder_and_what_to_do(tmp_path, monkeypatch):
    (tmp_path / ".snakemake").write_text("a file")
    with pytest.raises(InterbrainError, match=f"written to {tmp_path}/.snakemake .*copy the study"):
        one_run.claim(tmp_path / ".snakemake")
    one_run.check_writable([tmp_path, tmp_path / "not there yet"])
    monkeypatch.setattr(os, "access", lambda *_: False)  # an administrator may write anywhere
    with pytest.raises(InterbrainError, match=f"written to {tmp_path} .*read-only"):
        one_run.check_writable([tmp_path])


def test_files_that_are_dated_after_now_are_said_with_the_command_that_helps(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    made, raw = Path("results/a b/x.tsv"), tmp_path / "raw/D01.edf"
    for file in (made, raw):
        file.parent.mkdir(parents=True)
        file.touch()
    one_run.check_dates([Path("results"), Path("not there")], [raw, Path("gone.edf")])
    for file in (made, raw):
        os.utime(file, (time.time() + 10**6,) * 2)
    with pytest.raises(InterbrainError, match=r"^2 of the study's files ") as stopped:
        one_run.check_dates([Path("results")], [raw])
    command = str(stopped.value).partition("dates: ")[2]
    subprocess.run(command, shell=True, check=True)
    one_run.check_dates([Path("results")], [raw])


def test_only_commands_that_run_jobs_claim_and_a_cluster_is_not_here():
    assert one_run.runs_jobs({"dryrun": False, "executor": None}) and one_run.runs_here({"executor": None})
    for looks in ({"dryrun": True}, {"unlock": True}, {"summary": True}, {"executor": "dryrun"}):
        assert not one_run.runs_jobs({"executor": None} | looks)
    assert not one_run.runs_here({"executor": "slurm"})


def test_a_job_ends_as_soon_as_its_run_is_killed(tmp_path):
    run = begin(tmp_path, RUN.format(seconds=600))
    job = int(run.stdout.readline())
    run.send_signal(signal.SIGKILL)
    run.wait()
    until(lambda: not is_running(job))


def test_a_job_that_begins_after_its_run_was_killed_ends_at_once(tmp_path, monkeypatch):
    gone = begin(tmp_path, "")
    gone.communicate()
    monkeypatch.setenv(one_run.RUN, "")
    one_run.name_this_run()
    _, _, processes = os.environ[one_run.RUN].partition(" ")
    monkeypatch.setenv(one_run.RUN, f"{gone.pid} {processes}")
    job = begin(
        tmp_path, "from interbrain.reproducibility.one_run import *; end_with_the_run(); time.sleep(600)"
    )
    job.communicate(timeout=60)
    assert job.returncode == one_run.KILLED


def test_a_job_of_a_run_elsewhere_is_not_ended_by_its_number(tmp_path, monkeypatch):
    """In a container of its own, the number of the run's process means another one or none."""
    monkeypatch.setenv(one_run.RUN, "999999999 pid:[elsewhere]")
    job = begin(
        tmp_path,
        "from interbrain.reproducibility.one_run import *; end_with_the_run(); time.sleep(.3); print(1)",
    )
    assert job.communicate()[0].strip() == "1" and job.returncode == 0


def test_a_finished_job_ends_with_its_own_status(tmp_path):
    run = begin(tmp_path, RUN.format(seconds=0))
    run.communicate()
    assert run.returncode == 0


def is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    if sys.platform == "linux":  # ended, and nobody has asked for its status yet
        with open(f"/proc/{process}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    return True


def test_a_table_that_was_edited_during_a_run_is_named_with_what_to_do(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    dyads, scores = Path("dyads.tsv"), Path("wai.tsv")
    for file in (dyads, scores):
        file.touch()
    begun = dyads.stat().st_mtime + 10
    assert one_run.edited_since([dyads, scores, dyads, Path("gone.tsv")], begun) == ""
    os.utime(dyads, (begun + 60,) * 2)
    said = one_run.edited_since([dyads, scores, dyads], begun)
    assert said.startswith("dyads.tsv was edited while this run was going on")
    assert said.endswith("Give the same command again.")
