"""Letters for roles (T and C) in the names of files, and times (T1, T2), told apart by all names at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from interbrain.newstudy.names import Label, Name
from interbrain.newstudy.words import ROLE_LETTERS, Role

OF_ROLE = "role"  # what a label is marked with that is a role's letter and a person's number


def explain_letters(names: Sequence[Name]) -> list[str]:
    """Turn letters into roles or times, in place, and say which.

    Returns
    -------
    said : list of str
        What was taken for what, one sentence each.
    """
    said = []
    by_words = sum(bool(name.roles) for name in names) >= len(names) / 2
    if not by_words:
        said += _alone(names) or _in_labels(names)
    _times(names)
    return said


def _alone(names: Sequence[Name]) -> list[str]:
    """D01_T and D01_C, 01T and 01C."""
    used = _roles_of(names, lambda name: name.letters)
    if not used:
        return []
    for name in names:
        own = [letter for letter in name.letters if letter in used]
        name.roles += [Role(used[letter]) for letter in own]
        name.letters = [letter for letter in name.letters if letter not in own]
    return [_said(used)]


def _in_labels(names: Sequence[Name]) -> list[str]:
    """T01 and C01: a role and a number."""
    used = _roles_of(names, lambda name: [label.prefix for label in name.labels if label.marked != "dyad"])
    if not used:
        return []
    for name in names:
        own = [label for label in name.labels if label.prefix in used]
        if len({used[label.prefix] for label in own}) == 1:
            name.roles.append(Role(used[own[0].prefix]))
            name.labels = [_of_role(label, own) for label in name.labels]
    return [_said(used)]


def _of_role(label: Label, own: Iterable[Label]) -> Label:
    return replace(label, text=label.number, prefix="", marked=OF_ROLE) if label in own else label


def _roles_of(names: Sequence[Name], letters: Callable[[Name], Iterable[str]]) -> dict[str, str]:
    """Letter -> role, if the study has one letter for each role, and no file has both."""
    there = [set(letters(name)) & set(ROLE_LETTERS) for name in names]
    if len(there) > 1:  # what all files have, as the P of P01_T and P01_C, is no role
        in_all = set.intersection(*there)
        there = [own - in_all for own in there]
    clients = {letter for own in there for letter in own if ROLE_LETTERS[letter] == "client"}
    both = any(len({ROLE_LETTERS[letter] for letter in own}) > 1 for own in there)
    found = {letter for own in there for letter in own}
    if "t" not in found or len(clients) != 1 or both:
        return {}
    return {letter: ROLE_LETTERS[letter] for letter in ("t", *clients)}


def _times(names: Sequence[Name]) -> None:
    """What is left of T and a number is a time: T0, T1, T2."""
    for name in names:
        left = [label for label in name.labels if label.prefix == "t" and label.marked == "" and label.number]
        if len(left) == 1 and not any(label.prefix == "c" for label in name.labels):
            name.labels = [label for label in name.labels if label not in left]
            name.sessions.append(("T", int(left[0].number)))


def explain_meetings(names: Sequence[Name], prefix: str) -> None:
    """Labels of this prefix are sessions, in place: S1 and S2."""
    for name in names:
        own = [label for label in name.labels if label.prefix == prefix and not label.marked and label.number]
        name.labels = [label for label in name.labels if label not in own]
        name.sessions += [("session", int(label.number)) for label in own]


def _said(used: dict[str, str]) -> str:
    return " and ".join(f"{letter.upper()} was read as {role}" for letter, role in used.items())
