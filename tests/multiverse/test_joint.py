"""The arithmetic of relabelled tests, against statsmodels, brute force and chance."""

from itertools import combinations

import numpy as np
import pytest
from scipy import stats

from interbrain.multiverse.joint import joint_statistics, relabelled_tests, share_at_least

RNG = np.random.default_rng(11)


def orders_of(n, n_first, n_random=0):
    """All ways to choose who has the first level, the observed one first; or random orders of the dyads."""
    if n_random:
        return np.array([np.arange(n), *(RNG.permutation(n) for _ in range(n_random))])
    return np.array(
        [[*chosen, *(i for i in range(n) if i not in chosen)] for chosen in combinations(range(n), n_first)]
    ).argsort(axis=1)


def test_every_relabelling_is_tested_as_least_squares_tests_it():
    import statsmodels.api as sm

    group, other = np.repeat([1.0, 0.0], 6), np.tile([1.0, 0.0], 6)
    covariate, outcome = RNG.standard_normal((2, 12))
    fixed = np.column_stack([np.ones(12), other, covariate])
    orders = orders_of(12, 6, n_random=20)
    tests = relabelled_tests(outcome, group[orders][:, None], fixed)
    fits = [sm.OLS(outcome, np.column_stack([fixed, group[order]])).fit() for order in orders]
    np.testing.assert_allclose(tests.t, [fit.tvalues[-1] for fit in fits], rtol=1e-9)
    np.testing.assert_allclose(tests.p, [fit.pvalues[-1] for fit in fits], rtol=1e-9)
    np.testing.assert_allclose(tests.d, [fit.params[-1] / fit.mse_resid**0.5 for fit in fits], rtol=1e-9)
    assert tests.df2 == fits[0].df_resid == 8


def test_several_columns_are_tested_together_and_have_no_direction():
    import statsmodels.api as sm

    group = np.repeat([0, 1, 2], 4)
    columns = (group[:, None] == [0, 1]).astype(float)
    outcome = RNG.standard_normal(12)
    orders = orders_of(12, 4, n_random=10)
    tests = relabelled_tests(outcome, columns[orders].swapaxes(1, 2), np.ones((12, 1)))
    fits = [sm.OLS(outcome, sm.add_constant(columns[order])).fit() for order in orders]
    np.testing.assert_allclose(tests.F, [fit.fvalue for fit in fits], rtol=1e-9)
    np.testing.assert_allclose(tests.partial_eta2, [fit.rsquared for fit in fits], rtol=1e-9)
    np.testing.assert_allclose(stats.norm.sf(tests.z), [fit.f_pvalue for fit in fits], rtol=1e-9)


def test_the_papers_own_group_difference_has_its_d_and_interval():
    """F(1,11) = 8.30 of 7 against 7 dyads is d = 1.54, 95% CI .29 to 2.74."""
    group = np.repeat([1.0, 0.0], 7)
    modality = np.tile([1.0] * 5 + [0.0] * 2, 2)
    fixed = np.column_stack([np.ones(14), modality])
    noise = RNG.standard_normal(14)
    design = np.column_stack([fixed, group])
    noise -= design @ np.linalg.lstsq(design, noise, rcond=None)[0]
    sigma = np.sqrt(noise @ noise / 11)
    outcome = noise + group * np.sqrt(8.30 * 2 / 7) * sigma
    tests = relabelled_tests(outcome, group[None, None], fixed)
    assert tests.F[0] == pytest.approx(8.30) and tests.df2 == 11
    assert (tests.d[0], *tests.interval_d()) == pytest.approx((1.54, 0.29, 2.74), abs=0.005)
    low, high = tests.interval_d()
    assert stats.nct.sf(tests.t[0], 11, np.sqrt(3.5) * low) == pytest.approx(0.025, abs=1e-6)
    assert stats.nct.cdf(tests.t[0], 11, np.sqrt(3.5) * high) == pytest.approx(0.025, abs=1e-6)


