"""Coded events against their surroundings, and brains beside bodies: from means over dyads to findings.

Each of the two is a family of its own, corrected after Holm; of coded events, brains and bodies are two.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from .against_zero import Asked, judge_family
from .bodies import caution_of
from .form import Evidence, Finding

BRAIN = "brain"
Tables = Mapping[str, pd.DataFrame]


def judge_moments(tables: Tables) -> list[Finding]:
    """What the tables ``eventlocked`` and ``brainbody`` say; a study may have neither.

    Above 0 is more at events than around them, or a positive relation; below is the opposite, and no fault.
    """
    events, relations = _events(tables.get("eventlocked")), _relations(tables.get("brainbody"))
    brains = [one for is_brain, one in events if is_brain]
    bodies = [one for is_brain, one in events if not is_brain]
    return [*judge_family(brains), *judge_family(bodies), *judge_family(relations)]


def _events(table: pd.DataFrame | None) -> list[tuple[bool, Asked]]:
    if table is None or table.empty:
        return []
    found = []
    for (code, signal, measure), rows in table.groupby(["code", "signal", "measure"], sort=False):
        series = _series(signal, measure)
        asked = Asked(
            f"{series} at {code}",
            "coded events",
            series,
            Evidence("asked", {"measure": series, "effect": str(code)}),
            rows,
            caution="" if signal == BRAIN else caution_of(measure),
        )
        found.append((signal == BRAIN, asked))
    return found


def _relations(table: pd.DataFrame | None) -> list[Asked]:
    if table is None or table.empty:
        return []
    found = []
    keys = ["signal", "measure", "body", "body_measure"]
    for (signal, measure, body, body_measure), rows in table.groupby(keys, sort=False):
        brains, bodies = _series(signal, measure), f"{body}_{body_measure}"
        asked = Asked(
            f"{brains} with {bodies}",
            "brain and body",
            brains,
            Evidence("asked", {"measure": brains, "effect": bodies}),
            rows,
            caution=caution_of(body_measure),
        )
        found.append(asked)
    return found


def _series(signal: str, measure: str) -> str:
    """``plv`` of brains, ``eda_wcc_absolute`` of bodies."""
    return str(measure) if signal == BRAIN else f"{signal}_{measure}"
