"""The study's curves over lags: who enters, zero lag, the width of a known curve, what is lacking."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from interbrain.files.tables import write_table
from interbrain.statistics.lags import dyad_curves, dyad_lines, half_width, mean_curves, zero_lag_tests
from interbrain.tables.lag_statistics import LAG_CURVES, LAG_TESTS

LAGS = np.round(np.arange(-50, 51) * 0.05, 2)


def curve_of(dyad, time="pre", height=0.1, width=0.5, offset=0.2, sites=(0.0, 0.02), estimator="plv"):
    """A Gaussian of this full width at half height over a level, at two sites of one band."""
    shape = height * np.exp(-4 * np.log(2) * (LAGS / width) ** 2) + offset
    rows = [
        pd.DataFrame({"roi": roi, "lag_s": LAGS, "value": shape + more})
        for roi, more in zip(("frontal", "central"), sites, strict=True)
    ]
    return pd.concat(rows).assign(dyad=dyad, time=time, band="theta", estimator=estimator)


def used(*recordings):
    return pd.DataFrame(recordings, columns=["dyad", "time"])


NAMES = [f"D{i}" for i in range(8)]
HEIGHTS = 0.1 + 0.02 * np.linspace(-1, 1, 8)
LEVELS = pd.DataFrame({"group": ["yes", "no"] * 4}, index=NAMES)


def eight_dyads(**how):
    tables = [curve_of(dyad, height=height, **how) for dyad, height in zip(NAMES, HEIGHTS, strict=True)]
    return dyad_curves(tables, used(*((dyad, "pre") for dyad in NAMES)))


def test_times_are_averaged_first_then_sites_and_what_is_not_used_does_not_enter():
    tables = [curve_of("D1", "pre", offset=0.1), curve_of("D1", "post", offset=0.3), curve_of("D2", "pre")]
    curves = dyad_curves([*tables, curve_of("D3")], used(("D1", "pre"), ("D1", "post"), ("D2", "pre")))
    assert curves.index.get_level_values("dyad").unique().tolist() == ["D1", "D2"]
    assert curves.loc[("plv", "theta", "frontal", "D1"), -2.5] == pytest.approx(0.2)
    assert curves.loc[("plv", "theta", "all", "D1"), -2.5] == pytest.approx(0.21)


def test_a_dyad_that_lacks_a_curve_at_one_site_or_time_is_in_the_means_that_it_has():
    lacking = curve_of("D1")
    lacking.loc[lacking["roi"] == "central", "value"] = np.nan
    late = [curve_of("D2", "pre"), curve_of("D2", "post").assign(value=np.nan)]
    curves = dyad_curves([lacking, *late], used(("D1", "pre"), ("D2", "pre"), ("D2", "post")))
    assert curves.index.to_frame()[["roi", "dyad"]].to_numpy().tolist() == [["frontal", "D1"]]


def test_the_mean_curve_and_its_interval_are_those_of_the_dyads_and_groups_divide_them():
    curves = eight_dyads()
    table = mean_curves(curves, LEVELS)
    assert table.groupby(["factor", "level"])["n"].first().to_dict() == {
        ("all", "all"): 8,
        ("group", "no"): 4,
        ("group", "yes"): 4,
    }
    assert set(table.query("factor == 'group'")["roi"]) == {"all"}
    at_zero = table.query("level == 'yes' and lag_s == 0").iloc[0]
    own = HEIGHTS[::2] + 0.21
    assert at_zero["mean"] == pytest.approx(own.mean())
    interval = stats.ttest_1samp(own, 0).confidence_interval()
    assert (at_zero["ci_low"], at_zero["ci_high"]) == pytest.approx(interval)


def test_zero_lag_is_tested_against_the_far_lags_over_dyads():
    row = zero_lag_tests(eight_dyads(), 1.0).query("roi == 'all'").iloc[0]
    assert row["mean"] == pytest.approx(0.1, abs=1e-4) and row["at_far"] == pytest.approx(0.21, abs=1e-4)
    assert row["t"] == pytest.approx(stats.ttest_1samp(HEIGHTS, 0).statistic, rel=1e-3)
    assert row["p_flips"] == 2 / 2**8 and row["peak_s"] == 0


@pytest.mark.parametrize("width", [0.3, 0.5, 1.0])
def test_the_width_of_a_known_curve_is_found(width):
    row = zero_lag_tests(eight_dyads(width=width), 2.0).iloc[0]
    assert row["width_s"] == pytest.approx(width, abs=0.02)


def test_what_is_not_above_the_far_lags_has_no_width_and_a_slow_curve_is_wide(tmp_path):
    flat = eight_dyads(width=60)
    row = zero_lag_tests(flat, 1.0).iloc[0]
    assert row["p_flips"] < 0.05 and row["width_s"] > 2 * row["far_from_s"]
    rng = np.random.default_rng(1)
    noise = [curve_of(dyad, height=0) for dyad in NAMES]
    noise = [table.assign(value=0.2 + rng.normal(0, 0.01, len(table))) for table in noise]
    found = zero_lag_tests(dyad_curves(noise, used(*((dyad, "pre") for dyad in NAMES))), 1.0)
    assert found["width_s"].isna().all() and set(found["note"]) == {
        "no width: lag 0 is not shown to be above the far lags"
    }
    write_table(tmp_path / "lags.tsv", found, LAG_TESTS)
    write_table(tmp_path / "curves.tsv", mean_curves(flat, LEVELS), LAG_CURVES)


def test_dyads_whose_members_share_a_line_are_counted_once_with_its_median_frequency():
    tables = [
        curve_of(dyad, time, height=height).assign(line_hz=hz)
        for dyad, height, hz in zip(NAMES, HEIGHTS, [9.9, 10.1, *[np.nan] * 6], strict=True)
        for time in ("pre", "post")
    ]
    recordings = used(*((dyad, time) for dyad in NAMES for time in ("pre", "post")))
    lines = dyad_lines(tables, recordings)
    assert lines[["dyad", "line_hz"]].to_numpy().tolist() == [["D0", 9.9], ["D1", 10.1]]
    found = zero_lag_tests(dyad_curves(tables, recordings), 1.0, lines=lines)
    assert set(found["n_lines"]) == {2} and found["line_hz"].iloc[0] == pytest.approx(10.0)


def test_half_the_width_lies_between_two_lags():
    assert half_width(np.array([-2.0, -1, 0, 1, 2]), np.array([0, 0, 1.0, 0, 0]), 0) == pytest.approx(1.0)


@pytest.mark.parametrize("tables", [[], [curve_of("D1").assign(value=np.nan)]])
def test_a_study_without_any_curve_says_so(tables):
    curves = dyad_curves(tables, used(("D1", "pre")))
    found = zero_lag_tests(curves, 1.0)
    assert found["estimator"].tolist() == ["plv", "aec"] and found["n"].tolist() == [0, 0]
    assert found["note"].str.contains("no dyad has a curve over lags", na=False).all()
    assert mean_curves(curves, LEVELS).empty
