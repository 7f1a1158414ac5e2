"""What a person decided about windows, against what the criteria say and what was measured at all.

A decision that names no window is an error: it would be ignored, and nobody would know.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from .criteria import NO_SIGNAL
from .problems import EpochsError

NEAR_S = 0.006  # a start may be written with two decimals


def decided(decisions: Iterable[Mapping], starts_s: np.ndarray, length_s: float) -> dict[int, Mapping]:
    """The decisions by number of the window that each names.

    Parameters
    ----------
    decisions : iterable of mapping
        item (start of the window, s, as in the ledger), decision ("drop", "keep"), by, reason.
    starts_s : array, shape (n_windows,)

    Raises
    ------
    EpochsError
        If a decision names no window, or two name the same one.
    """
    there = "This run is too short for a window."
    if len(starts_s):
        there = (
            f"It has one every {length_s:g} s, from {starts_s[0]:.10g} to {starts_s[-1]:.10g} s, "
            "as start_s in its ledger says."
        )
    found: dict[int, Mapping] = {}
    for decision in decisions:
        start = float(decision["item"])
        near = np.flatnonzero(np.abs(starts_s - start) < NEAR_S)
        if not len(near):
            raise EpochsError(
                f"the table of decisions names a window that starts at {start:.10g} s (by "
                f"{decision['by']}), which this run does not have",
                there,
            )
        if int(near[0]) in found:
            raise EpochsError(
                f"the table of decisions names the window at {start:.10g} s twice", "Keep one row."
            )
        found[int(near[0])] = decision
    return found


def verdict(failed: Mapping[str, Sequence[str]], decision: Mapping | None, start_s: float) -> dict:
    """Whether a window is kept, the reason, and who decided: the criteria or a person.

    Parameters
    ----------
    failed : mapping role -> criteria
        By which each member's window fails.
    decision : mapping or None
        A person's, if there is one.

    Raises
    ------
    EpochsError
        If a person keeps a window where a member's signal was not measured.
    """
    automatic = " and ".join(f"{role}: {', '.join(reasons)}" for role, reasons in failed.items() if reasons)
    if decision is None:
        return {"kept": int(not automatic), "reason": automatic, "by": "automatic"}
    keep = decision["decision"] == "keep"
    nothing = [f"{role}: {r}" for role, reasons in failed.items() for r in reasons if r in NO_SIGNAL]
    if keep and nothing:
        raise EpochsError(
            f"the table of decisions keeps the window at {start_s:.10g} s (by {decision['by']}), but "
            f"signal in it or just beside it was not measured ({', '.join(nothing)})",
            "Remove the row.",
        )
    reason = f"{'kept' if keep else 'dropped'} by hand: {decision['reason']}"
    if automatic:
        reason += f" (automatic: {automatic})"
    return {"kept": int(keep), "reason": reason, "by": decision["by"]}
