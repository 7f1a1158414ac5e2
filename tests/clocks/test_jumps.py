"""A clock that jumps is two clocks: refused with when and by how much, or each side tied by itself."""

import sys
from pathlib import Path

import numpy as np
import pytest

from interbrain.clocks import ClockError, align
from interbrain.clocks.confirmation import runs_without_a_match
from interbrain.clocks.matching import ClockFit, ClockJump
from interbrain.clocks.runs import SessionRun, Tie, confirmed_s, together_s
from interbrain.clocks.session import tie_session
from interbrain.formats.survey import Survey

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benchmarks"))

from clock_jumps import BLOCKS, LIMITS, judge, session

IRREGULAR = np.array([4.1, 13.7, 22.9, 31.3, 38.9, 49.2, 61.8, 70.4, 83.3, 91.1, 102.6, 113.5])


def cut_out(pulses, begin, end):
    """What a file shows from which the samples between two times are missing."""
    return np.concatenate([pulses[pulses < begin], pulses[pulses >= end] - (end - begin)])


def test_a_cut_in_one_file_is_refused_and_the_message_says_when_and_by_how_much():
    client = cut_out(IRREGULAR, 40.0, 48.132)
    with pytest.raises(ClockJump) as error:
        align(IRREGULAR, client)
    said = str(error.value)
    assert "the triggers up to 38.9 s fit at an offset of 0.000 s (5 matched)" in said
    assert "those from 49.2 s on at -8.132 s (7 matched)" in said
    assert "Samples are missing from a recording" in said


@pytest.mark.long_but("300.0-0.1", "300.0--1.5", "1200.0-15.0", "2100.0--0.1")
@pytest.mark.parametrize("size", [0.1, 0.5, 1.5, 5.0, 15.0, 40.0, -0.1, -1.5, -40.0])
@pytest.mark.parametrize("place", [300.0, 1200.0, 2100.0])
def test_a_jump_of_either_clock_is_found_where_it_is(size, place):
    true = np.sort(np.random.default_rng(3).uniform(0, 2400, 60))
    jumped = 3 + (1 + 2e-4) * true + size * (true >= place)
    for trains, sign in (((true, jumped), 1), ((jumped, true), -1)):
        with pytest.raises(ClockJump) as error:
            align(*(np.sort(train) for train in trains))
        jump = error.value.jump
        assert jump.offset_after - jump.offset_before == pytest.approx(sign * size, abs=0.03)
        clock = (lambda t: t) if sign == 1 else lambda t: 3 + (1 + 2e-4) * t + size * (t >= place)
        # A pulse or two beside it may fit either side, where a clock steps back over them.
        assert jump.last <= clock(place + 1e-6) + 60 and jump.first >= clock(place - 1e-6) - 60


@pytest.mark.parametrize("size", [0.02, 0.03, 0.05, 0.07])
def test_a_step_that_hides_within_the_tolerance_of_one_line_is_found(size):
    rng = np.random.default_rng(4)
    true = np.sort(rng.uniform(0, 2400, 40))
    other = np.round((1 + true * (1 + 1e-5) + size * (true >= 1300)) * 500) / 500
    with pytest.raises(ClockJump, match="one clock jumps"):
        align(np.round(true * 500) / 500, other)


def test_a_jump_there_and_back_is_found():
    true = np.sort(np.random.default_rng(5).uniform(0, 2400, 60))
    with pytest.raises(ClockJump):
        align(true, true + 2.0 * ((true > 900) & (true < 1500)))


def test_two_jumps_are_found():
    true = np.sort(np.random.default_rng(6).uniform(0, 2400, 60))
    with pytest.raises(ClockError):
        align(true, true + 2.0 * (true > 800) + 7.0 * (true > 1600))


@pytest.mark.parametrize("jump", [0.0, 5.0, 10.0])
def test_equally_spaced_pulses_are_refused_with_or_without_a_jump(jump):
    """By half a period or by a whole one; no alignment of such a train is sure."""
    pulses = np.arange(60) * 10.0
    with pytest.raises(ClockError):
        align(pulses, 4 + pulses + jump * (pulses > 290))


def test_nearly_equally_spaced_pulses_show_a_jump_by_a_whole_period():
    rng = np.random.default_rng(7)
    true = np.arange(60) * 10.0 + rng.uniform(-1, 1, 60)
    assert align(true, 4 + true).n_matched == 60
    with pytest.raises(ClockJump):
        align(true, 4 + true + 10.0 * (true > 290))


