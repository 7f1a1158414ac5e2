"""What only the recordings can tell: each held against the config, its partner's, and all others.

Changes and writes nothing.
"""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from interbrain.bids import ConversionError
from interbrain.bids.clock import clock_fit
from interbrain.bids.inheritance import read_sidecar
from interbrain.bids.partners import (
    COPY_THE_RIGHT_ONE,
    SAME_SIGNALS,
    how_long,
    recorded_apart,
    same_signals,
    strengths_apart,
)
from interbrain.bids.reading import number, survey_files
from interbrain.bids.timing import cut, stated_timing
from interbrain.clocks import ClockError
from interbrain.clocks.doubts import matched_of
from interbrain.doctor.opening import note_failure, open_all, unexpected
from interbrain.formats import FormatError
from interbrain.formats.channels import RENAMED_SITES
from interbrain.formats.spectrum import mains_of
from interbrain.formats.survey import Survey, survey
from interbrain.formats.triggers import same_name
from interbrain.problems import Problem
from interbrain.quality.cautions import ON_DIFFERENT_DAYS, WRONG_DATE, on_different_days
from interbrain.quality.unjudged import beyond_reach
from interbrain.study import ROLES, Study, of_role
from interbrain.study.problems import counted, listed, nearest
from interbrain.study.recordings_table import BY_PULSES

# The same is said once for the study, and not for each recording, if it holds for more than these.
FEW = 3
FILTER_CYCLES = 3.3  # length of MNE's FIR filter in periods of its lowest edge
MANY = 32  # channels that a hint lists


@dataclass
class Examination:
    """What the recordings hold, one row a recording, and what is wrong with them."""

    found: pd.DataFrame
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)


@dataclass(frozen=True)
class _Member:
    """One member's recording: where its row stands, and what it says of itself (or why it cannot)."""

    where: str
    dyad: str
    time: str
    role: str
    person: str
    path: Path
    pattern: str
    cap_table: str
    trigger: str  # the channel that may tie its clock; empty if none is asked for
    bounded: bool
    survey: Survey | None
    unreadable: FormatError | None
    checksum: str

    @property
    def shown(self) -> str:
        return f"{self.role}, {self.path.name}"


def examine(
    study: Study,
    config: Mapping,
    known: Sequence[Problem] = (),
    cores: int = 1,
    log: Path = Path(os.devnull),
) -> Examination:
    """Open the recordings that are there, and hold them against the config and against one another.

    Parameters
    ----------
    config : mapping
        With its defaults.
    known : sequence of Problem
        What the tables have shown already, and need not be said again.
    cores : int
        Files that are read at the same time.
    log : Path
        For what readers print, and the details of errors that nobody foresaw.
    """
    table_name = Path(config["tables"]["recordings"]).name
    members = _members(study, config, table_name, cores, log)
    done = Examination(pd.DataFrame())
    for m in members:
        if m.unreadable:
            done.problems.append(Problem(m.where, *_of_file(m.unreadable, m.path), m.shown))
    read = [m for m in members if m.survey is not None]
    lacking = _lacking_channels(read, config["rois"], study.cap_maps, known, done)
    _check_rates(read, config["cleaning"]["lowpass"], table_name, done)
    _check_mains(read, config["line_frequency"], table_name, done)
    _check_reach(read, config, table_name, done)
    _check_contents(members, done)
    _check_decisions(read, study, config["tables"]["decisions"], done)
    _check_lengths(read, config, done)
    if config["input"] == "bids":
        _check_sidecars(read, config, table_name, done)
    _check_triggers(read, done)
    for m in read:
        done.warnings += [Problem(m.where, note, about=m.shown) for note in m.survey.notes]
    _check_names(read, done)
    untied = {p.where for p in known if p.what.startswith("sync")}
    runs = {key: run for key, run in _runs(study, read).items() if run[0] not in untied}
    ties = {}
    for dyad in dict.fromkeys(dyad for dyad, _ in runs):
        own = {key: run for key, run in runs.items() if key[0] == dyad}
        try:
            ties |= _check_session(own, config, done)
        except Exception as error:
            note_failure(log)
            hint = f"The details are in {log}."
            done.problems.append(Problem(next(iter(own.values()))[0], unexpected(error), hint))
    done.found = pd.DataFrame(
        [_row(m, lacking.get(id(m), ()), *ties.get((m.dyad, m.time), (None, None))) for m in read]
    )
    return done


