"""The clock that ties two recordings, as files keep it: sidecars, and what conversions note."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from interbrain.clocks import ClockFit
from interbrain.formats import FormatError

# Of a tie, in our own files and in the sidecar's section Hyperscanning.
SIDECAR_KEYS = {
    "method": "SyncMethod",
    "drift_from": "SyncDriftFrom",
    "notes": "SyncNotes",
    "offset": "SyncOffset",
    "drift_ppm": "SyncDrift",
    "drift_error_ppm": "SyncDriftError",
    "residual_ms": "SyncResidual",
    "n_matched": "SyncMarkers",
}
# Of how many: what sidecars that were written before this was kept do not hold.
COUNT_KEYS = {
    "n_reference": "SyncMarkersTherapist",
    "n_other": "SyncMarkersClient",
    "n_in_block": "SyncMarkersInBlock",
}
# From when to when the clock is not confirmed: [begin, end] each, s on the therapist's clock from the block's
# start; absent likewise.
UNCONFIRMED_KEY = {"unconfirmed": "SyncUnconfirmed"}
ALL_KEYS = SIDECAR_KEYS | COUNT_KEYS | UNCONFIRMED_KEY
# What happened at both amplifiers at once, by how the clocks are tied.
SYNC_EVENTS = {
    "markers": "sync_trigger",
    "start_marker": "sync_trigger",
    "lsl_clock": "time stamps of the Lab Streaming Layer",
    "same_file": "every sample",
    "header_time": "start time in the file's header",
    "shared_start": "first sample",
}


def read_timing(eeg_json: Path) -> dict | None:
    """How the client's clock was tied to the therapist's, from the client's sidecar.

    Returns
    -------
    timing : dict or None
        The keys of `ALL_KEYS`; None for what was not measured. None if the sidecar does not say.
    """
    if not Path(eeg_json).is_file():
        return None
    return timing_in(json.loads(Path(eeg_json).read_text(encoding="utf-8")), eeg_json)


def timing_in(about: Mapping, source: Path) -> dict | None:
    """The same from the content of a sidecar; `source` is the file, for messages.

    Raises
    ------
    FormatError
        An offset or drift is no number, or what is not confirmed no list of two times each.
    """
    tied = about.get("Hyperscanning", {})
    if not isinstance(tied, dict) or not set(SIDECAR_KEYS.values()) <= set(tied):
        return None
    timing = {name: None if tied.get(key, "n/a") == "n/a" else tied[key] for name, key in ALL_KEYS.items()}
    for name in ("offset", "drift_ppm"):
        if isinstance(timing[name], bool) or not isinstance(timing[name], int | float):
            raise FormatError(
                f"its {SIDECAR_KEYS[name]} is {tied[SIDECAR_KEYS[name]]!r} and no number",
                "Copy the file from the dataset again, or write in the recordings table (sync) how "
                "clocks are tied.",
                where=source,
            )
    try:
        timing["unconfirmed"] = [[float(begin), float(end)] for begin, end in timing["unconfirmed"] or []]
    except (TypeError, ValueError) as error:
        raise FormatError(
            f"its SyncUnconfirmed is {tied['SyncUnconfirmed']!r}, not a list of [begin, end] in seconds",
            "Copy the file from the dataset again, or write in the recordings table (sync) how "
            "clocks are tied.",
            where=source,
        ) from error
    return timing


def clock_fit(timing: Mapping) -> ClockFit:
    """The client's clock in terms of the therapist's."""
    unknown: dict[str, Any] = {
        name: float("nan") for name in ("residual_ms", "drift_error_ppm") if timing[name] is None
    }
    known = {name: timing[name] for name in ("offset", "drift_ppm", "residual_ms", "drift_error_ppm")}
    counts = {name: timing.get(name) or 0 for name in ("n_matched", *COUNT_KEYS)}
    unconfirmed = tuple((begin, end) for begin, end in timing.get("unconfirmed") or ())
    return ClockFit(**{**known, **unknown, **counts, "unconfirmed": unconfirmed})


def read_clock(eeg_json: Path) -> ClockFit:
    """The same, from the client's sidecar."""
    timing = read_timing(eeg_json)
    if timing is None:
        hint = "Copy the file from the dataset again."
        raise FormatError("does not say how the two clocks are tied", hint, where=eeg_json)
    return clock_fit(timing)
