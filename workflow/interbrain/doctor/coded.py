"""Coded events against the recordings that they are of: whether they are within them at all."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from interbrain.problems import Problem
from interbrain.study.problems import counted
from interbrain.study.study import Study
from interbrain.study.tables import Found

OFFSET = (
    "They are not used. If the coding does not count from the recording's beginning, fill in clock or "
    "offset_s."
)
TOLERATED_S = 1.0
ENDS = "Is duration_s an end, in another unit, or was a stop forgotten?"
# Minutes in place of seconds: all events are in the first sixtieth of a recording.
FEWEST, LONG_S, MINUTE_S = 5, 600.0, 60.0
MINUTES = (
    "Onsets are in seconds: were they written in minutes? If only its beginning was coded, this is right."
)


def check_coded(study: Study, runs: Mapping[tuple, tuple], table: str | None, done: Found) -> None:
    """Say which coded events begin behind the end of their recording, as only the files can tell.

    Parameters
    ----------
    runs : mapping (dyad, time) -> (where, SessionRun)
        Of which both members can be read.
    table : str or None
        Path of the table of coded events.
    """
    if not table:
        return
    numbers = {(row["dyad"], row["time"]): int(row["run"]) for row in study.recordings.to_dict("records")}
    for (dyad, time), (_, run) in runs.items():
        events = study.coded.of_runs.get((dyad, numbers[dyad, time]), [])
        length = run.block[1] - run.block[0]
        beyond = [event["onset_s"] for event in events if event["onset_s"] >= length]
        if beyond:
            of = f"{len(beyond)} of {counted(len(events), 'coded event')} of {dyad} {time}"
            what = (
                f"{of} begin{'s' * (len(beyond) == 1)} after the end of the recording of {length:.1f} s "
                f"(the last at {max(beyond):.1f} s)"
            )
            done.warnings.append(Problem(Path(table).name, what, OFFSET))
        late = [
            event["onset_s"] + event["duration_s"]
            for event in events
            if event["onset_s"] < length < event["onset_s"] + event.get("duration_s", 0) - TOLERATED_S
        ]
        if late:
            what = (
                f"{counted(len(late), 'coded event')} of {dyad} {time} last{'s' * (len(late) == 1)} beyond "
                f"the end of the recording of {length:.1f} s (to {max(late):.1f} s)"
            )
            done.warnings.append(Problem(Path(table).name, what, ENDS))
        last = max((event["onset_s"] for event in events), default=length)
        if len(events) >= FEWEST and length >= LONG_S and last < length / MINUTE_S:
            what = (
                f"all {len(events)} coded events of {dyad} {time} are in the first {last:.0f} s of its "
                f"{length:.0f} s"
            )
            done.warnings.append(Problem(Path(table).name, what, MINUTES))
