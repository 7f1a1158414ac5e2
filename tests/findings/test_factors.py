"""Findings on factors: direction and size of the adjusted contrast, and everything that speaks against it."""

from functools import cache

import numpy as np
import pandas as pd
import pytest

from interbrain.findings.factors import judge_factor
from interbrain.findings.written import findings_table
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


def given_snr(p=0.001, difference=0.1, differs=None, df2=8) -> pd.DataFrame:
    """Both measures with signal-to-noise held constant, and the therapist's alpha SNR itself."""
    row = {
        "tested": "group",
        "roi": "all",
        "band": "all",
        "level_a": "a",
        "level_b": "b",
        "df1": 1,
        "df2": df2,
    }
    row |= {"F": 4.0, "p": p, "p_holm": p, "difference": difference, "ci_low": -0.1, "ci_high": 0.3}
    rows = [row | {"measure": measure} for measure in MEASURES]
    rows += [row | {"measure": measure, "band": "alpha", "p_holm": 0.9} for measure in MEASURES]
    itself = row | {
        "measure": "log_snr_therapist",
        "band": "alpha",
        "p_holm": 1.0 if differs is None else differs,
    }
    return pd.DataFrame([*rows, itself]).assign(note=np.nan)


@cache
def _of_two_levels() -> dict:
    plv = np.tile([0.4, 0.3], 6) + np.linspace(0, 0.01, 12)
    return tables(study({"group": list("ab" * 6)}, plv), ["group"])


def with_p(measure_ps, permuted=0.01, smallest=0.005, joint=None):
    """Tables of one factor of two levels with these p of (raw, above chance)."""
    found = {name: table.copy() for name, table in _of_two_levels().items()}
    for measure, p in zip(MEASURES, measure_ps, strict=True):
        for name, columns in (("anova", ["p"]), ("contrasts", ["p", "p_holm"])):
            found[name].loc[found[name]["measure"] == measure, columns] = p
    found["anova"]["p_gg"] = np.nan
    found["permutation"] = found["permutation"].assign(p=permuted, smallest_p=smallest)
    found["snr"] = given_snr()
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


def test_an_interaction_that_therapists_decide_has_the_line_of_that_test():
    found = with_p((0.01, 0.01))
    extra = found["anova"].assign(effect="group:roi", p=0.2, apa="F(1, 9) = 1.9, p = .200")
    found["anova"] = pd.concat([found["anova"], extra])
    rows = [
        {"measure": measure, "tested": tested, "decides": "yes", "p": p, "p_holm": p, "apa": f"CR2, p = {p}"}
        for measure in MEASURES
        for tested, p in (("group", 0.01), ("group:roi", 0.03))
    ]
    found["therapists"] = pd.DataFrame(rows).assign(
        level_a=None, level_b=None, note=None, roi="all", band="all", most_dyads=None, levels_of_one=None
    )
    (one,) = [r for r in judge_factor(found, "group", MEASURES).reservations if r.kind == "interaction"]
    assert one.values == {"effect": "group:roi", "apa": "CR2, p = 0.03", "unit": "therapist"}


def test_interactions_count_by_themselves_beside_a_claim_and_only_corrected_without_one():
    for p, kinds in (((0.01, 0.01), ["interaction"] * 2), ((0.20, 0.20), [])):
        found = with_p(p)
        extra = [found["anova"].assign(effect=f"group:{other}", p=0.03) for other in ("roi", "band")]
        found["anova"] = pd.concat([found["anova"], *extra])
        assert [one.kind for one in judge_factor(found, "group", MEASURES).reservations] == kinds


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


