"""A member's signal as its row in the table of signals names it: raw, in one unit, on the clock of its EEG.

What is done to it then is in `processing`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from interbrain.clocks import ClockFit
from interbrain.formats.notes import note
from interbrain.signals import SignalError
from interbrain.signals.kinds import KINDS
from interbrain.signals.recorded import of_eeg_file, of_own_file
from interbrain.signals.series import Series
from interbrain.signals.text_suffixes import TEXT_SUFFIXES
from interbrain.signals.text_tables import read_intervals, read_text

BEATS_HZ = 1000.0  # a list of intervals is kept as a train of beats at this rate
# What one unit of conductance is in uS; of a resistance, 1 / value is multiplied by it.
CONDUCTANCE = {"us": 1.0, "ms": 1e3, "s": 1e6, "ns": 1e-3, "umho": 1.0, "mmho": 1e3}
RESISTANCE = {"ohm": 1e6, "kohm": 1e3, "mohm": 1.0}
# Units that may be told in a dataset: anything else is an arbitrary one.
PLAIN_UNITS = {
    "v": "V", "mv": "mV", "uv": "uV", "g": "g", "m/s^2": "m/s^2", "m/s2": "m/s^2", "hz": "Hz", "%": "%",
    "mmhg": "mmHg", "pa": "Pa", "l": "L", "ml": "mL", "degc": "oC", "semitones": "semitones",
}  # fmt: skip
ARBITRARY = "arbitrary"
UNIT_TAKEN = "the file gives no unit of the skin conductance: uS was taken for it"


@dataclass(frozen=True)
class Source:
    """Where a member's signal is, as the table of signals has it.

    Attributes
    ----------
    kind : str
        One of `kinds.KINDS`.
    file : str
        Empty: the member's EEG file.
    channels : tuple of str
    sync : str
        same_file, shared_start, start_s, or lsl_clock.
    rate_hz, start_s, scale : float or None
    unit : str
    """

    kind: str
    channels: tuple[str, ...]
    file: str = ""
    sync: str = "same_file"
    rate_hz: float | None = None
    start_s: float | None = None
    unit: str = ""
    scale: float | None = None


def read_source(source: Source, eeg_file: Path, eeg_reading: Mapping[str, Any]) -> Series:
    """A member's signal as recorded, in the kind's unit, on the clock of whatever `source.sync` names.

    Parameters
    ----------
    eeg_file : Path
        The member's EEG recording.
    eeg_reading : mapping
        How `read_recording` reads it.

    Returns
    -------
    series : Series
        For same_file and lsl_clock `start_s` counts from the first sample of the EEG file; for shared_start
        and start_s, from the first sample of the therapist's EEG file.

    Raises
    ------
    SignalError, FormatError
    """
    path = Path(source.file or eeg_file)
    if source.kind == "ibi" and source.file and _is_text(path):
        series = _beats(*read_intervals(path, source.channels))
        return replace(series, start_s=series.start_s + (source.start_s or 0.0))
    if source.sync in ("same_file", "lsl_clock") and not _is_text(path):
        if source.file and source.sync == "lsl_clock" and path != Path(eeg_file):
            series = _by_lsl(source, path, eeg_file, eeg_reading)
        else:
            wrong = bool(source.unit)
            series = of_eeg_file(Path(eeg_file), source.channels, eeg_reading, as_in_file=wrong).series
    elif _is_text(path):
        read = read_text(path, source.channels, source.rate_hz)
        series = replace(read, start_s=read.start_s + (source.start_s or 0.0))
    else:
        own = of_own_file(path, source.channels, as_in_file=bool(source.unit))
        series = replace(own.series, start_s=source.start_s or 0.0)
    return in_unit_of_kind(series, source, path)


def source_of(signal: Mapping[str, Any]) -> Source:
    """Where a signal is, from what the study says of it (plain values, and more than is needed here)."""
    names = ("kind", "file", "sync", "rate_hz", "start_s", "unit", "scale")
    return Source(channels=tuple(signal["channels"]), **{name: signal[name] for name in names})


def eeg_reading(member: Mapping[str, Any], cap_map: Mapping[str, str], from_bids: bool) -> dict[str, Any]:
    """How the EEG file of a member is read, as `read_source` takes it.

    Parameters
    ----------
    member : mapping
        pattern, partner_pattern, scale, trigger_channel.
    cap_map : mapping label -> 10-20 name
    from_bids : bool
        It is a recording of a BIDS dataset.
    """
    if from_bids:
        return {"from_bids": True, "cap_map": dict(cap_map)}
    names = ("pattern", "partner_pattern", "scale", "trigger_channel")
    return {"channel_names": dict(cap_map) or None, **{name: member[name] for name in names}}


def _is_text(path: Path) -> bool:
    return path.name.lower().endswith(TEXT_SUFFIXES)


def _by_lsl(source: Source, path: Path, eeg_file: Path, eeg_reading: Mapping[str, Any]) -> Series:
    """A stream of another XDF file than the EEG's, tied by LSL's clock."""
    from interbrain.formats import read_recording

    own = of_own_file(path, source.channels, as_in_file=bool(source.unit))
    eeg = read_recording(eeg_file, **eeg_reading)
    if own.lsl is None or eeg.lsl is None:
        raise SignalError(
            "sync is lsl_clock, but only XDF recordings hold LSL's clock",
            "Write shared_start, or start_s with the second at which it began.",
            where=path,
        )
    begin, pace = (own.lsl[0] - eeg.lsl[0]) / eeg.lsl[1], own.lsl[1] / eeg.lsl[1]
    return replace(own.series, start_s=begin, rate_hz=own.series.rate_hz / pace)


def _beats(times: np.ndarray, intervals_s: np.ndarray) -> Series:
    """A list of intervals as a train of beats: 1 at each beat, 0 between, NaN where intervals are missing."""
    begins = times - intervals_s
    first = float(begins[0] if np.isfinite(begins[0]) else times[0])
    train = np.zeros(round((times[-1] - first) * BEATS_HZ) + 1)
    beats = np.concatenate([times, begins[np.isfinite(begins)]])
    train[np.unique(np.round((beats - first) * BEATS_HZ).astype(int).clip(0, len(train) - 1))] = 1
    previous = np.concatenate([[times[0]], times[:-1]])
    # Where a beat does not end the interval that began with the one before it, beats are missing between.
    for begin, end, interval in zip(previous, times, intervals_s, strict=True):
        if not np.isfinite(interval) or (end - begin) - interval > 0.05:
            last = end - interval if np.isfinite(interval) else end
            train[round((begin - first) * BEATS_HZ) + 1 : round((last - first) * BEATS_HZ)] = np.nan
    return Series(train[None], BEATS_HZ, first, "")


def in_unit_of_kind(series: Series, source: Source, path: Path) -> Series:
    """The same in uS for skin conductance, and multiplied by `source.scale` if the table has it.

    Raises
    ------
    SignalError
        Skin conductance is given in a unit that is none of conductance or resistance, without a scale; the
        rate is too low for the kind; or the kind has another number of channels.
    """
    kind = KINDS[source.kind]
    if len(series.values) not in kind.axes:
        raise SignalError(
            f"{source.kind} has {len(series.values)} channels",
            f"Name {' or '.join(map(str, kind.axes))} of them in channel.",
            where=path,
        )
    if series.rate_hz < kind.least_hz:
        raise SignalError(
            f"{source.kind} at {series.rate_hz:g} Hz is too slow: at least {kind.least_hz:g} Hz are needed",
            "Export it at its own rate, or correct rate_hz.",
            where=path,
        )
    given = source.unit or series.unit
    if source.scale:
        values = source.scale * series.values
        return replace(series, values=values, unit="uS" if source.kind == "eda" else plain_unit(given))
    if source.kind == "eda":
        return replace(series, values=_in_microsiemens(series.values, given, path), unit="uS")
    return replace(series, unit=plain_unit(given))


def _in_microsiemens(values: np.ndarray, unit: str, path: Path) -> np.ndarray:
    plain = _bare(unit)
    if not plain:
        note(UNIT_TAKEN)
    if not plain or plain in CONDUCTANCE:
        return values * CONDUCTANCE.get(plain, 1.0)
    if plain in RESISTANCE:
        with np.errstate(divide="ignore"):
            return np.where(values > 0, RESISTANCE[plain] / values, np.nan)
    raise SignalError(
        f'skin conductance is given in "{unit}", which is not a unit of conductance',
        "Write into scale what turns its values into uS (of a voltage: uS per volt), or into unit uS, nS or "
        "kOhm if the file has the wrong one.",
        where=path,
    )


def _bare(unit: str) -> str:
    """A unit of conductance or resistance in plain letters: µS, microSiemens and uS alike."""
    text = unit.strip().replace("µ", "u").replace("μ", "u").replace("Ω", "ohm").replace("Ω", "ohm")
    text = re.sub(r"[\s_-]", "", text).casefold()
    text = re.sub(r"^micro", "u", re.sub(r"^milli", "m", re.sub(r"^nano", "n", text)))
    text = re.sub(r"^kilo", "k", re.sub(r"^mega", "m", text))
    text = re.sub(r"siemens?|siemen$", "s", text)
    return re.sub(r"ohms$", "ohm", re.sub(r"mhos$", "mho", text))


def plain_unit(unit: str) -> str:
    """A unit as a dataset may hold it; `ARBITRARY` for what is not known."""
    text = unit.strip().replace("µ", "u").replace("μ", "u").casefold()
    return PLAIN_UNITS.get(text, ARBITRARY)


def in_block(
    series: Series,
    sync: str,
    role: str,
    *,
    own_start_s: float,
    therapist_start_s: float,
    duration_s: float,
    fit: ClockFit,
) -> Series:
    """A signal on the clock of the member's EEG recording, cut to that recording.

    Parameters
    ----------
    series : Series
        As `read_source` gives it.
    sync, role : str
    own_start_s, therapist_start_s : float
        Where the recording begins in the member's and in the therapist's file, s.
    duration_s : float
        Of the member's recording.
    fit : ClockFit
        The client's recording in terms of the therapist's.

    Returns
    -------
    series : Series
        `start_s` from the recording's first sample, at least 0; without a sample if nothing of it is inside.
    """
    start, rate = series.start_s - own_start_s, series.rate_hz
    if sync not in ("same_file", "lsl_clock"):
        start = series.start_s - therapist_start_s
        if role != "therapist":
            start, rate = float(fit.to_other(start)), rate / (1 + 1e-6 * fit.drift_ppm)
    n = series.values.shape[1]
    first = min(max(int(np.ceil(-start * rate - 1e-6)), 0), n)
    beyond = min(max(int(np.ceil((duration_s - start) * rate - 1e-6)), first), n)
    return replace(series, values=series.values[:, first:beyond], rate_hz=rate, start_s=start + first / rate)
