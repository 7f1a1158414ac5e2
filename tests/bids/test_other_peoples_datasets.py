"""Recordings of BIDS datasets as other people write them: joined by name, inherited, and never in silence."""

import gzip
import json
import sys
from pathlib import Path

import numpy as np
import pybv
import pytest

from interbrain.bids.inheritance import describing_files, read_sidecar, table_of
from interbrain.bids.reading import read_described
from interbrain.bids.surveying import survey_files
from interbrain.bids.timing import stated_timing
from interbrain.formats import FormatError
from interbrain.formats.notes import noted

sys.path.insert(0, str(Path(__file__).parents[1] / "formats"))
from planted import PLANTED, SECRETS, write_eeglab

SFREQ, SECONDS = 250, 20
NAMES = ["Fp1", "F3", "Fz", "Cz", "P3", "Pz", "Oz", "HEOG", "VEOG"]
TYPES = dict.fromkeys(NAMES, "EEG") | {"HEOG": "EOG", "VEOG": "EOG"}
NO_TRIGGERS = {"channel": None, "idle": 8, "dead_time_s": 0.5, "annotation": None}


class Dataset:
    """One recording of noise, `sub-01_ses-a_task-rest_run-1`, and whatever is written beside or above it."""

    def __init__(self, root):
        self.root, self.folder = root, root / "sub-01/ses-a/eeg"
        self.folder.mkdir(parents=True)
        (root / "dataset_description.json").write_text("{}")
        self.stem = "sub-01_ses-a_task-rest_run-1"
        self.file = self.folder / f"{self.stem}_eeg.vhdr"
        self.record()

    def record(self, names=NAMES, marks=()):
        self.data = 2e-5 * np.random.default_rng(1).standard_normal((len(names), SFREQ * SECONDS))
        pybv.write_brainvision(
            **{"data": self.data, "sfreq": SFREQ, "ch_names": list(names), "unit": "µV"},
            **{"fname_base": f"{self.stem}_eeg", "folder_out": str(self.folder), "overwrite": True},
            events=[{"onset": m, "duration": 1, "type": "Comment", "description": d} for m, d in marks],
        )

    def write(self, ending, text, at="sub-01/ses-a/eeg", stem=None, encoding="utf-8"):
        path = self.root / at / f"{self.stem if stem is None else stem}{ending}"
        path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
        return path

    def channels(self, rows, heading="name\ttype\tunits\tstatus", **where):
        lines = [heading, *("\t".join(row) for row in rows)]
        return self.write("_channels.tsv", "\n".join(lines) + "\n", **where)

    def events(self, rows, heading="onset\tduration\ttrial_type", **where):
        return self.write("_events.tsv", "\n".join([heading, *rows]) + "\n", **where)

    def about(self, **where_and_keys):
        where = {k: where_and_keys.pop(k) for k in ("at", "stem") if k in where_and_keys}
        return self.write("_eeg.json", json.dumps(where_and_keys), **where)

    def read(self, cap_map=None):
        with noted() as notes:
            found = read_described(self.file, cap_map)
        return found, notes

    def marks(self):
        raw = self.read()[0].raw
        return [
            (round(float(a["onset"]), 3), round(float(a["duration"]), 3), str(a["description"]))
            for a in raw.annotations
        ]


@pytest.fixture
def dataset(tmp_path):
    return Dataset(tmp_path)


def rows(names=NAMES, bad=("P3",), units="µV", **renamed):
    return [[renamed.get(n, n), TYPES[n], units, "bad" if n in bad else "good"] for n in names]


def kinds(raw):
    return dict(zip(raw.ch_names, raw.get_channel_types(), strict=True))


