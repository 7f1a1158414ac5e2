"""A small simulated study in a folder of its own, and the workflow run on it as a user runs it."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pytest
import yaml

sys.path.insert(0, str(Path(__file__).parents[1]))
import fork_of_snakemake

REPOSITORY = Path(__file__).resolve().parents[2]


# Those with planted artefacts are among them; all 32 would take half as much time again.
CHANNELS = ["Fp1", "Fp2", "F7", "F3", "Fz", "F4", "F8", "T7", "C3", "Cz", "C4", "T8"]
CHANNELS += ["P3", "Pz", "P4", "P8", "PO3", "O1"]


def make_study(folder: Path, dyads=("D01", "D02", "D04", "D05"), duration_s: float = 45) -> Path:
    """The demo's config, cut down to a few dyads and channels, a short rest and one band.

    What a second band does in tables, statistics and page is for their own tests: here it would take a fifth
    of the time.
    """
    shutil.copytree(REPOSITORY / "config", folder / "config")
    keep_dyads(folder, dyads)
    change_config(folder, lambda c: c["simulation"].update(duration_s=duration_s, channels=CHANNELS))
    change_config(folder, lambda c: c.update(multiverse=None))
    change_config(folder, one_band)
    truth = folder / "config/simulation.tsv"
    pd.read_csv(truth, sep="\t", dtype=str, keep_default_na=False).drop(columns="theta").to_csv(
        truth, sep="\t", index=False
    )
    change_config(folder, few_components)
    # Planted bursts and steps cost a short rest up to half of its windows, and no dyad shall be lost by it.
    change_config(folder, lambda c: c["windows"].update(min_clean_s=15))
    return folder


def one_band(config: dict) -> None:
    del config["bands"]["theta"], config["simulation"]["frequencies"]["theta"]


def few_components(config: dict) -> None:
    """The tests of cleaning ask about components; in a whole run they would take most of the time."""
    config["cleaning"]["ica"]["max_components"] = 8


def few_statistics(config: dict) -> None:
    """One measure, and no pairs of channels: statistics and report of a run then take half of their time."""
    config["statistics"].update(measures=["above_chance"], channel_pairs=False)


def keep_dyads(folder: Path, dyads: Sequence[str]) -> None:
    """Take all other dyads, and whoever is in none of these, out of the tables."""
    for path in (folder / "config").glob("*.tsv"):
        if path.read_text(encoding="utf-8").startswith("dyad\t"):
            table = pd.read_csv(path, sep="\t", dtype=str, keep_default_na=False)
            table[table["dyad"].isin(dyads)].to_csv(path, sep="\t", index=False)
    dyads_table = pd.read_csv(folder / "config/dyads.tsv", sep="\t", dtype=str, keep_default_na=False)
    people = set(dyads_table["therapist"]) | set(dyads_table["client"])
    path = folder / "config/participants.tsv"
    table = pd.read_csv(path, sep="\t", dtype=str, keep_default_na=False)
    table[table["participant"].isin(people)].to_csv(path, sep="\t", index=False)


def change_config(folder: Path, change) -> None:
    path = folder / "config/config.yaml"
    config = yaml.safe_load(path.read_text(encoding="utf-8"))
    change(config)
    path.write_text(yaml.safe_dump(config, sort_keys=False, allow_unicode=True), encoding="utf-8")


def own_data(folder):
    """The finished study as a lab's own: its raw files are simply there."""
    change_config(folder, lambda c: c.pop("simulation"))
    return folder


