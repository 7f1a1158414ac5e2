"""The ANOVA against R, pingouin and a slow route through ordinary regression; and its refusals."""

import itertools
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pingouin
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import optimize, stats

from interbrain.statistics import DesignError, partial_eta2_interval, rm_anova

COLUMNS = ["effect", "df1", "df2", "F", "p", "partial_eta2", "gg_epsilon", "p_gg", "ss", "ss_error"]
FURTHER = ["generalised_eta2", "omega2"]
MODELS = list(json.loads((Path(__file__).parent / "data/anova.json").read_text(encoding="utf-8"))["models"])


def random_design(seed, n, between, within, effect=1.0):
    """Long data of n dyads: factors {name: n_levels}, unbalanced by chance, every level taken."""
    rng = np.random.default_rng(seed)
    dyads = pd.DataFrame({"dyad": [f"D{i:02d}" for i in range(n)], "age": rng.normal(40, 9, n)})
    for name, levels in between.items():
        dyads[name] = [f"{name}{level}" for level in rng.permutation(np.arange(n) % levels)]
    long = dyads
    for name, levels in within.items():
        long = long.merge(pd.DataFrame({name: [f"{name}{level}" for level in range(levels)]}), how="cross")
    person = long["dyad"].map(dict(zip(dyads["dyad"], rng.normal(0, effect, n), strict=True)))
    return long.assign(y=person + rng.normal(size=len(long)) * (1 + np.arange(len(long)) % 3))


def by_ordinary_regression(data, dv, between, within, covariates, interactions):
    """The slow oracle: one regression on the long table a term, with and without it.

    Strata are orthogonal when all cells are there, so the error of a within effect is what dyad-by-effect
    columns explain beyond the model. No contrast, no SSCP: nothing in common with the formulation tested.
    """
    import statsmodels.api as sm

    def sum_coded(name):
        dummies = pd.get_dummies(data[name], dtype=float).to_numpy()
        return dummies[:, :-1] - dummies[:, -1:]

    def times(a, b):
        return np.hstack([a[:, [i]] * b[:, [j]] for i in range(a.shape[1]) for j in range(b.shape[1])])

    def rss(*blocks):
        y = data[dv].to_numpy(float)
        return sm.OLS(y, np.hstack(blocks)).fit(method="pinv").ssr if blocks else y @ y

    one = np.ones((len(data), 1))
    dyad = pd.get_dummies(data["dyad"], dtype=float).to_numpy()
    terms = {"": one} | {name: sum_coded(name) for name in between}
    for a, b in itertools.combinations(between, 2) if interactions else ():
        terms[f"{a}:{b}"] = times(terms[a], terms[b])
    for name in covariates:
        value = data[name].to_numpy(float)
        terms[name] = ((value - value.mean()) / value.std())[:, None]
    effects = {"": one}
    for size in range(1, len(within) + 1):
        for names in itertools.combinations(within, size):
            block = one
            for name in names:
                block = times(block, sum_coded(name))
            effects[":".join(names)] = block
    n_parameters = sum(block.shape[1] for block in terms.values())
    n_dyads = dyad.shape[1]

    rows = {}
    for effect, contrast in effects.items():
        model = {term: times(block, contrast) for term, block in terms.items()}
        residual = rss(*model.values())
        error = residual - rss(times(dyad, contrast))
        df2 = contrast.shape[1] * (n_dyads - n_parameters)
        for term, block in model.items():
            if not term and not effect:
                continue
            ss = rss(*(other for name, other in model.items() if name != term)) - residual
            df1 = block.shape[1]
            ratio = (ss / df1) / (error / df2)
            rows[":".join(filter(None, [term, effect]))] = (df1, df2, ratio, stats.f.sf(ratio, df1, df2))
    return rows


