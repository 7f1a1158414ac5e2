"""A questionnaire that the project has never seen is one more table, one more key and a few lines of config.

Here it is one like the Therapeutic Presence Inventory: 21 items, one scale. Which items are reversed is
invented.
"""

import numpy as np
import pandas as pd
import pytest

from interbrain.group.aggregated import aggregate
from interbrain.questionnaires.reliability import reliability
from interbrain.tables.of_a_study import describe_scores
from interbrain.tables.synchrony import SITES

N_ITEMS, REVERSED = 21, (4, 9, 17)
SETTINGS = {
    "name": "Therapeutic Presence Inventory",
    "table": "config/presence.tsv",
    "key": "config/presence_key.tsv",
    "role": "therapist",
}


@pytest.fixture
def with_presence(demo):
    """The demo with one more questionnaire, in which D01 answers as highly as can be and D02 as lowly."""
    heading = ["item", "subscale", "reverse", "minimum", "maximum"]
    turned = {item: "yes" if item in REVERSED else "no" for item in range(1, N_ITEMS + 1)}
    key = [[str(item), "presence", reverse, "1", "7"] for item, reverse in turned.items()]
    demo.write("presence_key", [heading, *key])
    answers = np.random.default_rng(2).integers(3, 7, size=(6, N_ITEMS))
    answers[0] = [1 if item in REVERSED else 7 for item in turned]
    answers[1] = 8 - answers[0]
    rows = [[f"D{i:02d}", *map(str, row)] for i, row in enumerate(answers, start=1)]
    demo.write("presence", [["dyad", *(f"item_{item}" for item in turned)], *rows])
    demo.config["questionnaires"]["presence"] = SETTINGS
    demo.config["statistics"]["correlate"] = ["presence_total", "wai_difference"]
    return demo


def one_row_a_dyad(dyads):
    keys = {"time": "pre", "band": "alpha", "roi_therapist": "central", "roi_client": "central"}
    numbers = dict.fromkeys(SITES.of_kind("number", "count"), 0.1)
    return [pd.DataFrame([{"dyad": d, **keys, "estimator": "plv", "value": 0.3, **numbers}]) for d in dyads]


def test_it_is_scored_beside_the_others_and_can_be_correlated(with_presence):
    study = with_presence.load()
    assert not [warning for warning in study.warnings if "presence" in str(warning)]
    scores = study.scores["presence"].set_index("dyad")
    assert list(scores.columns) == ["presence", "total", "missing_items"]
    assert scores.loc["D01", "total"] == 7 * N_ITEMS and scores.loc["D02", "total"] == N_ITEMS
    assert list(study.scores) == ["wai_t", "wai_c", "presence"]


def test_its_total_is_a_column_of_the_aggregated_dataset_with_a_description(with_presence):
    study = with_presence.load()
    config = with_presence.config
    table = aggregate(
        one_row_a_dyad(study.included["dyad"]),
        study.included,
        study.scores,
        config["differences"],
        {},
        list(config["factors"]),
    )
    assert table.set_index("dyad")["presence_total"].loc["D01"] == 7 * N_ITEMS
    assert table["presence_total"].notna().all() and "wai_difference" in table
    described = describe_scores(config["questionnaires"], study.scores, config["differences"])
    assert "Therapeutic Presence Inventory" in described["presence_total"]["Description"]


def test_its_reliability_is_told_as_that_of_the_others(with_presence):
    answers = with_presence.load().answers["presence"]
    key = pd.DataFrame(with_presence.rows("presence_key")[1:], columns=with_presence.rows("presence_key")[0])
    found = reliability(answers, key).set_index("subscale")
    assert list(found.index) == ["presence", "total"] and found.loc["total", "n"] == 6
    assert 0.9 < found.loc["total", "alpha"] <= 1  # two dyads at the ends of the scale


def test_it_can_take_part_in_a_difference(with_presence):
    with_presence.config["differences"]["presence_less_alliance"] = ["presence", "wai_c"]
    with_presence.config["statistics"]["correlate"] = ["presence_less_alliance"]
    assert with_presence.problems() == []


def test_a_difference_of_totals_on_two_scales_is_warned_of(with_presence):
    """Forms coded 1 to 7 and 0 to 6 differ by their number of items where both members agree."""
    with_presence.config["differences"]["presence_less_alliance"] = ["presence", "wai_c"]
    with_presence.config["statistics"]["correlate"] = ["presence_less_alliance", "wai_difference"]
    (said,) = [w for w in with_presence.load().warnings if w.where.startswith("config.yaml, differences")]
    assert said.where.endswith("presence_less_alliance")
    assert "presence_total from" in said.what and "wai_c_total from 36 to 252" in said.what


def test_a_misspelt_score_is_refused_with_the_right_one(with_presence):
    with_presence.config["statistics"]["correlate"] = ["presense_total"]
    (problem,) = with_presence.problems()
    assert "presense_total" in problem.what and "presence_total" in problem.hint


def test_an_answer_out_of_the_key_s_range_is_refused_with_its_place(with_presence):
    with_presence.put("presence", 4, "item_9", "8")
    place = ("presence.tsv, row 4 (D03), item_9", "8 is not a whole number from 1 to 7", "")
    assert with_presence.said()[0] == place
