"""One policy for channels without a signal of their own: no value rather than a wrong one, never silently.

Interpolated, missing or flat, in one stretch or throughout: such a channel has no PLV, takes no part in a
ROI's mean, and is listed where that leaves nothing.
"""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from interbrain.clocks import ClockFit
from interbrain.epochs import Signal, choose_windows, on_therapist_clock
from interbrain.formats.filtered import Filtered
from interbrain.group.aggregated import aggregate
from interbrain.quality.exclusions import exclusions_table
from interbrain.synchrony.dyad import dyad_synchrony
from interbrain.synchrony.sites import pair_table, roi_table

SFREQ = 250
CHANNELS = ["F3", "Fz", "F4", "Cz"]
ROIS = {"frontal": ["F3", "Fz", "F4"], "central": ["Cz"]}
BANDS = {"theta": [4, 7], "alpha": [8, 12]}
WINDOWS = {
    **{"length_s": 5, "edge_s": 2, "max_peak_to_peak_uv": 200, "max_peak_to_peak_elsewhere_uv": 500},
    **{"min_peak_to_peak_uv": 1, "rois": ROIS},
}
FIT = ClockFit(0.5, 50.0, 0.1, 5)
IN_A_WINDOW = slice(round(18.0 * SFREQ), round(20.5 * SFREQ))  # half of the window from 17 to 22 s


def noise(seed, role="therapist", interpolated=()):
    data = np.random.default_rng(seed).standard_normal((len(CHANNELS), 60 * SFREQ)) * 1e-5
    return Signal(data, list(CHANNELS), float(SFREQ), [], list(interpolated), role)


def interpolated(signal, channel):
    """Another channel's signal, as an interpolation would give it."""
    signal.data[CHANNELS.index(channel)] = signal.data[CHANNELS.index("Cz")]
    return replace(signal, interpolated=[*signal.interpolated, channel])


def one_value_missing(signal, channel):
    signal.data[CHANNELS.index(channel), 19 * SFREQ] = np.nan
    return signal


def all_missing(signal, channel):
    signal.data[CHANNELS.index(channel)] = np.nan
    return signal


def flat_throughout(signal, channel):
    signal.data[CHANNELS.index(channel)] = 7e-6
    return signal


def flat_in_a_window(signal, channel):
    row = signal.data[CHANNELS.index(channel)]
    row[IN_A_WINDOW] = row[IN_A_WINDOW.start]
    return signal


FAULTS = [interpolated, one_value_missing, all_missing, flat_throughout, flat_in_a_window]
BOTH = pytest.mark.parametrize("whose", ["therapist", "client"])
EVERY = pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)


def ledger_of(therapist, client, fit=None):
    return choose_windows(therapist, client, fit or ClockFit.identity(), **WINDOWS)


def tables_of(therapist, client, starts_s=(12.0, 17.0, 22.0, 27.0)):
    found, rhythms, _ = dyad_synchrony(
        therapist,
        client,
        starts_s,
        bands=BANDS,
        length_s=5,
        out_sfreq=100,
        n_shifts=20,
        min_shift_s=5,
        seed=[1],
    )
    about = {"dyad": "D01", "time": "pre"}
    roi = roi_table(found, CHANNELS, CHANNELS, ROIS, rhythms, 5, about)
    pairs = pair_table(found, CHANNELS, CHANNELS, list(BANDS))
    return (
        pairs.drop(columns="estimator").set_index(["band", "therapist_channel", "client_channel"]),
        roi.set_index(["band", "roi_therapist", "roi_client"]),
    )


def spoiled(whose, fault, *channels):
    """Therapist and client, one of whom has channels with a fault."""
    pair = {"therapist": noise(1), "client": noise(2, "client")}
    for channel in channels:
        pair[whose] = fault(pair[whose], channel)
    return pair["therapist"], pair["client"]


