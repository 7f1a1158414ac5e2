"""Which measures of coordination a study asks for, by signal: names alone, for the plan."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from interbrain.coordination.defaults import by_default
from interbrain.signals.kinds import KINDS


def measures_of(
    signals: Mapping[Any, Iterable[Mapping[str, Any]]], asked: Mapping[str, Sequence[str]]
) -> dict[str, list[str]]:
    """The measures of each signal of a study, in the order of the table of signals.

    Parameters
    ----------
    signals : mapping
        (dyad, run, role) -> signals, each with name and kind.
    asked : mapping
        Name or kind of a signal -> measures; those of its kind by default.
    """
    return {
        name: list(asked.get(name) or asked.get(kind) or by_default(kind))
        for name, kind in series_of(signals).items()
    }


def series_of(signals: Mapping[Any, Iterable[Mapping[str, Any]]]) -> dict[str, str]:
    """What is compared of each signal of a study, such as ``motion`` or ``ibi``, by the signal's name."""
    return {s["name"]: KINDS[s["kind"]].series for found in signals.values() for s in found}


def coordination_columns(measures: Mapping[str, Sequence[str]]) -> list[str]:
    """Columns of the aggregated dataset that follow, each `eda_wcc_absolute_above_chance` and so on."""
    return [
        f"{name}_{measure}{end}"
        for name, those in measures.items()
        for measure in those
        for end in COLUMN_ENDS
    ]


# Strangers of each dyad; where more are possible, so many are drawn. Of movement, a pair takes seconds.
MOST_STRANGERS = 40
# Of a value itself, above its circular shifts, in their standard deviations, above strangers.
COLUMN_ENDS = ("", "_above_chance", "_z_chance", "_above_pseudo")
