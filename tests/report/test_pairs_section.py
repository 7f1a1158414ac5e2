"""What the report says of pairs of channels: which were found, in words and as a map, and what was not."""

import html
import re
import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from planted_pairs import inputs
from read_pages import ASSETS, outlines
from synthetic_tables import resolved

from interbrain.report.figures import Absent, channels
from interbrain.report.methods import write_methods
from interbrain.report.page import render
from interbrain.report.reading import read_results
from interbrain.report.sections import channel_pairs


@pytest.fixture(scope="module")
def paths(tmp_path_factory):
    return inputs(tmp_path_factory.mktemp("pairs"))


@pytest.fixture(scope="module")
def results(paths):
    return read_results(paths)


@pytest.fixture(scope="module")
def said(results):
    return dict(channel_pairs.content(results)["said"])


def test_pairs_that_were_found_are_named_with_band_direction_and_p(said):
    assert re.search(r"F3 with C4 \(alpha, above chance, p (< .001|= .\d{3})\)", said["Synchrony"])
    assert "Cz with Cz (theta, below chance, p" in said["Synchrony"]
    assert "Fz with Fz (theta, higher for yes, p" in said["Mindfulness: yes minus no"]


def test_a_cluster_is_named_by_its_size_and_its_strongest_pair(said, results):
    row = results["pairclusters"].query("tested == 'synchrony' and n_pairs > 1").iloc[0]
    assert row["p_cluster"] <= 0.05 and row["band"] == "alpha"
    assert f"Found in a cluster of {int(row['n_pairs'])} pairs (alpha, above chance, p" in said["Synchrony"]
    assert f"strongest at {row['therapist_channel']} with {row['client_channel']}." in said["Synchrony"]


def test_pairs_of_unlike_sites_are_named(said):
    assert "frontal of the therapist with central of the client (alpha, above chance" in said["Synchrony"]


def test_where_nothing_was_found_the_smallest_p_is_told(said, results):
    rows = results["pairtests"].query("tested == 'wai_difference' and pairs == 'channels'")
    smallest = f"{rows['p_family'].min():.3f}".replace("0.", ".", 1)
    assert rows["p_family"].min() > 0.05
    assert f"Not found at any pair of channels (smallest p = {smallest})" in said["WAI difference"]


def test_the_table_holds_every_pair_and_cluster_that_was_found(results):
    table = channel_pairs.content(results)["found"]
    n = (results["pairtests"]["p_family"] <= 0.05).sum() + (
        results["pairclusters"]["p_cluster"] <= 0.05
    ).sum()
    assert len(table.rows) == n > 3


def test_each_map_marks_pairs_and_clusters_and_says_in_words_what_it_shows(results):
    drawing = channels.pair_maps(results["pairtests"], channel_pairs.maps(results))
    alts = [panel.alt for panel in drawing.panels]
    assert [alt.split(": a map")[0] for alt in alts[:2]] == ["Synchrony, theta", "Synchrony, alpha"]
    assert any(alt.startswith("Mindfulness: yes minus no, theta") for alt in alts)
    assert not any(alt.startswith("WAI") for alt in alts)  # nothing was found there
    assert "with a family-wise p of .05 or less" in alts[0] and "Cz with Cz" in alts[0]
    assert drawing.source == "pairtests"


def test_the_signs_of_a_map_are_one_path_a_look_and_as_many_as_the_pairs_that_were_found(results):
    maps = channel_pairs.maps(results)
    drawing = channels.pair_maps(results["pairtests"], maps)
    n_filled = n_rings = 0
    for panel, (_, _, rows) in zip(drawing.panels, maps, strict=True):
        paths = re.findall(r'<path d="([^"]+)"[^>]*stroke-linecap="round"', panel.svg)
        filled = sum(path.count("h0") for path in paths)
        rings = sum(path.count("M") for path in paths) - filled
        assert filled == (rows["p_family"] <= 0.05).sum()
        assert rings == ((rows["p_cluster"] <= 0.05) & ~(rows["p_family"] <= 0.05)).sum()
        assert len(paths) <= 4  # two looks, each in two colours
        n_filled, n_rings = n_filled + filled, n_rings + rings
    assert n_filled > 2 and n_rings > 2


def test_the_page_has_the_section_calls_it_exploratory_and_offers_both_tables(paths, tmp_path):
    with outlines():
        page = render(read_results(paths), ASSETS, tmp_path, ["pairs", "reproduce"])
    section = html.unescape(page[page.index('<section id="pairs"') :].split("</section>")[0])
    assert "Which pairs of channels?" in section and "Exploratory" in section
    assert "it does not show at which of its pairs" in section
    assert "There are 3 tests" in section and "p is adjusted for all 72 pairs and bands" in section
    assert 'download="pairtests.tsv' in page and 'download="pairclusters.tsv' in page


def test_a_study_that_asks_for_no_pairs_has_no_such_section(demo):
    page, _, _ = demo
    assert 'id="pairs"' not in page.text


def test_pairs_that_could_not_be_tested_are_counted(tmp_path):
    def lose(values):
        values[:9, :, 2] = np.nan

    said = dict(channel_pairs.content(read_results(inputs(tmp_path, change=lose)))["said"])
    assert "12 pairs of 72 could not be tested: too few dyads have both channels." in said["Synchrony"]


def test_too_few_dyads_for_any_result_are_said_and_not_called_nothing_found(tmp_path):
    said = dict(channel_pairs.content(read_results(inputs(tmp_path, n=4)))["said"])
    assert "Nothing could be detected: with 4 dyads the smallest possible p is .125." in said["Synchrony"]
    told = said["Mindfulness: yes minus no"]
    assert told.startswith("Not tested at single channels: at least 3 dyads at yes and 3 at no")


def test_without_a_single_value_the_figure_says_why(tmp_path):
    def lose(values):
        values[:] = np.nan

    results = read_results(inputs(tmp_path, change=lose))
    assert isinstance(channels.pair_maps(results["pairtests"], channel_pairs.maps(results)), Absent)
    assert all(line.startswith("Not tested") for _, line in channel_pairs.content(results)["said"])


def test_the_methods_describe_the_tests_of_pairs_only_where_they_were_done():
    sizes = {"dyads": 14, "therapists": 14, "clients": 14, "sync_methods": [], "scores": ["wai_difference"]}
    config = {"statistics": {"channel_pairs": True}, "factors": {"a": ["x", "y"], "b": ["x", "y"]}}
    text = write_methods({"config": resolved(config)}, sizes).text
    assert "As an exploratory analysis, every pair of a channel of the therapist" in text
    assert "by the difference between its levels, adjusted for the other factors, with a residual" in text
    assert "therapists were the units" not in text
    assert (
        "therapists were the units"
        in write_methods({"config": resolved(config)}, sizes | {"unit_of_pairs": "therapist"}).text
    )
    assert "two pairs were neighbours if they shared one member's channel" in text
    config = {"statistics": {"channel_pairs": False}}
    without = write_methods({"config": resolved(config)}, sizes)
    assert "every pair of a channel" not in without.text and all(without.paragraphs)
