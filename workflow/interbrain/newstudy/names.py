"""What the name of one file says: labels, roles, times, tasks. Letters are explained later (`letters`)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

from interbrain.newstudy import words
from interbrain.newstudy.words import plain
from interbrain.plain_letters import plain_letters

DATE = re.compile(
    r"(?<!\d)(\d{4}[-_.]\d\d[-_.]\d\d|\d\d?\.\d\d?\.\d{4}|\d{8}|\d{6}|\d\d[-_]\d\d[-_]\d{4})(?!\d)"
)
CLOCK = re.compile(r"(?<!\d)(T\d{4,6}|\d\dh\d\d|\d\d-\d\d-\d\d)(?!\d)")
JOINED = re.compile(r"(?<![^\W_])(follow|eyes|resting)[ _-](up|open|closed|state)(?![^\W\d_])", re.IGNORECASE)
ENTITY = re.compile(r"(?<![^\W_])(sub|ses|task|run|acq)-([^\W_]+)", re.IGNORECASE)
# Latin letters of all languages, those with accents and strokes among them.
_LATIN = [letter for letter in map(chr, range(0xC0, 0x250)) if letter.isalpha()]
UPPER = "A-Z" + "".join(letter for letter in _LATIN if letter.isupper())
LOWER = "a-z" + "".join(letter for letter in _LATIN if letter.islower())
LABEL = re.compile(r"([a-z]*?)(\d+)([a-z]?)")
HUMPS = re.compile(
    rf"\d+|[{UPPER}]+(?![{LOWER}])|[{UPPER}]?[{LOWER}]+|[^\W\d_]+"
)  # Client, Post in ClientPost
# Year, month and day, in the only order in which they can be meant; 03-04-2023 and 030423 may be two dates.
WHOLE_DATES = (
    re.compile(r"(?<!\d)(?P<y>(?:19|20)\d\d)([-_.]?)(?P<m>\d\d)\2(?P<d>\d\d)(?!\d)"),
    re.compile(r"(?<!\d)(?P<d>\d\d?)\.(?P<m>\d\d?)\.(?P<y>\d{4})(?!\d)"),
)
LONGEST_PREFIX = 4  # of a label such as VP07, in letters


@dataclass(frozen=True)
class Label:
    """A label of letters and digits: `D01A` has the prefix d, the number 01 and the suffix a.

    `marked` says what stood before it: "dyad", "sub" or "ses"; a role's word; or nothing. `place` tells bare
    numbers of one name apart: 0 is the first of them.
    """

    text: str
    prefix: str
    number: str
    suffix: str = ""
    marked: str = ""
    place: int = 0

    @property
    def kind(self) -> str:
        """What labels of one kind have in common."""
        return f"{self.marked}:{self.prefix}" + (f"#{self.place}" if self.place else "")

    @property
    def key(self) -> tuple[str, str]:
        """What is the same in two spellings of a label, as in D1 and d01."""
        return self.prefix, self.number.lstrip("0") or "0" if self.number else plain(self.text)


@dataclass
class Name:
    """What the path of a recording says.

    Attributes
    ----------
    path : str
        Below the folder of recordings, with /.
    roles : list of Role
        By words.
    letters : list of str
        Letters that stand alone or end a label: the T of D01_T, the a of 01A.
    labels : list of Label
    phases, tasks, words : list of str
    sessions : list of (kind, number)
    runs : list of int
    dates : list of (year, month, day)
        Those that can be meant in one way only.
    """

    path: str
    roles: list[words.Role] = field(default_factory=list)
    letters: list[str] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)
    phases: list[str] = field(default_factory=list)
    sessions: list[tuple[str, int]] = field(default_factory=list)
    runs: list[int] = field(default_factory=list)
    tasks: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    dates: list[tuple[int, int, int]] = field(default_factory=list)


def read_name(path: str, role_words: Mapping[str, str] | None = None) -> Name:
    """Take the path of a recording apart.

    Parameters
    ----------
    path : str
        Below the folder of recordings.
    role_words : mapping word -> role
        Words, letters or labels that a person has explained, in small letters.
    """
    name = Name(path)
    parts = PurePosixPath(unicodedata.normalize("NFC", path)).parts
    for part in (*parts[:-1], _stem(parts[-1])):
        _Part(name, role_words or {}).read(part)
    _place_numbers(name)
    for kind in ("roles", "letters", "labels", "phases", "sessions", "runs", "tasks", "words"):
        setattr(name, kind, list(dict.fromkeys(getattr(name, kind))))
    return name


def _place_numbers(name: Name) -> None:
    """Tell bare numbers apart: in 1_1_therapist, one may be the dyad's and the other the time's."""
    placed, place = [], 0
    for label in name.labels:
        if label.kind == ":":
            label, place = replace(label, place=place), place + 1
        placed.append(label)
    name.labels = placed


def _stem(file: str) -> str:
    """A file's name without its suffix, and without what BIDS and MNE end it with."""
    return re.sub(r"(_eeg|_raw|_ieeg)?\.[^.]+$", "", file, flags=re.IGNORECASE)


