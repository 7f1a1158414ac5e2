"""Two cleaned recordings and a clock become windows that are simultaneous by construction.

Windows are cut on the therapist's clock from continuous data and kept only where both members are good.
Nothing is filtered here, and nothing is judged by the synchrony it would give.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from interbrain.clocks import ClockFit
from interbrain.fif import save

SPAN_REASONS = {"bad_acq_skip": "samples lost", "bad_missing": "values missing"}


LEDGER = [
    "window",
    "start_s",
    "stop_s",
    "client_start_s",
    "kept",
    "reason",
    "therapist_peak_to_peak_uv",
    "client_peak_to_peak_uv",
]


class NotSimultaneous(Exception):
    """Two members' epochs do not describe the same instants."""


@dataclass(frozen=True)
class Signal:
    """A member's cleaned recording as arrays.

    Attributes
    ----------
    data : array, shape (n_channels, n_times)
        Volts.
    channels : list of str
    bad_spans : list of (start, stop, reason)
        In s on this array's clock; gaps and other stretches that must not enter a window.
    interpolated : list of str
        Channels that hold no signal of their own.
    role : str
        Whose signal it is: therapist, or client once it is `on_therapist_clock`.
    """

    data: np.ndarray
    channels: list[str]
    sfreq: float
    bad_spans: list[tuple[float, float, str]]
    interpolated: list[str]
    role: str = "therapist"

    @property
    def duration(self) -> float:
        return self.data.shape[1] / self.sfreq


