"""Is a recording whole? Checks that MNE leaves out or only warns about: copies cut off, and marks of breaks.

Not here: reading the signals (`recording`); formats with readers of their own, which check for themselves.
"""

from __future__ import annotations

import filecmp
import math
import re
import struct
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from interbrain.formats import COPY_AGAIN, FormatError
from interbrain.formats.breaks import Break
from interbrain.formats.notes import note

if TYPE_CHECKING:
    from mne.io import BaseRaw

CNT_DISCONTINUITY = 14  # upper half of an event's byte for its acceptance
GDF_NEW_SEGMENT = str(0x7FFE)
# Tags in front of the samples of a FIF file that goes on from another: "role: the file before", "its name".
FIF_BEGINS_ELSEWHERE = struct.pack(">5i2i", 115, 3, 4, 0, 1, 118, 10)
FIF_HEAD_BYTES = 2**24


def check_same_name(path: Path, part: Path, what: str) -> None:
    """Refuse a part of another name than its header, if that may be another recording's; else note it.

    Parameters
    ----------
    path, part : pathlib.Path
        The header, and the file of signals or markers that it names.
    what : str
        What is in the part: "signals".
    """
    if _stem(part) == _stem(path):
        return
    own = path.with_suffix(part.suffix)
    own = own if own.is_file() else path.with_suffix(part.suffix.lower())
    if own.is_file() and not own.samefile(part) and not filecmp.cmp(own, part, shallow=False):
        raise FormatError(
            f"names {part.name} as the file of its {what}, and beside it is {own.name}, which has "
            "other content",
            "One of the two belongs to another recording: correct the name in the header, or remove "
            "the wrong file.",
            where=path,
        )
    person, other = (re.search(r"(?:^|_)sub-([a-z0-9]+)", _stem(file)) for file in (path, part))
    if person and other and person[1] != other[1]:
        raise FormatError(
            f"names {part.name} as the file of its {what}, which by its name is another person's",
            "Correct the name in the header.",
            where=path,
        )
    if what == "signals":
        note(
            "its file of signals has another name than its header, as after a renaming; compare the "
            "recording's length with what the recording program shows"
        )


def _stem(path: Path) -> str:
    return unicodedata.normalize("NFC", path.stem).casefold()


def check_edf(path: Path) -> tuple[()]:
    """Raise FormatError if an EDF or BDF file is cut off or went through a conversion of line ends.

    Parameters
    ----------
    path : pathlib.Path
        The file; BDF (24 bits a sample) is told by its suffix.
    """
    content = path.read_bytes()
    is_bdf = path.suffix.lower() == ".bdf"
    if content[:8] == (b"0       " if is_bdf else b"\xffBIOSEMI"):
        is_really, seems = ("EDF", "BDF") if is_bdf else ("BDF", "EDF")
        raise FormatError(
            f"is {'an' if is_bdf else 'a'} {is_really} recording with the suffix of {seems}, whose "
            "samples have another number of bytes",
            f"Rename it to {path.stem}.{is_really.lower()}, and correct the recordings table.",
            where=path,
        )
    # In samples, a byte that looks like a line feed seldom follows one that looks like a carriage return.
    if content.count(b"\n") >= 50 and content.count(b"\n") == content.count(b"\r\n"):
        raise FormatError(
            "newline conversion has changed it as if it were text (mail, Git and FTP do so), which "
            "destroys a recording",
            COPY_AGAIN,
            where=path,
        )
    try:
        n_signals, n_records = int(content[252:256]), int(content[236:244])
        seconds = float(content[244:252].replace(b",", b"."))
        counts = content[256 + 216 * n_signals : 256 + 224 * n_signals]
        row = sum(int(counts[8 * i : 8 * i + 8]) for i in range(n_signals))
    except ValueError as error:
        raise FormatError("its header is not an EDF or BDF header", COPY_AGAIN, where=path) from error
    if not (0 < seconds < math.inf and row > 0):
        raise FormatError(
            f"its header gives {seconds:g} s and {row} samples a record, so its sampling rate is unknown",
            "Export it again from the program that recorded it.",
            where=path,
        )
    held = len(content) - 256 * (1 + n_signals)
    missing = n_records - held / max(1, row * (3 if is_bdf else 2))
    if missing > 0:
        raise FormatError(
            f"is cut off: the header promises {n_records * seconds:.1f} s, and "
            f"{missing * seconds:.1f} s of them are missing",
            COPY_AGAIN,
            where=path,
        )
    _check_edf_numbers(content, n_signals, path)
    return ()


