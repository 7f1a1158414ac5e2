"""Every format reads to the same recording, with the same pulses, and says in one line when it is damaged."""

import struct
import sys
import warnings
from datetime import UTC
from pathlib import Path

import mne
import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))
import planted
from planted import LABELS, PLANTED, SECRETS

from interbrain.formats import FormatError, read_recording, read_triggers

PULSES, SECONDS, SFREQ = [3.2, 9.7, 15.0], 20, 250
UNDATED = ("eeglab", "eeglab_fdt")
WITHOUT_TEXTS = ("poly5", "gdf", "cnt")


@pytest.fixture(scope="module", params=list(PLANTED))
def kind(request):
    return request.param


@pytest.fixture
def file(kind, tmp_path):
    return PLANTED[kind](tmp_path / "rest", SECRETS, PULSES, SECONDS, SFREQ)


def test_signals_names_and_pulses_are_those_that_were_written(kind, file, tmp_path):
    raw = read_recording(file).raw
    assert raw.info["sfreq"] == SFREQ
    assert raw.n_times == SECONDS * SFREQ
    assert raw.ch_names == [*LABELS, "Digi"]
    assert raw.get_channel_types() == ["eeg"] * len(LABELS) + ["stim"]
    eeg, _ = planted.signals(tmp_path / "rest", PULSES, SECONDS, SFREQ)
    np.testing.assert_allclose(raw.get_data(picks="eeg") * 1e6, eeg, atol=0.05)  # EDF: 6000 µV in 16 bits
    np.testing.assert_allclose(read_triggers(raw, channel="Digi"), PULSES, atol=1e-9)


def test_events_of_the_recorder_become_annotations_at_their_time(kind, file):
    marks = read_recording(file).raw.annotations
    found = {text: [m["onset"] for m in marks if m["description"] == text] for text in marks.description}
    pulses = {"brainvision": "Stimulus/S  1", "gdf": "769", "cnt": "1"}.get(kind, "pulse")
    if kind != "poly5":
        np.testing.assert_allclose(found[pulses], PULSES, atol=1 / SFREQ)
    if kind not in WITHOUT_TEXTS:
        assert [at for text, (at, *_) in found.items() if SECRETS["comment"] in text] == [pytest.approx(1.0)]


def test_the_date_is_read_as_utc_and_nothing_else_of_the_person(kind, file):
    info = read_recording(file).raw.info
    if kind in UNDATED:
        assert info["meas_date"] is None
    else:
        assert info["meas_date"].replace(microsecond=0) == SECRETS["begun"]
        assert info["meas_date"].tzinfo == UTC
    for private in ("Annagret", "Oskar", "Vertraulich", "SN-4815"):
        assert private not in str(dict(info))


def test_the_date_of_a_cnt_file_does_not_depend_on_where_it_is_read(tmp_path, monkeypatch):
    import time

    file = PLANTED["cnt"](tmp_path / "rest", SECRETS, PULSES, SECONDS, SFREQ)
    try:
        for zone in ("Asia/Tokyo", "America/New_York"):
            monkeypatch.setenv("TZ", zone)
            time.tzset()
            assert read_recording(file).raw.info["meas_date"] == SECRETS["begun"]
    finally:
        monkeypatch.undo()
        time.tzset()


def test_every_file_that_holds_the_recording_is_named_once(kind, file, monkeypatch):
    parts = {"brainvision": [".vhdr", ".eeg", ".vmrk"], "eeglab_fdt": [".set", ".fdt"]}
    assert [f.suffix for f in read_recording(file).files] == parts.get(kind, [file.suffix])
    # As a study's tables name it, from the folder of the study.
    monkeypatch.chdir(file.parent)
    assert [f.suffix for f in read_recording(Path(file.name)).files] == parts.get(kind, [file.suffix])


@pytest.mark.parametrize("share", [0, 0.001, 0.02, 0.3, 0.6, 0.8])
def test_a_file_cut_off_is_one_line_that_names_it(kind, file, share):
    largest = max(read_recording(file).files, key=lambda part: part.stat().st_size)
    content = largest.read_bytes()
    largest.write_bytes(content[: int(len(content) * share)])
    if kind == "brainvision" and share > 0.5:
        pytest.skip("no count in a BrainVision file says how long it should be after its last marker")
    with warnings.catch_warnings(), pytest.raises(FormatError) as error:
        warnings.simplefilter("error")
        read_recording(file)
    assert largest.name.split(".")[0] in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.long_but("poly5", "edf", "brainvision", "bdf")
def test_random_damage_is_an_error_or_a_recording(kind, file):
    if kind.startswith("eeglab"):
        pytest.skip("scipy's reader of MATLAB files can end the process on damaged bytes")
    content = bytearray(file.read_bytes())
    rng = np.random.default_rng(7)
    for _ in range(40):
        damaged = content.copy()
        for place in rng.integers(0, min(len(content), 4000), 3):
            damaged[place] = rng.integers(256)
        file.write_bytes(bytes(damaged))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                assert read_recording(file).raw.n_times > 0
            except FormatError as error:
                assert "\n" not in str(error)


