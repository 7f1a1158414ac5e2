"""The form of a finding: a verdict, what it claims, and what speaks against it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

ALPHA = 0.05
NO_TEST = "the tables of statistics hold no such test"
RAW, CORRECTED = "plv", "above_chance"
BOTH = "both"

SMALL_STUDY = 20  # dyads; below it, only very large effects can be seen
SMALL_GROUP = 3  # dyads at a level; a mean of fewer says little
UNEQUAL = 2.0  # times the smaller SD; what is less is usual among a few dyads
SYNCHRONY = "synchrony"  # the hypothesis that there is any
STRANGERS = "above_pseudo"

# What each verdict means, from the strongest to the weakest.
VERDICTS = {
    "found": "On raw PLV and PLV above chance (of other signals: above chance), and no other test "
    "contradicts it",
    "qualified": "On both, with a reservation about what it means",
    "unconfirmed": "On both, and a test that could have confirmed it does not",
    "unconfirmable": "On both, and no exact test of a study of this size could confirm it",
    "not-apart": "On both, but not with both members' signal-to-noise held constant",
    "corrected-only": "On PLV above chance alone",
    "opposite": "On both, in opposite directions",
    "unchecked": "On raw PLV, and PLV above chance was not tested",
    "raw-only": "On raw PLV alone",
    "equivalent": "Every difference is shown to be smaller than the smallest that would matter",
    "below": "Of synchrony itself: below chance, which no synchrony explains",
    "none": "Nothing found, in a study large and precise enough to have shown a large effect",
    "unclear": "Nothing found, and the study cannot tell",
    "uncalibrated": "No verdict: uncoordinated members differ from this measure's chance level too often",
    "untested": "Not tested; the reason is given",
}
# What a hypothesis asks. Of the first three, it is about synchrony of the brains.
QUESTIONS = {
    "synchrony": "Whether there is synchrony of the brains",
    "factor": "Whether synchrony differs between the levels of a factor",
    "score": "Whether synchrony goes with a score",
    "coordination": "Whether other signals are coordinated",
    "coordination by factor": "Whether coordination differs between the levels of a factor",
    "coordination with score": "Whether coordination goes with a score",
    "coded events": "Whether synchrony or coordination differs at coded events from the minutes around them",
    "brain and body": "Whether moments of synchrony are moments of coordination",
}
OF_BRAINS = tuple(QUESTIONS)[:3]
# Reservations after which synchrony is called simultaneous, but not shown to be coupling.
SIMULTANEOUS = ("zero lag", "wide", "amplitudes", "line")
OF_LAGS = (*SIMULTANEOUS, "zero lag floor", "zero lag untested")


@dataclass(frozen=True)
class Claim:
    """One difference or correlation that the tables support, after correction.

    Attributes
    ----------
    on : str
        The measure, or ``both`` (raw PLV and above chance).
    higher, lower : str
        Of synchrony or coordination itself, `higher` is ``above`` or ``below`` chance; at coded events above
        or below their surroundings; of brain and body, above or below no relation.
        Of a factor, two levels by the adjusted contrast; empty where the levels differ and no two of them can
        be named. Of a score, `higher` is ``higher`` or ``lower``: PLV with higher scores.
    roi, band : str
        Of a score; empty for a factor, whose contrast is over all.
    size, low, high : float
        Of a factor the adjusted difference, higher minus lower, of a score r; 95 % interval.
    d : float
        The difference in residual SDs; NaN for a score.
    p : float
        Holm-corrected.
    measure : str
        Whose numbers these are.
    """

    on: str
    higher: str = ""
    lower: str = ""
    roi: str = ""
    band: str = ""
    size: float = math.nan
    low: float = math.nan
    high: float = math.nan
    d: float = math.nan
    p: float = math.nan
    measure: str = ""


@dataclass(frozen=True)
class Evidence:
    """One thing that was computed on a hypothesis: a kind, and its numbers.

    Attributes
    ----------
    kind : str
    values : dict
        Numbers and names of the whole; of each of several levels, sites and bands or scales, a list of dicts
        under one name.
    """

    kind: str
    values: dict = field(default_factory=dict)


class Reservation(Evidence):
    """Evidence that speaks against a claim or bounds it."""


@dataclass(frozen=True)
class Finding:
    """What the tables say of one hypothesis.

    Attributes
    ----------
    hypothesis : str
        The factor or score; ``synchrony`` itself.
    verdict : str
        One of `VERDICTS`.
    claims : tuple of Claim
        The strongest first.
    reservations : tuple of Reservation
    reason : str
        Why it was not tested.
    decisive : str
        The measure that decides: PLV above chance where it was tested.
    n_dyads : float
        The fewest that entered.
    reach : float
        What an open result leaves possible: the largest partial eta squared, or |r|, inside its interval.
    evidence : tuple of Evidence
        What was computed besides, whatever it says.
    question : str
        One of `QUESTIONS`.
    """

    hypothesis: str
    verdict: str
    claims: tuple[Claim, ...] = ()
    reservations: tuple[Reservation, ...] = ()
    reason: str = ""
    decisive: str = ""
    n_dyads: float = math.nan
    reach: float = math.nan
    evidence: tuple[Evidence, ...] = ()
    question: str = ""

    def told(self, kind: str, **where: Any) -> list[dict]:
        """The values of the evidence of this kind, of those with these values."""
        found = [one.values for one in self.evidence if one.kind == kind]
        return [v for v in found if all(v.get(name) == value for name, value in where.items())]

    @property
    def against(self) -> set[str]:
        """The kinds of its reservations."""
        return {one.kind for one in self.reservations}

    @property
    def on_both(self) -> tuple[Claim, ...]:
        """The claims that raw PLV and PLV above chance support alike."""
        return tuple(claim for claim in self.claims if claim.on == BOTH)


def missing(value: Any) -> bool:
    """True for None, NaN, an empty text and ``n/a``, as tables in memory and on disk have them."""
    if isinstance(value, str):
        return value.strip() in ("", "n/a")
    return value is None or bool(pd.isna(value))


def reason_of(notes: Sequence) -> str:
    """The first of these notes that says something."""
    return next((str(note) for note in notes if not missing(note)), "")


def rows_of(tables: Mapping[str, pd.DataFrame], name: str, **where: Any) -> pd.DataFrame:
    """The rows of a table where its columns have these values; none where there is no such table."""
    table = tables.get(name)
    if table is None or table.empty:
        return pd.DataFrame()
    asked = np.ones(len(table), bool)
    for column, value in where.items():
        asked &= (table[column] == value).to_numpy(bool)
    return table[asked]
