"""The workflow on a SLURM cluster, with its profile: the same bytes, and no run is lost."""

import shutil

import pytest

from .conftest import REPOSITORY, change_config, files_below, keep_dyads, own_data, run
from .throwaway_slurm import Cluster, missing_programs

pytestmark = pytest.mark.skipif(
    bool(missing_programs()), reason=f"needs SLURM (Debian: slurm-wlm munge); missing: {missing_programs()}"
)
PROFILE = REPOSITORY / "profiles/slurm"


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    found = Cluster(tmp_path_factory.mktemp("slurm") / "cluster")
    yield found
    found.stop()


def on(cluster, study, *arguments):
    quick = ("--latency-wait", "10", "--slurm-init-seconds-before-status-checks", "3")
    more = ("--max-status-checks-per-second", "10")
    return run(study, "--profile", str(PROFILE), *quick, *more, *arguments, **cluster.environment)


def test_a_dyad_is_one_job_and_its_bytes_are_those_of_a_workstation(cluster, finished_study, tmp_path):
    study = tmp_path / "study"
    shutil.copytree(finished_study / "config", study / "config")
    shutil.copytree(finished_study / "bids/sourcedata", study / "bids/sourcedata")
    keep_dyads(own_data(study), ["D05"])
    change_config(study, lambda c: c["statistics"].update(between=[]))
    done = on(cluster, study)
    assert done.returncode == 0, done.stdout[-5000:]
    assert (study / "results/report.html").is_file() and cluster.queue() == []
    of_dyad = [
        name for name in files_below(finished_study) if "D05" in name and not name.startswith("results/sim")
    ]
    assert len(of_dyad) > 40
    for name in of_dyad:
        assert (study / name).read_bytes() == (finished_study / name).read_bytes(), name