def whole_dates(text: str) -> list[tuple[int, int, int]]:
    """Year, month and day of each date in a name, where their order is certain.

    Examples
    --------
    >>> whole_dates("2023-02-11_pair1"), whole_dates("11.2.2023"), whole_dates("02-11-2023")
    ([(2023, 2, 11)], [(2023, 2, 11)], [])
    """
    found = (match for pattern in WHOLE_DATES for match in pattern.finditer(text))
    dates = [(int(match["y"]), int(match["m"]), int(match["d"])) for match in found]
    return [(y, m, d) for y, m, d in dates if 1 <= m <= 12 and 1 <= d <= 31]


@dataclass
class _Part:
    """One folder's or file's name; `waiting` is a word that the next number belongs to."""

    name: Name
    role_words: Mapping[str, str]
    waiting: str = ""

    def read(self, text: str) -> None:
        self.name.dates += whole_dates(text)
        text = JOINED.sub(r"\1\2", CLOCK.sub(" ", DATE.sub(" ", text)))
        for found in ENTITY.finditer(text):
            self._entity(found[1].lower(), found[2])
        for token in re.findall(r"[^\W_]+", ENTITY.sub(" ", text)):
            for piece in self._pieces(token):
                self._take(piece, "")

    def _entity(self, entity: str, value: str) -> None:
        bare = plain(value)
        if entity == "task":
            if bare not in words.SAID_ELSEWHERE:
                self.name.tasks.append(
                    words.TASKS.get(bare, re.sub("[^A-Za-z0-9]", "", plain_letters(value)))
                )
        elif entity == "run" and bare.isdigit():
            self.name.runs.append(int(bare))
        elif entity == "ses" and re.fullmatch(r"s?\d+", bare):
            self.name.sessions.append(("session", int(bare.lstrip("s"))))
        else:
            before = len(self.name.labels)
            for piece in self._pieces(value):
                self._take(piece, entity if entity in ("sub", "ses") else "")
            if entity == "sub" and len(self.name.labels) == before:
                self.name.labels.append(Label(value, bare, "", marked="sub"))
        self.waiting = ""

    def _pieces(self, token: str) -> Iterator[str]:
        """The token itself if it has a meaning; otherwise its words: ClientPost, therapist04post."""
        if self._is_known(token):
            yield token
        else:
            yield from (piece for run in re.findall(r"\d+|[^\W\d_]+", token) for piece in HUMPS.findall(run))

    def _is_known(self, token: str) -> bool:
        bare = plain(token)
        lexicons = (
            self.role_words,
            words.ROLES,
            words.TIMES,
            words.SESSIONS,
            words.RUNS,
            words.DYADS,
            words.TASKS,
            words.SAID_ELSEWHERE,
        )
        if any(bare in lexicon for lexicon in lexicons) or token.isdigit():
            return True
        label = LABEL.fullmatch(bare)
        if not label:
            return bare.isalpha() and not re.search("[a-z][A-Z]", token)
        prefix = label[1]
        return len(prefix) <= LONGEST_PREFIX or any(
            prefix in lexicon
            for lexicon in (
                words.ROLES,
                words.SESSIONS,
                words.RUNS,
                words.DYADS,
                words.PEOPLE,
                words.TASKS,
                words.TIMES,
            )
        )

    def _take(self, piece: str, marked: str) -> None:
        bare = plain(piece)
        waiting, self.waiting = self.waiting, ""
        if bare in self.role_words:
            self.name.roles.append(words.Role(self.role_words[bare]))
        elif bare.isdigit():
            self._number(piece, waiting or marked)
        elif found := LABEL.fullmatch(bare):
            self._label(piece, found, marked)
        elif bare in words.ROLES:
            self.name.roles.append(words.ROLES[bare])
            self.waiting = "role"
        elif bare in words.TIMES:
            self.name.phases.append(words.TIMES[bare])
        elif bare in words.TASKS:
            self.name.tasks.append(words.TASKS[bare])
        elif len(bare) == 1:
            self.name.letters.append(bare)
            self.waiting = f"letter {bare}"
        elif bare in words.DYADS or bare in words.SESSIONS or bare in words.RUNS or bare in words.PEOPLE:
            self.waiting = bare
            if bare in ("session", "sitzung", "seance", "seduta", "sesion", "sessie"):
                self.name.words.append("session")
        elif bare not in words.SAID_ELSEWHERE:
            self.name.words.append(bare)

    def _number(self, number: str, of: str) -> None:
        """A number, and the word or entity before it."""
        if of in words.SESSIONS and of != "t":
            self._counted(of, number)
        elif of in words.RUNS:
            self.name.runs.append(int(number))
        elif of in words.DYADS:
            self.name.labels.append(Label(number, "", number, marked="dyad"))
        elif of.startswith("letter "):
            letter = of.removeprefix("letter ")
            self.name.letters.remove(letter)
            marked = "dyad" if letter in words.DYADS else ""
            self.name.labels.append(Label(f"{letter.upper()}{number}", letter, number, marked=marked))
        else:
            marked = of if of in ("sub", "ses", "role") else "sub" if of in words.PEOPLE else ""
            self.name.labels.append(Label(number, "", number, marked=marked))

    def _counted(self, word: str, number: str) -> None:
        kind = words.SESSIONS[word]
        self.name.words = [w for w in self.name.words if w != "session"]
        self.name.sessions.append((kind, int(number)))

    def _label(self, piece: str, found: re.Match, marked: str) -> None:
        """Letters and digits in one: dyad1, session2, Therapeut04, D01A, T1."""
        prefix, number, suffix = found.groups()
        if suffix and suffix in self.role_words:
            self.name.roles.append(words.Role(self.role_words[suffix]))
            piece, suffix = piece[: -len(suffix)], ""
        if prefix in self.role_words:
            self.name.roles.append(words.Role(self.role_words[prefix]))
            prefix, marked = "", "role"
        if suffix:
            self.name.letters.append(suffix)
        if prefix in words.ROLES:
            self.name.roles.append(words.ROLES[prefix])
            self.name.labels.append(Label(number, "", number, suffix, "role"))
        elif prefix in words.TIMES:
            self.name.phases.append(words.TIMES[prefix])
            self.name.runs.append(int(number))
        elif prefix in words.TASKS:
            self.name.tasks.append(words.TASKS[prefix])
            self.name.runs.append(int(number))
        elif prefix in words.SESSIONS and prefix != "t":
            self._counted(prefix, number)
        elif prefix in words.RUNS:
            self.name.runs.append(int(number))
        elif len(prefix) > 2 and prefix in words.DYADS:
            self.name.labels.append(Label(number, "", number, suffix, "dyad"))
        elif prefix in words.DYADS:
            self.name.labels.append(Label(piece.upper(), prefix, number, suffix, "dyad"))
        else:
            self.name.labels.append(Label(piece, prefix, number, suffix, marked))
