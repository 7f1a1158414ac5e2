"""Coordination of signals under all combinations of choices."""

from interbrain.tables.coordination import OF_COORDINATION
from interbrain.tables.declaration import Column, Columns, Table
from interbrain.tables.multiverse import JOINT, SPECIFICATIONS
from interbrain.tables.signal_variants import CHOICES

ASKED = Columns(
    (
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

SIGNAL_SPECIFICATIONS = Table(
    "signalspecifications_stats",
    "Coordination of signals under each combination of choices: a row what was tested and combination",
    [
        OF_COORDINATION["kind"],
        *ASKED.of("question tested"),
        *SPECIFICATIONS.of("comparison specification own"),
        OF_COORDINATION["measure"],
        *CHOICES.of("window_s lag_s"),
        ASKED["effect_unit"],
        *SPECIFICATIONS.of("effect_size effect_size_low effect_size_high df1 df2 F p"),
        ASKED["p_permutation"],
        *SPECIFICATIONS.of("n_dyads effect_rank null_low null_median null_high note"),
    ],
)

SIGNAL_JOINT = Table(
    "signalmultiverse_stats",
    "Joint tests of coordination over all combinations: one row per signal, what was tested and summary",
    [
        OF_COORDINATION["kind"],
        *ASKED.of("question tested"),
        *JOINT.of("comparison summary observed null_low null_median null_high"),
        ASKED["p_permutation"],
        *JOINT.of("n_specifications n_relabelings exact note"),
    ],
)
OF_SIGNAL_MULTIVERSE: dict[str, Table] = {
    "signalspecifications": SIGNAL_SPECIFICATIONS,
    "signalmultiverse": SIGNAL_JOINT,
}
