"""A line a dyad over the times or conditions, with the values of the aggregated table."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from read_pages import Page, read, said
from synthetic_tables import write_tables

from interbrain import apa
from interbrain.report.figures import times
from interbrain.report.reading import read_results

ONE = {"rois": {"frontal": ["F3", "Fz", "F4"]}, "bands": {"theta": [4, 7]}}  # of which a panel is drawn


def drawn_of(folder, **settings):
    results = read_results(write_tables(folder, **settings))
    return results, times.over_times(results)


def test_each_dyad_is_a_line_that_says_its_values_at_every_time(tmp_path):
    results, drawn = drawn_of(tmp_path, times=("rest", "talk", "silence"))
    assert len(drawn.panels) == len(results.rois) * len(results.bands)
    page = Page(drawn.panels[0].svg)
    marks = page.all("g", class_="pt")
    assert sorted(mark["at"]["data-dyad"] for mark in marks) == sorted(results.dyads)
    table = results["aggregated"].query("roi == 'frontal' and band == 'theta'").set_index(["dyad", "time"])
    for mark in marks:
        dyad = mark["at"]["data-dyad"]
        values = [apa.proportion(table.loc[(dyad, time), "above_chance"]) for time in results.times]
        expected = ", ".join(f"{time} {value}" for time, value in zip(results.times, values, strict=True))
        assert said(page.inside(mark, "title")[0]).endswith(expected)
    assert [words for _, _, words in drawn.key] == ["yes", "no"]


def test_a_dyad_that_lacks_a_time_says_so_and_is_not_joined_across_it(tmp_path):
    paths = write_tables(tmp_path, times=("rest", "talk", "silence"), **ONE)
    table = read(paths["aggregated"])
    table = table[~((table["dyad"] == "D01") & (table["time"] == "talk"))]
    table.to_csv(paths["aggregated"], sep="\t", index=False, na_rep="n/a")
    page = Page(times.over_times(read_results(paths)).panels[0].svg)
    first = next(g for g in page.all("g", class_="pt") if g["at"]["data-dyad"] == "D01")
    assert "talk n/a" in said(page.inside(first, "title")[0])
    line = next(p["at"]["d"] for p in page.inside(first, "path") if p["at"].get("fill") == "none")
    assert "L" not in line


@pytest.mark.parametrize(
    ("crossed", "joined"),
    [
        (("pre_rest", "post_rest", "pre_talk", "post_talk"), [2, 2]),
        (("pre_rest", "pre_talk"), [2]),  # tasks of one time are compared along the line
    ],
)
def test_where_tasks_are_crossed_with_times_a_line_joins_the_times_of_one_task(tmp_path, crossed, joined):
    paths = write_tables(tmp_path, times=crossed, **ONE)
    table = read(paths["aggregated"])
    table[["phase", "task"]] = table["time"].str.split("_", expand=True)
    table.to_csv(paths["aggregated"], sep="\t", index=False, na_rep="n/a")
    results = read_results(paths)
    results.config["times"] = list(dict.fromkeys(table["phase"]))
    drawn = times.over_times(results)
    page = Page(drawn.panels[0].svg)
    mark = page.all("g", class_="pt")[0]
    line = next(p["at"]["d"] for p in page.inside(mark, "path") if p["at"].get("fill") == "none")
    assert [1 + stretch.count("L") for stretch in line.split("M")[1:]] == joined
    assert ("joins the times of one task" in drawn.caption) == (len(joined) > 1)
    told = said(page.inside(mark, "title")[0])
    assert all(f"{time.replace('_', ' ')} ." in told for time in crossed) and ", ," not in told


@pytest.mark.parametrize("settings", [{"times": ("rest",)}, {"times": ("rest",), "factors": {}}])
def test_one_time_has_no_such_figure(tmp_path, settings):
    assert drawn_of(tmp_path, **settings)[1] is None


def test_many_dyads_are_one_path_a_group_and_the_caption_says_that_lines_have_no_names(tmp_path, monkeypatch):
    monkeypatch.setattr(times, "MOST_NAMED", 5)
    _, drawn = drawn_of(tmp_path)
    assert "lines have no names" in drawn.caption
    assert not Page(drawn.panels[0].svg).all("g", class_="pt")
    assert len(drawn.frame) == 6 * 2 * 2 * 2


@pytest.mark.parametrize(("most_named", "many"), [(200, 60), (200, 5), (5, 5)])
def test_a_value_without_one_before_or_after_is_seen_however_many_dyads_there_are(
    tmp_path, monkeypatch, most_named, many
):
    monkeypatch.setattr(times, "MOST_NAMED", most_named)
    monkeypatch.setattr(times, "MANY", many)
    paths = write_tables(tmp_path, **ONE)
    table = read(paths["aggregated"])
    table = table[~((table["dyad"] == "D01") & (table["time"] == "post"))]
    table.to_csv(paths["aggregated"], sep="\t", index=False, na_rep="n/a")
    page = Page(times.over_times(read_results(paths)).panels[0].svg)
    marks = [use for use in page.all("use") if use["at"].get("fill") in ("#0072b2", "#d55e00")]
    assert len(marks) == (11 if many == 60 else 1)
