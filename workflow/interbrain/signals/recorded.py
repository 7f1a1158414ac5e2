"""Channels of an amplifier's recording that are no EEG: of the member's EEG file, or of a file of their own.

How formats are read is the room `formats`; what the numbers mean is in `kinds`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from interbrain.bids.reading import read_described
from interbrain.formats import KNOWN_SUFFIXES, FormatError, mark_gaps, read_recording
from interbrain.formats.breaks import with_known_breaks
from interbrain.formats.channel_names import as_compared, same_name
from interbrain.formats.invalid import FILLED, REPEATED
from interbrain.formats.measured import mark_unmeasured
from interbrain.formats.members import star_label
from interbrain.formats.opening import POLY5_SUFFIXES, open_recording
from interbrain.formats.opening import reason as reason_of
from interbrain.formats.rates import at_one_rate
from interbrain.formats.units import volts_per_unit
from interbrain.signals import SignalError
from interbrain.signals.series import Series

if TYPE_CHECKING:
    from mne.io import BaseRaw

LOST = ("BAD_acq_skip", "BAD_missing", FILLED, REPEATED)  # not measured, whatever the channel holds
SEVERAL_RATES = (".edf", ".bdf", ".gdf")
WITHOUT_UNITS = (".set", ".cnt")  # of which MNE takes every number for microvolts
VOLTS_ALONE = (*POLY5_SUFFIXES, ".acq", ".xdf")  # whose readers take for EEG what is a voltage, and only that
MICRO = 1e-6


@dataclass(frozen=True)
class Recorded:
    """Channels of a recording.

    Attributes
    ----------
    series : Series
        From the file's first sample on, with time put back that the amplifier lost (NaN).
    lsl : (float, float) or None
        LSL's clock at the first sample, s, and its seconds per second of the series (XDF only).
    """

    series: Series
    lsl: tuple[float, float] | None = None


def of_eeg_file(
    path: Path, channels: Sequence[str], reading: Mapping[str, Any], *, as_in_file: bool = False
) -> Recorded:
    """Channels beside the EEG in a member's own recording, on the time axis of its EEG.

    Parameters
    ----------
    path : path-like
    channels : sequence of str
        As the file names them, or as the member's pattern leaves them (EDA of sub1_EDA), in any case; in an
        XDF file also stream/channel. Where the file holds two people, a channel of nobody can be either's.
    reading : mapping
        How `read_recording` reads the member's EEG; of a recording of a BIDS dataset, cap_map and from_bids.
    as_in_file : bool
        Voltages are the numbers of the file, whose unit is wrong, and not volts.

    Raises
    ------
    SignalError, FormatError
        A channel is not there, or the recording cannot be read.
    """
    path = Path(path)
    if reading.get("from_bids"):
        raw = read_described(path, reading["cap_map"]).raw
        picks = [_pick(raw, channel, None, path) for channel in channels]
        return Recorded(_series(raw, picks, path, as_in_file))
    recording = read_recording(path, **reading)
    stream = channels[0].partition("/")[0] if path.suffix.lower() == ".xdf" else ""
    if stream and not any(name.startswith(f"{stream}/") for name in _names(recording.raw)):
        other = of_own_file(
            path, channels, as_in_file=as_in_file
        )  # another stream than the EEG's, tied to it by LSL's clock
        if other.lsl is not None and recording.lsl is not None:
            return _on_axis_of(other, recording.lsl)
    raw = mark_gaps(recording.raw)
    mark_unmeasured(raw)
    pattern = reading.get("pattern")
    picks = [_pick(raw, channel, pattern, path) for channel in channels]
    return Recorded(_series(raw, picks, path, as_in_file), recording.lsl)


def of_own_file(path: Path, channels: Sequence[str], *, as_in_file: bool = False) -> Recorded:
    """Channels of a recording that holds no EEG, at their own rate; `as_in_file` as in `of_eeg_file`.

    Raises
    ------
    SignalError, FormatError
        The file is unknown or damaged, or a channel is not there.
    """
    path = Path(path)
    suffix = path.suffix.lower()
    if suffix not in KNOWN_SUFFIXES:
        raise SignalError(
            f"signals in files with the suffix '{path.suffix}' are not known",
            f"Export it as CSV. Known recordings: {', '.join(KNOWN_SUFFIXES)}.",
            where=path,
        )
    if not path.is_file():
        raise SignalError("there is no such file", "Correct it in the table of signals.", where=path)
    pattern = f"{channels[0].partition('/')[0]}/*" if suffix == ".xdf" and "/" in channels[0] else None
    try:
        raw, lsl, _, breaks = open_recording(path, suffix, pattern, lambda name: False)
        picks = [_pick(raw, channel, None, path, by_number=True) for channel in channels]
        if suffix in SEVERAL_RATES:
            raw = at_one_rate(raw, path, lambda name: name in picks, lambda name: False)
        raw.load_data(verbose="error")
        if suffix != ".xdf":
            raw = with_known_breaks(raw, path, breaks)
        return Recorded(_series(mark_gaps(raw), picks, path, as_in_file), lsl)
    except (FormatError, SignalError):
        raise
    except Exception as error:  # MNE's readers raise whatever the damage happens to hit
        raise FormatError(*reason_of(error, path, suffix), where=path) from error


def _names(raw: BaseRaw) -> list[str]:
    return [str(name) for name in raw.ch_names]


def _pick(raw: BaseRaw, channel: str, pattern: str | None, path: Path, by_number: bool = False) -> str:
    """The name in `raw` of a channel as somebody may write it."""
    names = _names(raw)
    label = star_label(channel, pattern) if pattern else None
    for wanted in filter(None, (channel, label)):
        meant = [n for n in names if same_name(n, wanted) or same_name(n.partition("/")[2], wanted)]
        if len(meant) == 1:
            return meant[0]
    if by_number and channel.isdigit() and 1 <= int(channel) <= len(names):
        return names[int(channel) - 1]
    near = [n for n in names if as_compared(channel) in as_compared(n)][:5]
    kinds = dict(zip(names, raw.get_channel_types(), strict=True))
    others = near or [n for n in names if kinds[n] != "eeg"] or names
    raise SignalError(
        f'has no channel "{channel}"',
        f"{'Perhaps' if near else 'Besides its EEG it has'}: {', '.join(others[:20])}.",
        where=path,
    )


def _series(raw: BaseRaw, picks: Sequence[str], path: Path, as_in_file: bool) -> Series:
    """Channels of a raw in their own unit (voltages in volts), NaN where the amplifier lost samples."""
    values = raw.get_data(picks=list(picks))
    for mark in raw.annotations:
        if mark["description"] in LOST:
            begin = round((mark["onset"] - raw.first_time) * raw.info["sfreq"])
            values[:, max(begin, 0) : begin + round(mark["duration"] * raw.info["sfreq"])] = np.nan
    factor, unit = _as_in_file(raw, picks[0], path.suffix.lower())
    if volts_per_unit(unit) and not as_in_file:
        factor, unit = 1.0, "V"
    elif unit == "V" and path.suffix.lower() in VOLTS_ALONE:  # whose numbers are not kept
        raise SignalError(
            f'"{picks[0]}" is recorded as a voltage, so it cannot have another unit',
            "Leave unit empty, and write into scale how many of the signal's units one volt is.",
            where=path,
        )
    date = raw.info["meas_date"]
    begun = None if date is None else date.timestamp() + float(raw.first_time)
    return Series(values / factor, float(raw.info["sfreq"]), unit=unit, begun=begun)


def _as_in_file(raw: BaseRaw, name: str, suffix: str) -> tuple[float, str]:
    """What one of the file's numbers is in `raw`, and its unit in the file; empty if it gives none.

    MNE multiplies what has no unit, or one that it knows, as if all were voltages: 7.5 of a channel in µS
    become .0000075.
    """
    from mne.io.constants import FIFF

    given = getattr(raw, "_orig_units", None) or {}  # MNE has no public way to ask
    unit = str(given.get(name, ""))
    unit = "" if unit == "n/a" else unit
    channel = raw.info["chs"][raw.ch_names.index(name)]
    if suffix in WITHOUT_UNITS:
        return MICRO, ""
    if suffix == ".vhdr":
        return float(channel["range"]), unit
    if suffix == ".fif" and channel["unit"] == FIFF.FIFF_UNIT_S:
        return 1.0, "S"
    if suffix in VOLTS_ALONE and not unit and channel["kind"] == FIFF.FIFFV_EEG_CH:
        return 1.0, "V"
    return volts_per_unit(unit) or 1.0, unit


def _on_axis_of(other: Recorded, lsl: tuple[float, float]) -> Recorded:
    """A stream on the time axis of another, through LSL's clock."""
    assert other.lsl is not None
    begin, pace = (other.lsl[0] - lsl[0]) / lsl[1], other.lsl[1] / lsl[1]
    moved = replace(other.series, rate_hz=other.series.rate_hz / pace, start_s=begin)
    return Recorded(moved, lsl)
