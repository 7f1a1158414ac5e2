"""Time that a file leaves out is put back with its length, or refused, or said; in every format."""

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import mne
import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))
import planted
from planted import LABELS, PLANTED, SECRETS

from interbrain.formats import FormatError, read_recording, read_triggers
from interbrain.formats.breaks import Break, put_back, with_known_breaks
from interbrain.formats.gaps import bridge_missing
from interbrain.formats.notes import noted
from interbrain.formats.survey import survey

PULSES, SECONDS, SFREQ = [3.2, 9.7, 15.0], 20, 250
AT, LACKS = 8.0, 2.5  # s: where the file leaves out time, and how much
BEGUN = datetime(2020, 10, 10, 12, 0, 0, tzinfo=UTC)


def write(kind, tmp_path, **more):
    return PLANTED[kind](tmp_path / "rest", SECRETS, PULSES, SECONDS, SFREQ, **more)


def gaps(raw):
    return [
        (pytest.approx(m["onset"] - raw.first_time * (raw.info["meas_date"] is not None)), m["duration"])
        for m in raw.annotations
        if m["description"] == "BAD_acq_skip"
    ]


def check_put_back(file, tmp_path, gap=(AT, LACKS), atol=0.05):
    """The signals, the trigger and the marks on both sides of the gap are where they were recorded."""
    with noted() as notes:
        raw = read_recording(file).raw
    first, n = round(gap[0] * SFREQ), round(gap[1] * SFREQ)
    assert raw.n_times == SECONDS * SFREQ + n
    assert gaps(raw) == [(pytest.approx(gap[0]), pytest.approx(gap[1]))]
    eeg, _ = planted.signals(tmp_path / "rest", PULSES, SECONDS, SFREQ)
    read = raw.get_data(picks=LABELS) * 1e6
    np.testing.assert_allclose(np.delete(read, np.s_[first : first + n], axis=1), eeg, atol=atol)
    moved = [pulse + gap[1] * (pulse > gap[0]) for pulse in PULSES]
    np.testing.assert_allclose(read_triggers(raw, channel="Digi"), moved, atol=1e-9)
    words = {"brainvision": "Stimulus/S  1", "gdf": "769", "cnt": "1"}.get(kind_of(file), "pulse")
    marked = [m["onset"] for m in raw.annotations if m["description"] == words]
    np.testing.assert_allclose(marked, moved, atol=1 / SFREQ)
    return notes


def kind_of(file):
    return {".vhdr": "brainvision"}.get(file.suffix, file.suffix[1:])


# --- EEGLAB ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("latency", [AT * SFREQ + 0.5, AT * SFREQ + 1])
@pytest.mark.parametrize("kind_of_boundary", ["boundary", "BOUNDARY", -99.0])
@pytest.mark.parametrize("shape", [{}, {"flat": True}, {"separate": True}])
def test_what_was_cut_out_of_an_eeglab_file_is_put_back(tmp_path, latency, kind_of_boundary, shape):
    file = write("eeglab", tmp_path, events=[(kind_of_boundary, latency, LACKS * SFREQ)], **shape)
    assert check_put_back(file, tmp_path) == []


def test_a_cut_near_the_end_of_an_eeglab_file_has_its_whole_length(tmp_path):
    # MNE shortens a mark that outlasts the file.
    file = write("eeglab", tmp_path, events=[("boundary", 19.5 * SFREQ + 0.5, 5.2 * SFREQ)])
    check_put_back(file, tmp_path, gap=(19.5, 5.2))


def test_several_cuts_count_in_what_is_left_of_an_eeglab_file(tmp_path):
    cuts = [("boundary", 5 * SFREQ + 0.5, 100), ("boundary", 12 * SFREQ + 0.5, 250)]
    raw = read_recording(write("eeglab", tmp_path, events=cuts)).raw
    assert gaps(raw) == [(5.0, 0.4), (12.4, 1.0)]
    np.testing.assert_allclose(read_triggers(raw, channel="Digi"), [3.2, 10.1, 16.4], atol=1e-9)


