"""Equivalence and Bayes factors: pingouin's numbers, the paper's null, and what may be concluded."""

import numpy as np
import pingouin
import pytest

from interbrain.statistics import DesignError
from interbrain.statistics.equivalence import (
    bf01_from_f,
    correlation_equivalence,
    equivalence,
    equivalence_from_f,
    equivalence_of_contrasts,
)


def groups(n1, n2, shift=0.0, seed=1):
    rng = np.random.default_rng(seed)
    return rng.normal(shift, 1, n1), rng.normal(0, 1, n2)


@pytest.mark.parametrize(("n1", "n2", "shift"), [(10, 4, 0.0), (7, 7, 1.5), (60, 60, 0.0)])
def test_p_d_and_bayes_factor_are_those_of_pingouin(n1, n2, shift):
    a, b = groups(n1, n2, shift)
    found = equivalence(a, b, 0.5)
    t = pingouin.ttest(a, b, correction=False)
    pooled = np.sqrt((a.var(ddof=1) * (n1 - 1) + b.var(ddof=1) * (n2 - 1)) / (n1 + n2 - 2))
    assert found["d"] == pytest.approx(pingouin.compute_effsize(a, b, eftype="cohen"), rel=1e-9)
    assert found["p"] == pytest.approx(t["p_val"].iloc[0] if "p_val" in t else t["p-val"].iloc[0], rel=1e-9)
    assert found["p_tost"] == pytest.approx(pingouin.tost(a, b, bound=0.5 * pooled)["pval"].iloc[0], rel=1e-9)
    assert 1 / found["bf01"] == pytest.approx(float(t["BF10"].iloc[0]), rel=0.01)  # printed with 3 digits


def test_the_interval_and_the_two_one_sided_tests_agree():
    """TOST is significant at .05 exactly where the 90% interval of the difference lies within the bounds."""
    a, b = groups(40, 40)
    difference, (low, high) = a.mean() - b.mean(), pingouin.ttest(a, b, confidence=0.90)["CI90"].iloc[0]
    pooled = np.sqrt((a.var(ddof=1) + b.var(ddof=1)) / 2)
    reach = max(abs(low), abs(high)) / pooled
    assert low < difference < high
    assert equivalence(a, b, reach * 1.02)["p_tost"] < 0.05 < equivalence(a, b, reach * 0.98)["p_tost"]


@pytest.mark.parametrize(
    ("n", "shift", "bound", "verdict"),
    [
        (7, 0.0, 0.5, "cannot tell"),
        (400, 0.0, 0.5, "equivalent"),
        (40, 2.0, 0.5, "different"),
        (2000, 0.2, 0.5, "different but negligible"),
    ],
)
def test_the_four_verdicts(n, shift, bound, verdict):
    found = equivalence(*groups(n, n, shift, seed=4), bound)
    assert found["verdict"] == verdict
    said = {"cannot tell": "cannot tell", "equivalent": "No difference that matters", "different": "differ"}
    assert said.get(verdict, "less than would matter") in found["sentence"]


def test_the_paper_s_null_for_modality_says_nothing():
    """F(1, 11) = .01 of 10 against 4 dyads: a d of .06 whose interval reaches about 1 either way."""
    found = equivalence_from_f(0.01, 10, 4, 11, 0.5)
    assert found["d"] == pytest.approx(0.06, abs=0.005)
    assert (found["d_low"], found["d_high"]) == pytest.approx((-0.92, 1.03), abs=0.005)
    assert (
        found["verdict"] == "cannot tell"
        and "−0.92 to 1.03; only one within −0.5 to 0.5" in found["sentence"]
    )
    assert 1 < found["bf01"] == bf01_from_f(0.01, 10, 4) < 3  # anecdotal


def test_the_paper_s_effect_of_mindfulness_is_a_difference():
    found = equivalence_from_f(8.30, 7, 7, 11, 0.5)
    assert found["p"] == pytest.approx(0.0149, abs=5e-5)
    assert found["verdict"] == "different" and found["bf01"] < 1 / 3


def test_without_further_factors_f_and_groups_say_the_same():
    a, b = groups(9, 6, 0.7)
    direct = equivalence(a, b, 0.5)
    by_f = equivalence_from_f(pingouin.ttest(a, b, correction=False)["T"].iloc[0] ** 2, 9, 6, 13, 0.5)
    assert by_f["d"] == pytest.approx(abs(direct["d"]))
    assert by_f["verdict"] == direct["verdict"]
    for name in ("p", "p_tost", "bf01"):
        assert by_f[name] == pytest.approx(direct[name])