def test_a_warming_crystal_and_coarse_triggers_are_no_jump():
    true = np.sort(np.random.default_rng(8).uniform(0, 3000, 80))
    bend = 0.006 * (1 - ((true - 1500) / 1500) ** 2)
    assert align(true, 1 + true * (1 + 2e-5) + bend).n_matched == 80
    late = np.random.default_rng(9).uniform(0, 0.015, 80)
    assert align(true, 1 + true + late).n_matched == 80


@pytest.mark.parametrize("n", [12, 40])
def test_a_trigger_cable_that_was_out_for_a_while_is_no_jump(n):
    true = np.sort(np.random.default_rng(10).uniform(0, 2400, n))
    heard = true[(true < 900) | (true > 1600)]
    fit = align(true, 2 + heard)
    assert (fit.n_matched, fit.n_reference, fit.n_other) == (len(heard), n, len(heard))


def test_a_stretch_with_pulses_in_both_recordings_of_which_none_fits_is_refused():
    rng = np.random.default_rng(12)
    true = np.sort(rng.uniform(0, 2400, 60))
    other = true.copy()
    other[true > 1600] = np.sort(rng.uniform(1600, 2400, (true > 1600).sum()))
    with pytest.raises(ClockJump, match="none, though both recordings have some"):
        align(true, other)


@pytest.mark.parametrize("seed", [13, 17, 20])
def test_pulses_of_both_before_the_first_that_fits_are_refused_with_where_the_fit_begins(seed):
    rng = np.random.default_rng(seed)
    true = np.sort(rng.uniform(0, 2400, 60))
    early = true < 800
    other = true.copy()
    other[early] = np.sort(rng.uniform(0, 800, early.sum()))
    with pytest.raises(ClockJump) as error:
        align(true, 7 + other)
    jump = error.value.jump
    assert (jump.n_before, jump.n_after) == (0, (~early).sum())
    assert np.isnan(jump.offset_before) and jump.offset_after == pytest.approx(7, abs=0.01)
    assert jump.last < jump.first == true[~early][0]


def test_beside_a_small_step_each_clock_s_offset_is_that_at_its_own_pulse():
    true = np.sort(np.random.default_rng(4).uniform(0, 2400, 40))
    late = true >= 1300
    with pytest.raises(ClockJump) as error:
        align(true, 1 + true * (1 + 1e-3) + 0.02 * late)
    jump = error.value.jump
    assert (jump.last, jump.first) == (true[~late][-1], true[late][0])
    assert jump.offset_before == pytest.approx(1 + 1e-3 * jump.last, abs=1e-6)
    assert jump.offset_after == pytest.approx(1.02 + 1e-3 * jump.first, abs=1e-6)


def surveys(reference, other):
    return [
        Survey(name, "x", 500, 2400.0, ("Fz",), pulses=tuple(map(float, np.sort(pulses))))
        for name, pulses in (("t", reference), ("c", other))
    ]


def ties(reference, other, *blocks):
    runs = [SessionRun(f"{a:g}", *surveys(reference, other), "markers", a, b) for a, b in blocks]
    return tie_session(runs, limits=LIMITS)


def test_blocks_on_either_side_of_a_jump_are_tied_by_their_own_side_and_say_so():
    true = np.sort(np.random.default_rng(12).uniform(0, 2400, 100))
    pre, post, across = ties(true, 3 + true + 5.0 * (true > 1200), (10, 310), (2080, 2380), (1100, 1300))
    assert pre.fit.to_other(160) == pytest.approx(163, abs=1e-6)
    assert post.fit.to_other(2200) == pytest.approx(2208, abs=1e-6)
    for tie in (pre, post):
        assert "jumps against the other by +5.000 s" in tie.notes[0]
        assert tie.fit.n_reference == 100 > tie.fit.n_matched
    assert isinstance(across, ClockJump)


def test_a_block_beside_a_jump_with_few_pulses_of_its_own_is_refused():
    true = np.sort(np.append(np.random.default_rng(12).uniform(400, 2400, 60), [20.0, 150, 200]))
    assert isinstance(ties(true, true + 5.0 * (true > 1200), (10, 310))[0], ClockJump)


