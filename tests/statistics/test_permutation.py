"""Permutation tests: R-checked p-values, brute force, what may be exchanged, and the family-wise error."""

import json
from itertools import permutations
from math import comb

import numpy as np
import pandas as pd
import pytest

from interbrain.statistics import DesignError, rm_anova
from interbrain.statistics.permutation import permutation_tests, relabelings

MODEL = ("plv", "dyad", ["mindfulness", "modality"], ["roi", "band"])


EXACT = [("mindfulness", 1512, 38 / 1512), ("modality", 441, 43 / 441)]


@pytest.mark.parametrize(("factor", "n", "p"), EXACT)
def test_the_exact_p_of_the_reference_study(reference, factor, n, p):
    found = permutation_tests(reference["frames"]["mean"], *MODEL, factor=factor)
    assert (found["exact"] == "yes").all() and (found["n_relabelings"] == n).all()
    assert found.loc[0, "p"] == pytest.approx(p, rel=1e-12)


def test_the_copied_p_values_are_those_of_the_shared_reference(shared):
    text = (shared / "reference/anova_reference.json").read_text(encoding="utf-8")
    original = json.loads(text)["reference"]
    for name, n, p in EXACT:
        assert original[f"perm_{name}"]["n_perm"] == n
        assert original[f"perm_{name}"]["p_exact"] == pytest.approx(p, rel=1e-12)


def test_the_statistic_is_the_f_of_the_anova(reference):
    data = reference["frames"]["mean"]
    effects = rm_anova(data, *MODEL).set_index("effect")["F"]
    found = permutation_tests(data, *MODEL, factor="mindfulness")
    whole = found[found["roi"] == "all"].set_index("effect")["statistic"]
    assert list(whole.index) == ["mindfulness", "mindfulness:roi", "mindfulness:band", "mindfulness:roi:band"]
    np.testing.assert_allclose(whole, effects[whole.index], rtol=1e-9)
    cell = data.query("roi == 'central' and band == 'alpha'")
    alone = rm_anova(cell, "plv", "dyad", ["mindfulness", "modality"], []).set_index("effect")["F"]
    row = found.query("roi == 'central' and band == 'alpha'").iloc[0]
    assert row["statistic"] == pytest.approx(alone["mindfulness"], rel=1e-9)


def small_study(seed, n=7, cells=("x", "y"), levels="aab"):
    rng = np.random.default_rng(seed)
    dyads = pd.DataFrame(
        {
            "dyad": [f"D{i}" for i in range(n)],
            "therapist": [f"T{i}" for i in range(n)],
            "group": np.resize(list(levels), n),
            "setting": np.resize(["on", "on", "on", "off"], n),
        }
    )
    data = dyads.merge(pd.DataFrame({"roi": cells}), how="cross")
    return data.assign(plv=rng.normal(size=len(data)))


@pytest.mark.long_but("aab")
@pytest.mark.parametrize("levels", ["aab", "abc"])
def test_p_and_the_family_wise_p_are_those_of_brute_force(levels):
    data = small_study(3, levels=levels)
    found = permutation_tests(data, "plv", "dyad", ["group", "setting"], ["roi"], factor="group")
    dyads = data.drop_duplicates("dyad").set_index("dyad")

    def statistics(frame):
        model = ("dyad", ["group", "setting"])
        whole = rm_anova(frame, "plv", *model, ["roi"]).set_index("effect")["F"]
        cells = [
            rm_anova(cell, "plv", *model, []).set_index("effect").loc["group", "F"]
            for _, cell in frame.groupby("roi", sort=False)
        ]
        return [whole["group"], whole["group:roi"], *cells]

    every, group, setting = {}, list(dyads["group"]), list(dyads["setting"])
    for order in permutations(range(len(dyads))):
        if [setting[k] for k in order] == setting:
            every.setdefault(tuple(group[k] for k in order), None)
    results = []
    for dealt in every:
        relabelled = data.assign(group=data["dyad"].map(dict(zip(dyads.index, dealt, strict=True))))
        results.append(statistics(relabelled))
    results, observed = np.array(results), np.array(statistics(data))
    reached = results >= observed * (1 - 1e-9)
    np.testing.assert_allclose(found["statistic"], observed, rtol=1e-9)
    np.testing.assert_allclose(found["p"], reached.mean(axis=0), rtol=1e-12)
    largest = results[:, 2:].max(axis=1)
    family = (largest[:, None] >= observed[2:] * (1 - 1e-9)).mean(axis=0)
    np.testing.assert_allclose(found["p_family"].iloc[2:], family, rtol=1e-12)
    assert found["p_family"].iloc[:2].isna().all()
    assert (found["n_relabelings"] == len(every)).all()


