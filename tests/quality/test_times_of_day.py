"""Files of one meeting from other times of day, and times in another order than elsewhere, are named."""

from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest

from interbrain.doctor.sessions import check_times_of_day
from interbrain.quality.cautions import recording_cautions
from interbrain.quality.times_of_day import (
    BEGAN_APART,
    HOURS_APART,
    OTHER_ORDER,
    Begun,
    began_apart,
    hours_apart,
    out_of_order,
)
from interbrain.study.tables import Found

DAY = datetime(2024, 3, 1, 9)
TIMES = ["pre", "post"]


def study(n=6, client_clock=timedelta(), **moved):
    """Dyads that meet every two hours, 5 min before and after; `moved` (D02_post_client) is in hours."""
    recorded = []
    for dyad in (f"D{k:02d}" for k in range(1, n + 1)):
        for time in TIMES:
            for role in ("therapist", "client"):
                begun = DAY + timedelta(hours=2 * int(dyad[1:]) + (time == "post") * 0.75)
                begun += client_clock * (role == "client")
                begun += timedelta(
                    hours=moved.get(f"{dyad}_{time}_{role}", 0), seconds=7 * (role == "client")
                )
                recorded.append(Begun(dyad, time, role, begun, 300.0))
    return recorded


@pytest.mark.parametrize("clock", [timedelta(), timedelta(hours=1), timedelta(hours=-7, minutes=4)])
def test_a_clock_that_is_always_off_by_as_much_is_no_reason(clock):
    assert (
        hours_apart(study(client_clock=clock)) == [] and out_of_order(study(client_clock=clock), TIMES) == []
    )


@pytest.mark.parametrize("clock", [timedelta(), timedelta(hours=1)])
def test_the_client_of_another_session_of_that_day_is_named(clock):
    assert hours_apart(study(client_clock=clock, D03_pre_client=2)) == [("D03", "pre")]


def test_partners_of_whom_one_began_early_were_together_all_the_same():
    early = [
        Begun(b.dyad, b.time, b.role, b.begun - timedelta(hours=1), 4000.0) if b.role == "therapist" else b
        for b in study()
    ]
    assert hours_apart(early) == []


def test_two_recordings_in_the_opposite_order_are_named_with_their_times():
    both = {
        f"D04_{time}_{role}": h for time, h in (("pre", 1), ("post", -1)) for role in ("therapist", "client")
    }
    assert out_of_order(study(**both), TIMES) == [("D04", "pre", "post")]
    assert out_of_order(study(D02_pre_client=1), TIMES) == [("D02", "pre", "post")]


def test_an_order_that_differs_between_dyads_by_design_is_none():
    turned = {f"D0{k}_pre_{role}": 1 for k in (1, 3, 5) for role in ("therapist", "client")}
    assert out_of_order(study(**turned), TIMES) == []


def test_an_order_that_is_the_other_one_in_all_dyads_is_that_of_no_config():
    assert out_of_order(study(n=4), ["post", "pre"]) == [(f"D0{k}", "post", "pre") for k in range(1, 5)]
    assert out_of_order(study(n=3), ["post", "pre"]) == []


def test_dates_that_were_shifted_and_two_dyads_say_nothing():
    old = [
        Begun(b.dyad, b.time, b.role, b.begun.replace(year=1918), b.seconds) for b in study(D03_pre_client=2)
    ]
    assert hours_apart(old) == [] and out_of_order(old, TIMES) == []
    assert hours_apart(study(n=1, D01_pre_client=2)) == []


def test_the_report_says_both_without_times_of_day():
    facts = [
        {
            "dyad": b.dyad,
            "time": b.time,
            "run": 1 + TIMES.index(b.time),
            "role": b.role,
            "measured": b.begun.isoformat(),
            "duration_s": b.seconds,
            "notes": [],
        }
        for b in study(D02_pre_client=1, D05_post_client=4)
    ]
    cautions = {c["what"]: c["dyads"] for c in recording_cautions(facts)}
    assert cautions == {HOURS_APART: ["D02", "D05"], OTHER_ORDER: ["D02"]}


def of_stated_start(recorded, stated, others="markers", offset=-7.0):
    """Ties of all meetings: the clients of `study` begin 7 s after their therapists."""
    keys = dict.fromkeys((b.dyad, b.time) for b in recorded)
    return {key: ("shared_start", 0.0) if key == stated else (others, offset) for key in keys}


@pytest.mark.parametrize("clock", [timedelta(), timedelta(hours=1, seconds=20)])
def test_files_that_are_stated_to_begin_together_and_did_not_are_named(clock):
    recorded = study(client_clock=clock)
    assert began_apart(recorded, of_stated_start(recorded, ("D03", "pre"))) == {("D03", "pre"): -7.0}
    together = study(client_clock=clock, D03_pre_client=-7 / 3600)
    assert began_apart(together, of_stated_start(together, ("D03", "pre"))) == {}


def test_start_times_that_nothing_confirms_say_nothing_against_a_stated_start():
    recorded = study()
    unlike = study(D05_post_client=20 / 3600)  # that computer's clock was set between two meetings
    assert began_apart(unlike, of_stated_start(unlike, ("D03", "pre"))) == {}
    assert began_apart(recorded, of_stated_start(recorded, ("D03", "pre"), "header_time")) == {}


def test_check_says_how_far_apart_the_files_began():
    recorded, done = study(), Found()
    runs = {(b.dyad, b.time): (b.dyad, SimpleNamespace(start_s=None)) for b in recorded}
    for b in recorded:
        setattr(runs[b.dyad, b.time][1], b.role, SimpleNamespace(begun=b.begun, duration_s=b.seconds))
    ties = of_stated_start(recorded, ("D03", "pre"))
    tied = {
        key: (SimpleNamespace(method=method, fit=SimpleNamespace(offset=offset)), 300.0)
        for key, (method, offset) in ties.items()
    }
    check_times_of_day(runs, TIMES, tied, done)
    [warning] = done.warnings
    assert warning.where == "D03" and "began 7 s after the therapist's" in warning.what


def test_the_report_warns_of_a_stated_start_that_the_files_contradict():
    recorded = study(2)
    ties = of_stated_start(recorded, ("D02", "post"))
    facts = [
        {"dyad": b.dyad, "time": b.time, "run": 1, "role": b.role, "measured": b.begun.isoformat()}
        | {"clock": dict(zip(("method", "offset"), ties[b.dyad, b.time], strict=True))}
        for b in recorded
    ]
    [caution] = [c for c in recording_cautions(facts) if c["what"] == BEGAN_APART]
    assert caution["dyads"] == ["D02"] and caution["recordings"] == 2
