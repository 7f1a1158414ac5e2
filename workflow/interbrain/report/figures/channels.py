"""Each channel of the therapist with each channel of the client, as maps: means, and tests of pairs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from interbrain import apa
from interbrain.report import words

from .axes import slug
from .drawing import Absent, Canvas, Drawing, Panel, finished
from .look import BAND_SHADE, INK, PAPER, WIDTH, own_look, readable_on

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Colormap
    from matplotlib.image import AxesImage

ALPHA = 0.05
MAX_ANNOTATED = 10  # channels, up to which a map prints the value in each cell
SHARPNESS = 6  # pixels along a cell of a picture
MAX_VECTOR = 20  # channels, up to which a map is drawn as cells; beyond, as one small picture
MOST_PANELS = 16  # maps of the tests of pairs
BAR = 240  # pixels, about the length of the colour bar
SIGNIFICANT, IN_CLUSTER = "●", "○"


def channel_map(frame: pd.DataFrame, bands: Iterable[str]) -> Drawing | Absent:
    """Phase locking above chance of each therapist's channel with each client's channel, a map a band."""
    name, title = "channels", "PLV above chance between the channels of two brains"
    if frame.empty or frame["above_chance"].isna().all():
        return Absent(name, title, "the table of channel pairs has no values in it", "channelpairs")
    limit = float(np.nanmax(np.abs(frame["above_chance"]))) or 0.01
    present = [band for band in bands if (frame["band"] == band).any()]
    present += [band for band in dict.fromkeys(frame["band"]) if band not in present]
    with own_look():
        panels = [
            _mean_map(frame[frame["band"] == band], band, limit, f"{name}-{slug(band)}-{number}")
            for number, band in enumerate(present)
        ]
    dyads = frame["n_dyads"].dropna()
    caption = (
        "Rows are the therapist's channels, columns the client's; the mean over dyads"
        + (f" (n = {apa.whole(dyads.max())})" if len(dyads) else "")
        + " and times. Orange is above chance, white is chance, purple is below. All maps share one scale."
    )
    return Drawing(name, title, caption, tuple(panels), frame, source="channelpairs")


def pair_maps(pairs: pd.DataFrame, maps: Sequence[tuple[str, str, pd.DataFrame]]) -> Drawing | Absent:
    """z of each pair of channels, a map for each test and band.

    Parameters
    ----------
    pairs : pandas.DataFrame
        The whole table of tested pairs: the numbers behind the figure.
    maps : sequence of (label, band, rows)
        What each map is called, and its rows of `pairs`; the first `MOST_PANELS` are drawn.
    """
    name, title = "channelpairs", "Each channel of the therapist with each channel of the client"
    if not maps:
        return Absent(name, title, "no pair of channels could be tested", "pairtests")
    limit = max(float(np.nanmax(np.abs(rows["z"]))) for _, _, rows in maps)
    whole = pairs[pairs["pairs"] == "channels"]
    channels = [list(dict.fromkeys(whole[f"{who}_channel"])) for who in ("therapist", "client")]
    channels = [[one for one in names if not apa.is_missing(one)] for names in channels]
    with own_look():
        drawn = tuple(
            _test_map(f"{name}-{number}-{slug(band)}", label, band, rows, channels, limit)
            for number, (label, band, rows) in enumerate(maps[:MOST_PANELS])
        )
    caption = (
        "Rows are the therapist's channels, columns the client's. The colour is z, the t of a pair on a "
        "common scale; orange is above zero, purple below. Grey: too few dyads have both channels."
    )
    if len(maps) > MOST_PANELS:
        caption += f" The first {MOST_PANELS} of {len(maps)} maps; the table of numbers has all."
    key = (
        (SIGNIFICANT, INK, "p ≤ .05 for all pairs and bands together"),
        (IN_CLUSTER, INK, "in a cluster with p ≤ .05"),
    )
    return Drawing(name, title, caption, drawn, pairs, key=key, source="pairtests")


def ends_of(row: Mapping[str, Any]) -> str:
    """The two channels of a pair: ``Fz with Cz``, the therapist's first."""
    return f"{row['therapist_channel']} with {row['client_channel']}"


# --- one map ---------------------------------------------------------------------------------------------


def _mean_map(rows: pd.DataFrame, band: str, limit: float, prefix: str) -> Panel:
    """The mean above chance of one band, printed in the cells where there are few."""
    therapist = list(dict.fromkeys(rows["therapist_channel"]))
    client = list(dict.fromkeys(rows["client_channel"]))
    grid = rows.pivot_table(
        index="therapist_channel", columns="client_channel", values="above_chance", aggfunc="first",
        dropna=False,
    ).reindex(index=therapist, columns=client)  # fmt: skip
    canvas, many = _canvas(therapist, client)
    axes, shades = canvas.axes, colours()
    values = np.ma.masked_invalid(grid.to_numpy(dtype=float))
    if many <= MAX_VECTOR:
        edges = np.arange(len(client) + 1) - 0.5, np.arange(len(therapist) + 1) - 0.5
        drawn: ScalarMappable = axes.pcolormesh(
            *edges, values, cmap=shades, vmin=-limit, vmax=limit, edgecolors=PAPER, linewidth=0.8
        )
    else:
        drawn = _picture(axes, values, limit)
    if many <= MAX_ANNOTATED:
        for (row, column), value in np.ndenumerate(values):
            if value is not np.ma.masked:
                axes.text(
                    column, row, apa.proportion(value, 2), ha="center", va="center", fontsize=9.5,
                    color=readable_on(shades((value + limit) / (2 * limit))),
                )  # fmt: skip
    _name_channels(axes, therapist, client)
    axes.set_ylim(len(therapist) - 0.5, -0.5)
    axes.set_title(words.heading(band))
    colour_bar(canvas, drawn, "PLV above chance")
    known = rows.dropna(subset=["above_chance"])
    if known.empty:
        return finished(canvas, prefix, f"{words.heading(band)}: no value for any pair of channels.")
    top = known.loc[known["above_chance"].idxmax()]
    alt = (
        f"{words.heading(band)}: a map of {len(therapist)} therapist's by {len(client)} client's channels. "
        f"The largest mean above chance is {apa.proportion(top['above_chance'])}, therapist "
        f"{top['therapist_channel']} with client {top['client_channel']}."
    )
    return finished(canvas, prefix, alt)


