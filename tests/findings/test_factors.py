"""Findings on factors: direction and size of the adjusted contrast, and everything that speaks against it."""

import numpy as np
import pandas as pd
import pytest

from interbrain.findings import findings_table, judge_factor
from interbrain.statistics import groups
from interbrain.statistics.cells import study_cells

FAMILIES = ("anova", "contrasts", "permutation", "equivalence")
MEASURES = ["plv", "above_chance"]


def study(levels: dict, plv, times=("pre",), **columns) -> pd.DataFrame:
    """One site and band; `plv` has shape (n_dyads,) or (n_times, n_dyads); above chance goes with it."""
    plv = np.atleast_2d(plv)
    dyads = pd.DataFrame({name: list(values) for name, values in levels.items()})
    names = [f"D{k:02d}" for k in range(len(dyads))]
    dyads = dyads.assign(dyad=names, therapist=names, client=names, roi="frontal", band="theta", **columns)
    rows = [dyads.assign(time=time, plv=own) for time, own in zip(times, plv, strict=True)]
    table = pd.concat(rows, ignore_index=True)
    return table.assign(above_chance=table["plv"] - 0.2)


def tables(data, between, time="mean", families=FAMILIES, **asked) -> dict:
    cells = study_cells(data, MEASURES, ["therapist", "client", *between], (), time)
    model = groups.Model(tuple(between), (), relabelings=500, **asked)
    entering = groups.entering(cells, MEASURES, model)
    return {name: groups.FAMILIES[name](entering) for name in families}


def unbalanced(seed=1, noise=0.01):
    """ "yes": 5 face-to-face and 1 online, "no": 1 and 5; online is .05 higher, and so is "yes"."""
    mindful = ["yes"] * 6 + ["no"] * 6
    modality = ["f2f"] * 5 + ["online"] + ["f2f"] + ["online"] * 5
    rng = np.random.default_rng(seed)
    plv = 0.3 + 0.12 * (np.array(mindful) == "yes") + 0.05 * (np.array(modality) == "online")
    return study({"mindfulness": mindful, "modality": modality}, plv + noise * rng.normal(size=12))


def test_direction_and_size_are_those_of_the_adjusted_contrast_where_raw_means_say_the_opposite():
    data = unbalanced()
    raw = data.groupby("modality")["plv"].mean()
    assert raw["f2f"] > raw["online"]
    found = tables(data, ["mindfulness", "modality"])
    judged = judge_factor(found, "modality", MEASURES)
    [claim] = judged.claims
    assert (claim.higher, claim.lower, claim.on) == ("online", "f2f", "both")
    row = found["contrasts"].query("measure == 'above_chance' and effect == 'modality'").iloc[0]
    assert claim.size == pytest.approx(abs(row["difference"])) and 0.03 < claim.size < 0.07
    assert claim.d == pytest.approx(abs(row["d"])) and claim.low < claim.size < claim.high
    assert claim.p == row["p_holm"]


def test_beside_a_first_time_the_direction_is_that_of_the_adjusted_values():
    """Analysis of covariance: "yes" begins and ends higher, and given where it began it ends lower."""
    rng = np.random.default_rng(2)
    group = np.array(["yes", "no"] * 7)
    before = 0.3 + 0.10 * (group == "yes") + 0.03 * rng.normal(size=14)
    after = before - 0.08 * (group == "yes") + 0.01 * rng.normal(size=14)
    data = study({"mindfulness": group}, [before, after], times=("pre", "post"))
    assert data.query("time == 'post'").groupby("mindfulness")["plv"].mean().idxmax() == "yes"
    judged = judge_factor(tables(data, ["mindfulness"], time="ancova"), "mindfulness", MEASURES)
    assert [(one.higher, one.lower) for one in judged.claims] == [("no", "yes")]


def test_of_three_levels_only_pairs_that_survive_the_correction_are_named():
    """The extreme level is one dyad: it has the highest mean, and no contrast supports it."""
    rng = np.random.default_rng(5)
    level = ["waiting"] + ["psychodynamic"] * 8 + ["cbt"] * 8
    plv = np.array([0.335] + [0.33] * 8 + [0.28] * 8) + 0.022 * rng.normal(size=17)
    plv[0] = 0.335
    found = tables(study({"arm": level}, plv), ["arm"])
    pairs = found["contrasts"].query("measure == 'above_chance'").set_index(["level_a", "level_b"])["p_holm"]
    assert pairs["psychodynamic", "cbt"] < 0.05 <= pairs["waiting", "cbt"]
    judged = judge_factor(found, "arm", MEASURES)
    assert [(one.higher, one.lower) for one in judged.claims] == [("psychodynamic", "cbt")]


def test_levels_that_differ_without_any_two_that_do_are_not_named():
    found = tables(study({"arm": list("aaabbbccc")}, np.linspace(0.2, 0.4, 9)), ["arm"])
    found["contrasts"]["p_holm"] = 0.2
    judged = judge_factor(found, "arm", MEASURES)
    assert [(one.higher, one.lower, one.on) for one in judged.claims] == [("", "", "both")]


