"""The first card and the line on unequal spread: what they say, from tables of a few dyads."""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from synthetic_tables import findings_of

from interbrain.apa.lines import apa_presence
from interbrain.findings.evidence import evidence_on_a_factor
from interbrain.findings.form import Finding
from interbrain.findings.presence import judge_presence
from interbrain.report.cards.card import VERDICTS
from interbrain.report.cards.spread import spread_line
from interbrain.report.cards.study import cards
from interbrain.report.reading import TABLES, Results
from interbrain.statistics.cells import study_cells
from interbrain.statistics.presence import against_zero, presence


def results(**frames) -> Results:
    return Results(frames | findings_of(frames), {}, {}, {})


def there(mean=2.0, n=10, strangers=2.0) -> pd.DataFrame:
    """Means against zero at two sites, in SDs, over `n` dyads; without strangers where that is None."""
    rows = []
    scale = np.linspace(-1, 1, n)[:, None] * [1.0, 1.1] * 0.01
    for measure, shift in (("above_chance", mean), ("above_pseudo", strangers)):
        if shift is None:
            about = {"measure": measure, "roi": "all", "band": "all", "unit": "dyad", "t": np.nan}
            note = "no dyad has a value of PLV above pseudo-dyads"
            rows.append(about | {"apa": "not tested", "note": note})
            continue
        values = scale + shift * scale.std(axis=0, ddof=1)
        for place, row in zip(
            ("all", "frontal", "central"),
            against_zero(np.column_stack([values.mean(axis=1), values])),
            strict=True,
        ):
            about = {"measure": measure, "roi": place, "band": "all" if place == "all" else "alpha"}
            rows.append(about | {"unit": "dyad", "note": np.nan} | row | {"apa": apa_presence(row)})
    return pd.DataFrame(rows).reindex(columns=TABLES["presence"].needed)


def test_a_hint_at_a_single_site_says_on_which_side_of_chance_it_is():
    table = there(mean=0.0, n=12)
    central = (table["roi"] == "central") & (table["measure"] == "above_chance")
    table.loc[central, ["mean", "p_family"]] = [-0.01, 0.02]
    (card, *_) = cards(results(presence=table))
    assert "central alpha (below chance, p = .020)" in str(card)


@pytest.mark.parametrize(
    ("made", "chip", "told", "line"),
    [
        ({}, "✓ Synchrony found", "above chance and above that of pseudo-dyads", ""),
        (
            {"strangers": 0.0},
            "⚠ Synchrony found, with reservations",
            "PLV was above chance (above",
            "pseudo-dyads",
        ),
        (
            {"strangers": None},
            "⚠ Synchrony found, with reservations",
            "10 dyads",
            "no dyad has a value of PLV above",
        ),
        ({"mean": 0.0}, "? Cannot tell", "remain possible", ""),
        ({"mean": 0.0, "n": 60}, "– No clear synchrony", "not shown to be above chance", ""),
        ({"mean": -2.0}, "⚠ Below chance", "look for a fault", ""),
        (
            {"n": 5},
            "⚠ Found, but too few dyads to confirm it",
            "5 dyads",
            "smallest possible p of the sign-flip test",
        ),
    ],
)
def test_the_first_card_says_whether_there_is_synchrony(made, chip, told, line):
    [card] = cards(results(presence=there(**made)))
    assert f"{card.sign} {card.chip}" == chip and told in card.sentence
    assert any(line in one for one in card.lines)
    assert "no synchrony" not in card.sentence.lower()
    assert [side.measure for side in card.sides] == ["above_chance", "above_pseudo"]
    assert card.sides[0].apa.startswith("M = ")
    assert "n/a" not in " ".join([card.sentence, *card.lines])


def test_where_the_therapists_are_too_few_the_card_does_not_say_that_the_dyads_are():
    rng = np.random.default_rng(3)
    names = [f"D{k:02d}" for k in range(12)]
    rows = pd.DataFrame(
        {"dyad": names, "client": names, "therapist": "T01", "roi": "frontal", "band": "theta"}
    )
    rows = rows.assign(time="pre", above_chance=0.1 + 0.02 * rng.standard_normal(12))
    cells = study_cells(rows, ["above_chance"], ["therapist", "client"])
    [card] = cards(results(presence=presence(cells, ["above_chance"], 500, [1])))
    assert f"{card.sign} {card.chip}" == "⚠ Found, but too few therapists to confirm it"
    assert "1 therapist is too few to show that it holds for others." in card.lines


def test_the_numbers_on_the_card_are_those_of_the_table():
    table = there()
    [card] = cards(results(presence=table))
    row = table.iloc[0]
    assert f"mean {row['mean']:.3f}".replace("0.", ".") in card.sentence
    assert card.sides[0].apa == f"{row['apa']}."
    assert judge_presence({"presence": table}).claims[0].size == row["mean"]


def test_where_no_dyad_could_be_used_there_is_no_card():
    assert cards(results(presence=there().iloc[:0])) == []


@pytest.mark.parametrize(
    ("changes", "said", "not_said"),
    [
        ({}, "Allowing for unequal spread: Welch F(1, 3.40) = 4.00, p = .130.", "assume equal spread"),
        ({"sd_ratio": 3.0}, "SDs are .007 (yes) and .022 (no) (Brown–Forsythe p = .200)", "joint test"),
        (
            {"sd_ratio": 3.0, "p_brown_forsythe": np.nan},
            "and .022 (no): F and permutation tests",
            "n/a",
        ),
    ],
)
def test_a_factor_s_card_says_where_groups_differ_in_spread(changes, said, not_said):
    row = {"measure": "above_chance", "effect": "group", "F": 4.0, "level_narrow": "yes", "level_wide": "no"}
    row |= {"sd_narrow": 0.007, "sd_wide": 0.022, "sd_ratio": 1.2, "p_brown_forsythe": 0.2}
    row |= {"apa": "Welch F(1, 3.40) = 4.00, p = .130"} | changes
    row |= {"df1": 1, "df_error": 3.4, "p": 0.13}
    measures = ["above_chance"]
    tables = {"spread": pd.DataFrame([row]), "anova": pd.DataFrame(columns=["measure", "effect", "note"])}

    def found(tables) -> Finding:
        return Finding(
            "group",
            "unclear",
            decisive="above_chance",
            evidence=tuple(evidence_on_a_factor(tables, Finding("group", "unclear"), measures)),
        )

    line = spread_line(found(tables))
    assert said in line and not_said not in line
    joint = pd.DataFrame([{"tested": "group", "summary": "median_effect", "p_permutation": 0.5}])
    joint = joint.assign(n_specifications=24, n_relabelings=20)
    with_joint = spread_line(found(tables | {"multiverse": joint}))
    assert with_joint == line  # the joint test allows for it


def test_a_study_without_the_test_of_unequal_spread_has_no_line_on_it():
    assert spread_line(Finding("group", "unclear", decisive="above_chance")) == ""
    assert set(VERDICTS) >= {"below", "found", "unclear"}
