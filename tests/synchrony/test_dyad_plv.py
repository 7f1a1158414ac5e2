"""One dyad and run: what a few windows, bad channels or nothing at all give."""

import numpy as np
import pytest

from interbrain.epochs import Signal
from interbrain.synchrony import dyad_plv

SETTINGS = {
    "bands": {"theta": [4, 7], "alpha": [8, 12]},
    "length_s": 5,
    "out_sfreq": 100,
    "n_shifts": 7,
    "min_shift_s": 5,
    "seed": [1, 2],
}


def noise(seed, interpolated=()):
    data = np.random.default_rng(seed).standard_normal((3, 250 * 40)) * 1e-5
    return Signal(data, ["Fz", "Cz", "Pz"], 250.0, [], list(interpolated))


def test_interpolated_channels_have_no_synchrony_and_touch_no_other_pair():
    a, b = noise(1), noise(2)
    whole = dyad_plv(a, b, [2, 7, 12], **SETTINGS)
    part = dyad_plv(noise(1, ["Cz"]), noise(2, ["Pz"]), [2, 7, 12], **SETTINGS)
    assert np.isnan(part.plv[:, 1]).all() and np.isnan(part.plv[:, :, 2]).all()
    assert np.array_equal(part.plv[:, ::2, :2], whole.plv[:, ::2, :2])
    assert np.array_equal(part.null[:, :, ::2, :2], whole.null[:, :, ::2, :2])


def test_without_a_window_there_is_no_value_and_no_null():
    found = dyad_plv(noise(1), noise(2), [], **SETTINGS)
    assert found.n_windows == 0 and found.null.shape == (0, 2, 3, 3) and np.isnan(found.plv).all()


def test_two_windows_are_too_few_for_a_shift_but_not_for_a_value():
    found = dyad_plv(noise(1), noise(2), [2, 7], **SETTINGS)
    assert found.n_windows == 2 and found.null.shape == (0, 2, 3, 3) and np.isfinite(found.plv).all()


def test_a_signal_is_locked_to_itself():
    found = dyad_plv(noise(1), noise(1), [2, 7, 12], **SETTINGS)
    assert found.plv[:, range(3), range(3)] == pytest.approx(1, abs=1e-6)


def test_the_chance_level_depends_on_the_seed_only():
    one, two = (dyad_plv(noise(1), noise(2), [2, 7, 12, 17], **SETTINGS) for _ in range(2))
    assert np.array_equal(one.null, two.null)
    other = dyad_plv(noise(1), noise(2), [2, 7, 12, 17], **{**SETTINGS, "seed": [3]})
    assert not np.array_equal(one.null, other.null)
