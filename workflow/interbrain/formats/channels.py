"""What a channel is called in the 10-20 system, and what kind of channel it is.

Not here: reading files (`recording`), whose a channel is when several people are in one file (`members`).
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from interbrain.formats import FormatError
from interbrain.formats.channel_names import COUNTER_NAME, TRIGGER_NAME
from interbrain.formats.notes import note
from interbrain.formats.trigger_codes import whole_codes
from interbrain.head import electrode_places

if TYPE_CHECKING:
    from mne.io import BaseRaw

# The 10-20 system of 1958 to that of 1991.
RENAMED_SITES = {"t3": "T7", "t4": "T8", "t5": "P7", "t6": "P8"}
OTHER_TYPES = {
    "eog": re.compile(r"eog|\b[vh]eo", re.IGNORECASE),
    "ecg": re.compile(r"ecg|ekg", re.IGNORECASE),
    "emg": re.compile(r"emg", re.IGNORECASE),
    "stim": re.compile(rf"^({TRIGGER_NAME.pattern})", re.IGNORECASE),
}
# What an amplifier has once, however many people are connected to it.
SHARED = re.compile(rf"^({TRIGGER_NAME.pattern}|{COUNTER_NAME.pattern})", re.IGNORECASE)
PREFIX = re.compile(r"^(EEG[ ._:-]*|(POL|E)[ ._:-]+)", re.IGNORECASE)
# What stands behind the last dash of "F3-REF". Cz and others count where the whole file is written so.
REFERENCES = frozenset(
    {
        *("ref", "le", "re", "lm", "rm", "a1", "a2", "a1a2", "a1+a2", "m1", "m2", "m1m2", "m1+m2", "avg"),
        *("av", "ave", "average", "car", "common", "linked", "nose", "gnd", "cpz", "fcz"),
    }
)
BESIDE_THE_HEAD = frozenset({"a1", "a2", "m1", "m2"})  # ear lobes and mastoids
LEAST_OF_ONE_KIND = 3  # so many channels make a habit of writing
# BioSemi numbers radial caps by the box: A1-A32, B1-B32 ... H1-H32. Its C3 is another place than the site C3.
BOXES = frozenset("abcdefgh")
NUMBERED = re.compile(r"([a-z]+)([1-9][0-9]*)")
SHORTEST_RUN = 4  # P1-P4 and nothing else: the four inputs of an amplifier
LIMB_LEADS = frozenset({"avr", "avl", "avf"})  # where they are, C1-C6 are on the chest
IGNORED = ("ignore", "-")  # in the cap map's column `channel`


def is_ignored(channel: str) -> bool:
    """Whether a cell of the cap map says that its channel is to be left out."""
    return channel.strip().lower() in IGNORED


def site_name(label: str, references: Collection[str] = REFERENCES) -> str | None:
    """The 10-5 name that a label stands for, or None.

    Parameters
    ----------
    label : str
        As recorders write it: "EEG F3", "F3..", "fp1", "T3", "E-F3", "F3-REF", "F3-A1". A bipolar "F3-F4" is
        neither of its sites, nor is "A2-A1".
    references : set of str
        What stands for a reference behind a dash, in lower case.
    """
    head, reference = _parts(label)
    if reference and (reference not in references or {head, reference} <= BESIDE_THE_HEAD):
        return None
    return RENAMED_SITES.get(head) or montage().get(head)


def _parts(label: str) -> tuple[str, str]:
    """A label without what recorders put around it, in lower case: what stands before and after its dash."""
    name = re.sub(r"[ .]", "", PREFIX.sub("", label.strip())).lower()
    head, dash, reference = name.rpartition("-")
    return (head, reference) if dash and head and reference else (name, "")


def _references(labels: Iterable[str]) -> set[str]:
    """What stands for the reference behind a dash in a file with these labels.

    An electrode only if that is the file's habit: "F3-A1" among many such, not among plain sites; and "F3-Cz"
    only in a file without Cz.
    """
    parts = [_parts(label) for label in labels]
    sites = montage()
    behind = Counter(r for head, r in parts if r in sites and head in sites and head not in BESIDE_THE_HEAD)
    plain = sum(not r and head in sites and head not in BESIDE_THE_HEAD for head, r in parts)
    usual = [electrode for electrode in behind if electrode in REFERENCES]
    allowed = set(REFERENCES - set(sites))
    if sum(behind[electrode] for electrode in usual) > plain:
        allowed.update(usual)
    recorded = {head for head, _ in parts}
    allowed |= {
        r
        for r, n in behind.items()
        if LEAST_OF_ONE_KIND <= n > plain and r not in recorded and r not in usual
    }
    return allowed


def numbered_labels(labels: Collection[str]) -> set[str]:
    """Labels that are the numbers of a cap or an amplifier, where some of them have the form of a site.

    Parameters
    ----------
    labels : iterable of str
        All labels of a file.

    Returns
    -------
    numbers : set of str
        Such as C1-C32, with C3 among them, or A1-A32 and B1-B32; C1-C6 beside the limb leads of an ECG.
    """
    sites = set()
    families: dict[str, dict[str, int]] = defaultdict(dict)
    for label in labels:
        head, _ = _parts(label)
        if site_name(label):
            sites.add(label)
        if found := NUMBERED.fullmatch(head):
            stem, number = found[1], int(found[2])
            families[stem][label] = number
            if stem in BOXES:
                families["boxes"][label] = number
    numbers = set()
    for stem, family in families.items():
        as_sites = sites & set(family)
        beyond = [number for label, number in family.items() if label not in sites]
        others = len(sites - as_sites)
        # E1 and E2 are eyes in sleep laboratories.
        alone = others == 0 and any(number > 2 for number in beyond)
        if stem == "boxes":
            is_numbering = alone or LEAST_OF_ONE_KIND <= len(beyond) > others
        else:
            run = sorted(family.values()) == list(range(1, len(family) + 1))
            is_numbering = (
                len(beyond) >= LEAST_OF_ONE_KIND
                or alone
                or (others == 0 and run and len(family) >= SHORTEST_RUN)
            )
        if as_sites and is_numbering:
            numbers |= set(family)
    heads = {_parts(label)[0] for label in labels}
    if heads & LIMB_LEADS and "cz" not in heads:
        numbers |= set(families["c"])
    return numbers


@cache
def montage() -> dict[str, str]:
    """The 10-5 names in their own spelling, by their lower-case form."""
    return {name.lower(): name for name in electrode_places()}


def name_channels(
    raw: BaseRaw,
    path: Path,
    cap: Mapping[str, str],
    labels: Mapping[str, str],
    shared: Collection[str] = frozenset(),
) -> dict[str, str]:
    """Rename a recording's channels and set their types, in place.

    Parameters
    ----------
    raw : mne.io.BaseRaw
        Its channels are the keys of `labels`.
    path : path-like
        The file, for messages.
    cap : mapping of str to str
        Label, as in the file or in `labels` -> name. These channels are EEG whatever their name, unless it is
        that of an EOG, ECG, EMG or trigger channel.
    labels : dict of str to str
        Name in the file -> label.
    shared : set of str
        Names in the file that can be no one's EEG.

    Returns
    -------
    mapped : dict of str to str
        Name in the file -> name, of the channels that the cap map names.

    Raises
    ------
    FormatError
        The cap map is another file's, or two channels get one name.

    Notes
    -----
    Mastoids and ear lobes (A1, A2, M1, M2) are sites of the 10-5 system and stay EEG. Labels that are numbers
    of a cap (`numbered_labels`) are sites by the cap map only.
    """
    in_cap = _in_cap(cap, labels)
    if cap and not any(in_cap.values()):
        _check_filled_in(cap, labels, path)
        own = [label for label in labels.values() if site_name(label)]
        hint = "Write the labels exactly as in the file."
        if len(own) >= LEAST_OF_ONE_KIND and not numbered_labels(own):
            hint = (
                "Its own labels are sites of the 10-20 system. If they are right, this recording needs no "
                "cap map: write cap_map: null (tables, config.yaml), and name the cap map in the columns "
                "therapist_cap_map and client_cap_map of those rows of the recordings table that need it. "
                "Otherwise write the labels into the cap map exactly as in the file."
            )
        raise FormatError(
            f"the cap map names none of its channels ({', '.join(raw.ch_names[:8])}, ...)", hint, where=path
        )
    in_cap = {name: site if name not in shared else None for name, site in in_cap.items()}
    own = [label for name, label in labels.items() if name not in shared]
    references, numbers = _references(own), numbered_labels(own)
    sites = {
        name: site_name(label, references) if name not in shared and label not in numbers else None
        for name, label in labels.items()
    }
    left_out = [label for name, label in labels.items() if label in numbers and not in_cap[name]]
    if left_out:
        note(
            f"labels such as {', '.join(left_out[:3])} are numbers of a cap or an amplifier here (as "
            f"BioSemi's A1-A32) and not sites of the 10-20 system, so the {len(left_out)} of them that the "
            "cap map does not name are not used as EEG; write into the cap map which site each channel is, "
            "or ignore"
        )
    names = {name: in_cap[name] or sites[name] or label.strip() for name, label in labels.items()}
    _check_unique(names, path)
    types, codes = {}, []
    for old, kind in zip(raw.ch_names, raw.get_channel_types(), strict=True):
        new = names[old]
        is_site = old not in shared and (sites[old] or in_cap[old] in montage().values())
        if kind not in ("eeg", "misc") or (kind == "eeg" and is_site):
            continue
        otherwise = "eeg" if in_cap[old] else "misc"
        types[new] = next((t for t, named in OTHER_TYPES.items() if named.search(new)), otherwise)
        if kind == "eeg" and types[new] == "stim" and raw.preload:
            codes.append(new)
    _note_without_unit(raw, labels, sites, in_cap)
    raw.rename_channels(names, verbose="error")
    raw.set_channel_types(types, on_unit_change="ignore", verbose="error")
    if codes:
        raw.apply_function(whole_codes, picks=codes, verbose="error")
    return {name: site for name, site in in_cap.items() if site}


def _note_without_unit(
    raw: BaseRaw, labels: Mapping[str, str], sites: Mapping[str, str | None], in_cap: Mapping[str, str | None]
) -> None:
    """Note channels that are called as sites, and are no voltages by their unit or type."""
    kinds = zip(raw.ch_names, raw.get_channel_types(), strict=True)
    without = [
        labels[name].strip() for name, kind in kinds if kind == "misc" and sites[name] and not in_cap[name]
    ]
    if len(without) >= LEAST_OF_ONE_KIND:
        note(
            f"{len(without)} channels have the names of sites ({listed_names(without, 4)}), but no unit of "
            "voltage in the file, so they are not used as EEG. Export the recording with its units, or name "
            "the sites in the cap map"
        )


def ignored_channels(cap: Mapping[str, str], labels: Mapping[str, str], path: Path) -> list[str]:
    """Names in the file of the channels that the cap map leaves out.

    Raises
    ------
    FormatError
        These are all.
    """
    ignored = [name for name, site in _in_cap(cap, labels).items() if site and is_ignored(site)]
    if ignored and len(ignored) == len(labels):
        raise FormatError(
            "the cap map ignores all its channels", "Write the sites of those to keep.", where=path
        )
    return ignored


def _in_cap(cap: Mapping[str, str], labels: Mapping[str, str]) -> dict[str, str | None]:
    """Name in the file -> what the cap map has for it, by its name or its label; None if nothing."""
    cap = {_plain(label): name for label, name in cap.items()}
    return {name: cap.get(_plain(name)) or cap.get(_plain(label)) for name, label in labels.items()}


def _check_filled_in(cap: Mapping[str, str], labels: Mapping[str, str], path: Path) -> None:
    """Refuse a cap map that has the labels of a file, and says of none of them which site it is."""
    rows = {_plain(label) for label in cap}
    there = [name for name, label in labels.items() if {_plain(name), _plain(label)} & rows]
    if not there:
        return
    without = [name for name in labels if name not in there]
    also = f", and no row for {listed_names(without, 4)}" if without else ""
    raise FormatError(
        f"the column channel of the cap map is empty for its channels ({listed_names(there, 4)}){also}",
        "Write the site of each channel, such as Fz, or ignore.",
        where=path,
    )


def _plain(label: str) -> str:
    """A label as it is compared: without spaces around it, and in one form of Unicode."""
    return unicodedata.normalize("NFC", label.strip())


def _check_unique(names: Mapping[str, str], path: Path) -> None:
    by_name: dict[str, str] = {}
    for label, name in names.items():
        if name in by_name:
            raise FormatError(
                f"channels '{by_name[name]}' and '{label}' would both be named '{name}'",
                "Give one of them another name in the cap map, or write ignore there. If the file "
                "holds two people, say in the recordings table whose channels are whose, as in 1-32 "
                "and 33-64.",
                where=path,
            )
        by_name[name] = label
    twice = [n for n in names.values() if n.endswith("-0") and f"{n[:-1]}1" in by_name and site_name(n[:-2])]
    if len(twice) >= LEAST_OF_ONE_KIND:
        raise FormatError(
            f"labels such as '{twice[0][:-2]}' occur twice",
            "If the file holds two people, write *-0 and *-1 as their channels in the recordings table.",
            where=path,
        )
    if twice:
        counts = {
            n[:-2]: sum(re.fullmatch(rf"{re.escape(n[:-2])}-\d+", o) is not None for o in by_name)
            for n in twice
        }
        called = " and ".join(f"{count} channels are called {label}" for label, count in counts.items())
        note(
            f"{called}. Which of them is at that site is not known, so none was taken for EEG. The cap map "
            f"can name the right one, as {twice[0]} or {twice[0][:-1]}1"
        )


def listed_names(names: Sequence[str], most: int = 8) -> str:
    """The first names of a list as text."""
    return ", ".join(names[:most]) + (", ..." if len(names) > most else "")


def eeg_sites(raw: BaseRaw) -> list[str]:
    """The EEG channels that are called as sites of the head, in the file's order."""
    kinds = zip(raw.ch_names, raw.get_channel_types(), strict=True)
    return [name for name, kind in kinds if kind == "eeg" and name in electrode_places()]
