"""What a study asks besides PLV between brains: single windows, each brain for itself, directed coupling."""

import logging
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from interbrain.epochs import Signal
from interbrain.files.tables import read_table, write_table
from interbrain.formats.filtered import Filtered
from interbrain.synchrony.directed import directed_coupling, directed_table
from interbrain.synchrony.dyad import dyad_synchrony
from interbrain.synchrony.single_windows import (
    window_chance,
    window_signals,
    window_synchrony,
    window_table,
)
from interbrain.synchrony.sites import roi_table
from interbrain.synchrony.within_brain import within_brain_synchrony, within_brain_table
from interbrain.tables.directed import DIRECTED
from interbrain.tables.single_windows import SINGLE_WINDOWS
from interbrain.tables.within_brain import WITHIN_BRAIN

SFREQ, LENGTH = 250, 5
BANDS = {"theta": [4, 7], "alpha": [8, 12]}
CHANNELS = ["F3", "Fz", "C3", "Cz", "Oz"]
ROIS = {"frontal": ["F3", "Fz"], "central": ["C3", "Cz"]}
SITES = ["F3", "Fz", "C3", "Cz"]
STARTS = np.arange(2.0, 117, LENGTH)
ABOUT = {"dyad": "D01", "time": "pre", "run": 1}
SETTINGS = {"bands": BANDS, "length_s": LENGTH, "individual_band": None}
CHANCE = {"out_sfreq": 100, "n_shifts": 20, "min_shift_s": 5, "seed": [1]}
KEYS = ["band", "roi_therapist", "roi_client"]


def member(seed, interpolated=(), common=0.0, of=None, lag=0):
    """Noise like 1/f; every channel holds the first one, or that of the partner `of`, `lag` samples late."""
    rng = np.random.default_rng(seed)
    data = np.cumsum(rng.standard_normal((len(CHANNELS), 120 * SFREQ)), axis=1)
    data -= pd.DataFrame(data.T).rolling(SFREQ, center=True, min_periods=1).mean().to_numpy().T
    data += common * np.roll(of.data[0] * 1e5 if of else data[0], lag)
    return Signal(data * 1e-5, CHANNELS, float(SFREQ), [], list(interpolated))


@pytest.fixture(scope="module")
def pair():
    therapist = member(1, ["Fz"])
    return therapist, member(2, common=1.0, of=therapist, lag=10)


@pytest.fixture(scope="module")
def run(pair):
    found, rhythms, _ = dyad_synchrony(*pair, STARTS, **SETTINGS, **CHANCE, estimators=["plv", "accorr"])
    return roi_table(found, CHANNELS, CHANNELS, ROIS, rhythms, LENGTH, ABOUT)


@pytest.fixture(scope="module")
def windows():
    return pd.DataFrame({"window": np.arange(3, 3 + len(STARTS)), "start_s": STARTS, "kept": 1})


def single_windows(pair, windows, estimator="plv", min_shift_s=5):
    starts = windows["start_s"]
    signals = window_signals(*pair, starts, **SETTINGS, estimator=estimator, channels=SITES)
    sites = [[SITES.index(channel) for channel in names] for names in ROIS.values()]
    chance = window_chance(signals, starts, sites, estimator, min_shift_s)
    values = window_synchrony(signals, estimator)
    return window_table(values, chance, windows, SITES, ROIS, estimator, list(BANDS), ABOUT)


@pytest.mark.parametrize("estimator", ["plv", "accorr"])
def test_the_mean_of_the_windows_is_the_runs_value(pair, run, windows, estimator, tmp_path):
    table = single_windows(pair, windows, estimator)
    assert len(table) == 2 * 4 * len(STARTS)
    mean = table.groupby(KEYS)[["value", "chance", "above_chance"]].mean()
    whole = run[run["estimator"] == estimator].set_index(KEYS)[["value", "chance", "above_chance"]]
    apart = (mean - whole.loc[mean.index]).abs().max()
    assert apart["value"] < 0.001 and apart["chance"] < 0.03  # 20 shifts at 100 Hz, and all windows
    write_table(tmp_path / "windows.tsv", table, SINGLE_WINDOWS)
    pd.testing.assert_frame_equal(
        read_table(tmp_path / "windows.tsv", SINGLE_WINDOWS), table, check_dtype=False
    )


def test_a_windows_value_is_that_of_the_window_alone(pair, windows):
    table = single_windows(pair, windows)
    row = table.set_index([*KEYS, "window"]).loc[("alpha", "frontal", "central", 7)]
    alone = dyad_synchrony(*pair, STARTS[4:5], **SETTINGS, **{**CHANCE, "out_sfreq": SFREQ})[0]["plv"]
    # The therapist's F3 (Fz is interpolated) with the client's C3 and Cz.
    assert row["value"] == pytest.approx(alone.value[1, 0, 2:4].mean(), abs=1e-6)
    assert (row["start_s"], row["n_pairs"]) == (STARTS[4], 2)


