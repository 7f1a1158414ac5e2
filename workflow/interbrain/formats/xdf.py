"""LabStreamingLayer recordings (.xdf) through pyxdf: one stream on its own time axis, and its LSL clock.

Not here: channel names and types (`recording`), what the clocks of two streams say of each other (`clocks`).
"""

from __future__ import annotations

import logging
import mmap
import re
import struct
import xml.etree.ElementTree as ET
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import numpy as np

from interbrain.formats import COPY_AGAIN, FormatError
from interbrain.formats.gaps import with_samples_inserted
from interbrain.formats.notes import note
from interbrain.formats.poly5 import TRIGGER_NAME
from interbrain.formats.units import volts_per_unit

FILE_HEADER, STREAM_HEADER, SAMPLES, CLOCK_OFFSET, STREAM_FOOTER = 1, 2, 3, 4, 6
BYTES = {"float32": 4, "double64": 8, "int8": 1, "int16": 2, "int32": 4, "int64": 8}
# A time stamp later than the one before by this is late or shows a loss; a loss moves those that follow, too.
# Where stamps are exact, a shorter loss shows, too: one beyond their usual scatter and a sample and a half.
LEAST_LOSS_S, SHORTEST_LOSS_S, BESIDE_S = 0.05, 0.01, 2.0
# Samples that were held up and came all at once are back in time after this; those after a loss never are.
HELD_UP_S = 10.0
# A step of a clock this large ends the time axis; from the smaller one it is said, if it exceeds the scatter.
STEP_S, SMALLEST_STEP_S, STEP_SCATTERS, WINDOW_S, WINDOWS_BESIDE = 0.05, 0.01, 8, 0.5, 6
WINDOWS_HELD_UP = round(HELD_UP_S / WINDOW_S)
# Crystals of amplifiers differ by 0.1 % at most; what lies further from the header's rate is another rate.
MOST_OFF_RATE, ROUND_RATE, EVEN_RATE, MOST_TIMES_OFF = 0.005, 0.001, 0.05, 10
# Time stamps that a sender counted, and did not read from a clock: half of them are so near to evenly spaced.
EXACT = 0.001
# So far may half of the time stamps lie from a steady clock; network delays are a tenth of it.
MOST_IRREGULAR_S = 0.1
FIT_POINTS, LEAST_DELAYED = 60, 10  # blocks; per cent of the stamps of a block


@dataclass(frozen=True)
class Stream:
    """What a stream's header says.

    `rate` is the nominal one in Hz, 0 for irregular events. In `name`, a slash is written as an underscore,
    and streams of one name are numbered: `EEG-0`, `EEG-1`. `measured`: when its clock was first
    and last compared with LSL's, s on the recorder's clock.
    """

    number: int
    name: str
    kind: str
    rate: float
    numbers: bool
    labels: tuple[str, ...]
    units: tuple[str, ...]
    measured: tuple[float, float] | None = None

    @property
    def channels(self):
        """Names of the channels as patterns see them: stream name/label."""
        return tuple(f"{self.name}/{label}" for label in self.labels)


