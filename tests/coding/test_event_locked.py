"""Events against their own surroundings: what is planted is found, and drift, trend and bursts are not."""

import numpy as np
import pandas as pd
import pytest

from interbrain.coding.dyads import event_tables
from interbrain.coding.event_locked import Local, event_locked, peri_event_curve
from interbrain.coding.series import Series, body_series, brain_series, no_brain_series

STARTS = np.arange(0, 1500, 5.0)
ABOUT = {"dyad": "D01", "time": "pre", "run": 1}
NAMED = {"signal": "brain", "measure": "plv", "band": "all", "roi": "all"}
LENGTHS = np.full(8, 20.0)


def noise(rng, slow_s=120.0):
    keep = np.exp(-5 / slow_s)
    kicks = rng.standard_normal(len(STARTS)) * np.sqrt(1 - keep**2)
    values = np.empty(len(STARTS))
    values[0] = rng.standard_normal()
    for i in range(1, len(values)):
        values[i] = keep * values[i - 1] + kicks[i]
    return values


def series(values):
    return Series(STARTS, STARTS + 5, np.asarray(values, dtype=float))


def in_events(onsets, lengths=LENGTHS):
    centres = (STARTS + 2.5)[:, None]
    return ((centres >= onsets) & (centres < onsets + lengths)).any(axis=1)


def by_hand(values, onsets, lengths, reach=60, guard=10):
    """The definition, one event and one window at a time."""
    each = []
    for onset, length in zip(onsets, lengths, strict=True):
        inside, controls = [], []
        for start, value in zip(STARTS, values, strict=True):
            centre = start + 2.5
            if not np.isfinite(value):
                continue
            if onset <= centre < onset + length:
                inside.append(value)
            gaps = [max(o - (start + 5), start - (o + w)) for o, w in zip(onsets, lengths, strict=True)]
            if min(gaps) >= guard and onset - reach <= centre <= onset + length + reach:
                controls.append(value)
        if inside and len(controls) >= 2:
            each.append(np.mean(inside) - np.mean(controls))
    return np.mean(each), len(each)


def test_the_difference_is_that_of_the_definition_also_beside_gaps_ends_and_other_events():
    rng = np.random.default_rng(3)
    values = noise(rng)
    values[[40, 41, 42, 43, 100, 205]] = np.nan
    onsets = np.array([3.0, 201.0, 240.0, 500.5, 700.0, 1040.0, 1300.0, 1478.0])
    lengths = np.array([20.0, 18, 9, 33, 20, 7.5, 60, 20])
    found = event_locked(series(values), onsets, lengths)
    delta, n = by_hand(values, onsets, lengths)
    assert (found.delta, found.n_used, found.n_events) == (pytest.approx(delta, abs=1e-12), n, 8)
    assert 0 < found.p <= 1 and found.n_shifts > 900


def test_other_events_are_no_controls_and_a_session_coded_throughout_can_be_compared_with_other_codes():
    values = np.zeros(len(STARTS))
    onsets = np.arange(100, 1300, 150.0)
    lengths = np.full(len(onsets), 20.0)
    values[in_events(onsets, lengths)] = 1
    others = onsets + 40, lengths
    values[in_events(*others)] = 5
    assert event_locked(series(values), onsets, lengths, others).delta == pytest.approx(1)
    assert event_locked(series(values), onsets, lengths).delta < 1
    filled = (np.arange(0, 1500, 20.0), np.full(75, 20.0))
    throughout = event_locked(series(values), onsets, lengths, filled)
    assert (
        np.isnan(throughout.delta) and "0 of 8 events have values and at least 2 control" in throughout.reason
    )


@pytest.mark.long_but("slow drift")
@pytest.mark.parametrize("kind", ["slow drift", "trend, events late", "trend, late, in bursts"])
def test_nothing_is_found_where_nothing_happens_at_events(kind):
    rng = np.random.default_rng(7)
    few, found = Local(n_shifts=99), []
    for _ in range(200):
        values = noise(rng)
        onsets = np.sort(rng.uniform(0, 1480, 8))
        if kind != "slow drift":
            values = values + 3 * STARTS / 1500
            onsets = 1480 - 1480 * rng.beta(1, 3, 8)
        if "bursts" in kind:
            onsets = np.clip(rng.choice(1300 - 1100 * rng.beta(1, 3, 3), 8) + rng.uniform(0, 180, 8), 0, 1480)
        found.append(event_locked(series(values), np.sort(onsets), LENGTHS, how=few).p)
    known = np.array(found)[np.isfinite(found)]
    assert len(known) > 150 and np.mean(known <= 0.05) <= 0.05 + 2.6 * np.sqrt(0.05 * 0.95 / len(known))


def test_what_is_planted_in_events_is_found_with_its_size_and_its_time():
    rng = np.random.default_rng(5)
    onsets = np.linspace(100, 1350, 8)
    values = noise(rng) + 3 * STARTS / 1500 + 2.5 * in_events(onsets)
    found = event_locked(series(values), onsets, LENGTHS)
    assert found.p < 0.01 and found.delta == pytest.approx(2.5, abs=0.6) and found.z > 3
    lags = np.arange(-60, 61, 5.0)
    curve, n = peri_event_curve(series(values), onsets, LENGTHS, (np.empty(0), np.empty(0)), lags)
    assert (
        curve[(lags >= 2.5) & (lags < 15)].min() > 1.5 > 0.9 > np.abs(curve[(lags < -10) | (lags > 30)]).max()
    )
    assert (n == 8).all()


