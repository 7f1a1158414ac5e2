"""The lag in seconds: a planted one is found, an unrelated pair has none, and each n/a has its reason."""

import numpy as np
import pytest

from interbrain.coordination.families.lagged import lagged, lagged_z
from interbrain.coordination.lag import AT_THE_END, NOT_BEYOND, lag_curve
from interbrain.coordination.settings import Settings

RATE = 4
SETTINGS = Settings(n_shifts=99)


def slow(rng, n):
    """Noise that remembers about 2 s."""
    return np.convolve(rng.standard_normal(n + 40), np.exp(-np.arange(40) / 8), "valid")[:n]


def pair(seed, lag_s, sign=1, minutes=15):
    """Therapist and client; the client repeats the therapist after lag_s, with a part of her own."""
    rng, n, lag = np.random.default_rng(seed), round(minutes * 60 * RATE), round(lag_s * RATE)
    whole = slow(rng, n + 2 * abs(lag) + 1)
    begin = abs(lag)
    return whole[begin : begin + n], sign * whole[begin - lag : begin - lag + n] + 0.7 * slow(rng, n)


def curve_of(x, y, settings=SETTINGS, seed=1):
    return lag_curve(lagged(x, y, RATE, settings, np.random.default_rng(seed)), RATE)


@pytest.mark.parametrize("lag_s", [-2.0, 0.0, 0.25, 2.0, 3.5])
@pytest.mark.parametrize("sign", [1, -1])
def test_a_planted_lag_is_found_to_a_sample_and_its_sign_says_who_leads(lag_s, sign):
    found = curve_of(*pair(3, lag_s, sign))
    assert abs(found.peak_s - lag_s) < 0.5 / RATE
    assert found.p == 1 / 100 and not found.reason
    assert found.value[np.searchsorted(found.lag_s, lag_s)] > found.limit.max()


def test_the_curve_is_rmeas_mean_over_windows_at_each_lag():
    x, y = pair(4, 1.0)
    np.testing.assert_allclose(
        curve_of(x, y).value, np.abs(lagged_z(x, y, RATE, SETTINGS)).mean(axis=0), rtol=1e-12
    )


def test_with_the_members_exchanged_the_curve_is_mirrored():
    x, y = pair(5, 1.5)
    np.testing.assert_allclose(curve_of(x, y).value, curve_of(y, x).value[::-1], rtol=1e-12)
    assert curve_of(y, x).peak_s == -1.5


def test_windows_with_missing_samples_leave_the_others_curve():
    x, y = pair(6, 2.0)
    whole = curve_of(x, y)
    y[1000:1100] = np.nan
    z = np.abs(lagged_z(x, y, RATE, SETTINGS))
    gap = curve_of(x, y)
    np.testing.assert_allclose(gap.value, np.nanmean(z, axis=0), rtol=1e-12)
    assert gap.peak_s == whole.peak_s == 2.0


def test_unrelated_series_have_no_lag_but_a_reason():
    rng = np.random.default_rng(8)
    found = curve_of(slow(rng, 3600), slow(rng, 3600))
    assert np.isnan(found.peak_s) and found.p > 0.05 and found.reason == NOT_BEYOND


def test_a_lag_beyond_those_that_are_looked_at_is_not_named():
    found = curve_of(*pair(9, 6.0))
    assert np.isnan(found.peak_s) and found.reason == AT_THE_END.format(lag=5.0)


def test_the_limit_and_p_agree_whether_or_not_a_lag_is_found():
    for seed in range(12):
        rng = np.random.default_rng(seed)
        x = slow(rng, 2400)
        found = curve_of(x, 0.25 * np.roll(x, 6) + slow(rng, 2400))
        assert (found.p <= 0.05) == bool((found.value > found.limit).any())


def test_a_session_too_short_for_shifts_has_no_curve():
    assert curve_of(*pair(10, 1.0, minutes=1.5)) is None
