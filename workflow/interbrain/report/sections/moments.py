"""Bodies and moments: coordination of other signals, coded events, brains beside bodies."""

from __future__ import annotations

from typing import Any

from interbrain.report.figures.moments import around_events
from interbrain.report.reading import Results
from interbrain.report.tables import moments as tables

from .numbered import Numbered

OF_MOMENTS = ("eventlocked", "perievent", "brainbody", "agreement")


def has_moments(results: Results) -> bool:
    """Whether the study has other signals than the EEG, or coded events."""
    return any(name in results.tables for name in OF_MOMENTS)


def moments(page: Numbered) -> dict:
    results = page.results
    content: dict[str, Any] = dict.fromkeys(("curves", "events", "relations", "agreement"))
    if "perievent" in results.tables:
        content["curves"] = page.figure(around_events(results))
    for name, family, table in (
        ("events", "eventlocked", tables.events),
        ("relations", "brainbody", tables.relations),
        ("agreement", "agreement", tables.agreement),
    ):
        if len(results[family]):
            content[name] = page.table(table(results[family]), family)
    return content
