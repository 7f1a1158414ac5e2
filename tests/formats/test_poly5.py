"""Poly5: what is written is read, every quirk of the format, and nothing but FormatError for damage."""

import struct
import subprocess
import sys
from datetime import UTC, datetime

import numpy as np
import pytest

from interbrain.formats import FormatError
from interbrain.formats.notes import noted
from interbrain.formats.poly5 import read_poly5
from interbrain.formats.poly5_writing import write_poly5

N_SAMPLES_AT, PER_BLOCK_AT, N_BLOCKS_AT = 121, 147, 143
START = datetime(2018, 5, 4, 10, 30, 15)


def write(path, data=None, *, sample_format="float32", per_block=100, **more):
    """Four channels, 250 samples, 3 blocks of 100 unless told otherwise."""
    if data is None:
        data = np.random.default_rng(5).normal(0, 50, (4, 250))
        data[3] = 8
        data[3, 120:130] = 0
    names, units = ["Fz", "Cz", "Z", "Digi"], ["µVolt", "mV", "g", "Bit"]
    arguments = {"start": START, "sample_format": sample_format, "samples_per_block": per_block} | more
    write_poly5(path, data, 500, names[: len(data)], units[: len(data)], **arguments)
    return data


def patch(path, at, fmt, *values):
    content = bytearray(path.read_bytes())
    struct.pack_into(fmt, content, at, *values)
    path.write_bytes(content)


def signal_at(word):
    return 217 + 136 * word


SCALE = np.array([1e-6, 1e-3, 1, 1])[:, None]


def test_importing_the_formats_does_not_load_mne():
    code = "import sys, interbrain.formats; sys.exit('mne' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_floats_come_back_exactly_in_volts_with_their_types(tmp_path):
    path = tmp_path / "a.poly5"
    data = write(path)
    raw = read_poly5(path)
    assert raw.ch_names == ["Fz", "Cz", "Z", "Digi"]
    assert raw.get_channel_types() == ["eeg", "eeg", "misc", "stim"]
    assert raw.info["sfreq"] == 500
    assert raw.info["meas_date"] == START.replace(tzinfo=UTC)
    np.testing.assert_array_equal(raw.get_data(), data.astype("f4").astype(float) * SCALE)


@pytest.mark.parametrize("sample_format", ["int16", ["int16", "float32", "int16", "int16"]])
def test_integers_come_back_within_half_a_step_and_whole_numbers_exactly(tmp_path, sample_format):
    path = tmp_path / "a.s00"
    data = write(path, sample_format=sample_format)
    read = read_poly5(path).get_data() / SCALE
    half_step = np.abs(data).max(axis=1, keepdims=True) / 32767 / 2
    assert (np.abs(read - data) <= half_step * 1.0001).all()
    np.testing.assert_array_equal(read[3], data[3])


def test_the_layout_is_that_of_the_format_document(tmp_path):
    path = tmp_path / "a.poly5"
    write(path, sample_format=["int16", "float32", "int16", "int16"], name="pilot")
    content = path.read_bytes()
    assert content[:33] == b"POLY SAMPLE FILEversion 2.03\r\n\x1a\xcb\x00"
    assert content[33:39] == b"\x05pilot"
    assert struct.unpack_from("<hhBhi", content, 114) == (500, 500, 0, 5, 250)
    assert struct.unpack_from("<7hiHHh", content, 129) == (2018, 5, 4, 5, 10, 30, 15, 3, 100, 1000, 0)
    assert content[signal_at(1) : signal_at(1) + 8] == b"\x07(Lo) Cz"
    assert content[signal_at(2) : signal_at(2) + 8] == b"\x07(Hi) Cz"
    assert len(content) == 217 + 5 * 136 + 3 * (86 + 1000)
    assert [struct.unpack_from("<i", content, signal_at(5) + k * 1086)[0] for k in range(3)] == [0, 100, 200]


@pytest.mark.parametrize(
    ("unit", "volts"),
    [
        ("µV", 1e-6),
        ("μV", 1e-6),
        ("uV", 1e-6),
        ("µVolt", 1e-6),
        ("uVolt", 1e-6),
        ("nV", 1e-9),
        ("mV", 1e-3),
        ("V", 1),
    ],
)
def test_every_spelling_of_a_voltage_is_understood(tmp_path, unit, volts):
    path = tmp_path / "a.poly5"
    write_poly5(path, [[0.5, -0.25]], 500, ["Fz"], [unit])
    raw = read_poly5(path)
    assert raw.get_channel_types() == ["eeg"]
    np.testing.assert_allclose(raw.get_data(), [[0.5 * volts, -0.25 * volts]], rtol=1e-12)


