"""A file whose name contradicts its row is said, and names that follow no habit are left alone."""

import pytest

from interbrain.study.file_names import misplaced_files

PEOPLE = {
    **{("D01", "therapist"): "T1", ("D01", "client"): "C1"},
    **{("D02", "therapist"): "T1", ("D02", "client"): "C2"},
}
NAME = "{dyad}_{time}_{role}.edf"


def rows(name=NAME):
    return [
        {
            **{"row": number, "dyad": dyad, "time": time},
            **{
                f"{role}_file": name.format(dyad=dyad, time=time, role=role, person=PEOPLE[dyad, role])
                for role in ("therapist", "client")
            },
        }
        for number, (dyad, time) in enumerate(
            [(d, t) for d in ("D01", "D02") for t in ("pre", "post")], start=2
        )
    ]


def said(table):
    found = misplaced_files(table, PEOPLE, ["pre", "post"], "recordings.tsv")
    return [(p.where, p.what) for p in found]


@pytest.mark.parametrize(
    "name",
    [
        NAME,
        "{person}/{dyad}-{time}.EDF",
        "sub-{person}/ses-{dyad}/eeg/sub-{person}_ses-{dyad}_task-rest_{time}_eeg.vhdr",
        "{dyad}{time}{role}.edf",
        "export {dyad} {time} {person}.set",
        "{dyad}_{time}_without_roles.cnt",
    ],
)
def test_names_that_fit_their_rows_need_no_word(name):
    assert said(rows(name)) == []


@pytest.mark.parametrize(
    ("number", "column", "file", "what"),
    [
        (0, "client_file", "D02_pre_client_2.edf", 'whose name has "D02" and not "D01"'),
        (1, "therapist_file", "D01_pre_therapist_2.edf", 'whose name has "pre" and not "post"'),
        (3, "client_file", "d02_post_THERAPIST.edf", 'whose name has "therapist" and not "client"'),
    ],
)
def test_a_name_that_contradicts_its_row_is_said(number, column, file, what):
    table = rows()
    table[number][column] = file
    where = f"recordings.tsv, row {number + 2} ({table[number]['dyad']})"
    assert said(table) == [(where, f"{column} is {file}, {what}")]


def test_another_persons_name_is_said():
    table = rows("{person}_{time}_{dyad}.edf")
    table[2]["client_file"] = "C1_pre_D02.edf"
    assert [what for _, what in said(table)] == [
        'client_file is C1_pre_D02.edf, whose name has "C1" and not "C2"'
    ]


def test_columns_that_were_swapped_as_a_whole_are_said():
    table = rows()
    for row in table:
        row["therapist_file"], row["client_file"] = row["client_file"], row["therapist_file"]
    assert len(said(table)) == 8


def test_labels_that_are_no_habit_of_the_names_mean_nothing():
    table = rows("{role}_{dyad}.edf")
    for number, row in enumerate(table):
        for role in ("therapist", "client"):
            row[f"{role}_file"] = f"{role} pre {number}.edf"  # one word that happens to be a time
    assert said([row for row in table if row["time"] == "post"]) == []


def test_a_file_of_a_whole_session_is_no_time_s_alone():
    table = rows()
    table[1] |= {name: table[0][name] for name in ("therapist_file", "client_file")}
    assert said(table) == []


@pytest.mark.parametrize("name", ["{dyad}_{time}_{letter}.edf", "{letter}/{dyad} {time}.set"])
def test_files_that_are_exchanged_in_one_row_are_said_by_the_words_that_tell_them_apart_elsewhere(name):
    people = {(f"D{k}", role): f"{role[0]}{k}" for k in range(1, 7) for role in ("therapist", "client")}
    table = [
        {
            **{"row": k + 1, "dyad": f"D{k}", "time": "pre"},
            **{
                f"{role}_file": name.format(dyad=f"D{k}", time="pre", letter=letter)
                for role, letter in (("therapist", "A"), ("client", "B"))
            },
        }
        for k in range(1, 7)
    ]
    assert misplaced_files(table, people, ["pre"], "r") == []
    row = table[2]
    row["therapist_file"], row["client_file"] = row["client_file"], row["therapist_file"]
    [told] = misplaced_files(table, people, ["pre"], "r")
    assert told.where == "r, row 4 (D3)" and "the other way round" in told.what
    assert row["client_file"] in told.what and row["client_file"] not in str(told.for_others)
