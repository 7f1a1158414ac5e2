"""Coordination of signals under all choices: planted, absent, and against the study's own analysis."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from interbrain.coordination.registry import MEASURES
from interbrain.coordination.settings import Settings
from interbrain.files.tables import read_table, write_table
from interbrain.multiverse.signal_branch import signal_variants, with_choices
from interbrain.multiverse.signal_choices import may_be_chosen, signal_combinations
from interbrain.multiverse.signal_specifications import NOT_RECORDED, signal_specification_tables
from interbrain.signals.coordinating import coordination_tables
from interbrain.statistics.signals import signal_statistics
from interbrain.tables.signal_multiverse import SIGNAL_JOINT, SIGNAL_SPECIFICATIONS
from interbrain.tables.signal_variants import SIGNAL_VARIANTS

RATE_HZ, MINUTES = 4, 8
OWN = Settings(window_s=60, step_s=30, lag_s=5, n_shifts=60)
MEASURES_OF = {"eda": ["wcc_absolute", "matching_lambda"], "motion": ["wcc_absolute", "wcc_lead"]}
CHOICES = {
    "kinds": {"eda": "eda", "motion": "motion"},
    "measures": MEASURES_OF,
    "window_s": OWN.window_s,
    "lag_s": OWN.lag_s,
    "further": {"window_s": [30], "lag_s": [3], "measures": ["susy_absolute"]},
}
ALL = signal_combinations(**CHOICES)
OF_EDA = ALL[ALL["kind"] == "eda"].reset_index(drop=True)
BETWEEN = {"group": ["a", "b"]}


def recording(seed, coupling, minutes=MINUTES):
    """Series and quality of a dyad whose client goes along with the therapist one second later."""
    rng = np.random.default_rng(seed)
    n = round(minutes * 60 * RATE_HZ)
    first, second = (
        np.convolve(rng.standard_normal(n + RATE_HZ + 15), np.ones(16), "valid") for _ in range(2)
    )
    both = coupling * first[:n] + np.sqrt(1 - coupling**2) * second[:n]
    about = {"time_s": np.arange(n) / RATE_HZ, "kind": "eda"}
    series = pd.DataFrame(about | {"therapist_value": first[RATE_HZ:], "client_value": both})
    roles = [{"kind": "eda", "role": role, "usable": 1, "reason": ""} for role in ("therapist", "client")]
    return series, pd.DataFrame(roles)


def study(couplings, seed=0, combinations=OF_EDA, settings=OWN, **more):
    """Variants of dyads with these couplings, and the dyads; the first half is group a."""
    variants = [
        signal_variants(*recording([seed, i], coupling, **more), combinations, settings, [1]).assign(
            dyad=f"D{i:02}", time="session", run=1
        )
        for i, coupling in enumerate(couplings)
    ]
    return pd.concat(variants), people(len(couplings))


def people(n, times=("session",)):
    rows = [
        {"dyad": f"D{i:02}", "therapist": f"T{i}", "client": f"C{i}", "time": time}
        | {"group": "a" if i < n / 2 else "b"}
        for i in range(n)
        for time in times
    ]
    return pd.DataFrame(rows)


def tables(variants, dyads, combinations=OF_EDA, **changed):
    given = {"times": ["session"], "time": "mean", "between": {}, "n_relabelings": 500, "seed": [1]}
    return signal_specification_tables(variants, dyads, combinations, **{**given, **changed})


@pytest.fixture(scope="module")
def planted():
    return study([0.8, 0.7, 0.9, 0.8, 0.75, 0.85])


def test_a_choice_is_a_measure_that_may_be_a_main_result_and_varies_with_what_it_has():
    assert ALL.groupby(["kind", "measure"], sort=False).size().to_dict() == {
        ("eda", "wcc_absolute"): 4,
        ("eda", "matching_lambda"): 1,
        ("eda", "susy_absolute"): 2,
        ("motion", "wcc_lead"): 4,  # of movement, the others' chance level is not right
    }
    assert ALL.loc[ALL["own"] == 1, ["kind", "measure"]].to_numpy().tolist() == [
        ["eda", "wcc_absolute"],
        ["eda", "matching_lambda"],
        ["motion", "wcc_lead"],
    ]
    assert set(ALL.loc[ALL["measure"] == "wcc_lead", "question"]) == {"lead"}
    assert not any(may_be_chosen(name) for name, one in MEASURES.items() if not one.headline)


def test_planted_coordination_is_found_under_every_combination(planted):
    table, joint = tables(*planted)
    assert len(table) == len(OF_EDA) and (table["effect_size"] > 0).all()
    assert table["p_permutation"].tolist() == [2 / 2**6] * len(OF_EDA)
    assert (table["p"] < 0.01).all()
    assert joint["p_permutation"].tolist() == [2 / 2**6] * 3
    assert joint.set_index("summary")["observed"]["significant_share"] == 1
    assert (list(table), list(joint)) == (SIGNAL_SPECIFICATIONS.names, SIGNAL_JOINT.names)


def test_the_study_s_own_choices_give_the_study_s_own_values_and_tests(planted):
    variants, dyads = planted
    own = OF_EDA[OF_EDA["own"] == 1]
    value = {}
    for i in range(len(dyads)):
        series, quality = recording([0, i], [0.8, 0.7, 0.9, 0.8, 0.75, 0.85][i])
        rows = coordination_tables(series, quality, MEASURES_OF, OWN, [1])[0]
        value[f"D{i:02}"] = rows.set_index("measure")["above_chance"]
    for choice in own.itertuples():
        rows = variants.merge(own.loc[[choice.Index], ["measure", "window_s", "lag_s"]])
        assert rows["above_chance"].tolist() == [value[dyad][choice.measure] for dyad in rows["dyad"]]
        dyads = dyads.assign(**{f"eda_{choice.measure}_above_chance": rows["above_chance"].to_numpy()})
    names = [f"eda_{name}_above_chance" for name in own["measure"]]
    dyads = dyads.assign(band="alpha", roi="frontal")
    theirs = signal_statistics(dyads, names, ["group"], [], relabelings=500)
    table, _ = tables(variants, people(len(dyads)), between=BETWEEN)
    table = table[table["own"] == 1]
    presence = theirs["signalpresence"].query("unit == 'dyad'")
    ours = table[table["tested"] == "above_chance"]
    assert ours["effect_size"].tolist() == pytest.approx(presence["d_z"].tolist())
    assert ours["p"].tolist() == pytest.approx(presence["p"].tolist())
    assert ours["p_permutation"].tolist() == pytest.approx(presence["p_flips"].tolist())
    ours = table[table["tested"] == "group"]
    anova = theirs["signalanova"].query("effect == 'group'")
    assert ours["F"].tolist() == pytest.approx(anova["F"].tolist())


@pytest.mark.long
def test_series_of_people_who_have_nothing_to_do_with_each_other_give_uniform_joint_p():
    combinations = OF_EDA[(OF_EDA["lag_s"] != 5) & (OF_EDA["window_s"] != 60)].reset_index(drop=True)
    few = replace(OWN, n_shifts=20, min_shift_s=30)
    p = []
    for seed in range(24):
        _, joint = tables(*study([0] * 5, seed, combinations, few, minutes=3), combinations)
        p.append(joint.set_index("summary")["p_permutation"])
    share = (pd.DataFrame(p)[["median_effect", "stouffer_z"]] <= 0.125).mean()
    assert (share < 8 / 24).all()  # 8 or more come less than once in a hundred times where p is uniform


@pytest.mark.long
def test_groups_that_differ_are_compared_under_every_combination():
    variants, dyads = study([0.9, 0.85, 0.8, 0.95, 0, 0, 0, 0])
    table, joint = tables(variants, dyads, between=BETWEEN)
    rows = table[table["tested"] == "group"]
    assert (rows["comparison"] == "a - b").all() and (rows["effect_size"] > 1).all()
    assert joint.query("tested == 'group' and summary == 'median_effect'")["p_permutation"].item() < 0.05


def test_what_a_recording_is_too_short_for_is_missing_with_the_reason():
    variants, dyads = study([0.8] * 4, minutes=1)
    table, _ = tables(variants, dyads)
    rows = table[table["window_s"] == 60]
    assert (rows["n_dyads"] == 0).all() and rows["effect_size"].isna().all()
    assert rows["note"].str.contains("the series is shorter than one window", na=False).all()


def test_dyads_without_the_signal_are_named(planted):
    variants, dyads = planted
    table, _ = tables(variants[variants["dyad"] != "D03"], dyads)
    assert (table["n_dyads"] == 5).all()
    assert table["note"].str.contains(f"without D03: {NOT_RECORDED} (session)", regex=False, na=False).all()


def test_neither_the_order_of_jobs_nor_the_file_changes_a_number(planted, tmp_path):
    variants, dyads = planted
    shuffled = variants.sample(frac=1, random_state=3)
    pd.testing.assert_frame_equal(tables(variants, dyads)[0], tables(shuffled, dyads)[0])
    path = tmp_path / "variants.tsv"
    write_table(path, variants.reindex(columns=SIGNAL_VARIANTS.names), SIGNAL_VARIANTS)
    again = tables(read_table(path, SIGNAL_VARIANTS), dyads)[0]
    assert again["effect_size"].tolist() == pytest.approx(tables(variants, dyads)[0]["effect_size"].tolist())


@pytest.mark.long
def test_a_dyad_s_mean_over_times_enters_and_its_change_where_groups_are_compared():
    first, _ = study([0.9, 0.9, 0.9, 0, 0, 0], 1)
    last, _ = study([0, 0, 0, 0.9, 0.9, 0.9], 2)
    variants = pd.concat([first.assign(time="pre"), last.assign(time="post")])
    given = {"times": ["pre", "post"], "between": BETWEEN}
    dyads = people(6, given["times"])
    mean, _ = tables(variants, dyads, **given)
    change, _ = tables(variants, dyads, time="change", **given)
    pd.testing.assert_frame_equal(*(one[one["tested"] == "above_chance"] for one in (mean, change)))
    assert (change.loc[change["tested"] == "group", "effect_size"] < -2).all()


def test_a_shorter_window_leaves_no_gap_between_windows():
    assert with_choices(OWN, 20, np.nan) == replace(OWN, window_s=20, step_s=20)
    assert with_choices(OWN, 60, 3) == replace(OWN, lag_s=3)
