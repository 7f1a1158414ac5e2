"""TMSi Poly5 / TMS32 recordings (Mobita, Porti, Refa): reading them into MNE and writing them.

Not here: how MNE reads the samples when it needs them (`poly5_raw`, which may import MNE at once), and what a
study makes of a recording (cap maps, gaps, triggers; see `recording`).
"""

from __future__ import annotations

import errno
import os
import re
import struct
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from interbrain.formats import COPY_AGAIN, FormatError
from interbrain.formats.channel_names import COUNTER_NAME, TRIGGER_NAME
from interbrain.formats.notes import note

if TYPE_CHECKING:
    from mne.io import BaseRaw

# Offsets of version 2.03, little-endian: sample rate, storage rate, storage type, words per row, samples;
# then time, blocks, samples per block, bytes per block, compression.
HEADER_BYTES, SIGNAL_BYTES, BLOCK_HEADER_BYTES = 217, 136, 86
VERSION_AT, RATES_AT, TIMES_AT, SIGNAL_RANGES_AT = 31, 114, 129, 56
RATES, TIMES, SIGNAL_RANGES = "<hhBhi", "<7hiHHh", "<4fh"
MAGIC, AFTER_MAGIC = b"POLY SAMPLE FILE", b"\r\n\x1a"
# No amplifier has as many; a damaged header must not make MNE describe 32767 channels, which takes 10 s.
MOST_WORDS = 2048
MOST_SAMPLES_PER_BLOCK = 2**16 - 1
READ_AT_ONCE = 2**19  # bytes
VOLTS = {"n": 1e-9, "u": 1e-6, "m": 1e-3, "": 1.0}
VOLTAGE_UNIT = re.compile(r"([num]?)v(olts?)?", re.IGNORECASE)
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

    def is_stale(self, n_held: int, per_block: int) -> bool:
        """Whether the number of samples was never brought up to date: the last block cannot hold that few."""
        return self.n_samples <= 0 or self.n_samples <= n_held - per_block

    @property
    def start_of_blocks(self) -> int:
        return self.start_of_signals + self.words_per_row * SIGNAL_BYTES


@dataclass(frozen=True)
class Channel:
    """What a channel's numbers mean: volts = ((number - offset) x gain + low) x volts."""

    name: str
    kind: str  # "eeg", "stim" or "misc"
    number: str  # NumPy type in the file
    offset: float  # ADCLow
    gain: float  # (UnitHigh - UnitLow) / (ADCHigh - ADCLow)
    low: float  # UnitLow
    volts: float  # one unit in volts; 1 for what is no voltage
    unit: str = ""  # as the file has it

    @property
    def largest(self) -> float:
        """What is larger, in volts or in the channel's unit, is missing."""
        return MISSING_ABOVE_VOLT if self.kind == "eeg" else np.finfo(float).max


@dataclass(frozen=True)
class Layout:
    """Where the samples of a file are."""

    start_of_blocks: int
    row_bytes: int
    per_block: int
    n_times: int
    channels: tuple[Channel, ...]

    @property
    def row(self) -> np.dtype:
        return np.dtype([(f"channel{i}", channel.number) for i, channel in enumerate(self.channels)])


def read_poly5(path: str | Path, is_trigger: Callable[[str], bool] = lambda name: False) -> BaseRaw:
    """Open a Poly5 recording (version 2.03, and 2.04 as far as it is known), to be read when needed.

    Parameters
    ----------
    path : path-like
        The file. Channels may be int16, float32 ("(Lo)" and "(Hi)" word pairs) or a mixture.
    is_trigger : callable, optional
        Whether a channel is a trigger though it is not named as one, by its name.

    Returns
    -------
    raw : mne.io.BaseRaw, shape (n_channels, n_times)
        Not loaded, but checked from end to end; the file must stay where it is until it is.
        Voltages as `eeg` in volts; digital inputs as `stim`; all else as `misc` in its own unit, unscaled.
        Labels as in the file; repeated ones get "-0", "-1". NaN where an input was disconnected
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

    Examples
    --------
    >>> raw = read_poly5(poly5)  # a recording of two EEG channels and a digital input
    >>> raw.ch_names, raw.get_channel_types(), raw.info["sfreq"]
    (['Fz', 'Cz', 'Digi'], ['eeg', 'eeg', 'stim'], 500.0)
    """
    import mne

    from interbrain.formats.poly5_raw import RawPoly5

    path = Path(path)
    try:
        with open(path, "rb") as file:
            header = _read_header(file, path)
            channels = tuple(_held(c, is_trigger) for c in _read_channels(file, header, path))
            layout = _read_layout(file, header, channels, path)
    except OSError as error:
        raise FormatError(
            f"cannot be read ({error.strerror})", "Check the path and permissions.", where=path
        ) from error
    info = mne.create_info(
        _unique([c.name for c in channels]), header.sample_rate, [c.kind for c in channels]
    )
    return RawPoly5(path, info, layout).set_meas_date(header.start)


