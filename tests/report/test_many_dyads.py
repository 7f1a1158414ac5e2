"""A page of many dyads: every row is in it, and can be found, sorted and filtered; figures stay small."""

import base64
import gzip
import json
import sys
import time
from pathlib import Path
from urllib.parse import unquote

import numpy as np
import pandas as pd
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from browser import opened
from read_pages import ASSETS, Page, outlines, read, said
from synthetic_tables import write_pictures, write_tables

from interbrain import apa
from interbrain.report import write_report
from interbrain.report.figures import crowd, spectra
from interbrain.report.figures.chance import chance
from interbrain.report.figures.quality import quality
from interbrain.report.sections import downloads
from interbrain.report.tables import form
from interbrain.report.tables import recordings as of_recordings
from interbrain.report.tables import synchrony as tables

N_DYADS = 90  # twice recorded: 360 rows of quality, 720 against chance
LONG = {"Each recording": "quality", "Clocks and files": "quality", "against its own chance": "aggregated"}


def table_of(page, caption):
    return next(
        table
        for table in page.all("table")
        if any(caption in said(one) for one in page.inside(table, "caption"))
    )


def unpacked(table):
    return json.loads(gzip.decompress(base64.b64decode(table["at"]["data-rows"])))


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    """The page of a study whose tables are longer than it shows at once, with the files it was made of."""
    folder = tmp_path_factory.mktemp("many")
    inputs = write_tables(folder, n_dyads=N_DYADS, simulated=False, truth=False, multiverse=False)
    rows = read(inputs["quality"])
    rows["sync_residual_ms"] = np.where(rows["role"] == "client", np.arange(len(rows)) * 0.0231 + 0.1, np.nan)
    rows["verdict"] = np.where(np.arange(len(rows)) % 90 == 40, "look", "good")
    rows["percent_kept"] = 95 - np.arange(len(rows)) * 0.1
    rows.to_csv(inputs["quality"], sep="\t", index=False, na_rep="n/a")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(crowd, "MOST_NAMED", 100)
        patch.setattr(spectra, "MAX_SPECTRA", 2)
        with outlines(but="quality"):  # whose marks are looked for below
            write_report(folder / "report.html", inputs, ASSETS, write_pictures(folder, inputs))
    return Page((folder / "report.html").read_text(encoding="utf-8")), inputs, folder


@pytest.mark.parametrize(("caption", "source"), LONG.items())
def test_a_long_table_is_in_the_page_row_by_row_as_it_was_written(many, caption, source):
    page, inputs, _ = many
    table, expected = table_of(page, caption), read(inputs[source])
    content = unpacked(table)
    assert content["dyad"] == list(expected["dyad"])
    assert {len(column) for column in content["text"]} == {len(expected)}
    cells = [said(cell) for cell in page.inside(table, "td")]
    if "name" in content:
        cells = [cell.partition(" the page of ")[0] for cell in cells]
    # The first page is written out, for whoever has no script.
    first = [text for row in zip(*content["text"], strict=True) for text in row][: len(cells)]
    assert len(cells) == 100 * len(content["text"]) and cells == first


def test_packed_numbers_are_those_of_the_table_and_sort_by_their_exact_values(many):
    page, inputs, _ = many
    content, expected = unpacked(table_of(page, "against its own chance")), read(inputs["aggregated"])
    for place, name in ((4, "plv"), (5, "chance"), (7, "above_chance")):
        assert content["text"][place] == [apa.proportion(value) for value in expected[name]]
        order = np.array(content["order"][str(place)])
        assert (np.diff(expected[name].to_numpy()[np.argsort(order, kind="stable")]) >= 0).all()
        assert len(set(order)) == expected[name].nunique()
    quality_rows, table = read(inputs["quality"]), unpacked(table_of(page, "Each recording"))
    residuals = table["order"][str(len(table["text"]) - 2)]
    assert [one is None for one in residuals] == list(quality_rows["sync_residual_ms"].isna())


def test_the_worst_recording_is_the_doubtful_one_with_the_fewest_windows(many):
    page, inputs, _ = many
    rows = read(inputs["quality"]).assign(rank=unpacked(table_of(page, "Each recording"))["rank"])
    in_order = rows.sort_values("rank")
    n_doubtful = int((rows["verdict"] == "look").sum())
    assert sorted(rows["rank"]) == list(range(len(rows)))
    assert set(in_order["verdict"][:n_doubtful]) == {"look"}
    for part in (in_order[:n_doubtful], in_order[n_doubtful:]):
        assert part["percent_kept"].is_monotonic_increasing


