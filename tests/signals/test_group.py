"""Coordination over dyads: strangers, columns of the aggregated dataset, and tests with known answers."""

import numpy as np
import pandas as pd
import pytest

from interbrain.coordination.session import coordination
from interbrain.coordination.settings import Settings
from interbrain.group.coordination import all_dyads, as_columns, bodies_alone, describe_columns
from interbrain.signals.coordinating import OF_STRANGERS, coordination_tables, strangers_table
from interbrain.signals.measures import coordination_columns, measures_of
from interbrain.statistics.signals import signal_statistics
from interbrain.tables.signal_statistics import OF_SIGNALS

SETTINGS = Settings(
    window_s=15, step_s=5, lag_s=2, segment_s=15, min_shift_s=10, n_shifts=30, stranger_shifts=30
)
MEASURES = {"eda": ["wcc_absolute"]}
DYADS = [f"D{number}" for number in range(1, 6)]


def series(seed, share):
    """A dyad's skin conductance of which a share is common."""
    common, own, other = np.random.default_rng(seed).standard_normal((3, 4 * 120))
    parts = [np.sqrt(share) * common + np.sqrt(1 - share) * alone for alone in (own, other)]
    smooth = [np.convolve(part, np.ones(8), "same") for part in parts]
    return pd.DataFrame(
        {"kind": "eda", "time_s": np.arange(480) / 4, "therapist_value": smooth[0], "client_value": smooth[1]}
    )


@pytest.fixture(scope="module")
def table():
    """Five dyads whose members share four fifths of what they do."""
    quality = pd.DataFrame(
        {"kind": ["eda", "eda"], "role": ["therapist", "client"], "usable": 1, "reason": ""}
    )
    own = {dyad: series(number, 0.8) for number, dyad in enumerate(DYADS)}
    rows = [
        coordination_tables(one, quality, MEASURES, SETTINGS, [1])[0].assign(dyad=dyad, time="rest", run=1)
        for dyad, one in own.items()
    ]
    pairs = [(d, *pair) for d in DYADS for o in DYADS if o != d for pair in ((d, o), (o, d))]
    strangers = strangers_table(own, pairs, MEASURES, SETTINGS, [1])
    return all_dyads(rows, [strangers.assign(time="rest")])


def test_members_go_together_more_than_with_strangers(table):
    assert table["dyad"].tolist() == DYADS
    assert (table["n_pseudo"] == 2 * (len(DYADS) - 1)).all()
    assert (table["above_pseudo"] > 0).all()
    assert table["pseudo"].abs().max() < 0.5 * table["own_above_chance"].min()


def test_strangers_are_those_of_the_room_of_coordination_though_each_pair_is_computed_once():
    own = {dyad: series(number, 0.8) for number, dyad in enumerate(DYADS[:3])}
    pairs = [("D1", "D1", "D2"), ("D1", "D2", "D1"), ("D1", "D3", "D1"), ("D2", "D1", "D2")]
    found = strangers_table(own, pairs, MEASURES, SETTINGS, [1]).set_index("dyad").loc["D1"]
    of = {(d, role): own[d][f"{role}_value"].to_numpy() for d in own for role in ("therapist", "client")}
    strangers = [(of[t, "therapist"], of[c, "client"]) for _, t, c in pairs[:3]]
    both = of["D1", "therapist"], of["D1", "client"]
    (row,) = coordination(*both, 4, ["wcc_absolute"], SETTINGS, [1], strangers=strangers).rows
    for name in OF_STRANGERS:
        assert found[name] == pytest.approx(row[name], rel=1e-12), name


def test_a_dyad_without_the_signal_is_nobodys_stranger():
    own = {dyad: series(number, 0.8) for number, dyad in enumerate(DYADS[:3])}
    own["D3"] = own["D3"].iloc[:0]
    pairs = [("D1", "D1", "D2"), ("D1", "D3", "D1"), ("D3", "D3", "D1")]
    found = strangers_table(own, pairs, MEASURES, SETTINGS, [1])
    assert found[["dyad", "n_pseudo"]].to_numpy().tolist() == [["D1", 1]]
    assert set(OF_STRANGERS) <= set(found)


def test_coordination_becomes_columns_with_a_dictionary(table):
    names = coordination_columns(MEASURES)
    wide = as_columns(table, names)
    assert list(wide) == ["dyad", "time", *names]
    np.testing.assert_allclose(wide["eda_wcc_absolute_above_chance"], table["above_chance"])
    assert set(describe_columns(MEASURES)) == set(names)


