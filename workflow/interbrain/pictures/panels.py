"""The panels of a recording's picture: each function draws one into axes that it is given.

Every colour goes with a shape, a place or a word. Computes nothing but where a mark goes.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from interbrain.head import from_above
from interbrain.pictures.excerpt import Excerpt
from interbrain.pictures.windows import WindowMap
from interbrain.quality.spectra import SiteSpectra

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.gridspec import GridSpec
    from mne import Info
    from mne.preprocessing import ICA

# Okabe and Ito's colours.
BEFORE, AFTER, THIS, PARTNER, FINE = "#D55E00", "#0072B2", "#D55E00", "#56B4E9", "#009E73"
INK, MUTED, PALE = "#1f2631", "#5d6776", "#dde2e8"
HEADING, TEXT, SMALL, LEAST = 12.5, 11, 10, 7.5  # points
MOST_COMPONENTS = 8
MOST_NAMED = 4  # bad channels whose reasons are told
ALL_NAMES, BAD_NAMES = 40, 16  # channels of the head, and bad ones, up to which each is named
MOST_LANES = 8  # criteria that have a row of their own


def traces(axes: Axes, excerpt: Excerpt, bad: Sequence[str], windows: WindowMap, to_axis: Callable) -> None:
    """Raw and cleaned signal of a few channels, one below the other.

    Parameters
    ----------
    to_axis : callable
        Seconds of the recording -> seconds on the therapist's clock, which the axis shows.
    """
    n = excerpt.raw_uv.shape[1]
    seconds = to_axis(excerpt.start_s + np.arange(n) / excerpt.sfreq)
    length = seconds[-1] - seconds[0]
    # The typical channel fills a third of the way to the next one.
    swing = float(np.median(np.percentile(np.abs(excerpt.cleaned_uv), 99.5, axis=1)))
    step = _round_up(3 * max(swing, 2.0))
    for (start, stop), kept in zip(windows.spans, windows.kept, strict=True):
        left, right = max(start, seconds[0]), min(stop, seconds[-1])
        if right <= left:
            continue
        axes.axvline(left, color=PALE, linewidth=1, zorder=0)
        if not kept:
            axes.axvspan(left, right, facecolor="white", edgecolor=PALE, hatch="//", linewidth=0, zorder=0)
        if right - left > 0.16 * length:
            axes.annotate(f"window {start:g}, {'kept' if kept else 'dropped'}", ((left + right) / 2, 1),
                          xycoords=("data", "axes fraction"), xytext=(0, 3), textcoords="offset points",
                          ha="center", fontsize=SMALL, color=INK if kept else MUTED)  # fmt: skip
    places = -step * np.arange(len(excerpt.channels))
    for place, raw, clean in zip(places, excerpt.raw_uv, excerpt.cleaned_uv, strict=True):
        axes.plot(seconds, place + np.clip(raw, -step, step), color=BEFORE, linewidth=0.7, zorder=2)
        axes.plot(seconds, place + np.clip(clean, -step, step), color=AFTER, linewidth=1.3, zorder=3)
    axes.set_yticks(places, [f"✕ {c}" if c in bad else c for c in excerpt.channels])
    for label, channel in zip(axes.get_yticklabels(), excerpt.channels, strict=True):
        label.set_fontweight("bold" if channel in bad else "normal")
    axes.set_ylim(places[-1] - step, step)
    axes.set_xlim(seconds[0], seconds[-1])
    axes.tick_params(axis="y", length=0)
    half = 0.5 / (len(places) + 1)
    axes.plot([1.008] * 2, [0.5 - half, 0.5 + half], transform=axes.transAxes, color=INK, linewidth=2,
              clip_on=False)  # fmt: skip
    axes.text(1.014, 0.5, f"{step:g} µV", transform=axes.transAxes, rotation=90, va="center", fontsize=SMALL)
    crossed = "; ✕ bad, in no PLV" if {*bad} & {*excerpt.channels} else ""
    axes.set_xlabel(f"s on the therapist's clock{crossed}")
    chosen = "where cleaning changed most, in kept windows" if excerpt.chosen else "from the beginning"
    _title(axes, f"{n / excerpt.sfreq:.0f} s {chosen}", pad=24)
    for named, look in (("before (thin)", (BEFORE, 0.9)), ("after (thick)", (AFTER, 2.2))):
        axes.plot([], [], color=look[0], linewidth=look[1], label=named)
    axes.legend(loc="lower right", bbox_to_anchor=(1, 1.06), ncols=2, frameon=False, fontsize=TEXT,
                borderaxespad=0)  # fmt: skip


def spectra(axes: Axes, account: Mapping, found: SiteSpectra, below: Axes | None = None) -> None:
    """Mean power spectrum before and after, the mains and the pass band marked; aligned with `below`."""
    frequency, before, after = found.frequency_hz, found.before_db, found.after_db
    axes.plot(frequency, before, color=BEFORE, linewidth=1, label="before (thin)")
    axes.plot(frequency, after, color=AFTER, linewidth=2.2, label="after (thick)")
    # The scale is for what the filter lets through; the tail beyond it may leave the panel.
    inside = (frequency >= account["HighpassHz"]) & (frequency <= account["LowpassHz"])
    shown = np.concatenate([before[frequency <= 70], after[inside]])
    low, high = shown.min(), shown.max()
    axes.set_ylim(low - 0.25 * (high - low) - 3, high + 0.15 * (high - low) + 3)
    for edge in (account["HighpassHz"], account["LowpassHz"]):
        axes.axvline(edge, color=INK, linewidth=1, linestyle="--", zorder=0)
    for mains in account["NotchHz"]:
        axes.axvline(mains, color=MUTED, linewidth=1, linestyle=":", zorder=0)
    if account["NotchHz"]:
        db = found.line_noise_db
        said = "" if db is None else f"\n+{db:.0f} dB" if db >= 0.5 else "\nnot seen"
        axes.annotate(f"mains{said}", (account["NotchHz"][0], 1), xycoords=("data", "axes fraction"),
                      xytext=(-3, -2), textcoords="offset points", ha="right", va="top", fontsize=SMALL,
                      bbox={"facecolor": "white", "edgecolor": "none", "pad": 1})  # fmt: skip
    axes.set_xscale("log")
    ticks = [t for t in (1, 2, 5, 10, 20, 50, 100) if frequency[0] <= t <= frequency[-1]]
    axes.set_xticks(ticks, [str(t) for t in ticks])
    axes.minorticks_off()
    axes.set_xlim(frequency[0], frequency[-1])
    axes.set_xlabel("Hz; dashed: edges of the filter")
    axes.set_ylabel("dB")
    axes.legend(loc="lower left", frameon=False, fontsize=SMALL, borderaxespad=0.1)
    _title(axes, "Spectrum of the ROI channels", left=below)


def channels(
    axes: Axes, words: Axes, info: Info, account: Mapping, rois: Mapping[str, Sequence[str]]
) -> None:
    """The head from above into `axes`, bad channels crossed out; into `words`, why each is bad."""
    where, names = from_above(info), list(info["ch_names"])
    decided = {row["channel"]: row for row in account["Channels"]}
    bad = [c for c in names if decided[c]["decision"] == "bad"]
    by_hand = [c for c in names if c not in bad and decided[c]["by"] != "automatic"]
    roi = {c for members in rois.values() for c in members}
    _head(axes)
    for name, (x, y) in zip(names, where, strict=True):
        if name in bad:
            axes.plot(x, y, "X", color=BEFORE, markersize=10, markeredgewidth=0, zorder=3, clip_on=False)
        else:
            axes.plot(x, y, "o", markersize=5 if len(names) <= ALL_NAMES else 3.5, clip_on=False, zorder=2,
                      markerfacecolor=AFTER if name in roi else "white", markeredgecolor=AFTER)  # fmt: skip
        if name in bad and len(bad) <= BAD_NAMES:
            # Away from the middle, by turns a little higher and lower: bad neighbours are common.
            side = 1 if x >= 0 else -1
            axes.annotate(name, (x, y), xytext=(7 * side, 5 - 10 * (bad.index(name) % 2)), zorder=4,
                          textcoords="offset points", ha="left" if side > 0 else "right", va="center",
                          fontsize=SMALL, fontweight="bold")  # fmt: skip
        elif name not in bad and len(names) <= ALL_NAMES:
            axes.annotate(name, (x, y), xytext=(0, 3.5), textcoords="offset points", ha="center",
                          va="bottom", fontsize=LEAST, color=MUTED, zorder=4)  # fmt: skip
    said = []
    for name in bad[:MOST_NAMED]:
        by = decided[name]["by"]
        said.append(f"✕ {name}: {decided[name]['reason']}" + ("" if by == "automatic" else f", by {by}"))
    if len(bad) > MOST_NAMED:
        said.append(f"+ {len(bad) - MOST_NAMED} more")
    if by_hand:
        said.append(f"◆ good by a person's word: {', '.join(by_hand)}")
    said.append("Filled: ROI channels" + ("; crossed out: bad, in no PLV" if bad else ""))
    words.axis("off")
    words.text(0, 1, "\n".join(_short(line, 54) for line in said), transform=words.transAxes, va="top",
               fontsize=SMALL, linespacing=1.3)  # fmt: skip
    _title(axes, f"Channels: {len(bad)} of {len(names)} bad", left=words)


def components(figure: Figure, grid: GridSpec, account: Mapping, ica: ICA | None) -> None:
    """Maps of the components that were removed, then of those closest to it, then of the largest.

    Parameters
    ----------
    grid : GridSpec
        One row with a place for each of `MOST_COMPONENTS`.
    ica : mne.preprocessing.ICA or None
    """
    about, found = account["IndependentComponents"], account["Components"]
    strip = figure.add_subplot(grid[:, :])
    strip.axis("off")
    if ica is None:
        _title(strip, "Components: none")
        strip.text(0, 0.97, f"Not done: {about['NotDone']}.", transform=strip.transAxes, va="top")
        return
    removed = sorted((c for c in found if c["decision"] == "remove"), key=lambda c: -c["variance_percent"])
    close = [c for c in found if c not in removed and c["label"] in about["RemoveAbove"]]
    close.sort(key=lambda c: (c["by"] == "automatic", -c["probability"]))
    large = [c for c in found if c not in removed and c not in close]
    large.sort(key=lambda c: (c["by"] == "automatic", -c["variance_percent"]))
    said = f"Components: {len(removed)} of {len(found)} removed"
    if removed:
        said += f", {about['VarianceRemovedPercent']:.0f}% of the variance"
    if len(removed) > MOST_COMPONENTS:
        said += f"; the largest, + {len(removed) - MOST_COMPONENTS} more"
    else:
        room = MOST_COMPONENTS - len(removed)
        said += "; then those closest to it" if close and room else ""
        said += "; then the largest" if large and room > len(close) else ""
    _title(strip, said)
    number = {c["component"]: k for k, c in enumerate(found)}
    maps, where = ica.get_components(), from_above(ica.info)
    for slot, component in enumerate((removed + close + large)[:MOST_COMPONENTS]):
        axes = figure.add_subplot(grid[0, slot])
        _topography(axes, maps[:, number[component["component"]]], where)
        out, by = component["decision"] == "remove", component["by"]
        word = ("✕ removed" if out else "○ kept") + ("" if by == "automatic" else f" by {_short(by, 10)}")
        axes.text(0.5, -0.03, word, transform=axes.transAxes, ha="center", va="top", fontsize=TEXT,
                  fontweight="bold", color=BEFORE if out else INK)  # fmt: skip
        share = f"{component['probability']:.2f}".removeprefix("0")
        text = f"{component['label']} {share}\n{component['variance_percent']:.1f}% of variance"
        axes.text(0.5, -0.2, f"{text}\n{component['component']}", transform=axes.transAxes, ha="center",
                  va="top", fontsize=SMALL, linespacing=1.3)  # fmt: skip


def window_lanes(axes: Axes, windows: WindowMap, excerpt: Excerpt, to_axis: Callable) -> None:
    """Windows along time: kept, or by which criteria they failed, in this member and in the partner."""
    total, n_kept = len(windows.spans), sum(windows.kept)
    if not total:
        axes.axis("off")
        _title(axes, "Windows: none, the recording is too short for one")
        return
    lanes = dict(list(windows.failed.items())[:MOST_LANES])
    bars = [(start + 0.04 * (stop - start), 0.92 * (stop - start)) for start, stop in windows.spans]
    kept_or_not: tuple[tuple[bool, dict[str, Any]], ...]
    kept_or_not = (True, {"color": FINE}), (False, {"facecolor": "white", "edgecolor": MUTED})
    for yes, look in kept_or_not:
        chosen = [bar for bar, kept in zip(bars, windows.kept, strict=True) if kept == yes]
        axes.broken_barh(chosen, (-0.36, 0.72), linewidth=0.8, **look)
    middles = [left + width / 2 for (left, width), hand in zip(bars, windows.by_hand, strict=True) if hand]
    axes.plot(middles, [0] * len(middles), "D", markersize=6, color=INK, zorder=4)
    looks: tuple[dict[str, Any], ...] = (
        {"facecolor": THIS},
        {"facecolor": PARTNER, "edgecolor": INK, "hatch": "////"},
    )
    for lane, failed in enumerate(lanes.values(), 1):
        axes.axhline(lane - 0.5, color=PALE, linewidth=1)
        for side, look in enumerate(looks):
            where = (lane - 0.37 + 0.38 * side, 0.36)
            axes.broken_barh([bars[place] for place in sorted(failed[side])], where, linewidth=0, **look)
    counts = [f"{n_kept} of {total}, {100 * n_kept / total:.0f}%"]
    counts += [f"{len(this)} here, {len(other)} partner" for this, other in lanes.values()]
    axes.set_yticks(range(len(lanes) + 1), ["kept", *(_short(name, 20) for name in lanes)])
    right = axes.secondary_yaxis("right")
    right.set_yticks(range(len(lanes) + 1), counts)
    right.spines["right"].set_visible(False)
    axes.tick_params(axis="y", length=0)
    right.tick_params(axis="y", length=0)
    axes.set_ylim(max(len(lanes), 1) + 0.6, -0.75)
    axes.set_xlim(windows.spans[0][0], windows.spans[-1][1])
    first, last = to_axis(excerpt.start_s + np.array([0, excerpt.raw_uv.shape[1] / excerpt.sfreq]))
    axes.annotate("", (first, -0.6), (last, -0.6), annotation_clip=False,
                  arrowprops={"arrowstyle": "|-|,widthA=0.25,widthB=0.25", "color": INK})  # fmt: skip
    hand = "; ◆ decided by a person" if any(windows.by_hand) else ""
    axes.set_xlabel(f"s on the therapist's clock; bracket: the seconds shown above{hand}")
    how = ", by criterion: upper half of a row this recording (orange), lower half the partner's (hatched)"
    _title(axes, f"Windows: {total - n_kept} of {total} dropped{how if lanes else ''}")


# --- what the panels share ---


def _topography(axes: Axes, values: np.ndarray, where: np.ndarray) -> None:
    from matplotlib.patches import Circle
    from mne.viz import plot_topomap

    limit = np.abs(values).max() or 1.0
    image, lines = plot_topomap(
        values, where, axes=axes, show=False, sphere=(0, 0, 0, 1), res=48, contours=4,
        cmap="RdBu_r", vlim=(-limit, limit), outlines=None, sensors=False, extrapolate="head",
    )  # fmt: skip
    edge = Circle((0, 0), 1, transform=axes.transData)
    for drawn in (image, lines):
        drawn.set_clip_path(edge)
    axes.plot(*where.T, ".", color=INK, markersize=1.5, zorder=5, clip_on=False)
    _head(axes)


def _head(axes: Axes) -> None:
    angle = np.linspace(0, 2 * np.pi, 101)
    axes.plot(np.cos(angle), np.sin(angle), color=INK, linewidth=1.2, zorder=1)
    axes.plot([-0.12, 0, 0.12], [0.99, 1.13, 0.99], color=INK, linewidth=1.2, zorder=1)
    for side in (-1, 1):
        ear = side * np.array([0.99, 1.06, 1.07, 0.99])
        axes.plot(ear, [0.16, 0.12, -0.14, -0.18], color=INK, linewidth=1.2, zorder=1)
    axes.set_aspect("equal")
    axes.set(xlim=(-1.16, 1.16), ylim=(-1.12, 1.16))
    axes.axis("off")


def _title(axes: Axes, text: str, pad: float = 8, left: Axes | None = None) -> None:
    """A heading above `axes`, beginning where `left` begins (unless given: where they do)."""
    x = left.get_position().x0 if left is not None else axes.get_position().x0
    figure = cast("Figure", axes.figure)  # never one within another
    figure.text(x, axes.get_position().y1 + pad / 72 / figure.get_figheight(), text,
                     fontsize=HEADING, fontweight="bold", va="bottom")  # fmt: skip


def _short(text: str, most: int) -> str:
    return textwrap.shorten(text, most, placeholder=" …") if len(text) > most else text


def _round_up(value: float) -> float:
    """The next round number."""
    power = 10.0 ** np.floor(np.log10(value))
    return float(next(f * power for f in (1, 1.5, 2, 3, 4, 5, 6, 8, 10) if f * power >= value * (1 - 1e-9)))
