"""For whom a claim holds: one therapist's dyads alone, levels that one therapist has, levels of few dyads.

From who is in the dyads alone; what therapists have in common is in `therapists`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

import pandas as pd

from interbrain.statistics.therapists import LEVELS_APART

from .form import SMALL_GROUP, Claim, Reservation, missing, rows_of

Tables = Mapping[str, pd.DataFrame]


def of_therapists(tables: Tables, measure: str, tested: str) -> Iterator[Reservation]:
    """Whether the dyads behind a test say anything of other therapists.

    Yields
    ------
    Reservation
        ``one therapist``: all dyads have the same. ``most of one therapist``: more than half of them have.
    """
    rows = rows_of(tables, "therapists", measure=measure, tested=tested)
    if rows.empty or missing(rows["most_dyads"].iloc[0]):
        return
    names = {"n": "most_dyads", "n_dyads": "n_dyads", "n_therapists": "n_therapists"}
    who = {name: int(rows[column].iloc[0]) for name, column in names.items()}
    if who["n_therapists"] == 1:
        yield Reservation("one therapist", who)
    elif 2 * who["n"] > who["n_dyads"]:
        yield Reservation("most of one therapist", who)


def of_levels(
    tables: Tables, measure: str, factor: str, claims: Sequence[Claim] = ()
) -> Iterator[Reservation]:
    """Levels between which nothing else could be told apart; of those that are claimed, if any is named.

    Yields
    ------
    Reservation
        ``one therapist a level``: all dyads at a level have one therapist, and those at others have others.
        ``few at a level``: fewer than `SMALL_GROUP` dyads.
    """
    named = {level for claim in claims for level in (claim.higher, claim.lower) if level}
    rows = rows_of(tables, "therapists", measure=measure, tested=factor)
    if len(rows) and not missing(rows["levels_of_one"].iloc[0]) and rows["n_therapists"].iloc[0] > 1:
        alone = _chosen(str(rows["levels_of_one"].iloc[0]).split(LEVELS_APART), named)
        if alone:
            yield Reservation("one therapist a level", {"levels": [{"level": level} for level in alone]})
    sizes: dict[str, int] = {}
    for row in rows_of(tables, "equivalence", measure=measure, factor=factor).to_dict("records"):
        sizes |= {str(row[f"level_{end}"]): int(row[f"n_{end}"]) for end in "ab"}
    few = _chosen([level for level, n in sizes.items() if n < SMALL_GROUP], named)
    if few:
        told = [{"level": level, "n_dyads": sizes[level]} for level in few]
        yield Reservation("few at a level", {"levels": told})


def _chosen(levels: Sequence[str], named: Collection[str]) -> list[str]:
    return [level for level in levels if not named or level in named]
