"""Each dyad over the times or conditions: a line a dyad, at each site and band."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from interbrain import apa
from interbrain.findings.form import CORRECTED
from interbrain.report import words
from interbrain.report.reading import Results

from .axes import padded, slug, wrapped, zero_line
from .crowd import MANY
from .drawing import Absent, Canvas, Drawing, Panel, finished
from .look import WIDTH, group_look, own_look, shape_key

if TYPE_CHECKING:
    from matplotlib.axes import Axes

NAME, TITLE = "times", "Each dyad over the times"
GAP = ""  # in place of a time
MOST_NAMED = 200  # dyads, up to which each line names its dyad when it is pointed at


def over_times(results: Results) -> Drawing | Absent | None:
    """The measure that decides of each dyad at each time, a panel a site and band; None with one time."""
    if len(results.times) < 2:
        return None
    frame = results["aggregated"]
    if CORRECTED not in frame or frame[CORRECTED].isna().all():
        return Absent(NAME, TITLE, "no dyad has PLV above chance", "aggregated")
    factor = next((one for one in results.between if one in frame), "")
    named = results.factors.get(factor, [])
    levels = [*named, *(one for one in dict.fromkeys(frame[factor]) if one not in named)] if factor else [""]
    columns = _joined(results)
    scale = padded(min(0, frame[CORRECTED].min()), max(0, frame[CORRECTED].max()))
    places = [(roi, band) for roi in results.rois for band in results.bands]
    with own_look():
        panels = tuple(
            _panel(cell, roi, band, columns, (factor, levels), scale)
            for roi, band in places
            if len(cell := frame[(frame["roi"] == roi) & (frame["band"] == band)])
        )
    n = len(results.dyads)
    caption = "Each line is one dyad. The dashed line is the chance level of each."
    if GAP in columns:
        caption = caption.replace("one dyad.", "one dyad and joins the times of one task.")
    if n > MOST_NAMED:
        caption += f" Of more than {MOST_NAMED} dyads, lines have no names."
    of_table = ["dyad", *([factor] if factor else []), "time", "roi", "band", CORRECTED]
    key = shape_key(levels) if factor else ()
    return Drawing(NAME, TITLE, caption, panels, frame[of_table].reset_index(drop=True), key=key)


def _joined(results: Results) -> list[str]:
    """The times, with a gap, which no line crosses, wherever the task changes if each has several times."""
    times, task_of = results.times, results.tasks
    if len(set(results.phases.values())) < 2:
        return times
    joined = times[:1]
    for before, time in pairwise(times):
        joined += [time] if task_of.get(before) == task_of.get(time) else [GAP, time]
    return joined


def _panel(
    cell: pd.DataFrame, roi: str, band: str, times: list[str], groups: tuple[str, list[str]], scale: tuple
) -> Panel:
    factor, levels = groups
    shown_at = [index for index, time in enumerate(times) if time != GAP]
    canvas = Canvas(max(WIDTH, 70 * len(shown_at) + 90), 270)
    axes = canvas.axes
    axes.yaxis.grid(True)
    zero_line(axes)
    wide = cell.pivot(index="dyad", columns="time", values=CORRECTED).reindex(columns=times)
    level_of = cell.drop_duplicates("dyad").set_index("dyad")[factor] if factor else None
    told = []
    for index, level in enumerate(levels):
        own = wide if level_of is None else wide[level_of.reindex(wide.index) == level]
        look = group_look(index) | {
            "color": group_look(index)["markerfacecolor"],
            "linewidth": 1.1,
            "alpha": 0.75,
        }
        name = words.spoken(level) if factor else ""
        bare = look | {"marker": "none"}
        if len(wide) > MOST_NAMED:
            _together(axes, own, look)
        else:
            for says, dyad, values in _lines(own, times, name):
                # Of many dyads only a value that has no line to it needs a mark.
                shown = look if len(wide) <= MANY or _alone(values).any() else bare
                gid = canvas.named(f"{dyad}: {says}", dyad)
                axes.plot(range(len(times)), values, gid=gid, markersize=5, clip_on=False, **shown)
        told.append(f"{name}, {words.counted(len(own), 'dyad')}" if name else words.counted(len(own), "dyad"))
    axes.set_xticks(shown_at, [wrapped(times[index]) for index in shown_at])
    axes.set_xlim(-0.3, len(times) - 0.7)
    axes.set_ylim(*scale)
    axes.tick_params(axis="x", length=0, pad=6)
    axes.spines["bottom"].set_visible(False)
    axes.set_ylabel(words.measure(CORRECTED))
    axes.set_title(words.heading(words.cell(roi, band)))
    at = words.listed(words.spoken(times[index]) for index in shown_at)
    alt = f"PLV above chance at {at}, {words.cell(roi, band)}"
    return finished(canvas, f"{NAME}-{slug(roi)}-{slug(band)}", f"{alt}, a line a dyad: {'; '.join(told)}.")


def _together(axes: Axes, own: pd.DataFrame, look: dict) -> None:
    """All dyads of a level as one line that is broken between them, and marks where no line is."""
    values = own.to_numpy(dtype=float)
    x = np.tile([*range(values.shape[1]), np.nan], len(values))
    y = np.column_stack([values, np.full(len(values), np.nan)]).ravel()
    axes.plot(x, y, **look | {"marker": "none", "linewidth": 0.6, "alpha": 0.4})
    rows, columns = np.nonzero([_alone(one) for one in values])
    if len(rows):
        axes.plot(columns, values[rows, columns], markersize=3, **look | {"linestyle": "none"})


def _alone(values: np.ndarray) -> np.ndarray:
    """Which values of a dyad have none at the time before or after."""
    known = np.isfinite(values)
    beside = np.pad(known, 1)
    return known & ~beside[:-2] & ~beside[2:]


def _lines(own: pd.DataFrame, times: list[str], level: str) -> Iterator[tuple[str, str, np.ndarray]]:
    """What each dyad's line says, the dyad, and its values."""
    for dyad, values in zip(own.index, own.to_numpy(dtype=float), strict=True):
        at = [
            f"{words.spoken(time)} {apa.proportion(value)}"
            for time, value in zip(times, values, strict=True)
            if time != GAP
        ]
        yield f"{level + ', ' if level else ''}{', '.join(at)}", str(dyad), values
