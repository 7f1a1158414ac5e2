"""The doctor examines somebody else's BIDS dataset: each fault is one problem, and all else is examined."""

import json
import re

import numpy as np
import pybv
import pytest

from interbrain import doctor
from interbrain.bids.validator import ValidatorError
from interbrain.doctor import dataset, examination, opening
from interbrain.study.settings import config_schema

NAMES = ["F3", "Fz", "F4", "C3", "Cz", "C4"]
PULSES = (5.0, 12.4, 22.1, 31.7)
PEOPLE = ("T01", "C01", "T02", "C02")


class SharedDataset:
    """Two dyads recorded once, without a problem; tables of channels and sidecar at the dataset's top."""

    def __init__(self, folder, schema):
        self.folder, self.schema, self.root = folder, schema, folder / "shared"
        for seed, person in enumerate(PEOPLE):
            self.path(person, "eeg.vhdr").parent.mkdir(parents=True)
            pybv.write_brainvision(
                data=1e-5 * np.random.default_rng(seed).standard_normal((len(NAMES), 250 * 40)),
                **{"sfreq": 250, "ch_names": NAMES, "fname_base": f"sub-{person}_task-rest_eeg"},
                folder_out=str(self.path(person, "eeg.vhdr").parent),
            )
            self.write(
                "onset\tduration\ttrial_type", *(f"{p}\t0\tpulse" for p in PULSES), at=(person, "events.tsv")
            )
        self.write("name\ttype", *(f"{name}\tEEG" for name in sorted(NAMES)), at=("", "channels.tsv"))
        self.write(json.dumps({"PowerLineFrequency": 50}), at=("", "eeg.json"))

    def path(self, person, ending):
        if not person:
            return self.root / f"task-rest_{ending}"
        return self.root / f"sub-{person}/eeg/sub-{person}_task-rest_{ending}"

    def write(self, *lines, at):
        self.path(*at).write_text("\n".join(lines) + "\n")

    def check(self, line_frequency=50):
        (self.folder / "config").mkdir(exist_ok=True)
        files = {p: self.path(p, "eeg.vhdr").relative_to(self.root).as_posix() for p in PEOPLE}
        tables = {
            "dyads": [["dyad", "therapist", "client"], ["D01", "T01", "C01"], ["D02", "T02", "C02"]],
            "recordings": [
                ["dyad", "time", "therapist_file", "client_file", "sync"],
                ["D01", "rest", files["T01"], files["C01"], "auto"],
                ["D02", "rest", files["T02"], files["C02"], "auto"],
            ],
        }
        for name, rows in tables.items():
            text = "\n".join("\t".join(row) for row in rows) + "\n"
            (self.folder / f"config/{name}.tsv").write_text(text)
        config = {
            **{
                "title": "Shared",
                "authors": ["A. Author"],
                "times": ["rest"],
                "factors": {},
                "input": "bids",
            },
            "tables": {name: f"config/{name}.tsv" for name in tables},
            "raw_folder": str(self.root),
            "line_frequency": line_frequency,
            "triggers": {"channel": None, "annotation": "pulse"},
            "rois": {"frontal": ["F3", "Fz", "F4"]},
        }
        said, sound = doctor.check(config, self.schema, self.folder)
        return said.replace(f"{self.root}/", ""), sound


@pytest.fixture
def whole_dataset(tmp_path):
    return SharedDataset(tmp_path, config_schema())


@pytest.fixture
def shared_dataset(whole_dataset, monkeypatch):
    """Without the official validator, which takes seconds."""
    monkeypatch.setattr(dataset, "official_validator", lambda root, full: {"kinds": []})
    return whole_dataset


def test_each_kind_of_what_the_official_validator_says_is_one_warning_and_no_problem(whole_dataset):
    said, sound = whole_dataset.check()
    assert sound
    [line] = [line for line in said.splitlines() if "MISSING_DATASET_DESCRIPTION" in line]
    assert "BIDS dataset shared: 1 error of the BIDS validator, MISSING_DATASET_DESCRIPTION" in line
    assert "12 errors of the BIDS validator, SIDECAR_KEY_REQUIRED TaskName, first in sub-C01/" in said
    assert len(re.findall("warnings? of the BIDS validator, of [0-9]+ kinds", said)) == 1


def test_where_the_validator_is_not_installed_the_doctor_says_that_it_was_not_called(
    shared_dataset, monkeypatch
):
    def missing(root, full):
        raise ValidatorError("bids-validator-deno is not installed", "Install it.")

    monkeypatch.setattr(dataset, "official_validator", missing)
    said, sound = shared_dataset.check()
    assert sound and "the BIDS validator has not examined it: bids-validator-deno is not installed" in said


