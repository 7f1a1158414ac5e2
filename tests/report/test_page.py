"""The report says what the tables say, whole, offline, escaped, the same every time."""

import base64
import hashlib
import itertools
import json
import re
import sys
from pathlib import Path

import pandas as pd
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from read_pages import ASSETS, FIGURES, PAGES, VARIANTS, Page, outlines, read, said, table_rows
from synthetic_tables import NAMES, NOTE, write_pictures, write_tables

from interbrain import apa
from interbrain.report import write_report
from interbrain.report.figures.how_to_read import HOW_TO_READ
from interbrain.report.page import render
from interbrain.report.reading import read_results
from interbrain.report.sections import recordings
from interbrain.report.sections.numbered import Numbered
from interbrain.report.stated import ConfigError


@pytest.mark.long_but("demo", "n_dyads-testable-bands")
@pytest.mark.parametrize("variant", PAGES)
def test_every_variant_is_a_well_formed_offline_page(make, variant):
    page, _, folder = make(**variant)
    assert page.unclosed == []
    assert page.open == []
    ids = [e["at"]["id"] for e in page.elements if "id" in e["at"]]
    assert len(ids) == len(set(ids))
    for link in page.all("a"):
        target = link["at"]["href"]
        beside = re.fullmatch(r"pages/dyad-[^/]+\.html#[^/]+", target)
        assert beside or target.startswith(("#", "data:", "https://doi.org/")), target[:80]
        if target.startswith("#"):
            assert target[1:] in ids
    for element in page.elements:
        for name in ("srcset", "poster", "action", "background"):
            assert name not in element["at"]
        assert element["at"].get("src", "data:image/webp;base64,").startswith("data:image/webp;base64,")
        target = element["at"].get("href", "")
        if element["tag"] in ("use", "image"):
            assert target.startswith(("#", "data:image/png"))
            assert not target.startswith("#") or target[1:] in ids
        for value in element["at"].values():
            for reference in re.findall(r"url\(([^)]*)\)", value or ""):
                assert reference.startswith("#") and reference[1:] in ids
    assert not {e["tag"] for e in page.elements} & {"link", "iframe", "object", "embed", "base", "form"}
    assert "@import" not in page.text and "url(http" not in page.text
    assert (folder / "report.html").stat().st_size < 10_000_000


@pytest.mark.long_but("demo", "n_dyads-testable-bands")
@pytest.mark.parametrize("variant", PAGES)
def test_headings_never_skip_a_level_and_every_picture_has_words(make, variant):
    page, _, _ = make(**variant)
    levels = [int(e["tag"][1]) for e in page.elements if re.fullmatch("h[1-6]", e["tag"])]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    drawings = page.all("svg")
    assert drawings
    for drawing in drawings:
        assert drawing["at"]["role"] == "img"
        assert len(drawing["at"]["aria-label"]) > 25
    for picture in page.all("img"):
        assert len(picture["at"]["alt"]) > 100
    for name in ("main", "nav", "header", "footer"):
        assert len(page.all(name)) == 1
    for region in page.all(role="region"):
        assert region["at"].get("aria-label") or region["at"].get("aria-labelledby")


def test_a_page_of_some_sections_has_these_as_the_whole_page_has_them_and_names_the_others(demo):
    page, inputs, folder = demo
    results = read_results(inputs, write_pictures(folder, inputs))
    part = Page(render(results, ASSETS, folder, ["people", "methods"]))
    assert [section["at"]["id"] for section in part.all("section")] == ["people", "methods", "warnings"]
    for name in ("people", "methods", "warnings"):
        assert said(part.section(name)) == said(page.section(name))
    assert said(part.all("nav")[0]) == said(page.all("nav")[0])


def test_the_policy_forbids_the_network_and_allows_only_our_script(demo):
    page, _, _ = demo
    policy = page.all("meta", http_equiv="Content-Security-Policy")[0]["at"]["content"]
    script = "".join(page.all("script")[0]["words"])
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert "default-src 'none'" in policy
    assert f"script-src 'sha256-{digest}'" in policy
    assert "http" not in policy.replace("http-equiv", "")
    assert "connect-src" not in policy
    assert len(page.all("script")) == 1
    assert [e for e in page.elements if any(name.startswith("on") for name in e["at"])] == []