@pytest.mark.parametrize("name", MODELS)
def test_every_model_of_the_reference_agrees_with_r(reference, name):
    model = reference["models"][name]
    found = rm_anova(
        reference["frames"][model["data"]],
        "plv",
        "dyad",
        model["between"],
        model["within"],
        model["covariates"],
        model["interactions"],
        model.get("ss_type", 3),
    )
    expected = pd.DataFrame(model["expected"], columns=reference["expected_columns"])
    assert list(found.columns) == COLUMNS + FURTHER
    assert list(found["effect"]) == list(expected["effect"])
    expected["partial_eta2"] = expected["SS"] / (expected["SS"] + expected["SSE"])
    names = {"eps_GG": "gg_epsilon", "p_GG": "p_gg", "SS": "ss", "SSE": "ss_error"}
    expected = expected.rename(columns=names)
    np.testing.assert_array_equal(found[["df1", "df2"]], expected[["df1", "df2"]])
    for column in COLUMNS[3:]:
        np.testing.assert_allclose(found[column], expected[column], rtol=1e-6, err_msg=column)


def test_the_copied_numbers_are_those_of_the_shared_reference(reference, shared):
    original = json.loads((shared / "reference/anova_reference.json").read_text(encoding="utf-8"))
    assert reference["data_14"]["rows"] == original["data_14"]["rows"]
    assert reference["data_unbalanced"]["rows"] == original["data_unbalanced"]["rows"]
    assert set(reference["models"]) == {name for name in original["reference_R"] if name[0] != "."}
    assert len(reference["models"]) == 11
    for name in reference["models"]:
        for effect, _, _, ss, sse, ratio, p, *_ in reference["models"][name]["expected"]:
            row = original["reference_R"][name][effect]
            assert (ss, sse, ratio, p) == (row["SS"], row["SSE"], row["F"], row["p"])
    for effect, *_, ratio, _, _, _ in reference["models"]["rm_avg_full_factorial"]["expected"]:
        assert ratio == pytest.approx(original["reference_R"][".afex_full"][effect], rel=1e-9)


@settings(derandomize=True, max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    n=st.integers(13, 19),
    between=st.sampled_from([{}, {"a": 2}, {"a": 3}, {"a": 2, "b": 2}, {"a": 2, "b": 3}]),
    within=st.sampled_from([{}, {"roi": 2}, {"roi": 4}, {"roi": 2, "band": 3}, {"roi": 3, "band": 3}]),
    covariates=st.sampled_from([[], ["age"]]),
    interactions=st.booleans(),
)
def test_any_design_agrees_with_ordinary_regression_on_the_long_table(
    seed, n, between, within, covariates, interactions
):
    assume(between or within)
    data = random_design(seed, n, between, within)
    try:
        found = rm_anova(data, "y", "dyad", between, within, covariates, interactions).set_index("effect")
    except DesignError as empty:
        assert interactions and "no dyad has" in str(empty)
        return
    expected = by_ordinary_regression(data, "y", list(between), list(within), covariates, interactions)
    assert sorted(found.index) == sorted(expected)
    table = found.loc[list(expected), ["df1", "df2", "F", "p"]].to_numpy(float)
    np.testing.assert_allclose(table, np.array(list(expected.values())), rtol=1e-6, atol=1e-10)


def test_the_greenhouse_geisser_epsilon_is_that_of_box_s_covariance_formula():
    data = random_design(3, 15, {"a": 2}, {"roi": 4})
    wide = data.pivot(index="dyad", columns="roi", values="y")
    group = data.drop_duplicates("dyad").set_index("dyad")["a"]
    centred = (wide - wide.groupby(group).transform("mean")).to_numpy()
    s = centred.T @ centred
    k = len(s)
    doubly = s - s.mean(axis=0) - s.mean(axis=1)[:, None] + s.mean()
    epsilon = np.trace(doubly) ** 2 / ((k - 1) * np.sum(doubly**2))
    found = rm_anova(data, "y", "dyad", ["a"], ["roi"]).set_index("effect")
    assert found.loc["roi", "gg_epsilon"] == pytest.approx(epsilon, rel=1e-10)
    ratio = found.loc["roi", "F"]
    assert found.loc["roi", "p_gg"] == pytest.approx(stats.f.sf(ratio, 3 * epsilon, 39 * epsilon), rel=1e-10)
    assert found.loc["a", "gg_epsilon"] == pytest.approx(1)


