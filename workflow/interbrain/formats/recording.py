"""The reader registry: one member's channels of any amplifier's recording, with 10-20 names.

Not here: how each format is laid out (`poly5`, `acq`, `xdf`, MNE), whose a channel is and what it is called
(`members`, `channels`), whether a head can give what is in it (`amplitudes`), lost samples (`gaps`), when
triggers began (`triggers`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from interbrain.formats import COPY_AGAIN, FormatError
from interbrain.formats.amplitudes import check_amplitudes
from interbrain.formats.breaks import with_known_breaks
from interbrain.formats.channel_names import COUNTER_NAME, TRIGGER_NAME, same_name
from interbrain.formats.channels import ignored_channels, is_ignored, name_channels, site_name
from interbrain.formats.gaps import impossible_as_missing
from interbrain.formats.members import check_pattern, of_member, star_label, without_stream
from interbrain.formats.notes import note
from interbrain.formats.opening import KNOWN_SUFFIXES, POLY5_SUFFIXES, open_recording, reason
from interbrain.formats.rates import at_one_rate
from interbrain.formats.stillness import note_stillness
from interbrain.formats.trigger_codes import held_as_codes
from interbrain.formats.triggers import find_channel

if TYPE_CHECKING:
    import mne
    from mne.io import BaseRaw

    from interbrain.formats.breaks import Break

# Hz; at no other rate does anybody record EEG, so the header has its rate in another unit.
LOWEST_RATE, HIGHEST_RATE = 40, 1e5
RATES_DIFFER = (".edf", ".bdf", ".gdf")  # and MNE makes one of them
PRIVATE = (
    "subject_info",
    "experimenter",
    "description",
    "device_info",
    "helium_info",
    "proj_name",
    "proj_id",
)


@dataclass(frozen=True)
class Recording:
    """One member's channels of a raw file, the files that hold them, and the clock they were timed by.

    `lsl` is known for XDF only: the LSL clock at the first sample in s, and LSL seconds per second of `raw`.
    `trigger` is what the trigger channel that was asked for is called in `raw`, if it is there. `mapped` are
    the EEG channels that the cap map names, `ignored` those that it leaves out, by their names in the file.
    """

    raw: mne.io.BaseRaw
    files: tuple[Path, ...]
    lsl: tuple[float, float] | None = None
    trigger: str | None = None
    mapped: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()


def read_recording(
    path: str | Path,
    *,
    channel_names: Mapping[str, str] | None = None,
    pattern: str | None = None,
    partner_pattern: str | None = None,
    scale: float | None = None,
    trigger_channel: str | None = None,
    describe: Callable[[BaseRaw, Sequence[str], Sequence[Break]], list[Break]] | None = None,
) -> Recording:
    """Read one member's recording and name its channels by the 10-20 system.

    Parameters
    ----------
    path : path-like
        A file with one of KNOWN_SUFFIXES.
    channel_names : dict of str to str, optional
        The cap map: label -> 10-20 name. The label stands as in the file, or as the pattern leaves it. Labels
        that the file lacks are ignored.
    pattern, partner_pattern : str, optional
        Where two people are in one file: which channels are this member's, and which the partner's (and
        everybody else's), as `members.check_pattern` describes them: `sub1_*`, `*_S2`, `*-0` (MNE numbers
        labels that occur twice), `1-12`, `Ch1-Ch12`, `F3, F4, Cz`. In an XDF file, channels are named stream
        name/label, so `EEG-A/*` picks a stream.
    scale : float, optional
        What the EEG is multiplied by, because the file gives a wrong unit.
    trigger_channel : str, optional
        The channel that holds triggers, whatever its name: as in the file or as the pattern leaves it, in any
        case and spacing. It keeps its label and becomes `stim`, with codes for values.
    describe : callable, optional
        For tables beside the file: is called with the recording as the file holds it, before missing time is
        put back; with the labels that its channels have in the file; and with the breaks that the reader
        found. May give other channel types and marks in place; returns further breaks (`formats.breaks`).

    Returns
    -------
    recording : Recording
        Its `raw` has shape (n_channels, n_times), EEG in volts; Poly5 stays in its file until it is needed,
        all else is in memory. Channels of type `eeg` are those in the cap map or of a 10-5 name; others
        become `eog`, `ecg`, `emg` or `stim` by their name, or `misc`. Where channels have several sampling
        rates, all come to the EEG's; triggers are held, never filtered. The partner's channels and those that
        the cap map ignores are left out; what is neither member's is shared, and no EEG. Who was recorded, by
        whom, free text, and measured electrode positions are dropped.

    Raises
    ------
    FormatError
        The file is missing, unknown or damaged, a pattern picks no channel or the partner's, two channels get
        one name, or no head can give such an EEG.

    Examples
    --------
    >>> recording = read_recording(poly5)
    >>> recording.raw.ch_names
    ['Fz', 'Cz', 'Digi']
    """
    path = Path(path)
    suffix = path.suffix.lower()
    _check_path(path, suffix, pattern, partner_pattern)
    names = _Names(channel_names or {}, pattern, partner_pattern, trigger_channel)
    raw, lsl, parts, breaks = _read(path, suffix, names)
    labels = names.labels
    files = (path, *(Path(f) for f in raw.filenames if f), *parts)
    for private in PRIVATE:
        raw.info[private] = None
    raw.set_montage(None)
    units = {} if suffix == ".set" else _units(raw, labels)
    trigger = trigger_channel and find_channel(labels, trigger_channel)
    place = raw.ch_names.index(trigger) if trigger else None
    in_file = list(raw.ch_names)
    in_cap = name_channels(raw, path, names.cap, labels, names.shared)
    if trigger:
        trigger = _as_trigger(raw, raw.ch_names[place], labels[trigger].strip())
    eeg = [name for name, kind in zip(raw.ch_names, raw.get_channel_types(), strict=True) if kind == "eeg"]
    if scale and eeg:
        raw.load_data(verbose="error").apply_function(lambda values: scale * values, eeg, verbose="error")
        note(f"the EEG was multiplied by {scale:g}, as the recordings table says")
    check_amplitudes(raw, path, {} if scale else units)
    if suffix not in POLY5_SUFFIXES:  # whose reader has done so
        impossible_as_missing(raw)
    if suffix in POLY5_SUFFIXES and not any(COUNTER_NAME.match(name) for name in raw.ch_names):
        note("no channel counts samples (Saw), so samples that the amplifier lost cannot be found")
    if describe:
        breaks = [*breaks, *describe(raw, in_file, breaks)]
    if suffix != ".xdf":  # whose time stamps show it, and whose marks are another program's
        raw = with_known_breaks(raw, path, breaks)
    note_stillness(raw)
    return Recording(
        raw,
        tuple(_each_once(files)),
        lsl,
        trigger,
        mapped=tuple(label for label, name in in_cap.items() if name in eeg),
        ignored=tuple(names.ignored),
    )


@dataclass
class _Names:
    """What is known of a file's channels by their names, before and after the member's own are picked.

    Attributes
    ----------
    channel_names, pattern, partner_pattern, trigger_channel
        As `read_recording` takes them.
    labels : dict of str to str
        Name in the file -> label, of the channels that are kept.
    shared : set of str
        Those of them that are no one's.
    ignored : list of str
        Those that the cap map leaves out.
    """

    channel_names: Mapping[str, str]
    pattern: str | None
    partner_pattern: str | None
    trigger_channel: str | None
    labels: dict[str, str] = field(default_factory=dict)
    shared: set[str] = field(default_factory=set)
    ignored: list[str] = field(default_factory=list)

    @property
    def cap(self) -> dict[str, str]:
        return {label: name for label, name in self.channel_names.items() if not is_ignored(name)}

    def label_of(self, name: str) -> str:
        return self.labels.get(name) or (self.pattern and star_label(name, self.pattern)) or name

    def is_trigger(self, name: str) -> bool:
        asked, names = self.trigger_channel, (name, self.label_of(name), name.partition("/")[2])
        return asked is not None and any(same_name(n, asked) for n in names)

    def is_named_trigger(self, name: str) -> bool:
        return bool(TRIGGER_NAME.match(self.label_of(name))) or self.is_trigger(name)

    def is_eeg(self, name: str) -> bool:
        in_cap = {name, self.label_of(name)} & set(self.cap)
        return not self.is_named_trigger(name) and bool(in_cap or site_name(self.label_of(name)))

    def pick(self, raw: BaseRaw, path: Path, suffix: str) -> None:
        """Find out which channels are the member's."""
        members = self.pattern, self.partner_pattern
        self.labels, self.shared = _of_member(raw.ch_names, path, suffix, *members, self.is_trigger)

    def ignore(self, path: Path) -> None:
        """Leave out what the cap map leaves out."""
        ignored = ignored_channels(self.channel_names, self.labels, path)
        self.ignored = [name for name in ignored if not self.is_trigger(name)]
        self.labels = {name: label for name, label in self.labels.items() if name not in self.ignored}


