"""Two cleaned recordings and a clock become windows that are simultaneous by construction.

Windows are cut on the therapist's clock from continuous data and kept only where both members are good, or
where a person says so. Nothing is filtered here, and nothing is judged by the synchrony it would give.
"""

from .criteria import CRITERIA, NO_SIGNAL
from .events import without_known_events
from .files import read_simultaneous, write_epochs
from .problems import EpochsError, NotSimultaneous
from .signals import NOT_CONFIRMED, SPAN_REASONS, Signal, on_therapist_clock, read_signal
from .windows import choose_windows

__all__ = [
    "CRITERIA",
    "NOT_CONFIRMED",
    "NO_SIGNAL",
    "SPAN_REASONS",
    "EpochsError",
    "NotSimultaneous",
    "Signal",
    "choose_windows",
    "on_therapist_clock",
    "read_signal",
    "read_simultaneous",
    "without_known_events",
    "write_epochs",
]
