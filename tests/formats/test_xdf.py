"""LabStreamingLayer files: two streams tied by LSL's clock, breaks, markers, and damage."""

import itertools
import re
import struct
import sys
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from planted import write_xdf_streams, xdf_stream

from interbrain.formats import FormatError, read_recording
from interbrain.formats.notes import noted

LABELS = ["F3", "Fz", "Cz"]
MARKS = np.array([120.0, 131.5, 177.25])  # on LSL's clock


def amplifier(
    number, name, *, begun, drift_ppm=0.0, clock=0.0, skew_ppm=0.0, jitter_s=0.0, seconds=90, **more
):
    """One stream of 250 Hz whose samples show LSL's time in volts; `clock`: LSL's less its computer's."""
    sfreq, rng = more.pop("sfreq", 250), np.random.default_rng(number)
    lsl = begun + np.arange(seconds * sfreq) / sfreq * (1 + drift_ppm * 1e-6)
    lost = more.pop("lost", None)
    if lost:
        lsl = np.delete(lsl, np.s_[round(lost[0] * sfreq) : round(lost[1] * sfreq)])
    late = rng.exponential(jitter_s, len(lsl) // 25 + 1).repeat(25)[: len(lsl)] if jitter_s else 0.0

    def own(times):  # the clock of the amplifier's computer, as LSL measures it every 5 s
        return times - clock - (times - begun) * skew_ppm * 1e-6

    at = np.arange(begun, begun + seconds, 5.0)
    offsets = [(t, t0 - t + rng.normal(0, 1e-5)) for t0, t in zip(at, own(at), strict=True)]
    data = np.outer(lsl - 100, [1.0, -1.0, 0.5])
    settings = {"sfreq": float(sfreq), "labels": LABELS, "clock": offsets} | more
    return xdf_stream(number, name, data, own(lsl) + late, **settings)


def markers(number=9, texts=("begin", "pulse", "end")):
    return xdf_stream(number, "Stimuli", list(texts), MARKS, kind="Markers")


def time_told(recording):
    """LSL's time at each sample: what the tie says, and what the samples hold."""
    raw, (start, slope) = recording.raw, recording.lsl
    return start + slope * raw.times, raw.get_data(picks="F3")[0] * 1e6 + 100


@pytest.fixture
def both(tmp_path):
    file = tmp_path / "both.xdf"
    streams = [
        amplifier(
            1, "EEG-A", begun=100.0, drift_ppm=40, clock=-2000.5, skew_ppm=30, jitter_s=0.005, seconds=180
        ),
        amplifier(
            2, "EEG-B", begun=103.7, drift_ppm=-25, clock=31.25, skew_ppm=-80, jitter_s=0.002, seconds=180
        ),
        markers(),
    ]
    write_xdf_streams(file, streams, datetime(2022, 3, 4, 10, 5, 6, tzinfo=UTC))
    return {
        who: read_recording(file, pattern=f"EEG-{who}/*", partner_pattern=f"EEG-{other}/*")
        for who, other in ("AB", "BA")
    }


def test_two_streams_tie_by_the_lsl_clock_to_a_millisecond(both):
    # Though the stamps come 5 ms late in one, and 2 ms in the other, on the mean.
    for recording in both.values():
        told, true = time_told(recording)
        assert np.abs(told - true).max() < 1e-3
    assert (both["A"].lsl[1] / both["B"].lsl[1] - 1) * 1e6 == pytest.approx(65, abs=5)


def test_a_stream_is_read_at_its_nominal_rate_with_plain_names(both):
    raw = both["A"].raw
    assert raw.info["sfreq"] == 250
    assert raw.ch_names == LABELS
    assert raw.get_channel_types() == ["eeg"] * 3
    assert raw.info["meas_date"] == datetime(2022, 3, 4, 10, 5, 6, tzinfo=UTC)


def test_both_members_see_the_markers_on_their_own_time_axis(both):
    for recording in both.values():
        raw, (start, slope) = recording.raw, recording.lsl
        assert list(raw.annotations.description) == ["begin", "pulse", "end"]
        np.testing.assert_allclose(raw.annotations.onset, (MARKS - start) / slope, atol=1e-6)


def test_lost_samples_are_put_back_and_late_stamps_are_not_lost_samples(tmp_path):
    stream = amplifier(1, "EEG", begun=100.0, lost=(30.0, 32.0), jitter_s=0.03, drift_ppm=20)
    write_xdf_streams(tmp_path / "a.xdf", [stream, markers()])
    recording = read_recording(tmp_path / "a.xdf")
    raw = recording.raw
    gaps = [(m["onset"], m["duration"]) for m in raw.annotations if m["description"] == "BAD_acq_skip"]
    assert gaps == [(pytest.approx(30.0), pytest.approx(2.0, abs=0.02))]
    told, true = time_told(recording)
    assert np.abs(told - true).max() < 0.02
    pulse = next(m["onset"] for m in raw.annotations if m["description"] == "end")
    assert true[round(pulse * 250)] == pytest.approx(MARKS[2], abs=0.02)


def test_a_loss_is_counted_to_the_sample_where_stamps_are_exact(tmp_path):
    write_xdf_streams(tmp_path / "a.xdf", [amplifier(1, "EEG", begun=100.0, lost=(30.0, 30.2))])
    raw = read_recording(tmp_path / "a.xdf").raw
    assert [(m["onset"], m["duration"]) for m in raw.annotations] == [(30.0, pytest.approx(0.2))]
    assert raw.n_times == 90 * 250


def test_two_people_in_one_stream_are_told_apart_and_share_the_trigger(tmp_path):
    data = np.random.default_rng(0).normal(0, 10, (500, 5))
    labels = ["F3_S1", "Cz_S1", "F3_S2", "Cz_S2", "Trigger"]
    stream = xdf_stream(1, "Amp/1", data, 50 + np.arange(500) / 250, sfreq=250.0, labels=labels)
    write_xdf_streams(tmp_path / "a.xdf", [stream])
    for columns, mine, theirs in (([0, 1], "*_S1", "*_S2"), ([2, 3], "Amp_1/*_S2", "Amp_1/*_S1")):
        raw = read_recording(tmp_path / "a.xdf", pattern=mine, partner_pattern=theirs).raw
        assert raw.ch_names == ["F3", "Cz", "Trigger"]
        assert raw.get_channel_types() == ["eeg", "eeg", "stim"]
        np.testing.assert_allclose(raw.get_data(picks="eeg"), data[:, columns].T * 1e-6)


@pytest.mark.parametrize(("unit", "volts"), [("", 1e-6), ("microvolts", 1e-6), ("mV", 1e-3), ("V", 1.0)])
def test_units_become_volts(tmp_path, unit, volts):
    data = np.random.default_rng(0).normal(0, 1e-5, (500, 3)) / volts
    stream = xdf_stream(1, "EEG", data, np.arange(500) / 250, sfreq=250.0, labels=LABELS, unit=unit)
    write_xdf_streams(tmp_path / "a.xdf", [stream])
    np.testing.assert_allclose(read_recording(tmp_path / "a.xdf").raw.get_data() / volts, data.T)


def test_the_cap_map_may_name_the_stream_too(tmp_path):
    write_xdf_streams(tmp_path / "a.xdf", [amplifier(1, "EEG", begun=0.0, labels=["1", "2", "3"], seconds=4)])
    for cap in ({"1": "F3", "2": "Pz"}, {"EEG/1": "F3", "EEG/2": "Pz"}):
        raw = read_recording(tmp_path / "a.xdf", channel_names=cap).raw
        assert raw.ch_names == ["F3", "Pz", "3"]
        assert raw.get_channel_types() == ["eeg", "eeg", "misc"]


def test_two_streams_without_a_pattern_are_listed(tmp_path):
    streams = [amplifier(i, "Amp", begun=0.0, seconds=2) for i in (1, 2)]
    write_xdf_streams(tmp_path / "a.xdf", [*streams, markers()])
    message = (
        r"a\.xdf: one stream is needed as EEG, but there are several.*Amp-0, Amp-1, Stimuli.*Amp-0/\* or"
    )
    with pytest.raises(FormatError, match=message):
        read_recording(tmp_path / "a.xdf")
    with pytest.raises(FormatError, match=r"none fit 'EEG/\*'"):
        read_recording(tmp_path / "a.xdf", pattern="EEG/*")
    assert read_recording(tmp_path / "a.xdf", pattern="Amp-1/*").raw.ch_names == LABELS


def test_a_stream_without_a_rate_is_an_error(tmp_path):
    write_xdf_streams(tmp_path / "a.xdf", [amplifier(1, "EEG", begun=0.0, seconds=2, sfreq=250)])
    content = (tmp_path / "a.xdf").read_bytes().replace(b">250.0<", b">0.0  <")
    (tmp_path / "a.xdf").write_bytes(content)
    with pytest.raises(FormatError, match=r"stream 'EEG' gives its sampling rate as 0"):
        read_recording(tmp_path / "a.xdf")


def test_a_stream_without_samples_is_an_error(tmp_path):
    write_xdf_streams(
        tmp_path / "a.xdf", [xdf_stream(1, "EEG", np.empty((0, 3)), [], sfreq=250.0, labels=LABELS)]
    )
    with pytest.raises(FormatError, match=r"stream 'EEG' holds no samples. Was its amplifier running"):
        read_recording(tmp_path / "a.xdf")


def test_stamps_that_fit_no_steady_rate_are_an_error(tmp_path):
    stamps = np.cumsum(np.random.default_rng(4).exponential(0.02, 3000))
    stamps[1500:] -= 20  # a clock set back
    stream = xdf_stream(1, "EEG", np.ones((3000, 3)), stamps, sfreq=250.0, labels=LABELS)
    write_xdf_streams(tmp_path / "a.xdf", [stream])
    with pytest.raises(FormatError, match=r"stream 'EEG'"):
        read_recording(tmp_path / "a.xdf")


def shifted(number=1, *, at=30.0, by=0.0, jitter_s=0.0, seconds=90, clock_by=0.0, **more):
    """A stream whose stamps, or whose computer's measured clock offset, step by so much at a time."""
    sfreq, begun = 250, 100.0
    rng = np.random.default_rng(number)
    lsl = begun + np.arange(seconds * sfreq) / sfreq
    late = rng.exponential(jitter_s, len(lsl) // 25 + 1).repeat(25)[: len(lsl)] if jitter_s else 0.0
    times = np.arange(begun, begun + seconds, 5.0)
    offsets = [(t, clock_by * (t >= begun + at) + rng.normal(0, 1e-4)) for t in times]
    data = np.outer(lsl - 100, [1.0, -1.0, 0.5])
    settings = {"sfreq": float(sfreq), "labels": LABELS, "clock": offsets} | more
    return xdf_stream(number, "EEG", data, lsl + late + by * (lsl >= begun + at), **settings)


@pytest.mark.long_but("-7.0-0.002", "-0.06-0.005")
@pytest.mark.parametrize("jitter_s", [0.0, 0.002, 0.005])
@pytest.mark.parametrize("by", [-7.0, -0.5, -0.1, -0.06])
def test_a_clock_that_was_set_back_is_an_error_that_says_when_and_by_how_much(tmp_path, by, jitter_s):
    write_xdf_streams(tmp_path / "a.xdf", [shifted(by=by, jitter_s=jitter_s)])
    with pytest.raises(FormatError, match=r"a\.xdf: the time stamps of stream 'EEG' step back by") as error:
        read_recording(tmp_path / "a.xdf")
    size, at = re.search(r"step back by ([\d.]+) s at ([\d.]+) s", str(error.value)).groups()
    assert float(size) == pytest.approx(-by, abs=0.005)
    assert float(at) == pytest.approx(30, abs=0.6)


@pytest.mark.parametrize("at", [2.0, 87.5])
def test_a_clock_that_was_set_back_near_an_end_is_an_error(tmp_path, at):
    write_xdf_streams(tmp_path / "a.xdf", [shifted(by=-0.5, at=at)])
    with pytest.raises(FormatError, match=r"step back by 0\.5"):
        read_recording(tmp_path / "a.xdf")


def test_a_small_step_back_is_said(tmp_path):
    write_xdf_streams(tmp_path / "a.xdf", [shifted(by=-0.03)])
    with noted() as notes:
        read_recording(tmp_path / "a.xdf")
    assert notes == [
        "the time stamps of stream 'EEG' step back by 0.030 s at 30.0 s; what follows may be off by so much"
    ]


@pytest.mark.parametrize("by", [-3.0, -0.2, 0.2])
def test_a_computer_whose_clock_offset_jumps_is_an_error(tmp_path, by):
    write_xdf_streams(tmp_path / "a.xdf", [shifted(clock_by=by)])
    with pytest.raises(
        FormatError, match=r"a\.xdf: the (measured clock offsets|time stamps) of .*'EEG' step"
    ):
        read_recording(tmp_path / "a.xdf")


def test_steady_streams_bring_no_note(tmp_path):
    for number, drift_ppm, jitter_s in [
        (1, 0, 0),
        (2, 1200, 0),
        (3, -340, 0.002),
        (4, 60, 0.02),
        (5, 4000, 0),
    ]:
        file = tmp_path / f"{number}.xdf"
        stream = amplifier(number, "EEG", begun=100.0, drift_ppm=drift_ppm, jitter_s=jitter_s, skew_ppm=90)
        write_xdf_streams(file, [stream])
        with noted() as notes:
            read_recording(file)
        assert notes == []


def test_samples_that_were_held_up_and_came_at_once_are_not_lost(tmp_path):
    stamps = 100 + np.arange(90 * 250) / 250
    held = (stamps >= 130) & (stamps < 133)
    stamps[held] = 133 + np.arange(held.sum()) * 1e-4
    stream = xdf_stream(1, "EEG", np.ones((len(stamps), 3)), stamps, sfreq=250.0, labels=LABELS)
    write_xdf_streams(tmp_path / "a.xdf", [stream])
    raw = read_recording(tmp_path / "a.xdf").raw
    assert raw.n_times == 90 * 250
    assert len(raw.annotations) == 0


def test_a_short_loss_shows_where_stamps_are_exact(tmp_path):
    write_xdf_streams(tmp_path / "a.xdf", [amplifier(1, "EEG", begun=100.0, lost=(30.0, 30.02))])
    raw = read_recording(tmp_path / "a.xdf").raw
    assert [(m["onset"], m["duration"]) for m in raw.annotations] == [(30.0, pytest.approx(0.02))]


@pytest.mark.parametrize("jitter_s", [0.0, 0.003])
def test_a_stream_that_ran_at_another_rate_than_its_header_has_the_rate_of_its_stamps(tmp_path, jitter_s):
    rng = np.random.default_rng(8)
    stamps = 100 + np.arange(120 * 125) / 125
    data = np.outer(np.sin(2 * np.pi * 10 * (stamps - 100)), [10, 20, 30])
    late = rng.exponential(jitter_s, len(stamps) // 25).repeat(25) if jitter_s else 0.0
    write_xdf_streams(
        tmp_path / "a.xdf", [xdf_stream(1, "EEG", data, stamps + late, sfreq=250.0, labels=LABELS)]
    )
    with noted() as notes:
        recording = read_recording(tmp_path / "a.xdf")
    raw = recording.raw
    assert raw.info["sfreq"] == 125 and raw.n_times == 120 * 125
    spectrum = np.abs(np.fft.rfft(raw.get_data(picks="Fz")[0]))
    assert np.fft.rfftfreq(raw.n_times, 1 / raw.info["sfreq"])[spectrum.argmax()] == pytest.approx(10)
    assert recording.lsl[1] == pytest.approx(1, abs=1e-4)
    assert re.match(
        r"stream 'EEG' ran at 12[45]\.\d+ Hz by its time stamps, and its header says 250", notes[0]
    )


def test_a_stream_whose_chunks_come_too_seldom_for_their_stamps_is_an_error(tmp_path):
    # Each packet of 25 samples is stamped at 250 Hz, but there are only five of them a second.
    stamps = (100 + np.arange(600) * 0.2)[:, None] + np.arange(25) / 250
    stream = xdf_stream(1, "EEG", np.ones((15000, 3)), stamps.ravel(), sfreq=250.0, labels=LABELS)
    write_xdf_streams(tmp_path / "a.xdf", [stream])
    with pytest.raises(
        FormatError, match=r"a\.xdf: 125\.0 samples per second came from stream 'EEG', and its"
    ):
        read_recording(tmp_path / "a.xdf")


@pytest.mark.parametrize("true", [499.83, 500.6])
def test_a_rate_that_is_a_little_off_is_the_drift_of_a_clock(tmp_path, true):
    stamps = 100 + np.arange(60 * 500) / true
    stream = xdf_stream(1, "EEG", np.ones((len(stamps), 3)), stamps, sfreq=500.0, labels=LABELS)
    write_xdf_streams(tmp_path / "a.xdf", [stream])
    recording = read_recording(tmp_path / "a.xdf")
    assert recording.raw.info["sfreq"] == 500
    assert recording.lsl[1] == pytest.approx(500 / true, abs=1e-7)


def test_samples_that_are_lost_one_by_one_are_no_other_rate(tmp_path):
    """3 % are missing at random: evenly spaced at 242.5 Hz, they would be tens of ms from their times."""
    stamps = 100 + np.flatnonzero(np.random.default_rng(2).random(90 * 250) > 0.03) / 250
    stream = xdf_stream(1, "EEG", np.ones((len(stamps), 3)), stamps, sfreq=250.0, labels=LABELS)
    write_xdf_streams(tmp_path / "a.xdf", [stream])
    with pytest.raises(FormatError, match="Either the rate is wrong or samples were lost all the time"):
        read_recording(tmp_path / "a.xdf")


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda stamps: np.full_like(stamps, 100.0), "are missing or all the same"),
        (lambda stamps: np.where(np.arange(len(stamps)) == 9, np.nan, stamps), "are missing or all the same"),
        (lambda stamps: 1000 * stamps, "probably not in seconds"),
    ],
)
def test_time_stamps_that_are_no_times_are_an_error(tmp_path, spoil, said):
    stamps = spoil(100 + np.arange(30 * 250) / 250)
    stream = xdf_stream(1, "EEG", np.ones((len(stamps), 3)), stamps, sfreq=250.0, labels=LABELS)
    write_xdf_streams(tmp_path / "a.xdf", [stream])
    with pytest.raises(FormatError, match=rf"a\.xdf: .*stream 'EEG'.*{said}"):
        read_recording(tmp_path / "a.xdf")


