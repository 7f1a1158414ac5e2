"""A figure of the page, the canvas on which a panel of it is drawn, and the way from Matplotlib to SVG."""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pandas as pd

from .crowd import Crowd, Signs, as_marks, as_paths
from .look import COLOURS, FONTS, PAPER

PIXELS_PER_INCH = 72
NUMBERS_APART = 3  # pixels between the numbers of an axis
EDGE = 0.9  # line of a sign, pixels


@dataclass(frozen=True)
class Panel:
    """One inline SVG with its alternative text and native width in pixels; `dyad` where it shows only one."""

    svg: str
    alt: str
    width: int
    dyad: str = ""


@dataclass(frozen=True)
class Drawing:
    """A figure of the page: its panels, what they say, and the numbers behind them.

    `source` names the downloadable table when `frame` is that whole table; `tall` asks for a box that
    scrolls, `small` for narrow panels.
    """

    name: str
    title: str
    caption: str
    panels: tuple
    frame: pd.DataFrame
    key: tuple = ()
    source: str | None = None
    tall: bool = False
    small: bool = False


@dataclass(frozen=True)
class Absent:
    """A figure that was expected and could not be drawn, with the reason in plain words.

    `source` names the downloadable table that it would have shown; `by_design` says that such a study has
    none, so that nobody has to be warned.
    """

    name: str
    title: str
    reason: str
    source: str
    by_design: bool = False


@dataclass
class Canvas:
    """A Matplotlib figure under construction, and the marks on it that stand for a dyad."""

    width: float
    height: float
    marks: dict = field(default_factory=dict)
    crowds: dict[str, Crowd] = field(default_factory=dict)
    signs: dict[str, Signs] = field(default_factory=dict)

    def __post_init__(self) -> None:
        from matplotlib.backends.backend_svg import FigureCanvasSVG
        from matplotlib.figure import Figure

        size = self.width / PIXELS_PER_INCH, self.height / PIXELS_PER_INCH
        self.figure = Figure(figsize=size, dpi=PIXELS_PER_INCH)
        FigureCanvasSVG(self.figure)  # letters are measured as they will be drawn
        self.axes = self.figure.subplots()

    def lay_out(self, like: Canvas | None = None) -> None:
        """Place the axes: to make room for their labels, or as on a canvas whose labels are as large."""
        import matplotlib

        if like is None or like is self:
            if engine := self.figure.get_layout_engine():
                engine.execute(self.figure)
        else:
            self.axes.set_position(like.axes.get_position(original=True))
        self._keep_numbers_apart()
        # With an engine, saving would draw the figure twice.
        with matplotlib.rc_context({"figure.constrained_layout.use": False}):
            self.figure.set_layout_engine(None)

    def _keep_numbers_apart(self) -> None:
        """Fewer numbers on the x axis where they would touch: Matplotlib takes each for three wide."""
        from matplotlib.ticker import MaxNLocator

        axis = self.axes.xaxis
        locator = axis.get_major_locator()
        if self.axes not in self.figure.axes or not isinstance(locator, MaxNLocator):
            return
        for most in (5, 4, 3, 2):
            shown = [label.get_window_extent() for label in axis.get_ticklabels() if label.get_text()]
            low, high = self.axes.get_window_extent().intervalx
            there = [box for box in shown if low - 1 <= (box.x0 + box.x1) / 2 <= high + 1]
            if all(one.x1 + NUMBERS_APART < other.x0 for one, other in pairwise(there)):
                return
            locator.set_params(nbins=most)

    def mark(self, x: float, y: float, dyad: str, says: str, **look: Any) -> None:
        """Draw one point that belongs to `dyad` and shows `says` when it is pointed at."""
        name = f"mark{len(self.marks)}"
        self.marks[name] = (str(dyad), f"{dyad}: {says}")
        look = {"marker": "o", "markersize": 7, "markeredgewidth": 1.0, "linestyle": "none", **look}
        (drawn,) = self.axes.plot([x], [y], gid=name, clip_on=False, **look)
        drawn.set_in_layout(False)  # marks lie inside the axes: measuring each would only take time

    def named(self, says: str, dyad: str = "") -> str:
        """The identifier of a mark, of a dyad or of none, that shows `says` when it is pointed at."""
        name = f"mark{len(self.marks)}"
        self.marks[name] = (dyad, says)
        return name

    def crowd(
        self, x: Iterable, y: Iterable, dyads: Iterable, says: Iterable[str], index: int, size: float
    ) -> None:
        """Draw many points of one look, the index-th, each of which belongs to one of `dyads`."""
        colour, square = COLOURS[index % len(COLOURS)], index % 2 == 1
        places = np.array([*x], dtype=float), np.array([*y], dtype=float)
        known = np.isfinite(places[0]) & np.isfinite(places[1])
        rows = [(str(d), s) for d, s, there in zip(dyads, says, known, strict=True) if there]
        if not rows:
            return
        name = f"crowd{len(self.crowds)}"
        self.crowds[name] = Crowd([d for d, _ in rows], [s for _, s in rows], colour, size, square)
        (drawn,) = self.axes.plot(
            *(one[known] for one in places), gid=name, clip_on=False, linestyle="none", zorder=3,
            marker="s" if square else "o", markersize=size, markerfacecolor=colour,
            markeredgecolor=PAPER, markeredgewidth=0.8 if size > 4 else 0,
        )  # fmt: skip
        drawn.set_in_layout(False)

    def sign(self, x: Iterable, y: Iterable, colour: str, size: float, filled: bool) -> None:
        """Draw round signs of one look that belong to no dyad, as one path."""
        name = f"signs{len(self.signs)}"
        self.signs[name] = Signs(colour, size, EDGE, filled)
        self.axes.plot([*x], [*y], "o", gid=name, markersize=size, color=colour)


