"""A member's cleaned recording as arrays, and the client's at the therapist's sample times.

Knows which stretches and channels hold no signal of their own. Judges no window.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from interbrain.clocks import ClockFit
from interbrain.formats.filtered import Filtered

# Where nothing confirms that both members' windows are the same instants (`interbrain.clocks.confirmation`).
NOT_CONFIRMED = "clock not confirmed"
# Before the client's recording began and after it ended, on the therapist's clock: nothing was lost there.
NOT_YET, ENDED = OUTSIDE = ("not recorded yet", "recording ended")
# What the file holds in place of a measurement, and where two of its pieces meet (`formats.invalid`).
NO_REFERENCE, FILLED, REPEATED = NOT_MEASURED = ("no reference", "filled loss", "sent twice")
JOIN = "join"
# What an annotation of a cleaned recording, in small letters, says of a window; others by their own name.
SPAN_REASONS = {
    "bad_acq_skip": "gap",
    "bad_missing": "gap",
    "bad_cms": NO_REFERENCE,
    "bad_filled": FILLED,
    "bad_repeated": REPEATED,
    "bad_join": JOIN,
    "bad_flat": "flat",
    "bad_muscle": "muscle",
    "bad_step": "step",
}


@dataclass(frozen=True)
class Signal:
    """A member's cleaned recording as arrays.

    Attributes
    ----------
    data : array, shape (n_channels, n_times)
        Volts.
    channels : list of str
    bad_spans : list of (start, stop, reason)
        In s on this array's clock; gaps and other stretches that must not enter a window. The reason is a
        criterion (`SPAN_REASONS`) or the annotation's own name.
    interpolated : list of str
        Channels that hold no signal of their own.
    role : str
        Whose signal it is: therapist, or client once it is `on_therapist_clock`.
    events : list of (onset, name)
        In s on this array's clock: the recording's annotations that mark nothing as bad.
    content : str
        Identifies the recording's samples as they were read (`seeds.content_of`); empty if not known.
    filtered : Filtered or None
        Which filters the recording went through before it came to us, if its spectrum shows any.
    """

    data: np.ndarray
    channels: list[str]
    sfreq: float
    bad_spans: list[tuple[float, float, str]]
    interpolated: list[str]
    role: str = "therapist"
    content: str = ""
    filtered: Filtered | None = None
    events: list[tuple[float, str]] = field(default_factory=list)

    @property
    def duration(self) -> float:
        return self.data.shape[1] / self.sfreq

    @property
    def own(self) -> list[int]:
        """Channels with a signal of their own: not interpolated, and no value missing."""
        return [
            i
            for i, channel in enumerate(self.channels)
            if channel not in self.interpolated and np.isfinite(self.data[i]).all()
        ]


def read_signal(cleaned: Path, account: Path) -> Signal:
    """Read a cleaned recording and what its account says of interpolated channels."""
    import mne

    raw = mne.io.read_raw_fif(cleaned, verbose="error")
    told = json.loads(Path(account).read_text(encoding="utf-8"))
    spans = [
        (
            float(a["onset"] - raw.first_time),
            float(a["onset"] - raw.first_time + a["duration"]),
            # Commas separate the criteria of a window.
            SPAN_REASONS.get(a["description"].lower(), a["description"].replace(",", "")),
        )
        for a in raw.annotations
        if a["description"].upper().startswith("BAD")
    ]
    events = [
        (float(a["onset"] - raw.first_time), str(a["description"]))
        for a in raw.annotations
        if not a["description"].upper().startswith("BAD")
    ]
    spans = list(dict.fromkeys(spans))  # MNE repeats a gap, in capitals, where one of its buffers is all gap
    return Signal(
        raw.get_data(),
        list(raw.ch_names),
        float(raw.info["sfreq"]),
        spans,
        interpolated=list(told["BadChannels"]),
        content=told["Content"],
        filtered=Filtered.from_json(told.get("RecordedFilter")),
        events=events,
    )


def on_therapist_clock(client: Signal, fit: ClockFit, n_times: int) -> Signal:
    """The client's signal at the instants of the therapist's samples.

    Parameters
    ----------
    fit : ClockFit
        client time = offset + (1 + drift) x therapist time.
    n_times : int
        Samples of the therapist's recording, at the same sampling frequency.

    Returns
    -------
    signal : Signal
        shape (n_channels, n_times). Where the client was not recording the signal is 0 and the span is in
        `bad_spans`, for one of the reasons in `OUTSIDE`; where the clock is not confirmed
        (`fit.unconfirmed`), it has that as its reason. A channel that lacks a value is NaN throughout.

    Notes
    -----
    Cubic splines: at 250 Hz the error of a sine stays below 0.4 % of its amplitude up to 40 Hz, and below
    3e-5 up to 12 Hz. A stretch is cut at whole samples of either file, so that the client's may begin or end
    by less than a sample within the therapist's: the nearest value stands there, and nothing is lacking.
    """
    from scipy.interpolate import CubicSpline

    own_times = np.arange(client.data.shape[1]) / client.sfreq
    wanted = fit.to_other(np.arange(n_times) / client.sfreq)
    step = 1 / client.sfreq
    inside = (wanted > -step) & (wanted < own_times[-1] + step)
    wanted = np.clip(wanted, 0, own_times[-1])
    finite = np.isfinite(client.data).all(axis=1)
    data = np.where(finite[:, None], 0.0, np.nan) * np.ones(n_times)
    for channel in np.flatnonzero(finite) if inside.any() else []:
        # One at a time: a spline's coefficients take many times the memory of its channel.
        data[channel, inside] = CubicSpline(own_times, client.data[channel])(wanted[inside])
    spans = [(float(fit.to_reference(a)), float(fit.to_reference(b)), why) for a, b, why in client.bad_spans]
    first, last = float(fit.to_reference(0.0)), float(fit.to_reference(client.duration))
    if first >= step:
        spans.append((0.0, first, NOT_YET))
    if last <= n_times / client.sfreq - step:
        spans.append((last, n_times / client.sfreq, ENDED))
    spans += [(begin, end, NOT_CONFIRMED) for begin, end in fit.unconfirmed]
    events = [(float(fit.to_reference(onset)), name) for onset, name in client.events]
    return replace(client, data=data, bad_spans=spans, role="client", events=events)
