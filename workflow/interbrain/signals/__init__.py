"""Other signals of both members beside the EEG: skin conductance, heart, respiration, movement, ready series.

From a channel of the EEG file or a file of its own to one series for each member, at the same instants on the
therapist's clock, with what was corrected and what is missing. What two such series have in common is the
room `coordination`.
"""

from interbrain.formats import FormatError


class SignalError(FormatError):
    """A signal that cannot be read or used as its row in the table of signals has it."""
