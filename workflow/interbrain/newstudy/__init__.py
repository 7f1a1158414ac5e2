"""A folder to begin a study with: settings and tables, proposed from recordings or from a BIDS dataset.

Reads names of files, headers and tables; changes no recording. What a study must be, the room `study` says.
"""

from interbrain.problems import InterbrainError


class NewStudyError(InterbrainError):
    """A new study cannot be written as it was asked for."""
