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
    where = {"dyad": conversion["dyad"], "time": conversion["time"]}
    own = where | {"participant": conversion["participant"]}
    rows = [
        own | _decided("channel", row["channel"], row["decision"], row["by"], row["reason"])
        for row in account["Channels"]
    ]
    rows += [
        own
        | _decided("component", row["component"], row["decision"], row["by"], row["reason"])
        | {"label": row["label"], "probability": row["probability"]}
        for row in account["Components"]
    ]
    rows += [
        where | _decided("window", f"{w.start_s:.10g}", "keep" if w.kept else "drop", w.by, _text(w.reason))
        for w in ledger.itertuples()
    ]
    return pd.DataFrame(rows, columns=DECISIONS.names)


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
    tables = [
        decision_table(c, a, ledgers[c["dyad"], c["time"]])
        for c, a in zip(conversions, accounts, strict=True)
    ]
    parts = [t[t["what"] == what] for what in ("channel", "component") for t in tables]
    shared = {(c["dyad"], c["time"]): t for c, t in zip(conversions, tables, strict=True)}
    parts += [t[t["what"] == "window"] for t in shared.values()]
    parts = [t for t in parts if len(t)]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=DECISIONS.names)


def _decided(what: str, item: str, decision: str, by: str, reason: str) -> dict:
    return {"what": what, "item": item, "decision": decision, "by": by, "reason": reason}


def _text(cell: Any) -> str:
    """A cell of a table that was read back: missing is empty."""
    return cell if isinstance(cell, str) else ""
