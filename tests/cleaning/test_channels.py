"""Which electrodes are found bad, and which are not."""

import mne
import numpy as np
import pytest

from interbrain.cleaning import CleaningError, clean
from interbrain.cleaning.channels import bad_channels, bridges, flat_stretches, judged_channels
from interbrain.quality.verdict import reasons_of_cleaning
from interbrain.simulate import CHANNELS, Artifacts, Member, simulate_recording

from .conftest import FEW_COMPONENTS, FILTERS_ONLY, ROIS, hand


def brain(seed=3, **artifacts):
    """A recording at 250 Hz without mains, as the channels are judged."""
    member = Member(artifacts=Artifacts(**artifacts), mains_uv=0)
    raw = simulate_recording(member, seed=[seed], duration_s=60, sfreq=250).raw
    return raw.set_montage("colin27_1005")


def test_a_flat_a_noisy_a_loose_and_two_bridged_channels_are_found_with_their_reasons(undone):
    found = undone.cleaned.account["BadChannels"]
    assert set(found) == {"P7", "CP5", "O1", "P4", "P8"}
    assert found["P7"] == "flat"
    assert "high-frequency noise" in found["CP5"]
    assert "not correlated with the others" in found["O1"]
    assert (found["P4"], found["P8"]) == ("bridged with P8", "bridged with P4")


def test_every_channel_has_a_decision(undone):
    rows = undone.cleaned.account["Channels"]
    assert [row["channel"] for row in rows] == CHANNELS
    assert {row["channel"] for row in rows if row["decision"] == "bad"} == set(
        undone.cleaned.account["BadChannels"]
    )
    assert {row["by"] for row in rows} == {"automatic"}
    assert all(bool(row["reason"]) == (row["decision"] == "bad") for row in rows)


@pytest.mark.long_but("0")
@pytest.mark.parametrize("seed", range(4))
def test_a_recording_without_faults_loses_no_channel(seed):
    assert bad_channels(brain(seed, blinks_per_minute=14)) == {}


def test_a_strong_occipital_alpha_is_no_fault_of_its_electrodes():
    raw = brain()
    times = raw.times
    rng = np.random.default_rng(5)
    alpha = np.cos(2 * np.pi * 10 * times + np.cumsum(rng.standard_normal(len(times))) * 0.1)
    for channel, microvolts in {"O1": 70, "Oz": 80, "O2": 75, "PO3": 40, "PO4": 40}.items():
        raw._data[raw.ch_names.index(channel)] += microvolts * 1e-6 * alpha
    power = np.std(raw.copy().filter(1, 40, verbose="error").get_data(), axis=1)
    assert power[raw.ch_names.index("O1")] > 3 * np.median(power)
    assert bad_channels(raw) == {}


def test_bridged_channels_are_found_by_their_difference_and_near_ones_are_not_bridged():
    rng = np.random.default_rng(2)
    shared = rng.standard_normal((3, 15000)) * 5e-6
    noise = rng.standard_normal((6, 15000)) * 0.1e-6
    own = rng.standard_normal(15000) * 1e-6  # a neighbour that differs by a twentieth of the power
    data = np.stack([shared[0], shared[0], shared[0] + own, shared[1], shared[2], shared[1] * 0.5]) + noise
    names = ["F3", "F1", "Fz", "C3", "P3", "Oz"]
    raw = mne.io.RawArray(data, mne.create_info(names, 250.0, "eeg"), verbose="error")
    assert bridges(raw) == {"F3": ["F1"], "F1": ["F3"]}
    assert bridges(raw, leave_out=["F1"]) == {}


def test_blinks_that_all_frontal_channels_share_do_not_bridge_them():
    assert bridges(brain(4, blinks_per_minute=40, blink_uv=400)) == {}


@pytest.mark.parametrize("apart_hz", [(4, 7), (14, 40)])
def test_channels_that_are_alike_in_one_band_only_are_not_bridged(apart_hz):
    """Homologous sites may share their beta to 2 % and differ in slow waves, or differ by a muscle only."""
    raw = brain(bridged=[("P4", "P8"), ("F3", "FC1")])
    assert set(bridges(raw)) == {"P4", "P8", "F3", "FC1"}
    own = np.random.default_rng(6).standard_normal((1, raw.n_times)) * 20e-6
    raw._data[CHANNELS.index("P8")] += mne.filter.filter_data(own, 250, *apart_hz, verbose="error")[0]
    assert set(bridges(raw)) == {"F3", "FC1"}


def test_a_person_may_call_a_channel_bad_or_good():
    raw = brain(bridged=[("P4", "P8")])
    rows = judged_channels(raw, {}, [hand("channel", "P4", "good"), hand("channel", "Fz", "bad", by="CD")])
    by_name = {row["channel"]: row for row in rows}
    assert by_name["P4"] == {
        "channel": "P4",
        "decision": "good",
        "reason": "seen in the picture (automatic: bridged with P8)",
        "by": "AB",
    }
    assert by_name["Fz"]["decision"] == "bad" and by_name["Fz"]["by"] == "CD"
    assert by_name["Fz"]["reason"] == "seen in the picture (automatic: good)"
    assert by_name["P8"]["by"] == "automatic" and by_name["P8"]["decision"] == "bad"


def test_nobody_can_call_a_channel_good_that_holds_no_signal():
    raw = brain(flat=["Fz"])
    with pytest.raises(CleaningError, match=r"channel Fz good \(by AB\), but it holds no signal \(flat\)"):
        judged_channels(raw, {}, [hand("channel", "Fz", "good")])


