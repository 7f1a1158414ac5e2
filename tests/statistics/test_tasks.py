"""Tasks as a factor within dyads: the mean over the times of a task takes the place of a time."""

import numpy as np
import pandas as pd
import pytest

from interbrain.statistics import analyse
from interbrain.statistics.tasks import means_of_tasks

SETTINGS = {"between": ["group"], "within": ["roi", "band"], "measures": ["plv"], "questionnaires": []}


def study(tasks, seed=3, n=8):
    """A row a dyad, time, band and site; `tasks` gives the task of each time."""
    rng = np.random.default_rng(seed)
    rows = [
        {
            **{"dyad": f"D{i:02}", "therapist": f"T{i:02}", "client": f"C{i:02}", "group": "ab"[i % 2]},
            **{"time": time, "task": task, "band": band, "roi": roi},
            "plv": 0.3 + 0.1 * (task == "talk") + 0.05 * rng.standard_normal(),
        }
        for i in range(n)
        for time, task in tasks.items()
        for band in ("theta", "alpha")
        for roi in ("frontal", "central")
    ]
    return pd.DataFrame(rows)


def test_one_time_a_task_is_the_analysis_with_time_as_factor_under_another_name():
    table = study({"one": "rest", "two": "talk", "three": "silence"})
    asked = analyse(table, **SETTINGS, relabelings=99, bootstraps=999, compare_tasks=True)
    plain = analyse(
        table.assign(time=table["task"]), **SETTINGS, relabelings=99, bootstraps=999, time="factor"
    )
    for name in ("anova", "contrasts", "means"):
        renamed = plain[name].replace(r"\btime\b", "task", regex=True)
        pd.testing.assert_frame_equal(asked[name], renamed)
    assert {"task", "group:task", "task:roi"} <= set(asked["anova"]["effect"])


def test_tasks_that_are_compared_are_among_the_means_of_groups():
    table = study({"one": "rest", "two": "talk"})
    found = analyse(
        table, **SETTINGS, relabelings=99, bootstraps=999, compare_tasks=True, only=["descriptives"]
    )
    means = found["descriptives"].query("measure == 'plv' and factor == 'task'").set_index("level")["mean"]
    own = table.groupby("task", sort=False)["plv"].mean()  # every dyad has every cell once
    assert list(means.index) == ["rest", "talk"] and means.to_numpy() == pytest.approx(own.to_numpy())


def test_two_times_of_a_task_count_once():
    table = study({"before": "rest", "session": "talk", "after": "rest"})
    [difference] = (
        analyse(table, **SETTINGS, relabelings=99, bootstraps=999, compare_tasks=True)["contrasts"]
        .query("measure == 'plv' and effect == 'task'")["difference"]
        .tolist()
    )
    cell = table.groupby(["dyad", "task", "band", "roi"])["plv"].mean().groupby("task").mean()
    assert abs(difference) == pytest.approx(abs(cell["rest"] - cell["talk"]), abs=1e-12)


def test_a_missing_value_is_not_averaged_away_and_an_absent_recording_is():
    table = study({"before": "rest", "session": "talk", "after": "rest"}, n=2)
    place = (table["dyad"] == "D00") & (table["band"] == "theta") & (table["roi"] == "frontal")
    lost = table.copy()
    lost.loc[place & (table["time"] == "after"), "plv"] = np.nan
    absent = table[~(place & (table["time"] == "after"))]
    of = ["dyad", "time", "band", "roi"]
    key = ("D00", "rest", "theta", "frontal")
    assert np.isnan(means_of_tasks(lost, ["plv"]).set_index(of)["plv"][key])
    only = table[place & (table["time"] == "before")]["plv"].iloc[0]
    assert means_of_tasks(absent, ["plv"]).set_index(of)["plv"][key] == only


def test_the_order_of_tasks_is_that_of_the_times_even_if_the_first_dyad_lacks_one():
    table = study({"before": "rest", "session": "talk"}, n=3)
    table = table[~((table["dyad"] == "D01") & (table["task"] == "rest"))]
    means = means_of_tasks(table, ["plv"])
    assert list(means["time"].unique()) == ["rest", "talk"]
    assert list(means["dyad"].unique()) == ["D00", "D01", "D02"]


def test_tasks_are_compared_over_means_only():
    with pytest.raises(ValueError, match="only be mean"):
        analyse(study({"a": "rest", "b": "talk"}), **SETTINGS, time="change", compare_tasks=True)


PHASES = {"pre_rest": "pre", "post_rest": "post", "pre_talk": "pre", "post_talk": "post"}