# --- reading ---------------------------------------------------------------------------------------------


def _members(study: Study, config: Mapping, table_name: str, cores: int, log: Path) -> list[_Member]:
    """Every member's recording whose file is there, in the order of the table."""
    planned = []
    for row in study.recordings.to_dict("records"):
        for role in ROLES:
            channels = tuple(study.channels(row, role).values())
            if Path(row[f"{role}_file"]).is_file():
                cap_map = study.cap_maps.get(study.cap_table(row, role), {})
                job = (row[f"{role}_file"], *channels, cap_map, row[f"{role}_trigger"], config["input"])
                planned.append((row, role, repr(job), job))
    asked = {key: job for *_, key, job in planned}  # each file once, unless it is asked for two things
    jobs = list(asked.values())
    answers = open_all(_survey, jobs, cores, log)
    answer = dict(zip(asked, answers, strict=True))
    people = {d["dyad"]: d for d in study.dyads.to_dict("records")}
    return [
        _Member(
            where=f"{table_name}, row {row['row']} ({row['dyad']})",
            dyad=row["dyad"],
            time=row["time"],
            role=role,
            person=people[row["dyad"]][role],
            path=Path(job[0]),
            pattern=job[1] or "",
            cap_table=study.cap_table(row, role),
            trigger=_asked_trigger(row, role),
            bounded=not (pd.isna(row["start_s"]) and pd.isna(row["stop_s"])),
            **answer[key],
        )
        for row, role, key, job in planned
    ]


def _of_file(error: FormatError, path: Path) -> tuple[str, str]:
    """What is wrong and what to do, below the row that names the file; another file is said as well."""
    return error.what if error.where == str(path) else error.text, error.hint


def _survey(job: tuple) -> Survey:
    """What one file says of itself; in a process of its own."""
    path, pattern, partner_pattern, scale, cap_map, triggers, source = job
    if source == "bids":
        return survey_files(Path(path), cap_map, triggers)
    return survey(
        path,
        channel_names=cap_map or None,
        pattern=pattern,
        partner_pattern=partner_pattern,
        scale=scale,
        triggers=triggers,
    )


# --- one recording ---------------------------------------------------------------------------------------


def _asked_trigger(row: Mapping, role: str) -> str:
    """The channel whose pulses may tie the clock of a recording; empty if none may."""
    settings = row[f"{role}_trigger"]
    by_channel = row["sync"] in (*BY_PULSES, "auto") and settings["annotation"] is None
    return (by_channel and settings["channel"]) or ""


def _check_triggers(read, done: Examination) -> None:
    """Recordings without the trigger channel: what to write, and where, by which recordings have it."""
    lacking = [m for m in read if m.trigger and not m.survey.trigger and not _is_named(m)]
    has_it = {role: [m for m in read if m.role == role and m.survey.trigger] for role in ROLES}
    for m in lacking:
        other = ROLES[m.role == ROLES[0]]
        name = " or ".join(m.survey.trigger_like) or "its name"
        if has_it[m.role]:
            hint = f"In this recording it is called otherwise: write {name} into {m.role}_trigger of its row."
        elif has_it[other]:
            hint = (
                f"The {other}s' recordings have it, the {m.role}s' do not: write below triggers "
                f"(config.yaml) {m.role}: {{channel: {name}}}."
            )
        else:
            hint = f"No recording has it: write channel: {name} (triggers, config.yaml)."
        done.warnings.append(Problem(m.where, f'{m.shown}: there is no trigger channel "{m.trigger}"', hint))


def _is_named(m: _Member) -> bool:
    """Whether the recording has its trigger channel, though without a pulse that can be used."""
    return any(same_name(name, m.trigger) for name in m.survey.others)


