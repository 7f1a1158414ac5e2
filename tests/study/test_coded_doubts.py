"""Coded events that can be read and are doubtful: copies, shifts, ends for durations, odd codes."""

import numpy as np
import pytest

from interbrain.study.coded_doubts import doubts_of, offsets_left_out


def coded(onsets, *, dyad="D01", coder="A", code="rupture", lasting=4.0, **others):
    lasting = np.broadcast_to(lasting, len(onsets))
    about = {"dyad": dyad, "run": 1, "coder": coder, "code": code, "who": "", **others}
    return [
        about | {"onset_s": float(t), "duration_s": float(d)} for t, d in zip(onsets, lasting, strict=True)
    ]


def said(*events):
    return [p.what for p in doubts_of([one for part in events for one in part], ["rest"], "coding.tsv")]


def moments(seed, n=12, span=1500):
    return np.sort(np.random.default_rng(seed).uniform(0, span, n)).round(2)


def test_independent_codings_and_coders_who_agree_are_not_doubted():
    for seed in range(20):
        own = moments(seed)
        near = own + np.random.default_rng(seed).normal(0, 0.6, len(own))
        assert not said(coded(own), coded(near, coder="B"), coded(moments(99 + seed), dyad="D02"))
        assert not said(coded(own), coded(moments(500 + seed), coder="B"))


def test_events_of_another_recording_or_of_another_coder_are_known_whatever_their_offset():
    own = moments(1)
    [copied] = said(coded(own), coded(own + 12.4, dyad="D02"))
    assert copied == "the 12 events of D02 rest are at the same times as those of D01 rest"
    [twice] = said(coded(own), coded(own, coder="B"))
    assert twice.startswith("two coders of D01 rest have the same 12 events")


def test_segments_that_all_share_are_no_copies():
    own = np.arange(10) * 60.0
    assert not said(coded(own, lasting=60), coded(own, lasting=60, coder="B"), coded(own, dyad="D02"))
    stretches = np.array([0, 60, 360, 420, 480, 900.0])  # each coder codes all, and not alike
    assert not said(coded(stretches), coded(stretches, coder="B", code="repair"))


def test_two_coders_whose_times_are_apart_are_said_with_by_how_much():
    own = moments(3)
    late = np.delete(own, [2, 5]) + 37.5 + np.random.default_rng(1).normal(0, 0.2, 10)
    [apart] = said(coded(own), coded(late, coder="B"))
    assert apart.startswith("10 events of two coders of D01 rest agree if those of one are moved by 37.")
    assert apart.endswith("and 0 as they are")


def test_ends_in_the_place_of_durations():
    own = moments(4, 5)
    [ends] = said(coded(own, lasting=own + 3, ends=True))
    assert ends == "the duration of every event of D01 rest is at least its onset"
    assert not said(coded(own, lasting=own + 3, ends=False))


@pytest.mark.parametrize(
    ("rare", "common", "doubted"),
    [
        ("ruptur", "rupture", True),
        ("ruptuer", "rupture", True),
        ("withdrawel", "withdrawal", True),
        ("rupture2", "rupture1", False),
        ("rupture b", "rupture a", False),
        ("repair", "rupture", False),
        ("nod", "nods", False),
    ],
)
def test_a_rare_code_that_is_one_letter_from_a_common_one(rare, common, doubted):
    found = said(coded(moments(1), code=common), coded([700.0], code=rare))
    assert found == ([f'the code "{rare}" occurs 1 time, and "{common}" 12 times'] if doubted else [])


def test_a_few_events_without_a_duration_among_others():
    own = moments(5)
    lasting = np.where(np.arange(12) == 3, 0.0, 5.0)
    assert said(coded(own, lasting=lasting)) == [
        '1 of 12 events of the code "rupture" have no duration, and the others last'
    ]
    assert not said(coded(own, lasting=0.0))


def test_rows_of_files_without_an_offset_where_others_have_one():
    rows = [("coding.tsv, row 2 (D01)", "12.4"), ("coding.tsv, row 3 (D02)", "")]
    [left_out] = offsets_left_out(rows, "coding.tsv")
    assert left_out.what == "offset_s is filled in for 1 of 2 files, and empty in row 3 (D02)"
    assert not offsets_left_out([(where, "") for where, _ in rows], "coding.tsv")
    assert not offsets_left_out([(where, "3.1") for where, _ in rows], "coding.tsv")
