"""Whose a channel is, when two people are in one file, and what it is called in the 10-20 system.

Not here: reading files (`recording`).
"""

import re
from collections import Counter
from functools import cache

from interbrain.formats import FormatError
from interbrain.formats.poly5 import TRIGGER_NAME
from interbrain.formats.triggers import whole_codes

# The 10-20 system of 1958 to that of 1991.
RENAMED_SITES = {"t3": "T7", "t4": "T8", "t5": "P7", "t6": "P8"}
OTHER_TYPES = {
    "eog": re.compile(r"eog|\b[vh]eo", re.IGNORECASE),
    "ecg": re.compile(r"ecg|ekg", re.IGNORECASE),
    "emg": re.compile(r"emg", re.IGNORECASE),
    "stim": re.compile(rf"^({TRIGGER_NAME.pattern})", re.IGNORECASE),
}
PREFIX = re.compile(r"^(EEG[ ._:-]*|(POL|E)[ ._:-]+)", re.IGNORECASE)
# What stands behind the last dash of "F3-REF". Cz and others count where the whole file is written so.
REFERENCES = {
    *("ref", "le", "re", "lm", "rm", "a1", "a2", "a1a2", "a1+a2", "m1", "m2", "m1m2", "m1+m2", "avg", "av"),
    *("ave", "average", "car", "common", "linked", "nose", "gnd", "cpz", "fcz"),
}
LEAST_OF_ONE_KIND = 3  # so many channels make a habit of writing


def check_pattern(pattern):
    """What is wrong with a channel pattern, for a person; None if nothing is."""
    if pattern.count("*") != 1:
        return "needs exactly one *, which stands for the channel's label, as in sub1_* or *_S2."
    if pattern.strip() == "*":
        return "takes every channel. Write what only this person's channels have, as in sub1_* or *_S2."
    return None


def take_label(name, pattern):
    """The label that `*` stands for in a channel's name, or None if the pattern is not for it."""
    before, after = (re.escape(part) for part in pattern.strip().split("*"))
    found = re.fullmatch(f"{before}(.+){after}", name.strip(), re.IGNORECASE)
    return found[1] if found else None


def suggest_patterns(names):
    """Patterns that two people's channels seem to follow in a list of names, the most frequent first."""
    sites = [re.escape(site) for site in sorted({*_montage(), *RENAMED_SITES}, key=len, reverse=True)]
    before = re.compile(rf"(.*[^a-z0-9])({'|'.join(sites)})", re.IGNORECASE)
    after = re.compile(rf"({'|'.join(sites)})([^a-z0-9].*)", re.IGNORECASE)
    found = Counter()
    for name in names:
        if prefixed := before.fullmatch(name):
            found[f"{prefixed[1]}*"] += 1
        elif suffixed := after.fullmatch(name):
            found[f"*{suffixed[2]}"] += 1
    return [pattern for pattern, count in found.most_common() if count >= LEAST_OF_ONE_KIND]


def of_member(names, path, pattern, partner_pattern):
    """Which channels a member's recording holds.

    Parameters
    ----------
    names : list of str
        All channels of the file.
    path : path-like
        The file, for messages.
    pattern, partner_pattern : str or None
        The members' channels; without `pattern` all are the member's.

    Returns
    -------
    labels : dict of str to str
        Name in the file -> label without the pattern, of the member's channels and those that are shared.
    shared : set of str
        Names of channels that are neither member's.

    Raises
    ------
    FormatError
        No channel is the member's, or one is both members'.
    """
    mine = {name: name if pattern is None else take_label(name, pattern) for name in names}
    theirs = {n for n in names if partner_pattern is not None and take_label(n, partner_pattern) is not None}
    if not any(mine.values()):
        advice = suggest_patterns(names)
        advice = f"Perhaps {' or '.join(advice[:3])}?" if advice else "Correct it in the recordings table."
        raise FormatError(
            f"{path}: no channel is named like '{pattern}'; there are {_listed(names)}. {advice}"
        )
    both = [name for name in names if pattern is not None and mine[name] is not None and name in theirs]
    if both:
        raise FormatError(
            f"{path}: {_listed(both)} would be both persons' by the patterns '{pattern}' and "
            f"'{partner_pattern}'. Write patterns that tell the two apart."
        )
    kept = [name for name in names if name not in theirs or pattern is None]
    return {n: mine[n] or n for n in kept}, {n for n in kept if mine[n] is None}


