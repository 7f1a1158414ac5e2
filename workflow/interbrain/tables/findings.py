"""What was found."""

from interbrain.tables.declaration import Column, Table
from interbrain.tables.shared import SHARED
from interbrain.tables.statistics import TESTED

FINDINGS = Table(
    "findings_stats",
    "Each hypothesis, the verdict and what it rests on: a row a claim",
    [
        Column(
            "hypothesis",
            "text",
            "Factor between dyads or score that was tested; synchrony: whether there is any",
        ),
        Column(
            "verdict",
            "text",
            "good, or look: a person should look at this recording. Of a test: different, equivalent, "
            "different but negligible, or cannot tell. Of a finding: as docs/statistics.md defines it",
        ),
        Column("claim", "text", "Number of the claim, the strongest first; n/a where nothing is claimed"),
        Column(
            "on",
            "text",
            "What supports the claim: both (raw PLV and PLV above chance), or the one measure",
        ),
        Column(
            "level_higher",
            "number",
            "Of a factor the level with the higher adjusted mean, n/a where no two can be named; of a "
            "score whether PLV is higher or lower with higher scores; of synchrony above or below "
            "chance",
        ),
        Column("level_lower", "number", "Of a factor the level with the lower adjusted mean"),
        *SHARED.of("roi band"),
        Column(
            "size",
            "number",
            "Of a factor the adjusted difference, higher minus lower level; of a score r; of synchrony "
            "the mean above chance",
        ),
        Column("size_low", "number", "Lower end of its 95% confidence interval"),
        Column("size_high", "number", "Upper end of its 95% confidence interval"),
        *TESTED.of("d p_holm measure n_dyads"),
        Column(
            "reservations",
            "text",
            "What speaks against the claim: kinds with their numbers (docs/statistics.md)",
        ),
        Column(
            "reason",
            "label",
            "Why it was left out, or what a person said of it; n/a where there is nothing to say",
        ),
    ],
)
