"""The figures of the report, drawn from the written tables: one function a figure.

Each returns a `Drawing`: panels of inline SVG with alternative text, and the numbers behind them; or an
`Absent` that says why it could not be drawn. Nothing is computed here but where a mark goes.
Panels are small on purpose: the page sets them side by side on a desk and one below the other on a phone.
"""

from __future__ import annotations

import io
import re
import textwrap
from dataclasses import dataclass, field
from xml.etree import ElementTree

import numpy as np
import pandas as pd

from interbrain.report import words

# Okabe and Ito's colours that hold on white and on near-black; every colour goes with a marker shape.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")
SIGNS = ("●", "■", "▲", "◆", "▼", "✚", "✖", "★")
DASHES = ("-", "--", "-.", ":")
# These four become CSS variables, so that a figure follows the page into the dark; the hex is the fallback of
# a saved figure.
INK, MUTED, GRID, PAPER = "#1f2631", "#5d6776", "#dde2e8", "#fefefe"
BAND_SHADE = "#c9ced6"
VARIABLES = {INK: "ink", MUTED: "muted", GRID: "grid", PAPER: "paper", BAND_SHADE: "shade"} | {
    colour.lower(): f"c{number}" for number, colour in enumerate(COLOURS, 1)
}

WIDTH = 340  # of a panel, in CSS pixels: what a phone shows without shrinking the letters
PIXELS_PER_INCH = 72
ROW = 15  # height of a labelled row
DOUBLE_ROW = 20  # of one with a mark for each role
MAX_ANNOTATED = 10  # channels, up to which a map prints the value in each cell
MAX_VECTOR = 20  # channels, up to which a map is drawn as cells; beyond, as one small picture
MAX_SPECTRA = 120  # people whose spectra are drawn, so that the page stays under its size

STYLE = {
    "svg.fonttype": "none",
    "svg.hashsalt": "interbrain",
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 11,
    "axes.titlesize": 12,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.titlepad": 9,
    "axes.labelsize": 11,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": MUTED,
    "axes.labelcolor": INK,
    "axes.titlecolor": INK,
    "text.color": INK,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.labelsize": 10.5,
    "ytick.labelsize": 10.5,
    "grid.color": GRID,
    "grid.linewidth": 0.8,
    "axes.axisbelow": True,
    "axes.grid": False,
    "text.parse_math": False,  # a level may be called $100
    "figure.constrained_layout.use": True,
    "figure.constrained_layout.h_pad": 0.06,
    "figure.constrained_layout.w_pad": 0.06,
}


@dataclass(frozen=True)
class Panel:
    """One inline SVG with its alternative text and native width in pixels; `dyad` where it shows only one."""

    svg: str
    alt: str
    width: int
    dyad: str = ""


@dataclass(frozen=True)
class Drawing:
    """A figure of the page: its panels, what they say, and the numbers behind them.

    `source` names the downloadable table when `frame` is that whole table; `tall` asks for a box that
    scrolls, `small` for narrow panels.
    """

    name: str
    title: str
    caption: str
    panels: tuple
    frame: pd.DataFrame
    key: tuple = ()
    source: str | None = None
    tall: bool = False
    small: bool = False


@dataclass(frozen=True)
class Absent:
    """A figure that was expected and could not be drawn, with the reason in plain words."""

    name: str
    title: str
    reason: str


@dataclass
class _Canvas:
    """A Matplotlib figure under construction, and the marks on it that stand for a dyad."""

    width: float
    height: float
    marks: dict = field(default_factory=dict)

    def __post_init__(self):
        from matplotlib.backends.backend_svg import FigureCanvasSVG
        from matplotlib.figure import Figure

        size = self.width / PIXELS_PER_INCH, self.height / PIXELS_PER_INCH
        self.figure = Figure(figsize=size, dpi=PIXELS_PER_INCH)
        FigureCanvasSVG(self.figure)  # letters are measured as they will be drawn
        self.axes = self.figure.subplots()

    def lay_out(self, like: _Canvas | None = None) -> None:
        """Place the axes: to make room for their labels, or as on a canvas whose labels are as large."""
        import matplotlib

        if like is None or like is self:
            self.figure.get_layout_engine().execute(self.figure)
        else:
            self.axes.set_position(like.axes.get_position(original=True))
        # With an engine, saving would draw the figure twice.
        with matplotlib.rc_context({"figure.constrained_layout.use": False}):
            self.figure.set_layout_engine(None)

    def mark(self, x, y, dyad, says, **look):
        """Draw one point that belongs to `dyad` and shows `says` when it is pointed at."""
        name = f"mark{len(self.marks)}"
        self.marks[name] = (str(dyad), f"{dyad}: {says}")
        look = {"marker": "o", "markersize": 7, "markeredgewidth": 1.0, "linestyle": "none", **look}
        (drawn,) = self.axes.plot([x], [y], gid=name, clip_on=False, **look)
        drawn.set_in_layout(False)  # marks lie inside the axes: measuring each would only take time


def _group_look(index: int) -> dict:
    """Marker and colour of the index-th role, level or site: shape and colour always change together."""
    return {
        "marker": MARKERS[index % len(MARKERS)],
        "markerfacecolor": COLOURS[index % len(COLOURS)],
        "markeredgecolor": PAPER,
        "zorder": 3,
    }


def _style():
    """Our own look, whatever a person's matplotlibrc says; undone on leaving."""
    import contextlib

    import matplotlib

    @contextlib.contextmanager
    def look():
        with matplotlib.rc_context():
            matplotlib.rcdefaults()
            matplotlib.rcParams.update(STYLE)
            yield

    return look()


# --- the figures -----------------------------------------------------------------------------------------