@pytest.mark.long
@pytest.mark.parametrize("levels", [2, 3])
def test_with_no_effect_a_claim_on_both_measures_is_made_in_one_study_of_twenty(levels):
    """Of 120 studies 13 at most, or fewer studies where few claims early on leave no doubt.

    A rate of .05 is refused 3 times in 1000, as without the early ends; one of .15 with a power of .87 (.88
    without) and one of .20 with .99.
    """
    enough = {40: 1, 60: 3, 80: 6}  # after so many studies, so many claims or fewer
    rng = np.random.default_rng(levels)
    labels = {"group": np.repeat(list("abcd")[:levels], 4), "other": list("xy" * (2 * levels))}
    claimed = 0
    for n in range(1, 121):
        data = study(labels, rng.normal(size=4 * levels))
        families = ("anova", "contrasts")
        judged = judge_factor(tables(data, ["group", "other"], families=families), "group", MEASURES)
        claimed += bool(judged.claims)
        if claimed <= enough.get(n, -1):
            break
    assert claimed <= 13  # binomial, 120 x .05, three standard deviations


@pytest.mark.parametrize(
    ("table", "verdict", "kind"),
    [
        (given_snr(), "found", None),
        (given_snr(p=0.2), "not-apart", "snr"),
        (given_snr(difference=-0.1), "not-apart", "snr"),
        (given_snr(p=0.2, difference=0.02), "not-apart", "snr"),
        (given_snr().assign(shared=0.4), "found", None),
        (given_snr().assign(shared=0.8), "not-apart", "snr"),
        (given_snr(p=0.2, df2=1).assign(shared=0.8), "not-apart", "snr"),
        (given_snr(p=0.2, df2=1), "unconfirmable", "snr floor"),
        (given_snr(p=0.2, df2=1, difference=0.02), "not-apart", "snr"),
        (given_snr().assign(F=np.nan, note="too few dyads"), "qualified", "snr untested"),
        (None, "qualified", "snr untested"),
    ],
)
def test_a_claim_has_to_stay_with_signal_to_noise_held_constant(table, verdict, kind):
    found = with_p((0.01, 0.01))
    found["contrasts"]["difference"] = 0.1  # its t reaches .05 with eight degrees of freedom, not with one
    found["snr"] = table if table is not None else pd.DataFrame()
    judged = judge_factor(found, "group", MEASURES)
    assert judged.verdict == verdict
    assert [one.kind for one in judged.reservations] == ([kind] if kind else [])
    if kind == "snr untested":
        assert judged.reservations[0].values["reason"]


@pytest.mark.parametrize(("shared", "verdict"), [(0.7499, "found"), (0.75, "not-apart")])
def test_a_factor_that_is_mostly_signal_to_noise_is_not_apart_whatever_its_p(shared, verdict):
    found = with_p((0.01, 0.01))
    found["snr"] = given_snr(p=0.001).assign(shared=shared)
    judged = judge_factor(found, "group", MEASURES)
    assert judged.verdict == verdict
    assert [one.values.get("shared") for one in judged.reservations] == [shared] * (verdict != "found")


def test_signal_to_noise_outweighs_a_permutation_that_does_not_confirm():
    found = with_p((0.01, 0.01), 0.06)
    found["snr"] = given_snr(p=0.3, differs=0.01)
    judged = judge_factor(found, "group", MEASURES)
    assert judged.verdict == "not-apart"
    assert [one.kind for one in judged.reservations] == ["snr", "permutation"]
    [about] = judged.reservations[0].values["differs"]
    assert about == {"role": "therapist", "roi": "all", "band": "alpha", "p_holm": 0.01}
    written = findings_table([judged])["reservations"].iloc[0]
    assert (
        written.startswith("snr: a b F=4, df1=1, df2=8, p=0.3, size=0.1") and "therapist all alpha" in written
    )


def test_of_three_levels_each_pair_has_to_stay():
    rng = np.random.default_rng(4)
    plv = np.repeat([0.4, 0.3, 0.2], 6) + 0.01 * rng.normal(size=18)
    found = tables(study({"group": np.repeat(list("abc"), 6)}, plv), ["group"])
    pairs = [
        given_snr(p).assign(level_a=a, level_b=b) for p, a, b in ((0.01, *"ab"), (0.3, *"ac"), (0.01, *"bc"))
    ]
    found["snr"] = pd.concat([given_snr(0.3).assign(level_a=None, level_b=None), *pairs])
    judged = judge_factor(found, "group", MEASURES)
    assert [one.kind for one in judged.reservations] == ["some snr"] and judged.verdict == "qualified"
    [pair] = judged.reservations[0].values["pairs"]
    assert (pair["higher"], pair["lower"]) == ("a", "c")


