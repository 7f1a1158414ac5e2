"""Tests of factors between dyads: a table each family."""

from interbrain.tables.declaration import Column, Table
from interbrain.tables.shared import SHARED
from interbrain.tables.statistics import TESTED

DESCRIPTIVES = Table(
    "descriptives_stats",
    "Means of groups: one row per measure and level",
    [
        *TESTED.of("measure factor level n mean sd"),
        SHARED["note"],
    ],
)

ANOVA = Table(
    "anova_stats",
    "Analysis of variance: one row per measure and effect",
    [
        *TESTED.of("measure effect df1 df2 F p"),
        Column("gg_epsilon", "number", "Greenhouse-Geisser epsilon"),
        Column("p_gg", "number", "p-value with Greenhouse-Geisser corrected degrees of freedom"),
        Column("partial_eta2", "number", "Partial eta squared"),
        Column("partial_eta2_low", "number", "Partial eta squared, lower end of the 95% confidence interval"),
        Column(
            "partial_eta2_high",
            "number",
            "Partial eta squared, upper end of the 95% confidence interval",
        ),
        *TESTED.of("n_dyads apa"),
        SHARED["note"],
        Column(
            "partial_eta2_low90",
            "number",
            "Partial eta squared, lower end of the 90% confidence interval",
        ),
        Column(
            "partial_eta2_high90",
            "number",
            "Partial eta squared, upper end of the 90% confidence interval",
        ),
        Column("generalised_eta2", "number", "Generalised eta squared (Olejnik & Algina 2003)"),
        Column(
            "omega2",
            "number",
            "Partial omega squared; below 0 where the effect is smaller than its error",
        ),
        Column("ss", "number", "Sum of squares of the effect, on orthonormal contrasts"),
        Column("ss_error", "number", "Sum of squares of its error"),
    ],
)

MEANS = Table(
    "means_stats",
    "Adjusted means: one row per measure and level",
    [
        *TESTED.of("measure effect level mean se df ci_low ci_high"),
        SHARED["note"],
    ],
)

CONTRASTS = Table(
    "contrasts_stats",
    "Comparisons of levels: one row per measure and pair of levels",
    [
        *TESTED.of("measure effect level_a level_b difference se df t p p_holm ci_low"),
        *TESTED.of("ci_high d apa"),
        SHARED["note"],
        TESTED["sd"],
    ],
)

PERMUTATION = Table(
    "permutation_stats",
    "Permutation tests: one row per measure, effect, site and band",
    [
        *TESTED.of("measure effect"),
        *SHARED.of("roi band"),
        TESTED["unit"],
        Column("statistic", "number", "F of the factor beside the other factors and covariates"),
        *TESTED.of("p p_family n_relabelings exact apa"),
        SHARED["note"],
        TESTED["smallest_p"],
    ],
)

EQUIVALENCE = Table(
    "equivalence_stats",
    "Equivalence tests: one row per measure and pair of levels",
    [
        *TESTED.of("measure factor level_a level_b"),
        Column("n_a", "count", "Dyads at the first level"),
        Column("n_b", "count", "Dyads at the second level"),
        TESTED["d"],
        Column(
            "d_low",
            "number",
            "Lower end of the confidence interval of d: 90% beside equivalence, 95% beside power",
        ),
        Column("d_high", "number", "Upper end of that interval"),
        Column("bound_d", "number", "The smallest d that would matter, as the config says"),
        TESTED["p"],
        Column(
            "p_tost",
            "number",
            "p-value of two one-sided tests against the smallest effects that would matter",
        ),
        Column(
            "bf01",
            "number",
            "Bayes factor for no difference (JZS); beside further terms of a model an approximation",
        ),
        Column("verdict", "text", "different, equivalent, different but negligible, or cannot tell"),
        Column("sentence", "text", "What it means, in plain words"),
        SHARED["note"],
        Column("g", "number", "Hedges' g: d without the bias of small groups"),
        Column("g_low", "number", "Lower end of the 90% confidence interval of g"),
        Column("g_high", "number", "Upper end of that interval"),
        Column("bound", "number", "The same bound in the unit of the measure"),
        TESTED["p_holm"],
        Column(
            "p_tost_holm",
            "number",
            "p_tost, Holm-corrected over the pairs of levels of one factor; the verdict rests on it",
        ),
    ],
)

MIXED = Table(
    "mixed_stats",
    "Mixed model: one row per measure and term",
    [
        TESTED["measure"],
        Column("term", "text", "Term of the mixed model"),
        Column("estimate", "number", "Coefficient; factors are coded to sum to zero"),
        *TESTED.of("se df t p ci_low ci_high apa"),
        SHARED["note"],
    ],
)

