import random
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest
from jsonschema import Draft202012Validator

from interbrain.clocks import METHODS
from interbrain.metrics import METRICS
from interbrain.problems import Problem
from interbrain.questionnaires.scoring import KEY_COLUMNS
from interbrain.study.by_role import ROLES, triggers_of
from interbrain.study.columns import SCHEMAS, columns_of, row_schema
from interbrain.study.consistency import measures
from interbrain.study.loading import load_study
from interbrain.study.people import ABOUT_PEOPLE
from interbrain.study.problems import StudyError, warning_text
from interbrain.study.reading import read_table
from interbrain.study.recording_settings import Synchrony
from interbrain.study.result_columns import TAKEN_COLUMNS

EXCLUDE = "exclude the dyad with a reason in the dyads table."


def test_the_demo_is_read_as_its_tables_describe_it(demo):
    study = demo.load()
    assert study.included["dyad"].tolist() == ["D01", "D02", "D03", "D04", "D05", "D06"]
    assert study.member("D02", "therapist") == "T01"
    row = study.recording("D03", "2")
    assert (row["time"], row["run"], row["sync"]) == ("post", 2, "markers")
    assert row["client_file"] == str(demo.folder / "bids/sourcedata/D03_post_client.Poly5")
    assert pd.isna(row["start_s"])
    assert pd.isna(row["stop_s"])
    assert study.participants["participant"].is_unique
    assert study.participants["role"].tolist() == ["therapist"] * 5 + ["client"] * 6
    assert study.cap_map("T01", "D01", 1)["ExG07"] == "Fz"
    first = study.scores["wai_t"].iloc[0]
    assert first["total"] == first["goal"] + first["task"] + first["bond"]
    assert study.answers["wai_c"].loc[0, "item_1"] == "3"


def test_the_message_counts_problems_and_places_and_numbers_them():
    error = StudyError(
        [Problem("a.tsv, row 2", "x", "Do y."), Problem("a.tsv, row 3", "x"), Problem("b", "z")]
    )
    assert str(error) == (
        "3 problems in 2 places. Nothing has been run.\n"
        "1  a.tsv, row 2: x\n   Do y.\n2  a.tsv, row 3: x\n3  b: z"
    )


def test_everything_is_said_at_once_and_the_same_each_time(demo):
    demo.put("dyads", 3, "modality", "onlin")
    demo.put("recordings", 4, "sync", "marker")
    demo.put("participants", 2, "age", "1987")
    demo.rename("wai_key", "reverse", "reversed")
    demo.put("simulation", 5, "snr", "")
    found = demo.problems()
    assert [p.where for p in found] == [
        "dyads.tsv, row 3 (D02)",
        "recordings.tsv, row 4 (D02)",
        "participants.tsv, row 2 (T01)",
        "wai_key.tsv, row 1",  # once, although two questionnaires use it
        "simulation.tsv, row 5 (D04)",
    ]
    assert demo.problems() == found


DYADS = [
    (
        4,
        {"client": ""},
        "(D03)",
        "the dyad has no client",
        "Name the person, or write a reason into exclude.",
    ),
    (4, {"dyad": "D02"}, "(D02)", "D02 is already in row 3", ""),
    (4, {"client": "C02"}, "(D03)", "C02 is already the client of D02", "Only a therapist may be in several"),
    (4, {"client": "T02"}, "(D03)", "T02 is both the therapist and the client", ""),
    (5, {"client": "T01"}, "(D04)", "T01 is the client here and the therapist above", ""),
    (4, {"mindfulness": "maybe"}, "(D03)", 'mindfulness is "maybe"', "Use: yes, no"),
    (4, {"modality": ""}, "(D03)", "modality is empty", "Use: face-to-face, online"),
    (4, {"exclude": "no"}, "(D03)", 'exclude is "no"', "or leave the cell empty"),
    (4, {"client": "C 03"}, "(D03)", 'client "C 03" may hold only letters', "Write C03, here and"),
    (4, {"therapist": "Müller"}, "(D03)", 'therapist "Müller" may hold only letters (a to z)', ""),
]


@pytest.mark.parametrize(("row", "cells", "who", "what", "hint"), DYADS, ids=[d[3] for d in DYADS])
def test_a_row_of_the_dyads_table_that_is_wrong_is_named(demo, row, cells, who, what, hint):
    for column, cell in cells.items():
        demo.put("dyads", row, column, cell)
    first = demo.said()[0]
    assert first[0] == f"dyads.tsv, row {row} {who}"
    assert first[1].startswith(what)
    assert hint in first[2]
    assert sum(where.startswith("dyads.tsv") for where, _, _ in demo.said()) == 1


def test_a_row_without_a_dyad_is_named_once_in_each_table(demo):
    demo.append("dyads", "", "T09", "C09", "yes", "online", "")
    demo.append("recordings", "", "pre", "a.Poly5", "b.Poly5", "markers", "", "")
    assert [(p.where, p.what) for p in demo.problems()] == [
        ("dyads.tsv, row 8", "the row has no dyad"),
        ("recordings.tsv, row 14", "the row has no dyad"),
    ]


def test_an_excluded_dyad_may_lack_everything_but_its_name(demo):
    demo.put("dyads", 7, "exclude", "client left after ten minutes")
    for column in ("therapist", "client", "mindfulness", "modality"):
        demo.put("dyads", 7, column, "")
    for row in (12, 13):
        demo.put("recordings", row, "client_file", "")
        demo.put("recordings", row, "sync", "?")
    for table in ("wai_therapist", "wai_client", "simulation"):
        demo.delete(table, 7)
    for person in ("T05", "C06"):
        rows = [row for row in demo.rows("participants") if row[0] != person]
        demo.write("participants", rows)
    study = demo.load()
    assert "D06" not in set(study.recordings["dyad"])
    assert study.dyads["exclude"].tolist()[-1] == "client left after ten minutes"
    assert len(study.scores["wai_t"]) == len(study.answers["wai_t"]) == len(study.included) == 5
    assert "" not in set(study.participants["participant"])


def test_a_client_who_left_one_dyad_may_be_in_another(demo):
    demo.put("dyads", 7, "exclude", "amplifier failed")
    demo.put("dyads", 6, "client", "C06")
    demo.write("participants", [row for row in demo.rows("participants") if row[0] != "C05"])
    assert demo.problems() == []


def test_a_person_of_an_excluded_dyad_may_stand_in_the_participants_table(demo):
    demo.put("dyads", 7, "exclude", "amplifier failed")
    assert demo.problems() == []
    assert "C06" not in set(demo.load().participants["participant"])


def test_a_study_in_which_every_dyad_is_excluded_is_refused(demo):
    for row in range(2, 8):
        demo.put("dyads", row, "exclude", "amplifier failed")
    assert [(p.where, p.what) for p in demo.problems()] == [("dyads.tsv", "every dyad is excluded")]


