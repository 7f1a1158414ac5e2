"""What a study can see: the figures of the design notes, statsmodels, and simulation."""

import numpy as np
import pingouin
import pytest
from scipy.stats import chi2
from statsmodels.stats.power import TTestIndPower

from interbrain.statistics.power import (
    d_interval,
    d_interval_of_contrast,
    detectable_d,
    dyads_needed,
    dyads_needed_for_r,
    power_of_correlation,
    power_of_d,
    power_of_difference,
    power_of_study,
)


def test_the_paper_s_effect_has_the_size_and_the_interval_that_the_design_notes_name():
    found = power_of_study(7, 7, F=8.30, df=11)
    assert found["d"] == pytest.approx(1.54, abs=0.005)
    assert (found["d_low"], found["d_high"]) == pytest.approx((0.29, 2.74), abs=0.005)
    assert found["n_for_80"] == 16
    assert found["safeguard_d"] == pytest.approx(d_interval(found["d"], 7, 7, 0.60, 11)[0])


@pytest.mark.parametrize(("d", "n"), [(1.54, 16), (0.8, 52), (0.5, 128), (-0.8, 52)])
def test_dyads_that_an_effect_needs(d, n):
    assert dyads_needed(d, 0.80) == n


@pytest.mark.parametrize(("d", "n1", "n2"), [(0.5, 10, 4), (1.54, 7, 7), (0.2, 100, 300)])
def test_power_and_its_inverse_are_those_of_statsmodels(d, n1, n2):
    expected = TTestIndPower().power(d, n1, 0.05, ratio=n2 / n1)
    assert power_of_d(d, n1, n2) == pytest.approx(expected, rel=1e-6)
    smallest = detectable_d(n1, n2)
    assert power_of_d(smallest, n1, n2) == pytest.approx(0.80, rel=1e-9)
    solved = TTestIndPower().solve_power(None, n1, 0.05, 0.80, ratio=n2 / n1)
    assert smallest == pytest.approx(float(np.squeeze(solved)), rel=1e-4)


def test_the_interval_of_d_inverts_the_noncentral_t_and_covers_as_often_as_it_says():
    from scipy.stats import nct

    low, high = d_interval(0.9, 8, 6)
    scale = np.sqrt(1 / 8 + 1 / 6)
    assert nct.sf(0.9 / scale, 12, low / scale) == pytest.approx(0.025, rel=1e-6)
    assert nct.cdf(0.9 / scale, 12, high / scale) == pytest.approx(0.025, rel=1e-6)
    rng = np.random.default_rng(5)
    inside = 0
    for _ in range(400):
        a, b = rng.normal(1.2, 1, 7), rng.normal(0, 1, 7)
        low, high = d_interval(pingouin.compute_effsize(a, b, eftype="cohen"), 7, 7)
        inside += low < 1.2 < high
    assert 362 <= inside <= 397  # binomial, 400 x .95, four standard deviations


def test_a_study_s_row_says_what_it_saw_and_what_it_would_need():
    a, b = np.array([0.4, 0.5, 0.6, 0.55, 0.45]), np.array([0.3, 0.42, 0.5, 0.38, 0.35])
    found = power_of_difference(a, b)
    assert found["d"] == pytest.approx(pingouin.compute_effsize(a, b, eftype="cohen"))
    low, _ = d_interval(found["d"], 5, 5, 0.60)
    assert found["safeguard_d"] == pytest.approx(low)
    assert found["n_for_80"] < found["n_for_90"] < found["n_for_safeguard"]
    assert f"needs {found['n_for_safeguard']:.0f} dyads" in found["sentence"]
    assert f" {found['n_for_80']:.0f} dyads" not in found["sentence"]  # observed power plans no study


def test_an_effect_whose_direction_is_not_sure_needs_no_number_of_dyads():
    a, b = np.array([1.0, 2.0, 3.0, 4.0]), np.array([1.1, 2.0, 2.9, 4.1])
    found = power_of_difference(a, b)
    assert found["safeguard_d"] == 0 and np.isnan(found["n_for_safeguard"])
    assert np.isnan(dyads_needed(0.0, 0.80))


@pytest.mark.parametrize("d", [0.05, 0.21, 0.5, 1.0, 2.0, 3.3])
@pytest.mark.parametrize("power", [0.80, 0.90])
def test_dyads_needed_are_the_fewest_of_all_and_those_of_statsmodels(d, power):
    n = dyads_needed(d, power) / 2
    assert power_of_d(d, n, n) >= power > power_of_d(d, n - 1, n - 1)
    solved = TTestIndPower().solve_power(d, None, 0.05, power)
    assert n == np.ceil(np.squeeze(solved))


