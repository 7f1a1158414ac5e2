"""BIOPAC AcqKnowledge recordings (.acq) through bioread, on one time axis.

Not here: how the file is laid out (bioread), channel names and types (`recording`).
"""

from __future__ import annotations

import math
import re
import struct
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from interbrain.formats import COPY_AGAIN, FormatError
from interbrain.formats.breaks import Break, put_back
from interbrain.formats.channel_names import TRIGGER_NAME
from interbrain.formats.gaps import bridge_stretch
from interbrain.formats.rates import on_axis
from interbrain.formats.units import volts_per_unit

if TYPE_CHECKING:
    from bioread.biopac import Datafile
    from mne.io import BaseRaw

# Far above what AcqKnowledge writes; a damaged header must not make bioread search or allocate for minutes.
MOST_CHANNELS, LONGEST_PATTERN = 512, 2**16
INDEX_WRAPS_AT = 2**32
SAVE_SEGMENTS = "Save its segments as files of their own in AcqKnowledge."


def read_acq(path: Path, is_trigger: Callable[[str], bool] = lambda name: False) -> BaseRaw:
    """Read an AcqKnowledge recording into memory.

    Parameters
    ----------
    path : pathlib.Path
        The file, compressed or not.
    is_trigger : callable, optional
        Whether a channel is a trigger though it is not named as one, by its name.

    Returns
    -------
    raw : mne.io.RawArray, shape (n_channels, n_times)
        Voltages as `eeg` in volts, channels named as triggers as `stim` and all else as `misc` in their own
        unit. Markers are annotations; the journal is dropped. The first segment's marker gives the date.

    Raises
    ------
    FormatError
        The file is damaged, was stopped for longer than it was recorded, or for a time that it does not give.

    Notes
    -----
    Channels of different rates come to the highest rate of the voltages and triggers. Voltages are resampled
    without bending their spectrum (linear interpolation would damp it), slow signals such as temperature run
    linearly, triggers hold their value, and what is faster than the axis is low-passed first (`rates`).

    What stands between the markers "communication lost" and "communication regained" is not measured,
    whatever the file holds there: signals run linearly across it, and it is annotated `BAD_acq_skip`. If the
    two markers share a place, the file left the time out; like a pause before a further segment it is put
    back from the markers' dates, where they have them (AcqKnowledge 4.4 and later).
    """
    import mne

    datafile = _datafile(path)
    file_rate = datafile.samples_per_second
    names, kinds, units = [], [], []
    for number, channel in enumerate(datafile.channels, 1):
        name, volts = channel.name.strip() or f"channel{number}", volts_per_unit(channel.units)
        held = TRIGGER_NAME.match(name) is not None or is_trigger(name)
        names.append(name)
        kinds.append("stim" if held else "misc" if volts is None else "eeg")
        units.append(1.0 if held or volts is None else volts)
    dividers = [channel.frequency_divider for channel in datafile.channels]
    leading = [d for d, kind in zip(dividers, kinds, strict=True) if kind != "misc"] or dividers
    step = min(leading)
    n_times = max(
        len(c.data) for c, d in zip(datafile.channels, dividers, strict=True) if d == step and len(c.data)
    )
    data = np.empty((len(names), n_times))
    for row, channel, kind, unit in zip(data, datafile.channels, kinds, units, strict=True):
        row[:] = on_axis(np.asarray(channel.data, float), step, channel.frequency_divider, n_times, kind)
        row *= unit
    info = mne.create_info(names, file_rate / step, kinds, verbose="error")
    raw = mne.io.RawArray(data, info, verbose="error")
    others = zip(names, kinds, datafile.channels, strict=True)
    raw._orig_units = {name: str(c.units).strip() for name, kind, c in others if kind == "misc"}
    return _with_markers(raw, path, datafile, _markers(datafile))


def _datafile(path: Path) -> Datafile:
    """bioread's Datafile with all samples, after checks that keep it from hanging or allocating at will."""
    import logging

    import bioread

    size = path.stat().st_size
    with path.open("rb") as content:
        head = content.read(12)
    if len(head) < 12:
        raise FormatError(f"is empty or ends within its header ({size} bytes)", COPY_AGAIN, where=path)
    order = min("<>", key=lambda o: struct.unpack_from(o + "I", head, 2)[0])
    revision, n_channels = struct.unpack_from(order + "I4xh", head, 2)
    if not 30 <= revision < 1000 or not 1 <= n_channels <= MOST_CHANNELS:
        raise FormatError(
            "is not an AcqKnowledge file, or its beginning is damaged",
            "Open it in AcqKnowledge and save it again.",
            where=path,
        )
    logger, level = logging.getLogger("bioread"), logging.getLogger("bioread").level
    logger.setLevel(logging.CRITICAL)  # it tells of faults twice: in lines of its own, and by the error
    try:
        datafile = bioread.read_headers(str(path))
        if datafile is None:
            raise FormatError(f"ends within its header ({size} bytes)", COPY_AGAIN, where=path)
        _check(datafile, path, size)
        if not datafile.is_compressed:
            return bioread.read(str(path))
        with path.open("rb") as content:
            headers = datafile.channel_compression_headers
            for channel, header in zip(datafile.channels, headers, strict=True):
                content.seek(header.compressed_data_offset)
                packed = content.read(header.compressed_data_len)
                # Not more than the header says: bioread's own way lets a damaged file fill the memory.
                plain = zlib.decompressobj().decompress(packed, channel.data_length)
                if len(plain) < channel.data_length:
                    raise FormatError(f"is cut off within '{channel.name}'", COPY_AGAIN, where=path)
                channel.raw_data = np.frombuffer(plain, channel.dtype)
        return datafile
    finally:
        logger.setLevel(level)