RECORDINGS = [
    ({"dyad": "D99"}, "no such dyad in the dyads table"),
    ({"time": "prior"}, 'time is "prior"'),
    ({"sync": "marker"}, 'sync is "marker"'),
    ({"start_s": "12,5 s"}, 'start_s is "12,5 s"'),
    ({"start_s": "-1"}, 'start_s is "-1"'),
    ({"start_s": "1 min"}, 'start_s is "1 min"'),
    ({"start_s": "60", "stop_s": "60"}, "stop_s (60) must exceed start_s (60)"),
    ({"stop_s": "0"}, "stop_s (0) must exceed start_s (0)"),
    ({"client_file": ""}, "client_file is empty"),
    (
        {"client_file": "D01_pre_therapist.Poly5"},
        "both members' file is D01_pre_therapist.Poly5; whose channels are whose?",
    ),
]


@pytest.mark.parametrize(("cells", "what"), RECORDINGS, ids=lambda v: str(v))
def test_a_row_of_the_recordings_table_that_is_wrong_is_named(demo, cells, what):
    demo.record()
    for column, cell in cells.items():
        demo.put("recordings", 2, column, cell)
    first = demo.said()[0]
    assert first[0] == f"recordings.tsv, row 2 ({cells.get('dyad', 'D01')})"
    assert first[1] == what
    assert demo.said()[1:] == []
    with pytest.raises(StudyError) as error:
        demo.load()
    follows = ["no pre recording of D01, which has post alone"] if "dyad" in cells else []
    assert [p.what for p in error.value.study.warnings if p.where == "recordings.tsv"] == follows


def test_a_decimal_comma_is_read_in_every_table(demo):
    demo.put("recordings", 2, "start_s", "12,5")
    demo.put("recordings", 2, "stop_s", "72,25")
    demo.put("participants", 2, "age", "29,5")
    demo.config["questionnaires"]["wai_c"]["key"] = None
    rows = [[f"D0{i}", "180,5" if i < 6 else "201"] for i in range(1, 7)]
    demo.write("wai_client", [["dyad", "total"], *rows])
    study = demo.load()
    row = study.recordings.iloc[0]
    assert (float(row["start_s"]), float(row["stop_s"])) == (12.5, 72.25)
    assert study.scores["wai_c"]["total"].tolist() == [180.5] * 5 + [201]


def test_a_questionnaire_that_no_analysis_uses_is_a_warning(demo):
    def unused():
        return [(w.where, w.hint) for w in demo.load().warnings if w.what == "no analysis uses its scores"]

    assert unused() == []  # of the demo's two, the difference is correlated
    del demo.config["questionnaires"]["wai_t"]
    demo.config["differences"], demo.config["statistics"] = {}, {"correlate": []}
    hint = "If it is to be correlated with synchrony, write correlate: [wai_c_total] below statistics."
    assert unused() == [("config.yaml, questionnaires: wai_c", hint)]
    for asked in ("correlate", "covariates"):
        demo.config["statistics"] = {asked: ["wai_c_total"]}
        assert unused() == []


def test_a_difference_needs_two_questionnaires(demo):
    del demo.config["questionnaires"]["wai_t"]
    [problem] = demo.problems()
    assert problem.where == "config.yaml, differences: wai_difference"
    assert problem.what == "two questionnaires are needed, and there is wai_c"
    assert problem.hint == "A difference needs two questionnaires. Without one, write differences: {}."


def test_several_therapists_of_several_dyads_are_one_warning(demo):
    demo.config["tables"]["participants"] = None
    for row in (4, 5):
        demo.put("dyads", row, "therapist", "T02")
    [warning] = [w for w in demo.load().warnings if "independent" in w.what]
    assert warning.what == (
        "2 therapists have several dyads, which are therefore not independent "
        "(T01: D01 and D02; T02: D03 and D04)"
    )
    assert (
        warning.hint
        == "The tests that allow for it decide where they can be computed, and are in the report."
    )


def test_start_and_stop_are_read_as_seconds(demo):
    demo.put("recordings", 2, "start_s", "12.5")
    demo.put("recordings", 2, "stop_s", "72")
    row = demo.load().recording("D01", 1)
    assert (row["start_s"], row["stop_s"]) == (12.5, 72.0)


def test_a_dyad_without_a_recording_at_a_time_is_named(demo):
    demo.delete("recordings", 5)
    study = demo.load()
    said = [(p.where, p.what, p.hint) for p in study.warnings if p.where == "recordings.tsv"]
    hint = "Add the row, or write a row with the reason in its column exclude."
    assert said == [("recordings.tsv", "no post recording of D02, which has pre alone", hint)]
    assert study.unused == {("D02", "post"): "no recording in the recordings table"}
    assert [r["run"] for r in study.session("D02")] == [1]


def test_a_recording_is_left_out_with_a_reason_and_may_lack_everything_else(demo):
    rows = demo.rows("recordings")
    demo.write("recordings", [[*rows[0], "exclude"], *([*row, ""] for row in rows[1:])])
    demo.put("recordings", 5, "exclude", "client left before the end")
    for column in ("therapist_file", "client_file", "sync", "start_s"):
        demo.put("recordings", 5, column, "" if column != "start_s" else "?")
    study = demo.load()
    assert study.unused == {("D02", "post"): "client left before the end"}
    assert not [p for p in study.warnings if "D02" in p.what and "recording" in p.what]
    assert len(study.recordings) == 11 and len(study.included) == 6
    for no_reason in ("yes", "NA", "none"):
        demo.put("recordings", 5, "exclude", no_reason)
        assert any(p.what == f'exclude is "{no_reason}"' for p in demo.problems())


def test_a_dyad_without_any_usable_recording_and_a_time_that_nobody_has_are_problems(demo):
    for _ in range(2):
        demo.delete("recordings", 4)
    assert demo.said() == [("recordings.tsv", "no recording of D02 is used", f"Add its rows, or {EXCLUDE}")]
    demo.write("recordings", [row for row in demo.rows("recordings") if row[1] != "post" and row[0] != "D02"])
    assert ("recordings.tsv", "no dyad has a post recording") in [(p.where, p.what) for p in demo.problems()]


def with_years(demo, *years):
    rows = demo.rows("dyads")
    demo.write("dyads", [[*rows[0], "years"], *([*row, y] for row, y in zip(rows[1:], years, strict=True))])
    demo.config["statistics"]["correlate"] = ["years"]


def test_a_numeric_column_of_the_dyads_table_is_a_covariate_or_correlate_by_its_name(demo):
    with_years(demo, "12", "12,5", "0.5", "n/a", "7", "30")
    demo.config["statistics"]["covariates"] = ["years"]
    study = demo.load()
    assert study.numbers["years"].fillna(-1).tolist() == [12, 12.5, 0.5, -1, 7, 30]
    [said] = [p for p in study.warnings if "years" in p.what]
    assert said.where == "dyads.tsv, row 5 (D04)" and said.what == "years is empty: the number is missing"
    assert study.levels("D01") == {"mindfulness": "yes", "modality": "face-to-face"}  # a number is no factor


