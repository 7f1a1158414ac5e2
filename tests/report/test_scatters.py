"""Scores against synchrony: every dyad with its group, and the line with what is uncertain about it."""

import re
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from read_pages import Page, said
from synthetic_tables import write_tables

from interbrain import apa
from interbrain.report.figures.scatters import scatters
from interbrain.report.reading import read_results

SCORE = "wai_difference"


def drawn_of(folder, without=(), **settings):
    """The figure of one site and band: a panel of raw PLV and one of PLV above chance."""
    one = {"rois": {"frontal": ["F3", "Fz", "F4"]}, "bands": {"theta": [4, 7]}}
    paths = write_tables(folder, **one, **settings)
    results = read_results({name: path for name, path in paths.items() if name not in without})
    return results, scatters(SCORE, "WAI difference", results)


@pytest.mark.long_but("6")
@pytest.mark.parametrize("n_dyads", [6, 100])
def test_each_dyad_has_the_look_of_its_group_and_the_key_names_the_groups(tmp_path, n_dyads):
    results, drawn = drawn_of(tmp_path, n_dyads=n_dyads)
    assert [words for _, _, words in drawn.key] == ["yes", "no"]
    groups = results["dyadmeans"].drop_duplicates("dyad").set_index("dyad")["mindfulness"]
    page = Page(drawn.panels[0].svg)
    marks = page.all("g", class_="pt")
    assert sorted(mark["at"]["data-dyad"] for mark in marks) == sorted(results.dyads)
    colours = {"yes": "#0072b2", "no": "#d55e00"}
    for mark in marks:
        level = groups[mark["at"]["data-dyad"]]
        assert page.inside(mark, "use")[0]["at"]["fill"] == colours[level]
        assert f": {level}, WAI difference" in said(page.inside(mark, "title")[0])


def test_the_interval_and_the_lines_without_each_dyad_are_those_of_the_table(tmp_path):
    results, drawn = drawn_of(tmp_path)
    lines = results["correlationlines"]
    page = Page(drawn.panels[0].svg)
    areas = [use for use in page.all("use") if use["at"].get("fill-opacity") == "0.45"]
    assert len(areas) == 1
    dotted = [p for p in page.all("path") if p["at"].get("stroke-dasharray", "").startswith("1")]
    assert len(dotted) == 2
    # The dotted lines have the places of the table, on the scale that the solid line shows.
    here = lines.query("measure == 'plv' and roi == 'frontal' and band == 'theta'")
    heights = [[float(y) for _, y in re.findall(r"[ML] ([\d.]+) ([\d.]+)", p["at"]["d"])] for p in dotted]
    per_unit = [
        (line[0] - line[-1]) / (here[end].iloc[-1] - here[end].iloc[0])
        for line, end in zip(heights, ("loo_low", "loo_high"), strict=True)
    ]
    assert per_unit[0] == pytest.approx(per_unit[1], rel=0.02)
    one = results["correlations"].iloc[0]
    interval = apa.interval(one["loo_low"], one["loo_high"])
    assert f"with any one dyad left out, r is {interval}" in drawn.panels[0].alt
    assert "95% interval" in drawn.caption and "one dyad is left out" in drawn.caption


def test_without_the_table_of_lines_the_line_alone_is_drawn_and_no_interval_is_promised(tmp_path):
    _, drawn = drawn_of(tmp_path, without=["correlationlines"])
    assert "interval" not in drawn.caption
    assert not [use for use in Page(drawn.panels[0].svg).all("use") if "fill-opacity" in use["at"]]


def test_without_a_factor_all_dyads_look_alike_and_there_is_no_key(tmp_path):
    results, drawn = drawn_of(tmp_path, factors={})
    assert drawn.key == ()
    marks = Page(drawn.panels[0].svg).all("g", class_="pt")
    assert len(marks) == len(results.dyads)