def _check(datafile: Datafile, path: Path, size: int) -> None:
    channels = datafile.channels
    rate = datafile.samples_per_second
    dividers = [channel.frequency_divider for channel in channels]
    if not (0 < rate < 1e7 and min(dividers) > 0 and math.lcm(*dividers) <= LONGEST_PATTERN):
        raise FormatError("its list of channels is damaged", COPY_AGAIN, where=path)
    counts = [channel.point_count for channel in channels]
    if min(counts) < 0 or max(counts) == 0:
        raise FormatError("holds no samples", COPY_AGAIN, where=path)
    seconds = max(n * d for n, d in zip(counts, dividers, strict=True)) / rate
    if not datafile.is_compressed:
        row = sum(channel.data_length for channel in channels)
        if row > size:
            raise FormatError(
                f"is cut off: the header promises {seconds:.1f} s, and at least "
                f"{seconds * (1 - size / row):.1f} s of them are missing",
                COPY_AGAIN,
                where=path,
            )
    elif len(datafile.channel_compression_headers or ()) < len(channels) or any(
        header.compressed_data_offset + header.compressed_data_len > size or header.compressed_data_len < 0
        for header in datafile.channel_compression_headers
    ):
        raise FormatError("is cut off: not all of its channels are there", COPY_AGAIN, where=path)
    if datafile.event_markers is None:
        raise FormatError("is cut off: its markers are missing", COPY_AGAIN, where=path)


def _markers(datafile: Datafile) -> list[tuple[float, str | None, str, datetime | None]]:
    """(seconds from the first sample, type, text, date) of each marker."""
    markers = datafile.event_markers
    ends = max(c.frequency_divider * c.point_count for c in datafile.channels)
    index = np.array([marker.sample_index for marker in markers], np.int64)
    if index.size and (index.max() > ends or index.min() < 0):
        # Compressed files of 5.0.1 count from an arbitrary place, and the count is cut to 32 bits.
        begins = next((i for i, marker in enumerate(markers) if marker.type_code == "apnd"), 0)
        index = (index - index[begins]) % INDEX_WRAPS_AT
    seconds = index / datafile.samples_per_second
    texts = [(m.text or "").strip() for m in markers]
    rows = [
        (float(t), m.type_code, text, m.date_created_utc)
        for t, m, text in zip(seconds, markers, texts, strict=True)
        if t <= ends / datafile.samples_per_second
    ]
    return sorted(rows, key=lambda row: row[0])


def _with_markers(
    raw: BaseRaw,
    path: Path,
    datafile: Datafile,
    markers: list[tuple[float, str | None, str, datetime | None]],
) -> BaseRaw:
    import mne

    sfreq, breaks = raw.info["sfreq"], []
    segments = [(t, date) for t, code, text, date in markers if _begins_segment(code, text)]
    if segments and _is_date(segments[0][1]):
        raw.set_meas_date(segments[0][1])
    if segments and segments[0][0] >= 1 / sfreq:  # what came before it has no date
        segments.insert(0, (0.0, None))
    for (before, began), (at, resumed) in pairwise(segments):
        pause = _seconds_between(began, resumed)
        pause = None if pause is None else pause - (at - before)
        breaks.append(Break(at, pause, "was paused", by_clock=True))
    lost = []
    begun = None
    for at, code, _, date in markers:
        if code == "cmlb" and begun is None:
            begun = (at, date)
        elif code == "cmle" and begun is not None:
            lost.append((*begun, at, date))
            begun = None
    if begun is not None:  # never regained
        lost.append((*begun, raw.n_times / sfreq, None))
    onsets, durations, texts = [], [], []
    for begin, lost_on, end, found_on in lost:
        if end - begin < 1 / sfreq:
            pause = _seconds_between(lost_on, found_on)
            breaks.append(Break(begin, pause, "lost its connection", by_clock=True))
            continue
        bridge_stretch(raw, begin, end)
        onsets.append(begin)
        durations.append(end - begin)
        texts.append("BAD_acq_skip")
    for at, code, text, _ in markers:
        if code not in ("cmlb", "cmle") and not _begins_segment(code, text):
            onsets.append(at)
            durations.append(0.0)
            texts.append(text or (code or "marker").strip())
    raw.set_annotations(mne.Annotations(onsets, durations, texts), verbose="error")
    return put_back(raw, path, breaks, SAVE_SEGMENTS)


def _begins_segment(code: str | None, text: str) -> bool:
    # Before version 4.4, a segment's marker has no type, or the type of any other marker.
    return code == "apnd" or (code in (None, "defl") and re.fullmatch(r"Segment \d+", text) is not None)


def _is_date(when: datetime | None) -> bool:
    return when is not None and 1970 < when.year < 2200


def _seconds_between(begin: datetime | None, end: datetime | None) -> float | None:
    if begin is None or end is None or not (_is_date(begin) and _is_date(end)):
        return None
    return (end.astimezone(UTC) - begin.astimezone(UTC)).total_seconds()
