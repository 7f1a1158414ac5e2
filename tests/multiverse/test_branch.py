"""One dyad and run under a grid: each branch is what the study would have given with these settings."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from interbrain.clocks import ClockFit
from interbrain.epochs import Signal, choose_windows
from interbrain.formats.filtered import Filtered
from interbrain.multiverse.branch import referred, variants
from interbrain.multiverse.choices import grid
from interbrain.synchrony.dyad import dyad_synchrony
from interbrain.synchrony.sites import roi_table

CHANNELS = ["F3", "Fz", "F4", "C3", "Cz", "C4", "T7", "T8"]
STUDY = {
    "length_s": 5,
    "bands": {"theta": [4, 7], "alpha": [8, 12]},
    "rois": {"frontal": ["F3", "Fz", "F4"], "central": ["C3", "Cz", "C4"]},
    "measures": ["plv"],
    "time": "mean",
}
WINDOWS = {"edge_s": 2, "max_peak_to_peak_uv": 200}
WINDOWS |= {"max_peak_to_peak_elsewhere_uv": 500, "min_peak_to_peak_uv": 1}
CHANCE = {"out_sfreq": 100, "n_shifts": 20, "min_shift_s": 5, "over": "time", "seed": [7]}
KEYS = ["band", "roi", "estimator"]
NUMBERS = ["value", "chance", "above_chance", "z_chance", "n_pairs", "n_windows"]


def member(role, interpolated=(), channels=CHANNELS, burst_s=None):
    """Noise in which the two members share a 9 Hz rhythm, average reference."""
    rng = np.random.default_rng([8, role == "client"])
    data = rng.standard_normal((len(channels), 250 * 60)) * 1e-5
    data[:4] += 1e-5 * np.sin(2 * np.pi * 9 * np.arange(data.shape[1]) / 250)
    if burst_s:
        data[channels.index("F3"), int(250 * burst_s)] += 1e-3
    return Signal(data - data.mean(axis=0), list(channels), 250.0, [], list(interpolated), role)


def found(therapist, client, further=None, **changed):
    settings = {"min_clean_s": 30, "decisions": [], "individual_band": None, "windows": WINDOWS, **CHANCE}
    return variants(
        therapist,
        client,
        ClockFit.identity(),
        levels=grid(**STUDY, further=further or {}),
        about={"dyad": "D01", "time": "pre", "run": 1},
        **{**settings, **changed},
    )


def main_path(therapist, client, estimators=("plv",), individual_band=None, decisions=(), **changed):
    """What the rule synchrony gives with these settings."""
    study = STUDY | changed
    ledger = choose_windows(
        *(therapist, client, ClockFit.identity()),
        rois=study["rois"],
        length_s=study["length_s"],
        decisions=decisions,
        **WINDOWS,
    )
    starts = ledger.loc[ledger["kept"] == 1, "start_s"]
    results, rhythms, _ = dyad_synchrony(
        *(therapist, client, starts),
        bands=study["bands"],
        length_s=study["length_s"],
        individual_band=individual_band,
        estimators=estimators,
        **CHANCE,
    )
    table = roi_table(
        *(results, therapist.channels, client.channels, study["rois"], rhythms, study["length_s"], {})
    )
    table = table[table["roi_therapist"] == table["roi_client"]].rename(columns={"roi_client": "roi"})
    return table.set_index(KEYS)[NUMBERS].astype(float)


def same(branch, expected):
    branch = branch.set_index(KEYS)[NUMBERS].astype(float).loc[expected.index]
    np.testing.assert_allclose(branch, expected, rtol=0, atol=2e-4)  # z is a quotient of small numbers
    np.testing.assert_allclose(branch.drop(columns="z_chance"), expected.drop(columns="z_chance"), atol=1e-6)


def test_the_studys_own_branch_is_the_studys_own_result():
    pair = member("therapist", burst_s=20), member("client", ["Cz"])
    decisions = [{"what": "window", "item": 7.0, "decision": "drop", "by": "AB", "reason": "talked"}]
    further = {"length_s": [2], "estimators": ["accorr"], "bands": {"narrow": {"alpha": [9, 11]}}}
    table = found(*pair, further, decisions=decisions)
    own = table[(table["length_s"] == 5) & (table["bands"] == "study")]
    same(own, main_path(*pair, ("plv", "accorr"), decisions=decisions))
    assert own["n_windows"].unique() == [9]  # of 11, one with a burst and one dropped by hand
    assert own["note"].eq("").all()
    other = table.loc[table["length_s"] == 2, "note"].unique()
    assert other == ["windows chosen without the decisions by hand, which fit another length"]


@pytest.mark.parametrize(
    ("further", "changed"),
    [
        ({"length_s": [2]}, {"length_s": 2}),
        ({"bands": {"x": {"low": [5, 8]}}}, {"bands": {"low": [5, 8]}}),
        ({"rois": {"x": {"vertex": ["Cz", "C4"]}}}, {"rois": {"vertex": ["Cz", "C4"]}}),
    ],
)
def test_every_branch_is_what_the_study_gives_with_these_settings(further, changed):
    """The burst at F3 spoils a window only where F3 is a site's channel."""
    pair = member("therapist", burst_s=20), member("client", ["Cz"])
    table = found(*pair, further)
    ((choice, level),) = changed.items()
    other = table[table[choice] == (level if choice == "length_s" else "x")]
    same(other, main_path(*pair, **changed))
    assert len(table) > len(other) > 0


