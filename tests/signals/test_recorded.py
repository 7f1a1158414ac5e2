"""Channels of amplifiers' recordings: beside the EEG, in other streams, in files of their own."""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from interbrain.bids.auxiliary import mark_types, name_auxiliary
from interbrain.formats.poly5_writing import write_poly5
from interbrain.signals import SignalError
from interbrain.signals.reading import Source, read_source
from interbrain.signals.recorded import of_eeg_file, of_own_file

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "formats"))
from planted import (
    LABELS,
    SECRETS,
    signals,
    write_acq,
    write_bdf,
    write_brainvision,
    write_cnt,
    write_eeglab,
    write_eeglab_fdt,
    write_poly5_file,
    write_xdf,
    write_xdf_streams,
    xdf_stream,
)
from planted import (
    write_edf as write_edf_recording,
)
from two_in_one_file import write_edf

ALONE = {
    "channel_names": None,
    "pattern": None,
    "partner_pattern": None,
    "scale": None,
    "trigger_channel": None,
}


def test_samples_that_the_amplifier_lost_are_missing_and_the_time_axis_holds(tmp_path):
    rate, n = 250, 250 * 20
    truth = 1000 * (5 + np.arange(n) / n)
    rows = np.vstack([20 * np.random.default_rng(0).standard_normal((2, n)), truth, np.arange(n) % 1024])
    write_poly5(
        tmp_path / "a.Poly5", np.delete(rows, np.s_[2000:2300], axis=1), rate, ["Fz", "Cz", "EDA", "Saw"],
        ["uVolt", "uVolt", "nS", ""],
    )  # fmt: skip
    found = of_eeg_file(tmp_path / "a.Poly5", ["eda"], ALONE).series
    lost = np.isnan(found.values[0])
    assert np.flatnonzero(lost).tolist() == list(range(2000, 2300))
    np.testing.assert_allclose(found.values[0][~lost], truth[~lost], rtol=1e-6)
    assert (found.rate_hz, found.unit) == (rate, "nS")
    placed = read_source(Source("eda", ("EDA",)), tmp_path / "a.Poly5", ALONE)
    np.testing.assert_allclose(placed.values[0][~lost], truth[~lost] / 1000, rtol=1e-6)


def test_a_channel_of_two_people_is_named_as_in_the_file_or_as_the_pattern_leaves_it(tmp_path):
    data = np.arange(6)[:, None] + np.random.default_rng(1).standard_normal((6, 125 * 10))
    write_edf(
        tmp_path / "two.edf", data, ["s1_Fz", "s1_Cz", "s1_EDA", "s2_Fz", "s2_Cz", "s2_EDA"],
        ["uV", "uV", "uS"] * 2, largest=[100.0] * 6,
    )  # fmt: skip
    of_second = ALONE | {"pattern": "s2_*", "partner_pattern": "s1_*"}
    for name in ("s2_EDA", "EDA", "S2_eda"):
        found = of_eeg_file(tmp_path / "two.edf", [name], of_second).series
        np.testing.assert_allclose(found.values[0], data[5], atol=0.01)
        assert found.unit == "uS"
    with pytest.raises(SignalError, match=r'has no channel "s1_EDA"'):
        of_eeg_file(tmp_path / "two.edf", ["s1_EDA"], of_second)


def test_a_recording_without_eeg_keeps_its_own_rate_and_begins_where_the_table_says(tmp_path):
    data = 4 + np.random.default_rng(2).standard_normal((2, 32 * 10))
    write_edf(tmp_path / "eda.edf", data, ["GSR", "Temp"], ["nS", "degC"], sfreq=32, largest=[5000.0, 50.0])
    for channel in ("gsr", "1"):
        found = of_own_file(tmp_path / "eda.edf", [channel]).series
        np.testing.assert_allclose(found.values[0], data[0], atol=0.1)
        assert found.rate_hz == 32
    source = Source("eda", ("GSR",), str(tmp_path / "eda.edf"), "start_s", start_s=-2.5)
    placed = read_source(source, Path("of_the_eeg.edf"), ALONE)
    assert (placed.start_s, placed.unit) == (-2.5, "uS")
    np.testing.assert_allclose(placed.values[0], data[0] / 1000, atol=1e-4)


