"""What a study can see: the figures of the design notes, statsmodels, and simulation."""

import numpy as np
import pingouin
import pytest
from statsmodels.stats.power import TTestIndPower

from interbrain.statistics.power import (
    d_interval,
    detectable_d,
    dyads_needed,
    power_of_d,
    power_of_difference,
)


def test_the_paper_s_effect_has_the_size_and_the_interval_that_the_design_notes_name():
    d = np.sqrt(8.30 * (1 / 7 + 1 / 7))
    assert d == pytest.approx(1.54, abs=0.005)
    assert d_interval(d, 7, 7, df=11) == pytest.approx((0.29, 2.74), abs=0.005)


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
    assert f"would need {found['n_for_80']:.0f}" in found["sentence"]


def test_an_effect_whose_direction_is_not_sure_needs_no_number_of_dyads():
    a, b = np.array([1.0, 2.0, 3.0, 4.0]), np.array([1.1, 2.0, 2.9, 4.1])
    found = power_of_difference(a, b)
    assert found["safeguard_d"] == 0 and np.isnan(found["n_for_safeguard"])
    assert np.isnan(dyads_needed(0.0, 0.80))
