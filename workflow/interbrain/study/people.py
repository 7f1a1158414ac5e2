"""The people of the dyads: the table of participants, and who is in the study at all."""

from __future__ import annotations

from collections.abc import Hashable

import pandas as pd

from interbrain.problems import Problem
from interbrain.study.by_role import ROLES
from interbrain.study.columns import cell_checker, cell_problems
from interbrain.study.problems import label_hint
from interbrain.study.reading import numbered_rows

ABOUT_PEOPLE = ["age", "sex", "handedness", "head_circumference_cm"]


def check_participants(people: pd.DataFrame, known: set | None, name: str) -> list[Problem]:
    """One row a person of the dyads (None: who that is, is not certain).

    A dyad's person without a row is fine: nothing is known of them.
    """
    problems, checker = [], cell_checker("participants")
    seen: dict[str, Hashable] = {}
    without_row = sorted((known or set()) - set(people["participant"]))
    for row, p in numbered_rows(people):
        person = p["participant"]
        where = f"{name}, row {row}" + (f" ({person})" if person else "")
        if not person or (known is not None and person not in known):
            hint = label_hint(person, without_row, "person") or "Delete the row, or correct the name."
            problems.append(Problem(where, "no such person in the dyads table", hint))
        elif seen.setdefault(person, row) != row:
            problems.append(Problem(where, f"{person} is already in row {seen[person]}"))
        problems += cell_problems(p, checker, where)
    return problems


def participants_of(dyads: pd.DataFrame, people: pd.DataFrame) -> pd.DataFrame:
    """One row a person, in the order in which the dyads name them, therapists first."""
    rows = [{"participant": person, "role": role} for role in ROLES for person in dict.fromkeys(dyads[role])]
    return pd.DataFrame(rows).merge(people, on="participant", how="left").fillna("")
