"""Is a copied recording whole? Checks that MNE leaves out or only warns about.

Not here: reading the signals (`recording`), and Poly5, whose reader checks for itself.
"""

import re
import struct
from itertools import pairwise
from pathlib import Path

from interbrain.formats import COPY_AGAIN, FormatError


def check_edf(path):
    """Raise FormatError if an EDF or BDF file is cut off, paused or went through a conversion of line ends.

    Parameters
    ----------
    path : pathlib.Path
        The file; BDF (24 bits a sample) is told by its suffix.
    """
    content = path.read_bytes()
    # In samples, a byte that looks like a line feed seldom follows one that looks like a carriage return.
    if content.count(b"\n") >= 50 and content.count(b"\n") == content.count(b"\r\n"):
        raise FormatError(
            f"{path}: newline conversion has changed it as if it were text (mail, Git and FTP do so), which "
            f"destroys a recording. {COPY_AGAIN}"
        )
    try:
        n_signals, n_records = int(content[252:256]), int(content[236:244])
        seconds = float(content[244:252])
        counts = content[256 + 216 * n_signals : 256 + 224 * n_signals]
        row = sum(int(counts[8 * i : 8 * i + 8]) for i in range(n_signals))
    except ValueError as error:
        raise FormatError(f"{path}: its header is no EDF or BDF header. {COPY_AGAIN}") from error
    held = len(content) - 256 * (1 + n_signals)
    is_bdf = path.suffix.lower() == ".bdf"
    missing = n_records - held / max(1, row * (3 if is_bdf else 2))
    if missing > 0:
        raise FormatError(
            f"{path}: is cut off: the header promises {n_records * seconds:.1f} s, and "
            f"{missing * seconds:.1f} s of them are missing. {COPY_AGAIN}"
        )
    if content[196:197] == b"D":
        _check_continuous(content, path, n_signals, n_records, seconds, 3 if is_bdf else 2)
    return ()


def _check_continuous(content, path, n_signals, n_records, seconds, sample_bytes):
    """EDF+D may hold pauses, which MNE closes up; each record says in its annotations when it began."""
    labels = [content[256 + 16 * i : 272 + 16 * i] for i in range(n_signals)]
    counts = [int(content[256 + 216 * n_signals + 8 * i :][:8]) for i in range(n_signals)]
    texts = next((i for i, label in enumerate(labels) if label[1:].startswith(b"DF Annotations")), None)
    if texts is None:
        return
    begin, row = 256 * (1 + n_signals) + sum(counts[:texts]) * sample_bytes, sum(counts) * sample_bytes
    onsets = [
        float(found[1])
        for i in range(n_records)
        if (found := re.match(rb"([+-][\d.]+)\x14", content[begin + i * row :][:32]))
    ]
    for i, (before, onset) in enumerate(pairwise(onsets), 1):
        if abs(onset - before - seconds) > seconds / 1000:
            raise FormatError(
                f"{path}: was paused: record {i + 1} begins {onset - before - seconds:.3f} s after the one "
                "before it ended. Export each part as a file of its own (EDF+C)."
            )


def check_cnt(path):
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
            f"{path}: is a CNT file by ANT Neuro, not by Neuroscan. Export it as EDF or BrainVision."
        )
    if len(head) < 900:
        raise FormatError(f"{path}: is empty or ends within its header. {COPY_AGAIN}")
    size = path.stat().st_size
    n_channels = struct.unpack_from("<H", head, 370)[0]
    events_at = struct.unpack_from("<i", head, 886)[0]
    if not n_channels or events_at < 900 + 75 * n_channels:
        raise FormatError(f"{path}: is not a Neuroscan CNT file, or its header is damaged. {COPY_AGAIN}")
    if events_at > size:
        raise FormatError(
            f"{path}: is cut off: the last {events_at - size} of its bytes are missing. {COPY_AGAIN}"
        )
    return ()


GDF_BYTES = {0: 1, 1: 1, 2: 1, 3: 2, 4: 2, 5: 4, 6: 4, 7: 8, 8: 8, 16: 4, 17: 8}


