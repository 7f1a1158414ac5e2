"""A dyad's cross-lagged correlation at each lag, with what is left of it after circular shifts."""

from __future__ import annotations

from typing import Any

import pandas as pd

from interbrain import apa
from interbrain.report import words

from .axes import padded, slug
from .drawing import Canvas, Panel, finished
from .look import BAND_SHADE, COLOURS, INK, MUTED, WIDTH, own_look

HEIGHT = 210


def signal_lags(curves: pd.DataFrame, peaks: pd.DataFrame, name: str) -> list[Panel]:
    """A panel a signal.

    Parameters
    ----------
    curves, peaks : DataFrame
        `tables.coordination.CURVE` and `PEAKS` of one dyad and time.
    name : str
        Of dyad and time, for identifiers.
    """
    with own_look():
        return [
            _panel(own, peaks[peaks["kind"] == kind].iloc[0], words.signal(str(kind)), name)
            for kind, own in curves.groupby("kind", sort=False)
        ]


def _panel(own: pd.DataFrame, peak: pd.Series, signal: str, name: str) -> Panel:
    canvas = Canvas(WIDTH, HEIGHT)
    axes = canvas.axes
    axes.yaxis.grid(True)
    axes.fill_between(own["lag_s"], own["band_low"], own["band_high"], color=BAND_SHADE, linewidth=0)
    dashed: dict[str, Any] = {"color": MUTED, "linewidth": 1.2, "linestyle": (0, (4, 3))}
    axes.plot(own["lag_s"], own["limit"], **dashed)
    axes.plot(own["lag_s"], own["value"], color=INK, linewidth=1.8)
    ends = own[["value", "band_low", "band_high", "limit"]]
    axes.set_ylim(*padded(float(ends.min().min()), float(ends.max().max())))
    axes.set_xlim(own["lag_s"].min(), own["lag_s"].max())
    said = said_of(peak)
    if not apa.is_missing(peak["peak_s"]):
        axes.axvline(peak["peak_s"], color=COLOURS[1], linewidth=1.4, gid=canvas.named(said))
    axes.set_xlabel("Lag, s (above 0: the client follows)")
    axes.set_ylabel("Mean |z|")
    axes.set_title(f"{signal}: {said}", loc="left")
    return finished(canvas, f"lag-{slug(name)}-{slug(signal)}", f"{signal}, correlation at each lag: {said}.")


def said_of(peak: pd.Series | dict) -> str:
    """The lag of a pair of signals in words, or why there is none."""
    if apa.is_missing(peak["peak_s"]):
        return str(peak["note"])
    lag = abs(peak["peak_s"])
    whose = "at once" if lag == 0 else f"the {peak['leads']} leads by {apa.number(lag)} s"
    return f"{whose}, {apa.p_value(peak['p_peak'])}"
