"""One EDF file with skin conductance and nothing else, by what the rules call: from BIDS to coordination."""

import gzip
import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from interbrain import doctor
from interbrain.bids.dataset import write_dataset
from interbrain.bids.recording import Meeting, Member, convert
from interbrain.bids.timing import RunSources, Source, time_session, usable
from interbrain.bids.validator import official_validator
from interbrain.clocks import ClockFit
from interbrain.coordination.settings import Settings
from interbrain.doctor.opening import open_all
from interbrain.signals.conversion import convert_signal, given_signal
from interbrain.signals.coordinating import coordination_tables
from interbrain.signals.dyad import ROLES, Given, pair
from interbrain.signals.recorded import of_eeg_file
from interbrain.signals.series import Series
from interbrain.study.config import with_defaults
from interbrain.study.loading import load_study
from interbrain.study.settings import config_schema

sys.path.insert(0, str(Path(__file__).parent))
from two_in_one_file import SFREQ, conductances, make_lab

SECONDS = 60
STEM = "sub-{}/ses-D01/eeg/sub-{}_ses-D01_task-rest_run-1"


@pytest.fixture(scope="module")
def lab(tmp_path_factory) -> Path:
    """The lab's folder with its dataset, by what the rules from clock to physio call."""
    folder = tmp_path_factory.mktemp("lab")
    given = make_lab(folder, SECONDS)
    study, config = load_study(given, config_schema(), folder), with_defaults(given, config_schema())
    runs = [
        RunSources(**{**run, **{role: Source(**run[role]) for role in ROLES}}) for run in study.session("D01")
    ]
    timing = usable(time_session("D01", runs, clock_limits=config["clock"]), "1")
    facts = {}
    for role in ROLES:
        person = study.member("D01", role)
        encounter = study.encounter(person, "D01", 1)
        facts[role] = convert(
            Member(**encounter["member"], path=Path(encounter["raw"][0])),
            Meeting(**encounter["meeting"]),
            timing,
            folder / "bids",
            cap_map={},
            line_frequency=50,
            auxiliary=study.auxiliary(person, "D01", 1),
        )
    for role in ROLES:
        person = study.member("D01", role)
        encounter = study.encounter(person, "D01", 1)
        table = folder / "bids" / f"{STEM.format(person, person)}_recording-eda_physio.tsv.gz"
        signal = study.signal(person, "D01", 1, "eda")
        convert_signal(signal, encounter["member"], Path(encounter["raw"][0]), {}, timing, facts, table)
    texts = ("title", "authors", "data_licence", "dataset_version", "times", "factors", "questionnaires")
    write_dataset(
        folder / "bids",
        json.loads(json.dumps(list(facts.values()))),
        study.included.drop(columns="exclude"),
        study.participants,
        {},
        **{key: config[key] for key in texts},
        version="0.1.0",
    )
    return folder


def test_the_doctor_says_what_each_channel_holds(tmp_path):
    config = make_lab(tmp_path, 40)
    said, sound = doctor.check(config, config_schema(), tmp_path)
    assert sound, said
    rows = [line.split() for line in said.splitlines() if "sub1_EDA" in line or "sub2_EDA" in line]
    assert [row[:6] for row in rows] == [
        ["D01", "rest", "therapist", "eda", "eda", "dyad.edf"],
        ["D01", "rest", "client", "eda", "eda", "dyad.edf"],
    ]
    assert all(row[-1] == "yes" and "uS" in row for row in rows)
    found = json.loads((tmp_path / "results/doctor.json").read_text())
    assert [signal["channel"] for signal in found["signals"]] == ["sub1_EDA", "sub2_EDA"]
    assert sum("40 s are too short for a chance level" in w["what"] for w in found["warnings"]) == 1


