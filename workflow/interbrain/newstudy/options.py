"""What a person says of a new study in a word or two: roles in the names of files, factors, levels."""

from __future__ import annotations

import re
from collections.abc import Collection

from interbrain.newstudy import NewStudyError
from interbrain.newstudy.proposal import FIRST
from interbrain.newstudy.words import plain
from interbrain.study.kinds import NAME


def role_words(therapist: str, client: str) -> dict[str, str]:
    """Word -> role, of words with commas between them.

    Examples
    --------
    >>> role_words("A", "B")
    {'a': 'therapist', 'b': 'client'}
    """
    found: dict[str, str] = {}
    for words, role in ((therapist, "therapist"), (client, "client")):
        for word in filter(None, (plain(word.strip()) for word in words.split(","))):
            if found.setdefault(word, role) != role:
                raise NewStudyError(f'"{word}" is named for both roles', "Name a word of its own for each.")
    if FIRST in found and found[FIRST] != "therapist":
        raise NewStudyError("the client cannot be the first", "Write THERAPIST=first, and no CLIENT.")
    return found


def factor_of(text: str) -> tuple[str, list[str]]:
    """A factor and its levels.

    Examples
    --------
    >>> factor_of("modality=face-to-face, online")
    ('modality', ['face-to-face', 'online'])
    """
    name, _, levels = text.partition("=")
    named = [level.strip() for level in levels.split(",") if level.strip()]
    if not name.strip() or not named:
        raise NewStudyError(
            f'"{text}" does not name a factor and its levels',
            "Write its name and levels: modality=face-to-face,online.",
        )
    if not re.fullmatch(NAME, name.strip()):
        bare = re.sub("[^a-z0-9_-]+", "_", plain(name.strip())).strip("_")
        hint = f"Use letters (a to z), digits, _ and -: {bare or 'modality'}. Levels may have other letters."
        raise NewStudyError(f'"{name.strip()}" cannot be the name of a factor', hint)
    return name.strip(), named


def in_words_of(text: str, *, by_make: bool) -> str:
    """A text for those who called make, in the options of the script for those who did not.

    Examples
    --------
    >>> in_words_of("begin again with THERAPIST=first", by_make=False)
    'begin again with --therapist=first'
    """
    if by_make:
        return text
    text = re.sub(r"\bmake new-study(?: DIR=| ?)", "new_study.py ", text)
    return re.sub(
        r"\b(RAW|BIDS|THERAPIST|CLIENT|FACTOR|COVARIATE|QUESTIONNAIRES|FORMAT)=",
        lambda found: f"--{found[1].lower()}=",
        text,
    )


def covariates_of(text: str, factors: Collection[str] = ()) -> list[str]:
    """Names of covariates, with semicolons between them; none are named by `none`.

    Examples
    --------
    >>> covariates_of("years; sessions")
    ['years', 'sessions']
    """
    names = [name.strip() for name in text.split(";") if name.strip()]
    for name in names:
        if name in factors:
            raise NewStudyError(f"{name} is a factor and a covariate", "Name it as one of them.")
        if not re.fullmatch(r"[A-Za-z]\w*", name):
            hint = "Write its name alone, in letters (a to z) and digits; a covariate has no levels."
            raise NewStudyError(f'"{name}" cannot be the name of a covariate', hint)
    return [name for name in dict.fromkeys(names) if name != "none"]
