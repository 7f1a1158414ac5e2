"""One recording of a BIDS dataset back into memory, of ours or of anybody's.

Reads that recording's files only, so that it cannot meet a table that another job is writing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from interbrain.bids import sidecar
from interbrain.formats import FormatError, read_recording
from interbrain.formats.marked import bridge_and_mark, reason_of
from interbrain.formats.notes import noted
from interbrain.formats.survey import Survey, survey_raw

CHANNEL_TYPES = {"EEG": "eeg", "TRIG": "stim", "EOG": "eog", "HEOG": "eog", "VEOG": "eog", "ECG": "ecg"}


def read_recording_files(recording: Path, cap_map: Mapping[str, str] | None = None):
    """The recording alone, as `read_marked_recording` reads it."""
    return read_marked_recording(recording, cap_map)[0]


def read_marked_recording(recording: Path, cap_map: Mapping[str, str] | None = None):
    """Read one recording back, with its channel types, bad channels and events.

    Parameters
    ----------
    recording : Path
        The data file: .vhdr, .edf, .bdf or .set. What stands in channels.tsv and events.tsv beside it counts
        more than what the file says itself; either may be absent.
    cap_map : mapping label -> 10-20 name, optional
        If the labels are not 10-20 names already.

    Returns
    -------
    raw : mne.io.Raw
        In memory, without missing values; events as annotations (`sync_trigger`, `BAD_acq_skip` ...).
        `info["bads"]` are the channels of status bad, and those that miss most of their values.
    marked : dict of str to str
        Channel -> reason, of those bad channels that have a signal: a person marked them.

    Raises
    ------
    FormatError
        The file is damaged, or the tables beside it are not about its channels.
    """
    import mne
    import pandas as pd

    recording = Path(recording)
    raw = read_recording(recording, channel_names=cap_map or None).raw
    raw.load_data(verbose="error")
    reasons = None
    channels_file, events_file = sidecar(recording, "channels.tsv"), sidecar(recording, "events.tsv")
    if channels_file.is_file():
        channels = pd.read_csv(channels_file, sep="\t", dtype=str, keep_default_na=False)
        if len(channels) != len(raw.ch_names):
            raise FormatError(
                f"{channels_file}: describes {len(channels)} channels, and {recording.name} holds "
                f"{len(raw.ch_names)}. Correct the table, or take it away."
            )
        kinds = [CHANNEL_TYPES.get(kind.upper(), "misc") for kind in channels["type"]]
        types = dict(zip(raw.ch_names, kinds, strict=True))
        raw.set_channel_types(types, on_unit_change="ignore", verbose="error")
        if "status" in channels:
            status = zip(raw.ch_names, channels["status"], strict=True)
            raw.info["bads"] = [name for name, is_ in status if is_ == "bad"]
        if "status_description" in channels:
            told = zip(raw.ch_names, channels["status_description"].replace("n/a", ""), strict=True)
            reasons = {name: reason_of(text) for name, text in told if name in raw.info["bads"]}
    if events_file.is_file():
        events = pd.read_csv(events_file, sep="\t", dtype=str, keep_default_na=False)
        named = next((c for c in ("trial_type", "value") if c in events), None)
        what = events[named] if named else ["event"] * len(events)
        duration = pd.to_numeric(events["duration"], errors="coerce").fillna(0)
        raw.set_annotations(mne.Annotations(events["onset"].astype(float), duration, what))
    return bridge_and_mark(raw, reasons)


def survey_files(recording: Path, cap_map: Mapping[str, str] | None, triggers: Mapping) -> Survey:
    """What a recording of a BIDS dataset holds, as `formats.survey` tells it of a raw file."""
    with noted() as notes:
        told = survey_raw(read_recording_files(recording, cap_map), recording, triggers)
    return replace(told, notes=tuple(notes))
