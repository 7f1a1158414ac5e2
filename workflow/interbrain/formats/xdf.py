"""LabStreamingLayer recordings (.xdf) through pyxdf: one stream on its own time axis, and its LSL clock.

Not here: channel names and types (`recording`), what the clocks of two streams say of each other (`clocks`).
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from interbrain.formats import FormatError
from interbrain.formats.channel_names import TRIGGER_NAME
from interbrain.formats.gaps import with_samples_inserted
from interbrain.formats.invalid import mark_joins
from interbrain.formats.notes import note
from interbrain.formats.units import volts_per_unit
from interbrain.formats.xdf_times import (
    LEAST_DELAYED,
    MOST_IRREGULAR_S,
    WINDOW_S,
    check_steps,
    lost_samples,
    lsl_clock,
    true_rate,
)

if TYPE_CHECKING:
    from mne.io import BaseRaw

    from interbrain.formats.xdf_streams import Stream


def read_xdf(
    path: Path,
    stream: Stream,
    streams: Sequence[Stream],
    begun: datetime | None = None,
    is_trigger: Callable[[str], bool] = lambda name: False,
) -> tuple[BaseRaw, tuple[float, float]]:
    """Read one stream into memory, with the events of all event streams as annotations.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    stream : Stream
        The one to read.
    streams : list of Stream
        All that `read_streams` found.
    begun : datetime or None
        When the recording began.
    is_trigger : callable, optional
        Whether a channel is a trigger though it is not named as one, by its name.

    Returns
    -------
    raw : mne.io.RawArray, shape (n_channels, n_times)
        At the nominal rate, or at the rate of its time stamps if that is another. Channels are named by
        `stream.channels`. Voltages are `eeg` in volts (a channel of an EEG stream without a unit counts as
        µV, as LSL has it), triggers `stim` and all else `misc` unscaled.
    lsl : tuple of (float, float)
        LSL's clock at the first sample in s, and LSL seconds per second of `raw`: a robust line through the
        time stamps, corrected for the clocks of the computers. Two streams of one file tie by it.

    Raises
    ------
    FormatError
        The stream is empty or irregular, or its clock was set by 50 ms or more while it was recorded.

    Notes
    -----
    A rate that differs by less than 0.5 % from the header's is the drift of a clock: `lsl` holds it. One that
    differs by more is a wrong header, and brings a note.

    Where later time stamps stay behind the count of samples by 50 ms or more (10 ms, if stamps scatter by
    less than a third of it), samples were lost: they are put back and annotated `BAD_acq_skip`. A stamp that
    is late by itself is a delay of the network. A stamp is never early: stamps that step back show that a
    clock was set.
    """
    import mne

    if stream.rate <= 0:
        raise FormatError(
            f"stream '{stream.name}' gives its sampling rate as 0, so its samples are not evenly "
            "spaced and have no spectrum",
            "Record it with its rate set.",
            where=path,
        )
    samples, stamps, clock, events, unmeasured = _load(path, stream, streams)
    _check_stamps(stamps, stream, path)
    _note_reconnected(stream, streams)
    rate, lost, lsl, steps = _time_axis(stamps, clock, stream, path)
    scale, kinds = _units(stream, is_trigger)
    info = mne.create_info(list(stream.channels), rate, kinds, verbose="error")
    raw = mne.io.RawArray(np.asarray(samples, float).T * np.array(scale)[:, None], info, verbose="error")
    raw._orig_units = {
        n: u for n, u, k in zip(stream.channels, stream.units, kinds, strict=True) if k == "misc"
    }
    raw.set_meas_date(begun)
    if lost.any():
        raw = with_samples_inserted(raw, lost)
    _mark_events(raw, events, lsl)
    mark_joins(raw, steps)
    if unmeasured:
        note(
            f"the clock of {' and '.join(unmeasured)} was never measured while others were: if another "
            "computer sent it, its time stamps are on that computer's clock"
        )
    return raw, lsl


def _check_stamps(stamps: np.ndarray, stream: Stream, path: Path) -> None:
    if len(stamps) < 2:
        raise FormatError(
            f"stream '{stream.name}' holds no samples", "Was its amplifier running?", where=path
        )
    if not np.isfinite(stamps).all() or np.ptp(stamps) == 0:
        raise FormatError(
            f"the time stamps of stream '{stream.name}' are missing or all the same, so when its "
            "samples came is unknown",
            "Use another recording.",
            where=path,
        )


def _time_axis(
    stamps: np.ndarray, clock: tuple[np.ndarray, ...], stream: Stream, path: Path
) -> tuple[float, np.ndarray, tuple[float, float], list[float]]:
    """A stream's rate, the samples lost before each, LSL's clock at the first and per second, its steps."""
    if len(clock) and len(clock[0]) > 1:
        what = f"the measured clock offsets of stream '{stream.name}'"
        check_steps(clock[0] - clock[0][0], clock[1], what, path)
    rate = true_rate(stamps, stream, path)
    lost = lost_samples(stamps, rate)
    count = np.arange(len(stamps)) + np.cumsum(lost)
    windows = np.array_split(np.arange(len(stamps)), max(round(count[-1] / rate / WINDOW_S), 1))
    behind = [np.percentile(stamps[w] - count[w] / rate, LEAST_DELAYED) for w in windows]
    begins = [count[w[0]] / rate for w in windows]
    steps = check_steps(begins, behind, f"the time stamps of stream '{stream.name}'", path)
    if lost.sum() > len(stamps):
        raise FormatError(
            f"stream '{stream.name}' lacks {lost.sum() / rate:.0f} s in all, more than it holds",
            "Was it stopped and started again?",
            where=path,
        )
    lsl, irregular_s = lsl_clock(count / rate, stamps)
    if irregular_s > MOST_IRREGULAR_S:
        raise FormatError(
            f"the time stamps of stream '{stream.name}' are {1000 * irregular_s:.0f} ms away from a "
            f"steady {rate:g} Hz; they cannot tie it to another stream",
            "Was a computer's clock set during the recording, or is the rate wrong?",
            where=path,
        )
    return rate, lost, lsl, steps


def _units(stream: Stream, is_trigger: Callable[[str], bool]) -> tuple[list[float], list[str]]:
    """What the values of each channel are multiplied by, and the channel's type."""
    scale, kinds = [], []
    for unit, label, name in zip(stream.units, stream.labels, stream.channels, strict=True):
        if TRIGGER_NAME.match(label) or is_trigger(name):
            scale.append(1.0)
            kinds.append("stim")
            continue
        is_eeg_without_unit = not unit and stream.kind.lower() == "eeg"
        volts = 1e-6 if is_eeg_without_unit else volts_per_unit(unit)
        scale.append(1.0 if volts is None else volts)
        kinds.append("misc" if volts is None else "eeg")
    return scale, kinds


