"""What people answered: tables of answers are scored by their keys, and tables of scores are read."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import replace

import pandas as pd

from interbrain.problems import Problem
from interbrain.questionnaires.scoring import (
    QuestionnaireError,
    item_counts,
    item_ranges,
    missing_answers,
    score,
)
from interbrain.study.answers import coded_score, limits_without_codes, plain_answers
from interbrain.study.dyads_table import no_such_dyad, none_known, without_row
from interbrain.study.plausibility import implausible_answers
from interbrain.study.problems import FEW, by_number, counted, holds
from interbrain.study.reading import numbered_rows
from interbrain.study.settings import Questionnaire
from interbrain.study.tables import ROW_OF_DYAD, Found, Tables
from interbrain.study.understood import (
    is_not_known,
    made_a_date,
    one_of_two,
    with_point,
)
from interbrain.thousands import may_be_two_numbers
from interbrain.words import listed


def read_questionnaires(
    questionnaires: Mapping[str, Questionnaire],
    differences: Mapping[str, Sequence[str]],
    tables: Tables,
    known: Sequence[str] | None,
    used: Sequence[str],
    therapists: Mapping[str, str],
) -> tuple[dict, dict]:
    """Scores and answers of every questionnaire whose tables can be read, by its name.

    Parameters
    ----------
    differences : mapping name -> two questionnaires
        Whose totals are subtracted.
    known : sequence of str or None
        Every dyad; None if there is no table of dyads, and then nothing is scored.
    used : sequence of str
        The dyads that are not excluded.
    therapists : mapping dyad -> therapist
        Of the dyads in use.

    Returns
    -------
    scores : dict of str to DataFrame or None
        None where the answers cannot be scored.
    answers : dict of str to DataFrame
    """
    scores, answers, keys = {}, {}, {}
    for questionnaire, about in questionnaires.items():
        key, key_name = tables.read(about.key, "key") if about.key else (None, "")
        items, name = tables.read(about.table, "answers", others=True, needs_rows=False)
        if known is None or items is None:
            continue
        unasked = not items.drop(columns="dyad").to_numpy().astype(bool).any()
        if unasked:
            tables.found.take(check_answers(items, known, used, name) if len(items) else [])
            items = _nobody_answered(items, key, questionnaire, about, used, name, tables.found)
        elif key is not None:
            items, *said = plain_answers(items, key, name)
            tables.found.take(*said)
            if items is None:
                continue
        wrong = check_answers(items, known, used, name)
        if about.role == "therapist":
            wrong = _said_of_repeated_rows(wrong, items["dyad"], known, therapists)
        tables.found.take(wrong)
        items = items[items["dyad"].isin(used)]
        if about.key:
            answers[questionnaire] = items.reset_index(drop=True)
        if items.empty or (about.key and key is None):
            continue
        scores[questionnaire], problems, doubtful = (
            given_scores(items, name) if key is None else scored(items, key, about, name, key_name)
        )
        tables.found.take(problems, [] if unasked else doubtful)
        if key is not None and scores[questionnaire] is not None and not unasked:
            keys[questionnaire] = key
    tables.found.take([], implausible_answers(answers, keys, questionnaires, therapists))
    tables.found.take([], unlike_scales(differences, keys))
    return scores, answers


def unlike_scales(
    differences: Mapping[str, Sequence[str]], keys: Mapping[str, pd.DataFrame]
) -> list[Problem]:
    """A warning for each difference of two totals whose lowest or highest scores are not the same."""
    warnings = []
    for name, pair in differences.items():
        ranges = [item_ranges(keys[q]) for q in pair if q in keys]
        totals = [tuple(map(sum, zip(*items.values(), strict=True))) for items in ranges if items]
        if len(totals) == 2 and totals[0] != totals[1]:
            spans = listed(
                f"{q}_total from {low} to {high}" for q, (low, high) in zip(pair, totals, strict=True)
            )
            what = f"by their keys, {spans}: a difference of 0 does not mean that both answered alike"
            hint = (
                "Code the answers of both alike (in the table and in the key), such as 1 to 5, or write "
                "differences: {} and correlate the totals."
            )
            warnings.append(Problem(f"config.yaml, differences: {name}", what, hint))
    return warnings


def _nobody_answered(
    items: pd.DataFrame,
    key: pd.DataFrame | None,
    questionnaire: str,
    about: Questionnaire,
    used: Sequence[str],
    name: str,
    found: Found,
) -> pd.DataFrame:
    """A table without any answer, with an empty row for each dyad; that is said."""
    is_blank = "no rows below its heading" if items.empty else "rows, but no answer in any of them"
    what = f"the table has {is_blank}, so no score of {questionnaire} is known"
    fill = "Add one row per dyad" if items.empty else "Fill in the answers"
    hint = f"{fill}, or delete {questionnaire} (questionnaires) in config.yaml."
    found.take([], [Problem(name, what, hint)])
    ranges = item_ranges(key) if key is not None else {}
    columns = dict.fromkeys([*items, *(ranges or ([] if about.key else ["total"]))])
    return pd.DataFrame({"dyad": used}).reindex(columns=list(columns), fill_value="")


def check_answers(items: pd.DataFrame, known: Sequence[str], used: Sequence[str], name: str) -> list[Problem]:
    problems, everybody = [], set(known)
    if nobody := none_known(items["dyad"], known, "dyads", name):
        return [nobody]
    seen: dict[str, Hashable] = {}
    again: dict[str, list[str]] = {}
    for row, dyad in zip(items.index.tolist(), items["dyad"].tolist(), strict=True):
        where = f"{name}, row {row}" + (f" ({dyad})" if dyad else "")
        if dyad not in everybody:
            problems.append(no_such_dyad(dyad, known, where))
        elif seen.setdefault(dyad, row) != row:
            again.setdefault(dyad, [str(seen[dyad])]).append(str(row))
    problems += _several_rows(again, name)
    meant = [by_number(dyad, known) or "" for dyad in items["dyad"] if dyad not in everybody]
    return problems + without_row(used, {*seen, *meant}, name)


def _said_of_repeated_rows(
    wrong: Sequence[Problem], labels: Iterable[str], known: Sequence[str], therapists: Mapping[str, str]
) -> list[Problem]:
    """The problems, with what to write where a table seems to have a row for each therapist."""
    own, people = {label for label in labels if label}, set(therapists.values())
    a_row_each = own <= people or len(own) <= len(people) < len(therapists)
    if not wrong or own & set(known) or not a_row_each:
        return list(wrong)
    return [replace(p, hint=f"{p.hint} {ROW_OF_DYAD}") for p in wrong]


def _several_rows(again: Mapping[str, Sequence[str]], name: str) -> list[Problem]:
    """Dyads with more than one row of answers: one problem, where these are several."""
    if len(again) < 2:
        return [
            Problem(f"{name}, row {row} ({dyad})", f"{dyad} is already in row {rows[0]}")
            for dyad, rows in again.items()
            for row in rows[1:]
        ]
    shown = [f"{dyad}: rows {listed(rows)}" for dyad, rows in list(again.items())[:FEW]]
    shown += [f"and {len(again) - FEW} more"] if len(again) > FEW else []
    what = f"{len(again)} dyads have more than one row ({'; '.join(shown)})"
    hint = (
        "Keep one row of each dyad. Answers at several times are a sheet or table each, and a questionnaire "
        "each in config.yaml (docs/howto/add-a-questionnaire.md)."
    )
    return [Problem(name, what, hint)]


def scored(
    items: pd.DataFrame, key: pd.DataFrame, about: Questionnaire, name: str, key_name: str
) -> tuple[pd.DataFrame | None, list[Problem], list[Problem]]:
    """The scores of a questionnaire's answers (None if they cannot be scored), problems, and warnings."""
    # score() calls each person by the cell in `dyad`: let it say the row, too.
    labelled = items.assign(dyad=[f"row {row} ({dyad})" for row, dyad in items["dyad"].items()])
    most = about.max_missing_items
    try:
        scores = score(labelled, key, most)
    except QuestionnaireError as error:
        file = key_name if error.table == "key" else name
        found = [replace(p, where=f"{file}, {p.where}" if p.where else file) for p in error.problems]
        return None, _said_once(found), []
    warnings: list[Problem] = []
    incomplete = labelled[(scores["missing_items"] > 0).to_numpy()]
    sizes = item_counts(key) if len(incomplete) else {}
    missing_items = missing_answers(incomplete, key) if len(incomplete) else pd.DataFrame()
    for row, missing in missing_items.iterrows():
        if all(n == sizes[scale] for scale, n in missing.items()):
            what = "no item has an answer: the dyad has no score"
            hint = "The dyad is left out of the analyses that need one. If the form was filled in, enter it."
            warnings.append(Problem(f"{name}, row {row} ({items.at[row, 'dyad']})", what, hint))
            continue
        for scale, n in missing[missing > 0].items():
            what = f"{scale} has {n} of {sizes[scale]} items without an answer"
            if pd.isna(scores.at[row, scale]):
                what += f", so {scale} and the total are missing"
                hint = (
                    "The dyad is left out of the analyses that need them; max_missing_items (config.yaml) "
                    "is the limit."
                )
            else:
                what += f", and is prorated from the other {sizes[scale] - n}"
                hint = "max_missing_items (config.yaml) sets how many answers may be missing."
            warnings.append(Problem(f"{name}, row {row} ({items.at[row, 'dyad']})", what, hint))
    scores.insert(0, "dyad", items["dyad"])
    return scores.reset_index(drop=True), [], warnings


