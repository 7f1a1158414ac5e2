"""Coordination of both members' signals: of each dyad, and of strangers, from the series on one clock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

import numpy as np
import pandas as pd

from interbrain.chance.comparison import summary
from interbrain.coordination.lag import LagCurve, lag_curve
from interbrain.coordination.session import FAMILY_OF, coordination
from interbrain.coordination.settings import Settings
from interbrain.signals.dyad import ROLES

SAME_RATE = 1e-6
LAGGED = "lagged"  # the family of measures that has a curve over lags
OF_STRANGERS = (
    *("own_above_chance", "pseudo", "pseudo_sd", "above_pseudo"),
    *("z_pseudo", "p_pseudo", "n_pseudo"),
)


def settings_of(signals: Mapping[str, Any]) -> Settings:
    """How coordination is measured: what the study sets, and the rest by default."""
    known = {field.name for field in fields(Settings)}
    given = {name: value for name, value in signals.items() if name in known}
    return Settings(**{**given, "stranger_shifts": max(given.get("stranger_shifts", 1), 1)})


def coordination_tables(
    series: pd.DataFrame,
    quality: pd.DataFrame,
    measures: Mapping[str, Sequence[str]],
    settings: Settings,
    seed: Sequence[int],
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Coordination of a dyad and run in each of its signals: in the session, by window, and over lags.

    Parameters
    ----------
    series, quality : DataFrame
        As `tables.signals` declares them.
    measures : mapping signal -> measures
    settings : Settings
    seed : sequence of int

    Returns
    -------
    rows, windows, curves, peaks : DataFrame
        As `tables.coordination` declares them, without dyad, time and run. A signal that cannot be compared
        has rows without a value, of which the note says why. Curves and peaks are of the signals for which a
        lagged correlation was asked for.
    """
    rows: list[dict[str, Any]] = []
    windows: list[dict[str, Any]] = []
    curves: list[pd.DataFrame] = []
    peaks: list[dict[str, Any]] = []
    for kind, members in quality.groupby("kind", sort=False):
        name = str(kind)
        own = series[series["kind"] == name]
        refused = members[members["usable"] != 1]
        why = "; ".join(f"{m.role}: {m.reason}" for m in refused.itertuples())
        over_lags = any(FAMILY_OF.get(measure) == LAGGED for measure in measures[name])
        if why or own.empty:
            rows += [
                {"kind": name, "measure": measure, "n_windows": 0, "n_shifts": 0, "note": why or "no series"}
                for measure in measures[name]
            ]
            peaks += [{"kind": name, "n_shifts": 0, "note": why or "no series"}] if over_lags else []
            continue
        rate = rate_of(own)
        found = coordination(*members_of(own), rate, measures[name], settings, list(seed), kind=name)
        rows += found.rows
        windows += found.windows
        if over_lags:
            curve = lag_curve(found.paired[LAGGED], rate)
            peaks.append({"kind": name} | _peak(curve, rate))
            curves += [_curve(curve).assign(kind=name)] if curve else []
    over = pd.concat(curves) if curves else pd.DataFrame()
    return pd.DataFrame(rows), pd.DataFrame(windows), over, pd.DataFrame(peaks)


def _curve(found: LagCurve) -> pd.DataFrame:
    names = ("lag_s", "value", "chance", "chance_sd", "limit")
    own = {name: getattr(found, name) for name in names}
    return pd.DataFrame(own | {"band_low": found.low, "band_high": found.high})


def _peak(found: LagCurve | None, rate_hz: float) -> dict[str, Any]:
    if found is None:
        return {"n_shifts": 0, "note": "no curve over lags: too few windows, or no circular shift"}
    leads = {1: "therapist", -1: "client", 0: "neither"}
    return {
        "peak_s": found.peak_s,
        "leads": leads[int(np.sign(found.peak_s))] if np.isfinite(found.peak_s) else None,
        "z_peak": found.z,
        "p_peak": found.p,
        "step_s": 1 / rate_hz,
        "n_shifts": found.n_shifts,
        "note": found.reason,
    }


def strangers_table(
    series: Mapping[str, pd.DataFrame],
    pairs: Iterable[tuple[str, str, str]],
    measures: Mapping[str, Sequence[str]],
    settings: Settings,
    seed: Sequence[int],
) -> pd.DataFrame:
    """Each dyad's coordination among that of its members with people whom they never met.

    Parameters
    ----------
    series : mapping dyad -> DataFrame
        Both members' series of one run, as `tables.signals` declares them.
    pairs : iterable of (dyad, dyad of the therapist, dyad of the client)
        Whom to compare each dyad with; one of the two is its own.
    measures, settings, seed
        As `coordination_tables`.

    Returns
    -------
    table : DataFrame
        dyad, kind, measure, and the columns of strangers; a row a dyad, signal and measure.
    """
    by_kind = {
        (dyad, str(kind)): own for dyad, table in series.items() for kind, own in table.groupby("kind")
    }
    few = replace(settings, n_shifts=settings.stranger_shifts)
    known: dict[tuple[str, str, str], dict[str, float]] = {}  # each pair once, whoever is compared with it

    def above_chance(kind: str, therapist: str, client: str) -> dict[str, float]:
        if (kind, therapist, client) not in known:
            x, y = by_kind[therapist, kind], by_kind[client, kind]
            n = min(len(x), len(y))
            found = coordination(
                members_of(x)[0][:n], members_of(y)[1][:n], rate_of(x), measures[kind], few, list(seed)
            )
            known[kind, therapist, client] = {row["measure"]: row["above_chance"] for row in found.rows}
        return known[kind, therapist, client]

    compared: dict[str, list[tuple[str, str]]] = {}
    for dyad, therapist, client in pairs:
        compared.setdefault(dyad, []).append((therapist, client))
    rows = []
    for dyad, strangers in compared.items():
        for kind in measures:
            if (dyad, kind) not in by_kind:
                continue
            rate = rate_of(by_kind[dyad, kind])
            usable = [pair for pair in strangers if all(_alike(by_kind.get((d, kind)), rate) for d in pair)]
            own, others = above_chance(kind, dyad, dyad), [above_chance(kind, *pair) for pair in usable]
            rows += [
                {"dyad": dyad, "kind": kind, "measure": measure}
                | _against(own[measure], np.array([one[measure] for one in others]))
                for measure in (measures[kind] if usable else ())
            ]
    return pd.DataFrame(rows, columns=["dyad", "kind", "measure", *OF_STRANGERS])


def _alike(series: pd.DataFrame | None, rate: float) -> bool:
    """Whether a dyad has the signal, and at this rate."""
    return series is not None and abs(rate_of(series) / rate - 1) < SAME_RATE


def _against(own: float, others: np.ndarray) -> dict[str, float]:
    """A dyad's value above chance among those of strangers."""
    others = others[np.isfinite(others)]
    against = summary(np.array(own), others)
    return {
        "own_above_chance": own,
        "pseudo": float(against.mean),
        "pseudo_sd": float(against.sd),
        "above_pseudo": float(against.above),
        "z_pseudo": float(against.z),
        "p_pseudo": float(against.p) if len(others) and np.isfinite(own) else np.nan,
        "n_pseudo": len(others),
    }


def members_of(series: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Both members' values of one signal."""
    therapist, client = (series[f"{role}_value"].to_numpy(float) for role in ROLES)
    return therapist, client


def rate_of(series: pd.DataFrame) -> float:
    """Samples a second of a signal of one dyad, by its instants."""
    instants = series["time_s"].to_numpy(float)
    return float((len(instants) - 1) / (instants[-1] - instants[0])) if len(instants) > 1 else np.nan