@pytest.mark.parametrize("duration", [np.nan, 0.0, 1.0])  # 1: as imported from BrainVision
def test_a_boundary_of_unknown_length_is_an_error(tmp_path, duration):
    file = write("eeglab", tmp_path, events=[("boundary", AT * SFREQ + 0.5, duration)])
    with pytest.raises(
        FormatError, match=r"rest\.set: was cut or joined \(boundary\) at 8\.0 s for an unknown"
    ):
        read_recording(file)


@pytest.mark.parametrize("latency", [0.5, 1.0, SECONDS * SFREQ + 0.5])
def test_a_boundary_where_the_file_begins_or_ends_leaves_nothing_out(tmp_path, latency):
    raw = read_recording(write("eeglab", tmp_path, events=[("boundary", latency, np.nan)])).raw
    assert raw.n_times == SECONDS * SFREQ
    assert "boundary" not in raw.annotations.description


# --- BrainVision -------------------------------------------------------------------------------------------


def brainvision(tmp_path, lines, edit=lambda text: text):
    """A recording with these lines among its markers."""
    file = write("brainvision", tmp_path)
    markers = file.with_suffix(".vmrk")
    text = markers.read_text(encoding="utf-8")
    begin = text.index("Mk1=New Segment")
    first = f"Mk1=New Segment,,1,1,0,{BEGUN:%Y%m%d%H%M%S%f}\n"
    rest = text[text.index("\n", begin) + 1 :]
    markers.write_text(edit(text[:begin] + first + rest + "".join(lines)), encoding="utf-8")
    return file


def new_segment(date, at=AT, text=""):
    date = f"{date:%Y%m%d%H%M%S%f}" if date else "0"
    return f"Mk90=New Segment,{text},{round(at * SFREQ) + 1},1,0,{date}\n"


def test_a_pause_of_the_recorder_is_put_back_by_the_dates_of_brainvision_segments(tmp_path):
    file = brainvision(tmp_path, [new_segment(BEGUN + timedelta(seconds=AT + LACKS))])
    (said,) = check_put_back(file, tmp_path)
    assert said.startswith("was paused at 8.0 s for 2.50 s, by the recording computer's clock")


@pytest.mark.parametrize("spelling", ["New Segment", "new segment"])
def test_a_brainvision_segment_without_a_date_is_an_error(tmp_path, spelling):
    file = brainvision(tmp_path, [new_segment(None).replace("New Segment", spelling)])
    with pytest.raises(FormatError, match=r"rest\.vhdr: was paused at 8\.0 s for an unknown time"):
        read_recording(file)


def test_brainvision_segments_in_the_wrong_order_are_an_error(tmp_path):
    file = brainvision(tmp_path, [new_segment(BEGUN - timedelta(seconds=60))])
    with pytest.raises(
        FormatError, match=r"was paused at 8\.0 s, and the next part was recorded 68\.000 s bef"
    ):
        read_recording(file)


def test_a_brainvision_header_that_promises_more_samples_than_there_are_is_an_error(tmp_path):
    file = write("brainvision", tmp_path)
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("NumberOfChannels", "DataPoints=9000\nNumberOfChannels"), encoding="utf-8")
    with pytest.raises(FormatError, match=r"rest\.eeg: is cut off: it holds 5000 of the 9000 samples"):
        read_recording(file)


def test_a_segment_that_follows_at_once_and_other_markers_leave_nothing_out(tmp_path):
    lines = [new_segment(BEGUN + timedelta(seconds=AT)), "Mk91=DC Correction,,2500,1,0\n"]
    raw = read_recording(brainvision(tmp_path, lines)).raw
    assert raw.n_times == SECONDS * SFREQ
    assert gaps(raw) == []