def two_people(kind, tmp_path):
    """Both members in one file, and a trigger that they share."""
    rng = np.random.default_rng(3)
    signals = rng.normal(0, 1e-5, (6, 1000))
    info = mne.create_info([f"sub{i}_{s}" for i in (1, 2) for s in ("F3", "Fz", "Cz")] + ["Digi"], 250, "eeg")
    digital = np.where(np.arange(1000) // 10 == 40, 0.0, 8e-6)
    raw = mne.io.RawArray(np.vstack([signals, digital]), info, verbose="error")
    file = tmp_path / {"brainvision": "both.vhdr", "fif": "both_raw.fif"}[kind]
    if kind == "fif":
        raw.save(file, fmt="double", verbose="error")
    else:
        mne.export.export_raw(file, raw, verbose="error")
    return file, signals


@pytest.mark.parametrize("kind_of_file", ["brainvision", "fif"])
def test_two_people_in_one_file_are_told_apart_and_share_the_trigger(kind_of_file, tmp_path):
    file, signals = two_people(kind_of_file, tmp_path)
    for i, (mine, theirs) in enumerate([("sub1_*", "sub2_*"), ("SUB2_*", "sub1_*")]):
        raw = read_recording(file, pattern=mine, partner_pattern=theirs).raw
        assert raw.ch_names == ["F3", "Fz", "Cz", "Digi"]
        assert raw.get_channel_types() == ["eeg"] * 3 + ["stim"]
        np.testing.assert_allclose(raw.get_data(picks="eeg"), signals[3 * i : 3 * i + 3], atol=2e-7)
        assert read_triggers(raw, channel="Digi") == pytest.approx([1.6])


def test_labels_that_mne_numbers_are_two_people(tmp_path):
    labels = ["F3", "Fz", "Cz"]
    write = planted.PLANTED["edf"]
    was, planted.LABELS = planted.LABELS, labels * 2
    try:
        file = write(tmp_path / "both", SECRETS, PULSES, SECONDS, SFREQ)
    finally:
        planted.LABELS = was
    both = [read_recording(file, pattern=f"*-{i}", partner_pattern=f"*-{1 - i}").raw for i in (0, 1)]
    assert [raw.ch_names for raw in both] == [[*labels, "Digi"]] * 2
    assert np.abs(both[0].get_data("Fz") - both[1].get_data("Fz")).max() > 1e-6
    with pytest.raises(FormatError, match=r"labels such as 'F3' occur twice.*write \*-0 and \*-1"):
        read_recording(file)


def test_fif_split_over_files_is_whole_and_names_them(tmp_path):
    info = mne.create_info(LABELS, 500, "eeg")
    data = np.random.default_rng(1).normal(0, 1e-5, (len(LABELS), 60000))
    raw = mne.io.RawArray(data, info, verbose="error")
    raw.save(tmp_path / "rest_raw.fif", fmt="double", split_size="3MB", verbose="error")
    recording = read_recording(tmp_path / "rest_raw.fif")
    assert sorted(recording.files) == sorted(tmp_path.glob("*.fif"))
    assert len(recording.files) > 1
    np.testing.assert_array_equal(recording.raw.get_data(), data)
    (tmp_path / "rest_raw-1.fif").unlink()
    with pytest.raises(FormatError, match=r"rest_raw\.fif: .*rest_raw-1\.fif"):
        read_recording(tmp_path / "rest_raw.fif")


def test_epochs_are_no_recording(shared):
    with pytest.raises(FormatError, match=r"preproc_S1\.fif: holds epochs, not a continuous recording"):
        read_recording(shared / "data/epochs/preproc_S1.fif")


def test_an_fdt_left_behind_is_named(tmp_path):
    file = PLANTED["eeglab_fdt"](tmp_path / "rest", SECRETS, PULSES, SECONDS, SFREQ)
    file.with_suffix(".fdt").unlink()
    with pytest.raises(FormatError, match=r"rest\.set: .*rest\.fdt"):
        read_recording(file)


def test_a_cnt_file_of_another_maker_says_so(tmp_path):
    (tmp_path / "rest.cnt").write_bytes(b"RIFF" + bytes(2000))
    with pytest.raises(FormatError, match=r"rest\.cnt: is a CNT file by ANT Neuro.*Export it as EDF"):
        read_recording(tmp_path / "rest.cnt")


def test_signals_without_their_unit_are_found(tmp_path):
    file = PLANTED["edf"](tmp_path / "rest", SECRETS, PULSES, SECONDS, SFREQ)
    file.write_bytes(file.read_bytes().replace(b"uV      ", b"        "))
    with pytest.raises(FormatError, match=r"rest\.edf: its EEG would be 5\.\d\d V strong"):
        read_recording(file)


def test_a_count_that_a_file_cannot_hold_is_not_allocated(tmp_path):
    file = PLANTED["gdf"](tmp_path / "rest", SECRETS, PULSES, SECONDS, SFREQ)
    content = bytearray(file.read_bytes())
    struct.pack_into("<q", content, 236, 2**40)
    file.write_bytes(bytes(content))
    with pytest.raises(FormatError, match="is cut off"):
        read_recording(file)