@pytest.mark.parametrize("n", [4, 5])
def test_a_block_beside_a_jump_needs_five_pulses_of_its_own(n):
    own = np.array([20.0, 93.0, 150.0, 200.0, 281.0])[:n]
    true = np.sort(np.append(np.random.default_rng(12).uniform(400, 2400, 60), own))
    assert isinstance(ties(true, true + 5.0 * (true > 1200), (10, 310))[0], (ClockJump, Tie)[n == 5])


def test_before_the_recording_of_the_other_pulses_count_that_a_jump_may_have_carried_there():
    matched = np.array([150.0, 400, 777, 1203, 1500])
    fit = ClockFit(0.0, 0.0, 0.1, 5, matches=tuple((x, x) for x in matched))

    def stretches(other):
        return runs_without_a_match([110.0, *matched], [other, *matched], fit, (100, 1500), (100, 2000))

    [stretch] = stretches(50.0)
    assert (stretch.where, stretch.counts, stretch.begin, stretch.end) == ("before", (1, 1), 100, 150)
    assert not stretch.confirmed
    assert stretches(35.0) == []


def test_a_block_with_pulses_in_both_recordings_and_none_matched_is_refused():
    true = np.sort(np.random.default_rng(13).uniform(400, 2400, 40))
    here, there = [30.0, 90.0, 171.0], [55.0, 130.0, 260.0]
    (refused,) = ties(np.append(true, here), np.append(true, there), (10, 310))
    assert "(3 in the therapist's recording, 3 in the client's) none is matched" in str(refused)
    (one,) = ties(np.append(true, here[:1]), np.append(true, there[:1]), (10, 310))
    assert isinstance(one, ClockError)  # where nothing else is lost or spurious, one is enough
    (noted,) = ties(np.append(true, here), true, (10, 310))
    assert isinstance(noted, Tie) and "no trigger inside the rest block is matched" in noted.notes[0]


@pytest.mark.long_but("0.2-0.2")
@pytest.mark.parametrize(("missing", "spurious"), [(0.15, 0.15), (0.3, 0.1), (0.2, 0.2)])
def test_pulses_lost_and_spurious_at_random_are_no_jump(missing, spurious):
    for seed in range(12):
        rng = np.random.default_rng([14, seed])
        found = judge(*session(rng, 60, missing=missing, spurious=spurious))
        assert [verdict for verdict, *_ in found] == ["right"] * len(BLOCKS)


@pytest.mark.long_but("0.1-True")
@pytest.mark.parametrize(
    ("size", "in_therapist"),
    [
        (0.1, True),
        (1.5, False),
        (40.0, True),
        (0.1, False),
        (1.5, True),
        (40.0, False),
    ],
)
def test_no_session_whose_clock_jumps_is_accepted_wrongly(size, in_therapist):
    for seed, (n, place) in enumerate([(60, 600.0), (60, 1200.0), (60, 1900.0), (120, 160.0), (120, 2230.0)]):
        rng = np.random.default_rng([15, seed])
        found = judge(*session(rng, n, ((place, size),), in_therapist=in_therapist))
        assert {verdict for verdict, *_ in found} <= {"right", "refused"}


@pytest.mark.long_but("160.0-0.1", "160.0--1.5")
@pytest.mark.parametrize("size", [0.1, -1.5, 40.0])
@pytest.mark.parametrize("place", [160.0, 600.0, 2230.0])
def test_of_few_pulses_no_window_beyond_a_jump_is_used_if_both_members_have_pulses_there(size, place):
    for seed in range(8):
        rng = np.random.default_rng([17, seed])
        found = judge(*session(rng, 20, ((place, size),)), wrong_s=0.01)
        assert "wrong" not in {verdict for verdict, *_ in found}
        assert "not shown, without" not in {verdict for verdict, *_ in found}


def test_pulses_at_the_end_of_a_block_that_do_not_match_are_said_and_their_time_is_not_confirmed():
    true = np.sort(np.random.default_rng(16).uniform(0, 2100, 60))
    here, there = np.append(true, [2200.0, 2301.0]), np.append(true, [2240.0, 2290.0])
    (tie,) = ties(here, there, (1900, 2380))
    assert tie.fit.unconfirmed == ((true.max(), 2380.0),)
    assert (
        "after the last matched trigger, none of the others is matched (therapist's: 2, client's: 2)"
        in (tie.notes[0])
    )
    assert (
        f"from {true.max():.1f} to 2380.0 s on the therapist's clock the clock is not confirmed"
        in tie.notes[0]
    )


