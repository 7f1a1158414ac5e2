"""What cleaning takes away, what it leaves, and what it says of either."""

import json
import time
import uuid
from functools import cache

import mne
import numpy as np
import pytest

from interbrain.cleaning import CleaningError, clean
from interbrain.files.fif import save
from interbrain.quality.spectra import site_spectra
from interbrain.quality.verdict import reasons_of_cleaning
from interbrain.simulate import CHANNELS, Member, member_signal

from .conftest import FEW_COMPONENTS, FILTERS_ONLY, ROIS, SETTINGS, hand

SFREQ, DURATION = 250.0, 60
BANDS = {"theta": [4, 7], "alpha": [8, 12]}


def person(seed=12, sfreq=SFREQ, mains_v=20e-6, alpha=True):
    """EEG of the simulator: correlated 1/f background, alpha, blinks, mains and electrode potentials.

    At the head's rim its channels are loosely correlated, and some seeds have one that counts as bad; those
    used here have none.
    """
    return recorded(seed, sfreq, mains_v, alpha).copy()


@cache
def recorded(seed, sfreq, mains_v, alpha):
    rng = np.random.default_rng(seed)
    times = np.arange(round(DURATION * sfreq)) / sfreq
    phases = {"alpha": 2 * np.pi * 10 * times} if alpha else {}
    mains = mains_v * np.sin(2 * np.pi * 50 * times)
    roi = [c for names in ROIS.values() for c in names]
    data, _ = member_signal(phases, times, times, BANDS, roi, Member(), mains, rng)
    return mne.io.RawArray(data, mne.create_info(list(CHANNELS), sfreq, "eeg"), verbose="error")


def put(raw, channel, signal):
    raw._data[raw.ch_names.index(channel)] = signal


def power_db(raw, channels, frequency):
    data = raw.get_data(picks=channels)
    power, at = mne.time_frequency.psd_array_welch(data, raw.info["sfreq"], n_fft=500, verbose="error")
    return 10 * np.log10(power.mean(axis=0)[np.abs(at - frequency).argmin()])


@pytest.fixture(scope="module")
def good():
    raw = person()
    return raw, clean(raw, **SETTINGS)


def test_mains_go_and_alpha_stays(good):
    before, after = good[0].copy().set_eeg_reference("average", verbose="error"), good[1].raw
    pick = ["C3", "Cz", "C4"]
    assert power_db(before, pick, 50) - power_db(after, pick, 50) > 40
    assert power_db(after, pick, 50) < power_db(after, pick, 30)  # no trace of a line is left
    assert power_db(after, pick, 10) == pytest.approx(power_db(before, pick, 10), abs=0.3)
    assert site_spectra(good[1].spectra, good[1].account, ROIS).line_noise_db > 15


def test_the_cleaned_recording_keeps_its_channels_time_axis_and_input(good):
    raw, done = good
    assert done.raw.ch_names == raw.ch_names and done.raw.n_times == raw.n_times
    assert done.raw.info["bads"] == [] and done.account["BadChannels"] == {}
    assert np.array_equal(raw.get_data(), person().get_data())  # not changed


def test_electrode_potentials_of_millivolts_leave_no_trace(good):
    potentials = np.random.default_rng(1).uniform(-50e-3, 50e-3, (len(CHANNELS), 1))
    assert np.abs(good[1].raw.get_data().mean(axis=1)).max() < 1e-6
    raw = good[0].copy()
    raw._data += potentials
    moved = clean(raw, **SETTINGS)
    assert moved.account["BadChannels"] == {}
    inside = slice(500, -500)
    assert np.abs(moved.raw.get_data() - good[1].raw.get_data())[:, inside].max() < 0.1e-6


def test_the_average_over_good_channels_is_zero(good):
    data = good[1].raw.get_data()
    assert np.abs(data.mean(axis=0)).max() < 1e-12


