"""The table of signals: which rows hold for which recording, and what is said of each fault."""

import sys
from pathlib import Path

import pandas as pd
import pytest

from interbrain.study.config import with_defaults
from interbrain.study.loading import load_study
from interbrain.study.problems import StudyError
from interbrain.study.settings import config_schema

sys.path.insert(0, str(Path(__file__).parent))
from two_in_one_file import CONFIG, make_lab


def study_of(folder, table, **settings):
    config = make_lab(folder, 8, table) | settings
    return load_study(config, config_schema(), folder)


def problems(folder, table, **settings):
    with pytest.raises(StudyError) as told:
        study_of(folder, table, **settings)
    return [(p.where, p.what, p.hint) for p in told.value.problems]


def test_a_row_without_dyad_and_time_holds_for_every_recording(tmp_path):
    study = study_of(tmp_path, "role;kind;channel\nboth;ecg;ECG\n")
    assert {key: [s["name"] for s in found] for key, found in study.signals.items()} == {
        ("D01", 1, "therapist"): ["ibi"],
        ("D01", 1, "client"): ["ibi"],
    }
    signal = study.signal("C01", "D01", 1, "ecg")
    assert (signal["file"], signal["sync"], signal["channels"]) == ("", "same_file", ["ECG"])


def test_a_file_that_is_the_eeg_file_needs_no_word_on_its_clock(tmp_path):
    table = "dyad\trole\tkind\tchannel\tfile\n*\tboth\teda\tEDA\tdyad.edf\n"
    study = study_of(tmp_path, table)
    for role in ("therapist", "client"):
        (signal,) = study.signals["D01", 1, role]
        assert (signal["file"], signal["sync"]) == ("", "same_file")


def test_a_row_of_one_recording_takes_the_place_of_one_for_all(tmp_path):
    table = (
        "role,kind,channel,dyad,time,exclude\nboth,eda,EDA,*,,\nclient,eda,GSR,D01,rest,electrode fell off\n"
    )
    study = study_of(tmp_path, table)
    (therapist,), (client,) = (study.signals["D01", 1, role] for role in ("therapist", "client"))
    assert (therapist["channels"], therapist["exclude"]) == (["EDA"], "")
    assert (client["channels"], client["exclude"]) == (["GSR"], "electrode fell off")


def test_words_stand_for_the_labels_of_each_recording_in_a_files_name(tmp_path):
    make_lab(tmp_path / "lab", 8)
    for role in ("therapist", "client"):
        (tmp_path / f"lab/raw/D01_rest_{role}.csv").write_text("x\n1\n2\n")
    row = "both\tmotion\t1\t{dyad}_{time}_{role}.csv\tShared Start\t25\n"
    table = f"role\tkind\tchannel\tfile\tsync\trate_hz\n{row}"
    (tmp_path / "lab/config/signals.tsv").write_text(table)
    study = load_study(CONFIG, config_schema(), tmp_path / "lab")
    files = [study.signals["D01", 1, role][0]["file"] for role in ("therapist", "client")]
    assert [file.rpartition("/")[2] for file in files] == ["D01_rest_therapist.csv", "D01_rest_client.csv"]
    assert study.signals["D01", 1, "client"][0]["sync"] == "shared_start"


HEAD = "role\tkind\tchannel\tfile\tsync\tstart_s\trate_hz\tname\tdyad\ttime\n"


@pytest.mark.parametrize(
    ("row", "says", "hint"),
    [
        (
            "both\teda\tEDA\teda.csv\t\t\t4\t\t\t",
            "how the clock of its file is tied",
            "Write sync: shared_start",
        ),
        ("both\teda\tEDA\teda.csv\tshared_start\t\t4\t\t\t", "the file of eda is not there", ""),
        ("both\teda\tEDA\t\tstart_s\t3\t\t\t\t", "sync is start_s, but no file is named", "Name the file"),
        (
            "both\teda\tEDA\teda.csv\tstart_s\t\t\t\t\t",
            "sync is start_s, but start_s is empty",
            "such as 12.5",
        ),
        ("both\teda\tEDA\teda.doc\tshared_start\t\t\t\t\t", "no known format: eda.doc", "Export it as CSV"),
        ("both\teda\tX, Y, Z\t\t\t\t\t\t\t", "channel names 3 channels, and eda has 1", ""),
        ("both\tibi\tRR\t\t\t\t\t\t\t", "a list of inter-beat intervals is a table of its own", "ecg or ppg"),
        ("both\tgsr\tEDA\t\t\t\t\t\t\t", 'kind is "gsr"', "Use: eda, ecg"),
        ("both\teda\tEDA\t\t\t\t\t\tD9\t", "no such dyad in the dyads table", ""),
        ("both\teda\tEDA\t\t\t\t\t\t\tpost", 'no time of measurement is called "post"', ""),
        ("both\teda\tEDA\tx_{day}.csv\tshared_start\t\t4\t\t\t", "file holds {day}", "Known: {dyad}"),
        ("both\tmotion\t1\t\t\t\t\teda\t\t", 'name is "eda", which is another kind', "another name"),
        ("both\teda\tEDA\t\t\t\tfour\t\t\t", 'rate_hz is "four"', ""),
        ("both\teda\tEDA\t\t\t\t\t\t\t\nclient\teda\tGSR\t\t\t\t\t\t\t", "is in row 2 already", "Keep one"),
    ],
)
def test_each_fault_is_one_message_with_its_row_and_what_to_do(tmp_path, row, says, hint):
    found = problems(tmp_path, f"{HEAD}{row}\n")
    assert all("signals.tsv, row" in where for where, _, _ in found)
    assert any(says in what and hint in advice for _, what, advice in found), found
    assert len({what for _, what, _ in found}) <= 2  # of both members' files, one each


def test_one_members_signal_alone_is_a_warning(tmp_path):
    study = study_of(tmp_path, "role\tkind\tchannel\ntherapist\teda\tEDA\n")
    assert any("eda is recorded of the therapists only" in p.what for p in study.warnings)


def test_unknown_measures_and_windows_that_cannot_be_are_problems_of_the_config(tmp_path):
    found = problems(
        tmp_path, "role\tkind\tchannel\nboth\teda\tEDA\n", signals={"measures": {"eda": ["wcc"]}, "lag_s": 40}
    )
    assert [where for where, _, _ in found] == ["config.yaml, signals: measures: eda", "config.yaml, signals"]


def test_coordination_can_be_a_covariate_and_of_one_time_a_score(tmp_path):
    table, name = "role\tkind\tchannel\nboth\teda\tEDA\n", "eda_wcc_absolute_above_chance"
    asked = {"covariates": [name], "correlate": [name]}
    assert study_of(tmp_path / "one", table, statistics=asked).signals
    found = problems(tmp_path / "other", table, statistics={"correlate": ["eda_wcc"]})
    assert [(where, name in hint or "Did you mean" in hint) for where, _, hint in found] == [
        ("config.yaml, statistics: correlate", True)
    ]


def test_a_study_without_the_table_has_no_signals_and_asks_for_nothing(tmp_path):
    config = make_lab(tmp_path, 8)
    config = config | {"tables": {k: v for k, v in config["tables"].items() if k != "signals"}}
    study = load_study(config, config_schema(), tmp_path)
    assert study.signals == {}
    assert with_defaults(config, config_schema())["tables"]["signals"] is None
    assert isinstance(study.recordings, pd.DataFrame)
