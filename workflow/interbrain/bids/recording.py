"""One raw recording to its BIDS files, with the clock that ties it to its partner in the sidecar.

Writes this recording's files only: the tables of the whole dataset are one rule's work (dataset.py).
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
import warnings
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zlib import crc32

import numpy as np

from interbrain.bids import ConversionError, recording_stem
from interbrain.bids.annotations import shareable_channels, without_free_texts
from interbrain.bids.auxiliary import drop_assumed_filters, mark_types, name_auxiliary
from interbrain.bids.clock import ALL_KEYS, SYNC_EVENTS
from interbrain.bids.task import BLOCK_CODE, EVENT_CODES
from interbrain.formats import FormatError
from interbrain.formats.invalid import FILLED
from interbrain.formats.marked import MARKED_BAD, NO_SIGNAL
from interbrain.formats.measured import mark_unmeasured
from interbrain.formats.measurements import measured_of, write_measured
from interbrain.formats.notes import noted
from interbrain.formats.spectrum import Spectrum, mains_of
from interbrain.head import electrode_places
from interbrain.tasks import REST

if TYPE_CHECKING:
    import mne
    from mne.io import BaseRaw

FIRST_FOREIGN_CODE, FOREIGN_CODES = 100, 30_000


@dataclass(frozen=True)
class Member:
    """One side of a pair: who it is and which raw file it is in; the head's circumference if known.

    `pattern` says which of the file's channels are this member's, and `partner_pattern` which are the
    partner's, if both are in one file. `trigger_channel` holds triggers, whatever its name.
    """

    participant: str
    role: str
    path: Path
    head_circumference_cm: float | None = None
    pattern: str | None = None
    partner_pattern: str | None = None
    scale: float | None = None
    trigger_channel: str | None = None


@dataclass(frozen=True)
class Meeting:
    """What a recording shares with its partner's: dyad, run, task, factors, and who the partner is.

    `phase` is the time if `time` names it with the task.
    """

    dyad: str
    run: int
    time: str
    partner: str
    factors: Mapping[str, str]
    task: str = REST
    phase: str = ""


def convert(
    member: Member,
    meeting: Meeting,
    timing: Mapping,
    bids_root: Path,
    *,
    cap_map: Mapping[str, str],
    line_frequency: float,
    share_annotations: bool = False,
    auxiliary: Mapping[str, str] | None = None,
    judged_by: Path | None = None,
) -> dict:
    """Write one recording's BIDS files.

    Parameters
    ----------
    timing : mapping
        This run's part of `timing.time_session`.
    cap_map : mapping label -> 10-20 name
        Empty: the labels are 10-20 names already.
    share_annotations : bool
        Keep the recording software's free texts and channel names, which may name people.
    auxiliary : mapping channel -> kind, optional
        Channels beside the EEG whose kind the table of signals tells (`auxiliary.name_auxiliary`).
    judged_by : Path, optional
        Where to keep what the notes on the recording's signal are judged by (`formats.measurements`).

    Returns
    -------
    facts : dict
        What the dataset-level tables, the quality table and the provenance need to know.

    Raises
    ------
    ConversionError
        Names the dyad, the run and the file.
    """
    with noted() as notes:
        raw, marked, source_files = _load(member, meeting, cap_map, timing[member.role])
        mark_unmeasured(raw)
    measured = measured_of(raw)
    if judged_by:
        write_measured(judged_by, measured)
    facts = facts_of(raw, member, meeting, timing, source_files, notes, marked)
    told = name_auxiliary(raw, auxiliary or {}, member.pattern)
    withheld = [] if share_annotations else [*_withhold(raw), *shareable_channels(list(told))]
    # The recorder's own events: a code that follows from the name is the same in every file of the study.
    own_codes = {meeting.task: BLOCK_CODE, **EVENT_CODES}
    foreign = sorted({str(d) for d in raw.annotations.description} - set(own_codes))
    foreign_codes = {n: FIRST_FOREIGN_CODE + crc32(n.encode()) % FOREIGN_CODES for n in foreign}
    begun = raw.info["meas_date"]
    mains = _mains(measured.spectrum, line_frequency)
    raw.set_meas_date(None)  # dates are identifying: scans.tsv holds shifted ones
    raw.annotations.append(timing[member.role]["pulses"], 0.0, "sync_trigger")
    raw.annotations.append(0.0, facts["duration_s"], meeting.task)
    _write(
        raw,
        member,
        meeting,
        bids_root,
        own_codes | foreign_codes,
        facts["missing_channels"],
        {**mains, **_sidecar(member, meeting, timing)},
        told.values(),
    )
    return {
        **facts,
        "measured": begun.isoformat() if begun else None,
        "foreign_events": foreign_codes,
        "withheld": withheld,
    }


def _withhold(raw: BaseRaw) -> list[str]:
    """Replace the texts of marks and the names of channels that may name people; what was replaced."""
    kinds = list(zip(raw.ch_names, raw.get_channel_types(), strict=True))
    eeg = [name for name, kind in kinds if kind == "eeg"]
    renamed = shareable_channels([name for name, kind in kinds if kind != "eeg"], eeg)
    raw.rename_channels(renamed, verbose="error")
    marks, texts = without_free_texts(raw.annotations)
    raw.set_annotations(marks, verbose="error")
    return sorted({*renamed, *texts})


def facts_of(
    raw: BaseRaw,
    member: Member,
    meeting: Meeting,
    timing: Mapping,
    source_files: Iterable[Path],
    notes: Iterable[str],
    marked: Mapping[str, str],
) -> dict:
    """What the later stages need to know of a recording, wherever it came from.

    `notes` are what its reader noticed (`formats.notes`), to which those of the pair are added; `marked` the
    channels that a person called bad (`formats.marked`).

    Raises
    ------
    ConversionError
        One of its EEG channels is no site of the head.
    """
    eeg = [c for c, kind in zip(raw.ch_names, raw.get_channel_types(), strict=True) if kind == "eeg"]
    if nowhere := [c for c in eeg if c not in electrode_places()]:
        raise ConversionError(
            f"{', '.join(nowhere)}: no 10-20 name (nor 10-10, 10-5), so the place on the head is not known",
            "Name the channels in the cap map by their sites, or leave out of it what is not EEG.",
            where=_who(member, meeting),
        )
    return {
        "dyad": meeting.dyad,
        "time": meeting.time,
        **({"phase": meeting.phase} if meeting.phase else {}),
        "run": meeting.run,
        "task": meeting.task,
        "participant": member.participant,
        "role": member.role,
        "source_files": [{"path": file.name, "sha256": _sha256(file)} for file in source_files],
        "source_format": member.path.suffix.lstrip("."),
        "duration_s": raw.n_times / raw.info["sfreq"],
        "sfreq": raw.info["sfreq"],
        "n_channels": len(eeg),
        "lost_samples": _intervals(raw, "BAD_acq_skip"),
        "filled_losses": _intervals(raw, FILLED),
        "missing_data": _intervals(raw, "BAD_missing"),
        "missing_channels": [c for c in raw.info["bads"] if c not in marked],
        "marked_channels": dict(marked),
        "notes": [*notes, *timing.get("partner_notes", ())],
        "clock": {name: timing.get(name) for name in ALL_KEYS},
    }


def _who(member: Member, meeting: Meeting) -> str:
    return f"{meeting.dyad} {meeting.time}, {member.role} {member.participant} ({member.path.name})"


def _sha256(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _load(
    member: Member, meeting: Meeting, cap_map: Mapping[str, str], block: Mapping
) -> tuple[BaseRaw, dict[str, str], tuple[Path, ...]]:
    """The rest block of a recording, without missing values; its marked channels; the files that hold it."""
    from interbrain.formats import mark_gaps, read_recording
    from interbrain.formats.marked import bridge_and_mark

    try:
        recording = read_recording(
            member.path,
            channel_names=cap_map or None,
            pattern=member.pattern,
            partner_pattern=member.partner_pattern,
            scale=member.scale,
            trigger_channel=member.trigger_channel,
        )
        block_only = _block(mark_gaps(recording.raw), block["first_sample"], block["n_samples"])
        return *bridge_and_mark(block_only), recording.files
    except FormatError as error:
        raise ConversionError.of(error, _who(member, meeting)) from error


def _block(raw: BaseRaw, first: int, n: int) -> BaseRaw:
    """Samples `first` to `first` + n - 1 as a recording of their own, and the marks within them."""
    import mne

    sfreq = raw.info["sfreq"]
    data = raw.get_data(start=first, stop=first + n)
    whole = mne.io.RawArray(data, raw.info.copy(), verbose="error")
    if raw.info["meas_date"]:
        whole.set_meas_date(raw.info["meas_date"] + timedelta(seconds=raw.first_time + first / sfreq))
    marks = marks_within(raw.annotations, raw.first_time + first / sfreq, data.shape[1], sfreq)
    return whole.set_annotations(marks, verbose="error")


def marks_within(annotations: mne.Annotations, begin: float, n: int, sfreq: float) -> mne.Annotations:
    """The marks of a stretch of n samples that begins at `begin`, s, with their times from there.

    The stretch is half-open: a mark at the instant at which it ends belongs to what follows, and one that
    ends where it begins to what came before. MNE's own cut keeps both, and a mark on the sample after the
    last cannot be written. What reaches over an edge is cut off there.
    """
    import mne

    onset, duration = np.asarray(annotations.onset, float) - begin, np.asarray(annotations.duration, float)
    first, beyond = (np.round(times * sfreq) for times in (onset, onset + duration))
    there = (first < n) & ((beyond > 0) | ((first == beyond) & (first >= 0)))
    starts = np.maximum(onset[there], 0.0)
    lengths = np.minimum(onset[there] + duration[there], n / sfreq) - starts
    return mne.Annotations(starts, np.maximum(lengths, 0.0), annotations.description[there])


def _intervals(raw: BaseRaw, description: str) -> list[list[float]]:
    return [
        [round(float(a["onset"]), 6), round(float(a["duration"]), 6)]
        for a in raw.annotations
        if a["description"] == description
    ]


def _sidecar(member: Member, meeting: Meeting, timing: Mapping) -> dict:
    tied = {key: "n/a" if timing.get(name) is None else timing[name] for name, key in ALL_KEYS.items()}
    if member.role == "therapist":  # whose clock is the reference
        tied |= {"SyncOffset": 0.0, "SyncDrift": 0.0}
    shared = {
        "DyadID": meeting.dyad,
        "Role": member.role,
        "Partner": f"sub-{meeting.partner}",
        "Phase": meeting.phase or meeting.time,
        **{name[0].upper() + name[1:]: level for name, level in meeting.factors.items()},
        **tied,
        "SyncEvent": SYNC_EVENTS[timing["method"]],
        "SyncReference": "therapist",
        "SyncOffsetUnits": "s",
        "SyncDriftUnits": "ppm",
        "SyncResidualUnits": "ms",
        "SyncFormula": "time here = SyncOffset + (1 + SyncDrift 1e-6) x time of SyncReference",
    }
    uri = f"bids::{recording_stem(meeting.partner, meeting.dyad, meeting.task, meeting.run)}_eeg.vhdr"
    return {"SimultaneousRecordingWith": [uri], "Hyperscanning": shared}


def _mains(spectrum: Spectrum, configured: float) -> dict:
    """The power grid where a recording was made: as measured, as the config says, and which of them counts.

    A recording that shows the other grid (50 or 60 Hz) and not the config's was made on that one.
    """
    found = spectrum.mains_hz
    return {
        "PowerLineFrequency": mains_of(found, configured),
        "PowerLineFrequencyMeasured": list(found) or "n/a",
        "PowerLineFrequencyConfigured": float(configured),
    }


def _write(
    raw: BaseRaw,
    member: Member,
    meeting: Meeting,
    bids_root: Path,
    codes: Mapping[str, int],
    missing: Collection[str],
    extra: dict,
    named: Iterable[str],
) -> None:
    """Write into a root of its own, then move what belongs to this recording: no table is shared."""
    import mne_bids
    import pandas as pd

    raw.info["line_freq"] = extra["PowerLineFrequency"]
    raw.info["subject_info"] = None
    raw.info["device_info"] = None
    used = {name: code for name, code in codes.items() if name in set(raw.annotations.description)}
    with tempfile.TemporaryDirectory() as scratch:
        path = mne_bids.BIDSPath(
            subject=member.participant,
            session=meeting.dyad,
            task=meeting.task,
            run=str(meeting.run),
            datatype="eeg",
            root=scratch,
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # pybv on channels that are not in volts
            mne_bids.write_raw_bids(
                raw,
                path,
                event_id=used,
                format="BrainVision",
                allow_preload=True,
                overwrite=True,
                verbose="error",
            )
        stem = Path(scratch) / recording_stem(member.participant, meeting.dyad, meeting.task, meeting.run)
        stem.with_name(stem.name + "_events.json").unlink()  # inherited from the dataset's top level
        if member.head_circumference_cm is not None:
            extra = {"HeadCircumference": member.head_circumference_cm, **extra}
        _complete_sidecar(stem.with_name(stem.name + "_eeg.json"), raw, extra)
        channels_file = stem.with_name(stem.name + "_channels.tsv")
        channels = pd.read_csv(channels_file, sep="\t", dtype=str, keep_default_na=False)
        channels.loc[channels["type"] != "EEG", "units"] = "n/a"
        drop_assumed_filters(channels, raw.info["sfreq"])
        mark_types(channels, set(named))
        is_bad, has_none = channels["status"] == "bad", channels["name"].isin(missing)
        channels.loc[is_bad & ~has_none, "status_description"] = MARKED_BAD
        channels.loc[is_bad & has_none, "status_description"] = NO_SIGNAL
        channels.to_csv(channels_file, sep="\t", index=False, lineterminator="\n")
        target = bids_root / recording_stem(member.participant, meeting.dyad, meeting.task, meeting.run)
        target.parent.mkdir(parents=True, exist_ok=True)
        for file in sorted(stem.parent.iterdir()):
            shutil.move(file, target.parent / file.name)


def _complete_sidecar(path: Path, raw: BaseRaw, extra: dict) -> None:
    sidecar = json.loads(path.read_text(encoding="utf-8"))
    sidecar |= {
        "InstitutionName": "n/a",
        "InstitutionAddress": "n/a",
        "InstitutionalDepartmentName": "n/a",
        "Manufacturer": "n/a",
        "ManufacturersModelName": "n/a",
        "SoftwareVersions": "n/a",
        "DeviceSerialNumber": "n/a",
        "CapManufacturer": "n/a",
        "CapManufacturersModelName": "n/a",
        "EEGReference": "n/a",
        "EEGGround": "n/a",
        "HardwareFilters": "n/a",
        "SubjectArtefactDescription": "n/a",
        "RecordingDuration": raw.n_times / raw.info["sfreq"],
    }
    sidecar["MISCChannelCount"] = sidecar.pop("MiscChannelCount")  # as BIDS spells it
    sidecar |= extra
    path.write_text(json.dumps(sidecar, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