def test_a_long_table_says_which_rows_it_shows_and_where_all_are(many):
    page, inputs, _ = many
    text = said(page.section("chance"))
    assert f"Rows 1 to 100 of {len(read(inputs['aggregated']))}." in text
    assert f"All rows: {inputs['aggregated'].name}, in section “Reproduce and download”." in text
    assert f"Rows 1 to 100 of {len(read(inputs['quality']))}." in said(page.section("quality"))
    assert "more are in the download" not in page.text


def test_a_table_too_long_to_be_packed_says_that_the_others_are_in_the_download(monkeypatch):
    monkeypatch.setattr(form, "MOST_PACKED", 350)
    frame = pd.DataFrame({"dyad": [f"D{n}" for n in range(400)], "row_rank": range(400)})
    table = form.build("long", "Long", frame, [form.text("dyad", "Dyad")])
    assert (table.n_rows, len(table.rows), table.packed, table.ranked) == (400, 100, "", False)
    short = form.build("short", "Short", frame[:300], [form.text("dyad", "Dyad")])
    assert (short.n_rows, len(short.rows), short.packed, short.ranked) == (300, 300, "", True)


def test_what_people_typed_is_packed_as_text(tmp_path):
    mark = "</td><script>alert(1)</script>&\"'"
    frame = pd.DataFrame({"dyad": [f"D{n}{mark}" for n in range(301)]})
    table = form.build("long", "Long", frame, [form.text("dyad", "Dyad")])
    assert set(table.packed) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=")
    assert json.loads(gzip.decompress(base64.b64decode(table.packed)))["text"][0][300] == f"D300{mark}"


# --- figures ---------------------------------------------------------------------------------------------


def pieces(panel_svg):
    """How many marks the paths of many marks have, and whose they are."""
    page = Page(panel_svg)
    paths = page.all("path", class_="pts")
    whose = [name for path in paths for name in path["at"]["data-dyads"].split(" ")]
    assert sum(path["at"]["d"].count("M") for path in paths) == len(whose)
    return whose


def test_every_recording_of_many_has_its_mark_in_panels_that_stay_small(many):
    _, inputs, _ = many
    frame = read(inputs["quality"])
    several = pd.concat([frame.assign(dyad=frame["dyad"] + f"x{k}") for k in range(8)], ignore_index=True)
    drawn = quality(several, {"windows": 6, "residual": 10})
    assert len(drawn.panels) == 6 and not drawn.tall
    kept = drawn.panels[0].svg
    assert sorted(pieces(kept)) == sorted(several["dyad"])
    assert sorted(pieces(drawn.panels[5].svg)) == sorted(several.dropna(subset=["sync_residual_ms"])["dyad"])
    assert all(len(panel.svg) < 150_000 for panel in drawn.panels)
    assert 'viewBox="0 0 340 240"' in kept and "fewest allowed 6" in kept


def test_every_dyad_of_many_has_its_mark_against_its_own_chance_level():
    rng = np.random.default_rng(1)
    n = 1200
    frame = pd.DataFrame({
        "dyad": [f"D{k:04d}" for k in range(n)], "time": "pre", "roi": "frontal", "band": "alpha",
        "plv": rng.uniform(0.1, 0.5, n), "chance": 0.2, "chance_sd": 0.02, "above_chance": 0.0,
        "p_chance": np.where(np.arange(n) < 400, 0.01, np.nan), "n_windows": 50,
    })  # fmt: skip
    frame.loc[7, "plv"] = np.nan
    frame.loc[8, ["chance", "chance_sd"]] = np.nan
    panel = chance(frame, ["pre"], ["alpha"], ["frontal"]).panels[0]
    assert sorted(pieces(panel.svg)) == sorted(frame["dyad"].drop(7))
    assert len(panel.svg) < 200_000
    paths = Page(panel.svg).all("path", class_="pts")
    above = next(path for path in paths if path["at"]["stroke-linecap"] == "square")
    assert sorted(above["at"]["data-dyads"].split(" ")) == sorted(frame["dyad"][:400].drop(7))


def test_up_to_a_few_hundred_marks_each_names_its_dyad_when_it_is_pointed_at():
    n = 100
    frame = pd.DataFrame({
        "dyad": [f"D{k}" for k in range(n)], "time": "pre", "roi": "frontal", "band": "alpha",
        "plv": np.linspace(0.1, 0.5, n), "chance": 0.2, "chance_sd": 0.02, "above_chance": 0.0,
        "p_chance": 0.01, "n_windows": 50,
    })  # fmt: skip
    page = Page(chance(frame, ["pre"], ["alpha"], ["frontal"]).panels[0].svg)
    marks = page.all("g", class_="pt")
    assert sorted(mark["at"]["data-dyad"] for mark in marks) == sorted(frame["dyad"])
    titles = {mark["at"]["data-dyad"]: said(page.inside(mark, "title")[0]) for mark in marks}
    assert titles["D0"] == "D0: pre, frontal alpha: PLV .100, chance .200, p = .010"


