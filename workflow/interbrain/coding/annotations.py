"""What a coding program's export holds: annotations, and what is wrong with a file."""

from __future__ import annotations

from dataclasses import dataclass

from interbrain.problems import InterbrainError


class CodingError(InterbrainError):
    """An export that cannot be read, with the place in it."""


@dataclass(frozen=True)
class Annotation:
    """One annotation, as its file has it.

    Attributes
    ----------
    onset_s, duration_s : float
        On the file's own clock. The duration is 0 for a moment, and negative where the file ends it before it
        begins.
    label : str
        Its text; empty if it has none.
    tier : str
        The tier that it is on; of a BORIS file the observation.
    who, coder : str
        The participant and the annotator that the file names for it; empty if none.
    where : str
        Its place in the file, for messages: row 12, or annotation a7.
    """

    onset_s: float
    duration_s: float
    label: str
    tier: str
    who: str = ""
    coder: str = ""
    where: str = ""


@dataclass(frozen=True)
class Export:
    """Every annotation of a file, the program that wrote it, its tiers, and what must be known of it."""

    program: str
    annotations: list[Annotation]
    tiers: list[str]
    notes: tuple[str, ...] = ()
