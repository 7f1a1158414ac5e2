"""Answers under other names than those of the key are the same wherever they are used."""

import pandas as pd

from interbrain.questionnaires.reliability import reliability_table
from interbrain.study.answers import as_scored

KEY = pd.DataFrame(
    {"item": ["1", "2", "3"], "subscale": "bond", "reverse": "no", "minimum": "1", "maximum": "5"}
)
DYADS = [f"D0{n}" for n in range(1, 7)]
ROWS = [("1", "2", "1"), ("2", "2", "3"), ("3", "4", "3"), ("4", "4", "5"), ("5", "4", "5"), ("3", "3", "2")]


def _table(*columns):
    return pd.DataFrame(ROWS, columns=columns).assign(dyad=DYADS)


def test_the_reliability_of_items_that_a_workbook_calls_otherwise_is_that_of_the_keys_items():
    named, otherwise = _table("item_1", "item_2", "item_3"), _table("Item 1", "Item 2", "Item 3")
    otherwise["Datum"] = "11.05.2023"
    tables = [
        reliability_table({"wai": (as_scored(items, KEY, "wai"), KEY)}, DYADS) for items in (named, otherwise)
    ]
    pd.testing.assert_frame_equal(*tables)
    assert tables[0]["alpha"].notna().all()


def test_a_table_that_nobody_has_filled_in_has_an_empty_column_for_each_item():
    blank = as_scored(pd.DataFrame({"dyad": []}, dtype=str), KEY, "wai")
    assert list(blank) == ["dyad", "item_1", "item_2", "item_3"]
    assert len(reliability_table({"wai": (blank, KEY)}, DYADS))