@pytest.mark.long
def test_the_same_tables_give_the_same_bytes(make, repository):
    _, inputs, folder = make()
    before, again = set(folder.iterdir()), folder / "again.html"
    write_report(again, inputs, ASSETS, write_pictures(folder, inputs))
    assert again.read_bytes() == (folder / "report.html").read_bytes()
    assert set(folder.iterdir()) == before | {again}


@pytest.mark.long
def test_a_hundred_dyads_and_64_channels_stay_under_ten_megabytes(make):
    page, inputs, folder = make(
        n_dyads=104, channels=tuple(f"E{n}" for n in range(1, 65)), simulated=False, truth=False
    )
    assert (folder / "report.html").stat().st_size < 10_000_000
    assert len(page.all("option")) == 1 + 105
    assert "88 more are in the table only" in page.text  # 208 people, 120 spectra drawn
    name = NAMES["spectra"] + ".gz"
    packed = page.all("a", download=name)[0]["at"]["href"].partition(",")[2]
    import gzip

    assert gzip.decompress(base64.b64decode(packed)) == inputs["spectra"].read_bytes()


def test_what_people_typed_is_shown_as_text_and_never_as_markup(make):
    mark = "<b>&\"'$x$"
    page, _, _ = make(**VARIANTS[4])
    assert page.all("b") and not any(said(e).startswith("&\"'$x$") for e in page.all("b"))
    assert mark not in page.text.replace("&lt;b&gt;&amp;", "")
    assert "D01" + mark in {e["at"].get("data-dyad") for e in page.elements}
    labels = " ".join(said(e) for e in page.all("text"))
    assert "yes<b>" in labels  # a dollar sign is no formula either
    assert mark in said(page.all("h1")[0])


def test_the_numbers_on_the_page_are_those_of_the_tables(demo):
    page, inputs, _ = demo
    anova = read(inputs["anova"])
    text = said(page.section("results"))
    for line in [*anova["apa"], *read(inputs["correlations"])["apa"]]:
        assert line in text
    for measure, caption in (("plv", "Effects on raw PLV"), ("above_chance", "Effects on PLV above chance")):
        rows = table_rows(page, caption)
        expected = anova[anova["measure"] == measure]
        assert [row[1] for row in rows] == [f"{value:.2f}" for value in expected["F"]]
        assert [row[3] for row in rows] == [apa.bare_p(value) for value in expected["p"]]
    means = table_rows(page, "Dyad means by group")
    assert [row[4] for row in means] == [apa.proportion(m) for m in read(inputs["descriptives"])["mean"]]
    shown = table_rows(page, "against its own chance level")
    aggregated = read(inputs["aggregated"])
    assert [row[4] for row in shown] == [apa.proportion(v) for v in aggregated["plv"]]
    assert [row[8] for row in shown] == [apa.bare_p(v) for v in aggregated["p_chance"]]
    glance = said(page.section("glance"))
    for line in anova[anova["effect"].isin(["mindfulness", "modality"])]["apa"]:
        assert line in glance


def test_each_excluded_item_stands_with_its_reason(demo):
    page, inputs, _ = demo
    rows = table_rows(page, "Everything left out")
    expected = pd.read_csv(inputs["exclusions"], sep="\t", keep_default_na=False, dtype=str)
    assert [(r[0], r[1], r[4], r[6]) for r in rows] == list(
        expected[["what", "dyad", "item", "reason"]].itertuples(index=False, name=None)
    )
    flow = said(page.all("ol", class_="flow")[0])
    assert "− 1 left out: D07client withdrew consent" in flow
    assert "6 dyads analysed" in flow and "Mindfulness: yes (3), no (3)" in flow


def test_where_nothing_can_be_tested_the_page_says_why_and_shows_no_statistic(make):
    page, _, _ = make(**VARIANTS[1])
    glance = said(page.section("glance"))
    assert glance.count("– Not tested") == 4
    assert NOTE in glance and NOTE in said(page.section("results")) and NOTE in said(page.section("warnings"))
    assert "F(" not in said(page.section("results"))
    drawn = [f["at"]["id"].removeprefix("figure-") for f in page.all("figure")]
    assert drawn == [name for name in FIGURES if name != "differences"]