def with_p(measure_ps, permuted=0.01, smallest=0.005, joint=None):
    """Tables of one factor of two levels with these p of (raw, above chance)."""
    found = tables(
        study({"group": list("ab" * 6)}, np.tile([0.4, 0.3], 6) + np.linspace(0, 0.01, 12)), ["group"]
    )
    for measure, p in zip(MEASURES, measure_ps, strict=True):
        for name, columns in (("anova", ["p"]), ("contrasts", ["p", "p_holm"])):
            found[name].loc[found[name]["measure"] == measure, columns] = p
    found["anova"]["p_gg"] = np.nan
    found["permutation"] = found["permutation"].assign(p=permuted, smallest_p=smallest)
    if joint is not None:
        row = {"tested": "group", "summary": "median_effect", "p_permutation": joint, "n_specifications": 9}
        found["multiverse"] = pd.DataFrame([row])
    return found


@pytest.mark.parametrize(
    ("p", "permuted", "smallest", "joint", "verdict", "kinds"),
    [
        ((0.01, 0.01), 0.01, 0.005, 0.01, "found", []),
        ((0.01, 0.01), 0.06, 0.056, None, "unconfirmable", ["floor"]),
        ((0.01, 0.01), 0.06, 0.056, 0.06, "unconfirmable", ["floor", "joint floor"]),
        ((0.01, 0.01), 0.06, 0.005, 0.01, "unconfirmed", ["permutation"]),
        ((0.01, 0.01), 0.01, 0.005, 0.20, "unconfirmed", ["joint"]),
        ((0.01, 0.20), 0.20, 0.005, 0.20, "raw-only", ["permutation", "joint"]),
        ((0.20, 0.01), 0.01, 0.005, 0.01, "corrected-only", []),
        ((0.20, 0.20), 0.20, 0.005, 0.20, "unclear", []),
    ],
)
def test_a_verdict_weighs_what_could_have_confirmed_it(p, permuted, smallest, joint, verdict, kinds):
    judged = judge_factor(with_p(p, permuted, smallest, joint), "group", MEASURES)
    assert judged.verdict == verdict
    assert [one.kind for one in judged.reservations] == kinds
    if "floor" in kinds:
        assert judged.reservations[0].values["smallest_p"] == smallest


def test_interactions_and_shared_therapists_are_reservations():
    found = with_p((0.01, 0.01))
    extra = found["anova"].assign(effect="group:roi", p=0.03)
    found["anova"] = pd.concat([found["anova"], extra])
    therapists = found["permutation"].assign(unit="therapist", p=0.3)
    found["permutation"] = pd.concat([found["permutation"], therapists])
    judged = judge_factor(found, "group", MEASURES)
    assert judged.verdict == "qualified"
    assert [one.kind for one in judged.reservations] == ["therapists", "interaction"]


def test_measures_in_opposite_directions_are_no_finding():
    found = with_p((0.01, 0.01))
    raw = found["contrasts"]["measure"] == "plv"
    found["contrasts"].loc[raw, "difference"] *= -1
    judged = judge_factor(found, "group", MEASURES)
    assert judged.verdict == "opposite" and {one.on for one in judged.claims} == set(MEASURES)


def test_the_reason_is_that_of_the_factor_s_own_row():
    found = with_p((0.01, 0.01))
    found["anova"]["F"] = np.nan
    found["anova"]["note"] = "the dyads do not vary in this effect"
    others = found["anova"].assign(effect="other", note="T01 is in 2 dyads")
    found["anova"] = pd.concat([others, found["anova"]])
    assert judge_factor(found, "group", MEASURES).reason == "the dyads do not vary in this effect"


@pytest.mark.parametrize("levels", [2, 3])
def test_with_no_effect_a_claim_on_both_measures_is_made_in_one_study_of_twenty(levels):
    rng = np.random.default_rng(levels)
    labels = {"group": np.repeat(list("abcd")[:levels], 4), "other": list("xy" * (2 * levels))}
    claimed, n = 0, 120
    for _ in range(n):
        data = study(labels, rng.normal(size=4 * levels))
        families = ("anova", "contrasts")
        judged = judge_factor(tables(data, ["group", "other"], families=families), "group", MEASURES)
        claimed += bool(judged.claims)
    assert claimed <= 13  # binomial, 120 x .05, three standard deviations


def test_findings_become_a_table_with_a_row_for_each_claim():
    judged = [judge_factor(with_p(p, 0.06, 0.056), "group", MEASURES) for p in ((0.01, 0.01), (0.3, 0.3))]
    table = findings_table(judged)
    assert list(table["verdict"]) == ["unconfirmable", "unclear"]
    assert table["level_higher"].iloc[0] == "a" and pd.isna(table["size"].iloc[1])
    assert table["reservations"].iloc[0] == "floor: p=0.06, n_relabelings=500, smallest_p=0.056"


def test_the_table_is_written_with_a_description_of_every_column(tmp_path):
    import json

    from interbrain.dictionary import read_table, write_table

    table = findings_table([judge_factor(with_p((0.01, 0.01), 0.06, 0.056), "group", MEASURES)])
    write_table(tmp_path / "findings.tsv", table)
    described = json.loads((tmp_path / "findings.json").read_text())
    assert set(table.columns) <= set(described)
    again = read_table(tmp_path / "findings.tsv")
    assert again["reservations"][0].startswith("floor: p=0.06, ")
    assert again["level_higher"][0] == "a" and again["d"][0] == pytest.approx(table["d"][0])


def test_what_speaks_against_a_claim_on_raw_plv_alone_is_raw_plv_s_own():
    found = with_p((0.01, 0.2))
    corrected = found["permutation"]["measure"] == "above_chance"
    found["permutation"].loc[corrected, "p"] = 0.3
    judged = judge_factor(found, "group", MEASURES)
    assert judged.verdict == "raw-only" and judged.reservations == ()
