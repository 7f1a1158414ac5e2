"""Tables say what the stages found: no more rows, no fewer, and every column described."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from interbrain.files.tables import read_table, write_table
from interbrain.group.aggregated import (
    aggregate,
    describe_estimators,
)
from interbrain.group.channel_pairs import mean_pair_table
from interbrain.metrics.directed import Granger
from interbrain.quality.exclusions import exclusions_table, short_recordings, too_little_data
from interbrain.quality.recordings import quality_table
from interbrain.quality.spectra import SiteSpectra, stack_spectra
from interbrain.rhythms.power import AlphaPeak
from interbrain.study.result_columns import TAKEN_COLUMNS, estimator_columns
from interbrain.synchrony.directed import directed_table
from interbrain.synchrony.dyad import Synchrony
from interbrain.synchrony.members import Rhythms
from interbrain.synchrony.sites import describe_pairs, pair_table, roi_table
from interbrain.tables.group import AGGREGATED, EXCLUSIONS
from interbrain.tables.of_a_study import (
    describe_differences,
    describe_factors,
    describe_numbers,
    describe_scores,
)
from interbrain.tables.pseudodyads import PSEUDODYADS
from interbrain.tables.synchrony import SITES

ROIS = {"frontal": ["F3", "Fz"], "central": ["Cz"]}
CHANNELS = ["Fz", "Cz", "F3"]
BANDS = ["theta", "alpha"]
FACTORS = {"mindfulness": ["yes", "no"]}
DYADS = pd.DataFrame(
    {
        "dyad": ["001", "002", "003"],
        "therapist": ["T1", "T1", "T2"],
        "client": ["01", "02", "03"],
        "mindfulness": ["yes", "yes", "no"],
    }
)
SCORES = {
    "wai_t": pd.DataFrame({"dyad": ["002", "001", "003"], "task": [1, 2, 3], "total": [200, 210, 220]}),
    "wai_c": pd.DataFrame({"dyad": ["001", "002", "003"], "task": [4, 5, 6], "total": [215, 190, 220]}),
}
QUESTIONNAIRES = {"wai_t": {"name": "WAI, therapist"}, "wai_c": {"name": "WAI, client"}}
DIFFERENCES = {"wai_difference": ("wai_t", "wai_c")}


def found(seed=0, n_windows=12, n_shifts=5):
    rng = np.random.default_rng(seed)
    return Synchrony(rng.random((2, 3, 3)), rng.random((n_shifts, 2, 3, 3)), n_windows)


def rhythms_of():
    """A therapist whose F3 has no signal of its own, and a client without a clear alpha peak."""
    edges = {"theta": (4.0, 7.0), "alpha": (8.0, 12.0)}
    power = np.arange(6.0).reshape(2, 3)
    own = np.where([True, True, False], power, np.nan)
    return (
        Rhythms(edges, own, own / 10, AlphaPeak(10.5, 8.0)),
        Rhythms({**edges, "alpha": (9.0, 13.0)}, power, power / 10, AlphaPeak(np.nan, 1.0)),
    )


def rows_of(synchrony, about):
    found = synchrony if isinstance(synchrony, dict) else {"plv": synchrony}
    return roi_table(found, CHANNELS, CHANNELS, ROIS, rhythms_of(), 5, about)


def roi_of(dyad, time="pre", **how):
    about = {"dyad": dyad, "time": time, "run": 1}
    return rows_of(found(**how), about)


def aggregated(tables, excluded=None):
    return aggregate(tables, DYADS, SCORES, DIFFERENCES, excluded or {}, list(FACTORS))


def test_a_rois_value_is_the_mean_over_its_channel_pairs_against_its_own_null():
    synchrony = found()
    table = rows_of(synchrony, {"dyad": "001"})
    row = table.set_index(["band", "roi_therapist", "roi_client"]).loc[("alpha", "frontal", "central")]
    pairs = [(2, 1), (0, 1)]  # F3 and Fz of the therapist with Cz of the client
    observed = np.mean([synchrony.value[1, i, k] for i, k in pairs])
    null = np.mean([synchrony.null[:, 1, i, k] for i, k in pairs], axis=0)
    assert row["value"] == pytest.approx(observed)
    assert row["chance"] == pytest.approx(null.mean())
    assert row["chance_sd"] == pytest.approx(null.std(ddof=1))
    assert row["above_chance"] == pytest.approx(observed - null.mean())
    assert row["p_chance"] == pytest.approx((np.sum(null >= observed) + 1) / 6)
    assert (row["n_pairs"], row["n_windows"], row["n_shifts"]) == (2, 12, 5)


def test_a_pair_without_own_signal_is_left_out_of_the_rois_mean():
    synchrony = found()
    synchrony.value[:, 2], synchrony.null[:, :, 2] = np.nan, np.nan  # the therapist's F3
    table = rows_of(synchrony, {})
    row = table.set_index(["band", "roi_therapist", "roi_client"]).loc[("theta", "frontal", "central")]
    assert row["value"] == pytest.approx(synchrony.value[0, 0, 1]) and row["n_pairs"] == 1


def test_a_run_without_windows_has_rows_without_values(tmp_path):
    nothing = Synchrony(np.full((2, 3, 3), np.nan), np.empty((0, 2, 3, 3)), 0)
    table = rows_of(nothing, {"dyad": "001", "time": "pre", "run": 1})
    assert len(table) == 8 and table["value"].isna().all() and (table["n_pairs"] == 0).all()
    write_table(tmp_path / "roi.tsv", table, SITES)
    assert read_table(tmp_path / "roi.tsv", SITES)["value"].isna().all()


def test_pairs_stand_beside_the_channels_that_they_belong_to():
    synchrony = found()
    table = pair_table({"plv": synchrony}, CHANNELS, ["Fz", "Cz", "F3"], BANDS)
    keys = ["band", "therapist_channel", "client_channel"]
    assert table.set_index(keys)["value"][("alpha", "F3", "Cz")] == synchrony.value[1, 2, 1]
    assert len(table) == 18


def test_the_dictionary_says_which_pairs_have_no_chance_level():
    assert describe_pairs(["plv", "ppc"]) == {}
    described = describe_pairs(["plv", "pli", "wpli"])
    about = described["p_chance"]["Description"]
    assert "of pli, wpli between ROI channels only, n/a elsewhere" in about
    assert set(described) == {
        c for c in pair_table({"pli": found()}, CHANNELS, CHANNELS, BANDS) if "chance" in c
    }


def test_a_row_says_how_strong_both_members_rhythms_are_where_it_was_measured():
    table = rows_of(found(), {}).set_index(["band", "roi_therapist", "roi_client"])
    row = table.loc[("alpha", "frontal", "central")]  # F3 and Fz of the therapist with Cz of the client
    assert row["power_therapist"] == 3.0 and row["snr_therapist"] == pytest.approx(0.3)  # F3 is not his own
    assert row["power_client"] == 4.0
    assert row["alpha_peak_therapist"] == 10.5 and np.isnan(row["alpha_peak_client"])
    assert row["cycles_per_window"] == pytest.approx((10 + 11) / 2 * 5)  # either in the own band


def test_further_estimators_are_rows_of_a_dyad_and_columns_of_the_study():
    both = {"plv": found(1), "ppc": found(2)}
    table = rows_of(both, {"dyad": "001", "time": "pre", "run": 1})
    assert list(table["estimator"]) == ["plv", "ppc"] * 8
    study = aggregated([table])
    rows = table[table["roi_therapist"] == table["roi_client"]].set_index("estimator")
    assert list(study["plv"]) == list(rows.loc["plv", "value"])
    assert list(study["ppc"]) == list(rows.loc["ppc", "value"])
    assert list(study["ppc_above_chance"]) == list(rows.loc["ppc", "above_chance"])
    assert list(study["ppc_z_chance"]) == list(rows.loc["ppc", "z_chance"])
    assert list(study["z_chance"]) == list(rows.loc["plv", "z_chance"])
    assert not study.duplicated(["dyad", "time", "band", "roi"]).any()
    described = describe_estimators(["ppc"], "time")
    assert set(described) == {"ppc", "ppc_above_chance", "ppc_above_pseudo", "ppc_z_chance"}
    assert "Pairwise Phase Consistency" in described["ppc"]["Description"]


PSEUDO_COLUMNS = [name for name in PSEUDODYADS.names if "pseudo" in name]


def strangers_of(dyad, estimator, first):
    """Rows of `pseudodyads.pseudodyad_table`, in another order than the dyads' tables."""
    rows = pd.DataFrame([(band, roi) for roi in ROIS for band in BANDS], columns=["band", "roi"])
    numbers = {c: first + k + np.arange(4.0) for k, c in enumerate(PSEUDO_COLUMNS)}
    return rows.assign(dyad=dyad, time="pre", estimator=estimator, **numbers)


