"""Findings where therapists have several clients: who decides, and what is said where nothing can be."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from tests.statistics.test_therapists import study

from interbrain.findings.evidence import evidence_on_a_score
from interbrain.findings.factors import judge_factor
from interbrain.findings.presence import judge_presence
from interbrain.findings.scores import judge_score
from interbrain.report.sections import glance
from interbrain.statistics import analyse

MEASURES = ["plv", "above_chance"]


def judged(table, **settings):
    settings = {"relabelings": 500, "bootstraps": 50} | settings
    return analyse(table, ["practice"], ["roi", "band"], MEASURES, ["score"], **settings)


def clustered(difference, seed=1, layout=(3,) * 8, noise=0.001):
    """The therapists' own means differ by chance as planted; the dyads of each hardly differ."""
    table = study(layout, seed=seed, icc=0.0)
    rng = np.random.default_rng(seed)
    own = {f"T{k}": 0.3 + difference[k] for k in range(len(layout))}
    base = table["therapist"].map(own) + noise * rng.normal(size=len(table))
    return table.assign(plv=base, above_chance=base - 0.25)


def test_a_difference_of_a_few_therapists_with_many_dyads_each_is_no_finding():
    """As many p of .001 over dyads as one likes, and none over therapists."""
    tables = judged(clustered([0.0, 0.05, 0.01, 0.0, 0.0, 0.05, 0.03, 0.03]))
    assert (tables["anova"].query("effect == 'practice'")["p"] < 0.01).all()
    own = tables["therapists"].query("tested == 'practice'")
    assert (own["p"] > 0.1).all()
    found = judge_factor(tables, "practice", MEASURES)
    assert found.verdict == "unclear" and not found.claims


def test_a_difference_between_therapists_is_found_with_their_p_and_interval():
    tables = judged(clustered([0.0, 0.1, 0.01, 0.11, -0.01, 0.09, 0.0, 0.1]))
    found = judge_factor({**tables, "snr": None}, "practice", MEASURES)
    [claim] = found.claims
    row = tables["therapists"].query("tested == 'practice' and measure == 'above_chance'").iloc[0]
    assert (claim.higher, claim.lower, claim.p) == ("yes", "no", row["p_holm"])
    assert {claim.low, claim.high} == {abs(row["ci_low"]), abs(row["ci_high"])}
    assert not {one.kind for one in found.reservations} & {"spread", "permutation", "therapists"}


def test_where_all_therapists_of_a_level_are_one_nothing_is_confirmed():
    table = clustered([0.0, 0.0, 0.0, 0.2], layout=(5,) * 4)
    table["practice"] = np.where(table["therapist"] == "T3", "yes", "no")
    found = judge_factor(judged(table), "practice", MEASURES)
    assert found.verdict in ("unconfirmed", "not-apart")
    [untested] = [one for one in found.reservations if one.kind == "therapists untested"]
    assert "without the dyads of one therapist" in untested.values["reason"]


@pytest.mark.long
def test_a_correlation_of_therapists_is_no_finding_and_one_within_them_is():
    table = clustered([0.0, 0.05, 0.0, 0.02, 0.03, 0.0, 0.01, 0.04])
    own = table["therapist"].map({f"T{k}": v for k, v in enumerate([1, 9, 2, 2, 8, 4, 3, 5])})
    between = judged(table.assign(score=own + 0.0))
    assert (between["correlations"]["p_holm"] < 0.01).any()
    rows = between["therapists"].query("tested == 'score'")
    decided = judge_score({**between, "snr": None}, "score", MEASURES)
    assert (rows["p_holm"] < 0.05).any() == bool(decided.claims)
    rng = np.random.default_rng(0)
    score = dict(zip(table["dyad"].unique(), rng.normal(size=24), strict=True))
    within = table.assign(score=table["dyad"].map(score))
    within["plv"] = 0.3 + 0.03 * within["score"] + 0.005 * rng.normal(size=len(within))
    within["above_chance"] = within["plv"] - 0.25
    found = judge_score({**judged(within), "snr": None}, "score", MEASURES)
    assert len(found.claims) == 4 and found.verdict in ("found", "qualified")
    row = judged(within)["therapists"].query("tested == 'score' and measure == 'above_chance'").iloc[0]
    assert (found.claims[0].low, found.claims[0].high) == pytest.approx((row["ci_low"], row["ci_high"]))


