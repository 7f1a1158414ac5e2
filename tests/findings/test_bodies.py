"""Verdicts on coordination: what was planted is found, nothing else is, and no headline says the opposite."""

import numpy as np
import pandas as pd
import pytest

from interbrain.findings.bodies import judge_coordination
from interbrain.findings.study import judge_study
from interbrain.findings.written import findings_table
from interbrain.statistics.presence import against_zero
from interbrain.statistics.signals import signal_statistics

WCC, LEAD, SIGNED = (f"eda_{name}_above_chance" for name in ("wcc_absolute", "wcc_lead", "wcc_signed"))
MOTION = "motion_concordance_index_above_chance"


def dyads(n=16, seed=1, therapists=None, **columns):
    """`n` dyads in two groups; a column is its mean in SDs, or (mean, difference of groups, slope of wai)."""
    rng = np.random.default_rng(seed)
    score = rng.standard_normal(n)
    group = np.arange(n) % 2
    table = pd.DataFrame(
        {
            "dyad": [f"D{i:02}" for i in range(n)],
            "therapist": [f"T{i % (therapists or n):02}" for i in range(n)],
            "client": [f"C{i:02}" for i in range(n)],
            "time": "session", "roi": "frontal", "band": "alpha",
            "group": np.where(group, "a", "b"), "wai": score,
        }
    )  # fmt: skip
    for name, planted in columns.items():
        mean, difference, slope = planted if isinstance(planted, tuple) else (planted, 0.0, 0.0)
        noise = rng.standard_normal(n)
        if n > 1:
            noise = (noise - noise.mean()) / noise.std(ddof=1)
        table[name] = mean + difference * (group - 0.5) + slope * score + noise
    return table


def judged(table, between=("group",), scores=("wai",), strangers=False, **asked):
    measures = [name for name in table if name.endswith("_above_chance")]
    others = [name for name in table if name.endswith("_above_pseudo")]
    found = signal_statistics(
        table, measures, between, scores, strangers=others, relabelings=999, bootstraps=999, **asked
    )
    return {one.hypothesis: one for one in judge_coordination(found, between, scores, strangers)}


def test_planted_coordination_is_found_and_chance_is_not():
    found = judged(dyads(**{WCC: 1.5, MOTION: 0.0}))
    own, other = found["eda_wcc_absolute"], found["motion_concordance_index"]
    assert own.verdict == "found" and own.claims[0].higher == "above" and own.claims[0].low > 0
    assert other.verdict == "unclear" and not other.claims
    assert own.told("family")[0]["n"] == 2 and own.told("few dyads") == [{"n": 16}]
    assert findings_table([own])["sentence"][0] == (
        "Eda_wcc_absolute was above chance on average (found, and no other test contradicts it)."
    )


@pytest.mark.parametrize(
    ("column", "mean", "verdict", "way"),
    [(WCC, -1.5, "below", "below"), (LEAD, -1.5, "found", "below"), (LEAD, 1.5, "found", "above")],
)
def test_the_direction_is_that_of_the_test_and_below_chance_is_a_fault_only_without_a_sign(
    column, mean, verdict, way
):
    one = judged(dyads(**{column: mean}))[column.removesuffix("_above_chance")]
    assert (one.verdict, one.claims[0].higher) == (verdict, way)
    assert np.sign(one.claims[0].size) == np.sign(mean) and one.claims[0].low * one.claims[0].high > 0
    if column == LEAD:
        leads = {"above": "the therapist leads", "below": "the client leads"}[way]
        assert leads in findings_table([one])["sentence"][0]


def test_the_p_of_a_claim_is_corrected_over_all_measures_that_may_have_a_verdict():
    table = dyads(**{WCC: 0.62, MOTION: 0.0, LEAD: 0.0, SIGNED: 3.0})
    found = signal_statistics(table, [WCC, MOTION, LEAD, SIGNED], [], [], relabelings=999, bootstraps=999)
    p = found["signalpresence"].set_index("measure")["p_flips"]
    assert p[WCC] < 0.05 < 3 * p[WCC]
    one = judge_coordination(found, [], [])[0]
    assert one.verdict == "unclear" and one.told("family")[0] == {"n": 3, "p_holm": pytest.approx(3 * p[WCC])}
    alone = judge_coordination({"signalpresence": found["signalpresence"].iloc[:1]}, [], [], strangers=False)
    assert alone[0].verdict == "found" and alone[0].claims[0].p == p[WCC]


