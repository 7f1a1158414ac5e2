"""What an XDF file says of its streams, before any sample is read."""

from __future__ import annotations

import mmap
import struct
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from interbrain.formats import COPY_AGAIN, FormatError
from interbrain.formats.notes import note

FILE_HEADER, STREAM_HEADER, SAMPLES, CLOCK_OFFSET, STREAM_FOOTER = 1, 2, 3, 4, 6
BYTES = {"float32": 4, "double64": 8, "int8": 1, "int16": 2, "int32": 4, "int64": 8}


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
    def channels(self) -> tuple[str, ...]:
        """Names of the channels as patterns see them: stream name/label."""
        return tuple(f"{self.name}/{label}" for label in self.labels)


def read_streams(path: Path) -> tuple[list[Stream], datetime | None]:
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
    streams, begun, closed = [], None, set()
    measured: dict[int, tuple[float, float]] = {}
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


def _told_apart(streams: Sequence[Stream]) -> list[Stream]:
    names = [stream.name for stream in streams]
    return [
        replace(s, name=f"{s.name}-{names[:i].count(s.name)}") if names.count(s.name) > 1 else s
        for i, s in enumerate(streams)
    ]


def _chunks(content: mmap.mmap, path: Path) -> Iterator[tuple[int, int, int]]:
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


def _length(content: mmap.mmap, at: int) -> tuple[int, int]:
    n_bytes = content[at]
    if n_bytes not in (1, 4, 8):
        raise ValueError("not the length of a chunk")
    return int.from_bytes(content[at + 1 : at + 1 + n_bytes], "little"), at + 1 + n_bytes


def _stream(header: bytes) -> tuple[Stream, int]:
    number = struct.unpack_from("<I", header)[0]
    info = ET.fromstring(header[4:].decode("utf-8", "replace"))
    n_channels, kind = int(info.findtext("channel_count") or ""), info.findtext("channel_format") or ""
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


def _date(text: str | None) -> datetime | None:
    try:
        when = datetime.fromisoformat((text or "").strip())
    except ValueError:
        return None
    return when.astimezone(UTC) if when.tzinfo else when.replace(tzinfo=UTC)
