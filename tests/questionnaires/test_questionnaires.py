"""Scoring by a key: known sums, ranges, and every problem at once."""

import numpy as np
import pandas as pd
import pytest

from interbrain.questionnaires.reliability import items_against, reliability, reliability_table
from interbrain.questionnaires.scoring import KEY_COLUMNS, QuestionnaireError, missing_answers, score

ITEMS = [f"item_{i}" for i in range(1, 37)]


@pytest.fixture
def key(repository):
    return pd.read_csv(repository / "config/wai_key.tsv", sep="\t")


def answers(rows, **columns):
    return pd.DataFrame(np.atleast_2d(rows), columns=ITEMS).assign(**columns)


def reversed_items(key):
    return np.isin(np.arange(1, 37), key.loc[key["reverse"] == "yes", "item"])


def test_the_key_of_the_working_alliance_inventory_is_the_published_one(key):
    assert sorted(key["item"]) == list(range(1, 37))
    items = {(name, turned): set(own["item"]) for (name, turned), own in key.groupby(["subscale", "reverse"])}
    assert items == {
        ("task", "no"): {2, 4, 13, 16, 18, 24, 35},
        ("task", "yes"): {7, 11, 15, 31, 33},
        ("bond", "no"): {5, 8, 17, 19, 21, 23, 26, 28, 36},
        ("bond", "yes"): {1, 20, 29},
        ("goal", "no"): {6, 14, 22, 25, 30, 32},
        ("goal", "yes"): {3, 9, 10, 12, 27, 34},
    }
    assert set(key["minimum"]) == {1} and set(key["maximum"]) == {7}
    assert list(key.columns) == KEY_COLUMNS


def test_scores_reach_from_12_to_84_a_subscale_and_from_36_to_252_in_total(key):
    turned = reversed_items(key)
    found = score(answers([np.where(turned, 7, 1), np.where(turned, 1, 7), np.full(36, 4)]), key)
    assert list(found.columns) == ["goal", "task", "bond", "total", "missing_items"]
    assert found.to_numpy().tolist() == [[12, 12, 12, 36, 0], [84, 84, 84, 252, 0], [48, 48, 48, 144, 0]]


@pytest.mark.parametrize("item", [1, 2, 3, 36])
def test_one_more_point_on_an_item_moves_its_own_subscale_in_its_own_direction(key, item):
    row = np.full(36, 4)
    row[item - 1] = 5
    found = score(answers([row]), key).iloc[0]
    own = key.set_index("item").loc[item]
    step = -1 if own["reverse"] == "yes" else 1
    assert found[own["subscale"]] == 48 + step and found["total"] == 144 + step
    assert sorted(found[["goal", "task", "bond"]] - 48) == sorted([0, 0, step])


def test_the_order_of_columns_and_of_the_key_changes_no_score(key):
    data = answers(np.random.default_rng(1).integers(1, 8, (5, 36)), dyad=list("ABCDE"))
    again = score(data[data.columns[::-1]], key.sample(frac=1, random_state=3))
    pd.testing.assert_frame_equal(score(data, key), again[["goal", "task", "bond", "total", "missing_items"]])


def test_rows_keep_the_index_and_answers_may_be_text(key):
    data = answers(np.full((2, 36), 3)).astype(str).set_axis(["D02", "D07"])
    found = score(data, key)
    assert list(found.index) == ["D02", "D07"] and set(found.dtypes) == {np.dtype(int)}


@pytest.mark.parametrize(
    "spelling",
    [
        {"yes": 1, "no": 0},
        {"yes": True, "no": False},
        {"yes": "Yes", "no": "NO"},
        {"yes": "ja", "no": "Nein"},
        {"yes": "vero", "no": "falso"},
    ],
)
def test_reverse_may_be_spelled_as_people_spell_it(key, spelling):
    data = answers(np.random.default_rng(1).integers(1, 8, (3, 36)))
    respelled = key.assign(reverse=key["reverse"].map(spelling))
    pd.testing.assert_frame_equal(score(data, key), score(data, respelled))