def test_a_sound_dataset_has_no_problem(shared_dataset):
    said, sound = shared_dataset.check()
    assert sound and len([line for line in said.splitlines() if line.startswith("D0")]) == 4


def test_each_damaged_file_is_one_problem_and_the_other_recordings_are_examined(shared_dataset):
    shared_dataset.write("{,", at=("T01", "eeg.json"))
    shared_dataset.write("onset\tduration\ttrial_type", "soon\t0\tpulse", at=("C01", "events.tsv"))
    shared_dataset.write("name\ttype", "Q1\tEEG", at=("T02", "channels.tsv"))
    said, sound = shared_dataset.check()
    problems = said.partition("Nothing has been run.")[2]
    for n, named in enumerate(
        (
            "sub-T01_task-rest_eeg.json: is damaged: it is not valid JSON in line 1",
            "sub-C01_task-rest_events.tsv: row 2: its onset is 'soon', which is not a number",
            "sub-T02_task-rest_channels.tsv: names none of the channels of the recording",
        ),
        start=1,
    ):
        assert f"\n{n}  recordings.tsv, row" in problems and named in problems
    assert "\n4  " not in problems and not sound and "Traceback" not in said
    assert [line.split()[3] for line in said.splitlines() if line.startswith("D0")] == [
        "sub-C02_task-rest_eeg.vhdr"
    ]


def test_a_channel_with_a_wrong_type_is_a_matter_of_its_type_and_not_of_its_name(shared_dataset):
    types = ["EOG", "MISC", "EEG", "EEG", "EEG", "EEG"]
    rows = [f"{name}\t{kind}" for name, kind in zip(NAMES, types, strict=True)]
    shared_dataset.write("name\ttype", *rows, at=("T01", "channels.tsv"))
    shared_dataset.write("name\ttype", *(f"{name}\tMISC" for name in NAMES), at=("C02", "channels.tsv"))
    said, sound = shared_dataset.check()
    assert not sound and "has a 10-20 name" not in said and "cap map" not in said
    assert "sub-T01_task-rest_eeg.vhdr: F3 and Fz are missing" in said
    assert "column type" in said.partition("F3 and Fz are missing")[2].splitlines()[1]


def test_a_damaged_file_at_the_top_is_said_of_every_recording_that_inherits_it(shared_dataset):
    shared_dataset.write("{,", at=("", "eeg.json"))
    said, sound = shared_dataset.check()
    assert not sound and "task-rest_eeg.json: is damaged" in said


def test_what_the_dataset_says_of_mains_and_filters_is_warned_of(shared_dataset):
    about = {"PowerLineFrequency": 60, "SoftwareFilters": {"Band-pass": {"Hz": [0.5, 45]}}}
    shared_dataset.write(json.dumps(about), at=("", "eeg.json"))
    said, sound = shared_dataset.check()
    assert sound
    assert "PowerLineFrequency is 60 Hz, and line_frequency 50 Hz" in said
    assert "it was filtered before it was shared (SoftwareFilters: Band-pass)" in said


def test_mains_of_a_dataset_are_compared_with_those_of_each_role(shared_dataset):
    for client in ("C01", "C02"):
        shared_dataset.write(json.dumps({"PowerLineFrequency": 60}), at=(client, "eeg.json"))
    said, sound = shared_dataset.check({"therapist": 50, "client": 60})
    assert sound and "PowerLineFrequency" not in said
    said, sound = shared_dataset.check({"therapist": 60, "client": 60})
    assert "T01" in said and "PowerLineFrequency is 50 Hz, and line_frequency 60 Hz" in said


def test_a_file_that_describes_recordings_opens_them_again_wherever_it_is(whole_dataset, monkeypatch):
    opened, alone = [], opening._alone
    monkeypatch.setattr(opening, "_alone", lambda *given: opened.append(given[2][0]) or alone(*given))
    monkeypatch.setattr(examination, "check_dataset", lambda *given: None)  # which takes long
    first, _ = whole_dataset.check()
    assert len(opened) == 4
    assert whole_dataset.check() == (first, True) and len(opened) == 4
    whole_dataset.write("onset\tduration\ttrial_type", "5.0\t0\tpulse", at=("C02", "events.tsv"))
    whole_dataset.check()
    assert len(opened) == 5 and "sub-C02" in opened[-1]
    whole_dataset.write(json.dumps({"SoftwareFilters": {"lowpass": 40}}), at=("T01", "eeg.json"))
    said, _ = whole_dataset.check()
    assert len(opened) == 6 and "sub-T01" in opened[-1] and "it was filtered before it was shared" in said
    whole_dataset.write(json.dumps({"SamplingFrequency": 500}), at=("", "eeg.json"))
    said, _ = whole_dataset.check()
    assert len(opened) == 10 and "eeg.json gives a sampling rate of 500 Hz" in said
