"""BrainVision recordings through MNE, from headers in any encoding and spelling, and their pauses.

Not here: channel names and types (`recording`).
"""

from __future__ import annotations

import math
import re
import tempfile
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from interbrain.formats import COPY_AGAIN, FormatError
from interbrain.formats.breaks import STATED_LOSS, Break
from interbrain.formats.integrity import check_same_name
from interbrain.formats.notes import note
from interbrain.formats.units import decoded, volts_per_unit

if TYPE_CHECKING:
    from mne.io import BaseRaw

RENAMED = (
    "its files were renamed: the header names others, which are not there, and those with the header's own "
    "name were used"
)
EXPORT_CONTINUOUS = "Export the recording before it was cut."
SECTIONS = (
    *("Common Infos", "User Infos", "Binary Infos", "ASCII Infos", "Channel Infos", "Coordinates"),
    *("Channel User Infos", "Marker Infos", "Marker User Infos"),
)
SPELLED = {section.lower(): section for section in SECTIONS}
UNITS = {1.0: "V", 1e-3: "mV", 1e-6: "\u00b5V", 1e-9: "nV"}
BYTES = {"INT_16": 2, "INT_32": 4, "IEEE_FLOAT_32": 4}


@dataclass(frozen=True)
class _Marker:
    kind: str
    text: str
    sample: int  # the first is 1
    length: str
    date: str = ""


def read_brainvision(path: Path) -> tuple[BaseRaw, tuple[Path, ...], list[Break]]:
    """Open a BrainVision recording.

    Parameters
    ----------
    path : pathlib.Path
        The .vhdr file. Keys in any case, spaces around `=`, UTF-8, UTF-16 or a Windows code page, units in
        any spelling, decimal commas, and names of its parts in another Unicode normal form than on the disk
        are read.

    Returns
    -------
    raw : mne.io.BaseRaw, shape (n_channels, n_times)
        Not loaded.
    parts : tuple of pathlib.Path
        The files of signals and markers.
    breaks : list of Break
        New segments after the first: the recorder was paused. How long is in their dates, if they have any.

    Raises
    ------
    FormatError
        A part is missing, cut off or another recording's, a number in the header is none, or the recording is
        no continuous one.
    """
    import mne

    sections, comments = _sections(_text(path), path)
    common = sections.get("Common Infos", {})
    _check_continuous(common, sections, path)
    _check_numbers(common, sections, path)
    signals = _part(common, "datafile", "signals", path)
    # The format allows a recording without markers.
    markers_file = _part(common, "markerfile", "markers", path) if common.get("markerfile") else None
    n_samples = _count_samples(common, sections, signals)
    markers = [] if markers_file is None else _markers(markers_file)
    promised = common.get("datapoints", "")
    if n_samples is not None and promised.isdigit() and int(promised) > n_samples:
        raise FormatError(
            f"is cut off: it holds {n_samples} of the {promised} samples that {path.name} promises",
            COPY_AGAIN,
            where=signals,
        )
    last = max((marker.sample for marker in markers), default=0)
    if n_samples is not None and last > n_samples:
        raise FormatError(
            f"is cut off: it ends at sample {n_samples}, before the last marker at {last}",
            COPY_AGAIN,
            where=signals,
        )
    kept = [m for i, m in enumerate(markers) if not _is_segment(m) or m.sample <= 1 or i == 0]
    # MNE reads the same header and markers as the format's own programs write them.
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder) / "recording.vhdr"
        common = common | {"codepage": "UTF-8", "datafile": str(signals.absolute())}
        if markers_file is not None:
            plain.with_suffix(".vmrk").write_text(_as_markers(kept), encoding="utf-8")
            common["markerfile"] = "recording.vmrk"
        sections["Common Infos"] = common
        plain.write_text(_as_header(sections, comments), encoding="utf-8")
        try:
            raw = mne.io.read_raw_brainvision(plain, preload=False, verbose="error")
        except Exception as error:  # it names the copy
            raise ValueError(str(error).replace(str(plain), path.name)) from error
    parts = (signals,) if markers_file is None else (signals, markers_file)
    return raw, parts, _pauses(markers, raw.info["sfreq"])


def _text(path: Path) -> str:
    content = path.read_bytes()
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text = content.decode("utf-16", errors="replace")
    else:
        named = re.search(rb"^\s*codepage\s*=\s*([\w-]+)", content, re.IGNORECASE | re.MULTILINE)
        text = _in_codepage(content, named[1].decode("ascii") if named else "UTF-8")
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _in_codepage(content: bytes, name: str) -> str:
    """UTF-8 where it is valid, whatever is named: a code page that is wrong never is."""
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        pass
    try:
        return content.decode("cp1252" if name.upper() in ("ANSI", "UTF-8") else name)
    except (LookupError, UnicodeDecodeError):
        return decoded(content)


