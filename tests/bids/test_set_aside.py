"""Excluding a dyad is no failure: what earlier runs wrote of it is moved away, and nothing else is."""

from pathlib import Path

import pytest

from interbrain.bids.checks import own_checks, unlisted
from interbrain.bids.dataset import dataset_files
from interbrain.bids.set_aside import Current, bring_back, leftovers, move_away, what_was_moved

D01 = [(person, "D01", "rest", run) for run in (1, 2) for person in ("T01", "C01")]
D02 = [(person, "D02", "rest", run) for run in (1, 2) for person in ("T01", "C02")]
BOTH = ("wai_t", "wai_c")
OF_D02 = (
    "derivatives/interbrain/sub-C02/ses-D02/eeg/sub-C02_ses-D02_task-rest_run-1_desc-clean_eeg.fif",
    "derivatives/interbrain/dyads/dyad-D02/dyad-D02_task-rest_run-1_desc-roi_plv.tsv",
    "derivatives/interbrain/dyads/dyad-D02/dyad-D02_task-rest_run-2_desc-roi_plv.tsv",
    "conversion/sub-C02_ses-D02_task-rest_run-1.json",
    "conversion/sub-C02_ses-D02_task-rest_run-2.json",
    "clocks/dyad-D02.json",
)
OF_D01 = (
    "derivatives/interbrain/dyads/dyad-D01/dyad-D01_task-rest_run-1_desc-roi_plv.tsv",
    "derivatives/interbrain/group/task-rest_run-1_desc-pseudodyads_plv.tsv",
    "derivatives/interbrain/group/task-rest_desc-aggregated_plv.tsv",
    "clocks/dyad-D01.json",
)


@pytest.fixture
def results(broken, tmp_path) -> Path:
    folder = tmp_path / "results"
    for name in (*OF_D02, *OF_D01):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("x")
    return folder


def every_file(folder: Path) -> dict[str, bytes]:
    return {f.relative_to(folder).as_posix(): f.read_bytes() for f in folder.rglob("*") if f.is_file()}


def excluded(study, results, home):
    """What a run does of itself after D02 got a reason in `exclude`."""
    current = Current(D01, BOTH)
    moved = move_away(leftovers(study.root, results, current), results / "set_aside", home)
    study.conversions = [c for c in study.conversions if c["dyad"] == "D01"]
    study.dyads = study.dyads.iloc[:1]
    study.people = study.people.iloc[:2]
    study.scores = {name: table.iloc[:1] for name, table in study.scores.items()}
    study.write()
    return moved


def test_a_dyad_that_is_excluded_leaves_a_dataset_without_a_problem(broken, results, tmp_path):
    moved = excluded(broken, results, tmp_path)
    assert own_checks(broken.root, ["T01", "C01"]) == []
    listed = dataset_files(broken.dyads, broken.texts["questionnaires"])
    listed += [f for f in every_file(broken.root) if "/eeg/" in f]
    assert unlisted(broken.root, listed) == []
    assert not (broken.root / "sub-C02").exists() and not (broken.root / "sub-T01/ses-D02").exists()
    assert {
        f.relative_to(results / "set_aside/results").as_posix() for f in moved if "bids" not in f.parts
    } == {*OF_D02}
    assert all((results / name).is_file() for name in OF_D01)
    said = what_was_moved(moved, results / "set_aside")
    assert said.startswith(f"Set aside: {len(moved)} files") and "(D02)" in said and "are not shared" in said


def test_nothing_is_lost_and_including_the_dyad_again_brings_every_file_back(broken, results, tmp_path):
    before = every_file(tmp_path)
    times = {f: f.stat().st_mtime_ns for f in tmp_path.rglob("*") if f.is_file()}
    current = Current(D01, BOTH)
    moved = move_away(leftovers(broken.root, results, current), results / "set_aside", tmp_path)
    assert {Path(n).name for n in every_file(tmp_path)} == {Path(n).name for n in before}
    assert bring_back(results / "set_aside", current, tmp_path) == []
    back = bring_back(results / "set_aside", Current([*D01, *D02], BOTH), tmp_path)
    assert len(back) == len(moved) and every_file(tmp_path) == before
    assert {f: f.stat().st_mtime_ns for f in times} == times  # Snakemake finds nothing to compute again
    assert not (results / "set_aside").exists()


def test_what_was_computed_again_meanwhile_is_not_overwritten(broken, results, tmp_path):
    move_away(leftovers(broken.root, results, Current(D01, BOTH)), results / "set_aside", tmp_path)
    new = results / "clocks/dyad-D02.json"
    new.write_text("new")
    back = bring_back(results / "set_aside", Current([*D01, *D02], BOTH), tmp_path)
    assert new not in back and new.read_text() == "new"
    assert (results / "set_aside/results/clocks/dyad-D02.json").read_text() == "x"


