"""Marginal means and pairwise contrasts: statsmodels, pingouin, and the ANOVA's own F."""

import numpy as np
import pandas as pd
import patsy
import pingouin
import pytest
import statsmodels.api as sm
from scipy import stats

from interbrain.statistics import DesignError, holm, rm_anova
from interbrain.statistics.contrasts import emmeans, pairwise


def study(seed=4, n=17, levels=3):
    """Dyads in two unbalanced factors, a covariate, two within factors; a row a dyad and cell."""
    rng = np.random.default_rng(seed)
    dyads = pd.DataFrame({"dyad": [f"D{i:02d}" for i in range(n)], "age": rng.normal(40, 9, n)})
    dyads["group"] = rng.permutation(np.resize([f"g{k}" for k in range(levels)], n))
    dyads["setting"] = rng.permutation(np.resize(["on", "on", "off"], n))
    data = dyads.merge(pd.DataFrame({"roi": ["f", "c", "p"]}), how="cross")
    data = data.merge(pd.DataFrame({"band": ["t", "a"]}), how="cross")
    own = data["dyad"].map(dict(zip(dyads["dyad"], rng.normal(size=n), strict=True)))
    return data.assign(y=rng.normal(size=len(data)) + own + 0.5 * (data["roi"] == "c"))


@pytest.mark.parametrize("interactions", [False, True])
def test_means_between_dyads_are_those_of_statsmodels(interactions):
    data = study()
    model = ("y", "dyad", ["group", "setting"], ["roi", "band"], ["age"], interactions)
    found = emmeans(data, *model).set_index(["effect", "level"])
    dyads = data.groupby(["dyad", "group", "setting", "age"], sort=False)["y"].mean().reset_index()
    sign = "*" if interactions else "+"
    design = patsy.dmatrix(f"C(group) {sign} C(setting) + age", dyads)
    fit, design_info = sm.OLS(dyads["y"].to_numpy(), np.asarray(design)).fit(), design.design_info
    for level in ("g0", "g1", "g2"):
        grid = pd.DataFrame({"group": level, "setting": ["on", "off"], "age": dyads["age"].mean()})
        columns = np.asarray(patsy.dmatrix(design_info, grid))
        expected = fit.t_test(columns.mean(axis=0))
        row = found.loc[("group", level)]
        assert row["mean"] == pytest.approx(float(np.squeeze(expected.effect)), rel=1e-9)
        assert row["se"] == pytest.approx(float(np.squeeze(expected.sd)), rel=1e-9)
        assert row["df"] == fit.df_resid
        np.testing.assert_allclose(row[["ci_low", "ci_high"]].astype(float), np.squeeze(expected.conf_int()))


def test_without_groups_the_means_are_the_plain_ones():
    data = study()
    found = emmeans(data, "y", "dyad", [], ["roi", "band"]).set_index(["effect", "level"])
    for roi, own in data.groupby("roi"):
        values = own.groupby("dyad")["y"].mean()
        row = found.loc[("roi", roi)]
        assert row["mean"] == pytest.approx(values.mean()) and row["se"] == pytest.approx(stats.sem(values))
    cell = data.query("roi == 'c' and band == 'a'")["y"]
    assert found.loc[("roi:band", "c:a"), "mean"] == pytest.approx(cell.mean())


def test_pairs_within_dyads_are_paired_t_tests_where_there_are_no_groups():
    data = study()
    found = pairwise(data, "y", "dyad", [], ["roi", "band"]).query("effect == 'roi'")
    cells = data.groupby(["dyad", "roi"])["y"].mean().unstack()
    for row in found.itertuples():
        t, p = stats.ttest_rel(cells[row.level_a], cells[row.level_b])
        assert (row.t, row.p) == (pytest.approx(t, rel=1e-9), pytest.approx(p, rel=1e-9))
        d = (cells[row.level_a] - cells[row.level_b]).mean() / (cells[row.level_a] - cells[row.level_b]).std()
        assert row.d == pytest.approx(d, rel=1e-9)
    np.testing.assert_allclose(found["p_holm"], holm(found["p"]))


