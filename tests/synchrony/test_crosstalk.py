"""What two amplifiers share is found, and what two people may have in common is not taken for it."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.signal import butter, sosfilt

from interbrain.epochs import Signal
from interbrain.synchrony.crosstalk import crosstalk

SFREQ, LENGTH_S, WINDOWS = 100.0, 5.0, 40
NAMES = ["F3", "Fz", "F4", "C3", "Cz", "C4"]
STARTS = 2 + LENGTH_S * np.arange(WINDOWS)


def brain(seed):
    """Pink noise, in volts; neighbours have half of it in common."""
    rng = np.random.default_rng(seed)
    n = round((WINDOWS * LENGTH_S + 4) * SFREQ)
    own = rng.standard_normal((len(NAMES), n // 2 + 1)) + 1j * rng.standard_normal((len(NAMES), n // 2 + 1))
    eeg = np.fft.irfft(own / np.sqrt(np.arange(1, n // 2 + 2)), n)
    return 1e-5 * (eeg + np.roll(eeg, 1, axis=0)) / eeg.std()


def signal(data, interpolated=()):
    return Signal(data, NAMES, SFREQ, [], list(interpolated))


def judged(one, other, starts=STARTS, lowpass=40.0):
    return crosstalk(signal(one), signal(other), starts, LENGTH_S, lowpass)


@pytest.mark.parametrize("sign", [1, -1])
def test_a_tenth_of_the_partners_eeg_in_one_channel_is_found_and_named(sign):
    therapist, client = brain(1), brain(2)
    therapist[4] += sign * 0.13 * client[1]
    found = judged(therapist, client)
    assert found.coherence > found.limit == 4 / (WINDOWS * 9) and found.channels == "Cz-Fz"
    assert judged(client, therapist).channels == "Fz-Cz"


def test_people_who_share_nothing_are_below_the_limit_in_each_of_15_pairs():
    signals = [brain(seed) for seed in range(10, 16)]
    largest = max(judged(a, b).coherence for n, a in enumerate(signals) for b in signals[:n])
    assert 1 / (WINDOWS * 9) < largest < 0.7 * judged(signals[0], signals[1]).limit


def test_rhythms_that_are_locked_a_line_and_a_moment_of_both_are_no_crosstalk():
    """Theta and alpha of the one in the other, three times as strong; 25 Hz of a machine; and a knock."""
    therapist, client = brain(3), brain(4)
    rhythms = sosfilt(butter(4, (4, 11), "bandpass", fs=SFREQ, output="sos"), brain(5))
    machine = 1e-5 * np.sin(2 * np.pi * 25 * np.arange(rhythms.shape[1]) / SFREQ)
    knock = np.zeros(rhythms.shape[1])
    knock[5_000:5_060] = 1e-3 * np.random.default_rng(6).standard_normal(60)
    shared = 3 * rhythms + machine + knock
    found = judged(therapist + shared, client + shared)
    assert found.coherence < found.limit
    assert found.channels and not found.note


def test_an_interpolated_channel_is_not_asked():
    therapist, client = brain(1), brain(2)
    therapist[4] += client[1]
    found = crosstalk(signal(therapist, ["Cz"]), signal(client), STARTS, LENGTH_S, 40.0)
    assert found.coherence < found.limit and not found.channels.startswith("Cz")


def test_what_cannot_be_judged_is_missing_with_the_reason():
    one, other = brain(1), brain(2)
    everywhere = crosstalk(signal(one, NAMES), signal(other), STARTS, LENGTH_S, 40.0)
    for found, why in (
        (judged(one, other, STARTS[:3]), "only 27 half overlapping seconds"),
        (judged(one, other, []), "only 0 half overlapping seconds"),
        (judged(one, other, lowpass=20.0), "the low-pass of cleaning (20 Hz)"),
        (everywhere, "a member has no good channel"),
    ):
        assert np.isnan(found.coherence) and np.isnan(found.limit) and found.channels == ""
        assert found.note.startswith(why)
        assert found.columns["crosstalk_note"] == found.note and found.columns["crosstalk_channels"] is None


def test_the_order_of_windows_and_the_unit_of_a_recording_change_nothing():
    one, other = brain(1), brain(2)
    here = judged(one, other)
    there = judged(1e6 * one, -other, STARTS[::-1])
    assert there.coherence == pytest.approx(here.coherence, rel=1e-4)
    assert replace(there, coherence=0) == replace(here, coherence=0)
