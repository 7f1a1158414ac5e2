"""A dyad and run in its signals under every choice of how coordination is measured."""

from interbrain.tables import coordination
from interbrain.tables.against_chance import AGAINST_CHANCE
from interbrain.tables.declaration import Column, Columns, Table
from interbrain.tables.shared import SHARED

CHOICES = Columns(
    (
        Column(
            "window_s",
            "number",
            "Length of the windows that are correlated; n/a of a measure that has none of its own to choose",
            "s",
        ),
        Column("lag_s", "number", "Largest lag, in both directions; n/a of a measure without lags", "s"),
    )
)

SIGNAL_VARIANTS = Table(
    "signalvariants_values",
    "Coordination of signals under each combination of choices: one row per combination and kind of signal",
    [
        *SHARED.of("dyad time run"),
        *coordination.OF_COORDINATION.of("kind measure"),
        *CHOICES.of("window_s lag_s"),
        coordination.COORDINATION["value"],
        *AGAINST_CHANCE.of("chance chance_sd above_chance z_chance p_chance"),
        *coordination.COORDINATION.of("n_windows n_left_out n_shifts note"),
    ],
)
