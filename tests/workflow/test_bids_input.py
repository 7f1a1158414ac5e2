"""A dataset that one lab shares is analysed by another: the workflow starts after conversion."""

import shutil
import subprocess
import sys

import pandas as pd
import pytest
import yaml

from .conftest import (
    REPOSITORY,
    WITHOUT_LOCKS,
    change_config,
    few_components,
    few_statistics,
    files_below,
    keep_dyads,
    run,
)

SAME_TABLES = ["aggregated_plv", "quality", "exclusions"]
DIFFERENCES = ("wai_difference", "wai_difference_absolute")
SHARED = ["D01"]


@pytest.fixture(scope="module")
def colleague(finished_study, tmp_path_factory):
    """A folder with the shared dataset, and tables that are read from it, of which one dyad is kept."""
    folder = tmp_path_factory.mktemp("colleague")
    shutil.copytree(finished_study / "bids", folder / "shared", ignore=shutil.ignore_patterns("sourcedata"))
    command = [sys.executable, str(REPOSITORY / "workflow/scripts/new_study.py")]
    done = subprocess.run([*command, str(folder), str(folder / "shared")], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    keep_dyads(folder, SHARED)
    change_config(folder, lambda c: c["windows"].update(min_clean_s=15))  # as the study that shared it
    change_config(folder, few_components)  # likewise
    change_config(folder, lambda c: c["bands"].pop("theta"))  # likewise
    change_config(folder, lambda c: c["statistics"].update(between=[], correlate=[]))  # of one dyad
    change_config(folder, few_statistics)
    return folder


@pytest.fixture(scope="module")
def analysed(colleague):
    """The same folder, what its run said, and the bytes of the shared dataset as they were before."""
    before = {f: (colleague / "shared" / f).read_bytes() for f in recordings_below(colleague / "shared")}
    return colleague, run(colleague), before


def test_a_shared_dataset_gives_the_same_results_as_the_raw_files(finished_study, analysed):
    colleague, done, before = analysed
    assert done.returncode == 0, done.stdout[-3000:]
    group = "results/derivatives/interbrain/group/task-rest_desc-{}.tsv"
    for name in SAME_TABLES:
        one, other = (
            pd.read_csv(folder / group.format(name), sep="\t", dtype=str)
            for folder in (finished_study, colleague)
        )
        one = one[one["dyad"].isin(SHARED)].reset_index(drop=True)
        # What the raw files and the answers were is not known any more; the difference has its own name; and
        # there are no strangers.
        unknown = ("source_format", "wai_t_missing_items", "wai_c_missing_items", *DIFFERENCES)
        columns = [c for c in one if c not in unknown and "pseudo" not in c]
        assert len(one) >= 2
        pd.testing.assert_frame_equal(one[columns], other[columns])
    assert (colleague / "results/report.html").stat().st_size > 100_000
    assert "convert" not in done.stdout and not (colleague / "bids").exists()
    after = {f: (colleague / "shared" / f).read_bytes() for f in recordings_below(colleague / "shared")}
    assert after == before


def recordings_below(folder):
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


def test_a_release_of_a_dataset_that_was_given_is_refused_with_what_to_share(colleague):
    done = run(colleague, "--dry-run", "release")
    assert done.returncode != 0 and "Traceback" not in done.stdout
    assert "the input is a BIDS dataset, which is not packed again" in done.stdout
    assert "docs/howto/share.md" in done.stdout


@pytest.mark.long
def test_a_damaged_recording_of_a_shared_dataset_stops_with_its_name(analysed, tmp_path):
    """All others have been cleaned already, when it was whole."""
    folder = tmp_path / "study"
    shutil.copytree(analysed[0], folder, ignore=WITHOUT_LOCKS)
    (folder / "results/report.html").unlink()
    change_config(folder, lambda c: c.update(raw_folder="shared"))
    eeg = next((folder / "shared").rglob("*ses-D01*_eeg.eeg"))
    eeg.write_bytes(eeg.read_bytes()[:-1000])
    done = run(folder, "--keep-going")
    assert done.returncode != 0
    assert "Stopped: " in done.stdout and eeg.name in done.stdout and "is cut off" in done.stdout
    assert not any(f.endswith("report.html") for f in files_below(folder))


@pytest.mark.long
def test_the_doctor_sees_a_shared_dataset_as_the_workflow_does(colleague):
    done = run(colleague, "check")
    assert done.returncode == 0, done.stdout
    rows = [line for line in done.stdout.splitlines() if line.startswith("D0")]
    assert len(rows) == 4 and all(" markers " in row for row in rows)


@pytest.mark.parametrize(
    ("column", "cell", "said"),
    [
        ("start_s", "10", "start_s cannot be used with input: bids, which takes recordings as they are"),
        ("client_file", "dyads.tsv", "client_file is not an EEG recording of a BIDS dataset: dyads.tsv"),
    ],
)
def test_what_only_raw_files_can_be_asked_for_is_refused(colleague, tmp_path, column, cell, said):
    folder = tmp_path / "study"
    shutil.copytree(colleague, folder, ignore=shutil.ignore_patterns("results", ".snakemake"))
    path = folder / "config/recordings.tsv"
    table = pd.read_csv(path, sep="\t", dtype=str, keep_default_na=False)
    table.loc[0, column] = cell
    table.to_csv(path, sep="\t", index=False, na_rep="")
    change_config(folder, lambda c: c.update(raw_folder="shared"))
    done = run(folder)
    assert done.returncode != 0 and "recordings.tsv, row 2 (D01)" in done.stdout and said in done.stdout


def test_a_folder_that_is_no_dataset_is_said_to_be_none(tmp_path):
    command = [sys.executable, str(REPOSITORY / "workflow/scripts/new_study.py"), str(tmp_path / "new")]
    done = subprocess.run([*command, str(tmp_path)], capture_output=True, text=True)
    assert done.returncode != 0 and "holds no EEG recording of a BIDS dataset" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "new").exists()