@pytest.mark.parametrize(
    ("cell", "what"),
    [
        ("twelve", 'years is "twelve"'),
        ("1,200", 'years is "1,200", which may be two numbers'),
        ("inf", 'years is "inf"'),
    ],
)
def test_a_cell_that_holds_no_number_is_named(demo, cell, what):
    with_years(demo, "12", cell, "0.5", "3", "7", "30")
    assert [(p.where, p.what) for p in demo.problems()] == [("dyads.tsv, row 3 (D02)", what)]


def test_a_number_of_an_excluded_dyad_does_not_matter_and_one_that_nobody_has_is_a_problem(demo):
    with_years(demo, "12", "3", "0.5", "3", "7", "a lot")
    demo.put("dyads", 7, "exclude", "amplifier failed")
    assert demo.problems() == [] and len(demo.load().numbers) == 5
    for row in range(2, 7):
        demo.put("dyads", row, "years", "")
    assert [p.what for p in demo.problems()] == ["years is empty in every dyad that is kept"]


def test_clocks_tied_by_triggers_need_to_know_where_the_triggers_are(demo):
    demo.config["triggers"] = {"channel": None}
    [(where, what, hint)] = demo.said()
    assert where == "config.yaml, triggers" and "recordings.tsv ties clocks by triggers" in what
    assert "shared_start" in hint


@pytest.mark.parametrize(("content", "name"), [(b"", "D01_pre_client.Poly5"), (b"x", "D01_pre_client.eeg")])
def test_a_file_that_cannot_be_read_is_found_before_the_run(demo, content, name):
    demo.record()
    demo.put("recordings", 2, "client_file", name)
    (demo.folder / "bids/sourcedata" / name).write_bytes(content)
    [(where, what, _)] = demo.said()
    assert where == "recordings.tsv, row 2 (D01)" and name in what


def test_one_file_may_hold_two_blocks_of_one_dyad_that_do_not_overlap(demo):
    demo.record()
    for role in ROLES:
        demo.put("recordings", 3, f"{role}_file", f"D01_pre_{role}.Poly5")
    demo.put("recordings", 3, "start_s", "100")
    assert "is already in row 2" in str(demo.said())
    demo.put("recordings", 2, "stop_s", "90")
    assert demo.said() == []


def test_a_recording_that_stands_there_twice_is_named(demo):
    demo.append("recordings", "D02", "post", "x.Poly5", "y.Poly5", "markers", "", "")
    demo.record()
    assert demo.said() == [("recordings.tsv, row 14 (D02)", "D02 post is already in row 5", "")]


def test_an_unknown_dyad_is_met_with_the_nearest_known_one(demo):
    demo.put("recordings", 2, "dyad", "d01")
    first = demo.problems()[0]
    assert (first.where, first.hint) == ("recordings.tsv, row 2 (d01)", "Did you mean D01?")


def test_a_missing_raw_file_points_at_the_nearest_one(demo):
    demo.record()
    raw = demo.folder / "bids/sourcedata"
    (raw / "D04_pre_client.Poly5").rename(raw / "D4_pre_client.Poly5")
    path = raw / "D04_pre_client.Poly5"
    where, what, hint = demo.said()[0]
    assert (where, what) == ("recordings.tsv, row 8 (D04)", f"client file not found: {path}")
    assert hint == "In that folder: D4_pre_client.Poly5 – is that it?"


def test_another_dyads_file_is_never_suggested_for_a_missing_one(demo):
    demo.record()
    (demo.folder / "bids/sourcedata/D04_pre_client.Poly5").unlink()
    assert [p.hint for p in demo.problems()] == [""]


def test_a_raw_folder_that_is_not_there_is_said(demo):
    demo.config["simulation"] = None
    demo.config["raw_folder"] = "raw"
    found = demo.problems()
    assert len(found) == 24
    assert found[0].hint == f"There is no folder {demo.folder / 'raw'} either."


@pytest.mark.long_but("D01; rm -rf x", "D01/x", "D01 &")
@pytest.mark.parametrize("label", ["D01; rm -rf x", "$(id)", "../D01", "D01/x", "`id`", "{D01}", "D01 &"])
def test_no_label_can_be_a_command_or_a_path(demo, label):
    """Labels become names of folders and words of command lines."""
    for table, column in (("dyads", "dyad"), ("dyads", "client"), ("recordings", "dyad")):
        before = demo.rows(table)
        demo.put(table, 2, column, label)
        assert any(p.where.startswith(f"{table}.tsv, row 2") for p in demo.problems()), (table, column)
        demo.write(table, before)


@pytest.mark.parametrize("absolute", [False, True])
def test_a_raw_file_outside_the_raw_folder_is_read_and_named(demo, absolute):
    """Another drive, or a mistake: the study loads, and the person is told."""
    demo.record()
    far = demo.folder / "drive/x.Poly5"
    far.parent.mkdir()
    far.write_bytes(b"raw")
    before = {(w.where, w.what) for w in demo.load().warnings}
    name = str(far) if absolute else "../../drive/x.Poly5"
    demo.put("recordings", 2, "client_file", name)
    demo.put("recordings", 4, "client_file", name.replace("x.", "../drive/y."))
    (far.parent / "y.Poly5").write_bytes(b"raw")
    study = demo.load()
    (said,) = [w for w in study.warnings if (w.where, w.what) not in before and "outside" in w.what]
    assert said.where == "recordings.tsv, row 2"
    assert said.what == f"a raw file outside raw_folder will be read: {name} (and 1 more)"
    assert Path(study.recording("D01", 1)["client_file"]).read_bytes() == b"raw"


def test_a_raw_file_in_a_folder_of_the_raw_folder_is_not_outside(demo):
    demo.record()
    raw = demo.folder / demo.config["raw_folder"]
    (raw / "lab").mkdir()
    (raw / "lab/x.Poly5").write_bytes(b"raw")
    for name in ("lab/x.Poly5", "lab/../lab/x.Poly5", str(raw / "lab/x.Poly5")):
        demo.put("recordings", 2, "client_file", name)
        assert not [w for w in demo.load().warnings if "outside" in w.what]


def test_simulated_recordings_have_the_names_that_the_simulation_gives_them(demo):
    demo.put("recordings", 3, "client_file", "mine.Poly5")
    ((where, what, hint),) = demo.said()
    assert where == "recordings.tsv, row 3 (D01)"
    assert what == 'client_file is "mine.Poly5", but the simulation will write D01_post_client.Poly5'
    assert "for your own data delete simulation" in hint


def test_a_real_study_may_give_its_files_any_name(demo):
    demo.put("recordings", 3, "client_file", "mine.Poly5")
    demo.record()
    assert demo.problems() == []