# --- channels.tsv -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("order", [sorted(NAMES), NAMES[::-1], NAMES[4:] + NAMES[:4]])
def test_a_table_of_channels_in_another_order_is_joined_by_name(dataset, order):
    dataset.channels(rows(order))
    found, notes = dataset.read()
    assert found.raw.ch_names == NAMES and found.raw.info["bads"] == ["P3"]
    assert found.marked == {"P3": "marked bad in the recording"}
    assert kinds(found.raw) == dict.fromkeys(NAMES[:7], "eeg") | {"HEOG": "eog", "VEOG": "eog"}
    assert found.raw.get_data(picks=["P3"])[0] == pytest.approx(dataset.data[4], abs=1e-10)
    assert notes == []


@pytest.mark.parametrize("spelled", ["P3..", "p3", "EEG P3", "P3-REF", " P3 ", '"P3"', "EEG:P3", "P 3"])
def test_names_that_are_padded_or_spelled_otherwise_are_the_same_channel(dataset, spelled):
    dataset.channels(rows(sorted(NAMES), P3=spelled))
    found, notes = dataset.read()
    assert found.raw.info["bads"] == ["P3"] and kinds(found.raw)["Pz"] == "eeg" and notes == []


def test_names_of_the_data_file_count_before_those_of_the_cap_map(dataset):
    dataset.record([f"E{i}" for i in range(1, 10)])
    cap = dict(zip([f"E{i}" for i in range(1, 10)], NAMES, strict=True))
    labels = dict(zip(NAMES, cap, strict=True))
    for renamed in (labels, {}):  # as the file has them, or as the cap map names them
        dataset.channels(rows(sorted(NAMES), **renamed))
        found, notes = dataset.read(cap)
        assert found.raw.info["bads"] == ["P3"] and kinds(found.raw)["VEOG"] == "eog" and notes == []


def test_rows_of_channels_that_the_cap_map_ignores_do_not_count(dataset):
    dataset.channels(rows())
    found, notes = dataset.read({"Oz": "ignore", "P3": "P3"})
    assert "Oz" not in found.raw.ch_names and found.raw.info["bads"] == ["P3"] and notes == []


def test_old_names_of_sites_are_joined_to_their_new_ones(dataset):
    dataset.record(["T7", "P3", "Cz"])
    dataset.channels([["Cz", "EEG", "µV", "good"], ["P3", "EEG", "µV", "good"], ["T3", "EEG", "µV", "bad"]])
    assert dataset.read()[0].raw.info["bads"] == ["T7"]


def test_channels_without_a_row_are_as_the_file_has_them_and_that_is_said(dataset):
    dataset.channels(rows(["P3", "HEOG"]))
    found, notes = dataset.read()
    assert kinds(found.raw)["Oz"] == "eeg" and found.raw.info["bads"] == ["P3"]
    assert notes == [
        "channels.tsv has no row for Fp1, F3, Fz, Cz, Pz and 2 more, taken as the data file has it"
    ]


def test_rows_without_a_channel_are_said(dataset):
    dataset.channels([*rows(), ["GSR1", "GSR", "n/a", "good"], ["EDF Annotations", "MISC", "", ""]])
    assert dataset.read()[1] == ["channels.tsv names GSR1, which the data file does not have"]


def test_a_row_that_may_be_another_channels_is_refused_with_its_number(dataset):
    path = dataset.channels(rows(Pz="Pz_left"))
    with pytest.raises(
        FormatError, match=r"row 7 names the channel 'Pz_left'.* the file's Pz has no row"
    ) as e:
        dataset.read()
    assert str(e.value).startswith(f"{path}: ")


def test_a_table_about_other_channels_is_refused(dataset):
    dataset.channels([["A1x", "EEG", "µV", "bad"]])
    with pytest.raises(FormatError, match=r"names none of the channels of the recording; it has A1x, and"):
        dataset.read()


def test_a_channel_with_two_rows_is_refused_if_they_disagree(dataset):
    dataset.channels([*rows(), ["P3", "EEG", "µV", "bad"]])
    assert dataset.read()[0].raw.info["bads"] == ["P3"]
    dataset.channels([*rows(), ["P3", "EEG", "µV", "good"]])
    with pytest.raises(
        FormatError, match=r"row 11 names the channel 'P3', for which row 6 has another entry"
    ):
        dataset.read()


