"""A folder as a lab has it: what is a recording, what belongs to one, and what headers say besides names."""

import sys
from itertools import product
from pathlib import Path

import numpy as np
import pytest
import yaml

from interbrain.newstudy import NewStudyError
from interbrain.newstudy.config_text import config_text
from interbrain.newstudy.folder import files_below
from interbrain.newstudy.from_recordings import from_recordings
from interbrain.newstudy.headers import patterns_of, whose
from interbrain.newstudy.options import role_words
from interbrain.newstudy.stretches import stretches_of

from .conftest import SITES

sys.path.insert(0, str(Path(__file__).parents[1] / "formats"))
from planted import write_xdf_streams, xdf_stream

CONFIG = Path(__file__).parents[2] / "config/config.yaml"
TABLES = {table: f"config/{table}.tsv" for table in ("dyads", "recordings", "participants", "cap_map")}


def test_each_file_is_a_recording_a_part_of_one_or_named_with_the_reason(tmp_path):
    for name in (
        *("a.vhdr", "a.eeg", "a.vmrk", "b.set", "b.fdt", "sub/c.EDF", "d_raw.fif", "d_raw-1.fif"),
        *("lost.eeg", "notes.docx", ".hidden.edf", "._a.vhdr", "__MACOSX/x.edf", "e.Poly5"),
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / "empty.edf").write_bytes(b"")
    found = files_below(tmp_path)
    assert sorted(found.recordings) == ["a.vhdr", "b.set", "d_raw.fif", "e.Poly5", "sub/c.EDF"]
    assert found.n_companions == 4
    assert dict(found.others) == {
        "lost.eeg": "belongs to a .vhdr file that is not beside it",
        "notes.docx": "not a recording that Interbrain can read",
        "empty.edf": "an empty file",
    }


BOX = [*(f"A{number}" for number in range(1, 17)), "EXG1"]


@pytest.mark.parametrize(
    ("names", "patterns"),
    [
        ([f"sub{n}_{s}" for n in (1, 2) for s in SITES], ["sub1_*", "sub2_*"]),
        ([f"{s}_{n}" for s in SITES for n in "AB"], ["*_A", "*_B"]),
        ([*SITES, *(f"{s}_2" for s in SITES), "Status"], ["*", "*_2"]),
        (SITES, []),
        ([*(f"EEG {s}" for s in SITES), "EKG"], []),  # one person's, as EDF has them
        ([*SITES, *(f"EEG {s}" for s in SITES)], ["*", "EEG *"]),
        ([f"{n}_{s}" for n in (1, 2, 3) for s in SITES], []),
        ([f"A{n}" for n in range(1, 33)] + [f"B{n}" for n in range(1, 33)], []),
        (
            [*(f"{b}-{n}" for b in (1, 2) for n in BOX), "Ana1", "GSR-1"],
            ["1-*", "2-*"],
        ),  # no labels are sites
        ([f"{n}_{b}" for b in "ab" for n in BOX], ["*_a", "*_b"]),
        ([f"{b}-{n}" for b in "AB" for n in range(1, 33)], []),  # perhaps one person's cap of two halves
        ([f"{b}-{n}" for b in (1, 2, 3) for n in BOX], []),
        ([*(f"1-{n}" for n in BOX), *(f"2-{n}" for n in BOX[1:])], []),
    ],
)
def test_channels_of_two_people_are_told_by_their_names_or_not_at_all(names, patterns):
    assert patterns_of(names) == patterns


def test_whose_channels_are_whose_is_said_by_words_only():
    assert whose(["Klient_*", "Therapeut_*"], {}) == {"therapist": "Therapeut_*", "client": "Klient_*"}
    assert whose(["sub1_*", "sub2_*"], {}) == {}
    assert whose(["sub1_*", "sub2_*"], role_words("sub2", "sub1")) == {
        "therapist": "sub2_*",
        "client": "sub1_*",
    }


def test_the_words_that_are_proposed_for_the_roles_are_understood():
    patterns = ["EEG_subject_1/*", "EEG_subject_2/*"]
    found = whose(patterns, role_words("EEGsubject2", "EEGsubject1"))
    assert found == {"therapist": patterns[1], "client": patterns[0]}


