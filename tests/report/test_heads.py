"""Two heads and the map of sites: what the tests find is drawn and nothing else, in words as well."""

import html
import re
import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from planted_pairs import BANDS, CHANNELS, inputs

from interbrain import apa
from interbrain.report.figures import Absent, heads, sites, two_heads
from interbrain.report.reading import read_results
from interbrain.report.sections import synchrony
from interbrain.report.sections.numbered import Numbered

END = ["therapist_channel", "client_channel"]
FACTORS = {"mindfulness": "Mindfulness"}


@pytest.fixture(scope="module")
def pairs(tmp_path_factory):
    return read_results(inputs(tmp_path_factory.mktemp("heads")))["pairtests"]


@pytest.fixture(scope="module")
def drawn(pairs):
    return heads.figures(pairs, BANDS, FACTORS)


def pairs_of(folder, **settings):
    return read_results(inputs(folder, **settings))["pairtests"]


def noise(values):
    values[:] = 0.02 * np.random.default_rng(3).standard_normal(values.shape)


def titles(panel):
    """What the marks of a panel say when they are pointed at."""
    return re.findall(r'class="pt"[^>]*><title>([^<]*)</title>', panel.svg)


def channels_tested(pairs, tested):
    return pairs[(pairs["pairs"] == "channels") & (pairs["tested"] == tested)]


def test_pairs_that_the_tests_find_are_links_and_no_others_are(pairs, drawn):
    own = channels_tested(pairs, "synchrony")
    for panel, band in zip(drawn[0].panels, BANDS, strict=True):
        here = own[own["band"] == band]
        found = here[(here["p_family"] <= 0.05) | (here["p_cluster"] <= 0.05)]
        expected = {f"{row.therapist_channel} with {row.client_channel}" for row in found.itertuples()}
        assert {title.split(":")[0] for title in titles(panel)} == expected
        assert len(titles(panel)) == len(found) < len(here)
    assert [t.split(": ")[0] for t in titles(drawn[0].panels[0])] == ["Cz with Cz"]
    assert any(title.startswith("F3 with C4: .2") for title in titles(drawn[0].panels[1]))


def test_a_link_says_its_pair_its_size_and_its_p(pairs, drawn):
    own = channels_tested(pairs, "synchrony").query("band == 'theta' and therapist_channel == 'Cz'")
    row = own.query("client_channel == 'Cz'").iloc[0]
    p = apa.p_value(row["p_family"], "family-wise p")
    assert titles(drawn[0].panels[0]) == [f"Cz with Cz: {apa.proportion(row['size'])} above chance, {p}"]
    assert f"1 pair found. Cz with Cz: {apa.proportion(row['size'])}" in drawn[0].panels[0].alt


def test_pairs_of_a_cluster_alone_look_fainter_than_those_with_a_p_of_their_own(pairs, drawn):
    for drawing in drawn:
        rows = drawing.frame
        n_weak = ((rows["p_family"] > 0.05) & (rows["p_cluster"] <= 0.05)).sum()
        svg = "".join(panel.svg for panel in drawing.panels)
        assert len(re.findall(r"<path[^>]*stroke-dasharray", svg)) == 2 * n_weak  # a line and its edge
    own = channels_tested(pairs, "synchrony").query("p_family > 0.05 and p_cluster <= 0.05")
    assert len(own) and all("in a cluster with p" in t for t in titles(drawn[0].panels[1])[: len(own)])


def test_levels_are_shown_at_the_pairs_of_the_difference_with_the_means_of_the_table(pairs, drawn):
    figure = drawn[1]
    assert figure.name == "heads-mindfulness" and len(figure.panels) == 3 * len(BANDS)
    rows = channels_tested(pairs, "mindfulness").query("band == 'theta'").set_index(END)
    shown = {title: own.set_index(END) for title, own in figure.frame.groupby("panel")}
    difference = shown["Yes minus no, theta"]
    assert ("Fz", "Fz") in difference.index
    assert list(difference["value"]) == list(rows.loc[difference.index, "size"])
    for level, column in (("Yes, theta", "mean_a"), ("No, theta", "mean_b")):
        assert set(shown[level].index) == set(difference.index)
        assert list(shown[level]["value"]) == list(rows.loc[shown[level].index, column])
    yes, no = (shown[level].loc[("Fz", "Fz"), "value"] for level in ("Yes, theta", "No, theta"))
    assert yes == pytest.approx(0.3, abs=0.03) and no == pytest.approx(0, abs=0.03)
    assert "Fz with Fz" in figure.panels[0].alt and "yes (7 dyads)" in figure.panels[0].alt


def test_where_the_difference_has_no_pair_levels_are_shown_at_those_of_synchrony(drawn):
    yes, _, difference = drawn[1].panels[3:]
    assert "at the pairs of synchrony over all dyads" in yes.alt
    assert any(title.startswith("F3 with C4") for title in titles(yes))
    assert titles(difference) == [] and "No pair found: smallest p" in difference.alt


def test_all_heads_and_sites_share_one_scale(pairs, drawn):
    values = np.concatenate([drawing.frame["value"].abs() for drawing in drawn])
    of_sites = pairs.query("pairs == 'sites' and tested == 'synchrony'")["size"].abs()
    assert heads.largest(pairs, BANDS) == max(values.max(), of_sites.max())


def test_where_nothing_is_found_the_panel_says_so_with_the_smallest_p(tmp_path):
    pairs = pairs_of(tmp_path, change=noise)
    (only,) = heads.figures(pairs, BANDS, FACTORS)
    own = channels_tested(pairs, "synchrony")
    for panel, band in zip(only.panels, BANDS, strict=True):
        p = apa.p_value(own.loc[own["band"] == band, "p_family"].min())
        assert f"No pair found: smallest {p}. No link is drawn." in panel.alt
        assert titles(panel) == [] and f"No pair found: smallest {p}." in re.sub(r"<[^>]+>", " ", panel.svg)
    assert "Mindfulness has no heads: no pair was found in the difference or over all dyads." in only.caption