@pytest.mark.parametrize(
    ("told", "kind"),
    [
        *[("eeg", "eeg"), ("veog", "eog"), ("HEOG", "eog"), ("ECG", "ecg"), ("Emg", "emg"), ("TRIG", "stim")],
        *[("MISC", "misc"), ("REF", "misc"), ("n/a", "eeg"), ("", "eeg")],
    ],
)
def test_types_are_read_in_any_spelling(dataset, told, kind):
    table = [row if row[0] != "Oz" else ["Oz", told, "n/a", "good"] for row in rows()]
    dataset.channels(table)
    found, notes = dataset.read()
    assert kinds(found.raw)["Oz"] == kind and kinds(found.raw)["Pz"] == "eeg" and notes == []


def test_types_that_bids_does_not_know_and_eeg_without_a_site_are_said(dataset):
    dataset.record([*NAMES, "X1", "EXG"])
    dataset.channels(
        [*rows(bad=()), ["X1", "EEG", "µV", "good"], ["EXG", "SKIN", "µV", "good"]],
    )
    found, notes = dataset.read()
    assert kinds(found.raw)["X1"] == "misc" and len(found.raw.ch_names) == 11
    assert any("calls X1 EEG, whose site is not known" in n for n in notes)
    assert any("has the type SKIN, which BIDS does not know" in n for n in notes)


@pytest.mark.parametrize(
    ("status", "is_bad"),
    [
        *[("bad", True), ("BAD", True), ("Bad", True), ("bad (noisy)", True)],
        *[("good", False), ("GOOD", False), ("n/a", False), ("", False)],
    ],
)
def test_status_is_read_in_any_spelling(dataset, status, is_bad):
    dataset.channels([row if row[0] != "Cz" else [*row[:3], status] for row in rows(bad=())])
    found, notes = dataset.read()
    assert found.raw.info["bads"] == (["Cz"] if is_bad else []) and notes == []
    expected = "marked bad in the recording" + (": noisy" if "noisy" in status else "")
    assert found.marked == ({"Cz": expected} if is_bad else {})


@pytest.mark.parametrize("status", ["0", "1", "unsure"])
def test_a_status_that_is_neither_good_nor_bad_is_said(dataset, status):
    dataset.channels([row if row[0] != "Cz" else [*row[:3], status] for row in rows(bad=())])
    found, (said,) = dataset.read()
    assert found.marked == {} and f"row 5: the status '{status}' of Cz is neither good nor bad" in said


def test_the_description_of_a_status_is_the_reason(dataset):
    table = [
        [*row, {"P3": "came loose", "Cz": "no signal in the raw file"}.get(row[0], "n/a")] for row in rows()
    ]
    table[3][3] = "bad"
    dataset.channels(table, "name\ttype\tunits\tstatus\tstatus_description")
    found = dataset.read()[0]
    assert found.raw.info["bads"] == ["Cz", "P3"]
    assert found.marked == {"P3": "marked bad in the recording: came loose"}  # Cz has nothing to trust


@pytest.mark.parametrize("encoding", ["utf-8-sig", "latin-1", "utf-16"])
def test_tables_are_read_in_the_encodings_that_programs_write(dataset, encoding):
    dataset.channels(rows(), "Name\tTYPE\tunits\tStatus", encoding=encoding)
    dataset.events(["1,5\tn/a\tgeöffnet"], encoding=encoding)
    found, notes = dataset.read()
    assert found.raw.info["bads"] == ["P3"] and notes == []
    assert dataset.marks() == [(1.5, 0, "geöffnet")]


def test_a_unit_that_the_data_file_has_otherwise_is_said_and_the_files_counts(dataset):
    dataset.channels(rows(bad=(), units="mV"))
    found, (said,) = dataset.read()
    assert "gives mV as the unit of Fp1, F3, Fz, Cz, P3 and 2 more, and the data file µV" in said
    assert found.raw.get_data(picks=["P3"]).std() == pytest.approx(20e-6, rel=0.05)