MARKED = "marked bad in the recording: came loose, flat at times"


def test_a_channel_marked_bad_in_the_recording_says_so_and_can_be_overruled():
    raw = brain(noisy=["P4"])
    raw.info["bads"] = ["Fz", "P4", "Oz"]
    marked = {"Fz": MARKED, "P4": MARKED}
    by_name = {row["channel"]: row for row in judged_channels(raw, {}, marked=marked)}
    assert by_name["Fz"] == {"channel": "Fz", "decision": "bad", "reason": MARKED, "by": "automatic"}
    assert by_name["P4"]["reason"].startswith(f"{MARKED}, ")  # what its signal shows is said, too
    assert by_name["Oz"]["reason"] == "no signal in the raw file"
    overruled = judged_channels(raw, {}, [hand("channel", "Fz", "good")], marked)
    (row,) = [row for row in overruled if row["channel"] == "Fz"]
    assert (row["decision"], row["by"]) == ("good", "AB")
    assert row["reason"] == f"seen in the picture (before: {MARKED})"


def test_a_marked_channel_without_signal_cannot_be_overruled():
    raw = brain(flat=["Fz"])
    raw.info["bads"] = ["Fz"]
    with pytest.raises(CleaningError, match=r"channel Fz good \(by AB\), but it holds no signal \(flat\)"):
        judged_channels(raw, {}, [hand("channel", "Fz", "good")], {"Fz": MARKED})


def test_a_decision_on_a_channel_that_is_not_there_stops_with_its_name():
    with pytest.raises(CleaningError, match=r"channel FZ \(by AB\).* Is it Fz\? It has Fp1, "):
        judged_channels(brain(), {}, [hand("channel", "FZ", "bad")])


@pytest.mark.long
def test_a_channel_called_bad_by_hand_is_interpolated(planted):
    done = clean(planted.raw, **FEW_COMPONENTS, decisions=[hand("channel", "Fz", "bad")])
    assert done.account["BadChannels"]["Fz"] == "seen in the picture (automatic: good)"
    assert "Fz" not in done.ica.ch_names
    assert "bad ROI channels: Fz" in reasons_of_cleaning(done.account, 0.25, ROIS)


@pytest.mark.long_but("0.5")
@pytest.mark.parametrize("seconds", [0.5, 4])
def test_a_good_electrode_that_stands_still_for_a_while_is_marked_as_time_and_stays_good(planted, seconds):
    raw = planted.raw.copy()
    start = raw.ch_names.index("F3"), slice(20000, 20000 + round(seconds * 500))
    raw._data[start] = raw._data[start][0]
    done = clean(raw, **FILTERS_ONLY)
    assert "F3" not in done.account["BadChannels"]
    (note,) = [n for n in done.raw.annotations if n["description"] == "BAD_flat"]
    assert note["onset"] == pytest.approx(40) and note["duration"] == pytest.approx(seconds, abs=0.01)
    assert done.account["FlatSeconds"] == pytest.approx(seconds, abs=0.01)


def test_an_electrode_that_stands_still_for_a_tenth_of_the_time_is_bad_and_costs_no_time(planted):
    raw = planted.raw.copy()
    raw._data[raw.ch_names.index("F3"), 20000:27000] = 0.001
    done = clean(raw, **FILTERS_ONLY)
    assert "flat for 14% of the time, not correlated with the others" in done.account["BadChannels"]["F3"]
    assert done.account["FlatSeconds"] == 0


def test_values_that_change_at_the_amplifiers_resolution_are_not_flat():
    rng = np.random.default_rng(1)
    data = np.round(rng.standard_normal((4, 5000)) * 3) * 24.41e-9  # three bits of noise
    raw = mne.io.RawArray(data, mne.create_info(["F3", "Fz", "F4", "Cz"], 1000.0, "eeg"), verbose="error")
    assert flat_stretches(raw) == {}
    raw._data[2, 1000:1300] = raw._data[2, 1000]
    assert list(flat_stretches(raw)) == ["F4"]
    assert flat_stretches(raw)["F4"][0] == pytest.approx((1.0, 1.299), abs=0.01)


@pytest.mark.parametrize(
    ("marks", "left"),
    [
        ([(2.0, 0.5)], [(1.0, 2.0), (2.5, 4.0)]),
        ([(2.0, 0.0)], [(1.0, 2.0), (2.0, 4.0)]),  # a join
        ([(2.0, 0.5), (2.2, 1.0)], [(1.0, 2.0), (3.2, 4.0)]),
        ([(0.5, 0.6), (3.9, 1.0)], [(1.1, 3.9)]),
        ([(0.9, 0.2), (1.2, 2.7)], []),
        ([(0.5, 4.0)], []),
    ],
)
def test_of_a_flat_stretch_what_lies_beside_marked_time_counts(marks, left):
    rng = np.random.default_rng(1)
    data = rng.standard_normal((4, 5000)) * 1e-5
    data[2, 1000:4001] = 0
    raw = mne.io.RawArray(data, mne.create_info(["F3", "Fz", "F4", "Cz"], 1000.0, "eeg"), verbose="error")
    raw.set_annotations(mne.Annotations(*zip(*marks, strict=True), "BAD_acq_skip"))
    found = flat_stretches(raw)
    assert [round(t, 2) for span in found.get("F4", []) for t in span] == [t for span in left for t in span]
    assert set(found) <= {"F4"}
