"""A written page as a tree of elements, and what the tests ask of it."""

import re
from contextlib import contextmanager
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest
from outline import outline

import interbrain.report
from interbrain.report.figures import drawing

ASSETS = Path(interbrain.report.__file__).parent / "assets"

VOID = {"meta", "link", "br", "img", "input", "hr", "wbr", "source", "base", "area", "col", "embed", "track"}
FIGURES = [
    "quality",
    "spectra",
    "groups",
    "differences",
    "times",
    "correlations-wai-difference",
    "channels",
    "chance",
    "planted",
]
FIGURES += ["lags", *(f"specifications-{name}" for name in ("mindfulness", "modality", "wai-difference"))]
ONE_BAND = {"bands": {"alpha": [8, 12]}}
VARIANTS = [
    {},
    {"n_dyads": 3, "testable": False, **ONE_BAND},
    {"questionnaires": False, "truth": False, "simulated": False, "exclusions": False, "multiverse": False},
    {"gaps_in_values": True, **ONE_BAND},
    {"marked": "<b>&\"'$x$", "n_dyads": 4, "estimators": ("ppc",), "enters": "change", **ONE_BAND},
    {
        "factors": {},
        **ONE_BAND,
        "rois": {"vertex": ["Cz"]},
        "times": ("rest",),
        "channels": ("Cz",),
    },
    {
        "factors": {"arm": ["a", "b", "c", "d"], "clinic_no": ["1", "2"]},
        "n_dyads": 9,
        "channels": tuple("ABCDEFGHIJKL"),
        **ONE_BAND,
    },
]
# Whose figures are drawn, which takes most of a page's time; the others have outlines in their place.
DRAWN = [VARIANTS[0], VARIANTS[4]]
PAGES = [pytest.param(one, id="-".join(one) or "demo") for one in VARIANTS[:-1]]
PAGES += [
    pytest.param({"drawn": True, **one}, id="-".join(["drawn", *one]), marks=pytest.mark.long)
    for one in VARIANTS
    if one not in DRAWN
]


class Page(HTMLParser):
    """A tree of the page, small enough to ask it what the tests must know."""

    def __init__(self, text: str):
        super().__init__(convert_charrefs=True)
        self.text = text
        self.elements, self.open, self.unclosed = [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        parent = self.open[-1] if self.open else None
        element = {"tag": tag, "at": dict(attributes), "parent": parent, "words": []}
        element |= {"first": len(self.elements) + 1, "end": None}  # of what is inside, among all elements
        self.elements.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        if tag not in VOID:
            self.open.pop()
        self.elements[-1]["end"] = len(self.elements)

    def handle_endtag(self, tag):
        if self.open and self.open[-1]["tag"] == tag:
            self.open.pop()["end"] = len(self.elements)
        else:
            self.unclosed.append(tag)

    def handle_data(self, data):
        for element in self.open:
            element["words"].append(data)

    def all(self, tag=None, **attributes):
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
        return [
            e for e in self.elements
            if (tag is None or e["tag"] == tag) and all(e["at"].get(n) == v for n, v in wanted.items())
        ]  # fmt: skip

    def inside(self, ancestor, tag):
        within = () if ancestor["tag"] in VOID else self.elements[ancestor["first"] : ancestor["end"]]
        return [element for element in within if element["tag"] == tag]

    def section(self, name):
        return self.all("section", id=name)[0]


def said(element) -> str:
    return re.sub(r"\s+", " ", "".join(element["words"])).strip()


def table_rows(page, caption):
    """The rows below the table whose caption contains `caption`, each a list of texts."""
    for table in page.all("table"):
        if any(caption in said(c) for c in page.inside(table, "caption")):
            return [[said(cell) for cell in page.inside(row, "td")] for row in page.inside(table, "tr")][1:]
    raise AssertionError(f"no table called {caption}")


@contextmanager
def outlines(but=None):
    """Figures without what is drawn in them, for as long as the block lasts; but for one, by its name."""
    drawn = drawing.to_svg

    def one_or_none(canvas, prefix, alt, like=None):
        return (drawn if but and prefix.startswith(but) else outline)(canvas, prefix, alt, like)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(drawing, "to_svg", one_or_none)
        if not but:
            patch.setattr(drawing.Canvas, "mark", lambda *_, **__: None)
        yield


def read(path) -> pd.DataFrame:
    return pd.read_csv(path, sep="\t", keep_default_na=False, na_values=["n/a"])


def folded(page, summary):
    return next(
        d
        for d in page.all("details", class_="fold")
        if said(page.inside(d, "summary")[0]).startswith(summary)
    )
