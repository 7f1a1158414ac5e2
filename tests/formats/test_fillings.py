"""Blocks that occur twice, losses that were filled, coarse steps and numbers that overflowed are noted."""

import mne
import numpy as np
import pytest

from interbrain.formats.fillings import mark_fillings
from interbrain.formats.notes import noted

SFREQ, N = 250, 250 * 40
NAMES = ["Fp1", "F3", "Fz", "C3", "Cz", "Pz"]


def eeg(seed=1):
    """Brown noise of 10 µV beside 2 µV of white noise, V."""
    rng = np.random.default_rng(seed)
    slow = np.cumsum(rng.standard_normal((len(NAMES), N)), axis=1)
    slow -= np.array([np.convolve(row, np.ones(500) / 500, "same") for row in slow])
    return 1e-6 * (10 * slow / slow.std() + 2 * rng.standard_normal((len(NAMES), N)))


def marked(data, marks=None):
    """What is said of a recording, and (begin, duration, mark) of what no window may contain."""
    raw = mne.io.RawArray(data, mne.create_info(NAMES, SFREQ, "eeg"), verbose="error")
    if marks:
        raw.set_annotations(mne.Annotations(*marks))
    with noted() as notes:
        mark_fillings(raw)
    found = [(m["onset"], m["duration"], m["description"]) for m in raw.annotations]
    return " | ".join(notes), [mark for mark in found if mark != marks]


def said(data, marks=None):
    told, found = marked(data, marks)
    assert bool(found) <= bool(told)
    return told


@pytest.mark.parametrize("step_uv", [None, 0.1, 1.0, 4.0])
def test_a_whole_recording_is_not_noted_whatever_its_steps(step_uv):
    data = eeg()
    assert marked(data if step_uv is None else 1e-6 * step_uv * np.round(data * 1e6 / step_uv)) == ("", [])


def test_a_block_that_was_sent_twice_is_noted_with_both_places():
    data = eeg()
    told, found = marked(np.concatenate([data[:, :5000], data[:, 4750:]], axis=1))
    assert found == [(20.0, 1.0, "BAD_repeated")]
    assert "from 19.00 s on comes again, to the bit, from 20.00 s on for 1.00 s (1.00 s in all)" in told


def test_a_recording_that_was_looped_is_noted():
    assert "for 19.00 s" in said(np.tile(eeg()[:, :5000], (1, 2)))


@pytest.mark.parametrize("how", ["held", "interpolated", "interpolated and rounded"])
def test_losses_that_were_filled_are_noted_with_how_many(how):
    data = eeg()
    for first in range(1000, 9000, 500):
        ends = data[:, [first - 1, first + 25]]
        share = np.zeros(25) if how == "held" else np.arange(1, 26) / 26
        data[:, first : first + 25] = ends[:, :1] + share * (ends[:, 1:] - ends[:, :1])
    if how.endswith("rounded"):
        data = 1e-7 * np.round(data / 1e-7)
    told, found = marked(data)
    assert "held or run straight 16 times, the first time at 4.0" in told
    assert [kind for *_, kind in found] == 16 * ["BAD_filled"]
    for begin, duration, _ in found:  # a sample more may be on the line by chance
        assert (begin * SFREQ) % 500 == pytest.approx(0, abs=1.1) or (begin * SFREQ) % 500 > 498
        assert duration * SFREQ == pytest.approx(25, abs=2.1)


def test_a_loss_of_seconds_that_was_held_is_marked_too():
    data = eeg()
    data[:, 5000:5500] = data[:, [4999]]
    assert marked(data) == ("", [(20.0, 2.0, "BAD_filled")])  # it is said elsewhere (stillness)


def test_a_gap_that_the_reader_bridged_is_known_and_not_noted():
    data = eeg()
    data[:, 5000:5100] = np.linspace(0, 1e-5, 100)
    assert "straight once" in said(data)
    assert not said(data, marks=(20.0, 0.4, "BAD_acq_skip"))


def test_values_that_are_missing_are_no_block_that_comes_again():
    data = eeg()
    data[:, 4000:4100] = np.nan
    data[2] = np.nan
    assert not said(data)


def test_channels_that_all_hold_one_signal_are_noted():
    data = eeg()
    one = np.tile(5 * data[2], (len(NAMES), 1))
    assert "hold one signal: only 0." in said(
        one + 1e-7 * np.random.default_rng(1).standard_normal(one.shape)
    )
    assert not said(one + data)  # a poor reference that they share


def test_steps_coarser_than_the_eeg_are_noted():
    assert "in steps of 30 µV" in said(3e-5 * np.round(eeg() / 3e-5))


def test_numbers_that_overflowed_are_noted_with_the_channels():
    data = np.round(eeg() / 1e-8).astype(int)
    data[2] = (4 * data[2] + 2**12) % 2**13 - 2**12
    assert "Fz of 6 EEG channels steps from one end" in said(1e-8 * data)