def test_strangers_are_columns_of_plv_and_one_column_of_further_estimators_of_phases(tmp_path):
    found_of = {"plv": found(1), "ppc": found(2), "aec": found(3)}
    tables = [rows_of(found_of, {"dyad": dyad, "time": "pre", "run": 1}) for dyad in ("001", "002")]
    pseudo = pd.concat(
        strangers_of(dyad, name, first + 10 * (dyad == "002"))
        for dyad in ("002", "001")
        for name, first in (("ppc", 100), ("plv", 0))
    )
    study = aggregate(tables, DYADS, SCORES, DIFFERENCES, {}, list(FACTORS), pseudo)
    row = study.set_index(["dyad", "band", "roi"]).loc[("002", "theta", "central")]
    own = (
        pseudo.set_index(["estimator", "dyad", "band", "roi"])
        .sort_index()
        .loc[(slice(None), "002", "theta", "central"), :]
    )
    assert list(row[list(PSEUDO_COLUMNS)]) == list(own.loc["plv", list(PSEUDO_COLUMNS)].iloc[0])
    assert row["ppc_above_pseudo"] == own.loc["ppc", "above_pseudo"].iloc[0]
    assert "aec_above_pseudo" not in study and len(study) == 8
    assert [c for c in study if c.startswith("ppc")] == estimator_columns("ppc")
    assert [c for c in study if c.startswith("aec")] == estimator_columns("aec")
    extra = describe_factors(FACTORS) | describe_scores(QUESTIONNAIRES, SCORES, DIFFERENCES)
    write_table(tmp_path / "a.tsv", study, AGGREGATED, extra | describe_estimators(["ppc", "aec"], "time"))