def test_text_in_the_windows_code_page_is_understood(tmp_path):
    path = tmp_path / "a.poly5"
    write_poly5(path, [[3.0]], 500, ["Fz"], ["uVolt"])
    patch(path, signal_at(0) + 46, "5s", "µVolt".encode("cp1252"))
    patch(path, signal_at(0), "9p", "(Lo) Fü".encode("cp1252"))
    patch(path, signal_at(1), "9p", "(Hi) Fü".encode("cp1252"))
    raw = read_poly5(path)
    assert raw.ch_names == ["Fü"]
    np.testing.assert_allclose(raw.get_data(), [[3e-6]])


def test_what_no_label_can_hold_is_left_out_of_it(tmp_path):
    path = tmp_path / "a.poly5"
    write_poly5(path, [[3.0]], 500, ["F\0\tz\n3 "], ["\0uV\0"], sample_format="int16")
    raw = read_poly5(path)
    assert raw.ch_names == ["Fz3"]
    assert raw.get_channel_types() == ["eeg"]


def test_a_label_repeated_a_thousand_times_is_numbered(tmp_path):
    path = tmp_path / "a.poly5"
    write_poly5(path, np.zeros((1500, 1)), 500, ["A"] * 1500, ["g"] * 1500, sample_format="int16")
    assert read_poly5(path).ch_names == [f"A-{n}" for n in range(1500)]


def test_repeated_labels_are_told_apart_and_empty_ones_named(tmp_path):
    path = tmp_path / "a.poly5"
    write_poly5(path, np.zeros((5, 3)), 500, ["A", "A", "A-2", "", "A"], ["µV"] * 5)
    assert read_poly5(path).ch_names == ["A-0", "A-1", "A-2", "channel4", "A-3"]


def test_a_saw_tooth_and_accelerometers_stay_in_their_own_unit(tmp_path):
    path = tmp_path / "a.poly5"
    write_poly5(path, [[1.0, 2], [0.5, 1]], 500, ["Saw", "X"], ["µV", "g"])
    raw = read_poly5(path)
    assert raw.get_channel_types() == ["misc", "misc"]
    np.testing.assert_array_equal(raw.get_data(), [[1, 2], [0.5, 1]])


def test_the_measurement_name_goes_nowhere(tmp_path):
    path = tmp_path / "a.poly5"
    write(path, name="Jane Roe")
    raw = read_poly5(path)
    fif = tmp_path / "a_raw.fif"
    raw.save(fif, verbose="error")
    assert b"Jane" in path.read_bytes()
    assert b"Jane" not in fif.read_bytes()


def test_disconnected_inputs_are_missing_not_data(tmp_path):
    path = tmp_path / "a.poly5"
    data = write(path)
    data[0, 7], data[1, 8], data[2, 9] = -52420076, 999.9, 1e9
    write(path, data)
    read = read_poly5(path).get_data()
    assert np.isnan(read[0, 7]) and np.isnan(read).sum() == 1
    assert read[1, 8] == pytest.approx(0.9999)
    assert read[2, 9] == 1e9


def test_ranges_stored_as_integers_scale_by_one(tmp_path):
    path = tmp_path / "a.poly5"
    data = write(path)
    for word in range(8):
        patch(path, signal_at(word) + 56, "<4I", 0, 1000, 0, 1000)
    np.testing.assert_array_equal(read_poly5(path).get_data(), data.astype("f4").astype(float) * SCALE)


def test_the_scaling_follows_the_ranges_of_the_file(tmp_path):
    path = tmp_path / "a.poly5"
    write_poly5(path, [[0.0, 100, -32767]], 500, ["Fz"], ["µV"], sample_format="int16")
    patch(path, signal_at(0) + 56, "<4f", -1000, 1000, -32768, 32767)
    expected = (np.array([[0, 100, -32767]]) + 32768) * (2000 / 65535) - 1000
    np.testing.assert_allclose(read_poly5(path).get_data(), expected * 1e-6, rtol=1e-12)


