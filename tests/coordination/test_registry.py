"""What is said of each measure agrees with what is computed, cited and calibrated."""

import re

import numpy as np
import pytest

from interbrain.coordination import MEASURES, Settings, by_default, coordinate, coordinate_windows
from interbrain.coordination.measure import KINDS
from interbrain.coordination.session import FAMILY_OF
from interbrain.report.methods import references


def test_every_measure_that_is_computed_is_described_and_no_other():
    assert set(MEASURES) == set(FAMILY_OF)
    for measure in MEASURES.values():
        assert measure.title and measure.short and measure.formula and not measure.formula.endswith(".")
        assert set(measure.kinds) <= set(KINDS)


def test_each_source_is_a_work_of_the_list_of_references():
    keys = re.findall(r"^@\w+\{(\w+),", references.WORKS.read_text(encoding="utf-8"), re.MULTILINE)
    assert {measure.source for measure in MEASURES.values()} - {""} <= set(keys)


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_signal_has_measures_by_default_that_fit_it(kind):
    chosen = [MEASURES[name] for name in by_default(kind)]
    assert chosen and all(measure.categorical == (kind == "gaze") for measure in chosen)


@pytest.mark.parametrize("coupling", [-1, 0, 1])
def test_values_keep_their_bounds(coupling):
    rng = np.random.default_rng(0)
    x, own = np.cumsum(rng.standard_normal((2, 1200)), axis=1)
    y = coupling * x if coupling else own
    rows = coordinate(x, y, 4, list(MEASURES), Settings(n_shifts=9))
    rows += coordinate_windows(np.round(x), np.round(y), 4, by_default("gaze"), Settings(n_shifts=9))
    for row in rows:
        measure = MEASURES[row["measure"]]
        assert np.isnan(row["value"]) or measure.low <= row["value"] <= measure.high, measure.name


def test_a_measure_has_values_in_windows_where_it_says_so():
    x, y = np.random.default_rng(1).standard_normal((2, 1200))
    windows = coordinate_windows(x, y, 4, list(MEASURES), Settings(n_shifts=9))
    assert {row["measure"] for row in windows} == {m.name for m in MEASURES.values() if m.by_window}