def test_zero_lag_is_a_column_of_the_study_and_missing_where_a_run_has_no_curve():
    tables = [roi_of(dyad) for dyad in ("001", "002")]
    rows = [(dyad, "pre", band, roi) for dyad in ("001",) for roi in ROIS for band in BANDS]
    own = pd.DataFrame(rows, columns=["dyad", "time", "band", "roi"]).assign(zero_lag=[1.0, 2.0, 3.0, 4.0])
    study = aggregate(tables, DYADS, SCORES, DIFFERENCES, {}, list(FACTORS), zero_lag=own)
    found = study.set_index(["dyad", "roi", "band"])["zero_lag"]
    wanted = own.set_index(["dyad", "roi", "band"])["zero_lag"]
    assert found["001"].to_dict() == wanted["001"].to_dict() and found["002"].isna().all()
    assert "zero_lag" not in aggregated(tables)


def test_directed_coupling_has_columns_of_the_study_only_if_it_was_asked_for(tmp_path):
    numbers = iter(range(1000))
    rows = {
        (one, other): Granger(*(np.array([next(numbers), next(numbers)]) for _ in range(4)), 20, 12, 4560)
        for one in ROIS
        for other in ROIS
    }
    about = {"dyad": "001", "time": "pre", "run": 1}
    directed = directed_table(rows, BANDS, about)
    tables = [roi_of("001"), roi_of("002")]
    study = aggregate(tables, DYADS, SCORES, DIFFERENCES, {}, list(FACTORS), directed=[directed])
    alpha = study.set_index(["dyad", "band", "roi"]).loc[("001", "alpha", "central")]
    of_pair = rows["central", "central"]
    assert alpha["granger_to_client"] == of_pair.to_b[1]
    assert alpha["granger_to_therapist"] == of_pair.to_a[1]
    reversed_net = of_pair.to_b_reversed[1] - of_pair.to_a_reversed[1]
    assert alpha["granger_net"] == of_pair.to_b[1] - of_pair.to_a[1] - reversed_net
    assert study.loc[study["dyad"] == "002", "granger_net"].isna().all()
    assert not [column for column in aggregated(tables) if column.startswith("granger")]
    extra = describe_factors(FACTORS) | describe_scores(QUESTIONNAIRES, SCORES, DIFFERENCES)
    write_table(tmp_path / "a.tsv", study, AGGREGATED, extra)


