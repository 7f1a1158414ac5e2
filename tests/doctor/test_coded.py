"""Whether coded events are within their recordings, only the recordings can tell."""

from types import SimpleNamespace

import pandas as pd

from interbrain.clocks.runs import SessionRun
from interbrain.doctor.coded import check_coded
from interbrain.formats.survey import Survey
from interbrain.study.tables import Found


def code(lab, columns, *rows):
    """Write a table of coded events; cells are between spaces."""
    lab.config["tables"]["coding"] = "config/coding.tsv"
    text = "\n".join([f"dyad time {columns}", *rows]).replace(" ", "\t")
    (lab.folder / "config/coding.tsv").write_text(text, encoding="utf-8")


def test_coded_events_behind_the_end_of_their_recording_are_said_with_how_far_they_reach(lab):
    code(lab, "onset_s code", "D01 rest 10 rupture", "D01 rest 70.5 rupture", "D02 rest 59 x")
    said, sound = lab.check()
    assert sound and said.count("coding.tsv") == 1
    assert (
        "coding.tsv: 1 of 2 coded events of D01 rest begins after the end of the recording of 60.0 s (the "
        "last at 70.5 s)"
    ) in said
    lab.cell("D02", "start_s", "10")
    lab.cell("D02", "stop_s", "50")
    assert "outside the recording (10 to 50 s" in lab.check()[0]


def test_events_that_are_all_in_the_first_sixtieth_of_a_recording_may_have_their_onsets_in_minutes():
    def said(*onsets, length=3000.0):
        survey = Survey("x.edf", "edf", 250.0, length, ("Fz",))
        run = SessionRun("rest", survey, survey, "same_file", None, None)
        study = SimpleNamespace(
            recordings=pd.DataFrame([{"dyad": "D01", "time": "rest", "run": 1}]),
            coded=SimpleNamespace(of_runs={("D01", 1): [{"onset_s": onset} for onset in onsets]}),
        )
        done = Found()
        check_coded(study, {("D01", "rest"): ("row 2", run)}, "coding.tsv", done)
        return [p.what for p in done.warnings]

    assert said(3.2, 11, 25, 38, 45.5) == [
        "all 5 coded events of D01 rest are in the first 46 s of its 3000 s"
    ]
    assert said(3.2, 11, 25, 38, 450) == [] == said(3.2, 11, 25, 38) == said(1, 2, 3, 4, 5, length=300.0)


def test_an_event_that_lasts_beyond_the_end_of_its_recording_is_said(lab):
    code(lab, "onset_s duration_s code", "D01 rest 20 45 rupture", "D02 rest 55 5.5 rupture")
    said, sound = lab.check()
    assert sound
    assert "1 coded event of D01 rest lasts beyond the end of the recording of 60.0 s (to 65.0 s)" in said
    assert "D02 rest last" not in said
