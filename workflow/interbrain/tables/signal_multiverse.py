"""Coordination of signals under all combinations of choices."""

from interbrain.tables.against_chance import AGAINST_CHANCE
from interbrain.tables.coordination import COORDINATION, OF_COORDINATION
from interbrain.tables.declaration import Column, Columns, Table
from interbrain.tables.multiverse import JOINT, SPECIFICATIONS
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
        Column(
            "question",
            "label",
            "What the measure asks: coordination (is there any?) or lead (above 0 the therapist leads)",
        ),
        Column(
            "tested",
            "text",
            "What is tested: above_chance (the value above its circular shifts, against zero), or a factor",
        ),
        Column(
            "effect_unit",
            "text",
            "d (of a factor: the adjusted difference; of above_chance: the mean; in SD) or partial_eta2",
        ),
        Column(
            "p_permutation",
            "number",
            "Share of relabelings of the dyads, or of flips of their signs, with at least the observed "
            "statistic, two-sided",
        ),
    )
)

SIGNAL_VARIANTS = Table(
    "signalvariants_values",
    "Coordination of signals under each combination of choices: a row a combination and kind of signal",
    [
        *SHARED.of("dyad time run"),
        *OF_COORDINATION.of("kind measure"),
        *CHOICES.of("window_s lag_s"),
        COORDINATION["value"],
        *AGAINST_CHANCE.of("chance chance_sd above_chance z_chance p_chance"),
        *COORDINATION.of("n_windows n_left_out n_shifts note"),
    ],
)

SIGNAL_SPECIFICATIONS = Table(
    "signalspecifications_stats",
    "Coordination of signals under each combination of choices: a row what was tested and combination",
    [
        OF_COORDINATION["kind"],
        *CHOICES.of("question tested"),
        *SPECIFICATIONS.of("comparison specification own"),
        OF_COORDINATION["measure"],
        *CHOICES.of("window_s lag_s effect_unit"),
        *SPECIFICATIONS.of("effect_size effect_size_low effect_size_high df1 df2 F p"),
        CHOICES["p_permutation"],
        *SPECIFICATIONS.of("n_dyads effect_rank null_low null_median null_high note"),
    ],
)

SIGNAL_JOINT = Table(
    "signalmultiverse_stats",
    "Joint tests of coordination over all combinations: a row a signal, what was tested and summary",
    [
        OF_COORDINATION["kind"],
        *CHOICES.of("question tested"),
        *JOINT.of("comparison summary observed null_low null_median null_high"),
        CHOICES["p_permutation"],
        *JOINT.of("n_specifications n_relabelings exact note"),
    ],
)
# Of the study, by family; those of single runs are SIGNAL_VARIANTS.
OF_SIGNAL_MULTIVERSE = {
    "signalspecifications": SIGNAL_SPECIFICATIONS,
    "signalmultiverse": SIGNAL_JOINT,
}
