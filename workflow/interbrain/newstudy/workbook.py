"""A table of a new study as XLSX: a fixed heading, what each column means, lists of the words it knows."""

from __future__ import annotations

import io
import re
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from interbrain.newstudy.table_text import KINDS, Table
from interbrain.study.columns import row_schema
from interbrain.study.understood import HANDS, SEXES

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

ROWS = 2000  # that have lists, and are text, so that Excel makes no number of 01 and no date of 1-12
LONGEST_LIST = 255  # of the words of a list in a workbook, in signs
PLAIN_NUMBER = re.compile(r"-?(0|[1-9]\d{0,14})([.]\d+)?")
OPEN = "FFF2CC"  # colour of cells in which something is left open


def as_xlsx(table: Table, levels: Mapping[str, Sequence[str]], own_numbers: Collection[str] = ()) -> bytes:
    """The workbook of a table.

    Parameters
    ----------
    levels : mapping column -> words
        What config.yaml allows in a column: times, and the levels of factors.
    own_numbers : collection of str
        Columns of numbers that only this study has.
    """
    from openpyxl import Workbook
    from openpyxl.utils import get_column_letter

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = table.name[:31]
    sheet.append(list(table.columns))
    numbers = number_columns(table) | set(own_numbers)
    for row in table.rows.itertuples(index=False, name=None):
        sheet.append([_value(cell, c in numbers) for c, cell in zip(table.columns, row, strict=True)])
    sheet.freeze_panes = "A2"
    for number, column in enumerate(table.columns, 1):
        letter = get_column_letter(number)
        cells = [column, *table.rows[column]]
        sheet.column_dimensions[letter].width = min(60, max(map(len, cells)) + 4)
        shown = "General" if column in numbers else "@"
        sheet.column_dimensions[letter].number_format = shown
        _heading(sheet, letter, table, column)
        for at in range(2, max(len(table.rows) + 2, 50)):
            sheet[f"{letter}{at}"].number_format = shown
        _list(sheet, letter, levels.get(column) or _words(KINDS.get(table.name, ""), column))
    _notes(sheet, table)
    for line in table.bottom:
        sheet.append([f"# {line}"])
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


def number_columns(table: Table) -> set[str]:
    """Columns that hold numbers; in all others, cells are text, so that 01 stays 01."""
    kind = KINDS.get(table.name, "answers")
    if kind == "answers":  # or scores
        return set(table.columns) - {"dyad"}
    if kind == "key":
        return {"item", "minimum", "maximum"}
    about = row_schema(kind)
    known = {
        c: about["$defs"][a["$ref"].rpartition("/")[2]] if "$ref" in a else a
        for c, a in about["properties"].items()
        if c in table.columns
    }
    patterns = {c: re.compile(a["pattern"]) for c, a in known.items() if "pattern" in a}
    return {c for c, p in patterns.items() if p.search("45") and p.search("45.5") and not p.search("a")}


def _value(cell: str, is_number: bool) -> str | int | float | None:
    if not is_number or not PLAIN_NUMBER.fullmatch(cell):
        return cell or None
    return float(cell) if "." in cell else int(cell)


def _heading(sheet: Worksheet, letter: str, table: Table, column: str) -> None:
    from openpyxl.styles import Font

    head = sheet[f"{letter}1"]
    head.font = Font(bold=True)
    told = [table.meanings.get(column, "A column of this study")]
    if letter == "A":
        told += [*table.about, *(f"May be added: {c}: {table.meanings[c]}" for c in table.rare)]
    head.comment = _said("\n".join(told))


def _notes(sheet: Worksheet, table: Table) -> None:
    """What a row leaves open: on its first cell, and its empty cells in colour."""
    from openpyxl.styles import PatternFill

    for place, notes in table.notes.items():
        at = place + 2
        sheet.cell(at, 1).comment = _said("\n".join(notes))
        for number, cell in enumerate(table.rows.iloc[place], 1):
            name = table.columns[number - 1]
            if number == 1 or (
                not cell and name in ("therapist", "client", "time", "therapist_file", "client_file")
            ):
                sheet.cell(at, number).fill = PatternFill("solid", fgColor=OPEN)


def _said(text: str) -> Any:
    from openpyxl.comments import Comment

    comment = Comment(text, "Interbrain")
    comment.width, comment.height = 420, min(600, 30 + 18 * (len(text) // 55 + text.count("\n") + 1))
    return comment


def _list(sheet: Worksheet, letter: str, words: Sequence[str]) -> None:
    """A list of the words that a column knows."""
    from openpyxl.worksheet.datavalidation import DataValidation

    shown = ",".join(words)
    if not words or len(shown) > LONGEST_LIST or any("," in word or '"' in word for word in words):
        return
    rule = DataValidation(type="list", formula1=f'"{shown}"', allow_blank=True, showErrorMessage=False)
    sheet.add_data_validation(rule)
    rule.add(f"{letter}2:{letter}{ROWS}")


def _words(kind: str, column: str) -> list[str]:
    """What the schema of a table's rows allows in a column, if that is a list of words."""
    known = {"sex": list(SEXES), "handedness": list(HANDS)}
    about = row_schema(kind)["properties"].get(column, {}) if kind else {}
    return known.get(column) or [word for word in about.get("enum", []) if word]