def test_a_float_with_an_offset_range_keeps_its_precision(tmp_path):
    path = tmp_path / "a.poly5"
    write_poly5(path, [[0.125, 3e-6]], 500, ["X"], ["g"])
    patch(path, signal_at(0) + 56, "<4f", -1000, 1000, -1000, 1000)
    np.testing.assert_allclose(read_poly5(path).get_data(), [[0.125, np.float32(3e-6)]], rtol=1e-6)


def test_a_float_without_a_usable_range_is_taken_as_it_is(tmp_path):
    path = tmp_path / "a.poly5"
    data = write(path)
    for word in range(8):
        patch(path, signal_at(word) + 56, "<4f", 0, 0, np.nan, 0)
    np.testing.assert_array_equal(read_poly5(path).get_data(), data.astype("f4").astype(float) * SCALE)


def test_an_integer_without_a_usable_range_is_refused(tmp_path):
    path = tmp_path / "a.poly5"
    write(path, sample_format="int16")
    patch(path, signal_at(1) + 56, "<4f", 0, 0, 0, 0)
    with pytest.raises(FormatError, match=r"a\.poly5.*'Cz' has no usable range"):
        read_poly5(path)


@pytest.mark.parametrize("when", [(2018, 13, 45, 0, 99, 0, 0), (9999, 12, 31, 0, 23, 59, 59), (0,) * 7])
def test_an_impossible_date_is_no_date(tmp_path, when):
    path = tmp_path / "a.poly5"
    write(path)
    patch(path, 129, "<7h", *when)
    assert read_poly5(path).info["meas_date"] is None