def run(
    folder: Path,
    *arguments: str,
    cores: int = 2,
    under: Sequence[str] = (),
    python: Path = Path(sys.executable),
    checkout: Path = REPOSITORY,
    forked: bool = False,
    **environment: str,
) -> subprocess.CompletedProcess:
    """`snakemake --cores N` in a study's folder; standard output and error as one text in `stdout`.

    In a fork of a process that has loaded Snakemake; but one that is asked for by `under`, a command that
    starts it such as strace, or by another Python, checkout or environment is a process of its own. One that
    differs in its environment alone may be `forked`.
    """
    words = ["--snakefile", str(checkout / "Snakefile"), "--directory", str(folder), "--cores", str(cores)]
    words += arguments
    here = (under, python, checkout) == ((), Path(sys.executable), REPOSITORY)
    if here and (forked or not environment) and sys.platform == "linux":
        return fork_of_snakemake.snakemake(folder, words, os.environ | environment)
    return subprocess.run(
        [*under, str(python), "-m", "snakemake", *words],
        cwd=folder,
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def jobs_to_run(output: str) -> set[str]:
    """The rules that a dry run lists in its job table."""
    table = re.search(r"^job +count\n[- ]+\n(.*?)\n\n", output, re.S | re.M)
    return set(re.findall(r"^(\w+) +\d+$", table[1], re.M)) - {"total"} if table else set()


def files_below(folder: Path) -> set[str]:
    """Every file that a run wrote, without logs, the account of when it ran, and Snakemake's own notes."""
    return {
        p.relative_to(folder).as_posix()
        for top in ("bids", "results")
        for p in (folder / top).rglob("*")
        if p.is_file() and not {"logs", "run.json"} & set(p.parts)
    }


TRACE = "sockets.txt"


def watched(folder: Path) -> tuple[str, ...]:
    """What writes down every socket of a command and every program it starts, where the machine allows it."""
    command = (
        "strace",
        "-f",
        "--seccomp-bpf",
        "-qq",
        "-e",
        "trace=execve,socket,connect,sendto,sendmsg,sendmmsg",
        "-e",
    )
    command += ("signal=none", "-o", str(folder / TRACE))
    try:
        works = subprocess.run([*command, "true"], capture_output=True).returncode == 0
    except FileNotFoundError:
        works = False
    return command if works else ()


def assert_that_it_spoke_to_nobody(folder: Path) -> None:
    """Of what `watched` wrote down there, if the machine allowed it."""
    if not (folder / TRACE).is_file():
        return
    lines = (folder / TRACE).read_text(errors="replace").splitlines()
    main = lines[0].split()[0]
    # Where SLURM is installed, its programs are asked once whether there is a cluster, and look for theirs.
    started = re.compile(r"^(\d+) +execve\(\"/\S*/(sinfo|scontrol|sacct|squeue|sacctmgr)\"", re.M)
    of_slurm = {pid for pid, _ in started.findall("\n".join(lines))}
    lines = [line for line in lines if "execve(" not in line and line.split()[0] not in of_slurm]
    assert [line for line in lines if re.search(r"(connect|sendto|sendm{1,2}sg)\(.*AF_INET", line)] == []
    # Snakemake's main process asks once whether the machine knows IPv6; no job opens a socket.
    opened = [line for line in lines if re.search(r"socket\(AF_(INET|PACKET)", line)]
    assert len(opened) <= 1 and all(line.split()[0] == main for line in opened)


OF_A_RUN = "results/derivatives/interbrain/dyads/dyad-{dyad}/dyad-{dyad}_task-rest_run-{run}_desc-"
PICTURE = f"{OF_A_RUN}therapist_summary.webp"
# A test in another process may look at the finished study just now, which locks it for a moment.
WITHOUT_LOCKS = shutil.ignore_patterns("locks", "incomplete")


@pytest.fixture(scope="session")
def finished_study(once) -> Path:
    """A study that ran to its report on two cores. Tests that change it copy it first.

    Pictures of its recordings take a fifth of the time: those of one dyad are drawn, D05's, which other tests
    compare; nobody looks at the others, which are blank.
    """

    def make(folder):
        home, said = folder.with_name("home"), folder.with_name("finished.txt")
        home.mkdir()
        environment = {"HOME": str(home), "XDG_CACHE_HOME": ""}
        blank = [PICTURE.format(dyad=dyad, run=n) for dyad in ("D01", "D02", "D04") for n in (1, 2)]
        done = run(make_study(folder), *blank, forked=True, **environment)
        assert done.returncode == 0, done.stdout[-3000:]
        done = run(folder, **environment)
        said.write_text(done.stdout, encoding="utf-8")
        assert (folder / "results/report.html").exists(), done.stdout[-3000:]

    return once("finished", make)


@pytest.fixture
def study_copy(finished_study, tmp_path) -> Path:
    """A finished study that a test may break; modification times are kept, so nothing is out of date."""
    folder = tmp_path / "study"
    shutil.copytree(finished_study, folder, ignore=WITHOUT_LOCKS)
    return folder