def test_labels_that_are_no_sites_become_the_rows_of_a_cap_map(tmp_path, record):
    for who, names in (("T", ["ExG01", "ExG02"]), ("C", ["ExG02", "ExG03"])):
        record(tmp_path / f"D01_pre_{who}.vhdr", names)
    cap = from_recordings(tmp_path).tables["cap_map"]
    assert list(cap["label"]) == ["ExG01", "ExG02", "ExG03"] and set(cap["channel"]) == {""}
    for who in ("T", "C"):
        record(tmp_path / f"biosemi/D01_pre_{who}.vhdr", [*(f"A{n}" for n in range(1, 5)), "EXG1"])
    draft = from_recordings(tmp_path / "biosemi")
    labels = draft.tables["cap_map"]["label"]  # A1 is no ear lobe here
    assert list(labels) == ["A1", "A2", "A3", "A4", "EXG1"]
    for who in ("T", "C"):
        record(tmp_path / f"sites/D01_pre_{who}.vhdr", ["EEG F3-REF", "EEG C3-REF", "X1"])
    assert "cap_map" not in from_recordings(tmp_path / "sites").tables


def test_dyads_whose_labels_differ_from_the_first_ones_are_named(tmp_path, record):
    boxes, others = [f"A{n}" for n in range(1, 9)], [f"ExG{n:02d}" for n in range(1, 9)]
    of_therapists = {"therapist": TABLES["cap_map"], "client": None}

    def drafted(*labels, of="TC"):
        folder = tmp_path / f"raw{len(list(tmp_path.iterdir()))}"
        for number, names in enumerate(labels, 1):
            for role in "TC":
                record(folder / f"D{number:02d}_{role}.vhdr", names=names if role in of else SITES)
        draft = from_recordings(folder)
        written = yaml.safe_load(config_text(CONFIG.read_text(encoding="utf-8"), draft, TABLES, "raw"))
        whole = TABLES["cap_map"] if "cap_map" in draft.tables else None
        assert written["tables"]["cap_map"] == (of_therapists if of == "T" else whole)
        return draft.tables.get("cap_map"), [line for line in draft.said if "_cap_map" in line]

    cap, said = drafted(boxes, boxes)
    assert list(cap["label"]) == boxes and said == []
    cap, (line,) = drafted(boxes, others)
    assert list(cap["label"]) == boxes + others and line.startswith(
        "D02: other labels than D01 (ExG01, ExG02, "
    )
    cap, (line,) = drafted(boxes, SITES, SITES)
    assert list(cap["label"]) == boxes
    assert line.startswith("D02, D03 have 10-20 names: write cap_map: null (config.yaml)")
    cap, (line,) = drafted(SITES, boxes)
    assert cap is None and line.startswith(
        "D01 has 10-20 names, but not D02 (A1, A2, A3, ...): write a cap map"
    )
    cap, (line,) = drafted(boxes, SITES, of="T")
    assert line.startswith("D02 has 10-20 names, as do the clients of the other dyads: write cap_map: null")
    assert "therapist_cap_map of their rows" in line and "client_cap_map" not in line
    cap, said = drafted(boxes, boxes, of="T")
    assert list(cap["label"]) == boxes and said == []


def test_a_dyad_whose_two_people_have_other_labels_in_their_file_is_named(tmp_path, record):
    for number, ends in enumerate(("AB", "AB", "12"), 1):
        record(tmp_path / f"D{number:02d}.vhdr", names=[f"{site}_{end}" for end in ends for site in SITES])
    draft = from_recordings(tmp_path, {"a": "therapist", "b": "client"})
    said, channels = draft.said, draft.tables["recordings"]["client_channels"]
    assert list(channels) == ["*_B", "*_B", ""] and "*_1 and *_2: which" in draft.notes["recordings"][2][0]
    assert any("other labels in D03 (*_1 and *_2) than *_A and *_B" in line for line in said)


def test_one_file_of_both_members_is_shared_and_its_channels_are_told_apart(tmp_path, record):
    for d in (1, 2):
        record(tmp_path / f"Paar {d} vor.vhdr", [f"{who}_{s}" for who in "AB" for s in SITES])
    open_ = from_recordings(tmp_path)
    assert open_.notes["recordings"][0] == ["A_* and B_*: which are the therapist's channels?"]
    assert any("THERAPIST=A CLIENT=B" in said for said in open_.said)
    row = from_recordings(tmp_path, role_words("B", "A")).tables["recordings"].iloc[0]
    assert (row["therapist_file"], row["therapist_channels"], row["client_channels"]) == (
        *("Paar 1 vor.vhdr", "B_*", "A_*"),
    )


