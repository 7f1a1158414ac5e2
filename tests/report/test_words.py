"""Numbers and names are written as APA and plain English ask."""

import pytest

from interbrain.report import words


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
    assert words.proportion(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0004, "p < .001"), (0.001, "p = .001"), (0.0496, "p = .050"), (1, "p = 1.000"), ("n/a", "p = n/a")],
)
def test_a_p_is_exact_down_to_a_thousandth(value, text):
    assert words.p_phrase(value) == text


def test_only_a_proportion_drops_the_zero_before_the_point():
    assert words.number(0.52, 1) == "0.5"
    assert words.number(-10.26, 1) == "−10.3"
    assert words.proportion(10.5, 1) == "10.5"


def test_lists_and_counts_read_as_english():
    assert words.listed(["a"]) == "a"
    assert words.listed(["a", "b", "c"]) == "a, b and c"
    assert words.listed([]) == ""
    assert words.counted(1, "person", "people") == "1 person"
    assert words.counted(2, "person", "people") == "2 people"


def test_names_of_the_tables_become_names_of_the_field():
    assert words.effect("mindfulness:roi") == "Mindfulness × Site"
    assert words.questionnaire("wai_difference", ("wai",)) == "WAI difference"
    assert words.questionnaire("wai_difference_absolute", ("wai",)) == "Absolute WAI difference"
    assert words.questionnaire("wai_difference") == "Wai difference"
    assert words.measure("plv", start=False) == "raw PLV"
    assert words.measure("above_chance", start=False) == "PLV above chance"


def test_a_further_measure_is_named_after_its_estimator():
    assert words.measure("ppc_above_chance") == "PPC above chance"
    assert words.measure("imaginary_coherence_z_chance") == "Imaginary coherence in SDs above chance"
    assert words.measure("above_pseudo", start=False) == "PLV above strangers"


def test_a_sentence_of_a_table_gets_true_minus_signs_before_numbers_only():
    assert words.true_minus("from -0.5 to .3, face-to-face, p-1") == "from −0.5 to .3, face-to-face, p-1"
    assert words.interval(-0.89, float("nan")) == "n/a"
    assert words.interval(-0.891, 1.2) == "[−.89, 1.20]"
