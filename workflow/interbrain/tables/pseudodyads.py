"""Dyads against pseudo-dyads at one time."""

from interbrain.tables.declaration import Column, Table
from interbrain.tables.shared import SHARED

PSEUDODYADS = Table(
    "pseudodyads_plv",
    "Each dyad among the pseudo-dyads of its members: one row per dyad, estimator, band and site",
    [
        *SHARED.of("dyad time estimator band roi"),
        Column(
            "own_above_chance",
            "number",
            "Value above chance of the dyad, chance being shifts of the client by whole windows",
        ),
        Column(
            "pseudo",
            "number",
            "Mean value above chance (shifts by whole windows) of the dyad's members with people whom "
            "they never met (pseudo-dyads); of PLV where no estimator is named",
        ),
        Column("pseudo_sd", "number", "Standard deviation over the pseudo-dyads"),
        Column(
            "above_pseudo",
            "number",
            "Value of the dyad above chance (shifts by whole windows) minus pseudo",
        ),
        Column("z_pseudo", "number", "above_pseudo / pseudo_sd"),
        Column(
            "p_pseudo",
            "number",
            "Share of pseudo-dyads with at least the dyad's value, (b + 1) / (m + 1), one-sided",
        ),
        Column(
            "n_pseudo",
            "count",
            "Pseudo-dyads of the dyad's members; p_pseudo can be no smaller than 1 / (n_pseudo + 1)",
        ),
        Column(
            "n_pseudo_possible",
            "count",
            "Pseudo-dyads that are possible with the dyad's members, of which n_pseudo were drawn at random; "
            "only in studies that are so large (config: chance, max_pseudo_dyads) that not all were used",
        ),
    ],
    optional=["n_pseudo_possible"],
)
