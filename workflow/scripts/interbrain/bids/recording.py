"""One raw recording to its BIDS files, with the clock that ties it to its partner in the sidecar.

Writes this recording's files only: the tables of the whole dataset are one rule's work (dataset.py).
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from zlib import crc32

import numpy as np

from interbrain.bids import TASK, recording_stem
from interbrain.clocks import ClockError, ClockFit, align
from interbrain.formats import FormatError

# One code an event for the whole study: numbered per file, partners would differ.
EVENT_CODES = {"rest": 1, "sync_trigger": 2, "BAD_acq_skip": 3, "BAD_missing": 4}
FIRST_FOREIGN_CODE, FOREIGN_CODES = 100, 30_000


class ConversionError(Exception):
    """A recording that cannot become part of the dataset, said for the person who recorded it."""


@dataclass(frozen=True)
class Member:
    """One side of a pair: who it is and which raw file it is in; the head's circumference if known."""

    participant: str
    role: str
    path: Path
    head_circumference_cm: float | None = None


@dataclass(frozen=True)
class Meeting:
    """What a recording shares with its partner's: the dyad, the run, and how their clocks are tied.

    `sync` is "markers" (shared triggers), "start_marker" (only the first trigger is shared: offset without
    drift) or "shared_start" (both files begin at the same instant). start_s and stop_s bound the rest block,
    in s on the therapist's clock.
    """

    dyad: str
    run: int
    time: str
    sync: str
    factors: Mapping[str, str]
    start_s: float | None = None
    stop_s: float | None = None


def convert(
    member: Member,
    partner: Member,
    meeting: Meeting,
    bids_root: Path,
    *,
    cap_map: Mapping[str, str],
    rois: Mapping[str, list[str]],
    triggers: Mapping,
    clock_limits: Mapping,
    line_frequency: float,
) -> dict:
    """Write one recording's BIDS files.

    Parameters
    ----------
    member, partner : Member
        Whose recording is written, and with whom it was made; both raw files are read.
    cap_map : mapping label -> 10-20 name
        Empty: the labels are 10-20 names already.
    rois : mapping name -> channels
        Every channel must be in the recording.
    triggers : mapping
        channel, idle, dead_time_s, annotation: where the shared pulses are.
    clock_limits : mapping
        max_residual_ms, max_drift_ppm, max_uncorrected_ppm.

    Returns
    -------
    facts : dict
        What the dataset-level tables, the quality table and the provenance need to know.

    Raises
    ------
    ConversionError
        Names the dyad, the run and the file.
    """
    loaded = {m.role: _load(m, meeting, cap_map) for m in (member, partner)}
    whole = {role: raw for role, (raw, _) in loaded.items()}
    source_files = loaded[member.role][1]
    pulses, fit = _clock(whole, member, partner, meeting, triggers, clock_limits)
    raw, pulses_here, fit = _block(whole, pulses, fit, member, meeting)
    eeg = [c for c, kind in zip(raw.ch_names, raw.get_channel_types(), strict=True) if kind == "eeg"]
    missing = [c for names in rois.values() for c in names if c not in eeg]
    if missing:
        raise ConversionError(
            f"{_who(member, meeting)}: the ROI channel{'s' * (len(missing) > 1)} {', '.join(missing)} "
            f"{'are' if len(missing) > 1 else 'is'} not in the recording, which has "
            f"{', '.join(raw.ch_names)}. Correct the cap map or the rois in the config."
        )
    # The recorder's own events: a code that follows from the name is the same in every file of the study.
    foreign = sorted({str(d) for d in raw.annotations.description} - set(EVENT_CODES))
    foreign_codes = {n: FIRST_FOREIGN_CODE + crc32(n.encode()) % FOREIGN_CODES for n in foreign}
    gaps = _intervals(raw, "BAD_acq_skip")
    missing_data = _intervals(raw, "BAD_missing")
    measured, sample_rate = raw.info["meas_date"], raw.info["sfreq"]
    raw.set_meas_date(None)  # dates are identifying: scans.tsv holds shifted ones
    raw.annotations.append(pulses_here, 0.0, "sync_trigger")
    raw.annotations.append(0.0, raw.n_times / sample_rate, "rest")
    _write(
        raw,
        member,
        meeting,
        bids_root,
        EVENT_CODES | foreign_codes,
        line_frequency,
        _sidecar(member, partner, meeting, fit),
    )
    return {
        "dyad": meeting.dyad,
        "time": meeting.time,
        "run": meeting.run,
        "participant": member.participant,
        "role": member.role,
        "source_files": [{"path": file.name, "sha256": _sha256(file)} for file in source_files],
        "source_format": member.path.suffix.lstrip("."),
        "measured": measured.isoformat() if measured else None,
        "duration_s": raw.n_times / sample_rate,
        "sfreq": sample_rate,
        "n_channels": len(eeg),
        "lost_samples": gaps,
        "missing_data": missing_data,
        "missing_channels": list(raw.info["bads"]),
        "foreign_events": foreign_codes,
        "sync_method": meeting.sync,
        "clock": {
            "offset": fit.offset,
            "drift_ppm": fit.drift_ppm,
            "residual_ms": None if np.isnan(fit.residual_ms) else fit.residual_ms,
            "n_matched": fit.n_matched,
        },
    }


