"""Synchrony with the client delayed by every lag."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from interbrain import apa
from interbrain.report import words
from interbrain.report.reading import Results

from .axes import padded, slug
from .drawing import Absent, Canvas, Drawing, finished
from .look import BAND_SHADE, COLOURS, DASHES, GRID, INK, MUTED, WIDTH, own_look

if TYPE_CHECKING:
    from .drawing import Panel


def lag_curves(results: Results) -> Drawing | Absent:
    """The mean curve over lags of all dyads with its interval, and of the first factor's groups."""
    name, title = "lags", "Synchrony with the client delayed by every lag"
    frame = results["lagcurves"]
    shown = frame[frame["roi"] == "all"]
    if shown.empty:
        return Absent(name, title, "no dyad has enough windows whose neighbours are kept too", "lagcurves")
    factor = results.between[0] if results.between else ""
    levels = [
        x for x in results.factors.get(factor, []) if x in set(shown[shown["factor"] == factor]["level"])
    ]
    panels = []
    with own_look():
        for estimator in words.CURVES:
            for band in results.bands:
                own = shown[(shown["estimator"] == estimator) & (shown["band"] == band)]
                if len(own):
                    panels.append(_lag_panel(own, estimator, band, factor, levels, results))
    caption = (
        "Mean over sites, dyads and times; the shade is the 95% interval of all dyads. A lag is the "
        "client’s delay: at lags above 0, the client’s signal is compared with what the therapist’s was "
        "earlier. "
        f"Vertical lines bound the far lags ({results.far_lags}), whose mean is the dashed line."
    )
    key = (
        ("▬", INK, "all dyads"),
        *(
            ("▬", COLOURS[i % len(COLOURS)], f"{words.spoken(factor)}: {words.spoken(level)}")
            for i, level in enumerate(levels)
        ),
    )
    return Drawing(name, title, caption, tuple(panels), frame, key, source="lagcurves")


def _lag_panel(
    own: pd.DataFrame, estimator: str, band: str, factor: str, levels: Sequence[str], results: Results
) -> Panel:
    canvas = Canvas(WIDTH, 230)
    axes = canvas.axes
    axes.yaxis.grid(True)
    every = own[own["factor"] == "all"].sort_values("lag_s")
    low, high = every["ci_low"].fillna(every["mean"]), every["ci_high"].fillna(every["mean"])
    axes.fill_between(every["lag_s"], low, high, color=BAND_SHADE, linewidth=0, zorder=1)
    ends = [*low, *high]
    for index, level in enumerate(levels):
        rows = own[(own["factor"] == factor) & (own["level"] == level)].sort_values("lag_s")
        look: dict[str, Any] = {"color": COLOURS[index % len(COLOURS)], "linewidth": 1.3}
        axes.plot(rows["lag_s"], rows["mean"], linestyle=DASHES[(index + 1) % 4], **look, zorder=2)
        ends += [*rows["mean"]]
    axes.plot(every["lag_s"], every["mean"], color=INK, linewidth=2, zorder=3)
    far = results.stated("lags", "far_from_s")
    level = every.loc[every["lag_s"].abs() >= far - 1e-9, "mean"].mean()
    if not np.isnan(level):
        axes.axhline(level, color=MUTED, linewidth=1.2, linestyle=(0, (4, 3)), zorder=1)
    for side in (-far, far):
        axes.axvline(side, color=GRID, linewidth=1.2, zorder=0)
    axes.set_xlim(every["lag_s"].min(), every["lag_s"].max())
    axes.set_ylim(*padded(np.nanmin(ends), np.nanmax(ends)))
    axes.set_xlabel("Lag, s (above 0: the client follows)")
    axes.set_ylabel(words.CURVES[estimator] if estimator == "plv" else "AEC")
    axes.set_title(f"{words.CURVES[estimator]}, {words.spoken(band)}")
    at_zero = every.loc[every["lag_s"] == 0, "mean"].mean()
    alt = (
        f"{words.CURVES[estimator]} in {words.spoken(band)} over lags, "
        f"{words.counted(int(every['n'].max()), 'dyad')}: {apa.proportion(at_zero)} at zero lag, "
        f"{apa.proportion(level)} on average at lags of {results.far_lags}."
    )
    return finished(canvas, f"lags-{slug(estimator)}-{slug(band)}", alt)