@pytest.mark.parametrize("units", ["µV", "uV", "μV", "microV", "n/a", ""])
def test_spellings_of_the_same_unit_are_no_contradiction(dataset, units):
    dataset.channels(rows(bad=(), units=units))
    assert dataset.read()[1] == []


def test_eeg_with_several_references_is_said(dataset):
    heading = "name\ttype\tunits\tstatus\treference"
    for others, n_notes in (("Cz", 0), ("n/a", 0), ("A1", 1)):
        told = [[*row, others if i == 3 else "Cz"] for i, row in enumerate(rows())]
        dataset.channels(told, heading=heading)
        notes = dataset.read()[1]
        assert len(notes) == n_notes and all("several references (Cz, A1)" in text for text in notes)


def test_a_table_of_channels_that_is_no_table_is_refused_with_its_fault(dataset):
    dataset.write("_channels.tsv", "name,type,status\nP3,EEG,bad\n")
    with pytest.raises(FormatError, match=r"_channels\.tsv: row 1 names no column 'name'.*by tabs"):
        dataset.read()
    dataset.write("_channels.tsv", "name\ttype\nP3\tEEG\tbad\n")
    with pytest.raises(FormatError, match=r"_channels\.tsv: row 2 has 3 cells, and the heading 2"):
        dataset.read()
    dataset.write("_channels.tsv", "name\tname\nP3\tP3\n")
    with pytest.raises(FormatError, match=r"names the column 'name' twice"):
        dataset.read()
    dataset.write("_channels.tsv", b"\x00\x01\x02" * 50)
    with pytest.raises(FormatError, match=r"is not a text file"):
        dataset.read()
    dataset.write("_channels.tsv", "")
    assert dataset.read()[1] == ["channels.tsv has no rows, so the channels are as the data file has them"]


# --- events.tsv ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("onset", ["n/a", "nan", "", "NaN", "inf"])
def test_an_event_without_an_onset_is_left_out_and_counted(dataset, onset):
    dataset.events(["1.5\t0\ta", f"{onset}\t0\tb", "3.25\t0.5\tc"])
    assert dataset.marks() == [(1.5, 0, "a"), (3.25, 0.5, "c")]
    assert dataset.read()[1] == ["events.tsv: 1 of 3 events have no onset (first in row 3) and were left out"]


@pytest.mark.parametrize(
    ("rows", "heading", "expected"),
    [
        (["3,064\t0,5\tx"], "onset\tduration\ttrial_type", [(3.064, 0.5, "x")]),
        (["3.5\tx"], "onset\ttrial_type", [(3.5, 0, "x")]),
        (["3.5\tn/a\tx", "2\t-1\ty"], "onset\tduration\ttrial_type", [(2, 0, "y"), (3.5, 0, "x")]),
        (
            ["1\t0\tn/a\t7.0", "2\t0\tgo\t8"],
            "onset\tduration\ttrial_type\tvalue",
            [(1, 0, "7"), (2, 0, "go")],
        ),
        (["1\t0\tS 1"], "onset\tduration\tvalue", [(1, 0, "S 1")]),
        (["1\t0"], "onset\tduration", [(1, 0, "event")]),
        (["n/a\t0\tx\t500"], "onset\tduration\ttrial_type\tsample", [(2, 0, "x")]),
        (["500\tx"], "sample\ttrial_type", [(2, 0, "x")]),
        (["1e0\t0\tx", "", "  "], "Onset\tDuration\tTrial_Type", [(1, 0, "x")]),
        (["-0.5\t1\tBAD_move", "18\t9\tBAD_end"], "onset\tduration\ttrial_type",
         [(0, 0.5, "BAD_move"), (18, 2, "BAD_end")]),
    ],
)  # fmt: skip
def test_events_are_read_as_people_write_them(dataset, rows, heading, expected):
    dataset.events(rows, heading)
    assert dataset.marks() == expected


