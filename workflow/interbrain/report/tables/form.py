"""The form of a table on the page: columns, cells and rows, ready for the template."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import pandas as pd

from interbrain import apa

from .packed import packed

MOST_ROWS = 300  # that the page has as rows; a longer table has a page of them, and the others packed
ROWS_A_PAGE = 100
MOST_PACKED = 60_000  # rows; of a longer table, the others are in the download only, and the page says so


@dataclass(frozen=True)
class Column:
    """One column: its key in the frame, its heading, and how a value is written.

    The value of a `link` column is where it leads to; `write` then gives the words to follow. A column of
    words sorts by the number under `by`, where that is given.
    """

    key: str
    heading: str
    write: Callable = str
    numeric: bool = False
    wide: bool = False
    link: bool = False
    by: str = ""


@dataclass(frozen=True)
class Cell:
    text: str
    sort: str
    column: Column
    href: str = ""


@dataclass(frozen=True)
class Row:
    cells: tuple
    dyad: str
    state: str
    name: str = ""
    rank: int | None = None


@dataclass(frozen=True)
class Table:
    """A table ready for the template; one that `stacks` becomes a list of cards where the page is narrow.

    Of a long table, `rows` are the first page, and `packed` holds all `n_rows` for the page's script. Rows
    can be `ranked`: the first is the one that most needs a look.
    """

    name: str
    caption: str
    columns: tuple
    rows: tuple
    n_rows: int = 0
    link: object = None
    stacks: bool = False
    packed: str = ""
    ranked: bool = False


def text(key: str, heading: str, wide: bool = False) -> Column:
    return Column(
        key, heading, lambda value: apa.NOT_AVAILABLE if apa.is_missing(value) else str(value), wide=wide
    )


def digits(key: str, heading: str, count: int = 2) -> Column:
    return Column(key, heading, lambda value: apa.number(value, count), numeric=True)


def share(key: str, heading: str, count: int = 3) -> Column:
    return Column(key, heading, lambda value: apa.proportion(value, count), numeric=True)


def p(key: str, heading: str) -> Column:
    return Column(key, heading, apa.bare_p, numeric=True)


def df() -> Column:
    """The degrees of freedom."""
    return Column("df", "df", apa.degrees, numeric=True)


def said(key: str, heading: str, by: str) -> Column:
    """A number with what belongs to it, as words, sorted by the number."""
    return Column(key, heading, numeric=True, by=by)


def build(
    name: str,
    caption: str,
    frame: pd.DataFrame,
    columns: Iterable[Column],
    state: Callable | None = None,
    stacks: bool = False,
) -> Table:
    """Make a table; `state` gives a row's class (for example ``look``) from its values.

    A column named ``dyad`` lets "Find a dyad" mark the row; one named ``row_name`` says what it is about, and
    one named ``row_rank`` how soon a row needs a look.
    """
    columns = tuple(columns)
    n_rows, ranked = len(frame), "row_rank" in frame
    written = n_rows if n_rows <= MOST_PACKED else ROWS_A_PAGE
    rows = []
    for record in frame.head(written).to_dict("records"):
        cells = tuple(
            Cell(c.write(record[c.key]), _sort_key(record[c.by or c.key]), c, record[c.key] if c.link else "")
            for c in columns
        )
        dyad = "" if apa.is_missing(record.get("dyad")) else str(record["dyad"])
        rank = int(record["row_rank"]) if ranked else None
        rows.append(Row(cells, dyad, state(record) if state else "", record.get("row_name", ""), rank))
    if n_rows <= MOST_ROWS:
        return Table(name, caption, columns, tuple(rows), n_rows, stacks=stacks, ranked=ranked)
    rest = packed(rows) if n_rows <= MOST_PACKED else ""
    return Table(
        *(name, caption, columns, tuple(rows[:ROWS_A_PAGE]), n_rows),
        stacks=stacks,
        packed=rest,
        ranked=ranked and bool(rest),
    )


def plain(name: str, caption: str, frame: pd.DataFrame) -> Table:
    """Every column of `frame` under its own name: the numbers behind a figure."""
    columns = [
        Column(
            key,
            key,
            lambda value: apa.number(value, 4) if not float(value).is_integer() else apa.whole(value),
            True,
        )
        if pd.api.types.is_numeric_dtype(frame[key])
        else text(key, key)
        for key in frame.columns
    ]
    return build(name, caption, frame, columns)


def _sort_key(value: object) -> str:
    if apa.is_missing(value):
        return ""
    return repr(float(value)) if isinstance(value, int | float) else str(value)
