"""The sheets of a workbook: the one that is read, the others, and what a sheet hides from a program.

A workbook with several sheets is named as `book.xlsx`, which means its first visible sheet, or as
`book.xlsx#Sheet`. Knows no column and no study.
"""

from __future__ import annotations

import io
import re
import unicodedata
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from interbrain.problems import Problem
from interbrain.study.problems import FEW, StudyError, counted, nearest
from interbrain.words import listed

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

# What a spreadsheet shows where a formula failed; the first sign is not that of a comment.
FAILED = ("#REF!", "#N/A", "#NAME?", "#VALUE!", "#DIV/0!", "#NUM!", "#NULL!")
SAVE_AGAIN = "Open it in Excel and save it as XLSX or CSV."
NAMED = re.compile(r"(?P<file>.+\.xls[xm]?)#(?P<sheet>.+)", re.IGNORECASE | re.DOTALL)


def file_and_sheet(path: Path) -> tuple[Path, str | None]:
    """The file of a table and the sheet that is named in it; None: no sheet is named.

    Examples
    --------
    >>> file_and_sheet(Path("people.xlsx#Sheet 2")), file_and_sheet(Path("people.tsv"))
    ((PosixPath('people.xlsx'), 'Sheet 2'), (PosixPath('people.tsv'), None))
    """
    named = None if path.exists() else NAMED.fullmatch(str(path))
    return (Path(named["file"]), named["sheet"]) if named else (path, None)


def file_of_table(table: str) -> str:
    """The file of a table as config.yaml names it, without the sheet."""
    return file_and_sheet(Path(table))[0].as_posix()


def sheets_of(path: Path) -> list[str]:
    """The titles of the visible sheets of a file; none if it is no workbook."""
    try:
        raw = path.read_bytes()
        return _visible(_workbooks(raw)[0]) if raw[:2] == b"PK" else []
    except Exception:  # what is wrong with it is said where it is read
        return []


