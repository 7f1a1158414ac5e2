"""Coordination of both members' signals: of each dyad, and of strangers, from the series on one clock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

import numpy as np
import pandas as pd

from interbrain.coordination.defaults import by_default
from interbrain.coordination.session import coordination
from interbrain.coordination.settings import Settings
from interbrain.signals.dyad import ROLES
from interbrain.signals.kinds import KINDS

Given = Mapping[str, Any]


def settings_of(signals: Given) -> Settings:
    """How coordination is measured: what the study sets (config: signals), and the rest by default."""
    known = {field.name for field in fields(Settings)}
    given = {name: value for name, value in signals.items() if name in known}
    return Settings(**{**given, "stranger_shifts": max(given.get("stranger_shifts", 1), 1)})


def measures_of(name: str, kind: str, asked: Mapping[str, Sequence[str]]) -> list[str]:
    """The measures of a signal: those that the study asks for, by its name or kind, or those of its kind."""
    series = KINDS[kind].series
    return list(asked.get(name) or asked.get(series) or by_default(series))


def coordination_tables(
    series: pd.DataFrame,
    accounts: Sequence[Given],
    signals: Given,
    seed: Sequence[int],
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Coordination of a dyad and run in each of its signals, and window by window.

    Parameters
    ----------
    series : DataFrame
        signal, time_s, therapist, client.
    accounts : sequence of mapping
        As `dyad.pair` gives them, of all signals.
    signals : mapping
        The study's settings of signals.
    seed : sequence of int

    Returns
    -------
    rows, windows : DataFrame
        As `tables.coordination` declares them, without dyad, time and run. A signal that cannot be compared
        has rows without a value, of which the note says why.
    """
    asked, rows, windows = signals["measures"], [], []
    settings = settings_of(signals)
    for name, kind, why in _of_dyad(accounts):
        measures = measures_of(name, kind, asked)
        own = series[series["signal"] == name]
        if why or own.empty:
            rows += [{"kind": name, "measure": measure, "note": why} for measure in measures]
            continue
        therapist, client = (own[role].to_numpy(float) for role in ROLES)
        found = coordination(
            therapist,
            client,
            rate_of(own),
            measures,
            settings,
            list(seed),
            kind=name,
        )
        rows += found.rows
        windows += found.windows
    return pd.DataFrame(rows), pd.DataFrame(windows)


def _of_dyad(accounts: Sequence[Given]) -> list[tuple[str, str, str]]:
    """Each signal of a dyad: its name, its kind, and why it cannot be compared (empty: it can)."""
    found: dict[str, tuple[str, list[str]]] = {}
    for account in accounts:
        kind, reasons = found.setdefault(account["signal"], (account["kind"] or "", []))
        if account["kind"] and not kind:
            found[account["signal"]] = (account["kind"], reasons)
        if not account["usable"]:
            reasons.append(f"{account['role']}: {account['reason']}")
    return [(name, kind, "; ".join(reasons)) for name, (kind, reasons) in found.items()]


def rate_of(series: pd.DataFrame) -> float:
    """Samples a second of a signal of one dyad, by its instants."""
    instants = series["time_s"].to_numpy(float)
    return float((len(instants) - 1) / (instants[-1] - instants[0])) if len(instants) > 1 else np.nan
