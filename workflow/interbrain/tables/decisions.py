"""Every decision about channels, components and windows."""

from interbrain.tables import windows
from interbrain.tables.declaration import Column, Table
from interbrain.tables.shared import SHARED

DECISIONS = Table(
    "decisions",
    "Every decision, by a rule or a person: one row per decision, spelt as in the study's table of decisions",
    [
        *SHARED.of("dyad time participant"),
        Column(
            "what",
            "text",
            "What the row is about: dyad, recording, band, site, channel, component, window or gap",
        ),
        Column(
            "item",
            "label",
            "Which one: the name of the channel or component, the start of the window, the time of the gap",
        ),
        Column("decision", "text", "channel: bad or good; component: remove or keep; window: drop or keep"),
        *windows.LEDGER.of("by reason"),
        Column("label", "text", "What ICLabel takes the component for"),
        Column("probability", "number", "ICLabel's probability of that label"),
    ],
)
