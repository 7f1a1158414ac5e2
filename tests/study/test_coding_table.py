"""The table of coded events: on the run's clock, from rows or exports, and every doubt in one sentence."""

import pytest

HEADING = [
    "dyad",
    "time",
    "onset_s",
    "duration_s",
    "code",
    "who",
    "coder",
    "file",
    "tier",
    "clock",
    "offset_s",
]
TAB = (
    "Client\tC01\t00:00:01.500\t00:00:05.500\t00:00:04.000\trupture\n"
    "Therapist\tT\t00:00:20.000\t00:00:22.000\t00:00:02.000\trepair\n"
    "Talk\t\t00:00:30.000\t00:00:31.000\t00:00:01.000\tWell, I do not know what to say about that, really\n"
)


@pytest.fixture
def coded(demo):
    """A function that writes rows of the table, as mappings, and gives the demo back."""
    demo.record()
    demo.config["tables"]["coding"] = "config/coding.tsv"
    (demo.folder / "coding").mkdir()
    (demo.folder / "coding/D01.txt").write_text(TAB, encoding="utf-8")

    def write(*rows):
        whole = [{"dyad": "D01", "time": "pre"} | row for row in rows]
        demo.write("coding", [HEADING, *([row.get(name, "") for name in HEADING] for row in whole)])
        return demo

    return write


def event(onset="10", duration="5", code="rupture", **others):
    return {"onset_s": onset, "duration_s": duration, "code": code, **others}


def events(demo, run=1):
    return [
        tuple(e[name] for name in ("onset_s", "duration_s", "code", "who", "coder"))
        for e in demo.load().coded.of_runs["D01", run]
    ]


def test_events_of_rows_are_in_the_order_of_coders_and_time(coded):
    demo = coded(
        event("30", "", who="Client", coder="B"), event("12.5", code="repair", coder="A"), event(coder="B")
    )
    assert events(demo) == [
        (10.0, 5.0, "rupture", "", "B"),
        (30.0, 0.0, "rupture", "client", "B"),
        (12.5, 5.0, "repair", "", "A"),
    ]
    assert demo.load().coded.codes == ["repair", "rupture"]


def test_onsets_count_from_the_file_or_from_the_stretch_and_a_video_has_its_offset(coded):
    demo = coded(
        event("310", code="file"),
        event("10", code="stretch", clock="stretch"),
        event("10", code="video", offset_s="302.5"),
    )
    demo.put("recordings", 2, "start_s", "300")
    demo.put("recordings", 2, "stop_s", "900")
    assert [(e[0], e[2]) for e in events(demo)] == [(10.0, "file"), (10.0, "stretch"), (12.5, "video")]


def test_a_file_gives_the_events_of_its_tiers_and_whose_they_are(coded):
    demo = coded(
        {"file": "coding/D01.txt", "tier": "client", "coder": "A"},
        {"file": "coding/D01.txt", "tier": "Therapist", "coder": "A", "code": "reaches out"},
    )
    assert events(demo) == [
        (1.5, 4.0, "rupture", "client", "A"),
        (20.0, 2.0, "reaches out", "therapist", "A"),
    ]


def test_a_file_may_be_among_the_recordings(coded):
    demo = coded({"file": "D01.txt", "tier": "Client"})
    (demo.folder / demo.config["raw_folder"] / "D01.txt").write_text(TAB, encoding="utf-8")
    assert len(events(demo)) == 1


@pytest.mark.parametrize(
    ("row", "what", "hint"),
    [
        ({"dyad": "D1", **event()}, "no such dyad in the dyads table", "Did you mean D01?"),
        (event(time="later"), 'time is "later"', "Use: pre, post"),
        (event("1:10"), 'onset_s is "1:10"', "Write seconds with a decimal point"),
        (event("10,500"), 'onset_s is "10,500", which may be two numbers', "Write 10500 or 10.500"),
        (event(duration="-2"), "the event rupture at 10 s lasts -2 s", "cannot end before it begins"),
        (event(code=""), "code is empty", "Write what was coded"),
        (event(code="BAD_moment"), '"BAD_moment" cannot be a code', "another name"),
        (event(code="x" * 41), '"' + "x" * 37 + '..." is not a code', "Codes are short"),
        (event(who="uncle"), 'who is "uncle"', "Write therapist, client or both"),
        (event(clock="video"), 'clock is "video"', "Use: therapist_file, stretch"),
        ({"code": "rupture"}, "neither onset_s nor file is filled in", "one of them"),
        (event(file="coding/D01.txt"), "both a file and an event are named", "Leave file empty"),
        (event(tier="Client"), "tier is filled in, but no file", "Name the file"),
        ({"file": "coding/D01.tx"}, "file not found: coding/D01.tx", "D01.txt – is that it?"),
        ({"file": "coding/D01.txt", "tier": "Clint"}, 'D01.txt has no tier "Clint"', "Did you mean Client?"),
        ({"file": "coding/D01.txt", "code": "x"}, "code is filled in, and D01.txt has 3 t", "Name the tier"),
        ({"file": "coding/D01.txt", "tier": "Talk"}, '"Well, I do not know what to say about..." is', "one"),
    ],
)  # fmt: skip
def test_a_row_that_cannot_be_meant_is_one_sentence_with_what_to_do(coded, row, what, hint):
    (problem,) = coded(row).problems()
    assert problem.where.startswith("coding.tsv, row 2") and what in problem.what and hint in problem.hint


