"""What was planted in simulated sessions beside what their analysis found: for the demo's report."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

MOST_LAG_S = 5.0
TESTED = "wcc_absolute"  # the measure of coordination whose chance level is told


def planted_and_found(
    truth: pd.DataFrame,
    series: Mapping[tuple[str, str], pd.DataFrame],
    coordination: pd.DataFrame | None,
    events: pd.DataFrame | None,
) -> pd.DataFrame:
    """Each row of the truth of sessions with what was found; of the brains also the mean of all bands.

    Parameters
    ----------
    truth : DataFrame
        `tables.truth.TRUTH_OF_SESSIONS`.
    series : mapping (dyad, time) -> DataFrame
        kind, time_s, therapist_value, client_value; without what the study did not analyse.
    coordination, events : DataFrame or None
        Of all dyads: values of coordination, and event-locked differences.

    Returns
    -------
    table : DataFrame
        `tables.truth.FOUND_IN_SESSIONS`; n/a where the study did not look.
    """
    rows = []
    for (dyad, time), own in truth.groupby(["dyad", "time"], sort=False):
        bodies, brains = own[own["signal"] != "brain"], own[own["signal"] == "brain"]
        for row in bodies.to_dict("records"):
            here = series.get((dyad, time))
            found = {} if here is None else _largest(here[here["kind"] == row["signal"]])
            rows.append(row | found | _tested(coordination, dyad, time, row["signal"]))
        whole = {"dyad": dyad, "time": time, "signal": "brain", "band": "all"}
        whole["expected_delta"] = brains["expected_delta"].mean()
        rows += [row | _at_events(events, row) for row in (whole, *brains.to_dict("records"))]
    return pd.DataFrame(rows)


def _largest(series: pd.DataFrame) -> dict[str, float]:
    """The largest correlation over lags, and its lag; above 0 the client is later."""
    if len(series) < 3:
        return {}
    at = series["time_s"].to_numpy(float)
    x, y = (series[f"{role}_value"].to_numpy(float) for role in ("therapist", "client"))
    rate = (len(at) - 1) / (at[-1] - at[0])
    found = {}
    for k in range(-int(MOST_LAG_S * rate), int(MOST_LAG_S * rate) + 1):
        one, other = x[max(-k, 0) : len(x) - max(k, 0)], y[max(k, 0) : len(y) + min(k, 0)]
        both = np.isfinite(one) & np.isfinite(other)
        if both.sum() > 2:
            found[k / rate] = float(np.corrcoef(one[both], other[both])[0, 1])
    if not found:
        return {}
    lag = max(found, key=lambda lag: abs(found[lag]))
    return {"found_r": found[lag], "found_lag_s": lag}


def _tested(coordination: pd.DataFrame | None, dyad: str, time: str, kind: str) -> dict[str, object]:
    if coordination is None:
        return {}
    own = coordination[(coordination["dyad"] == dyad) & (coordination["time"] == time)]
    own = own[(own["kind"] == kind) & (own["measure"] == TESTED)]
    return {name: own[name].iloc[0] for name in ("measure", "z_chance", "p_chance")} if len(own) else {}


def _at_events(events: pd.DataFrame | None, row: Mapping) -> dict[str, object]:
    if events is None:
        return {}
    own = events[(events["dyad"] == row["dyad"]) & (events["time"] == row["time"])]
    own = own[(own["signal"] == "brain") & (own["measure"] == "plv") & (own["band"] == row["band"])]
    if own.empty:
        return {}
    found: dict[str, object] = {"measure": "plv", "found_delta": float(own["delta"].mean())}
    if len(own) == 1:
        found |= {name: own[name].iloc[0] for name in ("z_chance", "p_chance")}
    return found
