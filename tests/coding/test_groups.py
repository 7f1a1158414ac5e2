"""From dyads to the study: sign flips over dyads and therapists, who is left out, the band around events."""

import numpy as np
import pandas as pd
import pytest

from interbrain.coding.brain_body import relation, without_slow
from interbrain.coding.dyads import brain_body_table
from interbrain.coding.groups import curves_of_the_study, events_of_the_study, relations_of_the_study
from interbrain.coding.series import Series
from interbrain.files.tables import read_table, write_table
from interbrain.tables.coded_events import DYAD_CURVES, DYAD_EVENTS
from interbrain.tables.event_statistics import BRAIN_BODY, CURVES, EVENTS

PLACES = [("all", "all"), ("alpha", "frontal"), ("alpha", "central")]
ALONE = {f"D{k:02}": f"T{k:02}" for k in range(1, 15)}
LAGS = np.arange(-60, 61, 20.0)


def of_dyads(deltas, code="rupture"):
    rows = []
    for dyad, delta in deltas.items():
        for band, roi in PLACES:
            row = {"dyad": dyad, "time": "pre", "run": 1, "code": code, "signal": "brain", "measure": "plv"}
            row |= {"band": band, "roi": roi, "delta": delta, "n_events": 8, "n_used": 7}
            rows.append(row | {"note": None if np.isfinite(delta) else "3 events; at least 5 are needed"})
    return pd.DataFrame(rows)


def test_dyads_are_tested_by_all_sign_flips_and_whoever_is_left_out_is_named(tmp_path):
    rng = np.random.default_rng(2)
    deltas = {dyad: 0.05 + 0.04 * rng.standard_normal() for dyad in ALONE} | {"D14": np.nan}
    table = events_of_the_study(of_dyads(deltas), ALONE)
    write_table(tmp_path / "events.tsv", table, EVENTS)
    rows = read_table(tmp_path / "events.tsv", EVENTS)
    assert list(zip(rows["band"], rows["roi"], strict=True)) == PLACES
    first = rows.iloc[0]
    assert (first["n"], first["n_flips"], first["exact"], first["unit"]) == (13, 2**13, "yes", "dyad")
    values = np.array([v for v in deltas.values() if np.isfinite(v)])
    signs = 1 - 2 * ((np.arange(2**13)[:, None] >> np.arange(13)) & 1)
    flipped = np.abs(signs @ values)
    assert first["p_flips"] == pytest.approx(np.mean(flipped >= flipped[0] * (1 - 1e-9)))
    assert first["mean"] == pytest.approx(values.mean())
    assert first["note"] == "without D14 (3 events; at least 5 are needed)" and first["n_left_out"] == 1
    assert first["apa"].startswith("M = ") and first["n_used"] == 13 * 7


def test_therapists_with_several_dyads_have_a_test_of_their_own():
    of = {dyad: f"T{k // 2}" for k, dyad in enumerate(ALONE)}
    deltas = {dyad: 0.05 + 0.01 * k for k, dyad in enumerate(ALONE)}
    rows = events_of_the_study(of_dyads(deltas), of).set_index(["unit", "roi"])
    assert rows["n"]["therapist", "all"] == 7 and rows["n_flips"]["therapist", "all"] == 128
    assert rows["smallest_p"]["therapist", "all"] == pytest.approx(2 / 128)
    assert "T0 is in 2 dyads (D01, D02)" in rows["note"]["dyad", "all"]


def test_a_study_in_which_no_recording_that_is_used_was_coded_has_empty_tables(tmp_path):
    none = pd.DataFrame(columns=DYAD_EVENTS.names), pd.DataFrame(columns=DYAD_CURVES.names)
    write_table(tmp_path / "events.tsv", events_of_the_study(none[0], ALONE), EVENTS)
    write_table(tmp_path / "curve.tsv", curves_of_the_study(none[1], none[0], ALONE), CURVES)
    assert read_table(tmp_path / "events.tsv", EVENTS).empty


@pytest.mark.parametrize("n", [0, 1])
def test_too_few_dyads_are_not_tested(n):
    deltas = dict.fromkeys(list(ALONE)[:3], np.nan) | dict.fromkeys(list(ALONE)[:n], 0.1)
    table = events_of_the_study(of_dyads(deltas), ALONE)
    assert set(table["apa"]) == {"not tested"}
    assert table["note"].str.startswith(f"not tested: {n} dyad", na=False).all()


def curve_rows(curves):
    rows = [
        pd.DataFrame({"dyad": dyad, "run": 1, "lag_s": LAGS, "value": curve})
        for dyad, curve in curves.items()
    ]
    place = {"code": "rupture", "signal": "brain", "measure": "plv", "band": "all", "roi": "all"}
    return pd.concat(rows).assign(time="pre", n_used=7, **place)


