"""The form of a finding: a verdict, what it claims, and what speaks against it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

ALPHA = 0.05
NO_TEST = "the tables of statistics hold no such test"
RAW, CORRECTED = "plv", "above_chance"
BOTH = "both"

# From the strongest to the weakest.
VERDICTS = (
    "found",  # on both measures, and nothing that was computed speaks against it
    "qualified",  # on both, with a reservation about what it means
    "unconfirmed",  # on both, and a test that could have confirmed it does not
    "unconfirmable",  # on both, and a study of this size could not confirm it
    "not-apart",  # on both, and not once both members' signal-to-noise is held constant
    "corrected-only",
    "opposite",  # the measures point in opposite directions
    "unchecked",  # raw PLV alone was tested
    "raw-only",
    "equivalent",
    "below",  # of synchrony itself: below chance, which no synchrony explains
    "none",  # large and precise enough to speak of no clear difference or correlation
    "unclear",
    "untested",
)


@dataclass(frozen=True)
class Claim:
    """One difference or correlation that the tables support, after correction.

    Attributes
    ----------
    on : str
        The measure, or ``both`` (raw PLV and above chance).
    higher, lower : str
        Of synchrony itself, `higher` is ``above`` or ``below`` chance.
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
class Reservation:
    """One thing that speaks against a claim or bounds it: a kind, and its numbers."""

    kind: str
    values: dict = field(default_factory=dict)


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
    """

    hypothesis: str
    verdict: str
    claims: tuple[Claim, ...] = ()
    reservations: tuple[Reservation, ...] = ()
    reason: str = ""
    decisive: str = ""
    n_dyads: float = math.nan
    reach: float = math.nan

    @property
    def on_both(self) -> tuple[Claim, ...]:
        """The claims that raw PLV and PLV above chance support alike."""
        return tuple(claim for claim in self.claims if claim.on == BOTH)


def missing(value) -> bool:
    """True for None, NaN, an empty text and ``n/a``, as tables in memory and on disk have them."""
    if isinstance(value, str):
        return value.strip() in ("", "n/a")
    return value is None or bool(pd.isna(value))


def reason_of(notes: Sequence) -> str:
    """The first of these notes that says something."""
    return next((str(note) for note in notes if not missing(note)), "")


def _written(one: Reservation) -> str:
    """``floor: p=0.1667, n_relabelings=12``; of several cells ``ranks: frontal theta spearman=...``."""
    lists = [value for value in one.values.values() if isinstance(value, list)]
    parts = [part for value in lists for part in value] if lists else [one.values] if one.values else []
    told = []
    for part in parts:
        names = [value for value in part.values() if isinstance(value, str) and value]
        numbers = [f"{name}={value:.4g}" for name, value in part.items() if not isinstance(value, str | None)]
        told.append(" ".join([*names, ", ".join(numbers)]).strip())
    return f"{one.kind}: {', '.join(told)}" if told else one.kind


def rows_of(tables: Mapping[str, pd.DataFrame], name: str, **where) -> pd.DataFrame:
    """The rows of a table where its columns have these values; none where there is no such table."""
    table = tables.get(name)
    if table is None or table.empty:
        return pd.DataFrame()
    for column, value in where.items():
        table = table[table[column] == value]
    return table


COLUMNS = ["hypothesis", "verdict", "claim", "on", "level_higher", "level_lower", "roi", "band"]
COLUMNS += ["size", "size_low", "size_high", "d", "p_holm", "measure", "n_dyads"]
COLUMNS += ["reservations", "reason"]


def findings_table(findings: Sequence[Finding]) -> pd.DataFrame:
    """One row a claim, and one for a hypothesis without any."""
    rows = []
    for one in findings:
        about = {"hypothesis": one.hypothesis, "verdict": one.verdict, "n_dyads": one.n_dyads}
        about |= {"reason": one.reason or None, "measure": one.decisive or None}
        about["reservations"] = "; ".join(map(_written, one.reservations)) or None
        for number, claim in enumerate(one.claims, 1):
            rows.append(
                about
                | {"claim": number, "on": claim.on, "level_higher": claim.higher or None}
                | {"level_lower": claim.lower or None, "roi": claim.roi or None, "band": claim.band or None}
                | {"size": claim.size, "size_low": claim.low, "size_high": claim.high}
                | {"d": claim.d, "p_holm": claim.p, "measure": claim.measure}
            )
        if not one.claims:
            rows.append(about)
    table = pd.DataFrame(rows, columns=COLUMNS)
    return table.astype({"claim": "Int64", "n_dyads": "Int64"})
