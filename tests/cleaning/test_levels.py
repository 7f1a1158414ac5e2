"""Potentials that differ on either side of what was not measured are brought to one level."""

import mne
import numpy as np
import pytest

from interbrain.cleaning.levels import level

SFREQ = 100


def levelled(steps, *marks):
    """Noise of 10 µV whose potential changes by `steps` (at s: V); as it was without them, and levelled."""
    rng = np.random.default_rng(4)
    noise = 1e-5 * rng.standard_normal((3, 60 * SFREQ))
    data = noise.copy()
    for at, size in steps.items():
        data[:, round(at * SFREQ) :] += size * np.array([[1], [-2], [0.5]])
    raw = mne.io.RawArray(data, mne.create_info(3, SFREQ, "eeg"), verbose="error")
    raw.set_annotations(mne.Annotations(*zip(*marks, strict=True)))
    level(raw)
    return noise, raw.get_data()


@pytest.mark.parametrize(
    "mark", [(30.0, 0.0, "BAD_join"), (30.0, 0.5, "BAD_acq_skip"), (30.0, 0.5, "BAD_cms")]
)
def test_a_step_of_the_potential_is_taken_out_and_nothing_else(mark):
    noise, found = levelled({30.0: 5e-3}, mark)
    assert found[:, : 30 * SFREQ] == pytest.approx(noise[:, : 30 * SFREQ], abs=1e-15)
    after = round((30 + mark[1]) * SFREQ)
    offsets = (found - noise)[:, after:]
    assert np.ptp(offsets, axis=1).max() < 1e-12 and np.abs(offsets).max() < 1e-5
    if after > 30 * SFREQ:
        assert np.abs(np.diff(found[:, 30 * SFREQ : after], n=2)).max() < 1e-12


def test_at_an_end_the_nearest_level_is_held_and_joins_add_up():
    _, found = levelled(
        {0.0: 1.0, 2.0: -1.0, 20.0: 3e-3, 40.0: 4e-3},
        (0.0, 2.0, "BAD_cms"),
        (20.0, 0.0, "BAD_join"),
        (40.0, 0.0, "BAD_join"),
    )
    assert np.ptp(found[:, : 2 * SFREQ], axis=1).max() == 0
    assert np.abs(found).max() < 1e-4


def test_other_marks_change_nothing():
    noise, found = levelled({30.0: 5e-3}, (30.0, 1.0, "BAD_muscle"), (31.0, 0.0, "a note"))
    assert np.abs(found[:, 31 * SFREQ :] - noise[:, 31 * SFREQ :]).max() > 2e-3
