"""Whether there is any synchrony, and the means that the tests of factors use."""

from interbrain.tables import group
from interbrain.tables.against_chance import AGAINST_CHANCE
from interbrain.tables.declaration import Column, Table
from interbrain.tables.shared import SHARED
from interbrain.tables.statistics import TESTED

PRESENCE = Table(
    "presence_stats",
    "Tests against zero: one row per measure, site and band",
    [
        TESTED["measure"],
        *SHARED.of("roi band"),
        *TESTED.of("unit n mean sd t df p ci_low ci_high"),
        Column("d_z", "number", "The mean over the standard deviation (Cohen's d of one sample)"),
        Column("d_z_low", "number", "Lower end of its 95% confidence interval (noncentral t)"),
        Column("d_z_high", "number", "Upper end of that interval"),
        TESTED["bf10"],
        Column(
            "p_flips",
            "number",
            "Share of sign flips of the units whose |t| is at least the observed one, two-sided",
        ),
        TESTED["p_family"],
        Column("n_flips", "count", "Sign flips, the observed signs among them"),
        *TESTED.of("exact smallest_p apa"),
        SHARED["note"],
    ],
)

DYAD_MEANS = Table(
    "dyadmeans_plv",
    "Each dyad's mean over times: one row per dyad, site and band",
    [
        *SHARED.of("dyad therapist client roi band"),
        group.AGGREGATED["plv"],
        *AGAINST_CHANCE.of("chance above_chance"),
        Column(
            "times_used",
            "label",
            "Times of measurement at which the dyad was recorded; all: every one that is used",
        ),
    ],
    extended=True,
)