def test_the_weakest_null_has_columns_of_its_own_if_it_was_asked_for():
    synchrony = found()
    asked = Synchrony(synchrony.value, synchrony.null, 12, np.random.default_rng(5).random((9, 2, 3, 3)))
    table = rows_of(asked, {"dyad": "001", "time": "pre", "run": 1})
    assert (table["value"] - table["random"] - table["above_random"]).abs().max() < 1e-12
    assert table["p_random"].between(0.1, 1).all()
    assert "random" in aggregated([table]) and "random" not in aggregated([roi_of("001")])
    pseudo = strangers_of("001", "plv", 0)
    study = aggregate([table], DYADS, SCORES, DIFFERENCES, {}, list(FACTORS), pseudo)
    for null in ("chance", "random", "pseudo"):
        assert {null, f"{null}_sd", f"above_{null}", f"z_{null}", f"p_{null}"} <= set(study)
    own = table[table["roi_therapist"] == table["roi_client"]]
    assert list(study["z_random"]) == list(own["above_random"] / own["random_sd"])
    assert {*PSEUDO_COLUMNS, *AGGREGATED.names} <= {*study, *AGGREGATED.optional} & TAKEN_COLUMNS


def test_only_homologous_sites_are_aggregated():
    table = aggregated([roi_of("001")])
    assert list(zip(table["band"], table["roi"], strict=True)) == [
        (band, roi) for band in BANDS for roi in ROIS
    ]
    direct = roi_of("001").set_index(["band", "roi_therapist", "roi_client"])["value"]
    for row in table.itertuples():
        assert row.plv == direct[row.band, row.roi, row.roi]


def test_a_therapist_of_two_dyads_counts_once_in_each():
    table = aggregated([roi_of(d, t) for d in DYADS["dyad"] for t in ("pre", "post")])
    assert not table.duplicated(["dyad", "time", "band", "roi"]).any()
    assert len(table) == 3 * 2 * 2 * 2
    of_therapist = table[table["therapist"] == "T1"].groupby("dyad")["wai_difference"].first()
    assert of_therapist.to_dict() == {"001": 210 - 215, "002": 200 - 190}


def test_a_missing_score_stays_missing_and_takes_the_difference_with_it(tmp_path):
    scores = {name: table.assign(missing_items=0) for name, table in SCORES.items()}
    scores["wai_c"] = scores["wai_c"].assign(
        task=[4, np.nan, 6.5], total=[215, np.nan, 220.5], missing_items=[0, 3, 1]
    )
    tables = [roi_of(d) for d in DYADS["dyad"]]
    table = aggregate(tables, DYADS, scores, DIFFERENCES, {}, list(FACTORS))
    extra = describe_factors(FACTORS) | describe_scores(QUESTIONNAIRES, scores, DIFFERENCES)
    assert "is the mean of the others" in extra["wai_c_missing_items"]["Description"]
    write_table(tmp_path / "a.tsv", table, AGGREGATED, extra)
    first = read_table(tmp_path / "a.tsv", AGGREGATED).drop_duplicates("dyad").set_index("dyad")
    assert first["wai_difference"].dropna().to_dict() == {"001": -5, "003": -0.5}
    assert first["wai_c_total"].dropna().to_dict() == {"001": 215, "003": 220.5}
    assert first["wai_c_missing_items"].to_dict() == {"001": 0, "002": 3, "003": 1}


def test_excluded_dyads_are_in_the_exclusions_and_nowhere_else():
    excluded = {"002": "withdrew", "009": "never recorded"}
    assert set(aggregated([roi_of(d) for d in DYADS["dyad"]], excluded)["dyad"]) == {"001", "003"}
    table = exclusions_table(excluded, [], [], {}, aggregated([roi_of("001")]))
    assert table[["what", "dyad", "reason"]].to_numpy().tolist() == [
        ["dyad", "002", "withdrew"],
        ["dyad", "009", "never recorded"],
    ]