def read_signal(cleaned: Path, account: Path) -> Signal:
    """Read a cleaned recording and what its account says of interpolated channels."""
    import mne

    raw = mne.io.read_raw_fif(cleaned, preload=True, verbose="error")
    interpolated = list(json.loads(Path(account).read_text(encoding="utf-8"))["BadChannels"])
    spans = [
        (
            float(a["onset"] - raw.first_time),
            float(a["onset"] - raw.first_time + a["duration"]),
            SPAN_REASONS.get(a["description"].lower(), a["description"]),
        )
        for a in raw.annotations
        if a["description"].upper().startswith("BAD")
    ]
    spans = list(dict.fromkeys(spans))  # MNE repeats a gap, in capitals, where one of its buffers is all gap
    return Signal(raw.get_data(), list(raw.ch_names), float(raw.info["sfreq"]), spans, interpolated)


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
        `bad_spans`.

    Notes
    -----
    Cubic splines: at 250 Hz the error of a sine stays below 0.4 % of its amplitude up to 40 Hz, and below
    3e-5 up to 12 Hz.
    """
    from scipy.interpolate import CubicSpline

    own_times = np.arange(client.data.shape[1]) / client.sfreq
    wanted = fit.to_other(np.arange(n_times) / client.sfreq)
    inside = (wanted >= 0) & (wanted <= own_times[-1])
    data = np.zeros((len(client.channels), n_times))
    if inside.any():
        data[:, inside] = CubicSpline(own_times, client.data, axis=1)(wanted[inside])
    spans = [(float(fit.to_reference(a)), float(fit.to_reference(b)), why) for a, b, why in client.bad_spans]
    first, last = float(fit.to_reference(0.0)), float(fit.to_reference(client.duration))
    if first > 0:
        spans.append((0.0, first, "not recording"))
    if last < n_times / client.sfreq:
        spans.append((last, n_times / client.sfreq, "not recording"))
    return Signal(data, client.channels, client.sfreq, spans, client.interpolated, role="client")


def choose_windows(
    therapist: Signal,
    client: Signal,
    fit: ClockFit,
    *,
    length_s: float,
    edge_s: float,
    max_peak_to_peak_uv: float,
    min_peak_to_peak_uv: float,
    rois: Mapping[str, Sequence[str]],
) -> pd.DataFrame:
    """Every window of the therapist's recording: kept, or dropped and why.

    Parameters
    ----------
    therapist, client : Signal
        Both on the therapist's clock (`on_therapist_clock`).
    length_s, edge_s : float
        Window length; and what is left out at both ends and on both sides of a gap.
    max_peak_to_peak_uv, min_peak_to_peak_uv : float
        Limits at the ROI channels that hold a signal of their own; less than the smaller one is flat, and a
        flat stretch would look locked to anything.

    Returns
    -------
    ledger : DataFrame
        One row a window, columns as in `LEDGER`; the reason is empty if the window was kept.

    Raises
    ------
    ValueError
        If the two signals differ in sampling frequency or length.
    """
    if (therapist.sfreq, therapist.data.shape[1]) != (client.sfreq, client.data.shape[1]):
        raise ValueError(
            "The client's signal is not on the therapist's clock; use `on_therapist_clock` first."
        )
    n = round(length_s * therapist.sfreq)
    first = round(edge_s * therapist.sfreq)
    roi_channels = {c for names in rois.values() for c in names}
    rows = []
    for start in range(first, therapist.data.shape[1] - first - n + 1, n):
        span = (start / therapist.sfreq, (start + n) / therapist.sfreq)
        reasons, amplitude = [], {}
        for role, signal in (("therapist", therapist), ("client", client)):
            own = [
                i for i, c in enumerate(signal.channels) if c in roi_channels and c not in signal.interpolated
            ]
            swing = np.ptp(signal.data[own, start : start + n], axis=1) * 1e6 if own else np.array([np.nan])
            amplitude[role] = round(float(swing.max()), 3)
            bad = [why for a, b, why in signal.bad_spans if a - edge_s < span[1] and b + edge_s > span[0]]
            if bad:
                reasons.append(f"{role}: {bad[0]}")
            elif not own:
                reasons.append(f"{role}: no good ROI channel")
            elif swing.max() > max_peak_to_peak_uv:
                reasons.append(f"{role}: amplitude above the limit")
            elif swing.min() < min_peak_to_peak_uv:
                reasons.append(f"{role}: flat")
        rows.append(
            {
                "window": len(rows),
                "start_s": span[0],
                "stop_s": span[1],
                "client_start_s": round(float(fit.to_other(span[0])), 6),
                "kept": int(not reasons),
                "reason": " and ".join(reasons),
                "therapist_peak_to_peak_uv": amplitude["therapist"],
                "client_peak_to_peak_uv": amplitude["client"],
            }
        )
    return pd.DataFrame(rows, columns=LEDGER)


def write_epochs(path: Path, signal: Signal, ledger: pd.DataFrame) -> None:
    """Write one member's kept windows as MNE epochs; `selection` holds the window numbers.

    The events are samples of the therapist's clock for both members; the drop log has the reasons, and the
    metadata both clocks' times. The description says whose they are and names the ledger by its digest, so
    that the pair can be checked when it is read back.
    """
    import mne

    kept = ledger[ledger["kept"] == 1]
    n = round((ledger["stop_s"].iloc[0] - ledger["start_s"].iloc[0]) * signal.sfreq) if len(ledger) else 1
    starts = _samples(kept["start_s"], signal.sfreq)
    none = np.empty((0, len(signal.channels), n))
    data = np.stack([signal.data[:, s : s + n] for s in starts]) if len(starts) else none
    info = mne.create_info(signal.channels, signal.sfreq, "eeg")
    info["bads"] = list(signal.interpolated)
    info["description"] = f"{signal.role}, windows {_digest(ledger)}"
    dropped = tuple(() if k else (r,) for k, r in zip(ledger["kept"], ledger["reason"], strict=True))
    log = dropped or (("too short for a window",),)  # MNE cannot read epochs with an empty log
    epochs = mne.EpochsArray(
        data,
        info,
        events=np.column_stack([starts, np.zeros_like(starts), np.ones_like(starts)]),
        metadata=kept[["window", "start_s", "client_start_s"]].reset_index(drop=True),
        selection=kept["window"].to_numpy(),
        drop_log=log,
        verbose="error",
    )
    save(epochs, path)


def read_simultaneous(
    therapist_epochs: Path, client_epochs: Path, fit: ClockFit, tolerance_ms: float = 1.0
) -> np.ndarray:
    """Read a pair of epochs files back and make sure that they are the same instants.

    Returns
    -------
    starts_s : array, shape (n_epochs,)
        Start of each window on the therapist's clock, s.

    Raises
    ------
    NotSimultaneous
        If the two files differ in number, selection, length or time of their windows, if they were not cut
        by the same ledger or are not a therapist's and a client's in this order, or if a window's time on
        the client's clock is not what the clock fit says.
    """
    import mne

    pair = [mne.read_epochs(p, preload=False, verbose="error") for p in (therapist_epochs, client_epochs)]
    ours, theirs = pair
    what = f"{Path(therapist_epochs).name} and {Path(client_epochs).name}"
    for name, one, other in (
        ("window numbers", ours.selection, theirs.selection),
        ("sampling rate", [ours.info["sfreq"]], [theirs.info["sfreq"]]),
        ("window length", ours.times, theirs.times),
        ("window times", ours.events[:, 0], theirs.events[:, 0]),
    ):
        if not np.array_equal(one, other):
            raise NotSimultaneous(f"{what} differ in {name}: they are not the same instants. Cut them again.")
    said = [(e.info["description"] or "").partition(", ") for e in pair]
    if [role for role, _, _ in said] != ["therapist", "client"] or said[0][2] != said[1][2]:
        raise NotSimultaneous(
            f"{what} are not the therapist's and the client's windows of one run. Cut them again."
        )
    starts = ours.events[:, 0] / ours.info["sfreq"]
    if len(starts):
        claimed = theirs.metadata["client_start_s"].to_numpy(float)
        off = np.abs(claimed - fit.to_other(starts)).max() * 1e3
        if off > tolerance_ms:
            raise NotSimultaneous(
                f"{what}: the client's windows lie {off:.1f} ms from where the clock fit puts them. "
                "Cut them again."
            )
    return starts


def _digest(ledger: pd.DataFrame) -> str:
    """Both members' amplitudes stand in the ledger: no two runs share it."""
    return hashlib.sha256(ledger.to_csv(index=False, lineterminator="\n").encode()).hexdigest()[:16]


def _samples(times_s, sfreq: float) -> np.ndarray:
    return np.round(np.asarray(times_s, float) * sfreq).astype(int)