@pytest.mark.long
def test_where_no_correlation_can_be_computed_its_panels_say_so(make):
    page, _, _ = make(drawn=True, **VARIANTS[1])
    assert "correlation not computed" in said(page.all("figure", id="figure-correlations-wai-difference")[0])


def test_without_questionnaires_there_is_no_card_and_no_figure_of_them(make):
    page, _, _ = make(**VARIANTS[2])
    assert not any("correlations" in f["at"]["id"] for f in page.all("figure"))
    assert "WAI" not in said(page.section("glance")) and "Horvath" not in said(page.section("methods"))
    assert "− 0 left out" in said(page.section("people"))
    assert "nothing to list" in said(page.section("people"))


def test_missing_values_are_shown_as_such_and_never_as_nan(make):
    page, _, _ = make(**VARIANTS[3])
    body = said(page.all("body")[0])
    assert not re.search(r"\bnan\b", body.replace(said(page.all("script")[0]), ""), re.IGNORECASE)
    assert not re.search(r"\bnan\b", " ".join(e["at"].get("aria-label") or "" for e in page.elements))
    assert "n/a" in body


def test_each_recording_leads_to_its_dyads_page_and_pictures_of_those_to_look_at_are_in_this_one(demo):
    page, inputs, folder = demo
    links = [a for a in page.inside(page.section("quality"), "a") if a["at"]["href"].startswith("pages/")]
    quality = read(inputs["quality"])
    assert len(links) == len(quality) == 24
    assert "in the folder pages beside this file" in said(page.section("quality"))
    of_d04 = next(a for a in links if "client C04 of D04, post" in said(a))
    assert of_d04["at"]["href"] == "pages/dyad-D04.html#post-client"
    pictures = page.all("img")
    assert len(pictures) == 2
    content = base64.b64decode(pictures[1]["at"]["src"].partition(",")[2])
    whose = zip(quality["dyad"], quality["role"], quality["time"], strict=True)
    number = [*whose].index(("D04", "client", "post"))
    assert content == (folder / f"dyads/{number}_desc-client_summary.webp").read_bytes()
    for fact in (
        "client C04 of D04, post", "2 of 6 channels bad, F3, C4", "2 eye blink, 1 muscle artifact (of 19)",
        "27 of 58 windows kept", "20 amplitude, 7 muscle", "12.5 s", "1 decision by hand",
    ):  # fmt: skip
        assert fact in pictures[1]["at"]["alt"]
    summary = said(page.inside(page.all("details", class_="picture")[1], "summary")[0])
    assert summary == "⚠ Client C04 of D04, post: 2 channels bad and 48% of windows lost"


@pytest.mark.long
def test_a_study_of_doubtful_recordings_stays_small_and_says_what_it_leaves_out(tmp_path, repository):
    inputs = write_tables(tmp_path, **VARIANTS[2] | {"n_dyads": 6})
    quality = read(inputs["quality"]).assign(verdict="look")
    quality.to_csv(inputs["quality"], sep="\t", index=False, na_rep="n/a")
    pictures = write_pictures(tmp_path, inputs)
    for *_, path in pictures:
        path.write_bytes(path.read_bytes().ljust(330_000, b"\0"))
    write_report(tmp_path / "report.html", inputs, ASSETS, pictures)
    assert (tmp_path / "report.html").stat().st_size < 10_000_000
    page = Page((tmp_path / "report.html").read_text(encoding="utf-8"))
    held = len(page.all("img"))
    assert 8 < held < 24 and f"{24 - held} more pictures would make this page too large" in page.text


@pytest.mark.parametrize(("wanted", "shown"), [("none", "none"), ("flagged", "look"), ("all", "all")])
def test_the_study_decides_whose_pictures_are_inside_the_page(tmp_path, repository, wanted, shown):
    inputs = write_tables(tmp_path)
    provenance = json.loads(inputs["provenance"].read_text(encoding="utf-8"))
    provenance["config"]["report_pictures"] = wanted
    inputs["provenance"].write_text(json.dumps(provenance), encoding="utf-8")
    results = read_results(inputs, write_pictures(tmp_path, inputs))
    with outlines():
        held = recordings.quality(Numbered(results, tmp_path))["pictures"]
    quality = results["quality"]
    doubtful = set(quality.loc[quality["verdict"] != "good", "dyad"])
    assert {picture.dyad for picture in held if picture.why} == (set() if shown == "none" else doubtful)
    assert len(held) == {"none": 0, "look": (quality["verdict"] != "good").sum(), "all": len(quality)}[shown]
    assert [bool(picture.why) for picture in held] == sorted((bool(p.why) for p in held), reverse=True)


