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
