"""Verdicts on coded events and on brains beside bodies: directions, corrections and what is not tested."""

import numpy as np
import pandas as pd
import pytest

from interbrain.coding.groups import events_of_the_study, relations_of_the_study
from interbrain.findings.moments import judge_moments
from interbrain.findings.written import findings_table

SERIES = {"brain": "plv", "eda": "wcc_absolute", "motion": "wcc_signed"}


def standardised(rng, n, mean):
    own = rng.standard_normal(n)
    if n == 1:
        return own
    return (own - own.mean()) / own.std(ddof=1) + mean


def events(n=12, seed=2, therapists=None, **means):
    """Events of `n` dyads; code_signal=the mean difference, in SDs."""
    rng, rows = np.random.default_rng(seed), []
    for name, mean in means.items():
        code, signal = name.split("_")
        for i, value in enumerate(standardised(rng, n, mean)):
            about = {"dyad": f"D{i:02}", "time": "session", "run": 1, "code": code, "signal": signal}
            about |= {"measure": SERIES[signal], "band": "all", "roi": "all", "coder": "A", "note": ""}
            rows.append(about | {"n_events": 7, "n_used": 6, "n_controls": 40, "delta": value})
    table = pd.DataFrame(rows)
    of = {dyad: f"T{int(dyad[1:]) % (therapists or n)}" for dyad in table["dyad"]}
    return {"eventlocked": events_of_the_study(table, of)}


def judged(tables):
    return {one.hypothesis: one for one in judge_moments(tables)}


@pytest.mark.parametrize(("mean", "way", "word"), [(1.5, "above", "more"), (-1.5, "below", "less")])
def test_synchrony_at_events_has_the_direction_of_its_test(mean, way, word):
    one = judged(events(rupture_brain=mean))["plv at rupture"]
    assert one.verdict == "found" and one.claims[0].higher == way
    assert np.sign(one.claims[0].low) == np.sign(one.claims[0].high) == np.sign(mean)
    said = findings_table([one])["sentence"][0]
    assert said.startswith(f"There was {word} plv at rupture than in the minutes around it")


def test_without_a_difference_the_study_cannot_tell_and_sixty_dyads_can():
    assert judged(events(rupture_brain=0.0))["plv at rupture"].verdict == "unclear"
    assert judged(events(n=60, rupture_brain=0.0))["plv at rupture"].verdict == "none"


def test_codes_are_corrected_together_and_bodies_apart_from_brains():
    alone = events(rupture_brain=0.7)
    p = alone["eventlocked"]["p_flips"][0]
    assert p < 0.05 < 3 * p and judged(alone)["plv at rupture"].verdict == "found"
    several = judged(events(rupture_brain=0.7, repair_brain=0.0, silence_brain=0.0, rupture_eda=1.5))
    assert several["plv at rupture"].verdict == "unclear"
    assert several["plv at rupture"].told("family")[0]["n"] == 3
    assert several["eda_wcc_absolute at rupture"].told("family")[0]["n"] == 1
    assert several["eda_wcc_absolute at rupture"].verdict == "found"


def test_bodies_in_a_measure_without_calibration_get_no_verdict():
    one = judged(events(rupture_motion=3.0))["motion_wcc_signed at rupture"]
    assert one.verdict == "uncalibrated" and not one.claims


def test_one_dyad_is_not_tested_and_two_therapists_do_not_confirm_it():
    one = judged(events(n=1, rupture_brain=1.0))["plv at rupture"]
    assert one.verdict == "untested" and "not tested" in one.reason
    shared = judged(events(n=12, therapists=2, rupture_brain=1.5))["plv at rupture"]
    assert shared.verdict == "unconfirmed" and "therapists" in shared.against


@pytest.mark.parametrize(("mean", "way", "word"), [(1.5, "above", "more"), (-1.5, "below", "less")])
def test_moments_of_brains_and_bodies_have_the_direction_of_their_relation(mean, way, word):
    rng = np.random.default_rng(4)
    about = {"time": "session", "run": 1, "signal": "brain", "measure": "plv", "band": "all", "roi": "all"}
    about |= {"body": "eda", "body_measure": "wcc_absolute", "note": ""}
    rows = [
        about | {"dyad": f"D{i}", "r": np.tanh(0.2 * z), "above_chance": 0.2 * z}
        for i, z in enumerate(standardised(rng, 12, mean))
    ]
    table = relations_of_the_study(pd.DataFrame(rows), {f"D{i}": f"T{i}" for i in range(12)})
    [one] = judge_moments({"brainbody": table})
    assert one.hypothesis == "plv with eda_wcc_absolute" and one.question == "brain and body"
    assert one.verdict == "found" and one.claims[0].higher == way
    said = findings_table([one])["sentence"][0]
    assert said.startswith(f"Moments of more plv were moments of {word} eda_wcc_absolute")