def _who(member: Member, meeting: Meeting) -> str:
    return f"{meeting.dyad} {meeting.time}, {member.role} {member.participant} ({member.path.name})"


def _sha256(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _load(member: Member, meeting: Meeting, cap_map: Mapping[str, str]):
    """A whole recording, and the files that hold it (BrainVision has several)."""
    from interbrain.formats.gaps import mark_gaps
    from interbrain.formats.recording import read_recording

    try:
        raw = read_recording(member.path, channel_names=cap_map or None)
        parts = [Path(f) for f in raw.filenames if f] + [member.path.with_suffix(".vmrk")]
        source_files = list(dict.fromkeys([member.path, *(f for f in parts if f.is_file())]))
        return _from_zero(mark_gaps(raw)), source_files
    except FormatError as error:
        raise ConversionError(f"{_who(member, meeting)}: {error}") from error


def _block(whole: Mapping, pulses: Mapping, fit: ClockFit, member: Member, meeting: Meeting) -> tuple:
    """The rest block, start_s to stop_s on the therapist's clock, cut out of one member's recording.

    The clocks were tied on the whole recordings, so pulses outside the block count too.

    Returns
    -------
    raw : mne.io.Raw
    pulses : array
        The member's triggers inside the block, s from its start.
    fit : ClockFit
        Between the two blocks.
    """
    from interbrain.formats.gaps import bridge_missing

    raw, own = whole[member.role], np.asarray(pulses.get(member.role, []), float)
    if meeting.start_s is None and meeting.stop_s is None:
        return bridge_missing(raw), own, fit
    last = whole["therapist"].n_times / whole["therapist"].info["sfreq"]
    start = 0.0 if meeting.start_s is None else meeting.start_s
    stop = last if meeting.stop_s is None else meeting.stop_s
    if not 0 <= start < stop <= last + 1 / whole["therapist"].info["sfreq"]:
        raise ConversionError(
            f"{meeting.dyad} {meeting.time}: start_s {start:g} to stop_s {stop:g} is not inside the "
            f"therapist's recording of {last:.1f} s. Correct the recordings table."
        )
    spans = {"therapist": (start, stop), "client": (float(fit.to_other(start)), float(fit.to_other(stop)))}
    begins = {}
    for role, other in whole.items():
        sfreq = other.info["sfreq"]
        first, end = (round(t * sfreq) for t in spans[role])
        first, end = max(first, 0), min(end, other.n_times)
        if end - first < sfreq:
            raise ConversionError(
                f"{meeting.dyad} {meeting.time}: the {role}'s recording holds nothing of the block {start:g} "
                f"to {stop:g} s on the therapist's clock. Correct start_s and stop_s in the recordings table."
            )
        begins[role] = first / sfreq
        if role == member.role:
            raw = _from_zero(raw.copy().crop(begins[role], (end - 1) / sfreq))
    inside = own - begins[member.role]
    inside = inside[(inside >= 0) & (inside < raw.n_times / raw.info["sfreq"])]
    offset = float(fit.to_other(begins["therapist"])) - begins["client"]
    return bridge_missing(raw), inside, replace(fit, offset=offset)


def _from_zero(raw):
    """The same recording, begun by its first sample: MNE counts the times of marks from before a cut."""
    import mne

    whole = mne.io.RawArray(raw.get_data(), raw.info.copy(), verbose="error")
    if raw.info["meas_date"]:
        whole.set_meas_date(raw.info["meas_date"] + timedelta(seconds=raw.first_time))
    marks = raw.annotations
    return whole.set_annotations(
        mne.Annotations(marks.onset - raw.first_time, marks.duration, marks.description), verbose="error"
    )


def _clock(raws, member, partner, meeting, triggers, limits) -> tuple[dict, ClockFit]:
    """Trigger times of both members, and the client's clock in terms of the therapist's."""
    from interbrain.formats.triggers import read_triggers

    if meeting.sync == "shared_start":
        return {}, ClockFit.identity()
    pulses = {}
    for who in (member, partner):
        try:
            pulses[who.role] = read_triggers(raws[who.role], **triggers)
        except FormatError as error:
            raise ConversionError(f"{_who(who, meeting)}: {error}") from error
    where = f"{meeting.dyad} {meeting.time}"
    exclude = f"Otherwise exclude {meeting.dyad} with a reason in the dyads table."
    if meeting.sync == "start_marker":
        for who in (member, partner):
            if not len(pulses[who.role]):
                raise ConversionError(f"{_who(who, meeting)}: no start marker. {exclude}")
        return pulses, ClockFit.from_start_marker(pulses["therapist"][0], pulses["client"][0])
    try:
        fit = align(pulses["therapist"], pulses["client"], max_drift_ppm=limits["max_drift_ppm"])
    except ClockError as error:
        raise ConversionError(f"{where}: the two clocks cannot be aligned: {error} {exclude}") from error
    if fit.residual_ms > limits["max_residual_ms"]:
        raise ConversionError(
            f"{where}: after alignment the shared triggers still differ by {fit.residual_ms:.1f} ms "
            f"(limit {limits['max_residual_ms']} ms); PLV would be lost. {exclude}"
        )
    if fit.drift_error_ppm > limits["max_uncorrected_ppm"]:
        raise ConversionError(
            f"{where}: the {fit.n_matched} shared triggers lie too close together to tell the drift of the "
            f"clocks: it is known to within {fit.drift_error_ppm:.0f} ppm "
            f"(limit {limits['max_uncorrected_ppm']:g} ppm). {exclude}"
        )
    return pulses, fit


def _intervals(raw, description: str) -> list[list[float]]:
    return [
        [round(float(a["onset"]), 6), round(float(a["duration"]), 6)]
        for a in raw.annotations
        if a["description"] == description
    ]


def _sidecar(member: Member, partner: Member, meeting: Meeting, fit: ClockFit) -> dict:
    reference = member.role == "therapist"
    shared = {
        "DyadID": meeting.dyad,
        "Role": member.role,
        "Partner": f"sub-{partner.participant}",
        "Phase": meeting.time,
        **{name[0].upper() + name[1:]: level for name, level in meeting.factors.items()},
        "SyncMethod": meeting.sync,
        "SyncEvent": "first sample" if meeting.sync == "shared_start" else "sync_trigger",
        "SyncReference": "therapist",
        "SyncOffset": 0.0 if reference else fit.offset,
        "SyncOffsetUnits": "s",
        "SyncDrift": 0.0 if reference else fit.drift_ppm,
        "SyncDriftUnits": "ppm",
        "SyncResidual": "n/a" if np.isnan(fit.residual_ms) else fit.residual_ms,
        "SyncResidualUnits": "ms",
        "SyncMarkers": fit.n_matched,
        "SyncFormula": "time here = SyncOffset + (1 + SyncDrift 1e-6) x time of SyncReference",
    }
    uri = f"bids::{recording_stem(partner.participant, meeting.dyad, meeting.run)}_eeg.vhdr"
    return {"SimultaneousRecordingWith": [uri], "Hyperscanning": shared}


def _write(raw, member, meeting, bids_root: Path, codes, line_frequency: float, hyperscanning: dict) -> None:
    """Write into a root of its own, then move what belongs to this recording: no table is shared."""
    import mne_bids
    import pandas as pd

    raw.info["line_freq"] = line_frequency
    raw.info["subject_info"] = None
    raw.info["device_info"] = None
    used = {name: code for name, code in codes.items() if name in set(raw.annotations.description)}
    with tempfile.TemporaryDirectory() as scratch:
        path = mne_bids.BIDSPath(
            subject=member.participant,
            session=meeting.dyad,
            task=TASK,
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
        stem = Path(scratch) / recording_stem(member.participant, meeting.dyad, meeting.run)
        stem.with_name(stem.name + "_events.json").unlink()  # inherited from the dataset's top level
        extra = hyperscanning
        if member.head_circumference_cm is not None:
            extra = {"HeadCircumference": member.head_circumference_cm, **extra}
        _complete_sidecar(stem.with_name(stem.name + "_eeg.json"), raw, extra)
        channels_file = stem.with_name(stem.name + "_channels.tsv")
        channels = pd.read_csv(channels_file, sep="\t", dtype=str, keep_default_na=False)
        channels.loc[channels["type"] != "EEG", "units"] = "n/a"
        channels.loc[channels["status"] == "bad", "status_description"] = "no signal in the raw file"
        channels.to_csv(channels_file, sep="\t", index=False, lineterminator="\n")
        target = bids_root / recording_stem(member.participant, meeting.dyad, meeting.run)
        target.parent.mkdir(parents=True, exist_ok=True)
        for file in sorted(stem.parent.iterdir()):
            shutil.move(file, target.parent / file.name)


def _complete_sidecar(path: Path, raw, extra: dict) -> None:
    sidecar = json.loads(path.read_text(encoding="utf-8"))
    sidecar |= {
        "TaskDescription": "Silent rest, both members of the dyad at the same time",
        "Instructions": "n/a",
        "CogAtlasID": "https://www.cognitiveatlas.org/task/id/trm_4c8a834779883",
        "CogPOID": "n/a",
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
        "ElectricalStimulation": False,
        "RecordingDuration": raw.n_times / raw.info["sfreq"],
    }
    sidecar["MISCChannelCount"] = sidecar.pop("MiscChannelCount")  # as BIDS spells it
    sidecar |= extra
    path.write_text(json.dumps(sidecar, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