def _check_edf_numbers(content: bytes, n_signals: int, path: Path) -> None:
    """Refuse a header with numbers that MNE would not read, in words."""
    export = "Export it again from the program that recorded it."
    fields = {"a record's length": content[244:252]}
    for i in range(n_signals):
        label = content[256 + 16 * i :][:16].decode("latin1").strip()
        for what, at, width in (("smallest", 104, 8), ("largest", 112, 8)):
            fields[f"the {what} value of channel {label}"] = content[256 + at * n_signals + width * i :][
                :width
            ]
    for what, field in fields.items():
        text = field.decode("latin1").strip()
        try:
            # MNE reads a decimal comma in limits alone.
            float(text if what == "a record's length" else text.replace(",", "."))
        except ValueError as error:
            raise FormatError(
                f"gives '{text}' as {what}, which is not a number (with a decimal point)", export, where=path
            ) from error
    if content[184:192].strip() != str(256 * (n_signals + 1)).encode():
        raise FormatError(
            f"says that its header has {content[184:192].decode('latin1').strip()} bytes, and one of "
            f"{n_signals} signals has {256 * (n_signals + 1)}",
            export,
            where=path,
        )
    time = re.fullmatch(rb"(\d\d)\D(\d\d)\D(\d\d)", content[176:184])
    if time and not (int(time[1]) < 24 and int(time[2]) < 60 and int(time[3]) < 60):
        raise FormatError(
            f"gives {content[176:184].decode('latin1')} as the time of day when it began: not a time",
            export,
            where=path,
        )


def check_fif(path: Path) -> tuple[()]:
    """Raise FormatError if a FIF file is a later part of a recording that begins in another.

    Parameters
    ----------
    path : pathlib.Path
        The file. MNE reads from the first part on, and takes any part for one.
    """
    with path.open("rb") as content:
        head = content.read(FIF_HEAD_BYTES)
    _, is_later, rest = head.partition(FIF_BEGINS_ELSEWHERE)
    if is_later:
        length = struct.unpack_from(">i", rest)[0] if len(rest) >= 4 else 0
        before = re.split(r"[/\\]", rest[8 : 8 + min(length, 4096)].decode("utf-8", "replace"))[-1]
        raise FormatError(
            f"is a later part of a recording that begins in another file (before it comes {before})",
            "Name the first file in the recordings table: all parts are read with it.",
            where=path,
        )
    return ()


def check_cnt(path: Path) -> tuple[()]:
    """Raise FormatError if a Neuroscan CNT file is cut off or another maker's.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    """
    with path.open("rb") as content:
        head = content.read(900)
    if head[:4] == b"RIFF":
        raise FormatError(
            "is a CNT file by ANT Neuro, not by Neuroscan", "Export it as EDF or BrainVision.", where=path
        )
    if len(head) < 900:
        raise FormatError("is empty or ends within its header", COPY_AGAIN, where=path)
    size = path.stat().st_size
    n_channels = struct.unpack_from("<H", head, 370)[0]
    events_at = struct.unpack_from("<i", head, 886)[0]
    if not n_channels or events_at < 900 + 75 * n_channels or not struct.unpack_from("<H", head, 376)[0]:
        raise FormatError("is not a Neuroscan CNT file, or its header is damaged", COPY_AGAIN, where=path)
    if events_at > size:
        raise FormatError(
            f"is cut off: the last {events_at - size} of its bytes are missing", COPY_AGAIN, where=path
        )
    return ()


def cnt_bads(path: Path, ch_names: Sequence[str]) -> list[str]:
    """The channels that a Neuroscan CNT file calls bad.

    MNE also takes any label of five letters and more for that of a bad channel: where older files have the
    mark, newer ones have the fifth letter.

    Parameters
    ----------
    path : pathlib.Path
        The file, which `check_cnt` has passed.
    ch_names : sequence of str
        Its channels in their order.

    Returns
    -------
    bads : list of str
    """
    with path.open("rb") as content:
        electrodes = content.read(900 + 75 * len(ch_names))[900:]
    bads = []
    for n, name in enumerate(ch_names):
        own = electrodes[75 * n : 75 * (n + 1)]
        if own[14] or (b"\0" in own[:4] and own[4] == 1):
            bads.append(name)
    return bads


def cnt_breaks(path: Path, raw: BaseRaw) -> list[Break]:
    """Where a Neuroscan CNT file is discontinuous, which MNE does not read: how long is in no field.

    Parameters
    ----------
    path : pathlib.Path
        The file, which `check_cnt` has passed.
    raw : mne.io.BaseRaw
        What it holds.

    Returns
    -------
    breaks : list of Break
    """
    content = path.read_bytes()
    n_channels = struct.unpack_from("<H", content, 370)[0]
    events_at = struct.unpack_from("<i", content, 886)[0]
    begin = 900 + 75 * n_channels
    row = (events_at - begin) // max(raw.n_times, 1)
    if len(content) < events_at + 9 or row <= 0:
        return []
    kind, n_bytes = struct.unpack_from("<Bi", content, events_at)
    size = 8 if kind == 1 else 19
    breaks = []
    for at in range(events_at + 9, min(events_at + 9 + n_bytes, len(content)) - size + 1, size):
        accept, offset = struct.unpack_from("<Bi", content, at + 3)
        if accept >> 4 == CNT_DISCONTINUITY:
            sample = offset if kind == 3 else (offset - begin) // row
            breaks.append(Break(sample / raw.info["sfreq"], None, "was paused"))
    return breaks


