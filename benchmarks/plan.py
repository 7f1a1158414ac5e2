"""What the plan of a large study costs, and what a job of it pays on another machine before it starts.

Run by hand: python benchmarks/plan.py [numbers of dyads]. Each study is generated in a temporary folder: as
many dyads, each recorded twice, with the tables of a new study, two questionnaires of 36 items, and raw files
of one byte, which a plan looks for and does not open. Every figure is that of a process of its own:

plan       `snakemake -n`: reading and checking the study, Snakemake's graph, and what each job would be given
study      of it, reading and checking the study (`load_study`), imports included
Snakemake  the plan of a Snakefile without any Interbrain whose rules have the same files (plan_bare.smk)
start      a conversion as an executor on a cluster starts it (`--mode remote`), until its script would run;
           on SLURM it is paid twice, by the job and by the step in it

Everything has been compiled before, as it is after an installation. Not a test: nothing here passes or fails;
tests/study/test_growth.py and tests/workflow/test_growth.py hold that nothing grows faster than the study.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import yaml

from interbrain.newstudy.draft import Draft
from interbrain.newstudy.writing import Interbrain
from interbrain.newstudy.writing import write_study as write_new_study

ROOT = Path(__file__).resolve().parents[1]
TIMES, ROLES = ("pre", "post"), ("therapist", "client")
DYADS_A_THERAPIST, N_ITEMS = 4, 36


def write_study(folder, n_dyads):
    """A study of its own data, of which nothing has been run: a factor and two questionnaires answered."""
    write_new_study(folder, Draft(), Interbrain(ROOT))
    rng, config = np.random.default_rng(1), folder / "config"
    dyads = [f"D{i:05d}" for i in range(n_dyads)]
    therapists = {dyad: f"T{i // DYADS_A_THERAPIST:05d}" for i, dyad in enumerate(dyads)}
    clients = {dyad: dyad.replace("D", "C") for dyad in dyads}
    levels = yaml.safe_load((config / "config.yaml").read_text(encoding="utf-8"))["factors"]
    rows = [
        [dyad, therapists[dyad], clients[dyad], *(rng.choice(of) for of in levels.values())] for dyad in dyads
    ]
    _write(config / "dyads.tsv", ["dyad", *ROLES, *levels], rows)
    runs = [(dyad, t) for dyad in dyads for t in TIMES]
    recordings = [[dyad, t, *(f"{dyad}_{t}_{role}.Poly5" for role in ROLES), "markers"] for dyad, t in runs]
    _write(config / "recordings.tsv", ["dyad", "time", "therapist_file", "client_file", "sync"], recordings)
    people = [*dict.fromkeys(therapists.values()), *clients.values()]
    rows = [[person, rng.integers(20, 70), "F", "right", 56] for person in people]
    heading = ["participant", "age", "sex", "handedness", "head_circumference_cm"]
    _write(config / "participants.tsv", heading, rows)
    for role in ROLES:
        rows = [[dyad, *rng.integers(1, 8, N_ITEMS)] for dyad in dyads]
        heading = ["dyad", *(f"item_{i}" for i in range(1, N_ITEMS + 1))]
        _write(config / f"wai_{role}.tsv", heading, rows)
    (folder / "raw").mkdir(exist_ok=True)
    for _, _, *files, _ in recordings:
        for file in files:
            (folder / "raw" / file).write_bytes(b"-")


def _write(path, heading, rows):
    lines = ["\t".join(map(str, row)) for row in (heading, *rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def measured(folder, *arguments):
    """CPU seconds and peak memory in GB of a process, and what it printed."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    process = subprocess.Popen(
        [sys.executable, __file__, "process", *map(str, arguments)],
        cwd=folder,
        env={name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    said = process.communicate()[0]
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    try:
        own = json.loads(said.splitlines()[-1])
    except (ValueError, IndexError):
        sys.exit(f"{' '.join(map(str, arguments))} failed:\n{said}")
    own["cpu_s"] = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return own


def process(what, n_dyads):
    """What one process does; its last line is its peak memory, and the wall time until it was done."""
    begun = time.monotonic()
    if what == "study":
        from interbrain.study.config import read_config
        from interbrain.study.loading import load_study
        from interbrain.study.settings import config_schema

        load_study(read_config("config/config.yaml"), config_schema())
    elif what == "start":
        _until_the_script(begun, n_dyads)
    else:
        snakefile = ROOT / ("Snakefile" if what == "plan" else "benchmarks/plan_bare.smk")
        _snakemake("--snakefile", str(snakefile), "-n", "--quiet")
    _tell(begun)


def _snakemake(*arguments):
    from snakemake.cli import main

    sys.argv = ["snakemake", *arguments]
    try:
        main()
    except SystemExit as error:
        if error.code:
            raise


def _until_the_script(begun, n_dyads):
    """The last dyad's conversion, which ends where its script would run."""
    from snakemake.script import PythonScript

    def reached(self, *arguments):
        _tell(begun)
        sys.stdout.flush()
        os._exit(0)

    PythonScript.evaluate = reached
    dyad = f"D{n_dyads - 1:05d}"
    _snakemake(
        *("--snakefile", str(ROOT / "Snakefile"), "--mode", "remote", "--allowed-rules", "convert"),
        *("--target-jobs", f"convert:participant={dyad.replace('D', 'C')},dyad={dyad},run=2", "--cores", "1"),
        *("--attempt", "1", "--force-use-threads", "--force", "--target-files-omit-workdir-adjustment"),
        *("--max-inventory-time", "0", "--retries", "0", "--nocolor", "--no-hooks", "--nolock"),
        *("--ignore-incomplete", "--keep-incomplete", "--rerun-triggers", "code", "input", "mtime", "params"),
        *("software-env", "--latency-wait", "5", "--scheduler", "greedy"),
    )


def _tell(begun):
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({"peak_gb": peak / 1e6, "wall_s": time.monotonic() - begun}))


def measure(n_dyads):
    """All figures of a study of so many dyads."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "study"
        write_study(folder, n_dyads)
        clocks = folder / "results/clocks"
        clocks.mkdir(parents=True)
        for i in range(n_dyads):  # a conversion needs its clock
            (clocks / f"dyad-D{i:05d}.json").write_text("{}", encoding="utf-8")
        start = measured(folder, "start", n_dyads)
        for file in clocks.iterdir():
            file.unlink()
        return start, *(measured(folder, what, n_dyads) for what in ("plan", "study", "snakemake"))


def main():
    measure(20)
    print("         plan           study    Snakemake        start")
    print("dyads    CPU s     GB   CPU s    CPU s     GB     CPU s  wall s")
    for n_dyads in map(int, sys.argv[1:] or (100, 400, 1000, 1600)):
        start, plan, study, alone = measure(n_dyads)
        print(
            f"{n_dyads:5d}{plan['cpu_s']:9.1f}{plan['peak_gb']:7.2f}{study['cpu_s']:8.1f}"
            f"{alone['cpu_s']:9.1f}{alone['peak_gb']:7.2f}{start['cpu_s']:10.1f}{start['wall_s']:8.1f}",
            flush=True,
        )


if __name__ == "__main__":
    if sys.argv[1:2] == ["process"]:
        process(sys.argv[2], int(sys.argv[3]))
    else:
        main()