@pytest.mark.parametrize("levels", [2, 3])
def test_a_balanced_mixed_design_agrees_with_pingouin(levels):
    import pingouin

    data = random_design(11, 6 * levels, {"a": levels}, {"roi": 3})
    expected = pingouin.mixed_anova(data, dv="y", within="roi", between="a", subject="dyad")
    found = rm_anova(data, "y", "dyad", ["a"], ["roi"])
    np.testing.assert_allclose(found["F"], expected["F"], rtol=1e-9)
    np.testing.assert_allclose(found["p"], expected["p_unc"], rtol=1e-9)
    np.testing.assert_allclose(found["partial_eta2"], expected["np2"], rtol=1e-9)


def test_two_within_factors_alone_agree_with_pingouin():
    import pingouin

    data = random_design(12, 10, {}, {"roi": 3, "band": 2})
    expected = pingouin.rm_anova(data, dv="y", within=["roi", "band"], subject="dyad", effsize="np2")
    found = rm_anova(data, "y", "dyad", [], ["roi", "band"])
    assert list(found["effect"]) == ["roi", "band", "roi:band"]
    np.testing.assert_allclose(found["F"], expected["F"], rtol=1e-9)
    np.testing.assert_allclose(found["p_gg"], expected["p_GG_corr"], rtol=1e-9)
    np.testing.assert_allclose(found["partial_eta2"], expected["np2"], rtol=1e-9)


def test_unbalanced_factors_without_a_within_factor_agree_with_pingouin_type_three():
    import pingouin

    data = random_design(13, 17, {"a": 2, "b": 3}, {})
    expected = pingouin.anova(data, dv="y", between=["a", "b"], ss_type=3).iloc[:3]
    found = rm_anova(data, "y", "dyad", ["a", "b"], [], interactions=True)
    np.testing.assert_allclose(found["F"], expected["F"], rtol=1e-9)
    np.testing.assert_allclose(found["p"], expected["p_unc"], rtol=1e-9)


def test_a_covariate_beside_one_factor_agrees_with_pingouin_s_ancova():
    import pingouin

    data = random_design(14, 14, {"a": 3}, {})
    expected = pingouin.ancova(data, dv="y", between="a", covar="age").set_index("Source")
    found = rm_anova(data, "y", "dyad", ["a"], [], ["age"]).set_index("effect")
    np.testing.assert_allclose(found["F"], expected.loc[["a", "age"], "F"], rtol=1e-9)


def test_a_two_level_within_factor_alone_is_the_paired_t_test():
    data = random_design(15, 9, {}, {"roi": 2})
    wide = data.pivot(index="dyad", columns="roi", values="y")
    t, p = stats.ttest_rel(wide["roi0"], wide["roi1"])
    row = rm_anova(data, "y", "dyad", [], ["roi"]).iloc[0]
    assert (row["F"], row["p"], row["df2"]) == (pytest.approx(t**2), pytest.approx(p), 8)


def dyads_with_exactly(ratio):
    """The paper's layout (5 + 2 dyads with, 5 + 2 without) and an effect of mindfulness of exactly F."""
    data = pd.DataFrame(
        {
            "dyad": [f"D{i:02d}" for i in range(14)],
            "mindfulness": ["yes"] * 7 + ["no"] * 7,
            "modality": (["f2f"] * 5 + ["online"] * 2) * 2,
        }
    )
    group, place = (data["mindfulness"] == "yes") * 2.0 - 1, (data["modality"] == "f2f") * 1.0
    design = np.column_stack([np.ones(14), group, place])
    noise = np.random.default_rng(8).normal(size=14)
    noise -= design @ np.linalg.lstsq(design, noise, rcond=None)[0]
    # the two factors are orthogonal here, so SS of the effect is 14 times its coefficient squared
    return data.assign(y=noise + group * np.sqrt(ratio * (noise @ noise / 11) / 14))


def test_every_f_and_r_that_the_paper_prints_gives_its_p_and_effect_size(paper):
    assert len(paper) == 9
    for row in paper:
        low, high = row["interval_from_rounding"]
        if "r" in row:
            r, n = row["r"], row["n"]  # through our own correlation: test_correlations
            found = 2 * stats.t.sf(abs(r) * np.sqrt((n - 2) / (1 - r**2)), n - 2)
        else:
            effects = rm_anova(dyads_with_exactly(row["F"]), "y", "dyad", ["mindfulness", "modality"], [])
            effect = effects.set_index("effect").loc["mindfulness"]
            assert (effect["df1"], effect["df2"]) == (row["df1"], row["df2"])
            assert effect["F"] == pytest.approx(row["F"], rel=1e-9)
            found = effect[row["gives"]]
        assert found == pytest.approx(row["recomputed"], abs=5e-5), row["statistic"]
        assert low - 5e-5 <= found <= high + 5e-5, row["statistic"]
        bound = row["reported"]
        if bound.startswith("<"):
            assert found < float(bound[1:])
        else:  # the printed p lies within what the printed statistic's rounding allows
            assert low - 0.005 <= float(bound) <= high + 0.005


