"""Who and what was recorded: dyads, what was left out, the quality and the clock of each recording."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from interbrain import apa
from interbrain.report import words

from .form import Column, Table, build, digits, said, text


def dyads(aggregated: pd.DataFrame, factors: Iterable[str]) -> Table:
    present = [factor for factor in factors if factor in aggregated]
    frame = aggregated[["dyad", "therapist", "client", *present]].drop_duplicates("dyad")
    columns = [text("dyad", "Dyad"), text("therapist", "Therapist"), text("client", "Client")]
    columns += [text(factor, words.heading(factor)) for factor in present]
    return build("dyads", "Dyads in the analysis", frame, columns)


def exclusions(frame: pd.DataFrame) -> Table:
    columns = [
        text("what", "What"), text("dyad", "Dyad"), text("participant", "Person"), text("time", "Time"),
        text("item", "Item"), digits("count", "Count", 0), text("reason", "Reason", wide=True),
        text("by", "Decided by"),
    ]  # fmt: skip
    return build("exclusions", "Everything left out, with the reason", frame, columns)


def quality(frame: pd.DataFrame, pictures: dict) -> Table:
    """What cleaning found in each recording, and a link to where it is shown.

    Parameters
    ----------
    pictures : dict of (dyad, role, time) to str
        Where each recording is shown, from the report on.
    """
    records = frame.to_dict("records")
    frame = frame.assign(
        told=[_verdict(row) for row in records],
        bad=[bad_channels(row) for row in records],
        components=[components_removed(row) for row in records],
        failed=[windows_failed(row) for row in records],
        picture=[pictures.get((row["dyad"], row["role"], row["time"]), "") for row in records],
        row_name=[recording_name(row) for row in records],
        row_rank=_ranks(records, "percent_kept", smallest_first=True),
    )
    columns = [
        text("participant", "Person"), text("dyad", "Dyad"), text("role", "Role"), text("time", "Time"),
        text("told", "Verdict", wide=True),
        *([Column("picture", "Page", lambda href: "open" if href else apa.NOT_AVAILABLE, link=True)]
          if pictures else []),
        text("bad", "Bad channels", wide=True), text("components", "Components removed", wide=True),
        digits("percent_kept", "Windows kept, %", 0), text("failed",
        "Windows rejected in this person", wide=True),
        digits("muscle_s", "Muscle, s", 1), digits("line_noise_db", "Line noise, dB", 1),
        digits("sync_residual_ms", "Clock residual, ms"), digits("by_hand", "By hand", 0),
    ]  # fmt: skip
    return build("quality", "Each recording", frame, columns, _doubtful, stacks=True)


def clocks(frame: pd.DataFrame) -> Table:
    """What was recorded, and how the two clocks were tied."""
    columns = [
        text("participant", "Person"), text("dyad", "Dyad"), text("role", "Role"), text("time", "Time"),
        text("sync_method", "Aligned by"),
        said("matched", "Markers matched (therapist's | client's)", by="sync_markers"),
        digits("sync_offset_s", "Clock offset, s", 3), said("drift", "Clock drift, ppm", by="sync_drift_ppm"),
        digits("gap_s", "Gap, s"), digits("duration_s", "Length, s", 0), digits("sfreq", "Rate, Hz", 0),
        digits("n_channels", "Channels", 0), text("source_format", "Format"),
    ]  # fmt: skip
    records = frame.to_dict("records")
    frame = frame.assign(
        matched=[_matched(row) for row in records],
        drift=[
            "unknown" if row["sync_drift_from"] == "unknown" else apa.number(row["sync_drift_ppm"], 1)
            for row in records
        ],
        row_rank=_ranks(records, "sync_residual_ms", smallest_first=False),
    )
    return build("clocks", "Clocks and files of each recording", frame, columns, _doubtful, stacks=True)


def _ranks(records: list[dict], by: str, smallest_first: bool) -> list[int]:
    """Each recording's place among those that need a look: doubtful ones first, then by a number."""
    sign = 1 if smallest_first else -1

    def need(place: int) -> tuple:
        value = records[place][by]
        unknown = apa.is_missing(value)
        return records[place]["verdict"] == "good", unknown, 0 if unknown else sign * value

    ranks = [0] * len(records)
    for rank, place in enumerate(sorted(range(len(records)), key=need)):
        ranks[place] = rank
    return ranks


def _matched(row: dict) -> str:
    if apa.is_missing(row["sync_markers_therapist"]) or not row["sync_markers_therapist"]:
        return apa.NOT_AVAILABLE
    counts = (apa.whole(row[f"sync_markers{of}"]) for of in ("", "_therapist", "_client"))
    return "{} of {} | {}".format(*counts)


def recording_name(row: dict) -> str:
    return f"{row['role']} {row['participant']} of {row['dyad']}, {row['time']}"


def components_removed(row: Mapping) -> str:
    """What of a recording's components was removed, and whether they can be trusted, from its quality row."""
    if row["ica"].startswith("not done"):
        return row["ica"]
    removed = "none" if apa.is_missing(row["removed"]) else row["removed"]
    told = f"{removed} (of {apa.whole(row['n_components'])})"
    return told if row["ica"] == "converged" else f"{told}, {row['ica']}"


def windows_failed(row: Mapping) -> str:
    """By which criteria a person's own windows failed, from the quality row: ``3 amplitude, 1 muscle``."""
    criteria = (
        "not_yet",
        "ended",
        "gap",
        "not_measured",
        "join",
        "flat",
        "amplitude",
        "muscle",
        "step",
        "autoreject",
        "clock",
        "other",
    )
    names = {
        "clock": "clock not confirmed",
        "not_yet": "not recorded yet",
        "ended": "recording ended",
        "not_measured": "not measured",
    }
    counts = [(row[f"windows_{name}"], names.get(name, name)) for name in criteria]
    return ", ".join(f"{apa.whole(n)} {name}" for n, name in counts if n > 0) or "none"


def reason_to_look(reason: Any) -> str:
    return "no reason was written down" if apa.is_missing(reason) else reason


def bad_channels(row: Mapping) -> str:
    """How many and which, from the quality row: ``2: T8, O1``."""
    names = "" if apa.is_missing(row["bad_channels"]) else f": {row['bad_channels']}"
    return f"{apa.whole(row['n_bad'])}{names}"


def _verdict(row: dict) -> str:
    return f"⚠ look: {reason_to_look(row['verdict_reason'])}" if _doubtful(row) else "✓ good"


def _doubtful(row: dict) -> str:
    return "" if row["verdict"] == "good" else "look"
