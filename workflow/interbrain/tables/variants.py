"""A dyad and run under every choice of the multiverse."""

from interbrain.tables.declaration import Column, Table
from interbrain.tables.shared import SHARED

VARIANTS = Table(
    "variants_synchrony",
    "Synchrony under each combination of choices: a row a combination, band and site",
    [
        *SHARED.of("dyad time run"),
        Column(
            "reference",
            "label",
            "Reference of the EEG: average over good channels, or channels that the config names",
        ),
        Column("length_s", "number", "Length of a window", "s"),
        Column("bands", "label", "Set of frequency bands: the study's own, or one that the config names"),
        Column("rois", "label", "Set of sites (ROIs): the study's own, or one that the config names"),
        *SHARED.of("estimator band roi"),
        Column("value", "number", "The estimator's value, mean over windows, then over channel pairs"),
        Column(
            "chance",
            "number",
            "Mean of the same quantity after circular shifts of the client against the therapist",
        ),
        Column("above_chance", "number", "Value minus chance"),
        Column("z_chance", "number", "(value minus chance) / chance_sd"),
        Column(
            "n_pairs",
            "count",
            "Channel pairs in the ROI mean; pairs with an interpolated channel are left out",
        ),
        Column("n_windows", "count", "Windows kept, good in both members at once"),
        SHARED["note"],
    ],
)
