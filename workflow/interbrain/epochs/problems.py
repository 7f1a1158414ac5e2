"""What can go wrong with a dyad's windows, said for the person whose study it is."""

from interbrain.problems import InterbrainError


class EpochsError(InterbrainError):
    """Windows that cannot be judged as the config or the table of decisions wants it."""


class NotSimultaneous(EpochsError):
    """Two members' epochs do not describe the same instants."""
