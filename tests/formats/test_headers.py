"""Headers that are wrong: what they say of rates, channels, parts and times is never taken on trust."""

import re
import sys
from pathlib import Path

import mne
import numpy as np
import pytest
from scipy.io import loadmat, savemat

sys.path.insert(0, str(Path(__file__).parent))
from planted import LABELS, PLANTED, SECRETS

from interbrain.formats import FormatError, read_recording
from interbrain.formats.notes import noted
from interbrain.formats.poly5_writing import write_poly5
from interbrain.formats.survey import survey

PULSES, SECONDS, SFREQ = [3, 7.5], 10, 250
N = len(LABELS) + 2  # signals of an EDF file, with triggers and annotations


def write(kind, folder, name="rest"):
    return PLANTED[kind](folder / name, SECRETS, PULSES, SECONDS, SFREQ)


def read(file, **more):
    with noted() as notes:
        raw = read_recording(file, **more).raw
    return raw, notes


def edited(file, *changes, part=None):
    part = file if part is None else file.with_suffix(part)
    content = part.read_text(encoding="utf-8")
    for was, now in changes:
        assert was in content
        content = content.replace(was, now)
    part.write_text(content, encoding="utf-8")
    return file


def put(file, at, *texts, width=8):
    """Fields of a header of EDF in place of those that stand there."""
    content = bytearray(file.read_bytes())
    for i, text in enumerate(texts):
        content[at + i * width : at + (i + 1) * width] = text.encode("latin1").ljust(width)
    file.write_bytes(content)
    return file


def check_pulses(file):
    found = survey(file, triggers={"channel": "Digi"})
    assert found.pulses == pytest.approx(PULSES, abs=1 / SFREQ)
    assert len(found.eeg) == len(LABELS)
    assert found.strength_uv == pytest.approx(5.4, abs=0.5)


# --- sampling rates ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("interval", ["4", "0.004", "4000000"])
def test_a_brainvision_interval_in_another_unit_is_an_error(tmp_path, interval):
    file = edited(write("brainvision", tmp_path), ("SamplingInterval=4000.0", f"SamplingInterval={interval}"))
    with pytest.raises(FormatError, match=r"rest\.vhdr: its sampling rate would be .* implausible for EEG"):
        read_recording(file)


def test_a_rate_in_kilohertz_is_an_error(tmp_path):
    file = write("eeglab", tmp_path)
    content = loadmat(file, squeeze_me=True)["EEG"]
    content = dict(zip(content.dtype.names, content.item(), strict=True))
    savemat(file, {"EEG": content | {"srate": 0.25}}, appendmat=False, oned_as="row")
    with pytest.raises(FormatError, match=r"its sampling rate would be 0\.25 Hz"):
        read_recording(file)
    savemat(file, {"EEG": content | {"srate": 0.0}}, appendmat=False, oned_as="row")
    with pytest.raises(FormatError, match="gives no sampling rate above 0"):
        read_recording(file)


def test_a_set_file_in_which_another_program_left_a_structure_empty_is_said_with_what_to_do(tmp_path):
    file = write("eeglab", tmp_path)
    content = loadmat(file, squeeze_me=True)["EEG"]
    content = dict(zip(content.dtype.names, content.item(), strict=True))
    savemat(file, {"EEG": content | {"chaninfo": np.zeros((0, 0))}}, appendmat=False, oned_as="row")
    with pytest.raises(FormatError, match="leaves a part of EEGLAB's structure empty") as said:
        read_recording(file)
    assert said.value.hint == "Open it in EEGLAB, and save it again."


@pytest.mark.parametrize("interval", ["", "0", "fast", "-4000"])
def test_a_brainvision_header_without_an_interval_is_an_error_in_words(tmp_path, interval):
    file = edited(write("brainvision", tmp_path), ("SamplingInterval=4000.0", f"SamplingInterval={interval}"))
    with pytest.raises(FormatError, match=f"gives '{interval}' as its sampling interval"):
        read_recording(file)


# --- numbers ----------------------------------------------------------------------------------------------


def test_decimal_commas_of_a_brainvision_header_are_read(tmp_path):
    commas = (",0.1,", ",0,1,"), ("SamplingInterval=4000.0", "SamplingInterval=4000,0")
    check_pulses(edited(write("brainvision", tmp_path), *commas))


@pytest.mark.parametrize("resolution", ["0", "x", "inf"])
def test_a_brainvision_channel_without_a_resolution_that_can_be_is_an_error(tmp_path, resolution):
    file = edited(write("brainvision", tmp_path), ("Ch3=F3,,0.1", f"Ch3=F3,,{resolution}"))
    with pytest.raises(FormatError, match=f"gives '{resolution}' as the resolution of channel F3"):
        read_recording(file)