def _sections(text: str, path: Path) -> tuple[dict[str, dict[str, str]], str]:
    """What each section of a header says, keys in lower case; and the comments at its end."""
    if not re.match(r"\s*Brain ?Vision", text, re.IGNORECASE):
        raise FormatError("is not a BrainVision header", COPY_AGAIN, where=path)
    head, _, comments = re.sub(r"(?im)^[ \t]*\[comment\][ \t]*$", "[Comment]", text).partition("[Comment]")
    sections: dict[str, dict[str, str]] = {}
    here: dict[str, str] = {}
    for line in head.split("\n")[1:]:
        line = line.strip()
        if line.startswith("[") and line.endswith("]"):
            name = line[1:-1].strip()
            here = sections.setdefault(SPELLED.get(name.lower(), name), {})
        elif "=" in line and not line.startswith(";"):
            key, value = line.split("=", 1)
            here.setdefault(key.strip().lower(), value.strip())
    if "Common Infos" not in sections:
        raise FormatError("is cut off or is not a BrainVision header", COPY_AGAIN, where=path)
    return sections, comments


def _check_continuous(common: dict[str, str], sections: dict[str, dict[str, str]], path: Path) -> None:
    segmented = common.get("segmentationtype", "NOTSEGMENTED").upper()
    if segmented != "NOTSEGMENTED" or common.get("averaged", "NO").upper() == "YES":
        raise FormatError("holds epochs, not a continuous recording", EXPORT_CONTINUOUS, where=path)
    if common.get("datatype", "TIMEDOMAIN").upper() != "TIMEDOMAIN":
        raise FormatError("holds spectra, not a recording", "Export it in the time domain.", where=path)
    if sections.get("Binary Infos", {}).get("usebigendianorder", "NO").upper() == "YES":
        raise FormatError("has big-endian samples, which are not supported", "Export it again.", where=path)


def _check_numbers(common: dict[str, str], sections: dict[str, dict[str, str]], path: Path) -> None:
    """Refuse a header without the numbers that a recording needs; decimal commas become points, in place."""
    interval = common.get("samplinginterval", "").replace(",", ".")
    if not _is_positive(interval):
        raise FormatError(
            f"gives '{interval}' as its sampling interval in microseconds, so its sampling rate is not known",
            "Correct SamplingInterval (4000 for 250 Hz), or export it again.",
            where=path,
        )
    common["samplinginterval"] = interval
    channels = sections.get("Channel Infos", {})
    listed = [key for key in channels if re.fullmatch(r"ch\d+", key)]
    promised = common.get("numberofchannels", "")
    if promised.isdigit() and len(listed) != int(promised):
        raise FormatError(
            f"gives {promised} as its number of channels and lists {len(listed)}, so which value is "
            "which channel's is not known",
            COPY_AGAIN,
            where=path,
        )
    names = [channels[key].split(",")[0].strip() for key in listed]
    for place, key in enumerate(listed):
        fields = [field.strip() for field in channels[key].split(",")]
        if len(fields) > 3 and fields[2].isdigit() and fields[3].isdigit():  # "0,1" for 0.1
            fields[2:4] = [f"{fields[2]}.{fields[3]}"]
        if len(fields) > 2 and fields[2] and not _is_positive(fields[2].removeprefix("-")):
            raise FormatError(
                f"gives '{fields[2]}' as the resolution of channel {fields[0]}, so its values are not known",
                "Export it again from the program that recorded it.",
                where=path,
            )
        if names.count(names[place]) > 1:  # as MNE numbers them in other formats
            fields[0] = f"{names[place]}-{names[:place].count(names[place])}"
        channels[key] = ",".join(fields)


def _is_positive(text: str) -> bool:
    try:
        return 0 < float(text) < math.inf
    except ValueError:
        return False


def _part(common: dict[str, str], key: str, what: str, path: Path) -> Path:
    """The file that a header names, found by its name in any Unicode normal form and in either case.

    Or that of the header's own name, if signals and markers have one other name: datasets rename all three
    files and leave the old names in the header.
    """
    named = common.get(key, "")
    if not named:
        raise FormatError(f"does not say which file holds its {what}", COPY_AGAIN, where=path)
    name = re.split(r"[/\\]", named.replace("$b", path.stem))[-1]
    if path.with_name(name).is_file():
        check_same_name(path, path.with_name(name), what)
        return path.with_name(name)
    alike = [f for f in path.absolute().parent.iterdir() if _same_name(f.name, name) and f.is_file()]
    own = path.with_suffix(Path(name).suffix)
    stems = {
        PurePosixPath(common[k].replace("\\", "/")).stem for k in ("datafile", "markerfile") if common.get(k)
    }
    if not alike and own.suffix.lower() != ".vhdr" and own.is_file() and len(stems) == 1:
        note(RENAMED)
        return own
    if len(alike) != 1:
        raise FormatError(
            f"its {what} should be in '{name}' in the same folder, but is not there",
            "Copy the .vhdr, .vmrk and .eeg files together and do not rename them.",
            where=path,
        )
    check_same_name(path, alike[0], what)
    return path.with_name(alike[0].name)