def test_the_doctor_opens_a_channel_once_for_all_stretches_of_its_file(tmp_path, monkeypatch):
    opened = []
    monkeypatch.setattr(
        "interbrain.doctor.signals.open_all",
        lambda work, jobs, *rest: opened.extend(jobs) or open_all(work, jobs, *rest),
    )
    config = {**make_lab(tmp_path, 80), "times": ["rest", "talk"]}
    table = tmp_path / "config/recordings.tsv"
    head, row = table.read_text().splitlines()
    rows = [f"{row}\t0\t35", f"{row}\t35\t80".replace("rest", "talk")]
    table.write_text("\n".join([f"{head}\tstart_s\tstop_s", *rows]) + "\n")
    said, sound = doctor.check(config, config_schema(), tmp_path)
    assert sound, said
    assert len(opened) == 2
    kept = json.loads((tmp_path / "results/doctor.json").read_text())
    short = [w["what"].partition(" are too short for a chance level") for w in kept["warnings"]]
    assert [found[-4:] for found, said, _ in short if said] == ["35 s", "45 s"]
    found = kept["signals"]
    assert [(s["time"], s["channel"]) for s in found] == [
        (time, channel) for time in ("rest", "talk") for channel in ("sub1_EDA", "sub2_EDA")
    ]


def test_a_damaged_file_that_also_holds_signals_is_said_once(tmp_path):
    config = make_lab(tmp_path, 20)
    [file] = (tmp_path / config["raw_folder"]).rglob("dyad.edf")
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    said, sound = doctor.check(config, config_schema(), tmp_path)
    assert not sound
    assert "1 problem in 1 place" in said and "signals.tsv" not in said


def test_the_doctor_names_a_channel_that_is_not_there_and_those_that_are(tmp_path):
    config = make_lab(tmp_path, 20, "role\tkind\tchannel\ntherapist\teda\tsub1_GSR\nclient\teda\tsub2_EDA\n")
    said, sound = doctor.check(config, config_schema(), tmp_path)
    assert not sound
    assert 'signals.tsv, row 2 (D01): eda, therapist, dyad.edf: has no channel "sub1_GSR"' in said
    assert "Besides its EEG it has: EDA." in said


def test_the_doctor_refuses_one_column_for_both_members_and_takes_the_same_name_in_two(tmp_path):
    head, row = (
        "role\tkind\tchannel\tfile\tsync\trate_hz\n",
        "both\tmotion\t1\tmotion.txt\tshared_start\t25\n",
    )
    config = make_lab(tmp_path, 40, f"{head}both\teda\tEDA\t\t\t\n{row}")
    movement = np.random.default_rng(3).random((1000, 2))
    np.savetxt(tmp_path / "raw/motion.txt", movement, fmt="%.3f")
    said, sound = doctor.check(config, config_schema(), tmp_path)
    assert not sound
    assert "row 3 (D01): motion.txt: 1 is both the therapist's and the client's motion" in said
    assert "1 problem" in said  # EDA is sub1_EDA of the one and sub2_EDA of the other


def test_flat_signals_of_equal_length_are_unusable_and_not_called_one_signal(tmp_path):
    head, row = "role\tkind\tchannel\tfile\tsync\trate_hz\n", "motion\t1\t{0}.txt\tshared_start\t25\n"
    config = make_lab(tmp_path, 40, head + "".join(f"{role}\t{row.format(role)}" for role in ROLES))
    for role in ROLES:
        np.savetxt(tmp_path / f"raw/{role}.txt", np.zeros((1000, 1)), fmt="%.3f")
    said, sound = doctor.check(config, config_schema(), tmp_path)
    assert sound and "is both the" not in said and "It will be n/a with this reason." in said


def test_one_series_for_both_members_is_not_used_and_says_why():
    one = Given("motion", Series(np.random.default_rng(3).random((1, 1500)), 25.0))
    members = {"therapist": one, "client": one}
    series, account = pair("motion", members, dict.fromkeys(ROLES, SECONDS), ClockFit.identity(), 0.25)
    assert series.empty
    assert all(row["usable"] == 0 and "names one channel for both" in row["reason"] for row in account)