def test_a_simulated_dyad_needs_a_row_of_numbers(demo):
    demo.delete("simulation", 7)
    demo.put("simulation", 2, "alpha", "0,85")
    demo.put("simulation", 3, "lost_time", "later")
    demo.put("simulation", 4, "lost_s", "")
    assert [(p.where, p.what) for p in demo.problems()] == [
        ("simulation.tsv, row 2 (D01)", 'alpha is "0,85"'),
        ("simulation.tsv, row 3 (D02)", 'lost_time is "later"'),
        ("simulation.tsv, row 3 (D02)", "lost_at_s is empty"),
        ("simulation.tsv, row 3 (D02)", "lost_s is empty"),
        ("simulation.tsv, row 4 (D03)", "lost_s is empty"),
        ("simulation.tsv", "no row for dyad D06"),
    ]


def test_an_artefact_that_cannot_be_planted_is_named_with_its_row(demo):
    demo.put("simulation", 2, "client_artifacts", "noisy T8; nosy Cz")
    demo.put("simulation", 3, "therapist_artifacts", "flat O9")
    demo.put("simulation", 4, "client_artifacts", "bridge P3")
    demo.put("simulation", 5, "therapist_artifacts", "flat P3; bridge P3-P7")
    demo.put("simulation", 6, "client_artifacts", "steps")
    said = demo.said()
    assert [(where, what) for where, what, _ in said] == [
        ("simulation.tsv, row 2 (D01)", 'client_artifacts: "nosy" cannot be planted'),
        ("simulation.tsv, row 3 (D02)", "therapist_artifacts: no channel is called O9"),
        ("simulation.tsv, row 4 (D03)", "client_artifacts: a bridge joins two channels"),
        ("simulation.tsv, row 5 (D04)", "therapist_artifacts: P3 can have only one fault"),
        ("simulation.tsv, row 6 (D05)", "client_artifacts: steps names no channel"),
    ]
    assert {hint for _, _, hint in said} == {
        "Write such as: noisy T8; flat O1; loose P8; bridge P3-P7; steps C4 PO3."
    }


def test_a_simulation_table_without_columns_of_artefacts_plants_none_of_them(demo):
    heading, *rows = demo.rows("simulation")
    demo.write("simulation", [heading[:-2], *(row[:-2] for row in rows)])
    assert demo.problems() == []


@pytest.mark.parametrize("table", ["dyads", "recordings", "wai_key", "simulation"])
def test_a_table_with_a_heading_only_is_one_problem(demo, table):
    demo.write(table, demo.rows(table)[:1])
    [(where, what, hint)] = demo.said()
    assert (where, what) == (f"{table}.tsv", "the table has no rows below its heading")
    assert hint.startswith("Add one row per")


@pytest.mark.parametrize(
    ("table", "column"),
    [("dyads", "therapist"), ("recordings", "sync"), ("cap_map", "label"), ("wai_client", "dyad")],
)
def test_a_column_under_another_name_is_one_problem(demo, table, column):
    demo.rename(table, column, column + "_")
    assert demo.said() == [
        (f"{table}.tsv, row 1", f'the column "{column}" is missing', f'Is it "{column}_"?')
    ]


def test_a_missing_column_is_told_with_those_that_are_there(demo):
    demo.write("cap_map", [row[:1] for row in demo.rows("cap_map")])
    assert demo.said() == [("cap_map.tsv, row 1", 'the column "channel" is missing', "It has: label.")]


def test_a_factor_that_the_dyads_table_lacks_is_a_missing_column(demo):
    demo.config["factors"]["training"] = ["a", "b"]
    assert [(p.where, p.what) for p in demo.problems()] == [
        ("dyads.tsv, row 1", 'the column "training" is missing')
    ]


def test_an_unknown_column_is_met_with_the_nearest_one_that_may_still_come(demo):
    demo.rename("dyads", "exclude", "exlude")
    assert demo.said() == [("dyads.tsv, row 1", 'unknown column "exlude"', "Did you mean exclude?")]


def test_a_missing_table_is_one_problem(demo):
    (demo.folder / "config/dyads.tsv").rename(demo.folder / "config/dyads.csv")
    assert demo.said() == [
        (str(demo.folder / "config/dyads.tsv"), "file not found", "In that folder: dyads.csv – is that it?")
    ]


def test_participants_are_known_to_the_dyads_and_stand_there_once(demo):
    demo.put("participants", 7, "participant", "C1")
    demo.append("participants", "C02", "47", "F", "right", "55")
    demo.append("participants", "C03", "1987", "F", "right", "n/a")
    assert [(p.where, p.what) for p in demo.problems()] == [
        ("participants.tsv, row 7 (C1)", "no such person in the dyads table"),
        ("participants.tsv, row 13 (C02)", "C02 is already in row 8"),
        ("participants.tsv, row 14 (C03)", "C03 is already in row 9"),
        ("participants.tsv, row 14 (C03)", "age is 1987, which is more than 120 years"),
    ]
    assert demo.problems()[0].hint == "Did you mean C01?"


def test_who_has_a_row_already_is_not_suggested_for_another(demo):
    demo.put("dyads", 5, "exclude", "amplifier failed")
    demo.put("dyads", 5, "client", "")
    assert demo.said() == [
        (
            "participants.tsv, row 10 (C04)",
            "no such person in the dyads table",
            "Delete the row, or correct the name.",
        )
    ]


def test_a_person_without_a_row_is_a_person_of_whom_nothing_is_known(demo):
    demo.delete("participants", 7)
    people = demo.load().participants.set_index("participant")
    assert people.loc["C01"].tolist() == ["client", "", "", "", ""]
    demo.config["tables"]["participants"] = None
    assert (demo.load().participants.drop(columns=["participant", "role"]) == "").all(axis=None)


def test_the_cap_map_names_each_label_and_channel_once_and_every_roi_channel(demo):
    demo.config["multiverse"] = None  # whose sites are channels as well
    demo.put("cap_map", 3, "label", "ExG01")
    demo.put("cap_map", 4, "channel", "Fp1")
    demo.put("cap_map", 8, "channel", "fz")
    assert demo.said() == [
        ("cap_map.tsv, row 3", "label ExG01 is already in row 2", ""),
        ("cap_map.tsv, row 4", "channel Fp1 is already in row 2", ""),
        ("config.yaml, rois: frontal", "Fz is not in cap_map.tsv", "Did you mean fz?"),
    ]


def test_a_study_without_a_cap_map_has_an_empty_one(demo):
    del demo.config["tables"]["cap_map"]
    assert demo.load().cap_maps == {}


BY_HAND = [
    ["dyad", "time", "participant", "what", "item", "decision", "by", "reason"],
    ["D02", "post", "T01", "channel", "T8", "good", "AB", "only its neighbour is noisy"],
    ["D01", "post", "", "window", "102", "drop", "CD", "client coughs"],
    ["D01", "post", "T01", "component", "IC03-7f2a", "keep", "AB", "alpha, no heartbeat"],
    ["D01", "post", "T01", "channel", "F3", "bad", "AB", "loose"],
    ["D01", "post", "", "window", "32.0", "keep", "CD", "the peak is alpha"],
]