def _mark_events(raw: BaseRaw, events: Sequence[tuple[float, str]], lsl: tuple[float, float]) -> None:
    """The events of all event streams become annotations, as far as they are within the recording."""
    duration = raw.n_times / raw.info["sfreq"]
    placed = [((stamp - lsl[0]) / lsl[1], text) for stamp, text in events]
    inside = sorted((onset, text) for onset, text in placed if 0 <= onset < duration)
    marks = raw.annotations
    for onset, text in inside:
        marks.append(onset, 0.0, text)
    if placed and not inside:
        nearest = min((onset if onset < 0 else onset - duration for onset, _ in placed), key=abs)
        note(
            f"none of the {len(placed)} events of its marker streams is within the recording: by the LSL "
            f"clock, the nearest comes {abs(nearest):.1f} s {'before' if nearest < 0 else 'after'} it. "
            "Were they sent by a computer whose clock was not measured?"
        )
    raw.set_annotations(marks, verbose="error")


def _load(
    path: Path, stream: Stream, streams: Sequence[Stream]
) -> tuple[np.ndarray, np.ndarray, tuple[np.ndarray, ...], list[tuple[float, str]], list[str]]:
    """Samples, stamps and (times, offsets) of LSL's clock of a stream; (stamp, text) of all events; names of
    those of these streams whose clock was never measured, though others' was."""
    import pyxdf

    wanted = [s.number for s in streams if s.number == stream.number or s.rate == 0]
    logger = logging.getLogger("pyxdf.pyxdf")
    before, logger.disabled = logger.disabled, True  # what it has to say, the checks here have said
    try:
        loaded, _ = pyxdf.load_xdf(path, wanted, dejitter_timestamps=False)
    finally:
        logger.disabled = before
    events = []
    clock: tuple[np.ndarray, ...] = ()
    used = {found["info"]["stream_id"] for found in loaded if len(found["time_stamps"])}
    unmeasured = [f"stream '{s.name}'" for s in streams if s.number in used and not s.measured]
    if not any(s.measured for s in streams):  # one computer, or a program that never measures
        unmeasured = []
    for found in loaded:
        if found["info"]["stream_id"] == stream.number:
            samples, stamps = found["time_series"], found["time_stamps"]
            clock = np.array(found["clock_times"], float), np.array(found["clock_values"], float)
            continue
        for stamp, row in zip(found["time_stamps"], found["time_series"], strict=True):
            text = "/".join(f"{v:g}" if isinstance(v, (float, np.number)) else str(v) for v in row).strip()
            if text and len(row) <= 4:  # a wider row is a measurement, such as a gaze, and no event
                events.append((float(stamp), text))
    return samples, np.asarray(stamps, float), clock, events, unmeasured


def _note_reconnected(stream: Stream, streams: Sequence[Stream]) -> None:
    """An amplifier that is connected again comes as another stream of the same name, later than the first."""
    base = re.sub(r"-\d+$", "", stream.name)
    later = [
        s.name
        for s in streams
        if s is not stream
        and re.fullmatch(rf"{re.escape(base)}-\d+", s.name)
        and (s.labels, s.rate) == (stream.labels, stream.rate)
        and s.measured
        and stream.measured
        and not (s.measured[0] <= stream.measured[1] and stream.measured[0] <= s.measured[1])
    ]
    if later:
        note(
            f"the file has another stream of the name '{base}' ({', '.join(later)}) before or after stream "
            f"'{stream.name}', which alone is read. If one amplifier was connected again, the other holds "
            "the rest of its recording"
        )
