"""EDF and BDF recordings through MNE: their comments in any encoding, their pauses, their units.

Not here: whether the file is whole (`integrity`), channel names and types (`recording`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from interbrain.formats import FormatError
from interbrain.formats.breaks import Break
from interbrain.formats.invalid import NO_REFERENCE, mark_joins, mark_spans
from interbrain.formats.marks import note_outside
from interbrain.formats.notes import note
from interbrain.formats.units import decoded, volts_per_unit

if TYPE_CHECKING:
    from mne.io import BaseRaw

# One time-stamped list of annotations: onset, duration, texts.
TIMED = re.compile(rb"([+-]\d+(?:\.\d*)?)(?:\x15(\d+(?:\.\d*)?))?\x14((?:[^\x00\x14]*\x14)+)\x00")
ONSET = re.compile(rb"([+-]\d+)(?:\.(\d*))?\x14")
# What MNE takes for a voltage; any other unit it leaves unscaled.
KNOWN_TO_MNE = ("\u03bcV", "\u00b5V", "\x83\xcaV", "uV", "mV")
# Onsets of records that differ from the sampling rate by less in all do no harm.
LEAST_OFF_S = 0.02
# Bits of BioSemi's Status: set where recording begins, and begins again after a pause; and while the
# reference electrode (CMS) is within range.
NEW_EPOCH, CMS_IN_RANGE = 1 << 16, 1 << 20
MOST_WITHOUT_REFERENCE = 0.5  # of a file


@dataclass(frozen=True)
class _Header:
    labels: tuple[bytes, ...]
    units: tuple[bytes, ...]
    counts: tuple[int, ...]  # samples a record
    n_promised: int  # records by the header; -1 if it was never closed
    seconds: float  # of a record
    sample_bytes: int
    is_biosemi: bool
    time: str  # of day when it began

    @property
    def texts(self) -> list[int]:
        """Numbers of the signals that hold annotations."""
        return [i for i, label in enumerate(self.labels) if label in (b"EDF Annotations", b"BDF Annotations")]

    def bytes_of(self, signal: int) -> slice:
        """Where a signal is in a record."""
        begin = sum(self.counts[:signal]) * self.sample_bytes
        return slice(begin, begin + self.counts[signal] * self.sample_bytes)


def read_edf(path: Path) -> tuple[BaseRaw, list[Break]]:
    """Open an EDF or BDF recording, plain or "+", that `check_edf` has passed.

    Parameters
    ----------
    path : pathlib.Path
        The file; BDF (24 bits a sample) is told by its suffix.

    Returns
    -------
    raw : mne.io.BaseRaw, shape (n_channels, n_times)
        The records one after the other, voltages in volts whatever the spelling of their unit. Annotations
        are UTF-8, as the format has it, or Latin-1, as older programs write them; each is at the sample it
        belongs to.
    breaks : list of Break
        Pauses between two records, which say when they began (EDF+ and BDF+ only, "C" and "D" alike).

    Raises
    ------
    FormatError
        A record begins before the previous one ended.
    """
    import mne

    with path.open("rb") as file:
        header = _read_header(file, path.suffix.lower() == ".bdf")
        n_records, texts, status = _read_texts_and_status(file, header)
    if header.sample_bytes == 3:
        raw = mne.io.read_raw_bdf(path, encoding="latin1", preload=False, verbose="error")
    else:  # MNE cuts the codes of an EDF's trigger channel off; a BDF's are whole numbers in any case
        raw = mne.io.read_raw_edf(path, stim_channel=False, encoding="latin1", preload=False, verbose="error")
    if header.n_promised < 0:
        note("the recording was not closed properly; its end may be missing")
    elif header.n_promised < n_records:
        note(
            f"the file holds {n_records * header.seconds:.1f} s, and its header counts "
            f"{header.n_promised * header.seconds:.1f} s; all of it is read. Was something appended to it?"
        )
    _set_time(raw, header)
    _scale(raw, header)
    breaks = []
    if texts:
        begins = _begins(texts[0], header, raw.info["sfreq"], path)
        breaks = _pauses(begins, header)
        _set_texts(raw, texts, header, begins)
    if status:
        codes = _codes(b"".join(status))
        _mark_without_reference(raw, codes, header)
        _mark_new_epochs(raw, codes, header)
    return raw, breaks


def _read_header(file: BinaryIO, is_bdf: bool) -> _Header:
    start = file.read(256)
    n = int(start[252:256])
    lists = file.read(256 * n)

    def fields(offset: int, width: int) -> tuple[bytes, ...]:
        return tuple(lists[offset * n + width * i :][:width].strip() for i in range(n))

    return _Header(
        labels=fields(0, 16),
        units=fields(96, 8),
        counts=tuple(int(text) for text in fields(216, 8)),
        n_promised=int(start[236:244]),
        seconds=float(start[244:252].replace(b",", b".")),
        sample_bytes=3 if is_bdf else 2,
        is_biosemi=start[1:8] == b"BIOSEMI",
        time=start[176:184].decode("latin1"),
    )


def _read_texts_and_status(file: BinaryIO, header: _Header) -> tuple[int, list[list[bytes]], list[bytes]]:
    """How many records there are, and of each its bytes of annotations (a list a signal) and of Status."""
    begin, row = file.tell(), sum(header.counts) * header.sample_bytes
    n_records = (file.seek(0, 2) - begin) // row
    signals = header.texts
    if header.is_biosemi and header.sample_bytes == 3 and header.labels[-1].lower() == b"status":
        signals = [*signals, len(header.labels) - 1]
    parts = []
    for signal in signals:
        place = header.bytes_of(signal)
        part = []
        for i in range(n_records):
            file.seek(begin + i * row + place.start)
            part.append(file.read(place.stop - place.start))
        parts.append(part)
    return n_records, parts[: len(header.texts)], parts[-1] if len(parts) > len(header.texts) else []


def _set_time(raw: BaseRaw, header: _Header) -> None:
    """The time of day in any spelling; MNE takes one that has no points for midnight."""
    begun = raw.info["meas_date"]
    if begun is None:
        return
    told = re.fullmatch(r"\s*(\d{1,2})\s*\D\s*(\d{1,2})\s*\D\s*(\d{1,2})\s*", header.time)
    try:
        hour, minute, second = map(int, told.groups() if told else ())
        raw.set_meas_date(begun.replace(hour=hour, minute=minute, second=second))
    except ValueError:
        raw.set_meas_date(None)
        note("its header does not give the time of day when it began, so its clock cannot be tied by it")


def _scale(raw: BaseRaw, header: _Header) -> None:
    """Read voltages whose unit MNE does not know in volts, too."""
    scales = raw._raw_extras[0]["units"]  # by which MNE multiplies; they have no public name
    signals = [i for i in range(len(header.labels)) if i not in header.texts]
    for i, signal in enumerate(signals):
        volts = volts_per_unit(decoded(header.units[signal]))
        is_known = header.units[signal].decode("latin1") in KNOWN_TO_MNE
        if volts is not None and not is_known and raw.get_channel_types(picks=[i]) != ["stim"]:
            scales[i] = volts
        if volts is None and header.units[signal]:  # which MNE gives as n/a
            raw._orig_units[raw.ch_names[i]] = decoded(header.units[signal])


def _begins(texts: Sequence[bytes], header: _Header, sfreq: float, path: Path) -> np.ndarray:
    """When each record began, s from the first; NaN for a record that does not say so."""
    begins, decimals = np.full(len(texts), np.nan), 0
    for i, text in enumerate(texts):
        if found := ONSET.match(text[:32]):
            fraction = found[2] or b""
            begins[i] = float(found[1] + b"." + fraction)
            decimals = max(decimals, len(fraction.rstrip(b"0")))
    known = np.flatnonzero(np.isfinite(begins))
    if not known.size:
        return np.arange(len(texts)) * header.seconds
    # Onsets written with fewer digits than a record's length needs are rounded, and no pauses.
    unit = 10.0**-decimals
    is_rounded = abs(header.seconds / unit - round(header.seconds / unit)) > 1e-6
    tolerance = max(header.seconds / 1000, 0.5 / sfreq, 1.01 * unit if is_rounded else 0.0)
    ahead = begins[known] - known * header.seconds
    steps = np.diff(ahead)
    if (steps < -tolerance).any():
        at = int(np.flatnonzero(steps < -tolerance)[0]) + 1
        raise FormatError(
            f"steps back in time: record {known[at] + 1} begins {-steps[at - 1]:.3f} s before the "
            "previous one ended",
            "Was it joined from several files? Export each as a file of its own.",
            where=path,
        )
    small = np.abs(steps) <= tolerance
    ahead_s = float(steps[small].sum())
    if abs(ahead_s) > max(LEAST_OFF_S, 2 * tolerance):
        recorded = int(known[-1] - known[0]) * header.seconds
        note(
            f"the onsets of its records make them last {recorded + ahead_s:.3f} s, and the sampling rate in "
            f"its header {recorded:.3f} s: one of them is off by {1e6 * abs(ahead_s) / recorded:.0f} ppm. "
            "Shared triggers allow for it, nothing else does"
        )
    steps[small] = 0
    moved = np.zeros(len(texts))
    moved[known[1:]] = steps
    return np.arange(len(texts)) * header.seconds + np.cumsum(moved)


def _pauses(begins: np.ndarray, header: _Header) -> list[Break]:
    steps = np.diff(begins) - header.seconds
    return [
        Break((i + 1) * header.seconds, float(step), "was paused")
        for i, step in enumerate(steps)
        if step > 1e-6
    ]


def _set_texts(raw: BaseRaw, texts: Sequence[Sequence[bytes]], header: _Header, begins: np.ndarray) -> None:
    """Annotations at the samples they belong to; MNE leaves out those that pauses move beyond the end."""
    import mne

    onsets, durations, words = [], [], []
    start = None
    for signal in texts:
        for onset, duration, listed in TIMED.findall(b"".join(signal)):
            start = float(onset) if start is None else start
            for text in filter(None, listed.split(b"\x14")):
                onsets.append(float(onset) - start)
                durations.append(float(duration or 0))
                words.append(decoded(text))
    begin, end = np.array(onsets), np.array(onsets) + durations
    begin, end = (_in_file(seconds, begins, header.seconds) for seconds in (begin, end))
    note_outside(int((begin > raw.n_times / raw.info["sfreq"] + 1e-6).sum()))
    marks = mne.Annotations(begin, np.maximum(end - begin, 0), words)
    raw.set_annotations(marks, on_missing="ignore", verbose="error")


def _in_file(seconds: np.ndarray, begins: np.ndarray, length: float) -> np.ndarray:
    """Where in the file, whose records follow each other, a time of the recording is."""
    record = (np.searchsorted(begins, seconds + 1e-9, side="right") - 1).clip(0)
    into = seconds - begins[record]
    is_last = record == len(begins) - 1
    return record * length + np.where(is_last, into, np.minimum(into, length))


def _codes(status: bytes) -> np.ndarray:
    packed = np.frombuffer(status, np.uint8).reshape(-1, 3).astype(np.int32)
    return np.asarray(packed[:, 0] + (packed[:, 1] << 8) + (packed[:, 2] << 16))


def _mark_new_epochs(raw: BaseRaw, codes: np.ndarray, header: _Header) -> None:
    """BioSemi's recorder sets a bit of Status where it begins again after a pause: mark these instants."""
    is_new = (codes & NEW_EPOCH) > 0
    same_code = (codes[1:] & 0xFFFF) == (codes[:-1] & 0xFFFF)
    # A code of another recorder may use this bit, too, but then changes others with it. In a file that
    # begins with this bit alone, it is BioSemi's also where a trigger changes with it.
    begun = is_new[:1].any() and bool((~is_new[1:] & is_new[:-1] & same_code)[: np.argmin(is_new)].any())
    same_code |= begun
    rises = np.flatnonzero(is_new[1:] & ~is_new[:-1] & same_code) + 1
    if rises.size:
        further = len(rises) - 1
        more = f" and {further} more time{'s' * (further > 1)}" if further else ""
        at = rises * header.seconds / header.counts[-1]
        mark_joins(raw, at.tolist())
        note(
            f"the channel Status shows that the recording was started again at {at[0]:.1f} s{more}, and not "
            "how long it was paused. No window across this instant is used. Compare the recording's length "
            "with its partner's"
        )


def _mark_without_reference(raw: BaseRaw, codes: np.ndarray, header: _Header) -> None:
    """Mark as bad where BioSemi's reference electrode was out of range, which makes all channels invalid.

    A file in which the bit is mostly unset was not written by BioSemi's recorder, or says nothing of it.
    """
    out = (codes & CMS_IN_RANGE) == 0
    if not out.any() or out.mean() > MOST_WITHOUT_REFERENCE:
        return
    edges = np.diff(out.astype(int), prepend=0, append=0)
    begin, end = (np.flatnonzero(edges == step) * header.seconds / header.counts[-1] for step in (1, -1))
    mark_spans(raw, zip(begin.tolist(), end.tolist(), strict=True), NO_REFERENCE)
    further = len(begin) - 1
    more = f", and {further} more time{'s' * (further > 1)}" if further else ""
    note(
        f"the channel Status shows that the reference electrode (CMS) was out of range for "
        f"{(end - begin).sum():.1f} s, from {begin[0]:.1f} s on{more}: no window of this time is used"
    )