def _held(channel: Channel, is_trigger: Callable[[str], bool]) -> Channel:
    """The channel as a trigger if it is one: its values are no voltage, of which 1 V would be too much."""
    return replace(channel, kind="stim", volts=1.0) if is_trigger(channel.name) else channel


def _read(file: BinaryIO, at: int, n_bytes: int) -> bytes:
    file.seek(at)
    return file.read(n_bytes)


def _size(file: BinaryIO) -> int:
    return file.seek(0, os.SEEK_END)


def _read_header(file: BinaryIO, path: Path) -> _Header:
    content = _read(file, 0, HEADER_BYTES + 1)
    if not content:
        raise FormatError("is empty", COPY_AGAIN, where=path)
    if content[: len(MAGIC)] != MAGIC[: len(content)]:
        raise FormatError(
            "is not a Poly5 file (it does not begin with 'POLY SAMPLE FILE')",
            "Check that the right file has the suffix .poly5 or .s00.",
            where=path,
        )
    opening = content[: VERSION_AT + 1]
    if b"\r\r\n" in opening or (AFTER_MAGIC not in opening and AFTER_MAGIC[-1:] in opening):
        raise FormatError(
            "line ends were converted as if it were text, which destroys a recording", COPY_AGAIN, where=path
        )
    if len(content) < HEADER_BYTES + 1:
        raise FormatError(f"ends within its header ({len(content)} bytes)", COPY_AGAIN, where=path)
    # Version 2.04 (unverified) has one more byte before the version number.
    for shift, version in ((0, 203), (1, 204)):
        if struct.unpack_from("<h", content, VERSION_AT + shift)[0] == version:
            break
    else:
        raise FormatError(
            "is neither Poly5 version 2.03 nor 2.04", "Export it again as Poly5 2.03.", where=path
        )
    rate, _, _, words, n_samples = struct.unpack_from(RATES, content, RATES_AT + shift)
    *when, _, per_block, _, compression = struct.unpack_from(TIMES, content, TIMES_AT + shift)
    if rate <= 0 or not 0 < words <= MOST_WORDS:
        raise FormatError(
            f"the header names {words} channel words at {rate} Hz, which is impossible",
            COPY_AGAIN,
            where=path,
        )
    if compression:
        raise FormatError(
            "is delta-compressed, which is not supported", "Export it uncompressed.", where=path
        )
    header = _Header(HEADER_BYTES + shift, rate, words, n_samples, per_block, _time(*when))
    if header.start_of_blocks > _size(file):
        raise FormatError(f"ends within its list of {words} channel words", COPY_AGAIN, where=path)
    return header


def _time(year: int, month: int, day: int, _: int, hour: int, minute: int, second: int) -> datetime | None:
    try:
        time = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        return None
    return time if 1980 <= year < 2100 else None


def _text(field: bytes) -> str:
    """A Pascal string, without what no label or unit can hold."""
    content = field[1 : 1 + field[0]]
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    return "".join(letter for letter in text if letter.isprintable()).strip()


