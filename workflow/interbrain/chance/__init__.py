"""How much synchrony two unrelated brains with these very rhythms would show.

Null distributions for the estimators in metrics, and the comparison of an observed value with its null.
Nothing here decides what is significant: group tests belong to statistics.
"""

from .comparison import Chance, summary
from .repairing import permutation_null, repairing_moments, repairing_table, window_shift_null
from .shifts import circular_shift_null
from .stored import restored_phasors, stored_phases
from .strangers import CHANCE_SHIFTS, PseudoDyads, are_strangers, each_pseudo_dyad, pseudo_dyads
from .surrogates import phase_randomisation_null, phase_randomised

__all__ = [
    "CHANCE_SHIFTS",
    "Chance",
    "PseudoDyads",
    "are_strangers",
    "circular_shift_null",
    "each_pseudo_dyad",
    "permutation_null",
    "phase_randomisation_null",
    "phase_randomised",
    "pseudo_dyads",
    "repairing_moments",
    "repairing_table",
    "restored_phasors",
    "stored_phases",
    "summary",
    "window_shift_null",
]
