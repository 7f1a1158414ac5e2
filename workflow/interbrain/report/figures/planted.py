"""What the simulator planted against what was found."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from interbrain import apa
from interbrain.report import words

from .axes import padded
from .crowd import MANY, size_of
from .drawing import Absent, Canvas, Drawing, Panel, finished
from .look import MUTED, WIDTH, group_look, own_look, shape_key

NAME, TITLE = "planted", "Planted against found"
COLUMNS = ["dyad", "time", "roi", "band", "source_plv", "expected_plv", "plv", "chance", "above_chance"]
CAPTION = (
    "Each mark is one dyad, time and site. The dashed line is where found equals planted. Raw PLV has a "
    "floor (chance), so weak coupling is above the line; PLV above chance has no such floor and is somewhat "
    "below the line."
)


def planted(aggregated: pd.DataFrame, truth: pd.DataFrame, bands: Iterable[str]) -> Drawing | Absent:
    """What the simulator planted (expected PLV at the sensors) against what was found."""
    frame = aggregated.merge(
        truth[["dyad", "time", "band", "source_plv", "expected_plv"]],
        on=["dyad", "time", "band"],
        how="inner",
    )
    frame = frame.dropna(subset=["expected_plv"])
    if frame.empty or frame["plv"].isna().all():
        return Absent(NAME, TITLE, "no dyad has both a planted and a found value", "truth")
    rois = list(dict.fromkeys(frame["roi"]))
    panels: list[Panel] = []
    with own_look():
        for measure in ("plv", "above_chance"):
            for band in bands:
                rows = frame[(frame["band"] == band) & frame[measure].notna()]
                if len(rows):
                    panels.append(_panel(frame, rows, measure, band, rois, f"{NAME}-{len(panels)}"))
    return Drawing(NAME, TITLE, CAPTION, tuple(panels), frame[COLUMNS], key=shape_key(rois))


def _panel(
    frame: pd.DataFrame, rows: pd.DataFrame, measure: str, band: str, rois: list, prefix: str
) -> Panel:
    """One band of one measure, `rows`, on the scale of all bands, `frame`."""
    x_range = padded(min(0, frame["expected_plv"].min()), frame["expected_plv"].max())
    y_range = padded(min(0, frame[measure].min()), frame[measure].max())
    canvas = Canvas(WIDTH, 280)
    axes = canvas.axes
    axes.grid(True)
    both = [max(x_range[0], y_range[0]), min(x_range[1], y_range[1])]
    axes.plot(both, both, color=MUTED, linewidth=1.2, linestyle=(0, (4, 3)))
    axes.annotate(
        "planted = found", (np.mean(both), np.mean(both)), xytext=(7, -3), textcoords="offset points",
        ha="left", va="top", fontsize=10, color=MUTED,
    )  # fmt: skip
    for index, roi in enumerate(rois):
        own = rows[rows["roi"] == roi]
        says = [
            f"{row.time}, {words.cell(roi, band)}: planted {apa.proportion(row.expected_plv)}, found "
            f"{apa.proportion(getattr(row, measure))}"
            for row in own.itertuples()
        ]
        places = own["expected_plv"], own[measure], own["dyad"], says
        if len(rows) > MANY:
            canvas.crowd(*places, index, size_of(len(rows)))
        else:
            for mark in zip(*places, strict=True):
                canvas.mark(*mark, markersize=8, **group_look(index))
    axes.set_xlim(*x_range)
    axes.set_ylim(*y_range)
    axes.set_xlabel("Planted: expected PLV at the sensors")
    axes.set_ylabel(f"Found: {words.measure(measure, start=False)}")
    axes.set_title(f"{words.heading(band)}: {words.measure(measure)}")
    alt = (
        f"{words.heading(band)}: planted PLV from {apa.proportion(rows['expected_plv'].min())} to "
        f"{apa.proportion(rows['expected_plv'].max())}; found {words.measure(measure, start=False)} from "
        f"{apa.proportion(rows[measure].min())} to {apa.proportion(rows[measure].max())}."
    )
    return finished(canvas, prefix, alt)
