"""Electrode pops are found where they are, eyes and muscles are none, and much slower channels are said."""

import mne
import numpy as np
import pytest

from interbrain.cleaning import clean
from interbrain.cleaning.spectra import slow_channels
from interbrain.cleaning.steps import steps
from interbrain.quality.verdict import reasons_of_cleaning
from interbrain.simulate import CHANNELS, Artifacts, Member, simulate_recording

from .conftest import ROIS, SETTINGS

FILTERS_ONLY = {**SETTINGS, "ica": {**SETTINGS["ica"], "do": False}}
LIVELY = {
    **{"blinks_per_minute": 20, "blink_uv": 300, "saccades_per_minute": 8, "saccade_uv": 150},
    **{"muscle_bursts_per_minute": 6, "heart_uv": 20, "drift_uv": 200},
}


def person(seed, sfreq=500.0, **artifacts):
    member = Member(artifacts=Artifacts(**artifacts), mains_uv=60)
    return simulate_recording(member, seed=[seed], duration_s=60, sfreq=sfreq)


@pytest.mark.long_but("0-250.0", "2-128.0")
@pytest.mark.parametrize("sfreq", [128.0, 250.0, 500.0])
@pytest.mark.parametrize("seed", range(3))
def test_planted_pops_are_found_at_their_time_and_channel_and_nothing_else(sfreq, seed):
    made = person(seed, sfreq, steps=["C4", "PO3", "Fp1"], **LIVELY)
    planted = {p["channels"][0]: p["onset_s"] for p in made.truth["planted"] if p["kind"] == "step"}
    found = {channel: at for at, channel, _ in steps(made.raw, CHANNELS)}
    assert set(found) == set(planted)
    assert all(abs(found[channel] - at) < 0.05 for channel, at in planted.items())


@pytest.mark.parametrize("seed", range(3, 6))
def test_eyes_muscles_heart_and_drift_are_no_pops(seed):
    assert steps(person(seed, **LIVELY).raw, CHANNELS) == []


def test_a_jump_beside_a_gap_or_of_all_channels_at_once_is_no_pop_of_an_electrode():
    raw = person(6).raw
    raw._data[:, 10000:] += 2e-3
    assert steps(raw, CHANNELS) == []
    raw._data[5, 20000:] += 2e-3
    assert [channel for _, channel, _ in steps(raw, CHANNELS)] == [CHANNELS[5]]
    raw.set_annotations(mne.Annotations([39.9], [0.2], ["BAD_acq_skip"]))
    assert steps(raw, CHANNELS) == []


def test_time_beside_a_pop_is_left_out_and_said_and_the_electrode_stays():
    made = person(7, steps=["C4"])
    (at,) = (p["onset_s"] for p in made.truth["planted"] if p["kind"] == "step")
    done = clean(made.raw, **FILTERS_ONLY)
    (note,) = [n for n in done.raw.annotations if n["description"] == "BAD_step"]
    assert note["onset"] < at - 1.5 and note["onset"] + note["duration"] > at + 1.5
    assert "C4" not in done.account["BadChannels"]
    assert "electrode pops, whose time is left out: 1 at C4" in reasons_of_cleaning(done.account, 0.25, ROIS)
    assert [(s["channel"], round(s["onset_s"] - at, 1)) for s in done.account["Steps"]] == [("C4", 0)]


@pytest.mark.long
def test_outside_the_time_that_is_left_out_a_pop_leaves_less_than_a_thousandth():
    """The cleaned signal there is that of the same head without the pop, but for its slow way back."""
    with_pop, without = person(8, steps=["C4"]), person(8)
    done = clean(with_pop.raw, **FILTERS_ONLY)
    plain = clean(without.raw, **FILTERS_ONLY).raw
    kept = np.ones(plain.n_times, bool)
    for note in done.raw.annotations:
        if note["description"].startswith("BAD"):
            kept[int(note["onset"] * 250) : int((note["onset"] + note["duration"]) * 250) + 1] = False
    kept[:500] = kept[-500:] = False
    left = (done.raw.get_data(picks=["C4"]) - plain.get_data(picks=["C4"]))[0]
    (size,) = (abs(p["amplitude_uv"]) * 1e-6 for p in with_pop.truth["planted"] if p["kind"] == "step")
    assert left[kept].std() < 1e-3 * size < 0.05 * size < left[~kept].std()


def test_a_channel_slower_than_all_others_is_said():
    raw = person(9, 250.0).raw.filter(1, 40, verbose="error")
    assert slow_channels(raw, CHANNELS) == {}
    slow = mne.filter.filter_data(
        np.random.default_rng(1).standard_normal(raw.n_times), 250, 1, 4, verbose="error"
    )
    raw._data[CHANNELS.index("Pz")] += 40e-6 * slow / slow.std()
    found = slow_channels(raw, CHANNELS)
    assert list(found) == ["Pz"] and found["Pz"] > 12