@pytest.mark.parametrize(
    "text", ["LostSamples: 625", "Lost Samples: 625", "lost 625 samples", "625 samples were lost"]
)
@pytest.mark.parametrize("kind", ["Comment", "New Segment", "LostSamples"])
def test_lost_samples_that_a_marker_counts_are_put_back(tmp_path, kind, text):
    file = brainvision(tmp_path, [f"Mk90={kind},{text},{round(AT * SFREQ) + 1},1,0\n"])
    check_put_back(file, tmp_path)


def test_lost_samples_that_the_recorder_filled_are_marked_where_they_are(tmp_path, monkeypatch):
    signals = planted.signals

    def filled(*args):
        eeg, trigger = signals(*args)
        eeg[:, 2000:2100] = eeg[:, 1999:2000]
        return eeg, trigger

    monkeypatch.setattr(planted, "signals", filled)
    raw = read_recording(brainvision(tmp_path, ["Mk90=Comment,LostSamples: 100,2001,1,0\n"])).raw
    assert raw.n_times == SECONDS * SFREQ
    assert gaps(raw) == [(8.0, pytest.approx(0.4))]


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        (
            "DataOrientation",
            "SegmentationType=MARKERBASED\nDataOrientation",
            "holds epochs, not a continuous",
        ),
        ("DataOrientation", "averaged = yes\nDataOrientation", "holds epochs, not a continuous"),
        ("DataOrientation", "DataType=FREQUENCYDOMAIN\nDataOrientation", "holds spectra"),
        ("[Binary Infos]", "[Binary Infos]\nUseBigEndianOrder=YES", "has big-endian samples"),
    ],
)
def test_a_brainvision_file_that_is_no_continuous_recording_is_an_error(tmp_path, was, now, said):
    file = write("brainvision", tmp_path)
    file.write_text(file.read_text(encoding="utf-8").replace(was, now, 1), encoding="utf-8")
    with pytest.raises(FormatError, match=rf"rest\.vhdr: {said}"):
        read_recording(file)


# --- EDF, BDF ----------------------------------------------------------------------------------------------


def onsets(lacks=LACKS, decimals=1, start=0.0):
    return [f"{start + s + lacks * (s >= AT):.{decimals}f}" for s in range(SECONDS)]


@pytest.mark.parametrize("continuity", [b"+C", b"+D"])
@pytest.mark.parametrize("start", [0.0, 0.4])
@pytest.mark.parametrize("kind", ["edf", "bdf"])
def test_a_pause_between_two_records_is_put_back(tmp_path, kind, start, continuity):
    file = write(kind, tmp_path, begins=onsets(start=start))
    file.write_bytes(
        file.read_bytes().replace(kind.upper().encode() + b"+C", kind.upper().encode() + continuity)
    )
    assert check_put_back(file, tmp_path) == []


def test_an_edf_file_said_to_be_discontinuous_may_hold_no_pause(tmp_path):
    file = write("edf", tmp_path)
    file.write_bytes(file.read_bytes().replace(b"EDF+C", b"EDF+D"))
    raw = read_recording(file).raw
    assert raw.n_times == SECONDS * SFREQ
    assert gaps(raw) == []


def test_several_pauses_are_put_back_and_late_marks_are_kept(tmp_path):
    begins = [f"{s + 2 * (s >= 5) + 3.5 * (s >= 12):.1f}" for s in range(SECONDS)]
    raw = read_recording(write("edf", tmp_path, begins=begins, events=[(19.5, b"last")])).raw
    assert gaps(raw) == [(5.0, 2.0), (14.0, 3.5)]
    assert [m["onset"] for m in raw.annotations if m["description"] == "last"] == [pytest.approx(25.0)]


def test_records_whose_onsets_are_rounded_are_no_pauses(tmp_path):
    file = write("edf", tmp_path, begins=[f"{s * 1.004:.2f}" for s in range(SECONDS)])
    content = file.read_bytes()
    file.write_bytes(content[:244] + b"1.004   " + content[252:])
    raw = read_recording(file).raw
    assert raw.n_times == SECONDS * SFREQ
    assert gaps(raw) == []


