"""Opens a recording with the reader of its format, and puts a reader's error into plain words."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from interbrain.formats import COPY_AGAIN, FormatError
from interbrain.formats.acq import read_acq
from interbrain.formats.brainvision import read_brainvision
from interbrain.formats.edf import read_edf
from interbrain.formats.integrity import (
    check_cnt,
    check_edf,
    check_fdt,
    check_fif,
    check_gdf,
    cnt_bads,
    cnt_breaks,
    take_eeglab_breaks,
    take_gdf_breaks,
)
from interbrain.formats.marks import marks_outside
from interbrain.formats.members import is_named
from interbrain.formats.poly5 import read_poly5
from interbrain.formats.xdf import read_xdf
from interbrain.formats.xdf_streams import read_streams

if TYPE_CHECKING:
    from mne.io import BaseRaw

    from interbrain.formats.breaks import Break

POLY5_SUFFIXES: tuple[str, ...] = (".poly5", ".s00")
KNOWN_SUFFIXES = (*POLY5_SUFFIXES, ".edf", ".bdf", ".vhdr", ".set", ".fif", ".cnt", ".gdf", ".acq", ".xdf")
CHECKS = {".edf": check_edf, ".bdf": check_edf, ".cnt": check_cnt, ".gdf": check_gdf, ".fif": check_fif}


def open_recording(
    path: Path, suffix: str, pattern: str | None, is_trigger: Callable[[str], bool]
) -> tuple[BaseRaw, tuple[float, float] | None, tuple[Path, ...], list[Break]]:
    """The raw, the tie to LSL's clock (XDF only), further files that belong to it, and its breaks."""
    import mne

    if suffix in POLY5_SUFFIXES:
        return read_poly5(path, is_trigger), None, (), []
    if suffix == ".acq":
        return read_acq(path, is_trigger), None, (), []
    if suffix == ".xdf":
        return *_open_xdf(path, pattern, is_trigger), (), []
    if suffix in CHECKS:
        CHECKS[suffix](path)
    if suffix in (".edf", ".bdf"):
        raw, breaks = read_edf(path)
        return raw, None, (), breaks
    with np.errstate(all="ignore"):  # positions of electrodes that a file leaves at 0
        if suffix == ".vhdr":
            raw, parts, breaks = read_brainvision(path)
            return raw, None, parts, breaks
        # MNE cuts the codes of a GDF's trigger channel off.
        whole = {"stim_channel": False} if suffix == ".gdf" else {}
        try:
            with marks_outside():
                raw = mne.io.read_raw(path, preload=False, verbose="warning", **whole)
        except FileNotFoundError as error:
            if suffix != ".set":
                raise
            raise FormatError(
                "its signals should be in a .fdt file in the same folder, which is not there under "
                f"the name that the .set file has for it, nor as {path.stem}.fdt",
                "Copy the two together, and do not rename them.",
                where=path,
            ) from error
    breaks = []
    if suffix == ".set":
        check_fdt(raw, path)
        breaks = take_eeglab_breaks(raw, path)
    if suffix == ".gdf":
        breaks = take_gdf_breaks(raw)
    if suffix == ".cnt":
        breaks = cnt_breaks(path, raw)
        raw.info["bads"] = cnt_bads(path, raw.ch_names)
        if raw.info["meas_date"]:
            # MNE takes the file's local time for that of the computer which reads it.
            raw.set_meas_date(raw.info["meas_date"].astimezone().replace(tzinfo=UTC))
    return raw, None, (), breaks


def _open_xdf(
    path: Path, pattern: str | None, is_trigger: Callable[[str], bool]
) -> tuple[BaseRaw, tuple[float, float]]:
    """The one stream that the pattern is for, or the only EEG stream."""
    streams, begun = read_streams(path)
    numeric = [stream for stream in streams if stream.numbers]
    chosen = [s for s in numeric if pattern is not None and is_named(s.name, s.channels, pattern)]
    if pattern is None or (not chosen and "/" not in pattern):
        chosen = [s for s in numeric if s.kind.lower() == "eeg"] or [s for s in numeric if s.rate > 0]
    if len(chosen) != 1:
        wanted = "there are several" if pattern is None else f"{len(chosen) or 'none'} fit '{pattern}'"
        raise FormatError(
            f"one stream is needed as EEG, but {wanted if numeric else 'there is none'}",
            f"Streams: {', '.join(stream.name for stream in streams) or 'none'}. Name one in the "
            "recordings table, as "
            f"{' or '.join(f'{s.name}/*' for s in chosen or numeric) or 'EEG/*'}.",
            where=path,
        )
    return read_xdf(path, chosen[0], streams, begun, is_trigger)


def reason(error: Exception, path: Path, suffix: str) -> tuple[str, str]:
    """What a reader's error means, and what to do."""
    text = (str(error).strip() or type(error).__name__).splitlines()[0]
    if _holds_epochs(text, path):
        return "holds epochs, not a continuous recording", "Export the recording before it was cut."
    if suffix == ".set" and "mat file" in text:
        return "is no file of EEGLAB or MATLAB, or is damaged", COPY_AGAIN
    if suffix == ".set" and isinstance(error, AttributeError):
        # MNE finds no structure where EEGLAB always writes one.
        what = "leaves a part of EEGLAB's structure empty, as some other programs do, and cannot be read"
        return f"{what} ({text})", "Open it in EEGLAB, and save it again."
    if text.startswith("No raw data in"):
        return "holds no recording, but averages or something else", "Export the recording itself."
    if split := re.match(r"Split raw file detected but next file (.+) does not exist", text):
        hint = "Copy all files of the recording together, and do not rename them."
        return f"goes on in {Path(split[1]).name}, which is not beside it", hint
    if text == "sfreq must be positive":
        return "gives no sampling rate above 0", "Export it again from the program that recorded it."
    hint = f"Check that it opens in the program that recorded it. {COPY_AGAIN}"
    return f"cannot be read as {suffix} ({text})", hint


def _holds_epochs(text: str, path: Path) -> bool:
    """Whether a reader refused a file for its epochs; any word may be in the names of its folders, too."""
    import mne

    if text.startswith("No raw data in"):
        try:
            return len(mne.read_epochs(path, preload=False, verbose="error")) > 0
        except Exception:  # whatever else it holds
            return False
    for name in sorted({str(path), str(path.absolute()), str(path.resolve())}, key=len, reverse=True):
        text = text.replace(name, "")
    return re.search(r"\bepochs?\b|trials", text.replace(path.name, ""), re.IGNORECASE) is not None
