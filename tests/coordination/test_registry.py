"""What is said of each measure agrees with what is computed, cited and calibrated."""

import re

import numpy as np
import pytest

from interbrain.coordination.defaults import BY_KIND, by_default
from interbrain.coordination.registry import MEASURES
from interbrain.coordination.session import FAMILY_OF, coordination
from interbrain.coordination.settings import Settings
from interbrain.problems import InterbrainError
from interbrain.report.methods import references


def test_every_measure_that_is_computed_is_described_and_no_other():
    assert set(MEASURES) == set(FAMILY_OF)
    for measure in MEASURES.values():
        assert measure.title and measure.short and measure.formula and not measure.formula.endswith(".")


def test_each_source_is_a_work_of_the_list_of_references():
    keys = re.findall(r"^@\w+\{(\w+),", references.WORKS.read_text(encoding="utf-8"), re.MULTILINE)
    assert {measure.source for measure in MEASURES.values()} - {""} <= set(keys)


@pytest.mark.parametrize("kind", BY_KIND)
def test_each_kind_of_signal_has_measures_by_default_that_fit_it(kind):
    chosen = [MEASURES[name] for name in by_default(kind)]
    assert chosen and all(measure.categorical == (kind == "gaze") for measure in chosen)


@pytest.mark.parametrize("coupling", [-1, 0, 1])
def test_values_keep_their_bounds(coupling):
    rng = np.random.default_rng(0)
    x, own = np.cumsum(rng.standard_normal((2, 1200)), axis=1)
    y = coupling * x if coupling else own
    found = both_kinds(x, y)
    for row in [*found[0].rows, *found[0].windows, *found[1].rows, *found[1].windows]:
        measure = MEASURES[row["measure"]]
        assert np.isnan(row["value"]) or measure.low <= row["value"] <= measure.high, measure.name


def both_kinds(x, y):
    """All measures: of quantities, and of their signs as categories."""
    quantities, categories = ([m for m in MEASURES if MEASURES[m].categorical == c] for c in (False, True))
    few = Settings(n_shifts=9)
    return coordination(x, y, 4, quantities, few), coordination(x > 0, y > 0, 4, categories, few)


def test_a_measure_has_values_in_windows_where_it_says_so():
    found = both_kinds(*np.random.default_rng(1).standard_normal((2, 1200)))
    windows = {row["measure"] for one in found for row in one.windows}
    assert windows == {m.name for m in MEASURES.values() if m.by_window}


def test_quantities_are_no_categories():
    x, y = np.random.default_rng(2).standard_normal((2, 1200))
    with pytest.raises(InterbrainError, match="too many for categories"):
        coordination(x, y, 4, ["agreement"])
