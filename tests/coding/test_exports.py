"""Exports of ELAN, BORIS and Praat in the forms that these programs write, and in damaged ones."""

import pytest

from interbrain.coding.annotations import CodingError
from interbrain.coding.exports import read_export

EAF = """<?xml version="1.0" encoding="UTF-8"?>
<ANNOTATION_DOCUMENT AUTHOR="" DATE="2024-03-01T10:00:00+01:00" FORMAT="3.0" VERSION="3.0"
    xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
    xsi:noNamespaceSchemaLocation="http://www.mpi.nl/tools/elan/EAFv3.0.xsd">
  <HEADER MEDIA_FILE="" TIME_UNITS="milliseconds">
    <MEDIA_DESCRIPTOR MEDIA_URL="file:///D:/s.mp4" MIME_TYPE="video/mp4" {origin}/>
  </HEADER>
  <TIME_ORDER>
    <TIME_SLOT TIME_SLOT_ID="ts1" TIME_VALUE="1500"/>
    <TIME_SLOT TIME_SLOT_ID="ts2"/>
    <TIME_SLOT TIME_SLOT_ID="ts3" TIME_VALUE="9500"/>
    <TIME_SLOT TIME_SLOT_ID="ts4" TIME_VALUE="20000"/>
    <TIME_SLOT TIME_SLOT_ID="ts5" TIME_VALUE="26000"/>
  </TIME_ORDER>
  <TIER LINGUISTIC_TYPE_REF="default" TIER_ID="Client" PARTICIPANT="C01" ANNOTATOR="AB">
    <ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="a1" TIME_SLOT_REF1="ts1" TIME_SLOT_REF2="ts2">
      <ANNOTATION_VALUE>Rückzug</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION>
    <ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="a2" TIME_SLOT_REF1="ts2" TIME_SLOT_REF2="ts3">
      <ANNOTATION_VALUE>repair</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION>
    <ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="a3" TIME_SLOT_REF1="ts4" TIME_SLOT_REF2="ts5">
      <ANNOTATION_VALUE></ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION>
  </TIER>
  <TIER LINGUISTIC_TYPE_REF="sub" TIER_ID="Depth" PARENT_REF="Client">
    <ANNOTATION><REF_ANNOTATION ANNOTATION_ID="a4" ANNOTATION_REF="a3">
      <ANNOTATION_VALUE>deep</ANNOTATION_VALUE></REF_ANNOTATION></ANNOTATION>
    <ANNOTATION><REF_ANNOTATION ANNOTATION_ID="a5" ANNOTATION_REF="a3" PREVIOUS_ANNOTATION="a4">
      <ANNOTATION_VALUE>flat</ANNOTATION_VALUE></REF_ANNOTATION></ANNOTATION>
  </TIER>
  <LINGUISTIC_TYPE LINGUISTIC_TYPE_ID="default" TIME_ALIGNABLE="true"/>
</ANNOTATION_DOCUMENT>
"""


def read(tmp_path, text, name="coding.eaf", encoding="utf-8"):
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return read_export(path)


def plain(export):
    return [(a.tier, a.onset_s, a.duration_s, a.label, a.who) for a in export.annotations]


def test_an_annotation_document_gives_times_of_slots_references_and_slots_without_a_value(tmp_path):
    found = read(tmp_path, EAF.format(origin=""))
    assert plain(found) == [
        ("Client", 1.5, 4.0, "Rückzug", "C01"),
        ("Client", 5.5, 4.0, "repair", "C01"),
        ("Client", 20.0, 6.0, "", "C01"),
        ("Depth", 20.0, 3.0, "deep", ""),
        ("Depth", 23.0, 3.0, "flat", ""),
    ]
    assert found.annotations[0].coder == "AB" and found.annotations[1].where == "annotation a2"
    assert (found.program, found.tiers, found.notes) == ("ELAN", ["Client", "Depth"], ())


def test_a_video_that_began_before_the_timeline_is_noted(tmp_path):
    (note,) = read(tmp_path, EAF.format(origin='TIME_ORIGIN="5000"')).notes
    assert note.startswith("time 0 in ELAN is 5 s after the beginning of its first video")