def quality(frame: pd.DataFrame, limits: dict) -> Drawing | Absent:
    """What each recording is like: windows, channels, components, muscles, mains, clock; limits drawn.

    Parameters
    ----------
    frame : pandas.DataFrame
        The quality table, a row a recording.
    limits : dict
        ``windows``: fewest windows allowed; ``residual``: largest clock residual in ms. None where there is
        no such limit.
    """
    name, title = "quality", "Quality of each recording"
    if frame.empty:
        return Absent(name, title, "the quality table has no recording in it")
    roles = list(dict.fromkeys(frame["role"]))
    rows = frame[["dyad", "time"]].drop_duplicates().reset_index(drop=True)
    wanted = [
        (
            "windows_kept",
            "Clean windows kept",
            "windows",
            limits.get("windows"),
            "fewest allowed",
            "at least",
        ),
        ("n_bad", "Bad channels", "channels", None, "", ""),
        ("n_removed", "Components removed", "components", None, "", ""),
        ("muscle_s", "Muscle bursts", "s", None, "", ""),
        ("line_noise_db", "Line noise", "dB above its surroundings", None, "", ""),
        ("sync_residual_ms", "Clock residual", "ms", limits.get("residual"), "limit", "at most"),
    ]
    panels, nothing = [], []
    with _style():
        for column, heading, unit, limit, limit_name, bound in wanted:
            if frame[column].isna().all():
                nothing.append(heading.lower())
                continue
            canvas = _Canvas(WIDTH, 84 + DOUBLE_ROW * len(rows))
            axes = canvas.axes
            _rows(axes, [f"{dyad} {time}" for dyad, time in rows.itertuples(index=False)])
            offsets = _offsets(len(roles), 0.21)
            for row in frame.itertuples():
                place = int(rows.index[(rows["dyad"] == row.dyad) & (rows["time"] == row.time)][0])
                value = getattr(row, column)
                if np.isnan(value):
                    continue
                index = roles.index(row.role)
                y = place + offsets[index]
                if column == "windows_kept" and not np.isnan(row.windows_total):
                    axes.plot([value, row.windows_total], [y, y], color=BAND_SHADE, linewidth=1.4, zorder=1)
                canvas.mark(
                    value,
                    y,
                    row.dyad,
                    f"{row.role} {row.participant}, {row.time}: {words.number(value, 1)} {unit}",
                    markersize=7,
                    **_group_look(index),
                )
            if limit is not None:
                axes.axvline(limit, color=INK, linewidth=1.2, linestyle=(0, (4, 3)))
                axes.annotate(
                    f"{limit_name} {limit:g}",
                    (limit, 1),
                    xycoords=("data", "axes fraction"),
                    xytext=(4 if bound == "at least" else -4, 3),
                    textcoords="offset points",
                    ha="left" if bound == "at least" else "right",
                    fontsize=10,
                    color=INK,
                )
            top = np.nanmax([frame[column].max(), limit or 0, 0])
            low = min(0, frame[column].min())
            if column == "windows_kept":
                top = np.nanmax([top, frame["windows_total"].max()])
            axes.set_xlim(low - 0.02 * (top - low), low + (top - low or 1) * 1.06)
            if column in ("windows_kept", "n_bad", "n_removed"):
                axes.xaxis.get_major_locator().set_params(integer=True)
            axes.set_xlabel(unit)
            axes.set_title(heading, pad=20 if limit is not None else 9)
            values = frame[column].dropna()
            alt = (
                f"{heading} of {words.counted(len(values), 'recording')}: from "
                f"{words.number(values.min(), 1)} "
                f"to {words.number(values.max(), 1)} {unit}"
                + (f"; the limit is {bound} {limit:g}." if limit is not None else ".")
            )
            panels.append(_panel(canvas, f"{name}-{column}", alt))
    if not panels:
        return Absent(name, title, f"the quality table gives no {words.listed(nothing)}")
    caption = (
        "Each mark is one recording; a row is one dyad at one time. Dashed lines are the limits of this run."
    )
    if "windows_kept" in frame and frame["windows_kept"].notna().any():
        caption += " In the first panel, the grey line reaches from the windows kept to all windows recorded."
    if nothing:
        caption += f" Not drawn, because no value was recorded: {words.listed(nothing)}."
    columns = [
        "dyad", "participant", "role", "time", "windows_kept", "windows_total", "n_bad", "n_removed",
        "muscle_s", "line_noise_db", "sync_residual_ms",
    ]  # fmt: skip
    return Drawing(
        name, title, caption, tuple(panels), frame[columns], key=_shape_key(roles), tall=len(rows) > 60
    )


