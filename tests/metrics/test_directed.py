"""Granger causality against closed forms, statsmodels, and what it must not depend on."""

import numpy as np
import pytest
from scipy.signal import lfilter
from statsmodels.tsa.api import VAR

from interbrain.metrics.directed import fitted, granger

SFREQ = 80
BANDS = {"theta": (4, 7), "alpha": (8, 12)}
POLE = 0.9 * np.exp(2j * np.pi * 10 / SFREQ)  # a rhythm at 10 Hz
RHYTHM = (2 * POLE.real, -(abs(POLE) ** 2))


def one_way(seed, coupling=0.5, n_windows=60, n_times=400):
    """a is a rhythm; b is a slower process that a drives with a lag of one sample."""
    noise = np.random.default_rng(seed).standard_normal((2, n_windows, n_times + 200))
    a = lfilter([1], [1, -RHYTHM[0], -RHYTHM[1]], noise[0])
    driven = noise[1].copy()
    driven[:, 1:] += coupling * a[:, :-1]
    b = lfilter([1], [1, -0.5], driven)
    return a[:, 200:], b[:, 200:]


def expected(coupling, low, high):
    z = np.exp(-2j * np.pi * np.linspace(low, high, 1000) / SFREQ)
    a = 1 / (1 - RHYTHM[0] * z - RHYTHM[1] * z**2)
    b = 1 / (1 - 0.5 * z)
    return np.log1p(np.abs(b * coupling * z * a) ** 2 / np.abs(b) ** 2).mean()


@pytest.mark.parametrize("coupling", [0.1, 0.5])
def test_a_one_way_influence_has_its_closed_form_value_and_none_back(coupling):
    a, b = one_way(1, coupling, n_windows=400)
    found = granger(a, b, SFREQ, BANDS, order=2)
    truth = [expected(coupling, *edges) for edges in BANDS.values()]
    assert found.to_b == pytest.approx(truth, rel=0.05)
    assert (found.to_a < 0.004).all() and (found.to_a >= 0).all()
    turned = granger(b, a, SFREQ, BANDS, order=2)
    assert turned.to_a == pytest.approx(found.to_b) and turned.to_b == pytest.approx(found.to_a)


@pytest.mark.parametrize("shared", [0.6, -0.3])
def test_over_all_frequencies_it_is_what_the_others_past_takes_from_the_variance_of_prediction(shared):
    """Geweke's identity, with noise that both share at the same instant: b alone is a moving average.

    The identity holds where |coupling * shared / size| < 1; else it is an upper bound.
    """
    coupling, size = 1.0, 0.8
    rng = np.random.default_rng(6)
    a, own = rng.standard_normal((2, 400, 402))
    noise = size * (shared * a + np.sqrt(1 - shared**2) * own)
    b = noise[:, 1:] + coupling * a[:, :-1]
    variance, neighbours = size**2 + coupling**2, coupling * shared * size
    alone = (variance + np.sqrt(variance**2 - 4 * neighbours**2)) / 2  # of what b's own past leaves
    found = granger(a[:, 1:], b, SFREQ, {"all": (0, SFREQ / 2)}, order=1)
    assert found.to_b[0] == pytest.approx(np.log(alone / size**2), rel=0.02)
    assert 0 <= found.to_a[0] < 0.001


def test_time_reversed_a_true_influence_turns():
    found = granger(*one_way(2), SFREQ, BANDS, order=10)
    assert (found.to_b - found.to_a)[1] > 1
    assert (found.to_b_reversed - found.to_a_reversed)[1] < 0


def test_a_difference_in_noise_alone_seems_to_lead_until_time_is_reversed():
    # Both hold one and the same rhythm: there is no direction.
    rng = np.random.default_rng(3)
    common, _ = one_way(3)
    common /= common.std()
    clean, noisy = (common + level * rng.standard_normal(common.shape) for level in (0.1, 1))
    found = granger(clean, noisy, SFREQ, BANDS, order=10)
    net, back = found.to_b - found.to_a, found.to_b_reversed - found.to_a_reversed
    assert net[1] > 0.1
    assert abs(net[1] - back[1]) < 0.1 * net[1]


def test_coefficients_and_noise_are_those_of_statsmodels():
    a, b = one_way(4, n_windows=1)
    x = np.stack([a, b]) - np.stack([a, b]).mean(axis=2, keepdims=True)
    coefficients, noise = fitted(x, 3)
    reference = VAR(x[:, 0].T).fit(3, trend="n")
    assert coefficients == pytest.approx(reference.coefs, abs=1e-9)
    assert noise == pytest.approx(reference.sigma_u, abs=1e-9)


def test_no_lag_reaches_across_the_border_of_a_window():
    a, b = one_way(5, n_windows=12)
    order = np.random.default_rng(5).permutation(12)
    found, mixed = granger(a, b, SFREQ, BANDS, 10), granger(a[order], b[order], SFREQ, BANDS, 10)
    assert mixed.to_b == pytest.approx(found.to_b) and mixed.to_a == pytest.approx(found.to_a)
    # A lag of a whole window would tell these apart; within windows they hold nothing of each other.
    later = granger(a[:-1], a[1:], SFREQ, BANDS, 10)
    assert (later.to_b < 5 * later.without_coupling).all()


def test_independent_signals_give_order_over_samples_on_average():
    whole = {"all": (0.01, SFREQ / 2 - 0.01)}
    rng = np.random.default_rng(6)
    found = [granger(*rng.standard_normal((2, 12, 400)), SFREQ, whole, 10) for _ in range(40)]
    values = [value for one in found for value in (*one.to_b, *one.to_a)]
    assert np.mean(values) == pytest.approx(found[0].without_coupling, rel=0.15)


def test_units_and_offsets_do_not_matter():
    a, b = one_way(7, n_windows=12)
    found = granger(a, b, SFREQ, BANDS, 10)
    scaled = granger(a * 1e-6 + 3e-6, b * 1e-5, SFREQ, BANDS, 10)
    assert scaled.to_b == pytest.approx(found.to_b, rel=1e-6)


@pytest.mark.parametrize(
    ("n_windows", "n_times", "order", "few"),
    [(12, 400, 20, False), (9, 400, 20, True), (12, 36, 20, True), (0, 400, 20, True), (12, 15, 20, True)],
)
def test_few_windows_or_samples_a_coefficient_are_said(n_windows, n_times, order, few):
    a, b = one_way(8, n_windows=n_windows, n_times=n_times)
    found = granger(a, b, SFREQ, BANDS, order)
    assert bool(found.note) == few
    assert found.n_parameters == 83
    if n_windows * (n_times - order) <= 2 * order:
        assert np.isnan(found.to_b).all() and np.isnan(found.to_a_reversed).all()


def test_copies_flat_signals_and_missing_values_have_no_value():
    a, b = one_way(9, n_windows=12)
    gap = b.copy()
    gap[3, 7] = np.nan
    for other in (a, np.zeros_like(a), gap):
        found = granger(a, other, SFREQ, BANDS, 10)
        assert np.isnan(found.to_b).all() and np.isnan(found.to_a).all()


def test_signals_of_different_shape_are_an_error():
    a, b = one_way(10, n_windows=12)
    with pytest.raises(ValueError, match="n_windows, n_times"):
        granger(a, b[:-1], SFREQ, BANDS, 10)
    with pytest.raises(ValueError, match="1 lag"):
        granger(a, b, SFREQ, BANDS, 0)
