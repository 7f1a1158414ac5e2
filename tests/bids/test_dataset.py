"""The dataset as a whole: its tables agree with the recordings, and what is broken is noticed."""

import json
import shutil
import sys
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from interbrain.bids.checks import official_validator, own_checks
from interbrain.bids.dataset import dataset_files, write_dataset
from interbrain.bids.recording import Meeting, Member, convert
from interbrain.derivative import write_derivative_description
from interbrain.formats import write_poly5

FACTORS = {"mindfulness": ["yes", "no"], "modality": ["face-to-face", "online"]}
DYADS = pd.DataFrame(
    {
        "dyad": ["D01", "D02"],
        "therapist": ["T01", "T01"],
        "client": ["C01", "C02"],
        "mindfulness": ["yes", "yes"],
        "modality": ["face-to-face", "online"],
    }
)
PEOPLE = pd.DataFrame(
    {
        "participant": ["T01", "C01", "C02"],
        "role": ["therapist", "client", "client"],
        "age": ["92", "34.5", "unknown"],
        "sex": ["F", "", "M"],
        "handedness": ["right", "left", ""],
    }
)
SCORES = {
    "wai_t": pd.DataFrame({"dyad": ["D01", "D02"], "total": [200, 210]}),
    "wai_c": pd.DataFrame({"dyad": ["D01", "D02"], "total": [190, 180]}),
}
QUESTIONNAIRES = {
    "wai_t": {"name": "WAI, therapist", "role": "therapist"},
    "wai_c": {"name": "WAI, client", "role": "client"},
}
STUDY = {
    "title": "A small study",
    "authors": ["A", "B"],
    "data_licence": "CC0",
    "times": ["pre", "post"],
    "factors": FACTORS,
    "questionnaires": QUESTIONNAIRES,
    "version": "0.1.0",
}
PULSES = np.array([2.2, 8.7, 12.1, 18.4, 25.9, 31.3, 36.6])


def write_raw(path, offset, began):
    times = np.arange(250 * 40) / 250
    digital = np.full(len(times), 8.0)
    for pulse in PULSES + offset:
        digital[(times >= pulse) & (times < pulse + 0.04)] = 0
    eeg = np.random.default_rng(1).standard_normal((2, len(times))) * 20
    write_poly5(path, np.vstack([eeg, digital]), 250, ["Fz", "Cz", "Digi"], ["µVolt"] * 2 + [""], start=began)
    return path


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Two dyads with one therapist, pre and post a day apart; the second client's clock is 1.5 s ahead."""
    root, raw = tmp_path_factory.mktemp("bids"), tmp_path_factory.mktemp("raw")
    conversions = []
    for dyad, client, day in (("D01", "C01", 5), ("D02", "C02", 9)):
        for run, time in ((1, "pre"), (2, "post")):
            began = datetime(2018, 11, day + run - 1, 10, 30)
            offset = 1.5 if dyad == "D02" else 0.0
            pair = [
                Member("T01", "therapist", write_raw(raw / f"{dyad}{run}t.Poly5", 0, began)),
                Member(client, "client", write_raw(raw / f"{dyad}{run}c.Poly5", offset, began), 55.0),
            ]
            meeting = Meeting(dyad, run, time, "markers", {"modality": "online"})
            for member, partner in (pair, pair[::-1]):
                conversions.append(
                    convert(
                        member,
                        partner,
                        meeting,
                        root,
                        cap_map={},
                        rois={"central": ["Cz"]},
                        triggers={"channel": "Digi"},
                        clock_limits={
                            "max_residual_ms": 10,
                            "max_drift_ppm": 1500,
                            "max_uncorrected_ppm": 200,
                        },
                        line_frequency=50,
                    )
                )
    (root.parent / "conversions.json").write_text(json.dumps(conversions))
    write_dataset(root, json.loads(json.dumps(conversions)), DYADS, PEOPLE, SCORES, **STUDY)
    return root


@pytest.fixture
def broken(made, tmp_path):
    """A copy to break."""
    return Path(shutil.copytree(made, tmp_path / "bids"))


def table(path):
    return pd.read_csv(path, sep="\t", dtype=str, keep_default_na=False)


def problems_of(root):
    return own_checks(root, list(PEOPLE["participant"]))


