"""Slips of the hand in tables of answers are warned of, and what people answer is not."""

import numpy as np
import pandas as pd
import pytest

from interbrain.study.slips import dragged, sorted_alone, subscales_spelt_alike, turned_twice

REVERSE = np.arange(24) % 3 == 0
KEY = {f"item_{k}": (1, 7, bool(turned)) for k, turned in enumerate(REVERSE)}
DYADS = [f"D{k:02d}" for k in range(1, 15)]


def form(seed=1):
    """Answers as on the form of 14 people who agree more or less."""
    rng = np.random.default_rng(seed)
    agrees = 1.2 + 0.6 * rng.standard_normal((14, 1)) + rng.standard_normal((14, 24))
    return np.clip(np.round(4 + np.where(REVERSE, -agrees, agrees)), 1, 7)


@pytest.mark.parametrize("seed", range(12))
def test_answers_of_people_are_not_mentioned(seed):
    assert sorted_alone(DYADS, form(seed), KEY, "t") == [] == turned_twice(DYADS, form(seed), KEY, "t")


def test_a_column_that_was_sorted_by_itself_is_named():
    answers = form()
    answers[:, 4] = np.sort(np.arange(14) % 5 + 2)
    [told] = sorted_alone(DYADS, answers, KEY, "wai.tsv")
    assert told.what.startswith("the answers to item_4 are in ascending or descending order")


def test_a_table_sorted_by_a_column_as_a_whole_is_sound():
    answers = form()
    order = np.argsort(answers[:, 4], kind="stable")
    assert sorted_alone([DYADS[k] for k in order], answers[order], KEY, "t") == []


def test_a_column_of_one_answer_and_a_bit_is_in_order_by_chance():
    answers = form()
    answers[:, 4] = [6] * 13 + [7]
    assert sorted_alone(DYADS, answers, KEY, "t") == []


def test_a_row_whose_reversed_items_were_turned_as_it_was_entered_is_named():
    answers = form()
    answers[5] = np.where(REVERSE, 2, 6) + np.arange(24) % 2
    assert turned_twice(DYADS, answers, KEY, "t") == []
    answers[5, REVERSE] = 8 - answers[5, REVERSE]
    [told] = turned_twice(DYADS, answers, KEY, "t")
    assert told.what == "the answers of D06 to the 8 reversed items contradict those to the others"


def test_a_table_turned_as_a_whole_is_said_once():
    answers = np.where(REVERSE, 8 - form(), form())
    [told] = turned_twice(DYADS, answers, KEY, "t")
    assert told.what.startswith("in most rows") and "write no under reverse" in told.hint


def test_subscales_of_almost_one_name_are_named_unless_they_are_many_items_each():
    goal, bond = ["goal"] * 12, ["bond"] * 12
    assert subscales_spelt_alike([*goal, *bond], "key") == []
    for odd in ("Goal", "goal ", "goals"):
        [told] = subscales_spelt_alike([*goal[1:], odd, *bond], "key")
        assert f'"{odd}" (1 item) and "goal" (11 items)' in told.what
    assert subscales_spelt_alike([*["patient"] * 6, *["parent"] * 6], "key") == []
    assert subscales_spelt_alike([*["part1"] * 6, "part2", "part2"], "key") == []


def test_a_column_that_goes_up_by_one_from_row_to_row_was_dragged():
    cells = pd.Series(["30", "300", "301", "302", "303", "304", "305", "", "120"], index=range(2, 11))
    [told] = dragged({"start_s": pd.Series(["120"] * 9), "stop_s": cells}, "recordings.tsv")
    assert told.what == "stop_s goes up by 1 from row to row, from 300 to 305"
    assert dragged({"stop_s": cells.iloc[:6]}, "t") == []  # by chance, five in order
    assert dragged({"start_s": pd.Series(range(0, 3000, 300))}, "t") == []  # blocks of one long file


def test_a_dragged_age_start_and_covariate_are_named_in_check(demo):
    rows = demo.rows("participants")
    for k, row in enumerate(rows[1:]):
        row[1] = str(31 + k)
    demo.write("participants", rows)
    demo.record()
    rows = demo.rows("recordings")
    for k, row in enumerate(rows[1:]):
        row[rows[0].index("start_s")] = str(k)
    demo.write("recordings", rows)
    told = [w.what for w in demo.load().warnings if "goes up by 1" in w.what]
    assert [what.split()[0] for what in told] == ["start_s", "age"]