@pytest.mark.parametrize(("length", "ppm"), [(1.0015, 1500), (0.9984, 1600)])
def test_records_that_last_longer_by_their_onsets_than_by_the_sampling_rate_are_said(tmp_path, length, ppm):
    with noted() as notes:
        raw = read_recording(write("edf", tmp_path, begins=[f"{s * length:.4f}" for s in range(SECONDS)])).raw
    assert gaps(raw) == []
    (said,) = notes
    assert said.startswith(f"the onsets of its records make them last {19 * length:.3f} s, and the sampling")
    assert f"off by {ppm} ppm" in said


@pytest.mark.parametrize("seconds", ["0", "-1"])
def test_an_edf_header_without_a_length_of_records_is_an_error(tmp_path, seconds):
    file = write("edf", tmp_path)
    content = file.read_bytes()
    file.write_bytes(content[:244] + seconds.encode().ljust(8) + content[252:])
    with pytest.raises(
        FormatError, match=rf"rest\.edf: its header gives {seconds} s and \d+ samples a record"
    ):
        read_recording(file)


def test_a_record_that_goes_back_in_time_is_an_error(tmp_path):
    with pytest.raises(
        FormatError, match=r"rest\.edf: steps back in time: record 9 begins 3\.000 s before the"
    ):
        read_recording(write("edf", tmp_path, begins=onsets(lacks=-3)))


def test_a_pause_longer_than_the_recording_is_an_error(tmp_path):
    with pytest.raises(
        FormatError, match=r"rest\.edf: was paused at 8\.0 s for 3600 s, longer than it recorded"
    ):
        read_recording(write("edf", tmp_path, begins=onsets(lacks=3600)))


@pytest.mark.parametrize(
    ("promised", "said"),
    [("-1", "was not closed properly; its end may"), ("12", "holds 20.0 s, and its header counts 12.0 s")],
)
def test_a_header_that_does_not_count_the_records_is_said(tmp_path, promised, said):
    with noted() as notes:
        assert read_recording(write("edf", tmp_path, promised=promised)).raw.n_times == SECONDS * SFREQ
    assert said in notes[0]


def biosemi(file, status, sfreq=SFREQ):
    """A BDF file as BioSemi's recorder writes it: one EEG channel and Status, no annotations."""
    columns = [("Cz", "Status", 16), ("", "", 80), ("uV", "Boolean", 8), ("-262144", "-8388608", 8)]
    columns += [
        ("262143", "8388607", 8),
        ("-8388608", "-8388608", 8),
        ("8388607", "8388607", 8),
        ("", "", 80),
    ]
    columns += [(str(sfreq), str(sfreq), 8), ("", "", 32)]
    head = b"\xffBIOSEMI" + b" " * 160 + b"10.10.2012.00.00" + f"{768:<8}{'24BIT':<44}".encode()
    head += f"{len(status) // sfreq:<8}{1:<8}{2:<4}".encode()
    head += "".join(f"{text:<{width}}" for *texts, width in columns for text in texts).encode()
    eeg = np.random.default_rng(1).integers(-1000, 1000, len(status))
    both = np.stack([eeg, status]).reshape(2, -1, sfreq).transpose(1, 0, 2).astype("<i4")
    file.write_bytes(head + both.copy().view(np.uint8).reshape(*both.shape, 4)[..., :3].tobytes())
    return file


@pytest.mark.parametrize(("code", "is_new"), [(1 << 16, True), (100_000, False)])
def test_a_new_epoch_in_biosemis_status_is_said_and_a_code_of_many_bits_is_none(tmp_path, code, is_new):
    status = np.zeros(SECONDS * SFREQ, int)
    status[:10] = status[2000:2010] = code
    with noted() as notes:
        raw = read_recording(biosemi(tmp_path / "rest.bdf", status)).raw
    assert raw.ch_names == ["Cz", "Status"] and raw.n_times == SECONDS * SFREQ
    assert [text for text in notes if "was started again at 8.0 s" in text] == notes
    assert len(notes) == is_new
    marks = [(m["onset"], m["duration"], m["description"]) for m in raw.annotations]
    assert marks == [(8.0, 0.0, "BAD_join")] * is_new