def test_exactly_the_announced_files_are_written(made):
    beside = {str(f.relative_to(made)) for f in made.rglob("*") if f.is_file() and f.parent.name != "eeg"}
    assert beside == set(dataset_files(DYADS, QUESTIONNAIRES))


def test_a_therapist_of_two_dyads_is_one_person_with_two_sessions(made):
    sessions = table(made / "sub-T01/sub-T01_sessions.tsv")
    assert list(sessions["session_id"]) == ["ses-D01", "ses-D02"]
    assert list(sessions["partner_id"]) == ["sub-C01", "sub-C02"]
    assert list(table(made / "participants.tsv")["participant_id"]) == ["sub-T01", "sub-C01", "sub-C02"]


def test_ages_are_whole_capped_and_never_guessed(made):
    assert list(table(made / "participants.tsv")["age"]) == ["89", "34", "n/a"]


def test_mindfulness_is_the_therapists_and_modality_the_encounters(made):
    people = table(made / "participants.tsv")
    assert list(people["mindfulness"]) == ["yes", "n/a", "n/a"] and "modality" not in people
    assert list(table(made / "sub-T01/sub-T01_sessions.tsv")["modality"]) == ["face-to-face", "online"]


def test_a_therapist_who_answered_twice_has_a_second_visit(made):
    first, second = (table(made / f"phenotype/wai_t{v}.tsv") for v in ("", "_visit-2"))
    assert first.to_numpy().tolist() == [["sub-T01", "D01", "200"]]
    assert second.to_numpy().tolist() == [["sub-T01", "D02", "210"]]
    assert not (made / "phenotype/wai_c_visit-2.tsv").exists()
    assert len(table(made / "phenotype/wai_c.tsv")) == 2


def acquired(root, person, dyad):
    times = table(root / f"sub-{person}/ses-{dyad}/sub-{person}_ses-{dyad}_scans.tsv")["acq_time"]
    return [datetime.fromisoformat(t) for t in times]


def test_dates_are_shifted_by_one_number_of_days_for_the_whole_study(made):
    assert acquired(made, "T01", "D01") == [datetime(1924, 1, 1, 10, 30), datetime(1924, 1, 2, 10, 30)]
    assert acquired(made, "T01", "D02") == [datetime(1924, 1, 5, 10, 30), datetime(1924, 1, 6, 10, 30)]


def test_both_members_start_times_differ_by_the_clocks_offset(made):
    """The second client's clock showed 1.5 s when the therapist's showed 0: that recording began earlier."""
    for ours, theirs in zip(acquired(made, "T01", "D02"), acquired(made, "C02", "D02"), strict=True):
        assert ours - theirs == pytest.approx(timedelta(seconds=1.5), abs=timedelta(milliseconds=5))
    scans = table(made / "sub-C02/ses-D02/sub-C02_ses-D02_scans.tsv")
    assert [float(s) for s in scans["sync_offset"]] == pytest.approx([1.5, 1.5], abs=0.005)


def test_a_study_without_dates_says_so(made, tmp_path):
    conversion = {
        "dyad": "D01",
        "run": 1,
        "time": "pre",
        "duration_s": 40.0,
        "measured": None,
        "clock": {"offset": 0.0},
        "foreign_events": {},
    }
    people = [("T01", "therapist"), ("C01", "client")]
    write_dataset(
        tmp_path,
        [{**conversion, "participant": p, "role": r} for p, r in people],
        DYADS.iloc[:1],
        PEOPLE.iloc[:2],
        {},
        **STUDY,
    )
    assert list(table(tmp_path / "sub-C01/sub-C01_sessions.tsv")["acq_time"]) == ["n/a"]


@pytest.fixture
def validator():
    if not (Path(sys.executable).parent / "bids-validator-deno").is_file() and not shutil.which(
        "bids-validator-deno"
    ):
        pytest.skip("the program bids-validator-deno is not installed")


def test_the_official_validator_has_nothing_to_say(made, validator, tmp_path):
    said = official_validator(made, tmp_path / "full.json")
    assert (said["errors"], said["warnings"], said["messages"]) == (0, 0, [])
    assert said["left_to_the_study"] == ["head circumference was not measured (participants table)"]


def test_the_official_validators_findings_are_counted_and_told(broken, validator, tmp_path):
    (broken / "README.md").unlink()
    (broken / "dataset_description.json").unlink()
    said = official_validator(broken, tmp_path / "full.json")
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