TAB = """Client\tC01\t00:00:01.500\t1.5\t1500\t00:00:05.500\t5.5\t5500\t00:00:04.000\t4\t4000\trupture
Client\t\t00:01:02.000\t62.0\t62000\t00:01:03.250\t63.25\t63250\t00:00:01.250\t1.25\t1250\trepair "deep"
"""
HEADED = """"#file:///D:/study/s.eaf -- offset: 0"
Tier\tParticipant\tBegin Time - hh:mm:ss.ms\tEnd Time - hh:mm:ss.ms\tDuration - hh:mm:ss.ms\tText
Client\tC01\t00:00:01.500\t00:00:05.500\t00:00:04.000\trupture
Client\t\t00:01:02.000\t00:01:03.250\t00:00:01.250\trepair "deep"
"""
GERMAN = (
    HEADED.replace("Begin Time", "Anfangszeit").replace("End Time", "Endzeit").replace("Duration", "Dauer")
)
A_COLUMN_A_TIER = """Begin Time - msec\tEnd Time - msec\tClient\tTherapist
1500\t5500\trupture\t
62000\t63250\trepair "deep"\t
62000\t63250\t\tlistens
"""


@pytest.mark.parametrize("text", [TAB, HEADED, GERMAN, A_COLUMN_A_TIER])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_every_tab_delimited_export_of_the_same_annotations_is_read_alike(tmp_path, text, encoding):
    found = plain(read(tmp_path, text, "export.txt", encoding))
    assert [row[:4] for row in found if row[0] == "Client"] == [
        ("Client", 1.5, 4.0, "rupture"),
        ("Client", 62.0, 1.25, 'repair "deep"'),
    ]
    assert found[0][4] == ("" if text is A_COLUMN_A_TIER else "C01")


def test_one_tier_without_its_name_and_times_in_ms_alone(tmp_path):
    assert plain(read(tmp_path, "A\t100\t700\t600\tx\nA\t900\t1000\t100\ty\n", "t.txt"))[1][1:4] == (
        0.9,
        0.1,
        "y",
    )


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (
            "Client\tC01\trupture\tx\nClient\tC01\trepair\ty\n",
            "has no two columns that can be the begin time",
        ),
        (
            "Tier\tBegin Time - ss.msec\tDuration - ss.msec\tText\nA\t1.5\t2\tx\n",
            "names no begin time and end",
        ),
        (HEADED.replace("00:01:02.000", "later"), 'row 4: its times are "later"'),
        ("just a text", "is not an export of a known program"),
        ("", "is empty"),
        (EAF.format(origin="").replace("</TIER>", ""), "is damaged"),
        (
            EAF.format(origin="").replace('TIME_SLOT_REF2="ts5"', 'TIME_SLOT_REF2="ts9"'),
            "at the time slot ts9",
        ),
        (EAF.format(origin="").replace("<ANNOTATION_DOC", "<!ENTITY a 'b'><ANNOTATION_DOC", 1), "entities"),
        (EAF.format(origin="").replace('"milliseconds"', '"sundials"'), "has times in sundials"),
    ],
)
def test_what_cannot_be_read_is_said_with_its_place_and_what_to_do(tmp_path, text, what):
    with pytest.raises(CodingError) as error:
        read(tmp_path, text, "s.txt")
    assert what in str(error.value) and str(error.value).startswith("s.txt") and error.value.hint


LONG = """File type = "ooTextFile"
Object class = "TextGrid"

xmin = 0
xmax = 60.5
tiers? <exists>
size = 2
item []:
    item [1]:
        class = "IntervalTier"
        name = "client"
        xmin = 0
        xmax = 60.5
        intervals: size = 3
        intervals [1]:
            xmin = 0
            xmax = 2.25
            text = ""
        intervals [2]:
            xmin = 2.25
            xmax = 7.75
            text = "rupture ""a"" 2"
        intervals [3]:
            xmin = 7.75
            xmax = 60.5
            text = " "
    item [2]:
        class = "TextTier"
        name = "smiles"
        xmin = 0
        xmax = 60.5
        points: size = 1
        points [1]:
            number = 30.5
            mark = "smile"
"""
SHORT = """File type = "ooTextFile"
Object class = "TextGrid"

0
60.5
<exists>
2
"IntervalTier"
"client"
0
60.5
3
0
2.25
""
2.25
7.75
"rupture ""a"" 2"
7.75
60.5
" "
"TextTier"
"smiles"
0
60.5
1
30.5
"smile"
"""