@EVERY
@BOTH
def test_a_channel_without_its_own_signal_has_no_value_and_touches_no_other(whose, fault):
    sound, _ = tables_of(noise(1), noise(2, "client"))
    pairs, _ = tables_of(*spoiled(whose, fault, "Fz"))
    of_channel = pairs.index.get_level_values(f"{whose}_channel") == "Fz"
    # Neither 0 nor 1, and no chance level or p-value that could be taken for a result.
    assert pairs[of_channel].isna().all(axis=None)
    assert pairs[~of_channel].notna().all(axis=None)
    pd.testing.assert_frame_equal(pairs[~of_channel], sound[~of_channel], check_exact=True)


@EVERY
@BOTH
def test_a_rois_mean_leaves_it_out_and_says_how_many_pairs_are_left(whose, fault):
    _, sound = tables_of(noise(1), noise(2, "client"))
    pairs, roi = tables_of(*spoiled(whose, fault, "Fz"))
    row = roi.loc[("alpha", "frontal", "frontal")]
    rest = pairs["value"].loc["alpha"].unstack()
    rest = rest.loc[ROIS["frontal"], ROIS["frontal"]].drop("Fz", axis=["therapist", "client"].index(whose))
    assert row["value"] == pytest.approx(rest.to_numpy().mean())
    assert row["n_pairs"] == 6 and sound.loc[("alpha", "frontal", "frontal"), "n_pairs"] == 9
    assert 0 < row["value"] < 1 and 0 < row["chance"] < 1
    assert roi.loc[("alpha", "central", "central")].equals(sound.loc[("alpha", "central", "central")])


@EVERY
@BOTH
def test_a_site_without_any_such_channel_has_no_value_and_is_listed(whose, fault):
    _, roi = tables_of(*spoiled(whose, fault, "Cz"))
    central = roi.loc[("alpha", "central", "central")]
    assert central[["value", "chance", "above_chance", "p_chance"]].isna().all() and central["n_pairs"] == 0
    dyads = pd.DataFrame({"dyad": ["D01"], "therapist": ["T1"], "client": ["C1"]})
    aggregated = aggregate([roi.reset_index()], dyads, {}, {}, {}, [])
    assert aggregated.set_index(["band", "roi"])["plv"].notna().to_dict() == {
        (band, site): site == "frontal" for band in BANDS for site in ROIS
    }
    listed = exclusions_table({}, [], [], {}, aggregated)
    assert listed[["what", "dyad", "item"]].to_numpy().tolist() == [["site", "D01", "central"]]


def as_written(found):
    """As the account of cleaning holds it."""
    numbers = {"Hz": found.frequency_hz.tolist(), "Power": found.power.tolist()}
    return {"LowestHz": found.lowest_hz, "HighestHz": found.highest_hz, **numbers}


HIGH_PASSED = Filtered(8.0, None, np.arange(0, 60, 0.25), np.r_[np.full(32, 1e-6), np.full(208, 1.0)])


@BOTH
def test_a_band_that_a_filter_took_has_no_value_and_is_listed_with_the_filter(whose):
    pair = {"therapist": noise(1), "client": noise(2, "client")}
    pair[whose] = replace(pair[whose], filtered=HIGH_PASSED)
    pairs, roi = tables_of(*pair.values())
    sound_pairs, sound = tables_of(noise(1), noise(2, "client"))
    assert pairs.loc["theta"].isna().all(axis=None) and (roi.loc["theta", "n_pairs"] == 0).all()
    assert roi.loc["theta", ["value", "chance", "above_chance", "p_chance"]].isna().all(axis=None)
    pd.testing.assert_frame_equal(pairs.loc["alpha"], sound_pairs.loc["alpha"], check_exact=True)
    assert roi.loc["alpha", "value"].equals(sound.loc["alpha", "value"])
    dyads = pd.DataFrame({"dyad": ["D01"], "therapist": ["T1"], "client": ["C1"]})
    aggregated = aggregate([roi.reset_index()], dyads, {}, {}, {}, [])
    facts = {"dyad": "D01", "time": "pre", "participant": "P7", "lost_samples": [], "missing_data": []}
    account = {"Channels": [], "Components": [], "RecordedFilter": as_written(HIGH_PASSED)}
    listed = exclusions_table({}, [facts], [account], {}, aggregated, bands=BANDS)
    assert listed[["what", "dyad", "time", "item"]].to_numpy().tolist() == [["band", "D01", "pre", "theta"]]
    assert listed["reason"][0].startswith("a high-pass filter at about 8 Hz (P7) took it; the dyad is not in")


