"""Every dyad of a group is seen, with the group's shape where it has one, and each limit is drawn."""

import re
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from read_pages import Page, read, said
from synthetic_tables import write_tables

from interbrain import apa
from interbrain.report.figures import Absent
from interbrain.report.figures.axes import spread_out
from interbrain.report.figures.differences import differences
from interbrain.report.figures.dyads import groups
from interbrain.report.reading import read_results
from interbrain.report.trust import warnings

MEASURES = ["plv", "above_chance"]


def groups_of(folder, n_dyads, factors=None):
    factors = factors or {"mindfulness": ["yes", "no"]}
    results = read_results(write_tables(folder, n_dyads=n_dyads, factors=factors))
    tables = results["dyadmeans"], results["descriptives"]
    return results, groups(*tables, results.measures, results.factors, results.entering)


def shapes(page):
    """The areas of a panel, which are paler than marks."""
    return [use["at"] for use in page.all("use") if use["at"].get("fill-opacity") == "0.22"]


@pytest.mark.long_but("6-0")
@pytest.mark.parametrize(("n_dyads", "n_shapes"), [(6, 0), (19, 1), (20, 2), (100, 2)])
def test_a_group_has_a_shape_from_ten_dyads_and_every_dyad_has_its_mark(tmp_path, n_dyads, n_shapes):
    results, drawn = groups_of(tmp_path, n_dyads)
    for panel in drawn.panels:
        page = Page(panel.svg)
        assert sorted(g["at"]["data-dyad"] for g in page.all("g", class_="pt")) == sorted(results.dyads)
        assert len(shapes(page)) == n_shapes
    assert ("The area is the shape of 10 dyads or more" in drawn.caption) == (n_shapes > 0)


def test_a_shape_reaches_from_the_lowest_to_the_highest_dyad_and_has_its_colour(tmp_path):
    _, drawn = groups_of(tmp_path, 40)
    page = Page(drawn.panels[0].svg)
    for shape, colour in zip(shapes(page), ("#0072b2", "#d55e00"), strict=True):
        # A mark is a group with the dyad's name, and in it what was drawn and where.
        own = [page.inside(g, "use")[0]["at"] for g in page.all("g", class_="pt")]
        places = [float(use["y"]) for use in own if use["fill"] == colour]
        outline = page.all("path", id=shape["href"][1:])[0]["at"]["d"]
        ends = [float(shape["y"]) + float(y) for y in re.findall(r"[ML] [\d.]+ (-?[\d.]+)", outline)]
        assert shape["fill"] == colour
        assert (min(ends), max(ends)) == pytest.approx((min(places), max(places)), abs=0.02)


def test_few_dyads_need_no_seaborn(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "seaborn", None)  # an import would fail
    assert len(groups_of(tmp_path, 6)[1].panels) == 2


def test_the_shape_leaves_the_axes_as_they_were(tmp_path):
    _, drawn = groups_of(tmp_path, 40)
    texts = {said(text) for text in Page(drawn.panels[0].svg).all("text")}
    assert {"yes", "no", "n = 20", "Raw PLV", "Mindfulness: Raw PLV"} <= texts


@pytest.mark.parametrize("n", [1, 8, 30, 60])
def test_no_two_of_up_to_sixty_dyads_of_like_value_lie_upon_each_other(n):
    shifts = spread_out(pd.Series(np.linspace(0, 0.001, n)), 1)
    assert len(set(shifts)) == n and np.abs(shifts).max() <= 0.26 + 1e-9


def test_differences_are_drawn_with_the_bounds_of_what_matters_and_their_verdicts(tmp_path):
    factors = {"mindfulness": ["yes", "no"], "modality": ["face-to-face", "online"]}
    results = read_results(write_tables(tmp_path, factors=factors))
    table = results["equivalence"].copy()
    table["verdict"] = ["different", "equivalent"] * (len(table) // 2)
    drawn = differences(table, results.measures)
    assert len(drawn.panels) == len(MEASURES) and "d = ±0.5" in drawn.caption
    assert {words for _, _, words in drawn.key} == {"different", "equivalent"}
    for panel, measure in zip(drawn.panels, MEASURES, strict=True):
        rows = table[table["measure"] == measure]
        titles = [said(page) for page in Page(panel.svg).all("title")]
        for title, row in zip(titles, rows.itertuples(), strict=True):
            interval = apa.interval(row.d_low, row.d_high, leading_zero=True)
            assert (
                f"{row.level_a} − {row.level_b}: d = {apa.number(row.d)} {interval}, {row.verdict}" in title
            )
            assert title in panel.alt
        assert panel.svg.count('fill="#c9ced6"') == len(rows)  # the area within the bounds


def test_differences_that_could_not_be_computed_say_why_and_without_factors_there_is_no_figure(tmp_path):
    table = read(write_tables(tmp_path)["equivalence"])
    absent = differences(table.assign(d=np.nan, note="Too few dyads at yes."), MEASURES)
    assert isinstance(absent, Absent) and absent.reason == "too few dyads at yes"
    assert differences(table.iloc[:0], MEASURES) is None


def test_a_study_without_factors_has_no_figure_of_groups_and_nobody_is_warned(tmp_path):
    results, _ = groups_of(tmp_path, 6)
    tables = results["dyadmeans"], results["descriptives"]
    absent = groups(*tables, results.measures, {}, results.entering)
    lacking = groups(*tables, results.measures, {"school": ["a", "b"]}, results.entering)
    assert isinstance(absent, Absent) and isinstance(lacking, Absent)
    cautions = list(warnings._about_figures([absent, lacking], results))
    assert len(cautions) == 1 and lacking.reason in str(cautions[0])