def test_a_correlation_has_pearsons_r_p_and_fishers_interval():
    x, y = RNG.standard_normal((2, 14))
    tests = relabelled_tests(y, (x - x.mean())[None, None], np.ones((14, 1)))
    expected = stats.pearsonr(x, y)
    assert (tests.r[0], tests.p[0]) == pytest.approx((expected.statistic, expected.pvalue))
    assert tests.interval_r() == pytest.approx(tuple(expected.confidence_interval()), abs=1e-9)


def test_the_p_of_a_test_is_that_of_trying_all_relabelings_by_hand():
    outcome = RNG.standard_normal(8)
    group = np.repeat([1.0, 0.0], 4)
    tests = relabelled_tests(outcome, group[orders_of(8, 4)][:, None], np.ones((8, 1)))
    differences = [
        abs(np.mean(outcome[list(one)]) - np.mean(np.delete(outcome, one)))
        for one in combinations(range(8), 4)
    ]
    assert len(tests.F) == 70
    assert share_at_least(tests.F) == np.mean(np.array(differences) >= differences[0] - 1e-12)
    assert share_at_least(tests.F) * 70 % 2 == 0  # a relabelling and its mirror image are one


@pytest.mark.parametrize(
    ("outcome", "group", "fixed"),
    [
        (np.ones(6), [1, 1, 1, 0, 0, 0], np.ones((6, 1))),
        ([1.0, 2, 4, 3, 5, 9], [1, 1, 1, 1, 1, 1], np.ones((6, 1))),
        ([1.0, 2, 4, 3, 5, 9], [1, 1, 1, 0, 0, 0], np.column_stack([np.ones(6), [2, 2, 2, 5, 5, 5]])),
        ([1.0, 2], [1, 0], np.ones((2, 1))),
    ],
)
def test_what_cannot_be_tested_is_not(outcome, group, fixed):
    assert relabelled_tests(np.asarray(outcome), np.asarray(group, float)[None, None], fixed) is None


def test_a_relabelling_that_cannot_be_told_apart_has_no_test_and_counts_against_the_finding():
    outcome, fixed = np.array([1.0, 2, 4, 3, 5, 9]), np.column_stack([np.ones(6), [0, 1, 0, 1, 0, 1]])
    groups = np.array([[1.0, 1, 1, 0, 0, 0], [1, 0, 1, 0, 1, 0]])
    tests = relabelled_tests(outcome, groups[:, None], fixed)
    assert np.isfinite(tests.F[0]) and np.isnan(tests.F[1])
    assert share_at_least(tests.F) == 1


def test_the_joint_statistics_are_what_their_names_say():
    effect = np.array([[0.5, -0.2], [0.9, -0.4], [-1.2, np.nan], [0.1, 0.3]])
    p = np.array([[0.04, 0.5], [0.01, 0.03], [0.001, np.nan], [0.8, 0.04]])
    z = np.array([[2.0, -0.6], [2.5, -2.2], [-3.2, np.nan], [0.2, 2.0]])
    found = joint_statistics(effect, p, z, signed=True)
    assert found["median_effect"] == pytest.approx([0.3, -0.2])
    assert found["significant_share"] == pytest.approx([2 / 4, 1 / 3])
    assert found["stouffer_z"] == pytest.approx([1.5 / 2, -0.8 / np.sqrt(3)])
    unsigned = joint_statistics(np.abs(effect), p, z, signed=False)
    assert unsigned["significant_share"] == pytest.approx([3 / 4, 2 / 3])


def joint_p(outcomes, group, orders):
    tests = [relabelled_tests(one, group[orders][:, None], np.ones((len(group), 1))) for one in outcomes]
    arrays = (np.stack([getattr(one, name) for one in tests]) for name in ("d", "p", "z"))
    return {name: share_at_least(np.abs(values)) for name, values in joint_statistics(*arrays, True).items()}


