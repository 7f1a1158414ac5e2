"""All dyads under a grid, against the study's own tests and against every order of the same rows."""

from itertools import product

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from interbrain.files.tables import write_table
from interbrain.multiverse.branch import WITHOUT_DECISIONS
from interbrain.multiverse.choices import CORRECTIONS, combinations, grid
from interbrain.multiverse.specifications import dyad_table, specification_tables
from interbrain.statistics import correlation, rm_anova
from interbrain.tables.multiverse import JOINT, SPECIFICATIONS

BANDS = {"theta": [4, 7], "alpha": [8, 12]}
ROIS = {"frontal": ["F3"], "central": ["C3"]}
MEASURES = ["plv", "above_chance"]
FURTHER = {"length_s": [2], "reference": {"temporal": ["T7"]}, "time": ["post", "change", "ancova"]}
LEVELS = grid(length_s=5, bands=BANDS, rois=ROIS, measures=MEASURES, time="mean", further=FURTHER)
BETWEEN = {"mindfulness": ["yes", "no"], "modality": ["near", "far"]}
N = 10


def dyads():
    rng = np.random.default_rng(5)
    return pd.DataFrame(
        {
            "dyad": [f"D{i:02}" for i in range(N)],
            "therapist": ["T01", "T01", *(f"T{i:02}" for i in range(2, N))],
            "client": [f"C{i:02}" for i in range(N)],
            "mindfulness": ["yes"] * 5 + ["no"] * 5,
            "modality": ["near", "near", "near", "far", "far"] * 2,
            "agreement": rng.standard_normal(N),
            "power": rng.standard_normal(N),
        }
    )


def variants():
    """Values of every dyad, time and branch; each dyad is alike under all of them."""
    rng = np.random.default_rng(6)
    person = rng.standard_normal((N, 2))
    rows = []
    for (i, dyad), (k, time) in product(enumerate(dyads()["dyad"]), enumerate(["pre", "post"])):
        for reference, length, band, roi in product(LEVELS["reference"], LEVELS["length_s"], BANDS, ROIS):
            value, chance = (
                0.3 + 0.02 * person[i, k] + 0.01 * rng.standard_normal(),
                0.2 + 0.01 * rng.random(),
            )
            rows.append(
                {"dyad": dyad, "time": time, "run": k + 1, "reference": reference, "length_s": length}
                | {"bands": "study", "rois": "study", "estimator": "plv", "band": band, "roi": roi}
                | {"value": value, "chance": chance, "above_chance": value - chance}
                | {"z_chance": (value - chance) / 0.01, "n_pairs": 9, "n_windows": 10, "note": None}
            )
    return pd.DataFrame(rows)


def tables(of=None, who=None, between=BETWEEN, questionnaires=("agreement",), **changed):
    return specification_tables(
        variants() if of is None else of,
        dyads() if who is None else who,
        combinations(LEVELS, MEASURES),
        times=["pre", "post"],
        between=between,
        questionnaires=questionnaires,
        **{"n_relabelings": 199, "seed": [1], **changed},
    )


def row_of(table, tested, **choices):
    own = {"reference": "average", "length_s": 5, "correction": "raw", "times": "mean"} | choices
    chosen = table[(table["tested"] == tested) & (table[list(own)] == pd.Series(own)).all(axis=1)]
    assert len(chosen) == 1
    return chosen.iloc[0]


def long(times="mean", correction="value"):
    """The study's own values as its ANOVA takes them."""
    own = variants().query("reference == 'average' and length_s == 5")
    wide = own.pivot(index=["dyad", "band", "roi"], columns="time", values=correction).reset_index()
    values = {"mean": (wide["pre"] + wide["post"]) / 2, "change": wide["post"] - wide["pre"]}
    wide["y"] = values.get(times, wide["post"])
    wide["before"] = wide.groupby("dyad")["pre"].transform("mean")
    return wide.merge(dyads(), on="dyad")


