"""Other signals beside the EEG: each opened as its job will open it, and what is in it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np
import pandas as pd

from interbrain.doctor.members import Member, of_file
from interbrain.doctor.opening import open_all
from interbrain.doctor.signal_doubts import Course, Placed, Session, course_of, doubts_of_all, note_doubts
from interbrain.doctor.unchanged import EarlierChecks
from interbrain.formats.notes import noted
from interbrain.problems import Problem
from interbrain.signals.quality import Quality, judge
from interbrain.signals.reading import UNIT_TAKEN, Source, eeg_reading, read_source, source_of
from interbrain.study.study import Study
from interbrain.study.tables import Found


@dataclass(frozen=True)
class SignalSurvey:
    """What one signal holds, over its whole file."""

    rate_hz: float
    duration_s: float
    lowest: float
    highest: float
    unit: str
    quality: Quality
    digest: str  # of its values
    notes: tuple[str, ...]
    course: Course


def examine_signals(
    study: Study,
    config: Mapping,
    cores: int,
    log: Path,
    earlier: EarlierChecks,
    done: Found,
    said: Collection[tuple[Path, str]] = (),
    members: Sequence[Member] = (),
) -> pd.DataFrame:
    """Open every signal whose file is there; one row a signal, and what is wrong into `done`.

    `said` has what was said already: files that also hold the EEG, and what is wrong with them. `members` are
    the recordings, with which signals in files of their own are compared.
    """
    if not study.signals:
        return pd.DataFrame()
    table, from_bids = Path(config["tables"]["signals"]).name, config["input"] == "bids"
    planned, jobs = [], []
    for (dyad, run, role), signals in study.signals.items():
        row = study.recording(dyad, run)
        member = {**study.channels(row, role), "trigger_channel": row[f"{role}_trigger"]["channel"]}
        cap_map = study.cap_maps.get(study.cap_table(row, role), {})
        for signal in signals:
            path = Path(signal["file"] or row[f"{role}_file"])
            if signal["exclude"] or not path.is_file():
                continue
            reading = eeg_reading(member, cap_map, from_bids)
            limit = config["signals"]["max_missing_share"]
            planned.append((dyad, row, role, signal, path))
            jobs.append((str(path), source_of(signal), row[f"{role}_file"], reading, limit))
    found: list[dict[str, str]] = []
    placed: list[Placed] = []
    of_whom: dict[tuple[str, ...], str] = {}
    # Stretches of one file, and rows of one recording, ask for the same: each is opened once.
    asked = {repr(job): job for job in jobs}
    opened = dict(zip(asked, open_all(signal_job, list(asked.values()), cores, log, earlier), strict=True))
    for (dyad, row, role, signal, path), job in zip(planned, jobs, strict=True):
        answer, time = opened[repr(job)], row["time"]
        where, shown = f"{table}, row {signal['row']} ({dyad})", f"{signal['name']}, {role}, {path.name}"
        if answer["unreadable"]:
            if (path, answer["unreadable"].what) not in said:
                done.problems.append(Problem(where, *of_file(answer["unreadable"], path), shown))
            continue
        told: SignalSurvey = answer["survey"]
        done.warnings += _doubts_of_one(row, role, signal, told, config, where, shown)
        varies = told.lowest < told.highest  # what is flat is like any other
        above = of_whom.setdefault((dyad, time, signal["name"], told.digest), role) if varies else role
        if above != role:
            what = f"{', '.join(signal['channels'])} is both the {above}'s and the {role}'s {signal['name']}"
            hint = "Write a row for each member, with the channel or column of each."
            done.problems.append(Problem(where, what, hint, path.name))
        elif varies:
            who = (dyad, time, role, study.member(dyad, role), signal["name"], signal["kind"])
            place = (signal["file"], signal["sync"], str(job[2]), signal["start_s"])
            placed.append(Placed(where, shown, *who, *place, told.digest, told.course))
        found.append({"dyad": dyad, "time": time, "role": role, **_row(signal, path, told)})
    problems, warnings = doubts_of_all(placed, _sessions(members))
    done.problems += problems
    done.warnings += warnings
    return pd.DataFrame(found)


def _doubts_of_one(
    row: Mapping, role: str, signal: Mapping, told: SignalSurvey, config: Mapping, where: str, shown: str
) -> list[Problem]:
    """Warnings on a signal that is not held against any other."""
    found = [Problem(where, text, about=shown) for text in told.notes]
    if not told.quality.usable:
        hint = "It will be n/a with this reason. Look at the file, or write the reason into exclude."
        found.append(Problem(where, told.quality.reason, hint, shown))
    seconds = used_at_most_s(row, role, signal["sync"], told.course)
    return found + _too_short(seconds, config, where, shown)


def used_at_most_s(row: Mapping, role: str, sync: str, course: Course) -> float:
    """How much of a signal is in the recording's stretch, s; on another clock than the stretch's, at most."""
    begin = 0.0 if pd.isna(row["start_s"]) else float(row["start_s"])
    end = np.inf if pd.isna(row["stop_s"]) else float(row["stop_s"])
    if role == "client" and sync not in ("shared_start", "start_s"):
        return min(course.stop_s - course.start_s, end - begin)
    return max(min(course.stop_s, end) - max(course.start_s, begin), 0.0)


def _too_short(seconds: float, config: Mapping, where: str, shown: str) -> list[Problem]:
    """A warning if no shift is possible, with what to do."""
    least = config["signals"]["min_shift_s"]
    if seconds >= 2 * least:
        return []
    what = (
        f"{seconds:.0f} s are too short for a chance level of coordination: circular shifts of at least "
        f"{least:g} s need {2 * least:g} s"
    )
    hint = (
        "Its coordination will have no chance level and enter no test. Record more, or lower min_shift_s "
        "(signals in config.yaml), which is less strict (docs/coordination.md)."
    )
    return [Problem(where, what, hint, shown)]


def _sessions(members: Sequence[Member]) -> dict[tuple[str, str], Session]:
    """The therapist's recording of each dyad and time, on whose clock other files begin."""
    sessions = {}
    for m in members:
        if m.role == "therapist" and m.survey is not None:
            start, stop = m.block
            length = m.survey.duration_s
            begun = m.survey.begun.timestamp() if m.survey.begun else None
            end = length if stop is None else min(stop, length)
            sessions[m.dyad, m.time] = Session(start or 0.0, end, length, begun)
    return sessions


