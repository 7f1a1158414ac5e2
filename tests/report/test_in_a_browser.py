"""The page in a real browser: it works by mouse, keys and finger, saves what it shows, and asks nobody."""

import re
import shutil
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.select import Select

sys.path.insert(0, str(Path(__file__).parent))
from browser import DESK, PHONE, opened
from read_pages import read, said

from interbrain.report.figures import look


@pytest.fixture(scope="module")
def browser(demo, tmp_path_factory):
    _, _, folder = demo
    with opened(folder / "report.html", tmp_path_factory.mktemp("downloads")) as chromium:
        yield chromium


# --- by mouse and by keys --------------------------------------------------------------------------------


def test_every_section_and_figure_is_there_to_see(browser, demo):
    page, _, _ = demo
    for name in [one["at"]["id"] for one in page.all("section") + page.all("figure")]:
        box = browser.one(f"#{name}").rect
        assert box["width"] > 300 and box["height"] > 100, name
    assert browser.run("return document.documentElement.scrollWidth") <= DESK[0]


def test_a_table_sorts_by_a_click_and_by_a_key_and_back(browser, demo):
    _, inputs, _ = demo
    table = browser.one("#quality .tablebox table")
    heads = table.find_elements("css selector", "thead th")
    number = next(n for n, head in enumerate(heads) if head.text.startswith("Muscle, s"))

    def muscle():
        cells = table.find_elements("css selector", f"tbody td:nth-child({number + 1})")
        return [float(cell.text) for cell in cells]

    given = muscle()
    assert given == read(inputs["quality"])["muscle_s"].tolist() and given != sorted(given)
    heads[number].find_element("css selector", "button").click()
    assert muscle() == sorted(given)
    assert heads[number].get_attribute("aria-sort") == "ascending"
    browser.press(Keys.ENTER)
    assert muscle() == sorted(given, reverse=True)
    assert heads[number].get_attribute("aria-sort") == "descending"


def test_a_dyad_is_found_in_its_figures_and_rows(browser):
    Select(browser.one("#find")).select_by_visible_text("D03")
    assert browser.one("#found").text.startswith("D03: marked in ")
    shown = browser.run("""
        return [...document.querySelectorAll("#figure-groups .pt")].map((mark) =>
            [mark.dataset.dyad, mark.classList.contains("on"), getComputedStyle(mark).opacity]);
    """)
    assert {dyad for dyad, on, _ in shown if on} == {"D03"}
    rows = browser.run("return [...document.querySelectorAll('tr.on')].map((row) => row.dataset.dyad)")
    assert set(rows) == {"D03"} and len(rows) > 10
    Select(browser.one("#find")).select_by_visible_text("All dyads")
    assert browser.all("tr.on, .pt.on") == []


def test_the_first_key_leads_past_the_contents_to_the_report(browser):
    browser.load()
    browser.press(Keys.TAB)
    assert browser.driver.switch_to.active_element.text == "Skip to the report"
    browser.press(Keys.ENTER)
    assert browser.driver.switch_to.active_element.get_attribute("id") == "main"


def test_in_the_dark_letters_and_marks_stand_out_from_the_paper(browser):
    look_of = """
        const of = (selector, what) => getComputedStyle(document.querySelector(selector))[what];
        return [of("body", "backgroundColor"), of("body", "color"), of("#figure-groups text", "fill"),
                of("#figure-groups .pt use", "fill"), of("#figure-quality .key span", "color")];
    """
    light = [brightness(colour) for colour in browser.run(look_of)]
    with browser.as_on(scheme="dark"):
        dark = [brightness(colour) for colour in browser.run(look_of)]
    assert light[0] > 0.9 and dark[0] < 0.1
    assert all(abs(one - light[0]) > 0.3 for one in light[1:])
    assert all(abs(one - dark[0]) > 0.3 for one in dark[1:])


