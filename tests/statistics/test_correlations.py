"""The correlation against the reference, by exact construction, and its refusals."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from interbrain.statistics import DesignError, correlation, holm
from interbrain.statistics.correlations import partial_correlation, percentage_bend, robust_correlations


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
        ([1, 2, 3], [1, 2, 4], "3 dyads with both values are too few for a correlation: at least 4"),
        ([1, 2, 3, 4, np.nan], [1, 5, 2, np.nan, 3], "3 dyads with both values"),
        (
            pd.Series([7.1] * 5, name="wai_difference"),
            [1, 5, 2, 3, 4],
            "wai_difference is the same in every dyad",
        ),
        ([1, 5, 2, 3, 4], [0.1 + 0.2, 0.3, 0.3, 0.3, 0.3], "y is the same in every dyad"),
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


def skewed_pairs(n=14, seed=5):
    """Pairs with a heavy tail, as a handful of dyads have."""
    rng = np.random.default_rng(seed)
    x = rng.lognormal(size=n)
    return x, 0.5 * x + rng.normal(size=n)


def bca_and_percentile_by_hand(x, y, n_boot, seed):
    """Efron's interval and the simple one, one resample and one pair at a time."""
    rng, n = np.random.default_rng(seed), len(x)
    resampled = []
    for _ in range(n_boot):
        rows = rng.integers(n, size=n)
        resampled.append(np.corrcoef(x[rows], y[rows])[0, 1])
    observed = np.corrcoef(x, y)[0, 1]
    z0 = stats.norm.ppf(np.mean(np.array(resampled) < observed))
    without = np.array([np.corrcoef(np.delete(x, i), np.delete(y, i))[0, 1] for i in range(n)])
    from_mean = without.mean() - without
    acceleration = np.sum(from_mean**3) / (6 * np.sum(from_mean**2) ** 1.5)
    ends = []
    for z in stats.norm.ppf([0.025, 0.975]):
        share = stats.norm.cdf(z0 + (z0 + z) / (1 - acceleration * (z0 + z)))
        ends.append(np.quantile(resampled, share))
    return ends, np.quantile(resampled, [0.025, 0.975])


def test_rank_and_bent_correlations_agree_with_scipy_and_pingouin():
    import pingouin

    x, y = skewed_pairs()
    found = robust_correlations(x, y, n_boot=99)
    spearman, bend = stats.spearmanr(x, y), pingouin.corr(x, y, method="percbend").iloc[0]
    assert (found["spearman"], found["p_spearman"]) == pytest.approx((spearman.statistic, spearman.pvalue))
    assert (found["percbend"], found["p_percbend"]) == pytest.approx((bend["r"], bend["p_val"]), rel=1e-12)


@pytest.mark.parametrize(("n", "rank"), [(10, 8), (12, 10), (13, 10), (14, 11), (18, 14), (19, 15)])
def test_the_percentage_bend_correlation_rounds_as_its_author_does(n, rank):
    """m = [.8 n + 1/2]; pingouin's m is [(1 - beta) n], and beta enters nowhere else."""
    from pingouin.correlation import percbend

    x, y = np.random.default_rng(n).standard_t(3, size=(2, n))
    expected = percbend(x, y + x, beta=1 - (rank + 0.01) / n)
    assert percentage_bend(x, y + x) == pytest.approx((expected[0], float(expected[1])), rel=1e-9)


@pytest.mark.parametrize("seed", [4, pytest.param(9, marks=pytest.mark.long)])
def test_the_bootstrap_interval_is_efron_s_bca(seed):
    pairs = skewed_pairs(seed=seed)
    found = robust_correlations(*pairs, n_boot=20_000)
    by_hand, percentile = bca_and_percentile_by_hand(*pairs, 20_000, seed=1)
    # the SD of an end between seeds is .012 at most; neither the percentile nor Fisher's interval would pass
    assert [found["bca_low"], found["bca_high"]] == pytest.approx(by_hand, abs=0.03)
    fisher = [correlation(*pairs)[name] for name in ("ci_low", "ci_high")]
    for other in (percentile, fisher):
        assert np.abs(np.array(by_hand) - other).max() > 0.1


