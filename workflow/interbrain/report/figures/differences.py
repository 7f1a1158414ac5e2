"""Differences between the levels of factors, with the smallest differences that would matter."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from interbrain import apa
from interbrain.report import words

from .axes import label_rows, padded, slug
from .drawing import Absent, Canvas, Drawing, Panel, finished
from .look import BAND_SHADE, COLOURS, MARKERS, MUTED, PAPER, WIDTH, own_look

NAME, TITLE = "differences", "Differences between groups, and the smallest that would matter"
LINE = 15  # pixels of a line of a label
# Shape and colour of a verdict; any other is as good as "cannot tell".
LOOKS = {"different": 1, "equivalent": 2, "different but negligible": 3}


def differences(
    equivalence: pd.DataFrame, measures: Sequence[str], label: Callable[[str], str] = words.measure
) -> Drawing | Absent | None:
    """d of every pair of levels with its 90% interval between the bounds of equivalence, a panel a measure.

    None where the study has no factor.

    Parameters
    ----------
    equivalence : pandas.DataFrame
        The table of equivalence tests.
    measures : sequence of str
    label : callable
        Gives what a measure is called.
    """
    frame = equivalence[[not apa.is_missing(one) for one in equivalence["factor"]]]
    if frame.empty:
        return None
    known = frame.dropna(subset=["d"])
    if known.empty:
        notes = [one for one in frame["note"] if not apa.is_missing(one)]
        reason = notes[0].rstrip(".") if notes else "no pair of levels could be compared"
        return Absent(NAME, TITLE, f"{reason[:1].lower()}{reason[1:]}", "equivalence")
    ends = [*known["d_low"], *known["d_high"], *known["d"], *known["bound_d"], *-known["bound_d"], 0]
    scale = padded(np.nanmin(ends), np.nanmax(ends), 0.05)
    with own_look():
        panels = tuple(
            _panel(known[known["measure"] == measure], measure, label(measure), scale)
            for measure in measures
            if (known["measure"] == measure).any()
        )
    bounds = dict.fromkeys(f"d = ±{bound:g}" for bound in known["bound_d"].dropna())
    caption = (
        "d is the first level minus the second, in standard deviations, with its 90% interval"
        + (
            f"; differences within the grey area are too small to matter ({words.listed(bounds)})"
            if bounds
            else ""
        )
        + ". Levels are equivalent if the whole interval is within that area; the words beside them "
        "refer to this comparison alone (by p, Holm-corrected where a factor has several pairs of levels). "
        "The verdict on each factor is in section 1."
    )
    columns = ["measure", "factor", "level_a", "level_b", "d", "d_low", "d_high", "bound_d", "verdict"]
    verdicts = dict.fromkeys(known["verdict"].map(_verdict))
    key = tuple((_look(verdict)[2], _look(verdict)[1], verdict) for verdict in verdicts)
    return Drawing(NAME, TITLE, caption, panels, frame[columns].reset_index(drop=True), key=key)


def _verdict(name: str) -> str:
    return "cannot tell" if apa.is_missing(name) else str(name)


def _look(verdict: str) -> tuple[str, str, str]:
    """Marker, colour and sign of a verdict."""
    index = LOOKS.get(verdict, 0)
    return MARKERS[index], COLOURS[index], ("●", "■", "▲", "◆")[index]


def _panel(rows: pd.DataFrame, measure: str, called: str, scale: tuple[float, float]) -> Panel:
    several = rows["factor"].nunique() > 1
    canvas = Canvas(WIDTH, 78 + LINE * (4 if several else 3) * len(rows))
    axes = canvas.axes
    labels, told = [], []
    for y, row in enumerate(rows.to_dict("records")):
        pair = f"{words.spoken(row['level_a'])} − {words.spoken(row['level_b'])}"
        factor = f"{words.heading(row['factor'])}: " if several else ""
        verdict = _verdict(row["verdict"])
        labels.append("\n".join([*([factor.strip()] if several else []), _short(pair), verdict]))
        bound = row["bound_d"]
        if np.isfinite(bound):
            axes.fill_betweenx([y - 0.45, y + 0.45], -bound, bound, color=BAND_SHADE, alpha=0.5, linewidth=0)
        marker, colour, _ = _look(verdict)
        axes.plot([row["d_low"], row["d_high"]], [y, y], color=colour, linewidth=2)
        told.append(f"{factor}{pair}: {_size(row)}, {verdict}")
        axes.plot(
            [row["d"]], [y], marker=marker, markersize=9, color=colour, markeredgecolor=PAPER,
            gid=canvas.named(told[-1]),
        )  # fmt: skip
    label_rows(axes, labels)
    axes.axvline(0, color=MUTED, linewidth=1.2, linestyle=(0, (4, 3)), zorder=1)
    axes.set_xlim(*scale)
    axes.set_xlabel("d with 90% interval")
    axes.set_title(called)
    alt = f"{called}: {'; '.join(told)}."
    return finished(canvas, f"{NAME}-{slug(measure)}", alt)


def _size(row: dict) -> str:
    return f"d = {apa.number(row['d'])} {apa.interval(row['d_low'], row['d_high'], leading_zero=True)}"


def _short(text: str, most: int = 26) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