def test_a_pair_of_groups_alone_is_the_t_test():
    data = study(levels=2)
    found = pairwise(data, "y", "dyad", ["group"], ["roi", "band"]).iloc[0]
    dyads = data.groupby(["dyad", "group"])["y"].mean().reset_index()
    groups = [dyads.loc[dyads["group"] == level, "y"] for level in (found["level_a"], found["level_b"])]
    expected = pingouin.ttest(*groups, correction=False)
    assert found["t"] == pytest.approx(stats.ttest_ind(*groups).statistic, rel=1e-9)
    assert abs(found["d"]) == pytest.approx(float(expected["cohen_d"].iloc[0]), rel=1e-9)


@pytest.mark.parametrize("interactions", [False, True])
def test_the_square_of_t_is_the_f_of_a_factor_with_two_levels(interactions):
    data = study(levels=2)
    model = ("y", "dyad", ["group", "setting"], ["roi", "band"], ["age"], interactions)
    effects = rm_anova(data, *model).set_index("effect")["F"]
    pairs = pairwise(data, *model).set_index("effect")["t"]
    for factor in ("group", "setting", "band"):
        assert pairs[factor] ** 2 == pytest.approx(effects[factor], rel=1e-9)


def test_a_difference_is_that_of_the_means_and_its_interval_holds_zero_where_p_is_above_five_percent():
    data = study()
    model = ("y", "dyad", ["group", "setting"], ["roi", "band"])
    means = emmeans(data, *model).set_index(["effect", "level"])["mean"]
    for row in pairwise(data, *model).itertuples():
        expected = means[row.effect, row.level_a] - means[row.effect, row.level_b]
        assert row.difference == pytest.approx(expected, abs=1e-12)
        assert (row.ci_low < 0 < row.ci_high) == (row.p > 0.05)


def test_pairs_between_dyads_and_means_of_two_factors_are_those_of_statsmodels():
    data = study()
    model = ("y", "dyad", ["group", "setting"], ["roi", "band"], ["age"], True)
    dyads = data.groupby(["dyad", "group", "setting", "age"], sort=False)["y"].mean().reset_index()
    design = patsy.dmatrix("C(group) * C(setting) + age", dyads)
    fit = sm.OLS(dyads["y"].to_numpy(), np.asarray(design)).fit()

    def weights(group, settings=("on", "off")):
        grid = pd.DataFrame({"group": group, "setting": list(settings), "age": dyads["age"].mean()})
        return np.asarray(patsy.dmatrix(design.design_info, grid)).mean(axis=0)

    for row in pairwise(data, *model).query("effect == 'group'").itertuples():
        expected = fit.t_test(weights(row.level_a) - weights(row.level_b))
        found = [row.difference, row.se, row.t, row.p]
        theirs = [expected.effect, expected.sd, expected.tvalue, expected.pvalue]
        np.testing.assert_allclose(found, [float(np.squeeze(one)) for one in theirs], rtol=1e-9)
        assert row.d == pytest.approx(row.difference / np.sqrt(fit.mse_resid), rel=1e-9)
    means = emmeans(data, *model).set_index(["effect", "level"])
    expected = fit.t_test(weights("g2", ["off"]))
    row = means.loc[("group:setting", "g2:off")]
    assert row["mean"] == pytest.approx(float(np.squeeze(expected.effect)), rel=1e-9)
    assert row["se"] == pytest.approx(float(np.squeeze(expected.sd)), rel=1e-9)


def test_a_mean_between_and_within_is_the_regression_of_that_level_s_own_values():
    data = study()
    row = emmeans(data, "y", "dyad", ["group"], ["roi", "band"], ["age"]).set_index(["effect", "level"])
    row = row.loc[("group:roi", "g1:c")]
    own = data[data["roi"] == "c"].groupby(["dyad", "group", "age"])["y"].mean().reset_index()
    design = patsy.dmatrix("C(group) + age", own)
    fit = sm.OLS(own["y"].to_numpy(), np.asarray(design)).fit()
    here = patsy.dmatrix(design.design_info, pd.DataFrame({"group": ["g1"], "age": [own["age"].mean()]}))
    expected = fit.get_prediction(np.asarray(here)).summary_frame()
    found = row[["mean", "se", "ci_low", "ci_high"]].astype(float)
    names = ["mean", "mean_se", "mean_ci_lower", "mean_ci_upper"]
    np.testing.assert_allclose(found, expected.loc[0, names].astype(float), rtol=1e-9)


