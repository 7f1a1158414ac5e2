"""Which label in the names of files is the dyad's, and which a person's: told by what makes pairs."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from interbrain.newstudy.letters import OF_ROLE
from interbrain.newstudy.names import Label, Name
from interbrain.newstudy.words import ROLE_LETTERS, natural
from interbrain.plain_letters import plain_letters

COMMON = (
    0.5  # of the files must have a label of a kind, and of the dyads both members, for it to be the dyad's
)
INITIALS = {"therapist": "T", "client": "C"}
CODES = "dyads were given codes (D01, ...), because words in names of files may be names of people"


@dataclass(frozen=True)
class Pairing:
    """Whose the files are.

    Attributes
    ----------
    dyads : mapping path -> dyad
        Labels of letters and digits; files whose dyad is not told are absent.
    people : mapping (dyad, role) -> label
        Persons whom the names label; others are absent.
    said : list of str
        How it was told.
    unsure : mapping dyad -> people
        Both members, where it is not stated who is who.
    kind : str
        Of the labels that are the dyads'.
    """

    dyads: Mapping[str, str]
    people: Mapping[tuple[str, str], str]
    said: list[str]
    unsure: Mapping[str, Sequence[str]] = field(default_factory=dict)
    kind: str = ""


def role_of(name: Name) -> str:
    """The role that a name gives its file; empty if none, or two."""
    found = {role.role for role in name.roles}
    return found.pop() if len(found) == 1 else ""


def pair(names: Sequence[Name]) -> Pairing:
    """Tell the dyads by the labels in the names of files."""
    kinds = list(dict.fromkeys(kind for name in names for kind in _labels(name)))
    best = max(kinds, key=lambda kind: _worth(kind, names), default=None)
    if best is None or _worth(best, names) <= 0:
        return _of_meetings(names) or _only_dyad(names)
    labels = {name.path: _labels(name)[best] for name in names if best in _labels(name)}
    shown, said = _shown(best, labels)
    said += _said_of_numbers(best, kinds)
    dyads = {path: shown[label.key] for path, label in labels.items()}
    said += _said_of_labels(dyads, said)
    return Pairing(dyads, _people(names, dyads, best), said, kind=best)


def _said_of_numbers(best: str, kinds: Sequence[str]) -> list[str]:
    """That of several bare numbers one was taken for the dyad's."""
    numbers = [kind for kind in kinds if kind == ":" or kind.startswith(":#")]
    if best not in numbers or len(numbers) < 2:
        return []
    which = ("first", "second", "third")[min(numbers.index(best), 2)]
    return [f"of the numbers in the names, the {which} was read as the dyad's"]


def _said_of_labels(dyads: Mapping[str, str], said: Sequence[str]) -> list[str]:
    """That the tables have other labels than the files; of codes, this is said already."""
    other = [path for path, dyad in sorted(dyads.items()) if dyad.casefold() not in path.casefold()]
    if not other or CODES in said:
        return []
    example = f"{PurePosixPath(other[0]).name} is of {dyads[other[0]]}"
    return [f"dyads are called D and the number in the names of the files: {example}"]


def _only_dyad(names: Sequence[Name]) -> Pairing:
    """Files of one dyad, without a label: one of each member at each time."""
    members = Counter((role_of(n), *n.phases, *n.sessions, *n.tasks, *n.runs, *n.words) for n in names)
    roles = {role for role, *_ in members}
    if roles != {"therapist", "client"} or max(members.values()) > 1 or any(n.labels for n in names):
        return Pairing({}, {}, [])
    said = ["the names contain no label of a dyad: all files were read as those of one dyad"]
    return Pairing({name.path: "D01" for name in names}, {}, said)


def _of_meetings(names: Sequence[Name]) -> Pairing | None:
    """Numbered sessions as dyads, in place, if no other label does and most have a client of their own."""
    meetings = {name.path: name.sessions[0] for name in names if len(name.sessions) == 1}
    of_meeting: dict[tuple[str, int], list[Name]] = defaultdict(list)
    for name in names:
        if name.path in meetings:
            of_meeting[meetings[name.path]].append(name)
    paired = [
        own for own in of_meeting.values() if {"therapist", "client"} <= {role_of(name) for name in own}
    ]
    clients = {_beside_the_role(own, "client") for own in paired} - {frozenset()}
    enough = len(meetings) >= COMMON * len(names) and len(paired) >= COMMON * len(of_meeting)
    if len(of_meeting) < 2 or not enough or len(clients) <= COMMON * len(of_meeting):
        return None
    if len({kind for kind, _ in of_meeting}) > 1:
        return None
    dyads = {path: f"D{number:02d}" for path, (_, number) in meetings.items()}
    for name in names:
        name.sessions = [] if name.path in dyads else name.sessions
    first = min(dyads)
    said = [
        "each numbered session was read as a dyad of its own, because most have a client of their own and no "
        f"other label makes pairs: {first} is of {dyads[first]}"
    ]
    return Pairing(dyads, _people(names, dyads, ""), said)


def _beside_the_role(names: Sequence[Name], role: str) -> frozenset:
    """The labels and words that all files of one role have, and none of the other's."""
    own = [_identity(name) for name in names if role_of(name) == role]
    others = [_identity(name) for name in names if role_of(name) not in ("", role)]
    return frozenset.intersection(*own).difference(*others) if own else frozenset()


def _identity(name: Name) -> frozenset:
    """What may say who somebody is: the words of a name, and its labels that are not a dyad's."""
    return frozenset(name.words) | {label.key for label in name.labels if label.marked != "dyad"}


