"""Each site of the therapist with each site of the client, a map a band, with the test of every pair."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from interbrain import apa
from interbrain.report import words

from .axes import slug, wrapped
from .channels import ALPHA, colour_bar, colours
from .drawing import Absent, Canvas, Drawing, Panel, finished
from .look import PAPER, own_look, readable_on

if TYPE_CHECKING:
    from matplotlib.axes import Axes

NAME, TITLE = "sites", "PLV above chance between the sites of two brains, with its tests"
CELL = 76, 52  # pixels, broad and high enough for a value and its p
MOST_PRINTED = 16  # sites, up to which each cell has its numbers
SMALL_CELL = 22


def site_maps(pairs: pd.DataFrame, bands: Sequence[str], limit: float) -> Drawing | Absent:
    """The mean above chance of every pair of sites over all dyads, with its family-wise p.

    Parameters
    ----------
    pairs : pandas.DataFrame
        The table of tested pairs.
    limit : float
        The end of the scale of colours.
    """
    own = pairs[(pairs["pairs"] == "sites") & (pairs["measure"] == "above_chance")]
    own = own[own["tested"] == "synchrony"]
    known = own.dropna(subset=["size"])
    if known.empty:
        notes = [one for one in own["note"] if not apa.is_missing(one)]
        return Absent(
            NAME, TITLE, f"no pair of sites could be tested{f': {notes[0]}' if notes else ''}", "pairtests"
        )
    with own_look():
        panels = tuple(
            _panel(own[own["band"] == band], band, limit, f"{NAME}-{slug(band)}-{number}")
            for number, band in enumerate(band for band in bands if (own["band"] == band).any())
        )
    caption = (
        "Rows are the therapist's sites, columns the client's. Each cell is the mean over "
        f"{words.counted(int(known['n'].max()), known['unit'].iloc[0])} and times, with p for all pairs of "
        "sites and bands together (family-wise); it is bold where p is .05 or less. Orange is above chance, "
        "white is chance, purple is below, on the scale of the heads of channels."
    )
    floor = known["smallest_p"].min()
    if floor > ALPHA:
        caption += f" With so few, no p can be smaller than {apa.bare_p(floor)}."
    columns = ["band", "roi_therapist", "roi_client", "n", "size", "p", "p_family", "note"]
    return Drawing(NAME, TITLE, caption, panels, own[columns].reset_index(drop=True))


def _panel(rows: pd.DataFrame, band: str, limit: float, prefix: str) -> Panel:
    therapist, client = (list(dict.fromkeys(rows[f"roi_{who}"])) for who in ("therapist", "client"))
    by_place = rows.set_index(["roi_therapist", "roi_client"])[["size", "p_family"]]
    every = pd.MultiIndex.from_product([therapist, client])
    size, p = (by_place[one].reindex(every).to_numpy(float).reshape(len(therapist), -1) for one in by_place)
    printed = max(len(therapist), len(client)) <= MOST_PRINTED
    cell = CELL if printed else (SMALL_CELL, SMALL_CELL)
    canvas = Canvas(max(276, cell[0] * len(client) + 110), max(190, cell[1] * len(therapist) + 150))
    axes, shades = canvas.axes, colours()
    edges = np.arange(len(client) + 1) - 0.5, np.arange(len(therapist) + 1) - 0.5
    drawn = axes.pcolormesh(
        *edges, np.ma.masked_invalid(size), cmap=shades, vmin=-limit, vmax=limit, edgecolors=PAPER,
        linewidth=1,
    )  # fmt: skip
    for place in np.ndindex(*size.shape) if printed else ():
        _print(axes, place, size[place], p[place], shades((size[place] + limit) / (2 * limit)))
    axes.set_xticks(range(len(client)), [wrapped(one) for one in client], rotation=0 if printed else 90)
    axes.set_yticks(range(len(therapist)), [wrapped(one) for one in therapist])
    axes.tick_params(length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)
    axes.set_xlabel("Client's site")
    axes.set_ylabel("Therapist's site")
    axes.set_ylim(len(therapist) - 0.5, -0.5)
    axes.set_title(words.heading(band))
    colour_bar(canvas, drawn, "PLV above chance")
    return finished(canvas, prefix, f"{words.heading(band)}: {_alternative(rows)}")


def _print(axes: Axes, place: tuple[int, ...], size: float, p: float, colour: tuple) -> None:
    """A cell's mean, and its p below."""
    row, column = place
    lines = [apa.NOT_AVAILABLE] if np.isnan(size) else [apa.proportion(size), apa.p_value(p)]
    weight = "bold" if p <= ALPHA else "normal"
    for line, above in zip(lines, (-0.13, 0.15), strict=False):
        axes.text(column, row + above, line, ha="center", va="center", fontsize=9.5, fontweight=weight,
                  color=readable_on(colour))  # fmt: skip


def _alternative(rows: pd.DataFrame) -> str:
    told = [
        f"{words.spoken(row['roi_therapist'])} with {words.spoken(row['roi_client'])} "
        + (
            "n/a"
            if np.isnan(row["size"])
            else f"{apa.proportion(row['size'])}, {apa.p_value(row['p_family'])}"
        )
        for row in rows.to_dict("records")
    ]
    rest = f"; and {len(told) - 16} more pairs" if len(told) > 16 else ""
    return (
        f"PLV above chance and family-wise p, therapist's site with client's: {'; '.join(told[:16])}{rest}."
    )
