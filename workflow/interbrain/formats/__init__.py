"""Raw recordings as the amplifiers wrote them, one member's channels each, with gaps and triggers found.

Not here: BIDS (room `bids`) and anything that changes a signal on purpose (room `cleaning`).
"""

from interbrain.problems import InterbrainError


class FormatError(InterbrainError):
    """A recording cannot be used as it is: `where` is the file."""


COPY_AGAIN = "Copy it again from the recording computer, in binary mode."

# Below, because these modules raise the error. None of them imports MNE before it is needed.
from interbrain.formats.gaps import bridge_missing, mark_gaps  # noqa: E402
from interbrain.formats.members import check_pattern  # noqa: E402
from interbrain.formats.opening import KNOWN_SUFFIXES  # noqa: E402
from interbrain.formats.poly5 import read_poly5  # noqa: E402
from interbrain.formats.recording import Recording, read_recording  # noqa: E402
from interbrain.formats.triggers import read_triggers  # noqa: E402

__all__ = [
    "KNOWN_SUFFIXES",
    "FormatError",
    "Recording",
    "bridge_missing",
    "check_pattern",
    "mark_gaps",
    "read_poly5",
    "read_recording",
    "read_triggers",
]
