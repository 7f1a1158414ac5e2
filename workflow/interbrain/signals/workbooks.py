"""A sheet of a workbook as the lines of a text table: numbers as they are kept, times and dates as ISO."""

from __future__ import annotations

import io
from datetime import date, datetime, time, timedelta
from pathlib import Path

from interbrain.signals import SignalError

SAVE_AS_CSV = "Save the sheet that holds the signal as CSV, and name that file."
MISSING_CELL = "n/a"
MOST_ROWS = 1_048_576  # of one sheet: a longer signal was cut when it was saved


def sheet_text(raw: bytes, path: Path) -> str:
    """The only sheet with cells of an XLSX, with tabs between the cells.

    Raises
    ------
    SignalError
        It cannot be read, several sheets hold something, or the sheet is full.
    """
    import openpyxl

    try:
        book = openpyxl.load_workbook(io.BytesIO(raw), data_only=True, read_only=True)
        sheets = {}
        for sheet in book.worksheets:
            sheet.reset_dimensions()  # some programs write wrong ones
            sheets[sheet.title] = [[_cell(value) for value in row] for row in sheet.values]
    except Exception as error:  # openpyxl raises whatever the damage happens to hit
        raise SignalError("cannot be read as XLSX", SAVE_AS_CSV, where=path) from error
    full = {title: rows for title, rows in sheets.items() if any(map(any, rows))}
    if len(full) > 1:
        what = f"has several sheets that hold something: {', '.join(full)}"
        raise SignalError(what, SAVE_AS_CSV, where=path)
    rows = next(iter(full.values()), [])
    if len(rows) >= MOST_ROWS:
        raise SignalError(
            f"has {len(rows)} rows, which is all that a sheet can hold: the signal was probably cut",
            "Export it as CSV from the program that recorded it.",
            where=path,
        )
    width = max((place + 1 for row in rows for place, cell in enumerate(row) if cell), default=0)
    while rows and not any(rows[-1]):
        rows.pop()
    return "\n".join("\t".join(_padded(row, width)) for row in rows)


def _padded(row: list[str], width: int) -> list[str]:
    """A row of the sheet's width; beside numbers an empty cell is a missing value."""
    cells = [*row, *[""] * width][:width]
    empty = MISSING_CELL if not any(cells) or any(map(_is_number, cells)) else ""
    return [cell or empty for cell in cells]


def _is_number(cell: str) -> bool:
    try:
        float(cell.replace(",", "."))
    except ValueError:
        return False
    return True


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        seconds = value.total_seconds()
        return f"{seconds // 3600:02.0f}:{seconds // 60 % 60:02.0f}:{seconds % 60:09.6f}"
    return " ".join(str(value).split())
