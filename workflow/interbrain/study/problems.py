"""What is wrong with a study, in words for the person who wrote it.

Finds nothing itself: the other modules of this room do.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from interbrain.problems import InterbrainError, Problem
from interbrain.words import listed

if TYPE_CHECKING:
    from interbrain.study.study import Study

# Problems that differ only in their figures become one where there are more than these.
FEW = 3
# So many rows, labels and files are written out; of more, the number is given.
MOST_ROWS, MOST_LABELS = 6, 20
CELL = re.compile('"[^"]*"')  # what a message quotes of the table
WITH_DIGITS = re.compile(r"\S*\d\S*")
IN_A_ROW = re.compile(r"(?P<file>[^,]+), row (?P<row>\d+)(?: \((?P<label>[^()]*)\))?(?P<rest>(?:, .*)?)")


class StudyError(InterbrainError):
    """Everything that is wrong with a study, as one text for the person who wrote it.

    Attributes
    ----------
    problems : list of Problem
    note : str
        What stands below them.
    study : Study or None
        What could be read all the same: the doctor opens the recordings that it names.
    """

    def __init__(self, problems: Sequence[Problem], note: str = "", study: Study | None = None) -> None:
        self.problems = list(dict.fromkeys(problems))
        self.note = note
        self.study = study
        shown = grouped(self.problems)
        n, places = len(shown), len({p.where.split(",")[0] for p in shown})
        super().__init__(f"{counted(n, 'problem')} in {counted(places, 'place')}", note)
        self.args = (self.problems, note)

    def __str__(self) -> str:
        heading = f"{self.what}. Nothing has been run."
        return "\n".join([heading, *numbered(self.problems), *([self.note] if self.note else [])])


def warning_text(warnings: Sequence[Problem]) -> str:
    """What does not stop a study but must be known, under a heading; empty if there is nothing."""
    n = len(grouped(warnings))
    return "\n".join([counted(n, "warning"), *numbered(warnings)]) if n else ""


def numbered(problems: Sequence[Problem]) -> list[str]:
    """A line for each problem, and one for its hint; what is said of several rows is said once."""
    lines = []
    for number, p in enumerate(grouped(problems), 1):
        lines.append(f"{number:<2} {p.where}: {p.text}")
        lines += [f"   {p.hint}"] if p.hint else []
    return lines


def grouped(problems: Iterable[Problem]) -> list[Problem]:
    """The problems, with one in place of several that say the same of several rows or parts of a file.

    The same: equal words, or for more than `FEW` the same kind, or the same words about another cell each.
    """
    groups: dict[tuple, list] = {}
    for p in dict.fromkeys(problems):
        place = IN_A_ROW.fullmatch(p.where)
        of = (place["file"], place["rest"]) if place else (p.where.partition(", ")[0], p.about, "no row")
        groups.setdefault((*of, p.kind or _of_a_cell(p.what), WITH_DIGITS.sub("", p.hint)), []).append(
            (place, p)
        )
    shown = []
    for group in groups.values():
        merged = _as_one if group[0][0] else _as_one_of_parts
        if len(group) > FEW:
            shown.append(merged(group))
            continue
        words: dict[tuple[str, str], list] = {}
        for one in group:
            words.setdefault((one[1].what, one[1].hint), []).append(one)
        shown += [merged(own) if len(own) > 1 else own[0][1] for own in words.values()]
    return shown


def _of_a_cell(what: str) -> str:
    """What is said of a cell without the cell, if nothing else is quoted."""
    return CELL.sub('""', what) if len(CELL.findall(what)) == 1 else what


def _hint(group: Sequence[tuple[re.Match | None, Problem]]) -> str:
    """What to do about all of a group; where each has a hint of its own, that of the first."""
    hint = group[0][1].hint
    if all(p.hint == hint for _, p in group):
        return hint
    return f"The first of them: {hint[:1].lower()}{hint[1:]}"


def _as_one_of_parts(group: Sequence[tuple[None, Problem]]) -> Problem:
    """One problem for several parts of a file, such as settings, which it names as far as there are few."""
    first = group[0][1]
    file = first.where.partition(", ")[0]
    parts = list(dict.fromkeys(part for _, p in group if (part := p.where.partition(", ")[2])))
    more = [f"{len(parts) - MOST_ROWS} more"] if len(parts) > MOST_ROWS else []
    where = f"{file}, {listed([*parts[:MOST_ROWS], *more])}" if parts else file
    return Problem(where, _in_common(group), _hint(group), first.about, shared=_in_common_for_others(group))


def _in_common(group: Sequence[tuple[re.Match | None, Problem]]) -> str:
    """What is said of all of a group, and how often if each says it in words of its own."""
    first = group[0][1]
    if all(p.what == first.what for _, p in group):
        return first.what
    if not first.kind:
        cells = list(dict.fromkeys(cell for _, p in group for cell in CELL.findall(p.what)))
        return CELL.sub(lambda _: _named(cells), first.what, count=1)
    return f"{first.kind} ({len(group)} times; the first: {first.what})"


def _named(cells: Sequence[str]) -> str:
    """The cells of several rows in one sentence: "a", "b", "c" or one of 7 others."""
    *few, last = [*cells[:FEW], f"one of {len(cells) - FEW} others"] if len(cells) > FEW + 1 else cells
    return f"{', '.join(few)} or {last}"


def _in_common_for_others(group: Sequence[tuple[re.Match | None, Problem]]) -> str:
    """The same without what a page that is sent to others must not quote; empty if it quotes nothing."""
    first = group[0][1]
    if not any(p.shared for _, p in group):
        return ""
    return first.shared if len(group) == 1 else f"{first.kind or first.shared} ({len(group)} times)"


def _as_one(group: Sequence[tuple[re.Match, Problem]]) -> Problem:
    """One problem for several rows, which it names as far as there are few."""
    rows = list(dict.fromkeys(place["row"] for place, _ in group))
    labels = list(dict.fromkeys(place["label"] for place, _ in group if place["label"]))
    where = f"{group[0][0]['file']}, {'rows' if len(rows) > 1 else 'row'} "
    where += listed(rows) if len(rows) <= MOST_ROWS else f"{rows[0]} and {len(rows) - 1} others"
    where += f" in {len(labels)} dyads" if len(rows) > MOST_ROWS and 1 < len(labels) < len(rows) else ""
    if labels:
        more = [f"{len(labels) - MOST_LABELS} more"] if len(labels) > MOST_LABELS else []
        where += f" ({listed([*labels[:MOST_LABELS], *more])})"
    abouts = list(dict.fromkeys(p.about for _, p in group if p.about))
    about = f"{counted(len(abouts), 'file')} ({'; '.join(abouts)})" if len(abouts) > 1 else "".join(abouts)
    if len(abouts) > FEW:
        about = f"{len(abouts)} files (first {abouts[0]})"
    where += group[0][0]["rest"]
    return Problem(where, _in_common(group), _hint(group), about, shared=_in_common_for_others(group))


def counted(n: int, word: str) -> str:
    return f"{n} {word}{'s' * (n != 1)}"


def on_disk(path: Path) -> Path:
    """The path as the disk spells it: macOS takes letters with accents apart, and a zip carries that on.

    A path that is not there in either spelling stays as it is.
    """
    if path.exists() or str(path).isascii():
        return path
    found = Path(path.anchor) if path.anchor else Path()
    for part in path.parts[bool(path.anchor) :]:
        there = found / part
        if not there.exists() and found.is_dir():
            wanted = unicodedata.normalize("NFC", part)
            alike = (p for p in sorted(found.iterdir()) if unicodedata.normalize("NFC", p.name) == wanted)
            there = next(alike, there)
        found = there
    return found if found.exists() else path


def nearest_file(path: Path, others: Iterable[str] = (), suffixes: Iterable[str] = ()) -> str:
    """A hint at a file that the path may mean, with one of the suffixes; `others` are something else."""
    if not path.parent.is_dir():
        return f"There is no folder {path.parent} either."
    names = sorted({p.name for p in path.parent.iterdir() if p.is_file()} - set(others))
    names = [name for name in names if not suffixes or Path(name).suffix.lower() in suffixes]
    by_case = [name for name in names if name.lower() == path.name.lower()]
    same = by_case or [name for name in names if Path(name).stem == path.stem]
    near = same or difflib.get_close_matches(path.name, names, n=1, cutoff=0.75)
    return f"In that folder: {near[0]} – is that it?" if near else ""


def nearest(word: str, known: Iterable[str]) -> str | None:
    by_case = {k.lower(): k for k in known}
    near = difflib.get_close_matches(word.lower(), by_case, n=1, cutoff=0.6)
    return by_case[near[0]] if near else None


def by_number(label: str, known: Iterable[str]) -> str | None:
    """The only known label with the number of this one: D01 for Paar01 and Dyad_1; None if there is none.

    Examples
    --------
    >>> by_number("Dyad_1", ["D01", "D02"]), by_number("Paar03", ["T03", "C03"])
    ('D01', None)
    """
    number = [int(digits) for digits in re.findall(r"\d+", label)]
    found = [k for k in known if [int(digits) for digits in re.findall(r"\d+", k)] == number]
    return found[0] if len(number) == 1 == len(found) else None


def label_hint(label: str, known: Iterable[str], what: str) -> str:
    """Which label of the dyads table one that it lacks may stand for; empty if none is like it.

    Labels that have only the number in common get one hint, so that they are one problem of all their rows.
    """
    known = list(known)
    near, same = (nearest(label, known), by_number(label, known)) if label else (None, None)
    if same and same != near:
        return (
            f"If it is the {what} of the same number, write its label as in the dyads table, as {known[0]}."
        )
    return f"Did you mean {near}?" if near else ""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    known = list(known)
    if not known:
        return "This study has none: declare one, or remove this name."
    near = nearest(word, known)
    return f"Did you mean {near}?" if near else f"Known: {', '.join(known)}."


# Settings that had another name in an earlier version.
FORMER_NAMES = {"max_uncorrected_ppm": "max_drift_error_ppm"}


def instead_of_setting(unknown: str, settings: Iterable[str], given: Iterable[str]) -> str:
    """What to do about a setting that there is not, beside those that the study has given."""
    if unknown in FORMER_NAMES:
        return f"It is called {FORMER_NAMES[unknown]} now."
    settings, given = list(settings), set(given)
    absent = [name for name in settings if name not in given]
    if near := nearest(unknown, absent):
        return f"Did you mean {near}?"
    if near := nearest(unknown, settings):
        return f"{near} is set already: remove this line, or correct that one."
    return f"Remove it, or use one of: {', '.join(settings)}." if settings else "Remove it."


def holds(column: str, cell: str) -> str:
    return f'{column} is "{cell}"' if cell else f"{column} is empty"
