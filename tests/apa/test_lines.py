"""Number rules of the APA style, in the one place that makes them."""

import numpy as np
import pandas as pd
import pytest

from interbrain.apa import p_value, proportion
from interbrain.apa.lines import (
    apa_anova,
    apa_correlation,
    apa_equivalence,
    apa_mean,
    apa_mixed,
    apa_pairwise,
    apa_permutation,
    apa_presence,
    apa_spearman,
    apa_spread,
)
from interbrain.statistics.anova import partial_eta2_interval

UNEQUAL = {"method": "Welch", "F": 4.41, "df1": 1, "df_error": 3.42, "p": 0.114, "p_hc3": 0.15}
UNEQUAL["p_studentised"] = 0.121
AGAINST_ZERO = {
    **{"mean": 0.013, "t": 5.13, "df": 13, "p": 0.0002, "ci_low": 0.008, "ci_high": 0.018, "d_z": 1.37},
    **{"bf10": 171.35, "p_flips": 0.0001, "n_flips": 16_384, "exact": "yes"},
}
EFFECT = {
    "F": 8.30,
    "df1": 1,
    "df2": 11,
    "p": 0.01494,
    "gg_epsilon": 1.0,
    "p_gg": 0.01494,
    "partial_eta2": 0.4301,
    "partial_eta2_low": 0.0189,
    "partial_eta2_high": 0.6690,
}
RELATION = {"n": 14, "r": -0.67, "p": 0.0087, "ci_low": -0.8857, "ci_high": -0.2163, "bf10": 7.447}


def test_an_effect_reads_as_in_a_journal():
    low, high = partial_eta2_interval(8.30, 1, 11)
    row = pd.Series(EFFECT | {"partial_eta2_low": low, "partial_eta2_high": high})
    assert apa_anova(row) == "F(1, 11) = 8.30, p = .015, ηp² = .43, 95% CI [.02, .67]"


def test_a_correlation_reads_as_in_a_journal_with_a_real_minus_sign():
    line = apa_correlation(RELATION)
    assert line == "r(12) = −.67, p = .009, 95% CI [−.89, −.22], BF10 = 7.45"
    assert "-" not in line and "\u2212" in line


def test_where_sphericity_matters_the_corrected_p_is_given_and_said_to_be():
    row = EFFECT | {"df1": 2, "df2": 26, "gg_epsilon": 0.8889, "p_gg": 0.5576}
    assert "F(2, 26) = 8.30, p = .558 (Greenhouse–Geisser ε = .89), ηp²" in apa_anova(row)


def test_a_rounding_crumb_in_epsilon_is_no_correction():
    assert "Greenhouse" not in apa_anova(EFFECT | {"gg_epsilon": 1 - 1e-15})


def test_an_f_keeps_its_zero_before_the_point():
    assert apa_anova(EFFECT | {"F": 0.014}).startswith("F(1, 11) = 0.01, ")


@pytest.mark.parametrize("nothing", [np.nan, None, pd.NA, "n/a"])
def test_what_was_not_tested_says_so(nothing):
    assert apa_anova(pd.Series(EFFECT | {"F": nothing}, dtype=object)) == "not tested"
    assert apa_correlation(RELATION | {"r": nothing}) == "not tested"
    assert apa_anova({}) == apa_correlation({}) == "not tested"


def test_a_missing_interval_or_bayes_factor_is_left_out():
    assert apa_anova(EFFECT | {"partial_eta2_high": np.nan}) == "F(1, 11) = 8.30, p = .015, ηp² = .43"
    assert apa_correlation(RELATION | {"bf10": np.nan}).endswith("[−.89, −.22]")


def test_degrees_of_freedom_read_from_a_table_with_gaps_are_still_whole():
    assert apa_anova(EFFECT | {"df1": 1.0, "df2": 11.0}).startswith("F(1, 11)")


@pytest.mark.parametrize(
    ("p", "text"),
    [
        (0, "p < .001"),
        (0.00099, "p < .001"),
        (0.001, "p = .001"),
        (0.04996, "p = .050"),
        (0.9994, "p = .999"),
        (0.9999, "p > .999"),
        (1, "p > .999"),
    ],
)
def test_p_values(p, text):
    assert p_value(p) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.43, ".43"), (-0.43, "−.43"), (-0.001, ".00"), (0, ".00"), (1, "1.00"), (-0.999, "−1.00")],
)
def test_statistics_that_cannot_pass_one_have_no_zero_before_the_point(value, text):
    assert proportion(value, 2) == text


@pytest.mark.parametrize(
    ("value", "text"), [(0.327, "= 0.33"), (0.002, "< 0.01"), (12345, "> 1000"), (np.inf, "> 1000")]
)
def test_bayes_factors(value, text):
    assert apa_correlation(RELATION | {"bf10": value}).endswith(f"BF10 {text}")