def test_the_tests_find_coordination_a_difference_and_a_score_that_were_planted():
    rng = np.random.default_rng(5)
    n = 12
    column = "eda_wcc_absolute_above_chance"
    score = rng.standard_normal(n)
    data = pd.DataFrame(
        {
            "dyad": [f"D{number:02d}" for number in range(n)],
            "therapist": [f"T{number:02d}" for number in range(n)],
            "client": [f"C{number:02d}" for number in range(n)],
            "time": "rest",
            "group": ["a", "b"] * (n // 2),
            "wai": score,
            column: 0.5 + 0.2 * (np.arange(n) % 2) + 0.05 * score + 0.01 * rng.standard_normal(n),
        }
    )
    found = signal_statistics(data, [column], ["group"], ["wai"], relabelings=999, bootstraps=999)
    assert set(found) == set(OF_SIGNALS)
    presence = found["signalpresence"]
    assert presence["mean"].iloc[0] == pytest.approx(data[column].mean())
    assert (presence["n_flips"].iloc[0], presence["p_flips"].iloc[0]) == (2**n, 2 / 2**n)
    contrast = found["signalcontrasts"].iloc[0]
    assert abs(contrast["difference"]) == pytest.approx(0.2, abs=0.08)
    correlation = found["signalcorrelations"].iloc[0]
    assert correlation["r"] == pytest.approx(np.corrcoef(score, data[column])[0, 1])


def test_a_measure_that_no_dyad_has_is_not_tested_and_the_table_says_so():
    data = pd.DataFrame(
        {"dyad": ["D1"], "therapist": ["T1"], "client": ["C1"], "time": "rest", "x_above_chance": [np.nan]}
    )
    found = signal_statistics(data, ["x_above_chance"], [], [])
    assert found["signalpresence"]["note"].str.len().gt(0).all()
    assert len(found["signalpresence"]) == 1


def test_the_measures_of_a_signal_are_those_of_its_kind_unless_the_study_names_others():
    signals = {("D1", 1, "client"): [{"name": "head", "kind": "motion"}, {"name": "ibi", "kind": "ecg"}]}
    by_kind = measures_of(signals, {})
    assert list(by_kind) == ["head", "ibi"] and "wcc_absolute" in by_kind["head"]
    assert measures_of(signals, {"motion": ["matching"]})["head"] == ["matching"]
    assert measures_of(signals, {"motion": ["matching"], "head": ["agreement"]})["head"] == ["agreement"]


def test_a_dyad_without_usable_eeg_enters_the_tests_of_its_bodies_and_is_named(table):
    names = coordination_columns(MEASURES)
    dyads = pd.DataFrame({"dyad": DYADS, "therapist": "T", "client": "C", "group": list("ababa")})
    dyads["therapist"] = dyads["client"] = [dyad.replace("D", "P") for dyad in DYADS]
    scores = {"wai": pd.DataFrame({"dyad": DYADS, "total": [3.0, 1.0, 4.0, 1.5, 5.0]})}
    eeg = dyads.assign(time="rest", plv=0.4, wai_total=[3.0, 1.0, 4.0, 1.5, 5.0])
    eeg = eeg.merge(as_columns(table, names), on=["dyad", "time"])
    whole, none = bodies_alone(eeg, table, names, dyads, scores, {})
    assert none == [] and whole.equals(eeg)

    without = eeg[eeg["dyad"] != "D2"]
    found, alone = bodies_alone(without, table, names, dyads, scores, {})
    assert alone == ["D2"] and found["dyad"].tolist() == DYADS
    assert np.isnan(found["plv"][1]) and found["plv"].notna().sum() == 4
    pd.testing.assert_frame_equal(found.drop(columns="plv"), eeg.drop(columns="plv"))
    excluded, alone = bodies_alone(without, table, names, dyads.drop(index=1), scores, {})
    assert alone == [] and len(excluded) == 4

    column = "eda_wcc_absolute_above_chance"
    presence = signal_statistics(found, [column], ["group"], ["wai_total"], alone=["D2"])["signalpresence"]
    assert presence["n"].tolist() == [5]
    assert presence["note"].iloc[0].startswith("D2 enters without usable EEG")
    assert signal_statistics(found, [column], ["group"], [])["signalanova"]["n_dyads"].tolist() == [5]