def test_every_relabeling_is_distinct_and_stays_within_its_stratum():
    levels, strata = list("aabbabab"), list("uuuuvvvv")
    dealt = relabelings(levels, strata)
    assert dealt.exact and len(dealt.orders) == dealt.n_possible == comb(4, 2) ** 2
    assert (dealt.orders[0] == np.arange(8)).all()
    relabelled = np.array(levels)[dealt.orders]
    assert len({tuple(row) for row in relabelled}) == len(relabelled)
    for half in (slice(0, 4), slice(4, 8)):
        assert (np.sort(relabelled[:, half], axis=1) == sorted(levels[half])).all()
    assert (np.sort(dealt.orders, axis=1) == np.arange(8)).all()


def test_many_relabelings_are_drawn_with_the_observed_one_first_and_by_the_seed():
    levels = np.resize(["a", "b"], 30)
    one, again, other = (relabelings(levels, n_max=500, seed=[s]) for s in (1, 1, 2))
    assert not one.exact and one.n_possible == comb(30, 15) and one.orders.shape == (500, 30)
    assert (levels[one.orders[0]] == levels).all()
    np.testing.assert_array_equal(one.orders, again.orders)
    assert (one.orders != other.orders).any()


def test_dyads_of_one_therapist_move_together_and_only_with_those_of_another_with_as_many():
    levels = ["a", "a", "b", "b", "a", "b"]
    therapists = ["T1", "T1", "T2", "T2", "T3", "T4"]
    dealt = relabelings(levels, units=therapists)
    relabelled = np.array(levels)[dealt.orders]
    assert dealt.n_possible == len(relabelled) == 2 * 2
    assert (relabelled[:, 0] == relabelled[:, 1]).all() and (relabelled[:, 2] == relabelled[:, 3]).all()


def test_a_therapist_with_dyads_at_two_levels_is_named():
    with pytest.raises(DesignError, match=r"T1 has dyads at several levels \(a, b\)"):
        relabelings(["a", "b", "a"], units=["T1", "T1", "T2"])


@pytest.mark.long
def test_under_no_effect_the_p_of_random_relabelings_is_uniform_enough():
    rng = np.random.default_rng(11)
    p = []
    for _ in range(400):
        data = small_study(rng.integers(1 << 30), n=12, cells=("x",), levels="ab")
        found = permutation_tests(
            data, "plv", "dyad", ["group"], [], factor="group", n_max=199, seed=[int(rng.integers(1 << 30))]
        )
        p.append(found.loc[0, "p"])
    assert not found["exact"].eq("yes").any()
    assert 7 <= np.sum(np.array(p) <= 0.05) <= 34  # binomial, 400 x .05, four standard deviations
    assert min(p) >= 1 / 199 - 1e-12


def test_a_measure_without_variation_has_no_p():
    data = small_study(1).assign(plv=0.2)
    found = permutation_tests(data, "plv", "dyad", ["group"], ["roi"], factor="group")
    assert found[["statistic", "p", "p_family"]].isna().all(axis=None)


def test_a_cell_in_which_no_dyad_differs_is_no_member_of_the_family(reference):
    data = reference["frames"]["mean"]
    flat = (data["roi"] == "central") & (data["band"] == "alpha")
    cells = ("roi", "band", "statistic", "p", "p_family")
    for value in (0.0, 0.3):  # 0.3 leaves the rounding of the arithmetic, which is not variation either
        whole = permutation_tests(
            data.assign(plv=data["plv"].mask(flat, value)), *MODEL, factor="mindfulness"
        ).set_index(["roi", "band"])
        assert whole.loc[("central", "alpha"), ["statistic", "p", "p_family"]].isna().all()
        # the oracle: the other three cells as the levels of one factor
        three = data[~flat].assign(roi=data["roi"] + " " + data["band"])
        alone = permutation_tests(
            three, "plv", "dyad", ["mindfulness", "modality"], ["roi"], factor="mindfulness"
        ).set_index("roi")
        for roi, band in (("central", "theta"), ("frontal", "alpha"), ("frontal", "theta")):
            found, expected = whole.loc[(roi, band)], alone.loc[f"{roi} {band}"]
            for column in cells[2:]:
                assert found[column] == pytest.approx(expected[column], rel=1e-9), (roi, band, column)