def _test_map(prefix: str, label: str, band: str, rows: pd.DataFrame, channels: list, limit: float) -> Panel:
    """z of one test and band, with a mark on the pairs that are found."""
    therapist, client = channels
    names = ["therapist_channel", "client_channel"]
    wide = rows.set_index(names)[["z", "p_family", "p_cluster"]]
    every = pd.MultiIndex.from_product(channels, names=names)
    z, p, p_cluster = (
        wide[one].reindex(every).to_numpy(float).reshape(len(therapist), len(client)) for one in wide
    )
    canvas, many = _canvas(therapist, client)
    axes, shades = canvas.axes, colours()
    drawn = _picture(axes, np.ma.masked_invalid(z), limit)
    own = np.nan_to_num(p, nan=1) <= ALPHA
    among = (np.nan_to_num(p_cluster, nan=1) <= ALPHA) & ~own
    looks: dict[tuple[str, bool], list] = {}
    for row, column in np.argwhere(own | among):
        ink = readable_on(shades((z[row, column] + limit) / (2 * limit)))
        looks.setdefault((ink, bool(own[row, column])), []).append((column, row))
    for (ink, filled), places in looks.items():
        at, down = zip(*places, strict=True)
        canvas.sign(at, down, ink, 0.34 * _step(many), filled)
    _name_channels(axes, therapist, client)
    axes.set_title(f"{label}: {words.spoken(band)}")
    colour_bar(canvas, drawn, "z")
    best = rows.loc[rows["p_family"].idxmin()] if rows["p_family"].notna().any() else None
    alt = f"{label}, {words.spoken(band)}: a map of {len(therapist)} by {len(client)} channels. "
    if best is not None:
        alt += (
            f"{words.counted(int(own.sum()), 'pair')} with a family-wise p of .05 or less, "
            f"{int(among.sum())} more in clusters with p of .05 or less; the smallest p is that of "
            f"{ends_of(best)} ({apa.p_value(best['p_family'])})."
        )
    return finished(canvas, prefix, alt)


def _picture(axes: Axes, values: np.ma.MaskedArray, limit: float) -> AxesImage:
    """The cells as one picture: some programs blur its pixels, so a cell has several."""
    many = np.ma.repeat(np.ma.repeat(values, SHARPNESS, axis=0), SHARPNESS, axis=1)
    rows, columns = values.shape
    place = (-0.5, columns - 0.5, rows - 0.5, -0.5)
    return axes.imshow(
        many, cmap=colours(), vmin=-limit, vmax=limit, extent=place, interpolation="none", aspect="auto"
    )


def colours() -> Colormap:
    """Of what is above zero (orange) and below (purple); grey where there is no value."""
    import matplotlib

    return matplotlib.colormaps["PuOr_r"].with_extremes(bad=BAND_SHADE)


def _step(many: int) -> int:
    """Pixels of a cell, by the channels on the longer side."""
    return 34 if many <= MAX_ANNOTATED else 21 if many <= MAX_VECTOR else 11


def _canvas(therapist: list, client: list) -> tuple[Canvas, int]:
    many = max(len(therapist), len(client))
    step = _step(many)
    return Canvas(max(WIDTH, step * len(client) + 60), max(200, step * len(therapist) + 150)), many


def _name_channels(axes: Axes, therapist: list, client: list) -> None:
    many = max(len(therapist), len(client))
    small = 10.5 if many <= MAX_VECTOR else 8.5
    axes.set_xticks(range(len(client)), client, rotation=90 if many > 8 else 0, fontsize=small)
    axes.set_yticks(range(len(therapist)), therapist, fontsize=small)
    axes.tick_params(length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)
    axes.set_xlabel("Client's channel")
    axes.set_ylabel("Therapist's channel")


def colour_bar(canvas: Canvas, drawn: ScalarMappable, label: str) -> None:
    """The colour bar above the map, at its left: in sight where the map is broader than a phone."""
    bar = canvas.figure.colorbar(
        drawn, ax=canvas.axes, location="top", shrink=min(1, BAR / canvas.width), anchor=(0, 0.5),
        aspect=BAR / 9, pad=0.04,
    )  # fmt: skip
    bar.outline.set_visible(False)
    bar.set_label(label)
