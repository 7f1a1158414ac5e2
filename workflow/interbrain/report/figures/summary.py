"""The small figure of a hypothesis on its card: each site and band with its interval."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from interbrain import apa
from interbrain.report import words

from .axes import label_rows, padded, side_by_side, slug
from .drawing import Canvas, Panel, finished
from .look import MUTED, WIDTH, group_look, own_look

NAME = "summary"
ROW = 24  # height of a site and band with a mark a measure


def intervals(
    tested: str,
    frame: pd.DataFrame,
    columns: tuple[str, str, str],
    measures: Sequence[str],
    label: str,
    called: Callable[[str, bool], str] = words.measure,
) -> Panel | None:
    """Each site and band with its estimate and 95% interval, a shape a measure; None where there is none.

    Parameters
    ----------
    tested : str
        The hypothesis, for identifiers.
    frame : pandas.DataFrame
        With ``measure``, ``roi``, ``band`` and `columns`.
    columns : (estimate, low, high)
    label : str
        What is estimated.
    called : callable
        Gives a measure's name, to stand at the start of a line or inside a sentence.
    """
    estimate, low, high = columns
    frame = frame[frame["measure"].isin(measures)].dropna(subset=[estimate])
    if frame.empty:
        return None
    places = list(dict.fromkeys(zip(frame["roi"], frame["band"], strict=True)))
    names = [_place(*place) for place in places]
    told = []
    with own_look():
        canvas = Canvas(WIDTH, 62 + ROW * len(places))
        axes = canvas.axes
        label_rows(axes, names)
        shifts = side_by_side(len(measures), 0.17)
        for index, measure in enumerate(measures):
            for row in frame[frame["measure"] == measure].to_dict("records"):
                y = places.index((row["roi"], row["band"])) + shifts[index]
                look = group_look(index)
                axes.plot([row[low], row[high]], [y, y], color=look["markerfacecolor"], linewidth=1.6)
                axes.plot([row[estimate]], [y], linestyle="none", markersize=7, **look)
                told.append(
                    f"{_place(row['roi'], row['band'])}, {called(measure, False)}: "
                    f"{apa.proportion(row[estimate])} {apa.interval(row[low], row[high], 2)}"
                )
        axes.axvline(0, color=MUTED, linewidth=1.2, linestyle=(0, (4, 3)), zorder=1)
        ends = frame[[estimate, low, high]].to_numpy(dtype=float)
        axes.set_xlim(*padded(min(np.nanmin(ends), 0), max(np.nanmax(ends), 0)))
        axes.set_xlabel(label)
        return finished(canvas, f"{NAME}-{slug(tested)}", f"{label} with 95% intervals: {'; '.join(told)}.")


def _place(roi: str, band: str) -> str:
    return "all" if roi == band == "all" else words.cell(roi, band)