def test_a_new_epoch_is_said_where_a_trigger_changes_with_it(tmp_path):
    status = np.zeros(SECONDS * SFREQ, int)
    status[0] = 1 << 16
    status[2000:2010] = 7
    status[2000] |= 1 << 16
    with noted() as notes:
        read_recording(biosemi(tmp_path / "rest.bdf", status))
    assert len(notes) == 1 and "was started again at 8.0 s" in notes[0]


@pytest.mark.parametrize(("in_range", "is_said"), [(1 << 20, True), (0, False)])
def test_time_without_biosemis_reference_is_bad_and_said(tmp_path, in_range, is_said):
    status = np.full(SECONDS * SFREQ, in_range | 1 << 23)
    status[1000:1500] = status[2000:2250] = 1 << 23
    status[600:610] |= 3
    with noted() as notes:
        raw = read_recording(biosemi(tmp_path / "rest.bdf", status)).raw
    marks = [(a["onset"], a["duration"]) for a in raw.annotations if a["description"] == "BAD_cms"]
    assert marks == ([(4.0, 2.0), (8.0, 1.0)] if is_said else [])
    said = ["for 3.0 s, from 4.0 s on, and 1 more time: no window" in text for text in notes]
    assert said == [True] * is_said


# --- FIF, GDF, CNT -----------------------------------------------------------------------------------------


def as_raw(seconds=SECONDS):
    rng = np.random.default_rng(5)
    info = mne.create_info(["F3", "Cz", "STI"], SFREQ, ["eeg", "eeg", "stim"])
    data = np.vstack([rng.normal(0, 1e-5, (2, seconds * SFREQ)), np.zeros(seconds * SFREQ)])
    return mne.io.RawArray(data, info, verbose="error")


@pytest.mark.parametrize("when", [None, BEGUN])
@pytest.mark.parametrize("cut", [0, 2.0])
def test_what_a_fif_file_skipped_is_a_gap_and_no_silence(tmp_path, when, cut):
    raw = as_raw().set_meas_date(when).crop(cut)
    raw.set_annotations(mne.Annotations([10.0, 15.0], [4.0, 0.0], ["BAD_ACQ_SKIP", "later"]))
    raw.save(tmp_path / "a_raw.fif", fmt="double", buffer_size_sec=1.0, verbose="error")
    read = read_recording(tmp_path / "a_raw.fif").raw
    marks = [(m["description"], m["onset"] - read.first_time, m["duration"]) for m in read.annotations]
    assert sorted(marks) == [("BAD_acq_skip", 10.0, 4.0), ("later", 15.0, 0.0)]
    eeg = read.get_data(picks="eeg")
    np.testing.assert_allclose(np.diff(eeg[:, 2499:3501], 2), 0, atol=1e-15)  # a straight line
    np.testing.assert_array_equal(
        np.delete(eeg, np.s_[2499:3500], axis=1), np.delete(raw.get_data("eeg"), np.s_[2499:3500], axis=1)
    )


def test_recordings_joined_in_one_fif_file_are_an_error(tmp_path):
    both = mne.concatenate_raws([as_raw(8), as_raw(6)], verbose="error")
    both.save(tmp_path / "a_raw.fif", verbose="error")
    with pytest.raises(
        FormatError, match=r"a_raw\.fif: was cut or joined from parts at 8\.0 s for an unknown"
    ):
        read_recording(tmp_path / "a_raw.fif")
    both.crop(0, 7.9).save(tmp_path / "b_raw.fif", verbose="error")
    assert read_recording(tmp_path / "b_raw.fif").raw.n_times == 1976


