"""What Snakemake has to compare for a plan grows as the study does: counted, not timed."""

import importlib.util
import os
import subprocess
import sys

import pytest

from .conftest import make_study

# Snakemake's comparisons of one file with another, of a file with a pattern, and names made of patterns.
COUNTED = """
import os
import sys
from snakemake.io import _IOFile

n = 0

def counting(method):
    def counted(*arguments, **named):
        global n
        n += 1
        return method(*arguments, **named)
    return counted

for name in ("__eq__", "match", "apply_wildcards"):
    setattr(_IOFile, name, counting(getattr(_IOFile, name)))

from snakemake.cli import main

folders, sys.argv[1:] = sys.argv[1].split(":"), sys.argv[2:]
sys.argv[0] = "snakemake"
for folder in folders:
    if os.fork() == 0:
        os.chdir(folder)
        try:
            main()
        except SystemExit as end:
            print(n, flush=True)
            os._exit(end.code or 0)
    if os.wait()[1]:
        sys.exit("the plan failed")
"""
SIZES = (6, 12, 24)


@pytest.mark.long
def test_twice_the_dyads_are_twice_the_comparisons(repository, tmp_path):
    found = importlib.util.spec_from_file_location("plan", repository / "benchmarks/plan.py")
    plan = importlib.util.module_from_spec(found)
    found.loader.exec_module(plan)
    folders = [tmp_path / f"{n_dyads}" for n_dyads in SIZES]
    for folder, n_dyads in zip(folders, SIZES, strict=True):
        plan.write_study(folder, n_dyads)
    command = [sys.executable, "-c", COUNTED, ":".join(map(str, folders)), "-s", repository / "Snakefile"]
    command += ["-n", "--quiet", "all", "--", "everything", "release"]
    # The order of sets decides how many rules are compared, and must be the same for all sizes.
    environment = os.environ | {"PYTHONHASHSEED": "0"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    small, middle, large = counts = [int(line) for line in done.stdout.splitlines() if line.isdigit()]
    assert large - middle <= 2.01 * (middle - small), counts


@pytest.mark.long
def test_strangers_of_a_large_study_are_compared_in_parts_and_joined(repository, tmp_path):
    found = importlib.util.spec_from_file_location("plan", repository / "benchmarks/plan.py")
    plan = importlib.util.module_from_spec(found)
    found.loader.exec_module(plan)
    plan.write_study(tmp_path / "study", 201)
    derivatives = tmp_path / "study/results/derivatives/interbrain"
    for dyad in (f"D{i:05d}" for i in range(201)):
        (derivatives / "dyads" / f"dyad-{dyad}").mkdir(parents=True)
        for end in ("therapist_phases.npy", "client_phases.npy", "windows_ledger.tsv"):
            (derivatives / "dyads" / f"dyad-{dyad}/dyad-{dyad}_task-rest_run-1_desc-{end}").touch()
    table = "results/derivatives/interbrain/group/task-rest_run-1_desc-pseudodyads_plv.tsv"
    command = [sys.executable, "-m", "snakemake", "-s", repository / "Snakefile", "-n", "--quiet", "rules"]
    command += ["--allowed-rules", "pseudodyads", "pseudodyads_of_part", "join_pseudodyads", "--", table]
    done = subprocess.run(command, cwd=tmp_path / "study", capture_output=True, text=True, check=True)
    words = (done.stdout + done.stderr).split()
    jobs = {word: int(words[i + 1]) for i, word in enumerate(words[:-1]) if words[i + 1].isdigit()}
    assert (jobs["pseudodyads_of_part"], jobs["join_pseudodyads"], jobs["total"]) == (2, 1, 3)


# How often Snakemake looks at all ready jobs for those to start next.
LOOKS = """
import sys
from snakemake.scheduling.job_scheduler import JobScheduler

n, look = 0, JobScheduler.job_selector

def counted(self, jobs):
    global n
    n += 1
    return look(self, jobs)

JobScheduler.job_selector = counted

from snakemake.cli import main

sys.argv[0] = "snakemake"
try:
    main()
finally:
    print(n)
"""


@pytest.mark.long
def test_ready_jobs_are_looked_at_once_a_job_however_long_the_jobs_take(repository, tmp_path):
    study = make_study(tmp_path / "study", duration_s=30)
    n_jobs = 8
    command = [sys.executable, "-c", LOOKS, "-s", repository / "Snakefile"]
    command += ["--cores", "1", "--until", "simulate"]
    done = subprocess.run(command, cwd=study, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(list((study / "bids/sourcedata").rglob("*_client.Poly5"))) == n_jobs
    looks = int(done.stdout.splitlines()[-1])
    assert n_jobs <= looks <= n_jobs + 2, looks
