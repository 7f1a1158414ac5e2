"""What the header of a recording says that its name does not: whose channels, triggers and signals."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from interbrain.formats import FormatError
from interbrain.formats.channel_names import TRIGGER_NAME
from interbrain.formats.channels import LEAST_OF_ONE_KIND, SHARED, numbered_labels, site_name
from interbrain.formats.members import suggest_patterns, take_label
from interbrain.formats.notes import noted
from interbrain.formats.opening import open_recording, reason
from interbrain.formats.xdf_streams import Stream, read_streams
from interbrain.newstudy import words
from interbrain.newstudy.words import natural, plain

FEWEST_PULSES = 3  # of an annotation, to be taken for a trigger
# Words of the labels of skin conductance, heart, respiration and movement.
BESIDE_EEG = re.compile(r"(eda|gsr|scl|ecg|ekg|ppg|bvp|resp|acc)\d*", re.IGNORECASE)
NO_STRETCH = re.compile(r"new segment|bad|edge|boundary|impedance|lost", re.IGNORECASE)
NO_PULSE = re.compile(r"new segment|bad|edge|boundary|comment|impedance|lost|start|stop|pause", re.IGNORECASE)


@dataclass(frozen=True)
class Header:
    """What a recording's header says.

    Attributes
    ----------
    patterns : list of str
        Of the channels of each of two people, as the recordings table has them; empty if it is of one.
    channels, annotations : list of str
        Of triggers, perhaps.
    unplaced : list of str
        Labels of the channels, if none of them can be the name of a site.
    signals : list of str
        Channels of skin conductance, heart, respiration or movement, by their labels.
    marks : list of (text, onset in s)
        Annotations that are in the file less than `FEWEST_PULSES` times: perhaps where stretches begin.
    unreadable : str
        Why nothing is known; empty if it was read.
    """

    patterns: Sequence[str] = ()
    channels: Sequence[str] = ()
    annotations: Sequence[str] = ()
    unplaced: Sequence[str] = ()
    signals: Sequence[str] = ()
    marks: Sequence[tuple[str, float]] = ()
    unreadable: str = ""


def read_header(path: Path) -> Header:
    """Read the header of a recording; one that cannot be read says why."""
    suffix = path.suffix.lower()
    try:
        with noted():
            if suffix == ".xdf":
                streams, _ = read_streams(path)
                return _of_streams(streams)
            raw = open_recording(path, suffix, None, lambda name: bool(TRIGGER_NAME.search(name)))[0]
    except FormatError as error:
        return Header(unreadable=error.what)
    except Exception as error:  # readers raise whatever a damaged file happens to hit
        return Header(unreadable=reason(error, path, suffix)[0])
    marks = Counter(str(text) for text in raw.annotations.description if not NO_PULSE.search(str(text)))
    own_names = [name for name in raw.ch_names if not SHARED.search(name)]
    patterns = patterns_of(own_names)
    return Header(
        patterns,
        [name for name in raw.ch_names if TRIGGER_NAME.search(name)],
        [text for text, count in marks.items() if count >= FEWEST_PULSES],
        _unplaced(_own(own_names, patterns)),
        [name for name in raw.ch_names if is_beside_eeg(name)],
        _marks(raw.annotations.description, raw.annotations.onset),
    )


def _of_streams(streams: Sequence[Stream]) -> Header:
    """What the streams of an XDF file say; two EEG streams are of two people."""
    eeg = [s for s in streams if s.numbers and s.kind.lower() == "eeg"]
    beside = [
        f"{s.name}/{label}"
        for s in streams
        for label in (s.labels if s.numbers and s not in eeg else ())
        if is_beside_eeg(s.name) or is_beside_eeg(s.kind) or is_beside_eeg(label)
    ]
    names = [label for s in eeg for label in s.labels]
    beside += [label for label in names if is_beside_eeg(label)]
    if len(eeg) == 2:
        patterns = sorted((f"{s.name}/*" for s in eeg), key=natural)
        return Header(patterns, unplaced=_unplaced(list(dict.fromkeys(names))), signals=beside)
    patterns = patterns_of(names)
    return Header(patterns, unplaced=_unplaced(_own(names, patterns)), signals=beside)


def is_beside_eeg(name: str) -> bool:
    """Whether a word of a name is that of skin conductance, heart, respiration or movement.

    Examples
    --------
    >>> is_beside_eeg("GSR_client"), is_beside_eeg("F3")
    (True, False)
    """
    return any(map(BESIDE_EEG.fullmatch, re.findall(r"[^\W_]+", name)))


def _marks(texts: Iterable[str], onsets: Iterable[float]) -> list[tuple[str, float]]:
    """The annotations that are rare, in the order of the file."""
    all_of_them = [
        (str(text).strip().removeprefix("Comment/"), float(onset))
        for text, onset in zip(texts, onsets, strict=True)
    ]
    count = Counter(text for text, _ in all_of_them)
    return [m for m in all_of_them if count[m[0]] < FEWEST_PULSES and m[0] and not NO_STRETCH.search(m[0])]


def _unplaced(names: Sequence[str]) -> Sequence[str]:
    """The names themselves, if no word in any of them is a site's; such a cap needs a map.

    A3 and C3 are no sites where they are numbers of a cap (BioSemi's A1-A32).
    """
    numbers = numbered_labels(names)
    parts = (part for name in names if name not in numbers for part in re.findall(r"[^\W_]+", name))
    return () if any(site_name(part) for part in parts) else names


def patterns_of(names: Sequence[str]) -> list[str]:
    """Patterns of two people's channels in a list of names; empty if they are one person's, or it is unclear.

    Examples
    --------
    >>> patterns_of([f"sub{n}_{site}" for n in (1, 2) for site in ("F3", "Fz", "F4", "C3", "Cz", "C4")])
    ['sub1_*', 'sub2_*']
    >>> patterns_of([f"{n}-A{number}" for n in (1, 2) for number in range(1, 33)])
    ['1-*', '2-*']
    """
    labels = {pattern: _labels(names, pattern) for pattern in suggest_patterns(names)}
    others = (name for name in names if all(take_label(name, pattern) is None for pattern in labels))
    plain_sites = {site.casefold() for name in others if (site := site_name(name))}
    pairs = [
        (one, other)
        for one in labels
        for other in labels
        if natural(one) < natural(other) and labels[one] == labels[other]
    ]
    if len(pairs) == 1 and len(labels) == 2:
        return list(pairs[0])
    if len(labels) == 1 and (own := next(iter(labels))) and labels[own] <= plain_sites:
        return ["*", own]
    return [] if plain_sites or labels else _twice(names)


def _twice(names: Sequence[str]) -> list[str]:
    """Patterns of two caps whose labels are no sites: one list of labels, before or after two words.

    Labels that are numbers alone may be the two halves of one person's cap (A-1 to A-32, B-1 to B-32).
    """
    for shape, pattern in ((r"([^\W_]+[\W_]+)(.+)", "{}*"), (r"(.+?)([\W_]+[^\W_]+)", "*{}")):
        parts = [found.groups() for name in names if (found := re.fullmatch(shape, name.strip()))]
        around = [(one, label) if pattern.endswith("*") else (label, one) for one, label in parts]
        labels: dict[str, set[str]] = {}
        for word, label in around:
            labels.setdefault(word, set()).add(label.casefold())
        caps = {word: own for word, own in labels.items() if len(own) >= LEAST_OF_ONE_KIND}
        sets = list(caps.values())
        alike = len(sets) == 2 and sets[0] == sets[1]
        if alike and sum(not label.isdigit() for label in sets[0]) >= LEAST_OF_ONE_KIND:
            return [pattern.format(word) for word in sorted(caps, key=natural)]
    return []


def _own(names: Sequence[str], patterns: Sequence[str]) -> list[str]:
    """The labels of two people's channels without what tells the people apart; one person's as they are."""
    if not patterns or "*" in patterns:
        return list(names)
    taken = (take_label(name, pattern) for pattern in patterns for name in names)
    return list(dict.fromkeys(label for label in taken if label is not None))


def _labels(names: Sequence[str], pattern: str) -> set[str]:
    taken = (take_label(name, pattern) for name in names)
    return {label.casefold() for label in taken if label is not None}


def whose(patterns: Sequence[str], role_words: Mapping[str, str]) -> dict[str, str]:
    """Role -> pattern, if the words in two patterns say it; empty otherwise."""
    found: dict[str, str] = {}
    for pattern in patterns:
        whole = re.sub(r"[\W_]", "", pattern)
        for word in map(plain, [whole, *re.findall(r"[^\W_]+", pattern)]):
            role = role_words.get(word) or words.ROLE_LETTERS.get(word)
            role = role or (words.ROLES[word].role if word in words.ROLES else "")
            if role:
                found.setdefault(role, pattern)
    return found if len(set(found.values())) == len(words.MEMBERS) else {}
