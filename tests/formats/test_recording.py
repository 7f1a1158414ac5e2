"""The reader registry: names, types, and one clear error for what cannot be read."""

import mne
import numpy as np
import pybv
import pytest

from interbrain.formats import FormatError
from interbrain.formats.notes import noted
from interbrain.formats.opening import KNOWN_SUFFIXES
from interbrain.formats.poly5_writing import write_poly5
from interbrain.formats.recording import read_recording


def poly5(folder, labels, units=None, n_times=1000, name="rest.poly5"):
    path = folder / name
    data = np.arange(len(labels) * n_times, dtype=float).reshape(len(labels), n_times) % 97
    write_poly5(path, data, 500, labels, units or ["µV"] * len(labels))
    return path, data


def test_labels_become_names_of_the_10_20_system(tmp_path):
    labels = ["Fc5.", "FP1", "EEG Cz", " fz ", "T3", "T5", "O1..", "eeg PO7", "C 3"]
    path, _ = poly5(tmp_path, labels)
    raw = read_recording(path).raw
    assert raw.ch_names == ["FC5", "Fp1", "Cz", "Fz", "T7", "P7", "O1", "PO7", "C3"]
    assert set(raw.get_channel_types()) == {"eeg"}


def test_the_cap_map_names_channels_and_keeps_them_eeg(tmp_path):
    path, data = poly5(tmp_path, ["ExG01", "ExG02", "ExG03", "Cz"])
    raw = read_recording(path, channel_names={"ExG01": "F3", "ExG02": "Inion", "ExG09": "Oz"}).raw
    assert raw.ch_names == ["F3", "Inion", "ExG03", "Cz"]
    assert raw.get_channel_types() == ["eeg", "eeg", "misc", "eeg"]
    np.testing.assert_allclose(raw.get_data(), data * 1e-6, rtol=1e-12)


def test_channels_off_the_head_are_no_eeg(tmp_path):
    path, _ = poly5(tmp_path, ["Cz", "VEOG", "EOG left", "ECG", "Trigger", "GSR"])
    assert read_recording(path).raw.get_channel_types() == ["eeg", "eog", "eog", "ecg", "stim", "misc"]


def test_a_cap_map_for_another_amplifier_is_an_error(tmp_path):
    path, _ = poly5(tmp_path, ["ExG01"])
    with pytest.raises(FormatError, match=r"rest\.poly5: the cap map names none of its channels \(ExG01"):
        read_recording(path, channel_names={"EXG-1": "Fz"})


def test_a_file_of_sites_among_others_that_need_a_cap_map_is_told_where_to_name_the_map(tmp_path):
    path, _ = poly5(tmp_path, ["F3", "Fz", "F4", "Status"])
    with pytest.raises(FormatError, match=r"needs no cap map.*therapist_cap_map and client_cap_map"):
        read_recording(path, channel_names={"A1": "Fz", "A2": "F3"})
    path, _ = poly5(tmp_path, [f"A{n}" for n in range(1, 33)])
    with pytest.raises(FormatError, match="exactly as in the file") as refused:
        read_recording(path, channel_names={"ExG01": "Fz"})
    assert "needs no cap map" not in str(refused.value)


def test_a_cap_map_that_nobody_filled_in_says_that_its_cells_are_empty(tmp_path):
    path, _ = poly5(tmp_path, ["ExG01", "ExG02", "Other"])
    with pytest.raises(FormatError) as refused:
        read_recording(path, channel_names={"ExG01": "", "ExG02": ""})
    assert "the column channel of the cap map is empty for its channels (ExG01, ExG02)" in str(refused.value)
    assert "no row for Other" in str(refused.value) and "exactly as in the file" not in str(refused.value)


def test_two_channels_of_one_name_are_an_error(tmp_path):
    path, _ = poly5(tmp_path, ["T3", "T7"])
    with pytest.raises(FormatError, match="'T3' and 'T7' would both be named 'T7'"):
        read_recording(path)


def test_an_unknown_suffix_lists_those_that_are_known(tmp_path):
    with pytest.raises(FormatError, match=r"rest\.docx: .*\.poly5, \.s00, \.edf") as error:
        read_recording(tmp_path / "rest.docx")
    assert all(suffix in str(error.value) for suffix in KNOWN_SUFFIXES)


@pytest.mark.parametrize("suffix", KNOWN_SUFFIXES)
def test_a_missing_file_or_one_of_rubbish_is_a_format_error(tmp_path, suffix):
    path = tmp_path / f"rest{suffix}"
    with pytest.raises(FormatError, match="there is no such file"):
        read_recording(path)
    for rubbish in (b"", b"rubbish" * 500):
        path.write_bytes(rubbish)
        with pytest.raises(FormatError, match=r"rest\.\w+: .+\. \w+"):
            read_recording(path)


