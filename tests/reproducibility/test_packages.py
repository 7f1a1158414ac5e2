"""Packages that are missing or too old are named before a run, with the command that installs them."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from interbrain.reproducibility import packages

TOP = Path(__file__).parents[2]


@pytest.fixture
def shadowed(tmp_path):
    """A folder in which packages look older than those of the environment."""

    def make(*names):
        for name in names:
            (tmp_path / name).mkdir()
        return str(tmp_path)

    return make


def test_this_environment_has_what_the_workflow_needs_and_the_look_is_cheap():
    began = time.process_time()
    assert packages.packages_message(TOP) == ""
    assert time.process_time() - began < 0.05


def test_a_package_that_is_too_old_and_one_that_is_missing_are_named(monkeypatch, shadowed):
    monkeypatch.setattr(sys, "path", [shadowed("mne-1.9.0.dist-info"), *sys.path])
    monkeypatch.setattr(packages, "required", lambda top: {"mne": "1.11", "not_there": "2.0", "numpy": "1.0"})
    said = packages.packages_message(TOP)
    assert "mne 1.9.0 is installed, 1.11 or newer is needed; not_there is missing, 2.0 or newer" in said
    assert "numpy" not in said and "make" in said


@pytest.mark.parametrize(
    ("lowest", "version", "is_enough"),
    [("1.9", "1.10.0", True), ("1.13", "1.9.2", False), ("2.0", "2", True), ("3.1", "3.1.0rc1", True)],
)
def test_versions_are_compared_number_by_number(lowest, version, is_enough):
    assert (packages.lacking_packages({"Some.Name": lowest}, {"some-name": version}) == []) is is_enough


@pytest.mark.parametrize(
    ("mark", "command"),
    [
        ("conda-meta/", "conda env update --prefix"),
        (".installed", "make --always-make"),
        (None, "-m pip install"),
    ],
)
def test_the_command_is_that_of_the_way_in_which_the_environment_was_made(tmp_path, mark, command):
    if mark:
        (tmp_path / mark).mkdir() if mark.endswith("/") else (tmp_path / mark).touch()
    assert command in packages.mending(TOP, tmp_path)


def test_without_the_list_the_installed_library_says_what_it_needs(tmp_path):
    assert packages.required(tmp_path).keys() == packages.required(TOP).keys()


def test_a_run_says_so_before_anything_is_imported(tmp_path, shadowed):
    older = shadowed("pydantic-1.0.dist-info")
    done = subprocess.run(
        [sys.executable, "-m", "snakemake", "--snakefile", str(TOP / "Snakefile"), "--cores", "1", "-n"],
        env={"PYTHONPATH": older, "PATH": "/usr/bin:/bin", "HOME": str(tmp_path)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert "pydantic 1.0 is installed, 2.10 or newer is needed" in done.stderr
    assert "Traceback" not in done.stderr
