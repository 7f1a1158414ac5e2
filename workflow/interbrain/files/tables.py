"""Tables on disk: TSV with its data dictionary beside it, in the same bytes every time.

What a table's columns are is declared in the package `tables`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from interbrain.tables.declaration import Table


def write_table(
    path: Path, frame: pd.DataFrame, table: Table, extra: Mapping[str, Mapping] | None = None, **facts: Any
) -> None:
    """Write a TSV and, beside it, its data dictionary as JSON.

    Parameters
    ----------
    table : Table
        Its declaration.
    extra : mapping column -> {"Description": ..., "Levels": ...}
        What this study says of columns: of those that it adds, and in place of a declared description.
    facts : mapping
        Further keys of the JSON, about the table as a whole.

    Raises
    ------
    TypeError
        If a column is not declared, or a declared one is missing: no table leaves the project undocumented.

    Notes
    -----
    An empty text is written as missing, `n/a`.
    """
    path, extra = Path(path), dict(extra or {})
    added = [name for name in frame.columns if name not in table]
    unknown = [name for name in added if not table.extended or name not in extra]
    missing = [name for name in table.needed if name not in frame.columns]
    for names, what in ((unknown, "not declared"), (missing, "declared and missing")):
        if names:
            raise TypeError(f"{path.name}: the columns {', '.join(names)} are {what} (tables: {table.name})")
    if not added:
        frame = frame[[name for name in table.names if name in frame.columns]]
    described = {name: extra[name] if name in extra else _entry(table, name) for name in frame.columns}
    text = frame.replace("", np.nan).to_csv(
        sep="\t", index=False, na_rep="n/a", float_format="%.10g", lineterminator="\n"
    )
    path.write_text(text, encoding="utf-8", newline="\n")
    content = json.dumps({**facts, **described}, indent=2, ensure_ascii=False)
    path.with_suffix(".json").write_text(content + "\n", encoding="utf-8", newline="\n")


def _entry(table: Table, name: str) -> dict[str, str]:
    """A declared column in a data dictionary."""
    column = table[name]
    return {"Description": column.description} | ({"Units": column.unit} if column.unit else {})


def write_records(path: Path, tables: Mapping[str, pd.DataFrame], **facts: Any) -> None:
    """Write several tables as one JSON: a list of rows each, with null for what is missing.

    Parameters
    ----------
    facts : mapping
        Further keys, before the tables.
    """
    records = {}
    for name, table in tables.items():
        bare = table.astype(object).where(table.notna(), None)
        records[name] = [
            {key: value.item() if isinstance(value, np.generic) else value for key, value in row.items()}
            for row in bare.to_dict("records")
        ]
    content = json.dumps({**facts, **records}, indent=1, ensure_ascii=False, allow_nan=False)
    Path(path).write_text(content + "\n", encoding="utf-8", newline="\n")


def read_table(path: Path, table: Table, text: Sequence[str] = ()) -> pd.DataFrame:
    """Read a table that `write_table` wrote; `n/a` is missing, names and words stay text.

    Parameters
    ----------
    table : Table
        Its declaration.
    text : sequence of str
        Columns that the study added and that hold names: its factors.
    """
    kinds = dict.fromkeys([*table.of_kind("label", "text"), *text], str)
    return pd.read_csv(path, sep="\t", na_values=["n/a"], keep_default_na=False, dtype=kinds)