def test_a_later_part_of_a_fif_recording_is_an_error_whatever_its_name(tmp_path):
    whole = as_raw()
    n_times = 1 + 2_500_000 // (8 * len(whole.ch_names))  # in double precision, more than fits into one part
    data = np.resize(whole.get_data(), (len(whole.ch_names), n_times))
    raw = mne.io.RawArray(data, whole.info, verbose="error")
    raw.save(tmp_path / "a_raw.fif", split_size="2MB", fmt="double", buffer_size_sec=10, verbose="error")
    assert read_recording(tmp_path / "a_raw.fif").raw.n_times == n_times
    (tmp_path / "a_raw-1.fif").rename(tmp_path / "second_raw.fif")
    with pytest.raises(
        FormatError,
        match=r"second_raw\.fif: is a later part of .* \(before it comes a_raw\.fif\)",
    ):
        read_recording(tmp_path / "second_raw.fif")


@pytest.mark.parametrize("value", [np.inf, -np.inf, 1e30, -52.0])
def test_values_that_no_amplifier_measures_are_missing_and_spoil_nothing_else(tmp_path, value):
    raw = as_raw()
    whole = raw.get_data(picks="eeg")
    raw._data[0, 1000:1100] = value
    raw.save(tmp_path / "a_raw.fif", fmt="double", verbose="error")
    read = bridge_missing(read_recording(tmp_path / "a_raw.fif").raw)
    assert [(m["onset"], m["duration"]) for m in read.annotations if m["description"] == "BAD_missing"] == [
        (pytest.approx(1000 / SFREQ), pytest.approx(100 / SFREQ))
    ]
    left = np.s_[1000:1100]
    np.testing.assert_allclose(
        np.delete(read.get_data(picks="eeg"), left, axis=1), np.delete(whole, left, axis=1), rtol=1e-6
    )
    assert np.abs(read.get_data(picks="eeg")).max() < 1e-4


def test_a_recording_too_short_for_a_spectrum_shows_no_mains(tmp_path):
    as_raw(1).crop(tmax=0.06).save(tmp_path / "a_raw.fif", verbose="error")
    triggers = {"channel": "STI", "idle": None, "mask": None, "dead_time_s": 0.5, "annotation": None}
    told = survey(tmp_path / "a_raw.fif", triggers=triggers)
    assert (told.mains_hz, told.highest_hz) == ((), None)


def test_a_new_segment_of_a_gdf_file_is_an_error_but_at_its_beginning(tmp_path):
    with pytest.raises(FormatError, match=r"rest\.gdf: was paused at 8\.0 s for an unknown time"):
        read_recording(write("gdf", tmp_path, events=[(AT, 0x7FFE)]))
    raw = read_recording(write("gdf", tmp_path, events=[(0.0, 0x7FFE)])).raw
    assert "32766" not in raw.annotations.description


def test_a_discontinuity_of_a_cnt_file_is_an_error_and_a_dc_correction_is_none(tmp_path):
    with pytest.raises(FormatError, match=r"rest\.cnt: was paused at 8\.0 s for an unknown time"):
        read_recording(write("cnt", tmp_path, marks=[(AT, 14)]))
    assert read_recording(write("cnt", tmp_path, marks=[(AT, 11)])).raw.n_times == SECONDS * SFREQ


# --- marks in any format -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Recording Paused", "paused"),
        ("Pause", "pause"),
        ("Impedance check, Ms Roe", "impedance"),
        ("Buffer Overflow", "buffer overflow"),
        ("SyncStatus/Sync Off", "sync off"),
        ("Lost Samples", "lost samples"),
        ("BufferOverflow", "bufferoverflow"),
        ("Dropped 3 packets", "dropped 3 packets"),
        ("Aufnahme unterbrochen", "unterbrochen"),
    ],
)
def test_a_mark_of_an_interruption_is_said_in_its_own_words_alone(text, word):
    raw = as_raw().set_annotations(mne.Annotations([0, AT, 12.0], 0, [text] * 3))
    with noted() as notes:
        assert with_known_breaks(raw, Path("a.edf")).n_times == SECONDS * SFREQ
    (said,) = notes
    assert said.startswith(
        f"a mark at 8.0 s and 1 more ('{word}') suggests that the recording was interrupted"
    )
    assert "Roe" not in said