def _labels(name: Name) -> dict[str, Label]:
    """The labels of a name, one of each kind: the last, as folders come before the file. Words count, too."""
    found = {label.kind: label for label in name.labels}
    taken = ("session",)
    return {
        f"word:{n}": Label(word, "", "", marked="word")
        for n, word in enumerate(name.words)
        if word not in taken
    } | found


def _worth(kind: str, names: Sequence[Name]) -> float:
    """How well a kind of label would do as the dyad's; 0 if it cannot be."""
    own = [(name, _labels(name)[kind]) for name in names if kind in _labels(name)]
    if len(own) < COMMON * len(names):
        return 0
    roles: dict[tuple, Counter[str]] = defaultdict(Counter)
    for name, label in own:
        roles[label.key][role_of(name)] += 1
    if not any(role_of(name) for name in names):
        together = 1.0
    else:
        # A label whose files name nobody makes a pair if both members are in each file, as others' are not.
        whole = {"therapist", "client"}
        pairs = [whole <= set(found) for found in roles.values()]
        together = sum(pairs) / len(roles)
        if any(pairs) and not kind.startswith("word:"):
            together += sum(set(found) == {""} for found in roles.values()) / len(roles)
    marked = kind.startswith("dyad:")
    if together < COMMON and not marked:
        return 0
    if kind.startswith("word:"):  # a word that all share is no label, nor is one of many words
        return 0.1 * together if len(roles) > 1 or len(own) == len(names) else 0
    # What is a counter of files (a number for each) makes no pairs, and what all share tells nothing apart.
    worth = together * len(own) / len(names) + (2 if marked else 0)
    return worth - (0.5 if len(roles) == 1 and len(names) > 4 and not marked else 0) + 0.01 * len(roles)


def _shown(kind: str, labels: Mapping[str, Label]) -> tuple[dict[tuple, str], list[str]]:
    """What the tables call each dyad, and what must be known of it."""
    said, shown = [], {}
    spelt: dict[tuple, list[str]] = defaultdict(list)
    for label in labels.values():
        spelt[label.key].append(_bare(label))
    keys = sorted(spelt, key=lambda key: natural("".join(key)))
    by_word = kind.startswith("word:") or any(not key[1].isdigit() for key in keys)
    width = max(2, len(str(len(keys))))
    for n, key in enumerate(keys, 1):
        common = Counter(spelt[key]).most_common(1)[0][0]
        if by_word:
            shown[key] = f"D{n:0{width}d}"
        else:
            number = common[1:] if key[0] in ROLE_LETTERS and common[1:].isdigit() else common
            shown[key] = f"D{number.zfill(2)}" if number.isdigit() else common
        if len(others := sorted(set(spelt[key]))) > 1 and len({o.casefold() for o in others}) > 1:
            said.append(f"{' and '.join(others)} were read as one dyad, {shown[key]}")
    if by_word:
        said.append(CODES)
    elif kind.startswith(f"{OF_ROLE}:"):
        said.append("a therapist and a client with the same number were read as a dyad")
    return shown, said


def _bare(label: Label) -> str:
    """A label without the letter that tells its two people apart."""
    text = plain_letters(label.text[: -len(label.suffix)] if label.suffix else label.text)
    return "".join(letter for letter in text if letter.isascii() and letter.isalnum()) or label.text


def _people(names: Sequence[Name], dyads: Mapping[str, str], best: str) -> dict[tuple[str, str], str]:
    """Persons' own labels: of a kind that the dyad's is not, one for each member of each dyad."""
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for name in names:
        dyad, role = dyads.get(name.path, ""), role_of(name)
        for letter in ROLE_LETTERS if dyad and not role else ():  # T01_C03: both members are in one file
            found[dyad, ROLE_LETTERS[letter]] |= {
                label.text for label in name.labels if label.prefix == letter
            }
        own = [
            label
            for kind, label in _labels(name).items()
            if kind != best and label.marked in ("sub", OF_ROLE)
        ]
        if dyad and role and len({label.key for label in own}) == 1:
            text = _bare(own[0])
            found[dyad, role].add(f"{INITIALS[role]}{text.zfill(2)}" if text.isdigit() else text)
    people = {member: labels.pop() for member, labels in found.items() if len(labels) == 1}
    for role in INITIALS:
        if not any(of == role for _, of in people):
            people |= _people_by_words(names, dyads, role)
    # Nobody has both roles, and most clients are in one dyad: labels that say otherwise are no persons'.
    roles: dict[str, set[str]] = defaultdict(set)
    for (_, role), person in people.items():
        roles[person].add(role)
    clients = [person for (_, role), person in people.items() if role == "client"]
    if any(len(own) > 1 for own in roles.values()):
        return {}
    if len(set(clients)) <= COMMON * len(clients):
        return {member: person for member, person in people.items() if member[1] != "client"}
    return people


def _people_by_words(
    names: Sequence[Name], dyads: Mapping[str, str], role: str
) -> dict[tuple[str, str], str]:
    """Codes of people whom words in the names of their files tell apart, if some are in several dyads."""
    of_dyad: dict[str, list[Name]] = defaultdict(list)
    for name in names:
        if name.path in dyads:
            of_dyad[dyads[name.path]].append(name)
    words = {
        dyad: {word for word in _beside_the_role(own, role) if isinstance(word, str)}
        for dyad, own in sorted(of_dyad.items(), key=lambda item: natural(item[0]))
    }
    if not all(len(own) == 1 for own in words.values()):
        return {}
    people = list(dict.fromkeys(word for own in words.values() for word in own))
    if not 1 < len(people) < len(words):
        return {}
    codes = {word: f"{INITIALS[role]}{n:02d}" for n, word in enumerate(people, 1)}
    return {(dyad, role): codes[word] for dyad, own in words.items() for word in own}
