"""The specification curve: one factor or score under all combinations of analysis choices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from interbrain import apa
from interbrain.report import words
from interbrain.statistics.notes import sentences_of

from .axes import padded, slug
from .drawing import Absent, Canvas, Drawing, Panel, finished
from .look import BAND_SHADE, COLOURS, INK, MUTED, PAPER, ROW, WIDTH, own_look

if TYPE_CHECKING:
    from matplotlib.axes import Axes

UNITS = {"d": "d (difference in standard deviations)", "r": "Correlation r", "partial_eta2": "ηp²"}
CHOICES = {
    "reference": "Reference", "length_s": "Window length", "bands": "Bands", "rois": "Sites",
    "estimator": "Estimator", "correction": "Chance", "times": "Times",
}  # fmt: skip
CORRECTIONS = {"raw": "raw", "above_chance": "minus chance", "z_chance": "z of chance"}
NONE = "none to choose"  # of a measure that has no windows, or no lags
OF_COORDINATION = {"measure": "Measure", "window_s": "Window length", "lag_s": "Largest lag"}
TICK = 0.36  # half the height of a mark in the matrix of choices, in rows


@dataclass(frozen=True)
class Asked:
    """What the curve is of: its choices with their headings, the table behind it, what the grey band is."""

    choices: Mapping[str, str]
    source: str
    band: str = "95% of the effects of this rank when the dyads are relabelled"
    of_band: str = "95% of relabelings"
    unit: str = ""


OF_BRAINS = Asked(CHOICES, "specifications")


def choice(name: str, level: Any) -> str:
    """A level of a choice as the page names it."""
    if level == NONE:
        return level
    if name in ("length_s", "window_s", "lag_s"):
        return f"{float(level):g} s"
    if name == "measure":
        return words.coordination(level)
    if name in ("bands", "rois") and level == "study":
        return "as in the study"
    if name == "estimator":
        return words.ESTIMATORS.get(level, words.spoken(level))
    return CORRECTIONS.get(level, words.spoken(level)) if name == "correction" else words.spoken(level)


def specifications(
    frame: pd.DataFrame, tested: str, label: str, asked: Asked = OF_BRAINS
) -> Drawing | Absent:
    """The specification curve of one factor or score: sorted effects above, the choices behind each below.

    Parameters
    ----------
    frame : pandas.DataFrame
        Rows of the table of specifications that concern `tested`, one a combination of choices.
    label : str
        What the page calls it.
    asked : Asked

    Notes
    -----
    After Simonsohn, Simmons & Nelson (2020), figure 2.
    """
    name, title = f"specifications-{slug(tested)}", f"{label} under other analysis choices"
    drawn = frame.dropna(subset=["effect_size", "effect_rank"]).sort_values("effect_rank", kind="stable")
    if drawn.empty:
        notes = {sentences_of(str(note))[0] for note in frame["note"] if not apa.is_missing(note)}
        why = f": {notes.pop().removeprefix('not tested: ')}" if len(notes) == 1 else "; the table says why"
        return Absent(name, title, f"no combination of choices could be tested{why}", asked.source)
    drawn = drawn.reset_index(drop=True)
    levels = {key: list(dict.fromkeys(frame[key])) for key in asked.choices}
    shown = {key: found for key, found in levels.items() if len(found) > 1}
    own, clear = drawn["own"] == 1, drawn["p"] < 0.05
    with own_look():
        panel = _curve_panel(drawn, shown, own, clear, name, label, asked)
    first = frame.iloc[0]
    compared = "" if apa.is_missing(first["comparison"]) else f" ({words.difference(first['comparison'])})"
    caption = (
        f"Each column is one way to analyse these data: above, its effect{compared} with its 95% interval; "
        f"below, the choices behind it. The grey band holds {asked.band}. "
        "Vertical lines mark the study's own analyses."
    )
    same = [
        f"{asked.choices[key].lower()} {choice(key, found[0])}"
        for key, found in levels.items()
        if key not in shown
    ]
    if same:
        caption += f" The same in all analyses: {words.listed(same)}."
    if untested := len(frame) - len(drawn):
        caption += f" {words.counted(untested, 'combination')} could not be tested: see the table."
    key = (
        ("◆", COLOURS[1], "p < .05"),
        ("○", COLOURS[0], "p ≥ .05"),
        ("★", INK, "the study's own"),
        ("▬", BAND_SHADE, asked.of_band),
    )
    columns = [
        "specification", "own", *asked.choices, "effect_size", "effect_size_low", "effect_size_high", "p",
        "p_permutation", "n_dyads", "note",
    ]  # fmt: skip
    numbers = pd.concat([drawn, frame[frame["effect_size"].isna()]])[columns].reset_index(drop=True)
    return Drawing(name, title, caption, (panel,), numbers, key, source=asked.source)


def _curve_panel(
    drawn: pd.DataFrame,
    shown: Mapping[str, list],
    own: pd.Series,
    clear: pd.Series,
    name: str,
    label: str,
    asked: Asked,
) -> Panel:
    lines = sum(map(len, shown.values())) + len(shown)
    # What a phone shows without scrolling, as long as the columns can be told apart there.
    width = WIDTH if len(drawn) <= 30 else min(900, WIDTH + 6 * (len(drawn) - 10))
    canvas = Canvas(width, 300 + ROW * lines)
    canvas.axes.remove()
    axes, matrix = canvas.figure.subplots(2, 1, sharex=True, height_ratios=[230, max(1, ROW * lines)])
    x = np.arange(1, len(drawn) + 1)
    step = (width - 130) / len(drawn)  # pixels a column: marks thin out where there are many
    axes.fill_between(x, drawn["null_low"], drawn["null_high"], color=BAND_SHADE, alpha=0.45, linewidth=0)
    axes.axhline(0, color=MUTED, linewidth=1.2, linestyle=(0, (4, 3)), zorder=1)
    for at in (axes, matrix):
        for place in x[own]:
            at.axvline(place, color=MUTED, linewidth=1, zorder=0)
    unit = asked.unit or UNITS.get(drawn["effect_unit"][0], drawn["effect_unit"][0])
    _effects(axes, drawn, x, own, clear, step)
    axes.set_ylabel(unit)
    _choices(matrix, drawn, x, shown, step, asked.choices)
    low, high = drawn["effect_size"].min(), drawn["effect_size"].max()
    mine = drawn["effect_size"][own]
    alt = (
        f"Specification curve of {label}: {words.counted(len(drawn), 'analysis', 'analyses')}, effects from "
        f"{apa.number(low)} to {apa.number(high)} ({unit}); "
        f"{int(clear.sum())} with p < .05."
        + (f" The study's own: {words.listed(apa.number(value) for value in mine)}." if len(mine) else "")
    )
    return finished(canvas, name, alt)


def _effects(
    axes: Axes, drawn: pd.DataFrame, x: np.ndarray, own: pd.Series, clear: pd.Series, step: float
) -> None:
    """Every effect with its interval, in its rank."""
    for kind, colour in ((clear, COLOURS[1]), (~clear, COLOURS[0])):
        part = drawn[kind]
        thin = float(np.clip(step / 3, 0.25, 1.1))
        _bars(axes, x[kind], part["effect_size_low"], part["effect_size_high"], colour, thin)
    roomy = step > 4
    look: dict[str, Any] = {"linestyle": "none", "markersize": 6 if roomy else 3.5, "zorder": 3}
    for kind, sign, colour, fill in (
        (~clear, "o", COLOURS[0], PAPER if roomy else COLOURS[0]),
        (clear, "D", COLOURS[1], COLOURS[1]),
    ):
        axes.plot(x[kind], drawn["effect_size"][kind], sign, color=colour, markerfacecolor=fill, **look)
    axes.plot(
        x[own], drawn["effect_size"][own], "*", color=INK, markersize=15, markeredgecolor=PAPER, zorder=4
    )
    reach = ["effect_size", "effect_size_low", "effect_size_high", "null_low", "null_high"]
    low, high = drawn[reach].min(axis=None), drawn[reach].max(axis=None)
    axes.set_ylim(*padded(min(0, low), max(0, high)))
    axes.tick_params(axis="x", length=0, labelbottom=False)
    axes.spines["bottom"].set_visible(False)
    axes.yaxis.grid(True)


def _choices(
    matrix: Axes,
    drawn: pd.DataFrame,
    x: np.ndarray,
    shown: Mapping[str, list],
    step: float,
    names: Mapping[str, str],
) -> None:
    """Below each effect, the choices behind it: a row a level, a gap between choices."""
    places, ticks, place = [], [], 0.0
    for key, found in shown.items():
        for number, level in enumerate(found):
            used = (drawn[key] == level).to_numpy()
            ends = [place - TICK] * used.sum(), [place + TICK] * used.sum()
            _bars(matrix, x[used], *ends, INK, min(2.2, 0.7 * step))
            places.append(place)
            ticks.append(f"{names[key]}: {choice(key, level)}" if number == 0 else choice(key, level))
            place += 1
        place += 0.7
    matrix.set_yticks(places, ticks)
    matrix.set_ylim(place - 1, -0.8)
    matrix.set_xlim(0.2, len(drawn) + 0.8)
    matrix.tick_params(axis="y", length=0)
    matrix.tick_params(axis="x", length=0)
    matrix.set_xticks([])
    for side in matrix.spines.values():
        side.set_visible(False)
    # Few analyses leave the matrix narrower than this line: it then begins further to the left.
    matrix.set_xlabel(
        f"{len(drawn)} analyses, sorted by their effect", loc="right" if len(drawn) < 12 else None
    )


def _bars(
    axes: Axes,
    x: np.ndarray,
    low: Sequence[float] | np.ndarray,
    high: Sequence[float] | np.ndarray,
    colour: str,
    width: float,
) -> None:
    """Vertical bars as one path, so that a thousand of them stay small on the page."""
    axes.plot(
        np.repeat(np.asarray(x, float), 3),
        np.column_stack([low, high, np.full(len(x), np.nan)]).astype(float).ravel(),
        color=colour, linewidth=width, solid_capstyle="butt", zorder=2,
    )  # fmt: skip
