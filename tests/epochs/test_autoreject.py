"""autoreject judges each member's windows by that member's own recording, and only where it can learn."""

from hashlib import sha1

import mne
import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from interbrain.clocks import ClockFit
from interbrain.epochs import EpochsError, Signal, choose_windows, criteria

SFREQ = 128  # Hz; of the signal only its peaks and its course over the head count here
CHANNELS = ["F3", "Fz", "F4", "C3", "Cz", "C4", "P3", "Pz", "P4", "O1", "O2", "T7", "T8", "P7", "P8", "F7"]
LIMITS = {
    **{"rois": {"frontal": ["F3", "Fz", "F4"]}, "length_s": 5, "edge_s": 2, "seed": [1, 2]},
    **{"max_peak_to_peak_uv": 200, "max_peak_to_peak_elsewhere_uv": 500, "min_peak_to_peak_uv": 1},
}


@pytest.fixture(autouse=True)
def one_thread():
    """As in a job: for matrices this small, threads only wait for each other."""
    with threadpool_limits(1):
        yield


@pytest.fixture(scope="module", autouse=True)
def learnt():
    """A member's windows of which it was learnt before are not judged again: most tests share a therapist."""
    rejected, kept = criteria.rejected, {}

    def once(windows, channels, sfreq, at_roi, **how):
        key = sha1(windows.tobytes()).digest(), windows.shape, *channels, sfreq, bytes(at_roi), repr(how)
        if key not in kept:
            kept[key] = rejected(windows, channels, sfreq, at_roi, **how)
        return kept[key].copy()

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(criteria, "rejected", once)
        yield kept


def brain(seed, n_windows=12, bursts=(), channels=CHANNELS, **how):
    """Noise of sources that neighbouring channels share, 50 uV; bursts: (channel, window, uV)."""
    rng = np.random.default_rng(seed)
    places = mne.channels.make_standard_montage("colin27_1005").get_positions()["ch_pos"]
    places = np.array([places[c] for c in channels])
    sources = rng.standard_normal((20, 3))
    sources *= 0.09 / np.linalg.norm(sources, axis=1, keepdims=True)  # m, on a head of 9 cm
    reach = np.exp(-((places[:, None] - sources) ** 2).sum(axis=-1) / 0.06**2)
    n_times = (4 + n_windows * LIMITS["length_s"]) * SFREQ  # 2 s at either end
    data = 8e-6 * reach @ rng.standard_normal((20, n_times))
    data += 1e-6 * rng.standard_normal(data.shape)
    for channel, window, uv in bursts:
        first = (2 + window * LIMITS["length_s"]) * SFREQ
        data[channels.index(channel), first + int(1.2 * SFREQ) : first + 2 * SFREQ] += uv * 1e-6
    about = {"spans": [], "interpolated": [], "role": "therapist", **how}
    return Signal(data, list(channels), SFREQ, about["spans"], about["interpolated"], about["role"])


def judged(therapist, client, method, **changed):
    return choose_windows(therapist, client, ClockFit.identity(), autoreject=method, **{**LIMITS, **changed})


def failed(ledger, role):
    return list(ledger["window"][ledger[f"{role}_criteria"].str.contains("autoreject", na=False)])


@pytest.mark.long_but("global")
@pytest.mark.parametrize("method", ["global", "local"])
def test_a_burst_far_beyond_the_members_own_windows_is_rejected(method):
    ledger = judged(brain(1), brain(2, bursts=[("Fz", 5, 120)]), method)
    assert 5 in failed(ledger, "client") and len(failed(ledger, "client")) < 4
    assert 5 not in failed(ledger, "therapist")
    assert ledger.loc[5, "kept"] == 0 and "client: autoreject" in ledger.loc[5, "reason"]


def test_nobody_is_judged_by_autoreject_unless_the_config_asks():
    assert judged(brain(1), brain(2, bursts=[("Fz", 5, 120)]), None)["kept"].all()


