"""What the report says of clocks: matched of how many, and a drift that was not measured."""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from synthetic_tables import resolved

from interbrain.report.methods import write_methods
from interbrain.report.reading import TABLES, Results
from interbrain.report.tables import recordings
from interbrain.report.trust.clocks import clocks

SIZES = {"dyads": 6, "therapists": 5, "clients": 6}


def quality(*pairs):
    """A quality table of pairs: (method, drift from, matched, therapist's, client's, length in s)."""
    rows = []
    for number, (method, drift_from, matched, therapist, client, length) in enumerate(pairs, 1):
        known = drift_from != "unknown"
        for role in ("therapist", "client"):
            rows.append(
                {
                    **{"dyad": f"D{number:02}", "role": role, "time": "pre", "duration_s": length},
                    **{"sync_method": method, "sync_drift_from": drift_from, "sync_markers": matched},
                    **{"sync_markers_therapist": therapist, "sync_markers_client": client},
                    "sync_drift_ppm": (12.0 if role == "client" else 0.0) if known else np.nan,
                    "sync_residual_ms": 0.6 if known else np.nan,
                }
            )
    return pd.DataFrame(rows).reindex(columns=TABLES["quality"].needed)


def clocks_check(*pairs):
    results = Results({"quality": quality(*pairs)}, {"config": {"clock": {"max_residual_ms": 10}}}, {}, {})
    return clocks(results)


def test_the_trust_table_names_the_pair_with_the_fewest_markers_matched():
    check = clocks_check(("markers", "session", 20, 21, 20, 300.0), ("markers", "session", 7, 12, 9, 300.0))
    assert check.state == "good"
    assert (
        "Smallest share of markers matched: 7 of the therapist's 12 and the client's 9 (D02, pre)."
        in check.detail
    )


def test_of_clocks_with_all_markers_matched_the_one_with_the_fewest_is_named():
    all_of = [("markers", "markers", n, n, n, 300.0) for n in (13, 11, 12)]
    said = clocks_check(*all_of).detail
    assert (
        "Smallest share of markers matched: 11 of the therapist's 11 and the client's 11 (D02, pre)." in said
    )


def test_windows_whose_clock_is_not_confirmed_ask_for_a_look_and_are_in_the_methods():
    frame = quality(*[("markers", "session", 20, 21, 20, 300.0)] * 2)
    frame.loc[(frame["dyad"] == "D02") & (frame["role"] == "client"), "windows_clock"] = 7
    check = clocks(Results({"quality": frame}, {"config": {"clock": {"max_residual_ms": 10}}}, {}, {}))
    assert check.state == "look"
    assert "In 1 pair of recordings, triggers that do not match leave it open" in check.detail
    assert "7 windows there were left out" in check.detail
    text = write_methods(
        {"config": resolved({})}, SIZES | {"sync_methods": ["markers"], "not_confirmed": 7}
    ).text
    assert "7 windows for which this could not be decided were not used" in text
    shown = frame.iloc[3] if frame.iloc[3]["role"] == "client" else frame.iloc[2]
    assert recordings.windows_failed(shown.fillna(0)) == "7 clock not confirmed"


@pytest.mark.parametrize("method", ["shared_start", "start_marker", "header_time"])
def test_a_drift_that_was_not_measured_asks_for_a_look_and_says_what_it_can_cost(method):
    check = clocks_check((method, "unknown", 0, 0, 0, 600.0), ("markers", "session", 9, 9, 9, 300.0))
    assert check.state == "look"
    assert check.says == "Drift unknown in 1 of 2 pairs of recordings"
    assert (
        "At 100 ppm, two such recordings would be 60 ms apart after 600 s, at 500 ppm 300 ms" in check.detail
    )


def test_the_table_of_clocks_shows_matched_of_how_many_and_unknown_for_a_drift_that_was_not_measured():
    frame = quality(("markers", "session", 7, 12, 9, 300.0), ("shared_start", "unknown", 0, 0, 0, 300.0))
    shown = str(recordings.clocks(frame))
    assert "7 of 12 | 9" in shown and "unknown" in shown


def test_the_methods_claim_a_shared_start_and_no_shared_clock():
    text = write_methods(
        {"config": resolved({})}, SIZES | {"sync_methods": ["shared_start"], "unknown_drift_s": 600.0}
    ).text
    assert "were taken to start at the same instant, as the laboratory stated" in text
    assert "the drift between their clocks was not measured and was taken to be zero" in text
    assert "would be 60 ms apart after 600 s" in text
    assert "share one clock" not in text


def test_the_methods_say_how_many_triggers_were_matched():
    sizes = SIZES | {"sync_methods": ["markers"], "matched": [(20, 21, 20), (7, 12, 9)]}
    said = (
        "7 of the therapist's 12 and of the client's 9 triggers were matched; on average over pairs, 89% of"
    )
    assert said in write_methods({"config": resolved({})}, sizes).text
    sizes["matched"] = [
        (13, 13, 13),
        (10, 12, 10),
    ]  # both all of the client's: the fewest, as the table has it
    assert (
        "10 of the therapist's 12 and of the client's 10"
        in write_methods({"config": resolved({})}, sizes).text
    )
    sizes["matched"] = [(9, 9, 9)]
    assert "Every trigger was matched in every pair" in write_methods({"config": resolved({})}, sizes).text
    sizes["sync_methods"] = ["markers", "start_marker"]
    told = write_methods({"config": resolved({})}, sizes).text
    assert (
        "Every trigger was matched in each of these pairs of recordings. The two recordings of other" in told
    )