def sheet_rows(path: Path, raw: bytes, named: str | None, notes: list[Problem]) -> list[list[str]]:
    """A sheet of a workbook, as the spreadsheet shows its cells.

    Parameters
    ----------
    named : str or None
        Its title, in any case; None: the first visible sheet, and a note names the others.
    """
    name = path.name if named is None else f"{path.name}#{named}"
    try:
        shown, typed = _workbooks(raw)
    except Exception as error:  # openpyxl raises whatever the damage happens to hit
        raise StudyError([Problem(str(path), "cannot be read as XLSX", SAVE_AGAIN)]) from error
    title = _title(path, shown, named)
    sheet, typed_sheet = shown[title], typed[title]
    problems = []
    if merged := sorted(str(cells) for cells in sheet.merged_cells.ranges):
        shown = [*merged[:FEW], "others"] if len(merged) > FEW else merged
        hint = "Unmerge them: each column needs its own name, and each row its own cells."
        if any(cells.startswith("A1:") for cells in merged):
            hint += " If row 1 is a title, delete it: the first row must name the columns."
        problems.append(Problem(name, f"the cells {listed(shown)} are merged", hint))
    for row in typed_sheet.iter_rows():
        for cell in row:
            result = sheet[cell.coordinate].value
            if cell.data_type == "f" and result is None:
                what = f"cell {cell.coordinate} holds a formula whose result was not saved"
                hint = "Open it in Excel and save it again, or put the value in place of the formula."
                problems.append(Problem(name, what, hint))
            elif result in FAILED:
                what = f"cell {cell.coordinate} shows {result}"
                problems.append(Problem(name, what, "Correct the formula, or empty the cell."))
    rows = [[_as_shown(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
    if problems:
        raise StudyError(problems)
    if named is None:
        _note_others(name, shown, title, empty=not any(any(row) for row in rows), notes=notes)
    _note_hidden(name, sheet, rows, notes)
    _note_struck_out(name, sheet, notes)
    return rows


def _workbooks(raw: bytes) -> tuple[Workbook, Workbook]:
    """A workbook with the results of its formulas, and with the formulas."""
    import openpyxl

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of parts of a workbook that are no cells
        shown, typed = (openpyxl.load_workbook(io.BytesIO(raw), data_only=d) for d in (True, False))
    return shown, typed


def _visible(book: Workbook) -> list[str]:
    return [s.title for s in book.worksheets if s.sheet_state == "visible"]


def _title(path: Path, book: Workbook, named: str | None) -> str:
    """The title of the sheet that is meant, as the workbook spells it."""
    visible = _visible(book)
    if named is not None:
        titles = [sheet.title for sheet in book.worksheets]
        meant = [title for title in titles if _alike(title, named)]
        if not meant:
            near = nearest(named, titles)
            hint = f"Did you mean {near}?" if near else f"It has: {', '.join(titles)}."
            raise StudyError([Problem(path.name, f"has no sheet {named}", hint)])
        return meant[0]
    if not visible:
        hint = "Make the sheet with the table visible, or save the table as CSV."
        raise StudyError([Problem(path.name, "has no visible sheet", hint)])
    return visible[0]


def _alike(*titles: str) -> bool:
    """Whether titles differ in nothing but case, outer spaces, and umlauts as one sign or as two."""
    return len({unicodedata.normalize("NFC", title).strip().casefold() for title in titles}) == 1


def _note_others(name: str, book: Workbook, title: str, *, empty: bool, notes: list[Problem]) -> None:
    """Say which sheets are not read; an empty sheet before them is a problem."""
    visible, titles = _visible(book), [sheet.title for sheet in book.worksheets]
    if len(titles) < 2:
        return
    if empty:
        what = f"the first of its {counted(len(titles), 'sheet')}, {title}, is empty"
        hint = f"Move the table to the first sheet, or write {name}#Sheet wherever {name} is named."
        raise StudyError([Problem(name, what, hint)])
    hidden = [t for t in titles if t not in visible]
    others = [f"{listed(visible[1:])} (visible)"] if visible[1:] else []
    others += [f"{listed(hidden)} (hidden)"] if hidden else []
    what = f"the sheet {title} is read, and not {listed(others)}"
    another = f"{name}#{(visible[1:] or hidden)[0]}"
    hint = f"If the table is on another sheet, write {another} wherever {name} is named, as in config.yaml."
    notes.append(Problem(name, what, hint))


def _note_hidden(name: str, sheet: Worksheet, rows: list[list[str]], notes: list[Problem]) -> None:
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
    for kind, places in (("row", lines), ("column", columns)):
        if places:
            more = [f"{len(places) - 10} more"] if len(places) > 10 else []
            hidden = f"{kind}{'s' * (len(places) > 1)} {listed([*places[:10], *more])}"
            by_filter = " by a filter" if kind == "row" and sheet.auto_filter.ref else ""
            what = f"{hidden} {'are' if len(places) > 1 else 'is'} hidden{by_filter} but will be used"
            hint = f"Delete the {kind}s that must not count, or begin the rows with #."
            hint = hint if kind == "row" else "Delete those that must not count."
            notes.append(Problem(name, what, hint))


def _note_struck_out(name: str, sheet: Worksheet, notes: list[Problem]) -> None:
    """Say which rows somebody crossed out: a person sees that they no longer count, and no program does."""
    struck = [
        str(row[0].row)
        for row in sheet.iter_rows()
        if any(cell.value is not None and cell.font and cell.font.strike for cell in row)
    ]
    if struck:
        more = [f"{len(struck) - 10} more"] if len(struck) > 10 else []
        rows = f"row{'s' * (len(struck) > 1)} {listed([*struck[:10], *more])}"
        what = (
            f"{rows} {'have' if len(struck) > 1 else 'has'} cells that are struck through, but will be used"
        )
        hint = "Delete what must not count, or begin the row with #; remove the line through what must."
        notes.append(Problem(name, what, hint))


def _as_shown(cell: Any) -> str:
    """A cell of a sheet as the spreadsheet shows it: 1 and not 1.0, a date without a clock time."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).removesuffix(" 00:00:00")