def notes_of(file, **which):
    with noted() as notes:
        read_recording(file, **which)
    return notes


def test_the_rest_of_a_stream_that_was_connected_again_is_said_to_be_elsewhere(tmp_path):
    streams = [amplifier(1, "EEG", begun=100.0, seconds=20), amplifier(2, "EEG", begun=130.0, seconds=60)]
    write_xdf_streams(tmp_path / "a.xdf", streams)
    (said,) = notes_of(tmp_path / "a.xdf", pattern="EEG-0/*")
    assert said.startswith("the file has another stream of the name 'EEG' (EEG-1) before or after stream")


def test_two_amplifiers_of_one_name_are_no_stream_that_was_connected_again(tmp_path):
    streams = [amplifier(1, "EEG", begun=100.0, seconds=20), amplifier(2, "EEG", begun=103.0, seconds=20)]
    write_xdf_streams(tmp_path / "a.xdf", streams)
    assert notes_of(tmp_path / "a.xdf", pattern="EEG-0/*") == []


def test_a_clock_that_was_never_measured_is_said_where_others_were(tmp_path):
    stamps = 130 + np.arange(60 * 250) / 250
    eeg = 10 * np.random.default_rng(8).standard_normal((len(stamps), 3))
    unknown = xdf_stream(2, "EEG-B", eeg, stamps, sfreq=250.0, labels=LABELS)
    write_xdf_streams(tmp_path / "a.xdf", [amplifier(1, "EEG-A", begun=100.0), unknown])
    (said,) = notes_of(tmp_path / "a.xdf", pattern="EEG-B/*")
    assert said.startswith("the clock of stream 'EEG-B' was never measured while others were")
    assert notes_of(tmp_path / "a.xdf", pattern="EEG-A/*") == []
    write_xdf_streams(tmp_path / "a.xdf", [unknown])  # nothing was measured: one computer
    assert notes_of(tmp_path / "a.xdf") == []


