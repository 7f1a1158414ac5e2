"""Each dyad's page shows what was decided, and what a person presses becomes rows of the study's table."""

import html
import re
import sys
from pathlib import Path
from urllib.parse import unquote

import pandas as pd
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from browser import opened
from read_pages import Page, said
from synthetic_tables import write_pictures, write_tables
from test_html import errors

from interbrain.report.dyad_pages import write_pages
from interbrain.report.reading import TABLES, ReportError
from interbrain.study.decisions import check_decisions

FACTORS = ["mindfulness", "modality"]
DECIDED = [
    ("channel", "F3", "bad", "automatic", "flat for 80 s"),
    ("channel", "Fz", "good", "automatic", "n/a"),
    ("channel", "C4", "bad", "AB", "came loose"),
    ("component", "IC00-7f2ab04c", "remove", "automatic", "eye blink at 0.98, limit 0.8"),
    ("component", "IC01-0011aabb", "keep", "automatic", "n/a"),
]
WINDOWS = [("2", "keep", "n/a"), ("7", "drop", "client: gap")]


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """The made-up study, with decisions on all that D03's client has at pre; its pages and its inputs."""
    folder = tmp_path_factory.mktemp("study")
    inputs = write_tables(folder)
    of_dyad = {"dyad": "D03", "time": "pre"}
    rows = [
        of_dyad | {"participant": "C03", "what": what, "item": item, "decision": decision, "by": by}
        | {"reason": why} | ({"label": "eye blink", "probability": 0.98} if decision == "remove" else {})
        for what, item, decision, by, why in DECIDED
    ]  # fmt: skip
    rows += [
        of_dyad | {"what": "window", "item": item, "decision": decision, "by": "automatic", "reason": why}
        for item, decision, why in WINDOWS
    ]
    table = pd.DataFrame(rows, columns=TABLES["decisions"].names)
    table.to_csv(inputs["decisions"], sep="\t", index=False, na_rep="n/a")
    write_pages(folder / "pages", inputs, write_pictures(folder, inputs), FACTORS)
    return folder, inputs


@pytest.fixture(scope="module")
def page(study):
    return Page((study[0] / "pages/dyad-D03.html").read_text(encoding="utf-8"))


def test_every_recorded_dyad_has_a_page_with_a_place_for_each_recording(study):
    folder, inputs = study
    quality = pd.read_csv(inputs["quality"], sep="\t", dtype=str, keep_default_na=False)
    assert {file.name for file in (folder / "pages").iterdir()} == {f"dyad-{d}.html" for d in quality["dyad"]}
    for dyad, rows in quality.groupby("dyad"):
        page = Page((folder / f"pages/dyad-{dyad}.html").read_text(encoding="utf-8"))
        assert not page.unclosed
        places = {one["at"]["id"] for one in page.all("article")}
        assert places == {f"{row.time}-{row.role}" for row in rows.itertuples()}
        for picture in page.all("img"):
            assert (folder / "pages" / unquote(picture["at"]["src"])).is_file()
        assert len(page.all("img")) == len(rows)


def test_the_page_is_valid_html(study):
    for file in (study[0] / "pages").iterdir():
        assert errors(file.read_text(encoding="utf-8")) == [], file.name


def test_every_decision_is_a_button_that_offers_the_other_one(page):
    offered = {one["at"]["data-item"]: one["at"]["data-instead"] for one in page.all("button", type="button")}
    assert offered == {
        "F3": "good", "Fz": "bad", "C4": "good", "IC00-7f2ab04c": "keep", "IC01-0011aabb": "remove",
        "2": "drop", "7": "keep",
    }  # fmt: skip
    text = said(page.all("main")[0])
    for why in ("flat for 80 s", "came loose (AB)", "eye blink at .98; eye blink at 0.98, limit 0.8"):
        assert why in text