def test_a_further_questionnaire_is_a_further_key():
    key = pd.DataFrame(
        {
            "item": [1, 2],
            "subscale": ["presence"] * 2,
            "reverse": [0, 1],
            "minimum": [0] * 2,
            "maximum": [4] * 2,
        }
    )
    found = score(pd.DataFrame({"item_1": [4, 0], "item_2": [1, 4]}), key)
    assert found["presence"].tolist() == [7, 0]


def test_every_problem_with_the_answers_is_listed_at_once_with_dyad_and_item(key):
    data = answers(np.full((3, 36), 4.0), dyad=["D01", "D04", "D09"]).astype(object)
    data.loc[1, "item_7"] = np.nan
    data.loc[1, "item_36"] = 9
    data.loc[2, "item_2"] = "often"
    data.loc[2, "item_3"] = 3.5
    data.loc[2, "item_4"] = "n/a"
    with pytest.raises(QuestionnaireError) as refused:
        score(data, key)
    first, *rest = str(refused.value).splitlines()
    assert first.startswith("3 problems in the questionnaire's answers")
    assert sorted(rest) == [
        "D04, item_36: 9 is not a whole number from 1 to 7",
        "D09, item_2: often is not a whole number from 1 to 7",
        "D09, item_3: 3.5 is not a whole number from 1 to 7",
    ]
    assert isinstance(refused.value, ValueError)


def first_of(key, subscale, n):
    """Columns of the first n items of a subscale."""
    return [f"item_{i}" for i in key.loc[key["subscale"] == subscale, "item"][:n]]


def test_a_subscale_with_few_unanswered_items_is_the_mean_of_the_answered_times_their_number(key):
    data = answers([np.where(reversed_items(key), 3, 5)] * 2).astype(object)
    data.loc[0, first_of(key, "goal", 2)] = ["", "n/a"]
    data.loc[1, "item_1"] = 7  # a reversed item of bond: 1 in place of 5
    data.loc[1, "item_5"] = np.nan
    found = score(data, key)
    assert found.loc[0].to_dict() == {"goal": 60, "task": 60, "bond": 60, "total": 180, "missing_items": 2}
    assert found.loc[1, "bond"] == pytest.approx((10 * 5 + 1) / 11 * 12, abs=1e-4)
    assert found.loc[1, "total"] == pytest.approx(120 + found.loc[1, "bond"])
    assert missing_answers(data, key).to_numpy().tolist() == [[2, 0, 0], [0, 0, 1]]


def test_a_subscale_with_too_many_unanswered_items_is_missing_and_so_is_the_total(key):
    data = answers(np.full((2, 36), 4)).astype(object)
    data.loc[1, first_of(key, "task", 3)] = ""  # a fifth of twelve items is two
    found = score(data, key)
    assert found.loc[0].tolist() == [48, 48, 48, 144, 0]
    assert found.loc[1, ["goal", "bond", "missing_items"]].tolist() == [48, 48, 3]
    assert found.loc[1, ["task", "total"]].isna().all()


@pytest.mark.parametrize(
    ("most", "n", "known"), [(0, 1, False), (3, 3, True), (3, 4, False), (99, 12, False)]
)
def test_the_study_may_say_how_many_items_may_be_unanswered(key, most, n, known):
    data = answers(np.full((1, 36), 4)).astype(object)
    data.loc[0, first_of(key, "goal", n)] = ""
    assert score(data, key, most)["goal"].notna().tolist() == [known]


def test_a_short_subscale_is_never_prorated_unless_the_study_says_so():
    key = pd.DataFrame({"item": [1, 2, 3, 4], "subscale": "s", "reverse": 0, "minimum": 0, "maximum": 4})
    data = pd.DataFrame([["4", "4", "4", ""]], columns=[f"item_{i}" for i in range(1, 5)])
    assert score(data, key)["s"].isna().all()
    assert score(data, key, 1)["s"].tolist() == [16]


def test_without_dyads_the_message_counts_rows_as_a_spreadsheet_does(key):
    data = answers(np.full((3, 36), 4.0))
    data.loc[2, "item_5"] = 0
    with pytest.raises(QuestionnaireError, match=r"row 4, item_5: 0\.0 is not a whole number from 1 to 7"):
        score(data, key)


