"""Tables on the page show the numbers of the written tables."""

import sys
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).parent))
from read_pages import VARIANTS, folded, read, said, table_rows

from interbrain import apa
from interbrain.report.tables.synchrony import drawn_pseudo_dyads


def test_the_quality_table_tells_what_was_removed_and_why_windows_failed(demo):
    page, _, _ = demo
    rows = {(r[0], r[3]): r for r in table_rows(page, "Each recording")}
    doubtful, good = rows["C04", "pre"], rows["C01", "pre"]
    assert doubtful[4] == "⚠ look: 2 channels bad and 48% of windows lost" and good[4] == "✓ good"
    assert doubtful[6:10] == [
        "2: F3, C4",
        "2 eye blink, 1 muscle artifact (of 19), not converged",
        "47",
        "1 recording ended, 20 amplitude, 7 muscle",
    ]
    assert good[6:10] == ["0", "1 eye blink (of 19)", "93", "1 recording ended, 3 amplitude, 1 muscle"]
    assert (doubtful[10], doubtful[13]) == ("12.5", "1")


def test_each_cell_of_a_table_that_stacks_names_its_column(demo):
    page, _, _ = demo
    table = next(t for t in page.all("table") if "stacks" in t["at"].get("class", ""))
    headings = [said(h) for h in page.inside(table, "th")]
    cells = page.inside(table, "td")
    assert [c["at"]["data-label"] for c in cells[: len(headings)]] == headings
    assert ".stacks td::before { content: attr(data-label)" in page.text


def test_what_stands_behind_the_effects_is_folded_away_with_the_numbers_of_the_tables(demo):
    page, inputs, _ = demo
    rows = table_rows(page, "Estimated marginal means")
    means = read(inputs["means"])
    assert [row[3] for row in rows] == [apa.proportion(value) for value in means["mean"]]
    assert rows[1][:3] == ["Raw PLV", "Mindfulness × Site", "yes, frontal"]
    pairs = table_rows(page, "Pairs of levels")
    assert pairs[1][2:4] == ["face-to-face minus online", ".061 [−.110, .230]"]
    permuted = table_rows(page, "Permutation tests")
    assert permuted[0][2:] == ["all", "dyad", "1.25", ".350", "n/a", "all 20", ".100"]
    assert permuted[2][2:] == ["frontal theta", "dyad", "0.80", ".400", ".750", "all 20", ".100"]
    assert table_rows(page, "within d = ±0.5")[0][2:5] == [
        *("yes (3) against no (3)", "cannot tell", "0.87 [−0.60, 2.30]")
    ]
    assert "only one within −0.5 to 0.5" in said(folded(page, "Equivalence"))
    assert table_rows(page, "What this study could detect")[0][2:] == [
        *("6", "3.07", "0.87 [−0.90, 2.60]", "0.20", "788")
    ]
    assert "variance is estimated as zero" in said(folded(page, "Mixed model"))
    rows = table_rows(page, "Robustness of the correlations")
    table = read(inputs["correlations"])
    assert [row[4] for row in rows] == [apa.proportion(r, 2) for r in table["r"]]
    assert rows[0][8:10] == [
        f"{apa.proportion(table['loo_low'][0], 2)} (without D01)",
        f"{apa.proportion(table['loo_high'][0], 2)} (without D06)",
    ]
    assert table_rows(page, "Cronbach")[0][:5] == ["WAI t", "goal", "12", "6", ".83"]
    assert all("open" not in d["at"] for d in page.all("details", class_="fold"))


def test_a_table_that_a_study_does_not_have_leaves_no_empty_place(make):
    page, inputs, _ = make(**VARIANTS[2])
    assert "reliability" not in inputs and "Reliability" not in page.text
    untested, _, _ = make(**VARIANTS[1])
    assert untested.all("details", class_="fold") == [
        d for d in untested.all("details", class_="fold") if "Reliability" in said(d)
    ]


def test_a_draw_of_pseudo_dyads_is_counted_and_all_of_them_are_not_mentioned():
    frame = pd.DataFrame({"dyad": ["D1", "D2"], "n_pseudo": [200, 200], "n_pseudo_possible": [3080, 3080]})
    assert drawn_pseudo_dyads(frame) == "200 of the 3,080 possible pseudo-dyads of each dyad"
    frame["n_pseudo_possible"] = [198, 3080]
    frame["n_pseudo"] = [198, 200]
    assert drawn_pseudo_dyads(frame) == "at most 200 of the 198 to 3,080 possible pseudo-dyads of each dyad"
    frame["n_pseudo_possible"] = [np.nan, 3080.0]  # at this time the dyad was compared with all
    assert drawn_pseudo_dyads(frame).startswith("at most 200 of the 3,080")
    assert drawn_pseudo_dyads(frame.drop(columns="n_pseudo_possible")) == ""
