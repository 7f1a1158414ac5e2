"""Each dyad's value by the levels of a factor."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from interbrain import apa
from interbrain.findings.form import CORRECTED
from interbrain.report import words
from interbrain.report.reading import Results

from .axes import padded, slug, spread_out, wrapped, zero_line
from .clouds import FEWEST, half_violin
from .crowd import MANY, size_of, swarm
from .drawing import Absent, Canvas, Drawing, Panel, finished
from .look import INK, WIDTH, group_look, own_look

MARKS_AT, MEAN_AT = 0.16, 0.24  # of a group's marks and of its mean, to the left and right of its middle


def groups(
    dyadmeans: pd.DataFrame,
    descriptives: pd.DataFrame,
    measures: Sequence[str],
    factors: dict,
    entering: words.Entering,
) -> Drawing | Absent:
    """Every dyad's mean by the levels of each factor, the measures side by side.

    Parameters
    ----------
    measures : list of str
        The columns of `dyadmeans` to show, a panel each and factor.
    factors : dict of str to list of str
        The between factors with their levels, in the order of the config.
    entering : Entering
        How the times enter the values.
    """
    name, title = "groups", "Phase locking by group"
    cells = dyadmeans[(dyadmeans["roi"] == "all") & (dyadmeans["band"] == "all")]
    if not factors:
        return Absent(name, title, "the configuration names no factor between dyads", "dyadmeans", True)
    factors = {factor: levels for factor, levels in factors.items() if factor in cells}
    measures = [measure for measure in measures if measure in cells and cells[measure].notna().any()]
    if not factors:
        return Absent(
            name, title, "no factor between dyads is named in the configuration and the tables", "dyadmeans"
        )
    if not measures:
        return Absent(name, title, "no dyad has a mean over all sites and bands", "dyadmeans")
    with own_look():
        panels = [
            _group_panel(cells, descriptives, measure, factor, levels, entering)
            for factor, levels in factors.items()
            for measure in measures
        ]
    caption = (
        f"Each mark is one dyad, all sites and bands together: {entering.value}. Beside the marks, the bar "
        "is the group's mean and the line reaches one standard deviation up and down."
    )
    if any((cells[one].value_counts() >= FEWEST).any() for one in factors):
        caption += f" The area is the shape of {FEWEST} dyads or more of one group; all are equally broad."
    caption += about_zero(measures, entering)
    columns = ["dyad", "therapist", "client", *factors, *measures]
    return Drawing(name, title, caption, tuple(panels), cells[columns].reset_index(drop=True))


def decisive_groups(results: Results, factor: str) -> Panel | None:
    """Every dyad by the levels of a factor, on the measure that decides; None where there is none."""
    cells = results["dyadmeans"].query("roi == 'all' and band == 'all'")
    known = [one for one in results.measures if one in cells and cells[one].notna().any()]
    if factor not in cells or not known:
        return None
    measure, levels = CORRECTED if CORRECTED in known else known[-1], results.factors.get(factor, [])
    with own_look():
        return _group_panel(
            cells, results["descriptives"], measure, factor, levels, results.entering, "summary"
        )


def _group_panel(
    cells: pd.DataFrame,
    descriptives: pd.DataFrame,
    measure: str,
    factor: str,
    named: Sequence[str],
    entering: words.Entering,
    prefix: str = "groups",
) -> Panel:
    levels = [*named, *(x for x in dict.fromkeys(cells[factor]) if x not in named)]
    stated = descriptives[(descriptives["measure"] == measure) & (descriptives["factor"] == factor)]
    # One scale for all factors of a measure: the panels can be compared.
    everything = descriptives[descriptives["measure"] == measure]
    ends = [
        *cells[measure], *(everything["mean"] - everything["sd"]), *(everything["mean"] + everything["sd"]),
        *([0] if zero_matters(measure, entering) else []),
    ]  # fmt: skip
    low, high = padded(np.nanmin(ends), np.nanmax(ends), 0.07)
    canvas = Canvas(max(WIDTH, 78 * len(levels) + 80), 290)
    axes = canvas.axes
    axes.yaxis.grid(True)
    if zero_matters(measure, entering):
        zero_line(axes)
    said = []
    for index, level in enumerate(levels):
        rows = cells[(cells[factor] == level) & cells[measure].notna()]
        label = f"{words.spoken(level)}, {entering.label(measure, start=False)}"
        says = [f"{label} {apa.proportion(value)}" for value in rows[measure]]
        half_violin(axes, rows[measure].to_numpy(), index + MEAN_AT, group_look(index)["markerfacecolor"])
        if len(cells) > MANY:
            at = index - MARKS_AT + swarm(rows[measure].to_numpy(), high - low)
            canvas.crowd(at, rows[measure], rows["dyad"], says, index, size_of(len(cells)))
        else:
            at = index - MARKS_AT + spread_out(rows[measure], high - low)
            for mark in zip(at, rows[measure], rows["dyad"], says, strict=True):
                canvas.mark(*mark, markersize=9, **group_look(index))
        summary = stated[stated["level"] == level]
        mean, sd = summary.iloc[0][["mean", "sd"]] if len(summary) else (np.nan, np.nan)
        if not np.isnan(mean):
            x = index + MEAN_AT
            if not np.isnan(sd):
                axes.plot([x, x], [mean - sd, mean + sd], color=INK, linewidth=1.6)
            axes.plot([x - 0.08, x + 0.08], [mean, mean], color=INK, linewidth=2.6)
        said.append(
            f"{words.spoken(level)}, {words.counted(len(rows), 'dyad')}"
            + (f", mean {apa.proportion(mean)}" if not np.isnan(mean) else "")
            + (f", SD {apa.proportion(sd)}" if not np.isnan(sd) else "")
        )
    axes.set_xticks(
        range(len(levels)), [f"{wrapped(level)}\nn = {(cells[factor] == level).sum()}" for level in levels]
    )
    axes.set_xlim(-0.55, len(levels) - 0.45)
    axes.set_ylim(low, high)
    axes.tick_params(axis="x", length=0, pad=6)
    axes.spines["bottom"].set_visible(False)
    axes.set_ylabel(entering.label(measure))
    axes.set_title(f"{words.heading(factor)}: {entering.label(measure)}")
    alt = f"{entering.label(measure)} of every dyad by {words.spoken(factor)}: {'; '.join(said)}."
    return finished(canvas, f"{prefix}-{slug(factor)}-{slug(measure)}", alt)


def zero_matters(measure: str, entering: words.Entering) -> bool:
    return entering.change or measure.endswith(("above_chance", "z_chance", "above_pseudo"))


def about_zero(measures: Sequence[str], entering: words.Entering) -> str:
    if entering.change:
        return " The dashed line is no change."
    if any(zero_matters(measure, entering) for measure in measures):
        return " A dyad on the dashed line is at its own chance level."
    return ""