def site_name(label, references=frozenset()):
    """The 10-5 name that a label stands for, or None.

    Parameters
    ----------
    label : str
        As recorders write it: "EEG F3", "F3..", "fp1", "T3", "E-F3", "F3-REF", "F3-A1". A bipolar "F3-F4" is
        neither of its sites.
    references : set of str
        Lower-case sites that the file's labels name as a reference, beside those that always are one.
    """
    name = re.sub(r"[ .]", "", PREFIX.sub("", label.strip())).lower()
    head, dash, reference = name.rpartition("-")
    for candidate in (name, head if dash and reference in REFERENCES | references else ""):
        if site := RENAMED_SITES.get(candidate) or _montage().get(candidate):
            return site
    return None


def _references(labels):
    """Sites that many labels name behind their dash and none before it: "F3-Cz" in a file without Cz."""
    pairs = [re.sub(r"[ .]", "", PREFIX.sub("", label.strip())).lower().rpartition("-") for label in labels]
    sites = _montage()
    behind = Counter(reference for head, dash, reference in pairs if head in sites and reference in sites)
    recorded = {head if dash else reference for head, dash, reference in pairs}
    return {r for r, count in behind.items() if count >= LEAST_OF_ONE_KIND and r not in recorded}


@cache
def _montage():
    """The 10-5 names in their own spelling, by their lower-case form."""
    import mne

    return {name.lower(): name for name in mne.channels.make_standard_montage("colin27_1005").ch_names}


def name_channels(raw, path, cap, labels, shared=frozenset()):
    """Rename a recording's channels and set their types, in place.

    Parameters
    ----------
    raw : mne.io.BaseRaw
        Its channels are the keys of `labels`.
    path : path-like
        The file, for messages.
    cap : mapping of str to str
        Label, as in the file or in `labels` -> name. These channels are EEG whatever their name, unless it
        is that of an EOG, ECG, EMG or trigger channel.
    labels : dict of str to str
        Name in the file -> label.
    shared : set of str
        Names in the file that can be no one's EEG.

    Raises
    ------
    FormatError
        The cap map is another file's, or two channels get one name.

    Notes
    -----
    Mastoids and ear lobes (A1, A2, M1, M2) are sites of the 10-5 system and stay EEG.
    """
    if cap and not set(cap) & {*labels, *labels.values()}:
        raise FormatError(
            f"{path}: the cap map names none of its channels ({', '.join(raw.ch_names[:8])}, ...). Write the "
            "labels as they stand in the file."
        )
    references = _references(labels.values())
    in_cap = {name: cap.get(name) or cap.get(label) for name, label in labels.items() if name not in shared}
    names = {
        name: in_cap.get(name) or (name not in shared and site_name(label, references)) or label.strip()
        for name, label in labels.items()
    }
    _check_unique(names, path)
    sites, types, codes = set(_montage().values()), {}, []
    for old, kind in zip(raw.ch_names, raw.get_channel_types(), strict=True):
        new = names[old]
        if kind not in ("eeg", "misc") or (kind == "eeg" and new in sites and old not in shared):
            continue
        otherwise = "eeg" if in_cap.get(old) else "misc"
        types[new] = next((t for t, named in OTHER_TYPES.items() if named.search(new)), otherwise)
        if kind == "eeg" and types[new] == "stim" and raw.preload:
            codes.append(new)
    raw.rename_channels(names, verbose="error")
    raw.set_channel_types(types, on_unit_change="ignore", verbose="error")
    if codes:
        raw.apply_function(whole_codes, picks=codes, verbose="error")


def _check_unique(names, path):
    by_name = {}
    for label, name in names.items():
        if name in by_name:
            raise FormatError(
                f"{path}: channels '{by_name[name]}' and '{label}' would both be named '{name}'. Give one of "
                "them another name in the cap map."
            )
        by_name[name] = label
    twice = [n for n in names.values() if n.endswith("-0") and f"{n[:-1]}1" in by_name and site_name(n[:-2])]
    if len(twice) >= LEAST_OF_ONE_KIND:
        raise FormatError(
            f"{path}: labels such as '{twice[0][:-2]}' occur twice. If the file holds two people, write *-0 "
            "and *-1 as their channels in the recordings table."
        )


def _listed(names, most=8):
    return ", ".join(names[:most]) + (", ..." if len(names) > most else "")
