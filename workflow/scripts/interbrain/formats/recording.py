"""The reader registry: any amplifier's recording as an MNE Raw object with 10-20 names.

Not here: how each format is laid out (`poly5`, MNE), lost samples (`gaps`), triggers (`triggers`).
"""

import re
from pathlib import Path

from interbrain.formats import COPY_AGAIN, FormatError
from interbrain.formats.integrity import check_brainvision, check_edf
from interbrain.formats.poly5 import TRIGGER_NAME, read_poly5

POLY5_SUFFIXES = (".poly5", ".s00")
CHECKS = {".edf": check_edf, ".bdf": check_edf, ".vhdr": check_brainvision}
KNOWN_SUFFIXES = (*POLY5_SUFFIXES, ".edf", ".bdf", ".vhdr", ".set", ".fif", ".cnt", ".gdf")

# The 10-20 system of 1958 to that of 1991.
RENAMED_SITES = {"t3": "T7", "t4": "T8", "t5": "P7", "t6": "P8"}
OTHER_TYPES = {
    "eog": re.compile(r"eog|[vh]eo", re.I),
    "ecg": re.compile(r"ecg|ekg", re.I),
    "stim": TRIGGER_NAME,
}


def read_recording(path, *, channel_names=None):
    """Read a whole recording and name its channels by the 10-20 system.

    Parameters
    ----------
    path : path-like
        A file with one of KNOWN_SUFFIXES.
    channel_names : dict of str to str, optional
        The cap map: label in the file -> 10-20 name. Labels that the file lacks are ignored.

    Returns
    -------
    raw : mne.io.BaseRaw, shape (n_channels, n_times)
        In memory, EEG in volts. Channels of type `eeg` are those in the cap map or of a 10-5 name; others
        become `eog`, `ecg` or `stim` by their name, or `misc`. Who was recorded, by whom, and free text are
        dropped.

    Raises
    ------
    FormatError
        The file is missing, unknown or damaged, or two channels get one name.
    """
    path = Path(path)
    suffix = path.suffix.lower()
    if suffix not in KNOWN_SUFFIXES:
        raise FormatError(
            f"{path}: recordings with the suffix '{path.suffix}' are not known; known are "
            f"{', '.join(KNOWN_SUFFIXES)}. Export the recording as one of these, for example as EDF."
        )
    if not path.is_file():
        raise FormatError(f"{path}: there is no such file. Check the path in the recordings table.")
    try:
        raw = _open(path, suffix)
        raw.load_data(verbose="error")
    except FormatError:
        raise
    except Exception as error:  # MNE's readers raise whatever the damage happens to hit
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise FormatError(
            f"{path}: cannot be read as {suffix} ({reason}). Check that it opens in the program that "
            f"recorded it. {COPY_AGAIN}"
        ) from error
    for private in ("subject_info", "experimenter", "description"):
        raw.info[private] = None
    _name_channels(raw, path, channel_names or {})
    return raw


def _open(path, suffix):
    import mne

    if suffix in POLY5_SUFFIXES:
        return read_poly5(path)
    if suffix in CHECKS:
        CHECKS[suffix](path)
    return mne.io.read_raw(path, preload=False, verbose="error")


def _name_channels(raw, path, cap):
    import mne

    # The 10-5 names in their own spelling, by their lower-case form.
    montage = {name.lower(): name for name in mne.channels.make_standard_montage("colin27_1005").ch_names}
    if cap and not set(cap) & set(raw.ch_names):
        raise FormatError(
            f"{path}: the cap map names none of its channels ({', '.join(raw.ch_names[:8])}, ...). Write the "
            "labels as they stand in the file."
        )
    names = {label: cap.get(label, _site(label, montage)) for label in raw.ch_names}
    by_name = {}
    for label, name in names.items():
        if name in by_name:
            raise FormatError(
                f"{path}: channels '{by_name[name]}' and '{label}' would both be named '{name}'. Give one of "
                "them another name in the cap map."
            )
        by_name[name] = label
    types = {}
    for label, kind in zip(raw.ch_names, raw.get_channel_types(), strict=True):
        name = names[label]
        if kind == "eeg" and name not in montage.values():
            otherwise = "eeg" if label in cap else "misc"
            types[name] = next((t for t, pattern in OTHER_TYPES.items() if pattern.match(name)), otherwise)
    raw.rename_channels(names, verbose="error")
    raw.set_channel_types(types, on_unit_change="ignore", verbose="error")


def _site(label, montage):
    """The 10-5 name that a file's label stands for, or the label itself without padding."""
    name = re.sub(r"^EEG[ .]+", "", label.strip(), flags=re.IGNORECASE).strip(". ")
    site = name.replace(" ", "").replace(".", "").lower()
    return RENAMED_SITES.get(site) or montage.get(site) or name or label