def test_an_empty_table_of_events_is_no_events(dataset):
    dataset.write("_events.tsv", "")
    assert dataset.marks() == [] and dataset.read()[1] == [
        "events.tsv is empty, so the recording has no events"
    ]
    dataset.events([])
    assert dataset.marks() == [] and dataset.read()[1] == []


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("abc\t0\tx", r"row 3: its onset is 'abc', which is not a number"),
        ("1.234,5\t0\tx", r"row 3: its onset is '1.234,5', which is not a number"),
        ("2\tlong\tx", r"row 3: its duration is 'long', which is not a number"),
        ("2\t0\tx\ty", r"row 3 has 4 cells, and the heading 3"),
    ],
)
def test_a_cell_that_cannot_be_read_is_named_by_file_and_row(dataset, row, said):
    path = dataset.events(["1\t0\tx", row])
    with pytest.raises(FormatError, match=said) as error:
        dataset.read()
    assert str(error.value).startswith(f"{path}: row 3")


def test_a_table_without_onsets_is_refused(dataset):
    dataset.events(["1\tx"], "time\ttrial_type")
    with pytest.raises(FormatError, match=r"row 1 names no column 'onset'; it has time, trial_type"):
        dataset.read()


def test_events_behind_the_end_are_said_and_onsets_in_another_unit_refused(dataset):
    dataset.events(["1\t0\tx", "20.5\t0\ty"])
    assert dataset.marks() == [(1, 0, "x")]
    assert (
        "1 of 2 events is outside the recording of 20.0 s (first in row 3, at 20.5 s)" in dataset.read()[1][0]
    )
    dataset.events(["1500\t0\tx", "3000\t0\ty"])
    with pytest.raises(FormatError, match=r"all events are outside the recording of 20.0 s.*in seconds"):
        dataset.read()


@pytest.mark.parametrize(
    ("samples", "said"),
    [
        ([750, 1875, 3500], None),
        ([751, 1876, 3501], None),
        ([1250, 2375, 4000], "differ by up to 2.000 s (first in row 2)"),
        ([3000, 7500, 14000], "agree at 1000 Hz alone, and the recording has 250 Hz"),
    ],
)
def test_columns_of_time_that_disagree_are_said(dataset, samples, said):
    lines = [f"{onset}\t0\tx\t{sample}" for onset, sample in zip((3, 7.5, 14), samples, strict=True)]
    dataset.events(lines, heading="onset\tduration\ttrial_type\tsample")
    assert [mark[0] for mark in dataset.marks()] == [3, 7.5, 14]
    notes = dataset.read()[1]
    assert len(notes) == (said is not None) and all(said in text for text in notes)


def test_a_bad_mark_that_outlasts_the_recording_is_said(dataset):
    dataset.events(["3\t250\tBAD_movement", "18\t3\tx"])
    assert (
        "1 of its marks of bad time (first in row 2) outlasts the recording of 20.0 s" in dataset.read()[1][0]
    )
    dataset.events(["19\t2\tBAD_movement"])
    assert dataset.read()[1] == []


def test_a_bad_mark_without_a_duration_is_said(dataset):
    dataset.events(["1\tn/a\tBAD_cough", "2\t1\tBAD_move"])
    assert dataset.read()[1] == [
        "events.tsv: 1 of its marks of bad time (first in row 2, 'BAD_cough') have no duration, so no time "
        "is left out for them"
    ]


def test_a_boundary_that_says_how_much_was_cut_out_is_put_back(dataset):
    dataset.events(["2\t0\ta", "8\t3.5\tboundary", "10\t0\tb"])
    found, _ = dataset.read()
    assert found.raw.n_times == round((SECONDS + 3.5) * SFREQ)
    assert dataset.marks() == [(2, 0, "a"), (8, 3.5, "BAD_acq_skip"), (13.5, 0, "b")]