EVEN = np.linspace(3, 397, 60) + np.random.default_rng(18).uniform(-2, 2, 60)


def with_more(here, there, block=(0, 500)):
    """The tie of pulses that match throughout, of some in the therapist's recording and in the client's."""
    (tie,) = ties(np.append(EVEN, here), np.append(EVEN, there), block)
    return tie


@pytest.mark.parametrize(
    ("here", "there", "block", "unconfirmed"),
    [
        ([], [], (0, 400), ()),
        ([420.0], [], (0, 500), ()),  # a lost or a spurious one: as likely with a jump as without
        ([420.0], [431.0], (0, 500), ((EVEN.max(), 500.0),)),
        ([520.0], [531.0], (0, 500), ((EVEN.max(), 500.0),)),  # behind the block they contradict it as well
        ([420.0, 431.0], [], (0, 500), ((EVEN.max(), 500.0),)),  # a stretch of one member's
        ([420.0], [431.0], (100, 300), ()),  # beyond a pulse that matches behind the block
        ([EVEN.max() + 0.01], [EVEN.max() + 0.015], (0, 400), ()),  # the jitter of the last one
    ],
)
def test_beyond_the_outermost_matched_pulse_the_clock_is_confirmed_unless_pulses_contradict(
    here, there, block, unconfirmed
):
    assert with_more(here, there, block).fit.unconfirmed == unconfirmed


def test_a_stretch_of_one_members_pulses_between_matched_ones_is_said_and_used():
    gone = (EVEN > 200) & (EVEN < 260)
    (tie,) = ties(EVEN, EVEN[~gone] + 0.5, (0, 400))
    assert tie.fit.unconfirmed == ()
    (said,) = tie.notes
    assert (
        f"(therapist's: {gone.sum()}, client's: 0); the clock is known from the triggers on either side"
        in said
    )


def test_between_two_matched_pulses_the_clock_is_not_confirmed_where_chance_explains_no_others():
    lost = EVEN[40]
    (tie,) = ties(EVEN, np.append(np.delete(EVEN, 40), lost + 1.1), (0, 400))
    assert tie.fit.unconfirmed == ((EVEN[39], EVEN[41]),)


def test_a_block_with_pulses_of_both_and_none_matched_is_not_confirmed_by_those_beyond_it():
    rng = np.random.default_rng(21)
    true = np.append(rng.uniform(400, 2400, 12), 9.0)
    # So often lost and spurious that one of each in the block can be chance.
    more = [np.append(rng.uniform(400, 2400, 8), at) for at in (100.0, 200.0)]
    (tie,) = ties(np.append(true, more[0]), np.append(true, more[1]), (10, 310))
    assert tie.fit.unconfirmed == ((10.0, 310.0),)
    (one,) = ties(np.append(true, more[0]), np.append(true, more[1][:-1]), (10, 310))
    assert one.fit.unconfirmed == ()


def test_what_both_recorded_counts_as_confirmed_except_where_it_is_not():
    tie = with_more([420.0], [431.0])
    run = SessionRun("pre", *surveys(EVEN, EVEN), "markers", 0, 500)
    assert (together_s(run, tie), confirmed_s(run, tie)) == pytest.approx((500, EVEN.max()))


def test_a_spurious_pulse_beside_a_lost_one_is_no_anchor():
    true = np.sort(np.append(np.random.default_rng(19).uniform(400, 2400, 40), [100.0, 200.0]))
    other = true + np.random.default_rng(20).choice([-0.002, 0, 0.002], len(true))
    other[0] += 0.017  # within the tolerance of matched pulses, and no jitter
    (tie,) = ties(true, other, (10, 310))
    assert tie.fit.n_matched == len(true) - 1 and tie.fit.n_in_block == 1
    assert tie.fit.unconfirmed == ()  # not the same pulse, but no jump either
    assert abs(tie.fit.to_other(160.0) - 160) < 0.004


def test_a_block_that_reaches_far_beyond_all_pulses_is_used_with_a_note():
    (tie,) = ties(EVEN, EVEN, (0, 1000))
    assert (
        tie.fit.unconfirmed == () and "no trigger of both members shows whether a clock jumps" in tie.notes[0]
    )