def test_a_band_of_ones_own_that_a_filter_took_is_no_site_without_channels():
    """Around the person's own peak, the band lies elsewhere than that of the config."""
    _, roi = tables_of(noise(1), noise(2, "client"))
    roi.loc["theta", "value"] = np.nan
    dyads = pd.DataFrame({"dyad": ["D01"], "therapist": ["T1"], "client": ["C1"]})
    aggregated = aggregate([roi.reset_index()], dyads, {}, {}, {}, [])
    facts = {"dyad": "D01", "time": "pre", "participant": "P7", "lost_samples": [], "missing_data": []}
    mild = replace(HIGH_PASSED, lowest_hz=5.0, power=np.ones(240))
    account = {"Channels": [], "Components": [], "RecordedFilter": as_written(mild)}
    listed = exclusions_table({}, [facts], [account], {}, aggregated, bands=BANDS)
    assert not mild.takes(BANDS["theta"]) and listed["what"].tolist() == ["band"]


def test_two_channels_that_are_flat_at_once_are_not_locked():
    therapist, client = noise(1), noise(2, "client")
    for signal in (therapist, client):
        flat_in_a_window(signal, "Fz")
    starts = ledger_of(therapist, client).query("kept == 1")["start_s"]
    assert 17.0 in set(starts)  # the rest of the window is far from flat, and it is kept
    pairs, roi = tables_of(therapist, client, starts)
    assert np.isnan(pairs.loc[("alpha", "Fz", "Fz"), "value"])
    assert roi.loc[("alpha", "frontal", "frontal"), "n_pairs"] == 4


def test_where_cleaning_marked_a_flat_stretch_only_its_windows_are_lost():
    therapist, client = flat_in_a_window(noise(1), "Fz"), noise(2, "client")
    marked = replace(therapist, bad_spans=[(18.0, 20.5, "flat")])
    ledger = ledger_of(marked, client)
    assert ledger[ledger["kept"] == 0]["reason"].to_dict() == {3: "therapist: flat"}
    pairs, _ = tables_of(marked, client, ledger["start_s"][ledger["kept"] == 1])
    assert pairs["value"].between(0, 1, inclusive="neither").all()


@pytest.mark.parametrize("fault", [interpolated, one_value_missing, all_missing])
@BOTH
def test_the_windows_are_judged_by_the_channels_that_are_left(whose, fault):
    therapist, client = spoiled(whose, fault, "Fz", "F3")
    assert ledger_of(therapist, client)["kept"].all()
    nothing = ledger_of(*spoiled(whose, fault, *CHANNELS))
    assert set(nothing["reason"]) == {f"{whose}: no good ROI channel"}


@BOTH
def test_a_roi_channel_that_is_flat_and_not_known_to_be_bad_costs_every_window(whose):
    assert set(ledger_of(*spoiled(whose, flat_throughout, "Fz"))["reason"]) == {f"{whose}: flat"}


@pytest.mark.parametrize("fault", [one_value_missing, all_missing])
def test_a_clients_channel_that_lacks_a_value_is_missing_on_the_therapists_clock_too(fault):
    sound, spoilt = noise(2), fault(noise(2), "Fz")
    here, there = (on_therapist_clock(signal, FIT, 60 * SFREQ) for signal in (spoilt, sound))
    assert np.isnan(here.data[1]).all()
    assert np.array_equal(np.delete(here.data, 1, axis=0), np.delete(there.data, 1, axis=0))


def test_without_any_window_nothing_has_a_value():
    pairs, roi = tables_of(noise(1), noise(2, "client"), starts_s=[])
    assert pairs.isna().all(axis=None) and roi["value"].isna().all() and (roi["n_pairs"] == 0).all()