@pytest.mark.parametrize("tables", [[], [roi_of("001")]])
def test_with_every_dyad_excluded_the_table_has_its_columns_and_no_row(tmp_path, tables):
    whole, empty = aggregated([roi_of("001")]), aggregated(tables, {"001": "withdrew"})
    assert list(empty.columns) == list(whole.columns) and len(empty) == 0
    extra = describe_factors(FACTORS) | describe_scores(QUESTIONNAIRES, SCORES, DIFFERENCES)
    write_table(tmp_path / "a.tsv", empty, AGGREGATED, extra)
    assert list(read_table(tmp_path / "a.tsv", AGGREGATED).columns) == list(whole.columns)
    assert len(mean_pair_table([], [])) == 0


def test_dyads_with_too_little_shared_data_are_named_with_each_time_that_falls_short():
    tables = [
        roi_of("001", "pre", n_windows=5),
        roi_of("001", "post", n_windows=0),
        roi_of("002", n_windows=6),
    ]
    assert too_little_data(tables, 5, 30) == {
        "001": "too little shared clean data: 25 s at pre, 0 s at post (limit 30 s)"
    }


def test_one_recording_with_too_little_data_takes_only_itself_and_the_dyads_other_one_is_used():
    tables = [roi_of("001", "pre"), roi_of("001", "post", n_windows=5), roi_of("002"), roi_of("002", "post")]
    assert too_little_data(tables, 5, 30) == {}
    short = short_recordings(tables, 5, 30)
    assert short == {("001", "post"): "too little shared clean data: 25 s (limit 30 s)"}
    table = aggregate(tables, DYADS, SCORES, DIFFERENCES, {}, list(FACTORS), unused=short)
    assert table.groupby("dyad")["time"].unique().map(list).to_dict() == {
        "001": ["pre"],
        "002": ["pre", "post"],
    }


def test_recordings_that_are_not_used_are_rows_with_their_reason_and_who_left_them_out(tmp_path):
    short = "too little shared clean data: 5 s (limit 30 s)"
    by_hand = "too little shared clean data, as we saw in the pilot"  # a laboratory may have the same words
    unused = {("001", "post"): by_hand, ("002", "pre"): short}
    levels = pd.DataFrame({"dyad": ["001", "002", "009"], "mindfulness": ["yes", "no", ""]})
    lists = [], [], {}, aggregated([roi_of("001")]), unused, levels
    table = exclusions_table({"009": "withdrew"}, *lists, by_rules={("002", "pre")})
    assert table[["what", "dyad", "time", "reason", "by", "mindfulness"]].fillna("").to_numpy().tolist() == [
        ["dyad", "009", "", "withdrew", "the laboratory", ""],
        ["recording", "001", "post", by_hand, "the laboratory", "yes"],
        ["recording", "002", "pre", short, "automatic", "no"],
    ]
    write_table(tmp_path / "e.tsv", table, EXCLUSIONS, describe_factors(FACTORS))


def test_numbers_of_the_dyads_table_are_columns_of_the_aggregated_dataset(tmp_path):
    years = pd.DataFrame({"dyad": ["001", "002", "003"], "years": [12.5, np.nan, 3]})
    table = aggregate(
        [roi_of(d) for d in DYADS["dyad"]], DYADS, SCORES, DIFFERENCES, {}, list(FACTORS), numbers=years
    )
    known = table.drop_duplicates("dyad").set_index("dyad")["years"].dropna()
    assert known.to_dict() == {"001": 12.5, "003": 3}
    extra = describe_factors(FACTORS) | describe_scores(QUESTIONNAIRES, SCORES, DIFFERENCES)
    write_table(tmp_path / "a.tsv", table, AGGREGATED, extra | describe_numbers(["dyad", "years"]))
    assert "years of the dyad" in json.loads((tmp_path / "a.json").read_text())["years"]["Description"]


def test_every_column_is_described(tmp_path):
    extra = describe_factors(FACTORS) | describe_scores(QUESTIONNAIRES, SCORES, DIFFERENCES)
    write_table(tmp_path / "a.tsv", aggregated([roi_of("001")]), AGGREGATED, extra, Bands={"theta": [4, 7]})
    told = json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))
    table = read_table(tmp_path / "a.tsv", AGGREGATED)
    assert set(told) == {*table.columns, "Bands"}
    assert all(told[column]["Description"] for column in table.columns)
    assert told["mindfulness"]["Levels"] == {"yes": "mindfulness: yes", "no": "mindfulness: no"}
    assert describe_differences(DIFFERENCES)["wai_difference"]["Description"].startswith("wai_t total minus")


