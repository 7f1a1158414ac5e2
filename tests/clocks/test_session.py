"""One session, two clocks: which method ties them, one drift for all runs, one anchor for each rest block."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from interbrain.clocks import ClockError
from interbrain.clocks.runs import SessionRun, Tie, together_s
from interbrain.clocks.session import tie_session
from interbrain.formats.survey import Survey

SFREQ = 500
LIMITS = {
    **{"max_residual_ms": 10, "max_drift_error_ppm": 100, "max_drift_ppm": 1500},
    "accept_header_time": False,
}
THERAPIST = Survey("t.Poly5", "Poly5", SFREQ, 300.0, ("F3", "Fz"))
CLIENT = replace(THERAPIST, path="c.Poly5")
BEGUN = datetime(2018, 11, 5, 10, 0, tzinfo=UTC)


def sampled(seconds):
    return tuple(np.round(np.asarray(seconds) * SFREQ) / SFREQ)


def run(therapist=THERAPIST, client=CLIENT, sync="auto", **block):
    return SessionRun("pre", therapist, client, sync, **block)


def tied(*runs, **limits):
    ties = tie_session(runs, limits=LIMITS | limits)
    for tie in ties:
        assert isinstance(tie, Tie), tie
    return ties[0] if len(runs) == 1 else ties


def refused(run, **limits):
    (error,) = tie_session([run], limits=LIMITS | limits)
    assert isinstance(error, ClockError), error
    return str(error)


def pulses_of(rng, n, span, offset, drift_ppm, missing=0.0, spurious=0.0, jitter=0):
    """Irregular pulses on both clocks; each train misses some, has others, and is off by `jitter` samples."""
    true = np.sort(rng.uniform(0, span, n))

    def record(times):
        kept = times[rng.random(n) >= missing]
        kept = kept + rng.integers(-jitter, jitter + 1, len(kept)) / SFREQ
        return sampled(np.sort(np.append(kept, rng.uniform(times[0], times[-1], round(spurious * n)))))

    return record(true), record(offset + (1 + drift_ppm * 1e-6) * true)


@pytest.mark.long_but("0.0-1.3", "33.0-5.0", "1200.0-0.0")
@pytest.mark.parametrize("offset", [0.0, 1.3, 5.0])
@pytest.mark.parametrize("drift_ppm", [0.0, 8.0, 33.0, -340.0, 1200.0])
def test_damaged_trains_of_a_session_give_offset_and_drift_as_precisely_as_their_sampling_allows(
    offset, drift_ppm
):
    """35 min with two rest blocks; 30% of the pulses missing, 10% spurious, all off by up to one sample."""
    # Of one pulse in two trains: a sample or none either way, and where in the sample it fell.
    sd = np.sqrt(2 * (2 / 3 + 1 / 12)) / SFREQ
    errors = []
    for seed in range(5):
        rng = np.random.default_rng([seed, int(offset * 10), int(abs(drift_ppm))])
        trains = pulses_of(rng, 60, 2100, offset, drift_ppm, missing=0.3, spurious=0.1, jitter=1)
        therapist, client = (
            replace(who, duration_s=2110.0, pulses=pulses)
            for who, pulses in zip((THERAPIST, CLIENT), trains, strict=True)
        )
        blocks = [run(therapist, client, start_s=a, stop_s=a + 300) for a in (0.0, 1800.0)]
        for block, tie in zip(blocks, tied(*blocks), strict=True):
            assert tie.method == "markers"
            assert abs(tie.fit.drift_ppm - drift_ppm) < 4 * tie.fit.drift_error_ppm
            x = np.array(tie.fit.matches)[:, 0]
            expected = 1e6 * sd / np.sqrt(np.sum((x - x.mean()) ** 2))
            assert tie.fit.drift_error_ppm == pytest.approx(expected, rel=0.5)
            middle = block.start_s + 150
            anchors = np.sum((x >= block.start_s) & (x <= block.stop_s))
            error = tie.fit.to_other(middle) - offset - (1 + 1e-6 * drift_ppm) * middle
            errors.append(error / (sd / np.sqrt(max(anchors, 1))))
    assert np.sqrt(np.mean(np.square(errors))) < 1.6
    assert np.abs(errors).max() < 4


@pytest.mark.long
def test_runs_in_files_of_their_own_share_one_drift_which_is_known_better_so():
    errors, single = [], []
    for seed in range(200):
        rng = np.random.default_rng(seed)
        runs = []
        offsets = rng.uniform(-3, 3, 2)
        for number, offset in enumerate(offsets):
            true = rng.uniform(0, 1, 2) + np.array([0.0, 298.0])
            pulses = sampled(true), sampled(offset + true * (1 + 40e-6))
            runs.append(
                run(
                    replace(THERAPIST, path=f"t{number}", pulses=pulses[0]),
                    replace(CLIENT, path=f"c{number}", pulses=pulses[1]),
                )
            )
        single.append(tied(runs[0]).fit.drift_ppm - 40)
        ties = tied(*runs)
        assert {tie.drift_from for tie in ties} == {"session"}
        assert ties[0].fit.drift_ppm == ties[1].fit.drift_ppm
        assert [tie.fit.offset for tie in ties] == pytest.approx(list(offsets), abs=0.004)
        errors.append(ties[0].fit.drift_ppm - 40)
    assert np.std(single) == pytest.approx(3.9, rel=0.15)  # FORMATS: two pulses over 300 s
    assert np.std(errors) == pytest.approx(3.9 / np.sqrt(2), rel=0.15)
    assert ties[0].fit.drift_error_ppm == pytest.approx(np.std(errors), rel=0.2)


def test_runs_that_do_not_agree_on_a_drift_keep_their_own():
    true = np.array([3.0, 70, 150, 220, 290])
    runs = [
        run(replace(THERAPIST, path=f"t{d}", pulses=sampled(true)),
            replace(CLIENT, path=f"c{d}", pulses=sampled(true * (1 + d * 1e-6))))
        for d in (20, 400)
    ]  # fmt: skip
    ties = tied(*runs)
    assert [tie.drift_from for tie in ties] == ["recording"] * 2
    assert [tie.fit.drift_ppm for tie in ties] == pytest.approx([20, 400], abs=10)


def test_each_block_is_anchored_by_its_own_markers_when_the_drift_is_not_constant():
    """A crystal that warms up: 6 ms ahead of a straight line in the middle of 50 minutes."""
    true = np.sort(np.random.default_rng(5).uniform(0, 3000, 80))
    bend = 0.006 * (1 - ((true - 1500) / 1500) ** 2)
    therapist = replace(THERAPIST, duration_s=3000.0, pulses=tuple(true))
    client = replace(CLIENT, duration_s=3001.0, pulses=tuple(1 + true * (1 + 2e-5) + bend))
    for start in (0.0, 1350.0, 2700.0):
        tie = tied(run(therapist, client, start_s=start, stop_s=start + 300))
        inside = (true >= start) & (true <= start + 300)
        error = tie.fit.to_other(true[inside]) - np.array(client.pulses)[inside]
        assert abs(error.mean()) < 1e-9
        assert tie.fit.residual_ms == pytest.approx(1e3 * np.sqrt(np.mean(error**2)))
        assert tie.fit.residual_ms < 1


def test_a_block_without_markers_is_anchored_by_those_before_and_after_it():
    true = np.array([10.0, 30, 50, 900, 920, 950])
    therapist = replace(THERAPIST, duration_s=1000.0, pulses=tuple(true))
    client = replace(CLIENT, duration_s=1002.0, pulses=tuple(2 + true * (1 + 1e-5)))
    tie = tied(run(therapist, client, start_s=300.0, stop_s=600.0))
    assert tie.fit.to_other(450) == pytest.approx(2 + 450 * (1 + 1e-5), abs=1e-6)


def with_pulses(*counts):
    """Surveys with so many pulses, the same instants in both."""
    true = np.array([3.0, 40.1, 77.7, 130.2, 222.9, 290.0])
    return [
        replace(who, pulses=tuple(true[:n]), no_pulses="" if n else "There are none.")
        for who, n in zip((THERAPIST, CLIENT), counts, strict=True)
    ]


LSL = {"lsl": (1000.0, 1.0)}
IN_ORDER = [
    (with_pulses(6, 5), {"method": "markers", "drift_from": "recording"}),
    (with_pulses(1, 1), {"method": "start_marker", "drift_from": "unknown"}),
    ([replace(THERAPIST, path="d.xdf", **LSL), replace(CLIENT, path="d.xdf", lsl=(1001.5, 1 + 2e-5))],
     {"method": "lsl_clock", "drift_from": "LSL"}),
    ([THERAPIST, replace(CLIENT, path=THERAPIST.path)], {"method": "same_file", "drift_from": "one clock"}),
    ([replace(THERAPIST, begun=BEGUN), replace(CLIENT, begun=BEGUN - timedelta(seconds=3))],
     {"method": "header_time", "drift_from": "unknown"}),
]  # fmt: skip


@pytest.mark.parametrize(("surveys", "expected"), IN_ORDER, ids=[e["method"] for _, e in IN_ORDER])
def test_auto_takes_the_first_method_that_can_be_used(surveys, expected):
    tie = tied(run(*surveys), accept_header_time=True)
    assert {"method": tie.method, "drift_from": tie.drift_from} == expected


@pytest.mark.parametrize("counts", [(6, 6), (1, 1), (0, 3)])
def test_within_one_file_the_lsl_clock_comes_before_markers(counts):
    therapist, client = (replace(s, path="d.xdf", **LSL) for s in with_pulses(*counts))
    client = replace(client, lsl=(1000.0, 1.001))
    tie = tied(run(therapist, client))
    assert tie.method == "lsl_clock"
    assert tie.fit.drift_ppm == pytest.approx(-999.0, abs=0.1)


def test_markers_come_before_the_lsl_clock_of_two_files():
    therapist, client = (
        replace(s, path=f"{i}.xdf", lsl=(1000.0 + i, 1.0)) for i, s in enumerate(with_pulses(6, 6))
    )
    assert tied(run(therapist, client)).method == "markers"


def test_a_drift_beyond_the_limit_is_named_with_its_value_and_not_clipped():
    therapist = replace(THERAPIST, path="d.xdf", lsl=(1000.0, 1.0))
    client = replace(CLIENT, path="d.xdf", lsl=(1000.0, 1 / 1.00154))
    tie = tied(run(therapist, client))
    assert tie.fit.drift_ppm == pytest.approx(1540)
    assert "drift apart by 1540 ppm, more than max_drift_ppm" in tie.notes[0]


@pytest.mark.parametrize(("late_s", "said"), [(0.0, ()), (0.001, ()), (0.04, ("come 40 ms after",))])
def test_triggers_that_contradict_the_lsl_clock_are_said(late_s, said):
    therapist, client = (replace(s, path="d.xdf", **LSL) for s in with_pulses(6, 6))
    pulses = tuple(pulse + late_s - 1.5 for pulse in client.pulses)
    tie = tied(run(therapist, replace(client, lsl=(1001.5, 1.0), pulses=pulses)))
    assert len(tie.notes) == len(said)
    assert all(words in note for words, note in zip(said, tie.notes, strict=True))


def test_markers_that_do_not_match_are_refused_and_never_replaced_by_a_weaker_method():
    rng = np.random.default_rng(1)
    strangers = [
        replace(s, begun=BEGUN, pulses=tuple(np.sort(rng.uniform(0, 300, 8)))) for s in (THERAPIST, CLIENT)
    ]
    assert "match" in refused(run(*strangers), accept_header_time=True)


@pytest.mark.parametrize("counts", [(1, 3), (0, 4), (0, 0)])
def test_auto_says_what_it_found_when_nothing_ties_the_clocks(counts):
    said = refused(run(*with_pulses(*counts)))
    assert "nothing ties the two clocks" in said
    assert "Correct triggers in the config, or write how they are tied into the column sync." in said


def test_header_times_are_used_only_if_the_config_accepts_them_and_with_a_warning():
    pair = [replace(THERAPIST, begun=BEGUN), replace(CLIENT, begun=BEGUN - timedelta(seconds=3))]
    assert "accept_header_time" in refused(run(*pair, sync="header_time"))
    assert "nothing ties" in refused(run(*pair))
    tie = tied(run(*pair, sync="header_time"), accept_header_time=True)
    assert tie.fit.to_other(0) == 3  # the client's amplifier had run for 3 s
    assert "meaningless at alpha" in tie.notes[0]


def test_the_lsl_clock_gives_offset_and_drift():
    """Therapist: sample 0 at LSL 1000 s. Client: 1.5 s later, and its samples take 20 ppm longer."""
    therapist = replace(THERAPIST, path="d.xdf", lsl=(1000.0, 1.0))
    client = replace(CLIENT, path="d.xdf", lsl=(1001.5, 1 + 2e-5))
    fit = tied(run(therapist, client, sync="lsl_clock")).fit
    assert fit.to_other(101.5) == pytest.approx(100 / (1 + 2e-5), abs=1e-9)
    assert np.isnan(fit.residual_ms) and fit.n_matched == 0


def test_two_streams_of_an_xdf_file_are_not_one_clock():
    therapist = replace(THERAPIST, path="d.xdf", lsl=(1000.0, 1.0))
    client = replace(CLIENT, path="d.xdf", lsl=(1001.5, 1.0))
    assert "Write sync: lsl_clock" in refused(run(therapist, client, sync="same_file"))


def test_a_method_without_what_it_needs_says_so():
    assert "only XDF" in refused(run(sync="lsl_clock"))
    assert "not in one file" in refused(run(sync="same_file"))
    assert "no start marker" in refused(run(*with_pulses(0, 1), sync="start_marker"))
    assert "when it began" in refused(run(sync="header_time"), accept_header_time=True)


def test_why_a_trigger_was_not_found_stands_in_the_message():
    therapist, client = with_pulses(6, 0)
    client = replace(client, no_pulses="Trigger channel 'Digi' never leaves 8.")
    said = refused(run(therapist, client, sync="markers"))
    assert "In the client's recording: Trigger channel 'Digi' never leaves 8." in said


def test_what_to_do_about_a_missing_trigger_follows_what_is_wrong_and_is_not_amid_it():
    therapist, client = with_pulses(6, 0)
    client = replace(
        client, no_pulses="There is no channel 'Digi'.", to_find_pulses="Name the right one (triggers)."
    )
    (tie,) = tie_session([run(therapist, client)], limits=LIMITS)
    assert tie.what.endswith("no trigger, and they are not in one file: there is no channel 'Digi'")
    assert tie.hint == (
        "Name the right one (triggers). Correct triggers in the config, or write how they are tied into the "
        "column sync. Where nothing ties them, write that into exclude."
    )
    (tie,) = tie_session([run(therapist, client, sync="start_marker")], limits=LIMITS)
    assert tie.what == "In the client's recording: There is no channel 'Digi'"
    assert tie.hint == "There is no start marker in both recordings. Name the right one (triggers)."


def test_limits_are_kept():
    therapist, client = with_pulses(6, 6)
    jitter = np.array([15, -15, 15, -15, 15, -15]) * 1e-3
    shaken = replace(client, pulses=tuple(np.array(client.pulses) + jitter))
    assert "still differ by 1" in refused(run(therapist, shaken))
    assert tied(run(therapist, shaken), max_residual_ms=30)
    close = [replace(s, pulses=(10.0, 11.3, 13.1, 15.9)) for s in (therapist, client)]
    assert "too close together" in refused(run(*close))


def test_two_markers_are_noted_as_unverifiable():
    assert "always fit" in tied(run(*with_pulses(2, 2))).notes[0]
    assert tied(run(*with_pulses(3, 3), stop_s=90.0)).notes == ()


def test_triggers_at_the_very_same_times_in_two_files_are_said_unless_clocks_of_their_own_may_have_them():
    """As where the events of one file were written into the other."""
    times = np.cumsum(np.random.default_rng(3).uniform(8, 20, 18)).round(3)
    same = replace(THERAPIST, pulses=tuple(times)), replace(CLIENT, pulses=tuple(times))
    tie = tied(run(*same))
    assert any("at exactly the same times in both files" in note for note in tie.notes)
    tie = tied(run(same[0], replace(CLIENT, pulses=tuple(times + 0.002 * (times > 150)))))
    assert not any("at exactly the same times" in note for note in tie.notes)
    short = [replace(s, pulses=s.pulses[:6]) for s in same]  # 20 ppm are less than a sample
    tie = tied(run(*short))
    assert not any("at exactly the same times" in note for note in tie.notes)


def test_a_drift_that_missing_samples_would_explain_as_well_is_said():
    """Triggers at both ends only: .3 s lost in between look like a drift of 1100 ppm."""
    ends = np.array([5.0, 6.0, 7.5, 280.0, 281.0, 282.5])
    lost = replace(CLIENT, pulses=sampled(ends - 0.3 * (ends > 100)))
    tie = tied(run(replace(THERAPIST, pulses=sampled(ends)), lost))
    (said,) = (text for text in tie.notes if "larger than usual" in text)
    assert "no trigger is matched between 7.5 and 280.0 s on the therapist's clock: 0.300 s that" in said


def test_a_drift_that_triggers_show_all_the_time_or_that_is_usual_is_not_called_a_jump():
    often = np.sort(np.random.default_rng(4).uniform(5, 290, 20))
    for x, ppm in ((often, 800), (np.array([5.0, 6.0, 7.5, 280.0, 281.0]), 40)):
        client = replace(CLIENT, pulses=sampled(x * (1 + ppm * 1e-6)))
        tie = tied(run(replace(THERAPIST, pulses=sampled(x)), client))
        assert not any("larger than usual" in text for text in tie.notes)


def test_beyond_the_last_match_a_trigger_of_each_that_does_not_match_leaves_the_rest_unconfirmed():
    x = np.array([5.0, 60.0, 140.0, 200.0, 280.0])
    moved = replace(CLIENT, pulses=sampled(x + 0.3 * (x > 250)))
    tie = tied(run(replace(THERAPIST, pulses=sampled(x)), moved))
    ((begin, end),) = tie.fit.unconfirmed
    assert (begin, end) == (pytest.approx(200, abs=0.01), THERAPIST.duration_s)
    assert "after the last match" in tie.notes[0] and "(therapist's: 1, client's: 1)" in tie.notes[0]


@pytest.mark.parametrize("sync", ["start_marker", "shared_start", "header_time"])
def test_triggers_that_contradict_a_tie_that_does_not_rest_on_them_are_said(sync):
    x = np.sort(np.random.default_rng(3).uniform(5, 290, 20))
    therapist = replace(THERAPIST, pulses=sampled(x), begun=BEGUN)
    late = replace(CLIENT, pulses=sampled(x[1:] + 2.0), begun=BEGUN)  # the first one is missing
    tie = tied(run(therapist, late, sync=sync), accept_header_time=True)
    (said,) = (text for text in tie.notes if "contradict" in text)
    assert "(19 of 20 | 19 matched)" in said
    agreeing = replace(late, pulses=sampled(x))
    tie = tied(run(therapist, agreeing, sync=sync), accept_header_time=True)
    assert not any("contradict" in text for text in tie.notes)


def test_one_unusable_run_does_not_hide_the_others():
    good, bad = run(*with_pulses(6, 6)), run(*with_pulses(0, 0))
    ties = tie_session([good, bad], limits=LIMITS)
    assert isinstance(ties[0], Tie) and isinstance(ties[1], ClockError)


def test_time_together_is_what_both_recorded_of_the_block():
    pair = with_pulses(6, 6)
    short = replace(pair[1], duration_s=212.0, pulses=tuple(np.array(pair[1].pulses[:4])))
    whole = run(pair[0], short)
    assert together_s(whole, tied(whole)) == pytest.approx(212, abs=0.01)
    block = run(pair[0], short, start_s=200.0, stop_s=260.0)
    assert together_s(block, tied(block)) == pytest.approx(12, abs=0.01)
    late = run(pair[0], short, start_s=250.0, stop_s=260.0)
    assert together_s(late, tied(late)) == 0


@pytest.mark.parametrize(("jitter_s", "said"), [(0.0, False), (0.002, False), (0.01, True), (0.013, True)])
def test_marks_that_jitter_by_more_than_sampling_explains_are_said(jitter_s, said):
    rng = np.random.default_rng(5)
    pulses = np.sort(rng.uniform(5, 595, 25))
    apart = 2 + pulses * (1 + 20e-6) + jitter_s * rng.uniform(-1, 1, 25)
    therapist = replace(THERAPIST, pulses=tuple(sampled(pulses)), duration_s=600.0)
    client = replace(CLIENT, pulses=tuple(sampled(apart)), duration_s=604.0)
    tie = tied(run(therapist, client))
    assert any("(RMS) away from one line, and sampling explains" in note for note in tie.notes) == said
