"""Which components are removed, what that leaves, and how a person overrules it."""

import json
import re

import mne
import numpy as np
import pytest

from interbrain.cleaning import CleaningError, clean
from interbrain.cleaning.components import LABELS, decompose
from interbrain.quality.verdict import reasons_of_cleaning
from interbrain.simulate import CHANNELS, Member, simulate_recording

from .conftest import FEW_COMPONENTS, ROIS, SETTINGS, hand

INSIDE = slice(500, -500)  # without the filters' ends, samples at 250 Hz


def at_250(part, band=(1, 40)):
    """A planted part as it is after resampling, the analysis filter and the reference to good channels."""
    raw = mne.io.RawArray(part, mne.create_info(list(CHANNELS), 500.0, "eeg"), verbose="error")
    raw.resample(250, method="polyphase", verbose="error").filter(*band, verbose="error")
    good = [c for c in CHANNELS if c not in ("P7", "CP5", "O1", "P4", "P8")]
    return raw.get_data() - raw.get_data(picks=good).mean(axis=0)


def share_left(cleaned, part, channels):
    """Share of a planted part's variance that is left in the channels, by regression on its time course."""
    rows = [CHANNELS.index(c) for c in channels]
    template = part[np.argmax(part.var(axis=1))][INSIDE]
    template = template - template.mean()
    before = part[rows][:, INSIDE] @ template
    after = cleaned.raw.get_data()[rows][:, INSIDE] @ template
    return float((after**2).sum() / (before**2).sum())


def test_blinks_go_and_alpha_and_theta_stay(undone):
    parts, channels = undone.planted.parts, ["F3", "Fz", "F4", "C3", "Cz", "C4"]
    assert share_left(undone.cleaned, at_250(parts["blinks"]), ["Fp1", "Fp2", *channels]) < 0.05
    assert share_left(undone.cleaned, at_250(parts["alpha"]), channels) == pytest.approx(1, abs=0.1)
    assert share_left(undone.cleaned, at_250(parts["theta"]), channels) == pytest.approx(1, abs=0.1)


def test_each_component_has_a_label_its_probabilities_and_a_decision(undone):
    about, rows = undone.cleaned.account["IndependentComponents"], undone.cleaned.account["Components"]
    assert about["Converged"] and about["Iterations"] > 1 and about["NotDone"] is None
    assert len(rows) == about["Count"] <= about["Rank"] == 32 - 5 - 1  # five are bad, the reference takes one
    for k, row in enumerate(rows):
        assert re.fullmatch(rf"IC{k:02d}-[0-9a-f]{{8}}", row["component"])
        assert tuple(row["probabilities"]) == LABELS
        assert sum(row["probabilities"].values()) == pytest.approx(1, abs=1e-3)
        assert row["probability"] == max(row["probabilities"].values())
        removed = row["label"] in SETTINGS["ica"]["remove"] and row["probability"] >= 0.8
        assert (row["decision"] == "remove") == removed == bool(row["reason"])
    assert {row["label"] for row in rows if row["decision"] == "remove"} >= {"eye blink"}
    assert undone.cleaned.ica.exclude == [k for k, row in enumerate(rows) if row["decision"] == "remove"]
    json.dumps(undone.cleaned.account, allow_nan=False)


def test_shares_of_variance_of_removed_components_add_up(undone):
    rows = [row for row in undone.cleaned.account["Components"] if row["decision"] == "remove"]
    together = undone.cleaned.account["IndependentComponents"]["VarianceRemovedPercent"]
    assert together == pytest.approx(sum(row["variance_percent"] for row in rows), abs=2)
    assert 5 < together < 80


@pytest.fixture(scope="module")
def with_a_limit_of_one(planted):
    ica = {**SETTINGS["ica"], "remove": {"eye blink": 1.0}}
    return clean(planted.raw, **{**SETTINGS, "ica": ica}).account


@pytest.mark.long
def test_a_limit_of_one_keeps_everything_that_is_not_certain(with_a_limit_of_one):
    components = with_a_limit_of_one["Components"]
    assert [c for c in components if c["decision"] == "remove" and c["probability"] < 1] == []


