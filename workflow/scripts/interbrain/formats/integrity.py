"""Is a copied recording whole? Checks that MNE leaves out or only warns about.

Not here: reading the signals (`recording`), and Poly5, whose reader checks for itself.
"""

import re

from interbrain.formats import COPY_AGAIN, FormatError


def check_edf(path):
    """Raise FormatError if an EDF or BDF file is cut off or went through a conversion of line ends.

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
    missing = n_records - held / max(1, row * (3 if path.suffix.lower() == ".bdf" else 2))
    if missing > 0:
        raise FormatError(
            f"{path}: is cut off: the header promises {n_records * seconds:.1f} s, and "
            f"{missing * seconds:.1f} s of them are missing. {COPY_AGAIN}"
        )


def check_brainvision(path):
    """Raise FormatError if the .eeg or .vmrk file that a BrainVision .vhdr names is missing or cut off.

    Parameters
    ----------
    path : pathlib.Path
        The .vhdr file.
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
