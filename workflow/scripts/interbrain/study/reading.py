"""A table as a person saved it, as text cells with the rows that a spreadsheet shows.

Knows no column and no study.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pandas as pd

from interbrain.study.problems import Problem, StudyError, nearest_file


def read_table(path: Path) -> pd.DataFrame:
    """Read a table as text cells, as Excel or an editor saved it.

    TSV, CSV with comma or semicolon, the first sheet of an XLSX; UTF-8 with or without byte-order mark,
    UTF-16, cp1252.

    Returns
    -------
    table : DataFrame of str
        Empty cells and n/a are "". The index is the row a spreadsheet shows (the heading is row 1).

    Raises
    ------
    StudyError
        If the file is missing or is no table.
    """
    path = Path(path)
    if not path.is_file():
        raise StudyError([Problem(str(path), "file not found", nearest_file(path))])
    rows = [["" if cell.strip() == "n/a" else cell.strip() for cell in row] for row in _rows(path)]
    heading = rows[0] if rows else []
    if not any(heading):
        hint = "Row 1 must hold the names of the columns."
        raise StudyError([Problem(f"{path.name}, row 1", "there is no heading", hint)])
    problems = [
        Problem(f"{path.name}, row 1", f'the column "{name}" stands there twice', "Keep one of them.")
        for name in dict.fromkeys(heading)
        if name and heading.count(name) > 1
    ]
    for number, row in enumerate(rows[1:], 2):
        stray = [cell for i, cell in enumerate(row) if cell and not "".join(heading[i : i + 1])]
        if stray:
            hint = "Name the column, or put quotes around a cell that holds the separator."
            where = f"{path.name}, row {number}"
            problems.append(Problem(where, f'"{stray[0]}" stands in a column without a heading', hint))
    if problems:
        raise StudyError(problems)
    named = [i for i, name in enumerate(heading) if name]
    table = pd.DataFrame(
        [["".join(row[i : i + 1]) for i in named] for row in rows[1:]],  # a short row ends in empty cells
        columns=[heading[i] for i in named],
        index=pd.RangeIndex(2, len(rows) + 1),
        dtype=str,
    )
    return table[(table != "").any(axis=1)]


def _rows(path: Path) -> list[list[str]]:
    """Every row of a table, the empty ones too."""
    raw = path.read_bytes()
    save_again = "Open it in Excel and save it as XLSX or CSV."
    if raw[:4] == b"\xd0\xcf\x11\xe0":
        raise StudyError([Problem(str(path), "an old Excel file, or one with a password", save_again)])
    if raw[:2] == b"PK":
        import openpyxl

        try:
            sheet = openpyxl.load_workbook(io.BytesIO(raw), data_only=True).worksheets[0]
        except Exception as error:  # openpyxl raises whatever the damage happens to hit
            raise StudyError([Problem(str(path), "cannot be read as XLSX", save_again)]) from error
        return [[_as_shown(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
    utf16 = raw[:2] in (b"\xff\xfe", b"\xfe\xff")
    text = None
    for encoding in ("utf-16",) if utf16 else ("utf-8-sig", "cp1252"):
        try:
            text = raw.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    if text is None or "\0" in text:
        raise StudyError([Problem(str(path), "not a text table", "Save it as TSV, CSV or XLSX.")])
    delimiter = max("\t;,", key="".join(text.splitlines()[:1]).count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        return list(rows)
    except csv.Error as error:
        where = f"{path.name}, line {rows.line_num}"
        raise StudyError([Problem(where, f"not a table: {error}", "Look for a stray quote.")]) from error


def _as_shown(cell) -> str:
    """A cell of a sheet as the spreadsheet shows it: 1 and not 1.0."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(cell).upper()
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)