def test_a_person_may_keep_a_component_and_remove_another_and_nothing_else_changes(undone):
    rows = undone.cleaned.account["Components"]
    blink = next(r["component"] for r in rows if r["decision"] == "remove")
    brain = next(r["component"] for r in rows if r["label"] == "brain")
    said = [hand("component", blink, "keep"), hand("component", brain, "remove", by="CD")]
    done = clean(undone.planted.raw, **SETTINGS, decisions=said)
    now = {row["component"]: row for row in done.account["Components"]}
    assert list(now) == [row["component"] for row in rows]
    assert now[blink]["decision"] == "keep" and now[blink]["by"] == "AB"
    assert now[blink]["reason"].startswith("seen in the picture (automatic: eye blink at ")
    assert now[brain]["decision"] == "remove" and now[brain]["reason"].endswith("(automatic: keep)")
    unchanged = [row for row in rows if row["component"] not in (blink, brain)]
    assert [now[row["component"]] for row in unchanged] == unchanged
    blinks = at_250(undone.planted.parts["blinks"])
    assert share_left(done, blinks, ["Fp1", "Fp2"]) > 5 * share_left(undone.cleaned, blinks, ["Fp1", "Fp2"])


@pytest.mark.long
def test_a_channel_decision_gives_the_components_new_names_so_that_no_old_decision_is_misapplied(undone):
    old = clean(undone.planted.raw, **FEW_COMPONENTS).account["Components"][0]["component"]
    said = [hand("channel", "T7", "bad"), hand("component", old, "keep")]
    with pytest.raises(CleaningError, match=rf"component {old} \(by AB\).* new table of components"):
        clean(undone.planted.raw, **FEW_COMPONENTS, decisions=said)


@pytest.mark.long
def test_names_of_components_outlast_other_limits_but_not_another_recording(undone, with_a_limit_of_one):
    name = undone.cleaned.account["IndependentComponents"]["Decomposition"]
    assert with_a_limit_of_one["IndependentComponents"]["Decomposition"] == name
    other = simulate_recording(Member(), seed=[4], duration_s=30, sfreq=250).raw
    assert clean(other, **SETTINGS).account["IndependentComponents"]["Decomposition"] != name


def test_without_components_the_account_says_why_and_a_decision_on_one_stops(planted):
    off = {**SETTINGS, "ica": {**SETTINGS["ica"], "do": False}}
    done = clean(planted.raw, **off)
    assert done.ica is None and done.account["Components"] == []
    assert done.account["IndependentComponents"]["NotDone"] == "the config says so"
    reasons = reasons_of_cleaning(done.account, 0.25, ROIS)
    assert not any("component" in reason for reason in reasons)  # it was asked for
    with pytest.raises(CleaningError, match=r"IC00-aaaa .*It has no components: the config says so"):
        clean(planted.raw, **off, decisions=[hand("component", "IC00-aaaa", "keep")])


@pytest.mark.parametrize("n_channels, seconds", [(6, 60), (32, 4)])
def test_too_little_to_fit_is_said_and_nothing_is_removed(n_channels, seconds):
    rng = np.random.default_rng(1)
    names = ["F3", "Fz", "F4", "C3", "Cz", "C4", *[c for c in CHANNELS if c[0] not in "FC"], "FC1", "FC2"]
    names = list(dict.fromkeys([*names, *CHANNELS]))[:n_channels]
    data = 10e-6 * rng.standard_normal((len(names), seconds * 250))
    raw = mne.io.RawArray(data, mne.create_info(names, 250.0, "eeg"), verbose="error")
    found = decompose(raw, max_components=30, remove={"eye blink": 0.8}, seed=[1])
    assert found.ica is None and found.components == []
    assert found.about["NotDone"].endswith("are too little")
    before = raw.get_data().copy()
    found.apply(raw)
    assert np.array_equal(raw.get_data(), before)


def test_seconds_that_no_brain_makes_do_not_teach_the_fit(undone):
    """An electrode that is pulled about for four seconds, by 20 mV: the blinks are still found."""
    raw = undone.planted.raw.copy()
    n = round(4 * raw.info["sfreq"])
    pulled = 20e-3 * np.hanning(n) * np.sin(2 * np.pi * 2.5 * np.arange(n) / raw.info["sfreq"])
    raw._data[CHANNELS.index("O2"), 20000 : 20000 + n] += pulled
    done = clean(raw, **SETTINGS)
    assert done.account["IndependentComponents"]["Converged"]
    assert share_left(done, at_250(undone.planted.parts["blinks"]), ["Fp1", "Fp2"]) < 0.1


@pytest.mark.long
def test_the_same_recording_gives_the_same_components_whatever_ran_before(undone, fits):
    before = clean(undone.planted.raw, **FEW_COMPONENTS)
    fits.clear()
    np.random.seed(99)  # noqa: NPY002 - whoever uses the global state must not be led by it
    again = clean(undone.planted.raw, **FEW_COMPONENTS)
    assert again.account == before.account
    assert np.array_equal(again.raw.get_data(), before.raw.get_data())
