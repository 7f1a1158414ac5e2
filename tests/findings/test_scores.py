"""Findings on scores: the strongest claim first, and what speaks against it."""

import numpy as np
import pandas as pd
import pytest

from interbrain.findings.scales import scales_of
from interbrain.findings.scores import judge_score

MEASURES = ["plv", "above_chance"]


def correlations(p=(0.01, 0.01), ranks=0.001, loo=0.5, r=(0.7, 0.7)):
    """Two sites; the second is found on raw PLV alone."""
    rows = [
        {
            "measure": measure, "questionnaire": "wai_difference", "roi": roi, "band": "theta", "n": 14,
            "r": r[k], "ci_low": 0.2, "ci_high": 0.9, "p": p[k], "spearman": 0.9 * r[k], "p_spearman": ranks,
            "p_holm": p[k] if roi == "frontal" else (0.01, 0.2)[k],
            "loo_low": min(loo * np.sign(r[k]), 0.8 * np.sign(r[k])),
            "loo_high": max(loo * np.sign(r[k]), 0.8 * np.sign(r[k])),
            "loo_low_dyad": "D03", "loo_high_dyad": "D04", "note": np.nan,
        }
        for roi in ("frontal", "central") for k, measure in enumerate(MEASURES)
    ]  # fmt: skip
    return pd.DataFrame(rows)


def alphas(value):
    return pd.DataFrame(
        [{"questionnaire": name, "subscale": "total", "alpha": value} for name in ("wai_t", "wai_c")]
    )


SCALES = [("wai_t", "total"), ("wai_c", "total")]


def given_snr(r=0.7, p=0.01, df2=10):
    """Both sites with signal-to-noise held constant, and the client's SNR itself."""
    row = {"tested": "wai_difference", "band": "theta", "r": r, "df2": df2, "p_holm": p, "note": np.nan}
    rows = [row | {"measure": m, "roi": roi} for m in MEASURES for roi in ("frontal", "central")]
    return pd.DataFrame([*rows, row | {"measure": "log_snr_client", "roi": "central", "p_holm": 0.02}])


def judge(scales=(), reliability=None, joint=None, snr=None, **about):
    tables = {"correlations": correlations(**about), "snr": given_snr(about.get("r", [0.7])[-1])}
    if snr is not None:
        tables["snr"] = snr
    if reliability is not None:
        tables["reliability"] = reliability
    if joint is not None:
        row = {"tested": "wai_difference", "summary": "median_effect", "n_specifications": 9}
        tables["multiverse"] = pd.DataFrame([row | {"p_permutation": joint}])
    return judge_score(tables, "wai_difference", MEASURES, scales)


def test_the_strongest_claim_leads_and_the_one_on_raw_plv_alone_follows():
    judged = judge()
    assert judged.verdict == "found"
    assert [(one.on, one.roi, one.higher) for one in judged.claims] == [
        ("both", "frontal", "higher"),
        ("plv", "central", "higher"),
    ]


@pytest.mark.parametrize(
    ("about", "verdict", "kinds"),
    [
        ({"ranks": 0.0499}, "unconfirmed", ["ranks"]),  # not after the same correction
        ({"loo": -0.1}, "unconfirmed", ["one dyad"]),
        ({"loo": 0.2}, "unconfirmed", ["one dyad"]),
        ({"reliability": alphas(0.05), "scales": SCALES}, "qualified", ["reliability"]),
        ({"reliability": alphas(0.85), "scales": SCALES}, "found", []),
        ({"joint": 0.167}, "qualified", ["joint cells"]),
        ({"p": (0.01, 0.2)}, "raw-only", []),
        ({"p": (0.01, 0.01), "r": (0.7, -0.7)}, "opposite", []),
    ],
)
def test_ranks_single_dyads_reliability_and_all_analyses_enter_the_verdict(about, verdict, kinds):
    judged = judge(**about)
    assert judged.verdict == verdict
    assert [one.kind for one in judged.reservations] == kinds


