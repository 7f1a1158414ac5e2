"""Two amplifiers, two clocks: how they relate, from what both recorded.

Not here: reading files and finding their pulses (room `formats`).
"""

from interbrain.clocks.matching import ClockError, ClockFit, align

# How the recordings table may say that two recordings are tied. "auto" takes one of FALLBACKS, in the order
# of `session._method`; "shared_start" (both files begin at the same instant) is never guessed.
FALLBACKS = ("markers", "start_marker", "lsl_clock", "same_file", "header_time")
METHODS = ("auto", *FALLBACKS, "shared_start")

__all__ = ["FALLBACKS", "METHODS", "ClockError", "ClockFit", "align"]
