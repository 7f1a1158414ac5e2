"""Mediations: planted indirect effects are found with their sign, none is found where there is none."""

import numpy as np
import pandas as pd
import pingouin
import pytest

from interbrain.statistics.mediation import detectable_indirect, mediations, paths_of, resampled

ASKED = [{"x": "presence", "mediator": "plv", "y": "alliance"}]


def study(n=60, a=0.7, b=0.7, seed=1, therapists=None, direct=0.0):
    """`n` dyads of two rows each: presence to PLV to alliance, with these standardised paths."""
    rng = np.random.default_rng(seed)
    x, e, f = rng.standard_normal((3, n))
    m = a * x + np.sqrt(1 - a**2) * e
    y = b * m + direct * x + np.sqrt(1 - b**2) * f
    table = pd.DataFrame(
        {
            "dyad": [f"D{i:03}" for i in range(n)],
            "therapist": [f"T{i % (therapists or n):03}" for i in range(n)],
            "client": [f"C{i:03}" for i in range(n)], "presence": x, "plv": m, "alliance": y,
        }
    )  # fmt: skip
    return pd.concat([table.assign(time="pre"), table.assign(time="post")], ignore_index=True)


def only(table, asked=ASKED, bootstraps=2000, **further):
    [row] = mediations(table, asked, bootstraps=bootstraps, **further).to_dict("records")
    return row


@pytest.mark.parametrize(
    ("a", "b", "verdict"), [(0.7, 0.7, "positive"), (-0.7, 0.7, "negative"), (-0.7, -0.7, "positive")]
)
def test_a_planted_indirect_effect_is_found_with_its_sign(a, b, verdict):
    row = only(study(a=a, b=b))
    assert row["verdict"] == verdict and row["indirect"] == pytest.approx(a * b, abs=0.2)
    assert row["indirect_low"] < row["indirect"] < row["indirect_high"]
    assert row["total"] == pytest.approx(row["direct"] + row["indirect"])


def test_paths_are_pingouins_and_the_interval_is_near_its_own():
    table = study(n=30, a=0.5, b=0.5).query("time == 'pre'")
    names = ["presence", "plv", "alliance"]
    scaled = (table[names] - table[names].mean()) / table[names].std(ddof=1)
    known, drawn = pingouin.mediation_analysis(
        scaled, "presence", "plv", "alliance", n_boot=1000, seed=3, return_dist=True
    )
    coefficient = known.set_index("path")["coef"]
    row = only(table)
    assert row["a"] == pytest.approx(coefficient["plv ~ X"])
    assert row["direct"] == pytest.approx(coefficient["Direct"])
    assert row["total"] == pytest.approx(coefficient["Total"])
    assert row["indirect"] == pytest.approx(coefficient["Indirect"])
    low, high = np.quantile(drawn, [0.025, 0.975])
    assert row["indirect_low"] == pytest.approx(low, abs=0.06)
    assert row["indirect_high"] == pytest.approx(high, abs=0.06)


def test_fourteen_dyads_cannot_tell_and_say_what_they_could_have_found():
    row = only(study(n=14, a=0.3, b=0.3))
    assert row["verdict"] == "cannot tell" and row["detectable"] == pytest.approx(0.64, abs=0.01)
    assert "no causal order" in row["note"]


@pytest.mark.long
def test_a_path_that_is_missing_is_hardly_ever_found():
    """One path of .6, the other absent: at most one study of ten of 20 dyads has an interval without 0."""
    found = [
        only(study(n=20, a=0.6, b=0.0, seed=seed), bootstraps=400)["verdict"] in ("positive", "negative")
        for seed in range(40)
    ]
    assert np.mean(found) <= 0.15


@pytest.mark.long
def test_the_size_that_is_said_to_be_detectable_is_found_in_four_studies_of_five():
    a, b = 0.52, 0.66
    assert a * b == pytest.approx(detectable_indirect(30), abs=0.002)
    found = [
        only(study(n=30, a=a, b=b, seed=seed), bootstraps=400)["verdict"] == "positive"
        for seed in range(100, 150)
    ]
    assert 0.62 <= np.mean(found) <= 0.93


def test_many_dyads_show_that_an_indirect_effect_is_too_small_to_matter():
    row = only(study(n=800, a=0.0, b=0.0))
    assert row["verdict"] == "equivalent" and row["margin"] == pytest.approx(0.09)


def test_few_dyads_a_constant_or_a_column_that_says_the_same_are_not_tested_with_the_reason():
    few = only(study(n=9))
    assert few["verdict"] == "not tested" and "9 dyads" in few["note"] and np.isnan(few["indirect"])
    constant = only(study().assign(plv=1.0))
    assert constant["verdict"] == "not tested" and "plv is the same in every dyad" in constant["note"]
    table = study()
    same = only(table.assign(plv=2 * table["presence"]))
    assert "vary together" in same["note"]


def test_a_missing_value_leaves_the_dyad_out_and_names_it():
    table = study()
    table.loc[(table["dyad"] == "D007") & (table["time"] == "pre"), "plv"] = np.nan
    row = only(table)
    assert row["n_dyads"] == 59 and "without D007" in row["note"]


def test_therapists_with_several_dyads_are_resampled_and_few_of_them_are_too_few():
    many = only(study(n=60, therapists=20))
    assert (many["unit"], many["n"], many["n_dyads"]) == ("therapist", 20, 60)
    few = only(study(n=60, therapists=6))
    assert few["verdict"] == "not tested" and "6 therapists" in few["note"]


def test_a_factor_of_two_levels_is_one_for_its_first_level():
    table = study()
    table["group"] = np.where(table["presence"] > 0, "yes", "no")
    asked = [{"x": "group", "mediator": "plv", "y": "alliance"}]
    assert only(table, asked, levels={"group": ["yes", "no"]})["a"] > 0
    assert only(table, asked, levels={"group": ["no", "yes"]})["a"] < 0


def test_several_mediations_hold_together_and_the_order_of_dyads_changes_nothing():
    table = study(n=25)
    both = mediations(table, [*ASKED, *ASKED], bootstraps=2000)
    assert both["confidence"].tolist() == [0.975, 0.975]
    assert both["indirect_low"][0] < only(table)["indirect_low"]
    assert only(table.iloc[::-1]) == only(table)


def test_resamples_by_moments_are_those_of_the_rows_themselves():
    z = np.random.default_rng(0).standard_normal((12, 3))
    drawn = resampled(z, np.arange(12), 3, [5])
    counts = np.random.default_rng([5]).multinomial(12, np.full(12, 1 / 12), 3)
    for count, found in zip(counts, drawn, strict=True):
        rows = np.repeat(z, count, axis=0)
        b = np.linalg.lstsq(np.column_stack([np.ones(12), rows[:, 1], rows[:, 0]]), rows[:, 2], rcond=None)[
            0
        ][1]
        assert found == pytest.approx(np.polyfit(rows[:, 0], rows[:, 1], 1)[0] * b)
    assert np.isnan(paths_of(np.zeros(3), np.zeros((3, 3)))["indirect"])
