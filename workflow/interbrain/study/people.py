"""The people of the dyads: the table of participants, and who is in the study at all."""

from __future__ import annotations

import re
from collections.abc import Collection, Hashable, Mapping
from statistics import median

import pandas as pd

from interbrain.problems import Problem
from interbrain.study.ages import OLDEST, may_be_a_year_of_birth
from interbrain.study.by_role import ROLES
from interbrain.study.columns import cell_checker, cell_problems
from interbrain.study.dyads_table import none_known
from interbrain.study.problems import label_hint
from interbrain.study.reading import numbered_rows
from interbrain.study.understood import made_a_date, of_two_languages

ABOUT_PEOPLE = ["age", "sex", "handedness", "head_circumference_cm"]
# Half of a study's people of one role are not above the first, nor half of its children above the second.
OLD, GROWN_UP = 100, 20
CHILD = re.compile(  # what the words for a role end in: a child therapist or a boyfriend is none
    r"\b(child(ren)?|infants?|bab(y|ies)|toddlers?|newborns?|neonates?|pupils?|boys?|girls?"
    r"|kind(er)?|säuglinge?|enfants?)\s*(,|$)"
)
IN_YEARS = (
    "Ages are in years: if these are months, write the unit into each cell (420 months), or the years (35)."
)

NO_DATE = (
    "Write the age at the recording, in years: a date of birth is not read. If Excel made a date of a "
    "number, give the column the format Text, and type it again."
)


def check_participants(people: pd.DataFrame, known: set | None, name: str) -> list[Problem]:
    """One row a person of the dyads (None: who that is, is not certain).

    A dyad's person without a row is fine: nothing is known of them.
    """
    problems, checker, both = [], cell_checker("participants"), of_two_languages(people["sex"])
    seen: dict[str, Hashable] = {}
    if nobody := none_known(people["participant"], sorted(known or ()), "people", name):
        return [nobody]
    without_row = sorted((known or set()) - set(people["participant"]))
    for row, p in numbered_rows(people):
        person = p["participant"]
        where = f"{name}, row {row}" + (f" ({person})" if person else "")
        if not person or (known is not None and person not in known):
            hint = label_hint(person, without_row, "person") or "Delete the row, or correct the name."
            problems.append(Problem(where, "no such person in the dyads table", hint))
        elif seen.setdefault(person, row) != row:
            problems.append(Problem(where, f"{person} is already in row {seen[person]}"))
        years = _years(p["age"])
        if years is not None and years > OLDEST:
            hint = f"{IN_YEARS} Leave it empty if it is not known."
            if may_be_a_year_of_birth(p["age"]):
                hint = "Ages are in years, not years of birth: write the age at the recording."
            what = f"age is {p['age']}, which is more than {OLDEST} years"
            problems.append(Problem(where, what, hint, kind=f"ages of more than {OLDEST} years"))
            p = {**p, "age": ""}
        if made_a_date(p["age"]):
            problems.append(
                Problem(where, f"age is {p['age']}, which is a date", NO_DATE, kind="dates in age")
            )
            p = {**p, "age": ""}
        p = {**p, "sex": ""} if both else p
        problems += cell_problems(p, checker, where)
    if both:
        hint = "Write F for women and M for men: M may mean mujer or mulher here."
        problems.append(Problem(name, "the column sex has both H and M", hint))
    return problems


def check_ages(
    people: pd.DataFrame, of_role: Mapping[str, Collection[str]], called: Mapping[str, str], name: str
) -> tuple[list[Problem], list[Problem]]:
    """Ages that are possible, but hardly in years; problems and warnings.

    Parameters
    ----------
    of_role : mapping role -> people
    called : mapping role -> str
        What the report calls the role, such as "child, children".
    """
    problems, warnings = [], []
    for role, those in of_role.items():
        cells = people.loc[people["participant"].isin(those), "age"]
        ages = [years for cell in cells if (years := _years(cell)) is not None and years <= OLDEST]
        middle = median(ages) if ages else 0
        what = f"the median age of the {role}s is {middle:g}"
        if middle > OLD:
            problems.append(Problem(name, f"{what}, which cannot be years", IN_YEARS))
        elif middle > GROWN_UP and CHILD.search(called.get(role, "").casefold()):
            what += f", and config.yaml (roles) calls them {called[role]}"
            warnings.append(Problem(name, what, IN_YEARS))
    return problems, warnings


def _years(cell: str) -> float | None:
    """A cell that is a number, with a point or a comma."""
    return float(cell.replace(",", ".")) if re.fullmatch(r"\d+([.,]\d+)?", cell) else None


def participants_of(dyads: pd.DataFrame, people: pd.DataFrame) -> pd.DataFrame:
    """One row a person, in the order in which the dyads name them, therapists first."""
    rows = [{"participant": person, "role": role} for role in ROLES for person in dict.fromkeys(dyads[role])]
    return pd.DataFrame(rows).merge(people, on="participant", how="left").fillna("")