@pytest.mark.parametrize("duration", ["n/a", "0", "0.004"])
@pytest.mark.parametrize("name", ["boundary", "BAD boundary", "Boundary"])
def test_a_boundary_without_a_length_is_refused(dataset, name, duration):
    dataset.events([f"8\t{duration}\t{name}"])
    with pytest.raises(FormatError, match=r"was cut or joined.* at 8.0 s for an unknown time"):
        dataset.read()


def test_a_boundary_at_the_beginning_leaves_nothing_out(dataset):
    dataset.events(["-0.002\t0\tboundary", "3\t0\tx"])
    assert dataset.marks() == [(3, 0, "x")]


@pytest.mark.parametrize("separate", [False, True])
@pytest.mark.parametrize("told", ["2033", "8.132", "n/a"])
def test_a_boundary_that_an_eeglab_file_has_itself_counts_once_and_by_the_file(tmp_path, separate, told):
    """Its table of events repeats it: with the length in s, in samples by mistake, or without one."""
    stem = tmp_path / "sub-01/eeg/sub-01_task-rest"
    stem.parent.mkdir(parents=True)
    cut = [("boundary", 1000.5, 2033.0)]
    file = write_eeglab(f"{stem}_eeg", SECRETS, [2.0], 10, 250, separate=separate, events=cut)
    lines = ["onset\tduration\ttrial_type", "2\t0\tpulse", f"3.998\t{told}\tboundary", "6\t0\tlast"]
    Path(f"{stem}_events.tsv").write_text("\n".join(lines))
    raw = read_described(file).raw
    marks = {str(a["description"]): (float(a["onset"]), float(a["duration"])) for a in raw.annotations}
    assert raw.n_times == 2500 + 2033
    assert marks["BAD_acq_skip"] == pytest.approx((4, 8.132)) and marks["pulse"] == (2, 0)
    assert marks["last"] == pytest.approx((6 + 8.132, 0)) and len(marks) == 3


@pytest.mark.parametrize("kind", ["EDF", "BDF"])
def test_suffixes_in_upper_case_are_read(tmp_path, kind):
    name = next(n for n in PLANTED if n.lower().startswith(kind.lower()))
    made = PLANTED[name](tmp_path / "made", SECRETS, [2.0], 10, 250)
    file = made.rename(tmp_path / f"sub-01_task-rest_eeg.{kind}")
    (tmp_path / "sub-01_task-rest_channels.tsv").write_text("name\ttype\tstatus\nPz\tEEG\tbad\n")
    assert read_described(file).raw.info["bads"] == ["Pz"]


def test_skipped_time_that_only_the_data_file_marks_stays_marked(dataset):
    dataset.record(marks=[(1000, "BAD_acq_skip"), (1500, "a note")])
    dataset.events(["3\t0\tx"])
    assert [m[2] for m in dataset.marks()] == ["x", "BAD_acq_skip"]


# --- inheritance --------------------------------------------------------------------------------------------

LEVELS = ["", "sub-01", "sub-01/ses-a", "sub-01/ses-a/eeg"]
STEMS = ["task-rest", "sub-01_task-rest", "sub-01_ses-a_task-rest", "sub-01_ses-a_task-rest_run-1"]


@pytest.mark.parametrize(("at", "stem"), list(zip(LEVELS, STEMS, strict=True)))
def test_tables_and_sidecars_of_every_level_apply(dataset, at, stem):
    dataset.channels(rows(sorted(NAMES)), at=at, stem=stem)
    dataset.events(["4\t0\tpulse"], at=at, stem=stem)
    dataset.about(at=at, stem=stem, PowerLineFrequency=60)
    assert dataset.read()[0].raw.info["bads"] == ["P3"] and dataset.marks() == [(4, 0, "pulse")]
    assert read_sidecar(dataset.file)["PowerLineFrequency"] == 60
    assert {f.name for f in describing_files(dataset.file)} == {
        f"{stem}_{end}" for end in ("channels.tsv", "events.tsv", "eeg.json")
    }