@pytest.mark.parametrize(
    "write", [write_brainvision, write_cnt, write_eeglab, write_eeglab_fdt, write_edf_recording, write_bdf]
)
def test_a_unit_in_the_table_is_that_of_the_numbers_in_the_file(write, tmp_path):
    """MNE multiplies by a millionth what it takes for a voltage: 7.5 uS must not become .0000075."""
    file = write(tmp_path / "gsr", SECRETS, [2.0], 10, 250)
    found = read_source(Source("eda", (LABELS[0],), str(file), "start_s", unit="uS"), file, ALONE)
    np.testing.assert_allclose(
        found.values[0, :500], signals(tmp_path / "gsr", [2.0], 10, 250)[0][0, :500], atol=0.06
    )


@pytest.mark.parametrize("write", [write_poly5_file, write_acq, write_xdf])
def test_a_voltage_whose_numbers_are_not_kept_is_not_taken_for_microsiemens(write, tmp_path):
    file = write(tmp_path / "gsr", SECRETS, [2.0], 10, 250)
    with pytest.raises(SignalError, match="how many of the signal's units one volt is"):
        read_source(Source("eda", (LABELS[0],), str(file), "start_s", unit="uS"), file, ALONE)
    with pytest.raises(SignalError, match="not a unit of conductance"):
        read_source(Source("eda", (LABELS[0],), str(file), "start_s"), file, ALONE)


def test_conductance_of_a_brainvision_header_and_of_a_fif_file_is_in_microsiemens(tmp_path):
    import mne

    file = write_brainvision(tmp_path / "gsr", SECRETS, [2.0], 10, 250)
    file.write_text(file.read_text(encoding="utf-8").replace("µV", "µS", 1), encoding="utf-8")
    truth = signals(tmp_path / "gsr", [2.0], 10, 250)[0][0]
    found = read_source(Source("eda", (LABELS[0],), str(file), "start_s"), file, ALONE)
    np.testing.assert_allclose(found.values[0], truth, atol=0.06)
    info = mne.create_info(["EDA"], 250, ["gsr"])
    mne.io.RawArray(7.5e-6 * np.ones((1, 2500)), info, verbose="error").save(tmp_path / "gsr_raw.fif")
    fif = Source("eda", ("EDA",), str(tmp_path / "gsr_raw.fif"), "start_s")
    np.testing.assert_allclose(read_source(fif, file, ALONE).values, 7.5, rtol=1e-5)


def test_another_stream_of_the_same_xdf_file_is_put_on_the_eegs_time_by_the_lsl_clock(tmp_path):
    """The stream of 8 Hz begins 3 s later than the EEG, and shows the seconds of LSL's clock."""
    eeg, slow = 100 + np.arange(250 * 30) / 250, 103 + np.arange(8 * 25) / 8
    noise = np.random.default_rng(3).standard_normal((len(eeg), 2))
    write_xdf_streams(
        tmp_path / "x.xdf",
        [
            xdf_stream(1, "EEG", noise, eeg, sfreq=250.0, labels=["Fz", "Cz"]),
            xdf_stream(2, "Body", slow[:, None], slow, kind="GSR", sfreq=8.0, labels=["EDA"], unit="uS"),
        ],
    )
    found = of_eeg_file(tmp_path / "x.xdf", ["Body/EDA"], ALONE | {"pattern": "EEG/*"}).series
    np.testing.assert_allclose(found.times + 100, found.values[0], atol=1e-3)
    assert found.rate_hz == pytest.approx(8)


def test_channels_that_the_table_names_get_their_type_and_a_name_that_says_no_more():
    import mne

    names = ["Fz", "Haut von Anna", "Puls", "Brust", "Other"]
    raw = mne.io.RawArray(
        np.zeros((5, 10)), mne.create_info(names, 100, ["eeg", *["misc"] * 4]), verbose="error"
    )
    told = {"haut von anna": "eda", "Puls": "ppg", "Brust": "ecg", "Fz": "eda", "absent": "eda"}
    renamed = name_auxiliary(raw, told)
    assert renamed == {"Haut von Anna": "EDA", "Puls": "PPG", "Brust": "ECG"}
    assert raw.ch_names == ["Fz", "EDA", "PPG", "ECG", "Other"]
    table = pd.DataFrame(
        {"name": raw.ch_names, "type": ["EEG", *["MISC"] * 4], "description": "as MNE has it"}
    )
    mark_types(table, ["EDA", "PPG", "ECG"])
    assert table["type"].tolist() == ["EEG", "GSR", "PPG", "ECG", "MISC"]
    untold = pd.DataFrame({"name": ["EDA"], "type": ["MISC"], "description": ["as MNE has it"]})
    mark_types(untold, [])
    assert untold["type"].tolist() == ["MISC"]