def test_hedges_g_is_that_of_pingouin_to_its_own_approximation_and_the_bound_is_in_the_values_unit():
    a, b = groups(40, 30, 0.7)
    found = equivalence(a, b, 0.5)
    assert found["g"] == pytest.approx(pingouin.compute_effsize(a, b, eftype="hedges"), rel=1e-4)
    assert found["g_low"] / found["d_low"] == pytest.approx(found["g"] / found["d"])
    assert equivalence(10 * a, 10 * b, 0.5)["bound"] == pytest.approx(10 * found["bound"])
    assert found["bound"] == pytest.approx(0.5 * (a.mean() - b.mean()) / found["d"])


@pytest.mark.parametrize(("n1", "n2"), [(2, 2), (7, 7), (10, 4), (60, 60)])
@pytest.mark.parametrize("t", [0.0, 1.0, 2.9, 20.0])
def test_the_bayes_factor_is_that_of_pingouin(t, n1, n2):
    expected = 1 / float(pingouin.bayesfactor_ttest(t, n1, n2))
    assert bf01_from_f(t**2, n1, n2) == pytest.approx(expected, rel=1e-8)


def test_one_degree_of_freedom_has_d_and_no_hedges_g():
    """As in two groups of two dyads with a second factor: four dyads, three parameters."""
    (found,) = equivalence_of_contrasts([(1.2, 1.0, 1)], 0.5)
    assert found["d"] == 1.2 and np.isnan([found["g"], found["g_low"], found["g_high"]]).all()
    assert found["d_low"] < 1.2 < found["d_high"] and found["verdict"] == "cannot tell"


def test_more_evidence_against_no_difference_never_counts_for_it():
    """However large F is; where the usual integral is lost, it said the contrary."""
    for n1, n2 in [(2, 2), (7, 7), (150, 150)]:
        bf01 = [bf01_from_f(10.0**power, n1, n2) for power in range(1, 17)]
        assert bf01 == sorted(bf01, reverse=True) and bf01[-1] < 1e-6 < bf01[0]


@pytest.mark.parametrize("shift", [20.0, 100.0, 1e3, 1e5, 1e8])
@pytest.mark.parametrize(("n1", "n2"), [(2, 2), (2, 3), (7, 7), (150, 150)])
def test_groups_far_apart_have_an_interval_too(n1, n2, shift):
    found = equivalence(*groups(n1, n2, shift), 0.5)
    assert 0 < found["d_low"] < found["d"] < found["d_high"] < np.inf
    assert found["p_tost"] > 0.5 and found["bf01"] < 1


def test_a_correlation_is_tested_against_those_that_would_matter():
    n, r, bound = 500, 0.05, 0.3
    from scipy.stats import norm

    found = correlation_equivalence(r, n, bound)
    expected = norm.cdf((np.arctanh(r) - np.arctanh(bound)) * np.sqrt(n - 3))
    assert found["p_tost"] == pytest.approx(expected) and found["verdict"] == "equivalent"
    assert correlation_equivalence(-r, n, bound)["p_tost"] == pytest.approx(expected)
    assert correlation_equivalence(-0.67, 14, bound)["verdict"] == "different"
    assert correlation_equivalence(0.2, 14, bound)["verdict"] == "cannot tell"
    assert correlation_equivalence(0.15, 2000, bound)["verdict"] == "different but negligible"
    assert correlation_equivalence(1.0, 14, bound)["verdict"] is None
    said = correlation_equivalence(0.2, 14, bound)["sentence"]
    assert "90% interval of r is −.29 to .60" in said and "within −.3 to .3" in said


@pytest.mark.long
def test_a_false_claim_of_equivalence_is_made_in_one_study_of_twenty_at_most():
    rng = np.random.default_rng(3)
    claims = [
        equivalence(rng.normal(1.0, 1, 30), rng.normal(0, 1, 30), 1.0)["p_tost"] < 0.05 for _ in range(600)
    ]
    assert 10 <= sum(claims) <= 52  # binomial, 600 x .05, four standard deviations


@pytest.mark.parametrize(
    ("a", "b", "message"),
    [
        ([1.0, 2.0], [1.0], "Groups of 2 and 1 dyads are too small to compare"),
        ([0.2, 0.2], [0.2, 0.2], "do not vary within the groups"),
        ([0.2, np.nan, 0.3], [0.2, 0.4], "1 of 5 dyads have no value"),
    ],
)
def test_groups_that_cannot_be_compared_are_refused(a, b, message):
    with pytest.raises(DesignError, match=message):
        equivalence(a, b, 0.5)
