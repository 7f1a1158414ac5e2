"""A recording's picture as a whole: reads what the stages wrote, lays out the panels, saves a small WebP.

Draws what is there and says in words what is not: no recording is too bad to be shown.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from interbrain.bids.reading import read_recording_files
from interbrain.clocks import ClockFit
from interbrain.pictures import panels
from interbrain.pictures.excerpt import telling_channels, telling_excerpt
from interbrain.pictures.windows import WindowMap, window_map
from interbrain.quality.spectra import SiteSpectra

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.typing import RcKeyType

EXCERPT_S = 20.0
WIDTH, HEIGHT, DOTS = 15.0, 12.25, 100  # inches, and dots in each
LINE = 150  # letters
# Of the WebP: the first at which the picture is small enough for a report that holds many. Few would be so at
# more than 30, and to try takes a tenth of the time of drawing.
QUALITIES, MOST_BYTES = (30, 20, 10), 135_000

STYLE: dict[RcKeyType, Any] = {
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 11,
    "text.color": panels.INK,
    "axes.labelcolor": panels.INK,
    "axes.edgecolor": panels.MUTED,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.color": panels.INK,
    "ytick.color": panels.INK,
    "xtick.labelsize": 10,
    "ytick.labelsize": 10.5,
    "hatch.linewidth": 1.0,
    "text.parse_math": False,  # a person's reason may hold a $
}


def write_summary(output: Path, **what: Any) -> None:
    """Write `summary_figure` as WebP, below `MOST_BYTES`; the same inputs give the same bytes."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    with _style():
        canvas = FigureCanvasAgg(summary_figure(**what))
        canvas.draw()
    _save(Path(output), canvas)


def summary_figure(
    *,
    recording: Path,
    cleaned: Path,
    ica: Path,
    account: Mapping,
    conversion: Mapping,
    spectra: SiteSpectra,
    ledger: pd.DataFrame,
    clock: ClockFit,
    look: Sequence[str],
    rois: Mapping[str, Sequence[str]],
    cap_map: Mapping[str, str],
    events: Path | None = None,
) -> Figure:
    """Draw what cleaning did to one recording.

    Parameters
    ----------
    recording, cleaned, ica : Path
        The BIDS recording; the cleaned one; the decomposition, an empty file where there is none.
    account, conversion : mapping
        What `cleaning.clean` and `bids.recording.convert` said of it.
    spectra : SiteSpectra
    ledger : DataFrame
        Of the windows of the dyad and run.
    clock : ClockFit
        This recording's clock in terms of the therapist's; the therapist's own is the identity.
    look : sequence of str
        Why a person should look at the recording; empty if it is good.
    rois : mapping name -> channels
    cap_map : mapping label -> 10-20 name
        Of a recording whose labels are no 10-20 names; else empty.
    events : Path, optional
        As `bids.reading.read_described` takes it.

    Returns
    -------
    figure : matplotlib.figure.Figure
    """
    import mne
    from matplotlib.figure import Figure

    raw = read_recording_files(Path(recording), cap_map, events and Path(events))
    clean = mne.io.read_raw_fif(cleaned, preload=True, verbose="error")
    fitted = account["IndependentComponents"]["NotDone"] is None
    decomposition = mne.preprocessing.read_ica(ica, verbose="error") if fitted else None
    windows = window_map(ledger, conversion["role"])
    good = [row["channel"] for row in account["Channels"] if row["decision"] == "good"]
    bad = [row["channel"] for row in account["Channels"] if row["decision"] == "bad"]
    own = [clock.to_other(span) for span, kept in zip(windows.spans, windows.kept, strict=True) if kept]
    excerpt = telling_excerpt(
        raw,
        clean,
        channels=telling_channels(clean.ch_names, bad, rois),
        good=good,
        kept=own,
        highpass=account["HighpassHz"],
        lowpass=account["LowpassHz"],
        length_s=EXCERPT_S,
    )
    with _style():
        figure = Figure(figsize=(WIDTH, HEIGHT), dpi=DOTS, facecolor="white")

        def place(left: float, top: float, right: float, bottom: float) -> Axes:
            """Axes between these edges, in inches from the upper left corner."""
            return figure.add_axes(
                (left / WIDTH, 1 - bottom / HEIGHT, (right - left) / WIDTH, (bottom - top) / HEIGHT)
            )

        _headline(figure, conversion, account, windows, look)
        panels.traces(place(0.85, 1.9, 10.1, 6.55), excerpt, bad, windows, clock.to_reference)
        head, words = place(11.2, 3.95, 14.4, 6.2), place(10.8, 6.25, 14.8, 7.2)
        panels.channels(head, words, clean.info, account, rois)
        panels.spectra(place(11.35, 1.6, 14.8, 3.0), account, spectra, below=words)
        strip = figure.add_gridspec(
            1, panels.MOST_COMPONENTS, left=0.3 / WIDTH, right=1 - 0.3 / WIDTH, top=1 - 7.6 / HEIGHT,
            bottom=1 - 8.95 / HEIGHT, wspace=0.25,
        )  # fmt: skip
        panels.components(figure, strip, account, decomposition)
        panels.window_lanes(place(1.85, 10.35, 12.9, 11.65), windows, excerpt, clock.to_reference)
    return figure


@contextmanager
def _style() -> Iterator[None]:
    """Our own look, whatever a person's matplotlibrc says; undone on leaving."""
    import matplotlib

    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(STYLE)
        yield


def _headline(
    figure: Figure, conversion: Mapping, account: Mapping, windows: WindowMap, look: Sequence[str]
) -> None:
    about = account["IndependentComponents"]
    converged = "converged" if about.get("Converged") else "did not converge"
    line = [
        f"{conversion['participant']}, {conversion['role']} of {conversion['dyad']}, {conversion['time']}",
        "⚠ look" if look else "✓ good",
        "no ICA" if about["NotDone"] else f"ICA {converged}",
        f"{sum(windows.kept)} of {len(windows.kept)} windows kept",
    ]
    figure.text(0.02, 1 - 0.25 / HEIGHT, "   –   ".join(line), fontsize=18, fontweight="bold", va="top")
    # Whether the same recording is in another dyad is not known here, but in the quality table.
    said = "Look, because " + "; ".join(look) if look else "Nothing in this recording asks for a look."
    lines = textwrap.wrap(said, LINE)
    if len(lines) > 2:
        lines = [lines[0], textwrap.shorten(" ".join(lines[1:]), LINE, placeholder=" …")]
    figure.text(0.02, 1 - 0.68 / HEIGHT, "\n".join(lines), fontsize=12, va="top", linespacing=1.3)


def _save(output: Path, canvas: FigureCanvasAgg) -> None:
    from PIL import Image

    # From the bare pixels: no date, no name of a program.
    pixels = Image.frombuffer("RGBA", canvas.get_width_height(), canvas.buffer_rgba(), "raw", "RGBA", 0, 1)
    for quality in QUALITIES:
        content = BytesIO()
        pixels.convert("RGB").save(content, "WEBP", quality=quality, method=4)
        if content.tell() <= MOST_BYTES:
            break
    output.write_bytes(content.getvalue())
