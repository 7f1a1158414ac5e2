"""Each dyad's value against a questionnaire score."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from interbrain import apa
from interbrain.report import words
from interbrain.report.reading import Results

from .axes import padded, slug, zero_line
from .crowd import MANY, size_of
from .drawing import Absent, Canvas, Drawing, Panel, finished
from .dyads import about_zero, zero_matters
from .look import BAND_SHADE, INK, MUTED, WIDTH, group_look, own_look, shape_key

if TYPE_CHECKING:
    from matplotlib.axes import Axes

INTERVAL = (
    "The area is its 95% interval; between the dotted lines are all lines from which one dyad is left out. "
)


@dataclass(frozen=True)
class Cell:
    """One panel's site, band and measure, with the dyads and tables of the whole figure."""

    cells: pd.DataFrame
    stated: pd.DataFrame
    lines: pd.DataFrame
    roi: str
    band: str
    measure: str

    @property
    def rows(self) -> pd.DataFrame:
        """The dyads that have a value."""
        return self._here(self.cells).dropna(subset=[self.measure])

    @property
    def tested(self) -> pd.Series | None:
        """The correlation of the table."""
        found = self._here(self.stated[self.stated["measure"] == self.measure])
        return found.iloc[0] if len(found) else None

    @property
    def line(self) -> pd.DataFrame:
        return self._here(self.lines[self.lines["measure"] == self.measure])

    def range(self, score: str, further: list) -> tuple[float, float]:
        """The lowest and highest value of the measure in all panels, so that they have one scale."""
        known = self.stated[self.stated["measure"] == self.measure].dropna(subset=["slope", "intercept"])
        x = self.cells[score].min(), self.cells[score].max()
        values = [*self.cells[self.measure].dropna(), *further]
        values += [y for end in x for y in known["intercept"] + known["slope"] * end]
        values += [*self.lines.loc[self.lines["measure"] == self.measure, ["low", "high"]].to_numpy().flat]
        return min(values), max(values)

    def _here(self, frame: pd.DataFrame) -> pd.DataFrame:
        return frame[(frame["roi"] == self.roi) & (frame["band"] == self.band)]


def scatters(
    questionnaire: str,
    label: str,
    results: Results,
) -> Drawing | Absent:
    """A questionnaire score against each measure at each site and band, with the lines of the tables.

    Parameters
    ----------
    questionnaire, label : str
        The score, and what it is called.
    results : Results
        Marks have the shape and colour of the first factor between dyads, where there is one.
    """
    dyadmeans, table, entering = results["dyadmeans"], results["correlations"], results.entering
    name, title = f"correlations-{slug(questionnaire)}", f"{label} and phase locking"
    cells = dyadmeans[(dyadmeans["roi"] != "all") & (dyadmeans["band"] != "all")]
    measures = [measure for measure in results.measures if measure in cells and cells[measure].notna().any()]
    if questionnaire not in cells:
        return Absent(name, title, f"the table of dyad means has no column {questionnaire}", "dyadmeans")
    if not measures or cells.dropna(subset=[questionnaire, measures[0]]).empty:
        return Absent(
            name, title, "no dyad has both a questionnaire score and a phase-locking value", "dyadmeans"
        )
    cells = cells.dropna(subset=[questionnaire])
    stated = table[table["questionnaire"] == questionnaire]
    lines = results["correlationlines"]
    lines = lines[lines["questionnaire"] == questionnaire]
    factor = next((one for one in results.between if one in cells), "")
    levels = _levels(cells, factor, results)
    with own_look():
        panels = [
            _panel(
                Cell(cells, stated, lines, roi, band, measure),
                questionnaire,
                label,
                (factor, levels),
                entering,
            )
            for roi in results.rois
            for band in results.bands
            for measure in measures
            if ((cells["roi"] == roi) & (cells["band"] == band)).any()
        ]
    caption = (
        f"Each mark is one dyad: {entering.value}. The line is the regression line of the "
        "correlation table, over all dyads. "
        + (INTERVAL if len(lines) else "")
        + "Holm's correction is over all sites and bands of a measure."
    )
    caption += about_zero(measures, entering)
    columns = ["dyad", "therapist", "client", *([factor] if factor else []), "roi", "band", questionnaire]
    numbers = cells[[*columns, *measures]].reset_index(drop=True)
    return Drawing(name, title, caption, tuple(panels), numbers, key=shape_key(levels) if factor else ())


