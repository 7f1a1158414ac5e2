"""What was done in a task is told once, at the top of the dataset, and recordings inherit it."""

import json
from pathlib import Path

import pytest

from interbrain.bids import inheritance, recording_stem
from interbrain.bids.task_files import task_files, write_task_files
from interbrain.bids.texts import event_texts, task_texts
from interbrain.formats import FormatError

RECORDING = f"{recording_stem('C01', 'D01', 'rest', 1)}_eeg.vhdr"


def content(root: Path) -> dict[str, bytes]:
    return {f.relative_to(root).as_posix(): f.read_bytes() for f in root.rglob("*") if f.is_file()}


def test_a_recording_inherits_what_was_done_in_its_task(made):
    own = json.loads((made.root / RECORDING).with_suffix(".json").read_text(encoding="utf-8"))
    told = inheritance.read_sidecar(made.root / RECORDING)
    assert own["TaskName"] == "rest" and "TaskDescription" not in own
    assert told == own | task_texts("rest", "")
    source = inheritance.source_of(made.root / RECORDING, "TaskDescription")
    assert source == made.root / "task-rest_eeg.json"


def test_another_word_for_what_was_done_changes_no_file_of_a_recording(broken):
    before = content(broken.root)
    broken.texts["tasks"] = {"rest": "Rest with music"}
    broken.write()
    after = content(broken.root)
    assert {name for name in after if after[name] != before.get(name)} == {"README.md", "task-rest_eeg.json"}
    assert b"Rest with music; both members" in after["task-rest_eeg.json"]
    assert not [name for name in after if "unfinished" in name]


def test_files_of_a_task_that_the_study_has_no_longer_go_and_nobody_elses_do(tmp_path):
    write_task_files(tmp_path, {"rest": "", "talk": "Free talk", "talk2": ""}, {"Start": 130}, ["rupture"])
    others = {
        "task-rest_channels.tsv": "name\ttype\n",
        "task-odd_eeg.json": json.dumps({"TaskDescription": "Oddball", "InstitutionName": "Ours"}),
        "task-told_eeg.json": json.dumps(task_texts("told", "") | {"TaskDescription": "By hand"}),
        "task-odd_events.json": json.dumps({"value": {"Levels": {"1": "odd", "2": "tone"}}}),
        "task-list_events.json": json.dumps({"value": ["rest"]}),
        "task-broken_eeg.json": "{,}",
        "task-rest_run-1_eeg.json": json.dumps(task_texts("rest", "")),
        "sub-01_task-rest_events.json": json.dumps(event_texts("rest", {})),
    }
    for name, text in others.items():
        (tmp_path / name).write_text(text)
    write_task_files(tmp_path, {"talk": "Free talk"}, {})
    assert set(content(tmp_path)) == {*others, *task_files(["talk"])}
    assert {name: (tmp_path / name).read_text() for name in others} == others


def test_a_study_whose_task_has_another_name_leaves_a_dataset_that_lists_all_its_files(broken):
    def task_level():
        return {name for name in content(broken.root) if name.startswith("task-")}

    assert task_level() == {*task_files(["rest"])}
    broken.conversions = [c | {"task": "talk"} for c in broken.conversions]
    broken.write()
    assert task_level() == {*task_files(["talk"])}


@pytest.mark.parametrize("is_link", [False, True])
def test_a_file_above_that_another_job_writes_anew_is_no_damage_and_a_broken_link_is(
    broken, monkeypatch, is_link
):
    """Snakemake removes the outputs of a job that runs again, between one job's listing and its reading."""
    file, found = broken.root / "task-rest_eeg.json", inheritance.applicable

    def listed(recording, ending):
        levels = found(recording, ending)
        file.unlink()
        if is_link:
            file.symlink_to("not fetched.json")
        return levels

    monkeypatch.setattr(inheritance, "applicable", listed)
    if is_link:
        with pytest.raises(FormatError, match=r"task-rest_eeg\.json: is damaged.*take it from"):
            inheritance.read_sidecar(broken.root / RECORDING)
    else:
        assert inheritance.read_sidecar(broken.root / RECORDING)["TaskName"] == "rest"
