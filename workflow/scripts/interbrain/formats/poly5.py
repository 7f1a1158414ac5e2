"""TMSi Poly5 / TMS32 recordings (Mobita, Porti, Refa): reading them into MNE and writing them.

Not here: what a study makes of a recording (cap maps, gaps, triggers); see `recording`.
"""

import os
import re
import struct
import warnings
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from interbrain.formats import COPY_AGAIN, FormatError

# Offsets of version 2.03, little-endian: sample rate, storage rate, storage type, words per row, samples;
# then time, blocks, samples per block, bytes per block, compression.
HEADER_BYTES, SIGNAL_BYTES, BLOCK_HEADER_BYTES = 217, 136, 86
VERSION_AT, RATES_AT, TIMES_AT, SIGNAL_RANGES_AT = 31, 114, 129, 56
RATES, TIMES, SIGNAL_RANGES = "<hhBhi", "<7hiHHh", "<4fh"

VOLTS = {"n": 1e-9, "u": 1e-6, "m": 1e-3, "": 1.0}
VOLTAGE_UNIT = re.compile(r"([num]?)v(olts?)?", re.IGNORECASE)
TRIGGER_NAME = re.compile(r"digi|trig|status|sti\b|stim", re.IGNORECASE)
COUNTER_NAME = re.compile(r"saw|counter", re.IGNORECASE)
# A disconnected Mobita input reads -2^31 steps of 24.41 nV = -52 V; no amplifier measures 1 V of EEG.
MISSING_ABOVE_VOLT = 1.0


@dataclass(frozen=True)
class _Header:
    start_of_signals: int
    sample_rate: int
    words_per_row: int
    n_samples: int  # as written; 0 after a crash, and sometimes stale
    samples_per_block: int  # as written; 0 after a crash
    start: datetime | None


@dataclass(frozen=True)
class _Channel:
    name: str
    kind: str  # "eeg", "stim" or "misc"
    number: str  # NumPy type in the file
    offset: float  # ADCLow
    gain: float  # (UnitHigh - UnitLow) / (ADCHigh - ADCLow)
    low: float  # UnitLow
    volts: float  # one unit in volts; 1 for what is no voltage


def read_poly5(path):
    """Read a Poly5 recording (version 2.03, and 2.04 as far as it is known) into memory.

    Parameters
    ----------
    path : path-like
        The file. Channels may be int16, float32 ("(Lo)" and "(Hi)" word pairs) or a mixture.

    Returns
    -------
    raw : mne.io.RawArray, shape (n_channels, n_times)
        Voltages as `eeg` in volts; digital inputs as `stim`; all else as `misc` in its own unit, unscaled.
        Labels as in the file; a repeated one gets "-2", "-3". NaN where an input was disconnected
        (|x| > 1 V). The header's local time stands as if it were UTC. The measurement name, which may be a
        person's, is dropped.

    Raises
    ------
    FormatError
        The file is empty, cut off, altered or no Poly5 file.

    Notes
    -----
    The header's number of samples and the file's size seldom agree, so:

    - count 0, or less than the file holds by a block or more (the recorder crashed, or never updated the
      header): every sample in the file is read, up to the first block out of order, and less the zeros that
      pad the last block;
    - count less than the file holds, but within the last block: the rest is padding, and clipped;
    - count greater by at most one block (the last block never reached the disk): read, with a warning;
    - count greater by more: FormatError saying how many seconds are missing, because a copy that stopped half
      way must not pass for a short recording.
    """
    import mne

    path = Path(path)
    content = _content(path)
    header = _read_header(content, path)
    channels = _read_channels(content, header, path)
    rows = _read_rows(content, header, channels, path)

    signals = np.empty((len(channels), len(rows)))
    for signal, channel, field in zip(signals, channels, rows.dtype.names, strict=True):
        # The bracket was formed first: some writers store ranges of 1.4e-42, whose product would underflow.
        with np.errstate(invalid="ignore", over="ignore"):
            signal[:] = (rows[field].astype(float) - channel.offset) * channel.gain + channel.low
            signal *= channel.volts
            limit = MISSING_ABOVE_VOLT if channel.kind == "eeg" else np.finfo(float).max
            signal[~(np.abs(signal) <= limit)] = np.nan
    info = mne.create_info(
        _unique([c.name for c in channels]), header.sample_rate, [c.kind for c in channels]
    )
    raw = mne.io.RawArray(signals, info, verbose="error")
    raw.set_meas_date(header.start)
    return raw