def take_gdf_breaks(raw: BaseRaw) -> list[Break]:
    """Take the marks of new segments out of a GDF recording; how long the pause was is in no field.

    Returns
    -------
    breaks : list of Break
    """
    found = [i for i, text in enumerate(raw.annotations.description) if text == GDF_NEW_SEGMENT]
    seconds = raw.annotations.onset[found] - raw.first_time
    raw.annotations.delete(found)
    return [Break(float(t), None, "was paused") for t in seconds]


def take_eeglab_breaks(raw: BaseRaw, path: Path) -> list[Break]:
    """Take the boundaries out of an EEGLAB recording: what was cut out there, as long as they say.

    Parameters
    ----------
    raw : mne.io.BaseRaw
        The recording; its boundaries are removed in place.
    path : pathlib.Path
        The .set file.

    Returns
    -------
    breaks : list of Break
        A length of one sample is none: import of BrainVision files gives it to every new segment.
    """
    import mne

    if not any(_is_boundary(text) for text in raw.annotations.description):
        return []
    sfreq = raw.info["sfreq"]
    breaks: list[Break] = []
    for mark in mne.read_annotations(path):  # those of `raw` are shortened where they outlast it
        if _is_boundary(mark["description"]):
            seconds = float(mark["duration"])
            # Between two samples in newer versions (10000.5, counted from 1), at the later one in older ones.
            sample = math.ceil(round(mark["onset"] * sfreq, 3))
            is_known = np.isfinite(seconds) and seconds * sfreq > 1.001
            found = Break(sample / sfreq, seconds if is_known else None, "was cut or joined (boundary)")
            if is_known and found in breaks and 0 < sample < raw.n_times:
                note(
                    f"two boundaries at {found.at_s:.1f} s give the same length, {seconds:.3f} s, which was "
                    "put back once. If so much was cut out twice there, what follows comes too early"
                )
            breaks.append(found)
    raw.annotations.delete([i for i, text in enumerate(raw.annotations.description) if _is_boundary(text)])
    return breaks


def _is_boundary(text: str) -> bool:
    return re.fullmatch(r"boundary|-99(\.0*)?", text.strip(), re.IGNORECASE) is not None


GDF_BYTES = {0: 1, 1: 1, 2: 1, 3: 2, 4: 2, 5: 4, 6: 4, 7: 8, 8: 8, 16: 4, 17: 8}


def check_gdf(path: Path) -> tuple[()]:
    """Raise FormatError if a GDF file is cut off.

    Parameters
    ----------
    path : pathlib.Path
        The file, version 1 or 2.
    """
    size = path.stat().st_size
    with path.open("rb") as content:
        head = content.read(256)
        if not head.startswith(b"GDF ") or len(head) < 256:
            raise FormatError("is not a GDF file, or ends within its header", COPY_AGAIN, where=path)
        is_first = float(head[4:8]) < 1.9
        begin = struct.unpack_from("<q" if is_first else "<H", head, 184)[0] * (1 if is_first else 256)
        n_records, tenths, unit, n = struct.unpack_from("<qIII", head, 236)
        n = n if is_first else n & 0xFFFF
        content.seek(256 + 216 * n)
        lists = content.read(8 * n)
    if not 0 < n <= len(lists) // 8 or begin < 256 * (n + 1):
        raise FormatError("ends within its list of channels", COPY_AGAIN, where=path)
    counts, types = struct.unpack(f"<{n}i", lists[: 4 * n]), struct.unpack(f"<{n}i", lists[4 * n :])
    row = sum(count * GDF_BYTES.get(kind, 1) for count, kind in zip(counts, types, strict=True))
    missing = n_records - (size - begin) / max(row, 1)
    if n_records > 0 and missing > 0:
        seconds = tenths / (unit or 1)
        raise FormatError(
            f"is cut off: the header promises {n_records * seconds:.1f} s, and "
            f"{missing * seconds:.1f} s of them are missing",
            COPY_AGAIN,
            where=path,
        )
    return ()


def check_fdt(raw: BaseRaw, path: Path) -> None:
    """Raise FormatError if the .fdt file with the signals of an EEGLAB .set is cut off or does not fit it.

    Parameters
    ----------
    raw : mne.io.BaseRaw
        The recording, not loaded.
    path : pathlib.Path
        The .set file.
    """
    for part in {Path(file) for file in raw.filenames if file and not path.samefile(file)}:
        check_same_name(path, part, "signals")
        missing = raw.n_times - part.stat().st_size / (4 * len(raw.ch_names))
        if missing < 0:
            raise FormatError(
                f"holds {-missing / raw.info['sfreq']:.1f} s more than {path.name} says, so the two "
                "are of different recordings or versions",
                "Export both again, together.",
                where=part,
            )
        if missing > 0:
            sfreq = raw.info["sfreq"]
            raise FormatError(
                f"is cut off: {path.name} promises {raw.n_times / sfreq:.1f} s, and "
                f"{missing / sfreq:.1f} s of them are missing",
                COPY_AGAIN,
                where=part,
            )