def _levels(cells: pd.DataFrame, factor: str, results: Results) -> list[str]:
    """The factor's levels in the order of the config; one without a name where there is no factor."""
    if not factor:
        return [""]
    named = results.factors.get(factor, [])
    return [*named, *(level for level in dict.fromkeys(cells[factor]) if level not in named)]


def _panel(
    cell: Cell, score: str, label: str, groups: tuple[str, list[str]], entering: words.Entering
) -> Panel:
    canvas = Canvas(WIDTH, 270)
    axes = canvas.axes
    axes.grid(True)
    if zero_matters(cell.measure, entering):
        zero_line(axes)
    _line(axes, cell, score)
    _marks(canvas, cell, score, label, groups, entering)
    axes.set_xlim(*padded(cell.cells[score].min(), cell.cells[score].max()))
    axes.set_ylim(*padded(*cell.range(score, [0] if zero_matters(cell.measure, entering) else []), 0.1))
    axes.set_xlabel(label)
    axes.set_ylabel(entering.label(cell.measure))
    place = words.cell(cell.roi, cell.band)
    axes.set_title(f"{words.heading(place)}: {entering.label(cell.measure)}", pad=24)
    one = cell.tested
    numbers = "correlation not computed"
    if one is not None and not np.isnan(one["r"]):
        numbers = f"r = {apa.proportion(one['r'], 2)}, {apa.p_value(one['p_holm'], 'Holm p')}"
    axes.text(0, 1.035, numbers, transform=axes.transAxes, fontsize=10.5, color=MUTED)
    told = f"{label} against {entering.label(cell.measure, start=False)}, {place}, "
    told += f"{words.counted(len(cell.rows), 'dyad')}: {numbers}"
    if one is not None and np.isfinite(one.get("loo_low", np.nan)):
        told += f"; with any one dyad left out, r is {apa.interval(one['loo_low'], one['loo_high'])}"
    prefix = f"correlations-{slug(score)}-{slug(cell.roi)}-{slug(cell.band)}-{slug(cell.measure)}"
    return finished(canvas, prefix, f"{told}.")


def _line(axes: Axes, cell: Cell, score: str) -> None:
    """The regression line; its interval and the lines without each dyad, where the tables have them."""
    points = cell.line
    if len(points):
        axes.fill_between(
            points["x"], points["low"], points["high"], color=BAND_SHADE, alpha=0.45, linewidth=0
        )
        for end in ("loo_low", "loo_high"):
            axes.plot(points["x"], points[end], color=INK, linewidth=1, linestyle=(0, (1, 2)))
    one = cell.tested
    if one is not None and not np.isnan(one["slope"]) and not np.isnan(one["intercept"]):
        ends = np.array([cell.cells[score].min(), cell.cells[score].max()])
        axes.plot(ends, one["intercept"] + one["slope"] * ends, color=INK, linewidth=1.6)


def _marks(
    canvas: Canvas,
    cell: Cell,
    score: str,
    label: str,
    groups: tuple[str, list[str]],
    entering: words.Entering,
) -> None:
    """Every dyad, with the look of its level."""
    factor, levels = groups
    said = entering.label(cell.measure, start=False)
    for index, level in enumerate(levels):
        own = cell.rows[cell.rows[factor] == level] if factor else cell.rows
        places = own[score], own[cell.measure]
        start = f"{words.spoken(level)}, " if factor else ""
        says = [
            f"{start}{label} {apa.number(x, 1)}, {said} {apa.proportion(y)}"
            for x, y in zip(*places, strict=True)
        ]
        if len(cell.rows) > MANY:
            canvas.crowd(*places, own["dyad"], says, index, size_of(len(cell.rows)))
        else:
            for mark in zip(*places, own["dyad"], says, strict=True):
                canvas.mark(*mark, markersize=8.5, **group_look(index))
