"""Synchrony at every lag: a known delay and its sign, mirrored members, the ordinary estimators."""

import numpy as np
import pytest

from interbrain.metrics.estimators.envelopes import aec
from interbrain.metrics.estimators.locking import plv
from interbrain.metrics.lags import lag_curves
from interbrain.rhythms.phase import band_signals, unit_phasors

N = 100
LAGS = np.arange(-60, 61, 5)
STARTS = [100, 200, 350, 700]


def noise(seed, n_channels=2, n_times=1000):
    rng = np.random.default_rng(seed)
    return band_signals(rng.standard_normal((n_channels, n_times)), 100, [(8, 12)], 100)


def delayed(signal, by):
    """The same signal `by` samples later."""
    return np.roll(signal, by, axis=-1)


def test_where_the_client_follows_by_200_ms_the_peak_of_both_curves_is_at_plus_200_ms():
    therapist = noise(1, 1)
    curves = lag_curves(therapist, delayed(therapist, 20), STARTS, N, LAGS)
    for name, curve in curves.items():
        assert LAGS[curve[:, 0, 0, 0].argmax()] == 20, name
        assert curve[LAGS == 20, 0, 0, 0] == pytest.approx(1, abs=1e-5), name


def test_exchanged_members_give_the_same_curve_mirrored():
    a, b = noise(1), noise(2, 3)
    one, other = lag_curves(a, b, STARTS, N, LAGS), lag_curves(b, a, STARTS, N, LAGS)
    for name in one:
        assert one[name] == pytest.approx(other[name][::-1].swapaxes(2, 3), abs=1e-5), name


@pytest.mark.parametrize("lag", [-60, -5, 0, 35])
def test_every_lag_is_the_ordinary_estimator_of_windows_that_are_cut_at_that_lag(lag):
    a, b = noise(1), noise(2, 3)
    curves = lag_curves(a, b, STARTS, N, LAGS)

    def cut(x, shift):
        return np.stack([x[:, :, s + shift : s + shift + N] for s in STARTS], axis=1)

    for name, estimator, as_needed in (("plv", plv, unit_phasors), ("aec", aec, np.array)):
        ahead = estimator(as_needed(cut(a, 0)), as_needed(cut(b, lag))).mean(axis=1)
        behind = estimator(as_needed(cut(a, -lag)), as_needed(cut(b, 0))).mean(axis=1)
        assert curves[name][lag == LAGS][0] == pytest.approx((ahead + behind) / 2, abs=2e-5), name


def test_amplitudes_that_go_against_each_other_are_at_minus_one_and_not_beyond():
    course = np.random.default_rng(0).standard_normal((1, 20, 300))
    curve = lag_curves(np.exp(course + 0j), np.exp(-course + 0j), STARTS[:2], N, [0], ("aec",))["aec"][0, 0]
    assert np.diag(curve) == pytest.approx(-1, abs=1e-9) and curve.min() >= -1


def test_without_coupling_the_curve_is_as_high_at_far_lags_as_at_zero():
    a, b = noise(3, 12, 20_000), noise(4, 12, 20_000)
    curves = lag_curves(a, b, np.arange(200, 19_000, N), N, np.array([-60, -30, 0, 30, 60]))
    levels = curves["plv"].mean(axis=(1, 2, 3))
    assert np.ptp(levels) < 0.01 and 0.3 < levels.mean() < 0.5
    assert np.abs(curves["aec"].mean(axis=(1, 2, 3))).max() < 0.02


def test_a_channel_without_a_signal_is_nan_and_touches_no_other():
    a, b = noise(1), noise(2)
    whole = lag_curves(a, b, STARTS, N, LAGS)
    a[:, 1, 150] = np.nan
    part = lag_curves(a, b, STARTS, N, LAGS)
    for name in whole:
        assert np.isnan(part[name][:, :, 1]).all(), name
        assert np.array_equal(part[name][:, :, 0], whole[name][:, :, 0]), name


def test_what_does_not_depend_on_how_many_windows_are_worked_on_at_once(monkeypatch):
    a, b = noise(1), noise(2)
    whole = lag_curves(a, b, STARTS, N, LAGS)
    monkeypatch.setattr("interbrain.metrics.lags.PRODUCTS_AT_ONCE", 1)
    for name, curve in lag_curves(a, b, STARTS, N, LAGS).items():
        assert curve == pytest.approx(whole[name], abs=1e-6)


def test_without_a_window_there_is_no_curve_and_a_window_at_the_edge_is_refused():
    empty = lag_curves(noise(1), noise(2), [], N, LAGS)
    assert empty["plv"].shape == (len(LAGS), 1, 2, 2) and np.isnan(empty["aec"]).all()
    for start in (59, 841):
        with pytest.raises(ValueError, match="fewer than 60 samples"):
            lag_curves(noise(1), noise(2), [start], N, LAGS)
