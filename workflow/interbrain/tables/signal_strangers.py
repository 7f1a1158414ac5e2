"""Coordination of people who never met, against each dyad's own."""

from interbrain.tables.coordination import COORDINATION, OF_COORDINATION
from interbrain.tables.declaration import Table
from interbrain.tables.shared import SHARED

STRANGERS = Table(
    "signalstrangers_values",
    "Coordination with people whom a dyad's members never met: one row per dyad, signal and measure",
    [
        *SHARED.of("dyad time"),
        *OF_COORDINATION.of("kind measure"),
        *COORDINATION.of("own_above_chance pseudo pseudo_sd above_pseudo z_pseudo p_pseudo n_pseudo"),
    ],
)
