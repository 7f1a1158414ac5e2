"""Resampling keeps the signal and makes no tone of what electrodes add."""

import mne
import numpy as np
import pytest

from interbrain.cleaning import clean
from interbrain.cleaning.resampling import resample

from .conftest import FILTERS_ONLY
from .test_quiet import quiet

RATES = [128, 160, 200, 256, 300, 512, 1024, 2048, 500, 1000]


def recording(data, sfreq):
    return mne.io.RawArray(data, mne.create_info(len(data), sfreq, "eeg"), verbose="error")


@pytest.mark.parametrize("sfreq", RATES)
def test_potentials_of_electrodes_that_wander_leave_no_tone(sfreq):
    """Of 20 mV that drift by 1 mV, a bare polyphase filter leaves 6 uV at 6 Hz (from 256 Hz)."""
    times = np.arange(60 * sfreq) / sfreq
    potential = (20e-3 + 1e-3 * np.sin(2 * np.pi * times / 20))[None]
    raw = recording(potential, sfreq)
    resample(raw, 250)
    assert raw.info["sfreq"] == 250 and raw.n_times == 60 * 250
    own = raw.get_data()[0] - (20e-3 + 1e-3 * np.sin(2 * np.pi * raw.times / 20))
    spectrum = np.abs(np.fft.rfft(own[500:-500] * np.hanning(len(own) - 1000))) * 4 / (len(own) - 1000)
    frequency = np.fft.rfftfreq(len(own) - 1000, 1 / 250)
    assert spectrum[frequency > 1].max() < 0.05e-6


@pytest.mark.parametrize("sfreq", RATES)
def test_a_rhythm_keeps_its_size_and_phase(sfreq):
    times = np.arange(20 * sfreq) / sfreq
    raw = recording(np.stack([5e-3 + 10e-6 * np.sin(2 * np.pi * hz * times) for hz in (6, 10, 37)]), sfreq)
    resample(raw, 250)
    wanted = 5e-3 + 10e-6 * np.sin(2 * np.pi * np.array([[6], [10], [37]]) * raw.times)
    assert np.abs(raw.get_data() - wanted)[:, 250:-250].max() < 0.02e-6


def test_a_channel_that_is_constant_stays_so():
    raw = recording(np.full((1, 256 * 10), 7e-3), 256)
    resample(raw, 250)
    assert np.ptp(raw.get_data()) < 1e-15


def test_a_noisy_electrode_is_found_in_a_recording_of_128_hz():
    raw, _ = quiet(0.5, planted="a noisy electrode")
    done = clean(raw.resample(128, method="polyphase", verbose="error"), **FILTERS_ONLY)
    assert set(done.account["BadChannels"]) == {"CP5"}
