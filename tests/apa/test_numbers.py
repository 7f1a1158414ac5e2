"""Single numbers in the style of APA: for the lines of the tables and for the report alike."""

import re

import numpy as np
import pandas as pd
import pytest

from interbrain import apa


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.312, ".312"),
        (-0.049, "−.049"),
        (1.0, "1.000"),
        (-0.0001, ".000"),
        (float("nan"), "n/a"),
        (None, "n/a"),
    ],
)
def test_a_proportion_has_no_leading_zero_and_a_true_minus(value, text):
    assert apa.proportion(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0004, "p < .001"), (0.001, "p = .001"), (0.0496, "p = .050"), (1, "p > .999"), ("n/a", "p = n/a")],
)
def test_a_p_is_exact_down_to_a_thousandth(value, text):
    assert apa.p_value(value) == text


def test_only_a_proportion_drops_the_zero_before_the_point():
    assert apa.number(0.52, 1) == "0.5"
    assert apa.number(-10.26, 1) == "−10.3"
    assert apa.proportion(10.5, 1) == "10.5"


def test_an_interval_lacks_neither_end():
    assert apa.interval(-0.891, 1.2) == "[−.89, 1.20]"
    assert apa.interval(-0.89, float("nan")) == "n/a"


@pytest.mark.parametrize(("df", "text"), [(11, "11"), (11.0, "11"), (3.42, "3.42"), (np.nan, "n/a")])
def test_degrees_of_freedom_have_digits_only_where_they_are_estimated(df, text):
    assert apa.degrees(df) == text


@pytest.mark.parametrize("missing", [None, np.nan, pd.NA, "", "n/a", " n/a "])
def test_what_is_missing_is_n_a_in_every_form(missing):
    for write in (apa.number, apa.proportion, apa.whole, apa.bare_p, apa.degrees):
        assert write(missing) == "n/a"


@pytest.mark.parametrize(("p", "text"), [(0.0004, "< .001"), (0.042, ".042"), (0.9999, "> .999")])
def test_a_column_of_p_says_the_same_as_a_sentence(p, text):
    assert apa.bare_p(p) == text and apa.p_value(p).removeprefix("p ").removeprefix("= ") == text


def test_nothing_else_writes_a_p_or_drops_a_zero(repository):
    """One formatter: a second one would differ from it sooner or later."""
    for room in ("statistics", "multiverse", "findings", "report"):
        for path in (repository / "workflow" / "interbrain" / room).rglob("*.py"):
            text = path.read_text(encoding="utf-8")
            assert '"< .001"' not in text and "p < .001" not in text, path
            assert not re.search(r'(lstrip|removeprefix)\("0"\)|replace\("0\.", "\."', text), path