def test_few_dyads_are_told_what_p_they_could_have_at_best(tmp_path):
    drawn = heads.figures(pairs_of(tmp_path, n=4), BANDS, FACTORS)
    assert len(drawn) == 1
    assert all("The smallest possible p is .125." in panel.alt for panel in drawn[0].panels)


@pytest.mark.long
def test_a_factor_of_three_levels_has_no_heads_and_the_caption_says_so(tmp_path):
    drawn = heads.figures(pairs_of(tmp_path, n=15, levels=("a", "b", "c")), BANDS, FACTORS)
    assert [one.name for one in drawn] == ["heads"]
    assert "Mindfulness has more than two levels" in drawn[0].caption


def test_channels_without_a_place_are_named_and_their_pairs_counted(tmp_path):
    pairs = pairs_of(tmp_path, names=["X1", *CHANNELS[1:]])
    drawn = heads.figures(pairs, BANDS, FACTORS)[0]
    assert "Without a place (no 10-20 name), and so without links here: X1." in drawn.caption
    assert "1 without a place on the head." in re.sub(
        r"\s+", " ", re.sub(r"<[^>]+>", " ", drawn.panels[1].svg)
    )
    assert not any(title.startswith("X1") for title in titles(drawn.panels[1]))
    assert "X1" in set(drawn.frame["therapist_channel"])


def test_without_a_single_place_the_figure_says_why(tmp_path):
    (absent,) = heads.figures(pairs_of(tmp_path, names=[f"X{k}" for k in range(6)]), BANDS, FACTORS)
    assert isinstance(absent, Absent) and "10-20" in absent.reason


def test_the_heads_look_at_each_other_with_their_right_ears_on_their_own_right():
    therapist, client = two_heads.on_heads(two_heads.positions(["Fz", "Cz", "T7", "T8", "oz", "EEG 1"]))
    assert set(therapist) == {"Fz", "Cz", "T7", "T8", "oz"}
    assert therapist["oz"][0] < therapist["Cz"][0] < therapist["Fz"][0] < 0
    assert 0 < client["Fz"][0] < client["Cz"][0] < client["oz"][0]
    # Who looks to the right has the right ear below; who looks to the left has it above.
    assert therapist["T8"][1] < therapist["Cz"][1] < therapist["T7"][1]
    assert client["T7"][1] < client["Cz"][1] < client["T8"][1]


def test_sixty_four_channels_and_a_thousand_pairs_make_a_small_panel_that_says_how_many_are_drawn(pairs):
    import mne

    names = mne.channels.make_standard_montage("biosemi64").ch_names
    rows = channels_tested(pairs, "synchrony").query("band == 'theta'").iloc[[0] * 1000].copy()
    rows[END[0]], rows[END[1]] = np.resize(names, 1000), np.repeat(names, 16)[:1000]
    rows["size"], rows["z"], rows["p_family"] = 0.2, np.linspace(5, 9, 1000), 0.01
    drawn = heads.figures(rows, ["theta"], {})[0]
    assert len(titles(drawn.panels[0])) == heads.MOST_LINKS and len(drawn.frame) == 1000
    assert len(drawn.panels[0].svg) < 60_000
    assert f"1000 pairs found. The clearest {heads.MOST_LINKS} of 1000 are drawn." in drawn.panels[0].alt


def test_one_channel_and_one_band_are_drawn(pairs):
    one = channels_tested(pairs, "synchrony").query("band == 'theta'")
    one = one[(one[END] == "Cz").all(axis=1)]
    drawn = heads.figures(one, ["theta"], {})
    assert len(drawn) == len(drawn[0].panels) == 1 and len(titles(drawn[0].panels[0])) == 1


def test_each_pair_of_sites_has_its_mean_and_its_p(pairs):
    drawn = sites.site_maps(pairs, BANDS, 0.3)
    own = pairs.query("pairs == 'sites' and tested == 'synchrony'")
    for panel, band in zip(drawn.panels, BANDS, strict=True):
        svg = html.unescape(panel.svg)
        texts = [re.sub(r"<[^>]+>", "", text) for text in re.findall(r"<text.*?</text>", svg, re.S)]
        for row in own[own["band"] == band].itertuples():
            assert apa.proportion(row.size) in texts and apa.p_value(row.p_family) in texts
            assert (
                f"{row.roi_therapist} with {row.roi_client} {apa.proportion(row.size)}, "
                f"{apa.p_value(row.p_family)}" in panel.alt
            )
    n_bold = sum("700" in text for text in re.findall(r"<text[^>]*>p [^<]*<", drawn.panels[1].svg))
    assert n_bold == (own.query("band == 'alpha'")["p_family"] <= 0.05).sum() == 1


def test_sites_that_could_not_be_tested_say_why(pairs):
    own = pairs[pairs["pairs"] == "sites"].assign(size=np.nan, note="at least 4 dyads are needed")
    absent = sites.site_maps(own, BANDS, 0.3)
    assert isinstance(absent, Absent) and "at least 4 dyads are needed" in absent.reason


def test_a_study_that_asks_for_no_pairs_has_neither_figure_and_says_why(demo, tmp_path):
    page, paths, _ = demo
    content = synchrony.maps(Numbered(read_results(paths), tmp_path))
    assert content["sites"] is None
    assert "the study did not ask for it" in page.text and 'id="figure-heads"' not in page.text
