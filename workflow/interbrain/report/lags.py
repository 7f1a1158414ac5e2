"""Simultaneous, or coupled? The curve of synchrony over lags, and what the page says of it.

Only words and a figure; `findings.simultaneous` judges, `statistics.lags` computes.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from interbrain.findings import Finding, Reservation, judge_presence
from interbrain.findings.simultaneous import AMPLITUDES, KINDS, SIMULTANEOUS, ZERO_LAG, go_together, whole
from interbrain.report import figures, tables, words
from interbrain.report.figures import Absent, Drawing, _Canvas, _css, _padded, _panel, _slug, _style
from interbrain.report.reading import Results

CHIP = "Simultaneous, but not shown to be coupling"
NAMES = {"plv": "PLV", "aec": "Amplitude correlation (AEC)"}


def chip(found: Finding) -> str:
    """The verdict in words of its own where synchrony may have a common cause; empty elsewhere."""
    kinds = {one.kind for one in found.reservations}
    return CHIP if found.verdict == "qualified" and kinds & set(SIMULTANEOUS) else ""


def far_lags(results: Results) -> str:
    """``1 to 2.5 s``, as the config sets them."""
    far, largest = (results.setting("lags", key) for key in ("far_from_s", "max_s"))
    return f"{far:g} to {largest:g} s" if far and largest else "1 s and more"


def lag_reservation(results: Results, one: Reservation) -> str:
    """One reservation of `findings.simultaneous` as a sentence."""
    v, far = one.values, far_lags(results)
    size = f"mean difference {words.proportion(v.get('mean'))}, {words.p_phrase(v.get('p_flips'))}"
    if one.kind == "zero lag untested":
        why = f": {v['reason']}" if v["reason"] else ""
        return f"Whether PLV is higher at zero lag than at lags of {far} could not be tested{why}."
    if one.kind == "zero lag floor":
        return (
            f"Whether PLV is higher at zero lag than at lags of {far} cannot be shown: the smallest possible "
            f"p is {words.p_value(v['smallest_p'])}."
        )
    if one.kind == "zero lag":
        return (
            f"PLV is not shown to be higher at zero lag than at lags of {far} ({size}). A slow rise and fall "
            "that both members share, or a steady line in both, gives such a curve without any coupling."
        )
    if one.kind == "wide":
        told = [f"{words.spoken(b['band'])} {words.number(b['width_s'], 1)} s" for b in v["bands"]]
        return (
            f"The curve over lags is wide (at half its height: {words.listed(told)}): coupling of phases is "
            "over within the rhythms’ own memory, a shared slow rise and fall is not."
        )
    if one.kind == "line":
        told = [
            f"{words.spoken(b['band'])} at {words.number(b['line_hz'], 1)} Hz "
            f"({words.whole(b['n_lines'])} of {words.whole(b['n'])} dyads)"
            for b in v["bands"]
        ]
        return (
            f"The spectra of both members have a narrow line at one frequency: {words.listed(told)}. A "
            "brain’s rhythm is hardly ever so narrow: look for interference, or for a machine that both "
            "could hear."
        )
    return (
        f"The amplitudes go together as well (AEC above chance: mean {words.proportion(v['mean'])}, "
        f"{words.p_phrase(v['p_flips'])}). A rise and fall that both share, or responses to the same events, "
        "raise PLV without any coupling."
    )


def supported(results: Results, found: Finding) -> str:
    """The line where nothing speaks for a common slow cause; empty elsewhere."""
    row, together = (whole(results.tables, name) for name in (ZERO_LAG, AMPLITUDES))
    kinds = {one.kind for one in found.reservations}
    if found.verdict not in ("found", "qualified", "unconfirmed") or kinds & set(KINDS) or row is None:
        return ""
    told = (
        f"PLV is higher at zero lag than at lags of {far_lags(results)} (mean difference "
        f"{words.proportion(row['mean'])}, {words.p_phrase(row['p_flips'])})"
    )
    if together is None or words.is_missing(together["t"]):
        return f"{told}: a slow rise and fall that both members share does not explain it."
    how = (
        "go together no more than with coupled phases"
        if go_together(together)
        else "are not shown to go together"
    )
    return (
        f"{told}, and the amplitudes {how} (AEC above chance: mean {words.proportion(together['mean'])}, "
        f"{words.p_phrase(together['p_flips'])}): a slow rise and fall that both members share does not "
        "explain it."
    )


def caution(results: Results) -> tuple[str, str] | None:
    """What to know, and what to do, where synchrony was found and may have a common cause."""
    found = judge_presence({name: results[name] for name in ("presence", "lags")})
    against = [one for one in found.reservations if one.kind in SIMULTANEOUS]
    if not found.claims or found.claims[0].higher != "above" or not against:
        return None
    says = " ".join(lag_reservation(results, one) for one in against)
    return says, (
        "Do not call it coupling. Look at the curve over lags; were there sounds, instructions or other "
        "events that reached both members? Name them under events in the configuration, and analyse the "
        "time without them."
    )


def of_a_claim(results: Results, found: Finding) -> str:
    """The line of a factor or score that is claimed where synchrony itself may have a common cause."""
    if not found.claims or caution(results) is None:
        return ""
    return (
        "Synchrony itself is not shown to be coupling (first card): a difference in what reaches both "
        "members at once would look like this, too."
    )


def content(results: Results) -> dict:
    """What the section on lags says: how to read it, and what was found."""
    found = judge_presence({name: results[name] for name in ("presence", "lags")})
    told = [lag_reservation(results, one) for one in found.reservations if one.kind in KINDS]
    notes = [note for note in dict.fromkeys(results["lags"]["note"]) if str(note).startswith("no dyad")]
    return {"said": [*filter(None, [*told, supported(results, found)])], "lag_notes": notes}


def lag_curves(results: Results) -> Drawing | Absent:
    """The mean curve over lags of all dyads with its interval, and of the first factor's groups."""
    name, title = "lags", "Synchrony with the client delayed by every lag"
    frame = results["lagcurves"]
    shown = frame[frame["roi"] == "all"]
    if shown.empty:
        return Absent(name, title, "no dyad has enough windows whose neighbours are kept too")
    factor = results.between[0] if results.between else None
    levels = [
        x for x in results.factors.get(factor, []) if x in set(shown[shown["factor"] == factor]["level"])
    ]
    panels = []
    with _style():
        for estimator in NAMES:
            for band in results.bands:
                own = shown[(shown["estimator"] == estimator) & (shown["band"] == band)]
                if len(own):
                    panels.append(_lag_panel(own, estimator, band, factor, levels, results))
    caption = (
        "Mean over sites, dyads and times; the shade is the 95 % interval of all dyads. A lag is the "
        "client’s delay: at lags above 0, the client’s signal is compared with what the therapist’s was "
        "earlier. "
        f"Vertical lines bound the far lags ({far_lags(results)}), whose mean is the dashed line."
    )
    key = (("▬", _css(figures.INK), "all dyads"),)
    key += tuple(
        (
            "▬",
            _css(figures.COLOURS[i % len(figures.COLOURS)]),
            f"{words.spoken(factor)}: {words.spoken(level)}",
        )
        for i, level in enumerate(levels)
    )
    return Drawing(name, title, caption, tuple(panels), frame, key, source="lagcurves")


