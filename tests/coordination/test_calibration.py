"""What may be a headline follows from the calibration, and the page shows the numbers that are kept."""

import importlib.util

import pytest

from interbrain.coordination.calibration import MOST, calibrated, cells, false_positives
from interbrain.coordination.registry import MEASURES


@pytest.fixture(scope="module")
def benchmark_module(repository):
    path = repository / "benchmarks/coordination_calibration.py"
    spec = importlib.util.spec_from_file_location("coordination_calibration", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_measure_has_a_share_from_500_sessions_in_each_cell(benchmark_module):
    own = [c for c in cells() if c.against == "shifts" and c.detrend == "none" and not c.coupled]
    expected = {(name, *cell) for name in MEASURES for cell in benchmark_module.CELLS}
    expected |= {(n, *cell) for n in benchmark_module.CONTINUOUS for cell in benchmark_module.MOVEMENT}
    assert {(c.measure, c.series, c.minutes) for c in own} == expected and len(own) == len(expected)
    assert min(c.sessions for c in own) >= 495  # of 500; a ratio without denominator has no p


@pytest.mark.parametrize("name", MEASURES)
def test_only_a_measure_whose_chance_level_is_right_is_a_headline(name):
    measure = MEASURES[name]
    both_ends = name == "wcc_lead"
    if measure.headline:
        assert calibrated(name, two_sided=both_ends), false_positives(name, two_sided=both_ends)
    else:
        assert measure.caution, "says why it is none"


@pytest.mark.parametrize("name", [name for name, measure in MEASURES.items() if measure.headline])
def test_a_measure_that_a_shared_course_of_movement_misleads_is_no_headline_of_movement(name):
    right = calibrated(name, two_sided=name == "wcc_lead", movement=True)
    assert ("motion" in MEASURES[name].no_headline_of) == (not right), false_positives(name, movement=True)


def test_a_share_beyond_the_limit_is_no_calibration():
    assert calibrated("wcc_absolute", "none") == (max(false_positives("wcc_absolute")) <= MOST)
    assert not calibrated("a measure that was never calibrated")


def test_the_page_shows_the_numbers_that_are_kept(repository, benchmark_module):
    page = (repository / "docs/coordination.md").read_text(encoding="utf-8")
    for table in benchmark_module.TABLES:
        assert "\n".join(table()) in page, f"python benchmarks/coordination_calibration.py --tables: {table}"