@pytest.mark.long_but("global")
@pytest.mark.parametrize("method", ["global", "local"])
def test_a_member_is_judged_without_the_partner(method):
    client = brain(2, bursts=[("Fz", 5, 120), ("Cz", 9, 100)])
    one, other = (
        judged(brain(seed, bursts=b), client, method) for seed, b in ((1, []), (7, [("Fz", 3, 120)]))
    )
    assert failed(other, "therapist") != failed(one, "therapist")
    assert failed(one, "client") == failed(other, "client") and 5 in failed(one, "client")


@pytest.mark.long
def test_a_burst_outside_the_rois_is_one_that_the_local_method_could_repair():
    """The global limit knows no places, and drops the window."""
    client = brain(2, bursts=[("O1", 5, 120)])
    assert 5 not in failed(judged(brain(1), client, "local"), "client")
    assert 5 in failed(judged(brain(1), client, "global"), "client")


def test_a_window_is_dropped_if_many_channels_outside_the_rois_are_bad_in_it():
    bursts = [(channel, 5, 120) for channel in CHANNELS if not channel.startswith("F")]
    assert 5 in failed(judged(brain(1), brain(2, bursts=bursts), "local"), "client")


@pytest.mark.long
@pytest.mark.parametrize("method", ["global", "local"])
def test_gaps_and_interpolated_channels_teach_autoreject_nothing(method):
    how = {"spans": [(28.0, 30.0, "gap")], "interpolated": ["Pz"]}
    quiet, loud = brain(2, **how), brain(2, **how)
    loud.data[:, 28 * SFREQ : 30 * SFREQ] *= 1000
    loud.data[CHANNELS.index("Pz")] *= 1000
    ledgers = [judged(brain(1), client, method) for client in (quiet, loud)]
    criteria = [ledger["client_criteria"] for ledger in ledgers]
    near = criteria[0].str.startswith("gap", na=False)
    assert near.sum() == 2 and criteria[0][~near].equals(criteria[1][~near])
    assert not criteria[1][near].str.contains("autoreject", na=False).any()


@pytest.mark.long_but("global")
@pytest.mark.parametrize("method", ["global", "local"])
def test_the_result_depends_on_the_seed_and_on_nothing_that_ran_before(method, learnt):
    therapist, client = brain(1), brain(2, bursts=[("Fz", 5, 60), ("F3", 8, 40)])
    ledgers = []
    for state in (0, 1):
        np.random.seed(state)  # noqa: NPY002
        learnt.clear()
        ledgers.append(judged(therapist, client, method))
    assert ledgers[0].equals(ledgers[1])


def test_the_limits_are_learnt_whatever_a_person_decided():
    therapist, client = brain(1), brain(2, bursts=[("Fz", 5, 120)])
    keep = {"item": 27.0, "decision": "keep", "by": "AB", "reason": "a spindle"}
    plain, kept = judged(therapist, client, "global"), judged(therapist, client, "global", decisions=[keep])
    assert kept.loc[5, "kept"] == 1 and kept.loc[5, "client_criteria"] == "autoreject"
    assert kept["client_criteria"].equals(plain["client_criteria"])


@pytest.mark.long_but("global")
@pytest.mark.parametrize("method", ["global", "local"])
def test_too_few_windows_to_learn_from_stop_with_a_message(method):
    enough, few = brain(1, n_windows=10), brain(2, n_windows=10, spans=[(2.5, 3.0, "gap")], role="client")
    assert len(judged(enough, brain(2, n_windows=10), method)) == 10
    with pytest.raises(EpochsError, match=r"client has 9 window.*autoreject needs 10.*autoreject: null"):
        judged(enough, few, method)


def test_too_few_channels_stop_the_local_method_only():
    three = brain(2, channels=["F3", "Fz", "F4"])
    assert len(judged(three, three, "global")) == 12
    with pytest.raises(EpochsError, match=r"the therapist has 3 good channel.*local needs 4"):
        judged(three, three, "local")


def test_without_any_window_to_judge_autoreject_is_not_asked():
    silent = brain(2, interpolated=["F3", "Fz", "F4"])
    ledger = judged(silent, brain(1, spans=[(0, 100, "gap")]), "local")
    assert set(ledger["reason"]) == {"therapist: no good ROI channel and client: gap"}
