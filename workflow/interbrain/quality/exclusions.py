"""What does not enter the study, and why: by the limits of the config, by rules, by the laboratory."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import pandas as pd

from interbrain.formats.filtered import Filtered
from interbrain.quality.decision_log import AUTOMATIC
from interbrain.words import listed

TOO_LITTLE = "too little shared clean data"
NOT_TESTED = "the dyad is not in the tests that need it"
# Who left a dyad or a recording out, if no rule of the workflow did.
LABORATORY = "the laboratory"


def too_little_data(
    roi_tables: Sequence[pd.DataFrame], length_s: float, min_clean_s: float
) -> dict[str, str]:
    """Dyads with less shared clean time than the limit in every recording, and the reason."""
    seconds = _clean_seconds(roi_tables, length_s)
    enough = {dyad for (dyad, _), clean in seconds.items() if clean >= min_clean_s}
    reasons: dict[str, list[str]] = {}
    for (dyad, time), clean in seconds.items():
        if dyad not in enough:
            reasons.setdefault(dyad, []).append(f"{clean:g} s at {time}")
    return {
        dyad: f"{TOO_LITTLE}: {', '.join(spans)} (limit {min_clean_s:g} s)" for dyad, spans in reasons.items()
    }


def short_recordings(
    roi_tables: Sequence[pd.DataFrame], length_s: float, min_clean_s: float
) -> dict[tuple[str, str], str]:
    """Recordings with less shared clean time than the limit, of dyads that have another; and the reason."""
    seconds = _clean_seconds(roi_tables, length_s)
    enough = {dyad for (dyad, _), clean in seconds.items() if clean >= min_clean_s}
    return {
        (dyad, time): f"{TOO_LITTLE}: {clean:g} s (limit {min_clean_s:g} s)"
        for (dyad, time), clean in seconds.items()
        if clean < min_clean_s and dyad in enough
    }


def lacking_cells(aggregated: pd.DataFrame, times: Sequence[str]) -> dict[str, str]:
    """Dyads that lack one of `times`, all of which the tests need, and why they are not tested."""
    own = aggregated.groupby("dyad", sort=False)["time"].agg(set)
    gaps = {dyad: [time for time in times if time not in there] for dyad, there in own.items()}
    return {
        str(dyad): f"no usable recording at {listed(gap)}; tests of tasks and times need all of a dyad's"
        for dyad, gap in gaps.items()
        if gap
    }


def _clean_seconds(roi_tables: Sequence[pd.DataFrame], length_s: float) -> dict[tuple[str, str], float]:
    """Shared clean time of each dyad and time, s."""
    first = [table.iloc[0] for table in roi_tables]
    return {(row["dyad"], row["time"]): row["n_windows"] * length_s for row in first}


def exclusions_table(
    excluded: Mapping[str, str],
    conversions: Sequence[Mapping],
    accounts: Sequence[Mapping],
    ledgers: Mapping[tuple[str, str], pd.DataFrame],
    aggregated: pd.DataFrame,
    unused: Mapping[tuple[str, str], str] | None = None,
    levels: pd.DataFrame | None = None,
    lacking_cells: Mapping[str, str] | None = None,
    by_rules: Collection[str | tuple[str, str]] = (),
    bands: Mapping[str, Sequence[float]] | None = None,
) -> pd.DataFrame:
    """What was left out, and why: dyads, recordings, bands, sites, gaps, channels, components, windows.

    Parameters
    ----------
    excluded : mapping dyad -> reason
    unused : mapping (dyad, time) -> reason
        Recordings that are missing or not used, of dyads that the laboratory has not excluded.
    levels : DataFrame
        dyad and the factors, of every dyad: a column each, so that it shows whether one group lost more.
    lacking_cells : mapping dyad -> reason
        Dyads that are analysed, but not tested: of those that lack a task at a time.
    by_rules : collection of dyad or (dyad, time)
        Those of `excluded` and `unused` that a rule of the workflow left out; the laboratory did all others.
    bands : mapping name -> (low, high), optional
        Hz. A filter may have taken one (`formats.filtered`).
    """
    rows = [
        {"what": "dyad", "dyad": d, "item": d, "count": 1, "reason": r, "by": _by(d, by_rules)}
        for d, r in excluded.items()
    ]
    rows += [
        {
            "what": "recording",
            "dyad": d,
            "time": t,
            "item": t,
            "count": 1,
            "reason": r,
            "by": _by((d, t), by_rules),
        }
        for (d, t), r in (unused or {}).items()
    ]
    rows += [
        {"what": "tests", "dyad": d, "item": d, "count": 1, "reason": r, "by": AUTOMATIC}
        for d, r in (lacking_cells or {}).items()
    ]
    rows += _without_value(aggregated, conversions, accounts, bands or {})
    rows += _of_people(conversions, accounts)
    for (dyad, time), ledger in ledgers.items():
        dropped = ledger[ledger["kept"] == 0]
        for (reason, by), windows in dropped.groupby(["reason", "by"], sort=True):
            about = {"count": len(windows), "reason": reason, "by": by}
            rows.append({"what": "window", "dyad": dyad, "time": time, **about})
    columns = ["what", "dyad", "participant", "time", "item", "count", "reason", "by"]
    table = pd.DataFrame(rows, columns=columns)
    return table if levels is None else table.merge(levels, on="dyad", how="left", validate="many_to_one")


def _without_value(
    aggregated: pd.DataFrame,
    conversions: Sequence[Mapping],
    accounts: Sequence[Mapping],
    bands: Mapping[str, Sequence[float]],
) -> list[dict[str, Any]]:
    """Bands that a filter took, and sites without a pair of good channels, of each dyad and time."""
    filters: dict[tuple[str, str], list[tuple[str, Filtered]]] = {}
    for c, a in zip(conversions, accounts, strict=True):
        if found := Filtered.from_json(a.get("RecordedFilter")):
            filters.setdefault((c["dyad"], c["time"]), []).append((c["participant"], found))
    rows: list[dict[str, Any]] = []
    for (dyad, time), own in aggregated.groupby(["dyad", "time"], sort=False):
        good = own.loc[own["plv"].notna(), "roi"].unique()  # in some band: its channels are not the reason
        lacking = own[own["plv"].isna()]
        about = {"dyad": dyad, "time": time, "count": 1}
        for band, cells in lacking.groupby("band", sort=False):
            known = filters.get((dyad, time), [])
            cut = [(who, found) for who, found in known if found.takes(bands[band])]
            if not cut and cells["roi"].isin(good).all():  # a band of its own, around a person's alpha peak
                cut = [(who, found) for who, found in known if found.cuts(bands[band])]
            if cut:
                who = " and ".join(f"{found.reason(bands[band])} ({person})" for person, found in cut)
                rows.append({"what": "band", **about, "item": band, "reason": f"{who} took it; {NOT_TESTED}"})
                lacking = lacking[lacking["band"] != band]
        rows += [
            {"what": "site", **about, "item": roi, "reason": f"no pair of good channels; {NOT_TESTED}"}
            for roi in lacking["roi"].unique()
        ]
    return rows


def _of_people(conversions: Sequence[Mapping], accounts: Sequence[Mapping]) -> list[dict[str, Any]]:
    """What was left out of each recording: gaps, channels, components."""
    rows: list[dict[str, Any]] = []
    for c, a in zip(conversions, accounts, strict=True):
        who = {"dyad": c["dyad"], "participant": c["participant"], "time": c["time"]}
        for what, spans, reason in (
            ("gap", c["lost_samples"], "samples lost by the amplifier"),
            ("gap", c.get("filled_losses", []), "samples lost, which the recording program filled"),
            ("gap", c["missing_data"], "values the amplifier did not measure"),
        ):
            for onset, length in spans:
                item = f"{onset:.2f}-{onset + length:.2f} s"
                rows.append({"what": what, **who, "item": item, "count": round(length, 3), "reason": reason})
        for what, things, left_out in (
            ("channel", a["Channels"], "bad"),
            ("component", a["Components"], "remove"),
        ):
            for row in things:
                if row["decision"] == left_out:
                    about = {"item": row[what], "count": 1, "reason": row["reason"], "by": row["by"]}
                    rows.append({"what": what, **who, **about})
    return rows


def _by(what: str | tuple[str, str], by_rules: Collection[str | tuple[str, str]]) -> str:
    """Who left out a dyad or a recording: a rule of the workflow, or the laboratory in its tables."""
    return AUTOMATIC if what in by_rules else LABORATORY
