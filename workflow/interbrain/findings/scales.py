"""Which questionnaires and subscales a score was made of, by its name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


def scales_of(
    score: str, questionnaires: Sequence[str], differences: Mapping[str, Sequence[str]]
) -> list[tuple[str, str]]:
    """The questionnaires and subscales that a score was made of: none for a column of the dyads table."""
    name = score.removesuffix("_absolute")
    if name in differences:
        return [(one, "total") for one in differences[name]]
    for one in sorted(questionnaires, key=len, reverse=True):
        if score.startswith(f"{one}_"):
            return [(one, score.removeprefix(f"{one}_"))]
    return []