def read_streams(path):
    """The streams of a file, and when it was begun, without reading samples.

    Returns
    -------
    streams : list of Stream
    begun : datetime or None

    Raises
    ------
    FormatError
        The file is cut off or no XDF file.
    """
    streams, begun, closed, measured = [], None, set(), {}
    try:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
            if content[:4] != b"XDF:":
                raise FormatError(
                    "is not an XDF file (it does not begin with 'XDF:')", COPY_AGAIN, where=path
                )
            row_bytes = {}
            for tag, begin, end in _chunks(content, path):
                if tag == FILE_HEADER:
                    begun = _date(ET.fromstring(content[begin:end]).findtext("datetime"))
                elif tag == STREAM_HEADER:
                    stream, n_bytes = _stream(content[begin:end])
                    streams.append(stream)
                    row_bytes[stream.number] = n_bytes
                elif tag == SAMPLES:
                    number = struct.unpack_from("<I", content, begin)[0]
                    n_rows, at = _length(content, begin + 4)
                    # Each sample has a byte for its time stamp: pyxdf would believe any count.
                    if number not in row_bytes or n_rows * (1 + row_bytes[number]) > end - at:
                        raise FormatError("its samples are damaged", COPY_AGAIN, where=path)
                elif tag == CLOCK_OFFSET:
                    number, when, offset = struct.unpack_from("<Idd", content, begin)
                    when += offset
                    measured[number] = (measured.get(number, (when,))[0], when)
                elif tag == STREAM_FOOTER:
                    closed.add(struct.unpack_from("<I", content, begin)[0])
    except (ValueError, KeyError, struct.error, ET.ParseError, IndexError, TypeError) as error:
        if isinstance(error, FormatError):
            raise
        raise FormatError("is empty, or its headers are damaged", COPY_AGAIN, where=path) from error
    if closed and len(closed) < len(streams):
        note("the recording was not closed properly; its end may be missing")
    streams = [replace(stream, measured=measured.get(stream.number)) for stream in streams]
    return _told_apart(streams), begun


def _told_apart(streams):
    names = [stream.name for stream in streams]
    return [
        replace(s, name=f"{s.name}-{names[:i].count(s.name)}") if names.count(s.name) > 1 else s
        for i, s in enumerate(streams)
    ]


def _chunks(content, path):
    """(tag, begin, end) of each chunk's content."""
    at = 4
    while at < len(content):
        try:
            length, begin = _length(content, at)
        except (struct.error, IndexError):
            length, begin = len(content), at
        if length < 2 or begin + length > len(content):
            raise FormatError("is cut off: it ends within a part of the recording", COPY_AGAIN, where=path)
        yield struct.unpack_from("<H", content, begin)[0], begin + 2, begin + length
        at = begin + length


def _length(content, at):
    n_bytes = content[at]
    if n_bytes not in (1, 4, 8):
        raise ValueError("not the length of a chunk")
    return int.from_bytes(content[at + 1 : at + 1 + n_bytes], "little"), at + 1 + n_bytes


def _stream(header):
    number = struct.unpack_from("<I", header)[0]
    info = ET.fromstring(header[4:].decode("utf-8", "replace"))
    n_channels, kind = int(info.findtext("channel_count")), info.findtext("channel_format")
    listed = info.findall("desc/channels/channel")
    listed = listed if len(listed) == n_channels else [ET.Element("channel")] * n_channels
    labels = [(c.findtext("label") or "").strip() or f"channel{i}" for i, c in enumerate(listed, 1)]
    stream = Stream(
        number,
        (info.findtext("name") or "").strip().replace("/", "_") or f"stream{number}",
        (info.findtext("type") or "").strip(),
        float(info.findtext("nominal_srate") or 0),
        kind in BYTES,
        tuple(labels),
        tuple((c.findtext("unit") or "").strip() for c in listed),
    )
    return stream, n_channels * BYTES.get(kind, 1)


def _date(text):
    try:
        when = datetime.fromisoformat((text or "").strip())
    except ValueError:
        return None
    return when.astimezone(UTC) if when.tzinfo else when.replace(tzinfo=UTC)