def test_a_windows_chance_is_what_either_member_alone_brings_to_it(pair, windows):
    table = single_windows(pair, windows, min_shift_s=10)
    row = table.set_index([*KEYS, "window"]).loc[("alpha", "frontal", "central", 7)]
    one, other = window_signals(*pair, STARTS, **SETTINGS, estimator="plv", channels=SITES)
    table_of_pairs = np.array(
        [
            [
                np.abs(np.mean(a[0] * b[2:].conj(), axis=-1)).mean() if abs(i - k) >= 2 else np.nan
                for k, b in enumerate(other[1])
            ]
            for i, a in enumerate(one[1])
        ]
    )
    of_therapist, of_client = np.nanmean(table_of_pairs, axis=1), np.nanmean(table_of_pairs, axis=0)
    beyond = table_of_pairs - of_therapist[:, None] - of_client + np.nanmean(table_of_pairs)
    assert row["n_shifts"] == len(STARTS) - 3
    expected = of_therapist[4] + of_client[4] - np.nanmean(table_of_pairs)
    assert row["chance"] == pytest.approx(expected, abs=1e-6)
    own = np.concatenate([beyond[4], beyond[:, 4]])
    own = own[np.isfinite(own)]
    assert row["chance_sd"] == pytest.approx(np.sqrt((own**2).sum() / (len(own) - 1)), abs=1e-6)
    assert row["z_chance"] == pytest.approx(row["above_chance"] / row["chance_sd"])
    assert (table.groupby(KEYS)["chance"].nunique() == len(STARTS)).all()


def test_strangers_are_at_chance_in_their_windows_and_one_window_has_no_chance(windows):
    tables = [single_windows((member(seed), member(seed + 1)), windows) for seed in (20, 30, 40)]
    assert abs(pd.concat(tables).groupby("band")["above_chance"].mean()).max() < 0.02
    alone = single_windows((member(20), member(21)), windows[:1])
    assert alone["value"].notna().all() and alone[["chance", "above_chance", "z_chance"]].isna().all().all()
    assert (alone["n_shifts"] == 0).all()


def test_a_stretch_of_coupling_shows_in_its_windows_only(windows):
    therapist, client = member(3), member(4)
    coupled = slice(int(STARTS[8] * SFREQ), int(STARTS[12] * SFREQ))
    client.data[:, coupled] = therapist.data[:1, coupled] + 0.1 * client.data[:, coupled]
    signals = window_signals(therapist, client, STARTS, **SETTINGS, estimator="plv", channels=SITES)
    values = window_synchrony(signals, "plv")
    alpha = values[1, :, 0].mean(axis=1)
    others = np.delete(alpha, range(7, 13))
    assert alpha[8:12].min() > 0.8 > 0.6 > others.max()


def test_without_a_window_the_table_has_no_rows_but_its_columns(pair, windows, tmp_path):
    table = single_windows(pair, windows[:0])
    assert len(table) == 0 and {"window", "start_s", "value", "chance"} <= set(table)
    write_table(tmp_path / "windows.tsv", table, SINGLE_WINDOWS)


def test_within_a_brain_no_channel_meets_itself(pair, tmp_path):
    therapist, _ = pair
    found = within_brain_synchrony(therapist, STARTS, **SETTINGS, **CHANCE, channels=SITES)
    assert np.isnan(found["plv"].value[:, range(4), range(4)]).all()
    assert np.isnan(found["plv"].null[:, :, range(4), range(4)]).all()
    between = dyad_synchrony(therapist, therapist, STARTS, **SETTINGS, **CHANCE)[0]["plv"]
    assert found["plv"].value[:, 0, 2:] == pytest.approx(between.value[:, 0, 2:4])
    table = within_brain_table({"therapist": found}, SITES, ROIS, list(BANDS), ABOUT)
    rows = table.set_index(["band", "roi", "roi_other"])
    assert list(rows.index[:3]) == [
        ("theta", "frontal", "frontal"),
        ("theta", "frontal", "central"),
        ("theta", "central", "central"),
    ]
    assert list(rows["n_pairs"][:3]) == [0, 2, 1]  # Fz has no signal of its own
    assert np.isnan(rows["value"][("alpha", "frontal", "frontal")])
    central = rows.loc[("alpha", "central", "central")]
    assert central["value"] == pytest.approx(between.value[1, 2, 3])
    assert central["chance"] == pytest.approx(found["plv"].null[:, 1, [2, 3], [3, 2]].mean())
    write_table(tmp_path / "within.tsv", table, WITHIN_BRAIN)


def test_within_a_brain_windows_that_do_not_follow_each_other_have_fewer_shifts(pair):
    found = within_brain_synchrony(pair[0], STARTS[::2], **SETTINGS, **CHANCE, channels=SITES)["plv"]
    assert len(STARTS[::2]) == 12 and len(found.null) == 11
    table = within_brain_table({"therapist": {"plv": found}}, SITES, ROIS, list(BANDS), ABOUT)
    assert table["n_shifts"].eq(11).all()


