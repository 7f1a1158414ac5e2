"""Tests of questionnaire scores."""

from interbrain.tables import factors
from interbrain.tables.declaration import Column, Table
from interbrain.tables.shared import SHARED
from interbrain.tables.statistics import TESTED

CORRELATIONS = Table(
    "correlations_stats",
    "Correlations with questionnaire scores: one row per measure, score, site and band",
    [
        TESTED["measure"],
        Column("questionnaire", "text", "Questionnaire score that was correlated, per dyad"),
        *SHARED.of("roi band"),
        *TESTED.of("n r ci_low ci_high p p_holm bf10"),
        Column("spearman", "number", "Spearman's rank correlation"),
        Column("p_spearman", "number", "Its p-value"),
        Column("percbend", "number", "Percentage bend correlation (Wilcox 1994)"),
        Column("p_percbend", "number", "Its p-value"),
        Column("bca_low", "number", "Lower end of the 95% bootstrap interval of r (BCa)"),
        Column("bca_high", "number", "Upper end of that interval"),
        Column("loo_low", "number", "The lowest r when one dyad is left out"),
        Column("loo_low_dyad", "text", "That dyad"),
        Column("loo_high", "number", "The highest r when one dyad is left out"),
        Column("loo_high_dyad", "text", "That dyad"),
        Column("partial_r", "number", "Partial correlation, given what the column given names"),
        Column("partial_low", "number", "Lower end of its 95% confidence interval"),
        Column("partial_high", "number", "Upper end of that interval"),
        Column("partial_p", "number", "Its p-value"),
        Column("partial_n", "count", "Dyads behind it"),
        TESTED["given"],
        factors.EQUIVALENCE["p_tost"],
        factors.EQUIVALENCE["verdict"],
        factors.POWER["n_for_80"],
        Column(
            "detectable_r", "number", "The smallest r that this study can detect with 80% statistical power"
        ),
        Column(
            "safeguard_r",
            "number",
            "The end near zero of the 60% interval of r, a cautious guess for planning",
        ),
        factors.POWER["n_for_safeguard"],
        Column("slope", "number", "Slope of the regression of the measure on the questionnaire score"),
        Column("intercept", "number", "Intercept of that regression"),
        TESTED["apa"],
        SHARED["note"],
        Column(
            "p_holm_scores",
            "number",
            "p-value, Holm-corrected over all questionnaire scores, sites and bands of one measure",
        ),
    ],
)

CORRELATION_LINES = Table(
    "correlationlines_stats",
    "Regression lines of the correlations: one row per measure, score, site, band and point of the line",
    [
        *CORRELATIONS.of("measure questionnaire roi band"),
        Column("x", "number", "The score, from the lowest to the highest of the dyads"),
        Column("fit", "number", "The regression line there"),
        Column("low", "number", "Lower end of the 95% confidence interval of the line"),
        Column("high", "number", "Upper end of that interval"),
        Column("loo_low", "number", "The lowest of the lines from which one dyad is left out"),
        Column("loo_high", "number", "The highest of these lines"),
    ],
)

RELIABILITY = Table(
    "reliability_stats",
    "Reliability of the questionnaires: one row per questionnaire and subscale",
    [
        CORRELATIONS["questionnaire"],
        Column("subscale", "text", "Subscale of the questionnaire; total: all items"),
        Column("n_items", "count", "Items"),
        TESTED["n"],
        Column("alpha", "number", "Cronbach's alpha"),
        Column("alpha_low", "number", "Lower end of its 95% confidence interval (Feldt)"),
        Column("alpha_high", "number", "Upper end of that interval"),
        SHARED["note"],
    ],
)
