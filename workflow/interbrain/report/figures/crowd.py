"""Marks of many dyads: where they go beside one another, and how they become a small part of the page.

Up to `MOST_NAMED` marks of a panel are elements of their own, which name their dyad when they are pointed at.
More are one path: a short piece of it is a mark, and "Find a dyad" draws the pieces of one dyad once more.
Signs, which belong to no dyad, are always one path a look.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree import ElementTree

import numpy as np

MANY = 60  # rows of a panel, or marks of a group: beyond, a panel has no line of its own for each
MOST_NAMED = 450  # marks of a panel
BINS = 40  # of an axis: marks in the same one lie side by side
STEP, HALF_WIDTH = 0.05, 0.3  # from mark to mark, and of all, in units of the distance between groups


@dataclass(frozen=True)
class Crowd:
    """Marks of one look on a panel: whose each is, and what it says when it is pointed at."""

    dyads: Sequence[str]
    says: Sequence[str]
    colour: str
    size: float
    square: bool


@dataclass(frozen=True)
class Signs:
    """Round signs of one look on a panel, filled or as rings of a line of `edge` pixels."""

    colour: str
    size: float
    edge: float
    filled: bool


def size_of(n_marks: int) -> float:
    """Diameter of each of so many marks, in pixels."""
    sizes = ((MANY, 8), (150, 6), (500, 4.5), (1500, 3.5))
    return next((size for most, size in sizes if n_marks <= most), 2.5)


def swarm(values: np.ndarray, span: float) -> np.ndarray:
    """Sideways shifts of many marks: those of like value lie side by side, the wider the more there are."""
    bins = np.floor(np.asarray(values, dtype=float) / (span / BINS or 1)).astype(int)
    shifts = np.zeros(len(bins))
    each = [np.flatnonzero(bins == one) for one in np.unique(bins)]
    step = min(STEP, 2 * HALF_WIDTH / max(map(len, each), default=1))
    for own in each:
        shifts[own] = step * (np.arange(len(own)) - (len(own) - 1) / 2)
    return shifts


def as_marks(root: ElementTree.Element, crowds: dict[str, Crowd], marks: dict) -> None:
    """Each crowd becomes marks with names, which `marks` is told of, or one path where they are many."""
    n_marks = len(marks) + sum(len(crowd.dyads) for crowd in crowds.values())
    for group in list(root.iter()):
        crowd = crowds.get(group.get("id", ""))
        if crowd is None:
            continue
        uses = [element for element in group.iter() if element.tag.endswith("}use")]
        if len(uses) != len(crowd.dyads):
            raise ValueError(f"{len(crowd.dyads)} marks were asked for, and {len(uses)} drawn.")
        space = group.tag.rpartition("}")[0] + "}"
        if n_marks > MOST_NAMED:
            for child in list(group):
                group.remove(child)
            group.append(_path(space, uses, crowd))
            continue
        parents = {child: parent for parent in group.iter() for child in parent}
        for use, dyad, says in zip(uses, crowd.dyads, crowd.says, strict=True):
            parent, name = parents[use], f"mark{len(marks)}"
            marks[name] = (dyad, f"{dyad}: {says}")
            one = ElementTree.Element(f"{space}g", {"id": name})
            parent.insert(list(parent).index(use), one)
            parent.remove(use)
            one.append(use)


def _path(space: str, uses: list[ElementTree.Element], crowd: Crowd) -> ElementTree.Element:
    places = (f"M{float(use.get('x', 0)):.1f} {float(use.get('y', 0)):.1f}h0" for use in uses)
    attributes = {
        "class": "pts",
        "d": "".join(places),
        "fill": "none",
        "stroke": crowd.colour,
        "stroke-width": f"{crowd.size:g}",
        "stroke-linecap": "square" if crowd.square else "round",
        "stroke-opacity": "0.6",
        "data-dyads": " ".join(crowd.dyads),
    }
    return ElementTree.Element(f"{space}path", attributes)


def as_paths(root: ElementTree.Element, signs: dict[str, Signs]) -> None:
    """All signs of a look become one path: a map of channels has hundreds."""
    for group in list(root.iter()):
        own = signs.get(group.get("id", ""))
        if own is None:
            continue
        space, r = group.tag.rpartition("}")[0] + "}", f"{own.size / 2:.2f}"
        uses = [element for element in group.iter() if element.tag.endswith("}use")]
        places = [(float(use.get("x", 0)), float(use.get("y", 0))) for use in uses]
        dots = (f"M{x:.1f} {y:.1f}h0" for x, y in places)
        rings = (
            f"M{x - own.size / 2:.1f} {y:.1f}a{r} {r} 0 1 0 {own.size:.2f} 0a{r} {r} 0 1 0 {-own.size:.2f} 0"
            for x, y in places
        )
        group[:] = [
            ElementTree.Element(
                f"{space}path",
                {
                    "d": "".join(dots if own.filled else rings),
                    "fill": "none",
                    "stroke": own.colour,
                    "stroke-width": f"{own.size + own.edge if own.filled else own.edge:.2f}",
                    "stroke-linecap": "round",
                },
            )
        ]