@pytest.mark.long_but("covariates1")
@pytest.mark.parametrize("covariates", [[], ["power"]])
def test_the_studys_own_specification_is_its_own_anova(covariates):
    table, _ = tables(covariates=covariates)
    for times, correction in product(["mean", "post", "change", "ancova"], ["raw", "above_chance"]):
        anova = rm_anova(
            *(long(times, CORRECTIONS[correction]), "y", "dyad", list(BETWEEN), ["roi", "band"]),
            covariates=[*covariates, *(["before"] if times == "ancova" else [])],
        ).set_index("effect")
        for factor in BETWEEN:
            row = row_of(table, factor, times=times, correction=correction)
            expected = anova.loc[factor]
            assert (row["F"], row["p"]) == pytest.approx((expected["F"], expected["p"]), rel=1e-9)
            assert (row["df1"], row["df2"], row["n_dyads"]) == (1, expected["df2"], N)


def test_the_effect_is_the_first_level_minus_the_second():
    table, _ = tables()
    means = long().groupby("mindfulness")["y"].mean()
    row = row_of(table, "mindfulness")
    assert row["comparison"] == "yes - no" and row["effect_unit"] == "d"
    assert np.sign(row["effect_size"]) == np.sign(means["yes"] - means["no"])
    assert row["effect_size_low"] < row["effect_size"] < row["effect_size_high"]
    turned, _ = tables(between=BETWEEN | {"mindfulness": ["no", "yes"]})
    assert row_of(turned, "mindfulness")["effect_size"] == pytest.approx(-row["effect_size"])


def test_a_questionnaire_is_correlated_as_the_study_does_it_and_missing_scores_are_named():
    who = dyads()
    who.loc[3, "agreement"] = np.nan
    row = row_of(tables(who=who)[0], "agreement")
    means = long().groupby("dyad")["y"].mean().to_numpy()
    expected = correlation(who["agreement"], means)
    assert (row["effect_size"], row["p"]) == pytest.approx((expected["r"], expected["p"]))
    interval = expected["ci_low"], expected["ci_high"]
    assert (row["effect_size_low"], row["effect_size_high"]) == pytest.approx(interval, abs=1e-6)
    assert row["n_dyads"] == N - 1 and row["note"].startswith("without D03: no agreement. T01 is in 2 dyads")


def test_given_the_first_time_a_questionnaire_has_its_partial_correlation():
    import pingouin

    own = long().groupby("dyad")[["post", "pre", "agreement"]].mean()
    expected = pingouin.partial_corr(own, "agreement", "post", "pre").iloc[0]
    row = row_of(tables()[0], "agreement", times="ancova")
    found = row[["effect_size", "p"]].astype(float)
    assert tuple(found) == pytest.approx((expected["r"], expected.filter(like="p").iloc[-1]), abs=1e-6)


def test_a_factor_is_relabelled_within_the_other_and_a_questionnaire_over_all():
    _, joint = tables(n_relabelings=10_000, questionnaires=[])
    counts = joint.set_index(["tested", "summary"])[["n_relabelings", "exact"]].astype(int)
    # mindfulness: 3 of 6 near and 2 of 4 far; modality: 3 of 5 in either group
    assert counts.loc[("mindfulness", "median_effect")].tolist() == [20 * 6, 1]
    assert counts.loc[("modality", "stouffer_z")].tolist() == [10 * 10, 1]
    _, joint = tables()
    assert (
        joint.loc[joint["tested"] == "agreement", ["n_relabelings", "exact"]].values.tolist()
        == [[199, 0]] * 3
    )
    assert (joint["n_specifications"] == 32).all()


def test_the_joint_summaries_are_those_of_the_table():
    table, joint = tables()
    for term, own in table.groupby("tested"):
        found = joint[joint["tested"] == term].set_index("summary")["observed"]
        assert found["median_effect"] == pytest.approx(own["effect_size"].median())
        z = np.sign(own["effect_size"]) * stats.norm.isf(own["p"].astype(float) / 2)
        assert found["stouffer_z"] == pytest.approx(z.sum() / np.sqrt(32))
        assert sorted(own["effect_rank"]) == list(range(1, 33))
        assert own.sort_values("effect_rank")["effect_size"].is_monotonic_increasing
        curve = own.sort_values("effect_rank")[["null_low", "null_median", "null_high"]]
        assert (curve.diff().iloc[1:] >= 0).all(axis=None)  # the expected curve rises, too
        assert (own["null_low"] < own["null_high"]).all()