def _content(path):
    try:
        content = path.read_bytes()
    except OSError as error:
        raise FormatError(
            f"{path}: cannot be read ({error.strerror}). Check the path and permissions."
        ) from error
    if not content:
        raise FormatError(f"{path}: is empty. {COPY_AGAIN}")
    if not content.startswith(b"POLY SAMPLE FILE"):
        raise FormatError(
            f"{path}: is not a Poly5 file (it does not begin with 'POLY SAMPLE FILE'). Check that "
            "the right file has the suffix .poly5 or .s00."
        )
    if b"\r\r\n" in content[:40] or (b"\n" in content[:40] and b"\r\n" not in content[:40]):
        raise FormatError(
            f"{path}: line ends were converted as if it were text, which destroys a recording. {COPY_AGAIN}"
        )
    return content


def _read_header(content, path):
    if len(content) < HEADER_BYTES + 1:
        raise FormatError(f"{path}: ends within its header ({len(content)} bytes). {COPY_AGAIN}")
    # Version 2.04 (unverified) has one more byte before the version number.
    for shift, version in ((0, 203), (1, 204)):
        if struct.unpack_from("<h", content, VERSION_AT + shift)[0] == version:
            break
    else:
        raise FormatError(f"{path}: is neither Poly5 version 2.03 nor 2.04. Export it again as Poly5 2.03.")
    rate, _, _, words, n_samples = struct.unpack_from(RATES, content, RATES_AT + shift)
    *when, _, per_block, _, compression = struct.unpack_from(TIMES, content, TIMES_AT + shift)
    if rate <= 0 or words <= 0:
        raise FormatError(f"{path}: the header names {words} channel words at {rate} Hz. {COPY_AGAIN}")
    if compression:
        raise FormatError(f"{path}: is delta-compressed, which is not supported. Export it uncompressed.")
    if HEADER_BYTES + shift + words * SIGNAL_BYTES > len(content):
        raise FormatError(f"{path}: ends within its list of {words} channel words. {COPY_AGAIN}")
    year, month, day, _, hour, minute, second = when
    try:
        start = datetime(year, month, day, hour, minute, second, tzinfo=UTC) if year >= 1980 else None
    except ValueError:
        start = None
    return _Header(HEADER_BYTES + shift, rate, words, n_samples, per_block, start)


def _text(content, at):
    raw = content[at + 1 : at + 1 + content[at]].rstrip(b"\0")
    try:
        return raw.decode("utf-8").strip()
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace").strip()


def _read_channels(content, header, path):
    signals = [header.start_of_signals + word * SIGNAL_BYTES for word in range(header.words_per_row)]
    names = [_text(content[at : at + 41], 0) for at in signals]
    channels, word = [], 0
    while word < len(names):
        name, at = names[word], signals[word]
        is_float = name.startswith("(Lo)")
        has_partner = names[word + 1 : word + 2] == ["(Hi)" + name[4:]]
        if name.startswith("(Hi)") or (is_float and not has_partner):
            raise FormatError(
                f"{path}: channel word {word + 1} ('{name}') lacks its (Lo)/(Hi) partner. {COPY_AGAIN}"
            )
        label = name[4:].strip() if is_float else name
        channels.append(_channel(label or f"channel{len(channels) + 1}", is_float, content, at, path))
        word += 2 if is_float else 1
    return channels


