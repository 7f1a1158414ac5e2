"""Slips in tables: a column sorted by itself or dragged, answers turned twice, a misspelt subscale.

Looks at answers that can be scored and at columns of numbers, and warns. Copies, and scales that end too
early, are in `plausibility`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from itertools import combinations
from math import lgamma

import numpy as np
import pandas as pd

from interbrain.problems import Problem
from interbrain.study.problems import FEW, counted
from interbrain.words import listed

# Dyads that are in order, and a column of answers as well: by chance in fewer tables than this.
FEWEST_ROWS, BY_CHANCE = 6, 5e-3
# Items of either direction, and by how much of the scale a person's means of the two differ, and differ from
# what is usual in the table; how much of it the usual person's differ where a whole table was turned.
FEWEST_OF_A_DIRECTION, APART, MORE_THAN_USUAL, SPREADS, OF_A_TABLE = 4, 0.45, 0.4, 5.0, 0.35
ALIKE, FEWEST_LETTERS, FEW_ITEMS = 0.8, 4, 2
MOST_NAMED = 6
# So many rows in a row, each 1 more than the one above it: a spreadsheet does so where one cell is dragged.
FEWEST_DRAGGED = 6

Key = Mapping[str, tuple[int, int, bool]]


def sorted_alone(dyads: Sequence[str], values: np.ndarray, key: Key, table: str) -> list[Problem]:
    """Items whose answers are in order while the dyads are as well: a column that was sorted by itself.

    Parameters
    ----------
    dyads : sequence of str
        In the order of the table.
    values : array, shape (n_dyads, n_items)
    key : mapping item -> (minimum, maximum, reverse)
    """
    if list(dyads) != sorted(dyads):
        return []
    found = []
    for item, column in zip(key, values.T, strict=True):
        given = column[~np.isnan(column)]
        steps = np.diff(given)
        if len(given) < FEWEST_ROWS or not ((steps >= 0).all() or (steps <= 0).all()):
            continue
        # One order of all that the same answers can be in, or its reverse.
        orders = lgamma(len(given) + 1) - sum(lgamma(n + 1) for n in Counter(given.tolist()).values())
        if 2 * np.exp(-orders) * len(key) < BY_CHANCE:
            found.append(item)
    if not found:
        return []
    more = f" and {len(found) - FEW} more" if len(found) > FEW else ""
    shown = ", ".join(found[:FEW]) + more if more else listed(found)
    what = (
        f"the answers to {shown} are in ascending or descending order, and the dyads in order of their labels"
    )
    hint = (
        "A column may have been sorted without the others, or filled in by dragging: compare it with the "
        "forms."
    )
    return [Problem(table, what, hint)]


def dragged(columns: Mapping[str, pd.Series], table: str) -> list[Problem]:
    """Columns of numbers that go up by 1 from row to row, as one does that was filled in by dragging.

    Parameters
    ----------
    columns : mapping name -> Series
        Cells or numbers by row, in the order of the table.
    """
    found = []
    for name, cells in columns.items():
        values = pd.to_numeric(cells, errors="coerce").to_numpy(float)
        on = np.diff(values) == 1.0
        edges = np.flatnonzero(np.diff(np.r_[False, on, False].astype(int)))
        begin, end = edges[::2], edges[1::2]
        if not len(begin) or (end - begin).max() + 1 < FEWEST_DRAGGED:
            continue
        k = int((end - begin).argmax())
        low, high = values[begin[k]], values[end[k]]
        what = f"{name} goes up by 1 from row to row, from {low:g} to {high:g}"
        hint = (
            "A spreadsheet program does so where a cell is dragged down: compare it with its source. If it "
            "counts the rows, nothing needs to be done."
        )
        found.append(Problem(table, what, hint))
    return found


def turned_twice(dyads: Sequence[str], values: np.ndarray, key: Key, table: str) -> list[Problem]:
    """People whose answers to reversed items contradict those to the others.

    Parameters
    ----------
    values : array, shape (n_dyads, n_items)
        As they were given.
    """
    reverse = np.array([turned for *_, turned in key.values()], bool)
    if min(reverse.sum(), (~reverse).sum()) < FEWEST_OF_A_DIRECTION:
        return []
    low, high = (np.array([ends[k] for ends in key.values()], float) for k in (0, 1))
    share = (values - low) / (high - low)
    share = np.where(reverse, 1 - share, share)
    answered = ~np.isnan(share)
    enough = (answered[:, reverse].sum(axis=1) >= FEWEST_OF_A_DIRECTION) & (
        answered[:, ~reverse].sum(axis=1) >= FEWEST_OF_A_DIRECTION
    )
    enough &= np.nanmax(values, axis=1, initial=-np.inf) > np.nanmin(values, axis=1, initial=np.inf)
    if enough.sum() < FEWEST_ROWS:
        return []
    parts = [share[enough][:, own] for own in (reverse, ~reverse)]
    apart = np.nanmean(parts[0], axis=1) - np.nanmean(parts[1], axis=1)
    error = np.sqrt(sum(np.nanvar(p, axis=1, ddof=1) / (~np.isnan(p)).sum(axis=1) for p in parts))
    usual = float(np.median(apart))
    about = f"the {int(reverse.sum())} reversed items contradict those to the others"
    if abs(usual) > OF_A_TABLE:
        hint = "If they were reversed when they were entered, write no under reverse in the key."
        return [Problem(table, f"in most rows, the answers to {about}", hint)]
    spread = 1.4826 * float(np.median(np.abs(apart - usual)))
    limit = np.maximum(MORE_THAN_USUAL, SPREADS * np.maximum(spread, error))
    odd = (np.abs(apart) > APART) & (np.abs(apart - usual) > limit)
    who = [dyad for dyad, is_enough in zip(dyads, enough, strict=True) if is_enough]
    named = [dyad for dyad, is_odd in zip(who, odd, strict=True) if is_odd]
    if not named:
        return []
    more = f" and {len(named) - MOST_NAMED} more" if len(named) > MOST_NAMED else ""
    shown = ", ".join(named[:MOST_NAMED]) + more if more else listed(named)
    hint = (
        "If they were reversed when they were entered, enter them as on the form. If they "
        "are so on the form, its items were probably not read with care."
    )
    return [Problem(table, f"the answers of {shown} to {about}", hint)]


def subscales_spelt_alike(subscales: Sequence[str], key_table: str) -> list[Problem]:
    """Subscales of a key that are probably one: of almost the same name, and of few items or in capitals."""
    counts = Counter(str(name) for name in subscales)
    found = []
    for one, other in combinations(counts, 2):
        few, many = sorted((one, other), key=lambda name: counts[name])
        bare = [" ".join(name.split()).casefold() for name in (few, many)]
        alike = (
            SequenceMatcher(None, bare[0], bare[1]).ratio() >= ALIKE and min(map(len, bare)) >= FEWEST_LETTERS
        )
        letters = ["".join(c for c in name if not c.isdigit()) for name in bare]
        if bare[0] == bare[1] or (alike and counts[few] <= FEW_ITEMS < counts[many] and len({*letters}) > 1):
            what = f'"{few}" ({counted(counts[few], "item")}) and "{many}" ({counted(counts[many], "item")})'
            hint = "If they are one, spell them alike: each is now a score of its own."
            found.append(Problem(key_table, f"the subscales {what} are spelt almost alike", hint))
    return found
