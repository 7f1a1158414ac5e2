"""What is asked of scipy without its checks has scipy's last digits."""

import numpy as np
import pingouin
import pytest
from scipy import stats

from interbrain.statistics import distributions, power
from interbrain.statistics.permutation import _inverse


@pytest.mark.parametrize("df", [1, 2, 7.5, 40, 999_998])
@pytest.mark.parametrize("x", [-7.0, -0.3, 0.0, 1e-9, 2.1, 60.0, float("inf"), float("nan")])
def test_tails_are_those_of_scipy_to_the_last_digit(df, x):
    same = pytest.approx
    assert distributions.t_sf(x, df) == same(float(stats.t.sf(x, df)), rel=0, abs=0, nan_ok=True)
    assert distributions.t_cdf(x, df) == same(float(stats.t.cdf(x, df)), rel=0, abs=0, nan_ok=True)
    assert distributions.normal_cdf(x) == same(float(stats.norm.cdf(x)), rel=0, abs=0, nan_ok=True)
    assert distributions.f_sf(x, 3, df) == same(float(stats.f.sf(x, 3, df)), rel=0, abs=0, nan_ok=True)


@pytest.mark.parametrize("df", [1, 2, 7.5, 40, 998])
@pytest.mark.parametrize("shift", [-3.0, 0.0, 0.7, 12.0])
def test_the_noncentral_t_and_quantiles_are_those_of_scipy_to_the_last_digit(df, shift):
    for t in (-2.5, 0.0, 0.4, 9.0):
        for ours, theirs in ((distributions.nct_sf, stats.nct.sf), (distributions.nct_cdf, stats.nct.cdf)):
            expected = float(theirs(t, df, shift))  # NaN in a far tail
            assert ours(t, df, shift) == pytest.approx(expected, rel=0, abs=0, nan_ok=True)
    for share in (0.001, 0.025, 0.5, 0.975):
        assert distributions.t_quantile(share, df) == float(stats.t.ppf(share, df))
        assert distributions.t_isf(share, df) == float(stats.t.isf(share, df))


@pytest.mark.parametrize("n", [5, 6, 14, 200, 1_000_000])
def test_the_power_of_a_correlation_is_that_of_pingouin(n):
    for r in (0.0, 0.1, 0.45, 0.9999):
        assert power.power_of_r(r, n) == pytest.approx(pingouin.power_corr(r=r, n=n, alpha=0.05), rel=1e-12)
    assert power.detectable_r(n) == pytest.approx(pingouin.power_corr(n=n, power=0.8, alpha=0.05), rel=1e-9)


def test_the_inverse_of_single_numbers_is_that_of_numpy_to_the_last_digit():
    squares = np.append(np.random.default_rng(1).lognormal(0, 5, 99), 0.0)[:, None, None]
    assert np.array_equal(_inverse(squares), np.linalg.pinv(squares, hermitian=True))
