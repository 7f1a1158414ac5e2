"""The table of dyads: who is whose partner, in which groups, and whether the kept dyads can be compared."""

from __future__ import annotations

import math
import re
from collections.abc import Hashable, Iterable, Mapping, Sequence

import pandas as pd

from interbrain.problems import Problem
from interbrain.study.answers import coded_score, limits_without_codes
from interbrain.study.by_role import ROLES
from interbrain.study.columns import cell_checker, cell_problems, row_schema
from interbrain.study.problems import MOST_ROWS, by_number, holds, label_hint
from interbrain.study.reading import numbered_rows
from interbrain.study.settings import Statistics
from interbrain.study.understood import (
    is_no_reason,
    is_not_known,
    made_a_date,
    one_of_two,
    with_point,
)
from interbrain.thousands import may_be_two_numbers
from interbrain.words import listed

EXCLUDE = "exclude the dyad with a reason in the dyads table."
EXCLUDE_ALL = "exclude the dyads with a reason in the dyads table."


def check_dyads(dyads: pd.DataFrame, factors: Mapping[str, list], name: str) -> list[Problem]:
    """Labels, partners, levels. Of an excluded dyad only its own label and the reason matter."""
    problems = []
    seen: dict[str, Hashable] = {}
    roles: dict[str, str] = {}
    clients: dict[str, str] = {}
    whole, excluded = cell_checker("dyads", levels=factors), cell_checker("dyads", ["dyad", "exclude"])
    for row, d in numbered_rows(dyads):
        where = f"{name}, row {row}" + (f" ({d['dyad']})" if d["dyad"] else "")
        included = not d["exclude"]
        wrong = cell_problems(d, whole if included else excluded, where)
        if is_no_reason(d["exclude"]) and not any(p.what.startswith("exclude") for p in wrong):
            hint = row_schema("dyads")["properties"]["exclude"]["x-hint"]
            wrong.append(Problem(where, holds("exclude", d["exclude"]), hint))
        problems += wrong
        if d["dyad"] and seen.setdefault(d["dyad"], row) != row:
            problems.append(Problem(where, f"{d['dyad']} is already in row {seen[d['dyad']]}"))
        if not included:
            continue
        therapist, client = d["therapist"], d["client"]
        if therapist and therapist == client:
            problems.append(Problem(where, f"{client} is both the therapist and the client"))
        else:
            for role in ROLES:
                if d[role] and roles.setdefault(d[role], role) != role:
                    problems.append(
                        Problem(where, f"{d[role]} is the {role} here and the {roles[d[role]]} above")
                    )
        if client and clients.setdefault(client, d["dyad"]) != d["dyad"]:
            hint = (
                "Only a therapist may be in several dyads. If one person was the client of two, write into "
                "exclude of one of the rows why it is not used: under two labels, this person would count "
                "as two."
            )
            problems.append(Problem(where, f"{client} is already the client of {clients[client]}", hint))
    if not any(not reason or is_no_reason(reason) for reason in dyads["exclude"]):
        problems.append(
            Problem(name, "every dyad is excluded", "Empty the cell exclude of the dyads to keep.")
        )
    return problems


def check_spelling(dyads: pd.DataFrame, name: str) -> tuple[list[Problem], list[Problem]]:
    """Labels that one person would take for the same: problems, and those that only deserve a warning."""
    problems, warnings = [], []
    kept = dyads[dyads["exclude"] == ""]
    for columns in (["dyad"], list(ROLES)):
        first: dict[str, tuple[int, str]] = {}
        for row, labels in numbered_rows((dyads if columns == ["dyad"] else kept)[columns]):
            for label in filter(None, labels.values()):
                bare = re.sub(r"(?<![0-9])0+(?=[0-9])", "", _as_digits(label.lower()))
                other_row, other = first.setdefault(bare, (row, label))
                if other == label:
                    continue
                where = f"{name}, row {row} ({label})"
                if other.lower() == label.lower():
                    what = f"{label} differs from {other} in row {other_row} only in capital letters"
                    hint = "If they are one, spell them alike; if not, give one of them another label."
                    problems.append(Problem(where, what, hint))
                else:
                    by_zeros = _as_digits(other.lower()) != _as_digits(label.lower())
                    how = "leading zeros" if by_zeros else "a letter that looks like a digit"
                    what = f"{label} differs from {other} in row {other_row} only by {how}"
                    warnings.append(Problem(where, what, "If they are one, spell them alike in every table."))
    return problems, warnings


def _as_digits(label: str) -> str:
    """The letters o, i and l as the digits that look like them, beside a digit: TO1 is T01."""
    digits = {"o": "0", "i": "1", "l": "1"}
    return re.sub(r"[oil](?=[0-9])|(?<=[0-9])[oil]", lambda letter: digits[letter[0]], label)


def check_design(dyads: pd.DataFrame, between: Sequence[str], interactions: bool, name: str) -> list[Problem]:
    """Whether the included dyads can carry the model that the config asks for."""
    problems = []
    levels = {factor: list(dict.fromkeys(dyads[factor])) for factor in between}
    for factor, found in levels.items():
        if len(found) == 1:
            what = f"{factor} is {found[0]} in every dyad that is kept: there is nothing to compare"
            hint = f"Remove {factor} from statistics: between in config.yaml, or correct the column."
            problems.append(Problem(name, what, hint))
    counts = [len(found) for found in levels.values()]
    parameters = math.prod(counts) if interactions else 1 + sum(n - 1 for n in counts)
    if not problems and between and len(dyads) <= parameters:
        enough = f"at least {parameters + 1} are needed"
        what = f"{len(dyads)} dyads are too few to test {listed(between)}: {enough}"
        hint = "Remove factors from statistics: between in config.yaml; between: [] compares no groups."
        problems.append(Problem(name, what, hint))
    return problems


