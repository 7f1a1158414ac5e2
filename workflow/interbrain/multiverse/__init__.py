"""The multiverse: the same study under every combination of choices that would have been as good.

`choices` lays out the grid, `branch` computes one dyad and run under all of it, `specifications` tests what
all dyads give, a row a combination, and `joint` holds the arithmetic of the tests.
"""

from .branch import variants
from .choices import CHOICES, CORRECTIONS, combinations, grid
from .specifications import dyad_table, specification_tables

__all__ = [
    "CHOICES",
    "CORRECTIONS",
    "combinations",
    "dyad_table",
    "grid",
    "specification_tables",
    "variants",
]