def test_a_form_with_other_items_is_refused(key):
    data = answers(np.full((1, 36), 4)).drop(columns=["item_8", "item_9"]).assign(item_37=4)
    with pytest.raises(QuestionnaireError) as refused:
        score(data, key)
    assert str(refused.value).splitlines()[1:] == [
        "the column item_9 is missing",
        "the column item_8 is missing",
        "the column item_37 is not an item of the key",
    ]


def test_a_broken_key_is_refused_with_all_that_is_wrong(key):
    broken = pd.concat([key, key[key["item"] == 6]])
    broken["reverse"] = broken["reverse"].mask(broken["item"] == 2, "maybe")
    broken["maximum"] = broken["maximum"].mask(broken["item"] == 3, 1)
    broken["subscale"] = broken["subscale"].mask(broken["item"] == 4, "total")
    with pytest.raises(QuestionnaireError) as refused:
        score(answers(np.full((1, 36), 4)), broken)
    assert str(refused.value).splitlines() == [
        "4 problems in the questionnaire's key:",
        "item_6 occurs twice",
        "item_2: reverse must be yes or no",
        "item_4: needs a subscale, called other than total or missing_items",
        "item_3: minimum and maximum must be whole numbers, and the minimum below the maximum",
    ]
    with pytest.raises(QuestionnaireError, match="the column reverse is missing"):
        score(answers(np.full((1, 36), 4)), key.drop(columns="reverse"))


def key_of(n_items, subscale="s", reverse=()):
    numbers = np.arange(1, n_items + 1)
    turned = np.where(np.isin(numbers, reverse), "yes", "no")
    return pd.DataFrame(
        {"item": numbers, "subscale": subscale, "reverse": turned, "minimum": 1, "maximum": 7}
    )


def alike(n_people=40, seed=0):
    """Answers of people to the 36 items, whose items of one subscale go together."""
    rng = np.random.default_rng(seed)
    return np.clip(np.round(4 + rng.normal(0, 1, (n_people, 1)) + rng.normal(0, 1.5, (n_people, 36))), 1, 7)


def test_alpha_of_two_items_is_that_of_spearman_and_brown():
    """Parallel items, of equal variance and correlation r: alpha = k r / (1 + (k - 1) r)."""
    first, second = [1, 2, 3, 4, 5, 6], [2, 1, 3, 4, 6, 5]
    r = np.corrcoef(first, second)[0, 1]
    found = reliability(pd.DataFrame({"item_1": first, "item_2": second}), key_of(2))
    assert list(found.columns) == ["subscale", "n_items", "n", "alpha", "alpha_low", "alpha_high"]
    assert list(found["subscale"]) == ["s", "total"]
    np.testing.assert_allclose(found["alpha"], 2 * r / (1 + r), rtol=1e-12)


def test_alpha_and_its_interval_agree_with_pingouin(key):
    import pingouin

    rows = alike()
    turned = np.where(reversed_items(key), 8 - rows, rows)
    found = reliability(answers(turned), key).set_index("subscale")
    assert list(found.index) == ["goal", "task", "bond", "total"]
    assert found["n_items"].tolist() == [12, 12, 12, 36] and set(found["n"]) == {40}
    for name in found.index:
        own = (key["subscale"] == name).to_numpy() | (name == "total")
        alpha, interval = pingouin.cronbach_alpha(answers(rows).loc[:, own[np.argsort(key["item"])]])
        assert found.loc[name, "alpha"] == pytest.approx(alpha, rel=1e-10)
        assert list(found.loc[name, ["alpha_low", "alpha_high"]].round(3)) == list(interval)


def test_reversed_items_that_are_not_turned_would_hide_the_agreement(key):
    rows = alike()
    asked = answers(np.where(reversed_items(key), 8 - rows, rows))
    turned, unturned = reliability(asked, key)["alpha"], reliability(asked, key.assign(reverse="no"))["alpha"]
    assert (turned > 0.7).all() and (unturned < turned - 0.2).all()