def _said_once(wrong: Sequence[Problem]) -> list[Problem]:
    """A problem for each wrong answer of a few; of many, one for each way in which they are wrong."""
    alike = defaultdict(list)
    for p in wrong:
        alike[p.kind].append(replace(p, kind=""))
    problems = []
    for kind, group in alike.items():
        if len(group) <= FEW or not kind:
            problems += group
            continue
        table, _, place = group[0].where.partition(", ")
        given = Counter(p.what.split()[0] for p in group).most_common(5)
        answers = listed(f"{answer} ({counted(n, 'time')})" for answer, n in given)
        what = f"{len(group)} answers are not whole numbers{kind}, the first in {place}: {answers}"
        hint = "Correct the answers, or minimum and maximum in the key."
        low, high = (int(end) for end in kind.removeprefix(" from ").split(" to "))
        for by in (-1, 1):
            if {p.what.split()[0] for p in group} == {str(low - 1 if by < 0 else high + 1)}:
                hint += f" If the form was coded from {low + by} to {high + by}, write these in the key."
        problems.append(Problem(table, what, hint))
    return problems


def given_scores(table: pd.DataFrame, name: str) -> tuple[pd.DataFrame | None, list[Problem], list[Problem]]:
    """The scores of a table that holds scores and not answers: None if it does not, problems, warnings."""
    columns = list(table.columns.drop("dyad"))
    if "total" not in columns:
        what = 'without a key the table must hold scores, and the column "total" is missing'
        hint = f"It has: {', '.join(columns) or 'dyad only'}. Name it total, or give the questionnaire a key."
        return None, [Problem(f"{name}, row {table.attrs['heading']}", what, hint)], []
    problems, warnings = [], []
    numbers = table[columns].map(with_point).apply(pd.to_numeric, errors="coerce")
    limits = {column: limits_without_codes(numbers[column]) for column in columns}
    for (row, cells), values in zip(numbered_rows(table), numbers.to_dict("records"), strict=True):
        where = f"{name}, row {row} ({cells['dyad']})"
        for column in columns:
            cell = cells[column]
            if not cell or is_not_known(cell):
                what = f"{holds(column, cell)}: the score is missing"
                warnings.append(Problem(where, what, "The dyad is left out of the analyses that need it."))
            elif may_be_two_numbers(cell):
                what = f"{holds(column, cell)}, which may be two numbers"
                problems.append(Problem(where, what, one_of_two(cell)))
            elif not math.isfinite(values[column]):
                problems.append(Problem(where, holds(column, cell), made_a_date(cell) or "Write a number."))
            elif coded_score(cell, limits[column]):
                hint = "If it means that the score is not known, empty the cell."
                problems.append(Problem(where, holds(column, cell), hint))
    numbers.insert(0, "dyad", table["dyad"])
    return (None if problems else numbers.reset_index(drop=True)), problems, warnings
