"""Further choices of coordination that cannot be made are met with one plain sentence each."""

import pytest


@pytest.fixture
def said_of(demo):
    """What is said of the demo, were it to have signals, with these choices."""

    def said(further):
        demo.config["tables"]["signals"] = "config/signals.tsv"
        demo.config["signals"] = {"multiverse": further}
        return [one for one in demo.said() if "signals: multiverse" in one[0]]

    return said


@pytest.mark.parametrize(
    "further", [None, {}, {"window_s": [30, 90], "lag_s": [0, 3], "measures": ["susy_absolute"]}]
)
def test_choices_that_can_be_made_have_no_problem(said_of, further):
    assert said_of(further) == []


@pytest.mark.parametrize(
    ("further", "setting", "what"),
    [
        ({"window_s": [0]}, "window_s", "0 must be above 0"),
        ({"lag_s": [40]}, "lag_s", "must be shorter than a segment"),
        ({"measures": ["wcc_absolut"]}, "measures", 'no measure of coordination is called "wcc_absolut"'),
        ({"measures": ["susy_es"]}, "measures", "susy_es cannot be a choice"),
        ({"measures": ["complementary"]}, "measures", "complementary cannot be a choice"),
    ],
)
def test_a_choice_that_cannot_be_made_is_named_with_what_to_do(said_of, further, setting, what):
    ((where, told, hint),) = said_of(further)
    assert f"signals: multiverse: {setting}" in where and what in told
    if "cannot be a choice" in what:
        assert "wcc_absolute" in hint and "complementary" not in hint
