"""Two coders: kappa by its definition, an interval that minds runs of bins, and n/a with its reason."""

import numpy as np
import pandas as pd
import pytest

from interbrain.coding.agreement import Coded, agreement, in_bins, kappa, kappa_interval
from interbrain.files.tables import read_table, write_table
from interbrain.tables.event_statistics import AGREEMENT


def events(rows):
    return pd.DataFrame(rows, columns=["onset_s", "duration_s", "code", "who", "coder"])


def run(rows, dyad="D01", duration=600.0):
    return Coded(dyad, "pre", 1, duration, events(rows))


def test_kappa_is_cohens():
    table = np.array([88, 14, 18, 80])  # both, first, second, neither
    observed, p_a, p_b = 168 / 200, 102 / 200, 106 / 200
    chance = p_a * p_b + (1 - p_a) * (1 - p_b)
    assert kappa(table) == pytest.approx((observed - chance) / (1 - chance), abs=1e-15)
    assert kappa(np.array([10, 0, 0, 90])) == 1 and np.isnan(kappa(np.array([0, 0, 0, 5])))


def test_bins_are_half_open_and_a_moment_is_in_one_of_them():
    held = in_bins(events([[2, 3, "x", "", "A"], [7, 0, "x", "", "A"], [9.5, 4, "x", "", "A"]]), 10, 1)
    assert np.flatnonzero(held).tolist() == [2, 3, 4, 7, 9]


def test_the_interval_covers_where_the_usual_standard_error_does_not():
    """Two coders whose marks of half a minute agree half of the time: neighbouring bins are one."""
    rng = np.random.default_rng(4)
    true, inside, usual = [], 0, 0
    for _ in range(60):
        blocks = rng.random((2, 60)) < 0.3
        blocks[1] = np.where(rng.random(60) < 0.5, blocks[0], blocks[1])
        a, b = np.repeat(blocks, 30, axis=1)
        low, high = kappa_interval([(a, b)], 60, [1])
        k = kappa(np.array([(a & b).sum(), (a & ~b).sum(), (~a & b).sum(), (~a & ~b).sum()]))
        true.append(k)
        inside += low <= 0.5 <= high
        se = np.sqrt((1 - k**2) / len(a))
        usual += abs(k - 0.5) <= 1.96 * se
    assert np.mean(true) == pytest.approx(0.5, abs=0.05)
    assert inside >= 51 and usual < 40


def test_every_two_coders_have_a_row_over_all_runs_and_one_a_run(tmp_path):
    one = [[60 * k, 30, "rupture", "", coder] for k in range(10) for coder in "AB"]
    other = [[60 * k + 5, 30, "rupture", "", "A"] for k in range(10)]
    other += [[60 * k + 2 * k, 30, "rupture", "", "B"] for k in range(10)] + [[300, 9, "repair", "", "A"]]
    table = agreement([run(one), run(other, "D02")], 1.0)
    write_table(tmp_path / "agreement.tsv", table, AGREEMENT)
    rows = read_table(tmp_path / "agreement.tsv", AGREEMENT).set_index(["code", "dyad"])
    assert rows["kappa"]["rupture", "D01"] == 1 and rows["n_runs"]["rupture", "all"] == 2
    apart = sum(abs(5 - 2 * k) for k in range(10))  # bins that the one alone marks; of 300 each
    assert rows["kappa"]["rupture", "D02"] == pytest.approx(1 - apart / 300 / 0.5, abs=0.02)
    whole = rows.loc[("rupture", "all")]
    assert whole["ci_low"] < whole["kappa"] < whole["ci_high"] and whole["n_bins"] == 1200
    assert rows["kappa"]["repair", "all"] == 0 and np.isnan(rows["ci_low"]["repair", "all"])
    assert (
        rows["note"]["repair", "all"].startswith("one of the two never used the code")
        and rows["n_events_b"]["repair", "all"] == 0
    )


def test_one_coder_gives_no_kappa_but_the_reason():
    table = agreement([run([[5, 3, "rupture", "", "A"]]), run([[5, 3, "rupture", "", "B"]], "D02")], 1.0)
    assert len(table) == 1 and np.isnan(table["kappa"][0])
    assert table["note"][0] == "no run in which this code was used was coded by two people"
    assert agreement([], 1.0).empty
