"""Every decision about a recording in one table: channels, components and windows, by rule or by a person.

A row begins like one of the study's table of decisions, so that a person can copy it there and change it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from interbrain.tables.decisions import DECISIONS

AUTOMATIC = "automatic"


def decision_table(conversion: Mapping, account: Mapping, ledger: pd.DataFrame) -> pd.DataFrame:
    """Of one recording: its channels, its components, and the windows that it shares with its partner.

    Parameters
    ----------
    conversion, account : mapping
        `bids.recording.convert` and `cleaning.clean` of the recording.
    ledger : DataFrame
        Of the windows of its dyad and run. They belong to both members: no participant stands beside them.

    Returns
    -------
    table : DataFrame
        Columns as in `DECISIONS.names`; label and probability are ICLabel's, of components only.
    """
    rows = [row for part in _decisions(conversion, account, ledger) for row in part]
    return pd.DataFrame(rows, columns=DECISIONS.names)


def _decisions(conversion: Mapping, account: Mapping, ledger: pd.DataFrame) -> list[list[dict]]:
    """Rows on the channels, the components and the windows of one recording."""
    where = {"dyad": conversion["dyad"], "time": conversion["time"]}
    own = where | {"participant": conversion["participant"]}
    channels = [
        own | _decided("channel", row["channel"], row["decision"], row["by"], row["reason"])
        for row in account["Channels"]
    ]
    components = [
        own
        | _decided("component", row["component"], row["decision"], row["by"], row["reason"])
        | {"label": row["label"], "probability": row["probability"]}
        for row in account["Components"]
    ]
    windows = [
        where | _decided("window", f"{w.start_s:.10g}", "keep" if w.kept else "drop", w.by, _text(w.reason))
        for w in ledger.itertuples()
    ]
    return [channels, components, windows]


def decision_log(
    conversions: Sequence[Mapping],
    accounts: Sequence[Mapping],
    ledgers: Mapping[tuple[str, str], pd.DataFrame],
) -> pd.DataFrame:
    """Of all recordings: their channels, then their components, then the windows, each window once.

    Parameters
    ----------
    conversions, accounts : sequence of mapping
        In the same order, one each a recording.
    ledgers : mapping (dyad, time) -> window ledger
    """
    channels: list[dict] = []
    components: list[dict] = []
    windows: dict[tuple[str, str], list[dict]] = {}
    for c, a in zip(conversions, accounts, strict=True):
        key = c["dyad"], c["time"]
        own_channels, own_components, shared = _decisions(c, a, ledgers[key])
        channels += own_channels
        components += own_components
        windows[key] = shared
    rows = [*channels, *components, *(row for shared in windows.values() for row in shared)]
    return pd.DataFrame(rows, columns=DECISIONS.names)


def _decided(what: str, item: str, decision: str, by: str, reason: str) -> dict:
    return {"what": what, "item": item, "decision": decision, "by": by, "reason": reason}


def _text(cell: Any) -> str:
    """A cell of a table that was read back: missing is empty."""
    return cell if isinstance(cell, str) else ""
