"""What a person decided by hand: checked against the study, and given to the jobs as plain values.

Whether a recording has the channel, component or window that a row names, only its own job can tell.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence

import pandas as pd

from interbrain.problems import Problem
from interbrain.study.columns import cell_checker, cell_problems
from interbrain.study.dyads_table import no_such_dyad
from interbrain.study.reading import numbered_rows
from interbrain.words import listed

COLUMNS = ["dyad", "time", "participant", "what", "item", "decision", "by", "reason"]


def check_decisions(
    decisions: pd.DataFrame,
    known: Sequence[str],
    members: Mapping[str, Sequence[str] | None],
    times: Sequence[str],
    name: str,
) -> list[Problem]:
    """Whom and what each row names, and whether two rows decide the same thing.

    Parameters
    ----------
    known : sequence of str
        Every dyad; rows of those that are not in `members` are ignored.
    members : mapping dyad -> people, or None
        Of the included dyads; None where the dyads table leaves in doubt who is who.
    """
    problems = []
    seen: dict[tuple, tuple[Hashable, str]] = {}
    checker = cell_checker("decisions", levels={"time": times})
    everybody = set(known)
    for row, d in numbered_rows(decisions):
        dyad, what, item, decision = (d[column] for column in ("dyad", "what", "item", "decision"))
        where = f"{name}, row {row}" + (f" ({dyad})" if dyad else "")
        if dyad not in everybody:
            problems.append(no_such_dyad(dyad, known, where))
        elif dyad not in members:
            continue
        wrong = cell_problems(d, checker, where)
        people = members.get(dyad)
        if people and what != "window" and d["participant"] not in ("", *people):
            hint = f"Its members are {listed(people)}."
            wrong.insert(0, Problem(where, f"{d['participant']} is not a member of {dyad}", hint))
        problems += wrong
        if wrong or dyad not in everybody:
            continue
        thing = (dyad, d["time"], d["participant"], *_item(what, item))
        first, there = seen.setdefault(thing, (row, decision))
        if first != row:
            about = f"{what} {item} is decided in row {first} already"
            if there != decision:
                about = f'{what} {item}: the decision is "{decision}" here and "{there}" in row {first}'
            problems.append(Problem(where, about, "Keep one of the two rows."))
    return problems


def plain_decisions(decisions: pd.DataFrame, times: Sequence[str]) -> dict[tuple, list[dict]]:
    """The decisions by dyad, run and participant ("" for the dyad's windows).

    Each is what, item, decision, by, reason; a window's item is its start in s. They are in the order of
    their items and know nothing of rows, so that a table in another order is the same to every job.
    """
    found = defaultdict(list)
    for d in decisions.to_dict("records"):
        what, item = _item(d["what"], d["item"])
        about = {name: d[name] for name in ("decision", "by", "reason")}
        found[d["dyad"], times.index(d["time"]) + 1, d["participant"]].append(
            {"what": what, "item": item, **about}
        )
    return {whose: sorted(rows, key=lambda d: (d["what"], d["item"])) for whose, rows in found.items()}


def _item(what: str, item: str) -> tuple[str, str | float]:
    """What is decided about; a window by its start, whether it is written 32 or 32.0."""
    return what, float(item) if what == "window" else item


def decided_in_vain(by_hand: pd.DataFrame, recordings: pd.DataFrame, name: str) -> list[Problem]:
    """A warning for each decision about a recording that is missing or not used."""
    there = set(zip(recordings["dyad"], recordings["time"], strict=True)) if len(recordings) else set()
    return [
        Problem(f"{name}, row {row} ({d['dyad']})", f"no {d['time']} recording of {d['dyad']} is used")
        for row, d in numbered_rows(by_hand)
        if (d["dyad"], d["time"]) not in there
    ]
