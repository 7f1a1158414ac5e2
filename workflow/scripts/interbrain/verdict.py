"""Whether a person should look at a recording, and why: one rule for its picture and for the quality table.

Weighs what earlier stages noted; measures nothing.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from interbrain.unjudged import reservations


def percent_kept(ledger: pd.DataFrame) -> float:
    """Share of the windows that were kept, %; 0 where there is none."""
    return 100 * int(ledger["kept"].sum()) / len(ledger) if len(ledger) else 0.0


def reasons_to_look(
    conversion: Mapping, account: Mapping, ledger: pd.DataFrame, min_percent_kept: float
) -> list[str]:
    """Why a person should look at a recording; empty if it is good.

    Parameters
    ----------
    conversion, account : mapping
        `bids.recording.convert` and `cleaning.clean` of the recording.
    ledger : DataFrame
        Of the windows of its dyad and run.
    min_percent_kept : float
        Fewer windows kept than this: look.
    """
    look = [*account["Look"], *reservations(account)]
    if account["GapSeconds"]:
        look.append(f"the amplifier lost {account['GapSeconds']:g} s of samples")
    if conversion["missing_data"]:
        look.append("values are missing")
    look += [*conversion["notes"], *conversion["clock"]["notes"]]
    percent = percent_kept(ledger)
    if percent < min_percent_kept:
        look.append(f"{percent:.0f} % of the windows are good in both members")
    return look