def test_the_same_seed_gives_the_same_interval_and_another_seed_another():
    pairs = skewed_pairs()
    one, again = (robust_correlations(*pairs, n_boot=500, seed=(7, 1)) for _ in range(2))
    other = robust_correlations(*pairs, n_boot=500, seed=(7, 2))
    assert one["bca_low"] == again["bca_low"] and one["bca_high"] == again["bca_high"]
    assert one["bca_low"] != other["bca_low"]


def test_leaving_one_pair_out_finds_the_pair_that_carries_the_correlation():
    x, y = pairs_with_exactly(0.0, 12)
    x, y = np.insert(x, 3, np.nan), np.insert(y, 3, 0.5)  # positions are those of the arrays as given
    x, y = np.append(x, 6.0), np.append(y, 6.0)
    found = robust_correlations(x, y, n_boot=99)
    left = {i: correlation(np.delete(x, i), np.delete(y, i))["r"] for i in range(len(x)) if np.isfinite(x[i])}
    assert found["loo_low_at"] == 13 == min(left, key=left.get)
    assert found["loo_high_at"] == max(left, key=left.get) > 3
    assert found["loo_low"] == pytest.approx(0, abs=1e-9) == pytest.approx(left[13], abs=1e-9)
    assert found["loo_high"] == pytest.approx(max(left.values()), rel=1e-12)


@pytest.mark.parametrize("k", [1, 2, 3])
def test_the_partial_correlation_agrees_with_pingouin(k):
    import pingouin

    rng = np.random.default_rng(k)
    given = rng.normal(40, 9, size=(14, k))
    x, y = given.sum(axis=1) / 9 + rng.normal(size=(2, 14))
    frame = pd.DataFrame(given, columns=[f"c{i}" for i in range(k)]).assign(x=x, y=y)
    expected = pingouin.partial_corr(frame, x="x", y="y", covar=[f"c{i}" for i in range(k)]).iloc[0]
    found = robust_correlations(x, y, covariates=given, n_boot=99)
    assert found["partial_r"] == pytest.approx(expected["r"], rel=1e-9)
    assert found["partial_p"] == pytest.approx(expected["p_val"], rel=1e-9)
    assert [found["partial_low"], found["partial_high"]] == pytest.approx(list(expected["CI95"]), abs=0.0051)
    half = stats.norm.ppf(0.975) / np.sqrt(14 - 3 - k)
    assert np.arctanh(found["partial_high"]) - np.arctanh(found["partial_r"]) == pytest.approx(half)
    assert found["partial_n"] == 14


def test_a_common_cause_is_taken_out_and_nothing_else_is():
    rng = np.random.default_rng(3)
    cause = rng.normal(size=200)
    x, y = cause + 0.3 * rng.normal(size=(2, 200))
    found = robust_correlations(x, y, covariates=cause[:, None], n_boot=99)
    assert correlation(x, y)["r"] > 0.85 and found["partial_low"] < 0 < found["partial_high"]


def test_a_missing_covariate_takes_its_pair_from_the_partial_correlation_only():
    rng = np.random.default_rng(4)
    x, y = pairs_with_exactly(0.5, 14)
    given = rng.normal(size=(14, 2))
    holed = given.copy()
    holed[3, 1], holed[5, 0] = np.nan, -np.inf
    x[7] = np.nan
    found = robust_correlations(x, y, covariates=holed, n_boot=99)
    rest = [0, 1, 2, 4, 6, 8, 9, 10, 11, 12, 13]
    expected = robust_correlations(x[rest], y[rest], covariates=given[rest], n_boot=99)
    assert found["partial_n"] == 11
    assert found["partial_r"] == pytest.approx(expected["partial_r"], rel=1e-12)
    assert found["spearman"] == robust_correlations(x, y, n_boot=99)["spearman"]


