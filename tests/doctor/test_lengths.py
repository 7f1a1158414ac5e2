"""A recording that is twice as long as those of the other dyads is named; one that is a bit longer is not."""

from types import SimpleNamespace

import numpy as np
import pytest

from interbrain.doctor.lengths import check_usual_lengths
from interbrain.doctor.signal_doubts import Course
from interbrain.doctor.signals import used_at_most_s
from interbrain.study.tables import Found


def recorded(*lengths, stop=None):
    return [
        SimpleNamespace(
            where=f"row {k}",
            dyad=f"D{k // 2}",
            time="pre",
            shown="client, x.edf",
            block=(None, stop),
            survey=SimpleNamespace(duration_s=seconds),
        )
        for k, seconds in enumerate(lengths)
    ]


def said(members):
    found = Found([])
    check_usual_lengths(members, found)
    return [warning.what for warning in found.warnings]


def test_a_recording_that_was_joined_from_two_is_named():
    assert said(recorded(300, 305, 310, 302, 300, 620, 301, 303)) == [
        "620 s of it are used, and 300 to 310 s of the others of pre"
    ]


def test_others_of_one_length_have_one_number():
    assert said(recorded(95, 95, 95, 95, 95, 20, 95, 95)) == [
        "20 s of it are used, and 95 s of the others of pre"
    ]


def test_lengths_that_differ_from_dyad_to_dyad_and_stretches_of_long_files_say_nothing():
    assert said(recorded(300, 305, 480, 470, 300, 620, 390, 380)) == []
    assert said(recorded(300, 305, 310, 302, 300, 620)) == []  # of three dyads
    assert said(recorded(300, 305, 310, 302, 300, 620, 301, 303, stop=300)) == []


@pytest.mark.parametrize(
    ("role", "sync", "begin", "seconds"),
    [
        ("therapist", "start_s", 600, 300),  # a file of the stretch alone
        ("therapist", "same_file", 0, 0),
        ("client", "start_s", 500, 200),
        ("client", "same_file", 0, 300),  # its clock may be hours apart
    ],
)
def test_how_much_of_a_signal_a_stretch_has(role, sync, begin, seconds):
    course = Course(np.zeros(1), 1.0, begin, begin + 300)
    row = {"start_s": 600, "stop_s": 1200}
    assert used_at_most_s(row, role, sync, course) == seconds
