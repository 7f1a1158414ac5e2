"""Coded events in the dataset: on each recording's own clock, under codes that name nobody, and valid."""

import json

import numpy as np
import pandas as pd
import pytest

from interbrain.bids import recording_stem
from interbrain.bids.checks import own_checks
from interbrain.bids.coded_events import add_coded_events, code_value, shared_codes, with_coded_events
from interbrain.bids.reading import read_recording_files
from interbrain.bids.validator import official_validator

EVENTS = [
    {"onset_s": 10.0, "duration_s": 4.0, "code": "rupture", "who": "client", "coder": "coder1"},
    {"onset_s": 20.0, "duration_s": 0.0, "code": "about Anna", "who": "", "coder": ""},
    {"onset_s": 37.0, "duration_s": 90.0, "code": "rupture", "who": "both", "coder": "coder1"},
    {"onset_s": 500.0, "duration_s": 1.0, "code": "rupture", "who": "both", "coder": "coder1"},
]
NAMES = shared_codes(["about Anna", "rupture"])


@pytest.fixture
def coded(broken):
    """The small study with coded events in every recording."""
    for facts in broken.conversions:
        stem = recording_stem(facts["participant"], facts["dyad"], facts["task"], facts["run"])
        table = broken.root / f"{stem}_events.tsv"
        add_coded_events(table, table, EVENTS, NAMES, facts)
    broken.texts["coded"] = list(NAMES.values())
    broken.write()
    return broken


def events_of(study, person, dyad="D02"):
    (file,) = sorted(study.root.glob(f"sub-{person}/ses-{dyad}/eeg/*run-1_events.tsv"))
    return pd.read_csv(file, sep="\t", dtype=str, keep_default_na=False)


def test_the_dataset_stays_valid_for_the_official_validator_and_our_own_checks(coded, tmp_path):
    said = official_validator(coded.root, tmp_path / "full.json")
    assert (said["errors"], said["warnings"]) == (0, 0), said["messages"]
    assert own_checks(coded.root, list(coded.people["participant"])) == []


def test_both_members_have_the_events_on_their_own_clocks(coded):
    therapist, client = (events_of(coded, who).query("coder != 'n/a'") for who in ("T01", "C02"))
    assert list(therapist["trial_type"]) == ["rupture", "code1", "rupture"]
    assert list(therapist["actor"]) == ["client", "n/a", "both"]
    assert list(therapist["coder"]) == ["coder1", "coder", "coder1"]
    clock = next(c["clock"] for c in coded.conversions if c["participant"] == "C02" and c["run"] == 1)
    here = clock["offset"] + (1 + 1e-6 * clock["drift_ppm"]) * therapist["onset"].astype(float)
    assert client["onset"].astype(float).to_numpy()[:2] == pytest.approx(here.to_numpy()[:2], abs=2e-6)
    assert (therapist["value"] == client["value"].to_numpy()[:3]).all()
    onsets = events_of(coded, "T01")["onset"].astype(float)
    assert onsets.is_monotonic_increasing
    last = therapist.iloc[-1]
    duration = next(c["duration_s"] for c in coded.conversions if c["participant"] == "T01")
    assert float(last["onset"]) + float(last["duration"]) == pytest.approx(duration, abs=1e-5)


def test_the_sidecar_says_what_each_code_and_column_is(coded):
    told = json.loads((coded.root / "task-rest_events.json").read_text(encoding="utf-8"))
    assert {"rupture", "code1"} <= set(told["trial_type"]["Levels"])
    assert told["value"]["Levels"][str(code_value("rupture"))] == "rupture"
    assert {"actor", "coder"} <= set(told) and "Anna" not in json.dumps(told)


def test_later_stages_do_not_see_what_a_person_coded(made, coded):
    stem = recording_stem("T01", "D01", "rest", 1)
    plain, with_codes = (read_recording_files(root / f"{stem}_eeg.vhdr") for root in (made.root, coded.root))
    assert list(plain.annotations.description) == list(with_codes.annotations.description)
    assert np.array_equal(plain.annotations.onset, with_codes.annotations.onset)


def test_without_coded_events_nothing_is_changed(made, tmp_path):
    facts = made.conversions[0]
    stem = recording_stem(facts["participant"], facts["dyad"], facts["task"], facts["run"])
    source = made.root / f"{stem}_events.tsv"
    add_coded_events(source, tmp_path / "events.tsv", [], {}, facts)
    assert (tmp_path / "events.tsv").read_bytes() == source.read_bytes()


def test_codes_of_the_fields_words_are_shared_and_others_when_a_person_allows_them():
    codes = ["Anna cries", "Ruptur 2", "code1", "repair: deep", "tells of Bern"]
    assert shared_codes(codes) == {
        "Anna cries": "code2",
        "Ruptur 2": "Ruptur 2",
        "code1": "code1",
        "repair: deep": "repair: deep",
        "tells of Bern": "code3",
    }
    assert shared_codes(codes, ["Anna cries", "tells", "of", "bern"]) == {code: code for code in codes}
    assert shared_codes(codes, share=True) == {code: code for code in codes}


def test_events_outside_of_a_members_recording_are_left_out():
    table = pd.DataFrame(
        {"onset": ["0"], "duration": ["40"], "trial_type": ["rest"], "value": ["1"], "sample": ["0"]}
    )
    facts = {"role": "client", "clock": {"offset": -15.0, "drift_ppm": 0.0}, "duration_s": 25.0}
    found = with_coded_events(table, EVENTS, NAMES, facts)
    assert list(found["onset"]) == ["0", "5.000000", "22.000000"]
    assert list(found["trial_type"]) == ["rest", "code1", "rupture"]
