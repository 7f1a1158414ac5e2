"""Tests of every pair of channels and of sites."""

from interbrain.tables.declaration import Column, Columns, Table
from interbrain.tables.shared import SHARED
from interbrain.tables.statistics import TESTED

OF_PAIRS = Columns(
    (
        Column(
            "measure",
            "text",
            "What was tested, the mean over times: an estimator above chance, of PLV unless it is named",
        ),
        Column(
            "tested",
            "label",
            "synchrony: against zero; a factor: level_a against level_b; else a score that was correlated",
        ),
        Column("level_a", "label", "Of a factor: the level from which level_b is subtracted"),
        Column("level_b", "label", "Of a factor: the other level"),
        Column(
            "pairs",
            "text",
            "channels: each channel of the therapist with each of the client; sites: each site with each",
        ),
        Column(
            "unit",
            "text",
            "dyad, or therapist (each the mean of their dyads) where two or more have several dyads",
        ),
    )
)

PAIR_TESTS = Table(
    "channelpairs_stats",
    "Tests of single pairs: one row per measure, what was tested, band and pair",
    [
        *OF_PAIRS.of("measure tested level_a level_b pairs unit"),
        SHARED["band"],
        Column(
            "therapist_channel",
            "label",
            "Channel of the therapist; of a cluster that of its pair with the largest |z|",
        ),
        Column(
            "client_channel",
            "label",
            "Channel of the client; of a cluster that of its pair with the largest |z|",
        ),
        *SHARED.of("roi_therapist roi_client"),
        TESTED["n"],
        Column(
            "size",
            "number",
            "Of synchrony the mean, of a factor the difference (adjusted for the other factors and the "
            "covariates) level_a minus level_b, of a score r; of a cluster the mean of its pairs",
        ),
        Column("z", "number", "t of size with a variance of each group's own, as the z with the same p"),
        Column(
            "p",
            "number",
            "Share of sign flips, relabelings or permutations with at least this |z|, for this pair alone",
        ),
        Column(
            "p_family",
            "number",
            "The same with the largest |z| of all pairs and bands of this test: family-wise",
        ),
        Column(
            "n_relabelings",
            "count",
            "Relabelings of the factor or permutations of the score, the observed one among them",
        ),
        Column(
            "n_flips",
            "count",
            "Sign flips of the units; of a factor or a score of their residuals, where p is the larger "
            "of that of relabelings and that of sign flips",
        ),
        Column("exact", "text", "yes: these are all that there are; no: random ones"),
        TESTED["smallest_p"],
        Column(
            "cluster",
            "count",
            "Number of the cluster of neighbouring pairs that this pair is in, the largest first; n/a: "
            "in none",
        ),
        Column(
            "p_cluster",
            "number",
            "Share of sign flips, relabelings or permutations whose largest cluster, over all bands and"
            " signs, has at least this mass. It holds for the cluster as a whole, and for no single "
            "pair in it",
        ),
        SHARED["note"],
        Column("n_a", "count", "Of a factor: units at level_a that have the pair"),
        Column("n_b", "count", "Of a factor: units at level_b that have the pair"),
        Column(
            "mean_a",
            "number",
            "Of a factor: the mean of the units at level_a, not adjusted for the other factors and the "
            "covariates",
        ),
        Column("mean_b", "number", "Of a factor: the mean of the units at level_b, likewise"),
    ],
)

PAIR_CLUSTERS = Table(
    "channelclusters_stats",
    "Clusters of neighbouring pairs: one row per cluster",
    [
        *OF_PAIRS.of("measure tested level_a level_b pairs unit"),
        SHARED["band"],
        PAIR_TESTS["cluster"],
        Column("n_pairs", "count", "Pairs in the cluster"),
        Column("mass", "number", "Sum of |z| over the cluster"),
        *PAIR_TESTS.of("p_cluster size therapist_channel client_channel"),
        Column("therapist_channels", "text", "Channels of the therapist in the cluster"),
        Column("client_channels", "text", "Channels of the client in the cluster"),
    ],
)
