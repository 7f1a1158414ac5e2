"""A recording has a task: as its row says, as its BIDS file is called, or rest; a time has one."""

import pytest

from interbrain.study.problems import StudyError
from interbrain.tasks import FACTOR, analysed_task, times_of


def with_a_task(demo, tasks):
    """The demo, whose recordings have the tasks, row after row; further rows have none."""
    header, *rows = demo.rows("recordings")
    padded = [*tasks, *[""] * (len(rows) - len(tasks))]
    told = [[*row, task] for row, task in zip(rows, padded, strict=True)]
    demo.write("recordings", [[*header, "task"], *told])
    return demo


def of_times(demo, **tasks):
    header, *rows = demo.rows("recordings")
    return with_a_task(demo, [tasks.get(row[header.index("time")], "") for row in rows])


def test_a_table_without_tasks_is_of_rest(demo):
    assert demo.load().tasks == {1: "rest", 2: "rest"}


def test_each_time_has_its_task_and_every_recording_is_told_it(demo):
    demo.config["tasks"] = {"talk": "Free conversation"}
    study = of_times(demo, post="talk").load()
    assert study.tasks == {1: "rest", 2: "talk"}
    [first, second] = (study.encounter("T01", "D01", run)["meeting"] for run in (1, 2))
    assert (first["task"], second["task"]) == ("rest", "talk")


def test_recordings_follow_the_times_of_the_config_whatever_the_order_of_the_table(demo):
    header, *rows = demo.rows("recordings")
    in_order = demo.load().runs
    assert in_order[:3] == [("D01", "pre", 1), ("D01", "post", 2), ("D02", "pre", 1)]
    time = header.index("time")
    demo.write("recordings", [header, *sorted(rows, key=lambda row: row[time])])  # all post, then all pre
    assert demo.load().runs == in_order


def test_what_was_done_in_a_task_enters_no_recordings_job(demo):
    def encounters():
        study = demo.load()
        return [study.encounter("T01", "D01", run) for run in (1, 2)]

    of_times(demo, post="talk")
    before = encounters()
    demo.config["tasks"] = {"talk": "Free conversation"}
    assert encounters() == before


def test_two_tasks_at_one_time_are_told_with_the_row_and_the_way_out(demo):
    [(where, what, hint)] = with_a_task(demo, ["", "", "talk"]).said()
    assert where.startswith("recordings.tsv, row 4 (D02)")
    assert what == "the task is talk, but that of pre is rest in row 2"
    assert "pre_talk" in hint and "times" in hint


@pytest.mark.parametrize("label", ["free talk", "talk_1", "ärger"])
def test_a_task_that_bids_cannot_name_is_refused(demo, label):
    problems = with_a_task(demo, [label]).said()
    assert any("task" in what and "letters and digits" in hint for _, what, hint in problems)


@pytest.mark.parametrize(
    ("statistics", "what"),
    [
        ({"task": "tlak"}, 'no recording has the task "tlak"'),
        ({"time": "change"}, "time is change, but the times have several tasks: rest and talk"),
        (
            {"time": "factor", "task": FACTOR},
            "time is factor, but the times have several tasks: rest and talk",
        ),
        ({"time": "ancova", "task": "talk"}, "time is ancova, but the task talk has one time only (post)"),
    ],
)
def test_statistics_that_the_tasks_do_not_allow_are_told_before_a_run(demo, statistics, what):
    of_times(demo, post="talk").config["statistics"].update(statistics)
    assert [said for _, said, _ in demo.said()] == [what]


def test_a_factor_of_one_task_and_words_for_a_task_that_nobody_had_are_told(demo):
    demo.config["statistics"]["task"] = FACTOR
    demo.config["tasks"] = {"therpay": "Psychotherapy"}
    told = [what for _, what, _ in demo.said()]
    assert told == [
        'no recording has the task "therpay"',
        "factor needs recordings of several tasks; all are rest",
    ]


@pytest.mark.parametrize("task", [None, FACTOR, "talk", "rest"])
def test_that_tasks_are_compared_is_said_once_where_the_config_does_not_say_so(demo, task):
    of_times(demo, post="talk").config["statistics"]["task"] = task
    said = [(w.what, w.hint) for w in demo.load().warnings if w.where == "config.yaml, statistics: task"]
    assert said == [
        (
            "the recordings have several tasks (rest and talk), which the tests compare: task is a factor",
            "If that is right, write task: factor (statistics). To test one task alone, write task: rest.",
        )
    ] * (task is None)


def test_a_study_of_one_task_is_told_of_no_factor(demo):
    assert not any("task" in w.where for w in demo.load().warnings)


def test_a_file_of_a_bids_dataset_brings_its_task(demo):
    import pandas as pd

    from interbrain.study.tasks import with_tasks

    table = pd.DataFrame(
        {
            "task": ["", "", "other", ""],
            "therapist_file": [
                "sub-1/eeg/sub-1_task-joint_run-2_eeg.edf",
                "sub-1/eeg/sub-1_task-Talk1_eeg.set",
                "sub-1/eeg/sub-1_task-joint_eeg.edf",
                "session.edf",
            ],
        }
    )
    assert list(with_tasks(table, adopted=True)["task"]) == ["joint", "Talk1", "other", "rest"]
    assert list(with_tasks(table, adopted=False)["task"]) == ["rest", "rest", "other", "rest"]


def test_which_task_is_tested():
    tasks = {1: "rest", 2: "therapy", 3: "rest"}
    times = ["before", "session", "after"]
    assert analysed_task(None, ["rest", "rest"]) == "rest"
    assert analysed_task(None, tasks.values()) == FACTOR
    assert times_of(FACTOR, times, tasks) == times
    assert times_of("rest", times, tasks) == ["before", "after"]
    assert times_of(analysed_task("therapy", tasks.values()), times, tasks) == ["session"]


def test_a_study_of_excluded_recordings_only_says_no_more_than_before(demo):
    header, *rows = demo.rows("recordings")
    demo.write("recordings", [[*header, "exclude"], *([*row, "broken cap"] for row in rows)])
    with pytest.raises(StudyError):
        demo.load()