def _row(signal: Mapping, path: Path, told: SignalSurvey) -> dict[str, str]:
    return {
        "signal": signal["name"],
        "kind": signal["kind"],
        "file": path.name,
        "channel": ", ".join(signal["channels"]),
        "Hz": f"{told.rate_hz:g}",
        "s": f"{told.duration_s:.1f}",
        "lowest": f"{told.lowest:.4g}",
        "highest": f"{told.highest:.4g}",
        "unit": told.unit or "–",
        "missing %": f"{100 * told.quality.missing:.1f}",
        "usable": "yes" if told.quality.usable else "no",
    }


def signal_job(job: tuple[str, Source, str, dict, float]) -> SignalSurvey:
    """What one signal holds; in a process of its own."""
    _, source, eeg_file, reading, limit = job
    with noted() as notes:
        series = read_source(source, Path(eeg_file), reading)
        duration = series.values.shape[1] / series.rate_hz
        cleaned, quality = judge(series, source.kind, duration, limit)
    with noted() as doubts:
        if quality.usable:
            note_doubts(cleaned, source.kind)
    # What else was noted of the EEG file, the EEG's survey tells.
    of_signal = [text for text in notes if source.sync != "same_file" or text == UNIT_TAKEN]
    known = cleaned.values[np.isfinite(cleaned.values)]
    lowest, highest = (known.min(), known.max()) if known.size else (np.nan, np.nan)
    return SignalSurvey(
        series.rate_hz,
        duration,
        float(lowest),
        float(highest),
        cleaned.unit,
        quality,
        sha256(np.ascontiguousarray(series.values).tobytes()).hexdigest(),
        (*of_signal, *doubts),
        course_of(series, source.kind),
    )
