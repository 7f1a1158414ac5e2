"""Findings where therapists have several clients: who decides, and what is said where nothing can be."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
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
        between, measures, entering = (), MEASURES, SimpleNamespace(label=str)

    glance._picture(Shown(tables), "score")
    place = ["measure", "roi", "band"]
    own = drawn["score"].set_index(place)[["ci_low", "ci_high"]]
    rows = tables["therapists"].query("tested == 'score'").set_index(place)[["ci_low", "ci_high"]]
    pd.testing.assert_frame_equal(own, rows.reindex(own.index))