def test_the_nearest_table_wins_and_keys_of_sidecars_are_merged_from_the_top(dataset):
    dataset.channels(rows(bad=("Oz",)), at="", stem="task-rest")
    dataset.channels(rows(bad=("Fz",)), at="sub-01", stem="sub-01_task-rest")
    nearest = dataset.channels(rows(bad=("Cz",)), stem="sub-01_ses-a_task-rest")
    assert table_of(dataset.file, "channels.tsv") == nearest and dataset.read()[0].raw.info["bads"] == ["Cz"]
    dataset.about(at="", stem="task-rest", PowerLineFrequency=60, EEGReference="Cz")
    dataset.about(at="sub-01", stem="sub-01", EEGReference="M1")
    dataset.about(SamplingFrequency=SFREQ)
    assert read_sidecar(dataset.file) == {
        **{"PowerLineFrequency": 60, "EEGReference": "M1", "SamplingFrequency": SFREQ}
    }
    named = [f.relative_to(dataset.root).as_posix() for f in describing_files(dataset.file)]
    assert "task-rest_channels.tsv" not in named and "task-rest_eeg.json" in named
    dataset.channels(rows(bad=("F3",)))  # beside the recording, and named as it is
    assert dataset.read()[0].raw.info["bads"] == ["F3"]


@pytest.mark.parametrize("stem", ["task-other", "task-rest_acq-high", "sub-02_task-rest", "task-rest_run-2"])
def test_files_of_other_recordings_do_not_apply(dataset, stem):
    dataset.channels(rows(), at="", stem=stem)
    assert table_of(dataset.file, "channels.tsv") is None and describing_files(dataset.file) == []


@pytest.mark.parametrize(
    "stem", ["sub-01_ses-a_task-rest_run-01", "sub-01_ses-A_task-Rest_run-1", "task-rest_run-001"]
)
def test_names_in_another_spelling_apply_and_that_is_said(dataset, stem):
    dataset.channels(rows(bad=("Cz",)), stem=stem)
    assert [file.name for file in describing_files(dataset.file)] == [f"{stem}_channels.tsv"]
    found, notes = dataset.read()
    assert found.raw.info["bads"] == ["Cz"]
    assert ["another spelling of its own" in text for text in notes] == [True]
    dataset.channels(rows(bad=("F3",)))  # its own name counts first
    found, notes = dataset.read()
    assert found.raw.info["bads"] == ["F3"] or stem.startswith("task")
    assert notes == []


def test_a_table_in_another_spelling_is_that_of_the_recording_that_is_spelt_so(dataset):
    other = dataset.channels(rows(), stem="sub-01_ses-a_task-rest_run-01")
    assert table_of(dataset.file, "channels.tsv") == other
    (dataset.folder / "sub-01_ses-a_task-rest_run-01_eeg.vhdr").write_bytes(dataset.file.read_bytes())
    assert table_of(dataset.file, "channels.tsv") is None


def test_nothing_above_the_dataset_applies(dataset, tmp_path):
    inner = Dataset(tmp_path / "inner")
    dataset.channels(rows(), at="", stem="task-rest")
    assert table_of(inner.file, "channels.tsv") is None


def test_two_tables_that_apply_alike_are_refused(dataset):
    dataset.channels(rows(), at="", stem="task-rest")
    dataset.channels(rows(), at="", stem="run-1")
    with pytest.raises(
        FormatError, match=r"task-rest_channels.tsv: applies to .* and so does run-1_channels.tsv"
    ):
        dataset.read()


def test_tables_packed_by_gzip_are_read(dataset):
    dataset.write("_events.tsv", gzip.compress(b"onset\tduration\ttrial_type\n2\t0\tx\n"))
    assert dataset.marks() == [(2, 0, "x")]


# --- eeg.json -----------------------------------------------------------------------------------------------