def test_a_dyad_without_a_value_is_missing_from_that_specification_only_and_named():
    spoiled = variants()
    gone = (spoiled["dyad"] == "D07") & (spoiled["reference"] == "temporal") & (spoiled["time"] == "pre")
    spoiled.loc[gone, ["value", "above_chance"]] = np.nan
    spoiled.loc[gone, "note"] = "the reference T7 of the client holds no signal of its own"
    table, _ = tables(spoiled)
    plain, _ = tables()
    row = row_of(table, "mindfulness", reference="temporal")
    assert row["n_dyads"] == N - 1
    named = "without D07: the reference T7 of the client holds no signal of its own (pre)"
    assert row["note"].split(". ")[0] == named
    # post alone needs no pre; and the other reference is what it was
    assert row_of(table, "mindfulness", reference="temporal", times="post")["n_dyads"] == N
    same = ["effect_size", "p", "p_permutation", "n_dyads", "note"]
    own = table["reference"] == "average"
    pd.testing.assert_frame_equal(table.loc[own, same], plain.loc[own, same])
    # as if the dyad had not been there
    without, _ = tables(variants().query("dyad != 'D07'"), dyads().query("dyad != 'D07'"))
    assert row_of(without, "mindfulness", reference="temporal")["p"] == pytest.approx(row["p"])


@pytest.mark.long
@pytest.mark.parametrize(
    "note", [None, "no window is good in both members", "10 s of shared clean data (limit 30 s)"]
)
def test_a_dyad_without_a_usable_recording_at_a_time_enters_a_mean_with_the_other_as_in_the_study(note):
    spoiled = variants()
    gone = (spoiled["dyad"] == "D07") & (spoiled["time"] == "post")
    if note is None:
        spoiled = spoiled[~gone]
    else:
        spoiled.loc[gone, ["value", "chance", "above_chance", "z_chance"]] = np.nan
        spoiled.loc[gone, "note"] = note
    table, _ = tables(spoiled)
    row = row_of(table, "mindfulness")
    assert row["n_dyads"] == N and row["note"].startswith("with fewer times: D07 (pre alone)")
    own = variants()[~gone].query("reference == 'average' and length_s == 5").merge(dyads(), on="dyad")
    means = own.groupby(["dyad", "mindfulness", "modality", "band", "roi"], sort=False)["value"].mean()
    expected = rm_anova(means.reset_index(), "value", "dyad", ["mindfulness", "modality"], ["band", "roi"])
    assert row["F"] == pytest.approx(expected.set_index("effect").loc["mindfulness", "F"])
    post = row_of(table, "mindfulness", times="post")
    assert post["n_dyads"] == N - 1 and f"without D07: {note or 'no recording'} (post)" in post["note"]


def test_windows_chosen_without_the_decisions_are_a_remark_and_no_loss():
    remarked = variants()
    remarked.loc[(remarked["dyad"] == "D02") & (remarked["length_s"] == 2), "note"] = WITHOUT_DECISIONS
    table, _ = tables(remarked)
    row = row_of(table, "modality", length_s=2)
    assert row["n_dyads"] == N and row["note"].startswith(f"D02: {WITHOUT_DECISIONS}")
    assert WITHOUT_DECISIONS not in row_of(table, "modality")["note"]


@pytest.mark.long
def test_the_order_of_the_rows_changes_no_byte(tmp_path):
    written = []
    for number, of in enumerate([variants(), variants().sample(frac=1, random_state=2)]):
        for declared, table in zip((SPECIFICATIONS, JOINT), tables(of), strict=True):
            name = declared.name
            write_table(tmp_path / f"{name}{number}.tsv", table, declared)
            written.append((tmp_path / f"{name}{number}.tsv").read_bytes())
    assert written[:2] == written[2:] and len(set(written)) == 2