@pytest.mark.parametrize(
    ("interactions", "between", "df2"),
    [
        (False, ["mindfulness", "modality"], 11),
        (True, ["mindfulness", "modality"], 10),
        (False, ["mindfulness"], 12),
    ],
)
def test_only_two_main_effects_leave_the_paper_s_eleven_error_df(reference, interactions, between, df2):
    data = reference["frames"]["mean"]
    found = rm_anova(data, "plv", "dyad", between, ["roi", "band"], interactions=interactions)
    assert set(found["df2"]) == {df2}


def test_the_order_of_the_rows_changes_nothing_but_rounding(reference):
    data = reference["frames"]["unbalanced"]
    design = ("plv", "dyad", ["mindfulness", "modality"], ["roi", "band"], (), True)
    shuffled = data.sample(frac=1, random_state=4)
    pd.testing.assert_frame_equal(rm_anova(data, *design), rm_anova(shuffled, *design), rtol=1e-9)


@pytest.mark.parametrize(
    "relabel",
    [
        lambda s: s.map({level: f"z{-i}" for i, level in enumerate(sorted(s.unique()))}),
        lambda s: s.astype("category").cat.add_categories("never used"),
        lambda s: s.astype("category").cat.codes,
        lambda s: s == s.iloc[0],
    ],
    ids=["renamed and reversed", "categorical with an unused level", "numbers", "booleans"],
)
def test_the_names_and_types_of_two_level_factors_change_nothing(reference, relabel):
    data = reference["frames"]["mean"]
    design = ("plv", "dyad", ["mindfulness", "modality"], ["roi", "band"])
    renamed = data.assign(
        **{name: relabel(data[name]) for name in ("mindfulness", "modality", "roi", "band")}
    )
    pd.testing.assert_frame_equal(rm_anova(data, *design), rm_anova(renamed, *design), rtol=1e-9)


def test_swapping_factors_changes_only_names_and_order(reference):
    data = reference["frames"]["unbalanced"]
    one = rm_anova(data, "plv", "dyad", ["mindfulness", "modality"], ["roi", "band"], interactions=True)
    two = rm_anova(data, "plv", "dyad", ["modality", "mindfulness"], ["band", "roi"], interactions=True)
    for table in (one, two):
        table["effect"] = [":".join(sorted(effect.split(":"))) for effect in table["effect"]]
    pd.testing.assert_frame_equal(
        one.sort_values("effect", ignore_index=True), two.sort_values("effect", ignore_index=True), rtol=1e-9
    )


@settings(derandomize=True, max_examples=15, deadline=None)
@given(shift=st.floats(-1e3, 1e3), scale=st.floats(1e-3, 1e3), flip=st.booleans())
def test_the_unit_and_origin_of_the_measure_change_no_f(reference, shift, scale, flip):
    data = reference["frames"]["mean"]
    moved = data.assign(plv=shift + (-scale if flip else scale) * data["plv"])
    design = ("plv", "dyad", ["mindfulness", "modality"], ["roi", "band"])
    loss = max(1.0, abs(shift) / scale)  # digits that the shift itself takes away
    one, other = rm_anova(data, *design), rm_anova(moved, *design)
    one[["ss", "ss_error"]] *= scale**2  # these alone are in the measure's unit
    pd.testing.assert_frame_equal(one, other, rtol=1e-9 * loss)


def test_the_unit_and_origin_of_a_covariate_change_no_f(reference):
    data = reference["frames"]["post with pre"]
    design = ("plv", "dyad", ["mindfulness"], ["roi", "band"], ["pre"])
    moved = data.assign(pre=1e4 - 20 * data["pre"])
    pd.testing.assert_frame_equal(rm_anova(data, *design), rm_anova(moved, *design), rtol=1e-8)