def test_the_band_holds_at_all_lags_at_once_and_dyads_without_a_test_do_not_enter(tmp_path):
    rng = np.random.default_rng(6)
    curves = {dyad: rng.standard_normal(len(LAGS)) + 3 * (LAGS == 20) for dyad in ALONE}
    deltas = dict.fromkeys(ALONE, 0.1) | {"D14": np.nan}
    table = curves_of_the_study(curve_rows(curves), of_dyads(deltas), ALONE)
    write_table(tmp_path / "curve.tsv", table, CURVES)
    rows = read_table(tmp_path / "curve.tsv", CURVES).set_index("lag_s")
    assert (rows["n"] == 13).all() and rows["n_flips"].iloc[0] == 2**13
    above = rows["band_low"] > 0
    assert above[20.0] and (above == ((rows["p_family"] <= 0.05) & (rows["mean"] > 0))).all()
    single = 2.179 * rows["se"]  # t of one lag at 12 degrees of freedom
    assert (rows["band_high"] - rows["mean"] > single).all()


@pytest.mark.long
def test_null_curves_leave_the_band_at_any_lag_in_one_study_of_twenty():
    rng = np.random.default_rng(8)
    some = list(ALONE)[:8]
    deltas, missed = of_dyads(dict.fromkeys(some, 0.1)), 0
    for _ in range(60):
        curves = {dyad: np.cumsum(rng.standard_normal(len(LAGS))) for dyad in some}
        table = curves_of_the_study(curve_rows(curves), deltas, ALONE)
        missed += bool(((table["band_low"] > 0) | (table["band_high"] < 0)).any())
    assert missed <= 8


def two_series(rng, shared=0.0, arc=0.0):
    fine, coarse = np.arange(0, 1500, 5.0), np.arange(0, 1441, 30.0)
    moments = np.repeat(rng.standard_normal(50), 6)
    brain = rng.standard_normal(300) + shared * moments + arc * np.exp(-fine / 300)
    within = np.array([moments[int(s / 5) : int(s / 5) + 12].mean() for s in coarse])
    body = rng.standard_normal(len(coarse)) * 0.3 + shared * within + arc * np.exp(-coarse / 300)
    return Series(fine, fine + 5, brain), Series(coarse, coarse + 60, body)


def test_shared_moments_are_found_and_a_shared_course_of_the_session_is_not():
    rng = np.random.default_rng(9)
    found = relation(*two_series(rng, shared=1.5))
    assert found.r > 0.5 and found.p < 0.05 and found.n_windows == 49
    arcs = [relation(*two_series(rng, arc=6.0)) for _ in range(60)]
    assert np.mean([one.p <= 0.05 for one in arcs]) <= 0.12
    assert abs(np.mean([one.above_chance for one in arcs])) < 0.06


def test_what_is_slow_is_taken_out_and_missing_windows_stay_missing():
    at = np.arange(300) * 5.0
    slow = 3 + at / 500 + np.cos(np.pi * (at + 2.5) / 1500 * 3) + np.exp(-at / 400)
    moments = np.sin(2 * np.pi * at / 60)
    slow[50:60] = np.nan
    kept = without_slow(slow, 5.0)
    assert np.isnan(kept[50:60]).all() and np.nanmax(np.abs(kept)) < 0.02
    there = np.isfinite(slow)
    assert np.corrcoef(without_slow(slow + moments, 5.0)[there], moments[there])[0, 1] > 0.98


def test_few_windows_and_series_that_do_not_vary_are_said():
    brain, body = two_series(np.random.default_rng(1))
    short = Series(body.starts[:10], body.stops[:10], body.values[:10])
    assert relation(brain, short).reason == "10 windows have both values; at least 20 are needed"
    flat = Series(body.starts, body.stops, np.ones(len(body.starts)))
    assert relation(brain, flat).reason == "one of the two series does not vary"
    assert relation(brain, Series(np.empty(0), np.empty(0), np.empty(0))).reason.startswith("one of the two")


def test_the_studys_relation_is_fishers_z_above_chance_against_zero(tmp_path):
    rng = np.random.default_rng(3)
    brain = {"signal": "brain", "measure": "plv", "band": "all", "roi": "all"}
    eda = {"signal": "eda", "measure": "wcc", "band": "all", "roi": "all"}
    tables = []
    for dyad in list(ALONE)[:6]:
        one, other = two_series(rng, shared=1.0)
        tables.append(
            brain_body_table([(brain, one)], [(eda, other)], {"dyad": dyad, "time": "pre", "run": 1})
        )
    table = relations_of_the_study(pd.concat(tables), ALONE)
    write_table(tmp_path / "brainbody.tsv", table, BRAIN_BODY)
    row = read_table(tmp_path / "brainbody.tsv", BRAIN_BODY).iloc[0]
    assert (row["body"], row["body_measure"], row["n"]) == ("eda", "wcc", 6)
    assert row["p_flips"] == pytest.approx(2 / 64) and 0.2 < row["r_mean"] < 1
