"""A table as a person saved it, as text cells with the rows that a spreadsheet shows.

Knows no column and no study.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from interbrain.problems import Problem
from interbrain.study.problems import StudyError, counted, nearest_file, on_disk
from interbrain.words import listed

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

COMMENT = "#"
# What a spreadsheet shows where a formula failed; the first sign is not that of a comment.
FAILED = ("#REF!", "#N/A", "#NAME?", "#VALUE!", "#DIV/0!", "#NUM!", "#NULL!")
SEPARATORS = {"\t": "tabs", ";": "semicolons", ",": "commas"}
SAVE_AGAIN = "Open it in Excel and save it as XLSX or CSV."
# What to do about a cell beyond the heading: in a text, and in a workbook.
STRAY = (
    "Name the column, or put quotes around a cell that holds the separator.",
    "Name the column, or empty the cell.",
)
SAVE_UTF8 = 'In Excel, save it as "CSV UTF-8 (Comma delimited)" or as XLSX.'
# Letters of Western Europe and signs of cp1252: what else a byte could be there, nobody writes.
WESTERN = frozenset("ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜßàáâãäåæçèéêëìíîïñòóôõöøùúûüÿ")
SIGNS = frozenset("\xa0°±²³µ·§…€–—•×½¼¾´¿¡")
OPENING, CLOSING = "“„‘«»", "”’“»«"
# UTF-8 that was once read as cp1252, and what stands for letters that were lost.
GARBLED = re.compile("Ã[\x80-\xbf‚-™]|â€|\ufffd")


class EmptyTable(StudyError):
    """A table without a heading."""


def read_table(path: Path) -> pd.DataFrame:
    """Read a table as text cells, as Excel or an editor saved it.

    TSV, CSV with comma or semicolon, the first visible sheet of an XLSX; UTF-8 with or without byte-order
    mark, UTF-16, cp1252. Rows that begin with # are comments.

    Returns
    -------
    table : DataFrame of str
        Empty cells and n/a are ""; letters are composed (NFC). The index is the row that a spreadsheet
        shows; ``attrs["heading"]`` is that of the heading, and ``attrs["notes"]`` is a list of Problem: what
        a person must know of the file.

    Raises
    ------
    StudyError
        If the file is missing or is no table.
    """
    path = on_disk(Path(path))
    if path.is_dir():
        hint = "Name the table in it, with its ending."
        raise StudyError([Problem(str(path), "this is a folder, not a table", hint)])
    if not path.is_file():
        raise StudyError([Problem(str(path), "file not found", nearest_file(path))])
    notes: list[Problem] = []
    rows = [[_plain(cell) for cell in row] for row in _rows(path, notes)]
    rows = [[] if _is_comment(row) else row for row in rows]
    first = next((i for i, row in enumerate(rows) if any(row)), None)
    if first is None:
        raise EmptyTable(
            [Problem(path.name, "the table is empty", "Row 1 must hold the names of the columns.")]
        )
    heading, where = rows[first], f"{path.name}, row {first + 1}"
    problems = [
        Problem(where, f'the column "{name}" occurs twice', "Keep one of them.")
        for name in dict.fromkeys(heading)
        if name and heading.count(name) > 1
    ]
    filled = [(number, row) for number, row in enumerate(rows, 1) if number > first + 1 and any(row)]
    if sum(map(bool, heading)) == 1 and filled and sum(map(bool, filled[0][1])) > 1:
        what = f'this row holds "{"".join(heading)}" instead of column names'
        hint = "The first row must name the columns: delete the lines above it, or begin them with #."
        raise StudyError([Problem(where, what, hint)])
    all_named, width = all(heading), len(heading)
    for number, row in filled:
        fits = all_named and len(row) <= width
        stray = [] if fits else [c for i, c in enumerate(row) if c and not "".join(heading[i : i + 1])]
        other = [sign for sign in SEPARATORS if len(row) == 1 and row[0].count(sign) >= len(heading) - 1 > 0]
        if stray:
            what = f'"{stray[0]}" is in a column without a heading'
            problems.append(Problem(f"{path.name}, row {number}", what, STRAY[_is_workbook(path)]))
        elif other:
            what = f"the cells are separated by {SEPARATORS[other[0]]}, those of the heading are not"
            hint = "Use one separator in the whole table."
            problems.append(Problem(f"{path.name}, row {number}", what, hint))
            break  # the rows below are no better
    if problems:
        raise StudyError(problems)
    named = [i for i, name in enumerate(heading) if name]
    whole = [row + [""] * (width - len(row)) for _, row in filled]  # a short row ends in empty cells
    table = pd.DataFrame(
        [[row[i] for i in named] for row in whole],
        columns=[heading[i] for i in named],
        index=pd.Index([number for number, _ in filled], dtype=int),
        dtype=str,
    )
    table = table[(table != "").any(axis=1)]
    cells = (cell for row in (heading, *(row for _, row in filled)) for cell in row)
    garbled = [cell for cell in cells if not cell.isascii() and GARBLED.search(cell)]
    if garbled:
        what = f'"{garbled[0]}" looks garbled, as if read in the wrong encoding'
        notes.append(Problem(path.name, what, "Compare it with the file that the table was made from."))
    table.attrs = {"heading": first + 1, "notes": notes}
    return table


def numbered_rows(table: pd.DataFrame) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows of a table as `read_table` gives it, each with its number in the spreadsheet."""
    return zip(table.index.tolist(), table.to_dict("records"), strict=True)


