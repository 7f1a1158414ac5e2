"""Answers to a questionnaire become subscale scores, by a key that is itself a table.

Knows no questionnaire: a further one is a further key. Holds no item texts.
"""

from collections import Counter
from collections.abc import Sequence

import numpy as np
import pandas as pd

from interbrain.problems import ManyProblems, Problem
from interbrain.yes_or_no import yes_or_no

KEY_COLUMNS = ["item", "subscale", "reverse", "minimum", "maximum"]


class QuestionnaireError(ManyProblems):
    """The answers or the key cannot be scored.

    Attributes
    ----------
    table : str
        "answers" or "key": in which of the two.
    problems : list of Problem
        Everything that is wrong; `where` is the person and the item, or empty.
    """

    problems: list[Problem]

    def __init__(self, table: str, problems: Sequence[Problem]) -> None:
        n = len(problems)
        super().__init__(f"{n} problem{'s' * (n != 1)} in the questionnaire's {table}", problems)
        self.table = table
        self.args = (table, self.problems)

    def __str__(self) -> str:
        lines = [f"{p.where}: {p.what}" if p.where else p.what for p in self.problems]
        return "\n".join([f"{self.what}:", *lines])


def score(items: pd.DataFrame, key: pd.DataFrame, max_missing: int | None = None) -> pd.DataFrame:
    """Add up the items of each subscale; reversed items count as minimum + maximum - answer.

    A subscale with few items unanswered is prorated: the mean of its answered items times their number.

    Parameters
    ----------
    items : DataFrame
        One row a person: a column for each item of the key (``item_1``, ...) and, for the messages, `dyad`.
        Other columns are ignored, unless they are called ``item_...``: then the form is not the key's.
    key : DataFrame
        One row an item: `item` (its number or its column's name), `subscale`, `reverse` (yes/no or 1/0),
        `minimum` and `maximum` of the answer.
    max_missing : int, optional
        Items of a subscale that may be unanswered; with more, the subscale and the total are missing. By
        default a fifth of the subscale's items, rounded down: up to there the person's own mean stands in
        well for the answers that are lacking (Downey & King 1998, J Gen Psychol 125:175).

    Returns
    -------
    DataFrame
        The index of `items`; a column for each subscale in the key's order, `total`, and `missing_items`,
        the number of items without an answer. Scores are whole where no answer of the column is missing.

    Raises
    ------
    QuestionnaireError
        All at once: items without a column, columns without an item, answers that are no whole number in
        range; and likewise what is wrong with the key.
    """
    answers, key = checked_answers(items, key)
    turned = np.where(
        key["reverse"], (key["minimum"] + key["maximum"]).to_numpy() - answers, answers
    )  # (n_people, n_items)
    scores = {}
    for name, own in subscales(key):
        missing = np.isnan(turned[:, own]).sum(axis=1)
        limit = own.sum() // 5 if max_missing is None else min(max_missing, own.sum() - 1)
        enough = missing <= limit
        answered = np.where(enough, own.sum() - missing, 1)
        values = np.nansum(turned[:, own], axis=1) * own.sum() / answered
        scores[name] = np.where(enough, values.round(4), np.nan)
    scores["total"] = np.asarray(sum(scores.values()))
    scores["missing_items"] = np.isnan(answers).sum(axis=1)
    whole = {name: values.astype(int) for name, values in scores.items() if (values == values.round()).all()}
    return pd.DataFrame(scores | whole, index=items.index)


def missing_answers(items: pd.DataFrame, key: pd.DataFrame) -> pd.DataFrame:
    """Number of items without an answer; the index of `items`, a column for each subscale."""
    answers, key = checked_answers(items, key)
    counts = {name: np.isnan(answers[:, own]).sum(axis=1) for name, own in subscales(key)}
    return pd.DataFrame(counts, index=items.index)


def item_counts(key: pd.DataFrame) -> dict[str, int]:
    """Number of items of each subscale."""
    return {name: int(own.sum()) for name, own in subscales(_checked_key(key))}


def item_ranges(key: pd.DataFrame) -> dict[str, tuple[int, int]] | None:
    """The lowest and highest answer of each item, by the name of its column; None if the key is unusable."""
    try:
        checked = _checked_key(key)
    except QuestionnaireError:
        return None
    limits = zip(checked["minimum"].tolist(), checked["maximum"].tolist(), strict=True)
    return dict(zip(checked.index, limits, strict=True))


