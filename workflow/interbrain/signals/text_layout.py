"""A text table taken apart: its encoding, what divides its cells, its heading; the cells stay text.

Not here: what the cells mean (`text_tables`).
"""

from __future__ import annotations

import gzip
import io
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from interbrain.signals import SignalError
from interbrain.signals.text_suffixes import WORKBOOKS
from interbrain.signals.workbooks import sheet_text

SEPARATORS = ("\t", ";", ",")
# How programs write a missing value; `--undefined--` is Praat's, those with # are Excel's.
NOTHING = "|nan|na|n/a|n.a.|null|none|nil|-|--|.|#n/a|#nv|#num!|#zahl!|#div/0!|--undefined--|inf|-inf"
MISSING = frozenset(NOTHING.split("|"))
NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?")
DECIMAL_COMMA = re.compile(r"\s*[+-]?\d+,\d+\s*")


@dataclass(frozen=True)
class Cells:
    """A text table taken apart: names of its columns (empty: none), its cells, the line of the first row."""

    names: list[str]
    rows: pd.DataFrame  # of text
    first_line: int


def cells_of(path: Path) -> tuple[Cells, dict]:
    """The table's cells, and the JSON beside it if it is a BIDS file's.

    Raises
    ------
    SignalError
        The file is not there, cannot be read or is empty; what divides its cells is not certain; or a
        line has more cells than those above it.
    """
    raw, about = _read(path)
    workbook = path.suffix.lower() in WORKBOOKS
    kept = _lines(sheet_text(raw, path) if workbook else _decoded(raw, path))
    if not kept:
        raise SignalError("is empty", "Export the signal again.", where=path)
    separator = _separator([line for _, line in kept[:20]])
    separator = _decimal_commas([line for _, line in kept], separator, path)
    if separator:  # of several columns, a line without a cell is none; of one, it is a missing value
        kept = [(number, line) for number, line in kept if line]
    rows = [_split(line, separator) for _, line in kept[:3]]
    names = [str(name) for name in about.get("Columns", [])]
    n_head = 0
    if not names and not any(map(is_number, rows[0])) and not all(map(is_missing, rows[0])):
        names, n_head = rows[0], 1
        if len(rows) > 1 and any(rows[1]) and not any(is_number(c) or is_missing(c) for c in rows[1]):
            names, n_head = [f"{name} [{unit}]" for name, unit in zip(names, rows[1], strict=False)], 2
    widths = [len(_split(line, separator)) for _, line in kept[n_head : n_head + 20]]
    width = max(len(names), *widths, 1)
    table = _table(kept[n_head:], separator, width, path)
    first = kept[n_head][0] if len(kept) > n_head else 1
    return Cells([name.strip().strip('"') for name in names], table, first), about


def _read(path: Path) -> tuple[bytes, dict]:
    """A file's bytes, and the JSON beside it."""
    about: dict = {}
    try:
        raw = path.read_bytes()
        raw = gzip.decompress(raw) if path.suffix == ".gz" else raw
    except FileNotFoundError as error:
        raise SignalError(
            "there is no such file", "Correct it in the table of signals.", where=path
        ) from error
    except (OSError, EOFError) as error:
        raise SignalError(f"cannot be read ({error})", "Copy it again.", where=path) from error
    beside = path.with_name(path.name.removesuffix(".tsv.gz") + ".json")
    if path.name.endswith(".tsv.gz") and beside.is_file():
        about = json.loads(beside.read_text(encoding="utf-8"))
    return raw, about


def _lines(text: str) -> list[tuple[int, str]]:
    """The lines that count, with their numbers: no comments, no empty ones at either end.

    An empty line between others may be a missing value, unless every other line is empty.
    """
    lines = [(number, line.rstrip()) for number, line in enumerate(text.splitlines(), 1)]
    kept = [(n, line) for n, line in lines if not line.startswith("#") or is_missing(line.split("\t")[0])]
    full = [place for place, (_, line) in enumerate(kept) if line]
    if not full:
        return []
    kept = kept[full[0] : full[-1] + 1]
    if re.fullmatch(r"\W*sep=.\W*", kept[0][1], re.IGNORECASE):  # a line for Excel alone
        kept = kept[1:]
    every_other = len(kept) > 2 and all(
        bool(line) == (place % 2 == 0) for place, (_, line) in enumerate(kept)
    )
    return [(n, line) for n, line in kept if line] if every_other else kept


