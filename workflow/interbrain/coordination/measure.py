"""What a measure of coordination is, for readers: formula, bounds, source, and if it may be a headline."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Measure:
    """A measure of coordination and what a reader must know of it.

    Attributes
    ----------
    name : str
        In config and tables.
    title : str
    short : str
        As figures and sentences name it.
    formula : str
        x is the therapist, y the client, k the lag; k > 0: the client is later.
    source : str
        Key of a work in references.bib; empty where the formula is nobody's in particular.
    low, high : float
    signed : bool
        Whether its sign means something. A slow course that everybody shares, such as settling in, has one
        too: a signed measure needs detrended series or strangers before it means coordination.
    headline : bool
        Whether it may be a study's main result: its chance level is right in every cell of calibration.tsv.
    no_headline_of : tuple of str
        Kinds of recordings of which it is none all the same: movement comes in bursts, and a course of the
        session that both share changes how many.
    caution : str
        Why it may not, or what to keep in mind.
    by_window : bool
        Whether each window has a value of its own.
    categorical : bool
        Whether it takes categories, and not quantities.
    """

    name: str
    title: str
    short: str
    formula: str
    source: str
    low: float
    high: float
    signed: bool = False
    headline: bool = False
    no_headline_of: tuple[str, ...] = ()
    caution: str = ""
    by_window: bool = True
    categorical: bool = False

    def is_headline_of(self, kind: str) -> bool:
        """Whether it may be the main result on that kind of recording."""
        return self.headline and kind not in self.no_headline_of

    def described(self) -> str:
        """The sentence for a data dictionary."""
        return f"{self.title}: {self.formula}; from {self.low:.3g} to {self.high:.3g}"
