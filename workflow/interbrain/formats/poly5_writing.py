"""Poly5 files as a Mobita writes them: for the demo and for the tests of the reader."""

import os
import struct
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import numpy as np

from interbrain.formats.poly5 import RATES, TIMES


def write_poly5(
    path: str | Path,
    data: np.ndarray,
    sfreq: float,
    ch_names: Sequence[str],
    units: Sequence[str],
    *,
    name: str = "",
    start: datetime | None = None,
    sample_format: str | Sequence[str] = "float32",
    samples_per_block: int | None = None,
) -> None:
    """Write a Poly5 2.03 file, whole or not at all; the same arguments give the same bytes.

    Parameters
    ----------
    path : path-like
        Where to write.
    data : array, shape (n_channels, n_times)
        Values in `units`. NaN is possible as float32 only. The last block is padded with zeros, as TMSi does.
    sfreq : int
        Samples per second, 1 to 32767.
    ch_names, units : list of str, length n_channels
        At most 40 bytes (35 for float32) and 10 bytes of UTF-8 each.
    name : str
        Measurement name, at most 80 bytes of UTF-8.
    start : datetime.datetime or None
        Written with a resolution of 1 s, zeros if None.
    sample_format : {"float32", "int16"} or a list of these, length n_channels
        int16 stores integers within +-32767 exactly; other values get a range as wide as their largest.
    samples_per_block : int or None
        As many as TMSi's own writer chooses, if None.

    Raises
    ------
    ValueError
        The data do not fit the format.
    """
    path, data = Path(path), np.asarray(data, float)
    formats = [sample_format] * len(data) if isinstance(sample_format, str) else list(sample_format)
    _check(data, sfreq, ch_names, units, formats)
    signals, columns = _signals(data, ch_names, units, formats)
    row = np.dtype([(f"channel{i}", column.dtype) for i, column in enumerate(columns)])
    per_block = samples_per_block or max(1, 32760 // row.itemsize)
    n_times = data.shape[1]
    n_blocks = -(-n_times // per_block)
    rows = np.zeros(n_blocks * per_block, row)
    for field, column in zip(row.names or (), columns, strict=True):
        rows[field][:n_times] = column
    when = _when(start)
    header = (
        b"POLY SAMPLE FILEversion 2.03\r\n\x1a" + struct.pack("<h", 203) + _pascal(name, 80)
        + struct.pack(RATES, int(sfreq), int(sfreq), 0, len(signals), n_times) + bytes(4)
        + struct.pack(TIMES, *when, n_blocks, per_block, per_block * row.itemsize % 2**16, 0) + bytes(64)
    )  # fmt: skip
    unfinished = path.with_name(path.name + ".partial")
    try:
        with open(unfinished, "wb") as file:
            file.write(header + b"".join(signals))
            for first in range(0, len(rows), per_block):
                file.write(struct.pack("<ii7h", first, 0, *when) + bytes(64))
                file.write(rows[first : first + per_block].tobytes())
        os.replace(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)


def _check(
    data: np.ndarray, sfreq: float, ch_names: Sequence[str], units: Sequence[str], formats: Sequence[str]
) -> None:
    """That the data fit the format."""
    if data.ndim != 2 or not len(data) == len(ch_names) == len(units) == len(formats):
        raise ValueError(f"data of shape {data.shape} needs one name, unit and sample format a channel")
    if not set(formats) <= {"float32", "int16"}:
        raise ValueError(f"sample_format is float32 or int16, not {sorted(set(formats))}")
    if sfreq != int(sfreq) or not 0 < sfreq < 2**15:
        raise ValueError(f"Poly5 stores whole sampling rates from 1 to 32767 Hz, not {sfreq}")


def _signals(
    data: np.ndarray, ch_names: Sequence[str], units: Sequence[str], formats: Sequence[str]
) -> tuple[list[bytes], list[np.ndarray]]:
    """The description of each channel word, as bytes, and each channel's values as they are stored."""
    signals, columns = [], []
    labels: tuple[str, ...]
    ranges: tuple[float, float, float, float]
    for index, (values, label, unit, number) in enumerate(zip(data, ch_names, units, formats, strict=True)):
        if number == "float32":
            labels, ranges = (f"(Lo) {label}", f"(Hi) {label}"), (0, 1000, 0, 1000)
            column = values.astype("<f4")
        else:
            labels, (ranges, column) = (label,), _as_int16(values, label)
        columns.append(column)
        numbers = struct.pack("<4fhh", *ranges, index, 0)
        signals += [_pascal(text, 40) + bytes(4) + _pascal(unit, 10) + numbers + bytes(60) for text in labels]
    return signals, columns


def _when(start: datetime | None) -> tuple[int, ...]:
    """A time as Poly5 has it: year, month, day, day of the week, hour, minute, second."""
    if start is None:
        return (0,) * 7
    return start.year, start.month, start.day, start.isoweekday(), start.hour, start.minute, start.second


def _as_int16(values: np.ndarray, label: str) -> tuple[tuple[float, float, float, float], np.ndarray]:
    if not np.isfinite(values).all():
        raise ValueError(f"channel {label} has missing values, which int16 cannot hold; use float32")
    largest = float(np.abs(values).max(initial=0))
    if largest <= 32767 and (values == np.round(values)).all():
        return (0, 32767, 0, 32767), values.astype("<i2")
    largest = float(np.nextafter(np.float32(largest), np.float32(np.inf)))  # as the header will hold it
    return (-largest, largest, -32767, 32767), np.round(values / largest * 32767).astype("<i2")


def _pascal(text: str, room: int) -> bytes:
    encoded = text.encode("utf-8")
    if len(encoded) > room:
        raise ValueError(f"'{text}' is longer than the {room} bytes that Poly5 has for it")
    return bytes([len(encoded)]) + encoded.ljust(room, b"\0")