def test_the_dataset_holds_the_signals_as_recorded_and_is_valid(lab):
    summary = official_validator(lab / "bids", lab / "validator.json")
    assert (summary["errors"], summary["warnings"]) == (0, 0), summary["messages"]
    for person, truth in zip(("T01", "C01"), conductances(SECONDS), strict=True):
        stem = lab / "bids" / STEM.format(person, person)
        with gzip.open(f"{stem}_recording-eda_physio.tsv.gz", "rt") as file:
            values = np.array([float(line) for line in file])
        np.testing.assert_allclose(values, truth, atol=50 / 32767)
        about = json.loads(Path(f"{stem}_recording-eda_physio.json").read_text())
        assert (about["SamplingFrequency"], about["StartTime"]) == (SFREQ, 0)
        assert (about["Columns"], about["eda"]["Units"]) == (["eda"], "uS")


def test_the_channel_has_its_type_beside_the_eeg(lab):
    channels = pd.read_csv(lab / "bids" / f"{STEM.format('C01', 'C01')}_channels.tsv", sep="\t")
    assert dict(zip(channels["name"], channels["type"], strict=True))["EDA"] == "GSR"


def test_a_channel_of_a_given_dataset_is_read_as_it_was_recorded(lab):
    recording = lab / "bids" / f"{STEM.format('C01', 'C01')}_eeg.vhdr"
    found = of_eeg_file(recording, ["EDA"], {"from_bids": True, "cap_map": {}}).series
    np.testing.assert_allclose(found.values[0], conductances(SECONDS)[1], atol=50 / 32767)
    assert found.rate_hz == SFREQ


def test_coordination_is_found_with_its_chance_level(lab):
    members = {
        role: given_signal(lab / "bids" / f"{STEM.format(person, person)}_recording-eda_physio.tsv.gz")
        for role, person in zip(ROLES, ("T01", "C01"), strict=True)
    }
    series, account = pair("eda", members, dict.fromkeys(ROLES, SECONDS), ClockFit.identity(), 0.25)
    assert len(series) == 4 * SECONDS and all(row["usable"] == 1 for row in account)
    rows, windows, curve, peaks = coordination_tables(
        series,
        pd.DataFrame(account),
        {"eda": ["wcc_absolute", "matching_lambda"]},
        Settings(window_s=15, step_s=5, lag_s=2, segment_s=15, min_shift_s=10, n_shifts=30),
        [1],
    )
    assert rows["measure"].tolist() == ["wcc_absolute", "matching_lambda"]
    assert (rows["above_chance"] > 0).all()
    assert set(windows["measure"]) == {"wcc_absolute"}
    assert len(curve) == 2 * 4 * 2 + 1 and peaks["kind"].tolist() == ["eda"]


def test_a_signal_that_cannot_be_used_has_rows_that_say_why():
    quality = pd.DataFrame(
        [
            {"kind": "eda", "role": "therapist", "usable": 1, "reason": ""},
            {"kind": "eda", "role": "client", "usable": 0, "reason": "excluded: electrode fell off"},
        ]
    )
    none = pd.DataFrame(columns=["kind", "time_s", "therapist_value", "client_value"])
    rows, windows, curve, peaks = coordination_tables(
        none, quality, {"eda": ["wcc_absolute"]}, Settings(), [1]
    )
    assert rows["note"].tolist() == ["client: excluded: electrode fell off"]
    assert "value" not in rows and windows.empty and curve.empty
    assert peaks["note"].tolist() == rows["note"].tolist() and "peak_s" not in peaks


def test_a_second_check_opens_no_signal_again_and_says_the_same(tmp_path, monkeypatch):
    config = make_lab(tmp_path, 40)
    first = doctor.check(config, config_schema(), tmp_path)
    monkeypatch.setattr("interbrain.doctor.opening._alone", lambda *job: pytest.fail(str(job)))
    assert doctor.check(config, config_schema(), tmp_path) == first