def test_events_on_another_computers_clock_are_not_lost_without_a_word(tmp_path):
    events = xdf_stream(9, "Stimuli", ["pulse"] * 3, MARKS - 1000, kind="Markers")
    write_xdf_streams(tmp_path / "a.xdf", [amplifier(1, "EEG", begun=100.0), events])
    outside, unmeasured = notes_of(tmp_path / "a.xdf")
    assert outside.startswith("none of the 3 events of its marker streams is within the recording")
    assert "the nearest comes 922.8 s before it" in outside
    assert unmeasured.startswith("the clock of stream 'Stimuli' was never measured")


def test_counts_that_the_file_cannot_hold_are_not_allocated(tmp_path):
    write_xdf_streams(tmp_path / "a.xdf", [amplifier(1, "EEG", begun=0.0, seconds=2)])
    content = (tmp_path / "a.xdf").read_bytes()
    count = b"\x04" + struct.pack("<I", 100)
    assert count in content
    (tmp_path / "a.xdf").write_bytes(content.replace(count, b"\x04" + struct.pack("<I", 2**32 - 1), 1))
    with pytest.raises(FormatError, match=r"a\.xdf: its samples are damaged"):
        read_recording(tmp_path / "a.xdf")


def test_a_real_dyad_ties_by_its_lsl_clock(shared):
    file = shared / "data/xdf/dyad-example-with-markers.xdf"
    with pytest.raises(FormatError, match=r"EEG_subject_1/\* or EEG_subject_2/\*"):
        read_recording(file)
    both = [read_recording(file, pattern=f"EEG_subject_{i}/*") for i in (1, 2)]
    for recording, n_times in zip(both, (6536, 6538), strict=True):
        assert recording.raw.n_times == n_times
        assert recording.lsl[0] == pytest.approx(15912.56, abs=0.02)
        assert recording.lsl[1] == pytest.approx(1, abs=20e-6)
        assert recording.raw.info["meas_date"] == datetime(2025, 5, 15, 17, 19, 7, tzinfo=UTC)
        assert list(recording.raw.annotations.description) == ["ev1"] * 12
    begins = [recording.lsl[0] + recording.raw.annotations.onset[0] for recording in both]
    assert all(abs(a - b) < 1e-5 for a, b in itertools.pairwise(begins))
