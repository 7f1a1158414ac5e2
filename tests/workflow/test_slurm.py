"""The workflow on a SLURM cluster, with its profile: the same bytes, and no run is lost."""

import os
import shutil
import signal
import subprocess
import sys

import pytest

from .conftest import REPOSITORY, change_config, files_below, keep_dyads, own_data, run
from .throwaway_slurm import Cluster, missing_programs, wait_for

pytestmark = pytest.mark.skipif(
    bool(missing_programs()), reason=f"needs SLURM (Debian: slurm-wlm munge); missing: {missing_programs()}"
)
# Of a cluster of one's own the jobs may be asked after more often.
PROFILE = ("--profile", str(REPOSITORY / "profiles/slurm"), "--latency-wait", "10")
PROFILE += ("--slurm-init-seconds-before-status-checks", "2", "--max-status-checks-per-second", "10")
CLOCK = "results/clocks/dyad-D05.json"


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    found = Cluster(tmp_path_factory.mktemp("slurm") / "cluster")
    yield found
    found.stop()


@pytest.fixture
def study(finished_study, tmp_path):
    """A dyad of the finished study, of which there are the raw files alone."""
    folder = tmp_path / "study"
    shutil.copytree(finished_study / "config", folder / "config")
    shutil.copytree(finished_study / "bids/sourcedata", folder / "bids/sourcedata")
    keep_dyads(own_data(folder), ["D05"])
    change_config(folder, lambda c: c["statistics"].update(between=[]))
    return folder


@pytest.mark.long
def test_a_dyad_is_one_job_and_its_bytes_are_those_of_a_workstation(cluster, finished_study, study):
    of_dyad = "results/derivatives/interbrain/dyads/dyad-D05/dyad-D05_task-rest_run-{}_desc-{}"
    last = ("roi_plv.tsv", "lags_plv.tsv", "therapist_summary.webp")
    targets = [of_dyad.format(1, name) for name in last]
    # Of the second run what it takes to see that it is in the same job.
    targets += [
        f"bids/sub-{person}/ses-D05/eeg/sub-{person}_ses-D05_task-rest_run-2_eeg.vhdr"
        for person in ("T04", "C05")
    ]
    done = run(study, *PROFILE, *targets, **cluster.environment)
    assert done.returncode == 0, done.stdout[-5000:]
    assert done.stdout.count("has been submitted") == 1 and cluster.queue() == []
    made = [name for name in files_below(study) if "sourcedata" not in name]
    assert len(made) > 40 and set(targets) < set(made)
    for name in made:
        assert (study / name).read_bytes() == (finished_study / name).read_bytes(), name


@pytest.mark.long
def test_a_job_that_takes_more_memory_than_it_asked_for_is_repeated_with_more(cluster, study):
    little = "clock:mem_mb=attempt*attempt*attempt*60"  # MB; Snakemake alone takes more at first
    done = run(study, *PROFILE, "--set-resources", little, "--", CLOCK, **cluster.environment)
    assert done.returncode == 0, done.stdout[-5000:]
    assert (study / CLOCK).is_file() and done.stdout.count("has been submitted") > 1


def started(study, cluster, *arguments):
    """A run that has a job on a node."""
    process = subprocess.Popen(
        [sys.executable, "-m", "snakemake", "--snakefile", str(REPOSITORY / "Snakefile"), *arguments],
        cwd=study,
        env=os.environ | cluster.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # which a shell's background ignores
    )
    wait_for(lambda: running(cluster) or process.poll() is not None, 60, "a job of the run")
    return process


def running(cluster):
    """The node of each job that runs."""
    return cluster.run("squeue", "-h", "-t", "RUNNING", "-o", "%N").stdout.split()


def test_a_run_that_is_interrupted_leaves_nothing_in_the_queue(cluster, study):
    process = started(study, cluster, *PROFILE, CLOCK)
    process.send_signal(signal.SIGINT)
    said = process.communicate(timeout=60)[0]
    assert process.returncode != 0 and "Traceback" not in said
    wait_for(lambda: cluster.queue() == [], 20, "an empty queue")


@pytest.mark.long
def test_the_jobs_of_a_node_that_goes_down_are_done_on_another(cluster, study):
    process = started(study, cluster, *PROFILE, CLOCK)
    (node,) = running(cluster)
    try:
        cluster.run("scontrol", "update", f"nodename={node}", "state=down", "reason=test")
        said = process.communicate(timeout=180)[0]
    finally:
        cluster.run("scontrol", "update", f"nodename={node}", "state=resume")
    assert process.returncode == 0, said[-5000:]
    assert (study / CLOCK).is_file() and said.count("has been submitted") == 2
