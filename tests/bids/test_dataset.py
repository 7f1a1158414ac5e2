"""The dataset as a whole: its tables agree with the recordings, and the official validator with them."""

import json
import shutil
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest

from interbrain.bids.dataset import dataset_files
from interbrain.bids.derivative import write_derivative_description
from interbrain.bids.validator import official_validator


def table(path):
    return pd.read_csv(path, sep="\t", dtype=str, keep_default_na=False)


def test_exactly_the_announced_files_are_written(made):
    beside = {
        str(f.relative_to(made.root)) for f in made.root.rglob("*") if f.is_file() and f.parent.name != "eeg"
    }
    assert beside == set(dataset_files(made.dyads, made.texts["questionnaires"]))


def test_a_therapist_of_two_dyads_is_one_person_with_two_sessions(made):
    sessions = table(made.root / "sub-T01/sub-T01_sessions.tsv")
    assert list(sessions["session_id"]) == ["ses-D01", "ses-D02"]
    assert list(sessions["partner_id"]) == ["sub-C01", "sub-C02"]
    people = table(made.root / "participants.tsv")["participant_id"]
    assert list(people) == ["sub-T01", "sub-C01", "sub-C02"]


def test_the_dyad_of_a_person_in_one_is_in_participants_and_of_a_person_in_several_is_not(made):
    people = table(made.root / "participants.tsv").set_index("participant_id")
    assert dict(people["dyad_id"]) == {"sub-T01": "n/a", "sub-C01": "D01", "sub-C02": "D02"}
    assert dict(people["role"]) == {"sub-T01": "therapist", "sub-C01": "client", "sub-C02": "client"}
    # BIDS: a column of participants.tsv must not be one of sessions.tsv.
    for person in people.index:
        assert not set(people) & set(table(made.root / f"{person}/{person}_sessions.tsv"))


def test_the_table_of_scans_shows_which_recordings_overlap(made):
    scans = table(made.root / "sub-T01/ses-D01/sub-T01_ses-D01_scans.tsv")
    assert [float(seconds) for seconds in scans["duration"]] == pytest.approx([40.0, 40.0])
    described = json.loads((made.root / "scans.json").read_text(encoding="utf-8"))
    assert set(scans) - set(described) == {"filename"} and described["duration"]["Units"] == "s"


def test_filters_that_no_recording_states_are_not_in_the_table_of_channels(made):
    for file in made.root.rglob("*_channels.tsv"):
        assert set(table(file)["low_cutoff"]) | set(table(file)["high_cutoff"]) == {"n/a"}


def test_ages_are_whole_capped_and_never_guessed(made):
    assert list(table(made.root / "participants.tsv")["age"]) == ["89", "34", "n/a"]


def test_factors_are_the_encounters_even_if_a_therapist_keeps_one_in_all(made):
    assert set(table(made.root / "participants.tsv")) == {
        *("participant_id", "species", "age", "sex", "handedness", "dyad_id", "role")
    }
    sessions = table(made.root / "sub-T01/sub-T01_sessions.tsv")
    assert list(sessions["modality"]) == ["face-to-face", "online"]
    assert list(sessions["mindfulness"]) == ["yes", "yes"]


def test_the_order_of_times_and_levels_can_be_read_from_the_dataset(made):
    scans = table(made.root / "sub-T01/ses-D01/sub-T01_ses-D01_scans.tsv")
    assert list(scans["phase"]) == made.texts["times"]
    described = json.loads((made.root / "dyads.json").read_text(encoding="utf-8"))
    assert {f: list(described[f]["Levels"]) for f in made.texts["factors"]} == made.texts["factors"]


def test_a_therapist_who_answered_twice_has_a_second_visit(made):
    first, second = (table(made.root / f"phenotype/wai_t{v}.tsv") for v in ("", "_visit-2"))
    assert first.to_numpy().tolist() == [["sub-T01", "D01", "200"]]
    assert second.to_numpy().tolist() == [["sub-T01", "D02", "210"]]
    assert not (made.root / "phenotype/wai_c_visit-2.tsv").exists()
    assert len(table(made.root / "phenotype/wai_c.tsv")) == 2


def acquired(study, person, dyad):
    times = table(study.root / f"sub-{person}/ses-{dyad}/sub-{person}_ses-{dyad}_scans.tsv")["acq_time"]
    return [t if t == "n/a" else datetime.fromisoformat(t) for t in times]


def test_dates_are_shifted_by_one_number_of_days_for_the_whole_study(made):
    assert acquired(made, "T01", "D01") == [datetime(1924, 12, 26, 10, 30), datetime(1924, 12, 27, 10, 30)]
    assert acquired(made, "T01", "D02") == [datetime(1924, 12, 30, 10, 30), datetime(1924, 12, 31, 10, 30)]


def test_the_number_of_days_leads_back_to_the_dates_and_stands_nowhere_in_the_dataset(broken):
    days = broken.write()
    assert acquired(broken, "T01", "D01")[0] + timedelta(days=days) == datetime(2018, 11, 5, 10, 30)
    texts = [f.read_bytes() for f in broken.root.rglob("*") if f.is_file() and f.suffix != ".eeg"]
    assert texts and not any(str(days).encode() in text for text in texts)


