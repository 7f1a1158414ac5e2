"""How a table is declared: its columns, what kind each is, its unit, and what it means."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from types import ModuleType

# label: a name, text even where it looks like a number ("001"). text: words for a reader. count: a whole
# number.
KINDS = ("label", "text", "number", "count")


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Attributes
    ----------
    name : str
    kind : str
        One of `KINDS`.
    description : str
        As the table's data dictionary has it.
    unit : str or None
        Of a quantity that has one; None for numbers without a unit and for text.
    """

    name: str
    kind: str
    description: str
    unit: str | None = None

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise TypeError(f"column {self.name}: {self.kind!r} is none of {', '.join(KINDS)}")


class Columns(dict[str, Column]):
    """Columns by their names, for tables to take from."""

    def __init__(self, columns: Iterable[Column]) -> None:
        super().__init__((column.name, column) for column in columns)

    def of(self, names: str) -> list[Column]:
        """The columns of these names, which spaces divide."""
        return [self[name] for name in names.split()]


@dataclass(frozen=True)
class Table:
    """A table of the derivatives: `columns` in their order, what a row is, and the name in its file.

    Attributes
    ----------
    name : str
        What its file is called after `desc-`, without the ending: roi_plv.
    about : str
        What it holds and what a row is.
    columns : sequence of Column
    optional : sequence of str
        Columns that only some studies have.
    extended : bool
        Whether a study adds columns of its own: factors, scores, further estimators.
    """

    name: str
    about: str
    columns: Sequence[Column]
    optional: Sequence[str] = ()
    extended: bool = False
    _by_name: dict[str, Column] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_name = {column.name: column for column in self.columns}
        if len(by_name) < len(self.columns):
            raise TypeError(f"table {self.name}: a column is declared twice")
        object.__setattr__(self, "_by_name", by_name)

    def __getitem__(self, name: str) -> Column:
        return self._by_name[name]

    def of(self, names: str) -> list[Column]:
        """The columns of these names, which spaces divide, for a table that has them in the same meaning."""
        return [self[name] for name in names.split()]

    def __contains__(self, name: str) -> bool:
        return name in self._by_name

    @property
    def names(self) -> list[str]:
        """Its columns in their order."""
        return list(self._by_name)

    @property
    def needed(self) -> list[str]:
        """The columns that it has in every study."""
        return [name for name in self._by_name if name not in self.optional]

    def of_kind(self, *kinds: str) -> list[str]:
        """The columns of these kinds."""
        return [column.name for column in self.columns if column.kind in kinds]


def by_family(*modules: ModuleType) -> dict[str, Table]:
    """The tables that these modules declare, by their family: anova for anova_stats."""
    found = [thing for module in modules for thing in vars(module).values() if isinstance(thing, Table)]
    named = {table.name.split("_")[0]: table for table in found}
    if len(named) < len(found):
        raise TypeError(f"two tables of one family among {', '.join(table.name for table in found)}")
    return named
