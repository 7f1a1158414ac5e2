"""Several tasks at each time: a row each, an occasion each, and every other table names which it means."""

import pytest


def crossed(demo, lacking=()):
    """The demo with rest and talk at each time; `lacking` are rows (dyad, time, task) that are left out."""
    header, *rows = demo.rows("recordings")
    at = {name: header.index(name) for name in ("dyad", "time", "therapist_file", "client_file")}
    told = []
    for row in rows:
        for task in ("rest", "talk"):
            own = list(row)
            for role in ("therapist", "client"):
                own[at[f"{role}_file"]] = f"{own[at['dyad']]}_{own[at['time']]}_{task}_{role}.Poly5"
            if (own[at["dyad"]], own[at["time"]], task) not in lacking:
                told.append([*own, task])
    demo.write("recordings", [[*header, "task"], *told])
    demo.put("simulation", 4, "lost_time", "post_talk")  # D03
    return demo


def test_each_task_of_a_time_is_an_occasion_with_a_run_of_its_own(demo):
    study = crossed(demo).load()
    assert study.times == ["pre_rest", "post_rest", "pre_talk", "post_talk"]
    assert study.tasks == {1: "rest", 2: "rest", 3: "talk", 4: "talk"}
    meeting = study.encounter("C01", "D01", 4)["meeting"]
    assert (meeting["time"], meeting["phase"], meeting["task"]) == ("post_talk", "post", "talk")


def test_a_time_of_one_task_keeps_its_name_and_number_beside_one_of_several(demo):
    lacking = [(f"D{i:02}", "post", "talk") for i in range(1, 15)]
    demo = crossed(demo, lacking)
    header, *rows = demo.rows("recordings")
    for row in rows:
        row[:] = [cell.replace("post_rest_", "post_") for cell in row]
    demo.write("recordings", [header, *rows])
    demo.put("simulation", 4, "lost_time", "pre_rest")
    demo.config["statistics"]["task"] = "rest"
    study = demo.load()
    assert study.times == ["pre_rest", "post", "pre_talk"]
    assert "phase" not in study.encounter("C01", "D01", 2)["meeting"]


def test_a_study_without_several_tasks_knows_nothing_of_occasions(demo):
    study = demo.load()
    assert study.times == ["pre", "post"] and study.phases == {}
    assert "phase" not in study.encounter("C01", "D01", 1)["meeting"]


def test_a_dyad_without_one_task_at_one_time_is_warned_of_and_the_recording_is_missing(demo):
    study = crossed(demo, [("D05", "post", "talk")]).load()
    assert study.unused == {("D05", "post_talk"): "no recording in the recordings table"}
    assert any("no post_talk recording of D05" in warning.what for warning in study.warnings)


def test_one_task_twice_at_a_time_is_told_by_its_row(demo):
    header, *rows = crossed(demo).rows("recordings")
    demo.write("recordings", [header, *rows, rows[1]])
    assert any("D01 pre_talk" in what and "row 3" in what for _, what, _ in demo.said())


@pytest.mark.parametrize(("dyad", "typed", "meant"), [("D02", "tlak", "talk"), ("D01", "Talk", "talk")])
def test_a_mistyped_task_of_one_row_is_one_problem_with_what_was_meant(demo, dyad, typed, meant):
    header, *rows = crossed(demo).rows("recordings")
    of_row = [(row[header.index("dyad")], row[header.index("time")], row[-1]) for row in rows]
    rows[at := of_row.index((dyad, "pre", meant))][-1] = typed
    demo.write("recordings", [header, *rows])
    [(where, what, hint)] = demo.said()
    assert where == f"recordings.tsv, row {at + 2} ({dyad})"
    assert what == f"no other dyad has the task {typed}, and {dyad} lacks talk at pre"
    assert hint == f"Did you mean talk? If not, describe {typed} in tasks (config.yaml)."


def test_a_task_of_one_dyad_that_the_config_describes_or_that_is_like_no_other_is_its_own(demo):
    header, *rows = crossed(demo).rows("recordings")
    demo.config["simulation"] = None
    demo.config["statistics"]["task"] = "rest"
    for task, described in (("talk2", {"talk2": "A second talk"}), ("music", {})):
        changed = [list(row) for row in rows]
        changed[1][-1] = task
        demo.write("recordings", [header, *changed])
        demo.config["tasks"] = described
        assert not any("Did you mean" in hint for *_, hint in demo.said())


