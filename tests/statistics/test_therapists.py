"""Several clients a therapist: the values of R, who decides, and what cannot be tested."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from interbrain.statistics import DesignError, analyse
from interbrain.statistics.clusters import cluster_test
from interbrain.statistics.permutation import permutation_tests
from interbrain.statistics.signal_to_noise import p_over_bands

DATA = Path(__file__).parent / "data"
R = json.loads((DATA / "therapists.json").read_text(encoding="utf-8"))


def coded(labels):
    levels = sorted(set(labels))
    return np.vstack([np.eye(len(levels) - 1), -np.ones(len(levels) - 1)])[[levels.index(x) for x in labels]]


@pytest.fixture(scope="module")
def dyads():
    wide = pd.read_csv(DATA / "therapists.csv").pivot(
        index=["dyad", "therapist", "group", "three", "age"], columns="roi", values="y"
    )
    return wide.reset_index().assign(y=lambda d: (d["c"] + d["f"]) / 2)


def test_each_coefficient_and_a_factor_of_three_levels_equal_clubsandwich(dyads):
    design = np.column_stack(
        [np.ones(len(dyads)), coded(dyads["group"]), coded(dyads["three"]), dyads["age"]]
    )
    for place in range(5):
        found = cluster_test(dyads["y"], design, dyads["therapist"], np.eye(5)[[place]])
        expected = {name: R["cr2"][name][place] for name in ("estimate", "se", "df", "p")}
        got = {"estimate": found.estimate[0], "se": found.se, "df": found.df_error, "p": found.p}
        assert got == pytest.approx(expected, rel=1e-9)
    found = cluster_test(dyads["y"], design, dyads["therapist"], np.eye(5)[[2, 3]])
    got = {"F": found.F, "df1": found.df1, "df2": found.df_error, "p": found.p}
    assert got == pytest.approx(R["three"], rel=1e-9)


def test_an_effect_in_two_outcomes_equals_clubsandwich(dyads):
    design = np.column_stack([np.ones(len(dyads)), coded(dyads["group"]), dyads["age"]])
    found = cluster_test(dyads[["c", "f"]].to_numpy(), design, dyads["therapist"], np.eye(3)[[1]])
    got = {"F": found.F, "df1": found.df1, "df2": found.df_error, "p": found.p}
    assert got == pytest.approx(R["group_in_two_outcomes"], rel=1e-9)


def test_the_permutation_of_dyads_equals_coin(dyads):
    found = permutation_tests(dyads, "y", "dyad", ["group"], [], factor="group", n_max=1_000_000)
    assert found["exact"].iloc[0] == "yes"
    assert found["p"].iloc[0] == pytest.approx(R["permutation"]["p"], rel=1e-9)


def test_of_as_many_dyads_each_it_is_the_t_test_over_the_therapists_means():
    rng = np.random.default_rng(3)
    y, therapist = rng.normal(size=24), np.repeat(list("abcdefgh"), 3)
    group = np.where(np.isin(therapist, list("abcd")), 1.0, -1.0)
    found = cluster_test(y, np.column_stack([np.ones(24), group]), therapist, np.array([[0, 1.0]]))
    means = y.reshape(8, 3).mean(axis=1)
    expected = stats.ttest_ind(means[:4], means[4:])
    assert (found.F, found.p) == pytest.approx((expected.statistic**2, expected.pvalue), rel=1e-10)
    assert found.df_error == pytest.approx(6)


def study(layout, seed=0, factor="therapist", icc=0.3, effect=0.0, scores=True):
    """An aggregated table: `layout` is how many dyads each therapist has."""
    rng = np.random.default_rng(seed)
    rows, number = [], 0
    for t, each in enumerate(layout):
        own = np.sqrt(icc) * rng.normal()
        for k in range(each):
            level = (t if factor == "therapist" else k) % 2
            base = own + np.sqrt(1 - icc) * rng.normal() + effect * level
            for roi in ("frontal", "central"):
                for band in ("theta", "alpha"):
                    y = 0.3 + 0.02 * (base + 0.5 * rng.normal())
                    rows.append(
                        {"dyad": f"D{number:02d}", "therapist": f"T{t}", "client": f"C{number}",
                         "time": "pre", "roi": roi, "band": band, "practice": ("no", "yes")[level], "plv": y,
                         "above_chance": y - 0.25, "chance": 0.25, "score": rng.normal() if scores else 1.0}
                    )  # fmt: skip
            number += 1
    table = pd.DataFrame(rows)
    table["score"] = table.groupby("dyad")["score"].transform("first")
    return table


def analysed(table, **settings):
    settings = {"relabelings": 200, "bootstraps": 50} | settings
    return analyse(table, ["practice"], ["roi", "band"], ["plv"], ["score"], **settings)


def test_a_factor_of_the_therapist_is_tested_with_both_errors_and_decides():
    tables = analysed(study([3] * 8, effect=2.0))
    rows = tables["therapists"].set_index("tested")
    own = rows.loc["practice"]
    assert own["decides"] == "yes" and own["varies"] == "between therapists"
    assert (own["n_dyads"], own["n_therapists"]) == (24, 8)
    assert own["p"] == max(own["p_cr2"], own["p_means"])
    contrast = tables["contrasts"].set_index("effect").loc["practice"]
    assert own["difference"] == pytest.approx(contrast["difference"], rel=1e-9)
    assert own["d"] == pytest.approx(contrast["d"], rel=1e-9)
    assert own["ci_low"] < own["difference"] < own["ci_high"]
    assert {"practice:roi", "practice:band", "practice:roi:band"} <= set(rows.index)
    whole = study([3] * 8, effect=2.0)
    means = whole.groupby(["therapist", "practice"])["plv"].mean().reset_index()
    sides = [means.loc[means["practice"] == level, "plv"] for level in ("yes", "no")]
    assert own["p_means"] == pytest.approx(stats.ttest_ind(*sides, equal_var=False).pvalue, rel=1e-9)


def test_a_factor_within_therapists_is_tested_by_the_differences_within_them():
    tables = analysed(study([2] * 8, factor="dyad", effect=1.0, icc=0.8))
    own = tables["therapists"].set_index("tested").loc["practice"]
    assert own["varies"] == "within therapists" and np.isnan(own["p_means"])
    whole = study([2] * 8, factor="dyad", effect=1.0, icc=0.8)
    wide = whole.groupby(["therapist", "practice"])["plv"].mean().unstack()
    paired = stats.ttest_rel(wide["yes"], wide["no"])
    assert own["p"] == pytest.approx(paired.pvalue, rel=1e-9)
    permuted = tables["permutation"].query(
        "unit == 'within therapist' and effect == 'practice' and roi == 'all'"
    )
    assert permuted["n_relabelings"].item() == 200  # of 2^8


def test_with_one_dyad_each_there_is_no_row_and_with_one_repeated_therapist_it_does_not_decide():
    assert analysed(study([1] * 12), only=["therapists"])["therapists"].empty
    one = analysed(study([2, *[1] * 10]), only=["therapists"])["therapists"]
    assert (one["decides"] == "no").all() and one["p"].notna().all()


def test_a_level_of_one_therapist_alone_is_not_tested_and_says_why():
    table = study([5, 5, 5, 5])
    table["practice"] = np.where(table["therapist"] == "T3", "yes", "no")
    tables = analysed(table)
    rows = tables["therapists"].query("tested == 'practice'")
    assert (
        rows["p"].isna().all()
        and rows["note"].str.contains("without the dyads of one therapist", na=False).all()
    )
    assert tables["equivalence"]["verdict"].eq("cannot tell").all()


def test_equivalence_is_judged_by_the_errors_over_therapists():
    tables = analysed(study([5] * 4, effect=0.0, icc=0.5), equivalence={"d": 1.5})
    own = tables["therapists"].set_index("tested").loc["practice"]
    row = tables["equivalence"].iloc[0]
    contrast = tables["contrasts"].set_index("effect").loc["practice"]
    assert row["p"] == pytest.approx(own["p_cr2"], rel=1e-9)
    assert row["p"] > contrast["p"]
    assert row["d"] == pytest.approx(contrast["d"])


def test_a_score_has_its_therapist_level_correlation():
    table = study([3] * 8)
    rows = analysed(table, only=["therapists"])["therapists"].query("tested == 'score'")
    assert len(rows) == 4 and rows["p_holm"].notna().all()
    row = rows.iloc[0]
    cell = table[(table["roi"] == row["roi"]) & (table["band"] == row["band"])]
    assert row["r"] == pytest.approx(np.corrcoef(cell["score"], cell["plv"])[0, 1])
    means = cell.groupby("therapist")[["score", "plv"]].mean()
    assert row["r_therapists"] == pytest.approx(np.corrcoef(means.T)[0, 1])


def test_the_interval_of_a_correlation_over_few_therapists_stays_within_one():
    rows = analysed(study([3, 2, 2], seed=3), only=["therapists"])["therapists"].query("tested == 'score'")
    reach = rows["se"] * stats.t.isf(0.025, rows["df_error"])
    assert (rows["r"].abs() + reach > 1).any()  # so few therapists leave more than any correlation can be
    assert rows["ci_low"].between(-1, rows["r"]).all() and rows["ci_high"].between(rows["r"], 1).all()


def test_the_order_of_rows_and_labels_changes_nothing():
    table = study([3, 3, 2, 2, 1, 1], seed=5)
    one = analysed(table, only=["therapists"])["therapists"]
    mixed = table.sample(frac=1, random_state=1)
    mixed["therapist"] = mixed["therapist"].map(lambda name: f"person {9 - int(name[1])}")
    other = (
        analysed(mixed, only=["therapists"])["therapists"]
        .set_index(["tested", "roi", "band"])
        .loc[list(one.set_index(["tested", "roi", "band"]).index)]
    )
    np.testing.assert_allclose(other["p"], one["p"], rtol=1e-8)


@pytest.mark.long
@pytest.mark.parametrize("layout", [[5] * 4, [4] * 6, [3] * 8])
def test_a_factor_of_the_therapist_is_found_by_chance_no_more_often_than_alpha(layout):
    """With the ANOVA over dyads beside it, which is found too often: therapists differ by ICC .3."""
    rng = np.random.default_rng(7)
    therapist = np.repeat(np.arange(len(layout)), layout)
    group = np.where(therapist % 2, 1.0, -1.0)
    design = np.column_stack([np.ones(len(group)), group])
    n, found, naive = 1000, 0, 0
    for _ in range(n):
        y = np.sqrt(0.3) * rng.normal(size=len(layout))[therapist] + np.sqrt(0.7) * rng.normal(
            size=len(group)
        )
        found += cluster_test(y, design, therapist, np.array([[0, 1.0]])).p < 0.05
        naive += stats.ttest_ind(y[group > 0], y[group < 0]).pvalue < 0.05
    assert stats.binomtest(found, n, 0.05, alternative="greater").pvalue > 0.01
    assert naive > 0.1 * n


@pytest.mark.parametrize(
    ("therapists", "said"),
    [
        (["a"] * 6, "only one therapist"),
        (["a", "a", "a", "b", "b", "b"], "without the dyads of one therapist"),
    ],
)
def test_what_cannot_be_known_is_refused(therapists, said):
    design = np.column_stack([np.ones(6), [1, 1, 1, -1, -1, -1]])
    with pytest.raises(DesignError, match=said):
        cluster_test(np.arange(6.0), design, therapists, np.array([[0, 1.0]]))


def test_with_signal_to_noise_held_constant_errors_are_shared_as_well():
    """In one band it is the coefficient's own test; over two bands that of their mean."""
    table = study([3] * 8, effect=1.0)
    rng = np.random.default_rng(3)
    for role in ("therapist", "client"):
        table[f"snr_{role}"] = np.exp(rng.normal(size=len(table)))
    rows = analysed(table, only=["snr"])["snr"].query("measure == 'plv'")
    one = rows[(rows["tested"] == "practice") & (rows["band"] == "theta")].iloc[0]
    theta = table[table["band"] == "theta"]
    logs = {name: np.log1p(theta[f"snr_{name}"]) for name in ("therapist", "client")}
    dyads = theta.assign(**{f"log_{name}": log for name, log in logs.items()}).groupby("dyad", sort=False)
    means = dyads[["plv", "log_therapist", "log_client"]].mean()
    therapists = dyads["therapist"].first()
    group = np.where(dyads["practice"].first() == "yes", 1.0, -1.0)
    design = np.column_stack([np.ones(24), group, means["log_therapist"], means["log_client"]])
    expected = cluster_test(means["plv"], design, therapists, np.eye(4)[[1]])
    assert one["p_cr2_holm"] == pytest.approx(expected.p, rel=1e-8)
    scores = rows[rows["tested"] == "score"]
    assert scores["p_cr2_holm"].notna().all() and (scores["p_cr2_holm"] >= 0).all()
    alone = analysed(table.assign(therapist=table["dyad"]), only=["snr"])["snr"]
    assert alone["p_cr2_holm"].isna().all()


def test_two_bands_that_are_alike_are_as_one():
    rng = np.random.default_rng(0)
    y, therapist = rng.normal(size=12), np.repeat(list("abcd"), 3)
    design = np.column_stack([np.ones(12), np.tile([1, -1], 6), rng.normal(size=12)])
    one = p_over_bands(y[:, None], [design], np.eye(3)[[1]], therapist)
    both = p_over_bands(np.column_stack([y, y]), [design, design], np.eye(3)[[1]], therapist)
    assert one == pytest.approx(cluster_test(y, design, therapist, np.eye(3)[[1]]).p)
    assert both == pytest.approx(one, rel=1e-9)
