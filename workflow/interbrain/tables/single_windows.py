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
            "Chance level of this window: mean of the same quantity over the therapist's window with the "
            "client's other windows (circular shifts by whole windows)",
        ),
        *AGAINST_CHANCE.of("chance_sd above_chance z_chance n_pairs n_shifts"),
    ],
)