@pytest.fixture(scope="module")
def faulty():
    raw = person(14)
    rng = np.random.default_rng(9)
    put(raw, "P3", 0.004)  # flat at 4 mV
    put(raw, "T8", 2e-3 * rng.standard_normal(raw.n_times))
    put(raw, "O1", 10e-6 * np.cumsum(rng.standard_normal(raw.n_times)) / 20)  # of its own
    return raw, clean(raw, **FILTERS_ONLY)


def test_a_flat_a_noisy_and_a_loose_channel_are_found_and_named(faulty):
    found = faulty[1].account["BadChannels"]
    assert set(found) == {"P3", "T8", "O1"}
    assert found["P3"] == "flat"
    assert "amplitude unlike the others" in found["T8"]
    assert "not correlated with the others" in found["O1"]


def test_bad_channels_are_interpolated_from_the_good_ones_and_leave_the_reference_alone(faulty):
    raw, done = faulty
    good = [c for c in raw.ch_names if c not in done.account["BadChannels"]]
    assert np.abs(done.raw.get_data(picks=good).mean(axis=0)).max() < 1e-12
    neighbours = done.raw.get_data(picks=["CP5", "CP1", "P7", "Pz"]).mean(axis=0)
    assert np.corrcoef(done.raw.get_data(picks=["P3"])[0], neighbours)[0, 1] > 0.8
    assert np.ptp(done.raw.get_data(picks=["T8"])) < 1e-3


def test_a_channel_without_signal_in_the_raw_file_keeps_that_reason():
    raw = person(18)
    raw.info["bads"] = ["Pz"]
    done = clean(raw, **FILTERS_ONLY)
    assert done.account["BadChannels"] == {"Pz": "no signal in the raw file"}
    assert done.raw.info["bads"] == []


def test_a_channel_marked_bad_is_interpolated_unless_a_person_calls_it_good():
    raw, why = person(18), {"Pz": "marked bad in the recording"}
    raw.info["bads"] = ["Pz"]
    done = clean(raw, **FEW_COMPONENTS, marked=why)
    assert done.account["BadChannels"] == why
    assert "Pz" not in done.ica.ch_names
    good = clean(raw, **FEW_COMPONENTS, marked=why, decisions=[hand("channel", "Pz", "good")])
    assert good.account["BadChannels"] == {} and "Pz" in good.ica.ch_names


def test_nothing_rings_beside_a_gap():
    """Half a second is lost, bridged by a line across a step of 5 mV, and annotated."""
    raw = person(19)
    first, last = round(30 * SFREQ), round(30.5 * SFREQ)
    whole = clean(raw, **FILTERS_ONLY).raw.get_data()
    raw._data[:, last:] += 5e-3 * np.linspace(-1, 1, len(CHANNELS))[:, None]
    left, right = raw._data[:, [first - 1]], raw._data[:, [last]]
    raw._data[:, first:last] = left + (right - left) * np.linspace(0, 1, last - first)
    unmarked = clean(raw, **FILTERS_ONLY).raw.get_data()
    raw.set_annotations(mne.Annotations([30.0], [0.5], ["BAD_acq_skip"]))
    done = clean(raw, **FILTERS_ONLY)
    cleaned = done.raw.get_data()
    usable = np.r_[round(25 * SFREQ) : first - 500, last + 500 : round(36 * SFREQ)]
    assert np.abs(cleaned - whole)[:, usable].max() < 2e-6
    # Nor is there a spike in the two seconds that windows leave out, as there is without the mark.
    near = np.r_[first - 500 : first, last : last + 500]
    assert np.abs(cleaned[:, near]).max() < 2 * np.abs(whole[:, near]).max()
    assert np.abs(unmarked[:, near]).max() > 5 * np.abs(cleaned[:, near]).max()
    assert np.abs(np.diff(cleaned[:, first:last], n=2)).max() < 1e-12  # a line
    assert done.account["GapSeconds"] == 0.5


def test_a_gap_is_no_fault_of_the_channels():
    raw = person(22)
    raw._data[:, 5000:8000] = 0
    raw.set_annotations(mne.Annotations([20.0], [12.0], ["BAD_acq_skip"]))
    assert clean(raw, **FILTERS_ONLY).account["BadChannels"] == {}