def _channel(name, is_float, content, at, path):
    low, high, adc_low, adc_high = (
        float(value) for value in struct.unpack_from(SIGNAL_RANGES, content, at + SIGNAL_RANGES_AT)[:4]
    )
    gain = (high - low) / (adc_high - adc_low) if adc_high != adc_low else np.nan
    if not np.isfinite([low, adc_low, gain]).all() or gain == 0:
        if not is_float:  # A float is already in its unit; an integer means nothing without its range.
            raise FormatError(
                f"{path}: channel '{name}' has no usable range (ADC {adc_low:g} to {adc_high:g}, "
                f"unit {low:g} to {high:g}). {COPY_AGAIN}"
            )
        low, adc_low, gain = 0.0, 0.0, 1.0
    unit = _text(content[at + 45 : at + 56], 0).replace("\u00b5", "u").replace("\u03bc", "u")
    voltage = VOLTAGE_UNIT.fullmatch(unit)
    if TRIGGER_NAME.match(name):
        kind, volts = "stim", 1.0
    elif voltage and not COUNTER_NAME.match(name):
        kind, volts = "eeg", VOLTS[voltage[1].lower()]
    else:
        kind, volts = "misc", 1.0
    return _Channel(name, kind, "<f4" if is_float else "<i2", adc_low, gain, low, volts)


def _unique(names):
    taken, unique = set(names), []
    for name in names:
        label, copy = name, 1
        while label in unique or (copy > 1 and label in taken):
            copy += 1
            label = f"{name}-{copy}"
        unique.append(label)
    return unique


def _read_rows(content, header, channels, path):
    """All sample rows that count, shape (n_times,), one field a channel; never more than the file holds."""
    row_bytes = 2 * header.words_per_row
    body = np.frombuffer(
        content, np.uint8, offset=header.start_of_signals + header.words_per_row * SIGNAL_BYTES
    )
    per_block = header.samples_per_block or _step_of_block_indices(body, row_bytes)
    block_bytes = BLOCK_HEADER_BYTES + per_block * row_bytes
    n_full, rest = divmod(len(body), block_bytes)
    blocks = body[: n_full * block_bytes].reshape(n_full, block_bytes)
    n_last = max(rest - BLOCK_HEADER_BYTES, 0) // row_bytes
    n_held = n_full * per_block + n_last
    recovered = header.n_samples <= 0 or header.n_samples <= n_held - per_block
    n_good = _blocks_in_order(blocks, per_block)
    if n_good < n_full and not recovered:
        raise FormatError(
            f"{path}: block {n_good + 1} of {n_full} is not where it should be, so bytes were lost or "
            f"changed at about {n_good * per_block / header.sample_rate:.0f} s. {COPY_AGAIN}"
        )
    if n_good < n_full:  # What a crash leaves behind the last good block is no recording.
        n_last, n_held = 0, n_good * per_block
    missing = header.n_samples - n_held
    if missing > per_block:
        raise FormatError(
            f"{path}: is cut off: the header promises {header.n_samples / header.sample_rate:.1f} s, and "
            f"{missing / header.sample_rate:.1f} s of them are missing. {COPY_AGAIN}"
        )
    if n_held == 0:
        raise FormatError(f"{path}: holds no samples. {COPY_AGAIN}")
    if missing > 0:
        warnings.warn(
            f"{path}: the last {missing / header.sample_rate:.2f} s, within the last block, were never "
            "written; the recording ends before them.",
            RuntimeWarning,
            stacklevel=3,
        )
    row = np.dtype([(f"channel{i}", channel.number) for i, channel in enumerate(channels)])
    last = body[n_full * block_bytes + BLOCK_HEADER_BYTES :][: n_last * row_bytes]
    rows = np.concatenate([blocks[:n_good, BLOCK_HEADER_BYTES:].reshape(-1), last]).view(row)
    if not recovered:
        return rows[: header.n_samples]
    # No count says where the padding of the last block begins: a row of nothing but zero bits is padding.
    tail = rows[-per_block:].view(np.uint8).reshape(-1, row_bytes)
    used = np.flatnonzero(tail.any(axis=1))
    return rows[: len(rows) - len(tail) + used[-1] + 1] if used.size else rows


