"""One recording of a BIDS dataset back into memory, of ours or of anybody's.

Reads that recording's files only, and those that it inherits from, so that it cannot meet a table that
another job is writing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from interbrain.bids.channel_table import describe_channels
from interbrain.bids.event_table import describe_events
from interbrain.bids.inheritance import is_spelt_otherwise, read_sidecar, source_of, table_of
from interbrain.formats import FormatError, mark_gaps, read_recording
from interbrain.formats.breaks import SKIP
from interbrain.formats.channels import is_ignored
from interbrain.formats.marked import bridge_and_mark
from interbrain.formats.measured import mark_unmeasured
from interbrain.formats.notes import note

if TYPE_CHECKING:
    import mne
    from mne.io import BaseRaw

    from interbrain.formats.breaks import Break

# A sidecar's rate that differs by more is another rate; less is how a format rounds it.
SAME_RATE = 1e-4
SAME_LENGTH_S = 1.5


@dataclass(frozen=True)
class Described:
    """A recording as its dataset describes it.

    Attributes
    ----------
    raw : mne.io.Raw
        In memory, without missing values; events as annotations (`sync_trigger`, `BAD_acq_skip` ...).
        `info["bads"]` are the channels of status bad, and those that miss most of their values.
    marked : dict of str to str
        Channel -> reason, of those bad channels that have a signal: a person marked them.
    trigger : str or None
        What the trigger channel that was asked for is called, if it is there.
    """

    raw: mne.io.BaseRaw
    marked: dict[str, str]
    trigger: str | None = None


def read_described(
    recording: Path,
    cap_map: Mapping[str, str] | None = None,
    trigger_channel: str | None = None,
    events: Path | None = None,
) -> Described:
    """Read one recording back, with its channel types, bad channels and events.

    Parameters
    ----------
    recording : Path
        The data file: .vhdr, .edf, .bdf or .set. What is in channels.tsv and events.tsv, beside it or
        inherited, counts more than what the file says itself; either may be absent.
    cap_map : mapping label -> 10-20 name, optional
        If the labels are not 10-20 names already.
    trigger_channel : str, optional
        As `read_recording` takes it.
    events : Path, optional
        The table of events, if it is not that of the dataset: without those that a person coded.

    Raises
    ------
    FormatError
        The file or a file that describes it is damaged, the tables are not about its channels, or it is known
        that time is missing and not how much.

    Notes
    -----
    Events and missing time are treated as those of raw files are (`formats.breaks`).
    """
    recording = Path(recording)
    try:
        about = read_sidecar(recording)
        _check_type(about, recording)
        channels, events = _table(recording, "channels.tsv"), events or _table(recording, "events.tsv")
        reasons: dict[str, str] = {}
        left_out = [label for label, site in (cap_map or {}).items() if is_ignored(site)]

        def describe(raw: BaseRaw, labels: Sequence[str], breaks: Sequence[Break]) -> list[Break]:
            _compare(about, raw)
            _note_processing(about)
            if channels:
                reasons.update(describe_channels(raw, labels, channels, left_out))
            return describe_events(raw, breaks, events) if events else []

        held = read_recording(
            recording,
            channel_names=cap_map or None,
            trigger_channel=trigger_channel,
            describe=describe,
        )
        ours = "Hyperscanning" in about  # filled and marked already
        raw = held.raw if ours else mark_gaps(held.raw)
        raw.load_data(verbose="error")
        _check_pauses(about, raw, recording)
        raw, marked = bridge_and_mark(raw, reasons)
        if not ours:
            mark_unmeasured(raw)
        return Described(raw, marked, held.trigger)
    except FormatError:
        raise
    except Exception as error:  # of a kind of table that nobody thought of
        raise FormatError(
            f"cannot be read with the files that describe it ({type(error).__name__}: {error})",
            "Compare channels.tsv, events.tsv and eeg.json with the specification of BIDS.",
            where=recording,
        ) from error


def read_recording_files(
    recording: Path, cap_map: Mapping[str, str] | None = None, events: Path | None = None
) -> mne.io.BaseRaw:
    """The recording alone, as `read_described` reads it."""
    return read_described(recording, cap_map, events=events).raw


def _table(recording: Path, end: str) -> Path | None:
    """The table that describes a recording; a name that is spelt otherwise is noted."""
    table = table_of(recording, end)
    if table and is_spelt_otherwise(recording, table, end):
        note(
            f"the name of its {end} is another spelling of its own (as run-01 of run-1, or in another case); "
            "the table was taken to be about it"
        )
    return table


def _check_type(about: Mapping[str, Any], recording: Path) -> None:
    if "epoch" in str(about.get("RecordingType", "")).lower():
        raise FormatError(
            f"says that {recording.name} holds epochs (RecordingType), and not a continuous recording",
            "Name the recording before it was cut.",
            where=source_of(recording, "RecordingType"),
        )


def _check_pauses(about: Mapping[str, Any], raw: BaseRaw, recording: Path) -> None:
    discontinuous = str(about.get("RecordingType", "")).lower() == "discontinuous"
    if discontinuous and not any(text == SKIP for text in raw.annotations.description):
        raise FormatError(
            f"says that {recording.name} is discontinuous (RecordingType), and neither the file nor "
            "its events show where it was paused and for how long, so it cannot be aligned with the "
            "partner",
            "If it has no pauses, write continuous.",
            where=source_of(recording, "RecordingType"),
        )


def _compare(about: Mapping[str, Any], raw: BaseRaw) -> None:
    """Note what the sidecar gives otherwise than the data file, which counts."""
    sfreq, length = raw.info["sfreq"], raw.n_times / raw.info["sfreq"]
    told = number(about.get("SamplingFrequency"))
    if told and abs(told / sfreq - 1) > SAME_RATE:
        note(f"eeg.json gives a sampling rate of {told:g} Hz, and the data file {sfreq:g} Hz, which was used")
    told = number(about.get("RecordingDuration"))
    if told and abs(told - length) > SAME_LENGTH_S:
        note(f"eeg.json gives a duration of {told:.1f} s, and the data file holds {length:.1f} s")


def _note_processing(about: Mapping[str, Any]) -> None:
    """Note what its makers did to a recording that matters here."""
    filters = about.get("SoftwareFilters")
    if isinstance(filters, Mapping) and filters:
        note(
            f"it was filtered before it was shared (SoftwareFilters: {', '.join(map(str, filters))}). "
            "Nothing is lost if the filters leave the bands alone"
        )
    if "bipolar" in str(about.get("EEGReference", "")).lower():
        note(
            "its channels are bipolar derivations (EEGReference), which are not sites on the head. Ask for "
            "the recording with one reference"
        )


def number(value: Any) -> float | None:
    """A number of a sidecar, also if it is in quotes; None if there is none."""
    if isinstance(value, bool):
        return None
    try:
        return float(value)
    except (TypeError, ValueError):
        return None