def test_the_order_of_rows_and_a_categorical_with_an_unused_level_change_nothing():
    data = study()
    model = ("y", "dyad", ["group", "setting"], ["roi", "band"], ["age"], True)
    other = data.assign(group=data["group"].astype("category").cat.add_categories("none"))
    for function in (emmeans, pairwise):
        pd.testing.assert_frame_equal(function(data, *model), function(other, *model), check_dtype=False)
    keys = ["effect", "level"]
    one, two = (emmeans(d, *model).sort_values(keys, ignore_index=True) for d in (data, data[::-1]))
    pd.testing.assert_frame_equal(one, two, rtol=1e-9)


def test_dyads_that_do_not_vary_give_no_t_rather_than_a_number_out_of_rounding():
    data = study().assign(y=0.1)
    found = pairwise(data, "y", "dyad", ["group"], ["roi", "band"])
    assert found[["se", "t", "p", "p_holm", "ci_low", "ci_high", "d"]].isna().all(axis=None)
    assert found["difference"].abs().max() < 1e-12


def test_what_cannot_be_tested_is_refused_as_the_anova_refuses_it():
    data = study().assign(setting="on")
    for function in (emmeans, pairwise):
        with pytest.raises(DesignError, match="The factor setting has one level only"):
            function(data, "y", "dyad", ["setting"], ["roi", "band"])


def regression(dyads, interactions):
    """Statsmodels' fit of one value a dyad; and the mean row of its design at some levels."""
    between = f"C(group) {'*' if interactions else '+'} C(setting) + age"
    design = patsy.dmatrix(between, dyads)
    fit = sm.OLS(dyads["y"].to_numpy(), np.asarray(design)).fit()

    def weights(chosen):
        grid = pd.MultiIndex.from_product([dyads["group"].unique(), dyads["setting"].unique()])
        grid = grid.to_frame(name=["group", "setting"], index=False).assign(age=dyads["age"].mean())
        for name, level in chosen.items():
            grid = grid[grid[name] == level]
        return np.asarray(patsy.dmatrix(design.design_info, grid)).mean(axis=0)

    return fit, weights


@pytest.mark.parametrize("interactions", [False, True])
def test_every_pair_beside_groups_and_a_covariate_is_that_of_a_regression(interactions):
    data = study()
    found = pairwise(data, "y", "dyad", ["group", "setting"], ["roi", "band"], ["age"], interactions)
    assert list(found["effect"]) == ["group"] * 3 + ["setting"] + ["roi"] * 3 + ["band"]
    keys = ["dyad", "group", "setting", "age"]
    for row in found.itertuples():
        if row.effect in ("roi", "band"):
            dyads = data.groupby([*keys, row.effect], sort=False)["y"].mean().unstack()
            dyads = (dyads[row.level_a] - dyads[row.level_b]).rename("y").reset_index()
            fit, weights = regression(dyads, interactions)
            contrast = weights({})
        else:
            fit, weights = regression(data.groupby(keys, sort=False)["y"].mean().reset_index(), interactions)
            contrast = weights({row.effect: row.level_a}) - weights({row.effect: row.level_b})
        expected = fit.t_test(contrast)
        assert row.t == pytest.approx(float(np.squeeze(expected.tvalue)), rel=1e-9), row
        assert row.p == pytest.approx(float(np.squeeze(expected.pvalue)), rel=1e-9), row
        assert row.df == fit.df_resid
        np.testing.assert_allclose((row.ci_low, row.ci_high), np.squeeze(expected.conf_int()), rtol=1e-8)
        assert row.d == pytest.approx(row.difference / np.sqrt(fit.mse_resid), rel=1e-9)
    for _, pairs in found.groupby("effect", sort=False):
        np.testing.assert_allclose(pairs["p_holm"], holm(pairs["p"]))


def test_a_design_without_factors_has_nothing_to_compare():
    one = study().drop_duplicates("dyad")
    for function in (emmeans, pairwise):
        with pytest.raises(DesignError, match="neither a between nor a within factor"):
            function(one, "y", "dyad", [], [])