def _read_channels(file: BinaryIO, header: _Header, path: Path) -> tuple[Channel, ...]:
    content = _read(file, header.start_of_signals, header.words_per_row * SIGNAL_BYTES)
    signals = [content[at : at + SIGNAL_BYTES] for at in range(0, len(content), SIGNAL_BYTES)]
    names = [_text(signal[:41]) for signal in signals]
    channels: list[Channel] = []
    word = 0
    while word < len(names):
        name = names[word]
        is_float = name.startswith("(Lo)")
        has_partner = names[word + 1 : word + 2] == ["(Hi)" + name[4:]]
        if name.startswith("(Hi)") or (is_float and not has_partner):
            raise FormatError(
                f"channel word {word + 1} ('{name}') lacks its (Lo)/(Hi) partner", COPY_AGAIN, where=path
            )
        label = name[4:].strip() if is_float else name
        channels.append(_channel(label or f"channel{len(channels) + 1}", is_float, signals[word], path))
        word += 2 if is_float else 1
    return tuple(channels)


def _channel(name: str, is_float: bool, signal: bytes, path: Path) -> Channel:
    low, high, adc_low, adc_high = (
        float(value) for value in struct.unpack_from(SIGNAL_RANGES, signal, SIGNAL_RANGES_AT)[:4]
    )
    # The bracket first: some writers store ranges of 1.4e-42, whose product would underflow.
    gain = (high - low) / (adc_high - adc_low) if adc_high != adc_low else np.nan
    if not np.isfinite([low, adc_low, gain]).all() or gain == 0:
        if not is_float:  # A float is already in its unit; an integer means nothing without its range.
            raise FormatError(
                f"channel '{name}' has no usable range (ADC {adc_low:g} to {adc_high:g}, unit {low:g} "
                f"to {high:g})",
                COPY_AGAIN,
                where=path,
            )
        low, adc_low, gain = 0.0, 0.0, 1.0
    unit = _text(signal[45:56]).replace("\u00b5", "u").replace("\u03bc", "u")
    voltage = VOLTAGE_UNIT.fullmatch(unit)
    if TRIGGER_NAME.match(name):
        kind, volts = "stim", 1.0
    elif voltage and not COUNTER_NAME.match(name):
        kind, volts = "eeg", VOLTS[voltage[1].lower()]
    else:
        kind, volts = "misc", 1.0
    return Channel(name, kind, "<f4" if is_float else "<i2", adc_low, gain, low, volts, unit)


def _unique(names: Sequence[str]) -> list[str]:
    """Repeated names numbered as MNE's readers do, F3-0 and F3-1, so that a pattern can pick one person's."""
    written, unique = Counter(names), []
    copies: Counter[str] = Counter()
    for name in names:
        label = name
        while written[name] > 1 and label in written:
            label = f"{name}-{copies[name]}"
            copies[name] += 1
        written[label] += label != name
        unique.append(label)
    return unique


def _read_layout(file: BinaryIO, header: _Header, channels: tuple[Channel, ...], path: Path) -> Layout:
    """Where the samples that count are; never more than the file holds."""
    row_bytes = 2 * header.words_per_row
    begin, body = header.start_of_blocks, _size(file) - header.start_of_blocks
    per_block = header.samples_per_block or _step_of_block_indices(file, begin, body, row_bytes, path)
    block_bytes = BLOCK_HEADER_BYTES + per_block * row_bytes
    n_full, rest = divmod(body, block_bytes)
    n_last = max(rest - BLOCK_HEADER_BYTES, 0) // row_bytes
    n_held = n_full * per_block + n_last
    n_blocks = n_full + (n_last > 0)
    n_good = _blocks_in_order(file, begin, block_bytes, n_blocks, per_block)
    if n_good < n_blocks and not header.is_stale(n_held, per_block):
        raise FormatError(
            f"block {n_good + 1} of {n_blocks} is not where it should be, so bytes were lost or "
            f"changed at about {n_good * per_block / header.sample_rate:.0f} s",
            COPY_AGAIN,
            where=path,
        )
    n_in_order = min(n_held, n_good * per_block)  # what a crash leaves behind the last good block is no data
    left_out = min(block_bytes, body - n_good * block_bytes)
    if n_in_order < n_held and any(_read(file, begin + n_good * block_bytes, left_out)):
        note(
            f"from {n_in_order / header.sample_rate:.1f} s its blocks are out of order, so the last "
            f"{(n_held - n_in_order) / header.sample_rate:.1f} s of the file are left out; the recorder "
            "crashed, or two files were joined"
        )
    n_held = n_in_order
    missing = header.n_samples - n_held
    if missing > per_block:
        raise FormatError(
            f"is cut off: the header promises {header.n_samples / header.sample_rate:.1f} s, and "
            f"{missing / header.sample_rate:.1f} s of them are missing",
            COPY_AGAIN,
            where=path,
        )
    if n_held == 0:
        raise FormatError("holds no samples", COPY_AGAIN, where=path)
    if missing > 0:
        note(
            f"the last {missing / header.sample_rate:.2f} s, within the last block, were never written; the "
            "recording ends before them"
        )
    held = Layout(begin, row_bytes, per_block, n_held, channels)
    if header.is_stale(n_held, per_block):
        return replace(held, n_times=_n_unpadded(file, held))
    return replace(held, n_times=min(n_held, header.n_samples))


