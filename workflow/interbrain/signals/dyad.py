"""Signals of both members of a dyad and run at the same instants of the therapist's clock, and an account."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from interbrain.clocks import ClockFit
from interbrain.signals.kinds import KINDS
from interbrain.signals.likeness import likeness
from interbrain.signals.processing import common_rate, process
from interbrain.signals.quality import Quality
from interbrain.signals.series import Series, on_therapist_clock
from interbrain.tables.signals import QUALITY

ROLES = ("therapist", "client")
TOLD = frozenset(QUALITY.names)
ONE_RECORDING = (
    "therapist and client have one recording, but for a factor, rounding or time: the table of signals names "
    "one signal for both"
)
SAME_SERIES = (
    "therapist and client have one and the same series: the table of signals names one channel for both"
)


@dataclass(frozen=True)
class Given:
    """What there is of one member's signal.

    Attributes
    ----------
    kind : str
    series : Series or None
        As recorded, on the clock of the member's EEG recording; None if there is none.
    why_none : str
        Why there is none.
    """

    kind: str
    series: Series | None
    why_none: str = ""


def pair(
    name: str,
    members: Mapping[str, Given | None],
    durations_s: Mapping[str, float],
    fit: ClockFit,
    max_missing: float,
) -> tuple[pd.DataFrame, list[dict[str, Any]]]:
    """One signal of both members.

    Parameters
    ----------
    name : str
        Of the signal.
    members : mapping role -> Given or None
        None: the table of signals has no row for this member.
    durations_s : mapping role -> float
        Of the EEG recordings.
    fit : ClockFit
        The client's clock in terms of the therapist's.
    max_missing : float
        A signal that misses a larger share is not used.

    Returns
    -------
    series : DataFrame
        As `tables.signals` declares it; without a row if one member's cannot be used.
    account : list of dict
        A row a member of the table of qualities, without dyad, time and run.
    """
    done: dict[str, Series | None] = {}
    found: dict[str, Quality] = {}
    for role in ROLES:
        given = members[role]
        if given is None or given.series is None:
            why = f"the table of signals has none of the {role}" if given is None else given.why_none
            done[role], found[role] = None, Quality(False, why)
        else:
            done[role], found[role] = process(given.series, given.kind, durations_s[role], max_missing)
    if same_series(*(members[role] for role in ROLES)):
        done, found = dict.fromkeys(ROLES), {role: one.refused(SAME_SERIES) for role, one in found.items()}
    series = {role: one for role, one in done.items() if one is not None}
    table = pd.DataFrame(columns=["kind", "time_s", *(f"{role}_value" for role in ROLES)])
    rate: float | None = None
    if len(series) == len(ROLES):
        kinds = [given.kind for given in members.values() if given is not None]
        rate = common_rate(kinds[0], (series["therapist"].rate_hz, series["client"].rate_hz))
        own = {"therapist": ClockFit.identity(), "client": fit}
        values = {
            f"{role}_value": on_therapist_clock(series[role], own[role], rate, durations_s["therapist"])[0]
            for role in ROLES
        }
        instants = np.arange(len(values["therapist_value"])) / rate
        if likeness(values["therapist_value"], values["client_value"], rate).one_recording:
            series, found = {}, {role: one.refused(ONE_RECORDING) for role, one in found.items()}
        else:
            table = pd.DataFrame({"kind": name, "time_s": instants, **values})
    account = [
        {
            "kind": name,
            "role": role,
            "recorded": given.kind if given is not None else None,
            "rate_hz": rate,
            "becomes": KINDS[given.kind].becomes if given is not None else None,
            "unit": series[role].unit if role in series else None,
            **{key: value for key, value in found[role].plain.items() if key in TOLD},
        }
        for role in ROLES
        for given in [members[role]]
    ]
    return table, account


def same_series(one: Given | None, other: Given | None) -> bool:
    """Whether two members' signals are one recording: no two bodies agree in every sample."""
    if one is None or other is None or one.series is None or other.series is None:
        return False
    return bool(one.series.values.size) and np.array_equal(
        one.series.values, other.series.values, equal_nan=True
    )
