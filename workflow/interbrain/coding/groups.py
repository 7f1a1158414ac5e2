"""From single dyads to the study: event-locked differences, curves and relations against zero.

Sign flips over dyads, and over therapists where one has several, as `statistics.presence` makes them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from interbrain.apa.lines import NOT_TESTED, apa_presence
from interbrain.coding.series import ALL
from interbrain.statistics.curves import FEWEST_UNITS, band_over_lags, units_of
from interbrain.statistics.notes import in_several_dyads, note, whole_counts
from interbrain.statistics.presence import against_zero
from interbrain.tables.event_statistics import BRAIN_BODY, CURVES, EVENTS
from interbrain.words import listed


def events_of_the_study(
    dyads: pd.DataFrame, therapists: Mapping[str, str], n_max: int = 10_000, seed: Sequence[int] = (0,)
) -> pd.DataFrame:
    """Test the event-locked differences of all dyads against zero.

    Parameters
    ----------
    dyads : DataFrame
        `tables.coded_events.DYAD_EVENTS` of every dyad and run.
    therapists : mapping dyad -> therapist
    n_max, seed
        As `statistics.presence.against_zero`.

    Returns
    -------
    table : DataFrame
        `tables.event_statistics.EVENTS`. A dyad enters with the mean over its runs that could be tested; one
        without such a run is left out, and the note has the reason.
    """
    rows = []
    for keys, own in dyads.groupby(["code", "signal", "measure"], sort=False):
        code, signal, measure = keys
        about = {"code": code, "signal": signal, "measure": measure}
        for row, entering in _tests(own, "delta", therapists, n_max, seed):
            used = entering[entering["delta"].notna()]
            row |= {name: int(used[name].sum()) for name in ("n_events", "n_used")}
            rows.append(about | row)
    return _finished(rows, EVENTS.names)


def relations_of_the_study(
    dyads: pd.DataFrame, therapists: Mapping[str, str], n_max: int = 10_000, seed: Sequence[int] = (0,)
) -> pd.DataFrame:
    """Test the within-dyad correlations of brain and body, as Fisher's z above chance, against zero.

    Parameters
    ----------
    dyads : DataFrame
        `tables.coded_events.DYAD_BRAIN_BODY` of every dyad and run.
    therapists, n_max, seed
        As `events_of_the_study`.

    Returns
    -------
    table : DataFrame
        `tables.event_statistics.BRAIN_BODY`.
    """
    rows = []
    for keys, own in dyads.groupby(["signal", "measure", "body", "body_measure"], sort=False):
        about = dict(zip(["signal", "measure", "body", "body_measure"], keys, strict=True))
        for row, entering in _tests(own, "above_chance", therapists, n_max, seed):
            r = entering["r"].dropna()
            mean = np.tanh(np.arctanh(r.clip(-1 + 1e-9, 1 - 1e-9)).mean()) if len(r) else np.nan
            rows.append(about | row | {"r_mean": mean})
    return _finished(rows, BRAIN_BODY.names)


def curves_of_the_study(
    curves: pd.DataFrame,
    dyads: pd.DataFrame,
    therapists: Mapping[str, str],
    n_max: int = 10_000,
    seed: Sequence[int] = (0,),
) -> pd.DataFrame:
    """Mean curves around events with a band that holds at all lags at once.

    Parameters
    ----------
    curves : DataFrame
        `tables.coded_events.DYAD_CURVES` of every dyad and run.
    dyads : DataFrame
        `tables.coded_events.DYAD_EVENTS`: only dyads and runs that it could test enter.
    therapists, n_max, seed
        As `events_of_the_study`.

    Returns
    -------
    table : DataFrame
        `tables.event_statistics.CURVES`, over therapists where one has several dyads, else over dyads.
    """
    place = ["code", "signal", "measure", "band", "roi"]
    tested = dyads.loc[dyads["delta"].notna(), ["dyad", "run", *place]]
    rows = []
    for keys, own in curves.merge(tested, on=["dyad", "run", *place]).groupby(place, sort=False):
        wide = own.pivot_table(index="dyad", columns="lag_s", values="value", aggfunc="mean", dropna=False)
        unit, values = units_of(wide, therapists)[-1]
        about = dict(zip(place, keys, strict=True)) | {"unit": unit}
        rows += [about | row for row in band_over_lags(values, n_max, seed)]
    return _finished(rows, CURVES.names)


def _tests(
    own: pd.DataFrame, value: str, therapists: Mapping[str, str], n_max: int, seed: Sequence[int]
) -> list[tuple[dict, pd.DataFrame]]:
    """A row for each unit and place, and the rows of the dyads at that place."""
    places = list(dict.fromkeys(zip(own["band"], own["roi"], strict=True)))
    places.sort(key=lambda place: place != (ALL, ALL))
    found = []
    wide = own.pivot_table(index="dyad", columns=["band", "roi"], values=value, aggfunc="mean", dropna=False)
    wide = wide.reindex(index=list(dict.fromkeys(own["dyad"])), columns=pd.MultiIndex.from_tuples(places))
    for unit, table in units_of(wide, therapists):
        values = table.to_numpy(dtype=float)
        values = values[np.isfinite(values).any(axis=1)]
        if len(values) < FEWEST_UNITS:
            tests = [{"n": int(np.isfinite(column).sum())} for column in values.T]
            tests = tests or [{"n": 0} for _ in places]
        else:
            tests = against_zero(values, n_max, seed)
        for place, test in zip(places, tests, strict=True):
            entering = own[(own["band"] == place[0]) & (own["roi"] == place[1])]
            said, n_out = _left_out(entering, value)
            if "t" not in test:
                units = f"{unit}{'s' * (test['n'] != 1)}"
                said.insert(0, f"not tested: {test['n']} {units} with a value that varies")
            shared = _shared(entering, value, therapists) if unit == "dyad" else []
            row = {"band": place[0], "roi": place[1], "unit": unit} | test
            row |= {"apa": apa_presence(row) if "t" in test else NOT_TESTED, "n_left_out": n_out}
            found.append((row | {"note": note([*said, *shared])}, entering))
    return found


def _left_out(entering: pd.DataFrame, value: str) -> tuple[list[str], int]:
    """Who has no value in any run, and why; and how many these are."""
    reasons: dict[str, list[str]] = {}
    there = set(entering.loc[entering[value].notna(), "dyad"])
    for row in entering[~entering["dyad"].isin(there)].to_dict("records"):
        reasons.setdefault(row["dyad"], []).append(str(row["note"]))
    dyads: dict[str, list[str]] = {}
    for dyad, why in reasons.items():
        dyads.setdefault(", ".join(dict.fromkeys(why)), []).append(dyad)
    told = "; ".join(f"{listed(own)} ({why})" for why, own in dyads.items())
    return ([f"without {told}"] if told else []), len(reasons)


def _shared(entering: pd.DataFrame, value: str, therapists: Mapping[str, str]) -> list[str]:
    """Therapists who are in several of the dyads that enter."""
    dyads: dict[str, list[str]] = {}
    for dyad in dict.fromkeys(entering.loc[entering[value].notna(), "dyad"]):
        dyads.setdefault(therapists[dyad], []).append(dyad)
    return in_several_dyads(dyads.items())


def _finished(rows: list[dict], names: Sequence[str]) -> pd.DataFrame:
    return whole_counts(pd.DataFrame(rows).reindex(columns=list(names)))
