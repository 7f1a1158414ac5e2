"""The workflow as a part of somebody else's: Snakemake's `module`, with settings that they hand over."""

import re
import shutil
import subprocess
import sys

import pytest

THEIRS = """
configfile: "settings.yaml"


module interbrain:
    snakefile:
        "{snakefile}"
    config:
        config


use rule * from interbrain as interbrain_*


rule all:
    default_target: True
    input:
        rules.interbrain_all.input,
        "results/theirs.txt",


rule theirs:
    input:
        "results/derivatives/interbrain/dataset_description.json",
    output:
        "results/theirs.txt",
    shell:
        "cp {{input}} {{output}}"
"""


@pytest.fixture
def theirs(repository, tmp_path):
    shutil.copytree(repository / "config", tmp_path / "config")
    settings = (tmp_path / "config/config.yaml").read_text(encoding="utf-8")
    settings = re.sub("^title: .*", "title: Their own study", settings, flags=re.M)
    (tmp_path / "settings.yaml").write_text(settings, encoding="utf-8")
    (tmp_path / "config/config.yaml").unlink()
    (tmp_path / "Snakefile").write_text(THEIRS.format(snakefile=repository / "workflow/Snakefile"))

    def snakemake(*words):
        command = [sys.executable, "-m", "snakemake", "--cores", "1", *words]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)

    return tmp_path, snakemake


@pytest.mark.long
def test_its_rules_run_beside_their_own_with_the_settings_that_they_hand_over(theirs):
    folder, snakemake = theirs
    planned = snakemake("--dry-run").stdout
    assert "interbrain_report" in planned and "theirs" in planned and "interbrain_all" not in planned
    snakemake("results/theirs.txt")
    assert "Interbrain derivatives of Their own study" in (folder / "results/theirs.txt").read_text()


@pytest.mark.long
def test_the_file_at_the_top_plans_the_whole_way_where_no_target_is_named(repository, tmp_path):
    """It only includes the other one, whose default target Snakemake does not take over."""
    shutil.copytree(repository / "config", tmp_path / "config")
    command = [sys.executable, "-m", "snakemake", "--dry-run", "--quiet", "rules", "--snakefile"]
    command += [str(repository / "Snakefile"), "--directory", str(tmp_path)]
    planned = subprocess.run(command, capture_output=True, text=True, check=True, cwd=tmp_path)
    assert "report" in planned.stdout + planned.stderr and "Nothing to be done" not in planned.stdout
