"""Held samples, late channels, derivatives and sums are named; in a sound recording, none of them is."""

import mne
import numpy as np
import pytest
from scipy.ndimage import gaussian_filter1d
from scipy.signal import resample_poly

from interbrain.formats import delays, holds
from interbrain.formats.channel_lags import lags_of
from interbrain.formats.contradictions import contradictions
from interbrain.formats.measurements import measured_of, read_measured, write_measured
from interbrain.formats.notes import noted
from interbrain.formats.rasters import raster_of
from interbrain.formats.slopes import note_slope
from interbrain.formats.spectrum import recorded_spectrum
from interbrain.head import electrode_places

CAP = ["Fp1", "Fp2", "F7", "F3", "Fz", "F4", "F8", "T7", "C3", "Cz", "C4", "T8"]
CAP += ["P7", "P3", "Pz", "P4", "P8", "O1", "Oz", "O2"]
RATE, SECONDS = 200, 30
PLACES = np.array([electrode_places()[name] for name in CAP])


@pytest.fixture(scope="module")
def eeg():
    """One person in µV: sources near the electrodes, mains, blinks and an amplifier's noise."""
    rng = np.random.default_rng(5)
    at = PLACES[rng.integers(len(CAP), size=25)] * rng.uniform(0.4, 0.8, (25, 1))
    field = np.exp(-((np.linalg.norm(PLACES[:, None] - at, axis=2) / 0.06) ** 2)) * rng.choice([-1, 1], 25)
    hz = np.fft.rfftfreq(RATE * SECONDS, 1 / RATE)
    course = np.fft.irfft(np.fft.rfft(rng.standard_normal((25, RATE * SECONDS))) / np.maximum(hz, 0.5) ** 0.7)
    time = np.arange(RATE * SECONDS) / RATE
    blinks = 150 * np.exp(-((np.linalg.norm(PLACES - [0, 0.11, 0], axis=1) / 0.04) ** 2))
    made = 6 * field @ course / course.std() + 4 * np.sin(2 * np.pi * 50 * time)
    made += np.outer(blinks, np.exp(-(((time % 3.7 - 1.8) / 0.1) ** 2)))
    return made + 0.5 * rng.standard_normal(made.shape)


def raw_of(microvolts, rate=RATE):
    info = mne.create_info(CAP[: len(microvolts)], rate, "eeg")
    return mne.io.RawArray(1e-6 * microvolts, info, verbose="error")


def notes_of(note, *what):
    with noted() as notes:
        note(*what)
    return notes


def held_notes(microvolts, rate):
    return notes_of(holds.note_held, raster_of(raw_of(microvolts, rate)), rate, len(microvolts))


def measured_at(microvolts, rate=RATE):
    return holds.measured_at(raster_of(raw_of(microvolts, rate)), rate)


def late_channels(microvolts):
    return delays.late_channels(lags_of(raw_of(microvolts)))


def in_steps(microvolts, step):
    return step * np.round(microvolts / step)


def late_by(microvolts, lag_s):
    """Each channel later by its own lag, s."""
    hz = np.fft.rfftfreq(microvolts.shape[1], 1 / RATE)
    turned = np.fft.rfft(microvolts, axis=1) * np.exp(-2j * np.pi * np.outer(lag_s, hz))
    return np.fft.irfft(turned, microvolts.shape[1], axis=1)


