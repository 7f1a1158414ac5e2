"""A table as a person saved it, as text cells with the rows that a spreadsheet shows.

Knows no column and no study.
"""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pandas as pd

from interbrain.study.problems import Problem, StudyError, counted, nearest_file

COMMENT = "#"
# What a spreadsheet shows where a formula failed; the first sign is not that of a comment.
FAILED = ("#REF!", "#N/A", "#NAME?", "#VALUE!", "#DIV/0!", "#NUM!", "#NULL!")
SEPARATORS = {"\t": "tabs", ";": "semicolons", ",": "commas"}
SAVE_AGAIN = "Open it in Excel and save it as XLSX or CSV."


def read_table(path: Path) -> pd.DataFrame:
    """Read a table as text cells, as Excel or an editor saved it.

    TSV, CSV with comma or semicolon, the first sheet of an XLSX; UTF-8 with or without byte-order mark,
    UTF-16, cp1252. Rows that begin with # are comments.

    Returns
    -------
    table : DataFrame of str
        Empty cells and n/a are "". The index is the row that a spreadsheet shows; ``attrs["heading"]`` is
        that of the heading.

    Raises
    ------
    StudyError
        If the file is missing or is no table.
    """
    path = Path(path)
    if path.is_dir():
        hint = "Name the table in it, with its ending."
        raise StudyError([Problem(str(path), "this is a folder, not a table", hint)])
    if not path.is_file():
        raise StudyError([Problem(str(path), "file not found", nearest_file(path))])
    rows = [[_plain(cell) for cell in row] for row in _rows(path)]
    rows = [[] if _is_comment(row) else row for row in rows]
    first = next((i for i, row in enumerate(rows) if any(row)), None)
    if first is None:
        raise StudyError(
            [Problem(path.name, "the table is empty", "Row 1 must hold the names of the columns.")]
        )
    heading, where = rows[first], f"{path.name}, row {first + 1}"
    problems = [
        Problem(where, f'the column "{name}" stands there twice', "Keep one of them.")
        for name in dict.fromkeys(heading)
        if name and heading.count(name) > 1
    ]
    filled = [(number, row) for number, row in enumerate(rows, 1) if number > first + 1 and any(row)]
    if sum(map(bool, heading)) == 1 and filled and sum(map(bool, filled[0][1])) > 1:
        what = f'this row holds "{"".join(heading)}" and no names of columns'
        hint = "The first row must name the columns: delete what stands above, or begin it with #."
        raise StudyError([Problem(where, what, hint)])
    for number, row in filled:
        stray = [cell for i, cell in enumerate(row) if cell and not "".join(heading[i : i + 1])]
        other = [sign for sign in SEPARATORS if len(row) == 1 and row[0].count(sign) >= len(heading) - 1 > 0]
        if stray:
            what = f'"{stray[0]}" stands in a column without a heading'
            hint = "Name the column, or put quotes around a cell that holds the separator."
            problems.append(Problem(f"{path.name}, row {number}", what, hint))
        elif other:
            what = f"the cells are separated by {SEPARATORS[other[0]]}, those of the heading are not"
            hint = "Use one separator in the whole table."
            problems.append(Problem(f"{path.name}, row {number}", what, hint))
            break  # the rows below are no better
    if problems:
        raise StudyError(problems)
    named = [i for i, name in enumerate(heading) if name]
    table = pd.DataFrame(
        [["".join(row[i : i + 1]) for i in named] for _, row in filled],  # a short row ends in empty cells
        columns=[heading[i] for i in named],
        index=pd.Index([number for number, _ in filled], dtype=int),
        dtype=str,
    )
    table.attrs["heading"] = first + 1
    return table[(table != "").any(axis=1)]


def _plain(cell: str) -> str:
    """A cell without the spaces around it and without signs that nobody sees; n/a is empty."""
    cell = re.sub("[\u200b\u2060\ufeff]", "", cell).replace("\xa0", " ").strip()
    return "" if cell == "n/a" else cell


