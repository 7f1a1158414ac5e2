"""A recording that is twice as long as those of the other dyads is named; one that is a bit longer is not."""

from types import SimpleNamespace

from interbrain.doctor.lengths import check_usual_lengths
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