@pytest.mark.parametrize("count", ["10", "26"])
def test_a_brainvision_header_that_lists_another_number_of_channels_is_an_error(tmp_path, count):
    file = edited(write("brainvision", tmp_path), ("NumberOfChannels=13", f"NumberOfChannels={count}"))
    with pytest.raises(FormatError, match=rf"gives {count} as its number of channels and lists 13"):
        read_recording(file)


@pytest.mark.parametrize(
    ("at", "text", "said"),
    [
        (244, "1,0", "gives '1,0' as a record's length"),
        (256 + 104 * N, "low", "gives 'low' as the smallest value of channel Fp1"),
        (256 + 112 * N + 16, "", "gives '' as the largest value of channel F3"),
        (184, "4096", "says that its header has 4096 bytes"),
        (176, "24.61.00", "gives 24.61.00 as the time of day when it began: not a time"),
    ],
)
def test_a_number_of_an_edf_header_that_is_none_is_an_error_in_words(tmp_path, at, text, said):
    with pytest.raises(FormatError, match=re.escape(said)):
        read_recording(put(write("edf", tmp_path), at, text))


def test_decimal_commas_in_the_limits_of_an_edf_file_are_read(tmp_path):
    limits = [(104, "-3000,0"), (112, "3000,0")]
    file = write("edf", tmp_path)
    for at, text in limits:
        put(file, 256 + at * N, *[text] * len(LABELS))
    check_pulses(file)


# --- kinds of file ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "wrong", "said"), [("bdf", ".edf", "a BDF"), ("edf", ".bdf", "an EDF")])
def test_a_file_with_the_suffix_of_another_kind_is_an_error(tmp_path, kind, wrong, said):
    file = write(kind, tmp_path)
    with pytest.raises(FormatError, match=rf"is {said} recording .* Rename it to rest\.{kind}"):
        read_recording(file.rename(file.with_suffix(wrong)))


def test_a_folder_is_called_a_folder(tmp_path):
    (tmp_path / "rest.edf").mkdir()
    with pytest.raises(FormatError, match=r"is a folder\. Name the recording in it"):
        read_recording(tmp_path / "rest.edf")


def test_what_is_no_recording_is_refused_in_words(tmp_path):
    (tmp_path / "rest.set").write_text("no MATLAB file " * 100)
    with pytest.raises(FormatError, match="is no file of EEGLAB or MATLAB"):
        read_recording(tmp_path / "rest.set")
    raw = mne.io.read_raw_fif(write("fif", tmp_path), verbose="error")
    epochs = mne.make_fixed_length_epochs(raw, 1.0, preload=True, verbose="error")
    mne.write_evokeds(tmp_path / "rest_ave.fif", [epochs.average()], verbose="error")
    with pytest.raises(FormatError, match="holds no recording, but averages or something else"):
        read_recording(tmp_path / "rest_ave.fif")


# --- parts of another recording ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("rest.edf.gz", "Unpack it, and name the recording"),
        ("rest.zip", "Unpack it"),
        ("rest.eeg", r"name the \.vhdr file beside it"),
        ("rest.fdt", r"name the \.set file beside it"),
    ],
)
def test_a_file_that_is_no_recording_by_its_suffix_is_met_with_the_one_that_is(tmp_path, name, said):
    (tmp_path / name).write_bytes(b"x")
    with pytest.raises(FormatError, match=said):
        read_recording(tmp_path / name)


def test_a_fif_recording_without_its_later_files_is_an_error_in_words(tmp_path):
    data = 1e-5 * np.random.default_rng(0).standard_normal((2, 600_000))
    raw = mne.io.RawArray(data, mne.create_info(["Fz", "Cz"], 500, "eeg"), verbose="error")
    raw.save(tmp_path / "rest_raw.fif", split_size="3MB", verbose="error")
    (tmp_path / "rest_raw-1.fif").unlink()
    with pytest.raises(FormatError, match=r"goes on in rest_raw-1\.fif, which is not beside it"):
        read_recording(tmp_path / "rest_raw.fif")


def test_signals_of_another_name_than_the_header_are_said(tmp_path):
    file = edited(write("brainvision", tmp_path), ("rest.", "other."))
    for suffix in (".eeg", ".vmrk"):
        file.with_suffix(suffix).rename(tmp_path / f"other{suffix}")
    check_pulses(file)
    assert sum("another name than its header" in text for text in read(file)[1]) == 1


def test_signals_of_another_name_beside_others_of_the_own_name_are_an_error(tmp_path):
    write("brainvision", tmp_path, "other")
    file = edited(write("brainvision", tmp_path), ("rest.", "other."))
    with pytest.raises(
        FormatError, match=r"names other\.eeg .* beside it is rest\.eeg, which has other content"
    ):
        read_recording(file)
    file.with_suffix(".eeg").write_bytes((tmp_path / "other.eeg").read_bytes())  # a copy contradicts nothing
    file.with_suffix(".vmrk").write_bytes((tmp_path / "other.vmrk").read_bytes())
    check_pulses(file)