@pytest.mark.parametrize("sfreq", [160, 500])
def test_other_sampling_rates_become_that_of_the_study(sfreq):
    raw = person(27, sfreq=sfreq)
    done = clean(raw, **FILTERS_ONLY)
    assert done.raw.info["sfreq"] == 250
    assert done.raw.n_times == DURATION * 250
    assert done.account["BadChannels"] == {}
    own = raw.copy().set_eeg_reference("average", verbose="error")
    assert power_db(done.raw, ["Cz"], 10) == pytest.approx(
        mne_power(own.get_data(picks=["Cz"]), sfreq), abs=0.5
    )


def mne_power(data, sfreq):
    power, at = mne.time_frequency.psd_array_welch(data, sfreq, n_fft=2 * sfreq, verbose="error")
    return 10 * np.log10(power[0, np.abs(at - 10).argmin()])


def test_a_low_rate_without_room_for_a_notch_is_cleaned_all_the_same():
    done = clean(person(29), **{**FEW_COMPONENTS, "sfreq": 100})
    assert done.account["NotchHz"] == []
    json.dumps(done.account, allow_nan=False)  # what is not known is null, and not NaN


@pytest.mark.parametrize("n_good", [2, 1, 0])
def test_a_recording_with_hardly_a_good_channel_is_told_and_does_not_crash(n_good):
    raw = person(12)
    raw._data[n_good:] = 0
    done = clean(raw, **SETTINGS)
    assert set(CHANNELS[n_good:]) <= set(done.account["BadChannels"])
    assert any("channels are bad" in look for look in reasons_of_cleaning(done.account, 0.25, ROIS))
    assert np.isfinite(done.raw.get_data()).all()
    assert np.isfinite(site_spectra(done.spectra, done.account, ROIS).after_db).all()


def test_bad_roi_channels_are_for_a_person_to_look_at():
    raw = person(12)
    for channel in (c for names in ROIS.values() for c in names):
        put(raw, channel, 0.0)
    done = clean(raw, **FILTERS_ONLY)
    assert set(done.account["BadChannels"]) >= {"F3", "Fz", "F4", "C3", "Cz", "C4"}
    assert "bad ROI channels: F3, Fz, F4, C3, Cz, C4" in reasons_of_cleaning(done.account, 0.25, ROIS)


def test_a_channel_without_a_place_on_the_head_is_named():
    raw = person().rename_channels({"Pz": "ExG27", "O2": "Ear"})
    with pytest.raises(CleaningError, match=r"^ExG27, Ear: .*cap map"):
        clean(raw, **SETTINGS)


def test_a_recording_that_is_nearly_all_gap_is_refused():
    raw = person()
    raw.set_annotations(mne.Annotations([1.0], [58.0], ["BAD_acq_skip"]))
    with pytest.raises(CleaningError, match=r"only 2\.0 s"):
        clean(raw, **SETTINGS)


def test_spectra_have_one_value_a_frequency_and_show_what_was_done(good):
    spectra = site_spectra(good[1].spectra, good[1].account, ROIS)
    frequency = spectra.frequency_hz
    assert np.allclose(np.diff(frequency), 0.5) and frequency[0] == 1
    at_mains, at_alpha = np.abs(frequency - 50).argmin(), np.abs(frequency - 10).argmin()
    assert spectra.before_db[at_mains] - spectra.after_db[at_mains] > 40
    assert spectra.after_db[at_alpha] == spectra.after_db.max()


def test_the_same_recording_gives_the_same_bytes_and_no_network_address(good, tmp_path):
    address = uuid.getnode().to_bytes(6, "big")
    for name in ("one", "two"):
        save(good[1].raw, tmp_path / f"{name}_eeg.fif")
        time.sleep(1.1)  # a clock time would show in whole seconds
    one, two = ((tmp_path / f"{name}_eeg.fif").read_bytes() for name in ("one", "two"))
    assert one == two
    assert address not in one and address[::-1] not in one