def _lacking_channels(read, rois, cap_maps, known, done: Examination) -> dict[int, list[str]]:
    """ROI channels that a recording lacks; said once for the study if many lack the same."""
    # Where the cap map could not be read, the tables' problems say so.
    read = [m for m in read if not m.cap_table or m.cap_table in cap_maps]
    said = {(p.where, p.what.split()[0]) for p in known}
    lacking: dict[int, list[str]] = {}
    alike = defaultdict(list)  # channels that the same recordings lack, for the same reason
    for roi, channels in rois.items():
        for channel in channels:
            without = [m for m in read if channel not in m.survey.eeg]
            for m in without:
                lacking.setdefault(id(m), []).append(channel)
            if without and (f"config.yaml, rois: {roi}", channel) not in said:
                hint = _other_name(channel, without[0].survey, without[0].cap_table)
                alike[tuple(id(m) for m in without), hint].append(channel)
    by_id = {id(m): m for m in read}
    for (ids, hint), channels in alike.items():
        first = by_id[ids[0]]
        missing = f"{listed(channels)} {'are' if len(channels) > 1 else 'is'} missing"
        if len(ids) > FEW:
            count = "every recording" if len(ids) == len(read) else f"{len(ids)} of {len(read)} recordings"
            what = f"{missing} in {count}, first in {first.path.name}"
            done.problems.append(Problem("config.yaml, rois", what, hint))
        else:
            done.problems += [Problem(by_id[i].where, f"{by_id[i].shown}: {missing}", hint) for i in ids]
    return lacking


def _other_name(channel: str, told: Survey, cap_table: str) -> str:
    """Under which name a recording may hold a channel, and where to write it."""
    table = Path(cap_table).name if cap_table else "a cap map (tables: cap_map)"
    labels = ", ".join(told.others[:MANY]) or "none"
    if not told.eeg:
        return f"No channel has a 10-20 name: {labels}. Write which is which into {table}."
    renamed = RENAMED_SITES.get(channel.lower())
    if renamed in told.eeg:
        return f"{channel} is called {renamed} today: write {renamed} (rois)."
    in_words = re.compile(rf"(?<![A-Za-z]){re.escape(channel)}(?![A-Za-z0-9])", re.IGNORECASE)
    other = next(filter(in_words.search, told.others), None)
    if other:
        pair = f"label {other}, channel {channel}"
        return f'There is a channel "{other}": if that is it, write {pair} into {table}.'
    if sum(label[-1:].isdigit() for label in told.others) > 2 * len(told.eeg):
        return f"Most channels have no 10-20 name: {labels}. Write which is which into {table}."
    near = nearest(channel, told.eeg)
    there = ", ".join(told.eeg[:MANY]) + (", ..." if len(told.eeg) > MANY else "")
    return f"Did you mean {near}? There are {there}." if near else f"There are {there}."


def _check_names(read, done: Examination) -> None:
    """How a recording's channels came by their names, where not all did in the same way."""
    from interbrain.formats.channels import montage

    sites, said, nowhere = set(montage().values()), defaultdict(list), defaultdict(list)
    for m in read:
        s = m.survey
        own = [name for name in s.eeg if name in sites]
        if odd := [name for name in s.eeg if name not in sites]:
            near = nearest(odd[0], sorted(sites))
            hint = f"Did you mean {near}? " if near else ""
            verb = "are" if len(odd) > 1 else "is"
            what = f"{listed(odd[:MANY])} {verb} EEG, but no site of the 10-20 system"
            nowhere[
                what, f"{hint}Name the sites in the cap map, or write ignore there for what is no EEG."
            ].append(m)
        n = len(s.ignored)
        left_out = f", and {n} {'are' if n > 1 else 'is'} ignored" if n else ""
        if 0 < s.n_mapped < len(s.eeg):
            what = (
                f"of {len(s.eeg)} EEG channels the cap map names {s.n_mapped}, and {len(s.eeg) - s.n_mapped} "
                f"are EEG by their own labels{left_out}"
            )
            hint = f"EEG: {', '.join(own[:MANY])}. To leave one out, write ignore into the cap map."
            said[what, hint].append(m)
    for (what, hint), members in said.items():
        _say_once(members, read, what, hint, done.warnings)
    for (what, hint), members in nowhere.items():  # without a place on the head, the conversion would stop
        _say_once(members, read, what, hint, done.problems)