_DECIMALS = re.compile(r"(-?\d+\.\d\d)\d+")
_SPACES = re.compile(r"\s+")
_REFERENCE = re.compile(r"url\(#([^)]+)\)")
_NOT_TURNED = re.compile(r"rotate\(-?0(?:\.0+)?(?: [-\d. ]+)?\) ?")


def finished(canvas: Canvas, prefix: str, alt: str, dyad: str = "", like: Canvas | None = None) -> Panel:
    """The finished panel, with its words; `like` is a canvas whose layout fits this one."""
    return Panel(to_svg(canvas, prefix, alt, like), alt, round(canvas.width), dyad)


def to_svg(canvas: Canvas, prefix: str, alt: str, like: Canvas | None = None) -> str:
    """The drawing as an SVG element that can be in a page among others, or a file of its own.

    Identifiers get a digest of `prefix`, unused ones and groups without a purpose go, coordinates are rounded
    to 0.01 pixel, and marks get the dyad's id and a line to show on pointing. Colours and letters are
    attributes: any program draws them, and a rule of the page's stylesheet can change them (`look.rules`).
    """
    canvas.lay_out(like)
    buffer = io.StringIO()
    canvas.figure.savefig(
        buffer,
        format="svg",
        transparent=True,
        metadata={"Date": None, "Creator": None, "Format": None, "Type": None},
    )
    root = ElementTree.fromstring(buffer.getvalue())
    for parent in root.iter():
        for child in list(parent):
            if child.tag.endswith(("}metadata", "}style")):
                parent.remove(child)
    as_marks(root, canvas.crowds, canvas.marks)
    as_paths(root, canvas.signs)
    prefix = f"f{zlib.crc32(prefix.encode()):08x}"  # short: a panel names its identifiers hundreds of times
    used = set()
    for element in root.iter():
        for key, value in element.attrib.items():
            used.update(_REFERENCE.findall(value))
            if key.endswith("href") and value.startswith("#"):
                used.add(value[1:])
    for element in list(root.iter()):
        _rewrite(element, prefix, used, canvas.marks)
    _without_bare_groups(root)
    root.attrib = {
        "class": "fig",
        "xmlns": "http://www.w3.org/2000/svg",
        "viewBox": root.attrib["viewBox"],
        "role": "img",
        "aria-label": alt,
        "font-family": FONTS,
        "style": f"--w:{round(canvas.width)}px",
    }
    return ElementTree.tostring(root, encoding="unicode")


def _without_bare_groups(element: ElementTree.Element) -> None:
    """Put the content of groups that say nothing in their place."""
    kept = []
    for child in element:
        _without_bare_groups(child)
        kept += list(child) if child.tag == "g" and not child.attrib else [child]
    element[:] = [child for child in kept if child.tag != "defs" or len(child)]


def _rewrite(element: ElementTree.Element, prefix: str, used: set, marks: dict) -> None:
    element.tag = element.tag.rpartition("}")[2]
    if not (element.text or "").strip():
        element.text = None
    element.tail = None if not (element.tail or "").strip() else element.tail
    attributes: dict[str, str] = {}
    for key, value in element.attrib.items():
        key = key.rpartition("}")[2]
        if key == "id":
            if value in marks:
                dyad, says = marks[value]
                attributes |= {"class": "pt", "data-dyad": dyad} if dyad else {"class": "pt"}
                title = ElementTree.Element("title")
                title.text = says
                element.insert(0, title)
            if value not in used:
                continue
            value = f"{prefix}-{value}"
        elif key == "href":
            value = f"#{prefix}-{value[1:]}" if value.startswith("#") else _SPACES.sub("", value)
        elif key == "style":
            declared = (one.split(":", 1) for one in value.split(";") if ":" in one)
            attributes |= {name.strip(): look.strip() for name, look in declared}
            attributes.pop("font-family", None)  # that of the whole drawing
            if "image-rendering" in attributes:
                attributes["image-rendering"] = "optimizeSpeed"  # as SVG 1.1 calls sharp pixels
            continue
        else:
            value = _REFERENCE.sub(rf"url(#{prefix}-\1)", value)
            value = _SPACES.sub(" ", _DECIMALS.sub(r"\1", value)).strip()
            if key == "transform" and not (value := _NOT_TURNED.sub("", value).strip()):
                continue
        attributes[key] = value
    element.attrib = attributes
