"""The study under all combinations of choices."""

from interbrain.tables import variants
from interbrain.tables.declaration import Column, Table
from interbrain.tables.shared import SHARED
from interbrain.tables.statistics import TESTED

SPECIFICATIONS = Table(
    "specifications_stats",
    "The effect under each combination of choices: a row what was tested and combination",
    [
        TESTED["tested"],
        Column(
            "comparison",
            "label",
            "The levels compared, the second subtracted from the first; n/a if there are not just two",
        ),
        Column("specification", "count", "Number of the combination of choices, from 1"),
        Column("own", "count", "1 if every choice is the study's own, else 0"),
        *variants.VARIANTS.of("reference length_s bands rois"),
        SHARED["estimator"],
        Column("correction", "label", "What is done about chance: raw (nothing), above_chance, or z_chance"),
        Column(
            "times",
            "label",
            "How the times enter: their mean, change (last - first), ancova (last given first), or one time",
        ),
        Column(
            "effect_unit",
            "text",
            "d (difference adjusted for the other factors, in residual SD), r (correlation; with "
            "ancova, given the first time) or partial_eta2",
        ),
        Column(
            "effect_size",
            "number",
            "Standardised effect on the dyads' mean over all sites and bands, in effect_unit",
        ),
        Column("effect_size_low", "number", "Lower end of its 95% confidence interval"),
        Column("effect_size_high", "number", "Upper end of its 95% confidence interval"),
        *TESTED.of("df1 df2 F p"),
        Column(
            "p_permutation",
            "number",
            "Share of relabelings of the dyads with at least the observed statistic, two-sided",
        ),
        TESTED["n_dyads"],
        Column(
            "effect_rank",
            "count",
            "Rank of the effect among all specifications of what is tested, 1 the lowest",
        ),
        Column(
            "null_low",
            "number",
            "2.5th percentile of what relabelings give; in a table of specifications, at the same rank",
        ),
        Column("null_median", "number", "Median of what relabelings give, likewise"),
        Column("null_high", "number", "97.5th percentile of what relabelings give, likewise"),
        SHARED["note"],
    ],
)

JOINT = Table(
    "multiverse_stats",
    "Joint tests over all combinations: a row what was tested and summary",
    [
        TESTED["tested"],
        SPECIFICATIONS["comparison"],
        Column(
            "summary",
            "text",
            "What sums up all specifications: median_effect; significant_share (p < .05, in the "
            "direction that more of them have); stouffer_z (sum of their z over the root of their "
            "number)",
        ),
        Column("observed", "number", "The summary's value"),
        *SPECIFICATIONS.of("null_low null_median null_high p_permutation"),
        Column("n_specifications", "count", "Specifications that could be tested"),
        *TESTED.of("n_relabelings exact"),
        SHARED["note"],
    ],
)
