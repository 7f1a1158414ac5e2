"""A dyad's curve over lags: which windows it rests on, what a known delay gives, what cannot be computed."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from interbrain.epochs import Signal
from interbrain.files.tables import write_table
from interbrain.formats.filtered import Filtered
from interbrain.synchrony.crosstalk import Crosstalk
from interbrain.synchrony.dyad import dyad_synchrony
from interbrain.synchrony.lags import lag_table, windows_with_neighbours, zero_lag
from interbrain.tables.lags import LAGS

SETTINGS = {
    "bands": {"theta": [4, 7], "alpha": [8, 12]},
    "rois": {"frontal": ["F3", "Fz"], "central": ["Cz"]},
    "length_s": 2,
    "out_sfreq": 100,
    "individual_band": None,
    "max_s": 1.5,
    "min_clean_s": 6,
}
CHANNELS = ["F3", "Fz", "Cz"]
UNSHARED = Crosstalk(0.002, 0.007, "F3-C4").columns
KEPT = pd.DataFrame({"window": range(9), "start_s": 2.0 + 2 * np.arange(9)})


def member(seed, delay=0, interpolated=()):
    """White noise of 24 s, the same for the same seed, later by `delay` samples of 250 Hz."""
    data = np.random.default_rng(seed).standard_normal((3, 250 * 24)) * 1e-5
    return Signal(np.roll(data, delay, axis=1), CHANNELS, 250.0, [], list(interpolated))


def test_only_windows_whose_neighbours_are_kept_as_far_as_the_lags_reach_are_used():
    assert windows_with_neighbours([0, 1, 2, 3, 5, 6, 7], 2.5, 5) == [1, 2, 6]
    assert windows_with_neighbours([0, 1, 2, 3, 4, 6], 2.5, 2) == [2]
    assert windows_with_neighbours([0, 1, 2], 2, 2) == [1]
    assert windows_with_neighbours([], 2, 2) == []


def test_a_client_who_follows_by_100_ms_has_the_peak_of_the_curve_at_plus_100_ms():
    table = lag_table(member(1), member(1, delay=25), KEPT, **SETTINGS)
    for key, rows in table.groupby(["band", "roi", "estimator"]):
        assert rows.loc[rows["value"].idxmax(), "lag_s"] == pytest.approx(0.1), key
    assert set(table["n_windows"]) == {7} and table["note"].isna().all()
    assert table.groupby("roi")["n_pairs"].first().to_dict() == {"frontal": 4, "central": 1}
    assert sorted(table["lag_s"].unique()) == pytest.approx(np.arange(-30, 31) * 0.05)


def test_the_clients_own_place_in_the_dyad_turns_the_sign():
    one = lag_table(member(1), member(2), KEPT, **SETTINGS)
    other = lag_table(member(2), member(1), KEPT, **SETTINGS)
    keys = ["band", "roi", "estimator", "lag_s"]
    mirrored = other.assign(lag_s=-other["lag_s"]).sort_values(keys)["value"]
    assert one.sort_values(keys)["value"].to_numpy() == pytest.approx(mirrored.to_numpy(), abs=1e-5)


def test_a_band_that_a_filter_took_has_no_curve_and_the_reason():
    taken = Filtered(9.0, None, np.arange(0, 60, 0.25), np.ones(240))
    table = lag_table(member(1), replace(member(2), filtered=taken, role="client"), KEPT, **SETTINGS)
    low = table[table["band"] == "theta"]
    assert low["value"].isna().all()
    assert set(low["note"]) == {"a high-pass filter at about 9 Hz took the band (client)"}
    assert table.loc[table["band"] == "alpha", ["value", "n_pairs"]].notna().all(axis=None)


def test_interpolated_channels_leave_their_pairs_out_and_a_site_without_any_is_missing_with_the_reason():
    table = lag_table(member(1, interpolated=["F3", "Cz"]), member(2), KEPT, **SETTINGS)
    sites = table.groupby("roi")
    assert sites["n_pairs"].first().to_dict() == {"frontal": 2, "central": 0}
    assert table.query("roi == 'frontal'")["value"].notna().all()
    lacking = table.query("roi == 'central'")
    assert lacking["value"].isna().all() and set(lacking["note"]) == {"no pair of good channels"}


@pytest.mark.parametrize("windows", [[], [0, 1, 3, 4, 6, 7], [0, 1, 2, 3]])
def test_with_too_few_windows_there_is_no_curve_and_the_table_says_why(windows, tmp_path):
    table = lag_table(member(1), member(2), KEPT[KEPT["window"].isin(windows)], **SETTINGS)
    assert table["value"].isna().all() and len(table) == 2 * 2 * 2 * 61
    seconds = 2 * len(windows_with_neighbours(windows, 1.5, 2))
    assert set(table["note"]) == {f"{seconds} s in windows whose neighbours are kept too (limit 6 s)"}
    write_table(tmp_path / "lags.tsv", table.assign(**UNSHARED, dyad="D01", time="pre", run=1), LAGS)


def test_a_narrow_line_that_both_members_share_is_in_every_row_of_its_band():
    seconds = 80
    t = np.arange(250 * seconds) / 250
    pair = []
    for seed in (1, 2):
        data = np.random.default_rng(seed).standard_normal((3, len(t))) * 1e-5
        pair.append(Signal(data + 1e-5 * np.sin(2 * np.pi * 10 * t), CHANNELS, 250.0, [], []))
    table = lag_table(*pair, KEPT, **SETTINGS)
    assert set(table.query("band == 'alpha'")["line_hz"]) == {10.0}
    assert table.query("band == 'theta'")["line_hz"].isna().all()


def test_zero_lag_is_the_value_at_lag_0_minus_the_mean_at_the_far_lags():
    curve = pd.DataFrame({"lag_s": [-2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0]})
    curve = curve.assign(dyad="D1", time="pre", band="alpha", roi="frontal", estimator="plv")
    curve["value"] = [0.1, 0.2, 9.0, 0.5, 9.0, 0.2, 0.3]
    other = curve.assign(dyad="D2", value=np.nan)
    amplitudes = curve.assign(estimator="aec", value=7.0)
    found = zero_lag([curve, other, amplitudes], 1.0).set_index("dyad")["zero_lag"]
    assert found["D1"] == pytest.approx(0.3) and np.isnan(found["D2"])
    assert list(zero_lag([], 1.0)) == ["dyad", "time", "band", "roi", "zero_lag"]


def test_lag_0_is_the_ordinary_value_of_the_windows_that_are_used_in_the_band_that_is_asked_for():
    t = np.arange(250 * 24) / 250
    rhythm = 5e-6 * np.cos(2 * np.pi * 8.5 * t)  # a clear peak, near the lower edge of the band
    pair = [replace(member(seed), data=member(seed).data + rhythm) for seed in (1, 2)]

    def at_zero(individual_band):
        table = lag_table(*pair, KEPT, **SETTINGS | {"individual_band": individual_band})
        rows = table.query("estimator == 'plv' and lag_s == 0").set_index(["roi", "band"])
        return rows["value"]

    starts = KEPT["start_s"].iloc[1:-1]
    settings = {key: SETTINGS[key] for key in ("bands", "length_s", "out_sfreq")}
    found = dyad_synchrony(*pair, starts, n_shifts=3, min_shift_s=2, seed=[1], **settings)[0]["plv"].value
    assert at_zero(None)["frontal"].tolist() == pytest.approx(found[:, :2, :2].mean(axis=(1, 2)), abs=1e-5)
    assert at_zero("alpha")["frontal", "theta"] == at_zero(None)["frontal", "theta"]
    assert at_zero("alpha")["frontal", "alpha"] != pytest.approx(at_zero(None)["frontal", "alpha"], abs=1e-3)