def test_a_mean_of_dyads_far_from_zero_does_not_wash_out_small_differences(reference):
    """The sums of squares are not differences of large numbers."""
    data = reference["frames"]["mean"]
    design = ("plv", "dyad", ["mindfulness", "modality"], ["roi", "band"])
    far = rm_anova(data.assign(plv=data["plv"] + 1e6), *design)
    np.testing.assert_allclose(far["F"], rm_anova(data, *design)["F"], rtol=1e-6)


def test_dyads_that_do_not_vary_give_no_f_rather_than_a_number_out_of_rounding():
    data = random_design(5, 8, {"a": 2}, {"roi": 3}).assign(y=0.1)
    found = rm_anova(data, "y", "dyad", ["a"], ["roi"])
    nothing = ["F", "p", "partial_eta2", "gg_epsilon", "p_gg", "generalised_eta2", "omega2"]
    assert found[nothing].isna().all(axis=None)
    assert list(found["df2"]) == [6, 12, 12]


def refusals():
    good = random_design(6, 8, {"a": 2, "b": 2}, {"roi": 2, "band": 2})
    third = good["dyad"] == "D03"
    cell = third & (good["roi"] == "roi1") & (good["band"] == "band0")
    few = good[good["dyad"].isin(["D00", "D01", "D02"])]
    few = few.assign(a=few["dyad"].map({"D00": "x", "D01": "y", "D02": "x"}))
    few = few.assign(b=few["dyad"].map({"D00": "x", "D01": "x", "D02": "y"}))
    both = ["a", "b"]
    empty_corner = good.assign(b=np.where(good["a"] == "a0", "b0", good["b"]))
    holed = good.assign(a=good["a"].astype(object).mask(third))
    return {
        "unknown column": (good, ["a", "bnd"], [], "no column bnd in the table: did you mean band?"),
        "missing cell": (good[~cell], both, [], "D03 has no row for roi = roi1 and band = band0"),
        "repeated cell": (pd.concat([good, good[cell]]), both, [], "D03 has 2 rows for roi = roi1 and band"),
        "missing value": (
            good.assign(y=good["y"].mask(cell)),
            both,
            [],
            "D03 has no y at roi = roi1 and band = band0",
        ),
        "infinite value": (good.assign(y=good["y"].mask(cell, np.inf)), both, [], "D03 has no y at roi"),
        "text value": (good.assign(y="0,31"), both, [], "column y must hold numbers; it holds '0,31'"),
        "factor that varies": (
            good.assign(a=good["a"].mask(cell, "a9")),
            both,
            [],
            "a differs within D03 ",
        ),
        "covariate that varies": (
            good.assign(age=good["age"].mask(cell, 9)),
            both,
            ["age"],
            "age differs within D03",
        ),
        "level left empty": (holed, both, [], "The column a has an empty value in D03"),
        "between factor with one level": (
            good.assign(a="yes"),
            both,
            [],
            "factor a has one level only (yes)",
        ),
        "within factor with one level": (
            good[good["roi"] == "roi0"],
            both,
            [],
            "factor roi has one level only (roi0)",
        ),
        "constant covariate": (good.assign(age=41.3), both, ["age"], "covariate age has the same value"),
        "infinite covariate": (
            good.assign(age=good["age"].mask(third, np.inf)),
            both,
            ["age"],
            "covariate age is not finite in D03",
        ),
        "covariate with a missing value": (
            good.assign(age=good["age"].mask(third)),
            both,
            ["age"],
            "column age has an empty value in D03",
        ),
        "too few dyads": (
            few,
            both,
            [],
            "3 dyads are too few for 3 parameters (intercept, a, b): at least 4 dyads are needed",
        ),
        "confounded factors": (
            good.assign(b=good["a"] + "!"),
            both,
            [],
            "factor b cannot be separated from a",
        ),
        "confounded covariate": (
            good.assign(age=(good["a"] == "a0") * 2.5),
            both,
            ["age"],
            "covariate age cannot be separated from a and b",
        ),
        "empty combination": (
            empty_corner,
            both,
            "interactions",
            "interaction a:b cannot be tested: no dyad has a = a0 and b = b1",
        ),
        "column used twice": (good, ["a", "roi"], [], "column roi is used twice"),
        "no dyads": (good[:0], both, [], "There are no dyads to test"),
    }