def _say_once(members, read, what: str, hint: str, said: list[Problem]) -> None:
    """Said of each recording, or once of all if it holds for more than a few."""
    if len(members) > FEW:
        count = (
            "every recording" if len(members) == len(read) else f"{len(members)} of {len(read)} recordings"
        )
        where = members[0].where.split(",")[0]
        said.append(Problem(where, f"{what} (in {count}, first in {members[0].path.name})", hint))
    else:
        said += [Problem(m.where, f"{m.shown}: {what}", hint) for m in members]


def _check_rates(read, lowpass: float, table_name: str, done: Examination) -> None:
    for m in read:
        if m.survey.sfreq <= 2 * lowpass:
            what = f"{m.shown}: recorded at {m.survey.sfreq:g} Hz, too slow for a lowpass of {lowpass:g} Hz"
            hint = f"The lowpass (cleaning) must be below half of it: {m.survey.sfreq / 2:g} Hz."
            done.problems.append(Problem(m.where, what, hint))
    rates = pd.Series([m.survey.sfreq for m in read], dtype=float).value_counts()
    if len(rates) > 1:
        counts = listed(f"{rate:g} Hz ({counted(n, 'time')})" for rate, n in rates.items())
        hint = "Nothing to do if that is so: all are brought to the rate of cleaning."
        done.warnings.append(Problem(table_name, f"the sampling rates differ: {counts}", hint))


def _check_mains(read, configured, table_name: str, done: Examination) -> None:
    """Mains that the spectra show, against those of the config; online dyads may have two."""
    lines = {role: of_role(configured, role) for role in ROLES}
    for line in dict.fromkeys(lines.values()):
        _check_line([m for m in read if lines[m.role] == line], line, table_name, done)


def _check_line(read, line: float, table_name: str, done: Examination) -> None:
    others = [m for m in read if mains_of(m.survey.mains_hz, line) != line]
    if not others:
        return
    confirmed = any(m.survey.mains_hz and mains_of(m.survey.mains_hz, line) == line for m in read)
    where = listed(
        f"{hz:g} Hz in {counted(len(of), 'recording')}, first in {of[0].shown}"
        for hz in sorted({mains_of(m.survey.mains_hz, line) for m in others})
        if (of := [m for m in others if mains_of(m.survey.mains_hz, line) == hz])
    )
    what = f"the mains are at {where}, and the config says {line:g} Hz"
    if not confirmed and 2 * len(others) >= len(read):
        hz = mains_of(others[0].survey.mains_hz, line)
        hint = f"Write line_frequency: {hz:g}, or {{therapist: ..., client: ...}} where they differ."
        done.problems.append(Problem("config.yaml, line_frequency", what, hint))
    else:
        hint = "Cleaning removes in each recording the mains that it shows: nothing to do if that is so."
        done.warnings.append(Problem(table_name, what, hint))


def _check_reach(read, config: Mapping, table_name: str, done: Examination) -> None:
    """High frequencies that recordings do not hold, and what therefore cannot be judged."""
    alike = defaultdict(list)
    for m in read:
        line = mains_of(m.survey.mains_hz, of_role(config["line_frequency"], m.role))
        what, why = beyond_reach(line, config["cleaning"]["sfreq"], m.survey.sfreq, m.survey.highest_hz)
        if what:
            alike[tuple(what), why].append(m)
    for (what, why), those in alike.items():
        n = f"{len(those)} of {counted(len(read), 'recording')}, first in {those[0].shown}"
        said = f"{listed(what)} cannot be judged in {n}: {why}"
        hint = "Nothing to do if there is no other file: the report has n/a there."
        done.warnings.append(Problem(table_name, said, hint))


def _check_decisions(read, study: Study, table: str | None, done: Examination) -> None:
    """Decisions by hand on channels that a recording lacks; components and windows are not known yet."""
    runs = {(row["dyad"], row["time"]): row["run"] for row in study.recordings.to_dict("records")}
    for m in read:
        for decision in study.decisions.get((m.dyad, runs[m.dyad, m.time], m.person), []):
            if decision["what"] == "channel" and decision["item"] not in m.survey.eeg:
                what = (
                    f"there is no channel {decision['item']} in {m.path.name} ({m.dyad} {m.time}, {m.person})"
                )
                near = nearest(decision["item"], m.survey.eeg)
                hint = f"Did you mean {near}?" if near else f"There are {', '.join(m.survey.eeg[:MANY])}."
                done.problems.append(Problem(Path(table).name, what, hint))