def test_a_measure_that_its_calibration_does_not_allow_gets_no_verdict_however_large_it_is():
    found = judged(dyads(**{SIGNED: (3.0, 6.0, 3.0), WCC: 0.0}))
    for name in ("eda_wcc_signed", "eda_wcc_signed by group", "eda_wcc_signed with wai"):
        assert found[name].verdict == "uncalibrated" and "strangers" in found[name].reason
        assert not found[name].claims and not found[name].reservations


def test_a_difference_of_groups_has_the_direction_of_its_contrast_and_a_score_that_of_r():
    found = judged(dyads(n=24, **{WCC: (1.0, -3.0, 0.0), MOTION: (1.0, 0.0, -2.0)}))
    by_group = found["eda_wcc_absolute by group"]
    assert by_group.verdict == "found"
    assert (by_group.claims[0].higher, by_group.claims[0].lower) == ("b", "a") and by_group.claims[0].size > 0
    with_score = found["motion_concordance_index with wai"]
    assert with_score.verdict == "found"
    assert with_score.claims[0].higher == "lower" and with_score.claims[0].size < 0
    assert found["eda_wcc_absolute with wai"].verdict != "found"
    assert found["motion_concordance_index by group"].verdict in ("unclear", "none")
    said = findings_table([by_group, with_score])["sentence"].tolist()
    assert said[0].startswith('Eda_wcc_absolute was higher for group "b" than "a"')
    assert said[1].startswith("Motion_concordance_index was lower with higher wai")


def test_the_p_of_groups_and_scores_is_corrected_over_measures():
    table = dyads(n=24, **{WCC: (0.0, 1.05, 0.0), MOTION: (0.0, 0.0, 0.5), LEAD: 0.0})
    found = signal_statistics(table, [WCC, MOTION, LEAD], ["group"], ["wai"], relabelings=999, bootstraps=999)
    p = found["signalanova"].query("effect == 'group'").set_index("measure")["p"][WCC]
    r = found["signalcorrelations"].set_index("measure")["p_holm"][MOTION]
    assert p < 0.05 < 3 * p and r < 0.05 < 3 * r
    named = {one.hypothesis: one for one in judge_coordination(found, ["group"], ["wai"])}
    assert named["eda_wcc_absolute by group"].verdict == "unclear"
    assert named["motion_concordance_index with wai"].verdict == "unclear"


def test_strangers_who_have_as_much_leave_a_reservation():
    pseudo = WCC.replace("_above_chance", "_above_pseudo")
    same = judged(dyads(**{WCC: 1.5, pseudo: 0.0}), strangers=True)["eda_wcc_absolute"]
    assert same.verdict == "qualified" and same.against == {"strangers"}
    more = judged(dyads(**{WCC: 1.5, pseudo: 1.2}), strangers=True)["eda_wcc_absolute"]
    assert more.verdict == "found"
    absent = judged(dyads(**{WCC: 1.5}), strangers=True)["eda_wcc_absolute"]
    assert absent.against == {"strangers untested"}


def test_so_few_dyads_that_no_sign_flips_could_show_it_leave_it_unconfirmable():
    """With 7 dyads no p of sign flips is below 1/64, and with four measures none below 1/16 after Holm."""
    columns = {WCC: 6.0, MOTION: 6.0, LEAD: 6.0, "ibi_wcc_absolute_above_chance": 6.0}
    found = judged(dyads(n=7, **columns), between=(), scores=())
    assert {one.verdict for one in found.values()} == {"unconfirmable"}
    [floor] = found["eda_wcc_absolute"].reservations
    assert floor.kind == "floor" and floor.values["smallest_p"] == 4 / 64