def test_whoever_left_an_item_of_a_subscale_out_is_left_out_there_and_counted():
    data = pd.DataFrame(alike()[:10, :6], columns=ITEMS[:6])
    key = key_of(6).assign(subscale=["a"] * 3 + ["b"] * 3)
    holed = data.astype(object)
    holed.loc[4, "item_2"] = "n/a"
    found = reliability(holed, key).set_index("subscale")
    assert found["n"].to_dict() == {"a": 9, "b": 10, "total": 9}
    expected = reliability(data.drop(index=4), key).set_index("subscale")
    assert found.loc["a"].equals(expected.loc["a"]) and found.loc["total"].equals(expected.loc["total"])


@pytest.mark.parametrize(
    ("rows", "n"),
    [([[1, 2], [3, 4]], 2), ([[1], [2], [4]], 3), ([[3, 4]] * 5, 5), ([[1, 7], [2, 6], [7, 1]], 3)],
    ids=["two people", "one item", "no variation", "a constant sum"],
)
@pytest.mark.filterwarnings("error")
def test_alpha_is_missing_where_it_cannot_be_told(rows, n):
    data = pd.DataFrame(rows, columns=ITEMS[: len(rows[0])])
    found = reliability(data, key_of(len(rows[0])))
    assert set(found["n"]) == {n} and found[["alpha", "alpha_low", "alpha_high"]].isna().all(axis=None)


def test_answers_that_cannot_be_scored_have_no_alpha_either():
    with pytest.raises(QuestionnaireError, match="9 is not a whole number"):
        reliability(pd.DataFrame({"item_1": [1, 2, 9], "item_2": [1, 2, 3]}), key_of(2))


def test_answers_that_were_reversed_before_and_are_reversed_again_bring_a_caution(key):
    rows = alike()
    asked = answers(np.where(reversed_items(key), 8 - rows, rows)).assign(dyad=range(40))
    sound = reliability_table({"wai": (asked, key)}, range(40))
    assert sound["note"].isna().all()
    twice = answers(rows).assign(dyad=range(40))  # the survey tool turned them already
    found = reliability_table({"wai": (twice, key)}, range(40)).set_index("subscale")
    reversed_names = [f"item_{n}" for n in key.loc[key["reverse"].isin(["yes", 1]), "item"]]
    for subscale, row in found.iterrows():
        assert "reversed twice?" in row["note"], subscale
    assert all(name in found.loc["total", "note"] for name in reversed_names), found.loc["total", "note"]


def test_a_form_that_each_therapist_answered_once_counts_once_a_therapist():
    rows = alike()[[0, 0, 1, 2, 2, 2, 3, 4, 5]]
    data = pd.DataFrame(rows[:, :4], columns=ITEMS[:4]).assign(dyad=range(9))
    therapists = dict(enumerate("AABCCCDEF"))
    once = data[~data["dyad"].isin((1, 4, 5))]
    found = reliability_table({"fmi": (data, key_of(4))}, range(9), therapists)
    pd.testing.assert_frame_equal(found, reliability_table({"fmi": (once, key_of(4))}, range(9)))
    assert (found["n"] == 6).all()

    data.loc[1, ITEMS[0]] = 8 - data.loc[1, ITEMS[0]]  # A answered anew of each client
    assert (reliability_table({"wai": (data, key_of(4))}, range(9), therapists)["n"] == 9).all()


def test_a_negative_alpha_brings_a_caution_and_chance_seldom_does():
    first = [1, 2, 3, 4, 5, 6]
    data = pd.DataFrame({"item_1": first, "item_2": [6, 5, 4, 3, 2, 2], "dyad": range(6)})
    table = reliability_table({"q": (data, key_of(2))}, range(6))
    assert (table["alpha"] < 0).all() and table["note"].str.startswith("alpha is negative", na=False).all()
    rng = np.random.default_rng(5)
    noisy = 0
    for _ in range(100):
        rows = pd.DataFrame(rng.integers(1, 8, (30, 4)), columns=ITEMS[:4])
        noisy += bool(items_against(rows, key_of(4))["total"])
    assert noisy <= 14  # 5 %, four standard deviations
