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

sys.path.insert(0, str(Path(__file__).parent))
from browser import Browser
from read_pages import said

from interbrain.report.figures import look


@pytest.fixture(scope="module")
def browser(demo, tmp_path_factory):
    _, _, folder = demo
    opened = Browser(tmp_path_factory.mktemp("downloads"))
    try:
        opened.driver.get((folder / "report.html").as_uri())
        yield opened
    finally:
        opened.driver.quit()


# --- saved figures ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def saved(browser):
    """Each figure as SVG, saved from a page in the dark."""
    with browser.as_on(scheme="dark"):
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
    assert close_to(drawn["figure-correlations-wai-difference"], look.COLOURS[0]) > 1000


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
    folds = [fold for fold in page.all("details") if not in_figure(fold)]
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
    assert len(sheets) <= 20
    for sheet in sheets[:-1]:
        rows = np.flatnonzero((sheet[:, sheet.shape[1] // 15 :] < 200).any(axis=1))
        assert rows.max() > 0.6 * len(sheet)


def drawn_sheets(printed: Path) -> list:
    """Each page as grey pixels, small."""
    subprocess.run(["pdftoppm", "-gray", "-r", "25", str(printed), str(printed.parent / "sheet")], check=True)
    return [np.asarray(Image.open(file)) for file in sorted(printed.parent.glob("sheet*"))]


# --- last: what happened meanwhile -----------------------------------------------------------------------


def test_nothing_went_wrong_and_nobody_was_asked(browser):
    assert browser.logged() == []
    asked = {address.partition(":")[0] for address in browser.requests()}
    assert asked <= {"file", "data", "blob"}