def _table(kept: Sequence[tuple[int, str]], separator: str, width: int, path: Path) -> pd.DataFrame:
    """Lines as cells of text."""
    if not separator:
        return pd.DataFrame({0: [line.strip() for _, line in kept]}, dtype=str)
    for number, line in kept:
        if line.count(separator) >= width and separator != " " and '"' not in line:
            what = f"line {number} has {line.count(separator) + 1} cells, and those above it have {width}"
            raise SignalError(what, "Export the signal again.", where=path)
    return pd.read_csv(
        io.StringIO("\n".join(line for _, line in kept)),
        sep=r"\s+" if separator == " " else separator,
        header=None,
        names=list(range(width)),
        index_col=False,
        dtype=str,
        keep_default_na=False,
        na_filter=False,
        quotechar='"',
        engine="c",
    ).fillna("")


def _decoded(raw: bytes, path: Path) -> str:
    encoding = "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError:
        text = raw.decode("cp1252", errors="replace")
    if "\0" in text[:10_000]:
        raise SignalError(
            "is not a text table", "Export the signal as CSV, or name the recording's own file.", where=path
        )
    return text


def _separator(lines: Sequence[str]) -> str:
    """What divides the cells; a space stands for any run of spaces, and empty for a single column."""
    body = lines[1:] or lines
    # Numbers between spaces come first: a comma is then part of the number, as in "87,45 23,56".
    if all(len(line.split()) > 1 and all(map(_is_number_or_missing, line.split())) for line in body):
        return "\t" if all("\t" in line for line in body) else " "
    for separator in SEPARATORS:
        if all(separator in line for line in body):
            # One column of numbers with a decimal comma, below a heading without one.
            alone = separator == "," and len(lines) > 1 and "," not in lines[0]
            if alone and all(DECIMAL_COMMA.fullmatch(line) for line in body):
                continue
            return separator
    return " " if all(len(line.split()) > 1 for line in body) else ""


def _decimal_commas(lines: Sequence[str], separator: str, path: Path) -> str:
    """The separator once more, where commas without a decimal point may themselves be the decimal mark.

    Raises
    ------
    SignalError
        Commas are both, or may be either.
    """
    if separator != ",":
        return separator
    head, lines = (lines[0], lines[1:]) if _is_head(lines[0]) else ("", lines)
    if not lines or any("." in line or '"' in line or _is_head(line) for line in lines):
        return separator
    cells = [[cell.strip() for cell in line.split(",")] for line in lines]
    # No program writes whole numbers as 05; after a decimal comma every tenth number begins with 0.
    fractions = any(re.fullmatch(r"0\d+", cell) for row in cells for cell in row[1:])
    more = bool(head) and all(len([c for c in row if c]) > head.count(",") + 1 for row in cells)
    both = f'has commas between the columns and inside the numbers: "{lines[0].strip()}"'
    either = f'"{lines[0].strip()}" is one number with a decimal comma or two whole numbers'
    hint = "Export it with a decimal point, or with semicolons between the columns."
    if head or not all(DECIMAL_COMMA.fullmatch(line) for line in lines):
        if fractions or more:
            raise SignalError(both, hint, where=path)
    elif fractions:
        return ""
    elif all(len(row[1]) == 1 for row in cells) and any(len(row[0].lstrip("+-")) > 1 for row in cells):
        raise SignalError(either, hint, where=path)
    return separator


def _split(line: str, separator: str) -> list[str]:
    cells = line.split() if separator == " " else line.split(separator) if separator else [line]
    return [cell.strip().strip('"') for cell in cells]


def is_number(cell: str) -> bool:
    return NUMBER.fullmatch(cell.strip().strip('"')) is not None


def is_missing(cell: str) -> bool:
    return cell.strip().casefold() in MISSING


def _is_number_or_missing(cell: str) -> bool:
    return is_number(cell) or is_missing(cell)


def _is_head(line: str) -> bool:
    """Whether a line holds anything but numbers and signs of a missing value."""
    return not all(_is_number_or_missing(cell) for cell in re.split(r"[,\s]+", line.strip()))