POWER = Table(
    "power_stats",
    "What this study could have found: one row per measure and effect",
    [
        *TESTED.of("measure effect n_dyads d"),
        *EQUIVALENCE.of("d_low d_high"),
        Column(
            "n_for_80",
            "count",
            "Dyads for 80% statistical power if the true effect were the observed one; not for planning",
        ),
        Column("n_for_90", "count", "The same for 90% statistical power"),
        Column(
            "detectable_d", "number", "The smallest d that this study can detect with 80% statistical power"
        ),
        Column(
            "safeguard_d",
            "number",
            "Lower end of the 60% interval of d, a cautious guess for planning (Perugini et al. 2014)",
        ),
        Column(
            "n_for_safeguard",
            "count",
            "Dyads that a study needs for 80% statistical power at it; n/a if no number is enough",
        ),
        EQUIVALENCE["sentence"],
        SHARED["note"],
    ],
)

SPREAD = Table(
    "spread_stats",
    "Tests that allow groups to differ in spread: one row per measure, effect and method",
    [
        *TESTED.of("measure effect"),
        Column(
            "method",
            "text",
            "Welch: of a factor alone. Welch, adjusted: beside other terms, with a variance of each level",
        ),
        *TESTED.of("n_dyads df1 df_error F p"),
        Column("F_hc3", "number", "F of the same with HC3 standard errors"),
        Column("df_hc3", "number", "Its degrees of freedom of the error (Satterthwaite)"),
        Column("p_hc3", "number", "Its p-value"),
        Column(
            "p_studentised",
            "number",
            "Share of relabelings of the factor whose HC3 statistic is at least the observed one",
        ),
        *TESTED.of("n_relabelings exact smallest_p"),
        Column("level_narrow", "text", "Level with the smallest standard deviation of the model's residuals"),
        Column("sd_narrow", "number", "That standard deviation"),
        Column("level_wide", "text", "Level with the largest"),
        Column("sd_wide", "number", "That standard deviation"),
        Column("sd_ratio", "number", "sd_wide / sd_narrow"),
        Column(
            "p_brown_forsythe",
            "number",
            "p-value of the Brown-Forsythe test of equal spread, on the model's residuals",
        ),
        TESTED["apa"],
        SHARED["note"],
    ],
)

THERAPISTS = Table(
    "therapists_stats",
    "Tests over therapists: one row per measure, tested effect, site and band",
    [
        *TESTED.of("measure tested"),
        *SHARED.of("roi band"),
        *TESTED.of("level_a level_b"),
        Column(
            "decides",
            "text",
            "yes where more than one therapist has several dyads: the tests over therapists then decide",
        ),
        Column(
            "varies",
            "text",
            "Whether the factor or score is the therapist's own (between therapists) or differs among "
            "the dyads of one (within therapists)",
        ),
        TESTED["n_dyads"],
        Column("n_therapists", "count", "Therapists behind the value"),
        Column("most_dyads", "count", "Dyads of the therapist who has most of them"),
        Column(
            "levels_of_one",
            "text",
            "Levels of the factor at which all dyads, two or more, have one therapist; n/a where there is "
            "none",
        ),
        *TESTED.of("difference se ci_low ci_high d df1 df_error F"),
        Column("p_cr2", "number", "p-value with errors that the dyads of a therapist share (CR2)"),
        Column(
            "p_means",
            "number",
            "p-value of Welch's test over the therapists' means; n/a where the factor is not their own",
        ),
        *TESTED.of("p p_holm r"),
        Column("r_therapists", "number", "Correlation of the therapists' means"),
        Column("p_therapists", "number", "Its p-value"),
        TESTED["apa"],
        SHARED["note"],
    ],
)

SNR_TESTS = Table(
    "snr_stats",
    "Whether a signal-to-noise ratio could explain an effect: one row per measure, tested effect, site and "
    "band",
    [
        *TESTED.of("measure tested"),
        *SHARED.of("roi band"),
        *TESTED.of("level_a level_b given n_dyads df1 df2 F p p_holm difference ci_low"),
        *TESTED.of("ci_high d"),
        Column(
            "shared",
            "number",
            "Share of the variance of this comparison of levels that both members' log SNR explains "
            "(1 - 1/VIF, in the band with the largest); from .75 on SNR cannot be held constant",
        ),
        *TESTED.of("r apa"),
        SHARED["note"],
        Column(
            "p_cr2_holm",
            "number",
            "The same as p_holm with errors that the dyads of a therapist share (CR2); n/a unless "
            "several therapists have several dyads",
        ),
    ],
)
