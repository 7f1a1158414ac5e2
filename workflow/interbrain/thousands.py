"""Numbers whose comma may divide thousands as well as decimals: 1,234."""

from __future__ import annotations

import re


def may_be_two_numbers(cell: str) -> bool:
    """Whether what is written in a cell is one number with a decimal comma or another one in thousands.

    Examples
    --------
    >>> may_be_two_numbers("1,234"), may_be_two_numbers("1,5"), may_be_two_numbers("0,123")
    (True, False, False)
    """
    return re.fullmatch(r"[+-]?[1-9]\d{0,2}(,\d{3})+", cell) is not None
