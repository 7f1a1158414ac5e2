"""AcqKnowledge files: rates, markers, lost connections, pauses, and bioread's faults."""

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from planted import write_acq_channels

from interbrain.formats import FormatError, read_recording

WHEN = datetime(2021, 6, 1, 9, 30, 0, 250000, tzinfo=UTC)
T = np.arange(5000) / 500


def eeg(frequency=10.0, sfreq=500.0, n=5000):
    return 20 * np.sin(2 * np.pi * frequency * np.arange(n) / sfreq)


def read(tmp_path, channels, markers=(), **settings):
    write_acq_channels(tmp_path / "rest.acq", channels, markers, **settings)
    return read_recording(tmp_path / "rest.acq").raw


@pytest.mark.parametrize("settings", [{}, {"revision": 132}, {"revision": 132, "compressed": True}])
def test_units_become_volts_and_the_segment_gives_the_date(tmp_path, settings):
    units = {"mV": 1e-3, "uV": 1e-6, "microvolts": 1e-6, "Volts": 1.0, "millivolts": 1e-3, "\u00b5V": 1e-6}
    sites = ["F3", "Fz", "F4", "C3", "Cz", "C4"]
    channels = [
        (s, unit, 1, eeg() * 1e-6 / factor) for s, (unit, factor) in zip(sites, units.items(), strict=True)
    ]
    raw = read(tmp_path, channels, [(0, "apnd", "Segment 1", WHEN)], **settings)
    assert raw.info["sfreq"] == 500
    assert raw.get_channel_types() == ["eeg"] * 6
    np.testing.assert_allclose(raw.get_data(), [eeg() * 1e-6] * 6, atol=1e-15)
    assert raw.info["meas_date"] == WHEN
    assert len(raw.annotations) == 0


def test_channels_of_other_rates_come_to_the_rate_of_the_eeg(tmp_path):
    slow = 37 + 0.01 * np.arange(157)
    trigger = np.where(np.arange(1250) == 400, 5.0, 0.0)
    channels = [
        ("Fast GSR", "microsiemens", 1, eeg(3, 2000, 20000) + eeg(700, 2000, 20000)),
        ("Fz", "uV", 4, eeg(10, 500)),
        ("Cz", "uV", 8, eeg(10, 250, 2500)),
        ("Skin temperature", "deg C", 256, slow[:79]),
        ("Digital input", "Volts", 16, trigger),
    ]
    raw = read(tmp_path, channels, sfreq=2000)
    assert raw.info["sfreq"] == 500
    assert raw.get_channel_types() == ["misc", "eeg", "eeg", "misc", "stim"]
    gsr, fz, cz, temperature, digital = raw.get_data()
    inner = slice(250, -250)
    np.testing.assert_allclose(fz, eeg() * 1e-6, atol=1e-15)
    np.testing.assert_allclose(cz[inner], eeg()[inner] * 1e-6, atol=5e-8)  # of 20 µV
    np.testing.assert_allclose(gsr[inner], eeg(3)[inner], atol=0.1)  # 700 Hz does not come back as 200 Hz
    np.testing.assert_allclose(temperature[:4900], np.interp(T * 2000 / 256, range(157), slow)[:4900])
    assert np.flatnonzero(digital == 5).tolist() == list(range(1600, 1604))


def test_a_channel_that_ended_early_is_missing_and_not_invented(tmp_path):
    raw = read(
        tmp_path, [("Fz", "uV", 1, eeg()), ("Cz", "uV", 1, eeg()[:4000]), ("C3", "uV", 1, eeg()[:4999])]
    )
    missing = np.isnan(raw.get_data())
    assert missing.sum(axis=1).tolist() == [0, 1000, 0]
    assert missing[1, 4000:].all()


@pytest.mark.parametrize("shift", [0, 2**32 - 34304, 2**32 - 100])
def test_marker_places_count_from_the_first_marker_where_their_origin_is_lost(tmp_path, shift):
    markers = [(0, "apnd", "Segment 1", WHEN), (50, "flag", "begin", WHEN), (2500, "usr1", "pulse", WHEN)]
    shifted = [(place + shift, *rest) for place, *rest in markers]
    raw = read(tmp_path, [("Fz", "uV", 1, eeg())], shifted, revision=132, compressed=True)
    assert list(raw.annotations.description) == ["begin", "pulse"]
    np.testing.assert_allclose(raw.annotations.onset, [0.1, 5.0])


def test_markers_count_at_the_files_rate_not_the_eegs(tmp_path):
    channels = [("GSR", "microsiemens", 1, eeg(3, 2000, 20000)), ("Fz", "uV", 4, eeg())]
    raw = read(tmp_path, channels, [(7000, "flag", "", None)], sfreq=2000)
    assert raw.annotations.onset.tolist() == [3.5]
    assert raw.annotations.description.tolist() == ["flag"]


def test_a_lost_connection_is_a_gap_whatever_the_file_holds_there(tmp_path):
    signal = eeg(10) + 100
    signal[2000:2500] = 0
    digital = np.where((T > 4.2) & (T < 4.4), 0.0, 8.0)
    markers = [(2000, "cmlb", "", WHEN), (2500, "cmle", "", WHEN), (4000, "flag", "later", WHEN)]
    raw = read(tmp_path, [("Fz", "uV", 1, signal), ("Digi", "", 1, digital)], markers)
    marks = {m["description"]: (m["onset"], m["duration"]) for m in raw.annotations}
    assert marks == {"BAD_acq_skip": (4.0, 1.0), "later": (8.0, 0.0)}
    assert raw.n_times == 5000
    fz, trigger = raw.get_data()
    np.testing.assert_allclose(np.diff(fz[1999:2501], 2), 0, atol=1e-15)  # a straight line
    assert set(trigger) == {8.0}