@pytest.mark.parametrize("text", [LONG, SHORT, SHORT.replace('"ooTextFile"', '"ooTextFile short"', 1)])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_textgrids_long_and_short_are_the_same(tmp_path, text, encoding):
    found = read(tmp_path, text, "s.TextGrid", encoding)
    assert plain(found) == [("client", 2.25, 5.5, 'rupture "a" 2', ""), ("smiles", 30.5, 0.0, "smile", "")]
    assert found.tiers == ["client", "smiles"]
    assert found.annotations[0].where == "interval 2 of the tier client"


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (SHORT[:-20], "is damaged"),
        (SHORT.replace("2.25\n7.75", "2.25\n?"), "is damaged"),
        ('"Praat chronological TextGrid text file"\n0 60', "is a chronological TextGrid"),
        ("ooBinaryFile\x08TextGrid", "is a binary file of Praat"),
        (SHORT.replace('"TextGrid"', '"Pitch 1"'), "is not a TextGrid"),
    ],
)
def test_other_files_of_praat_are_refused_with_how_to_save_them(tmp_path, text, what):
    with pytest.raises(CodingError, match=what) as error:
        read(tmp_path, text.replace('"TextGrid"', '"TextGrid"'), "s.TextGrid")
    assert "Save as text file" in error.value.hint


AGGREGATED = """Observation id,Observation date,Description,Media file,Total length,FPS,Subject,Behavior,\
Behavioral category,Modifiers,Behavior type,Start (s),Stop (s),Duration (s),Comment start,Comment stop
D01,2021-12-06 13:26:24,,s.mp4,1381.010,29.97,Client,rupture,,,STATE,689.000,700.5,11.5,"long, loud",
D01,2021-12-06 13:26:24,,s.mp4,1381.010,29.97,No focal subject,smile,,,POINT,750.421,750.421,NA,,
"""
TABULAR = """Observation id\tD01

Media file(s)
Player #1\ts.mp4

Time\tMedia file path\tTotal length\tFPS\tSubject\tBehavior\tBehavioral category\tComment\tStatus
689.000\ts.mp4\t1381.01\t29.97\tClient\trupture\t\t\tSTART
700.5\ts.mp4\t1381.01\t29.97\tClient\trupture\t\t\tSTOP
750.421\ts.mp4\t1381.01\t29.97\tNo focal subject\tsmile\t\t\tPOINT
"""
FLAT = """Observation id;Subject;Behavior;Modifier #1;Behavior type;Time;Media file name
D01;Client;rupture;;START;0:11:29.000;s.mp4
D01;Client;rupture;;STOP;0:11:40.500;s.mp4
D01;No focal subject;smile;;POINT;0:12:30.421;s.mp4
"""


@pytest.mark.parametrize("text", [AGGREGATED, TABULAR, FLAT])
def test_exports_of_boris_are_the_same(tmp_path, text):
    assert plain(read(tmp_path, text, "s.csv")) == [
        ("D01", 689.0, 11.5, "rupture", "Client"),
        ("D01", 750.421, 0.0, "smile", ""),
    ]


def test_a_workbook_of_boris_is_read_as_its_text(tmp_path):
    import csv

    import openpyxl

    book = openpyxl.Workbook()
    for row in csv.reader(AGGREGATED.splitlines()):
        book.active.append([float(cell) if cell.replace(".", "").isdigit() else cell for cell in row])
    book.save(tmp_path / "s.xlsx")
    assert plain(read_export(tmp_path / "s.xlsx")) == plain(read(tmp_path, AGGREGATED, "s.csv"))


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (TABULAR.replace("STOP", "START"), "row 8: rupture begins again, and its START in row 7 has no STOP"),
        (TABULAR.replace("STOP", "POINT"), "row 7: rupture begins and does not stop"),
        (TABULAR.replace("START", "STOP"), "row 7: rupture stops, and has not begun"),
        (AGGREGATED.replace("689.000", "soon"), 'row 2: its time is "soon"'),
    ],
)
def test_states_of_boris_that_do_not_pair_are_said_with_their_row(tmp_path, text, what):
    with pytest.raises(CodingError, match=what):
        read(tmp_path, text, "s.csv")
