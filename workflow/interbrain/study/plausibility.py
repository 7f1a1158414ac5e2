"""Answers that nobody gives: a form copied over another, a row over another, a scale that ends too early.

Looks at answers that can be scored, and warns. Which form is the therapist's cannot be seen from answers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd

from interbrain.problems import Problem
from interbrain.questionnaires.scoring import checked_answers, first_rows
from interbrain.study.problems import FEW
from interbrain.study.settings import Questionnaire
from interbrain.study.slips import sorted_alone, subscales_spelt_alike, turned_twice
from interbrain.words import listed

# Two rows of so many items are the same by chance only if other rows agree with them in most items, too. Of
# 300 simulated pairs of tables (3 to 40 dyads, 4 to 36 items), one had a warning, for people at an end of the
# scale, who are left out since; 169 of 181 copied rows were found.
FEWEST_ITEMS, BY_CHANCE, LEAST_ALIKE = 10, 5e-3, 0.4
ALL_OF = 3  # rows that are the same in two tables, all of them: one table is a copy
# The highest value that occurs is so frequent that the next one would occur, in so many answers of so many
# people: more so if one value is lacking than if two are.
FEWEST_ANSWERS, FEWEST_PEOPLE, SHARES_AT_END = 100, 3, {1: 0.15, 2: 0.04}


def implausible_answers(
    answers: Mapping[str, pd.DataFrame],
    keys: Mapping[str, pd.DataFrame],
    about: Mapping[str, Questionnaire],
    therapists: Mapping[str, str] | None = None,
) -> list[Problem]:
    """What answers show to be a copy or on another scale than the key's.

    Parameters
    ----------
    answers, keys : mapping questionnaire -> DataFrame
        Answers with a column `dyad`, under the key's names of the items.
    therapists : mapping dyad -> therapist, optional
        Where a therapist gave the same answers in all dyads, and so did all others with several dyads, the
        form was filled in once by each, and its rows are no copies.
    """
    rows = {name: _rows(answers[name], key) for name, key in keys.items()}
    found = []
    for name, (dyads, values, key) in rows.items():
        table = Path(about[name].table).name
        people = [(therapists or {}).get(dyad, dyad) for dyad in dyads]
        if about[name].role == "therapist":
            first = first_rows(people, values)
            dyads, values = [dyads[row] for row in first], values[first]
        found += _alike_within(dyads, _turned(values, key), table)
        found += _pasted_items(values, key, table)
        found += _one_answer(dyads, values, key, table)
        early = _ends_early(values, key, table, Path(about[name].key or "").name)
        # A key with another end turns reversed items wrongly, which is one fault and not two.
        found += early or turned_twice(dyads, values, key, table)
        found += sorted_alone(dyads, values, key, table)
    of_key = {Path(about[name].key or "").name: key["subscale"].tolist() for name, key in keys.items()}
    for key_table, subscales in of_key.items():
        found += subscales_spelt_alike(subscales, key_table)
    for one, other in combinations(rows, 2):
        if list(rows[one][2]) == list(rows[other][2]):
            tables = Path(about[one].table).name, Path(about[other].table).name
            both = [(rows[name][0], _turned(*rows[name][1:])) for name in (one, other)]
            between = _alike_between(both[0], both[1], tables)
            # Where rows are copies, so are their columns.
            found += between or _items_alike_between(both[0], both[1], list(rows[one][2]), tables)
    return found


def _rows(
    items: pd.DataFrame, key: pd.DataFrame
) -> tuple[list[str], np.ndarray, dict[str, tuple[int, int, bool]]]:
    """The dyads; their answers as numbers, shape (n_dyads, n_items); each item's range and direction."""
    values, checked = checked_answers(items, key)
    about = zip(*(checked[column].tolist() for column in ("minimum", "maximum", "reverse")), strict=True)
    return items["dyad"].tolist(), values, dict(zip(checked.index, about, strict=True))


def _turned(values: np.ndarray, key: Mapping[str, tuple[int, int, bool]]) -> np.ndarray:
    """The answers, all items in one direction: who is at an end of the scale is alike to others there."""
    ends = np.array([low + high for low, high, _ in key.values()])
    return np.where([reverse for *_, reverse in key.values()], ends - values, values)


def _same(one: np.ndarray, other: np.ndarray) -> bool:
    """Whether two rows are the same, in ten items and more that do not all have one answer."""
    both = ~(np.isnan(one) | np.isnan(other))
    return bool(both.sum() >= FEWEST_ITEMS and (one[both] == other[both]).all() and np.ptp(one[both]) > 0)


def _is_copy(values: np.ndarray, others: np.ndarray) -> bool:
    """Whether a row is too unlike `others`, shape (n_dyads, n_items), to be that of two people by chance."""
    alike = max(LEAST_ALIKE, float((others == values).mean(axis=1).max(initial=0)))
    return bool(alike ** len(values) < BY_CHANCE)


def _alike_within(dyads: Sequence[str], values: np.ndarray, table: str) -> list[Problem]:
    found = []
    for a, own in enumerate(values):
        rest = values[a + 1 :]
        alike = ((rest == own) | np.isnan(rest) | np.isnan(own)).all(axis=1)
        for b in (a + 1 + np.flatnonzero(alike)).tolist():
            if _same(own, values[b]) and _is_copy(own, np.delete(values, [a, b], axis=0)):
                what = f"{dyads[a]} and {dyads[b]} gave the same answers to every item"
                found.append(Problem(table, what, "One row was copied over the other: enter it again."))
    return _few(found, table, "pairs of dyads gave the same answers to every item")


