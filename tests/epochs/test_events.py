"""Known events: whose windows are left out, what regression takes away and what it leaves, unknown names."""

from dataclasses import replace

import numpy as np
import pytest

from interbrain.clocks import ClockFit
from interbrain.epochs import EpochsError, Signal, choose_windows, on_therapist_clock, without_known_events
from interbrain.epochs.events import evoked, without_events

SFREQ = 100.0
CHANNELS = ["Fz", "Cz"]
FIT = ClockFit(1.0, 0.0, 0.0, 5)
WINDOWS = {
    **{"rois": {"midline": CHANNELS}, "length_s": 2, "edge_s": 0, "max_peak_to_peak_uv": 1e9},
    **{"max_peak_to_peak_elsewhere_uv": 1e9, "min_peak_to_peak_uv": 0},
}
RESPONSE = np.sin(2 * np.pi * 5 * np.arange(101) / SFREQ) * np.hanning(101) * 5e-5


def member(events=(), seed=1, seconds=60, role="therapist"):
    data = np.random.default_rng(seed).standard_normal((2, int(seconds * SFREQ))) * 1e-5
    return Signal(data, CHANNELS, SFREQ, [], [], role, events=list(events))


def with_responses(signal, onsets, scale=(1.0, -2.0)):
    data = signal.data.copy()
    for onset in onsets:
        first = round(onset * SFREQ)
        data[:, first : first + 101] += np.array(scale)[:, None] * RESPONSE
    return replace(signal, data=data)


def mask(**more):
    return {"names": ["sound"], "do": "mask", "window_s": (-0.2, 1.0)} | more


def test_windows_that_overlap_an_event_of_either_member_are_left_out_with_its_name():
    therapist = member([(4.1, "sound"), (9.0, "other")])
    client = member([(21.5, "sound")], seed=2, role="client")  # at 20.5 s of the therapist's clock
    therapist, client = without_known_events(therapist, client, FIT, **mask())
    client = on_therapist_clock(client, FIT, therapist.data.shape[1])
    ledger = choose_windows(therapist, client, FIT, **WINDOWS)
    marked = ledger[ledger["kept"] == 0].set_index("start_s")
    assert marked["therapist_criteria"].to_dict() == {
        2.0: "event sound",
        4.0: "event sound",
        20.0: "",
        58.0: "",
    }
    assert marked["client_criteria"].to_dict() == {
        2.0: "",
        4.0: "",
        20.0: "event sound",
        58.0: "recording ended",
    }
    assert "event sound" in marked.loc[20.0, "reason"]


def test_a_member_without_the_event_has_the_partners_through_the_clock():
    onsets = np.arange(5, 50, 4.0)
    therapist = member([(onset, "sound") for onset in onsets])
    client = with_responses(member(seed=2, role="client"), onsets + 1.0)
    settings = mask(do="regress")
    one, other = without_known_events(therapist, client, FIT, **settings)
    known = without_events(replace(client, events=[(t + 1.0, "sound") for t in onsets]), **settings)
    assert np.array_equal(other.data, known.data) and not np.array_equal(other.data, client.data)
    assert not np.array_equal(one.data, therapist.data)


@pytest.mark.parametrize("gap", [(), [(20.0, 26.0, "muscle")]])
def test_regression_takes_a_planted_response_away_and_leaves_the_rest(gap):
    onsets = np.cumsum(np.random.default_rng(3).uniform(0.6, 3, 30))  # some responses overlap
    clean = replace(member(), bad_spans=list(gap))
    planted = replace(with_responses(clean, onsets), events=[(onset, "sound") for onset in onsets])
    rest = without_events(planted, **mask(do="regress"))
    at = np.round(np.array(onsets) * SFREQ).astype(int)

    def mean_response(signal):
        return np.mean([signal.data[:, k : k + 101] for k in at], axis=0)

    before = np.abs(mean_response(planted) - mean_response(clean)).max()
    assert np.abs(mean_response(rest)).max() < 0.15 * before
    assert np.corrcoef(rest.data[0], clean.data[0])[0, 1] > 0.95
    far = np.ones(clean.data.shape[1], bool)
    for k in at:
        far[max(k - 20, 0) : k + 101] = False
    assert far.any() and np.array_equal(rest.data[:, far], planted.data[:, far])


def test_without_noise_overlapping_responses_to_two_kinds_of_events_are_told_apart():
    silent = replace(member(), data=np.zeros((2, 6000)))
    rng = np.random.default_rng(4)
    onsets = {name: np.round(np.sort(rng.uniform(1, 55, 20)), 2) for name in ("sound", "light")}
    both = with_responses(with_responses(silent, onsets["sound"]), onsets["light"], (0.5, 3.0))
    found = evoked(both.data, SFREQ, onsets, (0.0, 1.0))
    centred = both.data - both.data.mean(axis=1, keepdims=True)
    assert found == pytest.approx(centred, abs=0.03 * np.abs(both.data).max())


def test_events_at_the_edges_and_equal_events_do_no_harm():
    onsets = [0.0, 0.1, *np.arange(5, 50, 5.0), 59.95]
    signal = member([(onset, "sound") for onset in onsets for _ in range(2)])
    assert np.isfinite(without_events(signal, **mask(do="regress")).data).all()


def test_a_channel_with_missing_values_stays_as_it_is():
    signal = member([(onset, "sound") for onset in np.arange(5, 50, 4.0)])
    signal.data[1, 7] = np.nan
    rest = without_events(signal, **mask(do="regress"))
    assert np.array_equal(rest.data[1], signal.data[1], equal_nan=True)
    assert not np.array_equal(rest.data[0], signal.data[0])


def test_an_unknown_name_is_refused_with_those_that_there_are():
    pair = member([(4.0, "Stimulus/S  1")]), member([(4.0, "rest")], role="client")
    with pytest.raises(EpochsError, match='is called "sound"') as said:
        without_known_events(*pair, FIT, **mask())
    assert '"Stimulus/S  1", "rest"' in str(said.value) and "may_be_absent" in str(said.value)
    same = without_known_events(*pair, FIT, **mask(may_be_absent=True))
    assert [one.bad_spans for one in same] == [[], []]
    with pytest.raises(EpochsError, match="none at all"):
        without_known_events(member(), member(), FIT, **mask())


def test_too_few_events_for_a_mean_response_are_refused_and_can_be_masked():
    signal = member([(onset, "sound") for onset in (5.0, 9.0, 15.0)], role="client")
    with pytest.raises(EpochsError, match='the client\'s recording: "sound" occurs 3 times') as said:
        without_events(signal, **mask(do="regress"))
    assert "do: mask" in str(said.value)
    assert len(without_events(signal, **mask()).bad_spans) == 3
