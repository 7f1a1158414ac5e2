"""A questionnaire's table as survey tools and people write it: its columns by the key's names, codes emptied.

Scores nothing (`questionnaires`), and knows no questionnaire.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from interbrain.problems import Problem
from interbrain.questionnaires.scoring import item_ranges
from interbrain.study.problems import FEW, counted
from interbrain.study.understood import CODES, is_not_known
from interbrain.words import listed

NUMBERED = re.compile(r"(|.*\D)0*(\d+)(\D*)", re.DOTALL)


def plain_answers(
    items: pd.DataFrame, key: pd.DataFrame, name: str
) -> tuple[pd.DataFrame | None, list[Problem], list[Problem]]:
    """The answers under the names of the key's items, with an empty cell for each code of a missing answer.

    Returns
    -------
    items : DataFrame or None
        None if columns are missing: then nothing can be scored.
    problems, warnings : list of Problem
    """
    ranges = item_ranges(key)
    if ranges is None:
        return items, [], []  # what is wrong with the key is said where the answers are scored
    heading = f"{name}, row {items.attrs.get('heading', 1)}"
    items, warnings = _by_number(items, list(ranges), heading)
    missing = [item for item in ranges if item not in items]
    if len(missing) > FEW:
        return None, [_no_columns(items, list(ranges), missing, heading)], warnings
    return _without_codes(items, ranges, name, warnings)


def as_scored(items: pd.DataFrame, key: pd.DataFrame, name: str) -> pd.DataFrame:
    """The answers of a table that has been found sound, under the key's names; items not asked are empty."""
    plain = plain_answers(items, key, name)[0]
    plain = items if plain is None else plain
    return plain.reindex(columns=list(dict.fromkeys([*plain, *(item_ranges(key) or ())])), fill_value="")


def _by_number(
    items: pd.DataFrame, wanted: Sequence[str], heading: str
) -> tuple[pd.DataFrame, list[Problem]]:
    """The items' columns renamed, if they are called otherwise and their numbers leave no doubt."""
    missing = sorted((i for i in wanted if i not in items), key=lambda item: (len(item), item))
    numbers = {item: number[1] for item in missing if (number := _number(item))}
    families: dict[tuple, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for column in items.columns.drop("dyad").difference(list(wanted), sort=False):
        if family := _number(column):
            families[family[0]][family[1]].append(column)
    fitting = {
        family: own
        for family, own in families.items()
        if set(numbers.values()) <= set(own) and (len(missing) == len(wanted) or family == ("item", ""))
    }
    if not missing or len(numbers) < len(missing) or len(fitting) != 1:
        return items, []
    [own] = fitting.values()
    if any(len(own[number]) > 1 for number in numbers.values()):
        return items, []
    renamed = {own[number][0]: item for item, number in numbers.items()}
    attrs, items = items.attrs, items.rename(columns=renamed)
    items.attrs = attrs
    first, *_, last = [*renamed.items()] * 2
    what = f'the column "{first[0]}" is read as {first[1]}'
    if len(renamed) > 1:
        what = f'the columns "{first[0]}" to "{last[0]}" are read as {first[1]} to {last[1]}'
    return items, [Problem(heading, what, "If that is not so, name the columns as the key does.")]


def _number(column: str) -> tuple[tuple[str, str], str] | None:
    """What a column's name says around its last number, and the number."""
    found = NUMBERED.fullmatch(column.strip())
    if found is None:
        return None
    before, behind = (re.sub(r"[\W_]+", "", part).casefold() for part in found.group(1, 3))
    return (before, behind), found[2]


def _no_columns(items: pd.DataFrame, wanted: Sequence[str], missing: Sequence[str], heading: str) -> Problem:
    """One problem for all items without a column."""
    others = [c for c in items.columns.drop("dyad") if c not in wanted]
    missing = sorted(missing, key=lambda item: (len(item), item))
    first, number = missing[0], (_number(missing[0]) or ("", ""))[1]
    if short := _short_form(items, wanted):
        there = f"{counted(len(short), 'item')} ({short[0]} to {short[-1]})"
        what = f"the table has {there}, and the key has {len(wanted)}"
        hint = "If it is another form, give it a key of its own, with a row for each of its items."
        return Problem(heading, what, hint)
    near = next((c for c in others if (_number(c) or ("", None))[1] == number), None)
    what = f"{len(missing)} of the key's {counted(len(wanted), 'item')} have no column: "
    what += ", ".join(missing[:FEW]) + ", ..."
    there = f" It has: {', '.join(others[:6])}{', ...' if len(others) > 6 else ''}." if others else ""
    hint = f"Name the columns as the key names the items, {first} and so on."
    hint = f'Is {first} "{near}"? {hint}' if near else hint + there
    return Problem(heading, what, hint)


def _short_form(items: pd.DataFrame, wanted: Sequence[str]) -> list[str]:
    """The columns of items 1 to n, in order, if the key has more than these; else none."""
    families: dict[tuple[str, str], dict[int, str]] = defaultdict(dict)
    for column in items.columns.drop("dyad"):
        if family := _number(column):
            families[family[0]][int(family[1])] = column
    longest = max(families.values(), key=len, default={})
    numbers = sorted(longest)
    counts = len(numbers) > FEW and numbers == list(range(1, len(numbers) + 1)) and len(numbers) < len(wanted)
    return [longest[number] for number in numbers] if counts else []


def _without_codes(
    items: pd.DataFrame, ranges: Mapping[str, tuple[int, int]], name: str, warnings: list
) -> tuple[pd.DataFrame, list[Problem], list[Problem]]:
    """Codes of missing answers, none of which could be an answer, become empty cells."""
    items = items.copy()
    found: Counter[tuple] = Counter()
    for item in (item for item in ranges if item in items):
        low, high = ranges[item]
        codes = {code for code in CODES if not low <= int(code) <= high}
        cells = items[item].tolist()
        coded = {c for c in cells if c and (is_not_known(c) or c.removesuffix(".0") in codes)}
        if coded:
            found.update(c for c in cells if c in coded)
            items[item] = ["" if c in coded else c for c in cells]
    answers = [f'"{code}" in {counted(n, "cell")}' for code, n in sorted(found.items())]
    if answers:
        as_what = "is treated as a missing answer" if len(answers) == 1 else "are treated as missing answers"
        what = f"{listed(answers)} {as_what}"
        hint = "Leave the cell of a missing answer empty."
        warnings = [*warnings, Problem(name, what, hint)]
    return items, [], warnings


def limits_without_codes(scores: Iterable[float]) -> tuple[float, float] | None:
    """The least and the largest of the scores that cannot be codes; None if there is none."""
    rest = [score for score in scores if math.isfinite(score) and str(int(score)) not in CODES]
    return (min(rest), max(rest)) if rest else None


def coded_score(cell: str, others: tuple[float, float] | None) -> bool:
    """Whether a score looks like a code for a missing one: -99 where all else is above 0.

    `others` are the limits of all else, as `limits_without_codes` gives them.
    """
    if cell.removesuffix(".0") not in CODES or others is None:
        return False
    value, (least, largest) = float(cell), others
    return (value < 0 <= least) or abs(value) > 3 * max(abs(least), abs(largest)) > 0
