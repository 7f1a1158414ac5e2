"""Each dyad's PLV against its own chance level."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from interbrain import apa
from interbrain.report import words

from .axes import label_rows, padded
from .crowd import MANY, size_of
from .drawing import Absent, Canvas, Drawing, Panel, finished
from .look import BAND_SHADE, COLOURS, MUTED, PAPER, ROW, WIDTH, own_look

NAME, TITLE = "chance", "Each dyad against its own chance level"
COLUMNS = [
    "dyad", "time", "roi", "band", "plv", "chance", "chance_sd", "above_chance", "p_chance", "n_windows",
]  # fmt: skip
CAPTION = (
    "The grey bar is the dyad's own null, its mean plus and minus 2 SD, from circular shifts of one person "
    "against the other; the tick is its mean. p is uncorrected: with no coupling, 1 in 20 would lie above by "
    "luck."
)
RANKED = (
    "Each mark is one dyad at one time; in each panel they are in the order of PLV above chance. The grey "
    "area is their own null, its mean plus and minus 2 SD, from circular shifts of one person against the "
    "other; the line is its mean. p is uncorrected: with no coupling, 1 in 20 would lie above by luck."
)
WITHIN, ABOVE = 0, 1  # which look a mark has


def chance(
    aggregated: pd.DataFrame, times: Iterable[str], bands: Iterable[str], rois: Iterable[str]
) -> Drawing | Absent:
    """Each dyad's PLV against its own null (mean plus and minus 2 SD), for each site, band and time."""
    frame = aggregated.dropna(subset=["plv"])
    if frame.empty or frame["chance"].isna().all():
        return Absent(NAME, TITLE, "no dyad has both a phase-locking value and a chance level")
    low = np.nanmin([frame["plv"].min(), (frame["chance"] - 2 * frame["chance_sd"].fillna(0)).min()])
    high = np.nanmax([frame["plv"].max(), (frame["chance"] + 2 * frame["chance_sd"].fillna(0)).max()])
    panels: list[Panel] = []
    ranked = bool(frame.groupby(["roi", "band"]).size().max() > MANY)
    order = {time: index for index, time in enumerate(times)}
    with own_look():
        for roi in rois:
            for band in bands:
                cells = frame[(frame["roi"] == roi) & (frame["band"] == band)]
                if cells.empty:
                    continue
                ranks = {dyad: index for index, dyad in enumerate(dict.fromkeys(cells["dyad"]))}
                cells = cells.assign(_dyad=cells["dyad"].map(ranks), _time=cells["time"].map(order))
                cells = cells.sort_values(["_dyad", "_time"], kind="stable").reset_index(drop=True)
                draw = _ranked_panel if ranked else _panel
                panels.append(draw(cells, words.cell(roi, band), (low, high), f"{NAME}-{len(panels)}"))
    key = (
        ("■" if ranked else "◆", COLOURS[ABOVE], "above chance, p < .05"),
        ("●" if ranked else "○", COLOURS[WITHIN], "within chance, or p not known"),
        ("▬", BAND_SHADE, "chance: mean ± 2 SD"),
    )
    return Drawing(NAME, TITLE, RANKED if ranked else CAPTION, tuple(panels), aggregated[COLUMNS], key)


def _ranked_panel(cells: pd.DataFrame, where: str, scale: tuple, prefix: str) -> Panel:
    """Many dyads side by side, from the one furthest below its chance level to the one furthest above."""
    rank = np.argsort((cells["plv"] - cells["chance"]).to_numpy(), kind="stable")  # without chance: last
    cells = cells.iloc[rank].reset_index(drop=True)
    canvas = Canvas(WIDTH, 260)
    axes = canvas.axes
    spread = 2 * cells["chance_sd"].fillna(0)
    ends = cells["chance"] - spread, cells["chance"] + spread
    axes.fill_between(cells.index, *ends, color=BAND_SHADE, linewidth=0, zorder=1)
    axes.plot(cells.index, cells["chance"], color=MUTED, linewidth=1)
    above = (cells["p_chance"] < 0.05).to_numpy()
    says = [_says(row, where) for row in cells.itertuples()]
    for look, own in ((WITHIN, np.flatnonzero(~above)), (ABOVE, np.flatnonzero(above))):
        rows = cells.iloc[own]
        told = [says[place] for place in own]
        canvas.crowd(own, rows["plv"], rows["dyad"], told, look, size_of(len(cells)))
    axes.set_xlim(*padded(0, len(cells) - 1, 0.02))
    axes.set_ylim(*padded(scale[0], scale[1], 0.05))
    axes.set_xlabel("Dyads and times, by PLV above chance")
    axes.set_ylabel("Raw PLV")
    axes.set_title(words.heading(where))
    return finished(canvas, prefix, _alt(where, int(above.sum()), len(cells)))


def _panel(cells: pd.DataFrame, where: str, scale: tuple, prefix: str) -> Panel:
    canvas = Canvas(WIDTH, 78 + ROW * len(cells))
    axes = canvas.axes
    label_rows(axes, [f"{row.dyad} {row.time}" for row in cells.itertuples()])
    beyond = 0
    for place, row in enumerate(cells.itertuples()):
        if not np.isnan(row.chance):
            spread = 0 if np.isnan(row.chance_sd) else 2 * row.chance_sd
            axes.plot(
                [row.chance - spread, row.chance + spread], [place, place], color=BAND_SHADE,
                linewidth=7, solid_capstyle="butt", zorder=1,
            )  # fmt: skip
            axes.plot([row.chance] * 2, [place - 0.3, place + 0.3], color=MUTED, linewidth=1.2)
        above = bool(row.p_chance < 0.05)
        beyond += above
        canvas.mark(
            row.plv,
            place,
            row.dyad,
            _says(row, where),
            marker="D" if above else "o",
            markersize=7 if above else 7.5,
            markerfacecolor=COLOURS[ABOVE] if above else PAPER,
            markeredgecolor=PAPER if above else COLOURS[WITHIN],
            markeredgewidth=1 if above else 1.8,
            zorder=3,
        )
    axes.set_xlim(*padded(scale[0], scale[1], 0.05))
    axes.set_xlabel("Raw PLV")
    axes.set_title(words.heading(where))
    return finished(canvas, prefix, _alt(where, beyond, len(cells)))


def _says(row: Any, where: str) -> str:
    return (
        f"{row.time}, {where}: PLV {apa.proportion(row.plv)}, chance {apa.proportion(row.chance)}, "
        f"{apa.p_value(row.p_chance)}"
    )


def _alt(where: str, beyond: int, n_values: int) -> str:
    return (
        f"{words.heading(where)}: {beyond} of {n_values} values (dyad and time) lie above their own chance "
        "level at p < .05."
    )