def test_files_that_a_recording_inherits_are_inputs_of_what_reads_it(tmp_path):
    """Of a dataset whose tables are at its top: a change there runs again what rests on it."""
    shared = tmp_path / "shared"
    for person in ("T01", "C01"):
        (shared / f"sub-{person}/eeg").mkdir(parents=True)
        (shared / f"sub-{person}/eeg/sub-{person}_task-rest_eeg.edf").write_bytes(b"not read by a dry run")
    for ending in ("channels.tsv", "events.tsv", "eeg.json"):
        (shared / f"task-rest_{ending}").write_text("")
    (tmp_path / "config").mkdir()
    files = [f"sub-{p}/eeg/sub-{p}_task-rest_eeg.edf" for p in ("T01", "C01")]
    for name, heading, row in (
        ("dyads", ["dyad", "therapist", "client"], ["D01", "T01", "C01"]),
        (
            "recordings",
            ["dyad", "time", "therapist_file", "client_file", "sync"],
            ["D01", "pre", *files, "auto"],
        ),
    ):
        (tmp_path / f"config/{name}.tsv").write_text("\t".join(heading) + "\n" + "\t".join(row) + "\n")
    config = {
        **{"title": "Inherited", "authors": ["A. Author"], "times": ["pre"], "factors": {}, "input": "bids"},
        **{"raw_folder": "shared", "line_frequency": 50, "triggers": {"channel": "Status", "idle": 0}},
        "tables": {"dyads": "config/dyads.tsv", "recordings": "config/recordings.tsv"},
        "statistics": {"between": []},
    }
    (tmp_path / "config/config.yaml").write_text(yaml.safe_dump(config))
    done = run(tmp_path, "--dry-run", "--quiet", "host")
    assert done.returncode == 0, done.stdout[-3000:]
    for rule in ("clock", "adopt", "clean", "validate"):
        job = done.stdout.partition(f"rule {rule}:")[2].partition("output:")[0]
        assert all(f"shared/task-rest_{end}" in job for end in ("channels.tsv", "events.tsv", "eeg.json")), (
            rule
        )


def test_a_damaged_file_of_a_shared_dataset_is_named_before_a_study_is_made_of_it(tmp_path):
    for name in ("dataset_description.json", "dyads.tsv", "participants.tsv"):
        (tmp_path / name).write_text("")
    (tmp_path / "dyads.tsv").write_text("dyad_id\tsession_id\ttherapist_id\tclient_id\tn_runs\n")
    (tmp_path / "dyads.json").write_text("{,")
    command = [sys.executable, str(REPOSITORY / "workflow/scripts/new_study.py"), str(tmp_path / "new")]
    done = subprocess.run([*command, str(tmp_path)], capture_output=True, text=True)
    assert done.returncode != 0 and "Traceback" not in done.stderr
    assert f"{tmp_path / 'dyads.json'}: damaged: it is not valid JSON" in done.stderr