@pytest.mark.parametrize("step", [1e-9, 0.1])
@pytest.mark.parametrize(("stored", "late"), [(400, "1.2"), (800, "1.9"), (750, "1.8")])
def test_values_that_were_held_or_joined_by_lines_are_noted_with_the_rate_of_the_measurement(
    eeg, step, stored, late
):
    places = np.arange(eeg.shape[1] * stored // RATE) * RATE / stored
    held = in_steps(eeg, step)[:, np.floor(places).astype(int)]
    [told] = held_notes(held, stored)
    assert "20 of 20 EEG channels" in told and "no EEG" in told and "above 100 Hz" in told
    assert f"measured at about 200 Hz and stored at {stored} Hz, with each value repeated" in told
    assert f"late by {late} ms" in told
    lines = np.array([np.interp(places, np.arange(eeg.shape[1]), row) for row in eeg])
    [told] = held_notes(in_steps(lines, step), stored)
    assert f"at about 200 Hz and stored at {stored} Hz, with straight lines between" in told


def test_a_part_of_the_channels_or_a_single_coarse_one_can_be_held(eeg):
    some = eeg.copy()
    some[::2] = np.repeat(eeg[::2, ::4], 4, axis=1)
    assert raster_of(raw_of(some)).names == tuple(CAP[::2])
    assert measured_at(some) == pytest.approx(50)
    assert measured_at(np.repeat(in_steps(eeg[:1], 0.5), 4, axis=1), 800) == pytest.approx(200)


def test_a_coarse_fast_or_smooth_recording_is_not_called_held(eeg):
    few = eeg[:4]
    strong = few + 60 * np.sin(2 * np.pi * 50 * np.arange(eeg.shape[1]) / RATE)
    fast = resample_poly(few, 5, 1, axis=1)
    smooth = resample_poly(resample_poly(fast, 1, 10, axis=1), 10, 1, axis=1)
    for sound, rate in ((eeg, RATE), (eeg[:1], RATE), (strong, RATE), (fast, 1000), (smooth, 1000)):
        for step in (0.1, 0.5, 10.0):
            assert measured_at(in_steps(sound, step), rate) is None


@pytest.mark.parametrize("lag_ms", [10, 40, -150])
def test_channels_of_a_second_amplifier_that_is_late_are_noted_with_the_lag(eeg, lag_ms):
    late = np.isin(CAP, ["C3", "Cz", "C4", "P3", "Pz", "P4", "Oz"])
    [told] = notes_of(delays.note_delays, lags_of(raw_of(late_by(eeg, 1e-3 * lag_ms * late))))
    assert f"7 of its EEG channels (C3, Cz, C4, P3, Pz, P4, ...) are {abs(lag_ms)} ms" in told
    assert ("later than" if lag_ms > 0 else "earlier than") in told


def test_a_travelling_rhythm_a_sampling_one_after_another_and_single_channels_are_no_late_group(eeg):
    time = np.arange(eeg.shape[1]) / RATE
    front_first = 0.04 * (0.1 - PLACES[:, 1]) / 0.2
    wave = 20 * np.sin(2 * np.pi * 10 * (time - front_first[:, None]) + np.sin(time))
    noise = np.random.default_rng(7).standard_normal((len(CAP) + 1, eeg.shape[1]))
    slow = mne.filter.filter_data(noise[-1:], RATE, 2, 18, verbose="error")
    back_first = late_by(np.repeat(slow, len(CAP), axis=0), 0.03 * (PLACES[:, 1] > 0)) + 0.2 * noise[:-1]
    assert late_channels(9 * back_first) is None
    one, one_late = eeg - eeg[9], np.isin(CAP, ["F3", "O2"])
    for sound in (eeg, one, eeg - eeg.mean(axis=0), eeg + wave, late_by(eeg, 0.05 * one_late)):
        assert late_channels(sound) is None
    assert late_channels(late_by(eeg, 0.006 * np.arange(len(CAP)) / len(CAP))) is None
    late = late_by(eeg, 0.04 * (np.arange(len(CAP)) > 9))
    assert late_channels(late) is not None
    assert late_channels(late[5:12]) is late_channels(late[:, : 10 * RATE]) is None


def test_a_derivative_and_a_running_sum_are_noted_and_noise_muscle_and_drift_are_not(eeg):
    def notes(microvolts):
        return notes_of(note_slope, recorded_spectrum(raw_of(microvolts)))

    [told] = notes(np.diff(eeg, axis=1))
    assert "probably differentiated" in told
    summed = np.cumsum(eeg - eeg.mean(axis=1, keepdims=True), axis=1)
    [told] = notes(summed - gaussian_filter1d(summed, 0.3 * RATE, axis=1))
    assert "probably integrated" in told
    noise = np.random.default_rng(6).standard_normal(eeg.shape)
    fast = 30 * (noise - gaussian_filter1d(noise, 0.01 * RATE, axis=1))
    slow = np.cumsum(5 * noise, axis=1)
    for sound in (eeg, 10 * noise, eeg + fast, eeg + slow - slow.mean(axis=1, keepdims=True)):
        assert notes(sound) == []


def test_what_is_found_is_among_the_notes_on_a_recording_also_from_what_was_kept_of_it(eeg, tmp_path):
    """Which `check`, the report and the verdict in the quality table take over."""
    late = late_by(eeg, 0.04 * (np.arange(len(CAP)) > 9))
    measured = measured_of(raw_of(np.repeat(np.diff(late, axis=1), 2, axis=1), 400))
    write_measured(tmp_path / "measured.npz", measured)
    told = contradictions(measured)
    assert told == contradictions(read_measured(tmp_path / "measured.npz"))
    told = " ".join(told)
    for words in ("were measured at about 200 Hz", "40 ms later than", "probably differentiated"):
        assert words in told
