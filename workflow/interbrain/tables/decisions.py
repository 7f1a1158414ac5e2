"""Every decision about channels, components and windows."""

from interbrain.tables.declaration import Column, Table
from interbrain.tables.shared import SHARED

DECISIONS = Table(
    "decisions",
    "Every decision, by a rule or a person: a row a decision, spelt as in the study's table of decisions",
    [
        *SHARED.of("dyad time participant"),
        Column(
            "what",
            "text",
            "What the row is about: dyad, recording, site, channel, component, window or gap",
        ),
        Column(
            "item",
            "label",
            "Which one: the name of the channel or component, the start of the window, the time of the gap",
        ),
        Column("decision", "text", "channel: bad or good; component: remove or keep; window: drop or keep"),
        Column(
            "by",
            "label",
            "Who decided: automatic; the laboratory, which excluded a dyad or recording in its tables "
            "or lacks it; or the person whom the study's table of decisions names",
        ),
        Column(
            "reason",
            "label",
            "Why it was left out, or what a person said of it; n/a where there is nothing to say",
        ),
        Column("label", "text", "What ICLabel takes the component for"),
        Column("probability", "number", "ICLabel's probability of that label"),
    ],
)
