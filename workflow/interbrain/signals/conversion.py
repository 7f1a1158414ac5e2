"""A member's signal as its row names it -> `_physio.tsv.gz` of the BIDS dataset, on its EEG's clock.

Nothing is filtered and nothing corrected here.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from interbrain.bids.clock import clock_fit
from interbrain.bids.physio import read_physio, write_physio
from interbrain.formats.notes import noted
from interbrain.signals.dyad import ROLES, Given
from interbrain.signals.kinds import KINDS
from interbrain.signals.reading import BEATS_HZ, eeg_reading, in_block, read_source, source_of
from interbrain.signals.series import Series

COLUMNS = {"eda": "eda", "ecg": "cardiac", "ppg": "cardiac", "ibi": "beat", "respiration": "respiratory"}


def convert_signal(
    signal: Mapping[str, Any],
    member: Mapping[str, Any],
    eeg_file: Path,
    cap_map: Mapping[str, str],
    blocks: Mapping[str, Mapping[str, Any]],
    facts: Mapping[str, Mapping[str, Any]],
    table: Path,
    task: str = "rest",
    from_bids: bool = False,
) -> None:
    """Read one signal of one member's recording and write it.

    Parameters
    ----------
    signal : mapping
        As `study.signals_table` gives it.
    member : mapping
        role, pattern, partner_pattern, scale, trigger_channel.
    eeg_file : Path
    cap_map : mapping label -> 10-20 name
    blocks : mapping role -> mapping
        first_sample of the recording in each member's EEG file (`bids.timing`).
    facts : mapping role -> mapping
        sfreq, duration_s and clock of both members' recordings; the clock is the client's.
    table : Path
        Where it goes.
    task : str
    from_bids : bool
        The EEG file is a recording of a given BIDS dataset.

    Raises
    ------
    SignalError, FormatError
        The signal cannot be read; the message names the file.
    """
    role, kind = member["role"], KINDS[signal["kind"]]
    with noted():  # the doctor tells them
        series = read_source(source_of(signal), eeg_file, eeg_reading(member, cap_map, from_bids))
    begins = {one: blocks.get(one, {}).get("first_sample", 0) / facts[one]["sfreq"] for one in ROLES}
    cut = in_block(
        series,
        signal["sync"],
        role,
        own_start_s=begins[role],
        therapist_start_s=begins["therapist"],
        duration_s=facts[role]["duration_s"],
        fit=clock_fit(facts["client"]["clock"]),
    )
    # A file holds a sample: of a signal that ended before the recording began, a missing one.
    values = cut.values if cut.values.shape[1] else np.full((len(cut.values), 1), np.nan)
    name = COLUMNS.get(signal["kind"], signal["kind"])
    names = [name] if len(cut.values) == 1 else [f"{name}_{axis}" for axis in "xyz"]
    about = f"{kind.about[0].upper()}{kind.about[1:]}"
    if signal["kind"] == "ibi":
        about = f"Heart beats at {BEATS_HZ:g} Hz: 1 at each beat, else 0; n/a where intervals are missing"
    write_physio(
        table,
        values,
        {column: {"Description": about, "Units": cut.unit or "arbitrary"} for column in names},
        rate_hz=cut.rate_hz,
        start_s=max(cut.start_s, 0.0),
        about={
            "TaskName": task,
            "PhysioType": "generic",
            "SignalKind": signal["kind"],
            "SignalName": signal["name"],
        },
    )


def given_signal(table: Path) -> Given:
    """A member's signal as `convert_signal` wrote it."""
    found = read_physio(table)
    unit = str(found.about[found.columns[0]]["Units"])
    return Given(found.about["SignalKind"], Series(found.values, found.rate_hz, found.start_s, unit))
