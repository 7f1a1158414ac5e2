"""The paper's own arithmetic: every printed figure by our functions, from data with the printed F or r.

A printed figure stands for an interval, and so does what is computed from it: the two must meet.
"""

import numpy as np
import pandas as pd
import pytest

from interbrain.apa.lines import apa_anova, apa_correlation
from interbrain.statistics import correlation, partial_eta2_interval, rm_anova
from interbrain.statistics.anova import within_contrasts

WITHIN = {"roi": ["frontal", "central"], "band": ["theta", "alpha"]}
EFFECTS = {
    "mindfulness": 8.30,
    "mindfulness:roi": 0.57,
    "mindfulness:band": 0.02,
    "modality": 0.01,
    "modality:roi": 1.51,
    "modality:band": 0.51,
}
PRINTED = [  # effect, figure as it is printed, what it is
    ("mindfulness", "<.05", "p"),
    ("mindfulness", ".43", "partial_eta2"),
    ("mindfulness:roi", ".47", "p"),
    ("mindfulness:band", ".88", "p"),
    ("modality", ".94", "p"),
    ("modality:roi", ".25", "p"),
    ("modality:band", ".49", "p"),
]


def study_with(ratios):
    """14 dyads in the paper's layout, two sites and two bands, whose effects have exactly these F."""
    dyads = pd.DataFrame(
        {
            "dyad": [f"D{i:02d}" for i in range(14)],
            "mindfulness": ["yes"] * 7 + ["no"] * 7,
            "modality": (["face-to-face"] * 5 + ["online"] * 2) * 2,
        }
    )
    codes = {
        "mindfulness": np.where(dyads["mindfulness"] == "yes", 1.0, -1.0),
        "modality": np.where(dyads["modality"] == "online", 5.0, -2.0),  # sums to 0 beside mindfulness
    }
    design = np.column_stack([np.ones(14), *codes.values()])
    rng = np.random.default_rng(18)
    scores, contrasts = [], []
    for effect, contrast in within_contrasts(list(WITHIN), [2, 2]):
        noise = rng.normal(size=14)
        noise -= design @ np.linalg.lstsq(design, noise, rcond=None)[0]
        score = noise + (3.0 if not effect else 0.0)
        for factor, code in codes.items():  # SS of an effect b * code is b^2 times the code's sum of squares
            ratio = ratios.get(f"{factor}:{effect}" if effect else factor, 0.0)
            score = score + code * np.sqrt(ratio * (noise @ noise / 11) / (code @ code))
        scores.append(score)
        contrasts.append(contrast[:, 0])
    cells = pd.MultiIndex.from_product(WITHIN.values(), names=WITHIN)
    values = pd.DataFrame(np.array(scores).T @ np.array(contrasts), index=dyads["dyad"], columns=cells)
    long = values.stack(list(WITHIN), future_stack=True).rename("plv").reset_index()
    return long.merge(dyads, on="dyad")


def effects_of(ratios):
    data = study_with(ratios)
    return rm_anova(data, "plv", "dyad", ["mindfulness", "modality"], list(WITHIN)).set_index("effect")


def pairs_with(r, n=14):
    rng = np.random.default_rng(14)
    x, e = rng.normal(size=(2, n))
    x = (x - x.mean()) / x.std()
    e = e - e.mean() - x * (x @ e) / n
    return x, r * x + np.sqrt(1 - r**2) * e / e.std()


@pytest.fixture(scope="module")
def printed_and_its_ends():
    """Our tests of studies with the printed F, and with the ends of what it may have been rounded from."""
    return [effects_of({e: f + shift for e, f in EFFECTS.items()}) for shift in (0, -0.005, 0.005)]


def may_be_printed(text, ends):
    if text.startswith("<"):
        return max(ends) < float(text[1:])
    return min(ends) <= float(text) + 0.005 and max(ends) >= float(text) - 0.005


def test_one_study_has_all_the_printed_f_and_their_degrees_of_freedom(printed_and_its_ends):
    found = printed_and_its_ends[0]
    assert found.loc[list(EFFECTS), "F"].to_dict() == pytest.approx(EFFECTS, rel=1e-9)
    assert set(found["df1"]) == {1} and set(found["df2"]) == {11}


@pytest.mark.parametrize(("effect", "text", "what"), PRINTED)
def test_a_printed_f_gives_the_figure_printed_beside_it(printed_and_its_ends, effect, text, what):
    found = [table.loc[effect, what] for table in printed_and_its_ends]
    assert may_be_printed(text, found)


def test_the_figures_recomputed_elsewhere_are_ours(printed_and_its_ends, paper):
    """The recomputed column and its rounding interval, to the four digits that they are given with."""
    by_ratio = {ratio: effect for effect, ratio in EFFECTS.items()}
    anova = [row for row in paper if "F" in row]
    assert [by_ratio[row["F"]] for row in anova] == [*EFFECTS, "mindfulness"]
    for row in anova:
        found, *ends = (table.loc[by_ratio[row["F"]], row["gives"]] for table in printed_and_its_ends)
        assert found == pytest.approx(row["recomputed"], abs=5.1e-5), row["statistic"]
        assert sorted(ends) == pytest.approx(row["interval_from_rounding"], abs=5.1e-5), row["statistic"]
    for row in (row for row in paper if "r" in row):
        found, *ends = (
            correlation(*pairs_with(row["r"] + shift, row["n"]))["p"] for shift in (0, 5e-3, -5e-3)
        )
        assert found == pytest.approx(row["recomputed"], abs=5.1e-5), row["statistic"]
        assert sorted(ends) == pytest.approx(row["interval_from_rounding"], abs=5.1e-5), row["statistic"]


def test_the_copied_figures_are_those_of_the_shared_reference(paper, shared):
    import json

    text = (shared / "reference/anova_reference.json").read_text(encoding="utf-8")
    original = {row["statistic"]: row for row in json.loads(text)["paper_arithmetic"]}
    for row in paper:
        for name in ("reported", "recomputed", "interval_from_rounding"):
            assert row[name] == original[row["statistic"]][name]
    numeric = [s for s, row in original.items() if row["interval_from_rounding"] is not None]
    assert numeric == [row["statistic"] for row in paper]


@pytest.mark.parametrize(("r", "text"), [(-0.67, "<.01"), (-0.49, ".07")])
def test_a_printed_r_gives_the_p_printed_beside_it(r, text):
    assert may_be_printed(text, [correlation(*pairs_with(r + shift))["p"] for shift in (-0.005, 0.005)])


def test_the_two_correlations_without_effect_were_no_larger_than_their_p_allows():
    """Frontal sites, p > .11: |r| below .446 with 14 dyads."""
    assert correlation(*pairs_with(0.4459))["p"] == pytest.approx(0.11, abs=5e-5)


def test_the_paper_s_results_as_our_lines_give_them(printed_and_its_ends):
    effects = printed_and_its_ends[0]
    low, high = partial_eta2_interval(8.30, 1, 11)
    row = effects.loc["mindfulness"].to_dict() | {"partial_eta2_low": low, "partial_eta2_high": high}
    assert apa_anova(row) == "F(1, 11) = 8.30, p = .015, ηp² = .43, 95% CI [.02, .67]"
    assert apa_anova(effects.loc["modality:roi"]) == "F(1, 11) = 1.51, p = .245, ηp² = .12"
    found = correlation(*pairs_with(-0.67))
    assert apa_correlation(found) == "r(12) = −.67, p = .009, 95% CI [−.89, −.22], BF10 = 7.45"
    assert round(found["bf10"], 1) == 7.4