def test_the_evidence_on_a_score_has_the_p_and_the_line_that_decide():
    """A card with p > .999 over dyads beside a claim over therapists would contradict itself."""
    tables = {**judged(study((4, 2, 2), icc=0.3), bootstraps=20), "snr": None}
    found = judge_score(tables, "score", MEASURES)
    shown = {
        (one.values["measure"], cell["roi"], cell["band"]): (cell["p_holm"], cell["apa"])
        for one in evidence_on_a_score(tables, found, MEASURES)
        if one.kind == "correlations"
        for cell in one.values["cells"]
    }
    rows = tables["therapists"].query("tested == 'score'")
    assert (rows["decides"] == "yes").all() and len(shown) == len(rows) == 8
    for row in rows.itertuples():
        assert shown[row.measure, row.roi, row.band] == (row.p_holm, row.apa)


@pytest.mark.long_but("own0-unconfirmed")
@pytest.mark.parametrize(
    ("own", "verdict"), [((0.1, 0.0, 0.0, 0.0), "unconfirmed"), ((0.1,) * 4, "unconfirmable")]
)
def test_synchrony_in_the_dyads_of_four_therapists_is_judged_over_these(own, verdict):
    table = study((5,) * 4, icc=0.0)
    rng = np.random.default_rng(4)
    above = table["therapist"].map(dict(zip(("T0", "T1", "T2", "T3"), own, strict=True)))
    above = above + 0.01 * rng.normal(size=len(table))
    table = table.assign(above_chance=above, above_pseudo=above, plv=above + 0.25)
    assert judge_presence(judged(table)).verdict == verdict


def test_the_picture_of_a_score_has_the_intervals_that_decide(monkeypatch):
    tables = judged(study((4, 2, 2), icc=0.3), bootstraps=20)
    drawn = {}
    monkeypatch.setattr(glance.summary, "intervals", lambda tested, rows, *_: drawn.update({tested: rows}))

    class Shown(dict):
        between, measures, entering, repeated = (), MEASURES, SimpleNamespace(label=str), ""

    glance._picture(Shown(tables), "score")
    place = ["measure", "roi", "band"]
    own = drawn["score"].set_index(place)[["ci_low", "ci_high"]]
    rows = tables["therapists"].query("tested == 'score'").set_index(place)[["ci_low", "ci_high"]]
    pd.testing.assert_frame_equal(own, rows.reindex(own.index))


def dyads_of(therapists, practice, effect=0.06):
    """Dyads with these therapists and levels, the level "yes" higher by `effect`; the score goes with PLV."""
    rng = np.random.default_rng(4)
    names = [f"D{k:02}" for k in range(len(therapists))]
    own = effect * (np.array(practice) == "yes") + 0.02 * rng.normal(size=len(names))
    dyads = pd.DataFrame({"dyad": names, "therapist": therapists, "client": names, "practice": practice})
    dyads = dyads.assign(time="pre", score=own + 0.002 * rng.normal(size=len(names)))
    rows = [
        dyads.assign(roi=roi, band=band, plv=0.3 + own + 0.001 * rng.normal(size=len(own)))
        for roi in ("f", "c")
        for band in ("theta", "alpha")
    ]
    table = pd.concat(rows, ignore_index=True)
    return table.assign(above_chance=table["plv"] - 0.2)


FOR_WHOM = ("one therapist", "most of one therapist", "one therapist a level", "few at a level")
ALTERNATING, SIX_AND_SIX = ["yes", "no"] * 6, ["yes"] * 6 + ["no"] * 6