def read_xdf(path, stream, streams, begun=None, is_trigger=lambda name: False):
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
    _note_reconnected(stream, streams)
    if len(clock) and len(clock[0]) > 1:
        what = f"the measured clock offsets of stream '{stream.name}'"
        _check_steps(clock[0] - clock[0][0], clock[1], what, path)
    rate = _rate(stamps, stream, path)
    lost = _lost_samples(stamps, rate)
    count = np.arange(len(stamps)) + np.cumsum(lost)
    windows = np.array_split(np.arange(len(stamps)), max(round(count[-1] / rate / WINDOW_S), 1))
    behind = [np.percentile(stamps[w] - count[w] / rate, LEAST_DELAYED) for w in windows]
    begins = [count[w[0]] / rate for w in windows]
    _check_steps(begins, behind, f"the time stamps of stream '{stream.name}'", path)
    if lost.sum() > len(stamps):
        raise FormatError(
            f"stream '{stream.name}' lacks {lost.sum() / rate:.0f} s in all, more than it holds",
            "Was it stopped and started again?",
            where=path,
        )
    lsl, irregular_s = _clock(count / rate, stamps)
    if irregular_s > MOST_IRREGULAR_S:
        raise FormatError(
            f"the time stamps of stream '{stream.name}' are {1000 * irregular_s:.0f} ms away from a "
            f"steady {rate:g} Hz; they cannot tie it to another stream",
            "Was a computer's clock set during the recording, or is the rate wrong?",
            where=path,
        )
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
    info = mne.create_info(list(stream.channels), rate, kinds, verbose="error")
    raw = mne.io.RawArray(np.asarray(samples, float).T * np.array(scale)[:, None], info, verbose="error")
    raw.set_meas_date(begun)
    if lost.any():
        raw = with_samples_inserted(raw, lost)
    duration = raw.n_times / rate
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
    if unmeasured:
        note(
            f"the clock of {' and '.join(unmeasured)} was never measured while others were: if another "
            "computer sent it, its time stamps are on that computer's clock"
        )
    return raw.set_annotations(marks, verbose="error"), lsl


def _load(path, stream, streams):
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
    events, clock = [], ()
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


def _note_reconnected(stream, streams):
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