def subscales(key: pd.DataFrame) -> list[tuple[str, np.ndarray]]:
    """Each subscale's name and which of the items are its own."""
    of_item = key["subscale"].to_numpy(dtype=object)
    return [(name, of_item == name) for name in dict.fromkeys(of_item)]


def checked_answers(items: pd.DataFrame, key: pd.DataFrame) -> tuple[np.ndarray, pd.DataFrame]:
    """The answers as numbers, shape (n_people, n_items), missing as NaN; and the key as `_checked_key`."""
    key = _checked_key(key)
    wanted = list(key.index)
    problems = [Problem("", f"the column {name} is missing") for name in wanted if name not in items.columns]
    problems += [
        Problem("", f"the column {name} is not an item of the key")
        for name in items.columns
        if str(name).startswith("item_") and name not in key.index
    ]
    if problems:
        raise QuestionnaireError("answers", problems)
    # All cells at once: a call for each column would cost a job that only reads the study most of its time.
    cells = items[wanted].to_numpy(dtype=object)
    answers = pd.to_numeric(cells.ravel(), errors="coerce").astype(float).reshape(cells.shape)
    low, high = key["minimum"].to_numpy(), key["maximum"].to_numpy()
    given = ~(pd.isna(cells) | (cells == "") | (cells == "n/a"))
    unusable = given & ~((answers >= low) & (answers <= high) & (answers == np.round(answers)))
    for row, column in np.argwhere(unusable):
        answer = items[wanted[column]].iloc[row]
        place = f"{_who(items, row)}, {wanted[column]}"
        what = f"{answer} is not a whole number from {low[column]} to {high[column]}"
        kind = f" from {low[column]} to {high[column]}"
        problems.append(Problem(place, what, kind=kind))
    if problems:
        raise QuestionnaireError("answers", problems)
    return answers, key


def _checked_key(key: pd.DataFrame) -> pd.DataFrame:
    """Index the key by the items' column names, with a boolean `reverse` and integer ranges."""
    problems = [
        Problem("", f"the column {name} is missing") for name in KEY_COLUMNS if name not in key.columns
    ]
    if problems:
        raise QuestionnaireError("key", problems)
    cells = {column: key[column].tolist() for column in KEY_COLUMNS}
    names = [name if name.startswith("item_") else f"item_{name}" for name in map(str, cells["item"])]
    twice = [name for name, count in Counter(names).items() if count > 1]
    problems += [Problem("", f"{name} occurs twice") for name in twice]
    reverse = [yes_or_no(str(cell)) for cell in cells["reverse"]]
    problems += [
        Problem(name, "reverse must be yes or no")
        for name, yes in zip(names, reverse, strict=True)
        if yes is None
    ]
    problems += [
        Problem(name, "needs a subscale, called other than total or missing_items")
        for name, subscale in zip(names, cells["subscale"], strict=True)
        if pd.isna(subscale) or subscale in ("total", "missing_items", "")
    ]
    low, high = (
        pd.to_numeric(np.array(cells[end], dtype=object), errors="coerce").astype(float)
        for end in ("minimum", "maximum")
    )
    whole = (low == low.round()) & (high == high.round()) & (low < high)
    problems += [
        Problem(name, "minimum and maximum must be whole numbers, and the minimum below the maximum")
        for name, fine in zip(names, whole, strict=True)
        if not fine
    ]
    if problems:
        raise QuestionnaireError("key", problems)
    usable = {"reverse": reverse, "minimum": low.astype(int), "maximum": high.astype(int)}
    return pd.DataFrame(cells | usable, index=pd.Index(names, name="item"))


def _who(items: pd.DataFrame, row: int) -> str:
    if "dyad" in items.columns and pd.notna(items["dyad"].iloc[row]):
        return str(items["dyad"].iloc[row])
    return f"row {row + 2}"  # as a spreadsheet counts: the header is row 1


def first_rows(people: Sequence[str], answers: pd.DataFrame | np.ndarray) -> list[int]:
    """Places of each person's first row, if all who have several gave the same answers in them; else of all.

    A therapist of several clients who answered once has the same row for each.

    Examples
    --------
    >>> first_rows(["T1", "T1", "T2"], np.array([[5, 3], [5, 3], [1, 2]]))
    [0, 2]
    >>> first_rows(["T1", "T1", "T2"], np.array([[5, 3], [5, 4], [1, 2]]))
    [0, 1, 2]
    """
    rows = pd.DataFrame(np.asarray(answers)).assign(person=list(people))
    unlike = rows.drop_duplicates()["person"].duplicated().any()
    return list(range(len(rows))) if unlike else np.flatnonzero(~rows["person"].duplicated()).tolist()