def _lag_panel(own: pd.DataFrame, estimator: str, band: str, factor, levels, results: Results):
    canvas = _Canvas(figures.WIDTH, 230)
    axes = canvas.axes
    axes.yaxis.grid(True)
    every = own[own["factor"] == "all"].sort_values("lag_s")
    low, high = every["ci_low"].fillna(every["mean"]), every["ci_high"].fillna(every["mean"])
    axes.fill_between(every["lag_s"], low, high, color=figures.BAND_SHADE, linewidth=0, zorder=1)
    ends = [*low, *high]
    for index, level in enumerate(levels):
        rows = own[(own["factor"] == factor) & (own["level"] == level)].sort_values("lag_s")
        look = {"color": figures.COLOURS[index % len(figures.COLOURS)], "linewidth": 1.3}
        axes.plot(rows["lag_s"], rows["mean"], linestyle=figures.DASHES[(index + 1) % 4], **look, zorder=2)
        ends += [*rows["mean"]]
    axes.plot(every["lag_s"], every["mean"], color=figures.INK, linewidth=2, zorder=3)
    far = results.setting("lags", "far_from_s", default=1)
    level = every.loc[every["lag_s"].abs() >= far - 1e-9, "mean"].mean()
    if not np.isnan(level):
        axes.axhline(level, color=figures.MUTED, linewidth=1.2, linestyle=(0, (4, 3)), zorder=1)
    for side in (-far, far):
        axes.axvline(side, color=figures.GRID, linewidth=1.2, zorder=0)
    axes.set_xlim(every["lag_s"].min(), every["lag_s"].max())
    axes.set_ylim(*_padded(np.nanmin(ends), np.nanmax(ends)))
    axes.set_xlabel("Lag, s (above 0: the client follows)")
    axes.set_ylabel(NAMES[estimator] if estimator == "plv" else "AEC")
    axes.set_title(f"{NAMES[estimator]}, {words.spoken(band)}")
    at_zero = every.loc[every["lag_s"] == 0, "mean"].mean()
    alt = (
        f"{NAMES[estimator]} in {words.spoken(band)} over lags, "
        f"{words.counted(int(every['n'].max()), 'dyad')}: {words.proportion(at_zero)} at zero lag, "
        f"{words.proportion(level)} on average at lags of {far_lags(results)}."
    )
    return _panel(canvas, f"lags-{_slug(estimator)}-{_slug(band)}", alt)


def lag_table(frame: pd.DataFrame) -> tables.Table:
    """Lag 0 against the far lags, for each band, site and estimator."""
    rows = frame.dropna(subset=["t"]).copy()
    rows["estimator"] = rows["estimator"].map(NAMES)
    places = zip(rows["roi"], rows["band"], strict=True)
    rows["place"] = [words.cell("all sites" if roi == "all" else roi, band) for roi, band in places]
    ends = zip(rows["mean"], rows["ci_low"], rows["ci_high"], strict=True)
    rows["size"] = [f"{words.proportion(mean)} {words.interval(low, high, 3)}" for mean, low, high in ends]
    columns = [
        tables.text("estimator", "Estimator"), tables.text("place", "Site, band"),
        tables.digits("n", "Dyads", 0), tables.share("at_zero", "At lag 0"),
        tables.share("at_far", "At far lags"),
        tables.said("size", "Difference [95 % CI]", "mean"), tables.digits("d_z", "dz"),
        tables.p("p_flips", "p (flips)"), tables.digits("width_s", "Width, s"),
        tables.digits("peak_s", "Peak, s"),
    ]  # fmt: skip
    caption = "Synchrony at lag 0 and at far lags; the width is that of the mean curve at half its height"
    return tables.build("lags", caption, rows, columns, stacks=True)