def test_a_source_that_all_channels_share_is_synchrony_within_a_brain():
    alone = within_brain_synchrony(member(5), STARTS, **SETTINGS, **CHANCE, channels=SITES)["plv"]
    shared = within_brain_synchrony(member(5, common=5), STARTS, **SETTINGS, **CHANCE, channels=SITES)["plv"]
    for found, low, high in ((alone, 0.1, 0.4), (shared, 0.8, 1)):
        table = within_brain_table({"client": {"plv": found}}, SITES, ROIS, list(BANDS), ABOUT)
        assert table["value"].between(low, high).all()
        assert table["chance"].between(0.1, 0.4).all()  # shifts undo what reaches two channels at once


def test_nobody_leads_in_a_band_that_a_filter_took(pair):
    how = {"bands": BANDS, "length_s": LENGTH, "rois": ROIS, "sfreq": 80}
    taken = Filtered(9.0, None, np.arange(0, 60, 0.25), np.ones(240))
    found = directed_coupling(replace(pair[0], filtered=taken), pair[1], STARTS, **how)
    table = directed_table(found, list(BANDS), ABOUT).set_index("band")
    numbers = ["therapist_to_client", "client_to_therapist", "net", "net_reversed", "net_above_reversed"]
    assert table.loc["theta", numbers].isna().all(axis=None)
    assert table.loc["alpha", numbers].notna().all(axis=None)
    assert (
        table["note"]
        .str.startswith("theta is n/a: a high-pass filter at about 9 Hz took the band", na=False)
        .all()
    )


def test_who_leads_is_found_in_the_ordered_direction(pair, tmp_path):
    how = {"bands": BANDS, "length_s": LENGTH, "rois": ROIS, "sfreq": 80}
    table = directed_table(directed_coupling(*pair, STARTS, **how), list(BANDS), ABOUT)
    assert len(table) == 2 * 4 and table["note"].eq("").all()
    leads = table["roi_therapist"] == "frontal"  # its F3 is what the client's channels follow
    assert (table.loc[leads, "therapist_to_client"] > 0.5).all()
    assert (table.loc[leads, "net_above_reversed"] > table.loc[leads, "net"]).all()
    assert (table.loc[~leads, "therapist_to_client"] < 0.02).all()
    assert (table["client_to_therapist"] < 0.02).all()
    assert (table["net"] == table["therapist_to_client"] - table["client_to_therapist"]).all()
    assert (table["order"] == 20).all() and (table["n_parameters"] == 83).all()
    assert (table["n_samples"] == len(STARTS) * (400 - 20)).all()
    turned = directed_table(directed_coupling(*pair[::-1], STARTS, **how), list(BANDS), ABOUT)
    there = table.set_index(KEYS)["net_above_reversed"]
    back = turned.rename(columns={"roi_therapist": KEYS[2], "roi_client": KEYS[1]}).set_index(KEYS)
    assert back.loc[there.index, "net_above_reversed"].to_numpy() == pytest.approx(-there.to_numpy())
    write_table(tmp_path / "directed.tsv", table, DIRECTED)
    assert read_table(tmp_path / "directed.tsv", DIRECTED)["note"].isna().all()


def test_strangers_lead_each_other_by_no_more_than_chance():
    how = {"bands": BANDS, "length_s": LENGTH, "rois": ROIS, "sfreq": 80}
    found = directed_coupling(member(6), member(7), STARTS, **how)
    table = directed_table(found, list(BANDS), ABOUT)
    both = table[["therapist_to_client", "client_to_therapist"]].to_numpy()
    assert both.mean() < 3 * table["without_coupling"][0]


def test_few_windows_are_said_in_the_table_and_the_log(pair, caplog):
    how = {"bands": BANDS, "length_s": LENGTH, "rois": ROIS, "sfreq": 80}
    with caplog.at_level(logging.WARNING):
        table = directed_table(directed_coupling(*pair, STARTS[:4], **how), list(BANDS), ABOUT)
    assert table["note"].str.startswith("few data: 4 windows", na=False).all()
    assert caplog.text.count("few data: 4 windows") == 1
    none = directed_table(directed_coupling(*pair, [], **how), list(BANDS), ABOUT)
    assert none["therapist_to_client"].isna().all() and none["note"].str.contains("0 windows", na=False).all()


def test_a_site_without_a_signal_of_its_own_leads_nobody(pair):
    how = {"bands": BANDS, "length_s": LENGTH, "rois": ROIS, "sfreq": 80}
    lacking = member(1, ["F3", "Fz"])
    table = directed_table(directed_coupling(lacking, pair[1], STARTS, **how), list(BANDS), ABOUT)
    lost = table["roi_therapist"] == "frontal"
    assert table.loc[lost, "net"].isna().all() and table.loc[~lost, "net"].notna().all()