def test_marks_of_like_value_lie_side_by_side_and_the_most_are_the_widest():
    values = np.array([1.0] * 30 + [2.0] * 3)
    shifts = crowd.swarm(values, 4)
    assert len(np.unique(shifts[:30])) == 30 and abs(shifts).max() <= crowd.HALF_WIDTH
    assert np.ptp(shifts[:30]) > 10 * np.ptp(shifts[30:]) > 0
    assert np.isclose(shifts[:30].mean(), 0) and np.isclose(shifts[30:].mean(), 0)


# --- work and size ---------------------------------------------------------------------------------------


@pytest.mark.long
def test_the_largest_tables_stay_beside_a_page_that_they_would_make_too_large(many, monkeypatch, tmp_path):
    _, inputs, _ = many
    monkeypatch.setattr(downloads, "MOST_BYTES", 300_000)
    with outlines(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(spectra, "MAX_SPECTRA", 2)
        write_report(tmp_path / "a folder" / "report.html", inputs, ASSETS)
    page = Page((tmp_path / "a folder" / "report.html").read_text(encoding="utf-8"))
    links = {row["at"]["id"]: page.inside(row, "a")[0]["at"] for row in page.all("tr") if "id" in row["at"]}
    assert len(links) == len([path for path in inputs.values() if path is not None])
    beside = {name: link["href"] for name, link in links.items() if not link["href"].startswith("data:")}
    assert "file-spectra" in beside and "file-anova" not in beside
    for name, address in beside.items():
        written = tmp_path / "a folder" / unquote(address)
        assert written.read_bytes() == inputs[name.removeprefix("file-")].read_bytes()
    assert sum(len(link["href"]) for link in links.values()) < 310_000
    assert f"{len(beside)} file" in said(page.section("reproduce"))


@pytest.mark.long
def test_twice_the_dyads_are_twice_the_work(many, monkeypatch, n_calls):
    for module in ("chance", "quality"):
        monkeypatch.setattr(f"interbrain.report.figures.{module}.MANY", 20)
    _, inputs, _ = many
    aggregated, recordings = read(inputs["aggregated"]), read(inputs["quality"])
    names = aggregated["dyad"].unique()

    def rows_and_marks_of(n_dyads):
        frame, rows = (one[one["dyad"].isin(names[:n_dyads])] for one in (aggregated, recordings))
        with outlines():
            tables.chance(frame)
            of_recordings.quality(rows, {})
            of_recordings.clocks(rows)
            chance(frame, ["pre", "post"], ["theta", "alpha"], ["frontal", "central"])
            quality(rows, {})

    small, middle, large = (n_calls(rows_and_marks_of, n, within="interbrain/report") for n in (22, 44, 88))
    assert large - middle <= 2.05 * (middle - small), (small, middle, large)


# --- in a browser ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def browser(many, tmp_path_factory):
    _, _, folder = many
    with opened(folder / "report.html", tmp_path_factory.mktemp("downloads")) as chromium:
        yield chromium


class Rows:
    """One table of the page, and what stands around it."""

    def __init__(self, browser, section, caption):
        self.browser = browser
        self.box = browser.run(
            "return [...document.querySelectorAll(arguments[0])].find((box) => box.querySelector('caption')"
            ".textContent.includes(arguments[1]))", f"#{section} .tablebox", caption,
        )  # fmt: skip

    def ask(self, script, *arguments):
        return self.browser.run(f"const box = arguments[0]; {script}", self.box, *arguments)

    def status(self):
        return self.ask("return box.querySelector('.rows').textContent")

    def column(self, number):
        script = (
            "return [...box.querySelectorAll('tbody tr')].map((row) => row.cells[arguments[1]].textContent)"
        )
        return self.ask(script, number)

    def press(self, words):
        self.ask(
            "[...box.querySelectorAll('button')].find((one) => one.textContent === arguments[1]).click()",
            words,
        )

    def choose(self, selector, value):
        event = "input" if selector == "input" else "change"
        self.ask(
            "const one = box.querySelector(arguments[1]); one.value = arguments[2];"
            "one.dispatchEvent(new Event(arguments[3], { bubbles: true }))", selector, value, event,
        )  # fmt: skip

    def until(self, status):
        """Wait until the table says so: rows are unpacked by the way."""
        end = time.monotonic() + 10
        while self.status() != status:
            assert time.monotonic() < end, f"{self.status()!r} and not {status!r}"
            time.sleep(0.02)


def test_pages_are_turned_to_the_last_row_and_none_is_lost(browser, many):
    expected = list(read(many[1]["aggregated"])["dyad"])
    rows = Rows(browser, "chance", "against its own chance")
    assert rows.status() == "Rows 1 to 100 of 720."
    seen = rows.column(0)
    for first in range(101, 721, 100):
        rows.press("Next rows")
        rows.until(f"Rows {first} to {min(first + 99, 720)} of 720.")
        seen += rows.column(0)
    assert seen == expected
    assert rows.ask("return [...box.querySelectorAll('.turn button')].map((one) => one.disabled)") == [
        False,
        True,
    ]
    for _ in range(7):
        rows.press("Previous rows")
    rows.until("Rows 1 to 100 of 720.")


def test_all_rows_are_sorted_by_their_numbers_and_missing_ones_come_last(browser, many):
    frame = read(many[1]["aggregated"])
    rows = Rows(browser, "chance", "against its own chance")
    rows.press("Raw PLV")
    by_plv = frame.sort_values("plv", kind="stable")
    wait_for(lambda: rows.column(4) == [apa.proportion(value) for value in by_plv["plv"][:100]])
    rows.press("Raw PLV")
    wait_for(lambda: rows.column(4) == [apa.proportion(value) for value in by_plv["plv"][::-1][:100]])
    assert rows.column(0)[0] == by_plv["dyad"].iloc[-1]

    clocks = Rows(browser, "quality", "Clocks and files")
    clocks.press("Clock drift, ppm")
    known = read(many[1]["quality"]).dropna(subset=["sync_drift_ppm"])
    wait_for(lambda: clocks.column(0)[0] == known.sort_values("sync_drift_ppm")["participant"].iloc[0])
    clocks.press("Next rows")
    clocks.until("Rows 101 to 200 of 360.")
    assert clocks.column(7)[len(known) - 100 :] == ["n/a"] * (200 - len(known))


def wait_for(true):
    end = time.monotonic() + 10
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_rows_are_filtered_by_group_and_by_text_over_all_of_them(browser, many):
    _, inputs, _ = many
    frame, recordings = read(inputs["aggregated"]), read(inputs["quality"])
    rows, n = Rows(browser, "quality", "Each recording"), len(recordings)
    own = recordings[recordings["dyad"].isin(frame.loc[frame["mindfulness"] == "no", "dyad"])]
    rows.choose("select", "no")
    rows.until(f"Rows 1 to 100 of {len(own)} that match, of {n} in all.")
    assert rows.column(1) == list(own["dyad"][:100])
    rows.choose("input", "client C88")
    rows.until(f"0 rows that match, of {n} in all.")
    rows.choose("input", "c88")
    rows.until(f"Rows 1 to 2 of 2 that match, of {n} in all.")
    assert rows.column(0) == ["C88", "C88"]
    rows.choose("select", "")
    rows.choose("input", "")
    rows.until(f"Rows 1 to 100 of {n}.")


def test_worst_first_shows_the_doubtful_recordings_and_again_the_tables_order(browser, many):
    expected = read(many[1]["quality"])
    rows = Rows(browser, "quality", "Each recording")
    rows.press("Worst first")
    wait_for(lambda: rows.column(4)[0].startswith("⚠ look"))
    n = int((expected["verdict"] == "look").sum())
    assert [said.startswith("⚠") for said in rows.column(4)] == [True] * n + [False] * (100 - n)
    links = rows.ask("return [...box.querySelectorAll('tbody a')].map((one) => one.getAttribute('href'))")
    assert len(links) == 100 and all(link.startswith("pages/dyad-") for link in links)
    rows.press("Worst first")
    wait_for(lambda: rows.column(0) == list(expected["participant"][:100]))


def test_a_dyad_that_is_looked_for_is_shown_by_long_tables_and_marked_in_figures(browser, many):
    rows = Rows(browser, "chance", "against its own chance")
    choose = "const find = document.getElementById('find'); find.value = arguments[0]; "
    choose += "find.dispatchEvent(new Event('change'))"
    browser.run(choose, "D77")
    rows.until("Rows 1 to 8 of 8 that match, of 720 in all.")
    assert set(rows.column(0)) == {"D77"}
    assert rows.ask(
        "return [...box.querySelectorAll('tbody tr')].every((row) => row.classList.contains('on'))"
    )
    found = browser.run(
        "return [...document.querySelectorAll('#figure-quality .pts-found')].map((path) => "
        "path.getAttribute('d').split('M').length - 1)"
    )
    assert sum(found) == 6 * 4 - 2  # twice recorded two people; a therapist has no clock residual
    assert "marked in" in browser.run("return document.getElementById('found').textContent")
    browser.run(choose, "")
    rows.until("Rows 1 to 100 of 720.")
    assert browser.run("return document.querySelectorAll('.pts-found').length") == 0


def test_a_narrow_page_is_no_wider_than_the_screen(browser):
    with browser.as_on(size=(390, 844)):
        assert browser.run("return document.documentElement.scrollWidth") <= 390


def test_nothing_goes_wrong_by_the_way(browser):
    assert browser.logged() == []
