"""What becomes of a claim that both measures support: the verdict, and the joint test."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from .form import ALPHA, Reservation, missing, rows_of


def confirmed(against: Sequence[Reservation]) -> str:
    """The verdict on a claim that both measures support, by what speaks against it."""
    kinds = {one.kind for one in against}
    if "snr" in kinds:
        return "not-apart"
    if kinds & {"spread", "permutation", "joint", "ranks", "one dyad", "therapists untested"}:
        return "unconfirmed"
    if kinds & {"floor", "snr floor"}:
        return "unconfirmable"
    return "qualified" if kinds else "found"


def joint_test(tables: Mapping[str, pd.DataFrame], tested: str) -> Iterator[Reservation]:
    """The joint test of all analyses, where it does not support the study's own; or where it could not."""
    for _, row in rows_of(tables, "multiverse", tested=tested, summary="median_effect").iterrows():
        if row["p_permutation"] >= ALPHA:
            floors = rows_of(tables, "permutation", effect=tested, roi="all", band="all", unit="dyad")
            smallest: Any = floors["smallest_p"].min() if "smallest_p" in floors else None
            if missing(smallest) and not missing(row.get("n_relabelings")):
                smallest = 1 / row["n_relabelings"]
            cannot = not missing(smallest) and smallest >= ALPHA
            values = {
                "p": float(row["p_permutation"]),
                "n": int(row["n_specifications"]),
                "smallest_p": float(smallest) if cannot else None,
            }
            yield Reservation("joint floor" if cannot else "joint", values)
