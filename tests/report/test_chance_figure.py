"""The figure of chance levels has every null that a study was compared with, and no other."""

import re

import numpy as np
import pandas as pd
import pytest

from interbrain import apa
from interbrain.report.figures.chance import chance, nulls_of

CELLS = pd.DataFrame(
    {
        "dyad": ["D01", "D02", "D03"],
        "time": "pre",
        "roi": "frontal",
        "band": "alpha",
        "plv": [0.40, 0.22, np.nan],
        "chance": [0.20, 0.21, 0.20],
        "chance_sd": 0.01,
        "above_chance": [0.20, 0.01, np.nan],
        "p_chance": [0.005, 0.4, np.nan],
        "n_windows": 50,
    }
)
STRANGERS = {"pseudo": [0.03, -0.01, 0.0], "pseudo_sd": 0.02, "p_pseudo": [1 / 7, 0.5, 0.5]}
RANDOM = {"random": [0.19, 0.20, 0.2], "random_sd": 0.01, "p_random": [0.005, 0.3, 0.5]}


def drawn(**further):
    return chance(CELLS.assign(**further), ["pre"], ["alpha"], ["frontal"])


@pytest.mark.parametrize(
    ("further", "names"),
    [
        ({}, ["circular shifts"]),
        (STRANGERS, ["circular shifts", "pseudo-dyads"]),
        (STRANGERS | RANDOM, ["circular shifts", "pseudo-dyads", "phase randomisation"]),
        (STRANGERS | {"pseudo": np.nan}, ["circular shifts"]),
    ],
)
def test_each_null_of_the_study_is_in_the_key_under_its_one_name_and_no_other_is(further, names):
    figure = drawn(**further)
    assert [text.partition(":")[0] for _, _, text in figure.key[2:]] == names
    for name in ("circular shifts", "pseudo-dyads", "phase randomisation"):
        assert (name in figure.caption.lower()) == (name in names)


def test_pseudo_dyads_which_are_compared_above_chance_are_drawn_as_raw_plv():
    (null,) = [null for null in nulls_of(CELLS.assign(**STRANGERS)) if null.column == "pseudo"]
    mean, sd = null.level(CELLS.assign(**STRANGERS))
    np.testing.assert_allclose(mean[:2], [0.23, 0.20])
    np.testing.assert_allclose(sd, 0.02)
    (panel,) = drawn(**STRANGERS).panels
    assert (
        f"chance {apa.proportion(0.2)}, p = .005; pseudo-dyads {apa.proportion(0.23)}, p = .143" in panel.svg
    )


def test_the_scale_holds_every_bar():
    def lowest_tick(figure):
        return min(map(float, re.findall(r">(0\.\d+)</text>", figure.panels[0].svg)))

    assert lowest_tick(drawn()) >= 0.15
    assert lowest_tick(drawn(**STRANGERS | {"pseudo_sd": 0.1})) <= 0.05  # 0.23 minus 2 SD is 0.03


def test_the_numbers_behind_the_figure_have_every_null():
    assert {"pseudo", "pseudo_sd", "p_pseudo", "random", "random_sd", "p_random"} <= set(
        drawn(**STRANGERS | RANDOM).frame
    )
    assert not {"pseudo", "random"} & set(drawn().frame)


def test_the_statement_over_all_dyads_is_that_of_the_table_of_presence(make):
    page, inputs, _ = make()
    presence = pd.read_csv(inputs["presence"], sep="\t", na_values="n/a")
    whole = presence[(presence["roi"] == "all") & (presence["band"] == "all")]
    shown = "".join(page.section("chance")["words"])
    for measure, null in (("above_chance", "circular shifts"), ("above_pseudo", "pseudo-dyads")):
        for row in whole[(whole["measure"] == measure) & whole["t"].notna()].itertuples():
            assert f"Above {null}, over {row.n} {row.unit}s{row.apa}." in shown.replace("\n", "")