def test_bands_that_follow_the_alpha_peak_are_those_of_the_main_result():
    pair = member("therapist"), member("client")
    table = found(*pair, {"bands": {"fixed": STUDY["bands"]}}, individual_band="alpha")
    expected = main_path(*pair, individual_band="alpha")
    same(table[table["bands"] == "study"], expected)
    fixed = table[table["bands"] == "fixed"]
    same(fixed, main_path(*pair))
    assert not np.allclose(fixed["value"], expected["value"].to_numpy(), atol=1e-4)


def test_another_reference_is_that_of_the_recording_before_its_average():
    rng = np.random.default_rng(3)
    recorded = rng.standard_normal((8, 100))
    cleaned = Signal(recorded - recorded[:7].mean(axis=0), CHANNELS, 250.0, [], ["T8"], "client")
    one = referred(cleaned, ["T7"])
    assert one.channels == [c for c in CHANNELS if c != "T7"] and one.interpolated == ["T8"]
    assert one.role == "client"
    np.testing.assert_allclose(one.data, recorded[[0, 1, 2, 3, 4, 5, 7]] - recorded[6])
    np.testing.assert_allclose(referred(cleaned, ["T7", "T8"]).data, recorded[:6] - recorded[6:].mean(axis=0))
    assert referred(cleaned, []) is cleaned


def test_the_branches_of_another_reference_are_those_of_signals_with_that_reference():
    pair = member("therapist"), member("client")
    table = found(*pair, {"reference": {"temporal": ["T7", "T8"]}})
    same(table[table["reference"] == "average"], main_path(*pair))
    same(
        table[table["reference"] == "temporal"],
        main_path(*(referred(member, ["T7", "T8"]) for member in pair)),
    )


@pytest.mark.parametrize(
    ("therapist", "client", "further", "note"),
    [
        (
            {},
            {"interpolated": ["T8"]},
            {"reference": {"x": ["T7", "T8"]}},
            "the reference T8 of the client holds no signal of its own",
        ),
        ({}, {}, {"reference": {"x": ["M1"]}}, "the reference M1 is not in the therapist's recording"),
        ({}, {}, {"rois": {"x": {"frontal": ["AFz"]}}}, "AFz is not in the therapist's recording"),
        (
            {"interpolated": ["Fz"]},
            {},
            {"rois": {"x": {"frontal": ["Fz"]}}},
            "no window is good in both members",
        ),
        (
            {},
            {"interpolated": ["Cz"]},
            {"rois": {"x": {"frontal": ["Fz"], "vertex": ["Cz"]}}},
            "no pair of good channels at vertex",
        ),
        ({}, {}, {"length_s": [29]}, "29 s of shared clean data (limit 30 s)"),
        ({}, {}, {"length_s": [100]}, "no window is good in both members"),
    ],
)
def test_what_cannot_be_made_is_missing_with_its_reason_and_the_rest_is_not(therapist, client, further, note):
    table = found(member("therapist", **therapist), member("client", **client), further)
    other = table[table["note"] != ""]
    assert len(other) and other[NUMBERS[:4]].isna().all(axis=None)
    assert other["note"].unique() == [note]
    own = table[(table["reference"] == "average") & (table["length_s"] == 5) & (table["rois"] == "study")]
    assert len(own) == 4 and own[NUMBERS].notna().all(axis=None)


def test_too_few_windows_for_a_shift_give_a_value_and_no_chance_level():
    table = found(member("therapist"), member("client"), {"length_s": [30]}, min_shift_s=20)
    other = table[table["length_s"] == 30]
    assert other["value"].notna().all() and other["above_chance"].isna().all()
    assert other["note"].unique() == ["too few windows for a chance level"]


def test_a_decision_that_fits_no_other_site_makes_only_that_branch_missing():
    decisions = [{"what": "window", "item": 7.0, "decision": "keep", "by": "AB", "reason": "looked at it"}]
    pair = member("therapist", ["Fz"]), member("client")
    table = found(*pair, {"rois": {"x": {"vertex": ["Fz"]}}}, decisions=decisions)
    own, other = (table[table["rois"] == name] for name in ("study", "x"))
    assert own["value"].notna().all()
    assert (
        other["note"].str.startswith("the table of decisions keeps the window at 7 s (by AB)", na=False).all()
    )


def test_the_table_can_be_written_and_read_back(tmp_path):
    from interbrain.files.tables import read_table, write_table
    from interbrain.tables.variants import VARIANTS

    table = found(member("therapist"), member("client", ["T8"]), {"reference": {"001": ["T7", "T8"]}})
    write_table(tmp_path / "variants.tsv", table, VARIANTS)
    back = read_table(tmp_path / "variants.tsv", VARIANTS)
    assert back["reference"].tolist() == table["reference"].tolist()
    pd.testing.assert_series_equal(back["value"], table["value"], atol=1e-9)


def test_a_band_that_a_filter_took_has_no_number_in_any_branch_and_the_reason():
    taken = Filtered(9.0, None, np.arange(0, 60, 0.25), np.ones(240))
    table = found(replace(member("therapist"), filtered=taken), member("client"))
    low = table[table["band"] == "theta"]
    assert low["value"].isna().all()
    assert (
        low["note"]
        .str.contains("a high-pass filter at about 9 Hz took the band (therapist)", regex=False)
        .all()
    )
    assert table.loc[table["band"] == "alpha", "value"].notna().any()