@pytest.mark.parametrize("case", refusals())
def test_a_table_that_cannot_be_tested_is_refused_in_one_sentence_that_names_the_thing(case):
    data, between, covariates, message = refusals()[case]
    interactions = covariates == "interactions"
    with pytest.raises(DesignError) as refused:
        rm_anova(
            data, "y", "dyad", between, ["roi", "band"], [] if interactions else covariates, interactions
        )
    assert message in str(refused.value)
    assert "\n" not in str(refused.value) and isinstance(refused.value, ValueError)


def test_a_design_without_factors_is_refused():
    with pytest.raises(DesignError, match="neither a between nor a within factor"):
        rm_anova(random_design(1, 6, {}, {}), "y", "dyad", [], [])


def test_several_rows_a_dyad_without_a_within_factor_are_refused():
    data = random_design(6, 8, {"a": 2}, {"roi": 2})
    with pytest.raises(DesignError, match=r"D00 has 2 rows: the ANOVA needs exactly one"):
        rm_anova(data, "y", "dyad", ["a"], [])


def eta2_bounds_by_root_finding(ratio, df1, df2, confidence):
    def bound(share):
        if stats.f.cdf(ratio, df1, df2) <= share:
            return 0.0
        end = 1.0
        while stats.ncf.cdf(ratio, df1, df2, end) > share:
            end *= 2
        return optimize.brentq(lambda nc: stats.ncf.cdf(ratio, df1, df2, nc) - share, 0, end, xtol=1e-10)

    tail = (1 - confidence) / 2
    return [nc / (nc + df1 + df2 + 1) for nc in (bound(1 - tail), bound(tail))]


@pytest.mark.parametrize("ratio", [0, 1e-5, 0.01, 0.57, 1.51, 8.30, 40, 300])
@pytest.mark.parametrize("df", [(1, 11), (2, 26), (3, 4)])
@pytest.mark.parametrize("confidence", [0.9, 0.95])
def test_the_interval_of_partial_eta_squared_inverts_the_noncentral_f(ratio, df, confidence):
    found = partial_eta2_interval(ratio, *df, confidence)
    # statsmodels' inversion itself is good to four digits at large F
    np.testing.assert_allclose(found, eta2_bounds_by_root_finding(ratio, *df, confidence), atol=5e-4)
    assert 0 <= found[0] <= found[1] <= 1


def test_the_interval_of_the_paper_s_effect_is_wide():
    low, high = partial_eta2_interval(8.30, 1, 11)
    assert (round(low, 2), round(high, 2)) == (0.02, 0.67)
    low, high = partial_eta2_interval(8.30, 1, 11, confidence=0.90)
    assert (round(low, 2), round(high, 2)) == (0.06, 0.63)


def test_an_interval_beyond_the_reach_of_the_inversion_is_missing_rather_than_wrong():
    assert np.isnan(partial_eta2_interval(1e6, 1, 11)).all()
    assert np.isnan(partial_eta2_interval(np.nan, 1, 11)).all()


def test_importing_the_room_loads_no_heavy_library():
    code = (
        "import sys, interbrain.statistics as s; s.DesignError; "
        "print([m for m in ('pingouin', 'statsmodels', 'matplotlib', 'seaborn', 'scipy.stats', 'mne')"
        " if m in sys.modules])"
    )
    library = Path(sys.modules["interbrain"].__file__).parents[1]
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=library, check=True
    )
    assert done.stdout.strip() == "[]"


def test_generalised_eta_squared_is_pingouin_s():
    data = random_design(5, 12, {"a": 2}, {"w": 3, "v": 2})
    within = pingouin.rm_anova(data, dv="y", within=["w", "v"], subject="dyad", effsize="ng2", detailed=True)
    found = rm_anova(data, "y", "dyad", [], ["w", "v"]).set_index("effect")
    # the dyads' own variation is among the errors, though no factor between is tested against it
    np.testing.assert_allclose(found["generalised_eta2"], within["ng2"], rtol=1e-9)


