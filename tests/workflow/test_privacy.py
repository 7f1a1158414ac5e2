"""What a run leaves with the user and tells the world: nothing."""

import sys

import pytest

from .conftest import REPOSITORY, assert_that_it_spoke_to_nobody, make_study, run, watched


@pytest.mark.long
def test_a_run_speaks_to_nobody(tmp_path):
    """Nor does a simulation; the tests of the same bytes ask it of every other job (test_whole_way.py)."""
    under = watched(tmp_path)
    if not under:
        pytest.skip("strace, which would see a connection, is not installed or not allowed here")
    done = run(make_study(tmp_path / "study"), "bids/sourcedata/D01_pre_therapist.Poly5", under=under)
    assert done.returncode == 0, done.stdout[-2000:]
    assert_that_it_spoke_to_nobody(tmp_path)


def test_a_run_leaves_no_identifier_and_no_events_in_the_home_folder(finished_study):
    home = finished_study.parent / "home"
    left = {p.relative_to(home).as_posix() for p in home.rglob("*") if p.is_file()}
    assert {
        name for name in left if not name.startswith((".cache/matplotlib/", ".cache/snakemake/"))
    } == set()


@pytest.mark.long
def test_a_home_folder_that_cannot_be_written_costs_one_line(tmp_path):
    study = make_study(tmp_path / "study")
    said = run(study, "--dry-run", HOME="/proc/nowhere", XDG_CACHE_HOME="")
    assert said.returncode == 0 and "Traceback" not in said.stdout
    assert "The cache folder /proc/nowhere/.cache cannot be written" in said.stdout
    assert "Set XDG_CACHE_HOME to choose another." in said.stdout


@pytest.mark.long
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
