"""Synchrony against zero: references, brute force, the family, order and labels, what cannot be tested."""

from itertools import product

import numpy as np
import pandas as pd
import pingouin
import pytest
from scipy import stats

from interbrain.statistics import analyse
from interbrain.statistics.presence import against_zero, sign_flips

RNG = np.random.default_rng(3)
VALUES = RNG.normal(0.4, 1, (9, 5))


def aggregated(values, sites=("frontal", "central"), bands=("theta",), therapists=None, **more):
    """One row a dyad, site and band; `values` are above chance, (n_dyads, n_sites * n_bands)."""
    n = len(values)
    therapists = therapists or [f"T{i}" for i in range(n)]
    rows = [
        {
            "dyad": f"D{i}",
            "therapist": therapists[i],
            "client": f"C{i}",
            "time": "pre",
            "roi": roi,
            "band": band,
        }
        | {"plv": 0.3, "chance": 0.3 - values[i, k], "above_chance": values[i, k]}
        | {name: column[i, k] for name, column in more.items()}
        for i in range(n)
        for k, (roi, band) in enumerate(product(sites, bands))
    ]
    return pd.DataFrame(rows)


def presence_of(table, **asked):
    asked = {"relabelings": 199, "bootstraps": 99} | asked
    return analyse(table, [], ["roi"], ["above_chance"], [], **asked, only=["presence"])["presence"]


def test_t_interval_and_bayes_factor_are_those_of_pingouin_and_scipy():
    for row, column in zip(against_zero(VALUES), VALUES.T, strict=True):
        known = pingouin.ttest(column, 0)
        assert row["t"] == pytest.approx(known["T"].iloc[0])
        assert row["p"] == pytest.approx(stats.ttest_1samp(column, 0).pvalue)
        interval = stats.ttest_1samp(column, 0).confidence_interval()
        assert (row["ci_low"], row["ci_high"]) == pytest.approx(interval)
        assert row["bf10"] == pytest.approx(
            float(pingouin.bayesfactor_ttest(row["t"], 9, paired=True)), rel=1e-4
        )
        assert row["d_z"] == pytest.approx(column.mean() / column.std(ddof=1))
        assert row["d_z_low"] < row["d_z"] < row["d_z_high"]
        assert (row["d_z_low"] > 0) == (row["ci_low"] > 0)


def test_sign_flips_are_all_of_them_and_the_family_is_that_of_the_largest_t():
    t = np.array(
        [
            np.abs(stats.ttest_1samp(VALUES * np.array(signs)[:, None], 0).statistic)
            for signs in product([1, -1], repeat=9)
        ]
    )
    observed = np.abs(stats.ttest_1samp(VALUES, 0).statistic)
    largest = t[:, 1:].max(axis=1)
    for number, row in enumerate(against_zero(VALUES)):
        assert row["n_flips"] == 512 and row["exact"] == "yes" and row["smallest_p"] == 2 / 512
        assert row["p_flips"] == np.mean(t[:, number] >= observed[number] - 1e-9)
        if number:
            assert row["p_family"] == np.mean(largest >= observed[number] - 1e-9)
            assert row["p_family"] >= row["p_flips"]
    assert "p_family" not in against_zero(VALUES)[0]


@pytest.mark.parametrize("n", [9, 24])
def test_neither_the_order_of_dyads_nor_their_labels_change_a_number(n):
    values = np.random.default_rng(n).normal(0.3, 1, (n, 2))
    table = aggregated(values)
    other = table.sample(frac=1, random_state=4)
    names = {dyad: f"X{k}" for k, dyad in enumerate(sorted(table["dyad"], reverse=True))}
    other["dyad"], other["therapist"] = other["dyad"].map(names), other["therapist"].str.lower()
    key = ["measure", "roi", "band", "unit"]
    one, two = (presence_of(each).set_index(key).drop(columns="note").sort_index() for each in (table, other))
    assert set(one["exact"].dropna()) == {"yes" if n == 9 else "no"}
    pd.testing.assert_frame_equal(one, two)


def test_random_flips_come_near_the_exact_p_and_follow_the_seed():
    values = np.random.default_rng(8).normal(0.3, 1, (20, 1))
    signs = 1 - 2 * ((np.arange(2**19)[:, None] >> np.arange(20)) & 1)
    exact = np.mean(np.abs(signs @ values[:, 0]) >= abs(values.sum()) - 1e-9)
    found = [against_zero(values, 5000, (seed,))[0]["p_flips"] for seed in (1, 1, 2)]
    assert found[0] == found[1] != found[2]
    assert found[0] == pytest.approx(exact, abs=4 * np.sqrt(exact / 5000))
    assert (sign_flips(20, 5000).signs[0] == 1).all()


@pytest.mark.long
def test_uncoupled_dyads_are_found_in_one_study_of_twenty_and_the_family_is_controlled():
    rng = np.random.default_rng(12)
    studies = [against_zero(rng.standard_t(6, (10, 4)) * rng.uniform(0.5, 3, (10, 1))) for _ in range(600)]
    for found in (
        [study[0]["p_flips"] <= 0.05 for study in studies],
        [min(row["p_family"] for row in study[1:]) <= 0.05 for study in studies],
    ):
        low, high = stats.binomtest(sum(found), len(found)).proportion_ci(0.999)
        assert low < 0.05 < high