def test_both_members_start_times_differ_by_the_clocks_offset(made):
    """The second client's clock showed 1.5 s when the therapist's showed 0: that recording began earlier."""
    for ours, theirs in zip(acquired(made, "T01", "D02"), acquired(made, "C02", "D02"), strict=True):
        assert ours - theirs == pytest.approx(timedelta(seconds=1.5), abs=timedelta(milliseconds=5))
    scans = table(made.root / "sub-C02/ses-D02/sub-C02_ses-D02_scans.tsv")
    assert [float(s) for s in scans["sync_offset"]] == pytest.approx([1.5, 1.5], abs=0.005)


def dated(study, **dates):
    """The study with other dates of measurement; the key is dyad, run and the role's first letter."""
    study.conversions = [
        c | {"measured": dates.get(f"{c['dyad']}_{c['run']}{c['role'][0]}", c["measured"])}
        for c in study.conversions
    ]
    return study.write()


def test_an_amplifier_whose_calendar_was_not_set_leaves_all_dates_before_1925_and_members_agreed(broken):
    dated(broken, D01_1t="1970-01-01T00:00:10+00:00", D02_1c="2000-01-01T00:00:00+00:00")
    assert acquired(broken, "T01", "D01")[0].year == 1876
    assert acquired(broken, "C01", "D01")[0] == acquired(broken, "T01", "D01")[0]
    # The therapist's calendar counts where both say something.
    assert acquired(broken, "C02", "D02")[0].year == 1924
    assert all(t.year < 1925 for p, d in (("T01", "D01"), ("T01", "D02")) for t in acquired(broken, p, d))


def test_one_members_date_does_for_both(broken):
    before = acquired(broken, "C02", "D02")
    dated(broken, D02_1t=None)
    ours, theirs = acquired(broken, "T01", "D02"), acquired(broken, "C02", "D02")
    assert ours[0] - theirs[0] == pytest.approx(timedelta(seconds=1.5), abs=timedelta(milliseconds=5))
    assert theirs[0] - before[0] == pytest.approx(timedelta(seconds=1.5), abs=timedelta(milliseconds=5))


def test_a_run_without_a_date_has_none_for_either_member_and_the_others_keep_theirs(broken):
    dated(broken, D02_1t=None, D02_1c=None)
    for person in ("T01", "C02"):
        first, second = acquired(broken, person, "D02")
        assert first == "n/a" and second.year == 1924


def test_a_study_without_dates_says_so(broken):
    none = {f"{d}_{run}{role}": None for d in ("D01", "D02") for run in (1, 2) for role in "tc"}
    assert dated(broken, **none) is None
    assert list(table(broken.root / "sub-C01/sub-C01_sessions.tsv")["acq_time"]) == ["n/a"]


def test_the_version_of_the_dataset_stands_in_its_changes(made):
    assert (made.root / "CHANGES").read_text(encoding="utf-8").startswith("1.2.0 1924-12-31\n")


@pytest.fixture
def validator():
    if not (Path(sys.executable).parent / "bids-validator-deno").is_file() and not shutil.which(
        "bids-validator-deno"
    ):
        pytest.skip("the program bids-validator-deno is not installed")


def test_the_official_validator_has_nothing_to_say(made, validator, tmp_path):
    said = official_validator(made.root, tmp_path / "full.json")
    assert (said["errors"], said["warnings"], said["messages"]) == (0, 0, [])
    assert said["left_to_the_study"] == ["head circumference was not measured (participants table)"]


def test_the_official_validators_findings_are_counted_and_told(broken, validator, tmp_path):
    (broken.root / "README.md").unlink()
    (broken.root / "dataset_description.json").unlink()
    said = official_validator(broken.root, tmp_path / "full.json")
    assert said["errors"] >= 1 and any("dataset_description" in m.lower() for m in said["messages"])


def test_the_derivatives_are_described_as_a_dataset_of_their_own(validator, tmp_path):
    root = tmp_path / "derivatives"
    write_derivative_description(root, "Study – of ours", ["A", "B"], "0.1.0")
    said = official_validator(root, tmp_path / "full.json")
    assert said["errors"] == 0
    # All that is missing from a description alone is the data.
    assert [m.split()[2] for m in said["messages"]] == ["SUBJECT_FOLDERS"]
    told = json.loads((root / "dataset_description.json").read_text(encoding="utf-8"))
    assert told["DatasetType"] == "derivative" and "–" in told["Name"]


@pytest.mark.parametrize(
    ("raw", "link"),
    [("bids", "../../../bids"), ("data/ds1", "../../../data/ds1"), ("../ds1", "../../../../ds1")],
)
def test_the_derivatives_link_to_the_dataset_that_was_analysed(raw, link, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    root = Path("results/derivatives/interbrain")
    write_derivative_description(root, "A study", ["A", "B"], "0.1.0", raw)
    told = json.loads((root / "dataset_description.json").read_text(encoding="utf-8"))
    assert told["DatasetLinks"] == {"raw": link}


def test_the_second_visit_of_a_dyad_that_left_the_study_does_not_stay_behind(broken):
    broken.conversions = [c for c in broken.conversions if c["dyad"] == "D01"]
    broken.dyads = broken.dyads[broken.dyads["dyad"] == "D01"]
    broken.scores = {name: scores[scores["dyad"] == "D01"] for name, scores in broken.scores.items()}
    broken.write()
    assert not list((broken.root / "phenotype").glob("*visit-2*"))
