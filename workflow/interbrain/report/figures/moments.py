"""Mean curves around coded events, with the band that holds at all lags at once."""

from __future__ import annotations

import pandas as pd

from interbrain import apa
from interbrain.report import words
from interbrain.report.reading import Results

from .axes import padded, slug, zero_line
from .drawing import Absent, Canvas, Drawing, Panel, finished
from .look import BAND_SHADE, GRID, INK, WIDTH, own_look

NAME, TITLE = "perievent", "Around coded events"
MOST_PANELS = 12
LEVEL = 0.05  # of the band


def around_events(results: Results) -> Drawing | Absent:
    """The mean curve of each code and series over all sites and bands; None without coded events."""
    frame = results["perievent"]
    whole = _whole(frame)
    if whole["mean"].notna().sum() == 0:
        return Absent(
            NAME, TITLE, "no dyad has enough events of a code, with values around them", "perievent"
        )
    panels = []
    with own_look():
        groups = list(whole.groupby(["code", "signal", "measure", "band", "roi"], sort=False))
        for (code, *series), own in groups[:MOST_PANELS]:
            panels.append(_panel(own.sort_values("lag_s"), str(code), words.series(*series)))
    units = listed_units(whole)
    caption = (
        f"Mean over {units} of synchrony above chance minus that of the control windows around each event. "
        "The shade is the 95% band that holds at all lags at once, where there are enough dyads for one; "
        "the vertical line is the onset."
    )
    if len(groups) > MOST_PANELS:
        caption += f" Of {len(groups)} series the first {MOST_PANELS} are shown; the table has all."
    return Drawing(NAME, TITLE, caption, tuple(panels), frame, source="perievent")


def _whole(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows of each series over all sites and bands; of a study with one site and band, that one."""
    whole = frame[(frame["band"] == "all") & (frame["roi"] == "all")]
    brains = frame["signal"] == "brain"
    alone = frame[brains] if brains.any() and not (whole["signal"] == "brain").any() else frame[:0]
    return pd.concat([alone, whole])


def listed_units(whole: pd.DataFrame) -> str:
    return words.listed(f"{unit}s" for unit in dict.fromkeys(whole["unit"])) or "dyads"


def _panel(own: pd.DataFrame, code: str, series: str) -> Panel:
    canvas = Canvas(WIDTH, 250)
    axes = canvas.axes
    axes.yaxis.grid(True)
    zero_line(axes)
    axes.axvline(0, color=GRID, linewidth=1.2, zorder=0)
    low, high = own["band_low"].astype(float), own["band_high"].astype(float)
    axes.fill_between(own["lag_s"], low, high, color=BAND_SHADE, linewidth=0, zorder=1)
    axes.plot(own["lag_s"], own["mean"], color=INK, linewidth=2, zorder=3)
    ends = [0.0, *own["mean"].dropna(), *low.dropna(), *high.dropna()]
    axes.set_ylim(*padded(min(ends), max(ends)))
    axes.set_xlim(own["lag_s"].min(), own["lag_s"].max())
    axes.set_xlabel("Time after the onset of the event, s")
    axes.set_ylabel("Above surroundings")
    signal, _, measure = series.partition(": ")
    axes.set_title(f"{words.heading(code)}: {signal}\n{measure}")
    return finished(canvas, f"{NAME}-{slug(code)}-{slug(series)}", _said(own, code, series))


def _said(own: pd.DataFrame, code: str, series: str) -> str:
    """Where the curve is highest and lowest, and where its band leaves zero out."""
    mean = own["mean"].astype(float)
    top, bottom = own.loc[mean.idxmax()], own.loc[mean.idxmin()]
    lags = own.loc[own["p_family"].astype(float) <= LEVEL, "lag_s"]
    beyond = f"the band is beyond 0 from {lags.min():g} to {lags.max():g} s" if len(lags) else ""
    beyond = beyond or (
        "the band includes 0 everywhere" if own["band_low"].notna().any() else "there is no band"
    )
    return (
        f"{series} around {code}: {apa.proportion(top['mean'])} at most, {top['lag_s']:g} s after the onset, "
        f"{apa.proportion(bottom['mean'])} at least, at {bottom['lag_s']:g} s; {beyond}."
    )
