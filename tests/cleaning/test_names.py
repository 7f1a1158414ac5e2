"""A component keeps its name while nothing changes it, and a decision never hits another one."""

import numpy as np
import pytest

from interbrain.cleaning import CleaningError
from interbrain.cleaning.decisions import decided
from interbrain.cleaning.names import named_now, names_of
from interbrain.simulate import CHANNELS

from .conftest import hand


def fields(seed=1, n=30):
    return np.random.default_rng(seed).standard_normal((len(CHANNELS), n))


def codes(names):
    return [name.partition("-")[2] for name in names]


def test_sign_scale_and_last_digits_do_not_change_a_name():
    mixing = fields()
    rng = np.random.default_rng(2)
    other = -3e-6 * mixing * (1 + 1e-9 * rng.standard_normal(mixing.shape))
    assert names_of(other, CHANNELS, "c0") == names_of(mixing, CHANNELS, "c0")


def test_components_of_one_fit_have_names_of_their_own():
    assert len(set(codes(names_of(fields(), CHANNELS, "c0")))) == 30


@pytest.mark.parametrize("seed", range(5))
def test_a_decision_finds_its_component_in_another_order_and_a_slightly_other_fit(seed):
    mixing, rng = fields(seed), np.random.default_rng(seed + 50)
    before = names_of(mixing, CHANNELS, "c0")
    order = rng.permutation(30)
    refitted = mixing[:, order] * rng.choice([-1, 1], 30) + 0.03 * rng.standard_normal(mixing.shape)
    now = names_of(refitted, CHANNELS, "c0")
    moved = [d["item"] for d in named_now([hand("component", name, "keep") for name in before], now)]
    right = {before[k]: now[place] for place, k in enumerate(order)}
    found = [item for name, item in zip(before, moved, strict=True) if item in now]
    assert all(right[name] == item for name, item in zip(before, moved, strict=True) if item in now)
    assert len(found) >= 27  # the others stop the run and are looked up again


@pytest.mark.parametrize("how", ["another recording", "other channels", "another component"])
def test_a_name_that_fits_no_component_stops(how):
    mixing = fields()
    old = names_of(mixing, CHANNELS, "c0")
    if how == "another recording":
        now = names_of(mixing, CHANNELS, "c1")
    elif how == "other channels":
        now = names_of(mixing[1:], CHANNELS[1:], "c0")
    else:
        now, old = names_of(mixing[:, 1:], CHANNELS, "c0"), old[:1]
    for name in old:
        with pytest.raises(CleaningError, match="which this recording does not have"):
            decided(named_now([hand("component", name, "keep")], now), "component", now, "")


def test_names_of_earlier_versions_stop_and_do_not_fit_by_chance():
    now = names_of(fields(), CHANNELS, "c0")
    assert named_now([hand("component", "IC00-7f2a", "keep")], now)[0]["item"] == "IC00-7f2a"


def test_two_decisions_about_one_component_stop():
    now = names_of(fields(), CHANNELS, "c0")
    twice = [hand("component", now[3], "keep"), hand("component", f"IC07-{codes(now)[3]}", "remove")]
    with pytest.raises(CleaningError, match=f"one component twice, as {now[3]} and as IC07"):
        named_now(twice, now)


def test_decisions_about_channels_are_left_alone():
    said = [hand("channel", "Fz", "bad")]
    assert named_now(said, []) == said