@pytest.mark.parametrize(
    ("therapists", "practice", "kind", "values"),
    [
        (["T0"] * 12, ALTERNATING, "one therapist", {"n": 12, "n_dyads": 12, "n_therapists": 1}),
        (["T0"] * 8 + ["T1", "T2", "T3", "T4"], ALTERNATING, "most of one therapist", {"n": 8}),
        (["T0"] * 6 + [f"T{k}" for k in range(1, 7)], SIX_AND_SIX, "one therapist a level", {}),
        ([f"T{k}" for k in range(11)], ["yes"] * 2 + ["no"] * 9, "few at a level", {}),
        (["T0", "T0", *(f"T{k}" for k in range(1, 11))], ALTERNATING, "", {}),
    ],
)
def test_a_difference_has_a_reservation_where_it_may_hold_of_one_therapist_or_few_dyads_alone(
    therapists, practice, kind, values
):
    tables = judged(dyads_of(therapists, practice)) | {"snr": None}
    found = judge_factor(tables, "practice", MEASURES, of_brains=False)
    of_the_sample = [one for one in found.reservations if one.kind in FOR_WHOM]
    assert [one.kind for one in of_the_sample] == ([kind] if kind else [])
    assert found.verdict == "qualified"
    if values:
        assert values.items() <= of_the_sample[0].values.items()
    if kind.endswith("a level"):
        assert [one["level"] for one in of_the_sample[0].values["levels"]] == ["yes"]


def test_a_correlation_in_the_dyads_of_one_therapist_has_the_reservation_and_other_levels_have_none():
    tables = judged(dyads_of(["T0"] * 12, ALTERNATING))
    found = judge_score(tables, "score", MEASURES, of_brains=False)
    assert found.verdict == "qualified" and "one therapist" in found.against


def in_two_times(therapists, change=0.03):
    rng = np.random.default_rng(8)
    first = dyads_of(therapists, ["yes"] * len(therapists), 0).drop(columns="practice")
    shift = dict(zip(first["dyad"].unique(), change + 0.02 * rng.normal(size=len(therapists)), strict=True))
    moved = first["dyad"].map(shift)
    last = first.assign(time="post", plv=first["plv"] + moved, above_chance=first["above_chance"] + moved)
    return pd.concat([first, last], ignore_index=True)


def of_times(table):
    return analyse(table, [], ["roi"], MEASURES, [], time="factor", relabelings=100, bootstraps=20)


def test_times_that_are_compared_are_a_finding_with_the_paired_t_test():
    table = in_two_times([f"T{k}" for k in range(10)])
    found = judge_factor(of_times(table), "time", MEASURES, within=True)
    wide = table.groupby(["dyad", "time"])["above_chance"].mean().unstack()
    t, p = stats.ttest_rel(wide["post"], wide["pre"])
    [claim] = found.claims
    assert (claim.higher, claim.lower) == ("post", "pre") and t > 0
    assert claim.p == pytest.approx(p) and claim.size == pytest.approx((wide["post"] - wide["pre"]).mean())
    assert found.verdict == "qualified" and found.against == {"snr untested"}


def test_times_in_several_dyads_of_several_therapists_are_tested_over_therapists():
    """With as many dyads each, that is the t-test over the therapists' mean changes."""
    table = in_two_times([f"T{k // 3}" for k in range(18)])
    tables = of_times(table)
    [row] = tables["therapists"].query("tested == 'time' and measure == 'plv'").to_dict("records")
    means = table.groupby(["therapist", "time"], sort=False)["plv"].mean().unstack()
    expected = stats.ttest_1samp(means["pre"] - means["post"], 0)
    assert (row["p"], row["df_error"]) == pytest.approx((expected.pvalue, 5))
    assert row["difference"] == pytest.approx((means["pre"] - means["post"]).mean())
    found = judge_factor(tables, "time", MEASURES, within=True)
    assert found.claims[0].p == tables["therapists"].query("measure == 'above_chance'")["p_holm"].iloc[0]


def test_where_therapists_decide_no_power_of_so_many_dyads_is_told():
    table = clustered([0.0, 0.1, 0.01, 0.11, -0.01, 0.09, 0.0, 0.1])
    power = judged(table)["power"]
    assert power["detectable_d"].isna().all()
    assert power["sentence"].str.startswith("Not computed: several therapists", na=False).all()
