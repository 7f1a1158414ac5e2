"""Praat: TextGrids as text, long or short; interval tiers and point tiers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from interbrain.coding.annotations import Annotation, CodingError, Export

# Praat reads free-standing texts, numbers and flags and takes the rest for comment; "" is a quote in a text.
TOKEN = re.compile(r'"(?:[^"]|"")*"|<[^<>\s]*>|(?<!\S)[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?(?!\S)')
AS_TEXT = "In Praat, open it and choose Save as text file or Save as short text file."


def read_textgrid(path: Path, text: str) -> Export:
    """Every interval with a text, and every point, of a TextGrid.

    Raises
    ------
    CodingError
        It is damaged, or saved as something else than a text file.
    """
    if "chronological" in text[:200]:
        raise CodingError("is a chronological TextGrid, which is not read", AS_TEXT, where=path.name)
    tokens = (found[0] for found in TOKEN.finditer(text))
    if _string(tokens, path) not in ("ooTextFile", "ooTextFile short") or _string(tokens, path) != "TextGrid":
        raise CodingError("is not a TextGrid saved as text", AS_TEXT, where=path.name)
    _number(tokens, path)
    _number(tokens, path)
    if next(tokens, "") != "<exists>":
        return Export("Praat", [], [])
    annotations, tiers = [], []
    for _ in range(int(_number(tokens, path))):
        kind, name = _string(tokens, path), _string(tokens, path)
        if kind not in ("IntervalTier", "TextTier"):
            raise CodingError(f'has a tier of the kind "{kind}"', AS_TEXT, where=path.name)
        tiers.append(name)
        _number(tokens, path)
        _number(tokens, path)
        for number in range(1, int(_number(tokens, path)) + 1):
            begin = _number(tokens, path)
            end = _number(tokens, path) if kind == "IntervalTier" else begin
            label = _string(tokens, path).strip()
            if label or kind == "TextTier":
                where = f"{'interval' if kind == 'IntervalTier' else 'point'} {number} of the tier {name}"
                annotations.append(Annotation(begin, round(end - begin, 9), label, name, where=where))
    return Export("Praat", annotations, tiers)


def _string(tokens: Iterator[str], path: Path) -> str:
    token = next(tokens, "")
    if not token.startswith('"'):
        raise CodingError(
            f'is damaged: "{token or "the end"}" is where a text should be', AS_TEXT, where=path.name
        )
    return token[1:-1].replace('""', '"')


def _number(tokens: Iterator[str], path: Path) -> float:
    token = next(tokens, "")
    try:
        return float(token)
    except ValueError as error:
        what = f'is damaged: "{token or "the end"}" is where a number should be'
        raise CodingError(what, AS_TEXT, where=path.name) from error