def test_labels_that_look_like_two_people_are_sessions_where_each_file_has_two_people(tmp_path, record):
    names = [f"S{s}_{phase}_DY{d:02d}.vhdr" for d in (1, 2) for s in (1, 2) for phase in ("avant", "apres")]
    for name in names:
        record(tmp_path / name, [f"{cap}-{label}" for cap in (1, 2) for label in BOX])
    draft = from_recordings(tmp_path)
    rows = draft.tables["recordings"]
    assert list(rows["time"].unique()) == [f"session{s}_{phase}" for s in (1, 2) for phase in ("pre", "post")]
    assert list(rows["therapist_file"]) == list(rows["client_file"]) and set(rows["client_file"]) == set(
        names
    )
    assert not any("THERAPIST=S1" in said or "not used in the names" in said for said in draft.said)
    assert any(
        "1-* and 2-*: each file" in said and "S1 and S2 were read as two sess" in said for said in draft.said
    )
    assert list(draft.tables["cap_map"]["label"]) == BOX
    named = from_recordings(tmp_path, role_words("2", "1")).tables["recordings"]
    assert set(named["therapist_channels"]) == {"2-*"} and list(named["time"]) == list(rows["time"])
    for name in names:  # one person in each file: they may be two people, and are asked for as before
        record(tmp_path / "alone" / name, [f"1-{label}" for label in BOX])
    assert any("THERAPIST=S1 CLIENT=S2" in said for said in from_recordings(tmp_path / "alone").said)


def test_words_of_which_no_session_is_made_are_no_roles_where_each_file_has_two_people(tmp_path, record):
    for name in ("Paar01_A", "Paar01_B", "Paar02_A", "Paar02_B"):
        record(tmp_path / f"{name}.vhdr", [f"{cap}_{site}" for cap in (1, 2) for site in SITES])
    said = from_recordings(tmp_path).said
    assert not any("THERAPIST=" in text for text in said)
    assert any("two recordings of a dyad and not those of its two people" in text for text in said)


def test_marks_of_beginnings_and_ends_become_a_row_for_each_stretch(tmp_path, record):
    marks = [("Ruhe Beginn", 0), ("Ruhe Ende", 100), ("Gespräch Beginn", 125), ("Gespräch Ende", 240)]
    for name in ("D01_vor_T", "D01_vor_K", "D02_vor_K"):
        record(tmp_path / f"{name}.vhdr", comments=marks)
    record(tmp_path / "D02_vor_T.vhdr", comments=marks[:3])  # the talk does not end
    draft = from_recordings(tmp_path)
    table = draft.tables["recordings"]
    columns = ["dyad", "time", "task", "start_s", "stop_s"]
    assert table[columns].to_numpy().tolist() == [
        ["D01", "pre", "rest", "0", "0.4"],
        ["D01", "pre", "talk", "0.5", "0.96"],
        ["D02", "pre", "", "", ""],
    ]
    assert draft.notes["recordings"] == {2: ["no marks of stretches that are certain were found in its file"]}
    said = " ".join(draft.said)
    assert "give the stretches of rest and talk" in said
    assert "has the marks" not in said and "contain no task" not in said


@pytest.mark.parametrize(
    "marks",
    [
        [("rest start", 1.0), ("rest end", 2.0), ("rest start", 3.0), ("rest end", 4.0)],  # which of the two?
        [("rest start", 1.0), ("talk start", 2.0), ("rest end", 3.0), ("talk end", 4.0)],
        [("Ruhe", 1.0), ("Gespräch", 2.0)],
        [("start", 1.0), ("end", 2.0)],
    ],
)
def test_marks_that_may_mean_several_things_make_no_stretches(marks):
    assert stretches_of(marks) == []


def test_signals_and_stretches_of_a_file_are_named_with_the_tables_they_belong_in(tmp_path, record):
    names = [f"{who}_{s}" for who in "TC" for s in SITES]
    marks = [("Ruhe", 0), ("Gespraech", 249)]
    record(tmp_path / "one/Dyade_01.vhdr", [*names, "EDA_T", "EDA_C"], comments=marks)
    said = "\n".join(from_recordings(tmp_path / "one").said)
    assert "Dyade_01.vhdr also has EDA_T and EDA_C: to analyse them" in said
    assert 'Dyade_01.vhdr has the marks "Ruhe" at 0 s and "Gespraech" at 1 s: if rest and talk' in said
    record(tmp_path / "apart/D01_T.vhdr")
    record(tmp_path / "apart/D01_C.vhdr", [*SITES, "EKG"])
    assert "D01_C.vhdr also has EKG: to analyse" in "\n".join(from_recordings(tmp_path / "apart").said)
    record(tmp_path / "two/Dyade_01.vhdr", names, pulses=4)
    said = "\n".join(from_recordings(tmp_path / "two").said)
    assert "also has" not in said and "has the marks" not in said


