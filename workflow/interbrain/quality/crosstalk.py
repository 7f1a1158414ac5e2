"""What the table of lags says of a signal that both members' amplifiers share, for a recording's verdict.

Not here: how it is measured (`synchrony.crosstalk`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import pandas as pd

from interbrain.tables.lags import CROSSTALK


def crosstalk_of(lags: pd.DataFrame) -> dict:
    """The columns ``crosstalk*`` of a dyad and run, which are the same in every row; by their names."""
    return dict(lags.iloc[0][[column.name for column in CROSSTALK]])


def noting_crosstalk(
    tables: Iterable[pd.DataFrame], found: dict[tuple[str, str], dict]
) -> Iterator[pd.DataFrame]:
    """The tables of lags one after the other, each with what it says noted in `found` by (dyad, time)."""
    for table in tables:
        first = table.iloc[0]
        found[first["dyad"], first["time"]] = crosstalk_of(table)
        yield table


def reasons_of_crosstalk(shared: Mapping) -> list[str]:
    """Why a person should look at the two recordings; empty if they share nothing."""
    if not pd.isna(shared["crosstalk_note"]):
        return [f"crosstalk between the two recordings could not be judged: {shared['crosstalk_note']}"]
    if not shared["crosstalk"] > shared["crosstalk_limit"]:
        return []
    coherence = f"{shared['crosstalk']:.3f} of {shared['crosstalk_channels']}"
    return [
        "the two recordings share a signal at all frequencies from 15 Hz on (coherence "
        f"{coherence}, limit {shared['crosstalk_limit']:.3f}), so PLV is too high: "
        "was an electrode, a reference or a plug shared?"
    ]
