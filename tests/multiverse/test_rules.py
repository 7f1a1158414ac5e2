"""The grid's jobs are part of the plan where the config asks for them, and nowhere else."""

import re
import shutil
import subprocess
import sys

import pytest
import yaml


@pytest.mark.parametrize(
    ("grid", "jobs"), [(None, {}), ({"length_s": [2], "time": ["post"]}, {"variants": 12, "multiverse": 1})]
)
def test_one_job_a_dyad_and_run_computes_all_branches_and_one_tests_them(grid, jobs, repository, tmp_path):
    shutil.copytree(repository / "config", tmp_path / "config")
    path = tmp_path / "config/config.yaml"
    config = yaml.safe_load(path.read_text(encoding="utf-8")) | {"multiverse": grid}
    path.write_text(yaml.safe_dump(config), encoding="utf-8")
    planned = subprocess.run(
        [
            *(sys.executable, "-m", "snakemake", "--snakefile", str(repository / "Snakefile")),
            *("--directory", str(tmp_path), "--cores", "1", "--dry-run"),
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert planned.returncode == 0, planned.stdout + planned.stderr
    counts = dict(re.findall(r"^(variants|multiverse|report) +(\d+)$", planned.stdout + planned.stderr, re.M))
    assert {name: int(n) for name, n in counts.items()} == jobs | {"report": 1}
