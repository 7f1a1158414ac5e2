"""A lab begins: commented settings and tables outside the repository, which stays as it was."""

import subprocess
import sys

import pytest
import yaml

from interbrain.bids.identities import placeholder_authors
from interbrain.study.reading import read_table

from .conftest import REPOSITORY, run

TABLES = ["cap_map", "coding", "decisions", "dyads", "participants", "recordings", "signals"]
TABLES += ["wai_client", "wai_key", "wai_therapist"]


def new_study(folder):
    command = [sys.executable, str(REPOSITORY / "workflow/scripts/new_study.py"), str(folder)]
    return subprocess.run(command, capture_output=True, text=True)


def git_status():
    command = ["git", "-C", str(REPOSITORY), "status", "--porcelain", "--ignored=no"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def begin(parent):
    done = new_study(parent / "my study")
    assert done.returncode == 0, done.stderr
    return parent / "my study", done.stdout


@pytest.fixture(scope="module")
def begun(tmp_path_factory):
    """For tests that only look at it."""
    return begin(tmp_path_factory.mktemp("begun"))


def test_it_writes_settings_and_tables_and_says_what_to_type_next(begun):
    folder, said = begun
    assert {p.name for p in (folder / "config").iterdir()} == {"config.yaml", *(f"{t}.tsv" for t in TABLES)}
    commands = [line.strip() for line in said.splitlines() if "--snakefile" in line]
    assert len(commands) == 2 and commands[0] == f"{commands[1]} check"
    assert f"--directory '{folder}' --cores 4" in commands[1]


def test_the_settings_are_the_demos_without_what_is_the_demos_own(begun):
    text = (begun[0] / "config/config.yaml").read_text(encoding="utf-8")
    settings = yaml.safe_load(text)
    demo = yaml.safe_load((REPOSITORY / "config/config.yaml").read_text(encoding="utf-8"))
    assert "demo" not in text.lower() and "simulat" not in text
    assert set(settings) == set(demo) - {"simulation"}
    differing = {key for key in settings if settings[key] != demo[key]}
    assert differing == {"title", "authors", "tables", "raw_folder", "multiverse"}
    assert settings["multiverse"] is None and placeholder_authors(settings["authors"]) == settings["authors"]


@pytest.mark.parametrize("name", TABLES)
def test_each_table_explains_its_columns_and_holds_no_row_that_could_pass_for_data(begun, name):
    path = begun[0] / f"config/{name}.tsv"
    comments = [line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("#")]
    table = read_table(path)
    explained = [c for c in table if not c.startswith("item_") and c not in ("mindfulness", "modality")]
    assert all(any(line.startswith(f"# {column}: ") for line in comments) for column in explained)
    assert len(table) == (36 if name == "wai_key" else 0)


@pytest.mark.parametrize("target", [[], ["check"]])
def test_run_as_it_is_it_says_what_is_still_to_be_filled_in(tmp_path, target):
    folder, _ = begin(tmp_path)
    before = git_status()
    done = run(folder, *target)
    assert done.returncode != 0
    assert "2 problems in 2 places. Nothing has been run." in done.stdout
    for name in ("dyads", "recordings"):
        assert f"{name}.tsv: the table has no rows below its heading" in done.stdout
    assert "Traceback" not in done.stdout
    assert git_status() == before


def test_it_refuses_the_repository_itself_and_writes_nothing():
    done = new_study(REPOSITORY / "my-study")
    assert done.returncode != 0 and "lies inside Interbrain's own folder" in done.stderr
    assert not (REPOSITORY / "my-study").exists()


def test_it_overwrites_nothing(tmp_path):
    folder, _ = begin(tmp_path)
    table = folder / "config/dyads.tsv"
    table.write_text("dyad\ttherapist\tclient\n")
    done = new_study(folder)
    assert done.returncode != 0 and "nothing is overwritten" in done.stderr
    assert table.read_text() == "dyad\ttherapist\tclient\n"


def test_without_a_folder_it_says_how_to_name_one():
    done = new_study("")
    assert done.returncode != 0 and done.stderr == "Name a folder for the study: make new-study DIR=path\n"


def test_a_finished_study_elsewhere_leaves_the_repository_as_it_was(finished_study):
    before = git_status()
    assert run(finished_study).returncode == 0
    tracked = subprocess.run(
        ["git", "-C", str(REPOSITORY), "ls-files"], capture_output=True, text=True
    ).stdout
    assert "__pycache__" not in tracked and ".snakemake/" not in tracked
    assert git_status() == before