def test_an_export_that_cannot_be_read_is_said_with_its_place(coded):
    demo = coded({"file": "coding/D01.txt"})
    (demo.folder / "coding/D01.txt").write_text(TAB.replace("00:00:20.000", "soon"), encoding="utf-8")
    (problem,) = demo.problems()
    assert problem.where.startswith("coding.tsv, row 2 (D01)") and problem.what.startswith(
        "D01.txt: has no two"
    )


def test_events_that_overlap_are_said_unless_another_coder_or_person_has_them(coded):
    demo = coded(
        event(coder="A"), event("12", coder="B"), event("14", who="client", coder="A"), event("15", coder="A")
    )
    assert demo.problems() == []
    (problem,) = coded(event(), event("12", "1"), event("14", "4"), event("40")).problems()
    assert problem.where == "coding.tsv, row 3 (D01)"
    assert problem.what == "the event rupture overlaps that of row 2 (D01)"


def test_events_outside_of_the_recording_and_of_recordings_that_are_not_used_are_said(coded):
    demo = coded(event(), event("95"), event(time="post"))
    demo.put("recordings", 2, "stop_s", "90")
    demo.delete("recordings", 3)
    study = demo.load()
    assert list(study.coded.of_runs) == [("D01", 1)] and len(study.coded.of_runs["D01", 1]) == 1
    said = {w.where: w.what for w in study.warnings if w.where.startswith("coding.tsv")}
    assert said["coding.tsv, row 3 (D01)"] == (
        "the event begins outside the recording (0 to 90 s of the therapist's file)"
    )
    assert said["coding.tsv, row 4 (D01)"] == "no post recording of D01 is used, so its events are not either"


def test_coders_who_may_be_known_by_their_names_get_labels_unless_they_are_shared(coded):
    demo = coded(event(coder="Anna"), event("30", coder="AB"), event("50", coder="2"), event("70", coder="B"))
    assert [e[4] for e in events(demo)] == ["coder2", "coder1", "2", "B"]
    (warning,) = [w for w in demo.load().warnings if w.where == "coding.tsv"]
    assert warning.what == "in everything that is written, AB is coder1 and Anna is coder2"
    assert warning.for_others["what"] == "2 names of coders: labels are written in their place"
    demo.config["share_annotations"] = True
    assert [e[4] for e in events(demo)] == ["Anna", "AB", "2", "B"]


def test_codes_that_could_name_somebody_are_said_with_what_the_dataset_calls_them(coded):
    demo = coded(event(code="about Anna"), event("30"))
    (warning,) = [w for w in demo.load().warnings if w.where == "coding.tsv"]
    assert warning.what == "in the dataset, about Anna is code1: the code could name somebody"
    assert "Anna" not in str(warning.for_others) and "1 code that could name" in str(warning.for_others)
    demo.config["release_allows"] = ["about Anna"]
    assert not [w for w in demo.load().warnings if w.where == "coding.tsv"]


def test_a_study_without_the_table_has_no_coded_events(demo):
    assert demo.load().coded.of_runs == {} and demo.load().coded.codes == []


def test_codes_that_are_spelt_almost_alike_are_a_warning(coded):
    demo = coded(event(code="repair"), event("20", code="Repair "), event("40", code="rupture"))
    assert "the codes Repair and repair are spelt almost alike" in [w.what for w in demo.load().warnings]
    assert not [w for w in coded(event(), event("40", code="rupture 2")).load().warnings if "alike" in w.what]


def test_a_row_whose_person_is_not_that_of_its_tier_is_said(coded):
    demo = coded({"file": "coding/D01.txt", "tier": "Client", "who": "therapist"})
    said = [w.text for w in demo.load().warnings]
    assert "who is therapist, and Client is of the client (1 event)" in said
    assert events(demo)[0][3] == "therapist"
    demo = coded({"file": "coding/D01.txt", "tier": "Client", "who": "client"})
    assert not any("is of the" in w.text for w in demo.load().warnings)
