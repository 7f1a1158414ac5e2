"""What the test that allows unequal spread makes of a claim, and when groups are said to vary unequally."""

import numpy as np
import pandas as pd
import pytest

from interbrain.findings.confirmation import confirmed
from interbrain.findings.spread import given_unequal_spread, unequal
from interbrain.statistics import analyse

ROW = {
    **{
        "measure": "plv",
        "effect": "group",
        "method": "Welch",
        "F": 4.0,
        "df1": 1,
        "df_error": 3.4,
        "p": 0.03,
    },
    **{"p_studentised": 0.2, "sd_ratio": 1.2, "p_brown_forsythe": 0.4, "note": np.nan},
}


def judged(**changes):
    return list(given_unequal_spread({"spread": pd.DataFrame([ROW | changes])}, "group", "plv"))


@pytest.mark.parametrize(
    ("changes", "verdict", "kinds"),
    [
        ({}, "found", []),
        ({"sd_ratio": 4.0, "p_brown_forsythe": 0.01}, "found", []),  # allowed for, and still there
        ({"p": 0.2}, "unconfirmed", ["spread"]),
        ({"F": np.nan, "p": np.nan, "note": "no has 1 dyad"}, "qualified", ["spread untested"]),
        ({"measure": "above_chance"}, "qualified", ["spread untested"]),
    ],
)
def test_a_claim_has_to_hold_with_unequal_spread_allowed_for(changes, verdict, kinds):
    against = judged(**changes)
    assert [one.kind for one in against] == kinds and confirmed(against) == verdict
    if "note" in changes:
        assert against[0].values["reason"] == "no has 1 dyad"


def test_a_study_without_the_table_has_no_reservation():
    assert list(given_unequal_spread({}, "group", "plv")) == []


@pytest.mark.parametrize(
    ("ratio", "p", "said"),
    [(1.9, 0.06, False), (2.0, 0.06, True), (1.1, 0.04, True), (np.nan, np.nan, False)],
)
def test_groups_are_said_to_vary_unequally_by_the_ratio_of_sds_or_brown_and_forsythe(ratio, p, said):
    assert unequal({"sd_ratio": ratio, "p_brown_forsythe": p}) == said


def test_four_dyads_of_large_spread_do_not_carry_a_finding_that_only_the_pooled_test_makes():
    wide, narrow = np.array([0.36, 0.30, 0.42, 0.33]), 0.30 + 0.004 * np.linspace(-1, 1, 10)
    values = np.concatenate([narrow, wide])
    names = [f"D{k:02d}" for k in range(14)]
    table = pd.DataFrame({"dyad": names, "therapist": names, "client": names})
    table = table.assign(time="pre", roi="frontal", band="alpha", plv=values, chance=0.2)
    table["above_chance"] = table["plv"] - table["chance"]
    table["modality"] = ["face-to-face"] * 10 + ["online"] * 4
    found = analyse(table, ["modality"], [], ["above_chance"], [], relabelings=2000, bootstraps=99)
    assert found["anova"]["p"].iloc[0] < 0.05 and found["permutation"]["p"].iloc[0] < 0.05
    assert found["spread"]["p"].iloc[0] > 0.05 and unequal(found["spread"].iloc[0])
    against = given_unequal_spread(found, "modality", "above_chance")
    assert [one.kind for one in against] == ["spread"]