def by_hand(demo):
    """Everything that the study's decisions are to any job."""
    study = demo.load()
    runs = [(d, run) for d in study.included["dyad"] for run in (1, 2)]
    people = [(study.member(d, role), d, run) for d, run in runs for role in ROLES]
    return {
        **{key: found for key in people if (found := study.recording_decisions(*key))},
        **{key: found for key in runs if (found := study.window_decisions(*key))},
    }


def test_a_decision_by_hand_is_known_to_its_own_recording_or_run_and_to_no_other(demo):
    demo.write("decisions", BY_HAND)
    assert by_hand(demo) == {
        ("T01", "D01", 2): [
            dict(what="channel", item="F3", decision="bad", by="AB", reason="loose"),
            dict(what="component", item="IC03-7f2a", decision="keep", by="AB", reason="alpha, no heartbeat"),
        ],
        ("T01", "D02", 2): [
            dict(what="channel", item="T8", decision="good", by="AB", reason="only its neighbour is noisy")
        ],
        ("D01", 2): [
            dict(what="window", item=32.0, decision="keep", by="CD", reason="the peak is alpha"),
            dict(what="window", item=102.0, decision="drop", by="CD", reason="client coughs"),
        ],
    }
    assert demo.load().window_decisions("D01", "2") == demo.load().window_decisions("D01", 2) != []


def test_a_decision_about_a_recording_that_is_not_used_is_said(demo):
    demo.write("decisions", BY_HAND)
    demo.delete("recordings", 5)
    said = [(p.where, p.what) for p in demo.load().warnings if p.where.startswith("decisions")]
    assert said == [("decisions.tsv, row 2 (D02)", "no post recording of D02 is used")]


def test_the_order_of_the_decisions_and_what_stands_between_them_is_nothing_to_a_job(demo):
    demo.write("decisions", BY_HAND)
    before = by_hand(demo)
    demo.write("decisions", [["# read twice"], BY_HAND[0], [], *reversed(BY_HAND[1:])])
    assert repr(by_hand(demo)) == repr(before)


def test_a_study_in_which_nothing_is_decided_by_hand_may_have_the_table_empty_or_none(demo):
    assert read_table(demo.folder / "config/decisions.tsv").empty
    assert by_hand(demo) == {}
    demo.write("decisions", BY_HAND[:1])
    assert by_hand(demo) == {}
    demo.config["tables"]["decisions"] = None
    assert by_hand(demo) == {}


def test_a_table_of_decisions_that_lacks_a_column_is_one_problem_though_it_has_no_rows(demo):
    demo.write("decisions", [BY_HAND[0][:-1]])
    assert [(p.where, p.what) for p in demo.problems()] == [
        ("decisions.tsv, row 1", 'the column "reason" is missing')
    ]


def test_decisions_about_a_dyad_that_is_excluded_are_ignored_whatever_they_say(demo):
    demo.write("decisions", [*BY_HAND, ["D06", "?", "nobody", "", "", "", "", ""]])
    assert demo.problems() != []
    demo.put("dyads", 7, "exclude", "amplifier failed")
    assert set(by_hand(demo)) == {("T01", "D01", 2), ("T01", "D02", 2), ("D01", 2)}


def test_where_it_is_in_doubt_who_is_who_no_decision_is_said_to_be_anothers(demo):
    demo.write("decisions", BY_HAND)
    demo.put("dyads", 2, "therapist", "T 01")
    assert [p.where for p in demo.problems()] == ["dyads.tsv, row 2 (D01)"]


def test_decisions_fit_their_schema_as_an_editor_would_check_them():
    editor = Draft202012Validator(row_schema("decisions"))
    heading, *rows = BY_HAND
    assert all(editor.is_valid(dict(zip(heading, row, strict=True))) for row in rows)
    assert not editor.is_valid(dict(zip(heading, ["D01", "pre", "", *rows[0][3:]], strict=True)))


def test_answers_that_cannot_be_scored_are_named_with_row_and_item(demo):
    demo.put("wai_client", 4, "item_3", "8")
    demo.put("wai_client", 7, "dyad", "D09")
    assert [(p.where, p.what) for p in demo.problems()] == [
        ("wai_client.tsv, row 7 (D09)", "no such dyad in the dyads table"),
        ("wai_client.tsv", "no row for dyad D06"),
        ("wai_client.tsv, row 4 (D03), item_3", "8 is not a whole number from 1 to 7"),
    ]


def test_a_missing_answer_is_prorated_or_leaves_its_scale_missing_and_both_are_said(demo):
    for row, items in ((2, (1,)), (3, (1, 5, 8)), (4, range(1, 37))):  # of bond, which has twelve
        for item in items:
            demo.put("wai_client", row, f"item_{item}", "")
    study = demo.load()
    scores = study.scores["wai_c"].set_index("dyad")
    assert (
        scores.loc["D01", ["bond", "total"]].notna().all()
        and scores.loc["D02", ["bond", "total"]].isna().all()
    )
    assert scores["missing_items"].tolist() == [1, 3, 36, 0, 0, 0]
    assert [(w.where, w.what, w.hint) for w in study.warnings if "wai" in w.where] == [
        (
            "wai_client.tsv, row 2 (D01)",
            "bond has 1 of 12 items without an answer, and is prorated from the other 11",
            "max_missing_items (config.yaml) sets how many answers may be missing.",
        ),
        (
            "wai_client.tsv, row 3 (D02)",
            "bond has 3 of 12 items without an answer, so bond and the total are missing",
            "The dyad is left out of the analyses that need them; max_missing_items (config.yaml) is the "
            "limit.",
        ),
        (
            "wai_client.tsv, row 4 (D03)",
            "no item has an answer: the dyad has no score",
            "The dyad is left out of the analyses that need one. If the form was filled in, enter it.",
        ),
    ]
    shared = study.shared_scores(with_items=True)["wai_c"][1]
    assert shared["item_5"] == "n/a" and shared["item_2"] == "5"
    demo.config["questionnaires"]["wai_c"]["max_missing_items"] = 3
    assert demo.load().scores["wai_c"]["total"].notna().tolist() == [True, True, False, True, True, True]


def test_a_questionnaire_without_a_key_holds_its_scores(demo):
    demo.config["questionnaires"]["wai_c"]["key"] = None
    rows = [[f"D0{i}", str(50 + i), str(170.5 + i)] for i in range(1, 7)]
    rows[3][2] = ""
    demo.write("wai_client", [["dyad", "bond", "total"], *rows])
    study = demo.load()
    assert study.scores["wai_c"].set_index("dyad").loc["D01"].to_dict() == {"bond": 51, "total": 171.5}
    assert study.scores["wai_c"]["total"].isna().tolist() == [False] * 3 + [True] + [False] * 2
    assert [(w.where, w.what) for w in study.warnings if "wai" in w.where] == [
        ("wai_client.tsv, row 5 (D04)", "total is empty: the score is missing")
    ]
    assert "wai_c" not in study.answers
    assert study.shared_scores(with_items=True)["wai_c"][0] == {"dyad": "D01", "bond": 51, "total": 171.5}


