"""Cuts, joins and epochs without a mark are noted; recordings that are whole are not."""

from functools import cache

import mne
import numpy as np
import pytest

from interbrain.formats.measured import mark_unmeasured
from interbrain.formats.notes import noted
from interbrain.formats.splices import splices
from interbrain.simulate import Artifacts, Member, simulate_recording

SFREQ, SECONDS = 250, 60


@cache
def person(seed=1):
    """A minute with blinks, saccades, muscles and a heart; shape (n_channels, n_times), and the names."""
    planted = Artifacts(blinks_per_minute=15, saccades_per_minute=20, muscle_bursts_per_minute=6, heart_uv=5)
    raw = simulate_recording(
        Member(mains_uv=5, artifacts=planted), seed=[seed], duration_s=SECONDS, sfreq=SFREQ
    )
    raw = raw.raw.pick("eeg")
    return raw.get_data(), raw.ch_names


def found_in(data, sfreq=SFREQ, marked=None):
    raw = mne.io.RawArray(data, mne.create_info(person()[1], sfreq, "eeg"), verbose="error")
    if marked:
        raw.set_annotations(mne.Annotations(*marked))
    return splices(raw)


def joins_of(data):
    """Where no window may be: seconds of the marks that say so."""
    raw = mne.io.RawArray(data, mne.create_info(person()[1], SFREQ, "eeg"), verbose="error")
    with noted():
        mark_unmeasured(raw)
    assert set(raw.annotations.description) <= {"BAD_join"}
    assert not raw.annotations.duration.any()
    return raw.annotations.onset


@pytest.mark.parametrize("seed", [1, 2])
def test_blinks_muscles_and_hearts_are_no_cuts(seed):
    found = found_in(person(seed)[0])
    assert not found.at_s and found.epoch_s is None and not len(joins_of(person(seed)[0]))


def test_seconds_cut_out_without_a_mark_are_noted_with_their_instant():
    data = np.delete(person()[0], slice(30 * SFREQ, 34 * SFREQ), axis=1)
    assert found_in(data).at_s == pytest.approx((30.0,), abs=0.02)
    raw = mne.io.RawArray(data, mne.create_info(person()[1], SFREQ, "eeg"), verbose="error")
    with noted() as notes:
        mark_unmeasured(raw)
    assert "jump at one instant, 30.0" in " ".join(notes)
    assert joins_of(data) == pytest.approx([30.0])


def test_what_is_marked_as_bad_there_is_known_and_not_noted():
    data = np.delete(person()[0], slice(30 * SFREQ, 34 * SFREQ), axis=1)
    assert not found_in(data, marked=(29.8, 0.4, "BAD_acq_skip")).at_s


@pytest.mark.parametrize("lowpass", [None, 45])
def test_epochs_that_were_joined_are_known_by_their_length(lowpass):
    data = person()[0]
    if lowpass:
        data = mne.filter.filter_data(data, SFREQ, 0.5, lowpass, verbose="error")
    epochs = [data[:, k : k + 2 * SFREQ] for k in range(0, data.shape[1], 3 * SFREQ)]
    joined = np.concatenate([e - e.mean(axis=1, keepdims=True) for e in epochs], axis=1)
    assert found_in(joined).epoch_s == pytest.approx(2.0, abs=1 / SFREQ)
    assert joins_of(joined) == (
        pytest.approx(np.arange(2.0, 40.0, 2.0))
        if lowpass is None
        else pytest.approx(np.arange(2.0, 40.0, 2.0), abs=0.01)
    )


def test_a_part_of_another_person_is_noted():
    data = np.hstack([person(1)[0][:, : 25 * SFREQ], person(2)[0][:, 25 * SFREQ :]])
    assert found_in(data).at_s == pytest.approx((25.0,), abs=0.02)


def test_few_channels_or_seconds_say_nothing():
    data, names = person()
    few = mne.io.RawArray(data[:4], mne.create_info(names[:4], SFREQ, "eeg"), verbose="error")
    assert splices(few).at_s == () and found_in(data[:, : 10 * SFREQ]).at_s == ()


def test_offsets_and_one_noisy_channel_are_no_cut():
    """The median of channels that offsets keep apart would be one channel, the noisy one, in all of them."""
    data, names = person()
    offsets = np.linspace(-0.02, 0.02, len(names))[:, None]
    offsets[len(names) // 2] = 0
    data = data + offsets
    data[len(names) // 2] += 8e-5 * np.random.default_rng(2).standard_normal(data.shape[1])
    assert found_in(data).at_s == ()
