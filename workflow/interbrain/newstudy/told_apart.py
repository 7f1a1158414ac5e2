"""Words that tell the two people of a dyad apart in the names of files, where no word says who is who.

They are suggested, never used: a person has to name them.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from interbrain.newstudy import words
from interbrain.newstudy.names import LABEL, read_name
from interbrain.newstudy.pairing import role_of
from interbrain.newstudy.words import MEMBERS, natural, plain

MOST = 2 / 3  # of the files that have a word must have a twin with the other one
SUFFIX = re.compile(r"\.[^./]+$")
# A word or a label; the letter that ends a label is a word of its own.
PIECE = re.compile(r"[^\W_]+?(?=(?<=\d)[^\W\d_](?![^\W_]))|[^\W_]+")


def words_apart(pairs: Sequence[Sequence[str]]) -> tuple[str, str] | None:
    """The words of which each file of every pair has another; None if there are none, or several.

    Examples
    --------
    >>> words_apart([["Paar01_A.bdf", "Paar01_B.bdf"], ["Paar02_A.bdf", "Paar02_B.bdf"]])
    ('A', 'B')
    """
    spelt: dict[str, str] = {}
    found: set[tuple[str, str]] | None = None
    for pair in pairs:
        one, other = ({plain(piece): piece for piece in _pieces(path)} for path in pair)
        spelt = {**one, **other, **spelt}
        here = {
            _ordered(a, b)
            for a in set(one) - set(other)
            for b in set(other) - set(one)
            if _are_roles(pair, a, b)
        }
        found = here if found is None else found & here
    if not found or len(found) > 1:
        return None
    a, b = found.pop()
    return spelt[a], spelt[b]


def words_exchanged(paths: Sequence[str]) -> list[tuple[str, str]]:
    """Pairs of words that stand for each other: most files have a twin with the other word in its place.

    The last in the names come first. Words of times, tasks, runs and dyads are left out. A file without
    a twin may be a copy, or its partner's was lost; it has one of the two words all the same.

    Examples
    --------
    >>> words_exchanged([f"dyad{d}_pre_p{p}.edf" for d in (1, 2, 3) for p in (1, 2)])
    [('p1', 'p2')]
    """
    twins: dict[int, dict[tuple[str, ...], dict[str, str]]] = defaultdict(lambda: defaultdict(dict))
    for path in paths:
        pieces = _pieces(path)
        for place, piece in enumerate(pieces):
            around = (*pieces[:place], "", *pieces[place + 1 :])
            twins[place][around][piece] = path
    found = []
    for place in sorted(twins, reverse=True):
        alike = list(twins[place].values())
        complete = [group for group in alike if len(group) == 2]
        either = set(complete[0]) if complete else set()
        if len(complete) >= MOST * len(alike) and all(set(group) <= either for group in alike):
            a, b = sorted(either, key=natural)
            files = list(complete[0].values())
            if not (_is_explained(a) or _is_explained(b)) and _are_roles(files, plain(a), plain(b)):
                found.append((a, b))
    return found


def _ordered(one: str, other: str) -> tuple[str, str]:
    return (one, other) if natural(one) < natural(other) else (other, one)


def _pieces(path: str) -> list[str]:
    """Words and labels of a file's path, without numbers alone, which no one can name for a role."""
    return [piece for piece in PIECE.findall(SUFFIX.sub("", path)) if not piece.isdigit()]


def _is_explained(word: str) -> bool:
    """Whether a word or label is one of a time, a task, a run or a dyad."""
    label = LABEL.fullmatch(plain(word))
    stem = label[1] if label and len(label[1]) > 1 else plain(word)
    return any(stem in known for known in (words.TIMES, words.TASKS, words.SESSIONS, words.RUNS, words.DYADS))


def _are_roles(files: Sequence[str], one: str, other: str) -> bool:
    """Whether the files have another role each, if the words are named for the roles."""
    named = dict(zip((one, other), MEMBERS, strict=True))
    return {role_of(read_name(path, named)) for path in files} == set(MEMBERS)