def specifications_of_one_study(rng, effect=0.0, n=8, n_specifications=12):
    """Dyads in two groups under specifications that all look at the same dyads: they depend on each other."""
    person = rng.standard_normal(n) + effect * np.repeat([1, 0], n // 2)
    return person + 0.5 * rng.standard_normal((n_specifications, n))


@pytest.mark.long
def test_without_an_effect_the_joint_p_are_uniform_though_specifications_depend_on_each_other():
    rng = np.random.default_rng(2020)
    group, orders = np.repeat([1.0, 0.0], 4), orders_of(8, 4)
    n = 400
    found = [joint_p(specifications_of_one_study(rng), group, orders) for _ in range(n)]
    for name in ("median_effect", "stouffer_z", "significant_share"):
        p = np.array([one[name] for one in found])
        for level in (2 / 70, 0.1, 0.3, 0.5, 0.8):
            low, high = stats.binom.ppf([0.001, 0.999], n, np.floor(level * 35 + 1e-9) / 35)
            below = np.sum(p <= level + 1e-9)
            assert below <= high, (name, level)
            assert below >= low or name == "significant_share", (name, level)  # many ties: never too small


def test_a_planted_effect_is_found_by_all_three():
    rng = np.random.default_rng(1)
    group, orders = np.repeat([1.0, 0.0], 4), orders_of(8, 4)
    found = joint_p(specifications_of_one_study(rng, effect=4), group, orders)
    assert set(found.values()) == {2 / 70}


def chance_of_a_finding(shift, ratio, sizes, seed, n=150):
    """Share of p <= .05 by the median of d, and by that of the studentised effect, of studies without any."""
    rng = np.random.default_rng(seed)
    group = np.repeat([1.0, 0.0], sizes)
    spread = np.where(group == 1, 1, ratio)
    found = np.zeros(2)
    for _ in range(n):
        covariate, common = rng.normal(size=(2, len(group)))
        fixed = np.column_stack([np.ones(len(group)), covariate + shift * group])
        orders = np.array([np.arange(len(group)), *(rng.permutation(len(group)) for _ in range(199))])
        tests = [
            relabelled_tests(spread * (0.8 * common + 0.6 * rng.normal(size=len(group))), columns, fixed)
            for columns in [group[orders][:, None]] * 4
        ]
        for place, used in enumerate((tests, [one.studentised for one in tests])):
            found[place] += share_at_least(np.abs(np.median([one.d for one in used], axis=0))) <= 0.05
    return found / n


@pytest.mark.long_but("2-1-sizes0")
@pytest.mark.parametrize(("shift", "ratio", "sizes"), [(2, 1, (7, 7)), (0, 3, (10, 4))])
def test_neither_a_covariate_that_differs_nor_unequal_spread_is_found_jointly(shift, ratio, sizes):
    plain, studentised = chance_of_a_finding(shift, ratio, sizes, seed=5)
    assert plain > 0.12
    assert studentised < 0.5 * plain and studentised < 0.12


def test_the_studentised_effect_is_that_of_errors_of_each_dyads_own():
    import statsmodels.api as sm

    group, covariate = np.repeat([1.0, 0.0], [8, 4]), RNG.standard_normal(12)
    fixed, outcome = np.column_stack([np.ones(12), covariate]), RNG.standard_normal(12)
    orders = orders_of(12, 8, n_random=5)
    tests = relabelled_tests(outcome, group[orders][:, None], fixed)
    fits = [sm.OLS(outcome, np.column_stack([fixed, group[order]])).fit(cov_type="HC3") for order in orders]
    np.testing.assert_allclose(tests.studentised.t, [fit.tvalues[-1] for fit in fits], rtol=1e-9)
    assert tests.d[0] == pytest.approx(fits[0].params[-1] / fits[0].mse_resid ** 0.5)