def test_marks_of_an_experiment_are_no_interruption():
    texts = [
        "begin",
        "eyes closed",
        "Stimulus/S  1",
        "Response/R  3",
        "Comment/actiCAP Data On",
        "T0",
        "stop",
    ]
    raw = as_raw().set_annotations(mne.Annotations(np.arange(1, 8), 0, texts))
    with noted() as notes:
        assert with_known_breaks(raw, Path("a.edf")) is raw
    assert notes == []


@pytest.mark.parametrize("text", ["BAD boundary", "EDGE boundary", "boundary", "Comment/boundary"])
def test_a_boundary_in_any_format_is_an_error(text):
    raw = as_raw().set_annotations(mne.Annotations([AT], 0, [text]))
    with pytest.raises(
        FormatError, match=r"a\.edf: was cut or joined from parts at 8\.0 s for an unknown time"
    ):
        with_known_breaks(raw, Path("a.edf"))


@pytest.mark.parametrize("text", ["New Segment/", "New Segment", "new segment/2"])
def test_a_segment_that_another_program_kept_as_a_mark_is_an_error_but_at_the_beginning(text):
    raw = as_raw().set_annotations(mne.Annotations([0, AT], 1 / SFREQ, [text] * 2))
    with pytest.raises(FormatError, match=r"a\.edf: was paused at 8\.0 s for an unknown time"):
        with_known_breaks(raw, Path("a.edf"))
    raw = as_raw().set_annotations(mne.Annotations([0], 1 / SFREQ, [text]))
    assert with_known_breaks(raw, Path("a.edf")).n_times == SECONDS * SFREQ


def test_lost_samples_that_a_segment_kept_as_a_mark_counts_are_put_back():
    raw = as_raw().set_annotations(mne.Annotations([AT], 0, ["New Segment/LostSamples: 100"]))
    assert gaps(with_known_breaks(raw, Path("a.edf"))) == [(AT, 100 / SFREQ)]


def test_many_short_pauses_are_as_long_as_all_of_them_together():
    """Each is 1.4 samples; rounded by itself, a fifth of the missing time would go."""
    pauses = [Break(float(at), 1.4 / SFREQ, "was paused") for at in range(1, SECONDS)]
    raw = put_back(as_raw(), Path("a.edf"), pauses)
    assert raw.n_times == SECONDS * SFREQ + round(1.4 * (SECONDS - 1))


def test_gaps_that_were_marked_before_stay_as_they_are():
    raw = as_raw().set_annotations(mne.Annotations([AT], 2.0, ["Comment/BAD_acq_skip"]))
    before = raw.get_data()
    assert with_known_breaks(raw, Path("a.vhdr")) is raw
    np.testing.assert_array_equal(raw.get_data(), before)
    assert list(raw.annotations.description) == ["Comment/BAD_acq_skip"]


# --- messages ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", [".fif", ".set", ".edf", ".vhdr"])
def test_a_damaged_file_in_a_folder_of_epochs_is_not_said_to_hold_epochs(tmp_path, suffix):
    folder = tmp_path / "epochs" / "epoch 1"
    folder.mkdir(parents=True)
    (folder / f"epoch{suffix}").write_bytes(b"rubbish" * 500)
    with pytest.raises(FormatError) as error:
        read_recording(folder / f"epoch{suffix}")
    assert "holds epochs" not in str(error.value)


def test_epochs_are_told_from_a_recording_whatever_their_name(tmp_path):
    epochs = mne.make_fixed_length_epochs(as_raw(), duration=2.0, verbose="error")
    epochs.save(tmp_path / "rest-epo.fif", verbose="error")
    (tmp_path / "rest-epo.fif").rename(tmp_path / "rest.fif")
    with pytest.raises(FormatError, match=r"rest\.fif: holds epochs, not a continuous recording"):
        read_recording(tmp_path / "rest.fif")