def _n_unpadded(file: BinaryIO, layout: Layout) -> int:
    """Samples without the padding: no count says where it begins, so a row of nothing but zero bits is it."""
    n_times = at = max(layout.n_times - layout.per_block, 0)
    for rows in read_rows(file, layout, at, layout.n_times):
        used = np.flatnonzero(rows.view(np.uint8).reshape(len(rows), -1).any(axis=1))
        n_times = at + int(used[-1]) + 1 if used.size else n_times
        at += len(rows)
    return n_times or layout.n_times


def _blocks_in_order(file: BinaryIO, begin: int, block_bytes: int, n_blocks: int, per_block: int) -> int:
    """How many leading blocks begin with the sample that they should; all, if no block was ever numbered."""
    at = range(begin, begin + n_blocks * block_bytes, block_bytes)
    numbers = np.fromiter((int.from_bytes(_read(file, i, 4), "little", signed=True) for i in at), np.int64)
    wrong = np.flatnonzero(numbers != np.arange(n_blocks) * per_block)
    return int(wrong[0]) if wrong.size and numbers.any() else n_blocks


def _step_of_block_indices(file: BinaryIO, begin: int, body: int, row_bytes: int, path: Path) -> int:
    """Samples per block where the header lost it: the second block says with which sample it begins."""
    n_rows = max(body - BLOCK_HEADER_BYTES, 0) // row_bytes
    explained = {}
    for step in range(1, min(n_rows, MOST_SAMPLES_PER_BLOCK + 1)):
        block_bytes = BLOCK_HEADER_BYTES + step * row_bytes
        # Samples may look like a number, but hardly with the 64 zero bytes that end a block's header, too.
        if _read(file, begin + block_bytes, 4) == struct.pack("<i", step) and not any(
            _read(file, begin + block_bytes + 22, 64)
        ):
            n_good = _blocks_in_order(file, begin, block_bytes, body // block_bytes, step)
            explained[step] = n_good * block_bytes
    if explained:
        return max(explained, key=explained.__getitem__)
    if n_rows > MOST_SAMPLES_PER_BLOCK:
        raise FormatError(
            "neither its header nor its blocks say how many samples a block holds", COPY_AGAIN, where=path
        )
    return max(n_rows, 1)  # one block only


def read_rows(file: BinaryIO, layout: Layout, start: int, stop: int) -> Iterator[np.ndarray]:
    """Sample rows start to stop of an open file, piece by piece: shape (n_rows,), one field a channel."""
    block_bytes = BLOCK_HEADER_BYTES + layout.per_block * layout.row_bytes
    while start < stop:
        block, first = divmod(start, layout.per_block)
        n_blocks = 0 if first else min((stop - start) // layout.per_block, READ_AT_ONCE // block_bytes)
        if n_blocks:
            n_rows, skipped, n_bytes = n_blocks * layout.per_block, 0, n_blocks * block_bytes
        else:  # within one block
            n_rows = min(layout.per_block - first, stop - start, max(1, READ_AT_ONCE // layout.row_bytes))
            skipped, n_bytes = BLOCK_HEADER_BYTES + first * layout.row_bytes, n_rows * layout.row_bytes
        content = _read(file, layout.start_of_blocks + block * block_bytes + skipped, n_bytes)
        if len(content) < n_bytes:
            raise OSError(errno.EIO, "it became shorter while it was read")
        samples = np.frombuffer(content, np.uint8)
        if n_blocks:
            samples = samples.reshape(n_blocks, block_bytes)[:, BLOCK_HEADER_BYTES:].reshape(-1)
        yield samples.view(layout.row)
        start += n_rows