def test_a_therapist_of_two_dyads_is_a_warning_and_not_a_problem(demo):
    [warning] = demo.load().warnings
    assert warning_text([warning]) == (
        "1 warning\n1  dyads.tsv, rows 2 and 3: T01 is the therapist of D01 and D02, which are therefore not "
        "independent\n"
        "   The tests over dyads treat them as independent; the report has tests beside them that do not."
    )
    demo.put("dyads", 3, "exclude", "amplifier failed")
    assert not [w for w in demo.load().warnings if "T01" in w.what] and warning_text([]) == ""


def test_labels_that_differ_by_zeros_in_front_are_a_warning(demo):
    demo.put("dyads", 7, "client", "C1")
    demo.put("participants", 12, "participant", "C1")
    assert ("dyads.tsv, row 7 (C1)", "C1 differs from C01 in row 2 only by leading zeros") in [
        (w.where, w.what) for w in demo.load().warnings
    ]


def test_labels_that_differ_by_a_letter_that_looks_like_a_digit_are_a_warning(demo):
    demo.put("dyads", 3, "therapist", "TO1")
    demo.append("participants", "TO1", "38", "M", "right", "58")
    assert (
        "dyads.tsv, row 3 (TO1)",
        "TO1 differs from T01 in row 2 only by a letter that looks like a digit",
    ) in [(w.where, w.what) for w in demo.load().warnings]


def test_header_time_that_the_config_accepts_is_a_warning(demo):
    demo.config["clock"]["accept_header_time"] = True
    demo.put("recordings", 2, "sync", "header_time")
    assert "PLV in the alpha band is then meaningless" in warning_text(demo.load().warnings)


def test_two_people_in_one_file_are_told_apart_by_patterns(demo):
    demo.record()
    heading, *rows = demo.rows("recordings")
    patterns = ["sub1_*", "sub2_*"]
    rows[0][3] = rows[0][2]
    rows = [[*row, *(patterns if row is rows[0] else ["", ""])] for row in rows]
    demo.write("recordings", [[*heading, "therapist_channels", "client_channels"], *rows])
    demo.put("recordings", 2, "sync", "same_file")
    row = demo.load().recording("D01", 1)
    assert [row["therapist_channels"], row["client_channels"]] == patterns
    assert row["therapist_file"] == row["client_file"]


def test_comparing_no_groups_needs_no_number_of_dyads(demo):
    for row in range(3, 8):
        demo.put("dyads", row, "exclude", "amplifier failed")
    assert "there is nothing to compare" in demo.problems()[0].what
    demo.config["statistics"]["between"] = []
    assert demo.problems() == []


def test_the_schemas_of_the_tables_know_what_the_library_knows():
    assert row_schema("recordings")["properties"]["sync"]["enum"] == list(METHODS)
    assert columns_of("key")[0] == KEY_COLUMNS
    assert columns_of("participants")[1] == ABOUT_PEOPLE


@pytest.mark.parametrize("table", sorted(path.name.split(".")[0] for path in SCHEMAS.glob("*.schema.yaml")))
def test_every_column_of_a_table_is_described_by_a_valid_schema(table):
    schema = row_schema(table)
    Draft202012Validator.check_schema(schema)
    assert schema["title"]
    assert table == "config" or all(about.get("description") for about in schema["properties"].values())


def test_the_demos_tables_fit_their_schemas_as_an_editor_would_check_them(demo):
    for table in ("dyads", "recordings", "participants", "cap_map"):
        schema = row_schema(table)
        if table == "dyads":
            schema = schema | {"properties": schema["properties"] | {f: {} for f in demo.config["factors"]}}
        for _, row in read_table(demo.folder / f"config/{table}.tsv").iterrows():
            assert Draft202012Validator(schema).is_valid(row.to_dict()), (table, row.to_dict())


def test_an_item_without_a_column_is_a_problem_of_the_answers(demo):
    demo.rename("wai_client", "item_3", "item_37")
    assert [(p.where, p.what) for p in demo.problems()] == [
        ("wai_client.tsv", "the column item_3 is missing"),
        ("wai_client.tsv", "the column item_37 is not an item of the key"),
    ]


def test_a_dyad_that_answered_twice_is_named(demo):
    demo.append("wai_therapist", *demo.rows("wai_therapist")[1])
    assert demo.said() == [("wai_therapist.tsv, row 8 (D01)", "D01 is already in row 2", "")]


def test_a_key_that_cannot_be_used_is_one_problem_of_the_key(demo):
    demo.put("wai_key", 2, "reverse", "perhaps")
    assert demo.said() == [("wai_key.tsv, item_3", "reverse must be yes or no", "")]


def test_scores_follow_the_order_of_the_answers_and_the_labels_of_their_dyads(demo):
    before = demo.load().scores["wai_t"].set_index("dyad")
    heading, *rows = demo.rows("wai_therapist")
    demo.write("wai_therapist", [heading, *reversed(rows)])
    after = demo.load().scores["wai_t"].set_index("dyad")
    pd.testing.assert_frame_equal(after.loc[before.index], before)


@pytest.mark.parametrize(
    "name",
    ["dyad", "time", "band", "roi", "plv", "age", "session_id", "measure", "exclude", "reason", "item"],
)
def test_a_factor_may_not_be_called_as_a_column_of_the_results(demo, name):
    demo.config["factors"] = {name: ["yes", "no"]}
    demo.config["statistics"]["between"] = [name]
    found = [p for p in demo.problems() if p.where == "config.yaml, factors"]
    assert [p.what for p in found] == [f'"{name}" is already the name of a column of the results']


@pytest.mark.parametrize(
    ("key", "name", "near"),
    [
        ("correlate", "wai_diference", "Did you mean wai_difference?"),
        ("correlate", "wai_c_bonds", "Did you mean wai_c_bond?"),
        ("covariates", "powr_client", "Did you mean power_client?"),
    ],
)
def test_a_score_or_covariate_that_is_no_column_is_named_before_anything_runs(demo, key, name, near):
    demo.config["statistics"][key] = [name]
    problem = demo.problems()[0]
    assert problem.where == f"config.yaml, statistics: {key}"
    assert problem.what == f'no score, difference or column of the dyads table is called "{name}"'
    assert problem.hint == near


def test_scores_subscales_and_absolute_differences_can_be_asked_for(demo):
    demo.config["statistics"]["correlate"] = ["wai_t_total", "wai_c_bond", "wai_difference_absolute"]
    demo.config["statistics"]["covariates"] = ["power_therapist", "wai_c_total"]
    assert demo.problems() == []


def test_factors_differences_and_scores_need_names_of_their_own(demo):
    demo.config["differences"] = {"wai_t_goal": ["wai_t", "wai_c"], "modality": ["wai_c", "wai_t"]}
    demo.config["statistics"]["correlate"] = []
    assert [(p.where, p.what) for p in demo.problems()] == [
        ("config.yaml, differences", '"modality" is a column of factors already'),
        ("config.yaml, questionnaires: wai_t", '"wai_t_goal" is a column of differences already'),
    ]


