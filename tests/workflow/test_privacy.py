"""What a run leaves with the user and tells the world: nothing."""

import re
import sys

import pytest

from .conftest import REPOSITORY, TRACE, make_study, run


def test_a_run_speaks_to_nobody(finished_study):
    trace = finished_study.parent / TRACE
    if not trace.is_file():
        pytest.skip("strace, which would see a connection, is not installed or not allowed here")
    lines = trace.read_text(errors="replace").splitlines()
    main = lines[0].split()[0]
    # Where SLURM is installed, its programs are asked once whether there is a cluster, and look for theirs.
    started = re.compile(r"^(\d+) +execve\(\"/\S*/(sinfo|scontrol|sacct|squeue|sacctmgr)\"", re.M)
    of_slurm = {pid for pid, _ in started.findall("\n".join(lines))}
    lines = [line for line in lines if "execve(" not in line and line.split()[0] not in of_slurm]
    assert [line for line in lines if re.search(r"(connect|sendto|sendm{1,2}sg)\(.*AF_INET", line)] == []
    # Snakemake's main process asks once whether the machine knows IPv6; no job opens a socket.
    opened = [line for line in lines if re.search(r"socket\(AF_(INET|PACKET)", line)]
    assert len(opened) <= 1 and all(line.split()[0] == main for line in opened)


def test_a_run_leaves_no_identifier_and_no_events_in_the_home_folder(finished_study):
    home = finished_study.parent / "home"
    left = {p.relative_to(home).as_posix() for p in home.rglob("*") if p.is_file()}
    assert {
        name for name in left if not name.startswith((".cache/matplotlib/", ".cache/snakemake/"))
    } == set()


def test_a_home_folder_that_cannot_be_written_costs_one_line(tmp_path):
    study = make_study(tmp_path / "study")
    said = run(study, "--dry-run", HOME="/proc/nowhere", XDG_CACHE_HOME="")
    assert said.returncode == 0 and "Traceback" not in said.stdout
    assert "The cache folder /proc/nowhere/.cache cannot be written" in said.stdout
    assert "Set XDG_CACHE_HOME to choose another." in said.stdout


def test_a_checkout_may_have_spaces_and_parentheses_in_its_path(tmp_path):
    study = make_study(tmp_path / "study")
    odd = tmp_path / "Synchronität (Köln) & Co"
    odd.mkdir()
    (odd / "interbrain").symlink_to(REPOSITORY)
    (odd / "venv").symlink_to(sys.prefix)
    python, target = odd / "venv/bin/python", "bids/sourcedata/D01_pre_therapist.Poly5"
    done = run(study, target, python=python, checkout=odd / "interbrain")
    assert done.returncode == 0, done.stdout[-2000:]
    assert (study / target).is_file()