def _check_lengths(read, config: Mapping, done: Examination) -> None:
    """What is left of a recording must be longer than the high-pass filter, which cleaning asks for."""
    needed = FILTER_CYCLES / config["cleaning"]["highpass"]
    for m in read:
        left = m.survey.duration_s - m.survey.lost_s
        if left < needed:
            what = f"only {left:.1f} s were recorded, and the high-pass filter alone needs {needed:.1f} s"
            hint = "Exclude the dyad with a reason, or raise the highpass (cleaning)."
            done.problems.append(Problem(m.where, what, hint, m.shown))


def _check_contents(members, done: Examination) -> None:
    """The same bytes under two names: one of the two was copied over the other."""
    first = {}
    for m in members:
        other = first.setdefault((m.checksum, m.pattern), m)
        if (
            not m.checksum
            or other.path == m.path
            or (other.person == m.person and (m.bounded or other.bounded))
        ):
            continue
        what = (
            f"{m.shown} has the same content as {other.path.name}, {other.dyad} {other.time} ({other.role})"
        )
        if other.person == m.person and other.dyad != m.dyad:
            hint = f"Right if {m.person} was recorded with both partners at once; if not, copy the right one."
            done.warnings.append(Problem(m.where, what, hint))
            continue
        hint = "One of them was copied over the other: copy the right one from the recording computer."
        done.problems.append(Problem(m.where, what, hint))


def _check_sidecars(read, config: Mapping, table_name: str, done: Examination) -> None:
    """Mains that a dataset gives, against those of the config; the same is said once."""
    said = defaultdict(list)
    for m in read:
        about = read_sidecar(m.path)
        mains = number(about.get("PowerLineFrequency"))
        configured = of_role(config["line_frequency"], m.role)
        if mains and configured and mains != configured:
            what = f"PowerLineFrequency is {mains:g} Hz, and line_frequency {configured:g} Hz"
            said[what, "Correct line_frequency (config.yaml), or the dataset is wrong."].append(m)
    for (what, hint), recordings in said.items():
        first = recordings[0]
        more = f" and {counted(len(recordings) - 1, 'other recording')}" if len(recordings) > 1 else ""
        where = first.where if len(recordings) <= FEW else table_name
        done.warnings.append(Problem(where, f"{first.shown}{more}: {what}", hint))


# --- two recordings --------------------------------------------------------------------------------------


def _runs(study: Study, read) -> dict[tuple, tuple]:
    """The runs of which both members can be read: (dyad, time) -> where, SessionRun."""
    from interbrain.clocks.session import SessionRun

    by_run = defaultdict(dict)
    for m in read:
        by_run[m.dyad, m.time][m.role] = m
    rows = {(row["dyad"], row["time"]): row for row in study.recordings.to_dict("records")}
    return {
        key: (
            both["client"].where,
            SessionRun(
                time=key[1],
                **{role: both[role].survey for role in ROLES},
                sync=rows[key]["sync"],
                **{n: None if pd.isna(rows[key][n]) else rows[key][n] for n in ("start_s", "stop_s")},
            ),
        )
        for key, both in by_run.items()
        if len(both) == 2
    }


