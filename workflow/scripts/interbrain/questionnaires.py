"""Answers to a questionnaire become subscale scores, by a key that is itself a table.

Knows no questionnaire: a further one is a further key. Holds no item texts.
"""

import numpy as np
import pandas as pd

KEY_COLUMNS = ["item", "subscale", "reverse", "minimum", "maximum"]
REVERSED = {"yes": True, "1": True, "true": True, "no": False, "0": False, "false": False}


class QuestionnaireError(ValueError):
    """The answers or the key cannot be scored; the message lists every problem."""


def score(items: pd.DataFrame, key: pd.DataFrame) -> pd.DataFrame:
    """Add up the items of each subscale; reversed items count as minimum + maximum - answer.

    Parameters
    ----------
    items : DataFrame
        One row a person: a column for each item of the key (``item_1``, ...) and, for the messages, `dyad`.
        Other columns are ignored, unless they are called ``item_...``: then the form is not the key's.
    key : DataFrame
        One row an item: `item` (its number or its column's name), `subscale`, `reverse` (yes/no or 1/0),
        `minimum` and `maximum` of the answer.

    Returns
    -------
    DataFrame
        The index of `items`; a column for each subscale in the key's order, and `total`. Integers.

    Raises
    ------
    QuestionnaireError
        All at once: items without a column, columns without an item, missing answers (none is filled
        in), answers that are no whole number in range; and likewise what is wrong with the key.
    """
    key = _checked_key(key)
    wanted = list(key.index)
    problems = [f"the column {name} is missing" for name in wanted if name not in items.columns]
    problems += [
        f"the column {name} is not an item of the key"
        for name in items.columns
        if str(name).startswith("item_") and name not in key.index
    ]
    if problems:
        _refuse("answers", problems)

    answers = items[wanted].apply(pd.to_numeric, errors="coerce").to_numpy(float)  # (n_people, n_items)
    low, high = key["minimum"].to_numpy(), key["maximum"].to_numpy()
    unusable = ~((answers >= low) & (answers <= high) & (answers == np.round(answers)))
    for row, column in np.argwhere(unusable):
        given = items[wanted[column]].iloc[row]
        place = f"{_who(items, row)}, {wanted[column]}"
        if pd.isna(given) or str(given).strip() in ("", "n/a"):
            problems.append(f"{place}: no answer")
        else:
            problems.append(f"{place}: {given} is not a whole number from {low[column]} to {high[column]}")
    if problems:
        _refuse("answers", problems)

    turned = np.where(key["reverse"].to_numpy(), low + high - answers, answers).astype(int)
    scores = pd.DataFrame(
        {name: turned[:, key["subscale"] == name].sum(axis=1) for name in key["subscale"].unique()},
        index=items.index,
    )
    return scores.assign(total=turned.sum(axis=1))


def _checked_key(key: pd.DataFrame) -> pd.DataFrame:
    """Index the key by the items' column names, with a boolean `reverse` and integer ranges."""
    problems = [f"the column {name} is missing" for name in KEY_COLUMNS if name not in key.columns]
    if problems:
        _refuse("key", problems)
    names = [name if name.startswith("item_") else f"item_{name}" for name in key["item"].astype(str)]
    checked = key[KEY_COLUMNS].set_axis(pd.Index(names, name="item"), axis=0)
    problems += [f"{name} stands there twice" for name in checked.index[checked.index.duplicated()].unique()]
    reverse = checked["reverse"].astype(str).str.strip().str.lower().map(REVERSED)
    problems += [f"{name}: reverse must be yes or no" for name in checked.index[reverse.isna()]]
    nameless = checked["subscale"].isna() | checked["subscale"].isin(["total", ""])
    problems += [f"{name}: needs a subscale, called other than total" for name in checked.index[nameless]]
    limits = checked[["minimum", "maximum"]].apply(pd.to_numeric, errors="coerce")
    whole = (limits == limits.round()).all(axis=1) & (limits["minimum"] < limits["maximum"])
    problems += [f"{name}: minimum and maximum must be whole and rising" for name in checked.index[~whole]]
    if problems:
        _refuse("key", problems)
    return checked.assign(reverse=reverse.astype(bool), **limits.astype(int))


def _who(items: pd.DataFrame, row: int) -> str:
    if "dyad" in items.columns and pd.notna(items["dyad"].iloc[row]):
        return str(items["dyad"].iloc[row])
    return f"row {row + 2}"  # as a spreadsheet counts: the header is row 1


def _refuse(what: str, problems: list[str]) -> None:
    count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
    raise QuestionnaireError(f"{count} in the questionnaire's {what}:\n" + "\n".join(problems))