CLOCK = {
    **{"method": "markers", "drift_from": "session", "notes": [], "offset": 1.5, "drift_ppm": 20.0},
    **{"drift_error_ppm": 0.8, "residual_ms": 0.4, "n_matched": 9},
    **{"n_reference": 12, "n_other": 10, "n_in_block": 5},
}


def conversion(role="client", **changed):
    return {
        "dyad": "001",
        "time": "pre",
        "task": "rest",
        "participant": "01",
        "role": role,
        "source_format": "Poly5",
        "duration_s": 90.0,
        "sfreq": 500.0,
        "lost_samples": [],
        "missing_data": [],
        "notes": [],
        "clock": CLOCK,
        **changed,
    }


CHANNEL = {"channel": "Fz", "decision": "good", "reason": "", "by": "automatic"}
FLAT = {"channel": "P8", "decision": "bad", "reason": "flat", "by": "automatic"}
EYES = {"component": "IC00-7f2a", "label": "eye blink", "decision": "remove", "reason": "seen", "by": "AB"}


def account(channels=(CHANNEL,), components=(), **changed):
    return {
        **{"ComponentsAsked": True, "SlowChannelsDb": {}, "GapSeconds": 0.0},
        **{"ChannelCount": 32, "MuscleSeconds": 3.5},
        **{"SamplingFrequency": 250, "RecordedSamplingFrequency": 500.0, "RecordedHighestHz": None},
        **{"Steps": [], "RecordedMainsHz": [50.0], "ConfiguredMainsHz": 50.0, "MainsHz": 50.0},
        **{"Channels": list(channels), "Components": list(components)},
        "BadChannels": {c["channel"]: c["reason"] for c in channels if c["decision"] == "bad"},
        "IndependentComponents": {"Count": len(components), "Converged": True, "NotDone": None},
        **changed,
    }


LEDGERS = {
    ("001", "pre"): pd.DataFrame(
        {
            "kept": [1, 1, 1, 0],
            "reason": [None, None, "client: muscle; AB keeps it", "client: flat"],
            "by": ["automatic", "automatic", "AB", "automatic"],
            "therapist_criteria": [None] * 4,
            "client_criteria": [None, None, "muscle", "flat, muscle, BAD_cough"],
        }
    )
}


LIMITS = {"look_below_percent": 50, "max_bad_share": 0.25, "rois": {"frontal": ["Fz"]}}
UNSHARED = {
    "crosstalk": 0.002,
    "crosstalk_limit": 0.0074,
    "crosstalk_channels": "F3-C4",
    "crosstalk_note": None,
}
SHARED = {("001", "pre"): UNSHARED}
SPECTRA = SiteSpectra(np.array([1.0, 1.5]), np.array([1.0, 1.0]), np.array([0.0, 0.0]), 12.0)


def quality(one, other, **limits):
    return quality_table([one], [other], [SPECTRA], LEDGERS, SHARED, {**LIMITS, **limits}).iloc[0]


def test_a_faultless_recording_is_good():
    row = quality(conversion(), account())
    assert row["verdict"] == "good" and pd.isna(row["verdict_reason"]) and pd.isna(row["bad_channels"])
    assert (row["windows_total"], row["windows_kept"], row["percent_kept"]) == (4, 3, 75)
    assert (row["sync_offset_s"], row["sync_drift_ppm"]) == (1.5, 20)


@pytest.mark.parametrize(
    ("recorded", "said"),
    [
        (
            {"RecordedSamplingFrequency": 128.0},
            "bursts of muscle activity: it was recorded at 128 Hz, and this is judged from 55 Hz on",
        ),
        (
            {"RecordedHighestHz": 49.25},
            "bursts of muscle activity and high-frequency noise of channels: a low-pass filter left nothing "
            "above about 50 Hz, and this is judged from 55 Hz on",
        ),
        (
            {"SamplingFrequency": 120},
            "bursts of muscle activity: cleaning resamples it to 120 Hz, and this is judged from 55 Hz on",
        ),
    ],
)
def test_what_could_not_be_judged_is_missing_and_a_reason_to_look(recorded, said):
    row = quality(conversion(), account(**recorded, MuscleSeconds=None))
    assert pd.isna(row["muscle_s"]) and pd.isna(row["windows_muscle"])
    assert row["not_judged"] == said
    assert row["verdict"] == "look" and row["verdict_reason"] == f"not judged: {said}"


