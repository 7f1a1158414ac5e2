"""A table as a person saved it, as text cells with the rows that a spreadsheet shows.

Knows no column and no study.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from interbrain.problems import Problem
from interbrain.study.problems import StudyError, nearest_file, on_disk
from interbrain.study.sheets import FAILED, SAVE_AGAIN, file_and_sheet, sheet_rows

COMMENT = "#"
SEPARATORS = {"\t": "tabs", ";": "semicolons", ",": "commas"}
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

    TSV, CSV with comma or semicolon, the first visible sheet of an XLSX or, as ``book.xlsx#Sheet``, the one
    that is named; UTF-8 with or without byte-order mark, UTF-16, cp1252. Rows that begin with # are comments.

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
    path, sheet = file_and_sheet(Path(path))
    path = on_disk(path)
    if path.is_dir():
        hint = "Name the table in it, with its ending."
        raise StudyError([Problem(str(path), "this is a folder, not a table", hint)])
    if not path.is_file():
        raise StudyError([Problem(str(path), "file not found", nearest_file(path))])
    notes: list[Problem] = []
    name = path.name if sheet is None else f"{path.name}#{sheet}"
    rows = [[_plain(cell) for cell in row] for row in _rows(path, sheet, notes)]
    rows = [[] if _is_comment(row) else row for row in rows]
    first = next((i for i, row in enumerate(rows) if any(row)), None)
    if first is None:
        raise EmptyTable([Problem(name, "the table is empty", "Row 1 must hold the names of the columns.")])
    heading, where = rows[first], f"{name}, row {first + 1}"
    problems = [
        Problem(where, f'the column "{column}" occurs twice', "Keep one of them.")
        for column in dict.fromkeys(heading)
        if column and heading.count(column) > 1
    ]
    filled = [(number, row) for number, row in enumerate(rows, 1) if number > first + 1 and any(row)]
    if sum(map(bool, heading)) == 1 and any(sum(map(bool, row)) > 1 for _, row in filled):
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
            kind = "cells in columns without a heading"
            problems.append(Problem(f"{name}, row {number}", what, STRAY[_is_workbook(path)], kind=kind))
        elif other:
            what = f"the cells are separated by {SEPARATORS[other[0]]}, those of the heading are not"
            hint = "Use one separator in the whole table."
            problems.append(Problem(f"{name}, row {number}", what, hint))
            break  # the rows below are no better
    if problems:
        raise StudyError(problems)
    named = [i for i, column in enumerate(heading) if column]
    whole = [(number, row + [""] * (width - len(row))) for number, row in filled]  # a short row ends empty
    cells = [(number, [row[i] for i in named]) for number, row in whole]
    cells = [(number, row) for number, row in cells if any(row)]
    table = pd.DataFrame(
        [row for _, row in cells],
        columns=[heading[i] for i in named],
        index=pd.Index([number for number, _ in cells], dtype=int),
        dtype=str,
    )
    said = (cell for row in (heading, *(row for _, row in filled)) for cell in row)
    garbled = [cell for cell in said if not cell.isascii() and GARBLED.search(cell)]
    if garbled:
        what = "looks garbled, as if read in the wrong encoding"
        hint = "Compare it with the file that the table was made from."
        notes.append(Problem(name, f'"{garbled[0]}" {what}', hint, shared=f"a cell {what}"))
    table.attrs = {"heading": first + 1, "notes": notes}
    return table


def numbered_rows(table: pd.DataFrame) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows of a table as `read_table` gives it, each with its number in the spreadsheet."""
    columns = list(table)
    rows = (dict(zip(columns, row, strict=True)) for row in table.to_numpy(dtype=object).tolist())
    return zip(table.index.tolist(), rows, strict=True)


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


def _rows(path: Path, sheet: str | None, notes: list[Problem]) -> list[list[str]]:
    """Every row of a table: the empty ones and the comments, too. What must be known is added to `notes`."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        hint = "Check whether another program has it open, and whether you may read it."
        raise StudyError([Problem(str(path), f"cannot be opened ({error.strerror})", hint)]) from error
    if raw[:4] == b"\xd0\xcf\x11\xe0":
        raise StudyError([Problem(str(path), "an old Excel file, or one with a password", SAVE_AGAIN)])
    if raw[:2] == b"PK":
        return sheet_rows(path, raw, sheet, notes)
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
        what = "is not in UTF-8: its letters are read as those of Western Europe"
        hint = f"If they are others: {SAVE_UTF8[0].lower()}{SAVE_UTF8[1:]}"
        notes.append(Problem(path.name, f'{what}, "{words[0]}"', hint, shared=what))


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
