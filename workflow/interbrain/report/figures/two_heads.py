"""Two heads seen from above, noses towards each other, with their electrodes and links between them.

Only geometry and looks: which links there are is decided elsewhere.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from interbrain.head import MONTAGE, from_above

from .channels import colour_bar, colours
from .drawing import Canvas
from .look import INK, MUTED

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH, HEIGHT = 276, 214  # of a panel, pixels: three in a row on a desk
BAR = 44  # pixels for the colour bar
LINE, LINE_HEIGHT = 13, 0.25  # of a line of words: pixels, radii
APART = 1.32  # of a head's middle from that of the panel, in radii
LETTERS = 42  # of a line below the heads
MOST_NAMED = 14  # ends of links, up to which each is named
ROLES = ("Therapist", "Client")


@dataclass(frozen=True)
class Link:
    """A pair of channels: its value, whether it is found for itself, and what it says when pointed at."""

    therapist: str
    client: str
    value: float
    own: bool
    says: str


def positions(channels: Iterable[str]) -> dict[str, np.ndarray]:
    """Where each channel is from above, nose up, the head's edge at radius 1; unknown names are left out."""
    import mne

    montage = mne.channels.make_standard_montage(MONTAGE)
    sites = {name.lower(): name for name in montage.ch_names}
    known = {one: sites[one.lower()] for one in channels if str(one).lower() in sites}
    if not known:
        return {}
    info = mne.create_info(sorted(set(known.values())), 1.0, "eeg")
    info.set_montage(montage, verbose="error")
    where = dict(zip(info["ch_names"], from_above(info), strict=True))
    return {one: where[site] for one, site in known.items()}


def face_to_face(
    places: dict[str, np.ndarray], links: Sequence[Link], limit: float | None, title: str, below: str
) -> Canvas:
    """The therapist on the left, the client on the right, and the links, the first of them on top.

    Parameters
    ----------
    places : dict of str to array
        Of `positions`.
    links : sequence of Link
        Between channels that have a place.
    limit : float or None
        The largest value of the scale of colours; None: no link of the figure needs a scale.
    title, below : str
        Words above and below the heads.
    """
    import matplotlib as mpl

    lines = textwrap.wrap(below, LETTERS)
    canvas = Canvas(WIDTH, HEIGHT + (BAR if limit else 0) + LINE * max(0, len(lines) - 2))
    axes = canvas.axes
    ends = on_heads(places)
    for side, role in enumerate(ROLES):
        _head(axes, side)
        axes.text((2 * side - 1) * APART, 1.24, role, ha="center", va="bottom", fontsize=10.5)
    _electrodes(axes, [place for of_side in ends for place in of_side.values()], MUTED, 3)
    shades = mpl.cm.ScalarMappable(mpl.colors.Normalize(-(limit or 1), limit or 1), colours())
    inks = shades.to_rgba(np.array([link.value for link in links]))
    for link, ink in reversed(list(zip(links, inks, strict=True))):
        _link(canvas, ends[0][link.therapist], ends[1][link.client], ink, link)
    _name_ends(axes, links, ends)
    for number, line in enumerate(lines):
        axes.text(0, -1.3 - LINE_HEIGHT * number, line, ha="center", va="top", fontsize=10)
    axes.set(xlim=(-2.48, 2.48), ylim=(-1.3 - LINE_HEIGHT * max(2, len(lines)), 1.55))
    axes.set_aspect("equal")
    axes.axis("off")
    axes.set_title(title)
    if limit:
        colour_bar(canvas, shades, "PLV above chance")
    return canvas


def _turned(points: Iterable, side: int) -> np.ndarray:
    """From nose up to nose towards the other head, at this side's place."""
    x, y = np.array(list(points), dtype=float).T
    turned = np.column_stack([y, -x] if side == 0 else [-y, x])
    return turned + np.array([(2 * side - 1) * APART, 0])


def on_heads(places: dict[str, np.ndarray]) -> list[dict[str, np.ndarray]]:
    """Where each channel is drawn: on the therapist's head, which looks to the right, and on the client's."""
    return [dict(zip(places, _turned(places.values(), side), strict=True)) for side in (0, 1)]


def _head(axes: Axes, side: int) -> None:
    """Edge, nose and ears."""
    angle = np.linspace(0, 2 * np.pi, 73)
    outlines: list[Iterable] = [
        np.column_stack([np.cos(angle), np.sin(angle)]),
        [(-0.13, 0.99), (0, 1.16), (0.13, 0.99)],
        *([(x, y) for x, y in zip(ear * np.array([0.99, 1.08, 1.08, 0.99]), (0.16, 0.12, -0.14, -0.18),
                                  strict=True)] for ear in (-1, 1)),
    ]  # fmt: skip
    for outline in outlines:
        axes.plot(*_turned(outline, side).T, color=MUTED, linewidth=1.2, zorder=1)


def _electrodes(axes: Axes, places: Sequence[np.ndarray], colour: str, size: float) -> None:
    """Dots, as one path: lines without length that have round ends."""
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    if not len(places):
        return
    path = Path(np.repeat(places, 2, axis=0), [Path.MOVETO, Path.LINETO] * len(places))
    path.should_simplify = False
    axes.add_patch(PathPatch(path, fill=False, edgecolor=colour, linewidth=size, capstyle="round", zorder=2))


def _link(canvas: Canvas, start: np.ndarray, end: np.ndarray, colour: np.ndarray, link: Link) -> None:
    """A curve that leaves either head forwards, with an edge: what is near zero is pale."""
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path
    from matplotlib.patheffects import Normal, Stroke

    forwards = np.array([0.42 * (end[0] - start[0]), 0])
    path = Path([start, start + forwards, end - forwards, end], [Path.MOVETO, *[Path.CURVE4] * 3])
    width, edge = (2.6, 3.9) if link.own else (1.3, 2.1)
    canvas.axes.add_patch(
        PathPatch(
            path, fill=False, edgecolor=colour, linewidth=width, zorder=4 if link.own else 3,
            linestyle="-" if link.own else (0, (3, 1.5)), alpha=1 if link.own else 0.6, capstyle="butt",
            path_effects=[Stroke(linewidth=edge, foreground=MUTED), Normal()], gid=canvas.named(link.says),
        )
    )  # fmt: skip


def _name_ends(axes: Axes, links: Sequence[Link], ends: list[dict[str, np.ndarray]]) -> None:
    """Dots at the ends of links, and their names where they are few, on the side away from the links."""
    for side in (0, 1):
        names = list(dict.fromkeys((one.therapist, one.client)[side] for one in links))
        _electrodes(axes, [ends[side][name] for name in names], INK, 4.5)
        own = list(dict.fromkeys((one.therapist, one.client)[side] for one in links if one.own)) or names
        for name in own if len(own) <= MOST_NAMED else []:
            x, y = ends[side][name]
            away = 0.08 if side else -0.08
            axes.text(x + away, y, name, ha="left" if side else "right", va="center", fontsize=8.5, zorder=6)
