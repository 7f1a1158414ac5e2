"""The tables of one dyad and run: each code against each series, and synchrony of brains beside bodies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from interbrain.coding.brain_body import relation
from interbrain.coding.event_locked import Local, event_locked, peri_event_curve
from interbrain.coding.series import Series
from interbrain.tables.coded_events import DYAD_BRAIN_BODY, DYAD_CURVES, DYAD_EVENTS

Named = tuple[Mapping[str, str], Series]
CONTROLS = ("no_event", "not_this_code")


def event_tables(
    series: Sequence[Named],
    events: pd.DataFrame,
    codes: Sequence[str],
    about: Mapping,
    how: Local,
    controls: str = "no_event",
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Test every code in every series of one dyad and run.

    Parameters
    ----------
    series : sequence of (mapping, Series)
        signal, measure, band and roi, and the series.
    events : DataFrame
        onset_s (s from the beginning of the run), duration_s, code, coder; in the order of the study's table.
        Those of the first coder are used.
    codes : sequence of str
        Of the study: a code that this run lacks has rows that say so.
    about : mapping
        dyad, time, run.
    how : Local
    controls : str
        ``no_event``: control windows hold no coded event at all; ``not_this_code``: none of the code that is
        tested, for sessions that are coded throughout.

    Returns
    -------
    table, curves : DataFrame
        `tables.coded_events.DYAD_EVENTS` and `DYAD_CURVES`.
    """
    coders = list(dict.fromkeys(events["coder"]))
    own = events[events["coder"] == coders[0]] if coders else events
    rows, curves = [], []
    for code in codes:
        of_code = own["code"] == code
        onsets, durations = _times(own[of_code])
        others = _times(own[~of_code] if controls == "no_event" else own[:0])
        for named, one in series:
            found = event_locked(one, onsets, durations, others, how)
            outside = len(onsets) - found.n_events if len(one.known.values) else 0
            beyond = f"{outside} of {len(onsets)} events are before the first window or after the last"
            notes = [text for text in (found.reason, beyond if outside else "") if text]
            rows.append(
                {
                    **about, **named, "code": code, "coder": coders[0] if coders else "",
                    "delta": found.delta, "chance": found.chance, "chance_sd": found.chance_sd,
                    "z_chance": found.z, "p_chance": found.p, "n_shifts": found.n_shifts,
                    "n_events": found.n_events, "n_used": found.n_used, "n_controls": found.n_controls,
                    "note": ". ".join(notes),
                }
            )  # fmt: skip
            if not len(one.starts) or not len(onsets):
                continue
            lags = _lags(how.reach_s, one.step_s)
            value, n = peri_event_curve(one, onsets, durations, others, lags, how)
            curves.append(
                pd.DataFrame({**about, **named, "code": code, "lag_s": lags, "value": value, "n_used": n})
            )
    table = pd.DataFrame(rows).reindex(columns=DYAD_EVENTS.names)
    curve = pd.concat(curves) if curves else pd.DataFrame()
    return table, curve.reindex(columns=DYAD_CURVES.names).reset_index(drop=True)


def brain_body_table(brains: Sequence[Named], bodies: Sequence[Named], about: Mapping) -> pd.DataFrame:
    """Correlate every series of synchrony with every series of coordination of one dyad and run.

    Returns
    -------
    table : DataFrame
        `tables.coded_events.DYAD_BRAIN_BODY`.
    """
    rows = []
    for named, brain in brains:
        for other, body in bodies:
            found = relation(brain, body)
            row = {**about, **named, "body": other["signal"], "body_measure": other["measure"]}
            row |= {"n_windows": found.n_windows, "r": found.r, "chance": found.chance}
            row |= {"chance_sd": found.chance_sd, "above_chance": found.above_chance, "p_chance": found.p}
            rows.append(row | {"n_shifts": found.n_shifts, "note": found.reason})
    return pd.DataFrame(rows).reindex(columns=DYAD_BRAIN_BODY.names)


def _times(events: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    return events["onset_s"].to_numpy(dtype=float), events["duration_s"].to_numpy(dtype=float)


def _lags(reach_s: float, step_s: float) -> np.ndarray:
    """Multiples of the step of the series, from -reach to +reach."""
    n = int(np.floor(reach_s / step_s + 1e-9))
    return np.arange(-n, n + 1) * step_s
