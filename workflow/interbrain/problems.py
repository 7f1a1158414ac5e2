"""What is wrong, in three parts that stay apart: where, what, and what to do about it.

Every error of ours is an `InterbrainError`; whoever shows one takes its parts, and nobody takes a sentence
apart. Knows no particular fault.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong, or that a person must know: where it stands, what it is, and what to do.

    Attributes
    ----------
    where, what, hint : str
    about : str
        Which thing in that place, e.g. the file of one member.
    kind : str
        What many of this kind have in common, where `what` holds the figures of one.
    shared : str
        What a page that is sent to others says instead, where `what` quotes cells, names of files or names
        of people.
    """

    where: str
    what: str
    hint: str = ""
    about: str = ""
    kind: str = ""
    shared: str = ""

    @property
    def text(self) -> str:
        """What is wrong, and with which thing."""
        return f"{self.about}: {self.what}" if self.about else self.what

    @property
    def plain(self) -> dict[str, str]:
        """As a JSON file of the laboratory's own holds it."""
        return {"where": self.where, "what": self.text, "hint": self.hint}

    @property
    def for_others(self) -> dict[str, str]:
        """As the report holds it, which is sent to others."""
        return self.plain | ({"what": self.shared} if self.shared else {})


class InterbrainError(ValueError):
    """Something of the study, or of what was asked of the library, that a person can put right.

    Anything else that a job raises is a fault of the program.

    Parameters
    ----------
    what : str
        What is wrong, without the full stop.
    hint : str
        What to do about it, in whole sentences; empty if there is nothing.
    where : str or path
        The file, the dyad or the setting; empty if whoever catches the error knows.

    Examples
    --------
    >>> print(InterbrainError("is empty", "Copy it again.", where="D01_pre.Poly5"))
    D01_pre.Poly5: is empty. Copy it again.
    """

    def __init__(self, what: str, hint: str = "", *, where: str | os.PathLike = "") -> None:
        super().__init__(what, hint)
        self.where, self.what, self.hint = str(where), what.removesuffix("."), hint

    @property
    def text(self) -> str:
        """What is wrong, and where."""
        return f"{self.where}: {self.what}" if self.where else self.what

    def __str__(self) -> str:
        end = "" if self.what.endswith(("?", "!")) else "."
        return f"{self.text}{end} {self.hint}".rstrip()

    @classmethod
    def of(cls, error: InterbrainError, where: str) -> Self:
        """The same fault as an error of this class, by somebody who knows more of where it is."""
        return cls(error.what, error.hint, where=f"{where}: {error.where}" if error.where else where)


class ManyProblems(InterbrainError):
    """Several faults, found at once and listed below a heading.

    Parameters
    ----------
    what : str
        The heading.
    problems : sequence of str
        A line each.
    """

    MOST = 20  # lines that are shown

    def __init__(self, what: str, problems: Iterable[object] = ()) -> None:
        super().__init__(what)
        self.problems: Sequence[object] = list(problems)

    def __str__(self) -> str:
        return "\n".join([f"{self.what}:", *(f"   {p}" for p in self.problems[: self.MOST])])
