"""Synchrony of a dyad in each single window."""

from interbrain.tables import windows
from interbrain.tables.against_chance import AGAINST_CHANCE
from interbrain.tables.declaration import Column, Table
from interbrain.tables.shared import SHARED

SINGLE_WINDOWS = Table(
    "timeresolved_plv",
    "One estimator in each window: a row a band, pair of sites and window",
    [
        *SHARED.of("dyad time run"),
        *windows.LEDGER.of("window start_s"),
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
        AGAINST_CHANCE["n_pairs"],
    ],
)
