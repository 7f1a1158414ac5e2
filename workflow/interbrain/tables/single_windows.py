"""Synchrony of a dyad in each single window."""

from interbrain.tables import windows
from interbrain.tables.against_chance import AGAINST_CHANCE
from interbrain.tables.declaration import Column, Table
from interbrain.tables.shared import SHARED

SINGLE_WINDOWS = Table(
    "timeresolved_plv",
    "One estimator in each window: one row per band, pair of sites and window",
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
            "Chance level of this window: the mean of the same quantity over the therapist's window with the "
            "client's other windows, plus that of the client's window with the therapist's others, minus the "
            "mean of all such pairs",
        ),
        Column(
            "chance_sd", "number", "Standard deviation of the window's pairs around their own chance levels"
        ),
        *AGAINST_CHANCE.of("above_chance z_chance n_pairs n_shifts"),
    ],
)
