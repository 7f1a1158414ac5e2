"""A table of anybody's BIDS dataset, as text cells with the lines that an editor shows.

More patient than the specification, and never in silence: what cannot be read is named by file and row.
"""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from interbrain.formats import FormatError

MISSING = frozenset({"", "n/a", "na", "nan", "none", "null"})


def ending(path: Path) -> str:
    """What a table is called beside every recording: channels.tsv, events.tsv."""
    return path.name.rpartition("_")[2]


def is_missing(cell: str) -> bool:
    """Whether a cell says that it holds no value; BIDS writes n/a."""
    return cell.lower() in MISSING


def read_tsv(path: Path, required: Sequence[str] = ()) -> pd.DataFrame:
    """Read a table.

    Parameters
    ----------
    required : sequence of str
        Columns, in lower case; a table without rows and heading may lack them.

    Returns
    -------
    table : DataFrame of str
        Names of columns in lower case. The index is the row that an editor shows.

    Raises
    ------
    FormatError
        It is no such table; with the row.
    """
    lines = re.split(r"\r\n|\r|\n", text_of(path))
    rows = [(n, [_plain(c) for c in line.split("\t")]) for n, line in enumerate(lines, 1) if line.strip()]
    if not rows:
        return pd.DataFrame(dtype=str)
    first, heading = rows[0][0], [name.lower() for name in rows[0][1]]
    if absent := [name for name in required if name not in heading]:
        separated = len(heading) > 1 or not re.search(r"[,; ]", heading[0])
        raise FormatError(
            f"row {first} names no column '{absent[0]}'; it has {', '.join(heading)}",
            "Correct the heading." if separated else "Separate its columns by tabs.",
            where=path,
        )
    if twice := [name for name in heading if name and heading.count(name) > 1]:
        raise FormatError(f"row {first} names the column '{twice[0]}' twice", "Keep one of them.", where=path)
    for number, row in rows[1:]:
        if any(row[len(heading) :]):
            raise FormatError(
                f"row {number} has {len(row)} cells, and the heading {len(heading)}",
                "Correct the row.",
                where=path,
            )
    cells = [(row + [""] * len(heading))[: len(heading)] for _, row in rows[1:]]
    return pd.DataFrame(cells, columns=heading, index=[number for number, _ in rows[1:]], dtype=str)


def text_of(path: Path) -> str:
    """The text of a file in UTF-8, UTF-16 with its mark, or a Western code page; packed by gzip or not.

    Raises
    ------
    FormatError
        It is no text, or cannot be read.
    """
    try:
        content = Path(path).read_bytes()
        content = gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content
    except (OSError, EOFError, zlib.error) as error:
        raise FormatError(
            f"cannot be read ({error})", "Copy it from the dataset again.", where=path
        ) from error
    marked = content[:2] in (b"\xff\xfe", b"\xfe\xff")
    for encoding in ["utf-16"] if marked else ["utf-8-sig", "cp1252", "latin-1"]:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise FormatError("is not a text file", "Copy it from the dataset again.", where=path)


def _plain(cell: str) -> str:
    """A cell without what nobody sees, and without quotes around all of it."""
    cell = re.sub("[\u200b\u2060\ufeff]", "", cell).replace("\xa0", " ").strip()
    return cell[1:-1].strip() if len(cell) > 1 and cell[0] == cell[-1] == '"' else cell