def test_a_factor_of_three_levels_has_a_size_and_no_direction():
    who = dyads().assign(place=["a", "b", "c", "a", "b"] * 2)
    table, joint = tables(who=who, between={"place": ["a", "b", "c"]}, questionnaires=[])
    assert set(table["effect_unit"]) == {"partial_eta2"} and table["comparison"].isna().all()
    anova = rm_anova(long().merge(who[["dyad", "place"]]), "y", "dyad", ["place"], ["roi", "band"]).iloc[0]
    row = row_of(table, "place")
    assert (row["F"], row["effect_size"]) == pytest.approx((anova["F"], anova["partial_eta2"]))
    assert row["df1"] == 2 and joint["p_permutation"].between(1 / 199, 1).all()


def test_a_planted_difference_is_found_and_the_other_factor_has_none():
    planted = variants()
    mindful = planted["dyad"] < "D05"
    planted.loc[mindful, ["value", "above_chance"]] += 0.2
    _, joint = tables(planted, n_relabelings=10_000)
    p = joint.set_index(["tested", "summary"])["p_permutation"]
    # time enters as change, too, in which the difference is gone: a quarter of the specifications
    assert p["mindfulness"].drop("significant_share").tolist() == pytest.approx([2 / 120] * 2)
    assert p["mindfulness", "significant_share"] <= 0.05
    assert (p["modality"] > 0.1).all()


@pytest.mark.parametrize(
    ("who", "note"),
    [
        (dyads().iloc[:0], "not tested: no dyad has a value"),
        (dyads().iloc[:5], "not tested: mindfulness is the same in every dyad that has a value"),
        (
            dyads().iloc[[2, 3, 8]],
            "not tested: 3 dyads are too few, or mindfulness cannot be separated from",
        ),
    ],
)
def test_what_cannot_be_tested_says_why_in_both_tables(who, note, tmp_path):
    table, joint = tables(who=who.reset_index(drop=True))
    own = table[table["tested"] == "mindfulness"]
    assert len(own) == 32 and own["p"].isna().all() and own["note"].str.startswith(note, na=False).all()
    of_all = joint[joint["tested"] == "mindfulness"]
    assert of_all["p_permutation"].isna().all() and (of_all["n_specifications"] == 0).all()
    for declared, found in ((SPECIFICATIONS, table), (JOINT, joint)):
        write_table(tmp_path / f"{declared.name}.tsv", found, declared)


def test_the_dyads_are_those_of_the_aggregated_dataset_with_the_mean_of_what_varies():
    aggregated = pd.DataFrame(
        {
            "dyad": ["D1", "D1", "D2", "D2"],
            "therapist": ["T1", "T1", "T2", "T2"],
            "client": ["C1", "C1", "C2", "C2"],
            "group": ["a", "a", "b", "b"],
            "score": [0.1, 0.1, np.nan, np.nan],
            "power": [1.0, 2.0, 3.0, 5.0],
            "plv": [0.1, 0.2, 0.3, 0.4],
        }
    )
    found = dyad_table(aggregated, ["group", "score", "power"])
    assert found.columns.tolist() == ["dyad", "therapist", "client", "group", "score", "power"]
    assert found["power"].tolist() == [1.5, 4.0] and found["score"].tolist()[0] == 0.1
    assert found["score"].isna().tolist() == [False, True]


def test_a_band_that_nobody_has_is_left_out_with_its_reason_and_takes_no_other_with_it():
    of = variants()
    gone, why = of["band"] == "theta", "a high-pass filter at about 9 Hz took the band (therapist)"
    of.loc[gone, list(CORRECTIONS.values())] = np.nan
    found, _ = tables(of.assign(note=of["note"].where(~gone, why)))
    alone, _ = tables(of[~gone])
    numbers = ["effect_size", "p", "n_dyads"]
    pd.testing.assert_frame_equal(found[numbers], alone[numbers])
    assert found["effect_size"].notna().all()
    assert (
        found["note"]
        .str.contains(f"theta not tested: no dyad has a value there ({why})", regex=False, na=False)
        .all()
    )


def test_where_nobody_has_any_band_the_reason_is_said_once():
    of = variants()
    of.loc[:, list(CORRECTIONS.values())] = np.nan
    found, _ = tables(of.assign(note="a filter took the bands"))
    row = row_of(found, "mindfulness")
    assert row["note"] == "not tested: no dyad has a value: a filter took the bands (pre, post)"