def check_gdf(path):
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
            raise FormatError(f"{path}: is no GDF file, or ends within its header. {COPY_AGAIN}")
        is_first = float(head[4:8]) < 1.9
        begin = struct.unpack_from("<q" if is_first else "<H", head, 184)[0] * (1 if is_first else 256)
        n_records, tenths, unit, n = struct.unpack_from("<qIII", head, 236)
        n = n if is_first else n & 0xFFFF
        content.seek(256 + 216 * n)
        lists = content.read(8 * n)
    if not 0 < n <= len(lists) // 8 or begin < 256 * (n + 1):
        raise FormatError(f"{path}: ends within its list of channels. {COPY_AGAIN}")
    counts, types = struct.unpack(f"<{n}i", lists[: 4 * n]), struct.unpack(f"<{n}i", lists[4 * n :])
    row = sum(count * GDF_BYTES.get(kind, 1) for count, kind in zip(counts, types, strict=True))
    missing = n_records - (size - begin) / max(row, 1)
    if n_records > 0 and missing > 0:
        seconds = tenths / (unit or 1)
        raise FormatError(
            f"{path}: is cut off: the header promises {n_records * seconds:.1f} s, and "
            f"{missing * seconds:.1f} s of them are missing. {COPY_AGAIN}"
        )
    return ()


def check_fdt(raw, path):
    """Raise FormatError if the .fdt file with the signals of an EEGLAB .set is cut off.

    Parameters
    ----------
    raw : mne.io.BaseRaw
        The recording, not loaded.
    path : pathlib.Path
        The .set file.
    """
    for part in {Path(file) for file in raw.filenames if file} - {path}:
        missing = raw.n_times - part.stat().st_size / (4 * len(raw.ch_names))
        if missing > 0:
            sfreq = raw.info["sfreq"]
            raise FormatError(
                f"{part}: is cut off: {path.name} promises {raw.n_times / sfreq:.1f} s, and "
                f"{missing / sfreq:.1f} s of them are missing. {COPY_AGAIN}"
            )


def check_brainvision(path):
    """Raise FormatError if the .eeg or .vmrk file that a BrainVision .vhdr names is missing or cut off.

    Parameters
    ----------
    path : pathlib.Path
        The .vhdr file.

    Returns
    -------
    parts : tuple of pathlib.Path
        The files of signals and markers.
    """
    header = _text(path)
    files = {}
    for key, what in (("DataFile", "signals"), ("MarkerFile", "markers")):
        named = re.search(rf"^{key}=(.+)$", header, re.MULTILINE)
        if named is None and key == "MarkerFile":
            continue  # the format allows a recording without markers
        if named is None:
            raise FormatError(f"{path}: does not say which file holds its {what}. {COPY_AGAIN}")
        files[key] = path.with_name(named[1].strip().replace("$b", path.stem))
        if not files[key].is_file():
            raise FormatError(
                f"{path}: its {what} should be in '{files[key].name}' in the same folder, but is not there. "
                "Copy the .vhdr, .vmrk and .eeg files together and do not rename them."
            )
    n_channels = re.search(r"^NumberOfChannels=(\d+)", header, re.MULTILINE)
    binary = re.search(r"^BinaryFormat=(INT_16|IEEE_FLOAT_32)", header, re.MULTILINE)
    n_samples = None
    if n_channels and binary:
        row = int(n_channels[1]) * (2 if binary[1] == "INT_16" else 4)
        n_samples, rest = divmod(files["DataFile"].stat().st_size, max(row, 1))
        if rest or n_samples == 0:
            raise FormatError(f"{files['DataFile']}: is cut off: it ends within a sample. {COPY_AGAIN}")
    if "MarkerFile" in files:
        _check_markers(files["MarkerFile"], files["DataFile"], n_samples)
    return tuple(files.values())


def _check_markers(path, signals, n_samples):
    text = _text(path)
    markers = re.findall(r"^Mk\d+=(.*)$", text, re.MULTILINE)
    fields = [marker.split(",") for marker in markers]
    if "[Marker Infos]" not in text or any(len(row) < 4 or not row[2].strip().isdigit() for row in fields):
        raise FormatError(f"{path}: is cut off or is not a BrainVision marker file. {COPY_AGAIN}")
    last = max((int(row[2]) for row in fields), default=0)
    if n_samples is not None and last > n_samples:
        raise FormatError(
            f"{signals}: is cut off: it ends at sample {n_samples}, before the last marker at {last}. "
            f"{COPY_AGAIN}"
        )


def _text(path):
    content = path.read_bytes()
    try:
        return content.decode("utf-8").replace("\r", "")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace").replace("\r", "")