def test_without_pictures_the_page_promises_none(tmp_path, repository):
    inputs = write_tables(tmp_path)
    with outlines():
        page = Page(render(read_results(inputs), ASSETS, tmp_path, ["quality"]))
    assert page.all("img") == [] and "beside this file" not in page.text
    with pytest.raises(FileNotFoundError, match=r"gone\.webp, which is not there"):
        read_results(inputs, [("D01", "client", "pre", tmp_path / "gone.webp")])


def test_simulated_data_are_named_on_every_screen_and_checked_against_the_truth(demo, make):
    page, _, _ = demo
    banner = page.all("div", class_="banner")[0]
    assert said(banner).startswith("SIMULATED DATA – ")
    assert said(page.all("title")[0]).startswith("SIMULATED")
    assert "The recordings were simulated" in said(page.section("methods"))
    planted = table_rows(page, "Planted clocks and faults")
    assert [r[:7] for r in planted][5] == ["D03", "post", "1.5 s dropout", "0.600", "0.601", "32.0", "32.2"]
    faults = [r[:5] for r in table_rows(page, "Planted artefacts") if r[:2] == ["D02", "pre"]]
    assert [
        "D02",
        "pre",
        "client",
        "step at C4 30.2 s",
        "✓ found: electrode pop, its time left out",
    ] in faults
    assert ["D02", "pre", "client", "step at PO3 8.1 s", "⚠ missed"] in faults
    assert ["D02", "pre", "therapist", "noisy T8", "⚠ missed"] in faults
    real, _, _ = make(**VARIANTS[2])
    assert real.all("div", class_="banner") == []
    assert "SIMULATED" not in said(real.all("body")[0])
    assert "Planted" not in said(real.section("chance"))


def test_every_table_can_be_downloaded_as_the_very_file_it_was(demo):
    page, inputs, _ = demo
    for path in inputs.values():
        link = page.all("a", download=path.name)[0]["at"]["href"]
        assert base64.b64decode(link.partition(",")[2]) == path.read_bytes()
    text = said(page.section("reproduce"))
    provenance = json.loads(inputs["provenance"].read_text())
    assert provenance["commit"] in text
    assert all(file["sha256"] in text for file in provenance["inputs"])
    assert "D01 pre, client (Poly5)" in text
    assert "max_peak_to_peak_uv: 200" in text


def test_a_missing_input_is_named(make, repository, tmp_path):
    _, inputs, _ = make()
    with pytest.raises(ValueError, match="was not given its input quality"):
        write_report(tmp_path / "r.html", {k: v for k, v in inputs.items() if k != "quality"}, ASSETS)
    with pytest.raises(FileNotFoundError, match=r"gone\.tsv, which is not there"):
        write_report(tmp_path / "r.html", inputs | {"quality": tmp_path / "gone.tsv"}, ASSETS)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("setting", ["factors", "times", "line_frequency"])
def test_a_setting_that_every_study_states_is_asked_for_where_it_is_missing(make, tmp_path, setting):
    _, inputs, _ = make()
    provenance = json.loads(inputs["provenance"].read_text(encoding="utf-8"))
    del provenance["config"][setting]
    without = tmp_path / "provenance.json"
    without.write_text(json.dumps(provenance), encoding="utf-8")
    with pytest.raises(ConfigError, match=f"the configuration lacks {setting}"):
        read_results(inputs | {"provenance": without})


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda text: "", "is empty"),
        (lambda text: text.replace("verdict_reason", "reason", 1), "lacks the column verdict_reason"),
        (lambda text: text.replace("\t300.0\t", "\tfive minutes\t", 1),
         "row 2, column duration_s: 'five minutes' is not a number"),
    ],
)  # fmt: skip
def test_a_spoilt_table_is_named_with_row_and_column(make, repository, tmp_path, spoil, message):
    _, inputs, _ = make()
    spoilt = tmp_path / "quality.tsv"
    spoilt.write_text(spoil(inputs["quality"].read_text()))
    with pytest.raises(ValueError, match=f"quality.tsv.*{message}"):
        write_report(tmp_path / "r.html", inputs | {"quality": spoilt}, ASSETS)