def brightness(colour: str) -> float:
    red, green, blue = (int(one) / 255 for one in re.findall(r"\d+", colour)[:3])
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_downloads_are_the_tables_and_the_numbers_behind_a_figure(browser, demo):
    _, inputs, _ = demo
    for key in ("anova", "quality", "provenance"):
        link = browser.one(f"#file-{key} a")
        assert browser.saved_by(link, inputs[key].name).read_bytes() == inputs[key].read_bytes()
    numbers = browser.one("#figure-groups .tools a")
    drawn = read(browser.saved_by(numbers, numbers.get_attribute("download")))
    means = read(inputs["dyadmeans"]).query("roi == 'all' and band == 'all'")
    assert drawn["above_chance"].tolist() == means["above_chance"].tolist()
    assert drawn["dyad"].tolist() == means["dyad"].tolist()


# --- saved figures ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def saved(browser):
    """Each figure as SVG, saved from a page in the dark."""
    with browser.as_on(scheme="dark"):
        browser.load()  # Chromium counts what a page saves without a hand, the downloads before as well
        names = [figure.get_attribute("id") for figure in browser.all("figure")]
        return {
            name: browser.saved_by(browser.button(f"#{name}", "Save as SVG"), f"{name}.svg") for name in names
        }


def drawn_elsewhere(svg: str) -> np.ndarray:
    """The pixels of an SVG file as librsvg draws it."""
    program = shutil.which("rsvg-convert")
    if not program:
        pytest.skip("there is no rsvg-convert here (Debian: librsvg2-bin)")
    done = subprocess.run([program, "--format=png"], input=svg.encode(), capture_output=True, check=True)
    assert not done.stderr, done.stderr
    return np.asarray(Image.open(BytesIO(done.stdout)).convert("RGB")).astype(int)


def close_to(pixels: np.ndarray, colour: str) -> int:
    wanted = [int(colour[n : n + 2], 16) for n in (1, 3, 5)]
    return int((abs(pixels - wanted).max(axis=-1) < 12).sum())


def test_each_figure_is_one_file_with_all_its_panels_and_its_key(browser, saved, demo):
    page, _, _ = demo
    assert len(saved) == len(page.all("figure")) == len(list(browser.downloads.glob("*.svg")))
    for figure in page.all("figure"):
        text = saved[figure["at"]["id"]].read_text(encoding="utf-8")
        panels = page.inside(figure, "svg")
        assert text.count("<title>") >= 1 + len(panels)
        keys = [item for item in page.inside(figure, "li") if page.inside(item, "span")]
        letters = sum(len(page.inside(panel, "text")) for panel in panels)
        assert text.count("<text") == letters + 2 * len(keys)


@pytest.mark.long
def test_a_saved_figure_has_the_pages_colours_and_words_in_another_program(saved):
    drawn = {name: drawn_elsewhere(file.read_text(encoding="utf-8")) for name, file in saved.items()}
    for name, file in saved.items():
        text, pixels = file.read_text(encoding="utf-8"), drawn[name]
        assert "var(" not in text and "style=" not in text
        assert close_to(pixels, "#ffffff") > 0.4 * pixels.shape[0] * pixels.shape[1]
        wordless = drawn_elsewhere(re.sub(r"<text.*?</text>", "", text, flags=re.S))
        assert (abs(pixels - wordless).max(axis=-1) > 100).sum() > 1000, name
    for name in ("quality", "spectra", "groups", "chance", "planted", "lags"):
        pixels = drawn[f"figure-{name}"]
        assert pixels.max(axis=-1).min() > 40, f"{name}: black marks"
        assert min(close_to(pixels, colour) for colour in look.COLOURS[:2]) > 50, name
    scatter = drawn["figure-correlations-wai-difference"]  # the dyads of two groups
    assert sum(close_to(scatter, colour) for colour in look.COLOURS[:2]) > 1000