def test_therapists_are_exchanged_in_every_way_that_brute_force_finds():
    levels = np.array(list("aabbabab"))
    strata = np.array(list("uvuvuuvv"))
    therapists = np.array(["T1", "T1", "T2", "T2", "T3", "T4", "T5", "T6"])
    dealt = relabelings(levels, strata, therapists)
    own = {name: np.flatnonzero(therapists == name) for name in dict.fromkeys(therapists)}
    kinds = {name: (len(rows), *sorted(strata[rows])) for name, rows in own.items()}
    expected = set()
    for order in permutations(own):
        if all(kinds[one] == kinds[other] for one, other in zip(own, order, strict=True)):
            relabelled = levels.copy()
            for one, other in zip(own, order, strict=True):
                relabelled[own[one]] = levels[own[other][0]]
            expected.add(tuple(relabelled))
    assert {tuple(row) for row in levels[dealt.orders]} == expected
    assert len(dealt.orders) == dealt.n_possible == len(expected) == 2 * 2 * 2


@pytest.mark.parametrize(
    ("model", "options", "message"),
    [
        (MODEL, {"factor": "roi"}, "factor roi is not between dyads"),
        (MODEL, {"factor": "mindfulness", "units": "therapst"}, "did you mean therapist"),
        (("plw", *MODEL[1:]), {"factor": "mindfulness"}, "no column plw"),
        (("plv", "dyad", ["mindful"], ["roi", "band"]), {"factor": "mindful"}, "no column mindful"),
    ],
)
def test_what_cannot_be_dealt_out_is_named(reference, model, options, message):
    with pytest.raises(DesignError, match=message):
        permutation_tests(reference["frames"]["mean"], *model, **options)


def test_a_dyad_without_a_level_or_a_therapist_is_not_dealt_out():
    with pytest.raises(DesignError, match="Dyad 2 has no level"):
        relabelings(["a", None, "b"])
    with pytest.raises(DesignError, match="Dyad 3 has no unit"):
        relabelings(["a", "b", "b"], units=["T1", "T2", np.nan])
    with pytest.raises(ValueError, match="3 levels and 2 strata"):
        relabelings(["a", "b", "b"], strata=["u", "u"])


@pytest.mark.parametrize(
    ("levels", "other", "smallest"),
    [
        ("aabbaabb", "xxxxyyyy", 2 / 36),  # yes and no exchanged everywhere is the same division
        ("aababb", "xxxyyy", 1 / 9),  # unequal strata: no other division is the same
        ("abaabb", "xxyyyy", 2 / 12),
        ("aabbb", None, 1 / 10),
        ("aabbcc", None, 6 / 90),
    ],
)
def test_the_smallest_p_that_a_design_can_give_is_reached_by_its_best_data_and_never_undercut(
    levels, other, smallest
):
    rng = np.random.default_rng(4)
    n = len(levels)
    data = pd.DataFrame({"dyad": range(n), "group": list(levels), "other": list(other or "x" * n)})
    between = ["group", "other"] if other else ["group"]
    effect = data["group"].map({"a": 0.0, "b": 9.0, "c": 21.0})
    found = [
        permutation_tests(data.assign(y=y), "y", "dyad", between, [], factor="group").iloc[0]
        for y in (effect + 1e-3 * rng.normal(size=n), *rng.normal(size=(20, n)))
    ]
    assert [row["smallest_p"] for row in found] == pytest.approx([smallest] * 21)
    assert found[0]["p"] == pytest.approx(smallest)
    assert min(row["p"] for row in found) >= smallest - 1e-12


@pytest.mark.parametrize(("who", "name"), [({"units": [1, None, 2, None]}, "unit"), ({}, "level")])
def test_the_first_dyad_without_a_level_or_unit_is_named(who, name):
    levels = ["a", "b", "a", "b"] if who else ["a", None, "b", None]
    with pytest.raises(DesignError, match=f"Dyad 2 has no {name}"):
        relabelings(levels, n_max=10, seed=(1,), **who)
