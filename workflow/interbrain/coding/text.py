"""The text, or the rows of cells, of an exported file in any encoding that these programs write."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

from interbrain.coding.annotations import CodingError

AGAIN = "Export it again as text in UTF-8."
CLOCK = re.compile(r"(?:(\d+):)?(\d{1,2}):(\d{1,2}(?:[.,]\d+)?)")
PLAIN = re.compile(r"[+-]?\d+(?:[.,]\d+)?(?:[eE][+-]?\d+)?")


def text_of(path: Path) -> str:
    """The text of a file: UTF-8, UTF-16 with its mark, or a Western code page.

    Raises
    ------
    CodingError
        It cannot be opened, or is no text.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        hint = "Check whether another program has it open, and whether you may read it."
        raise CodingError(f"cannot be opened ({error.strerror})", hint, where=path.name) from error
    marked = raw[:2] in (b"\xff\xfe", b"\xfe\xff")
    for encoding in ["utf-16"] if marked else ["utf-8-sig", "cp1252", "latin-1"]:
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise CodingError("is not a text file", AGAIN, where=path.name)


def rows_of(path: Path) -> list[list[str]]:
    """The rows of a table, without spaces around cells: XLSX, or text with tabs, commas or semicolons."""
    if path.suffix.lower() in (".xlsx", ".xlsm"):
        return _sheet(path)
    text = text_of(path)
    lines = [line for line in text.splitlines() if line.strip()]
    delimiter = max("\t;,", key=lambda sign: sum(line.count(sign) for line in lines[:200]))
    if delimiter == "\t":  # in which a quote is a letter like any other
        cells = [line.split("\t") for line in text.splitlines()]
        return [[_bare(cell) for cell in row] for row in cells]
    try:
        return [[cell.strip() for cell in row] for row in csv.reader(io.StringIO(text), delimiter=delimiter)]
    except csv.Error as error:
        raise CodingError(f"is not a readable table ({error})", AGAIN, where=path.name) from error


def _bare(cell: str) -> str:
    cell = cell.strip()
    return cell[1:-1].replace('""', '"').strip() if len(cell) > 1 and cell[0] == cell[-1] == '"' else cell


def _sheet(path: Path) -> list[list[str]]:
    import openpyxl

    try:
        sheet = openpyxl.load_workbook(path, data_only=True).worksheets[0]
        return [["" if cell is None else str(cell).strip() for cell in row] for row in sheet.values]
    except Exception as error:  # openpyxl raises whatever the damage happens to hit
        raise CodingError(
            "cannot be read as XLSX", "Export it again as TSV or CSV.", where=path.name
        ) from error


def seconds(cell: str) -> float | None:
    """A time as seconds (12.5, 12,5) or as a clock shows it (00:00:12.500); None if it is neither."""
    if PLAIN.fullmatch(cell):
        return float(cell.replace(",", "."))
    if found := CLOCK.fullmatch(cell):
        hours, minutes, rest = found.groups()
        return 3600 * int(hours or 0) + 60 * int(minutes) + float(rest.replace(",", "."))
    return None
