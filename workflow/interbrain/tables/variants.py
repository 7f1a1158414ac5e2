"""A dyad and run under every choice of the multiverse."""

from interbrain.tables.against_chance import AGAINST_CHANCE
from interbrain.tables.declaration import Column, Table
from interbrain.tables.shared import SHARED

VARIANTS = Table(
    "variants_synchrony",
    "Synchrony under each combination of choices: one row per combination, band and site",
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
        *AGAINST_CHANCE.of("value chance above_chance z_chance n_pairs n_windows"),
        SHARED["note"],
    ],
)