def test_therapists_who_do_not_show_it_leave_it_unconfirmed():
    table = dyads(n=21, therapists=7, **{WCC: 1.0})
    table.loc[table["therapist"].isin(["T00", "T01", "T02"]), WCC] -= 2.6
    table[WCC] += 1.5 - table[WCC].mean() - 0.7
    one = judged(table, between=(), scores=())["eda_wcc_absolute"]
    rows = {v["unit"]: v["p_flips"] for v in one.told("against zero")}
    assert rows["dyad"] < 0.05 <= rows["therapist"]
    assert one.verdict == "unconfirmed" and "therapists" in one.against


def test_one_dyad_is_not_tested_and_the_reason_is_given():
    found = judged(dyads(n=1, **{WCC: 1.0}), between=(), scores=())
    assert found["eda_wcc_absolute"].verdict == "untested"
    assert "1 dyad with a value" in found["eda_wcc_absolute"].reason


def test_many_dyads_without_any_coordination_show_that_there_is_none():
    one = judged(dyads(n=60, **{WCC: 0.0}), between=(), scores=())["eda_wcc_absolute"]
    assert one.verdict == "none" and one.reach < 0.5


def test_a_score_that_is_the_same_measure_is_not_correlated_with_itself():
    found = judged(dyads(**{WCC: 1.0, MOTION: 0.0}), scores=(WCC,))
    own = found[f"eda_wcc_absolute with {WCC}"]
    assert own.verdict == "untested" and "same measure" in own.reason
    assert found[f"motion_concordance_index with {WCC}"].verdict == "unclear"


def test_a_study_without_other_signals_has_no_such_findings():
    empty = pd.DataFrame(columns=["measure", "roi", "band", "unit", "t", "note"])
    assert judge_coordination({}, ["group"], ["wai"]) == []
    found = judge_study({"presence": empty}, [], [], ["plv"])
    assert [(one.hypothesis, one.question) for one in found] == [("synchrony", "synchrony")]


@pytest.mark.long
def test_of_studies_without_coordination_one_in_twenty_at_most_claims_any():
    """Of three measures together: Holm's correction over sign flips of 8 dyads."""
    rng = np.random.default_rng(5)
    claimed, n_studies = 0, 100
    for _ in range(n_studies):
        rows = [
            against_zero(rng.standard_normal((8, 1)))[0] | {"measure": name, "unit": "dyad", "note": ""}
            for name in (WCC, MOTION, LEAD)
        ]
        table = pd.DataFrame(rows).assign(roi="all", band="all", p_family=np.nan)
        found = judge_coordination({"signalpresence": table}, [], [], strangers=False)
        claimed += any(one.claims for one in found)
    assert claimed <= 12  # .05 of 100: more comes once in 700 times


def test_with_several_clients_a_therapist_the_therapists_decide():
    table = dyads(n=16, therapists=4, **{WCC: (1.0, 0.0, 0.0)})
    table["group"] = np.where(table["therapist"].isin(["T00", "T01"]), "a", "b")
    table[WCC] += np.where(table["group"] == "a", 1.0, 0.0) + table["therapist"].str[1:].astype(int) % 2 * 1.5
    found = signal_statistics(table, [WCC], ["group"], [], relabelings=199, bootstraps=99)
    assert (found["signaltherapists"]["decides"] == "yes").all()
    one = judge_coordination(found, ["group"], [], False)[1]
    assert one.verdict in ("unclear", "unconfirmed", "unconfirmable")


def test_a_measure_that_movement_misleads_gets_no_verdict_of_movement_whatever_the_signal_is_called():
    column = "hands_wcc_absolute_above_chance"
    found = signal_statistics(dyads(**{column: 3.0}), [column], ["group"], ["wai"], relabelings=999)
    told = judge_coordination(found, ["group"], ["wai"], False, {"hands": "motion"})
    assert [one.verdict for one in told] == ["uncalibrated"] * 3
    assert "strangers" in told[0].reason and not told[0].claims
    assert judge_coordination(found, [], [], False, {"hands": "other"})[0].verdict == "found"
