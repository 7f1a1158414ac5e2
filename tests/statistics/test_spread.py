"""Groups of unequal spread: references of scipy, pingouin and statsmodels, brute force, calibration."""

import numpy as np
import pandas as pd
import pingouin
import pytest
import statsmodels.api as sm
from scipy import stats

from interbrain.statistics import analyse
from interbrain.statistics.spread import adjusted_welch, hc3, spreads, wald, welch

SECOND = np.column_stack([np.ones(14), np.resize([1.0, 1.0, -1.0], 14)])  # another factor beside it


def groups(sizes=(10, 4), sds=(1, 3), seed=1, shift=0.0):
    rng = np.random.default_rng(seed)
    return [rng.normal(shift * k, sd, n) for k, (n, sd) in enumerate(zip(sizes, sds, strict=True))]


def coded(sizes):
    """Sum-coded columns of groups of these sizes."""
    k = len(sizes)
    return np.repeat(np.vstack([np.eye(k - 1), -np.ones(k - 1)]), sizes, axis=0)


def model(seed=3, n=16, levels=3):
    """Scores, a factor, and what stands beside it: another factor and a covariate."""
    rng = np.random.default_rng(seed)
    factor = coded([n // levels + (k < n % levels) for k in range(levels)])
    other = np.resize([1.0, 1.0, -1.0], n)
    fixed = np.column_stack([np.ones(n), other, rng.normal(size=n)])
    return rng.normal(size=n) * np.where(other > 0, 1, 3), factor, fixed


def test_welch_s_test_of_two_groups_is_scipy_s_and_of_three_pingouin_s():
    a, b = groups()
    found, known = welch([a, b]), stats.ttest_ind(a, b, equal_var=False)
    assert found["F"] == pytest.approx(known.statistic**2) and found["p"] == pytest.approx(known.pvalue)
    assert found["df_error"] == pytest.approx(known.df)
    three = groups((6, 5, 9), (1, 3, 2), shift=0.7)
    data = pd.DataFrame({"dv": np.concatenate(three), "g": np.repeat(list("abc"), [6, 5, 9])})
    known = pingouin.welch_anova(data, dv="dv", between="g").iloc[0]
    found = welch(three)
    assert found["F"] == pytest.approx(known["F"]) and found["df_error"] == pytest.approx(known["ddof2"])
    assert found["df1"] == 2 and found["p"] == pytest.approx(stats.f.sf(known["F"], 2, known["ddof2"]))


@pytest.mark.parametrize("levels", [2, 3])
def test_wald_s_statistic_is_that_of_statsmodels_with_hc3(levels):
    scores, factor, fixed = model(levels=levels)
    fitted = sm.OLS(scores, np.hstack([fixed, factor])).fit(cov_type="HC3")
    q = levels - 1
    known = fitted.wald_test(np.eye(3 + q)[3:], use_f=False, scalar=True)
    assert wald(scores, factor[None], fixed)[0] == pytest.approx(known.statistic)


def test_hc3_of_two_groups_alone_is_the_closed_formula_with_bell_and_mccaffrey_s_df():
    a, b = groups()
    found = hc3(np.concatenate([a, b]), coded([10, 4]), np.ones((14, 1)))
    variance = a.var(ddof=1) / 9 + b.var(ddof=1) / 3  # s^2 / (n - 1), the known form of HC3 here
    assert found["F"] == pytest.approx((a.mean() - b.mean()) ** 2 / variance)
    # The variance of that estimate under one spread for all, by the two chi-squared distributions.
    expected, spread = 1 / 9 + 1 / 3, (1 / 9) ** 2 * 2 / 9 + (1 / 3) ** 2 * 2 / 3
    assert found["df_error"] == pytest.approx(2 * expected**2 / spread)
    assert found["p"] == pytest.approx(stats.f.sf(found["F"], 1, found["df_error"]))


@pytest.mark.parametrize("levels", [2, 3])
def test_the_degrees_of_freedom_are_those_of_simulated_covariances(levels):
    _, factor, fixed = model(levels=levels)
    q = levels - 1
    design = np.hstack([fixed, factor])
    hat = design @ np.linalg.pinv(design)
    rng = np.random.default_rng(0)
    errors = rng.normal(size=(100_000, len(design))) @ (np.eye(len(design)) - hat)
    weights = np.linalg.pinv(design).T[:, -q:] / (1 - np.diag(hat))[:, None]
    covariances = np.einsum("ri,is,it->rst", errors**2, weights, weights)
    root = np.linalg.inv(np.linalg.cholesky(covariances.mean(axis=0)))
    eta = q * (q + 1) / (root @ covariances @ root.T).var(axis=0).sum()
    found = hc3(np.arange(16.0) ** 2, factor, fixed)
    assert found["df_error"] == pytest.approx(eta - q + 1, rel=0.03)


def test_the_spread_of_one_factor_alone_is_that_of_its_groups():
    a, b = groups()
    levels = pd.Series(["yes"] * 10 + ["no"] * 4)
    design = np.hstack([np.ones((14, 1)), coded([10, 4])])
    found = spreads(np.concatenate([a, b]), design, levels)
    assert found["sd_ratio"] == pytest.approx(b.std(ddof=1) / a.std(ddof=1))
    assert (found["level_narrow"], found["level_wide"]) == ("yes", "no")
    assert found["p_brown_forsythe"] == pytest.approx(stats.levene(a, b, center="median").pvalue)


def test_two_dyads_have_a_spread_and_no_brown_forsythe_test():
    values = np.array([0.1, 0.2, 0.4, 0.9, 0.2, 0.3])
    found = spreads(values, np.hstack([np.ones((6, 1)), coded([4, 2])]), pd.Series(list("aaaabb")))
    assert found["sd_ratio"] == pytest.approx(values[:4].std(ddof=1) / values[4:].std(ddof=1))
    assert np.isnan(found["p_brown_forsythe"])


def test_a_level_whose_dyads_are_equal_but_for_rounding_has_no_ratio_of_spreads():
    values = 1e6 * np.append(np.random.default_rng(0).random(6), [0.1 + 0.2, 0.3, 0.3])
    levels = pd.Series(list("aaaaaabbb"))
    assert spreads(values, np.hstack([np.ones((9, 1)), coded([6, 3])]), levels) == {}


def study(values, factors, cells=("x",), **more):
    n = len(values)
    about = {"dyad": [f"D{i}" for i in range(n)], "time": "pre", "band": "alpha"}
    table = pd.DataFrame(about | factors | more)
    table = table.assign(therapist="T" + table["dyad"], client="C" + table["dyad"], value=values)
    table = table.merge(pd.DataFrame({"roi": cells}), how="cross")
    return table.assign(plv=table["value"] + table["roi"].map({"x": 0.0, "y": 0.1}))


def spread_of(table, between, **asked):
    within = ["roi"] if table["roi"].nunique() > 1 else []
    asked = {"relabelings": 2000, "bootstraps": 99} | asked
    return analyse(table, between, within, ["plv"], [], **asked, only=["spread"])["spread"]


def test_a_factor_alone_has_welch_s_test_and_all_relabelings_of_the_studentised_statistic():
    a, b = groups((5, 3), (1, 2), shift=1.0)
    values = np.concatenate([a, b])
    row = spread_of(study(values, {"group": ["yes"] * 5 + ["no"] * 3}, ("x", "y")), ["group"]).iloc[0]
    known = stats.ttest_ind(a, b, equal_var=False)
    assert row["method"] == "Welch" and row["p"] == pytest.approx(known.pvalue)
    from itertools import combinations

    def studentised(chosen):
        one, other = values[list(chosen)], np.delete(values, list(chosen))
        return (one.mean() - other.mean()) ** 2 / (one.var(ddof=1) / 4 + other.var(ddof=1) / 2)

    every = np.array([studentised(chosen) for chosen in combinations(range(8), 5)])
    assert row["n_relabelings"] == 56 and row["exact"] == "yes" and row["smallest_p"] == 1 / 56
    assert row["p_studentised"] == pytest.approx(np.mean(every >= every[0] * (1 - 1e-9)))
    assert row["apa"].startswith("Welch F(1, ") and "studentised permutation p = " in row["apa"]


def test_beside_other_terms_welch_s_test_is_adjusted_and_hc3_stands_beside_it():
    scores, _, fixed = model(n=14)
    factors = {"group": ["yes"] * 7 + ["no"] * 7, "setting": np.resize(["on", "on", "off"], 14)}
    table = study(scores, factors, age=fixed[:, 2])
    for between, covariates in ((["group", "setting"], []), (["group"], ["age"])):
        row = spread_of(table, between, covariates=covariates).iloc[0]
        beside = np.column_stack([np.ones(14), fixed[:, 1] if covariates == [] else fixed[:, 2]])
        known = adjusted_welch(scores, coded([7, 7]), beside, np.repeat([0, 1], 7))
        assert row["method"] == "Welch, adjusted"
        assert (row["F"], row["df_error"]) == pytest.approx((known["F"], known["df_error"]))
        robust = hc3(scores, coded([7, 7]), beside)
        assert (row["F_hc3"], row["p_hc3"]) == pytest.approx((robust["F"], robust["p"]))


def test_without_other_terms_the_adjusted_test_of_two_levels_is_welch_s():
    a, b = groups()
    levels = np.repeat([0, 1], [10, 4])
    found = adjusted_welch(np.concatenate([a, b]), coded([10, 4]), np.ones((14, 1)), levels)
    known = stats.ttest_ind(a, b, equal_var=False)
    assert found["F"] == pytest.approx(known.statistic**2) and found["df_error"] == pytest.approx(known.df)
    assert found["p"] == pytest.approx(known.pvalue)


def test_the_adjusted_test_is_least_squares_with_a_variance_of_each_level_dyad_by_dyad():
    scores, factor, fixed = model(levels=2)
    design = np.hstack([fixed, factor])
    hat = design @ np.linalg.inv(design.T @ design) @ design.T
    fitted = sm.OLS(scores, design).fit()
    weights = np.linalg.inv(design.T @ design)[-1] @ design.T
    parts, total = [], 0.0
    for level in (1.0, -1.0):
        own = [i for i in range(16) if factor[i, 0] == level]
        left = sum(1 - hat[i, i] for i in own)
        square = sum(((i == k) - hat[i, k]) ** 2 for i in own for k in own)
        variance = sum(fitted.resid[i] ** 2 for i in own) / left
        part = variance * sum(weights[i] ** 2 for i in own)
        total += part
        parts.append(part**2 / (left**2 / square))
    found = adjusted_welch(scores, factor, fixed, (factor[:, 0] > 0).astype(int))
    assert found["F"] == pytest.approx(fitted.params[-1] ** 2 / total)
    assert found["df_error"] == pytest.approx(total**2 / sum(parts))


@pytest.mark.long
def test_of_three_levels_that_vary_unequally_the_adjusted_test_keeps_its_level():
    _, factor, fixed = model(levels=3, n=18)
    levels = np.unique(factor, axis=0, return_inverse=True)[1].ravel()
    rng = np.random.default_rng(4)
    scores = rng.normal(size=(2000, 18)) * np.array([1.0, 2.0, 3.0])[levels]
    hits = sum(adjusted_welch(one, factor, fixed, levels)["p"] <= 0.05 for one in scores)
    low, high = stats.binomtest(int(hits), 2000).proportion_ci(0.99)
    assert low < 0.06 and high > 0.03


def test_a_level_of_one_dyad_is_not_tested_and_says_why():
    factors = {"group": ["yes"] * 6 + ["no"]}
    row = spread_of(study(np.arange(7.0) ** 1.5, factors), ["group"]).iloc[0]
    assert pd.isna(row["F"]) and row["apa"] == "not tested"
    assert row["note"] == "no has 1 dyad: its spread is not known"


def test_neither_order_nor_labels_change_the_studentised_permutation():
    scores, _, _ = model(n=18)
    table = study(scores, {"group": ["yes"] * 9 + ["no"] * 9})
    other = table.sample(frac=1, random_state=2).assign(
        dyad=lambda t: t["dyad"].map(lambda name: f"X{99 - int(name[1:])}"),
        group=lambda t: t["group"].map({"yes": "a", "no": "b"}),
    )
    one, two = (spread_of(each, ["group"], relabelings=500).iloc[0] for each in (table, other))
    assert one["exact"] == "no" and one["p_studentised"] == two["p_studentised"]
    assert one["F"] == pytest.approx(two["F"])


@pytest.mark.long
def test_with_few_dyads_of_larger_spread_the_pooled_test_finds_too_much_and_these_do_not():
    rng = np.random.default_rng(5)
    shares = {"pooled": 0, "Welch": 0, "adjusted": 0, "HC3": 0}
    n = 1500
    for _ in range(n):
        a, b = rng.normal(0, 1, 10), rng.normal(0, 2, 4)
        shares["pooled"] += stats.ttest_ind(a, b).pvalue <= 0.05
        shares["Welch"] += welch([a, b])["p"] <= 0.05
        known = (np.concatenate([a, b]), coded([10, 4]), SECOND, np.repeat([0, 1], [10, 4]))
        shares["adjusted"] += adjusted_welch(*known)["p"] <= 0.05
        shares["HC3"] += hc3(np.concatenate([a, b]), coded([10, 4]), np.ones((14, 1)))["p"] <= 0.05
    low = {name: stats.binomtest(int(hits), n).proportion_ci(0.99).low for name, hits in shares.items()}
    assert low["pooled"] > 0.10 and max(low["Welch"], low["adjusted"], low["HC3"]) < 0.055