def test_the_first_recording_of_each_format_is_looked_at(tmp_path, record):
    """Sessions face to face are in XDF files of both members, those online in a file of each."""
    (tmp_path / "live/Par 1").mkdir(parents=True)
    times = 10 + np.arange(100) / 100
    streams = [
        xdf_stream(
            number, f"{kind}_{who}", np.ones((100, len(labels))), times, kind=kind, sfreq=100.0, labels=labels
        )
        for number, (kind, who, labels) in enumerate(product(("EEG", "GSR"), ("T", "C"), (SITES,)), 1)
    ]
    write_xdf_streams(tmp_path / "live/Par 1/Par1_antes.xdf", streams)
    write_xdf_streams(tmp_path / "live/Par 1/Par1_depois.xdf", streams)
    for role in ("Terapeuta", "Utente"):
        record(tmp_path / f"online/Par 2/Par2_antes_{role}.vhdr", [f"E{n}" for n in range(1, 7)] + ["EDA"])
        record(tmp_path / f"online/Par 2/Par2_depois_{role}.vhdr")
    record(tmp_path / "online/Par 3/Par3_antes.vhdr", [f"{who}_{s}" for who in "TU" for s in SITES])
    draft = from_recordings(tmp_path)
    said, rows = "\n".join(draft.said), draft.tables["recordings"]
    assert list(rows["dyad"]) == ["D01", "D01", "D02", "D02", "D03"]
    assert rows["therapist_channels"][0] == "EEG_T/*" and rows["therapist_channels"][4] == ""
    assert "GSR_T/F3" in said and "Par2_antes_Utente.vhdr also has EDA" in said
    assert "other labels in D03 (T_* and U_*)" in said
    assert "D01, D03 have 10-20 names, but not D02 (E1, E2, E3, ...)" in said


def test_a_file_of_one_person_without_a_role_is_not_taken_for_both(tmp_path, record):
    for d in (1, 2):
        record(tmp_path / f"Paar{d}_vor.vhdr")
    draft = from_recordings(tmp_path)
    assert draft.n_used == 0 and draft.tables["dyads"].empty
    assert len(draft.others) == 2 and "its name contains no role" in draft.others[0][1]
    assert not any("THERAPIST=" in said for said in draft.said)
    for d, s, p in product((1, 2), (1, 2), (1, 2)):
        record(tmp_path / f"labels/dyad{d}_s{s}_p{p}.vhdr")
    said = "\n".join(from_recordings(tmp_path / "labels").said)
    assert "Perhaps p1 and p2, or s1 and s2, are the two people of a dyad: then begin again" in said
    assert "with THERAPIST=p1 CLIENT=p2, or with THERAPIST=s1 CLIENT=s2 (or the other way round)" in said


def test_pulses_are_proposed_where_both_have_one_kind_of_mark(tmp_path, record):
    for who in ("T", "C"):
        record(tmp_path / f"D01_pre_{who}.vhdr", pulses=5)
    draft = from_recordings(tmp_path)
    assert draft.triggers == {"annotation": "Stimulus/S  1"} and "proposed from" in draft.triggers_said


def test_no_pulses_are_proposed_where_none_are_found_or_a_file_is_damaged(tmp_path, record):
    record(tmp_path / "D01_pre_T.vhdr")
    (tmp_path / "D01_pre_C.edf").write_bytes(b"no recording")
    draft = from_recordings(tmp_path)
    assert draft.triggers is None
    said = "as D01_pre_C.edf cannot be read (its header is not an EDF or BDF header): if there was one"
    assert said in draft.triggers_said
    assert draft.n_used == 2  # that it is damaged, the doctor says
    (tmp_path / "D01_pre_C.edf").unlink()
    record(tmp_path / "D01_pre_C.vhdr", pulses=5)
    draft = from_recordings(tmp_path)
    assert draft.triggers is None and "none was found in D01_pre_T.vhdr and" in draft.triggers_said


def test_the_recordings_stay_as_they_were(tmp_path, record):
    record(tmp_path / "raw/D01_pre_T.vhdr")
    record(tmp_path / "raw/D01_pre_C.vhdr")
    before = {p: (p.read_bytes(), p.stat().st_mtime_ns) for p in (tmp_path / "raw").iterdir()}
    from_recordings(tmp_path / "raw")
    assert {p: (p.read_bytes(), p.stat().st_mtime_ns) for p in (tmp_path / "raw").iterdir()} == before


@pytest.mark.parametrize(
    ("what", "said"),
    [("gone", "no such folder"), ("empty", "holds no recording"), ("dataset", "BIDS=path in place of RAW")],
)
def test_a_folder_without_recordings_is_refused_in_a_sentence(tmp_path, what, said):
    folder = tmp_path / what
    if what != "gone":
        folder.mkdir()
    if what == "dataset":
        (folder / "dataset_description.json").write_text("{}")
    with pytest.raises(NewStudyError, match=said):
        from_recordings(folder)
