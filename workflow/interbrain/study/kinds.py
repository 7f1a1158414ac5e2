"""What the value of a setting can be, where several settings can be the same."""

from typing import Annotated, Literal

from annotated_types import Ge, Gt, Le, Len, MinLen
from pydantic import StringConstraints

from interbrain.metrics.registry import METRICS
from interbrain.study.declaring import Hint, NotNull, OneOf, Unique

NAME = "[A-Za-z0-9][A-Za-z0-9_-]*"
Name = Annotated[
    str,
    StringConstraints(pattern=f"^{NAME}$"),
    Hint("Use letters (a to z), digits, _ and -; put quotes around numbers and around yes and no."),
]
Positive = Annotated[float, Gt(0)]
NotNegative = Annotated[float, Ge(0)]
Share = Annotated[float, Ge(0), Le(1)]
Names = Annotated[list[str], Unique()]
Channels = Annotated[list[str], MinLen(1), Unique()]
Edges = Annotated[list[Positive], Len(2, 2), Hint("Lower and upper edge in Hz, e.g. [8, 12].")]
Sites = dict[Name, Channels]
Bands = dict[Name, Edges]
BandSet = Annotated[
    Bands, MinLen(1), Hint("Give the set's bands, e.g. narrow: {theta: [4, 6], alpha: [9, 11]}.")
]
BandSets = Annotated[dict[Name, BandSet], MinLen(1)]
SiteSet = Annotated[
    Sites, MinLen(1), Hint("Give the set's sites, e.g. narrow: {frontal: [Fz], central: [Cz]}.")
]
SiteSets = Annotated[dict[Name, SiteSet], MinLen(1)]
DatasetVersion = Annotated[
    str,
    StringConstraints(pattern="^[0-9A-Za-z][0-9A-Za-z.+-]*$"),
    Hint("Write numbers with dots between them, e.g. 1.0.0; put quotes around one like 1.0."),
]
Day = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"),
    Hint('Write year, month and day in quotes, e.g. "2026-11-30".'),
]
Level = Annotated[
    str,
    MinLen(1),
    Hint('Put quotes around numbers and around yes and no: ["yes", "no"]. Bare, YAML reads true and false.'),
]
Role = Literal["therapist", "client"]
RoleName = Annotated[
    str,
    StringConstraints(pattern="^[a-z][a-z -]*(, *[a-z][a-z -]*)?$"),
    Hint('Write it in small letters, e.g. parent, or with its plural, e.g. "child, children".'),
]
Estimator = Annotated[str, OneOf(tuple(METRICS))]
FurtherEstimator = Annotated[str, OneOf(tuple(name for name in METRICS if name != "plv"))]
DeadTime = Annotated[float, Ge(0), Le(60)]
Removed = Annotated[Annotated[float, Gt(0), Le(1)] | None, NotNull()]
