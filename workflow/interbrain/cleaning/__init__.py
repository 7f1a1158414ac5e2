"""One BIDS recording becomes a cleaned continuous recording, with an account of what was done and why.

Never looks at the partner, the group or a questionnaire. Windows are chosen later, for both members at once.
"""

from .decisions import CleaningError
from .recording import Cleaned, clean

__all__ = ["Cleaned", "CleaningError", "clean"]
