"""All rows of a long table, packed for the page's script, which shows them a page at a time."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from .form import Row


def packed(rows: Sequence[Row]) -> str:
    """The rows as gzipped JSON in base64, a list a column: as texts, and the numbers by their order.

    Keys: ``text``, a list a column; ``order``, of the columns of numbers by their place, null where missing;
    ``href``, of the columns of links; ``dyad``, ``state``, ``name`` and ``rank`` of the rows, where any has
    one.
    """
    columns = list(zip(*(row.cells for row in rows), strict=True))
    content: dict[str, Any] = {
        "text": [[cell.text for cell in cells] for cells in columns],
        "order": {
            place: _order([cell.sort for cell in cells])
            for place, cells in enumerate(columns)
            if cells[0].column.numeric
        },
        "href": {
            place: [cell.href for cell in cells]
            for place, cells in enumerate(columns)
            if cells[0].column.link
        },
    }
    for name in ("dyad", "state", "name", "rank"):
        own = [getattr(row, name) for row in rows]
        if any(one not in ("", None) for one in own):
            content[name] = own
    return _written(content)


def with_texts(rows: str, change: Callable[[str], str]) -> str:
    """Packed rows whose texts are changed by `change`."""
    content = json.loads(gzip.decompress(base64.b64decode(rows)))
    content["text"] = [[change(text) for text in column] for column in content["text"]]
    return _written(content)


def _written(content: dict[str, Any]) -> str:
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return base64.b64encode(gzip.compress(text.encode(), mtime=0)).decode()


def _order(keys: Sequence[str]) -> list[int | None]:
    """Each number's place among the different ones; None where there is none."""
    numbers = np.array([float(key) if key else np.nan for key in keys])
    known = np.isfinite(numbers)
    places = np.zeros(len(numbers), dtype=int)
    places[known] = np.unique(numbers[known], return_inverse=True)[1]
    return [int(place) if there else None for place, there in zip(places, known, strict=True)]