def test_a_sidecar_with_a_byte_order_mark_is_read_and_a_damaged_one_named(dataset):
    dataset.write("_eeg.json", b'\xef\xbb\xbf{"PowerLineFrequency": 50}')
    assert read_sidecar(dataset.file) == {"PowerLineFrequency": 50}
    for damaged in ('{"PowerLineFrequency": 50,', "[1, 2]", ""):
        path = dataset.write("_eeg.json", damaged)
        with pytest.raises(FormatError) as error:
            survey_files(dataset.file, {}, NO_TRIGGERS)
        assert str(error.value).startswith(f"{path}: ")
    dataset.about()
    path = dataset.write("_eeg.json", "{,}", at="", stem="task-rest")
    with pytest.raises(FormatError, match=r"task-rest_eeg.json: is damaged: it is not valid JSON in line 1"):
        dataset.read()


def test_a_sidecar_that_disagrees_with_the_data_file_is_said(dataset):
    dataset.about(SamplingFrequency=500, RecordingDuration=300)
    assert survey_files(dataset.file, {}, NO_TRIGGERS).notes == (
        "eeg.json gives a sampling rate of 500 Hz, and the data file 250 Hz, which was used",
        "eeg.json gives a duration of 300.0 s, and the data file holds 20.0 s",
    )
    dataset.about(SamplingFrequency="250.0", RecordingDuration="n/a")
    assert dataset.read()[1] == []


def test_epochs_are_refused_and_pauses_too_unless_they_are_known(dataset):
    dataset.about(RecordingType="epoched", at="", stem="task-rest")
    with pytest.raises(FormatError, match=r"task-rest_eeg.json: says that .*_eeg.vhdr holds epochs"):
        dataset.read()
    dataset.about(RecordingType="discontinuous", at="", stem="task-rest")
    with pytest.raises(FormatError, match=r"is discontinuous .*neither the file nor its events show where"):
        dataset.read()
    dataset.events(["8\t3\tboundary"])
    assert dataset.marks() == [(8, 3, "BAD_acq_skip")]


TIED = {
    **{"SyncMethod": "markers", "SyncDriftFrom": "session", "SyncNotes": [], "SyncOffset": 7.25},
    **{"SyncDrift": 12.5, "SyncDriftError": 0.4, "SyncResidual": "n/a", "SyncMarkers": 40},
}


def test_a_clock_that_was_tied_to_another_partner_is_refused(dataset):
    dataset.about(
        Hyperscanning=TIED, SimultaneousRecordingWith=["bids::sub-T1/eeg/sub-T1_task-rest_eeg.vhdr"]
    )
    partner = dataset.root / "sub-T1_task-rest_eeg.vhdr"
    assert stated_timing(dataset.file, partner)["offset"] == 7.25
    with pytest.raises(
        FormatError, match=r"was tied to that of sub-T1_task.*not to that of sub-T2_task-rest"
    ):
        stated_timing(dataset.file, dataset.root / "sub-T2_task-rest_eeg.vhdr")
    dataset.about(Hyperscanning={**TIED, "SyncOffset": "soon"})
    with pytest.raises(FormatError, match=r"its SyncOffset is 'soon' and no number"):
        stated_timing(dataset.file, partner)


def test_a_channel_that_the_cap_map_ignores_is_left_out_with_its_row(dataset):
    dataset.record([*NAMES, "EEG A2-A1"])
    dataset.channels([*rows(bad=()), ["EEG A2-A1", "EEG", "µV", "good"]])
    found, notes = dataset.read({"EEG A2-A1": "ignore", "Oz": "-"})
    assert found.raw.ch_names == [name for name in NAMES if name != "Oz"] and notes == []


def test_numbers_of_a_cap_are_no_sites_whatever_type_the_table_gives_them(dataset):
    labels = [f"{box}{number}" for box in "ABCD" for number in range(1, 9)]
    dataset.record(labels)
    dataset.channels([[label, "EEG", "µV", "good"] for label in labels])
    found, notes = dataset.read({"A1": "Cz"})
    assert [name for name, kind in kinds(found.raw).items() if kind == "eeg"] == ["Cz"]
    assert any(text.startswith("labels such as A2, A3, A4 are numbers of a cap") for text in notes)