def test_no_column_beside_the_factors_is_left_out_of_the_names_that_are_taken():
    from interbrain.statistics.cells import CELLS, PEOPLE, VALUES

    further = {"estimators": [name for name in METRICS if name != "plv"], "directed": "granger"}
    beside = {*CELLS, *PEOPLE, *VALUES, *measures(Synchrony(**further)), "dyad", "time"}
    assert beside - TAKEN_COLUMNS == set()


def test_strangers_can_be_tested_in_estimators_of_phases_only(demo):
    demo.config["synchrony"] = {"estimators": ["accorr", "aec"]}
    demo.config["statistics"]["measures"] = ["accorr_above_pseudo", "aec_above_chance"]
    assert demo.problems() == []
    demo.config["statistics"]["measures"] = ["aec_above_pseudo"]
    assert [p.what for p in demo.problems()] == ['no measure is called "aec_above_pseudo"']


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_study_kept_in_another_kind_of_table_is_the_same_study(demo, ending):
    as_tsv = demo.load()
    for name in ("dyads", "recordings", "participants", "cap_map"):
        heading, *rows = demo.rows(name)
        table = pd.DataFrame(rows, columns=heading)
        path = demo.folder / f"config/{name}.{ending}"
        if ending == "csv":
            table.to_csv(path, sep=";", index=False, encoding="utf-16")
        else:
            numbers = table.apply(pd.to_numeric, errors="coerce").astype(object)  # as typed into Excel
            numbers.where(numbers.notna(), table).to_excel(path, index=False)
        demo.config["tables"][name] = f"config/{name}.{ending}"
    other = demo.load()
    for name in ("dyads", "recordings", "participants"):
        pd.testing.assert_frame_equal(getattr(other, name), getattr(as_tsv, name))
    assert list(other.cap_maps.values()) == list(as_tsv.cap_maps.values())


def test_dyads_named_by_bare_numbers_are_the_same_in_text_and_in_sheets(demo):
    for table in ("dyads", "recordings", "wai_therapist", "wai_client", "simulation"):
        heading, *rows = demo.rows(table)
        at = heading.index("dyad")
        for row in rows:
            row[at] = row[at][2:]
        if table == "recordings":
            rows = [[cell.replace("D0", "") for cell in row] for row in rows]
        demo.write(table, [heading, *rows])
    heading, *rows = demo.rows("dyads")
    sheet = pd.DataFrame([[float(row[0]), *row[1:]] for row in rows], columns=heading)
    sheet.to_excel(demo.folder / "config/dyads.xlsx", index=False)
    demo.config["tables"]["dyads"] = "config/dyads.xlsx"
    assert demo.load().included["dyad"].tolist() == ["1", "2", "3", "4", "5", "6"]


@pytest.mark.long_but("1")
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_no_damage_of_a_table_ends_in_anything_but_a_message(demo, seed):
    rng = random.Random(seed)
    demo.write("decisions", BY_HAND)
    tables = ["dyads", "recordings", "participants", "cap_map", "decisions", "wai_client", "wai_key"]
    tables += ["simulation"]
    whole = {table: demo.rows(table) for table in tables}
    cells = ["", "n/a", "D01", "T01", "-1", "1e400", "nan", "inf", "a b", "ä", "0", "'", "yes", "pre"]
    refused = 0
    for _ in range(30):
        table = rng.choice(tables)
        rows = [list(row) for row in whole[table]]
        for _ in range(rng.randint(1, 3)):
            row = rng.choice(rows)
            row[rng.randrange(len(row))] = rng.choice(cells)
        demo.write(table, rows)
        refused += bool(demo.problems())  # any other exception fails the test
        demo.write(table, whole[table])
    assert refused > 12


