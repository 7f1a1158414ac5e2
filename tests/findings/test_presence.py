"""What is made of means against zero: the verdict, which sites and bands are named, the reservations."""

import numpy as np
import pandas as pd
import pytest

from interbrain.findings.presence import judge_presence
from interbrain.statistics.presence import against_zero


def tables(mean=1.0, n=10, strangers=1.0, seed=1, therapists=None, cells=(0.0, 0.0)):
    """A table of presence of dyads whose mean is `mean` SDs above chance; `cells` are added at two sites."""
    rows = []
    rng = np.random.default_rng(seed)
    for measure, shift in (("above_chance", mean), ("above_pseudo", strangers)):
        own = rng.normal(0, 1, (n, 2))
        own = (own - own.mean(axis=0)) / own.std(axis=0, ddof=1) + shift + np.array(cells)
        values = np.column_stack([own.mean(axis=1), own])
        units = {"dyad": values}
        if therapists is not None:
            units["therapist"] = pd.DataFrame(values).groupby(np.arange(n) % therapists).mean().to_numpy()
        for unit, each in units.items():
            for place, row in zip(("all", "frontal", "central"), against_zero(each), strict=True):
                band = "all" if place == "all" else "alpha"
                about = {"measure": measure, "roi": place, "band": band, "unit": unit, "note": np.nan}
                rows.append(about | row)
    return {"presence": pd.DataFrame(rows)}


@pytest.mark.parametrize(
    ("made", "verdict", "kinds"),
    [
        ({}, "found", []),
        ({"strangers": 0.0}, "qualified", ["strangers"]),
        ({"strangers": -1.0}, "qualified", ["strangers"]),
        ({"mean": 0.0}, "unclear", []),
        ({"mean": 0.0, "n": 60}, "none", []),
        ({"mean": 0.0, "n": 19}, "unclear", []),
        ({"mean": -1.0}, "below", []),
        ({"n": 5, "mean": 3.0, "strangers": 3.0}, "unconfirmable", ["floor", "strangers floor"]),
        ({"n": 12, "therapists": 5}, "unconfirmable", ["therapists floor"]),
        ({"mean": 0.0, "n": 12, "cells": (1.5, -1.5)}, "unclear", ["single cells"]),
    ],
)
def test_the_verdict_follows_from_sign_flips_strangers_and_therapists(made, verdict, kinds):
    found = judge_presence(tables(**made))
    assert found.verdict == verdict and [one.kind for one in found.reservations] == kinds
    assert bool(found.claims) == (verdict not in ("unclear", "none"))


def test_single_sites_are_named_only_after_the_mean_over_all_and_after_correction():
    found = judge_presence(tables(cells=(1.0, -1.0)))
    assert [(one.roi, one.higher) for one in found.claims] == [("all", "above"), ("frontal", "above")]
    assert all(one.p < 0.05 and one.low > 0 for one in found.claims)


def test_a_hint_at_a_single_site_says_on_which_side_of_chance_it_is():
    """A single site below chance, in a study without synchrony, is no hint of synchrony."""
    (hint,) = judge_presence(tables(mean=0.0, n=12, cells=(1.5, -1.5))).reservations
    assert [(cell["roi"], cell["mean"] > 0) for cell in hint.values["cells"]] == [
        ("frontal", True),
        ("central", False),
    ]


def test_therapists_who_do_not_show_it_leave_it_unconfirmed():
    made = tables(n=12, therapists=7)
    table = made["presence"]
    table.loc[table["unit"] == "therapist", "p_flips"] = 0.3
    found = judge_presence(made)
    assert found.verdict == "unconfirmed" and found.reservations[0].values["n"] == 7


def test_what_was_not_tested_is_said_with_its_reason():
    empty = tables()["presence"].iloc[:0]
    assert judge_presence({"presence": empty}).verdict == "untested"
    one = tables()["presence"]
    one["note"] = "1 dyad with a value"
    one.loc[one["measure"] == "above_chance", "t"] = np.nan
    found = judge_presence({"presence": one})
    assert found.verdict == "untested" and found.reason == "1 dyad with a value"
    alone = tables()["presence"].query("measure == 'above_chance'")
    found = judge_presence({"presence": alone})
    assert found.verdict == "qualified" and found.reservations[0].kind == "strangers untested"