def _alike_between(
    one: tuple[list[str], np.ndarray], other: tuple[list[str], np.ndarray], tables: tuple[str, str]
) -> list[Problem]:
    places = {dyad: place for place, dyad in enumerate(other[0])}
    both = [(dyad, values, places[dyad]) for dyad, values in zip(*one, strict=True) if dyad in places]
    same = [
        dyad
        for dyad, values, place in both
        if _same(values, other[1][place]) and _is_copy(values, np.delete(other[1], place, axis=0))
    ]
    hint = "One was copied over the other: enter it again, or empty its row."
    if len(same) >= ALL_OF and len(same) == len(both):
        what = f"all {len(same)} dyads have the same answers as in {tables[0]}, item by item"
        return [Problem(tables[1], what, "One table is a copy of the other: name the right table.")]
    end = f"the same answers as in {tables[0]}, item by item"
    found = [Problem(tables[1], f"{dyad} has {end}", hint) for dyad in same]
    return _few(found, tables[1], f"dyads have {end}")


def _pasted_items(values: np.ndarray, key: Mapping[str, tuple[int, int, bool]], table: str) -> list[Problem]:
    """Items with the same answers from everybody: a column that was pasted twice."""
    items, turned, columns = list(key), _turned(values, key).T, values.T
    differ = (columns[:, None] != columns[None]) & ~np.isnan(columns[:, None]) & ~np.isnan(columns[None])
    alike = np.argwhere(np.triu(~differ.any(axis=2), 1)).tolist()
    pairs = [
        (items[a], items[b])
        for a, b in alike
        if _same(columns[a], columns[b]) and _is_copy(turned[a], np.delete(turned, [a, b], axis=0))
    ]
    hint = "One column was pasted over the other: compare both with the forms."
    found = [Problem(table, f"everybody gave the same answers to {a} and {b}", hint) for a, b in pairs]
    return _few(found, table, "pairs of items have the same answers from everybody")


def _items_alike_between(
    one: tuple[list[str], np.ndarray],
    other: tuple[list[str], np.ndarray],
    items: Sequence[str],
    tables: tuple[str, str],
) -> list[Problem]:
    """Items with the same answers in two people's tables, in every dyad."""
    places = dict(zip(other[0], range(len(other[0])), strict=True))
    both = [(k, places[dyad]) for k, dyad in enumerate(one[0]) if dyad in places]
    if not both:
        return []
    first, second = (
        values[list(rows)].T for (_, values), rows in zip((one, other), zip(*both, strict=True), strict=True)
    )
    differ = (first != second) & ~np.isnan(first) & ~np.isnan(second)
    same = [
        items[k]
        for k in np.flatnonzero(~differ.any(axis=1)).tolist()
        if _same(first[k], second[k]) and _is_copy(first[k], np.delete(second, k, axis=0))
    ]
    if not same:
        return []
    what = f"the answers to {_first_of(same)} are those of {tables[0]} in every dyad"
    hint = "They were pasted from one table into the other: compare both with the forms."
    return [Problem(tables[1], what, hint)]


def _first_of(names: Sequence[str]) -> str:
    """The first names of a list, and how many more there are."""
    return listed([*names[:FEW], *([f"{len(names) - FEW} more"] if len(names) > FEW else [])])


def _one_answer(
    dyads: Sequence[str], values: np.ndarray, key: Mapping[str, tuple[int, int, bool]], table: str
) -> list[Problem]:
    """People with one answer to all items, although some are reversed."""
    if len({reverse for *_, reverse in key.values()}) < 2:
        return []
    found = []
    for dyad, row in zip(dyads, values, strict=True):
        given = row[~np.isnan(row)]
        if len(given) >= FEWEST_ITEMS and np.ptp(given) == 0:
            what = f"{dyad} has the answer {given[0]:g} to all {len(given)} items, also to reversed ones"
            hint = "Compare it with the form: this score means nothing. Empty the row if no item was read."
            found.append(Problem(table, what, hint))
    return found


def _ends_early(
    values: np.ndarray, key: Mapping[str, tuple[int, int, bool]], table: str, key_table: str
) -> list[Problem]:
    """Items of one range of which the highest value is never given, though the one below it is frequent."""
    found = []
    for low, high in dict.fromkeys((low, high) for low, high, _ in key.values()):
        own = [k for k, (a, b, _) in enumerate(key.values()) if (a, b) == (low, high)]
        given = values[:, own]
        people = int((~np.isnan(given)).any(axis=1).sum())
        given = given[~np.isnan(given)]
        if len(given) < FEWEST_ANSWERS or people < FEWEST_PEOPLE:
            continue
        last, first = int(given.max()), int(given.min())
        share = SHARES_AT_END[min(high - last, 2)] if last < high else 1.0
        if last < high and np.mean(given == last) >= share and first in (low, low + 1):
            what = (
                f"none of {len(given)} answers of {people} people is above {last}, and the key says {low} to "
                f"{high}"
            )
            hint = (
                f"If the form had {first} to {last}, correct minimum and maximum in {key_table}: reversed "
                "items are counted wrongly. If not, nothing needs to be done."
            )
            found.append(Problem(table, what, hint))
    return found


def _few(found: list[Problem], table: str, what: str) -> list[Problem]:
    """Each, or of many the first with their number."""
    if len(found) <= FEW:
        return found
    first = found[0]
    return [Problem(table, f"{len(found)} {what}; the first: {first.what}", first.hint)]
