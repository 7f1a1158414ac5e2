"""Gains, z-scores, rectified and interpolated signals and a part that is far weaker are named."""

import mne
import numpy as np
import pytest

from interbrain.formats.alterations import note_alterations
from interbrain.formats.notes import noted
from interbrain.formats.numbers import numbers_of
from interbrain.head import electrode_places

CAP = ["Fp1", "Fp2", "F7", "F3", "Fz", "F4", "F8", "T7", "C3", "Cz", "C4", "T8"]
CAP += ["P7", "P3", "Pz", "P4", "P8", "O1", "Oz", "O2"]
RATE, SECONDS = 200, 60


@pytest.fixture(scope="module")
def heads():
    """EEG of three people in µV: sources near the electrodes, in the reference of the recorder."""
    found = []
    for seed in range(3):
        rng = np.random.default_rng(seed)
        places = np.array([electrode_places()[name] for name in CAP])
        at = places[rng.integers(len(CAP), size=25)] * rng.uniform(0.4, 0.8, (25, 1))
        field = np.exp(-((np.linalg.norm(places[:, None] - at, axis=2) / 0.06) ** 2))
        field *= rng.choice([-1, 1], 25)
        course = np.cumsum(rng.standard_normal((25, RATE * SECONDS)), axis=1)
        course -= mne.filter.filter_data(course, RATE, None, 1, verbose="error")
        found.append(6 * field @ course / course.std() + rng.standard_normal((len(CAP), RATE * SECONDS)))
    return found


def notes_of(microvolts, names=CAP, marks=None):
    raw = mne.io.RawArray(1e-6 * microvolts, mne.create_info(names, RATE, "eeg"), verbose="error")
    with noted() as notes:
        note_alterations(numbers_of(raw.set_annotations(marks)))
    return notes


def interpolated(eeg, *names):
    raw = mne.io.RawArray(1e-6 * eeg, mne.create_info(CAP, RATE, "eeg"), verbose="error")
    raw.set_montage("colin27_1005")
    raw.info["bads"] = list(names)
    return 1e6 * raw.interpolate_bads(verbose="error").get_data()


def test_sound_recordings_in_any_reference_offset_and_resolution_have_no_note(heads):
    for eeg in heads:
        assert notes_of(eeg) == []
        assert notes_of(eeg - eeg.mean(axis=0)) == []
        assert notes_of(np.round((eeg - eeg.mean(axis=0)) * 2) / 2) == []
        assert notes_of(eeg - eeg[[9]]) == []  # the reference holds zeros
        assert notes_of(eeg + 5000) == []


@pytest.mark.parametrize(("gain", "word"), [(0.1, "weaker"), (10.0, "stronger")])
def test_channels_of_another_gain_are_named_and_dead_or_noisy_ones_are_not(heads, gain, word):
    for eeg in heads:
        wrong = eeg.copy()
        wrong[[3, 16]] *= gain
        [told] = notes_of(wrong)
        assert "F3" in told and "P8" in told and f"times {word} than the channels around" in told
        wrong[[3, 16]] = 30 * gain * np.random.default_rng(1).standard_normal((2, eeg.shape[1]))
        assert notes_of(wrong) == []


def test_channels_that_are_sums_of_others_are_counted_and_named(heads):
    for eeg in heads:
        [told] = notes_of(interpolated(eeg, "C3", "Oz"))
        assert told.startswith("its EEG has 2 dimensions fewer than channels")
        filled = interpolated(eeg, "C3")
        [told] = notes_of(np.round(10 * (filled - filled.mean(axis=0))) / 10)
        assert told.startswith("its EEG has 1 dimension fewer than channels") and "probably C3" in told


def test_standardised_and_rectified_signals_are_named_alone(heads):
    for eeg in heads:
        centred = eeg - eeg.mean(axis=1, keepdims=True)
        [told] = notes_of(12 * centred / centred.std(axis=1, keepdims=True))
        assert "z-scores" in told
        [told] = notes_of(np.abs(centred))
        assert "below zero, and many are near it" in told


def test_a_part_that_is_far_weaker_is_named_with_its_time(heads):
    for eeg in heads:
        gone = eeg.copy()
        gone[:, 40 * RATE :] = 0.7 * np.random.default_rng(2).standard_normal(gone[:, 40 * RATE :].shape)
        assert any("times weaker from 40 to 60 s than in the rest" in told for told in notes_of(gone))
        # Not a rhythm that comes and goes, nor time that is marked.
        waxing = eeg * (1 + 0.6 * np.sin(2 * np.pi * np.arange(eeg.shape[1]) / (25 * RATE)))
        assert notes_of(waxing) == []
        assert notes_of(gone, marks=mne.Annotations(39.5, 20.5, "BAD_cms")) == []


def test_few_channels_or_little_time_are_not_judged(heads):
    wrong = heads[0].copy()
    wrong[3] *= 0.1
    assert notes_of(wrong[:7], CAP[:7]) == []
    assert notes_of(wrong[:, : 20 * RATE]) == []