def _same_name(one: str, other: str) -> bool:
    one, other = (unicodedata.normalize("NFC", name).casefold() for name in (one, other))
    return one == other


def _count_samples(common: dict[str, str], sections: dict[str, dict[str, str]], signals: Path) -> int | None:
    """Samples in the file of signals; None if they are written as text."""
    n_channels = common.get("numberofchannels", "")
    n_bytes = BYTES.get(sections.get("Binary Infos", {}).get("binaryformat", "").upper())
    if not n_channels.isdigit() or n_bytes is None or common.get("dataformat", "BINARY").upper() != "BINARY":
        return None
    n_samples, rest = divmod(signals.stat().st_size, max(int(n_channels) * n_bytes, 1))
    if rest or n_samples == 0:
        raise FormatError("is cut off: it ends within a sample", COPY_AGAIN, where=signals)
    return n_samples


def _markers(path: Path) -> list[_Marker]:
    text = _text(path)
    if not re.search(r"^\s*\[marker infos\]", text, re.IGNORECASE | re.MULTILINE):
        raise FormatError("is cut off or is not a BrainVision marker file", COPY_AGAIN, where=path)
    markers = []
    for line in re.findall(r"^\s*mk\d+\s*=(.*)$", text, re.IGNORECASE | re.MULTILINE):
        fields = [field.strip() for field in line.split(",")]
        if len(fields) < 4 or not fields[2].isdigit():
            raise FormatError("is cut off or is not a BrainVision marker file", COPY_AGAIN, where=path)
        kind, words, sample, length, *more = fields
        markers.append(_Marker(kind, words, int(sample), length, more[-1] if more else ""))
    return markers


def _is_segment(marker: _Marker) -> bool:
    return re.sub(r"\s+", " ", marker.kind).lower() == "new segment"


def _pauses(markers: Sequence[_Marker], sfreq: float) -> list[Break]:
    breaks = []
    before: tuple[int, datetime | None] = (1, None)
    for marker in sorted(filter(_is_segment, markers), key=lambda marker: marker.sample):
        date = _date(marker.date)
        if marker.sample > 1:
            stated = STATED_LOSS.search(marker.text)
            if stated:
                seconds = next(int(count) for count in stated.groups() if count) / sfreq
            elif date is None or before[1] is None:
                seconds = None
            else:
                seconds = (date - before[1]).total_seconds() - (marker.sample - before[0]) / sfreq
            what = "lost samples" if stated else "was paused"
            breaks.append(Break((marker.sample - 1) / sfreq, seconds, what, by_clock=not stated))
        before = (marker.sample, date)
    return breaks


def _date(text: str) -> datetime | None:
    if not re.fullmatch(r"\d{20}", text):
        return None
    try:
        date = datetime.strptime(text, "%Y%m%d%H%M%S%f").replace(tzinfo=UTC)
    except ValueError:
        return None
    return date if 1980 <= date.year < 2200 else None


def _as_header(sections: dict[str, dict[str, str]], comments: str) -> str:
    lines = ["Brain Vision Data Exchange Header File Version 1.0"]
    for name, entries in sections.items():
        lines += ["", f"[{name}]"]
        for key, value in entries.items():
            if name == "Channel Infos" and re.fullmatch(r"ch\d+", key):
                value = _channel(value)
            elif key in ("dataformat", "dataorientation", "binaryformat"):
                value = value.upper()
            lines.append(f"{key}={value}")
    if comments.strip():
        lines += ["", f"[Comment]{comments}"]
    return "\n".join(lines) + "\n"


def _channel(value: str) -> str:
    """Name, reference, resolution, unit, with the unit as MNE spells it."""
    fields = [field.strip() for field in value.split(",")]
    volts = volts_per_unit(fields[3]) if len(fields) > 3 and fields[3] else None
    if volts is not None:
        fields[3] = UNITS[volts]
    return ",".join(fields)


def _as_markers(markers: Sequence[_Marker]) -> str:
    lines = ["Brain Vision Data Exchange Marker File, Version 1.0", "[Common Infos]", "Codepage=UTF-8"]
    lines += ["[Marker Infos]"]
    for number, m in enumerate(markers, 1):
        lines.append(",".join([f"Mk{number}={m.kind}", m.text, str(m.sample), m.length, "0", m.date]))
    return "\n".join(lines) + "\n"
