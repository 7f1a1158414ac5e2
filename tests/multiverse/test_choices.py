from interbrain.metrics import METRICS
from interbrain.multiverse.choices import CHOICES, CORRECTIONS, combinations, grid
from interbrain.study.settings import config_schema

STUDY = {
    "length_s": 5,
    "bands": {"theta": [4, 7], "alpha": [8, 12]},
    "rois": {"frontal": ["F3", "F4"], "central": ["C3", "C4"]},
    "measures": ["plv", "above_chance"],
    "time": "mean",
}
FURTHER = {
    "reference": {"temporal": ["T7", "T8"]},
    "length_s": [2, 10],
    "bands": {"narrow": {"alpha": [9, 11]}},
    "rois": {"midline": {"frontal": ["Fz"]}},
    "estimators": ["accorr"],
    "correction": ["z_chance"],
    "time": ["post", "ancova"],
}


def test_the_studys_own_level_is_the_first_of_every_choice():
    levels = grid(**STUDY, further=FURTHER)
    assert tuple(levels) == CHOICES
    assert {choice: list(found) for choice, found in levels.items()} == {
        "reference": ["average", "temporal"],
        "length_s": [5, 2, 10],
        "bands": ["study", "narrow"],
        "rois": ["study", "midline"],
        "estimator": ["plv", "accorr"],
        "correction": ["raw", "above_chance", "z_chance"],
        "times": ["mean", "post", "ancova"],
    }
    assert levels["bands"]["study"] == STUDY["bands"] and levels["reference"]["average"] == []


def test_all_combinations_stand_in_order_and_the_studys_own_are_marked():
    table = combinations(grid(**STUDY, further=FURTHER), STUDY["measures"])
    assert len(table) == 2 * 3 * 2 * 2 * 2 * 3 * 3 == len(table.drop_duplicates())
    assert table["times"].tolist()[:4] == ["mean", "post", "ancova", "mean"]  # the last choice varies fastest
    assert table["reference"].is_monotonic_increasing
    own = table[table["own"] == 1]
    assert own["correction"].tolist() == ["raw", "above_chance"]
    assert own.iloc[:, :5].drop_duplicates().values.tolist() == [["average", 5, "study", "study", "plv"]]
    assert set(own["times"]) == {"mean"} and own.index[0] == 0


def test_a_grid_of_what_the_study_does_anyway_is_the_study_itself():
    same = {"length_s": [5.0], "estimators": ["plv"], "correction": ["raw"], "time": ["mean"]}
    assert combinations(grid(**STUDY, further=same), STUDY["measures"])["own"].tolist() == [1, 1]


def test_measures_of_other_estimators_are_the_studys_own_too():
    further = ["accorr", "aec_above_chance", "wpli_z_chance", "above_pseudo", "granger_net"]
    study = STUDY | {"measures": ["above_chance", *further]}
    table = combinations(grid(**study, further={}), study["measures"])
    own = table[table["own"] == 1]
    assert own[["estimator", "correction"]].values.tolist() == [
        ["plv", "above_chance"],
        ["accorr", "raw"],
        ["aec", "above_chance"],
        ["wpli", "z_chance"],
    ]
    pseudo = STUDY | {"measures": ["above_pseudo"]}  # which no branch computes: nothing here is the study's
    assert combinations(grid(**pseudo, further={}), pseudo["measures"])["own"].tolist() == [0]


def test_times_as_a_factor_compare_dyads_by_the_mean_of_their_times():
    assert grid(**STUDY | {"time": "factor"}, further={})["times"] == ["mean"]
    assert grid(**STUDY | {"time": "change"}, further={"time": ["mean"]})["times"] == ["change", "mean"]


def test_the_config_offers_every_estimator_and_correction(repository):
    schema = config_schema()
    offered = schema["properties"]["multiverse"]["properties"]
    assert offered["estimators"]["items"]["enum"] == list(METRICS)
    assert offered["correction"]["items"]["enum"] == list(CORRECTIONS)
