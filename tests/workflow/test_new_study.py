"""A lab begins: commented settings and tables outside the repository, which stays as it was."""

import os
import shutil
import subprocess
import sys
from zlib import crc32

import numpy as np
import pybv
import pytest
import yaml

from interbrain.bids.identities import placeholder_authors
from interbrain.study.reading import read_table

from .conftest import REPOSITORY, fork_of_snakemake, run

TABLES = ["cap_map", "coding", "decisions", "dyads", "participants", "recordings", "signals"]
TABLES += ["wai_client", "wai_key", "wai_therapist"]


def new_study(folder):
    command = [sys.executable, str(REPOSITORY / "workflow/scripts/new_study.py"), str(folder)]
    return subprocess.run(command, capture_output=True, text=True)


def record(path, pulses):
    """A BrainVision recording of 70 s of noise."""
    sites = ["Fp1", "Fp2", "F3", "Fz", "F4", "C3", "Cz", "C4", "Pz"]
    random = np.random.default_rng(crc32(str(path).encode()))
    path.parent.mkdir(parents=True, exist_ok=True)
    pybv.write_brainvision(
        **{"data": 1.5e-5 * random.standard_normal((len(sites), 17500)), "sfreq": 250, "ch_names": sites},
        **{"fname_base": path.stem, "folder_out": str(path.parent), "unit": "µV"},
        events=[{"onset": int(p * 250), "duration": 1, "type": "Stimulus", "description": 1} for p in pulses],
    )


def run_there(folder, *words):
    """As a person types it in the study's folder, where only its own Snakefile says what is to be run."""
    return fork_of_snakemake.snakemake(folder, ["--cores", "2", *words], dict(os.environ))


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
    assert f"  cd '{folder}'\n" in said
    assert "  snakemake --cores 4 check\n" in said and "  snakemake --cores 4\n" in said


def test_the_settings_are_the_demos_without_what_is_the_demos_own(begun):
    text = (begun[0] / "config/config.yaml").read_text(encoding="utf-8")
    settings = yaml.safe_load(text)
    demo = yaml.safe_load((REPOSITORY / "config/config.yaml").read_text(encoding="utf-8"))
    assert "demo" not in text.lower() and "simulat" not in text
    assert set(settings) == set(demo) - {"simulation"}
    differing = {key for key in settings if settings[key] != demo[key]}
    # Of chance and statistics, what names a factor or a difference: every one counts where none is named.
    assert differing == {"title", "authors", "tables", "raw_folder", "multiverse", "chance", "statistics"}
    named = {"chance": {"alike": []}, "statistics": {"between": None, "correlate": None}}
    for section, keys in named.items():
        changed = {k for k in demo[section] if settings[section].get(k) != demo[section][k]}
        assert changed == set(keys) and all(settings[section].get(k) == v for k, v in keys.items())
    assert settings["multiverse"] is None and placeholder_authors(settings["authors"]) == settings["authors"]


@pytest.mark.parametrize("name", TABLES)
def test_each_table_explains_its_columns_and_holds_no_row_that_could_pass_for_data(begun, name):
    path = begun[0] / f"config/{name}.tsv"
    comments = [line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("#")]
    table = read_table(path)
    explained = [c for c in table if not c.startswith("item_") and c not in ("mindfulness", "modality")]
    assert all(any(line.startswith(f"# {column}: ") for line in comments) for column in explained)
    assert len(table) == (36 if name == "wai_key" else 0)


@pytest.mark.long_but("target0")
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
    assert done.returncode != 0 and "is inside Interbrain's own folder" in done.stderr
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
    assert done.returncode != 0 and done.stderr == "Name a folder for the study: new_study.py path\n"


def test_a_finished_study_elsewhere_leaves_the_repository_as_it_was(finished_study):
    before = git_status()
    assert run(finished_study).returncode == 0
    tracked = subprocess.run(
        ["git", "-C", str(REPOSITORY), "ls-files"], capture_output=True, text=True
    ).stdout
    assert "__pycache__" not in tracked and ".snakemake/" not in tracked
    assert git_status() == before