def test_a_short_last_block_is_read_to_its_end(tmp_path):
    path = tmp_path / "a.poly5"
    data = write(path)
    path.write_bytes(path.read_bytes()[: -50 * 32 // 2])  # the 50 padding rows of 4 float32
    np.testing.assert_array_equal(read_poly5(path).get_data()[3], data[3])


@pytest.mark.parametrize("count", [0, -1, 1, 150])
def test_a_stale_count_after_a_crash_is_recomputed_from_the_file(tmp_path, count):
    path = tmp_path / "a.poly5"
    data = write(path)
    patch(path, N_SAMPLES_AT, "<i", count)
    patch(path, N_BLOCKS_AT, "<i", 0)
    np.testing.assert_array_equal(read_poly5(path).get_data()[3], data[3])


def test_a_lost_block_size_is_recomputed_from_the_block_numbers(tmp_path):
    path = tmp_path / "a.poly5"
    data = write(path)
    patch(path, N_SAMPLES_AT, "<i", 0)
    patch(path, N_BLOCKS_AT, "<iHH", 0, 0, 0)
    np.testing.assert_array_equal(read_poly5(path).get_data()[3], data[3])


def test_a_single_block_needs_no_block_size(tmp_path):
    path = tmp_path / "a.poly5"
    data = write(path, per_block=250)
    patch(path, PER_BLOCK_AT, "<H", 0)
    np.testing.assert_array_equal(read_poly5(path).get_data()[3], data[3])


def test_a_lost_block_size_is_recomputed_in_spite_of_what_a_crash_left_behind(tmp_path):
    path = tmp_path / "a.poly5"
    data = write(path)
    patch(path, N_SAMPLES_AT, "<i", 0)
    patch(path, PER_BLOCK_AT, "<H", 0)
    path.write_bytes(path.read_bytes() + bytes(86) + b"\7" * 5000)
    np.testing.assert_array_equal(read_poly5(path).get_data()[3], data[3])


def test_samples_that_look_like_a_block_number_do_not_pass_for_one(tmp_path):
    path = tmp_path / "a.poly5"
    count = np.zeros((2, 250))
    count[0] = np.arange(250)  # as int16 beside a flat channel, each row reads as the number of its sample
    count[0, 43:] -= 43  # 43 rows of 4 bytes hold as many as two block headers
    write_poly5(path, count, 500, ["Saw", "X"], ["", "g"], sample_format="int16", samples_per_block=120)
    patch(path, PER_BLOCK_AT, "<H", 0)
    np.testing.assert_array_equal(read_poly5(path).get_data(), count)


def test_a_block_size_that_nothing_tells_is_an_error(tmp_path):
    path = tmp_path / "a.poly5"
    write_poly5(
        path, np.ones((1, 70_000)), 500, ["Fz"], ["µV"], sample_format="int16", samples_per_block=30_000
    )
    for block in range(3):
        patch(path, signal_at(1) + block * (86 + 60_000), "<i", 0)
    patch(path, PER_BLOCK_AT, "<H", 0)
    with pytest.raises(
        FormatError, match=r"a\.poly5: neither its header nor its blocks say how many samples"
    ):
        read_poly5(path)


def test_a_short_last_block_of_another_recording_is_noticed(tmp_path):
    path = tmp_path / "a.poly5"
    data = write(path)
    path.write_bytes(path.read_bytes()[: -50 * 32 // 2])
    patch(path, signal_at(8) + 2 * (86 + 1600), "<i", 7)
    with pytest.raises(FormatError, match="block 3 of 3 is not where it should be"):
        read_poly5(path)
    patch(path, N_SAMPLES_AT, "<i", 0)
    np.testing.assert_array_equal(read_poly5(path).get_data()[3], data[3, :200])


def test_what_was_appended_to_a_whole_file_changes_nothing(tmp_path):
    path = tmp_path / "a.poly5"
    data = write(path)
    data[:, 240:] = 0  # which looks like padding, but the header counts it
    write(path, data)
    path.write_bytes(path.read_bytes() + b"\7" * 5000)
    np.testing.assert_array_equal(read_poly5(path).get_data()[3], data[3])


def test_what_a_crash_leaves_behind_the_last_good_block_is_left_out(tmp_path):
    path = tmp_path / "a.poly5"
    data = write(path)
    patch(path, N_SAMPLES_AT, "<i", 0)
    path.write_bytes(path.read_bytes() + bytes(2 * (86 + 1600)))
    np.testing.assert_array_equal(read_poly5(path).get_data()[3], data[3])


def test_a_second_file_joined_to_the_first_is_left_out_and_said(tmp_path):
    path, other = tmp_path / "a.poly5", tmp_path / "b.poly5"
    data = np.arange(4000.0).reshape(1, -1) % 97
    for file in (path, other):
        write_poly5(file, data, 500, ["Fz"], ["µV"], samples_per_block=100)
    path.write_bytes(path.read_bytes() + other.read_bytes()[signal_at(2) :])
    with noted() as notes:
        raw = read_poly5(path)
    np.testing.assert_allclose(raw.get_data() * 1e6, data, atol=1e-4)
    assert notes[0].startswith(
        "from 8.0 s its blocks are out of order, so the last 8.0 s of the file are left"
    )


def test_blocks_that_nobody_numbered_are_read_in_order(tmp_path):
    path = tmp_path / "a.poly5"
    data = write(path)
    for block in range(3):
        patch(path, signal_at(8) + block * (86 + 1600), "<i", 0)
    np.testing.assert_array_equal(read_poly5(path).get_data()[3], data[3])


def test_a_copy_that_stopped_half_way_says_how_many_seconds_are_missing(tmp_path):
    path = tmp_path / "a.poly5"
    data = np.ones((1, 10_000))
    write_poly5(path, data, 500, ["Fz"], ["µV"], samples_per_block=100)
    path.write_bytes(path.read_bytes()[: signal_at(2) + 40 * (86 + 400)])
    with pytest.raises(
        FormatError, match=r"a\.poly5: is cut off.* 20\.0 s, and 12\.0 s .* missing\. Copy it again"
    ):
        read_poly5(path)


def test_a_last_block_that_was_never_written_is_only_a_warning(tmp_path):
    path = tmp_path / "a.poly5"
    data = write(path)
    path.write_bytes(path.read_bytes()[: -(86 + 1600)])
    with pytest.warns(RuntimeWarning, match=r"the last 0\.10 s"):
        raw = read_poly5(path)
    np.testing.assert_array_equal(raw.get_data()[3], data[3, :200])


def test_bytes_lost_in_the_middle_are_noticed(tmp_path):
    path = tmp_path / "a.poly5"
    write_poly5(path, np.ones((1, 10_000)), 500, ["Fz"], ["µV"], samples_per_block=100)
    content = path.read_bytes()
    path.write_bytes(content[:9000] + content[9001:] + b"\0")
    with pytest.raises(FormatError, match=r"block 19 of 100 is not where it should be.* at about 4 s"):
        read_poly5(path)


def test_version_2_04_has_one_more_byte(tmp_path):
    path = tmp_path / "a.poly5"
    data = write(path)
    content = path.read_bytes()
    path.write_bytes(b"POLY SAMPLE FILEversion 2.04\r\n\x1a\0" + struct.pack("<h", 204) + content[33:])
    np.testing.assert_array_equal(read_poly5(path).get_data()[3], data[3])


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda content: b"", "is empty"),
        (lambda content: b"RIFF" + content[4:], "is not a Poly5 file"),
        (lambda content: content[:9], "ends within its header"),
        (lambda content: content[:100], "ends within its header"),
        (lambda content: content[:700], "ends within its list of 8 channel words"),
        (lambda content: content[: signal_at(8)], "cut off"),
        (lambda content: content.replace(b"\n", b"\r\n"), "line ends were converted"),
        (lambda content: content.replace(b"\r\n", b"\n"), "line ends were converted"),
        (lambda content: content.replace(b"\r", b"\n"), "line ends were converted"),
        (lambda content: content[:31] + b"\x01\x01" + content[33:], "neither Poly5 version 2.03 nor 2.04"),
        (lambda content: content[:119] + b"\xff\x7f" + content[121:], "32767 channel words"),
        (lambda content: content[:119] + b"\xff\xff" + content[121:], "-1 channel words"),
        (lambda content: content[:119] + b"\0\0" + content[121:], "0 channel words at 500 Hz"),
        (lambda content: content[:119] + b"\7\0" + content[121:], r"channel word 7 \('\(Lo\) Digi'\) lacks"),
        (lambda content: content[:114] + b"\0\0" + content[116:], "8 channel words at 0 Hz"),
        (lambda content: content[:121] + b"\xff\xff\xff\x7f" + content[125:], "is cut off"),
        (lambda content: content[:151] + b"\1\0" + content[153:], "delta-compressed"),
        (
            lambda content: content[:-1686] + b"\x09" + content[-1685:],
            "block 3 of 3 is not where it should be",
        ),
        (lambda content: content.replace(b"(Hi) Cz", b"(Hi) Cx"), r"channel word 3 \('\(Lo\) Cz'\) lacks"),
    ],
)
def test_damage_is_one_clear_error_that_names_the_file(tmp_path, damage, message):
    path = tmp_path / "rest_c03.poly5"
    write(path)
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(FormatError, match=rf"rest_c03\.poly5.*{message}"):
        read_poly5(path)


def test_a_missing_file_is_the_same_kind_of_error(tmp_path):
    with pytest.raises(FormatError, match=r"absent\.poly5: cannot be read"):
        read_poly5(tmp_path / "absent.poly5")


def test_the_same_arguments_write_the_same_bytes(tmp_path):
    write(tmp_path / "a.poly5")
    write(tmp_path / "b.poly5")
    assert (tmp_path / "a.poly5").read_bytes() == (tmp_path / "b.poly5").read_bytes()


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    path = tmp_path / "a.poly5"
    write(path)
    before = path.read_bytes()
    monkeypatch.setattr("os.replace", lambda *_: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        write(path, np.ones((4, 9)))
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["a.poly5"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"data": [[np.nan]], "sample_format": "int16"}, "int16 cannot hold"),
        ({"sfreq": 512.5}, "whole sampling rates"),
        ({"sfreq": 40_000}, "whole sampling rates"),
        ({"ch_names": ["F" * 36]}, "longer than the 40 bytes"),
        ({"units": ["microvolts!"]}, "longer than the 10 bytes"),
        ({"ch_names": []}, "one name, unit"),
        ({"sample_format": "float64"}, "float32 or int16"),
    ],
)
def test_what_the_format_cannot_hold_is_not_written(tmp_path, arguments, message):
    call = {"data": [[1.0]], "sfreq": 500, "ch_names": ["Fz"], "units": ["µV"]} | arguments
    with pytest.raises(ValueError, match=message):
        write_poly5(tmp_path / "a.poly5", **call)
    assert not list(tmp_path.iterdir())


def test_real_files_of_tmsi_read_with_their_values(shared):
    raw = read_poly5(shared / "data/poly5/lung001_Draeger_recording.Poly5")
    assert raw.ch_names == ["P", "F", "V"]
    assert raw.get_data().shape == (3, 10_989)
    assert raw.info["sfreq"] == 100
    np.testing.assert_array_equal(
        raw.get_data()[:, 0], np.float32([18.2246, 40.2851, 156.6028]).astype(float)
    )
    raw = read_poly5(shared / "data/poly5/vent_data_synth_quiet_breathing.Poly5")
    assert raw.get_data().shape == (3, 42_000)
    assert raw.get_data()[0, 0] == 5.0
    assert raw.info["meas_date"] == datetime(2024, 1, 19, 17, 14, 17, tzinfo=UTC)
