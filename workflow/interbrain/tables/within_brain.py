"""Synchrony within the brain of each member."""

from interbrain.tables.against_chance import AGAINST_CHANCE
from interbrain.tables.declaration import Column, Table
from interbrain.tables.shared import SHARED

WITHIN_BRAIN = Table(
    "withinbrain_plv",
    "Synchrony within each brain: one row per member, band, pair of sites and estimator",
    [
        *SHARED.of("dyad time run role band"),
        Column("roi", "label", "Site (ROI) in the brain of this member"),
        Column(
            "roi_other",
            "label",
            "The other site (ROI) in the same brain; the same one: pairs of channels within it",
        ),
        SHARED["estimator"],
        Column(
            "value",
            "number",
            "The estimator's value within one brain, mean over windows, then over pairs of different "
            "channels. Volume conduction and the common reference inflate it at zero lag: compare it "
            "between conditions, not with the values between two brains",
        ),
        Column(
            "chance",
            "number",
            "Mean of the same quantity after circular shifts of the one channel against the other; "
            "volume conduction is gone there, hence not corrected by it",
        ),
        *AGAINST_CHANCE.of("chance_sd above_chance z_chance p_chance n_pairs n_windows n_shifts"),
    ],
)
