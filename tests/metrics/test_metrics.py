"""PLV against HyPyP's numbers, a slow and obvious formula, closed forms and its symmetries; ROI means."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.special import i0e, i1e

from interbrain.metrics import roi_mean
from interbrain.metrics.estimators.locking import plv

DATA = Path(__file__).parent / "data"
TYPES = pytest.mark.parametrize("dtype", [np.complex64, np.complex128])


def phasors(*shape, seed=0, dtype=np.complex128):
    return np.exp(2j * np.pi * np.random.default_rng(seed).random(shape)).astype(dtype)


def plv_one_pair_at_a_time(a, b):
    values = np.empty((*a.shape[:2], a.shape[2], b.shape[2]))
    for band, epoch, i, k in np.ndindex(values.shape):
        lag = np.angle(a[band, epoch, i]) - np.angle(b[band, epoch, k])
        values[band, epoch, i, k] = np.hypot(np.cos(lag).mean(), np.sin(lag).mean())
    return values


def from_analytic(z):
    """(epochs, bands, times) to unit phasors (bands, epochs, one channel, times)."""
    return (z / np.abs(z)).swapaxes(0, 1)[:, :, None]


def test_plv_equals_hypyp_on_two_epochs():
    reference = np.load(DATA / "plv_crosscheck_two_epochs.npz")
    value = plv(from_analytic(reference["z1"]), from_analytic(reference["z2"]))
    assert value.dtype == np.float64
    np.testing.assert_allclose(value[:, :, 0, 0], reference["plv"], rtol=0, atol=1e-12)


@pytest.mark.parametrize(("dtype", "tolerance"), [(np.complex128, 1e-12), (np.complex64, 1e-6)])
def test_plv_equals_hypyp_on_all_reference_epochs(shared, dtype, tolerance):
    with np.load(shared / "reference" / "plv_crosscheck.npz") as reference:
        z1, z2 = reference["z1_continuous"], reference["z2_continuous"]
        expected = reference["plv_continuous"][:, : len(z1)]
    value = plv(from_analytic(z1).astype(dtype), from_analytic(z2).astype(dtype))[:, :, 0, 0]
    np.testing.assert_allclose(value, expected, rtol=0, atol=tolerance)


@pytest.mark.parametrize(("dtype", "tolerance"), [(np.complex128, 1e-13), (np.complex64, 5e-7)])
def test_plv_equals_the_slow_formula_and_keeps_precision(dtype, tolerance):
    a, b = phasors(2, 3, 5, 101, seed=1, dtype=dtype), phasors(2, 3, 4, 101, seed=2, dtype=dtype)
    value = plv(a, b)
    assert value.shape == (2, 3, 5, 4)
    assert value.dtype == np.empty(0, dtype).real.dtype
    np.testing.assert_allclose(value, plv_one_pair_at_a_time(a, b), rtol=0, atol=tolerance)


small = st.tuples(*[st.integers(1, 3)] * 2, st.integers(1, 4), st.integers(2, 40))


@st.composite
def two_members(draw):
    n_bands, n_epochs, n_channels, n_times = draw(small)
    n_channels_b = draw(st.integers(1, 4))
    phase = st.floats(-3, 3)
    members = []
    for n in (n_channels, n_channels_b):
        angle = draw(arrays(float, (n_bands, n_epochs, n, n_times), elements=phase))
        angle[..., -1] = 3.1  # a channel that does not change at all is missing
        members.append(np.exp(1j * angle))
    return tuple(members)


@given(two_members(), st.floats(-10, 10), st.floats(-10, 10))
def test_plv_is_bounded_symmetric_and_blind_to_constant_phases(members, turn_a, turn_b):
    a, b = members
    value = plv(a, b)
    assert ((value >= 0) & (value <= 1)).all()
    np.testing.assert_allclose(plv(b, a).swapaxes(-1, -2), value, atol=1e-13)
    # constant over time, so also constant lags between the members
    np.testing.assert_allclose(plv(a * np.exp(1j * turn_a), b * np.exp(1j * turn_b)), value, atol=1e-12)


@given(two_members())
def test_a_phase_course_that_both_share_changes_nothing(members):
    a, b = members
    course = np.exp(1j * np.linspace(0, 7, a.shape[-1]) ** 2)
    np.testing.assert_allclose(plv(a * course, b * course), plv(a, b), atol=1e-12)


@TYPES
def test_a_signal_is_locked_to_itself_and_to_its_delayed_self(dtype):
    a = phasors(2, 3, 4, 500, dtype=dtype)
    lagged = (a * np.exp(1j * np.array([0.3, 1, 2, 3]))[:, None]).astype(dtype)
    for b in (a, lagged):
        diagonal = np.diagonal(plv(a, b), axis1=-2, axis2=-1)
        np.testing.assert_allclose(diagonal, 1, atol=1e-6)
        assert (diagonal <= 1).all()


@TYPES
def test_opposite_halves_cancel_to_zero(dtype):
    a = phasors(1, 1, 1, 200, dtype=dtype)
    b = a * np.repeat([1, -1], 100)
    assert plv(a, b.astype(dtype))[0, 0, 0, 0] < 1e-6


@pytest.mark.parametrize("kappa", [0.5, 2.0, 4.0])
def test_a_von_mises_phase_difference_has_plv_i1_over_i0(kappa):
    rng = np.random.default_rng(int(10 * kappa))
    n_times, n_epochs = 2000, 400
    a = phasors(1, n_epochs, 1, n_times, seed=5)
    b = a * np.exp(1j * rng.vonmises(0.4, kappa, size=a.shape))
    squared = plv(a, b).ravel() ** 2
    expected = i1e(kappa) / i0e(kappa)
    # E[PLV^2] = P^2 + (1 - P^2) / n exactly: the upward bias is part of the truth
    error = squared.mean() - (expected**2 + (1 - expected**2) / n_times)
    assert abs(error) < 4 * squared.std(ddof=1) / np.sqrt(n_epochs)
    assert plv(a, b).mean() == pytest.approx(expected, abs=5e-3)


def test_no_coupling_has_the_bias_that_methods_states():
    squared = plv(phasors(1, 200, 4, 100, seed=1), phasors(1, 200, 4, 100, seed=2)) ** 2
    standard_error = 0.01 / np.sqrt(squared.size)  # n PLV^2 is about exponential with mean 1; n = 100
    assert abs(squared.mean() - 1 / 100) < 4 * standard_error


@TYPES
@pytest.mark.parametrize("n_channels", [3, 32, 61])
def test_a_nan_channel_spoils_its_own_pairs_only(dtype, n_channels):
    a, b = phasors(2, 3, n_channels, 130, seed=1, dtype=dtype), phasors(2, 3, 32, 130, seed=2, dtype=dtype)
    clean = plv(a, b)
    a[:, :, 1] = np.nan
    b[0, 2, 30, 7] = np.nan
    value = plv(a, b)
    expected_nan = np.zeros(value.shape, bool)
    expected_nan[:, :, 1] = True
    expected_nan[0, 2, :, 30] = True
    assert np.array_equal(np.isnan(value), expected_nan)
    assert np.array_equal(value[~expected_nan], clean[~expected_nan])


def test_a_roi_mean_is_the_mean_over_its_channel_pairs():
    values = np.random.default_rng(0).random((2, 3, 6, 7))
    mean, n_pairs = roi_mean(values, [0, 4], [1, 2, 6])
    by_hand = sum(values[..., i, k] for i in (0, 4) for k in (1, 2, 6)) / 6
    np.testing.assert_allclose(mean, by_hand, rtol=1e-14)
    assert (n_pairs == 6).all()


def test_a_roi_mean_leaves_out_pairs_without_value_and_counts_the_rest():
    values = np.random.default_rng(0).random((2, 4, 4)).astype(np.float32)
    values[:, 1] = np.nan
    values[1, :, 2] = np.nan
    mean, n_pairs = roi_mean(values, [0, 1], [2, 3])
    assert n_pairs.tolist() == [2, 1]
    np.testing.assert_allclose(mean, [values[0, 0, 2:].mean(), values[1, 0, 3]], rtol=1e-6)
    mean, n_pairs = roi_mean(values, [1], [0, 1, 2])
    assert np.isnan(mean).all() and (n_pairs == 0).all()
    mean, n_pairs = roi_mean(values, [], [0])
    assert np.isnan(mean).all() and (n_pairs == 0).all()


@pytest.mark.parametrize("rows", [[4], [-1]])
def test_a_roi_channel_that_does_not_exist_is_refused(rows):
    with pytest.raises(ValueError, match="not all among the 4 channels"):
        roi_mean(np.zeros((4, 4)), rows, [0])