def test_a_real_edf_file_reads_with_proper_names_and_without_the_person(shared):
    raw = read_recording(shared / "data/eegmmidb/S001R01.edf").raw
    assert raw.n_times >= 60 * 160
    assert raw.ch_names[:3] == ["FC5", "FC3", "FC1"]
    assert {"F3", "Fz", "F4", "C3", "Cz", "C4", "Fp1", "AFz", "T10"} <= set(raw.ch_names)
    assert set(raw.get_channel_types()) == {"eeg"}
    assert 1e-6 < np.std(raw.get_data(picks="Cz")) < 1e-4
    assert raw.info["subject_info"] is None


def test_an_edf_file_changed_by_newline_conversion_says_so(shared):
    with pytest.raises(FormatError, match=r"crlf_S001R01\.edf: newline conversion has changed it"):
        read_recording(shared / "data/damaged/crlf_S001R01.edf")


def test_an_edf_file_that_is_cut_off_says_how_much_is_missing(shared, tmp_path):
    content = (shared / "data/eegmmidb/S001R01.edf").read_bytes()
    path = tmp_path / "rest.edf"
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(
        FormatError, match=r"rest\.edf: is cut off: the header promises 61\.0 s, and 30\.\d s"
    ):
        read_recording(path)


@pytest.fixture
def brainvision(tmp_path):
    data = np.random.default_rng(1).normal(0, 1e-5, (2, 2000))
    events = [
        {"onset": 900, "duration": 1, "type": "Stimulus", "description": 1},
        {"onset": 1900, "duration": 1, "type": "Stimulus", "description": 1},
    ]
    pybv.write_brainvision(
        data=data, sfreq=500, ch_names=["fz", "CZ"], fname_base="rest", folder_out=tmp_path, events=events
    )
    return tmp_path / "rest.vhdr", data


def test_a_whole_brainvision_recording_reads(brainvision):
    path, data = brainvision
    raw = read_recording(path).raw
    assert raw.ch_names == ["Fz", "Cz"]
    np.testing.assert_allclose(raw.get_data(), data, atol=1e-7)


@pytest.mark.parametrize(("suffix", "what"), [(".eeg", "signals"), (".vmrk", "markers")])
def test_a_brainvision_part_left_behind_is_named(brainvision, suffix, what):
    path, _ = brainvision
    path.with_suffix(suffix).unlink()
    with pytest.raises(FormatError, match=rf"rest\.vhdr: its {what} should be in 'rest\{suffix}'"):
        read_recording(path)


@pytest.mark.parametrize(
    ("suffix", "size", "message"),
    [
        (".eeg", 9003, r"rest\.eeg: is cut off: it ends within a sample"),
        (".eeg", 8000, r"rest\.eeg: is cut off: it ends at sample 1000, before the last marker at 1901"),
        (".eeg", 0, r"rest\.eeg: is cut off"),
        (".vmrk", 60, r"rest\.vmrk: is cut off or is not"),
        (".vmrk", -20, r"rest\.vmrk: is cut off or is not"),
    ],
)
def test_a_brainvision_part_cut_off_is_named(brainvision, suffix, size, message):
    path, _ = brainvision
    part = path.with_suffix(suffix)
    part.write_bytes(part.read_bytes()[:size])
    with pytest.raises(FormatError, match=message):
        read_recording(path)


def test_private_notes_are_dropped(tmp_path):
    info = mne.create_info(["Cz"], 100, "eeg")
    info["subject_info"] = {"last_name": "Roe"}
    info["experimenter"], info["description"] = "Doe", "a note"
    path = tmp_path / "rest_raw.fif"
    mne.io.RawArray(np.zeros((1, 200)), info, verbose="error").save(path, verbose="error")
    raw = read_recording(path).raw
    assert raw.info["subject_info"] is raw.info["experimenter"] is raw.info["description"] is None


@pytest.mark.parametrize(("labels", "n_notes"), [(["Cz", "Digi"], 1), (["Cz", "Digi", "Saw"], 0)])
def test_a_poly5_file_without_a_counter_says_that_losses_cannot_be_seen(tmp_path, labels, n_notes):
    path, _ = poly5(tmp_path, labels)
    with noted() as notes:
        read_recording(path)
    assert (
        notes
        == ["no channel counts samples (Saw), so samples that the amplifier lost cannot be found"][:n_notes]
    )
