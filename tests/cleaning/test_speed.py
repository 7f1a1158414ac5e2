"""What is computed in another way than the packages do, because it is faster, has their last digits."""

import numpy as np
import pytest
from mne_icalabel.iclabel import _utils, features
from picard import densities

from interbrain.cleaning.components import Tanh
from interbrain.cleaning.topographies import biharmonic, interpolated_at_once


@pytest.mark.parametrize("n_channels", [8, 19, 32, 61])
def test_the_interpolation_of_topographies_has_the_last_digits_of_mne_icalabel(n_channels):
    rng = np.random.default_rng(n_channels)
    x, y = rng.uniform(-0.5, 0.5, (2, 1, n_channels))
    at = np.meshgrid(np.linspace(-0.5, 0.5, 15), np.linspace(-0.5, 0.4, 13))
    x[0, 0], y[0, 0] = at[0][1, 2], at[1][1, 2]  # an electrode at a point
    x[0, 1], y[0, 1] = x[0, 2], y[0, 2]  # two at one place
    values = rng.standard_normal((n_channels, 1))
    ours, theirs = biharmonic(x, y, values, *at), _utils._gdatav4(x, y, values, *at)
    assert np.isfinite(ours[2]).all()
    assert all(np.array_equal(one, other) for one, other in zip(ours, theirs, strict=True))


def test_mne_icalabel_has_its_own_interpolation_again_afterwards():
    own = features._gdatav4
    with pytest.raises(ZeroDivisionError), interpolated_at_once():
        assert features._gdatav4 is biharmonic
        raise ZeroDivisionError
    assert features._gdatav4 is own is _utils._gdatav4


def test_the_density_has_the_last_digits_of_picard(monkeypatch):
    monkeypatch.setattr(densities, "ne", None)  # numexpr has others, where it is installed
    sources = np.random.default_rng(1).standard_normal((5, 10001)) * [[0.1], [1], [5], [30], [1000]]
    assert np.array_equal(Tanh().log_lik(sources), densities.Tanh().log_lik(sources))
    for ours, theirs in zip(
        Tanh().score_and_der(sources), densities.Tanh().score_and_der(sources), strict=True
    ):
        assert np.array_equal(ours, theirs)