def test_reading_the_demo_imports_nothing_heavy(repository):
    code = """
import sys
from pathlib import Path
from interbrain.study.settings import config_schema
from interbrain.study.loading import load_study
from interbrain.study.config import read_config
load_study(read_config(sys.argv[1] + "/config/config.yaml"), config_schema(), Path(sys.argv[1]))
print(sorted({"mne", "scipy", "pingouin", "matplotlib", "openpyxl"} & set(sys.modules)))
"""
    command = [sys.executable, "-c", code, str(repository)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_study_of_a_thousand_dyads_is_read_in_seconds(demo):
    labels = [f"D{i:04}" for i in range(1000)]
    demo.write("dyads", [demo.rows("dyads")[0]] + [
        [d, f"T{d}", f"C{d}", "no" if d < "D0500" else "yes", "online", ""] for d in labels
    ])  # fmt: skip
    demo.write("recordings", [demo.rows("recordings")[0]] + [
        [d, t, *(f"{d}_{t}_{role}.Poly5" for role in ROLES), "markers", "", ""]
        for d in labels for t in ("pre", "post")
    ])  # fmt: skip
    for key in ("questionnaires", "differences", "simulation"):
        demo.config[key] = {} if key != "simulation" else None
    demo.config["tables"]["participants"] = None
    demo.config["statistics"] |= {"correlate": [], "between": ["mindfulness"]}
    demo.config["raw_folder"] = "raw"
    (demo.folder / "raw").mkdir()
    for d in labels:
        for t in ("pre", "post"):
            for role in ROLES:
                (demo.folder / f"raw/{d}_{t}_{role}.Poly5").write_bytes(b"raw")
    began = time.process_time()
    study = load_study(demo.config, demo.schema, demo.folder)
    for d in labels:
        for run in (1, 2):
            assert study.recording(d, run)["dyad"] == d
            assert study.member(d, "client") == f"C{d}"
    assert time.process_time() - began < 5


# --- settings that differ between the two members --------------------------------------------------------


def test_triggers_are_asked_for_where_clocks_are_tied_by_them_and_not_assumed(demo):
    del demo.config["triggers"]
    [(where, what, hint)] = demo.said()
    assert (where, what) == ("config.yaml", 'the setting "triggers" is missing')
    assert "channel: Digi" in hint and "annotation: S 1" in hint and "triggers: null" in hint
    for row in range(2, len(demo.rows("recordings")) + 1):
        demo.put("recordings", row, "sync", "shared_start")
    assert demo.said() == []


@pytest.mark.parametrize(
    ("triggers", "what"),
    [
        ({}, "the setting is empty"),
        ({"idle": 8}, "the therapists' channel is not named, nor an annotation"),
        ({"therapist": {"channel": "Digi"}}, "the clients' channel is not named, nor an annotation"),
        ({"channel": "Digi", "client": {}}, "the setting is empty"),
    ],
)
def test_triggers_that_name_neither_channel_nor_annotation_are_no_setting(demo, triggers, what):
    demo.config["triggers"] = triggers
    assert what in [said for _, said, _ in demo.said()]


def test_a_study_without_shared_pulses_says_so(demo):
    demo.config["triggers"] = None
    for row in range(2, len(demo.rows("recordings")) + 1):
        demo.put("recordings", row, "sync", "auto")
    study = demo.load()
    assert study.session("D01")[0]["client"]["triggers"]["channel"] is None


def test_the_line_frequency_is_asked_for_and_not_assumed(demo):
    del demo.config["line_frequency"]
    [(where, what, hint)] = demo.said()
    assert (where, what) == ("config.yaml", 'the setting "line_frequency" is missing')
    assert "50 in Europe, 60 in North America" in hint


@pytest.mark.parametrize(
    ("value", "what"),
    [
        ({"therapist": 50}, 'the setting "client" is missing'),
        ({"therapist": 50, "client": "60 Hz"}, '"60 Hz" is not a number'),
        (0, "0 must be above 0"),
        ("fifty", '"fifty" is not a number or a group of settings'),
        ({"therapist": 50, "client": 60}, None),
    ],
)
def test_the_line_frequency_may_differ_between_the_two(demo, value, what):
    demo.config["line_frequency"] = value
    assert [said for _, said, _ in demo.said()] == ([what] if what else [])


def test_triggers_differ_by_role_and_by_recording(demo):
    demo.config["triggers"] = {
        "dead_time_s": 0.3,
        "therapist": {"channel": "Digi", "idle": 8},
        "client": {"annotation": 255},
    }
    heading, *rows = demo.rows("recordings")
    demo.write(
        "recordings",
        [[*heading, "client_trigger", "therapist_trigger"]]
        + [
            [*row, "Status" if i == 1 else "", "annotation: S  1" if i == 2 else ""]
            for i, row in enumerate(rows)
        ],
    )
    study = demo.load()
    first, second = study.session("D01")
    assert first["therapist"]["triggers"] == {
        **{"channel": "Digi", "idle": 8, "mask": None, "annotation": None},
        "dead_time_s": 0.3,
    }
    assert first["client"]["triggers"]["annotation"] == "255"
    assert second["client"]["triggers"]["channel"] == "Status"
    assert second["client"]["triggers"]["annotation"] is None
    assert study.session("D02")[0]["therapist"]["triggers"]["annotation"] == "S  1"
    assert study.encounter("C01", "D01", 2)["member"]["trigger_channel"] == "Status"
    assert study.encounter("T01", "D01", 2)["member"]["trigger_channel"] == "Digi"


def test_of_another_channel_the_usual_idle_value_says_nothing():
    usual = {"channel": "Digi", "idle": 8, "dead_time_s": 0.5, "annotation": None}
    assert triggers_of(usual, "client", "Status")["idle"] is None
    assert triggers_of(usual, "client", "digi")["idle"] == 8
    assert triggers_of({**usual, "client": {"annotation": "S 1"}}, "client", "Digi")["annotation"] is None
    assert triggers_of({"annotation": "S 1", "client": {"channel": "X"}}, "client")["annotation"] is None


def test_a_trigger_cell_that_names_no_annotation_is_met_with_what_to_write(demo):
    heading, *rows = demo.rows("recordings")
    demo.write("recordings", [[*heading, "client_trigger"], *([*row, "annotation:"] for row in rows[:1])])
    assert any("annotation: S 1" in hint for _, _, hint in demo.said())


def test_the_cap_map_differs_by_role_and_by_recording(demo):
    cap = demo.rows("cap_map")
    for name, label in (("cap_c", "A"), ("cap_2", "B")):
        demo.write(name, [cap[0], *([f"{label}{i}", row[1]] for i, row in enumerate(cap[1:], 1))])
    demo.config["tables"]["cap_map"] = {"therapist": "config/cap_map.tsv", "client": "config/cap_c.tsv"}
    heading, *rows = demo.rows("recordings")
    demo.write(
        "recordings",
        [[*heading, "client_cap_map"]]
        + [[*row, "config/cap_2.tsv" if i == 1 else ""] for i, row in enumerate(rows)],
    )
    study = demo.load()
    assert study.cap_map("T01", "D01", 1)["ExG07"] == "Fz"
    assert study.cap_map("C01", "D01", 1)["A7"] == "Fz"
    assert study.cap_map("C01", "D01", 2)["B7"] == "Fz"
    assert study.session("D01")[1]["client"]["cap_map"]["B7"] == "Fz"
    demo.write("cap_2", [row for row in demo.rows("cap_2") if row[1] != "Fz"])
    assert {what for _, what, _ in demo.said()} == {"Fz is not in cap_2.tsv"}


def test_a_cap_map_of_one_role_leaves_the_other_with_10_20_names(demo):
    demo.config["tables"]["cap_map"] = {"client": "config/cap_map.tsv"}
    study = demo.load()
    assert study.cap_map("T01", "D01", 1) == {} and study.cap_map("C01", "D01", 1)["ExG07"] == "Fz"


def test_a_cap_map_may_leave_channels_out(demo):
    demo.append("cap_map", "EEG A2-A1", "ignore")
    demo.append("cap_map", "spare", "-")
    demo.append("cap_map", "BIP1", "Ignore")
    assert demo.problems() == []
    demo.append("cap_map", "BIP2", "")
    assert [(p.what, p.hint) for p in demo.problems()] == [
        ("channel is empty", "Write its site, or ignore to leave the channel out.")
    ]


def test_a_cap_map_that_only_leaves_channels_out_asks_for_no_sites(demo):
    demo.write("cap_map", [["label", "channel"], ["EEG A2-A1", "ignore"]])
    assert demo.problems() == []


def test_a_site_stands_twice_in_a_cap_map_only_if_two_heads_share_a_file(demo):
    demo.append("cap_map", "Ch40", "Fz")
    assert ["is already in row" in p.what for p in demo.problems()] == [True]
    demo.record()
    heading, *rows = demo.rows("recordings")
    rows = [[*row, "", ""] for row in rows]
    rows[0][heading.index("client_file")] = rows[0][heading.index("therapist_file")]
    rows[0][-2:] = ["1-32", "33-64"]
    demo.write("recordings", [[*heading, "therapist_channels", "client_channels"], *rows])
    assert demo.problems() == []


@pytest.mark.long_but("0.001-True", "-1-False")
@pytest.mark.parametrize(
    ("scale", "is_read"),
    [("0.001", True), ("1000", True), ("1e-3", True), ("0", False), ("0,001", True), ("-1", False)],
)
def test_a_scale_is_a_number_above_0(demo, scale, is_read):
    demo.record()
    heading, *rows = demo.rows("recordings")
    rows = [[*row, scale] for row in rows]
    demo.write("recordings", [[*heading, "therapist_scale"], *rows])
    problems = demo.problems()
    assert (not problems) == is_read
    if is_read:
        row = demo.load().recordings.iloc[0]
        assert demo.load().channels(row, "therapist")["scale"] == float(scale.replace(",", "."))
        assert demo.load().channels(row, "client")["scale"] is None
