"""What a reader must know of a row, in sentences: who is left out, and which dyads share a person."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from interbrain.words import listed

from .cells import PEOPLE

COUNTS = ["df1", "df2", "n", "n_dyads", "n_a", "n_b", "n_relabelings", "n_flips", "n_partial", "n_needed"]
COUNTS += ["n_therapists", "most_dyads"]


def without(left_out: Mapping[str, list]) -> list[str]:
    """One sentence on the dyads that are left out, or none; those that lack the same are named together.

    Examples
    --------
    >>> without({"D01": ["PLV"], "D02": ["score"], "D03": ["PLV"]})
    ['without D01 and D03: no PLV; D02: no score']
    """
    return without_for({dyad: [f"no {one}" for one in what] for dyad, what in left_out.items()})


def without_for(left_out: Mapping[str, Sequence[str]]) -> list[str]:
    """As `without`, where the reasons are whole phrases."""
    together: dict[str, list[str]] = {}
    for dyad, why in left_out.items():
        together.setdefault(", ".join(why), []).append(str(dyad))
    said = "; ".join(f"{listed(dyads)}: {why}" for why, dyads in together.items())
    return [f"without {said}"] if said else []


def fewer_times(absent: Mapping[Any, Sequence], times: Sequence, dyads: Iterable) -> list[str]:
    """One sentence on the dyads that enter with some of the times only, or none.

    Parameters
    ----------
    absent : mapping dyad -> times without a recording
    times : sequence
        All that are used.
    dyads : iterable
        Those that enter.
    """
    named = [
        f"{dyad} ({', '.join(str(t) for t in times if t not in absent[dyad])} alone)"
        for dyad in dyads
        if dyad in absent
    ]
    return [f"with fewer times: {', '.join(named)}"] if named else []


def fewer_cells(lacking: Mapping[Any, Sequence[str]], dyads: Iterable) -> list[str]:
    """One sentence on the dyads that enter though a value is missing, or none.

    Parameters
    ----------
    lacking : mapping dyad -> what it lacks
    dyads : iterable
        Those that enter.
    """
    named = [f"{dyad} (no {', no '.join(lacking[dyad])})" for dyad in dyads if dyad in lacking]
    return [f"with the values that there are: {', '.join(named)}"] if named else []


def shared_people(dyads: pd.DataFrame) -> list[str]:
    """One sentence on who is in several of the dyads that are compared, or none: they are not independent."""
    return in_several_dyads(
        (str(person), list(map(str, own.index)))
        for role in PEOPLE
        for person, own in dyads.groupby(role, sort=False, observed=True)
    )


def in_several_dyads(people: Iterable[tuple[str, Sequence[str]]]) -> list[str]:
    """One sentence on those of `people`, each with the own dyads, who are in several; or none.

    Examples
    --------
    >>> in_several_dyads([("T1", ["D01", "D02"]), ("T2", ["D03"]), ("T3", ["D04", "D05"])])
    ['T1 is in 2 dyads (D01, D02), T3 in 2 (D04, D05); dyads are treated as independent']
    """
    told: list[str] = []
    for person, dyads in people:
        if len(dyads) > 1:
            how_many = f"in {len(dyads)}" if told else f"is in {len(dyads)} dyads"
            told.append(f"{person} {how_many} ({', '.join(dyads)})")
    return [f"{', '.join(told)}; dyads are treated as independent"] if told else []


def note(sentences: Iterable[str | None]) -> str | None:
    """Join sentences; None where there is nothing to say."""
    return ". ".join(sentence.removesuffix(".") for sentence in sentences if sentence) or None


# How the sentences of this module begin; others may have a full stop within them.
_BEGINNINGS = re.compile(
    r"\. (?=without |with fewer times: |with the values that there are: |\S+ is in \d+ dyads )"
)


def sentences_of(joined: str) -> list[str]:
    """The sentences of a note, as far as they are this module's.

    Examples
    --------
    >>> sentences_of("one dyad only. without D03: no client. D04 is left out")
    ['one dyad only', 'without D03: no client. D04 is left out']
    """
    return _BEGINNINGS.split(joined)


def whole_counts(table: pd.DataFrame) -> pd.DataFrame:
    """Counts as whole numbers, even beside missing ones."""
    return table.astype({name: "Int64" for name in COUNTS if name in table})