@pytest.mark.parametrize(
    ("snr", "verdict", "kinds"),
    [
        (given_snr(p=0.2), "not-apart", ["snr"]),
        (given_snr(r=-0.7), "not-apart", ["snr"]),
        (given_snr(p=0.2, df2=2), "unconfirmable", ["snr floor"]),
        (given_snr(p=0.2, df2=2, r=0.1), "not-apart", ["snr"]),
        (given_snr(r=np.nan).assign(note="SNR is the same"), "qualified", ["snr untested"]),
        (pd.DataFrame(), "qualified", ["snr untested"]),
    ],
)
def test_a_correlation_has_to_stay_with_signal_to_noise_held_constant(snr, verdict, kinds):
    judged = judge(snr=snr)
    assert judged.verdict == verdict and [one.kind for one in judged.reservations] == kinds
    values = judged.reservations[0].values
    if kinds != ["snr untested"]:
        assert [(cell["roi"], cell["band"]) for cell in values["cells"]] == [("frontal", "theta")]
        assert values["differs"] == [{"role": "client", "roi": "central", "band": "theta", "p_holm": 0.02}]
    else:
        assert values["reason"]


def test_a_score_without_variation_gives_its_own_reason_and_not_another_s():
    own = correlations().assign(r=np.nan, note="the score is the same in every dyad")
    others = correlations().assign(questionnaire="wai_t_bond", note="T01 is in 2 dyads (D01, D02)")
    judged = judge_score({"correlations": pd.concat([others, own])}, "wai_difference", MEASURES)
    assert judged.verdict == "untested" and judged.reason == "the score is the same in every dyad"


def test_a_score_is_traced_to_the_scales_that_it_was_made_of():
    differences = {"alliance": ["wai_t", "wai_c"]}
    assert scales_of("alliance_absolute", ["wai_t", "wai_c"], differences) == SCALES
    assert scales_of("wai_t_bond", ["wai", "wai_t"], differences) == [("wai_t", "bond")]
    assert scales_of("years", ["wai_t"], differences) == []


def test_a_claim_that_does_not_stay_with_all_scores_corrected_for_together_is_qualified():
    own = correlations(p=(0.012, 0.012))
    others = [own.assign(questionnaire=f"other_{k}", p=0.9, p_holm=0.9) for k in range(3)]
    alone = judge_score({"correlations": own, "snr": given_snr()}, "wai_difference", MEASURES)
    assert "several scores" not in {one.kind for one in alone.reservations}
    tables = {"correlations": pd.concat([own, *others]), "snr": given_snr()}
    found = judge_score(tables, "wai_difference", MEASURES)
    [one] = [one for one in found.reservations if one.kind.endswith("several scores")]
    assert found.verdict == "qualified" and one.values["n"] == 8
    assert all(cell["p_holm"] > 0.05 for cell in one.values["cells"])


def test_the_table_corrects_within_each_score_and_over_all_scores():
    from interbrain.statistics.cells import study_cells
    from interbrain.statistics.correlations import holm
    from interbrain.statistics.scores import correlations as correlated

    rng = np.random.default_rng(1)
    rows = [
        {"dyad": f"D{k}", "therapist": f"T{k}", "client": f"C{k}", "time": "pre", "roi": roi, "band": "theta",
         "plv": rng.normal(), "one": float(k), "two": float(k % 3)}
        for k in range(9) for roi in ("frontal", "central")
    ]  # fmt: skip
    cells = study_cells(pd.DataFrame(rows), ["plv"], ["therapist", "client", "one", "two"])
    table = correlated(cells, ["plv"], ["one", "two"], [], 20, 0.3, (0,))
    np.testing.assert_allclose(table["p_holm_scores"], holm(table["p"]))
    np.testing.assert_allclose(table["p_holm"][:2], holm(table["p"][:2]))


def test_a_correlation_that_one_dyad_makes_is_not_confirmed():
    """All dyads but one are without any correlation, and one is far off."""
    rng = np.random.default_rng(4)
    for n in (8, 16):
        score, plv = rng.standard_normal((2, n))
        score[0], plv[0] = 30, 20
        r = np.corrcoef(score, plv)[0, 1]
        left = [np.corrcoef(np.delete(score, k), np.delete(plv, k))[0, 1] for k in range(n)]
        judged = judge(r=(r, r), loo=min(left))
        assert r > 0.9 and "one dyad" in [one.kind for one in judged.reservations]
        [values] = [one.values for one in judged.reservations if one.kind == "one dyad"]
        assert values["cells"][0]["loo_low"] == pytest.approx(min(left)) and judged.verdict == "unconfirmed"