def _is_comment(row: list[str]) -> bool:
    return bool(row) and row[0].startswith(COMMENT) and row[0] not in FAILED


def _rows(path: Path) -> list[list[str]]:
    """Every row of a table: the empty ones and the comments, too."""
    raw = path.read_bytes()
    if raw[:4] == b"\xd0\xcf\x11\xe0":
        raise StudyError([Problem(str(path), "an old Excel file, or one with a password", SAVE_AGAIN)])
    if raw[:2] == b"PK":
        return _sheet(path, raw)
    text = _text(raw)
    if text is None:
        raise StudyError([Problem(str(path), "not a text table", "Save it as TSV, CSV or XLSX.")])
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    # A comment may hold a single quote, which would swallow the rows below it.
    lines = [COMMENT if line.startswith(COMMENT) else line for line in lines]
    heading = next((line for line in lines if not line.lstrip('"').startswith(COMMENT)), "")
    delimiter = max(SEPARATORS, key=heading.count)
    rows = csv.reader(io.StringIO("\n".join(lines), newline=""), delimiter=delimiter, strict=True)
    try:
        return list(rows)
    except csv.Error as error:
        what = "a quote is left open, or stands in the middle of a cell"
        hint = "Look for a stray quote, here or further up."
        raise StudyError([Problem(f"{path.name}, line {rows.line_num}", what, hint)]) from error


def _text(raw: bytes) -> str | None:
    """The text of a file in one of the encodings that Excel and editors use; None if it is none."""
    # Latin letters in UTF-16 have a zero byte beside each: without a mark, that tells the order.
    high, low = raw[:400:2].count(0), raw[1:400:2].count(0)
    encodings = ["utf-8-sig", "cp1252"]
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encodings = ["utf-16"]
    elif max(high, low) > len(raw[:400]) // 4:
        encodings = ["utf-16-be" if high > low else "utf-16-le"]
    for encoding in encodings:
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        return None if "\0" in text else text
    return None


def _sheet(path: Path, raw: bytes) -> list[list[str]]:
    """The first sheet of a workbook, as the spreadsheet shows its cells."""
    import openpyxl

    try:
        shown, typed = (openpyxl.load_workbook(io.BytesIO(raw), data_only=d) for d in (True, False))
        sheet, typed_sheet = shown.worksheets[0], typed.worksheets[0]
    except Exception as error:  # openpyxl raises whatever the damage happens to hit
        raise StudyError([Problem(str(path), "cannot be read as XLSX", SAVE_AGAIN)]) from error
    problems = []
    for merged in sheet.merged_cells.ranges:
        hint = "Unmerge them: each column needs its own name, and each row its own cells."
        problems.append(Problem(path.name, f"the cells {merged} are merged", hint))
    for row in typed_sheet.iter_rows():
        for cell in row:
            result = sheet[cell.coordinate].value
            if cell.data_type == "f" and result is None:
                what = f"cell {cell.coordinate} holds a formula whose result was not saved"
                hint = "Open it in Excel and save it again, or put the value in place of the formula."
                problems.append(Problem(path.name, what, hint))
            elif result in FAILED:
                what = f"cell {cell.coordinate} shows {result}"
                problems.append(Problem(path.name, what, "Correct the formula, or empty the cell."))
    rows = [[_as_shown(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
    if not any(any(row) for row in rows) and len(shown.worksheets) > 1:
        what = f"the first of its {counted(len(shown.worksheets), 'sheet')}, {sheet.title}, is empty"
        problems.append(Problem(path.name, what, "Move the table to the first sheet."))
    if problems:
        raise StudyError(problems)
    return rows


def _as_shown(cell) -> str:
    """A cell of a sheet as the spreadsheet shows it: 1 and not 1.0, a date without a clock time."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).removesuffix(" 00:00:00")
