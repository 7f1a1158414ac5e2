"""Kinds of signals, and the measures of each unless a study names others. No words: jobs read this."""

from __future__ import annotations

from interbrain.problems import InterbrainError

BY_KIND: dict[str, tuple[str, ...]] = {
    "eda": ("wcc_absolute", "concordance_index", "matching_lambda"),
    "ibi": ("wcc_absolute",),
    "respiration": ("wcc_absolute",),
    "motion": ("wcc_absolute", "wcc_lead"),
    "pitch": ("wcc_absolute", "matching_lambda"),
    "gaze": ("agreement",),
    "affect": ("wcc_absolute", "matching_lambda"),
    "other": ("wcc_absolute",),
}
KINDS = tuple(BY_KIND)


def by_default(kind: str) -> list[str]:
    """The measures of a kind of signal, unless a study names others."""
    if kind not in BY_KIND:
        raise InterbrainError(f"{kind!r} is not a kind of signal", f"Write one of {', '.join(KINDS)}.")
    return list(BY_KIND[kind])


def kinds_of(measure: str) -> list[str]:
    """The kinds of signals that have this measure by default."""
    return [kind for kind in KINDS if measure in by_default(kind)]
