"""Coordination of each dyad's signals, in standard deviations above its own chance level."""

from __future__ import annotations

import numpy as np
import pandas as pd

from interbrain import apa
from interbrain.report import words

from .axes import padded, slug, wrapped, zero_line
from .drawing import Absent, Canvas, Drawing, Panel, finished
from .look import COLOURS, MUTED, PAPER, WIDTH, own_look

NAME, TITLE = "bodies", "Coordination of signals"
LIMIT_Z = 1.96


def coordination(frame: pd.DataFrame) -> Drawing | Absent:
    """A panel a kind of signal: each dyad and time at each measure."""
    known = frame[frame["z_chance"].notna()]
    if known.empty:
        return Absent(
            NAME, TITLE, "no dyad has a signal of both members that can be compared", "coordination"
        )
    with own_look():
        panels = tuple(_panel(own, str(kind)) for kind, own in known.groupby("kind", sort=False))
    caption = (
        "Each mark is one dyad at one time: how far its coordination is above the chance level of its own "
        "signals, in standard deviations over circular shifts. Without coordination, about one in twenty is "
        f"beyond the dotted lines, at ±{LIMIT_Z:.2f}."
    )
    shown = ["dyad", "time", "kind", "measure", "value", "chance", "z_chance", "p_chance", "note"]
    return Drawing(NAME, TITLE, caption, panels, frame[shown].reset_index(drop=True))


def _panel(own: pd.DataFrame, kind: str) -> Panel:
    measures = list(dict.fromkeys(own["measure"]))
    canvas = Canvas(max(WIDTH, 110 * len(measures) + 90), 270)
    axes = canvas.axes
    axes.yaxis.grid(True)
    zero_line(axes)
    for side in (-LIMIT_Z, LIMIT_Z):
        axes.axhline(side, color=MUTED, linewidth=1, linestyle=":", zorder=1)
    told = []
    for place, measure in enumerate(measures):
        rows = own[own["measure"] == measure]
        beside = np.linspace(-0.22, 0.22, len(rows)) if len(rows) > 1 else [0.0]
        for x, row in zip(beside, rows.sort_values("z_chance").to_dict("records"), strict=True):
            found = f"z {apa.number(row['z_chance'])}, p {apa.bare_p(row['p_chance'])}"
            says = f"{words.spoken(row['time'])}, {words.coordination(measure)}: {found}"
            look = {"markerfacecolor": COLOURS[0], "markeredgecolor": PAPER}
            canvas.mark(place + x, row["z_chance"], row["dyad"], says, **look)
        told.append(f"{words.coordination(measure)}, mean z {apa.number(rows['z_chance'].mean())}")
    axes.set_xticks(range(len(measures)), [wrapped(words.coordination(one)) for one in measures])
    axes.set_xlim(-0.5, len(measures) - 0.5)
    axes.set_ylim(*padded(min(-LIMIT_Z, own["z_chance"].min()), max(LIMIT_Z, own["z_chance"].max())))
    axes.tick_params(axis="x", length=0, pad=6)
    axes.set_ylabel("SDs above chance")
    axes.set_title(words.signal(kind))
    return finished(canvas, f"{NAME}-{slug(kind)}", f"{words.signal(kind)}, each dyad: {'; '.join(told)}.")
