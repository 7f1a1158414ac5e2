"""What speaks against a signal: its own course, its partner's, the EEG's length and date, others."""

from dataclasses import replace
from zlib import crc32

import numpy as np
import pytest
from scipy.signal import fftconvolve

from interbrain.doctor.signal_doubts import Placed, Session, course_of, doubts_of_all, note_doubts
from interbrain.formats.notes import noted
from interbrain.signals.series import Series
from interbrain.simulate.bodies import Bodies, Coupling, two_bodies

RATE, SECONDS = 25.0, 400
EEG = Session(0.0, 400.0, 400.0, 1_700_000_000.0)


def skin(seed):
    """Responses that rise within a second and fall within ten, on a level of 5 uS."""
    rng = np.random.default_rng(seed)
    n = int(SECONDS * RATE)
    begins = np.where(rng.random(n) < 5 / 60 / RATE, rng.exponential(0.4, n), 0)
    t = np.arange(0, 40, 1 / RATE)
    return 5 + fftconvolve(begins, np.exp(-t / 4) - np.exp(-t / 0.7))[:n] + 0.002 * rng.standard_normal(n)


def said(values, kind="eda", rate=RATE):
    with noted() as notes:
        note_doubts(Series(np.atleast_2d(values), rate), kind)
    return " ".join(notes)


@pytest.mark.parametrize("seed", range(3))
def test_a_skin_conductance_that_is_upside_down_or_a_resistance_is_noted(seed):
    assert said(skin(seed)) == ""
    assert "falls faster than it rises" in said(12 - skin(seed))
    assert "falls faster than it rises" in said(300 / skin(seed))
    assert said(np.round(skin(seed) / 60, 3)) == ""  # a dry wrist


def test_movement_with_one_sample_a_second_is_noted():
    moved = np.random.default_rng(1).random(500)
    assert "fewer than a video" in said(moved, "motion", 1.0)
    assert said(moved, "motion", 10.0) == ""


def placed(values=None, role="therapist", dyad="D01", **changes):
    """A signal in a file of its own, which begins with the EEG."""
    values = skin(crc32(f"{role}{dyad}".encode())) if values is None else values
    series = Series(np.atleast_2d(values), changes.pop("rate", RATE), begun=changes.pop("begun", None))
    one = Placed(
        *("signals.tsv, row 2", f"eda, {role}", dyad, "rest", role, f"{role} of {dyad}", "eda", "eda"),
        *(f"{dyad}_{role}.csv", "shared_start", f"{dyad}_t.edf", None, str(values[:20])),
        course_of(series, changes.get("kind", "eda")),
    )
    return replace(one, **changes)


def doubts(*signals, sessions=None):
    problems, warnings = doubts_of_all(signals, sessions or {("D01", "rest"): EEG})
    return [p.what for p in problems], [p.what for p in warnings]


def test_sound_signals_of_two_members_have_no_doubts():
    assert doubts(placed(skin(1)), placed(skin(2), "client")) == ([], [])


def test_a_scaled_copy_and_crosstalk_are_said_of_both_members():
    one, other = skin(1), skin(2)
    _, [copied] = doubts(placed(one), placed(np.round(1.2 * np.roll(one, 50), 4), "client"))
    assert copied == "the therapist's and the client's eda are one recording, 2.00 s apart"
    _, [common] = doubts(placed(one), placed(0.6 * other + 0.4 * one, "client"))
    assert "at the very same sample" in common


def test_bodies_of_a_simulated_session_that_go_together_at_once_are_not_said_to_share_a_signal():
    couplings = {kind: Coupling(0.95) for kind in ("eda", "motion")}
    at = np.arange(SECONDS * 250) / 250
    rng = np.random.default_rng(3)
    both = two_bodies(Bodies(couplings), -1, SECONDS + 1, rng)
    moved = [placed(body.acceleration(at, rng), rate=250.0, kind="motion") for body in both]
    felt = [placed(body.channels(at, rng)[:1], rate=250.0) for body in both]
    for one, other in (moved, felt):
        assert doubts(one, replace(other, role="client", digest="another")) == ([], [])


def test_one_signal_in_two_recordings_is_a_problem_unless_one_person_was_recorded_once():
    values = skin(1)
    one, other = placed(values), placed(values, dyad="D02")
    [problem], _ = doubts(one, other)
    assert problem == "holds the same eda as that of the therapist of D01 rest"
    same = replace(other, person=one.person)
    assert doubts(one, same)[0] == [problem]
    assert doubts(one, replace(same, eeg_file=one.eeg_file))[0] == []  # a group session with two clients
    assert doubts(one, replace(same, given_s=900.0))[0] == []  # one long file


def test_a_file_that_ends_before_the_recording_or_began_at_another_time_of_day_is_said():
    _, [short] = doubts(placed(skin(1)[: int(340 * RATE)]))
    assert short == "lacks 60 s of its end: it is 340 s long, and what is used of the EEG 400 s"
    assert doubts(placed(skin(1)[: int(396 * RATE)])) == ([], [])
    _, [late] = doubts(placed(skin(1), begun=EEG.begun + 3600 + 37))
    assert late.startswith("began 37.0 s later than its row says, by the times of day")
    assert doubts(placed(skin(1), begun=EEG.begun - 7200 + 2)) == ([], [])
    in_row = placed(skin(1), begun=EEG.begun + 37, sync="start_s", given_s=37.0)
    assert doubts(in_row) == ([], [])


def test_files_that_are_all_longer_by_one_factor_have_a_wrong_rate():
    def study(factor, extra=0.0):
        signals, sessions = [], {}
        for number, length in enumerate((400.0, 380.0, 431.0)):
            dyad = f"D0{number}"
            n = int((length + extra) * RATE * factor)
            signals.append(placed(np.resize(skin(number), n), dyad=dyad))
            sessions[dyad, "rest"] = Session(0.0, length, length, None)
        return doubts(*signals, sessions=sessions)[1]

    [wrong] = study(1.024)
    assert wrong.startswith("all 3 files of eda are 1.024 times as long as the EEG")
    assert study(1.0, extra=10) == [] == study(1.001)


def test_a_list_of_beats_in_which_some_or_every_second_one_were_missed_is_noted():
    intervals = (
        0.85 + 0.05 * np.sin(np.arange(400) / 5) + 0.02 * np.random.default_rng(2).standard_normal(400)
    )
    beats = np.cumsum(intervals)

    def of(beats):
        train = np.zeros(int(beats[-1] * 1000) + 1)
        train[np.round(beats * 1000).astype(int).clip(0, len(train) - 1)] = 1
        return said(train, "ibi", 1000.0)

    assert of(beats) == ""
    assert "9% of its intervals between beats are twice as long" in of(np.delete(beats, np.s_[::12]))
    assert "its heart rate is 35 beats a minute" in of(beats[::2])