def _check_session(runs: Mapping, config: Mapping, done: Examination) -> dict[tuple, tuple]:
    """Tie the clocks of one dyad; returns the tie and the shared seconds of each run that has them."""
    from interbrain.clocks.session import confirmed_s, tie_session, together_s

    limits, least = config["clock"], config["windows"]["min_clean_s"]
    ties = {}
    tied = [_told(run, config["input"]) for _, run in runs.values()]
    fitted = iter(
        tie_session(
            [r for (_, r), tie in zip(runs.values(), tied, strict=True) if tie is None], limits=limits
        )
    )
    tied = [tie or next(fitted) for tie in tied]
    for (key, (where, run)), tie in zip(runs.items(), tied, strict=True):
        lengths = {role: getattr(run, role).duration_s for role in ROLES}
        outside = False
        for name, bound in (("start_s", run.start_s), ("stop_s", run.stop_s)):
            if bound is not None and bound > lengths["therapist"] + 1 / run.therapist.sfreq:
                outside, end = True, f"{lengths['therapist']:.{1 + (bound < lengths['therapist'] + 1)}f} s"
                what = f"{name} ({bound:g}) lies behind the end of the therapist's file ({end})"
                done.problems.append(Problem(where, what, "Correct it, or empty the cell: to the end."))
        _check_dates(where, run, done)
        if strength := strengths_apart(run):
            hint = "Compare both with what the recording program shows: is the unit or the gain of one wrong?"
            done.warnings.append(Problem(where, strength, hint))
        if run.therapist.path != run.client.path and same_signals(run.therapist, run.client):
            done.problems.append(Problem(where, SAME_SIGNALS, COPY_THE_RIGHT_ONE))
        if isinstance(tie, ClockError):
            done.problems.append(Problem(where, tie.what, tie.hint))
            continue
        shared = together_s(run, tie)
        ties[key] = (tie, shared)
        try:
            if not outside:
                cut(run, tie.fit)
        except ConversionError as error:
            done.problems.append(Problem(where, error.what, error.hint))
            continue
        if shared < least:
            hint = (
                f"At least {least:g} s are needed (windows: min_clean_s). Check that these files belong "
                "together, or exclude the dyad with a reason."
            )
            done.problems.append(Problem(where, how_long(run, tie), hint))
        elif short := recorded_apart(run, tie):
            done.warnings.append(Problem(where, short, "Only these seconds are used."))
        if shared >= least > (confirmed := confirmed_s(run, tie)):
            what = (
                f"of the {shared:.0f} s that both recorded, the clock is confirmed in only {confirmed:.0f} s"
            )
            hint = (
                f"At least {least:g} s are needed (windows: min_clean_s). Check the triggers of both files, "
                "or exclude the dyad with a reason."
            )
            done.problems.append(Problem(where, what, hint))
        for note in tie.notes[run.sync == "header_time" :]:  # of the first, the table has spoken
            done.warnings.append(Problem(where, note))
    return ties


def _told(run, source: str):
    """The tie that the client's sidecar tells, if the recordings are a dataset's and the table says auto."""
    from interbrain.clocks.session import Tie

    if source != "bids" or run.sync != "auto":
        return None
    try:
        timing = stated_timing(Path(run.client.path), Path(run.therapist.path))
    except FormatError as error:
        return ClockError(error.text, error.hint)
    return timing and Tie(timing["method"], clock_fit(timing), timing["drift_from"], tuple(timing["notes"]))


def _check_dates(where: str, run, done: Examination) -> None:
    begun = [getattr(run, role).begun for role in ROLES]
    if not all(begun):
        return
    if on_different_days(*begun):
        days = [f"{when.day} {when:%B %Y}" for when in begun]
        what = f"the files say the therapist was recorded on {days[0]}, the client on {days[1]}"
        done.warnings.append(Problem(where, what, WRONG_DATE, kind=ON_DIFFERENT_DAYS))


def _row(m: _Member, lacking: Sequence[str], tie, shared: float | None) -> dict:
    """A line of the table of what was found."""
    s = m.survey
    fit = tie.fit if tie is not None and m.role == "client" else None
    number = lambda value, digits: "–" if value is None or pd.isna(value) else f"{value:.{digits}f}"  # noqa: E731
    return {
        "dyad": m.dyad,
        "time": m.time,
        "role": m.role,
        "file": m.path.name,
        "Hz": f"{s.sfreq:g}",
        "s": number(s.duration_s, 1),
        "EEG": len(s.eeg),
        "missing": ",".join(lacking) or "–",
        "triggers": len(s.pulses),
        "idle": "–" if s.idle is None else f"{s.idle:g}",
        "lost s": number(s.lost_s, 2),
        "clock": tie.method if tie else "–",
        "matched": matched_of(fit) if fit else "–",
        "offset s": number(fit.offset if fit else None, 3),
        "ppm": "unknown" if fit and tie.drift_from == "unknown" else number(fit and fit.drift_ppm, 1),
        "residual ms": number(fit.residual_ms if fit else None, 2),
        "together s": number(shared, 1),
    }