def test_where_a_therapist_has_several_dyads_their_means_are_tested_as_well():
    values = VALUES[:, :2] + 0.5
    table = presence_of(aggregated(values, therapists=[f"T{i // 2}" for i in range(9)]))
    row = table.query("unit == 'therapist' and roi == 'all' and measure == 'above_chance'").iloc[0]
    means = pd.Series(values.mean(axis=1)).groupby(np.arange(9) // 2).mean()
    assert row["n"] == 5 and row["t"] == pytest.approx(stats.ttest_1samp(means, 0).statistic)
    assert row["smallest_p"] == 2 / 32  # five therapists cannot reach .05
    notes = table.query("unit == 'dyad' and measure == 'above_chance'")["note"]
    assert notes.str.contains("T0 is in 2 dyads", na=False).all()
    assert "therapist" not in set(presence_of(aggregated(values))["unit"])


def test_what_cannot_be_tested_is_a_row_with_its_reason_and_no_number():
    table = presence_of(aggregated(VALUES[:1, :2]))
    assert table["p_flips"].isna().all() and table["t"].isna().all() and (table["apa"] == "not tested").all()
    assert (
        table["note"]
        .str.startswith(("1 dyad with a value: at least 2", "no dyad has a value of PLV above"), na=False)
        .all()
    )
    flat = presence_of(aggregated(np.full((5, 2), 0.02))).query("measure == 'above_chance'")
    assert flat["t"].isna().all() and flat["note"].str.startswith("the dyads do not vary", na=False).all()


def test_a_dyad_without_a_cell_is_left_out_of_the_mean_and_of_that_cell_alone():
    values = VALUES[:, :2].copy()
    values[3, 1] = np.nan
    table = presence_of(aggregated(values)).query("measure == 'above_chance'").set_index("roi")
    assert table["n"].to_dict() == {"all": 8, "frontal": 9, "central": 8}
    assert table.loc["central", "t"] == pytest.approx(
        stats.ttest_1samp(np.delete(values[:, 1], 3), 0).statistic
    )
    assert table.loc["central", "smallest_p"] == 2 / 256 and table.loc["frontal", "smallest_p"] == 2 / 512
    assert "without D3: no PLV above chance at central theta" in table.loc["all", "note"]
    assert pd.isna(table.loc["frontal", "note"])


def test_strangers_are_tested_where_the_table_has_them_and_change_is_tested_of_the_mean():
    table = aggregated(VALUES[:, :2], above_pseudo=VALUES[:, 2:4])
    found = presence_of(pd.concat([table, table.assign(time="post")]), time="change")
    row = found.query("measure == 'above_pseudo' and roi == 'all'").iloc[0]
    assert row["t"] == pytest.approx(stats.ttest_1samp(VALUES[:, 2:4].mean(axis=1), 0).statistic)


def test_a_study_of_five_dyads_says_that_no_sign_flip_could_reach_the_five_percent():
    assert {row["smallest_p"] for row in against_zero(VALUES[:5])} == {2 / 32}
    assert {row["smallest_p"] for row in against_zero(VALUES[:6])} == {2 / 64}


def test_zero_lag_and_amplitudes_are_tested_wherever_the_table_has_them():
    further = {"zero_lag": VALUES[:, 2:4] + 1, "aec_above_chance": VALUES[:, 3:5]}
    found = presence_of(aggregated(VALUES[:, :2], **further)).query("roi == 'all'").set_index("measure")
    assert list(found.index) == ["above_chance", "above_pseudo", "zero_lag", "aec_above_chance"]
    for name, values in further.items():
        assert found.loc[name, "t"] == pytest.approx(stats.ttest_1samp(values.mean(axis=1), 0).statistic)
    assert "zero_lag" not in set(presence_of(aggregated(VALUES[:, :2]))["measure"])


def test_a_dyad_without_a_curve_over_lags_leaves_that_test_alone_and_is_named():
    lags = VALUES[:, 2:4].copy()
    lags[2] = np.nan
    found = presence_of(aggregated(VALUES[:, :2], zero_lag=lags)).query("roi == 'all'").set_index("measure")
    assert found.loc["zero_lag", "n"] == 8 and found.loc["above_chance", "n"] == 9
    assert "D2" in found.loc["zero_lag", "note"] and pd.isna(found.loc["above_chance", "note"])


def test_dyads_without_any_value_take_no_part_in_the_number_of_flips():
    values = np.vstack([VALUES[:5, :2], np.full((13, 2), np.nan)])
    table = presence_of(aggregated(values)).query("measure == 'above_chance' and roi == 'all'")
    alone = presence_of(aggregated(VALUES[:5, :2])).query("measure == 'above_chance' and roi == 'all'")
    names = ["n", "n_flips", "exact", "p_flips", "smallest_p", "apa"]
    assert table[names].to_dict("records") == alone[names].to_dict("records")
    assert table["n_flips"].iloc[0] == 32 and "(exact, 32)" in table["apa"].iloc[0]
