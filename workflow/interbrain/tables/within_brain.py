"""Synchrony within the brain of each member."""

from interbrain.tables.declaration import Column, Table
from interbrain.tables.shared import SHARED

WITHIN_BRAIN = Table(
    "withinbrain_plv",
    "Synchrony within each brain: a row a member, band, pair of sites and estimator",
    [
        *SHARED.of("dyad time run role band"),
        Column("roi", "label", "Site (ROI) in the brain of this member"),
        Column(
            "roi_other",
            "number",
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
        Column("chance_sd", "number", "Standard deviation over the circular shifts"),
        Column("above_chance", "number", "Value minus chance"),
        Column("z_chance", "number", "(value minus chance) / chance_sd"),
        Column(
            "p_chance",
            "number",
            "Share of shifts whose value is at least the observed one, (b + 1) / (m + 1), one-sided",
        ),
        Column(
            "n_pairs",
            "count",
            "Channel pairs in the ROI mean; pairs with an interpolated channel are left out",
        ),
        Column("n_windows", "count", "Windows kept, good in both members at once"),
        Column("n_shifts", "count", "Circular shifts behind the chance level"),
    ],
)
