"""What a study itself would publish of people: labels that name a person, and authors that are no names.

Looks at tables and settings only; what the recordings and results hold is searched before a release
(`bids.release`).
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from pathlib import PurePath

from interbrain.plain_letters import plain_letters

# What labels are made of besides a number: roles, in the languages that labs have told us of.
ROLE_WORDS = frozenset(
    """
    child cl client couple dyad infant kl klient mother pair parent part participant partner pat patient
    person pp ppt prob proband sub subj subject th ther therapeut therapist therapy tn vl vp vpn
    """.split()  # noqa: SIM905
)
# Words for a therapist and a client that file names consist of, and that are nobody's name.
MEMBER_WORDS = frozenset(
    """
    client cliente cliënt doente klient klientin paciente patient patiente patientin paziente psicoterapeuta
    psicóloga psicólogo terapeut terapeuta therapeut therapeute therapeutin therapist thérapeute utente
    """.split()  # noqa: SIM905
)
FEWEST_LETTERS = 2  # a single letter is a code, as in T01
UNTITLED = "Title of the study"  # as the config of a new study has it
PLACEHOLDER = re.compile(
    r"((first|second|third|last|another|other|your|my|the)[ _-]*)?(authors?|names?)[ _-]*(name)?[ _-]*[0-9]*"
    r"|[a-z]|x+|to ?do|tba|tbd|n/?a|none|anonymous|unknown|\?+",
    re.IGNORECASE,
)


def naming_labels(
    files: Iterable[tuple[str, str, str]], codes: Iterable[str] = (), allowed: Iterable[str] = ()
) -> dict[str, str]:
    """Labels that are taken from raw file names and may be somebody's initials or name.

    Parameters
    ----------
    files : iterable of (dyad, participant, path)
        Every raw file, its path below the raw folder.
    codes : iterable of str
        Words that are no names: the times of measurement.
    allowed : iterable of str
        Words that a person has looked at and found harmless.

    Returns
    -------
    found : dict of str to str
        Label of a person or dyad -> a file that has it in its name.

    Notes
    -----
    A label counts if it has two or more letters in a row that no other label of its kind has (a code such as
    VP01 shares them with VP02), that are no role, and if it is a word of one of its own files' names.
    """
    harmless = ROLE_WORDS | {word.lower() for word in (*codes, *allowed)}
    people, dyads = defaultdict(list), defaultdict(list)
    for dyad, participant, path in files:
        people[participant].append(path)
        dyads[dyad].append(path)
    found: dict[str, str] = {}
    for kind in (people, dyads):
        owners = defaultdict(set)
        for label in kind:
            for word in _letters(label):
                owners[word].add(label)
        for label, paths in kind.items():
            own = [word for word in _letters(label) if owners[word] == {label} and word not in harmless]
            if label.lower() in harmless or all(len(word) < FEWEST_LETTERS for word in own):
                continue
            here = next((path for path in paths if _spellings(label) & _words(path)), None)
            if here is not None:
                found.setdefault(label, here)
    return found


def placeholder_authors(authors: Iterable[str]) -> list[str]:
    """Authors that only keep a place for one, as the config of a new study has them."""
    return [author for author in authors if PLACEHOLDER.fullmatch(author.strip()) or not author.strip()]


def _letters(label: str) -> list[str]:
    return [word.lower() for word in re.findall(r"[^\W\d_]+", label)]


def _words(path: str) -> set[str]:
    """Words of a path in lower case, also those that only a capital or a number sets apart."""
    words = set()
    for part in PurePath(unicodedata.normalize("NFC", path)).parts:
        stem = part.partition(".")[0]
        apart = re.sub(r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])|(?<=[a-z])(?=[A-Z])", " ", stem)
        for text in (stem, apart):
            words |= {spelt for word in re.split(r"[\W_]+", text) if word for spelt in _spellings(word)}
    return words


def _spellings(word: str) -> set[str]:
    """A word in lower case, and as a label of plain letters has it: Müller is muller or mueller."""
    word = word.lower()
    letters: dict[str, str | int | None] = {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "å": "aa", "ø": "oe"}
    german = word.translate(str.maketrans(letters))
    plain = plain_letters(word).encode("ascii", "ignore").decode()
    return {word, german, plain} - {""}
