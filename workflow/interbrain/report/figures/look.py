"""Colours, marker shapes and letters of every figure; shape and colour always change together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from interbrain.report import words

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from matplotlib.typing import RcKeyType

# Okabe and Ito's colours that hold on white and on near-black; every colour goes with a marker shape.
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")
SIGNS = ("●", "■", "▲", "◆", "▼", "✚", "✖", "★")
DASHES = ("-", "--", "-.", ":")
# A figure has these as on white paper; in the dark, the page's stylesheet changes them (`rules`).
INK, MUTED, GRID, PAPER = "#1f2631", "#5d6776", "#dde2e8", "#fefefe"
BAND_SHADE = "#c9ced6"
VARIABLES = {INK: "ink", MUTED: "muted", GRID: "grid", PAPER: "paper", BAND_SHADE: "shade"} | {
    colour: f"c{number}" for number, colour in enumerate(COLOURS, 1)
}

FONTS = "Arial, Helvetica, 'Liberation Sans', 'DejaVu Sans', sans-serif"  # in which letters are drawn
WIDTH = 340  # of a panel, in CSS pixels: what a phone shows without shrinking the letters
ROW = 15  # height of a labelled row

STYLE: dict[RcKeyType, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "interbrain",
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],  # in which letters are measured: wide, so that others fit as well
    "font.size": 11,
    "axes.titlesize": 12,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.titlepad": 9,
    "axes.labelsize": 11,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": MUTED,
    "axes.labelcolor": INK,
    "axes.titlecolor": INK,
    "text.color": INK,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.labelsize": 10.5,
    "ytick.labelsize": 10.5,
    "grid.color": GRID,
    "grid.linewidth": 0.8,
    "axes.axisbelow": True,
    "axes.grid": False,
    "axes.titley": 1.0,  # nothing of ours is above the axes: no need to measure what a title would touch
    "text.parse_math": False,  # a level may be called $100
    "figure.constrained_layout.use": True,
    "figure.constrained_layout.h_pad": 0.06,
    "figure.constrained_layout.w_pad": 0.06,
}


def group_look(index: int) -> dict:
    """Marker and colour of the index-th role, level or site: shape and colour always change together."""
    return {
        "marker": MARKERS[index % len(MARKERS)],
        "markerfacecolor": COLOURS[index % len(COLOURS)],
        "markeredgecolor": PAPER,
        "zorder": 3,
    }


def own_look() -> AbstractContextManager[None]:
    """Our own look, whatever a person's matplotlibrc says; undone on leaving."""
    import contextlib

    import matplotlib

    @contextlib.contextmanager
    def look() -> Iterator[None]:
        with matplotlib.rc_context():
            matplotlib.rcdefaults()
            matplotlib.rcParams.update(STYLE)
            yield

    return look()


def rules() -> str:
    """The stylesheet's rules by which the figures' colours follow the page's light or dark."""
    return "\n".join(
        f'[{of}="{colour}"] {{ {name}: var(--fig-{variable}, {colour}); }}'
        for colour, variable in VARIABLES.items()
        for of, name in (("fill", "fill"), ("stroke", "stroke"), ("data-colour", "color"))
    )


def shape_key(names: Iterable[str]) -> tuple:
    return tuple(
        (SIGNS[i % len(SIGNS)], COLOURS[i % len(COLOURS)], words.spoken(name)) for i, name in enumerate(names)
    )


def measure_key(measures: Sequence[str], label: Callable[[str], str] = words.measure) -> tuple:
    """The key to shapes that stand for measures, each called by `label`."""
    return tuple((*sign[:2], label(one)) for sign, one in zip(shape_key(measures), measures, strict=True))


def readable_on(colour: Sequence[float] | np.ndarray) -> str:
    """Near-black or white, whichever stands out more on an RGB colour (WCAG's relative luminance)."""
    channels = np.array(colour[:3])
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return "#111111" if linear @ [0.2126, 0.7152, 0.0722] > 0.179 else "#ffffff"
