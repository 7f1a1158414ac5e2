"""What each recording is like, with the limits of the run drawn in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np
import pandas as pd

from interbrain import apa
from interbrain.report import words

from .axes import label_rows, padded, side_by_side
from .crowd import MANY, size_of, swarm
from .drawing import Absent, Canvas, Drawing, Panel, finished
from .look import BAND_SHADE, INK, WIDTH, group_look, own_look, shape_key

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.ticker import MaxNLocator

NAME, TITLE = "quality", "Quality of each recording"
CROWDED = "large marks are recordings to look at, the bars are medians"
DOUBTFUL_SIZE = 7.0
DOUBLE_ROW = 20  # height of a labelled row with a mark for each role


@dataclass(frozen=True)
class _Measured:
    """One column of the quality table as a panel; `limit` names the limit that bounds it, if any does."""

    column: str
    heading: str
    unit: str
    limit: str = ""
    limit_name: str = ""
    bound: str = ""


MEASURED = (
    _Measured("windows_kept", "Clean windows kept", "windows", "windows", "fewest allowed", "at least"),
    _Measured("n_bad", "Bad channels", "channels"),
    _Measured("n_removed", "Components removed", "components"),
    _Measured("muscle_s", "Muscle bursts", "s"),
    _Measured("line_noise_db", "Line noise", "dB above its surroundings"),
    _Measured("sync_residual_ms", "Clock residual", "ms", "residual", "limit", "at most"),
)
COUNTS = ("windows_kept", "n_bad", "n_removed")
COLUMNS = [
    "dyad", "participant", "role", "time", "windows_kept", "windows_total", "n_bad", "n_removed",
    "muscle_s", "line_noise_db", "sync_residual_ms",
]  # fmt: skip


def quality(frame: pd.DataFrame, limits: dict) -> Drawing | Absent:
    """What each recording is like: windows, channels, components, muscles, mains, clock; limits drawn.

    Parameters
    ----------
    frame : pandas.DataFrame
        The quality table, a row a recording.
    limits : dict
        ``windows``: fewest windows allowed; ``residual``: largest clock residual in ms. None where there is
        no such limit.
    """
    if frame.empty:
        return Absent(NAME, TITLE, "the quality table has no recording in it", "quality")
    roles = list(dict.fromkeys(frame["role"]))
    rows = frame[["dyad", "time"]].drop_duplicates().reset_index(drop=True)
    nothing = [one.heading.lower() for one in MEASURED if frame[one.column].isna().all()]
    with own_look():
        panels = [
            _crowded_panel(frame, roles, one, limits.get(one.limit))
            if len(rows) > MANY
            else _panel(frame, rows, roles, one, limits.get(one.limit))
            for one in MEASURED
            if frame[one.column].notna().any()
        ]
    if not panels:
        return Absent(NAME, TITLE, f"the quality table gives no {words.listed(nothing)}", "quality")
    what = "a row is one dyad at one time" if len(rows) <= MANY else CROWDED
    caption = f"Each mark is one recording; {what}. Dashed lines are the limits of this run."
    if frame["windows_kept"].notna().any() and len(rows) <= MANY:
        caption += " In the first panel, the grey line reaches from the windows kept to all windows recorded."
    if nothing:
        caption += f" Not drawn, because no value was recorded: {words.listed(nothing)}."
    return Drawing(NAME, TITLE, caption, tuple(panels), frame[COLUMNS], key=shape_key(roles))


def _crowded_panel(frame: pd.DataFrame, roles: list, one: _Measured, limit: float | None) -> Panel:
    """Many recordings: those of each role side by side, like values beside one another."""
    canvas = Canvas(WIDTH, 240)
    axes = canvas.axes
    axes.yaxis.grid(True)
    values = frame[one.column]
    ends = [*values.dropna(), *([limit] if limit is not None else []), 0]
    low, high = padded(min(ends), max(ends))
    usual = size_of(len(frame))
    for index, role in enumerate(roles):
        rows = frame[(frame["role"] == role) & values.notna()]
        says = np.array([
            f"{row.role} {row.participant}, {row.time}: {apa.number(getattr(row, one.column), 1)} {one.unit}"
            for row in rows.itertuples()
        ])  # fmt: skip
        at = index - 0.06 + swarm(rows[one.column].to_numpy(), high - low)
        doubtful = (rows["verdict"] != "good").to_numpy()
        for own, size in ((~doubtful, usual), (doubtful, max(usual, DOUBTFUL_SIZE))):
            these = rows[own]
            canvas.crowd(at[own], these[one.column], these["dyad"], says[own], index, size)
        if len(rows):
            axes.plot([index + 0.3, index + 0.42], [rows[one.column].median()] * 2, color=INK, linewidth=2.6)
    if limit is not None:
        axes.axhline(limit, color=INK, linewidth=1.2, linestyle=(0, (4, 3)))
        axes.annotate(
            f"{one.limit_name} {limit:g}", (1, limit), xycoords=("axes fraction", "data"), xytext=(0, 3),
            textcoords="offset points", ha="right", fontsize=10, color=INK,
        )  # fmt: skip
    counts = [int((values.notna() & (frame["role"] == role)).sum()) for role in roles]
    axes.set_xticks(range(len(roles)), [f"{role}\nn = {n:,}" for role, n in zip(roles, counts, strict=True)])
    axes.tick_params(axis="x", length=0, pad=6)
    axes.set_xlim(-0.55, len(roles) - 0.45)
    axes.set_ylim(low, high)
    if one.column in COUNTS:
        cast("MaxNLocator", axes.yaxis.get_major_locator()).set_params(integer=True)
    axes.set_ylabel(one.unit)
    axes.set_title(one.heading)
    return finished(canvas, f"{NAME}-{one.column}", _alt(values.dropna(), one, limit))


def _panel(
    frame: pd.DataFrame, rows: pd.DataFrame, roles: list, one: _Measured, limit: float | None
) -> Panel:
    canvas = Canvas(WIDTH, 84 + DOUBLE_ROW * len(rows))
    axes = canvas.axes
    label_rows(axes, [f"{dyad} {time}" for dyad, time in rows.itertuples(index=False)])
    shifts = side_by_side(len(roles), 0.21)
    places = {key: place for place, key in enumerate(rows.itertuples(index=False, name=None))}
    for row in frame.itertuples():
        place = places[row.dyad, row.time]
        value = getattr(row, one.column)
        if np.isnan(value):
            continue
        index = roles.index(row.role)
        y = place + shifts[index]
        if one.column == "windows_kept" and not np.isnan(row.windows_total):
            axes.plot([value, row.windows_total], [y, y], color=BAND_SHADE, linewidth=1.4, zorder=1)
        says = f"{row.role} {row.participant}, {row.time}: {apa.number(value, 1)} {one.unit}"
        canvas.mark(value, y, row.dyad, says, markersize=7, **group_look(index))
    if limit is not None:
        _draw_limit(axes, one, limit)
    top = np.nanmax([frame[one.column].max(), limit or 0, 0])
    low = min(0, frame[one.column].min())
    if one.column == "windows_kept":
        top = np.nanmax([top, frame["windows_total"].max()])
    axes.set_xlim(low - 0.02 * (top - low), low + (top - low or 1) * 1.06)
    if one.column in COUNTS:
        cast("MaxNLocator", axes.xaxis.get_major_locator()).set_params(integer=True)
    axes.set_xlabel(one.unit)
    axes.set_title(one.heading, pad=20 if limit is not None else 9)
    return finished(canvas, f"{NAME}-{one.column}", _alt(frame[one.column].dropna(), one, limit))


def _alt(values: pd.Series, one: _Measured, limit: float | None) -> str:
    return (
        f"{one.heading} of {words.counted(len(values), 'recording')}: from {apa.number(values.min(), 1)} "
        f"to {apa.number(values.max(), 1)} {one.unit}"
        + (f"; the limit is {one.bound} {limit:g}." if limit is not None else ".")
    )


def _draw_limit(axes: Axes, one: _Measured, limit: float) -> None:
    axes.axvline(limit, color=INK, linewidth=1.2, linestyle=(0, (4, 3)))
    axes.annotate(
        f"{one.limit_name} {limit:g}",
        (limit, 1),
        xycoords=("data", "axes fraction"),
        xytext=(4 if one.bound == "at least" else -4, 3),
        textcoords="offset points",
        ha="left" if one.bound == "at least" else "right",
        fontsize=10,
        color=INK,
    )
