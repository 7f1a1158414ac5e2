"""Numbers and tests as the American Psychological Association writes them (7th edition), and nowhere else.

`lines` makes a test into one line. Words alone: no job on signals imports this.
"""

from .numbers import (
    NOT_AVAILABLE,
    bare_p,
    degrees,
    interval,
    is_missing,
    number,
    p_value,
    proportion,
    whole,
)

__all__ = [
    "NOT_AVAILABLE",
    "bare_p",
    "degrees",
    "interval",
    "is_missing",
    "number",
    "p_value",
    "proportion",
    "whole",
]