def test_the_reports_links_lead_to_a_recordings_place_on_its_dyads_page(study, make):
    folder, _ = study
    report, _, _ = make()
    links = {one["at"]["href"] for one in report.all("a") if one["at"].get("href", "").startswith("pages/")}
    assert links
    for link in links:
        name, _, place = link.partition("#")
        assert f'id="{html.escape(unquote(place))}"' in (folder / unquote(name)).read_text(encoding="utf-8")


def test_what_is_typed_by_a_person_is_shown_and_never_run(tmp_path):
    inputs = write_tables(tmp_path, marked="<script>alert(1)</script>")
    pictures = write_pictures(tmp_path, inputs)
    quality = pd.read_csv(inputs["quality"], sep="\t", dtype=str, keep_default_na=False)
    quality["dyad"] = quality["dyad"].str[:3]  # dyads are names of files
    quality.to_csv(inputs["quality"], sep="\t", index=False)
    write_pages(tmp_path / "pages", inputs, pictures, FACTORS)
    for file in (tmp_path / "pages").iterdir():
        text = file.read_text(encoding="utf-8")
        assert "<script>alert" not in text and len(re.findall("<script", text)) == 1


def test_a_dyad_that_is_not_analysed_has_a_page_that_says_so(tmp_path):
    inputs = write_tables(tmp_path)
    aggregated = pd.read_csv(inputs["aggregated"], sep="\t", dtype=str, keep_default_na=False)
    aggregated[aggregated["dyad"] != "D02"].to_csv(inputs["aggregated"], sep="\t", index=False)
    write_pages(tmp_path / "pages", inputs, [], FACTORS)
    text = said(Page((tmp_path / "pages/dyad-D02.html").read_text(encoding="utf-8")).all("body")[0])
    assert "Analysed: no" in text and "No synchrony: this dyad, or this time, is not analysed" in text
    assert "There is no picture of this recording" in text


def test_the_same_tables_give_the_same_bytes_and_a_broken_one_is_named(study, tmp_path):
    folder, inputs = study
    write_pages(folder / "again", inputs, write_pictures(folder, inputs), FACTORS)
    for file in (folder / "again").iterdir():
        assert file.read_bytes() == (folder / "pages" / file.name).read_bytes()
    broken = tmp_path / "quality.tsv"
    broken.write_text("dyad\ttime\nD01\tpre\n")
    with pytest.raises(ReportError, match=r"quality\.tsv lacks the column"):
        write_pages(tmp_path / "pages", inputs | {"quality": broken}, [], FACTORS)


def test_pressed_buttons_become_rows_that_the_study_accepts(study, tmp_path):
    with opened(study[0] / "pages/dyad-D03.html", tmp_path) as browser:
        link, count = browser.one("#rows"), browser.one("#count")
        assert (count.text, link.get_attribute("href")) == ("No decision changed.", None)
        for item in ("C4", "IC01-0011aabb", "7", "F3"):
            browser.run("arguments[0].click()", browser.one(f'[data-item="{item}"]'))
        browser.run("arguments[0].click()", browser.one('[data-item="F3"]'))  # and takes it back
        assert "3 decisions changed; say who decides and why." in count.text
        assert "Components may have other names" in count.text and not link.get_attribute("href")
        browser.one('[name="by"]').send_keys("CD")
        browser.one('[name="reason"]').send_keys("looked at\ttwice")
        file = browser.saved_by(link, "decisions-D03.tsv")
        assert not browser.logged()
    rows = pd.read_csv(file, sep="\t", dtype=str, keep_default_na=False)
    decided = set(rows[["participant", "what", "item", "decision"]].itertuples(index=False, name=None))
    assert decided == {
        ("C03", "channel", "C4", "good"),
        ("C03", "component", "IC01-0011aabb", "remove"),
        ("", "window", "7", "keep"),
    }
    assert set(rows["by"]) == {"CD"} and set(rows["dyad"]) == {"D03"} and set(rows["time"]) == {"pre"}
    assert all(reason.startswith("looked at") for reason in rows["reason"])
    people = {"D03": ["T02", "C03"]}
    assert check_decisions(rows, ["D03"], people, ["pre", "post"], "decisions.tsv") == []