def test_mains_that_the_config_does_not_name_are_a_reason_to_look():
    row = quality(conversion(), account(RecordedMainsHz=[60.0], MainsHz=60.0))
    assert row["mains_hz"] == 60
    said = "the mains are at 60 Hz, not at 50 Hz as the config says; they were removed at 60 Hz"
    assert (row["verdict"], row["verdict_reason"]) == ("look", said)


def test_components_that_were_removed_are_counted_by_label():
    kept = {**EYES, "label": "brain", "decision": "keep", "by": "automatic"}
    muscle = {**EYES, "label": "muscle artifact", "by": "automatic"}
    row = quality(conversion(), account(components=[EYES, kept, muscle, EYES]))
    assert row["removed"] == "2 eye blink, 1 muscle artifact"
    assert (row["n_components"], row["n_removed"], row["by_hand"], row["muscle_s"]) == (4, 3, 2, 3.5)
    assert row["ica"] == "converged"


@pytest.mark.parametrize(
    ("about", "said"),
    [
        ({"Count": 9, "Converged": False, "Iterations": 500, "NotDone": None}, "not converged"),
        ({"Count": 0, "NotDone": "the config says so"}, "not done: the config says so"),
    ],
)
def test_components_that_cannot_be_trusted_are_told(about, said):
    row = quality(conversion(), account(IndependentComponents=about))
    assert row["ica"] == said and pd.isna(row["removed"]) and row["n_removed"] == 0


def test_each_members_windows_are_counted_by_criterion():
    row = quality(conversion("client"), account())
    counts = {name: row[f"windows_{name}"] for name in ("flat", "muscle", "gap", "other", "by_hand")}
    assert counts == {"flat": 1, "muscle": 2, "gap": 0, "other": 1, "by_hand": 1}
    assert quality(conversion("therapist"), account())["windows_muscle"] == 0


def test_two_recordings_that_share_a_signal_are_not_good():
    shared = {("001", "pre"): UNSHARED | {"crosstalk": 0.012}}
    row = quality_table([conversion()], [account()], [SPECTRA], LEDGERS, shared, LIMITS).iloc[0]
    assert row["verdict"] == "look" and "coherence 0.012 of F3-C4, limit 0.007" in row["verdict_reason"]
    assert quality(conversion(), account())["crosstalk"] == 0.002


def test_windows_whose_clock_is_not_confirmed_have_a_column_of_their_own():
    ledger = LEDGERS["001", "pre"].assign(client_criteria=[None, None, *["clock not confirmed"] * 2])
    row = quality_table(
        [conversion("client")], [account()], [SPECTRA], {("001", "pre"): ledger}, SHARED, LIMITS
    ).iloc[0]
    assert (row["windows_clock"], row["windows_other"]) == (2, 0)


def test_the_therapists_clock_is_the_reference():
    row = quality(conversion("therapist"), account())
    assert (row["sync_offset_s"], row["sync_drift_ppm"], row["sync_residual_ms"]) == (0, 0, 0.4)


@pytest.mark.parametrize(
    ("one", "other", "limits", "said"),
    [
        ({}, {"BadChannels": {"Fz": "flat"}}, {}, "bad ROI channels: Fz"),
        ({}, {"BadChannels": {"P8": "flat", "O2": "flat"}}, {"max_bad_share": 0.05}, "2 of 32 channels"),
        ({}, {"SlowChannelsDb": {"O1": 12.4}}, {}, "far above the other channels': O1 by 12 dB"),
        (
            {},
            {"Steps": [{"channel": "C4", "onset_s": 3.0}] * 2},
            {},
            "electrode pops, whose time is left out: 2 at C4",
        ),
        ({}, {"IndependentComponents": {"Count": 0, "NotDone": "too short"}}, {}, "components: too short"),
        ({}, {"GapSeconds": 1.5}, {}, "lost 1.5 s"),
        ({"missing_data": [[1.0, 2.0]]}, {}, {}, "values are missing"),
        ({"notes": ["its end may be missing"]}, {}, {}, "its end may be missing"),
        ({"clock": CLOCK | {"notes": ["two shared triggers"]}}, {}, {}, "two shared triggers"),
        ({}, {}, {"look_below_percent": 80}, "75% of the windows"),
    ],
)
def test_each_doubt_asks_for_a_look_and_says_why(one, other, limits, said):
    row = quality(conversion(**one), account(**other), **limits)
    assert row["verdict"] == "look" and said in row["verdict_reason"]


