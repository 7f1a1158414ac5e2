"""Real heads at real amplifiers: what is alike on its own is no bridge, and what gel joined is one."""

import numpy as np
import pytest
from scipy.signal import butter, sosfiltfilt

from interbrain.cleaning.channels import bridges

TEN_TWENTY = [
    *("Fp1", "Fp2", "F7", "F3", "Fz", "F4", "F8", "T7", "C3", "Cz", "C4", "T8"),
    *("P7", "P3", "Pz", "P4", "P8", "O1", "O2"),
]


def recording(shared, name, *, channels=None, band=None, seconds=None):
    """PhysioNet eegmmidb: 61 s at 160 Hz, 64 channels, reduced and band-passed as its users share it."""
    from interbrain.formats import read_recording

    file = shared / f"data/eegmmidb/{name}.edf"
    if not file.is_file():
        pytest.skip("the recordings of eegmmidb are not in shared/data")
    raw = read_recording(file).raw.copy().pick("eeg").load_data(verbose="error")
    if channels:
        raw.pick(channels)
    if band:
        raw._data = sosfiltfilt(butter(4, band, "bandpass", fs=160, output="sos"), raw._data)
    return raw.notch_filter(60, verbose="error").crop(*(seconds or (0, None)))


@pytest.mark.long_but("None-S001R01")
@pytest.mark.parametrize("name", ["S001R01", "S001R02"])
@pytest.mark.parametrize("band", [None, (0.5, 45)])
def test_frontal_sites_of_both_hemispheres_that_share_their_beta_are_not_bridged(shared, name, band):
    """F3 and F4 differ by 2 to 3 % of their beta, and by 14 % of their theta; Fz between them by 20 %."""
    for seconds in (None, (0, 20), (20, 40), (40, 60)):
        raw = recording(shared, name, channels=TEN_TWENTY, band=band, seconds=seconds)
        assert bridges(raw) == {}, seconds


@pytest.mark.parametrize("band", [None, (0.5, 45)])
def test_electrodes_that_gel_joined_are_found_whatever_was_filtered(shared, band):
    raw = recording(shared, "S006R01", band=band)
    assert len(found := bridges(raw)) == 29
    assert {"F1", "Fz"} <= set(found["F3"]) and found["PO4"] == ["PO8"]
    ten_twenty = recording(shared, "S006R01", channels=TEN_TWENTY, band=band)
    assert bridges(ten_twenty) == {"F3": ["Fz"], "Fz": ["F3"]}


def test_neighbours_of_a_head_without_bridges_are_not_bridged(shared):
    assert bridges(recording(shared, "S005R01")) == {}
    assert set(bridges(recording(shared, "S002R02"))) == {"Oz", "Iz"}


def test_a_bridge_planted_into_a_real_recording_is_found(shared):
    raw = recording(shared, "S001R02", channels=TEN_TWENTY, band=(0.5, 45))
    at = [TEN_TWENTY.index(c) for c in ("C3", "P3")]
    noise = 0.5e-6 * np.random.default_rng(1).standard_normal((2, raw.n_times))  # the amplifier's
    raw._data[at] = raw._data[at].mean(axis=0) + noise
    assert set(bridges(raw)) == {"C3", "P3"}