def test_a_connection_never_regained_is_a_gap_to_the_end(tmp_path):
    raw = read(tmp_path, [("Fz", "uV", 1, eeg())], [(4000, "cmlb", "", WHEN)])
    assert [(m["onset"], m["duration"]) for m in raw.annotations] == [(8.0, 2.0)]


def test_time_that_the_file_left_out_is_put_back_by_the_dates(tmp_path):
    found = WHEN + timedelta(seconds=1.5)
    markers = [(2000, "cmlb", "", WHEN), (2000, "cmle", "", found), (4000, "flag", "later", found)]
    raw = read(tmp_path, [("Fz", "uV", 1, eeg())], markers)
    assert raw.n_times == 5750
    marks = {m["description"]: (m["onset"], m["duration"]) for m in raw.annotations}
    assert marks == {"BAD_acq_skip": (4.0, 1.5), "later": (9.5, 0.0)}
    np.testing.assert_allclose(raw.get_data()[0, 2750:], eeg()[2000:] * 1e-6, atol=1e-15)


def test_a_pause_before_a_further_segment_is_put_back(tmp_path):
    resumed = WHEN + timedelta(seconds=4 + 3)
    markers = [(0, "apnd", "Segment 1", WHEN), (2000, "apnd", "Segment 2", resumed)]
    raw = read(tmp_path, [("Fz", "uV", 1, eeg())], markers)
    assert [(m["description"], m["onset"], m["duration"]) for m in raw.annotations] == [
        ("BAD_acq_skip", 4.0, 3.0)
    ]
    assert raw.n_times == 6500


@pytest.mark.parametrize("first", [[(0, "apnd", "Segment 1", None)], []])
@pytest.mark.parametrize(("code", "revision"), [("apnd", 128), ("defl", 124)])
def test_a_pause_of_unknown_length_is_an_error(tmp_path, first, code, revision):
    markers = [*first, (2000, code, "Segment 2", None)]
    with pytest.raises(FormatError, match=r"rest\.acq: was paused at 4\.0 s for an unknown time"):
        read(tmp_path, [("Fz", "uV", 1, eeg())], markers, revision=revision)


def test_another_marker_of_the_default_type_is_no_segment(tmp_path):
    markers = [(0, "defl", "Segment 1", None), (2000, "defl", "eyes closed", None)]
    raw = read(tmp_path, [("Fz", "uV", 1, eeg())], markers, revision=124)
    assert [(m["description"], m["onset"]) for m in raw.annotations] == [("eyes closed", 4.0)]


def test_a_pause_longer_than_the_recording_is_an_error(tmp_path):
    markers = [(0, "apnd", "Segment 1", WHEN), (2000, "apnd", "Segment 2", WHEN + timedelta(hours=1))]
    with pytest.raises(FormatError, match=r"was paused at 4\.0 s for 3596 s, longer than it recorded"):
        read(tmp_path, [("Fz", "uV", 1, eeg())], markers)


def test_a_compressed_channel_that_is_a_bomb_does_not_fill_the_memory(tmp_path):
    import tracemalloc

    write_acq_channels(
        tmp_path / "rest.acq", [("Fz", "uV", 1, np.zeros(20_000_000))], revision=132, compressed=True
    )
    content = (tmp_path / "rest.acq").read_bytes()
    count = (20_000_000).to_bytes(4, "little")
    (tmp_path / "rest.acq").write_bytes(content.replace(count, (5000).to_bytes(4, "little"), 1))
    tracemalloc.start()
    raw = read_recording(tmp_path / "rest.acq").raw
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert raw.n_times == 5000
    assert peak < 50e6


@pytest.mark.parametrize(("place", "value"), [(10, 32000), (10, 0), (2, 5), (2, 2**30 + 2**10)])
def test_a_damaged_header_is_an_error_at_once(tmp_path, place, value):
    write_acq_channels(tmp_path / "rest.acq", [("Fz", "uV", 1, eeg())])
    content = bytearray((tmp_path / "rest.acq").read_bytes())
    width = 2 if place == 10 else 4
    content[place : place + width] = value.to_bytes(width, "little")
    (tmp_path / "rest.acq").write_bytes(bytes(content))
    with pytest.raises(FormatError, match=r"rest\.acq: is not an AcqKnowledge file, or its beginning"):
        read_recording(tmp_path / "rest.acq")


def test_a_real_compressed_file_has_its_markers_in_place(shared):
    raw = read_recording(shared / "data/acq/physio-5.0.1-c.acq").raw
    assert raw.info["sfreq"] == 1000  # of its voltages; skin conductance came at 2000 Hz
    assert raw.info["meas_date"] == datetime(2016, 2, 2, 16, 30, 56, 276000, tzinfo=UTC)
    assert raw.get_channel_types() == ["misc", "ecg", "misc", "misc"]
    assert raw.times[-1] == pytest.approx(61.89, abs=0.01)
    assert not np.isnan(raw.get_data()).any()
    assert raw.annotations.description[:2].tolist() == ["Breathe In", "Breathe Out"]
    assert raw.annotations.onset[0] == pytest.approx(8618 / 2000)
    assert (np.diff(raw.annotations.onset) >= 0).all()


def test_real_files_of_version_3_read(shared):
    raw = read_recording(shared / "data/acq/r35_test.acq").raw
    assert raw.ch_names == ["Analog input-0", "Analog input-1"]
    assert raw.get_data()[0, 0] == pytest.approx(-46.484375e-3)
    assert raw.annotations.onset[1] == pytest.approx(6.72)
    raw = read_recording(shared / "data/acq/iso_8859_1.acq").raw
    assert raw.ch_names[0] == "Débit"
    assert set(raw.get_channel_types()) == {"misc"}
    assert raw.info["meas_date"] is None
