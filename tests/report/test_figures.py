"""Figures show every number of their tables, with words and a download, or say why they are missing."""

import base64
import re
import sys
from pathlib import Path
from xml.etree import ElementTree

import pandas as pd
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from read_pages import ASSETS, FIGURES, VARIANTS, Page, outlines, read, said
from synthetic_tables import NAMES, write_tables

from interbrain import apa
from interbrain.report import words, write_report
from interbrain.report.figures import look
from interbrain.report.figures.channels import channel_map
from interbrain.report.figures.specifications import specifications


def test_every_expected_figure_is_there_with_its_numbers_and_their_download(demo):
    page, inputs, _ = demo
    figures = page.all("figure")
    assert [f["at"]["id"].removeprefix("figure-") for f in figures] == FIGURES
    for number, figure in enumerate(figures, 1):
        assert said(figure).startswith(f"Figure {number}.")
        assert (
            page.inside(figure, "svg")
            and page.inside(figure, "details")
            and page.inside(figure, "figcaption")
        )
    links = {
        f["at"]["id"]: page.inside(figure, "a")[0]["at"] for f, figure in zip(figures, figures, strict=True)
    }
    packed = links["figure-chance"]["href"].partition(",")[2]
    aggregated = read(inputs["aggregated"])
    lines = base64.b64decode(packed).decode().splitlines()
    assert len(lines) == 1 + len(aggregated)
    assert float(lines[1].split("\t")[4]) == aggregated["plv"][0]
    assert links["figure-spectra"]["href"] == "#file-spectra"


def test_each_dyad_is_one_mark_in_each_panel_of_groups(demo):
    page, inputs, _ = demo
    dyads = set(read(inputs["dyadmeans"])["dyad"])
    panels = page.inside(page.all("figure", id="figure-groups")[0], "svg")
    assert len(panels) == 4  # two factors, raw and above chance
    for panel in panels:
        marks = [g["at"]["data-dyad"] for g in page.inside(panel, "g") if "data-dyad" in g["at"]]
        assert sorted(marks) == sorted(dyads)


def test_a_map_of_many_channels_is_one_small_picture_and_of_few_prints_its_values(make):
    page, inputs, _ = make()
    first = page.inside(page.all("figure", id="figure-channels")[0], "svg")[0]
    texts = {said(t) for t in page.inside(first, "text")}
    pairs = read(inputs["channelpairs"]).query("band == 'theta'")
    assert {apa.proportion(value, 2) for value in pairs["above_chance"]} <= texts
    assert {*pairs["therapist_channel"], "Therapist's channel", "Client's channel"} <= texts


@pytest.mark.long_but("channelpairs")
@pytest.mark.parametrize("missing", ["spectra", "channelpairs"])
def test_a_figure_without_numbers_is_named_where_it_belongs_and_in_the_warnings(
    make, repository, tmp_path, missing
):
    _, inputs, _ = make()
    empty = tmp_path / NAMES[missing]
    empty.write_text(inputs[missing].read_text().splitlines()[0] + "\n")
    with outlines():
        write_report(tmp_path / "report.html", inputs | {missing: empty}, ASSETS)
    page = Page((tmp_path / "report.html").read_text())
    figure = {"spectra": "spectra", "channelpairs": "channels"}[missing]
    assert [f["at"]["id"].removeprefix("figure-") for f in page.all("figure")] == [
        f for f in FIGURES if f != figure
    ]
    assert "Not drawn" in said(page.all("p", id=f"figure-{figure}")[0])
    assert "Missing figure" in said(page.section("warnings"))


def test_the_specification_curve_shows_every_analysis_and_marks_the_studys_own(demo):
    page, inputs, _ = demo
    table = read(inputs["specifications"]).query("tested == 'mindfulness'")
    figure = page.all("figure", id="figure-specifications-mindfulness")[0]
    alt = page.inside(figure, "svg")[0]["at"]["aria-label"]
    low, high = table["effect_size"].min(), table["effect_size"].max()
    assert f"23 analyses, effects from {low:.2f} to {high:.2f}" in alt
    assert f"{(table['p'] < 0.05).sum()} with p < .05" in alt
    assert (
        f"The study's own: {words.listed(sorted(f'{e:.2f}' for e in table.query('own == 1').effect_size))}"
        in alt
    )
    labels = {said(t) for t in page.inside(page.inside(figure, "svg")[0], "text")}
    assert {"Reference: average", "mastoids", "10 s", "minus chance", "Times: mean"} <= labels
    assert "1 combination could not be tested" in said(figure) and "estimator PLV" in said(figure)
    assert len(page.inside(page.inside(figure, "tbody")[0], "tr")) == len(table) == 24
    text = said(page.section("choices"))
    assert (
        "Over 23 analyses, the median effect is d = 0.72, where 95% of relabelings give [−0.40, 0.40]" in text
    )
    assert "70% have p < .05 in one direction (p = .020)" in text
    assert page.inside(page.section("choices"), "a")[-1]["at"]["href"] == "#file-specifications"


def test_a_thousand_analyses_make_a_small_figure(tmp_path):
    table = read(write_tables(tmp_path)["specifications"]).query("tested == 'mindfulness'")
    many = pd.concat([table.dropna(subset=["effect_size"])] * 44)
    many["effect_rank"] = range(1, len(many) + 1)
    drawn = specifications(many, "mindfulness", "Mindfulness")
    assert len(many) > 1000 and len(drawn.panels[0].svg) < 500_000


def test_without_a_grid_of_choices_the_page_says_how_to_ask_for_one(make):
    page, _, _ = make(**VARIANTS[2])
    assert "name some under multiverse in the configuration" in said(page.section("choices"))
    assert "other analyses" not in said(page.section("glance"))
    assert "Simonsohn" not in said(page.section("methods"))


def test_a_drawing_has_its_own_colours_and_the_page_changes_them_in_the_dark(demo):
    page, _, _ = demo
    style = "".join(page.all("style")[0]["words"])
    inside = [e for e in page.elements if {"fill", "stroke"} & set(e["at"])]
    assert len(inside) > 1000
    used = {e["at"][name] for e in inside for name in ("fill", "stroke") if name in e["at"]}
    assert {look.INK, look.MUTED, look.PAPER, look.COLOURS[0]} <= used
    assert all(re.fullmatch("none|#[0-9a-f]{6}", colour) for colour in used)
    assert not any("style" in e["at"] for e in inside)
    for colour in used & set(look.VARIABLES):
        assert f'[fill="{colour}"] {{ fill: var(--fig-{look.VARIABLES[colour]}, {colour}); }}' in style


@pytest.mark.long
def test_the_colour_bar_of_a_map_broader_than_a_phone_is_in_sight(tmp_path):
    names = tuple(f"E{n}" for n in range(1, 65))
    table = read(write_tables(tmp_path, channels=names)["channelpairs"]).query("band == 'theta'")
    [panel] = channel_map(table, ["theta"]).panels
    drawn = ElementTree.fromstring(panel.svg)
    assert panel.width > 700
    words = {text.text: text for text in drawn.iter() if text.tag.endswith("text")}
    title, first = words["PLV above chance"], words["E1"]
    assert float(title.get("x")) < 300 and float(title.get("y")) < float(first.get("y"))
    widths = [float(one.get("width")) for one in drawn.iter() if one.tag.endswith("image")]
    assert len(widths) == 2 and 200 < min(widths) < 300