def test_generalised_eta_squared_takes_the_errors_of_all_strata():
    data = random_design(5, 12, {"a": 2}, {"w": 3})
    found = rm_anova(data, "y", "dyad", ["a"], ["w"]).set_index("effect")
    mixed = pingouin.mixed_anova(data, dv="y", within="w", between="a", subject="dyad", effsize="ng2")
    mixed = mixed.set_index("Source").rename(index={"Interaction": "a:w"})
    for effect in ("a", "w", "a:w"):
        assert found.loc[effect, "generalised_eta2"] == pytest.approx(mixed.loc[effect, "ng2"], rel=1e-9)


def test_sums_of_squares_of_all_strata_add_up_to_the_whole():
    data = random_design(6, 12, {"a": 2}, {"w": 3, "v": 2})
    found = rm_anova(data, "y", "dyad", ["a"], ["w", "v"])
    once = found.assign(stratum=found["effect"].str.replace("a:", "")).drop_duplicates("stratum")
    whole = np.sum((data["y"] - data["y"].mean()) ** 2)
    assert found["ss"].sum() + once["ss_error"].sum() == pytest.approx(whole, rel=1e-9)


def test_omega_squared_is_that_of_the_one_way_formula():
    data = random_design(3, 20, {"a": 3}, {})
    row = rm_anova(data, "y", "dyad", ["a"], []).iloc[0]
    mse = row["ss_error"] / row["df2"]
    total = row["ss"] + row["ss_error"]
    assert row["omega2"] == pytest.approx((row["ss"] - row["df1"] * mse) / (total + mse), rel=1e-9)


def both_types(data, interactions):
    model = ("y", "dyad", ["a", "b"], ["w"], (), interactions)
    return (rm_anova(data, *model, ss_type=k).set_index("effect")["F"] for k in (2, 3))


def test_types_two_and_three_agree_without_products():
    two, three = both_types(random_design(2, 15, {"a": 2, "b": 3}, {"w": 2}), interactions=False)
    between = two.index != "w"  # the within effect is of the mean, which every term contains
    np.testing.assert_allclose(two[between], three[between], rtol=1e-9)


def test_types_two_and_three_agree_where_cells_are_equal_and_differ_in_all_but_the_product_where_not():
    data = random_design(2, 18, {"a": 2}, {"w": 2})
    equal = data.assign(b=data.groupby("a")["dyad"].transform(lambda d: pd.factorize(d)[0] % 3))
    two, three = both_types(equal, interactions=True)
    np.testing.assert_allclose(two, three, rtol=1e-9)
    two, three = both_types(random_design(2, 18, {"a": 2, "b": 3}, {"w": 2}), interactions=True)
    np.testing.assert_allclose(two[["a:b", "a:b:w"]], three[["a:b", "a:b:w"]], rtol=1e-9)
    assert (abs(two - three)[["a", "b", "a:w", "b:w", "w"]] > 1e-6).all()


def test_type_two_between_dyads_agrees_with_statsmodels():
    import statsmodels.formula.api as smf
    from statsmodels.stats.anova import anova_lm

    data = random_design(4, 17, {"a": 2, "b": 3}, {})
    found = rm_anova(data, "y", "dyad", ["a", "b"], [], ["age"], True, ss_type=2).set_index("effect")
    expected = anova_lm(smf.ols("y ~ C(a, Sum) * C(b, Sum) + age", data).fit(), typ=2)
    expected = expected.rename(index=lambda name: name.replace("C(", "").replace(", Sum)", "")).loc[
        found.index
    ]
    np.testing.assert_allclose(found["ss"], expected["sum_sq"], rtol=1e-9)
    np.testing.assert_allclose(found["F"], expected["F"], rtol=1e-9)


def test_other_types_of_sums_of_squares_are_refused():
    with pytest.raises(ValueError, match="type 2 or 3, not 1"):
        rm_anova(random_design(2, 15, {"a": 2}, {"w": 2}), "y", "dyad", ["a"], ["w"], ss_type=1)


def test_an_interval_of_ninety_percent_lies_within_that_of_ninety_five():
    wide, narrow = (partial_eta2_interval(8.30, 1, 11, c) for c in (0.95, 0.90))
    assert wide[0] < narrow[0] < 0.43 < narrow[1] < wide[1]
