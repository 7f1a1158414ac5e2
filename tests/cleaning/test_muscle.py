"""Bursts that the components leave are marked where they are, and nothing else is."""

import mne
import numpy as np
import pytest

from interbrain.cleaning.muscle import muscle_band, muscle_spans

from .conftest import ROIS

SFREQ = 250.0


def noise(n_channels=32, seconds=120, seed=1):
    rng = np.random.default_rng(seed)
    data = 1e-6 * rng.standard_normal((n_channels, round(seconds * SFREQ)))
    return mne.io.RawArray(data, mne.create_info(n_channels, SFREQ, "eeg"), verbose="error")


def test_a_burst_at_eight_of_32_channels_is_marked_where_it_is():
    raw = noise()
    raw._data[:8, round(40.2 * SFREQ) : round(42.1 * SFREQ)] *= 6
    (start, stop), *more = muscle_spans(raw, (55, 95), 6)
    assert more == []
    assert (start, stop) == (40.0, 42.5) or (40.0 <= start <= 40.5 and 41.5 <= stop <= 42.5)


@pytest.mark.parametrize("seed", range(5))
def test_noise_that_does_not_change_has_no_burst(seed):
    assert muscle_spans(noise(seed=seed), (55, 95), 6) == []


def test_a_burst_of_alpha_is_not_muscle():
    raw = noise()
    part = slice(round(30 * SFREQ), round(35 * SFREQ))
    raw._data[:, part] += 50e-6 * np.sin(2 * np.pi * 10 * raw.times[part])
    assert muscle_spans(raw, (55, 95), 6) == []


def test_what_is_marked_on_a_whole_recording_lies_within_planted_bursts(undone):
    notes = [n for n in undone.cleaned.raw.annotations if n["description"] == "BAD_muscle"]
    bursts = [p for p in undone.planted.truth["planted"] if p["kind"] == "muscle"]
    assert bursts
    for note in notes:
        overlap = [
            min(note["onset"] + note["duration"], b["onset_s"] + b["duration_s"])
            - max(note["onset"], b["onset_s"])
            for b in bursts
        ]
        assert max(overlap) > 0, note
    marked = sum(n["duration"] for n in notes)
    assert undone.cleaned.account["MuscleSeconds"] == pytest.approx(marked)


def test_no_burst_is_left_that_is_neither_marked_nor_at_the_quiet_level(undone):
    """20 to 40 Hz at the ROI channels: where a planted burst was not marked, the components took it away."""
    picks = [c for names in ROIS.values() for c in names]
    signal = mne.filter.filter_data(undone.cleaned.raw.get_data(picks=picks), 250, 20, 40, verbose="error")
    times = undone.cleaned.raw.times
    marked, planted = np.zeros((2, len(times)), bool)
    for note in undone.cleaned.raw.annotations:
        marked |= (times >= note["onset"]) & (times < note["onset"] + note["duration"])
    for burst in undone.planted.truth["planted"]:
        if burst["kind"] == "muscle":
            planted |= (times >= burst["onset_s"]) & (times < burst["onset_s"] + burst["duration_s"])
    left, quiet = signal[:, planted & ~marked], signal[:, ~planted & ~marked]
    assert left.shape[1] > 0
    assert left.std() < 1.15 * quiet.std()


@pytest.mark.parametrize(
    "line, sfreq, recorded, expected",
    [(50, 250, 1000, (55, 95)), (60, 250, 500, (65, 95)), (60, 250, 160, (65, 72)), (50, 100, 500, None)],
)
def test_muscles_are_looked_for_between_the_mains_and_their_harmonic_as_far_as_the_rates_reach(
    line, sfreq, recorded, expected
):
    assert muscle_band(line, sfreq, recorded) == expected
