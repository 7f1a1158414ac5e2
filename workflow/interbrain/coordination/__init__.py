"""Two people's signals become coordination: any pair of series on one clock, each with its chance.

`session.coordinate` gives a row a measure and `session.coordinate_windows` a row a window, for the tables
`coordination_values` and `coordinationwindows_values`; `registry.MEASURES` says what each measure is. Where
series come from, and what is significant over dyads, are other rooms' work.
"""

from interbrain.coordination.registry import MEASURES, by_default
from interbrain.coordination.session import Coordinated, coordinate, coordinate_windows, coordination
from interbrain.coordination.settings import Settings

__all__ = [
    "MEASURES",
    "Coordinated",
    "Settings",
    "by_default",
    "coordinate",
    "coordinate_windows",
    "coordination",
]
