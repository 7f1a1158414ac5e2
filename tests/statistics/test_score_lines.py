"""Regression lines: their interval is that of statsmodels, and the lines without each dyad are all fitted."""

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from test_study import ASKED, aggregated_table

from interbrain.statistics.score_lines import POINTS, regression_line
from interbrain.statistics.study import analyse


def scores(n=9, seed=3):
    rng = np.random.default_rng(seed)
    x = rng.integers(-30, 40, n).astype(float)
    return x, 0.002 * x + 0.05 * rng.standard_normal(n)


def test_the_interval_of_a_line_is_that_of_statsmodels():
    import statsmodels.api as sm

    x, y = scores()
    line = regression_line(x, y)
    assert len(line["x"]) == POINTS and line["x"][0] == x.min() and line["x"][-1] == x.max()
    fitted = sm.OLS(y, sm.add_constant(x)).fit().get_prediction(sm.add_constant(line["x"]))
    low, high = fitted.conf_int(alpha=0.05).T
    np.testing.assert_allclose(line["fit"], fitted.predicted_mean, rtol=1e-10)
    np.testing.assert_allclose((line["low"], line["high"]), (low, high), rtol=1e-9)


def test_all_lines_that_leave_one_dyad_out_are_between_the_lowest_and_the_highest():
    x, y = scores()
    line = regression_line(x, y)
    fits = [np.polyval(np.polyfit(np.delete(x, k), np.delete(y, k), 1), line["x"]) for k in range(len(x))]
    np.testing.assert_allclose(line["loo_low"], np.min(fits, axis=0), rtol=1e-8)
    np.testing.assert_allclose(line["loo_high"], np.max(fits, axis=0), rtol=1e-8)


def test_a_score_that_varies_by_one_dyad_alone_has_the_lines_that_there_are():
    line = regression_line(np.array([1.0, 1, 1, 1, 5]), np.array([0.1, 0.2, 0.3, 0.1, 0.4]))
    assert np.isfinite(line["loo_low"]).all() and (line["loo_low"] <= line["loo_high"]).all()


@pytest.mark.parametrize("x", [[1, 2, 3], [2, 2, 2, 2, 2]])
def test_what_cannot_be_correlated_has_no_line(x):
    line = regression_line(np.array(x, dtype=float), np.arange(len(x), dtype=float))
    assert all(len(values) == 0 for values in line.values())
    none = regression_line(np.arange(5.0), np.full(5, 0.3))
    assert len(none["x"]) == 0


def test_the_lines_of_a_study_are_those_of_its_correlations():
    found = analyse(aggregated_table(), **ASKED)
    lines, tested = found["correlationlines"], found["correlations"]
    for row in tested.itertuples():
        here = lines[
            (lines["measure"] == row.measure) & (lines["roi"] == row.roi) & (lines["band"] == row.band)
        ]
        assert len(here) == POINTS
        np.testing.assert_allclose(here["fit"], row.intercept + row.slope * here["x"], rtol=1e-9)
        assert (here["low"] < here["fit"]).all() and (here["fit"] < here["high"]).all()
