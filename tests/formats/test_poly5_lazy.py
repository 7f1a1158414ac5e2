"""Poly5 samples stay in the file until they are needed, in every way that MNE takes them from there."""

import pickle
import tracemalloc

import mne
import numpy as np
import pytest

from interbrain.formats import FormatError, poly5
from interbrain.formats.poly5 import read_poly5
from interbrain.formats.poly5_writing import write_poly5

NAMES, UNITS, SCALE = ["Fz", "Cz", "X", "Digi"], ["µV", "mV", "g", ""], np.array([1e-6, 1e-3, 1, 1])[:, None]
MIXED = ["int16", "float32", "int16", "float32"]


@pytest.fixture
def data():
    values = np.random.default_rng(3).integers(-900, 900, (4, 730)).astype(float)
    values[1, 333] = 2000  # 2 V: a disconnected input
    return values


@pytest.fixture
def expected(data):
    values = data * SCALE
    values[1, 333] = np.nan
    return values


@pytest.fixture
def path(tmp_path, data):
    write_poly5(
        tmp_path / "a.poly5",
        data,
        100,
        NAMES,
        UNITS,
        name="Jane Roe",
        sample_format=MIXED,
        samples_per_block=50,
    )
    return tmp_path / "a.poly5"


@pytest.fixture
def raw(path):
    return read_poly5(path)


def peak(call):
    call()  # MNE imports much of itself when it is first used
    tracemalloc.start()
    try:
        call()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(("sample_format", "times"), [("float32", 2), ("int16", 4)])
def test_loading_takes_the_signals_in_double_precision_and_no_copy_of_anything(
    tmp_path, sample_format, times
):
    path = tmp_path / "a.poly5"
    write_poly5(path, np.ones((37, 300_000)), 500, ["Fz"] * 37, ["µV"] * 37, sample_format=sample_format)
    size = path.stat().st_size
    assert peak(lambda: read_poly5(path)) < 0.02 * size
    assert peak(lambda: read_poly5(path).load_data(verbose="error")) < (times + 0.5) * size
    assert peak(lambda: read_poly5(path).crop(0, 30).load_data(verbose="error")) < 0.5 * size
    assert peak(lambda: read_poly5(path).get_data(picks=["Fz-0"])) < 0.5 * size


@pytest.mark.parametrize("per_block", [1, 7, 50, 729, 730, 5000])
@pytest.mark.parametrize("at_once", [1, 300, 2**20])
def test_every_part_of_a_file_is_read_whatever_its_blocks(
    tmp_path, data, expected, monkeypatch, per_block, at_once
):
    monkeypatch.setattr(poly5, "READ_AT_ONCE", at_once)
    path = tmp_path / "a.poly5"
    write_poly5(path, data, 100, NAMES, UNITS, sample_format=MIXED, samples_per_block=per_block)
    raw = read_poly5(path)
    for start, stop in [(0, 730), (0, 1), (729, 730), (49, 51), (50, 100), (3, 688), (333, 334)]:
        np.testing.assert_allclose(raw.get_data(start=start, stop=stop), expected[:, start:stop], rtol=1e-12)


def test_channels_are_picked_in_any_order(raw, expected):
    np.testing.assert_allclose(raw.get_data(picks=["Digi", "Cz"]), expected[[3, 1]], rtol=1e-12)
    np.testing.assert_allclose(raw.copy().pick(["Digi", "Fz"]).get_data(), expected[[3, 0]], rtol=1e-12)
    np.testing.assert_allclose(
        raw.copy().drop_channels(["Fz"]).load_data().get_data(), expected[1:], rtol=1e-12
    )
    np.testing.assert_allclose(raw[2, 5:9][0], expected[[2], 5:9], rtol=1e-12)


def test_a_crop_of_a_crop_is_the_right_part(raw, expected):
    part = raw.copy().crop(1.0, 6.0).crop(0.5, 4.0)
    assert not part.preload
    np.testing.assert_allclose(part.get_data(), expected[:, 150:501], rtol=1e-12)
    np.testing.assert_allclose(part.load_data().get_data(), expected[:, 150:501], rtol=1e-12)
    np.testing.assert_allclose(raw.get_data(), expected, rtol=1e-12)


def test_names_types_and_annotations_change_before_anything_is_loaded(raw, expected):
    raw.rename_channels({"Fz": "F3", "X": "Nose"})
    raw.set_channel_types({"Cz": "eog", "Nose": "eeg"}, on_unit_change="ignore")
    raw.set_annotations(mne.Annotations([1.0], [0.5], ["BAD_move"]))
    assert not raw.preload
    np.testing.assert_allclose(raw.get_data(), expected, rtol=1e-12)
    loaded = raw.copy().load_data()
    assert loaded.ch_names == ["F3", "Cz", "Nose", "Digi"]
    assert loaded.get_channel_types() == ["eeg", "eog", "eeg", "stim"]
    assert loaded.annotations == raw.annotations and len(loaded.annotations) == 1
    np.testing.assert_allclose(loaded.get_data(), expected, rtol=1e-12)


def test_a_projection_is_applied_while_reading(raw, expected):
    raw.set_channel_types({"X": "eeg"}, on_unit_change="ignore")
    raw.set_eeg_reference(projection=True, verbose="error").apply_proj(verbose="error")
    assert not raw.preload
    referenced = expected[:3] - expected[:3].mean(axis=0)
    np.testing.assert_allclose(raw.get_data("eeg"), referenced, atol=1e-12)


def test_recordings_are_joined(raw, expected):
    both = mne.concatenate_raws([raw.copy().crop(0, 1.0), raw.copy().crop(3.0)], verbose="error")
    whole = np.hstack([expected[:, :101], expected[:, 300:]])
    np.testing.assert_allclose(both.get_data(), whole, rtol=1e-12)


@pytest.mark.parametrize("loaded", [False, True])
def test_a_recording_survives_pickling_without_private_texts(raw, expected, loaded):
    if loaded:
        raw.load_data()
    pickled = pickle.dumps(raw)
    back = pickle.loads(pickled)
    assert b"Jane" not in pickled
    assert back.preload is loaded and back.info["meas_date"] == raw.info["meas_date"]
    np.testing.assert_allclose(back.get_data(), expected, rtol=1e-12)


def test_where_it_was_opened_does_not_matter(path, expected, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    raw = read_poly5("a.poly5")
    monkeypatch.chdir("/")
    assert raw.filenames == (path,)
    np.testing.assert_allclose(raw.get_data(), expected, rtol=1e-12)


def test_a_file_that_changes_while_it_is_read_is_an_error(path, raw):
    path.write_bytes(path.read_bytes()[:-3000])
    with pytest.raises(FormatError, match=r"a\.poly5: was moved or changed while it was read"):
        raw.load_data()
    path.unlink()
    with pytest.raises(FormatError, match=r"a\.poly5: was moved or changed while it was read"):
        raw.get_data()