def test_a_run_that_is_dropped_takes_its_files_of_both_members_and_of_the_dyad(broken, results):
    kept = Current([r for r in [*D01, *D02] if r[1:] != ("D02", "rest", 2)], BOTH)
    names = {f.name for f in leftovers(broken.root, results, kept)}
    assert {n for n in names if not n.startswith("sub-")} == {"dyad-D02_task-rest_run-2_desc-roi_plv.tsv"}
    recordings = {n for n in names if n.startswith("sub-") and "task-rest_run-" in n.rpartition("_")[0]}
    assert len(recordings) == 12 and all("_ses-D02_task-rest_run-2_" in n for n in recordings)
    assert "sub-C02_ses-D02_task-rest_run-2.json" in names and "sub-C02_ses-D02_scans.tsv" not in names


def test_a_person_or_dyad_with_another_label_and_a_time_or_questionnaire_less(broken, results):
    (results / "derivatives/interbrain/group/task-rest_run-2_desc-pseudodyads_plv.tsv").write_text("x")
    people = ("T01", "D01"), ("C01", "D01"), ("T01", "D02"), ("C09", "D02")
    relabelled = Current([(*who, "rest", 1) for who in people], ["wai_t"])
    names = {f.name for f in leftovers(broken.root, results, relabelled)}
    assert {"sub-C02_sessions.tsv", "sub-C02_ses-D02_scans.tsv", "wai_c.tsv", "wai_c.json"} <= names
    assert "task-rest_run-2_desc-pseudodyads_plv.tsv" in names and "wai_t_visit-2.tsv" not in names
    assert not {"clocks", "dyad-D02.json", "sub-T01_sessions.tsv"} & names


def test_a_file_that_a_person_put_there_stays_and_is_named(broken, results, tmp_path):
    own = {
        "sub-C02/ses-D02/eeg/notes.txt": "seen by AB",
        "sub-C02/ses-D02/eeg/sub-C02_ses-D02_task-odd_run-1_eeg.edf": "another recording",
        "sub-C77/ses-D77/sub-C77_ses-D77_scans.tsv": "filename\tacq_time\n",
        "phenotype/bdi.tsv": "participant_id\ttotal\n",
        "phenotype/bdi.json": "{}",
    }
    for name, text in own.items():
        (broken.root / name).parent.mkdir(parents=True, exist_ok=True)
        (broken.root / name).write_text(text)
    excluded(broken, results, tmp_path)
    assert all((broken.root / name).read_text() == text for name, text in own.items())
    listed = dataset_files(broken.dyads, broken.texts["questionnaires"])
    listed += [f for f in every_file(broken.root) if "sub-T01" in f or "sub-C01" in f]
    told = unlisted(broken.root, listed)
    assert len(told) == len(own) and all("sourcedata" in line for line in told)


def test_a_dataset_that_is_only_read_is_never_touched(broken, results):
    found = leftovers(None, results, Current(D01, BOTH))
    assert found and all(f.is_relative_to(results) for f in found)


def test_what_file_managers_leave_keeps_no_folder(broken, results, tmp_path):
    (broken.root / "sub-C02/ses-D02/eeg/.DS_Store").write_text("x")
    (broken.root / "sub-C02/Thumbs.db").write_text("x")
    move_away(leftovers(broken.root, results, Current(D01, BOTH)), results / "set_aside", tmp_path)
    assert not (broken.root / "sub-C02").exists()


def test_without_leftovers_nothing_is_said(broken, results):
    assert leftovers(broken.root, results, Current([*D01, *D02], BOTH)) == []
    assert what_was_moved([], results) == ""


def test_parts_of_a_study_that_is_divided_into_fewer_are_set_aside(results):
    for run, part in ((1, 1), (1, 2), (1, 3), (2, 1)):
        path = results / f"pseudodyads/task-rest_run-{run}_part-{part}.tsv"
        path.parent.mkdir(exist_ok=True)
        path.write_text("x")
    found = leftovers(None, results, Current(D01, BOTH, {1: 2}))
    stale = {file.name for file in found if file.parent.name == "pseudodyads"}
    assert stale == {"task-rest_run-1_part-3.tsv", "task-rest_run-2_part-1.tsv"}


def test_a_signal_that_the_study_has_no_longer_is_set_aside_and_its_recording_stays():
    kept = {("T01", "D01", "rest", "1", "eda")}
    current = Current([("T01", "D01", "rest", 1)], signals=kept)
    stem = "sub-T01_ses-D01_task-rest_run-1"
    assert current.holds(f"{stem}_recording-eda_physio.tsv.gz") is True
    assert current.holds(f"{stem}_recording-ecg_physio.json") is False
    assert current.holds(f"{stem}_eeg.vhdr") is True
    assert Current([("T01", "D01", "rest", 1)]).holds(f"{stem}_recording-ecg_physio.json") is True