def shared_therapists(dyads: pd.DataFrame, name: str) -> list[Problem]:
    """One warning of the therapists of several dyads, and of what the analysis makes of it."""
    known = dyads[dyads["therapist"] != ""]
    several = [(who, own) for who, own in known.groupby("therapist", sort=False) if len(own) > 1]
    if len(several) == 1:
        [(therapist, own)] = several
        where = f"{name}, rows {listed(map(str, own.index))}"
        what = f"{therapist} is the therapist of {listed(own['dyad'])}, which are therefore not independent"
        hint = "The tests over dyads treat them as independent; the report has tests beside them that do not."
        return [Problem(where, what, hint)]
    if several:
        shown = "; ".join(f"{therapist}: {listed(own['dyad'])}" for therapist, own in several[:MOST_ROWS])
        shown += f"; and {len(several) - MOST_ROWS} more" if len(several) > MOST_ROWS else ""
        what = f"{len(several)} therapists have several dyads, which are therefore not independent ({shown})"
        return [
            Problem(
                name,
                what,
                "The tests that allow for it decide where they can be computed, and are in the report.",
            )
        ]
    return []


def none_known(labels: Iterable[str], known: Iterable[str], whose: str, name: str) -> Problem | None:
    """One problem where a table of several dyads, or people, has not one label of the dyads table; else None.

    `whose` is what they are labels of: dyads or people.
    """
    own, known = [label for label in dict.fromkeys(labels) if label], list(known)
    if len(own) < 2 or not known or set(own) & set(known):
        return None
    what = (
        f"none of its {len(own)} {whose} is in the dyads table: it has {own[0]}, {own[1]} and others, and "
        f"the dyads table has {listed(known[:2]) if len(known) < 3 else f'{known[0]}, {known[1]} and others'}"
    )
    same = by_number(own[0], known)
    other, label = (own[0], same) if same and same.isalnum() else (same, own[0])
    such_as = f", such as {label} for {other} if these are the same" if same else ""
    return Problem(name, what, f"Write the same labels into both tables{such_as}.")


def no_such_dyad(dyad: str, known: Iterable[str], where: str) -> Problem:
    """A row that names no dyad, or one that the dyads table lacks."""
    what = "no such dyad in the dyads table" if dyad else "the row has no dyad"
    remark = (
        ""
        if not dyad or dyad.isalnum()
        else "If it is a remark or a legend, delete the row, or begin it with #."
    )
    return Problem(where, what, label_hint(dyad, known, "dyad") or remark)


def without_row(used: Sequence[str], seen: Iterable[str], name: str) -> list[Problem]:
    """One problem for the dyads that a table lacks."""
    lacking = [dyad for dyad in used if dyad not in seen]
    if not lacking:
        return []
    them = "it" if len(lacking) == 1 else "them"
    what = f"no row for dyad{'s' * (len(lacking) > 1)} {listed(lacking)}"
    return [Problem(name, what, f"Add {them}, or {EXCLUDE if len(lacking) == 1 else EXCLUDE_ALL}")]


def asked_numbers(statistics: Statistics, taken: Iterable[str]) -> list[str]:
    """What the statistics name as covariates or correlates, and may be a column of the dyads table."""
    asked = dict.fromkeys([*statistics.covariates, *statistics.correlate])
    return [name for name in asked if name not in taken]


def dyad_numbers(
    dyads: pd.DataFrame, columns: Sequence[str], name: str
) -> tuple[pd.DataFrame | None, list[Problem], list[Problem]]:
    """The numbers that stand in further columns of the dyads table: dyad and a column each; NaN if unknown.

    Returns the numbers (None if a cell holds none), problems, and warnings.
    """
    problems, warnings, numbers = [], [], pd.DataFrame({"dyad": dyads["dyad"]})
    for column in columns:
        values = []
        given = pd.to_numeric(dyads[column].map(with_point), errors="coerce")
        limits = limits_without_codes(given.tolist())
        for row, d in numbered_rows(dyads[["dyad", column]]):
            cell, where = d[column], f"{name}, row {row} ({d['dyad']})"
            number = pd.to_numeric(with_point(cell) or None, errors="coerce")
            values.append(number)
            if not cell or is_not_known(cell):
                what = f"{holds(column, cell)}: the number is missing"
                warnings.append(Problem(where, what, "The dyad is left out of the analyses that need it."))
            elif may_be_two_numbers(cell):
                what = f"{holds(column, cell)}, which may be two numbers"
                problems.append(Problem(where, what, one_of_two(cell)))
            elif not math.isfinite(number):
                hint = "Write a number, because statistics (config.yaml) names this column; n/a if not known."
                problems.append(Problem(where, holds(column, cell), made_a_date(cell) or hint))
            elif coded_score(cell, limits):
                hint = "If it means that the number is not known, empty the cell."
                problems.append(Problem(where, holds(column, cell), hint))
        numbers[column] = pd.Series(values, index=dyads.index, dtype=float)
        if not problems and len(dyads) and numbers[column].isna().all():
            hint = f"Fill the column, or remove {column} from statistics in config.yaml."
            problems.append(Problem(name, f"{column} is empty in every dyad that is kept", hint))
    return (None if problems else numbers.reset_index(drop=True)), problems, warnings