def test_a_shared_start_needs_no_markers():
    unmeasured = {"offset": 0.0, "drift_ppm": 0.0, "drift_error_ppm": None, "residual_ms": None}
    clock = CLOCK | {"method": "shared_start", "drift_from": "unknown", **unmeasured}
    row = quality(conversion(clock=clock), account())
    assert row["verdict"] == "good"
    assert row[["sync_offset_s", "sync_drift_ppm", "sync_drift_error_ppm", "sync_residual_ms"]].isna().all()


def test_everything_that_was_left_out_has_a_row():
    one = conversion(lost_samples=[[47.3, 1.5]], missing_data=[[3.0, 0.25]])
    table = exclusions_table(
        {"009": "withdrew"},
        [one],
        [account([CHANNEL, FLAT], [EYES])],
        LEDGERS,
        aggregated([roi_of("001")]),
    )
    table = table.astype(object).where(table.notna(), None)
    assert table.to_numpy().tolist() == [
        ["dyad", "009", None, None, "009", 1, "withdrew", "the laboratory"],
        ["gap", "001", "01", "pre", "47.30-48.80 s", 1.5, "samples lost by the amplifier", None],
        ["gap", "001", "01", "pre", "3.00-3.25 s", 0.25, "values the amplifier did not measure", None],
        ["channel", "001", "01", "pre", "P8", 1, "flat", "automatic"],
        ["component", "001", "01", "pre", "IC00-7f2a", 1, "seen", "AB"],
        ["window", "001", None, "pre", None, 1, "client: flat", "automatic"],
    ]


def test_windows_that_were_dropped_are_counted_by_reason_and_by_who_dropped_them():
    said = "dropped by hand: asleep"
    ledger = pd.DataFrame(
        {
            "kept": [0, 0, 0, 0, 1],
            "reason": [said, said, "client: gap", said, "kept by hand: fine (automatic: client: gap)"],
            "by": ["AB", "CD", "automatic", "AB", "AB"],
        }
    )
    table = exclusions_table({}, [], [], {("001", "pre"): ledger}, aggregated([roi_of("001")]))
    assert (table["what"] == "window").all()
    assert table[["reason", "by", "count"]].to_numpy().tolist() == [
        ["client: gap", "automatic", 1],
        [said, "AB", 2],
        [said, "CD", 1],
    ]


def test_the_mean_over_dyads_weighs_each_dyad_once():
    """By hand: dyad 001 has (.2 + .4) / 2 = .3, dyad 002 has .5 once; together .4. Dyad 003 is left out."""

    def pairs(dyad, plv):
        rows = {"band": "theta", "therapist_channel": ["Fz", "Cz"], "client_channel": "Fz", "dyad": dyad}
        table = pd.DataFrame({**rows, "value": plv, "above_chance": np.array(plv) - 0.1})
        return pd.concat([table.assign(estimator="ppc", value=9.0), table.assign(estimator="plv")])

    tables = [
        pairs("001", [0.2, 0.1]),
        pairs("001", [0.4, 0.3]),
        pairs("002", [0.5, np.nan]),
        pairs("003", [1, 1]),
    ]
    table = mean_pair_table(tables, ["001", "002"])
    assert list(table["therapist_channel"]) == ["Fz", "Cz"]
    assert list(table["plv"]) == pytest.approx([0.4, 0.2])
    assert list(table["above_chance"]) == pytest.approx([0.3, 0.1])
    assert list(table["n_dyads"]) == [2, 1]


def test_spectra_are_stacked_with_the_recording_they_belong_to():
    found = [replace(SPECTRA, before_db=np.full(2, b)) for b in (1.0, 2.0)]
    table = stack_spectra([conversion("therapist", participant="T1"), conversion()], found)
    assert list(table["participant"]) == ["T1", "T1", "01", "01"] and list(table["before_db"]) == [1, 1, 2, 2]
