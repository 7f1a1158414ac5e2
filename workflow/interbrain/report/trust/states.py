"""What a row of "Can I trust this run?" and a warning have in common: a state, a sign and a word."""

from __future__ import annotations

from dataclasses import dataclass

SIGNS = {"good": ("✓", "Good"), "look": ("⚠", "Look"), "note": ("ℹ", "Note")}


class Stated:
    """Something with a `state` of SIGNS, which the page shows as a sign and a word."""

    state: str

    @property
    def sign(self) -> str:
        return SIGNS[self.state][0]

    @property
    def word(self) -> str:
        return SIGNS[self.state][1]


@dataclass(frozen=True)
class Check(Stated):
    """One row of "Can I trust this run?": good, look or note, with a link to the section that shows it."""

    name: str
    state: str
    says: str
    detail: str
    link: str


@dataclass(frozen=True)
class Caution(Stated):
    """What is the matter, and what to do next."""

    about: str
    says: str
    next_step: str
    state: str = "look"
    dyad: str = ""

    @property
    def rank(self) -> int:
        return ("look", "note").index(self.state)
