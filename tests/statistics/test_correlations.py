"""The correlation against the reference, by exact construction, and its refusals."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from interbrain.statistics import DesignError, correlation, holm


def pairs_with_exactly(r, n, seed=0):
    rng = np.random.default_rng(seed)
    x, e = rng.normal(size=(2, n))
    x = (x - x.mean()) / x.std()
    e = e - e.mean() - x * (x @ e) / n
    return x, r * x + np.sqrt(1 - r**2) * e / e.std()


def bayes_factor_by_integration(r, n):
    """Jeffreys' exact likelihood of r, averaged over a flat prior of rho, against rho = 0 (Ly 2016)."""

    def likelihood(rho):
        from scipy.special import hyp2f1

        shape = (1 - rho**2) ** ((n - 1) / 2) * (1 - rho * r) ** (1.5 - n)
        return shape * hyp2f1(0.5, 0.5, n - 0.5, (1 + rho * r) / 2)

    return integrate.quad(lambda rho: likelihood(rho) / 2, -1, 1)[0] / likelihood(0)


@pytest.mark.parametrize("difference", ["signed", "absolute"])
def test_agreement_with_central_alpha_is_as_in_the_reference(reference, difference):
    data = reference["frames"]["times"]
    here = data[(data["roi"] == "central") & (data["band"] == "alpha")]
    dyads = here.groupby("dyad").agg(plv=("plv", "mean"), wai_t=("wai_t", "first"), wai_c=("wai_c", "first"))
    agreement = dyads["wai_t"] - dyads["wai_c"]
    found = correlation(agreement.abs() if difference == "absolute" else agreement, dyads["plv"])
    expected = reference["wai_central_alpha"][difference]
    assert found["n"] == 14
    assert found["r"] == pytest.approx(expected["r"], rel=1e-6)
    assert found["p"] == pytest.approx(expected["p"], rel=1e-6)
    assert [found["ci_low"], found["ci_high"]] == pytest.approx(expected["ci95"], rel=1e-6)


def test_the_paper_s_correlations_give_its_p_values_and_the_interval_of_fisher(paper):
    printed = [row for row in paper if "r" in row]
    assert [row["r"] for row in printed] == [-0.67, -0.49]
    for row in printed:
        found = correlation(*pairs_with_exactly(row["r"], row["n"]))
        assert found["r"] == pytest.approx(row["r"], rel=1e-12)
        assert found["p"] == pytest.approx(row["recomputed"], abs=5e-5)
        interval = np.tanh(np.arctanh(row["r"]) + stats.norm.ppf([0.025, 0.975]) / np.sqrt(11))
        assert [found["ci_low"], found["ci_high"]] == pytest.approx(list(interval), rel=1e-9)
    central_alpha = correlation(*pairs_with_exactly(-0.67, 14))
    assert [round(central_alpha[name], 2) for name in ("ci_low", "ci_high")] == [-0.89, -0.22]
    assert round(central_alpha["bf10"], 1) == 7.4


@pytest.mark.parametrize(("r", "n"), [(-0.67, 14), (0.1, 14), (0.5, 4), (0.9, 8)])
def test_the_bayes_factor_is_the_exact_likelihood_ratio_under_a_flat_prior(r, n):
    found = correlation(*pairs_with_exactly(r, n))["bf10"]
    assert found == pytest.approx(bayes_factor_by_integration(r, n), rel=1e-4)


def test_the_correlation_agrees_with_pingouin_s_own_rounded_row():
    import pingouin

    x, y = pairs_with_exactly(0.55, 9)
    found, expected = correlation(x, y), pingouin.corr(x, y).iloc[0]
    assert (found["n"], found["r"]) == (expected["n"], pytest.approx(expected["r"], rel=1e-12))
    assert found["p"] == pytest.approx(expected["p_val"], rel=1e-10)
    assert [round(found["ci_low"], 2), round(found["ci_high"], 2)] == list(expected["CI95"])
    assert f"{found['bf10']:.3f}" == expected["BF10"]


@settings(derandomize=True, max_examples=20, deadline=None)
@given(seed=st.integers(0, 10**6), n=st.integers(4, 30))
def test_the_line_is_least_squares_and_its_p_is_that_of_the_correlation(seed, n):
    x, y = np.random.default_rng(seed).normal(size=(2, n))
    found = correlation(x, y)
    line = sm.OLS(y, sm.add_constant(x)).fit()
    assert [found["intercept"], found["slope"]] == pytest.approx(list(line.params), rel=1e-8)
    assert found["p"] == pytest.approx(line.pvalues[1], rel=1e-8)


def test_a_wider_confidence_gives_a_wider_interval():
    pairs = pairs_with_exactly(0.4, 12)
    narrow, wide = correlation(*pairs, confidence=0.8), correlation(*pairs, confidence=0.99)
    assert wide["ci_low"] < narrow["ci_low"] < 0.4 < narrow["ci_high"] < wide["ci_high"]


def test_pairs_with_a_missing_value_are_left_out_and_counted():
    x, y = pairs_with_exactly(0.3, 10)
    holed = correlation(np.append(x, [np.nan, 3]), np.append(y, [1, np.nan]))
    assert holed == correlation(x, y)


def test_points_on_a_line_have_an_interval_of_one_point():
    found = correlation([1, 2, 3, 4, 5], [5, 4, 3, 2, 1])
    assert (found["r"], found["ci_low"], found["ci_high"]) == pytest.approx((-1, -1, -1))
    assert found["p"] < 1e-9 and found["bf10"] == np.inf and found["slope"] == pytest.approx(-1)


@pytest.mark.parametrize(
    ("x", "y", "message"),
    [
        ([1, 2, 3], [1, 2, 4], "3 complete pairs are too few for a correlation: at least 4"),
        ([1, 2, 3, 4, np.nan], [1, 5, 2, np.nan, 3], "3 complete pairs"),
        (pd.Series([7.1] * 5, name="wai_difference"), [1, 5, 2, 3, 4], "wai_difference has the same value"),
        ([1, 5, 2, 3, 4], [0.1 + 0.2, 0.3, 0.3, 0.3, 0.3], "y has the same value"),
        ([1, 2, 3, 4], [1, 2, 3, 4, 5], "4 and 5 values"),
    ],
)
def test_pairs_that_cannot_be_correlated_are_refused(x, y, message):
    with pytest.raises(DesignError, match=message):
        correlation(x, y)


def test_holm_multiplies_the_smallest_p_most_and_never_reorders():
    np.testing.assert_allclose(holm([0.01, 0.04, 0.03, 0.005]), [0.03, 0.06, 0.06, 0.02])


def test_holm_counts_only_what_was_tested():
    np.testing.assert_allclose(holm([0.02, np.nan, 0.5]), [0.04, np.nan, 0.5])
    assert np.isnan(holm([np.nan, np.nan])).all()
    assert holm([]).shape == (0,)
