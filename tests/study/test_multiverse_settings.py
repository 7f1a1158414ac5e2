"""A grid of further choices that cannot be made is met with one plain sentence each."""

import pytest


@pytest.fixture
def said_of(demo):
    """What is said of the demo with this grid: setting, what, hint."""

    def said(grid, **settings):
        demo.config |= {"multiverse": grid, **settings}
        prefix = "config.yaml, multiverse"
        assert all(where.startswith(prefix) for where, _, _ in demo.said())
        return [(where.removeprefix(prefix).removeprefix(": "), *rest) for where, *rest in demo.said()]

    return said


GOOD = {
    "reference": {"temporal": ["T7", "T8"]},
    "length_s": [2, 10],
    "bands": {"narrow": {"theta": [4, 6], "alpha": [9, 11]}},
    "rois": {"midline": {"frontal": ["Fz"], "central": ["Cz"]}},
    "estimators": ["accorr", "plv"],
    "correction": ["z_chance"],
    "time": ["post", "change", "ancova"],
}


@pytest.mark.long_but("None", "grid3")
@pytest.mark.parametrize("grid", [None, {}, GOOD, *({key: level} for key, level in GOOD.items())])
def test_a_grid_that_can_be_made_has_no_problem(said_of, grid):
    assert said_of(grid) == []


@pytest.mark.parametrize(
    ("grid", "setting", "what", "hint"),
    [
        ({"length_s": []}, "length_s", "the setting is empty", ""),
        ({"length_s": 2}, "length_s", "2 is not a list", ""),
        ({"length_s": [0]}, "length_s: entry 1", "0 must be above 0", ""),
        ({"length_s": [0.2]}, "length_s", "0.2 s is shorter than a cycle of 4 Hz", "Write at least 0.25 s."),
        ({"lengths": [2]}, "", 'unknown setting "lengths"', "Did you mean length_s?"),
        ([2], "", "[2] is not a group of settings or empty", "Name choices and their further levels"),
        ({"estimators": ["acorr"]}, "estimators: entry 1", '"acorr" is not known', "Use: plv, ccorr"),
        ({"estimators": []}, "estimators", "the setting is empty", ""),
        (
            {"correction": ["none"]},
            "correction: entry 1",
            '"none" is not known',
            "raw, above_chance, z_chance",
        ),
        ({"time": ["pst"]}, "time", '"pst" is not known', "Did you mean post?"),
        ({"bands": {"narrow": [9, 11]}}, "bands: narrow", "[9, 11] is not a group", "narrow: {theta:"),
        ({"bands": {"low": {"theta": [7, 4]}}}, "bands: low: theta", "[7, 4]: the lower edge must be", ""),
        (
            {"bands": {"low": {"delta": [0.5, 4]}}},
            "bands: low: delta",
            "begins at 0.5 Hz, below the highpass",
            "",
        ),
        ({"bands": {"study": {"theta": [4, 6]}}}, "bands", 'the name "study" is taken', "another name"),
        ({"bands": {}}, "bands", "the setting is empty", ""),
        ({"rois": {"wide": {"frontal": ["Fzz"]}}}, "rois: wide: frontal", "Fzz is not in cap_map.tsv", "Fz?"),
        ({"rois": {"wide": {"frontal": []}}}, "rois: wide: frontal", "the setting is empty", ""),
        ({"rois": {"study": {"frontal": ["Fz"]}}}, "rois", 'the name "study" is taken', "another name"),
        (
            {"reference": {"linked": ["M1", "M2"]}},
            "reference: linked",
            "M1 and M2 are not in cap_map.tsv",
            "",
        ),
        (
            {"reference": {"vertex": ["Cz"]}},
            "reference: vertex",
            "Cz is a channel of a site",
            "outside all sites",
        ),
        ({"reference": {"average": ["T7"]}}, "reference", 'the name "average" is taken', "another name"),
        ({"reference": {"a b": ["T7"]}}, "reference", '"a b" cannot be a name', "Use letters"),
    ],
)
def test_a_grid_that_cannot_be_made_is_said_in_plain_words(said_of, grid, setting, what, hint):
    first = said_of(grid)[0]
    assert first[0] == setting
    assert first[1].startswith(what)
    assert hint in first[2]


def test_a_channel_of_a_further_site_may_be_no_reference_either(said_of):
    grid = {"rois": {"posterior": {"occipital": ["O1", "O2"]}}, "reference": {"occipital": ["Oz", "O2"]}}
    ((setting, what, _),) = said_of(grid)
    assert setting == "reference: occipital" and what.startswith("O2 is a channel of a site")


def test_change_needs_two_times(demo):
    demo.config |= {"multiverse": {"time": ["ancova", "change"]}, "times": ["pre"]}
    said = [(p.where, p.what) for p in demo.problems() if "multiverse" in p.where]
    assert said == [
        ("config.yaml, multiverse: time", f"{level} needs two times, and the study has one")
        for level in ("ancova", "change")
    ]
