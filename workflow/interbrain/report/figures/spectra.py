"""The power spectrum of each person before and after cleaning, all times in one panel."""

from __future__ import annotations

import textwrap

import numpy as np
import pandas as pd

from interbrain import apa
from interbrain.report import words

from .drawing import Absent, Canvas, Drawing, Panel, finished
from .look import BAND_SHADE, COLOURS, DASHES, MUTED, own_look

NAME, TITLE = "spectra", "Power spectra before and after cleaning"
MAX_SPECTRA = 120  # people whose spectra are drawn, so that the page stays under its size
HIGHEST = 70  # Hz, to which they are drawn


def spectra(frame: pd.DataFrame, quality: pd.DataFrame, limits: dict) -> Drawing | Absent:
    """The power spectrum of each person in each dyad before and after cleaning, all times in one panel.

    `limits` gives ``highpass``, ``lowpass``, ``line`` in Hz (one number, or one of each role), and ``bands``
    as name to (low, high).
    """
    frame = frame.dropna(subset=["frequency_hz"])
    if frame.empty or frame[["before_db", "after_db"]].isna().all(axis=None):
        return Absent(NAME, TITLE, "the spectra table has no values in it", "spectra")
    times = list(dict.fromkeys(frame["time"]))
    look = quality[quality["verdict"] != "good"]
    doubtful = set(zip(look["dyad"], look["participant"], strict=True))
    people = list(frame.groupby(["dyad", "participant", "role"], sort=False))
    left_out = max(0, len(people) - MAX_SPECTRA)
    if left_out:
        # The doubtful ones first: nobody may be hidden by the limit who most needs a look.
        people.sort(key=lambda person: person[0][:2] not in doubtful)
        people = people[:MAX_SPECTRA]
    # The scale is for what the filter lets through; the tail beyond it may leave the panel.
    passed = frame[frame["frequency_hz"] <= (limits.get("lowpass") or np.inf)]
    ends = np.concatenate([frame["before_db"], passed["after_db"]])
    low, high = np.nanmin(ends), np.nanmax(ends)
    scale = (
        (0, min(frame["frequency_hz"].max(), HIGHEST)),
        (
            low - 0.08 * (high - low),
            high + 0.05 * (high - low),
        ),
    )
    panels: list[Panel] = []
    laid_out: dict[int, Canvas] = {}
    with own_look():
        for (dyad, participant, role), rows in people:
            warned = (dyad, participant) in doubtful
            canvas = _drawn(rows, times, limits, role, scale)
            heading = textwrap.fill(f"{'⚠ ' if warned else ''}{dyad} {role} {participant}", 30)
            canvas.axes.set_title(heading, fontsize=11)
            canvas.axes.set_xlabel("Hz", labelpad=1)
            canvas.axes.set_ylabel("dB")
            alt = _alt(rows, f"{role} {participant}, dyad {dyad}", warned)
            # All have the same scales, and a line of the heading is as high in each.
            like = laid_out.setdefault(heading.count("\n"), canvas)
            panels.append(finished(canvas, f"{NAME}-{len(panels)}", alt, dyad, like))
    return Drawing(
        NAME,
        TITLE,
        _caption(left_out),
        tuple(panels),
        frame,
        _key(times),
        source="spectra",
        tall=len(panels) > 24,
        small=True,
    )


def _drawn(rows: pd.DataFrame, times: list, limits: dict, role: str, scale: tuple) -> Canvas:
    canvas = Canvas(250, 172)
    axes = canvas.axes
    for band_low, band_high in limits.get("bands", {}).values():
        axes.axvspan(band_low, band_high, color=BAND_SHADE, alpha=0.35, linewidth=0)
    for edge in (limits.get("highpass"), limits.get("lowpass")):
        if edge:
            axes.axvline(edge, color=MUTED, linewidth=1, linestyle=(0, (4, 3)))
    line = limits.get("line")
    if isinstance(line, dict):  # the two were recorded in countries of different mains
        line = line.get(role)
    if line:
        axes.axvline(line, color=MUTED, linewidth=1, linestyle=":")
    for index, time in enumerate(times):
        one = rows[rows["time"] == time]
        colour = COLOURS[index % len(COLOURS)]
        axes.plot(one["frequency_hz"], one["before_db"], color=colour, linewidth=0.9, alpha=0.55,
                  linestyle=(0, (2, 1.5)))  # fmt: skip
        axes.plot(one["frequency_hz"], one["after_db"], color=colour, linewidth=1.7,
                  linestyle=DASHES[index % len(DASHES)])  # fmt: skip
    axes.set_ylim(*scale[1])
    axes.set_xlim(*scale[0])
    return canvas


def _alt(rows: pd.DataFrame, who: str, warned: bool) -> str:
    after = rows["after_db"].dropna()
    return (
        f"Spectrum of {who}, {words.listed(dict.fromkeys(rows['time']))}"
        + (": marked for a look." if warned else ".")
        + (
            f" After cleaning, spectral power lies between {apa.number(after.min(), 0)} and "
            f"{apa.number(after.max(), 0)} dB."
            if len(after)
            else " No spectrum after cleaning."
        )
    )


def _caption(left_out: int) -> str:
    caption = (
        "Decibels relative to 1 µV²/Hz, mean over the channels of the sites. Solid and heavy: after "
        "cleaning; thin and dotted: before. Grey areas are the bands, dashed lines the filter's edges, the "
        "dotted line is the line frequency. A person marked ⚠ has a recording to look at."
    )
    if left_out:
        caption += (
            f" Shown are {MAX_SPECTRA} people, those to look at first; {left_out} more are in the table only."
        )
    return caption


def _key(times: list) -> tuple:
    key = [
        ("━╍╌┉"[i % 4], COLOURS[i % len(COLOURS)], f"{time}, after cleaning") for i, time in enumerate(times)
    ]
    return (*key, ("┈", MUTED, "before cleaning, same colour"))