def test_equal_coupling_and_unequal_signal_to_noise_is_not_apart_through_all_tables():
    """PLV follows from SNR alone, which the second group has more of."""
    from interbrain.statistics import analyse

    rng = np.random.default_rng(8)
    strength = np.repeat([-0.5, 0.5], 10)[:, None] + 0.4 * rng.normal(size=(20, 2))
    ratios = np.exp(strength)
    plv = 0.25 + 0.06 * np.log1p(ratios).sum(axis=1) + 0.005 * rng.normal(size=20)
    columns = {"snr_therapist": ratios[:, 0], "snr_client": ratios[:, 1]}
    data = study({"group": np.repeat(["less", "more"], 10)}, plv, **columns)
    found = analyse(data, ["group"], [], MEASURES, [], relabelings=500, bootstraps=10)
    judged = judge_factor(found, "group", MEASURES)
    assert judged.verdict == "not-apart" and judged.reservations[0].values["differs"]
    alike = np.exp(strength - strength.mean(axis=1, keepdims=True) + 0.4 * rng.normal(size=(20, 2)))
    plv = 0.25 + 0.06 * np.log1p(alike).sum(axis=1) + 0.005 * rng.normal(size=20)
    columns = {"snr_therapist": alike[:, 0], "snr_client": alike[:, 1]}
    coupled = study({"group": np.repeat(["less", "more"], 10)}, plv + np.repeat([0, 0.1], 10), **columns)
    found = analyse(coupled, ["group"], [], MEASURES, [], relabelings=500, bootstraps=10)
    judged = judge_factor(found, "group", MEASURES)
    assert judged.verdict == "found" and judged.claims[0].higher == "more"


def test_findings_become_a_table_with_a_row_for_each_claim():
    judged = [judge_factor(with_p(p, 0.06, 0.056), "group", MEASURES) for p in ((0.01, 0.01), (0.3, 0.3))]
    table = findings_table(judged)
    assert list(table["verdict"]) == ["unconfirmable", "unclear"]
    assert table["level_higher"].iloc[0] == "a" and pd.isna(table["size"].iloc[1])
    assert table["reservations"].iloc[0] == "floor: p=0.06, n_relabelings=500, smallest_p=0.056"


def test_the_table_is_written_with_a_description_of_every_column(tmp_path):
    import json

    from interbrain.files.tables import read_table, write_table
    from interbrain.tables.findings import FINDINGS

    table = findings_table([judge_factor(with_p((0.01, 0.01), 0.06, 0.056), "group", MEASURES)])
    write_table(tmp_path / "findings.tsv", table, FINDINGS)
    described = json.loads((tmp_path / "findings.json").read_text())
    assert set(table.columns) <= set(described)
    again = read_table(tmp_path / "findings.tsv", FINDINGS)
    assert again["reservations"][0].startswith("floor: p=0.06, ")
    assert again["level_higher"][0] == "a" and again["d"][0] == pytest.approx(table["d"][0])


def test_what_speaks_against_a_claim_on_raw_plv_alone_is_raw_plv_s_own():
    found = with_p((0.01, 0.2))
    corrected = found["permutation"]["measure"] == "above_chance"
    found["permutation"].loc[corrected, "p"] = 0.3
    judged = judge_factor(found, "group", MEASURES)
    assert judged.verdict == "raw-only" and judged.reservations == ()


@pytest.mark.parametrize(("n", "verdict"), [(10, "unclear"), (20, "none")])
def test_two_equal_means_of_few_dyads_rule_out_no_large_difference(n, verdict):
    """F is 0 and the interval of partial eta squared ends there; that of the difference does not."""
    own = np.random.default_rng(2).normal(0.3, 0.02, n)
    data = study({"group": ["a"] * n + ["b"] * n}, np.concatenate([own, own]))
    found = tables(data, ["group"])
    assert (found["anova"]["partial_eta2_high"] < 0.01).all()
    assert judge_factor(found, "group", MEASURES).verdict == verdict