def _check_path(path: Path, suffix: str, pattern: str | None, partner_pattern: str | None) -> None:
    if pattern is not None and (wrong := check_pattern(pattern, partner_pattern)):
        what, hint = wrong
        raise FormatError(f"the channel pattern '{pattern}' {what}", hint, where=path)
    if suffix not in KNOWN_SUFFIXES:
        raise FormatError(
            f"recordings with the suffix '{path.suffix}' are not supported; supported are "
            f"{', '.join(KNOWN_SUFFIXES)}",
            _other_file(suffix),
            where=path,
        )
    if path.is_dir():
        raise FormatError("is a folder", "Name the recording in it in the recordings table.", where=path)
    if not path.is_file():
        raise FormatError("there is no such file", "Check the path in the recordings table.", where=path)
    if path.stat().st_size == 0:
        raise FormatError("is empty", COPY_AGAIN, where=path)


def _read(
    path: Path, suffix: str, names: _Names
) -> tuple[BaseRaw, tuple[float, float] | None, tuple[Path, ...], list[Break]]:
    """The recording with the member's channels alone, at one rate; what `open_recording` says beside it."""
    try:
        raw, lsl, parts, breaks = open_recording(path, suffix, names.pattern, names.is_trigger)
        _check_rate(raw.info["sfreq"], path)
        names.pick(raw, path, suffix)
        if suffix in RATES_DIFFER:
            raw = at_one_rate(raw, path, names.is_eeg, names.is_named_trigger)
        names.ignore(path)
        raw.pick(list(names.labels), verbose="error").get_channel_types()  # damaged FIF: unknown kinds
        if suffix not in POLY5_SUFFIXES:
            raw.load_data(verbose="error")
    except FormatError:
        raise
    except MemoryError as error:
        hint = f"Close other programs, or use fewer --cores. A small file is damaged. {COPY_AGAIN}"
        raise FormatError("needs more memory than there is", hint, where=path) from error
    except Exception as error:  # MNE's readers raise whatever the damage happens to hit
        raise FormatError(*reason(error, path, suffix), where=path) from error
    return raw, lsl, parts, breaks