def spectra(frame: pd.DataFrame, quality_frame: pd.DataFrame, limits: dict) -> Drawing | Absent:
    """The power spectrum of each person in each dyad before and after cleaning, all times in one panel.

    `limits` gives ``highpass``, ``lowpass``, ``line`` in Hz (one number, or one of each role), and ``bands``
    as name to (low, high).
    """
    name, title = "spectra", "Power spectra before and after cleaning"
    frame = frame.dropna(subset=["frequency_hz"])
    if frame.empty or frame[["before_db", "after_db"]].isna().all(axis=None):
        return Absent(name, title, "the spectra table has no values in it")
    times = list(dict.fromkeys(frame["time"]))
    look = quality_frame[quality_frame["verdict"] != "good"]
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
    panels, laid_out = [], {}
    with _style():
        for (dyad, participant, role), rows in people:
            canvas = _Canvas(250, 172)
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
            axes.set_ylim(low - 0.08 * (high - low), high + 0.05 * (high - low))
            axes.set_xlim(0, min(frame["frequency_hz"].max(), 70))
            warned = (dyad, participant) in doubtful
            heading = textwrap.fill(f"{'⚠ ' if warned else ''}{dyad} {role} {participant}", 30)
            axes.set_title(heading, fontsize=11)
            axes.set_xlabel("Hz", labelpad=1)
            axes.set_ylabel("dB")
            after = rows["after_db"].dropna()
            alt = (
                f"Spectrum of {role} {participant}, dyad {dyad}, {words.listed(dict.fromkeys(rows['time']))}"
                + (": marked for a look." if warned else ".")
                + (
                    f" After cleaning, power lies between {words.number(after.min(), 0)} and "
                    f"{words.number(after.max(), 0)} dB."
                    if len(after)
                    else " No spectrum after cleaning."
                )
            )
            # All have the same scales, and a line of the heading is as high in each.
            like = laid_out.setdefault(heading.count("\n"), canvas)
            panels.append(_panel(canvas, f"{name}-{len(panels)}", alt, dyad, like))
    caption = (
        "Decibels relative to 1 µV²/Hz, mean over the channels of the sites. Solid and heavy: after "
        "cleaning; thin "
        "and dotted: before. Grey areas are the bands, dashed lines the filter's edges, the dotted line is "
        "the "
        "line frequency. A person marked ⚠ has a recording to look at."
    )
    if left_out:
        caption += (
            f" Shown are {MAX_SPECTRA} people, those to look at first; {left_out} more are in the table only."
        )
    key = [
        ("━╍╌┉"[i % 4], _css(COLOURS[i % len(COLOURS)]), f"{time}, after cleaning")
        for i, time in enumerate(times)
    ]
    key.append(("┈", _css(MUTED), "before cleaning, same colour"))
    return Drawing(
        name,
        title,
        caption,
        tuple(panels),
        frame,
        tuple(key),
        source="spectra",
        tall=len(panels) > 24,
        small=True,
    )