def test_a_figure_saved_as_a_picture_is_sharp_and_the_same(browser, saved):
    button = browser.button("#figure-groups", "Save as PNG")
    picture = Image.open(browser.saved_by(button, "figure-groups.png")).convert("RGB")
    pixels = drawn_elsewhere(saved["figure-groups"].read_text(encoding="utf-8"))
    assert picture.size == (3 * pixels.shape[1], 3 * pixels.shape[0])
    same = np.asarray(picture.resize(pixels.shape[1::-1], Image.Resampling.BOX)).astype(int)
    assert (abs(same - pixels).max(axis=-1) > 60).mean() < 0.01


# --- print -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def printed(browser, tmp_path_factory):
    if not shutil.which("pdftotext"):
        pytest.skip("there is no pdftotext here (Debian: poppler-utils)")
    return browser.printed(tmp_path_factory.mktemp("printed") / "report.pdf")


def squeezed(text: str) -> str:
    """A text without its spaces, which a line break may be."""
    return re.sub(r"\s+", "", text)


def test_what_is_folded_away_on_the_screen_is_printed(printed, demo):
    page, _, _ = demo
    command = ["pdftotext", "-raw", str(printed), "-"]
    text = squeezed(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    folds = [fold for fold in page.all("details") if "open" not in fold["at"] and not in_figure(fold)]
    assert len(folds) > 15
    for fold in folds:
        assert squeezed(said(page.inside(fold, "summary")[0])) in text
        for cell in page.inside(fold, "td") + page.inside(fold, "dd"):
            assert squeezed(said(cell)) in text, said(cell)
    for line in said(page.inside(page.all("pre")[0]["parent"], "pre")[0]).split():
        assert line in text
    for word in ("Find a dyad", "Save as SVG", "Download as TSV", "Numbers behind"):
        assert squeezed(word) not in text


def in_figure(element) -> bool:
    parent = element["parent"]
    return parent is not None and (parent["tag"] == "figure" or in_figure(parent))


def test_printed_pages_are_few_and_none_is_left_half_blank(printed):
    sheets = drawn_sheets(printed)
    assert len(sheets) <= 22  # where it took 34 without what is folded away
    for sheet in sheets[:-1]:
        rows = np.flatnonzero((sheet[:, sheet.shape[1] // 15 :] < 200).any(axis=1))
        assert rows.max() > 0.6 * len(sheet)


def drawn_sheets(printed: Path) -> list:
    """Each page as grey pixels, small."""
    subprocess.run(["pdftoppm", "-gray", "-r", "25", str(printed), str(printed.parent / "sheet")], check=True)
    return [np.asarray(Image.open(file)) for file in sorted(printed.parent.glob("sheet*"))]


# --- a phone ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def phone(browser):
    browser.load(PHONE)
    yield browser
    browser.load(DESK)


def test_a_phone_first_shows_verdicts_trust_and_a_figure_a_hypothesis_and_folds_the_rest(phone, demo):
    page, _, _ = demo
    height = phone.run("return document.documentElement.scrollHeight")
    assert height < 6500
    cards = phone.all(".card")
    assert len(cards) == 4
    for card in cards:
        assert card.find_element("css selector", ".chip").is_displayed()
        assert card.find_element("css selector", ".sentence").is_displayed()
        assert card.find_element("css selector", ".pictured svg").is_displayed()
        assert not card.find_element("css selector", ".lines").is_displayed()
    shown = {row.find_element("css selector", "th").text for row in phone.all(".trust tbody tr")}
    assert {"Recordings", "Lost dyads", "Clocks", "Data quality", "Chance level", "Software"} <= shown
    headings = [heading.is_displayed() for heading in phone.all("details.body > summary")]
    assert headings == [True] * (len(page.all("section")) - 1)
    assert not any(figure.is_displayed() for figure in phone.all("figure"))


def test_a_folded_section_opens_by_its_heading_and_by_a_link_into_it(phone):
    phone.run("arguments[0].click()", phone.one("#chance > details > summary"))
    assert phone.one("#figure-chance").is_displayed()
    assert not phone.one("#figure-quality").is_displayed()
    phone.run("arguments[0].click()", phone.one('.trust a[href="#quality"]'))
    assert phone.one("#figure-quality").is_displayed()
    assert 0 <= phone.run("return document.getElementById('quality').getBoundingClientRect().top") < 300


OPENED = "document.querySelectorAll('details').forEach((folded) => { folded.open = true; });"


def places(browser, selector: str, wrong: str) -> tuple[int, list]:
    """How many elements can be seen, and the words of those of whose `box` `wrong` holds."""
    return tuple(
        browser.run(f"""
        const all = [...document.querySelectorAll("{selector}")];
        const boxes = all.map((one) => [one.textContent, one.getBoundingClientRect()]);
        const seen = boxes.filter(([, box]) => box.width);
        return [seen.length, seen.filter(([, box]) => {wrong}).map(([text]) => text)];
    """)
    )


def test_no_number_of_a_statistics_table_is_beside_a_phones_screen_and_nothing_scrolls_sideways(phone):
    phone.run(OPENED)
    assert phone.run("return document.documentElement.scrollWidth") == PHONE[0]
    cells = "#results .tablebox td, #results .fold td, .card td, .trust td, #chance .tablebox td"
    seen, beside = places(phone, cells, "box.left < 0 || box.right > innerWidth")
    assert seen > 500 and beside == []
    named = phone.run("return [...document.querySelectorAll('#results td')].map((td) => td.dataset.label)")
    assert {"p", "p (Holm)", "95% CI", "95% CI of ηp²"} <= set(named)


def test_what_a_finger_has_to_meet_is_large_enough(phone):
    phone.run(OPENED)
    targets = "button, select, summary, .tools a, td a, nav a"
    seen, small = places(phone, targets, "box.height < 24 || box.width < 24")
    assert seen > 60 and small == []


def test_a_tap_beside_a_mark_names_the_dyad_and_its_numbers(phone):
    phone.run(OPENED)
    mark = "document.querySelector('#figure-chance .pt[data-dyad=D03]')"
    x, y = phone.run(f"""
        {mark}.scrollIntoView({{ block: "center" }});
        const box = {mark}.getBoundingClientRect();
        return [box.x + box.width / 2, box.y + box.height / 2];
    """)
    named = phone.one(".named")
    phone.tap(x + 6, y - 4)
    assert named.text == phone.run(f"return {mark}.querySelector('title').textContent")
    assert named.text.startswith("D03: pre, frontal theta: PLV .")
    box = named.rect
    assert box["x"] >= 0 and box["x"] + box["width"] <= PHONE[0]
    phone.tap(x, y - 300)
    assert not named.is_displayed() or not named.text.startswith("D03")


# --- last: what happened meanwhile -----------------------------------------------------------------------


def test_a_phone_sorts_by_any_column_without_headings_and_back(phone, demo):
    _, inputs, _ = demo
    phone.run(OPENED)
    table = phone.one("#quality .tablebox table")
    assert not table.find_element("css selector", "thead").is_displayed()
    order = next(
        one for one in phone.all("#quality .order") if "Each recording" in one.get_attribute("aria-label")
    )
    by = Select(order.find_element("css selector", "select"))
    number = next(n for n, option in enumerate(by.options[1:], 1) if option.text.startswith("Muscle, s"))

    def muscle():
        cells = table.find_elements("css selector", f"tbody td:nth-child({number})")
        return [float(cell.get_property("textContent")) for cell in cells]

    given = read(inputs["quality"])["muscle_s"].tolist()
    by.select_by_visible_text(by.options[number].text)
    assert muscle() == sorted(given) != given
    phone.run("arguments[0].click()", order.find_element("css selector", "button"))
    assert muscle() == sorted(given, reverse=True)
    by.select_by_visible_text("as written")
    assert muscle() == given


def test_nothing_went_wrong_and_nobody_was_asked(browser):
    assert browser.logged() == []
    asked = {address.partition(":")[0] for address in browser.requests()}
    assert asked <= {"file", "data", "blob"}
