"""Mediations that the study asks for."""

from interbrain.tables.declaration import Column, Table
from interbrain.tables.shared import SHARED
from interbrain.tables.statistics import TESTED

MEDIATION = Table(
    "mediation_stats",
    "Indirect effects: one row per mediation; all paths are standardised",
    [
        Column("predictor", "text", "Column from which the effect would come"),
        Column("mediator", "text", "Column through which it would pass"),
        Column("outcome", "text", "Column on which it would be"),
        TESTED["n_dyads"],
        Column("unit", "text", "What was resampled: dyad, or therapist where several have several dyads"),
        TESTED["n"],
        Column("a", "number", "Slope of the mediator on the predictor, in SDs"),
        Column("b", "number", "Slope of the outcome on the mediator given the predictor, in SDs"),
        Column("direct", "number", "Slope of the outcome on the predictor given the mediator, in SDs"),
        Column("total", "number", "Slope of the outcome on the predictor, in SDs"),
        Column("indirect", "number", "Indirect effect: a times b"),
        Column("indirect_low", "number", "Lower end of its percentile bootstrap interval"),
        Column("indirect_high", "number", "Upper end of that interval"),
        Column("confidence", "number", "Of the interval: .95, of k mediations 1 - .05/k (Bonferroni)"),
        Column("n_bootstraps", "count", "Resamples in which the paths could be computed"),
        Column("margin", "number", "Indirect effects within +- this are too small to matter (config)"),
        Column(
            "detectable",
            "number",
            "The smallest indirect effect, without a direct one, that n units can detect with 80% power",
        ),
        Column(
            "verdict",
            "text",
            "positive or negative: the interval excludes 0; equivalent: it is within the margin; cannot "
            "tell; not tested: the note has the reason",
        ),
        SHARED["note"],
    ],
)
