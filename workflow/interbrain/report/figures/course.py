"""The course of a dyad's synchrony over a recording: each window above its own chance level, with events."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from interbrain import apa
from interbrain.report import words

from .axes import padded, slug, zero_line
from .drawing import Canvas, Panel, finished
from .look import BAND_SHADE, COLOURS, DASHES, own_look

HEIGHT, BROAD = 190, 760
MOST_PANELS = 12


# The times and values of each line of a panel, by its name.
Lines = dict[str, tuple[pd.Series, pd.Series]]


class Event(NamedTuple):
    """A coded event, s on the recording's clock."""

    onset_s: float
    duration_s: float
    code: str


def courses(
    brains: pd.DataFrame | None,
    bodies: pd.DataFrame | None,
    events: Sequence[Event],
    name: str,
    window_s: float,
) -> list[Panel]:
    """The panels of one dyad and time: one a band, with a line a site, and one a signal and measure.

    Parameters
    ----------
    brains : DataFrame or None
        `tables.single_windows.SINGLE_WINDOWS` of the recording.
    bodies : DataFrame or None
        `tables.coordination.WINDOWS`.
    name : str
        Of dyad and time, for identifiers.
    window_s : float
        Length of a window of `brains`.
    """
    ends = [one["start_s"].max() + window_s for one in (brains, bodies) if one is not None and len(one)]
    end_s = max([*ends, *(event.onset_s + event.duration_s for event in events)], default=0.0)
    drawn: list[tuple[str, str, Lines]] = []
    if brains is not None and len(brains):
        same = brains[brains["roi_therapist"] == brains["roi_client"]]
        for band, rows in same.groupby("band", sort=False):
            lines = {
                words.spoken(roi): (one["start_s"] + window_s / 2, one["above_chance"])
                for roi, one in rows.groupby("roi_therapist", sort=False)
            }
            estimator = words.ESTIMATORS.get(rows["estimator"].iloc[0], rows["estimator"].iloc[0])
            drawn.append((f"Brains, {words.spoken(band)}", f"{estimator} above chance", lines))
    if bodies is not None and len(bodies):
        for (kind, measure), rows in bodies.groupby(["kind", "measure"], sort=False):
            centre = (rows["start_s"] + rows["stop_s"]) / 2
            title = f"{words.signal(kind)}: {words.coordination(measure)}"
            drawn.append((title, "Above chance", {"": (centre, rows["above_chance"])}))
    with own_look():
        return [_panel(*one, events, name, end_s) for one in drawn[:MOST_PANELS]]


def _panel(title: str, label: str, lines: Lines, events: Iterable[Event], name: str, end_s: float) -> Panel:
    canvas = Canvas(BROAD, HEIGHT)
    axes = canvas.axes
    axes.yaxis.grid(True)
    zero_line(axes)
    for event in events:
        begin, end = event.onset_s / 60, (event.onset_s + max(event.duration_s, 1.0)) / 60
        gid = canvas.named(f"{event.code}, {event.onset_s:g} to {event.onset_s + event.duration_s:g} s")
        axes.axvspan(begin, end, color=BAND_SHADE, linewidth=0, zorder=0, gid=gid)
    told, every = [], [0.0]
    for place, (line, (times, values)) in enumerate(lines.items()):
        order = np.argsort(times.to_numpy(float))
        x, y = _broken(times.to_numpy(float)[order] / 60, values.to_numpy(float)[order])
        look: dict[str, Any] = {
            "color": COLOURS[place % len(COLOURS)],
            "linestyle": DASHES[place % len(DASHES)],
        }
        axes.plot(x, y, linewidth=1.4, label=line, **look)
        known = y[np.isfinite(y)]
        every += [*known]
        mean = apa.number(known.mean(), 3) if len(known) else apa.NOT_AVAILABLE
        told.append(f"{line + ': ' if line else ''}{len(known)} windows, mean {mean}")
    if len(lines) > 1:
        beside_title: dict[str, Any] = {"bbox_to_anchor": (1, 1), "borderaxespad": 0}
        axes.legend(loc="lower right", ncols=len(lines), frameon=False, **beside_title)
    axes.set_ylim(*padded(min(every), max(every)))
    axes.set_xlim(0, end_s / 60)
    axes.set_xlabel("Time, min")
    axes.set_ylabel(label)
    axes.set_title(title)
    return finished(canvas, f"course-{slug(name)}-{slug(title)}", f"{title}, over time: {'; '.join(told)}.")


def _broken(times: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The line with a break wherever windows are left out."""
    steps = np.diff(times)
    gaps = np.flatnonzero(steps > 1.5 * np.median(steps)) + 1 if len(steps) else np.array([], dtype=int)
    return np.insert(times, gaps, np.nan), np.insert(values, gaps, np.nan)