def groups(
    dyadmeans: pd.DataFrame, descriptives: pd.DataFrame, measures, factors: dict, entering: words.Entering
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
    factors = {factor: levels for factor, levels in factors.items() if factor in cells}
    measures = [measure for measure in measures if measure in cells and cells[measure].notna().any()]
    if not factors:
        return Absent(name, title, "no factor between dyads is named in the configuration and the tables")
    if not measures:
        return Absent(name, title, "no dyad has a mean over all sites and bands")
    with _style():
        panels = [
            _group_panel(cells, descriptives, measure, factor, levels, entering)
            for factor, levels in factors.items()
            for measure in measures
        ]
    caption = (
        f"Each mark is one dyad, all sites and bands together: {entering.value}. Beside the marks, the bar "
        "is the group's mean and the line reaches one standard deviation up and down."
    )
    caption += _about_zero(measures, entering)
    columns = ["dyad", "therapist", "client", *factors, *measures]
    return Drawing(name, title, caption, tuple(panels), cells[columns].reset_index(drop=True))


def _zero_matters(measure: str, entering: words.Entering) -> bool:
    return entering.change or measure.endswith(("above_chance", "z_chance", "above_pseudo"))


def _about_zero(measures, entering: words.Entering) -> str:
    if entering.change:
        return " On the dashed line nothing changed."
    if any(_zero_matters(measure, entering) for measure in measures):
        return " On the dashed line a dyad is where its own chance level is."
    return ""


def _group_panel(cells, descriptives, measure: str, factor: str, named, entering: words.Entering) -> Panel:
    levels = [*named, *(x for x in dict.fromkeys(cells[factor]) if x not in named)]
    stated = descriptives[(descriptives["measure"] == measure) & (descriptives["factor"] == factor)]
    # One scale for all factors of a measure: the panels can be compared.
    everything = descriptives[descriptives["measure"] == measure]
    ends = [
        *cells[measure], *(everything["mean"] - everything["sd"]), *(everything["mean"] + everything["sd"]),
        *([0] if _zero_matters(measure, entering) else []),
    ]  # fmt: skip
    low, high = _padded(np.nanmin(ends), np.nanmax(ends), 0.07)
    canvas = _Canvas(max(WIDTH, 78 * len(levels) + 80), 290)
    axes = canvas.axes
    axes.yaxis.grid(True)
    if _zero_matters(measure, entering):
        _chance_line(axes)
    said = []
    for index, level in enumerate(levels):
        rows = cells[(cells[factor] == level) & cells[measure].notna()]
        shifts = _spread(rows[measure], high - low)
        for dyad, value, shift in zip(rows["dyad"], rows[measure], shifts, strict=True):
            canvas.mark(
                index - 0.1 + shift,
                value,
                dyad,
                f"{words.spoken(level)}, {entering.label(measure, start=False)} {words.proportion(value)}",
                markersize=9,
                **_group_look(index),
            )
        summary = stated[stated["level"] == level]
        mean, sd = summary.iloc[0][["mean", "sd"]] if len(summary) else (np.nan, np.nan)
        if not np.isnan(mean):
            x = index + 0.3
            if not np.isnan(sd):
                axes.plot([x, x], [mean - sd, mean + sd], color=INK, linewidth=1.6)
            axes.plot([x - 0.08, x + 0.08], [mean, mean], color=INK, linewidth=2.6)
        said.append(
            f"{words.spoken(level)}, {words.counted(len(rows), 'dyad')}"
            + (f", mean {words.proportion(mean)}" if not np.isnan(mean) else "")
            + (f", SD {words.proportion(sd)}" if not np.isnan(sd) else "")
        )
    axes.set_xticks(
        range(len(levels)), [f"{_wrapped(level)}\nn = {(cells[factor] == level).sum()}" for level in levels]
    )
    axes.set_xlim(-0.55, len(levels) - 0.45)
    axes.set_ylim(low, high)
    axes.tick_params(axis="x", length=0, pad=6)
    axes.spines["bottom"].set_visible(False)
    axes.set_ylabel(entering.label(measure))
    axes.set_title(f"{words.heading(factor)}: {entering.label(measure)}")
    alt = f"{entering.label(measure)} of every dyad by {words.spoken(factor)}: {'; '.join(said)}."
    return _panel(canvas, f"groups-{_slug(factor)}-{_slug(measure)}", alt)


def correlations(
    dyadmeans: pd.DataFrame,
    table: pd.DataFrame,
    questionnaire: str,
    label: str,
    measures,
    rois,
    bands,
    entering: words.Entering,
) -> Drawing | Absent:
    """A questionnaire score against each measure at each site and band, with the lines of the table."""
    name, title = f"correlations-{_slug(questionnaire)}", f"{label} and phase locking"
    cells = dyadmeans[(dyadmeans["roi"] != "all") & (dyadmeans["band"] != "all")]
    measures = [measure for measure in measures if measure in cells and cells[measure].notna().any()]
    if questionnaire not in cells:
        return Absent(name, title, f"the table of dyad means has no column {questionnaire}")
    if not measures or cells.dropna(subset=[questionnaire, measures[0]]).empty:
        return Absent(name, title, "no dyad has both a questionnaire score and a phase-locking value")
    cells = cells.dropna(subset=[questionnaire])
    stated = table[table["questionnaire"] == questionnaire]
    with _style():
        panels = [
            _correlation_panel(cells, stated, questionnaire, label, measure, roi, band, entering)
            for roi in rois
            for band in bands
            for measure in measures
            if ((cells["roi"] == roi) & (cells["band"] == band)).any()
        ]
    caption = (
        f"Each mark is one dyad: {entering.value}. The line is the regression line of the "
        "correlation table. Holm's correction is over all sites and bands of a measure."
    )
    caption += _about_zero(measures, entering)
    columns = ["dyad", "therapist", "client", "roi", "band", questionnaire, *measures]
    return Drawing(name, title, caption, tuple(panels), cells[columns].reset_index(drop=True))


def _correlation_panel(
    cells, stated, questionnaire: str, label: str, measure: str, roi: str, band: str, entering: words.Entering
) -> Panel:
    values = [*cells[measure].dropna(), *([0] if _zero_matters(measure, entering) else [])]
    x_range = cells[questionnaire].min(), cells[questionnaire].max()
    lines = stated[stated["measure"] == measure].dropna(subset=["slope", "intercept"])
    values += [y for x in x_range for y in lines["intercept"] + lines["slope"] * x]
    rows = cells[(cells["roi"] == roi) & (cells["band"] == band) & cells[measure].notna()]
    found = stated[(stated["measure"] == measure) & (stated["roi"] == roi) & (stated["band"] == band)]
    one = found.iloc[0] if len(found) else None
    canvas = _Canvas(WIDTH, 270)
    axes = canvas.axes
    axes.grid(True)
    if _zero_matters(measure, entering):
        _chance_line(axes)
    if one is not None and not np.isnan(one["slope"]) and not np.isnan(one["intercept"]):
        ends = np.array(x_range)
        axes.plot(ends, one["intercept"] + one["slope"] * ends, color=INK, linewidth=1.6)
    for dyad, x, y in zip(rows["dyad"], rows[questionnaire], rows[measure], strict=True):
        canvas.mark(
            x,
            y,
            dyad,
            f"{label} {words.number(x, 1)}, {entering.label(measure, start=False)} {words.proportion(y)}",
            markersize=8.5,
            **_group_look(0),
        )
    axes.set_xlim(*_padded(*x_range))
    axes.set_ylim(*_padded(min(values), max(values), 0.1))
    axes.set_xlabel(label)
    axes.set_ylabel(entering.label(measure))
    axes.set_title(f"{words.heading(words.cell(roi, band))}: {entering.label(measure)}", pad=24)
    if one is not None and not np.isnan(one["r"]):
        numbers = f"r = {words.proportion(one['r'], 2)}, {words.p_phrase(one['p_holm'], 'Holm p')}"
    else:
        numbers = "correlation not computed"
    axes.text(0, 1.035, numbers, transform=axes.transAxes, fontsize=10.5, color=MUTED)
    alt = (
        f"{label} against {entering.label(measure, start=False)}, {words.cell(roi, band)}, "
        f"{words.counted(len(rows), 'dyad')}: "
        f"{numbers}."
    )
    prefix = f"correlations-{_slug(questionnaire)}-{_slug(roi)}-{_slug(band)}-{_slug(measure)}"
    return _panel(canvas, prefix, alt)


def channel_map(frame: pd.DataFrame, bands) -> Drawing | Absent:
    """Phase locking above chance of each therapist's channel with each client's channel, a map a band."""
    import matplotlib

    name, title = "channels", "PLV above chance between the channels of two brains"
    if frame.empty or frame["above_chance"].isna().all():
        return Absent(name, title, "the table of channel pairs has no values in it")
    limit = float(np.nanmax(np.abs(frame["above_chance"])))
    limit = limit or 0.01
    panels = []
    present = [band for band in bands if (frame["band"] == band).any()]
    present += [band for band in dict.fromkeys(frame["band"]) if band not in present]
    with _style():
        colours = matplotlib.colormaps["PuOr_r"].with_extremes(bad=BAND_SHADE)
        for band in present:
            rows = frame[frame["band"] == band]
            therapist = list(dict.fromkeys(rows["therapist_channel"]))
            client = list(dict.fromkeys(rows["client_channel"]))
            grid = rows.pivot_table(
                index="therapist_channel", columns="client_channel", values="above_chance", aggfunc="first",
                dropna=False,
            ).reindex(index=therapist, columns=client)  # fmt: skip
            many = max(len(therapist), len(client))
            step = 34 if many <= MAX_ANNOTATED else 21 if many <= MAX_VECTOR else 11
            canvas = _Canvas(max(WIDTH + 30, step * len(client) + 130), max(200, step * len(therapist) + 110))
            axes = canvas.axes
            values = np.ma.masked_invalid(grid.to_numpy(dtype=float))
            if many <= MAX_VECTOR:
                edges = np.arange(len(client) + 1) - 0.5, np.arange(len(therapist) + 1) - 0.5
                drawn = axes.pcolormesh(
                    *edges, values, cmap=colours, vmin=-limit, vmax=limit, edgecolors=PAPER, linewidth=0.8
                )
            else:
                drawn = axes.imshow(
                    values, cmap=colours, vmin=-limit, vmax=limit, interpolation="none", aspect="auto"
                )
            if many <= MAX_ANNOTATED:
                for (row, column), value in np.ndenumerate(values):
                    if value is not np.ma.masked:
                        cell = colours((value + limit) / (2 * limit))
                        axes.text(
                            column, row, words.proportion(value, 2), ha="center", va="center", fontsize=9.5,
                            color=_readable_on(cell),
                        )  # fmt: skip
            small = 10.5 if many <= MAX_VECTOR else 8.5
            axes.set_xticks(range(len(client)), client, rotation=90 if many > 8 else 0, fontsize=small)
            axes.set_yticks(range(len(therapist)), therapist, fontsize=small)
            axes.tick_params(length=0)
            axes.set_ylim(len(therapist) - 0.5, -0.5)
            for spine in axes.spines.values():
                spine.set_visible(False)
            axes.set_xlabel("Client's channel")
            axes.set_ylabel("Therapist's channel")
            axes.set_title(words.heading(band))
            bar = canvas.figure.colorbar(drawn, ax=axes, shrink=0.9, aspect=22, pad=0.03)
            bar.outline.set_visible(False)
            bar.set_label("PLV above chance")
            known = rows.dropna(subset=["above_chance"])
            if known.empty:
                alt = f"{words.heading(band)}: no value for any pair of channels."
            else:
                top = known.loc[known["above_chance"].idxmax()]
                alt = (
                    f"{words.heading(band)}: a map of {len(therapist)} therapist's by {len(client)} client's "
                    "channels. "
                    f"The largest mean above chance is {words.proportion(top['above_chance'])}, therapist "
                    f"{top['therapist_channel']} with client {top['client_channel']}."
                )
            panels.append(_panel(canvas, f"{name}-{_slug(band)}-{len(panels)}", alt))
    dyads = frame["n_dyads"].dropna()
    caption = (
        "Rows are the therapist's channels, columns the client's; the mean over dyads"
        + (f" (n = {words.whole(dyads.max())})" if len(dyads) else "")
        + " and times. Orange is above chance, white is chance, purple is below. All maps share one scale."
    )
    return Drawing(name, title, caption, tuple(panels), frame, source="channelpairs")


def chance(aggregated: pd.DataFrame, times, bands, rois) -> Drawing | Absent:
    """Each dyad's PLV against its own null (mean plus and minus 2 SD), for each site, band and time."""
    name, title = "chance", "Each dyad against its own chance level"
    frame = aggregated.dropna(subset=["plv"])
    if frame.empty or frame["chance"].isna().all():
        return Absent(name, title, "no dyad has both a phase-locking value and a chance level")
    low = np.nanmin([frame["plv"].min(), (frame["chance"] - 2 * frame["chance_sd"].fillna(0)).min()])
    high = np.nanmax([frame["plv"].max(), (frame["chance"] + 2 * frame["chance_sd"].fillna(0)).max()])
    panels, tallest = [], 0
    order = {time: index for index, time in enumerate(times)}
    with _style():
        for roi in rois:
            for band in bands:
                cells = frame[(frame["roi"] == roi) & (frame["band"] == band)]
                if cells.empty:
                    continue
                ranks = {dyad: index for index, dyad in enumerate(dict.fromkeys(cells["dyad"]))}
                cells = cells.assign(_dyad=cells["dyad"].map(ranks), _time=cells["time"].map(order))
                cells = cells.sort_values(["_dyad", "_time"], kind="stable").reset_index(drop=True)
                tallest = max(tallest, len(cells))
                canvas = _Canvas(WIDTH, 78 + ROW * len(cells))
                axes = canvas.axes
                _rows(axes, [f"{row.dyad} {row.time}" for row in cells.itertuples()])
                beyond = 0
                for place, row in enumerate(cells.itertuples()):
                    if not np.isnan(row.chance):
                        spread = 0 if np.isnan(row.chance_sd) else 2 * row.chance_sd
                        axes.plot(
                            [row.chance - spread, row.chance + spread], [place, place], color=BAND_SHADE,
                            linewidth=7, solid_capstyle="butt", zorder=1,
                        )  # fmt: skip
                        axes.plot([row.chance] * 2, [place - 0.3, place + 0.3], color=MUTED, linewidth=1.2)
                    above = bool(row.p_chance < 0.05)
                    beyond += above
                    canvas.mark(
                        row.plv,
                        place,
                        row.dyad,
                        f"{row.time}, {words.cell(roi, band)}: PLV {words.proportion(row.plv)}, chance "
                        f"{words.proportion(row.chance)}, {words.p_phrase(row.p_chance)}",
                        marker="D" if above else "o",
                        markersize=7 if above else 7.5,
                        markerfacecolor=COLOURS[1] if above else PAPER,
                        markeredgecolor=PAPER if above else COLOURS[0],
                        markeredgewidth=1 if above else 1.8,
                        zorder=3,
                    )
                axes.set_xlim(*_padded(low, high, 0.05))
                axes.set_xlabel("Raw PLV")
                axes.set_title(words.heading(words.cell(roi, band)))
                alt = (
                    f"{words.heading(words.cell(roi, band))}: {beyond} of {len(cells)} values (dyad and "
                    "time) lie "
                    f"above their own chance level at p < .05."
                )
                panels.append(_panel(canvas, f"{name}-{len(panels)}", alt))
    caption = (
        "The grey bar is the dyad's own null, its mean plus and minus 2 SD, from circular shifts of one "
        "person against "
        "the other; the tick is its mean. p is uncorrected: with no coupling, 1 in 20 would lie above by "
        "luck."
    )
    key = (
        ("◆", _css(COLOURS[1]), "above chance, p < .05"),
        ("○", _css(COLOURS[0]), "within chance, or p not known"),
        ("▬", _css(BAND_SHADE), "chance: mean ± 2 SD"),
    )
    columns = [
        "dyad",
        "time",
        "roi",
        "band",
        "plv",
        "chance",
        "chance_sd",
        "above_chance",
        "p_chance",
        "n_windows",
    ]
    return Drawing(name, title, caption, tuple(panels), aggregated[columns], key, tall=tallest > 60)


def planted(aggregated: pd.DataFrame, truth: pd.DataFrame, bands) -> Drawing | Absent:
    """What the simulator planted (expected PLV at the sensors) against what was found."""
    name, title = "planted", "Planted against found"
    frame = aggregated.merge(
        truth[["dyad", "time", "band", "source_plv", "expected_plv"]],
        on=["dyad", "time", "band"],
        how="inner",
    )
    frame = frame.dropna(subset=["expected_plv"])
    if frame.empty or frame["plv"].isna().all():
        return Absent(name, title, "no dyad has both a planted and a found value")
    rois = list(dict.fromkeys(frame["roi"]))
    present = [band for band in bands if (frame["band"] == band).any()]
    panels = []
    with _style():
        for measure in ("plv", "above_chance"):
            x_range = _padded(min(0, frame["expected_plv"].min()), frame["expected_plv"].max())
            y_range = _padded(min(0, frame[measure].min()), frame[measure].max())
            for band in present:
                rows = frame[(frame["band"] == band) & frame[measure].notna()]
                if rows.empty:
                    continue
                canvas = _Canvas(WIDTH, 280)
                axes = canvas.axes
                axes.grid(True)
                both = [max(x_range[0], y_range[0]), min(x_range[1], y_range[1])]
                axes.plot(both, both, color=MUTED, linewidth=1.2, linestyle=(0, (4, 3)))
                axes.annotate(
                    "planted = found", [np.mean(both)] * 2, xytext=(7, -3), textcoords="offset points",
                    ha="left",
                    va="top", fontsize=10, color=MUTED,
                )  # fmt: skip
                for row in rows.itertuples():
                    index = rois.index(row.roi)
                    value = getattr(row, measure)
                    canvas.mark(
                        row.expected_plv,
                        value,
                        row.dyad,
                        f"{row.time}, {words.cell(row.roi, band)}: planted "
                        f"{words.proportion(row.expected_plv)}, "
                        f"found {words.proportion(value)}",
                        markersize=8,
                        **_group_look(index),
                    )
                axes.set_xlim(*x_range)
                axes.set_ylim(*y_range)
                axes.set_xlabel("Planted: expected PLV at the sensors")
                axes.set_ylabel(f"Found: {words.measure(measure, start=False)}")
                axes.set_title(f"{words.heading(band)}: {words.measure(measure)}")
                alt = (
                    f"{words.heading(band)}: planted PLV from {words.proportion(rows['expected_plv'].min())} "
                    "to "
                    f"{words.proportion(rows['expected_plv'].max())}; found "
                    f"{words.measure(measure, start=False)} from "
                    f"{words.proportion(rows[measure].min())} to {words.proportion(rows[measure].max())}."
                )
                panels.append(_panel(canvas, f"{name}-{len(panels)}", alt))
    caption = (
        "Each mark is one dyad, time and site. On the dashed line, found equals planted. Raw PLV has a floor "
        "(chance), so "
        "weak coupling lies above the line; PLV above chance has that floor taken away, so it lies somewhat "
        "below."
    )
    columns = ["dyad", "time", "roi", "band", "source_plv", "expected_plv", "plv", "chance", "above_chance"]
    return Drawing(name, title, caption, tuple(panels), frame[columns], key=_shape_key(rois))


UNITS = {"d": "d (difference in standard deviations)", "r": "Correlation r", "partial_eta2": "ηp²"}
CHOICES = {
    "reference": "Reference", "length_s": "Window length", "bands": "Bands", "rois": "Sites",
    "estimator": "Estimator", "correction": "Chance", "times": "Times",
}  # fmt: skip
CORRECTIONS = {"raw": "raw", "above_chance": "minus chance", "z_chance": "z of chance"}
TICK = 0.36  # half the height of a mark in the matrix of choices, in rows


def choice(name: str, level) -> str:
    """A level of a choice as the page names it."""
    if name == "length_s":
        return f"{float(level):g} s"
    if name in ("bands", "rois") and level == "study":
        return "as in the study"
    if name == "estimator":
        return words.ESTIMATORS.get(level, words.spoken(level))
    return CORRECTIONS.get(level, words.spoken(level)) if name == "correction" else words.spoken(level)


def specifications(frame: pd.DataFrame, tested: str, label: str) -> Drawing | Absent:
    """The specification curve of one factor or score: sorted effects above, the choices behind each below.

    Parameters
    ----------
    frame : pandas.DataFrame
        Rows of the table of specifications that concern `tested`, one a combination of choices.
    label : str
        What the page calls it.

    Notes
    -----
    After Simonsohn, Simmons & Nelson (2020), figure 2.
    """
    name, title = f"specifications-{_slug(tested)}", f"{label} under other analysis choices"
    drawn = frame.dropna(subset=["effect_size", "effect_rank"]).sort_values("effect_rank", kind="stable")
    if drawn.empty:
        return Absent(name, title, "no combination of choices could be tested; the table says why")
    drawn = drawn.reset_index(drop=True)
    levels = {key: list(dict.fromkeys(frame[key])) for key in CHOICES}
    shown = {key: found for key, found in levels.items() if len(found) > 1}
    own, clear = drawn["own"] == 1, drawn["p"] < 0.05
    with _style():
        panel = _curve_panel(drawn, shown, own, clear, name, label)
    first = frame.iloc[0]
    compared = "" if words.is_missing(first["comparison"]) else f" ({words.difference(first['comparison'])})"
    caption = (
        f"Each column is one way to analyse these data: above, its effect{compared} with its 95 % interval; "
        "below, the choices behind it. In the grey band lie 95 % of the effects of this rank when the dyads "
        "are relabelled. Vertical lines mark the study's own analyses."
    )
    same = [
        f"{CHOICES[key].lower()} {choice(key, found[0])}" for key, found in levels.items() if key not in shown
    ]
    if same:
        caption += f" The same in all: {words.listed(same)}."
    if untested := len(frame) - len(drawn):
        caption += f" {words.counted(untested, 'combination')} could not be tested: see the table."
    key = (
        ("◆", _css(COLOURS[1]), "p < .05"),
        ("○", _css(COLOURS[0]), "p ≥ .05"),
        ("★", _css(INK), "the study's own"),
        ("▬", _css(BAND_SHADE), "95 % of relabelings"),
    )
    columns = [
        "specification", "own", *CHOICES, "effect_size", "effect_size_low", "effect_size_high", "p",
        "p_permutation", "n_dyads", "note",
    ]  # fmt: skip
    numbers = pd.concat([drawn, frame[frame["effect_size"].isna()]])[columns].reset_index(drop=True)
    return Drawing(name, title, caption, (panel,), numbers, key, source="specifications")


def _curve_panel(drawn, shown, own, clear, name, label) -> Panel:
    rows = [(key, level) for key, found in shown.items() for level in found]
    lines = len(rows) + len(shown)
    # What a phone shows without scrolling, as long as the columns can be told apart there.
    width = WIDTH if len(drawn) <= 30 else min(900, WIDTH + 6 * (len(drawn) - 10))
    canvas = _Canvas(width, 300 + ROW * lines)
    figure, axes = canvas.figure, canvas.axes
    axes.remove()
    axes, matrix = figure.subplots(2, 1, sharex=True, height_ratios=[230, max(1, ROW * lines)])
    x = np.arange(1, len(drawn) + 1)
    step = (width - 130) / len(drawn)  # pixels a column: marks thin out where there are many
    axes.fill_between(x, drawn["null_low"], drawn["null_high"], color=BAND_SHADE, alpha=0.45, linewidth=0)
    axes.axhline(0, color=MUTED, linewidth=1.2, linestyle=(0, (4, 3)), zorder=1)
    for at in (axes, matrix):
        for place in x[own]:
            at.axvline(place, color=MUTED, linewidth=1, zorder=0)
    for kind, colour in ((clear, COLOURS[1]), (~clear, COLOURS[0])):
        part = drawn[kind]
        thin = float(np.clip(step / 3, 0.25, 1.1))
        _bars(axes, x[kind], part["effect_size_low"], part["effect_size_high"], colour, thin)
    roomy = step > 4
    look = {"linestyle": "none", "markersize": 6 if roomy else 3.5, "zorder": 3}
    for kind, sign, colour, fill in (
        (~clear, "o", COLOURS[0], PAPER if roomy else COLOURS[0]),
        (clear, "D", COLOURS[1], COLOURS[1]),
    ):
        axes.plot(x[kind], drawn["effect_size"][kind], sign, color=colour, markerfacecolor=fill, **look)
    axes.plot(
        x[own], drawn["effect_size"][own], "*", color=INK, markersize=15, markeredgecolor=PAPER, zorder=4
    )
    reach = ["effect_size", "effect_size_low", "effect_size_high", "null_low", "null_high"]
    low, high = drawn[reach].min(axis=None), drawn[reach].max(axis=None)
    axes.set_ylim(*_padded(min(0, low), max(0, high)))
    axes.set_ylabel(UNITS.get(drawn["effect_unit"][0], drawn["effect_unit"][0]))
    axes.tick_params(axis="x", length=0, labelbottom=False)
    axes.spines["bottom"].set_visible(False)
    axes.yaxis.grid(True)

    places, ticks, place = [], [], 0.0
    for key, found in shown.items():
        for number, level in enumerate(found):
            used = (drawn[key] == level).to_numpy()
            ends = [place - TICK] * used.sum(), [place + TICK] * used.sum()
            _bars(matrix, x[used], *ends, INK, min(2.2, 0.7 * step))
            places.append(place)
            ticks.append(f"{CHOICES[key]}: {choice(key, level)}" if number == 0 else choice(key, level))
            place += 1
        place += 0.7
    matrix.set_yticks(places, ticks)
    matrix.set_ylim(place - 1, -0.8)
    matrix.set_xlim(0.2, len(drawn) + 0.8)
    matrix.tick_params(axis="y", length=0)
    matrix.tick_params(axis="x", length=0)
    matrix.set_xticks([])
    for side in matrix.spines.values():
        side.set_visible(False)
    matrix.set_xlabel(f"{len(drawn)} analyses, sorted by their effect")
    low, high = drawn["effect_size"].min(), drawn["effect_size"].max()
    mine = drawn["effect_size"][own]
    alt = (
        f"Specification curve of {label}: {words.counted(len(drawn), 'analysis', 'analyses')}, effects from "
        f"{words.number(low)} to {words.number(high)} ({UNITS.get(drawn['effect_unit'][0], 'effect')}); "
        f"{int(clear.sum())} with p < .05."
        + (f" The study's own: {words.listed(words.number(value) for value in mine)}." if len(mine) else "")
    )
    return _panel(canvas, name, alt)


def _bars(axes, x, low, high, colour, width) -> None:
    """Vertical bars as one path, so that a thousand of them stay small on the page."""
    axes.plot(
        np.repeat(np.asarray(x, float), 3),
        np.column_stack([low, high, np.full(len(x), np.nan)]).astype(float).ravel(),
        color=colour, linewidth=width, solid_capstyle="butt", zorder=2,
    )  # fmt: skip


# --- marks and axes --------------------------------------------------------------------------------------


def _css(colour: str) -> str:
    """A colour as the page's variable, with itself to fall back on."""
    return f"var(--fig-{VARIABLES[colour.lower()]},{colour.lower()})"


def _shape_key(names) -> tuple:
    return tuple(
        (SIGNS[i % len(SIGNS)], _css(COLOURS[i % len(COLOURS)]), words.spoken(name))
        for i, name in enumerate(names)
    )


def _offsets(count: int, width: float) -> np.ndarray:
    return np.linspace(-width, width, count) if count > 1 else np.zeros(1)


def _readable_on(colour) -> str:
    """Near-black or white, whichever stands out more on an RGB colour (WCAG's relative luminance)."""
    channels = np.array(colour[:3])
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return "#111111" if linear @ [0.2126, 0.7152, 0.0722] > 0.179 else "#ffffff"


def _padded(low: float, high: float, share: float = 0.06) -> tuple:
    margin = share * (high - low) or 0.05 * (abs(high) or 1)
    return low - margin, high + margin


def _wrapped(level: str) -> str:
    return "\n".join(textwrap.wrap(words.spoken(level), 14)) or words.NOT_AVAILABLE


def _rows(axes, labels) -> None:
    """Rows from the top, each with its label, and a thin rule to follow."""
    axes.set_yticks(range(len(labels)), labels)
    axes.set_ylim(len(labels) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    axes.yaxis.grid(True)
    axes.spines["left"].set_visible(False)


def _chance_line(axes) -> None:
    axes.axhline(0, color=MUTED, linewidth=1.2, linestyle=(0, (4, 3)), zorder=1)


def _spread(values: pd.Series, span: float) -> np.ndarray:
    """Sideways shifts that keep marks of like value apart, the same every time."""
    near, step = span * 0.045, 0.085
    shifts = np.zeros(len(values))
    placed: list = []
    for position in np.argsort(values.to_numpy(), kind="stable"):
        value = values.iloc[position]
        taken = {shift for other, shift in placed if abs(other - value) < near}
        tries = (sign * step * ring for ring in range(len(values)) for sign in ((1, -1) if ring else (1,)))
        free = next((shift for shift in tries if shift not in taken and abs(shift) <= 0.26), 0.0)
        shifts[position] = free
        placed.append((value, free))
    return shifts


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", str(name).lower()).strip("-") or "x"


# --- from Matplotlib to the page -------------------------------------------------------------------------

_DECIMALS = re.compile(r"(-?\d+\.\d\d)\d+")
_SPACES = re.compile(r"\s+")
_COLOUR = re.compile(r"(?<=: )#[0-9a-f]{6}")
_REFERENCE = re.compile(r"url\(#([^)]+)\)")


def _panel(canvas: _Canvas, prefix: str, alt: str, dyad: str = "", like: _Canvas | None = None) -> Panel:
    """The finished figure as an SVG element that can stand in a page among others.

    Identifiers get `prefix`, unused ones go, coordinates are rounded to 0.01 pixel, colours that must follow
    the page's light or dark become variables, and marks get the dyad's id and a line to show on pointing.
    `like` is a canvas whose layout fits this one.
    """
    canvas.lay_out(like)
    buffer = io.StringIO()
    canvas.figure.savefig(
        buffer,
        format="svg",
        transparent=True,
        metadata={"Date": None, "Creator": None, "Format": None, "Type": None},
    )
    root = ElementTree.fromstring(buffer.getvalue())
    for parent in root.iter():
        for child in list(parent):
            if child.tag.endswith(("}metadata", "}style")):
                parent.remove(child)
    used = set()
    for element in root.iter():
        for key, value in element.attrib.items():
            used.update(_REFERENCE.findall(value))
            if key.endswith("href") and value.startswith("#"):
                used.add(value[1:])
    for element in list(root.iter()):
        _rewrite(element, prefix, used, canvas.marks)
    root.attrib = {
        "class": "fig",
        "xmlns": "http://www.w3.org/2000/svg",
        "viewBox": root.attrib["viewBox"],
        "role": "img",
        "aria-label": alt,
        "style": f"--w:{round(canvas.width)}px",
    }
    text = ElementTree.tostring(root, encoding="unicode")
    text = _COLOUR.sub(lambda match: _css(match[0]) if match[0] in VARIABLES else match[0], text)
    return Panel(text, alt, round(canvas.width), dyad)


def _rewrite(element, prefix: str, used: set, marks: dict) -> None:
    element.tag = element.tag.rpartition("}")[2]
    if not (element.text or "").strip():
        element.text = None
    element.tail = None if not (element.tail or "").strip() else element.tail
    attributes = {}
    for key, value in element.attrib.items():
        key = key.rpartition("}")[2]
        if key == "id":
            if value in marks:
                dyad, says = marks[value]
                attributes |= {"class": "pt", "data-dyad": dyad}
                title = ElementTree.Element("title")
                title.text = says
                element.insert(0, title)
            if value not in used:
                continue
            value = f"{prefix}-{value}"
        elif key == "href" and value.startswith("#"):
            value = f"#{prefix}-{value[1:]}"
        elif key != "href":
            value = _REFERENCE.sub(rf"url(#{prefix}-\1)", value)
            value = _SPACES.sub(" ", _DECIMALS.sub(r"\1", value)).strip()
        attributes[key] = value
    element.attrib = attributes
