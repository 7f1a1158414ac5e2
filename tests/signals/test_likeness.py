"""Two bodies are never one recording, and have nothing in common at the very same sample."""

import numpy as np
import pytest

from interbrain.clocks import ClockFit
from interbrain.signals.dyad import Given, pair
from interbrain.signals.likeness import likeness
from interbrain.signals.series import Series
from interbrain.simulate.bodies import FORGET_S, Bodies, Coupling, coupled_series, two_bodies

RATE, SECONDS = 25, 300
AT = np.arange(SECONDS * RATE) / RATE


def bodies(seed, r=0.5, lag_s=0.4):
    """Skin conductance and movement of two people who are coordinated, shape (2 people, n) each."""
    rng = np.random.default_rng(seed)
    couplings = {kind: Coupling(r, lag_s) for kind in ("eda", "motion")}
    both = two_bodies(Bodies(couplings, settling=True), 0, SECONDS + 1, rng)
    skin = np.stack([body.channels(AT, rng)[0] for body in both])
    moved = np.stack([np.interp(AT, body.times, body.envelope) for body in both])
    return skin, moved * rng.gamma(2, 0.5, moved.shape)


@pytest.mark.parametrize("seed", range(3))
def test_coordinated_bodies_are_neither_one_recording_nor_alike_at_once(seed):
    for one, other in bodies(seed):
        found = likeness(one, other, RATE)
        assert abs(found.most) < 0.5 and abs(found.fast) < 0.1


@pytest.mark.parametrize("kind", ["eda", "motion"])
@pytest.mark.parametrize("rate", [4, RATE])
@pytest.mark.parametrize("r", [0.8, -0.95, 0.975])
def test_no_correlation_of_bodies_at_lag_0_makes_them_one_recording(kind, rate, r):
    rng = np.random.default_rng(5)
    found = likeness(*coupled_series(600 * rate, rate, Coupling(r), FORGET_S[kind], rng), rate)
    assert abs(abs(found.most) - abs(r)) < 0.05 and not found.one_recording


@pytest.mark.parametrize("kind", [0, 1])
def test_a_copy_is_known_with_its_lag_whatever_its_unit_rounding_and_gaps(kind):
    one, other = bodies(1)[kind]
    copy = np.round(-1.7 * np.roll(one, 2 * RATE) + 3, 3)
    copy[1000:1400] = np.nan
    found = likeness(one, copy, RATE)
    assert found.one_recording and found.lag_s == 2 and found.most < 0
    assert likeness(one, 0.5 * one + 0.5 * other, RATE).fast > 0.4


def test_a_series_of_a_few_steps_is_not_judged():
    gaze = np.repeat(np.random.default_rng(3).integers(0, 2, 60), 5 * RATE).astype(float)
    assert likeness(gaze, gaze, RATE).most == 0
    assert likeness(np.full(1000, np.nan), np.arange(1000.0), RATE).most == 0


def test_a_copy_that_was_scaled_and_moved_has_no_coordination():
    one, other = bodies(2)[1]

    def members(client):
        both = {"therapist": one, "client": client}
        return {role: Given("motion", Series(v[None], float(RATE))) for role, v in both.items()}

    lengths = {"therapist": float(SECONDS), "client": float(SECONDS)}
    series, account = pair("motion", members(1.5 * np.roll(one, 30)), lengths, ClockFit.identity(), 0.25)
    assert series.empty
    assert [row["usable"] for row in account] == [0, 0]
    assert all("therapist and client have one recording" in row["reason"] for row in account)
    series, account = pair("motion", members(other), lengths, ClockFit.identity(), 0.25)
    assert len(series) == len(AT) and all(row["usable"] for row in account)