@pytest.mark.parametrize("n", [2, 3, 150, 2000])
def test_large_effects_and_large_groups_have_a_power(n):
    """scipy's number for the tail that does not matter is NaN there."""
    power = [power_of_d(d, n, n) for d in np.linspace(0, 60, 301)]
    assert power[0] == pytest.approx(0.05) and power[-1] == pytest.approx(1)
    assert (np.diff(power) >= -1e-9).all()
    assert power_of_d(detectable_d(n, n), n, n) == pytest.approx(0.80)
    assert dyads_needed(20.0, 0.90) == 4


def test_the_interval_of_a_very_large_d_goes_on_where_the_noncentral_t_ends():
    """On either side of the change of method, relative to d, the interval is the same."""
    scale = np.sqrt(1 / 7 + 1 / 7)
    below, above = (np.array(d_interval(t * scale, 7, 7)) / t for t in (999.0, 1001.0))
    assert above == pytest.approx(below, rel=1e-5)
    assert d_interval(-5000.0, 7, 7) == pytest.approx(tuple(-x for x in d_interval(5000.0, 7, 7)[::-1]))


def test_an_effect_is_given_once():
    with pytest.raises(ValueError, match="either as d or as F"):
        power_of_study(7, 7)
    with pytest.raises(ValueError, match="either as d or as F"):
        power_of_study(7, 7, d=1.0, F=8.3)


def test_the_paper_s_correlation_and_the_dyads_that_it_needs():
    found = power_of_correlation(-0.67, 14)
    assert (found["r_low"], found["r_high"]) == pytest.approx((-0.89, -0.22), abs=0.005)
    assert found["safeguard_r"] == pytest.approx(np.tanh(np.arctanh(0.67) - 0.8416 / np.sqrt(11)), abs=1e-4)
    assert found["n_for_80"] < found["n_for_90"] < found["n_for_safeguard"]
    assert found["n_for_80"] == 15 and "15 dyads" not in found["sentence"]
    assert "planned for r = .51, the end near zero of the 60% interval" in found["sentence"]
    assert "needs 28 dyads" in found["sentence"]
    unsure = power_of_correlation(0.1, 14)
    assert unsure["safeguard_r"] == 0 and np.isnan(unsure["n_for_safeguard"])
    assert "includes zero: it cannot guide the size of a new study" in unsure["sentence"]
    for r, n in [(1.0, 14), (0.5, 4)]:
        assert np.isnan(power_of_correlation(r, n)["n_for_80"])


@pytest.mark.parametrize(("r", "n"), [(0.1, 782), (0.3, 85), (0.5, 29), (-0.5, 29)])
def test_dyads_that_a_correlation_needs_are_those_of_cohen(r, n):
    """Cohen (1992), Psychological Bulletin 112:155, table 2, within one of his rounding."""
    assert dyads_needed_for_r(r, 0.80) == pytest.approx(n, abs=1)


def test_a_detectable_correlation_is_found_as_often_as_it_is_said():
    rng = np.random.default_rng(8)
    n = 14
    r = power_of_correlation(0.3, n)["detectable_r"]
    x, e = rng.normal(size=(2, 4000, n))
    y = r * x + np.sqrt(1 - r**2) * e
    x, y = (v - v.mean(axis=1, keepdims=True) for v in (x, y))
    found = np.sum(x * y, axis=1) / np.sqrt(np.sum(x**2, axis=1) * np.sum(y**2, axis=1))
    t = np.abs(found) * np.sqrt((n - 2) / (1 - found**2))
    assert np.mean(t > 2.1788) == pytest.approx(0.80, abs=0.035)  # simulation 4 SD .025, and an approximation


@pytest.mark.parametrize("t", [96.0, 300.0, -999.0])
def test_two_dyads_that_agree_almost_exactly_have_an_interval(t):
    """With one degree of freedom, the search for an end began too near, and the analysis stopped."""
    low, high = d_interval_of_contrast(t, 1.0, 1)
    ends = sorted(abs(t) * np.sqrt(chi2.ppf([0.025, 0.975], 1)))
    np.testing.assert_allclose(sorted((abs(low), abs(high))), ends, rtol=0.02)


def test_a_tail_that_scipy_cannot_compute_does_not_stop_the_power():
    from interbrain.statistics.power import _detectable

    assert 0 < _detectable(0.1, 3, 0.8) < 1