RANKS = {"n": 14, "spearman": -0.5209, "p_spearman": 0.0565}
CONTRAST = {"difference": -0.03, "t": 2.694, "df": 11.0, "p": 0.0209, "p_holm": 0.0418, "d": 1.44}
RELABELLED = {"statistic": 8.3, "p": 0.02513, "p_family": np.nan, "n_relabelings": 1512, "exact": "yes"}
COEFFICIENT = {
    "estimate": 0.0318,
    "se": 0.0122,
    "df": 10.3,
    "t": 2.61,
    "p": 0.009,
    "ci_low": 0.008,
    "ci_high": 0.0557,
}
MEAN = {"mean": 0.2141, "se": 0.0108, "df": 11.0, "ci_low": 0.1903, "ci_high": 0.2379}
NULL = {"d": 0.06, "d_low": -1.02, "d_high": 1.14, "p_tost": 0.2604, "bf01": 2.1}


@pytest.mark.parametrize(
    ("write", "row", "line"),
    [
        (apa_spearman, RANKS, "rs(12) = −.52, p = .057"),
        (apa_pairwise, CONTRAST, "t(11) = 2.69, p = .021, Holm p = .042, d = 1.44"),
        (
            apa_pairwise,
            CONTRAST | {"t": -2.694, "d": -1.44, "p_holm": None},
            "t(11) = −2.69, p = .021, d = −1.44",
        ),
        (apa_pairwise, CONTRAST | {"df": 9.312, "d": np.nan}, "t(9.31) = 2.69, p = .021, Holm p = .042"),
        (apa_permutation, RELABELLED, "p = .025 (exact, 1,512 relabelings)"),
        (
            apa_permutation,
            RELABELLED | {"exact": "no", "n_relabelings": 10_000, "p_family": 0.081},
            "p = .025 (10,000 random relabelings), family-wise p = .081",
        ),
        (
            apa_presence,
            AGAINST_ZERO,
            "M = .013, t(13) = 5.13, p < .001, 95% CI [.008, .018], dz = 1.37, BF10 = 171.35; "
            "sign-flip test: p < .001 (exact, 16,384)",
        ),
        (
            apa_presence,
            AGAINST_ZERO | {"mean": -0.013, "t": -5.13, "exact": "no", "n_flips": 10_000, "p_family": 0.02},
            "M = −.013, t(13) = −5.13, p < .001, 95% CI [.008, .018], dz = 1.37, BF10 = 171.35; "
            "sign-flip test: p < .001 (10,000 random), family-wise p = .020",
        ),
        (
            apa_spread,
            UNEQUAL,
            "Welch F(1, 3.42) = 4.41, p = .114; HC3 p = .150; studentised permutation p = .121",
        ),
        (
            apa_spread,
            UNEQUAL | {"method": "Welch, adjusted", "p_hc3": np.nan, "p_studentised": None},
            "Adjusted Welch F(1, 3.42) = 4.41, p = .114",
        ),
        (apa_mixed, COEFFICIENT, "b = 0.032, SE = 0.012, t(10.30) = 2.61, p = .009, 95% CI [0.008, 0.056]"),
        (
            apa_mixed,
            COEFFICIENT | {"estimate": -0.0002, "ci_low": np.nan},
            "b = 0.000, SE = 0.012, t(10.30) = 2.61, p = .009",
        ),
        (apa_mean, MEAN, "M = 0.214, SE = 0.011, 95% CI [0.190, 0.238]"),
        (apa_mean, MEAN | {"mean": -0.2141, "ci_low": np.nan}, "M = −0.214, SE = 0.011"),
        (apa_mean, MEAN | {"se": np.nan}, "M = 0.214"),
        (apa_equivalence, NULL, "d = 0.06, 90% CI [−1.02, 1.14], TOST p = .260, BF01 = 2.10"),
        (apa_equivalence, NULL | {"d_low": np.nan, "bf01": None}, "d = 0.06, TOST p = .260"),
        (
            apa_equivalence,
            NULL | {"bf01": 0.001, "p_tost": pd.NA},
            "d = 0.06, 90% CI [−1.02, 1.14], BF01 < 0.01",
        ),
    ],
)
def test_every_further_test_reads_as_in_a_journal(write, row, line):
    assert write(pd.Series(row, dtype=object)) == line


@pytest.mark.parametrize("nothing", [np.nan, None, pd.NA, "n/a"])
@pytest.mark.parametrize(
    ("write", "row", "name"),
    [
        (apa_spearman, RANKS, "spearman"),
        (apa_pairwise, CONTRAST, "t"),
        (apa_permutation, RELABELLED, "p"),
        (apa_presence, AGAINST_ZERO, "t"),
        (apa_spread, UNEQUAL, "F"),
        (apa_mixed, COEFFICIENT, "estimate"),
        (apa_mixed, COEFFICIENT, "t"),
        (apa_mean, MEAN, "mean"),
        (apa_equivalence, NULL, "d"),
    ],
)
def test_what_a_further_test_could_not_test_says_so(write, row, name, nothing):
    assert write(row | {name: nothing}) == "not tested"
    assert write({}) == "not tested"