def _other_file(suffix: str) -> str:
    """What to do with a file whose suffix is not known."""
    if suffix in (".gz", ".zip", ".7z", ".rar", ".tar", ".xdfz", ".bz2"):
        return "Unpack it, and name the recording that is in it."
    if header := {".eeg": ".vhdr", ".vmrk": ".vhdr", ".fdt": ".set"}.get(suffix):
        return f"If it is a part of a recording, name the {header} file beside it."
    return "Export the recording as one of these, for example as EDF."


def _check_rate(sfreq: float, path: Path) -> None:
    if not LOWEST_RATE <= sfreq <= HIGHEST_RATE:
        raise FormatError(
            f"its sampling rate would be {sfreq:g} Hz, which is implausible for EEG",
            "Its header gives the rate or the sampling interval wrongly, or in another unit. Export "
            "it again from the program that recorded it.",
            where=path,
        )


def _of_member(
    names: Sequence[str],
    path: Path,
    suffix: str,
    pattern: str | None,
    partner_pattern: str | None,
    is_trigger: Callable[[str], bool],
) -> tuple[dict[str, str], set[str]]:
    """As `members.of_member`; channels of an XDF file can be named without their stream."""
    if suffix != ".xdf":
        return of_member(names, path, pattern, partner_pattern, is_trigger)
    stream = names[0].split("/")[0]
    bare = {name.removeprefix(f"{stream}/"): name for name in names}
    pattern, partner_pattern = (without_stream(text, stream) for text in (pattern, partner_pattern))
    labels, shared = of_member(list(bare), path, pattern, partner_pattern, is_trigger)
    return {bare[name]: label for name, label in labels.items()}, {bare[name] for name in shared}


def _units(raw: BaseRaw, labels: Iterable[str]) -> dict[str, str]:
    """The units that the file gives for the channels of `labels`; empty where the format has none."""
    # MNE has no public way to ask.
    given = getattr(raw, "_orig_units", None) or {}
    return {name: given[name] for name in labels if name in given}


def _as_trigger(raw: BaseRaw, name: str, label: str) -> str:
    """Make the channel a trigger channel, called as in the file and no site of the cap; what it is called."""
    if label != name and label not in raw.ch_names:
        raw.rename_channels({name: label}, verbose="error")
        name = label
    held_as_codes(raw, name)
    return name


def _each_once(files: Iterable[Path]) -> list[Path]:
    """Files that are there, each once: some readers make the path whole by which they were given a file."""
    found: dict[Path, Path] = {}
    for file in files:
        if file.is_file():
            found.setdefault(file.resolve(), file)
    return list(found.values())