def _is_workbook(path: Path) -> bool:
    """By what it holds: an XLSX may be called .csv."""
    with path.open("rb") as file:
        return file.read(2) == b"PK"


def _plain(cell: str) -> str:
    """A cell without the spaces around it and without signs that nobody sees; n/a is empty."""
    if not cell.isascii():
        cell = re.sub("[\u200b\u2060\ufeff]", "", cell).replace("\xa0", " ")
        cell = unicodedata.normalize("NFC", cell.strip())
    else:
        cell = cell.strip()
    return "" if cell == "n/a" else cell


def _is_comment(row: list[str]) -> bool:
    return bool(row) and row[0].startswith(COMMENT) and row[0] not in FAILED


def _rows(path: Path, notes: list[Problem]) -> list[list[str]]:
    """Every row of a table: the empty ones and the comments, too. What must be known is added to `notes`."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        hint = "Check whether another program has it open, and whether you may read it."
        raise StudyError([Problem(str(path), f"cannot be opened ({error.strerror})", hint)]) from error
    if raw[:4] == b"\xd0\xcf\x11\xe0":
        raise StudyError([Problem(str(path), "an old Excel file, or one with a password", SAVE_AGAIN)])
    if raw[:2] == b"PK":
        return _sheet(path, raw, notes)
    decoded = _text(raw)
    if decoded is None:
        raise StudyError([Problem(str(path), "not a text table", "Save it as TSV, CSV or XLSX.")])
    text, encoding = decoded
    if encoding == "cp1252":
        _check_western(path, text, notes)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    # A comment may hold a single quote, which would swallow the rows below it.
    lines = [COMMENT if line.startswith(COMMENT) else line for line in lines]
    heading = next((line for line in lines if not line.lstrip('"').startswith(COMMENT)), "")
    delimiter = max(SEPARATORS, key=heading.count)
    rows = csv.reader(io.StringIO("\n".join(lines), newline=""), delimiter=delimiter, strict=True)
    try:
        return list(rows)
    except csv.Error as error:
        what = "a quotation mark is not closed, or is in the middle of a cell"
        hint = "Look for a stray quotation mark in this row or above it."
        raise StudyError([Problem(f"{path.name}, line {rows.line_num}", what, hint)]) from error


def _text(raw: bytes) -> tuple[str, str] | None:
    """The text of a file and its encoding, one of those that Excel and editors use; None if it is none."""
    # Latin letters in UTF-16 have a zero byte beside each: without a mark, that tells the order.
    high, low = raw[:400:2].count(0), raw[1:400:2].count(0)
    encodings = ["utf-8-sig"]
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encodings = ["utf-16"]
    elif max(high, low) > len(raw[:400]) // 4:
        encodings = ["utf-16-be" if high > low else "utf-16-le"]
    for encoding in encodings:
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        return None if "\0" in text else (text, encoding)
    # Bytes below 32 but tabs and line ends are no text in any encoding; without ASCII, it is no table.
    if encodings != ["utf-8-sig"] or re.search(rb"[\x00-\x08\x0e-\x1f]", raw) or not re.search(rb"\w", raw):
        return None
    return raw.decode("cp1252", errors="replace"), "cp1252"


def _check_western(path: Path, text: str, notes: list[Problem]) -> None:
    """Whether a text that is not UTF-8 reads as one of Western Europe; no byte names its alphabet."""
    lines = [line for line in text.splitlines() if not line.lstrip('"').startswith(COMMENT)]
    words = [word for line in lines for word in re.split(r"[\s,;\"]+", line) if not word.isascii()]
    odd = [word for word in words if not _western(word)]
    if odd:
        what = f'is not in UTF-8, and its letters are ambiguous (they could be "{odd[0]}")'
        raise StudyError([Problem(path.name, what, SAVE_UTF8)])
    if words:
        what = f'is not in UTF-8: its letters are read as those of Western Europe, "{words[0]}"'
        notes.append(Problem(path.name, what, f"If they are others: {SAVE_UTF8[0].lower()}{SAVE_UTF8[1:]}"))


def _western(word: str) -> bool:
    """Whether a word could be one of a Western European language."""
    word = word.lstrip(OPENING).rstrip(CLOSING).replace("’", "")
    if len(word) > 1 and not re.search("[ -~]", word):
        return False
    if not set(word) - set(map(chr, range(128))) <= WESTERN | SIGNS:
        return False
    # Two such letters side by side are lower-case (criação, créée), and no capital follows a small letter.
    side_by_side = re.findall(r"[^\x00-\x7f]{2,}", word)
    if any(len(run) > 2 or not run.islower() for run in side_by_side if not set(run) <= SIGNS):
        return word.isupper() and all(len(run) < 3 for run in side_by_side)
    if re.search(r"[^\W\d_][°±²³µ§…€–—•×½¼¾´¿¡][^\W\d_]|[±²³…•×½¼¾´][^\W\d_]", word):
        return False  # no sign is within a word
    return not re.search(r"[a-zß-ÿ][À-ÖØ-Þ]", word)


def _sheet(path: Path, raw: bytes, notes: list[Problem]) -> list[list[str]]:
    """The first visible sheet of a workbook, as the spreadsheet shows its cells."""
    import openpyxl

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of parts of a workbook that are no cells
            shown, typed = (openpyxl.load_workbook(io.BytesIO(raw), data_only=d) for d in (True, False))
        visible = [s.title for s in shown.worksheets if s.sheet_state == "visible"]
        sheets = {s.title: s for s in shown.worksheets}
    except Exception as error:  # openpyxl raises whatever the damage happens to hit
        raise StudyError([Problem(str(path), "cannot be read as XLSX", SAVE_AGAIN)]) from error
    if not visible:
        hint = "Make the sheet with the table visible, or save the table as CSV."
        raise StudyError([Problem(path.name, "has no visible sheet", hint)])
    sheet, typed_sheet = sheets[visible[0]], typed[visible[0]]
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
    if not any(any(row) for row in rows) and len(sheets) > 1:
        what = f"the first of its {counted(len(sheets), 'sheet')}, {sheet.title}, is empty"
        problems.append(Problem(path.name, what, "Move the table to the first sheet."))
    if problems:
        raise StudyError(problems)
    hidden = [title for title in sheets if title not in visible]
    if len(sheets) > 1:
        others = [f"{listed(visible[1:])} (visible)"] if visible[1:] else []
        others += [f"{listed(hidden)} (hidden)"] if hidden else []
        what = f"the sheet {sheet.title} is read, and not {listed(others)}"
        hint = "If the table is on another sheet, make that the first visible one, or save it as CSV."
        notes.append(Problem(path.name, what, hint))
    _note_hidden(path, sheet, rows, notes)
    _note_struck_out(path, sheet, notes)
    return rows


def _note_hidden(path: Path, sheet: Worksheet, rows: list[list[str]], notes: list[Problem]) -> None:
    """Say which rows and columns the spreadsheet does not show."""
    from openpyxl.utils import get_column_letter

    filled = [number for number, row in enumerate(rows, 1) if any(row)]
    lines = [str(n) for n in filled if n in sheet.row_dimensions and sheet.row_dimensions[n].hidden]
    width = max(map(len, rows), default=0)
    columns = [
        get_column_letter(n)
        for dimension in sheet.column_dimensions.values()
        for n in range(dimension.min or 0, min(dimension.max or 0, width) + 1)
        if dimension.hidden and n and any(row[n - 1 : n] != [""] for row in rows)
    ]
    for kind, names in (("row", lines), ("column", columns)):
        if names:
            more = [f"{len(names) - 10} more"] if len(names) > 10 else []
            hidden = f"{kind}{'s' * (len(names) > 1)} {listed([*names[:10], *more])}"
            by_filter = " by a filter" if kind == "row" and sheet.auto_filter.ref else ""
            what = f"{hidden} {'are' if len(names) > 1 else 'is'} hidden{by_filter} but will be used"
            hint = f"Delete the {kind}s that must not count, or begin the rows with #."
            hint = hint if kind == "row" else "Delete those that must not count."
            notes.append(Problem(path.name, what, hint))


def _note_struck_out(path: Path, sheet: Worksheet, notes: list[Problem]) -> None:
    """Say which rows somebody crossed out: a person sees that they no longer count, and no program does."""
    struck = [
        str(row[0].row)
        for row in sheet.iter_rows()
        if any(cell.value is not None and cell.font and cell.font.strike for cell in row)
    ]
    if struck:
        more = [f"{len(struck) - 10} more"] if len(struck) > 10 else []
        rows = f"row{'s' * (len(struck) > 1)} {listed([*struck[:10], *more])}"
        what = f"{rows} {'have' if len(struck) > 1 else 'has'} cells that are struck out, but will be used"
        hint = "Delete what must not count, or begin the row with #; remove the line from what must."
        notes.append(Problem(path.name, what, hint))


def _as_shown(cell: Any) -> str:
    """A cell of a sheet as the spreadsheet shows it: 1 and not 1.0, a date without a clock time."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).removesuffix(" 00:00:00")