# A study explains itself


def test_its_own_snakefile_finds_interbrain_and_the_doctor(begun):
    done = run_there(begun[0], "check")
    assert done.returncode != 0 and "2 problems in 2 places. Nothing has been run." in done.stdout
    elsewhere = run_there(begun[0], "check", "--configfile", str(begun[0] / "config/config.yaml"))
    assert "2 problems in 2 places" in elsewhere.stdout


def test_where_interbrain_has_gone_its_snakefile_says_what_to_do_in_one_line(tmp_path):
    folder, _ = begin(tmp_path)
    text = (folder / "Snakefile").read_text(encoding="utf-8")
    (folder / "Snakefile").write_text(text.replace(f'"{REPOSITORY}"', '"../gone"'), encoding="utf-8")
    done = run_there(folder)
    said = done.stdout.strip().splitlines()[-1]
    assert done.returncode != 0 and "Traceback" not in done.stdout
    assert said.startswith(f"Interbrain is not in {tmp_path / 'gone'}. Write the folder")
    assert str(folder / "Snakefile") in said


def test_its_readme_has_a_row_for_each_file_and_nothing_to_fill_in(begun):
    text = (begun[0] / "README.md").read_text(encoding="utf-8")
    rows = [line.split("`")[1] for line in text.splitlines() if line.startswith("| `")]
    assert {f"config/{p.name}" for p in (begun[0] / "config").iterdir()} <= set(rows)
    assert len(set(rows)) == len(rows) and "@" not in text
    for said in ("snakemake --cores 4 check", "results/report.html", "release", "git pull", "disk"):
        assert said in text


@pytest.mark.long
def test_a_finished_study_that_is_given_a_snakefile_of_its_own_runs_nothing_again(study_copy, begun):
    """The same files under the same names, and the same options: a profile beside the file says them."""
    shutil.copy(begun[0] / "Snakefile", study_copy)
    shutil.copytree(begun[0] / "profiles", study_copy / "profiles")
    for words in ([], ["--configfile", "config/config.yaml"]):
        planned = run_there(study_copy, "--dry-run", *words)
        assert planned.returncode == 0 and "Nothing to be done" in planned.stdout, planned.stdout
    packed = run_there(study_copy, "--dry-run", "release")
    assert packed.returncode == 0 and "release" in packed.stdout


# From a folder of recordings


def test_a_lab_that_names_its_recordings_reaches_no_problems_with_what_only_it_can_know(tmp_path):
    raw, pulses = tmp_path / "Aufnahmen Köln", np.array([3.1, 9.7, 14.2, 22.9, 31.4, 38.8, 47.3, 55, 61.7])
    for d, session in ((4, 1), (12, 1), (12, 2)):
        record(raw / f"Sitzung_{session}/Therapeut_{d:02d}.vhdr", pulses)
        record(raw / f"Sitzung_{session}/Klientin_{d:02d}.vhdr", pulses + 0.4)
    record(raw / "Sitzung_2/Therapeut_04.vhdr", pulses)
    command = [sys.executable, str(REPOSITORY / "workflow/scripts/new_study.py"), "study", "--raw", raw.name]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "7 recordings: 7 used, 0 not.\n2 dyads; times: session1 and session2;" in done.stdout
    assert "- D04 session2: no file of the client was found" in done.stdout
    table = tmp_path / "study/config/recordings.tsv"
    lines = table.read_text(encoding="utf-8").splitlines()
    lines = [f"{line}did not come" if line.startswith("D04\tsession2") else line for line in lines]
    table.write_text("\n".join(lines), encoding="utf-8")
    done = run_there(tmp_path / "study", "check")
    assert "No problems found: 2 dyads, 3 recordings." in done.stdout, done.stdout[-3000:]
