"""Each dyad's PLV against every null that it was compared with: what there is without a partner."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from interbrain import apa
from interbrain.report import words

from .axes import label_rows, padded
from .crowd import MANY, size_of
from .drawing import Absent, Canvas, Drawing, Panel, finished
from .look import BAND_SHADE, COLOURS, MUTED, PAPER, ROW, WIDTH, own_look

if TYPE_CHECKING:
    from matplotlib.axes import Axes

NAME, TITLE = "chance", "Each dyad against its own chance levels"
COLUMNS = [
    "dyad", "time", "roi", "band", "plv", "chance", "chance_sd", "above_chance", "p_chance", "n_windows",
]  # fmt: skip
UNCORRECTED = (
    "A dyad counts as above chance by its circular shifts; p is uncorrected: with no coupling, 1 in 20 would "
    "be above it by chance."
)
CAPTION = "For each null, the tick is the mean and the bar the mean plus and minus 2 SD. "
RANKED = (
    "Each mark is one dyad at one time; in each panel they are in the order of PLV above chance. Of each "
    "null, the line is the mean and the area or the thin lines are the mean plus and minus 2 SD. "
)
WITHIN, ABOVE = 0, 1  # which look a mark has


@dataclass(frozen=True)
class Null:
    """What a dyad was compared with, and how that is drawn.

    Attributes
    ----------
    name, column : str
        In the key, and of the aggregated table: there where the study asked for it.
    about : str
        A clause of the caption.
    colour, sign : str
    place : float
        Of its bar, in rows from the dyad's own.
    """

    name: str
    column: str
    about: str
    colour: str
    sign: str
    place: float

    def level(self, frame: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
        """Its mean as a raw PLV, and its SD. Pseudo-dyads are compared above the chance level of each."""
        mean = frame[self.column]
        return (frame["chance"] + mean if self.column == "pseudo" else mean), frame[f"{self.column}_sd"]


NULLS = (
    Null(
        "circular shifts", "chance", "one person's signal shifted in time against the other's",
        BAND_SHADE, "▬", 0,
    ),
    Null(
        "pseudo-dyads", "pseudo", "the therapist with clients and the client with therapists whom they never "
        "met, each above its own chance level", COLOURS[2], "━", 0.3,
    ),
    Null(
        "phase randomisation", "random", "the client's rhythm made anew from its spectrum", COLOURS[3], "━",
        -0.3,
    ),
)  # fmt: skip


def nulls_of(frame: pd.DataFrame) -> list[Null]:
    """Those that the study has values of."""
    return [
        null
        for null in NULLS
        if {null.column, f"{null.column}_sd"} <= set(frame) and frame[null.column].notna().any()
    ]


def chance(
    aggregated: pd.DataFrame, times: Iterable[str], bands: Iterable[str], rois: Iterable[str]
) -> Drawing | Absent:
    """Each dyad's PLV and its nulls (mean plus and minus 2 SD), for each site, band and time."""
    frame = aggregated.dropna(subset=["plv"])
    if frame.empty or frame["chance"].isna().all():
        return Absent(NAME, TITLE, "no dyad has both a phase-locking value and a chance level", "aggregated")
    nulls = nulls_of(frame)
    levels = [null.level(frame) for null in nulls]
    drawn = [frame["plv"], *(mean + sign * sd.fillna(0) for mean, sd in levels for sign in (-2, 2))]
    scale = float(np.nanmin(drawn)), float(np.nanmax(drawn))
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
                panels.append(draw(cells, nulls, words.cell(roi, band), scale, f"{NAME}-{len(panels)}"))
    key = (
        ("■" if ranked else "◆", COLOURS[ABOVE], "above chance, p < .05"),
        ("●" if ranked else "○", COLOURS[WITHIN], "within chance, or p not known"),
        *((null.sign, null.colour, f"{null.name}: mean ± 2 SD") for null in nulls),
    )
    about = "; ".join(f"{null.name}: {null.about}" for null in nulls)
    caption = f"{RANKED if ranked else CAPTION}{about[0].upper()}{about[1:]}. {UNCORRECTED}"
    further = [f"{null.column}{end}" for null in nulls[1:] for end in ("", "_sd")]
    further += [name for name in ("p_pseudo", "p_random") if name[2:] in {null.column for null in nulls}]
    return Drawing(NAME, TITLE, caption, tuple(panels), aggregated[[*COLUMNS, *further]], key)


def _ranked_panel(cells: pd.DataFrame, nulls: Sequence[Null], where: str, scale: tuple, prefix: str) -> Panel:
    """Many dyads side by side, from the one furthest below its chance level to the one furthest above."""
    rank = np.argsort((cells["plv"] - cells["chance"]).to_numpy(), kind="stable")  # without chance: last
    cells = cells.iloc[rank].reset_index(drop=True)
    canvas = Canvas(WIDTH, 260)
    axes = canvas.axes
    for null in nulls:
        mean, sd = null.level(cells)
        ends = mean - 2 * sd.fillna(0), mean + 2 * sd.fillna(0)
        if null is NULLS[0]:
            axes.fill_between(cells.index, *ends, color=null.colour, linewidth=0, zorder=1)
            axes.plot(cells.index, mean, color=MUTED, linewidth=1)
        else:
            axes.plot(cells.index, mean, color=null.colour, linewidth=1.2)
            for end in ends:
                axes.plot(cells.index, end, color=null.colour, linewidth=0.6)
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


def _panel(cells: pd.DataFrame, nulls: Sequence[Null], where: str, scale: tuple, prefix: str) -> Panel:
    canvas = Canvas(WIDTH, 78 + ROW * len(cells))
    axes = canvas.axes
    label_rows(axes, [f"{row.dyad} {row.time}" for row in cells.itertuples()])
    levels = [tuple(one.to_numpy() for one in null.level(cells)) for null in nulls]
    beyond = 0
    for place, row in enumerate(cells.itertuples()):
        for null, (means, sds) in zip(nulls, levels, strict=True):
            if not np.isnan(mean := means[place]):
                spread = 0 if np.isnan(sds[place]) else 2 * sds[place]
                _bar(axes, null, mean, spread, place)
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


def _bar(axes: Axes, null: Null, mean: float, spread: float, row: float) -> None:
    """One null of one row: thick and grey in the middle, or thin above or below it."""
    at, half = row + null.place, 0.3 if not null.place else 0.14
    axes.plot(
        [mean - spread, mean + spread], [at, at], color=null.colour,
        linewidth=2 if null.place else 7, solid_capstyle="butt", zorder=1,
    )  # fmt: skip
    axes.plot([mean] * 2, [at - half, at + half], color=null.colour if null.place else MUTED, linewidth=1.2)


def _says(row: Any, where: str) -> str:
    return (
        f"{row.time}, {where}: PLV {apa.proportion(row.plv)}, chance {apa.proportion(row.chance)}, "
        f"{apa.p_value(row.p_chance)}{_strangers(row)}"
    )


def _strangers(row: Any) -> str:
    pseudo = getattr(row, "pseudo", np.nan)
    if apa.is_missing(pseudo):
        return ""
    return f"; pseudo-dyads {apa.proportion(row.chance + pseudo)}, {apa.p_value(row.p_pseudo)}"


def _alt(where: str, beyond: int, n_values: int) -> str:
    return (
        f"{words.heading(where)}: {beyond} of {n_values} values (dyad and time) lie above their own chance "
        "level at p < .05."
    )
