"""The lag of two signals over dyads: planted lags, dyads that are left out, and words for the report."""

import numpy as np
import pandas as pd
import pytest

from interbrain.report.figures.signal_lags import said_of, signal_lags
from interbrain.report.tables import moments
from interbrain.statistics.signal_lags import AT_THE_END, NO_CURVE, lags_of_the_study
from interbrain.tables.coordination import CURVE, PEAKS
from interbrain.tables.signal_statistics import LAG_CURVES, LAGS

LAG_S = np.arange(-20, 21) / 4
DYADS = {f"D{number}": f"T{number}" for number in range(1, 9)}


def curve(dyad, lag_s, seed, lags=LAG_S, time="session"):
    rng = np.random.default_rng(seed)
    value = 0.2 + 0.3 * np.exp(-np.abs(lags - lag_s)) + 0.02 * rng.standard_normal(len(lags))
    about = {"dyad": dyad, "time": time, "run": 1, "kind": "eda", "lag_s": lags, "value": value}
    return pd.DataFrame(about | {"chance": 0.2, "chance_sd": 0.02, "band_low": 0.16, "band_high": 0.24})


def peak(dyad, lag_s, note=None, time="session"):
    leads = None if np.isnan(lag_s) else {1: "therapist", -1: "client", 0: "neither"}[np.sign(lag_s)]
    row = {"dyad": dyad, "time": time, "run": 1, "kind": "eda", "peak_s": lag_s, "leads": leads}
    return row | {"z_peak": 8.0, "p_peak": 0.005, "step_s": 0.25, "n_shifts": 200, "note": note}


def study(lags_s, **more):
    curves = pd.concat([curve(dyad, lag, seed) for seed, (dyad, lag) in enumerate(lags_s.items())])
    peaks = pd.DataFrame([peak(dyad, lag) for dyad, lag in lags_s.items()])
    return lags_of_the_study(curves, peaks, **{"therapists": DYADS, "times": ["session"]} | more)


def test_a_lag_that_all_dyads_share_is_that_of_the_mean_curve():
    found = study(dict.fromkeys(DYADS, 2.0))
    (row,) = found["signallags"].to_dict("records")
    assert (row["unit"], row["n"], row["peak_s"], row["median_s"]) == ("dyad", 8, 2.0, 2.0)
    assert (row["n_dyads"], row["n_therapist"], row["n_client"]) == (8, 8, 0)
    assert row["p_family"] == row["smallest_p"] == 2 / 2**8
    assert list(found["signallags"]) == list(LAGS.names)
    assert found["signallagcurve"]["lag_s"].tolist() == LAG_S.tolist()
    assert list(found["signallagcurve"]) == list(LAG_CURVES.names)


def test_excluded_dyads_and_other_times_do_not_enter():
    curves = pd.concat(
        [curve("D1", 1, 1), curve("D2", 1, 2), curve("D3", 1, 3, time="rest"), curve("X", 1, 4)]
    )
    peaks = pd.DataFrame([peak("D1", 1.0), peak("D2", 1.0), peak("D3", 1.0, time="rest"), peak("X", 1.0)])
    (row,) = lags_of_the_study(curves, peaks, DYADS, ["session"])["signallags"].to_dict("records")
    assert row["n"] == row["n_dyads"] == 2 and row["note"]


def test_one_therapist_of_several_dyads_is_one_unit():
    rows = study(dict.fromkeys(DYADS, 1.0), therapists={**DYADS, "D2": "T1"})["signallags"]
    assert rows["unit"].tolist() == ["dyad", "therapist"] and rows["n"].tolist() == [8, 7]


def test_dyads_whose_signals_have_other_rates_are_averaged_at_the_lags_of_the_coarsest():
    fine = np.arange(-125, 126) / 25
    curves = pd.concat([curve("D1", 1, 1), curve("D2", 1, 2, lags=fine)])
    peaks = pd.DataFrame([peak("D1", 1.0), peak("D2", 1.0)])
    found = lags_of_the_study(curves, peaks, DYADS, ["session"])["signallagcurve"]
    assert found["lag_s"].tolist() == LAG_S.tolist() and (found["n"] == 2).all()


@pytest.mark.parametrize(("lag_s", "said"), [(5.0, AT_THE_END), (-5.0, AT_THE_END)])
def test_a_mean_curve_that_rises_to_the_end_has_no_lag(lag_s, said):
    (row,) = study(dict.fromkeys(DYADS, lag_s))["signallags"].to_dict("records")
    assert np.isnan(row["peak_s"]) and row["note"] == said


def test_without_curves_the_table_says_so():
    peaks = pd.DataFrame([peak("D1", np.nan, "client: excluded")])
    found = lags_of_the_study(pd.DataFrame(columns=CURVE.names), peaks, DYADS, ["session"])
    (row,) = found["signallags"].to_dict("records")
    assert row["n"] == row["n_dyads"] == 0 and row["note"] == NO_CURVE
    assert found["signallagcurve"].empty


def test_the_page_says_who_leads_or_why_nobody_does():
    table = moments.lags_of_dyads(pd.DataFrame([peak("D1", -1.5), peak("D2", np.nan, "no lag")]))
    assert "client" in str(table) and "no lag" in str(table)
    assert said_of(peak("D1", -1.5)) == "the client leads by 1.50 s, p = .005"
    assert said_of(peak("D1", 0.0)) == "at once, p = .005"
    assert said_of(peak("D1", np.nan, "no lag is beyond")) == "no lag is beyond"
    peaks = pd.DataFrame([peak("D1", 2.0)]).reindex(columns=PEAKS.names)
    (panel,) = signal_lags(curve("D1", 2.0, 1).assign(limit=0.26), peaks, "D1 session")
    assert "the therapist leads by 2.00 s" in panel.alt and "the therapist leads by 2.00 s" in panel.svg