def test_covariates_that_say_the_same_or_nothing_cost_no_degree_of_freedom():
    x, y = pairs_with_exactly(0.5, 14)
    age = np.random.default_rng(2).normal(40, 9, 14)
    once = robust_correlations(x, y, covariates=age[:, None], n_boot=99)
    more = robust_correlations(x, y, covariates=np.column_stack([age, 12 * age, np.ones(14)]), n_boot=99)
    for name in ("partial_r", "partial_p", "partial_low"):
        assert more[name] == pytest.approx(once[name], rel=1e-8)


@pytest.mark.parametrize(
    "covariates",
    [
        None,
        np.empty((6, 0)),
        np.full((6, 1), np.nan),
        np.ones((6, 1)),
        np.array([[1, 2, 3, 4, np.nan, np.nan]]).T,
        np.array([[1, 5, 2, 4, 3, 6]]).T,
        np.random.default_rng(0).normal(size=(6, 3)),
    ],
    ids=["none", "no columns", "all missing", "constant", "four pairs left", "explains x", "too many"],
)
def test_without_a_usable_covariate_there_is_no_partial_correlation(covariates):
    found = robust_correlations([1, 5, 2, 4, 3, 6], [3, 1, 4, 2, 5, 7], covariates=covariates, n_boot=99)
    assert found["partial_n"] == 0
    assert np.isnan([found[f"partial_{name}"] for name in ("r", "p", "low", "high")]).all()


@pytest.mark.filterwarnings("error")
def test_pairs_that_a_method_cannot_use_give_nan_without_a_warning():
    line = robust_correlations(np.arange(8.0), 3 - np.arange(8.0))
    assert (line["spearman"], line["loo_low"]) == pytest.approx((-1, -1)) and np.isnan(line["bca_low"])
    few = robust_correlations([0, 0, 0, 1], [1, 2, 3, 5])
    assert np.isnan([few["bca_low"], few["bca_high"], few["percbend"], few["p_percbend"]]).all()
    assert few["loo_high_at"] in (0, 1, 2)  # without the fourth pair there is no variation


def test_robust_correlations_refuse_what_the_correlation_refuses():
    with pytest.raises(DesignError, match="3 dyads with both values"):
        robust_correlations([1, 2, 3], [1, 2, 4])
    with pytest.raises(DesignError, match="5 rows of covariates cannot belong to 4 pairs"):
        robust_correlations([1, 2, 3, 5], [1, 2, 4, 3], covariates=np.ones((5, 1)))


@pytest.mark.parametrize(("n", "k"), [(5, 1), (6, 2), (7, 3)])
def test_a_partial_correlation_needs_a_degree_of_freedom_beside_its_covariates(n, k):
    numbers = np.random.default_rng(n).standard_normal((n, k + 2))
    x, y = (pd.Series(numbers[:, column], name="xy"[column]) for column in (0, 1))
    covariates = pd.DataFrame(numbers[:, 2:]).add_prefix("c")
    assert np.isfinite(partial_correlation(x, y, covariates)["r"])
    with pytest.raises(DesignError, match=f"{n - 1} dyads are too few .* at least {n}"):
        partial_correlation(x[:-1], y[:-1], covariates[:-1])


def test_values_that_are_equal_but_for_rounding_have_no_percentage_bend_correlation():
    values = 1e6 * np.array([0.3, 0.3, 0.3, 0.1 + 0.2, 0.1 + 0.2, 0.1 + 0.2, 0.3, 0.9])
    assert np.isnan(percentage_bend(values, np.arange(8.0))).all()


def test_holm_is_that_of_pingouin_with_ties_and_gaps():
    import pingouin

    for p in ([0.04, 0.01, 0.01, np.nan, 0.5], [np.nan, 0.3], [0.6, 0.7], [1e-9]):
        assert holm(p) == pytest.approx(pingouin.multicomp(p, method="holm")[1], rel=1e-15, nan_ok=True)
    assert np.isnan(holm([np.nan, np.nan])).all()