@pytest.mark.parametrize(
    ("task", "time", "found"),
    [("talk", "post", 4), ("", "post_talk", 4), ("rest", "post", 2)],
)
def test_a_decision_names_the_task_or_the_occasion(demo, task, time, found):
    crossed(demo)
    header = ["dyad", "time", "task", "participant", "what", "item", "decision", "by", "reason"]
    demo.write("decisions", [header, ["D01", time, task, "C01", "channel", "F3", "bad", "AB", "loose"]])
    [key] = demo.load().decisions
    assert key == ("D01", found, "C01")


def test_decisions_that_could_be_of_either_task_are_one_message(demo):
    crossed(demo)
    header = ["dyad", "time", "participant", "what", "item", "decision", "by", "reason"]
    rows = [["D01", "post", "C01", "channel", site, "bad", "AB", "loose"] for site in ("F3", "F4", "Cz")]
    demo.write("decisions", [header, *rows])
    [(where, what, hint)] = demo.said()
    assert where == "decisions.tsv, row 2"
    assert what == "post has several tasks (rest and talk), and the row (and 2 rows more) names none"
    assert hint == "Fill in the column task."


def test_a_task_that_a_time_does_not_have_is_told_in_the_decisions(demo):
    crossed(demo)
    header = ["dyad", "time", "task", "participant", "what", "item", "decision", "by", "reason"]
    demo.write("decisions", [header, ["D01", "post", "tlak", "C01", "channel", "F3", "bad", "AB", "loose"]])
    [(_, what, hint)] = demo.said()
    assert what == 'no recording at post has the task "tlak"' and "talk" in hint


def coded(demo, header, *rows):
    demo.write("coding", [header, *rows])
    demo.config["tables"]["coding"] = "config/coding.tsv"
    return demo


def test_coded_events_go_to_the_recording_of_their_task(demo):
    crossed(demo)
    study = coded(
        demo, ["dyad", "time", "task", "onset_s", "code"], ["D01", "pre", "talk", "5", "rupture"]
    ).load()
    assert list(study.coded.of_runs) == [("D01", 3)]


def test_a_code_that_is_called_as_a_task_is_told_before_a_run(demo):
    crossed(demo)
    coded(demo, ["dyad", "time", "task", "onset_s", "code"], ["D01", "pre", "talk", "5", "Talk"])
    [(where, what, hint)] = demo.said()
    assert where.startswith("coding.tsv, row 2")
    assert what.startswith('"Talk" is the name of a task') and "talk_moment" in hint


@pytest.mark.parametrize(
    ("task", "runs"), [("talk", {3, 4}), ("", {1, 2, 3, 4})], ids=["of one task", "of every task"]
)
def test_a_signal_without_a_task_is_of_every_task(demo, task, runs):
    crossed(demo)
    demo.write("signals", [["role", "kind", "channel", "task"], ["both", "eda", "EDA", task]])
    demo.config["tables"]["signals"] = "config/signals.tsv"
    assert {run for _, run, _ in demo.load().signals} == runs


@pytest.mark.parametrize(
    ("statistics", "what"),
    [
        ({"time": "factor"}, "time is factor, and the tasks are a factor as well"),
        ({"time": "ancova", "task": "factor"}, "time is ancova, and the tasks are a factor as well"),
        ({"time": "factor", "task": "mean"}, None),
        ({"time": "change"}, None),
        ({"time": "change", "task": "talk"}, None),
        ({}, None),
    ],
)
def test_one_factor_is_tested_at_a_time(demo, statistics, what):
    crossed(demo)
    demo.config["statistics"].update(statistics)
    if what is None:
        demo.load()
    else:
        [(_, told, hint)] = demo.said()
        assert told == what and "task: mean" in hint and "time: change" in hint


def test_the_mean_over_tasks_needs_times_with_several(demo):
    header, *rows = demo.rows("recordings")
    at = header.index("time")
    demo.write(
        "recordings", [[*header, "task"], *[[*r, "talk" if r[at] == "post" else "rest"] for r in rows]]
    )
    demo.config["statistics"]["task"] = "mean"
    [(_, what, _)] = demo.said()
    assert what == "mean is each time's mean over its tasks, and every time has one task"
