"""What the ledger of windows says, sorted by criterion and by whose recording failed it.

Reads the ledger; judges no window.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

ROLES = ("therapist", "client")


@dataclass(frozen=True)
class WindowMap:
    """Windows along time.

    Attributes
    ----------
    spans : list of (start, stop)
        s on the therapist's clock.
    kept, by_hand : list of bool
        Whether it was kept, and whether a person said so.
    failed : dict of str to (set of int, set of int)
        By criterion, the windows in which this member failed it, and those in which the partner did.
    """

    spans: list[tuple[float, float]]
    kept: list[bool]
    by_hand: list[bool]
    failed: dict[str, tuple[set[int], set[int]]]


def window_map(ledger: pd.DataFrame, role: str) -> WindowMap:
    """Sort the ledger for the picture of one member; criteria in the order in which they first occur."""
    partner = next(other for other in ROLES if other != role)
    failed: dict[str, tuple[set[int], set[int]]] = {}
    for place, row in enumerate(ledger.to_dict("records")):
        for side, who in enumerate((role, partner)):
            for criterion in criteria(row[f"{who}_criteria"]):
                failed.setdefault(criterion, (set(), set()))[side].add(place)
    return WindowMap(
        list(zip(ledger["start_s"].astype(float), ledger["stop_s"].astype(float), strict=True)),
        [bool(kept) for kept in ledger["kept"]],
        [by != "automatic" for by in ledger["by"]],
        failed,
    )


def criteria(cell: object) -> list[str]:
    """The criteria that a cell of the ledger names."""
    return [name for name in str(cell).split(", ") if name] if isinstance(cell, str) else []