def _blocks_in_order(blocks, per_block):
    """How many leading blocks begin with the sample that they should; all, if no block was ever numbered."""
    first_samples = np.ascontiguousarray(blocks[:, :4]).view("<i4").ravel()
    wrong = np.flatnonzero(first_samples != np.arange(len(blocks)) * per_block)
    return int(wrong[0]) if wrong.size and first_samples.any() else len(blocks)


def _step_of_block_indices(body, row_bytes):
    """Samples per block where the header lost it: the second block says with which sample it begins."""
    n_rows = max(len(body) - BLOCK_HEADER_BYTES, 0) // row_bytes
    for step in range(1, min(n_rows, 2**16)):
        at = range(0, len(body) - 3, BLOCK_HEADER_BYTES + step * row_bytes)
        if len(at) > 1 and all(
            struct.unpack_from("<i", body, begin)[0] == block * step for block, begin in enumerate(at)
        ):
            return step
    return max(n_rows, 1)  # one block only


def write_poly5(
    path,
    data,
    sfreq,
    ch_names,
    units,
    *,
    name="",
    start=None,
    sample_format="float32",
    samples_per_block=None,
):
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
    if data.ndim != 2 or not len(data) == len(ch_names) == len(units) == len(formats):
        raise ValueError(f"data of shape {data.shape} needs one name, unit and sample format a channel")
    if not set(formats) <= {"float32", "int16"}:
        raise ValueError(f"sample_format is float32 or int16, not {sorted(set(formats))}")
    if sfreq != int(sfreq) or not 0 < sfreq < 2**15:
        raise ValueError(f"Poly5 stores whole sampling rates from 1 to 32767 Hz, not {sfreq}")

    signals, columns = [], []
    for index, (values, label, unit, number) in enumerate(zip(data, ch_names, units, formats, strict=True)):
        if number == "float32":
            labels, ranges, column = (
                (f"(Lo) {label}", f"(Hi) {label}"),
                (0, 1000, 0, 1000),
                values.astype("<f4"),
            )
        else:
            labels, (ranges, column) = (label,), _as_int16(values, label)
        columns.append(column)
        signals += [
            _pascal(text, 40)
            + bytes(4)
            + _pascal(unit, 10)
            + struct.pack("<4fhh", *ranges, index, 0)
            + bytes(60)
            for text in labels
        ]

    row = np.dtype([(f"channel{i}", column.dtype) for i, column in enumerate(columns)])
    per_block = samples_per_block or max(1, 32760 // row.itemsize)
    n_times = data.shape[1]
    n_blocks = -(-n_times // per_block)
    rows = np.zeros(n_blocks * per_block, row)
    for field, column in zip(row.names, columns, strict=True):
        rows[field][:n_times] = column
    when = (0,) * 7
    if start is not None:
        when = (
            start.year,
            start.month,
            start.day,
            start.isoweekday(),
            start.hour,
            start.minute,
            start.second,
        )
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


def _as_int16(values, label):
    if not np.isfinite(values).all():
        raise ValueError(f"channel {label} has missing values, which int16 cannot hold; use float32")
    largest = float(np.abs(values).max(initial=0))
    if largest <= 32767 and (values == np.round(values)).all():
        return (0, 32767, 0, 32767), values.astype("<i2")
    largest = float(np.nextafter(np.float32(largest), np.float32(np.inf)))  # as the header will hold it
    return (-largest, largest, -32767, 32767), np.round(values / largest * 32767).astype("<i2")


def _pascal(text, room):
    encoded = text.encode("utf-8")
    if len(encoded) > room:
        raise ValueError(f"'{text}' is longer than the {room} bytes that Poly5 has for it")
    return bytes([len(encoded)]) + encoded.ljust(room, b"\0")
