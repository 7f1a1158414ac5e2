"""The grid's jobs are part of the plan where the config asks for them, and nowhere else."""

import os
import re
import shutil
import sys
from pathlib import Path

import pytest
import yaml

sys.path.insert(0, str(Path(__file__).parents[1]))
import fork_of_snakemake


@pytest.mark.long_but("None-jobs0")
@pytest.mark.parametrize(
    ("grid", "jobs"), [(None, {}), ({"length_s": [2], "time": ["post"]}, {"variants": 12, "multiverse": 1})]
)
def test_one_job_a_dyad_and_run_computes_all_branches_and_one_tests_them(grid, jobs, repository, tmp_path):
    shutil.copytree(repository / "config", tmp_path / "config")
    path = tmp_path / "config/config.yaml"
    config = yaml.safe_load(path.read_text(encoding="utf-8")) | {"multiverse": grid}
    path.write_text(yaml.safe_dump(config), encoding="utf-8")
    words = ["--snakefile", repository / "Snakefile", "--directory", tmp_path, "--cores", "1", "--dry-run"]
    planned = fork_of_snakemake.snakemake(tmp_path, words, dict(os.environ))
    assert planned.returncode == 0, planned.stdout
    counts = dict(re.findall(r"^(variants|multiverse|report) +(\d+)$", planned.stdout, re.M))
    assert {name: int(n) for name, n in counts.items()} == jobs | {"report": 1}


def test_choices_of_coordination_are_jobs_of_their_own_and_plan_none_on_brains(repository, tmp_path):
    shutil.copytree(repository / "examples/session/config", tmp_path / "config")
    path = tmp_path / "config/config.yaml"
    config = yaml.safe_load(path.read_text(encoding="utf-8"))
    config["signals"]["multiverse"] = {"window_s": [30]}
    path.write_text(yaml.safe_dump(config), encoding="utf-8")
    words = ["--snakefile", repository / "Snakefile", "--directory", tmp_path, "--cores", "1", "--dry-run"]
    planned = fork_of_snakemake.snakemake(tmp_path, words, dict(os.environ))
    assert planned.returncode == 0, planned.stdout
    counts = dict(re.findall(r"^((?:signal_)?(?:variants|multiverse)) +(\d+)$", planned.stdout, re.M))
    assert counts == {"signal_variants": "4", "signal_multiverse": "1"}
