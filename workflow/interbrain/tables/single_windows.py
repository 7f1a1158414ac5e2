"""Synchrony of a dyad in each single window."""

from interbrain.tables.declaration import Column, Table
from interbrain.tables.shared import SHARED

SINGLE_WINDOWS = Table(
    "timeresolved_plv",
    "One estimator in each window: a row a band, pair of sites and window",
    [
        *SHARED.of("dyad time run"),
        Column("window", "count", "Number of the window, from 0, in order of time"),
        Column("start_s", "number", "Start on the therapist's clock, s from the first sample"),
        *SHARED.of("band roi_therapist roi_client estimator"),
        Column(
            "value",
            "number",
            "The estimator in this window, at the recordings' full rate, mean over channel pairs",
        ),
        Column(
            "chance",
            "number",
            "Chance level of the whole run, the mean over its windows and circular shifts; the same in "
            "every window",
        ),
        Column("above_chance", "number", "Value of this window minus the run's chance level"),
        Column(
            "n_pairs",
            "count",
            "Channel pairs in the ROI mean; pairs with an interpolated channel are left out",
        ),
    ],
)
