"""The works that the methods text can cite, from `references.bib`, as APA (7th edition) writes them.

The file is read by pybtex; here is only the style: of articles in journals and of software.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pybtex.database import Entry, Person

WORKS = Path(__file__).with_name("references.bib")
MOST_AUTHORS = 20  # who are all named; of more, the first 19 and the last


@dataclass(frozen=True)
class Reference:
    """One work: its key, its entry, and this as the file spells it, for a reference manager or LaTeX."""

    key: str
    entry: Entry
    bibtex: str

    @property
    def short(self) -> str:
        """How the text cites it: ``Tenke & Kayser, 2001``, or of three or more ``Lachaux et al., 1999``."""
        names = [_family(person) for person in self.entry.persons["author"]]
        authors = " & ".join(names) if len(names) < 3 else f"{names[0]} et al."
        return f"{authors}, {self._plain('year')}"

    @property
    def parts(self) -> tuple[tuple[str, bool], ...]:
        """The entry of the list of references without its DOI: pieces of text, and whether in italics."""
        return tuple(self._parts())

    @property
    def doi(self) -> str:
        """The bare DOI; empty where the work has none."""
        return str(self.entry.fields.get("doi", ""))

    @property
    def text(self) -> str:
        """The whole entry as plain text."""
        return "".join(text for text, _ in self.parts) + self._address()

    @property
    def markdown(self) -> str:
        """The whole entry, with its italics as Markdown has them."""
        return "".join(f"*{text}*" if italic else text for text, italic in self.parts) + self._address()

    def _address(self) -> str:
        return f" https://doi.org/{self.doi}" if self.doi else ""

    def _plain(self, name: str) -> str:
        """A field without its LaTeX: no braces, dashes and accents as characters."""
        return _without_latex(self.entry.fields[name])

    def _parts(self) -> Iterator[tuple[str, bool]]:
        yield f"{_listed(self.entry.persons['author'])} ({self._plain('year')}). ", False
        title = self._plain("title")
        if self.entry.type == "inproceedings":
            editors = " & ".join(f"{_initials(one)} {_family(one)}" for one in self.entry.persons["editor"])
            yield f"{title}. In {editors} (Eds.), ", False
            yield self._plain("booktitle"), True
            yield f" (pp. {self._plain('pages')}).", False
            return
        if self.entry.type != "article":
            yield title, True
            yield f" [{self._plain('note')}]. {self._plain('publisher')}.", False
            return
        yield f"{title}. ", False
        yield self._plain("journal"), True
        yield ", ", False
        yield self._plain("volume"), True
        number = f"({self._plain('number')})" if "number" in self.entry.fields else ""
        pages = self._plain("pages")
        yield f"{number}, {pages if '–' in pages else f'Article {pages}'}.", False


@cache
def _without_latex(text: str) -> str:
    from pybtex.richtext import Text

    return str(Text.from_latex(text)).replace("--", "–")


def _family(person: Person) -> str:
    return " ".join([*person.prelast_names, *person.last_names])


def _initials(person: Person) -> str:
    """``Jean-Philippe`` as ``J.-P.``, ``Francisco J.`` as ``F. J.``"""
    names = [*person.first_names, *person.middle_names]
    return " ".join("-".join(f"{part[0]}." for part in name.split("-") if part) for name in names)


def _listed(people: list[Person]) -> str:
    """``Tenke, C. E., & Kayser, J.``: all authors, up to `MOST_AUTHORS`."""
    names = [f"{_family(person)}, {_initials(person)}" for person in people]
    if len(names) > MOST_AUTHORS:
        return f"{', '.join(names[: MOST_AUTHORS - 1])}, . . . {names[-1]}"
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])}, & {names[-1]}"


@cache
def works() -> dict[str, Reference]:
    """Every work of the file, by its key."""
    from pybtex.database import parse_string

    text = WORKS.read_text(encoding="utf-8")
    entries = parse_string(text, "bibtex").entries
    # Each begins a paragraph. The text as it is: pybtex would escape a second time what is escaped.
    spelt = {one.partition("{")[2].partition(",")[0]: one.strip() + "\n" for one in text.split("\n\n")[1:]}
    return {key: Reference(key, entry, spelt[key]) for key, entry in entries.items()}