def test_signals_of_another_person_by_their_name_are_an_error(tmp_path):
    file = write("brainvision", tmp_path, "sub-01_task-rest_eeg")
    edited(file, ("DataFile=sub-01", "DataFile=sub-02"))
    file.with_suffix(".eeg").rename(tmp_path / "sub-02_task-rest_eeg.eeg")
    with pytest.raises(FormatError, match="which by its name is another person's"):
        read_recording(file)


def test_the_signals_of_an_eeglab_file_are_its_own(tmp_path):
    write("eeglab_fdt", tmp_path, "other")
    file = write("eeglab_fdt", tmp_path)
    own = file.with_suffix(".fdt")
    file.rename(tmp_path / "visit.set")
    own.with_name("visit.fdt").write_bytes((tmp_path / "other.fdt").read_bytes())
    with pytest.raises(FormatError, match=r"names rest\.fdt .* beside it is visit\.fdt"):
        read_recording(tmp_path / "visit.set")
    own.with_name("visit.fdt").unlink()
    own.write_bytes(own.read_bytes() + bytes(4 * 13 * SFREQ))
    with pytest.raises(FormatError, match=r"rest\.fdt: holds 1\.0 s more than visit\.set says"):
        read_recording(tmp_path / "visit.set")
    own.unlink()
    with pytest.raises(FormatError, match=r"its signals should be in a \.fdt file .* nor as visit\.fdt"):
        read_recording(tmp_path / "visit.set")


# --- channels and times -----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["edf", "brainvision"])
def test_a_label_that_two_channels_have_is_said(tmp_path, kind):
    file = write(kind, tmp_path)
    file = put(file, 256 + 32, "Fz", width=16) if kind == "edf" else edited(file, ("Ch3=F3", "Ch3=Fz"))
    raw, notes = read(file)
    assert "Fz" not in raw.ch_names and raw.get_channel_types().count("eeg") == len(LABELS) - 2
    assert any("2 channels are called Fz" in text for text in notes)
    assert "Fz" in read(file, channel_names={"Fz-1": "Fz"})[0].ch_names


def test_sites_without_a_unit_of_voltage_are_said(tmp_path):
    eeg = 10 * np.random.default_rng(1).standard_normal((5, 20 * SFREQ))
    write_poly5(tmp_path / "rest.poly5", eeg, SFREQ, ["Fz", "Cz", "Pz", "Oz", "GSR"], [""] * 5)
    raw, notes = read(tmp_path / "rest.poly5")
    assert "eeg" not in raw
    assert any("4 channels have the names of sites (Fz, Cz, Pz, Oz), but no unit" in text for text in notes)


@pytest.mark.parametrize("kind", ["edf", "bdf"])
@pytest.mark.parametrize("time", ["09:41:37", "9.41.37", "09-41-37"])
def test_the_time_of_day_of_an_edf_file_is_read_in_any_spelling(tmp_path, kind, time):
    raw, notes = read(put(write(kind, tmp_path), 176, time))
    assert raw.info["meas_date"] == SECRETS["begun"]
    assert notes == []


def test_an_edf_file_without_a_time_of_day_did_not_begin_at_midnight(tmp_path):
    raw, notes = read(put(write("edf", tmp_path), 176, "09h41"))
    assert raw.info["meas_date"] is None
    assert "does not give the time of day" in notes[0]


def test_two_boundaries_that_say_the_same_are_put_back_once_and_that_is_said(tmp_path):
    file = PLANTED["eeglab"](
        *(tmp_path / "rest", SECRETS, PULSES, SECONDS, SFREQ), events=[("boundary", 1000.5, SFREQ)] * 2
    )
    raw, notes = read(file)
    assert raw.n_times == (SECONDS + 1) * SFREQ
    assert "two boundaries at 4.0 s give the same length, 1.000 s" in notes[0]
    assert np.ptp(raw.annotations.onset[raw.annotations.description == "BAD_acq_skip"]) == 0


def test_a_channel_of_a_cnt_file_is_bad_by_its_mark_and_not_by_a_long_label(tmp_path):
    called = {
        "Fp1": b"EEG Fp1-A1",
        "F3": b"F3        ",
        "C3": b"C3".ljust(14, b"\0") + b"\1",
        "C4": b"C4\0\0\1",  # as older files have it
    }
    file = PLANTED["cnt"](tmp_path / "rest", SECRETS, PULSES, SECONDS, SFREQ, called=called)
    recording = read_recording(file)
    assert recording.raw.info["bads"] == ["C3", "C4"] and "F3" in recording.raw.ch_names