def test_an_event_shorter_than_a_window_is_one_window():
    values = np.zeros(len(STARTS))
    onsets = np.arange(101.0, 1400, 160)
    values[np.floor(onsets / 5).astype(int)] = 1
    found = event_locked(series(values), onsets, np.zeros(len(onsets)))
    assert found.delta == pytest.approx(1)


def test_few_events_are_not_tested_and_the_reason_says_how_many_there_are():
    onsets = np.linspace(100, 1300, 4)
    found = event_locked(series(np.ones(len(STARTS))), onsets, LENGTHS[:4])
    assert np.isnan([found.delta, found.p]).all()
    assert (found.n_events, found.reason) == (4, "4 events; at least 5 are needed")
    beyond = event_locked(series(np.ones(len(STARTS))), onsets + 1385, LENGTHS[:4])
    assert beyond.n_events == 1  # of the others the middle is behind the recording's end
    empty = event_locked(series(np.full(len(STARTS), np.nan)), onsets, LENGTHS[:4])
    assert empty.reason == "the series has no values"


def test_no_value_around_the_events_is_a_reason_and_not_a_zero():
    values = np.ones(len(STARTS))
    onsets = np.linspace(100, 1300, 8)
    values[in_events(onsets)] = np.nan
    found = event_locked(series(values), onsets, LENGTHS)
    assert np.isnan(found.delta) and found.reason.startswith("0 of 8 events have values")


def test_windows_that_are_longer_than_the_gaps_between_events_are_the_reason():
    starts = np.arange(0, 1440, 30.0)
    long = Series(starts, starts + 70, np.random.default_rng(2).standard_normal(len(starts)))
    onsets = np.arange(100.0, 1400, 100)
    found = event_locked(long, onsets, np.full(len(onsets), 20.0))
    assert np.isnan(found.p)
    assert "A control window of 70 s needs 90 s without an event; shorter windows find more" in found.reason


def coded(onsets, code="rupture", coder="A"):
    return pd.DataFrame({"onset_s": onsets, "duration_s": 20.0, "code": code, "who": "", "coder": coder})


def test_a_run_has_a_row_for_every_code_of_the_study_and_uses_one_coder():
    rng = np.random.default_rng(1)
    onsets = np.linspace(100, 1350, 8)
    events = pd.concat([coded(onsets), coded(onsets[:3] + 60, "repair"), coded(onsets + 2, coder="B")])
    named = [(NAMED, series(noise(rng) + 3 * in_events(onsets)))]
    table, curves = event_tables(named, events, ["repair", "rupture", "silence"], ABOUT, Local(n_shifts=99))
    rows = table.set_index("code")
    assert list(rows["n_events"]) == [3, 8, 0] and set(rows["coder"]) == {"A"}
    assert rows["note"]["silence"] == "0 events; at least 5 are needed"
    assert rows["p_chance"]["rupture"] <= 0.02 and np.isnan(rows["delta"]["repair"])
    assert set(curves["code"]) == {"repair", "rupture"} and curves["lag_s"].max() == 60
    late, _ = event_tables(named, coded(onsets + 160), ["rupture"], ABOUT, Local(n_shifts=99))
    assert late["note"][0] == "1 of 8 events are before the first window or after the last"
    none, no_curve = event_tables(named, events[:0], ["rupture"], ABOUT, Local())
    assert list(none["n_events"]) == [0] and no_curve.empty and {"lag_s", "value"} <= set(no_curve)


def test_a_run_without_a_window_has_its_rows_with_the_reason():
    named = no_brain_series("plv", ["theta", "alpha"], ["frontal"])
    table, curves = event_tables(named, coded(np.linspace(100, 900, 8)), ["rupture"], ABOUT, Local())
    assert list(table["band"]) == ["all", "theta", "alpha"] and curves.empty
    assert set(table["note"]) == {"the series has no values"} and table["delta"].isna().all()


def test_the_series_of_brains_are_the_mean_over_sites_and_bands_and_each_site():
    rows = [
        {"dyad": "D", "band": band, "roi_therapist": a, "roi_client": b, "estimator": "plv", "start_s": start}
        | {"above_chance": value + of_band + start}
        for band, of_band in (("theta", 0), ("alpha", 10))
        for (a, b), value in {("F", "F"): 1, ("F", "C"): 99, ("C", "C"): 3}.items()
        for start in (5.0, 0.0)
    ]
    found = brain_series(pd.DataFrame(rows), 5)
    places = [(named["band"], named["roi"]) for named, _ in found]
    assert places[0] == ("all", "all") and set(places[1:]) == {
        (b, s) for b in ("theta", "alpha") for s in "FC"
    }
    assert found[0][1].values == pytest.approx([7, 12]) and list(found[0][1].stops) == [5, 10]
    body = pd.DataFrame(
        {
            "kind": "eda",
            "measure": "wcc",
            "start_s": [0.0, 30],
            "stop_s": [60.0, 90],
            "above_chance": [0.1, 0.2],
        }
    )
    ((named, one),) = body_series(body)
    assert named == {"signal": "eda", "measure": "wcc", "band": "all", "roi": "all"} and one.step_s == 30