def test_own_checks_find_nothing_wrong_in_a_good_dataset(made):
    assert problems_of(made) == []


def rewrite(path, change):
    path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")


EEG = "sub-C01/ses-D01/eeg/sub-C01_ses-D01_task-rest_run-1_eeg"
FAULTS = {
    "a partner that does not exist": (
        lambda r: rewrite(r / f"{EEG}.json", lambda t: t.replace("bids::sub-T01", "bids::sub-T09")),
        "does not exist",
    ),
    "a partner that names another": (
        lambda r: rewrite(r / f"{EEG}.json", lambda t: t.replace("run-1_eeg.vhdr", "run-2_eeg.vhdr")),
        "does not name this recording",
    ),
    "recordings without a common instant": (
        lambda r: rewrite(
            r / f"{EEG}.json",
            lambda t: json.dumps(
                json.loads(t) | {"Hyperscanning": {**json.loads(t)["Hyperscanning"], "SyncOffset": 60.0}}
            ),
        ),
        "no instant in common",
    ),
    "no markers": (lambda r: (r / f"{EEG}.vmrk").unlink(), r"eeg\.vmrk: missing"),
    "no sidecar": (lambda r: (r / f"{EEG}.json").unlink(), r"run-1_eeg\.json: missing"),
    "no channels table": (
        lambda r: (r / f"{EEG.removesuffix('_eeg')}_channels.tsv").unlink(),
        r"channels\.tsv: missing",
    ),
    "truncated signals": (
        lambda r: (r / f"{EEG}.eeg").write_bytes((r / f"{EEG}.eeg").read_bytes()[:-400]),
        r"119600 bytes instead of 120000",
    ),
    "no signals": (lambda r: (r / f"{EEG}.eeg").unlink(), r"0 bytes instead of 120000"),
    "a participant too many": (
        lambda r: rewrite(
            r / "participants.tsv", lambda t: t + t.splitlines()[-1].replace("C02", "C09") + "\n"
        ),
        "sub-C09 is not in both",
    ),
    "a participant twice": (
        lambda r: rewrite(r / "participants.tsv", lambda t: t + t.splitlines()[-1] + "\n"),
        "sub-C02 stands there 2 times",
    ),
    "a stranger's answers": (
        lambda r: rewrite(r / "phenotype/wai_c.tsv", lambda t: t + "sub-C09\tD01\t100\n"),
        r"wai_c\.tsv: sub-C09 is not in participants",
    ),
    "answers about a dyad that was taken out": (
        lambda r: rewrite(r / "phenotype/wai_t_visit-2.tsv", lambda t: t.replace("D02", "D07")),
        "dyad D07 is not in dyads.tsv",
    ),
    "a person who was taken out": (lambda r: (r / "sub-C09").mkdir(), "sub-C09: not in the study any more"),
    "a person who is missing": (lambda r: shutil.rmtree(r / "sub-C02"), "no such folder"),
    "a session of a dyad that was taken out": (
        lambda r: shutil.copytree(r / "sub-T01/ses-D02", r / "sub-T01/ses-D03"),
        r"ses-D03: not in sub-T01_sessions\.tsv",
    ),
    "a recording that no table lists": (
        lambda r: [
            shutil.copy(f, f.with_name(f.name.replace("run-2", "run-3")))
            for f in list((r / EEG).parent.glob("*run-2*"))
        ],
        r"run-3_eeg\.vhdr: not in sub-C01_ses-D01_scans\.tsv",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_own_checks_notice(broken, fault):
    import re

    break_it, said = FAULTS[fault]
    break_it(broken)
    found = problems_of(broken)
    assert any(re.search(said, problem) for problem in found), found


def test_the_second_visit_of_a_dyad_that_left_the_study_does_not_stay_behind(made, tmp_path):
    root = tmp_path / "bids"
    shutil.copytree(made, root)
    conversions = [
        c for c in json.loads((made.parent / "conversions.json").read_text()) if c["dyad"] == "D01"
    ]
    stayed = {name: scores[scores["dyad"] == "D01"] for name, scores in SCORES.items()}
    write_dataset(root, conversions, DYADS[DYADS["dyad"] == "D01"], PEOPLE, stayed, **STUDY)
    assert not list((root / "phenotype").glob("*visit-2*"))