@pytest.mark.long
def test_an_earlier_report_survives_a_run_that_fails(make, repository, tmp_path, monkeypatch):
    _, inputs, _ = make()
    output = tmp_path / "report.html"
    output.write_text("the earlier one")

    def full_disk(*_):
        raise OSError("No space left on device")

    monkeypatch.setattr("interbrain.report.page.os.replace", full_disk)
    with outlines(), pytest.raises(OSError, match="No space left"):
        write_report(output, inputs, ASSETS)
    assert output.read_text() == "the earlier one"
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]


def test_the_page_says_how_the_times_enter(make):
    mean, _, _ = make()
    assert "Each mark is one dyad: its mean over pre and post." in said(
        mean.all("figure", id="figure-correlations-wai-difference")[0]
    )
    assert "Raw PLV and PLV above chance, averaged over times, were entered into" in said(
        mean.section("methods")
    )
    page, _, _ = make(**VARIANTS[4])
    results = said(page.section("results"))
    assert "its change, post minus pre." in results and "The dashed line is no change." in results
    assert "its own chance level is" not in results
    labels = {said(t) for t in page.inside(page.all("figure", id="figure-groups")[0], "text")}
    assert {"Change of raw PLV", "Change of PLV above chance"} <= labels
    assert "as the change from pre to post" in said(page.section("methods"))
    assert "whether the change of PLV (post minus pre) differs" in said(page.section("glance"))
    tested = results[results.index("Groups") :]
    assert tested.count("hange of raw PLV") > 20
    unsaid = re.findall(r"[^.|]{0,60}(?<!hange of )[Rr]aw PLV[^.|]{0,20}", tested)
    assert unsaid == []
    assert "Change of raw PLV" in {
        said(head) for head in page.inside(page.all("section", id="glance")[0], "h4")
    }
    assert "both members’ change of log SNR" in tested and "both members’ log SNR" not in tested


def test_further_estimators_are_defined_where_they_were_asked_for(make):
    page, _, _ = make(**VARIANTS[4])
    assert "What ppc is<b>" in said(page.section("methods"))
    plain, _, _ = make()
    assert "Further estimators" not in said(plain.section("methods"))


def test_the_section_on_lags_shows_the_curve_its_numbers_and_what_no_statistic_can_tell(make):
    page, inputs, _ = make()
    section = said(page.section("simultaneous"))
    assert "no statistic of these signals can distinguish it from coupling" in section
    assert "bound the far lags (1 to 2.5 s)" in section and "all sites theta" in section
    row = read(inputs["lags"]).query("estimator == 'plv' and roi == 'all'").iloc[0]
    assert f"{row['at_zero']:.3f}".removeprefix("0") in section
    assert "zero lag was compared with its mean at lags of 1 to 2.5 s" in said(page.section("methods"))


def test_a_draw_of_pseudo_dyads_is_stated_in_the_section_on_chance_its_table_and_the_methods(tmp_path):
    inputs = write_tables(tmp_path)
    numbers = dict.fromkeys(("pseudo", "above_pseudo", "p_pseudo"), 0.1)
    table = read(inputs["aggregated"]).assign(**numbers, n_pseudo=200, n_pseudo_possible=3080)
    table.to_csv(inputs["aggregated"], sep="\t", index=False, na_rep="n/a")
    with outlines():
        page = Page(render(read_results(inputs), ASSETS, tmp_path, ["chance", "methods"]))
    count = "200 of the 3,080 possible pseudo-dyads of each dyad, drawn at random"
    assert f"The comparison with people who never met is based on {count}." in said(page.section("chance"))
    assert count in said(page.section("methods"))
    assert {row[-1] for row in table_rows(page, "against its own chance level")} == {"3080"}


def test_figures_of_quality_and_chance_say_how_to_read_them_and_no_advice_is_left_over(demo):
    page, _, _ = demo
    figures = {one["at"]["id"].removeprefix("figure-"): said(one) for one in page.all("figure")}
    for name, (good, bad, then) in HOW_TO_READ.items():
        for advice in (good, bad, then):
            assert advice in figures[name], name
    assert {"quality", "spectra", "chance", "lags"} <= set(HOW_TO_READ)
