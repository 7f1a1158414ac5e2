"""What the tables show of a design before anything runs: what it cannot answer is said at once."""

import pandas as pd
import pytest

from interbrain.study.design import check_numbers
from interbrain.study.settings import Statistics

# ruff: noqa: E501 - the messages stand as they are printed


def put(demo, column, cells):
    for row, cell in enumerate(cells, start=2):
        demo.put("dyads", row, column, cell)


def warned(demo) -> list[str]:
    return [f"{w.where}: {w.text}" for w in demo.load().warnings]


def test_two_factors_that_divide_the_dyads_alike_are_one_problem(demo):
    put(demo, "modality", ["online"] * 3 + ["face-to-face"] * 3)
    assert demo.said() == [
        (
            "dyads.tsv",
            "mindfulness and modality divide the dyads in the same way (yes is always online and no is always "
            "face-to-face)",
            "Remove one of them from statistics: between in config.yaml; these dyads cannot separate them.",
        )
    ]
    demo.config["statistics"]["between"] = ["mindfulness"]
    assert demo.said() == []


def test_a_factor_within_another_is_a_problem(demo):
    demo.config["factors"]["site"] = ["A", "B", "C"]
    heading, *rows = demo.rows("dyads")
    sites = ["A", "A", "B", "C", "C", "C"]
    demo.write("dyads", [[*heading, "site"], *([*r, s] for r, s in zip(rows, sites, strict=True))])
    demo.config["statistics"]["between"] = ["mindfulness", "site"]
    [(where, what, _)] = demo.said()
    assert where == "dyads.tsv"
    assert what == "site cannot be separated from mindfulness: in these dyads they vary together"


def test_an_empty_cell_makes_an_interaction_impossible_and_main_effects_possible(demo):
    put(demo, "modality", ["face-to-face"] * 4 + ["online"] * 2)
    assert demo.said() == []
    demo.config["statistics"]["interactions"] = True
    [(where, what, hint)] = demo.said()
    assert where == "dyads.tsv" and hint.startswith("Write interactions: false (statistics)")
    assert what == (
        "no dyad has mindfulness yes and modality online: the interaction of mindfulness and modality cannot be "
        "tested"
    )


@pytest.mark.parametrize("time", ["factor", "change", "ancova"])
def test_one_time_cannot_be_compared_with_another(demo, time):
    demo.record()
    demo.config["times"] = ["pre"]
    demo.write("recordings", [row for row in demo.rows("recordings") if row[1] != "post"])
    demo.config["statistics"]["time"] = time
    assert ("config.yaml, statistics: time", f"{time} needs two times, and the study has one", "Write time: mean.") in (
        demo.said()
    )  # fmt: skip


@pytest.mark.parametrize(
    ("difference", "said"),
    [
        ([3, 5, 1, 0], "wai_difference_absolute is wai_difference in every dyad"),
        ([-3, -5, -1, 0], "wai_difference_absolute is wai_difference with the other sign in every dyad"),
        ([3, -5, 1, 0], None),
    ],
)
def test_a_difference_of_one_sign_and_its_absolute_value_are_said_to_be_one(difference, said):
    own = pd.Series(difference, index=["D01", "D02", "D03", "D04"], dtype=float)
    values = {"wai_difference": own, "wai_difference_absolute": own.abs()}
    statistics = Statistics.model_construct(covariates=[], correlate=list(values))
    problems, warnings = check_numbers(values, statistics, 1)
    assert problems == [] and [w.what for w in warnings] == ([said] if said else [])


def test_a_covariate_that_is_the_same_in_every_dyad_is_a_problem_and_a_score_to_correlate_a_warning(demo):
    heading, *rows = demo.rows("wai_client")
    demo.write("wai_client", [heading, *([row[0], *rows[0][1:]] for row in rows)])
    demo.config["statistics"]["correlate"] = ["wai_c_total"]
    [warning] = [w for w in warned(demo) if "correlate" in w]
    assert warning.startswith("config.yaml, statistics: correlate: wai_c_total is ")
    assert warning.endswith(" in every dyad: nothing can be correlated with it")
    demo.config["statistics"]["covariates"] = ["wai_c_total"]
    [(where, what, hint)] = demo.said()
    assert where == "config.yaml, statistics: covariates" and what.endswith("in every dyad")
    assert hint == "Remove wai_c_total from statistics: covariates in config.yaml."


def test_covariates_count_among_the_parameters(demo):
    demo.config["statistics"]["covariates"] = ["wai_c_total", "wai_t_total", "wai_c_bond"]
    [(where, what, _)] = demo.said()
    assert where == "config.yaml, statistics: covariates"
    assert what == "6 dyads with every covariate are too few: at least 7 are needed"


def test_a_level_with_one_dyad_or_none_is_a_warning(demo):
    put(demo, "modality", ["face-to-face"] * 5 + ["online"])
    demo.config["factors"]["modality"] = ["face-to-face", "online", "hybrid"]
    found = warned(demo)
    assert "dyads.tsv: only D06 has modality online: one dyad is no group" in found
    assert "dyads.tsv: no dyad that is kept has modality hybrid" in found


def test_the_demo_can_be_answered(demo):
    assert demo.said() == []


@pytest.mark.parametrize("columns", [{"covariates": ["years"]}, {"correlate": ["years"]}])
def test_a_number_far_from_all_others_is_named_with_its_dyad(columns):
    years = pd.Series([4, 7, 12, 9, 3, 15, 8, 120, 6], index=[f"D0{k}" for k in range(1, 10)], dtype=float)
    statistics = Statistics.model_construct(**{"covariates": [], "correlate": [], **columns})
    [warning] = check_numbers({"years": years}, statistics, 1)[1]
    assert warning.what == "years of D08 is 120, and 3 to 15 in the 8 other dyads"


def test_numbers_of_a_few_dyads_in_another_unit_are_named_together():
    years = pd.Series([4, 7, 120, 9, 3, 15, 8, 180, 6, 11], index=[f"D{k}" for k in range(10)], dtype=float)
    statistics = Statistics.model_construct(covariates=["years"], correlate=[])
    [warning] = check_numbers({"years": years}, statistics, 1)[1]
    assert warning.what == "years is 120 to 180 in 2 dyads (D2 and D7), and 3 to 15 in the 8 other dyads"
    years["D2"] = years["D7"] = 40  # people who have worked for long
    assert check_numbers({"years": years}, statistics, 1)[1] == []
    assert check_numbers({"years": years.replace(120, 31)}, statistics, 1)[1] == []