def _rate(stamps, stream, path):
    """Samples per second: the header's, or that of the time stamps if they run at quite another."""
    n_pieces = min(FIT_POINTS, int(np.ptp(stamps)), len(stamps) // 10)
    if n_pieces < 4:
        return stream.rate
    # Between neighbouring pieces, so that a loss or a step spoils only one of the differences.
    pieces = np.array_split(np.arange(len(stamps)), n_pieces)
    middle = np.array([piece.mean() for piece in pieces])
    periods = np.diff([np.median(stamps[piece]) for piece in pieces]) / np.diff(middle)
    period = np.median(periods)
    error = 1.4826 * np.median(np.abs(periods - period)) / period / np.sqrt(len(periods))
    if period <= 0 or abs(1 / (period * stream.rate) - 1) <= max(MOST_OFF_RATE, 4 * error):
        return stream.rate
    measured = 1 / period
    if not 1 / MOST_TIMES_OFF <= measured / stream.rate <= MOST_TIMES_OFF:
        raise FormatError(
            f"by its time stamps, stream '{stream.name}' ran at {measured:.4g} Hz, and its header "
            f"says {stream.rate:g} Hz",
            "Its time stamps are hardly in seconds. Use another recording.",
            where=path,
        )
    steps = np.diff(stamps)
    usual = np.median(steps)
    are_exact = np.median(np.abs(steps - usual)) < EXACT * period
    if abs(usual / period - 1) > (MOST_OFF_RATE if are_exact else EVEN_RATE):
        raise FormatError(
            f"{measured:.1f} samples per second came from stream '{stream.name}', and its header says "
            f"{stream.rate:g} Hz",
            "Either the rate is wrong or samples were lost all the time; both make it useless. "
            "Record it with its rate set, and look at the connection.",
            where=path,
        )
    rate = float(round(measured)) if abs(round(measured) / measured - 1) < ROUND_RATE else round(measured, 3)
    note(
        f"stream '{stream.name}' ran at {measured:.2f} Hz by its time stamps, and its header says "
        f"{stream.rate:g} Hz; {rate:g} Hz is taken as its rate"
    )
    return rate


def _lost_samples(stamps, rate):
    """How many samples were lost before each, shape (n_times,)."""
    lost = np.zeros(len(stamps), int)
    behind = stamps - np.arange(len(stamps)) / rate
    beside, last = max(round(BESIDE_S * rate), 1), 0
    shortest = max(SHORTEST_LOSS_S, 1.5 / rate, 3 * _scatter(behind, rate))
    least = min(LEAST_LOSS_S, shortest)
    for at in np.flatnonzero(np.diff(behind) > least) + 1:
        earlier, later = behind[max(last, at - beside) : at], behind[at : at + beside]
        before = np.percentile(earlier, LEAST_DELAYED)
        step = np.percentile(later, LEAST_DELAYED) - before
        if step <= least or len(later) <= beside / 2:  # nearer the end, late is like lost
            continue
        lasting = np.percentile(behind[at : at + round(HELD_UP_S * rate)], LEAST_DELAYED) - before
        if lasting > least:
            lost[at], last = round(min(step, lasting) * rate), at
    return lost


def _scatter(behind, rate):
    """How far stamps of the same half second usually lie apart, s: most of it is delay."""
    n = max(round(WINDOW_S * rate), 2)
    windows = behind[: len(behind) // n * n].reshape(-1, n)
    return float(np.median(np.subtract(*np.percentile(windows, [90, 10], axis=1)))) if len(windows) else 0.0


def _check_steps(times, values, what, path):
    """Refuse a stream whose clock was set while it ran; say it where the step is small."""
    at, size = _step(np.asarray(values, float))
    if size == 0:
        return
    told = f"{what} step {'back' if size < 0 else 'forward'} by {abs(size):.3f} s at {times[at]:.1f} s"
    if abs(size) >= STEP_S:
        raise FormatError(
            f"{told}, so a clock was set or an amplifier was restarted, and what was recorded before "
            "and after it is on two time axes",
            "Use another recording, or the part on one side of it, saved as a file of its own.",
            where=path,
        )
    note(f"{told}; what follows may be off by so much")


def _step(values):
    """The largest lasting step in a series that otherwise drifts: where, and by how much; 0 if none."""
    n = len(values)
    values = values - np.median(np.diff(values)) * np.arange(n) if n > 1 else values
    beside = min(WINDOWS_BESIDE, n // 4)
    if beside < 2:
        return 0, 0.0
    steps = np.zeros(n)
    for i in range(2, n - 1):
        before, after = values[max(i - beside, 0) : i], values[i : i + beside]
        # What was only held up for a while is no step: stamps come late, never early.
        earliest = values[i : i + WINDOWS_HELD_UP].min() - values[max(i - WINDOWS_HELD_UP, 0) : i].min()
        step = np.median(after) - np.median(before)
        steps[i] = min(step, earliest, key=abs) if step * earliest > 0 else 0.0
    scatter = 1.4826 * np.median(np.abs(steps[2 : n - 1]))
    largest = np.abs(steps).max()
    if largest <= max(SMALLEST_STEP_S, STEP_SCATTERS * scatter):
        return 0, 0.0
    # Beside the step, medians show it as well: it is where the values themselves change most.
    near = np.flatnonzero(np.abs(steps) > 0.9 * largest)
    at = int(near[np.argmax(np.abs(values[near] - values[near - 1]))])
    return at, float(steps[near][np.argmax(np.abs(steps[near]))])


def _clock(seconds, stamps):
    """(stamp at 0, stamps' seconds per second) by a robust line, and the median distance from it in s.

    Stamps come late, never early: once the drift is known, those that were least delayed tell the time.
    """
    from scipy.stats import theilslopes

    start, slope = stamps[0], 1.0
    blocks = np.array_split(np.arange(len(stamps)), min(FIT_POINTS, len(stamps)))
    middle = np.array([np.median(seconds[block]) for block in blocks])
    for share in (50, LEAST_DELAYED):
        beyond = stamps - start - slope * seconds
        line = theilslopes([np.percentile(beyond[block], share) for block in blocks], middle)
        start, slope = start + line.intercept, slope + line.slope
    distance = np.median(np.abs(stamps - start - slope * seconds))
    return (float(start), float(slope)), float(distance)
