"""Copies of a recording are known through whatever they were put, and no two other recordings are alike."""

import mne
import numpy as np
import pytest
from scipy.signal import butter, sosfilt

from interbrain.formats.copies import same_from_the_start, same_signals, signature

NAMES = ["Fp1", "F3", "Fz", "F4", "C3", "Cz", "C4", "Pz", "O1", "O2"]
SFREQ = 160


def brain(seed, length_s=90.0):
    """Noise that falls as EEG does, with an alpha rhythm, µV; neighbours have half of it in common."""
    rng = np.random.default_rng(seed)
    n = round(length_s * SFREQ)
    hz = np.maximum(np.fft.rfftfreq(n, 1 / SFREQ), 0.5)
    size = (1 / hz + 0.5 * np.exp(-((hz - 10) ** 2))) * n / 10
    own = size * (
        rng.standard_normal((len(NAMES), len(hz))) + 1j * rng.standard_normal((len(NAMES), len(hz)))
    )
    eeg = np.fft.irfft(own, n)
    return 1e-6 * (eeg + np.roll(eeg, 1, axis=0)) * np.linspace(5, 20, len(NAMES))[:, None]


def recording(eeg, names=NAMES, sfreq=SFREQ):
    return mne.io.RawArray(eeg, mne.create_info(list(names), sfreq, "eeg"), verbose=False)


def through(order, hz, kind):
    """In steps of half a microvolt, as an amplifier's file has them after its filter."""
    filtered = sosfilt(butter(order, hz, kind, fs=SFREQ, output="sos"), brain(1))
    return recording(np.round(filtered / 5e-7) * 5e-7)


NOISE = np.random.default_rng(3).standard_normal((len(NAMES), 90 * SFREQ))
SAVED_AGAIN = {
    "as it was": lambda: recording(brain(1)),
    "in another unit and with inverted polarity": lambda: recording(-1e-3 * brain(1)),
    "against another electrode": lambda: recording(brain(1) - brain(1)[5]),
    "against the average": lambda: recording(brain(1) - brain(1).mean(axis=0)),
    "under other names": lambda: recording(brain(1), [*NAMES[5:], *NAMES[:5]]),
    "at another rate": lambda: recording(brain(1)).resample(128, verbose=False),
    "with noise of a fifth of its strength": lambda: recording(brain(1) + 0.2 * brain(1).std() * NOISE),
    "through 1.6 Hz high-pass": lambda: through(2, 1.6, "highpass"),
    "through 1.6 to 30 Hz": lambda: through(2, (1.6, 30), "bandpass"),
    "through 10 Hz low-pass": lambda: through(2, 10, "lowpass"),
    "through 10 Hz low-pass, steep": lambda: through(8, 10, "lowpass"),
}


@pytest.mark.parametrize("how", SAVED_AGAIN)
def test_a_copy_is_known_however_it_was_saved(how):
    first, copy = signature(recording(brain(1))), signature(SAVED_AGAIN[how]())
    assert same_signals(first, copy) == pytest.approx(0, abs=0.15)  # what the filters delay
    assert same_signals(copy, first) is not None


@pytest.mark.parametrize("later_s", [0.04, 1.5, 25.0])
def test_a_copy_that_begins_later_is_known_and_by_how_much(later_s):
    first, copy = (signature(recording(brain(1)[:, skip:])) for skip in (0, round(later_s * SFREQ)))
    assert same_signals(first, copy) == pytest.approx(-later_s, abs=0.02)
    assert same_signals(copy, first) == pytest.approx(later_s, abs=0.02)


def test_of_a_study_every_copy_is_found_and_none_of_120_other_pairs():
    recordings = [signature(recording(brain(seed, 30))) for seed in range(2, 18)]
    assert same_from_the_start(recordings) == []
    assert all(same_signals(recordings[0], other) is None for other in recordings[1:])
    slow = signature(through(2, 10, "lowpass"))
    with_copies = [signature(recording(brain(1))), *recordings, slow, {}, recordings[-1]]
    last = len(recordings)
    for at_once in (100, 4, 1):
        found = same_from_the_start(with_copies, at_once)
        assert found == [(0, last + 1), (last, last + 3)]


def test_partners_whose_rhythms_are_locked_are_two_people():
    """A theta and an alpha rhythm are common to both, and four times as strong as their own."""
    bands = [butter(2, band, "bandpass", fs=SFREQ, output="sos") for band in ((5, 6), (9, 11))]
    locked = sum(sosfilt(band, brain(4)) for band in bands)
    one, other = (recording(brain(seed) + 4 * locked) for seed in (5, 6))
    alpha = [raw.copy().filter(8, 12, verbose=False).get_data() for raw in (one, other)]
    assert np.corrcoef(alpha[0][2], alpha[1][2])[0, 1] > 0.8
    assert same_signals(signature(one), signature(other)) is None


def test_one_electrode_that_both_share_is_no_copy():
    shared = brain(7)
    shared[5] = brain(8)[5]  # Cz
    assert same_signals(signature(recording(brain(8))), signature(recording(shared))) is None


def test_two_people_on_one_amplifier_that_jumps_are_two_people():
    """By ten millivolts, and back at once or after it has recovered for some seconds."""
    there = np.zeros(90 * SFREQ)
    there[40 * SFREQ : 40 * SFREQ + 3] = 1e-2
    there[60 * SFREQ :] += 1e-2 * np.exp(-np.arange(30 * SFREQ) / (2 * SFREQ))
    there[75 * SFREQ :] += 2e-3
    share = np.linspace(0.2, 1, len(NAMES))[:, None]  # the average reference does not take it away
    one, other = (signature(recording(brain(seed) + share * there)) for seed in (7, 8))
    assert same_signals(one, other) is None
    assert same_from_the_start([one, other]) == []


def test_what_cannot_be_compared_is_not_alike():
    short, slow = recording(brain(1, 20)), recording(brain(1)).resample(50, verbose=False)
    flat = recording(np.zeros((len(NAMES), 60 * SFREQ)))
    others = mne.io.RawArray(brain(1), mne.create_info(NAMES, SFREQ, "misc"), verbose=False)
    for raw in (short, slow, flat, others):
        assert signature(raw) == {}
        assert same_signals(signature(raw), signature(raw)) is None