def crossed(n=8, seed=3):
    """Rest and talk at two times; talk gains .2 from the first to the second, and rest nothing."""
    table = study({time: time.split("_")[1] for time in PHASES}, seed=seed, n=n)
    return table.assign(plv=table["plv"] + 0.2 * (table["time"] == "post_talk"))


def asked_of(table, effect, **how):
    tables = analyse(table, **SETTINGS, relabelings=99, bootstraps=999, phases=PHASES, **how)
    rows = tables["contrasts"].query("measure == 'plv' and effect == @effect")
    return rows.iloc[0], tables


def by_hand(table):
    """Each dyad's mean of all cells at each occasion: a row a dyad."""
    return table.groupby(["dyad", "time"])["plv"].mean().unstack()


@pytest.mark.parametrize(
    ("effect", "how", "contrast"),
    [
        ("task", {"compare_tasks": True}, [1, 1, -1, -1]),
        ("time", {"time": "factor"}, [1, -1, 1, -1]),
        ("task", {"compare_tasks": True, "time": "change"}, [-2, 2, 2, -2]),
    ],
    ids=["tasks over times", "times over tasks", "time x task"],
)
def test_crossed_tasks_and_times_are_tested_by_the_contrast_of_each_dyads_four_means(effect, how, contrast):
    from scipy import stats

    table = crossed()
    # Without groups, so that the paired t test is that of the contrast.
    row = (
        analyse(table, **(SETTINGS | {"between": []}), relabelings=99, bootstraps=999, phases=PHASES, **how)[
            "contrasts"
        ]
        .query("measure == 'plv' and effect == @effect")
        .iloc[0]
    )
    wide = by_hand(table)[list(PHASES)]
    score = wide.to_numpy() @ (np.array(contrast) / 2)
    assert abs(row["difference"]) == pytest.approx(abs(score.mean()), abs=1e-12)
    assert abs(row["t"]) == pytest.approx(abs(stats.ttest_1samp(score, 0).statistic), rel=1e-9)


def test_groups_are_compared_in_the_interaction_as_well():
    table = crossed()
    _, tables = asked_of(table, "task", compare_tasks=True, time="change")
    assert "group:task" in set(tables["anova"]["effect"])


def test_the_tests_against_chance_are_of_the_mean_whatever_is_asked_of_the_times():
    table = crossed().assign(above_chance=lambda t: t["plv"] - 0.3, z_chance=lambda t: t["plv"])
    given = SETTINGS | {"measures": ["plv", "above_chance"]}
    how = {"relabelings": 99, "bootstraps": 999, "phases": PHASES}
    mean, change, times = (
        analyse(table, **given, **how, **further)["presence"]
        for further in (
            {"compare_tasks": True},
            {"compare_tasks": True, "time": "change"},
            {"time": "change"},
        )
    )
    pd.testing.assert_frame_equal(mean, change)
    pd.testing.assert_frame_equal(mean, times)


def test_a_covariate_of_a_dyad_is_no_change_of_it():
    from interbrain.statistics.tasks import changes_of_tasks

    table = crossed().assign(score=7.0)
    changes = changes_of_tasks(table, PHASES, ["plv"], ["score"])
    assert set(changes["score"]) == {7.0}
    wide = by_hand(table)
    own = changes.groupby(["dyad", "task"])["plv"].mean().unstack()
    np.testing.assert_allclose(own["talk"], wide["post_talk"] - wide["pre_talk"])


def test_a_dyad_without_one_cell_is_not_in_the_crossed_tests():
    from interbrain.statistics.tasks import tested

    table = crossed(n=3)
    lost = table[(table["dyad"] != "D01") | (table["time"] != "post_talk")]
    assert list(tested(lost, list(PHASES), tasks_at_times=True)["dyad"].unique()) == ["D00", "D02"]
    pre = [time for time, phase in PHASES.items() if phase == "pre"]
    rows = tested(lost, pre, tasks_at_times=True)  # what is lost is not of these times
    assert set(rows["time"]) == set(pre) and rows["dyad"].nunique() == 3
    assert tested(lost, list(PHASES), tasks_at_times=False).equals(lost)


def test_a_value_that_one_task_lacks_is_missing_in_the_mean_of_its_time():
    from interbrain.statistics.tasks import means_of_times

    table = crossed(n=2)
    place = (table["dyad"] == "D00") & (table["band"] == "theta") & (table["roi"] == "frontal")
    table.loc[place & (table["time"] == "pre_talk"), "plv"] = np.nan
    means = means_of_times(table, PHASES, ["plv"]).set_index(["dyad", "time", "band", "roi"])["plv"]
    assert np.isnan(means["D00", "pre", "theta", "frontal"])
    assert means.isna().sum() == 1
