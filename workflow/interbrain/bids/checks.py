"""Is the dataset what it says? The checks that the official validator (validator.py) does not make.

Reads the dataset only; repairs nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

import pandas as pd

from interbrain.bids.coded_events import is_coded
from interbrain.bids.task_checks import check_tasks
from interbrain.problems import ManyProblems

ANEW = "Remove that file and run again: it is then written anew."
# The files of one recording, after `recording_stem`.
RECORDING_FILES = ("_eeg.vhdr", "_eeg.eeg", "_eeg.vmrk", "_eeg.json", "_channels.tsv", "_events.tsv")
# Beside the dataset's own files: BIDS's places for other things, and what programs leave. Never shared.
NOT_OURS = re.compile(
    r"(sourcedata|code|derivatives|stimuli|\.[^/]*)(/|$)|(.*/)?(\.DS_Store|\._[^/]*|Thumbs\.db|desktop\.ini)$"
)
LAST_SHIFTED_YEAR = 1925  # a recording around midnight may end up after New Year
BYTES_PER_VALUE = 4  # BrainVision's IEEE_FLOAT_32
ROLES = ("therapist", "client")


class DatasetError(ManyProblems):
    """The dataset is not valid; the message lists what is wrong."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__(f"the BIDS dataset has {len(problems)} problem(s)", problems)
        self.args = (self.problems,)


def recording_files(vhdr: Path) -> list[str]:
    """The files of one recording beside its header, which is one of them."""
    stem = Path(vhdr).as_posix().removesuffix("_eeg.vhdr")
    return [stem + suffix for suffix in RECORDING_FILES]


def unlisted(bids_root: Path, listed: Collection[str]) -> list[str]:
    """Files in the dataset that nothing in the study accounts for: left over, or put there by hand.

    Parameters
    ----------
    listed : collection of str
        Every file that the dataset should have, relative to it.
    """
    root = Path(bids_root)
    there = {f.relative_to(root).as_posix() for f in root.rglob("*") if f.is_file() or f.is_symlink()}
    return [
        f"{root / extra}: no table of the study accounts for this file. Remove it, or move it to "
        f"{root / 'sourcedata'}, which is never shared."
        for extra in sorted(there - set(listed))
        if not NOT_OURS.match(extra)
    ]


def own_checks(bids_root: Path, participants: Collection[str]) -> list[str]:
    """What the official validator does not notice.

    Partners name each other and tell the same times; headers, markers, signals, events and sidecars of a
    recording agree; participants, dyads, sessions, scans and phenotype agree with each other, with the
    folders and with the study.

    Parameters
    ----------
    participants : collection of str
        The labels the study knows.

    Returns
    -------
    problems : list of str
        Empty if all is well; each names the file and what to do.
    """
    root = Path(bids_root)
    absent = [
        root / f"{name}.tsv" for name in ("participants", "dyads") if not (root / f"{name}.tsv").is_file()
    ]
    if absent:
        return [f"{table}: missing. Run again: it is then written anew." for table in absent]
    dyads = _tsv(root / "dyads.tsv")
    problems = (
        _check_people(root, participants, dyads) + _check_dyads(root, dyads) + _check_phenotype(root, dyads)
    )
    for person in sorted(f"sub-{p}" for p in participants):
        if (root / person).is_dir():
            problems += _check_sessions(root / person)
    headers = sorted(root.glob("sub-*/ses-*/eeg/*_eeg.vhdr"))
    for header in headers:
        problems += _check_recording(root, header)
    problems += check_tasks(root, headers)
    for header in headers:
        problems += _check_partner(root, header)
    return problems


def _check_people(root: Path, participants: Collection[str], dyads: pd.DataFrame) -> list[str]:
    table, problems = root / "participants.tsv", []
    folders = {p.name for p in root.glob("sub-*") if p.is_dir()}
    wanted = {f"sub-{p}" for p in participants}
    told = _tsv(table)
    rows = list(told["participant_id"])
    for extra in sorted(folders - wanted):
        problems.append(f"{root / extra}: not in the study any more. Remove that folder and run again.")
    for person in sorted(wanted - folders):
        problems.append(f"{root / person}: no such folder, though the study has this person. Run again.")
    for person in sorted(set(rows) ^ wanted):
        problems.append(f"{table}: {person} is not in both this table and the study. {ANEW}")
    for person, dyad in zip(rows, told.get("dyad_id", []), strict=False):
        own = set(dyads.loc[(dyads[["therapist_id", "client_id"]] == person).any(axis=1), "dyad_id"])
        if dyad != (own.pop() if len(own) == 1 else "n/a"):
            problems.append(f"{table}: {person} has dyad_id {dyad}, which dyads.tsv does not have. {ANEW}")
    for person in sorted({p for p in rows if rows.count(p) > 1}):
        problems.append(f"{table}: {person} stands there {rows.count(person)} times. {ANEW}")
    return problems


def _check_dyads(root: Path, dyads: pd.DataFrame) -> list[str]:
    """dyads.tsv against both members' sessions tables, and against the runs that both have."""
    table, problems = root / "dyads.tsv", []
    for dyad in sorted(dyads.loc[dyads["dyad_id"].duplicated(), "dyad_id"]):
        problems.append(f"{table}: {dyad} occurs twice. {ANEW}")
    members = {(d[f"{role}_id"], d["session_id"]) for _, d in dyads.iterrows() for role in ROLES}
    for sessions in sorted(root.glob("sub-*/sub-*_sessions.tsv")):
        for session in sorted(set(_tsv(sessions)["session_id"])):
            if (sessions.parent.name, session) not in members:
                problems.append(f"{sessions}: {session} is of no dyad in dyads.tsv. {ANEW}")
    for _, dyad in dyads.iterrows():
        shared = dyad.drop(["dyad_id", "session_id", "therapist_id", "client_id", "n_runs"])
        runs = {}
        for role, other in zip(ROLES, ROLES[::-1], strict=True):
            person, session = dyad[f"{role}_id"], dyad["session_id"]
            sessions = root / person / f"{person}_sessions.tsv"
            rows = _tsv(sessions) if sessions.is_file() else pd.DataFrame({"session_id": []})
            rows = rows[rows["session_id"] == session]
            if len(rows) != 1:
                problems.append(f"{sessions}: {session} stands there {len(rows)} times, not once. {ANEW}")
                continue
            told, expected = rows.iloc[0], {**shared, "partner_id": dyad[f"{other}_id"]}
            for column, value in expected.items():
                if told.get(column) != value:
                    what = f"{session} has {column} {told.get(column, 'nowhere')}, but {value} in dyads.tsv"
                    problems.append(f"{sessions}: {what}. {ANEW}")
            eeg = (root / person / session / "eeg").glob("*_eeg.vhdr")
            found = (re.search(r"_run-(\d+)_", file.name) for file in eeg)
            runs[role] = sorted(run[1] for run in found if run)
        if len(runs) == 2 and runs["therapist"] != runs["client"]:
            problems.append(
                f"{table}: of {dyad['dyad_id']} the therapist has run {', '.join(runs['therapist'])} and the "
                f"client run {', '.join(runs['client'])}. Run again, or exclude the dyad with a reason."
            )
        elif any(dyad["n_runs"] != str(len(found)) for found in runs.values()):
            problems.append(
                f"{table}: {dyad['dyad_id']} has n_runs {dyad['n_runs']}, but its members have other numbers "
                f"of recordings. {ANEW}"
            )
    return problems


def _check_phenotype(root: Path, dyads: pd.DataFrame) -> list[str]:
    """Every dyad answered each questionnaire once, through the same one of its members."""
    problems, listed = [], set(_tsv(root / "participants.tsv")["participant_id"])
    tables = sorted((root / "phenotype").glob("*.tsv"))
    questionnaires: dict[str, list[pd.DataFrame]] = {}
    for table in tables:
        rows = _tsv(table)
        questionnaires.setdefault(re.sub(r"_visit-\d+$", "", table.stem), []).append(rows)
        for stranger in sorted(set(rows["participant_id"]) - listed):
            problems.append(f"{table}: {stranger} is not in participants.tsv. {ANEW}")
        for person in sorted(set(rows.loc[rows["participant_id"].duplicated(), "participant_id"])):
            problems.append(f"{table}: {person} stands there more than once. {ANEW}")
        for dyad in sorted(set(rows["dyad_id"]) - set(dyads["dyad_id"])):
            problems.append(f"{table}: dyad {dyad} is not in dyads.tsv. {ANEW}")
    for name, parts in questionnaires.items():
        answers, where = pd.concat(parts), root / "phenotype" / f"{name}.tsv"
        for dyad in dyads["dyad_id"]:
            times = int((answers["dyad_id"] == dyad).sum())
            if times != 1:
                problems.append(f"{where}: dyad {dyad} has {times} rows in all visits, not one. {ANEW}")
        of_dyad = answers.merge(dyads, on="dyad_id")
        answered = {role for role in ROLES if (of_dyad["participant_id"] == of_dyad[f"{role}_id"]).all()}
        if not answered:
            problems.append(
                f"{where}: the answers are not all of the therapists or all of the clients. {ANEW}"
            )
    return problems


def _check_sessions(person: Path) -> list[str]:
    """Sessions and recordings that no table lists: left over from a dyad that was taken out, or lost."""
    table = person / f"{person.name}_sessions.tsv"
    there = {p.name for p in person.glob("ses-*") if p.is_dir()}
    listed = set(_tsv(table)["session_id"]) if table.is_file() else set()
    problems = [
        f"{person / extra}: not in {table.name}. Remove that folder and run again."
        for extra in sorted(there - listed)
    ]
    problems += [f"{table}: {lost} has no folder. {ANEW}" for lost in sorted(listed - there)]
    for session in sorted(there & listed):
        scans = person / session / f"{person.name}_{session}_scans.tsv"
        named = list(_tsv(scans)["filename"]) if scans.is_file() else []
        held = {f"eeg/{f.name}" for f in (person / session / "eeg").glob("*_eeg.vhdr")}
        for extra in sorted(held - set(named)):
            problems.append(
                f"{person / session / extra}: not in {scans.name}. Remove its files and run again."
            )
        for lost in sorted(set(named) - held):
            problems.append(f"{scans}: {lost} does not exist. {ANEW}")
        if len(named) > len(set(named)):
            problems.append(f"{scans}: a recording occurs twice. {ANEW}")
    return problems


def _check_recording(root: Path, header: Path) -> list[str]:
    """One recording's six files agree with each other and with its row in the scans table."""
    stem = header.name.removesuffix("_eeg.vhdr")
    files = {suffix: header.with_name(stem + suffix) for suffix in RECORDING_FILES}
    absent = [f for f in files.values() if not f.is_file()]
    if absent:
        return [f"{f}: missing. Remove {header.name} and run again." for f in absent]
    about = _sidecar(header)
    if about is None:
        return [f"{files['_eeg.json']}: not readable, or without the key Hyperscanning. {ANEW}"]
    channels, events = _tsv(files["_channels.tsv"]), _tsv(files["_events.tsv"])
    wrong = [*_check_header(files, header, channels, about), *_check_size(files, channels, about)]
    problems = [f"{files[suffix]}: {what}. {ANEW}" for suffix, what in wrong]
    problems += _check_events(files, events, about)
    problems += [f"{files['_eeg.json']}: {what}. {ANEW}" for what in _check_dyad(root, header, about)]
    scan = _scan(header)
    if scan is None:
        return problems  # said of the scans table already
    return problems + [f"{_scans_table(header)}: {what}. {ANEW}" for what in _check_scan(header, scan, about)]


def _check_header(
    files: Mapping[str, Path], header: Path, channels: pd.DataFrame, about: Mapping
) -> Iterator[tuple[str, str]]:
    """What the header says of its files, channels and rate: the file that is wrong, and what is."""
    told = _named_values(header)
    for key, file in (("DataFile", files["_eeg.eeg"]), ("MarkerFile", files["_eeg.vmrk"])):
        if told.get(key) != file.name:
            yield "_eeg.vhdr", f"names {told.get(key)} as its {key}, not {file.name}"
    if told.get("NumberOfChannels") != str(len(channels)):
        said = told.get("NumberOfChannels")
        yield "_channels.tsv", f"{len(channels)} channels instead of the header's {said}"
    elif [told.get(f"Ch{i + 1}", "").split(",")[0] for i in range(len(channels))] != list(channels["name"]):
        yield "_channels.tsv", "the channels are not those of the header, or in another order"
    rate = about["SamplingFrequency"]
    if abs(float(told.get("SamplingInterval", "nan")) * rate / 1e6 - 1) >= 1e-6:
        yield "_eeg.vhdr", f"its SamplingInterval is not that of {rate:g} Hz, which the sidecar has"


def _check_size(
    files: Mapping[str, Path], channels: pd.DataFrame, about: Mapping
) -> Iterator[tuple[str, str]]:
    """The data file holds as much as the sidecar says."""
    rate, duration = about["SamplingFrequency"], about["RecordingDuration"]
    held = files["_eeg.eeg"].stat().st_size
    expected = len(channels) * round(duration * rate) * BYTES_PER_VALUE
    if held != expected:
        seconds = held / (len(channels) * rate * BYTES_PER_VALUE)
        yield "_eeg.eeg", f"{held} bytes instead of {expected}: {seconds:.3f} s of the {duration:.3f} s"


def _check_dyad(root: Path, header: Path, about: Mapping) -> Iterator[str]:
    """The dyad and the partner of the sidecar are those of the folder and of dyads.tsv."""
    subject, session = (p.name for p in header.parents[2:0:-1])
    shared = about["Hyperscanning"]
    if f"ses-{shared['DyadID']}" != session:
        yield f"its DyadID is {shared['DyadID']}, but it lies in {session}"
    dyads = _tsv(root / "dyads.tsv").set_index("session_id")
    if session in dyads.index and shared["Role"] in ROLES:
        dyad = dyads.loc[[session]].iloc[0]
        other = ROLES[shared["Role"] == ROLES[0]]
        if (dyad[f"{shared['Role']}_id"], dyad[f"{other}_id"]) != (subject, shared["Partner"]):
            yield f"Role {shared['Role']} and Partner {shared['Partner']} are not those of dyads.tsv"


def _check_scan(header: Path, scan: Mapping, about: Mapping) -> Iterator[str]:
    """The recording's row in the scans table agrees with its sidecar, and its date is shifted."""
    shared = about["Hyperscanning"]
    offset = 0.0 if shared["Role"] == ROLES[0] else shared["SyncOffset"]
    for column, agrees in (
        ("duration", abs(float(scan["duration"]) - about["RecordingDuration"]) < 0.001),
        ("phase", scan["phase"] == shared["Phase"]),
        ("dyad_id", scan["dyad_id"] == shared["DyadID"]),
        ("sync_offset", abs(float(scan["sync_offset"]) - offset) < 1e-5),
        ("simultaneous_with", [scan["simultaneous_with"]] == about.get("SimultaneousRecordingWith")),
    ):
        if not agrees:
            yield f"{column} of {header.name} is not that of its sidecar"
    begun = _time(scan)
    if begun and begun.year > LAST_SHIFTED_YEAR:
        yield f"{begun:%Y-%m-%d} is a date that was not shifted"


def _check_events(files: Mapping[str, Path], events: pd.DataFrame, about: Mapping) -> list[str]:
    """Events lie within the recording, and the marker file has each of them."""
    problems, rate = [], about["SamplingFrequency"]
    onset, length = events["onset"].astype(float), events["duration"].replace("n/a", "0").astype(float)
    outside = (onset < 0) | (onset + length > about["RecordingDuration"] + 1 / rate)
    for name in sorted(set(events.loc[outside, "trial_type"])):
        problems.append(f"{files['_events.tsv']}: {name} is not within the recording. {ANEW}")
    text = files["_eeg.vmrk"].read_text(encoding="utf-8", errors="replace")
    named = _named_values(files["_eeg.vmrk"]).get("DataFile")
    if named != files["_eeg.eeg"].name:
        problems.append(f"{files['_eeg.vmrk']}: names {named} as its DataFile. {ANEW}")
    events = events[~is_coded(events)]  # of which the recording has no markers
    at = [int(position) for position in re.findall(r"^Mk\d+=[^,]*,[^,]*,(\d+),\d+,\d+.*\n", text, re.M)]
    if sorted(at) != sorted(int(sample) + 1 for sample in events["sample"]):
        what = f"its {len(at)} markers are not the {len(events)} events of {files['_events.tsv'].name}"
        problems.append(f"{files['_eeg.vmrk']}: {what}. {ANEW}")
    return problems


def _check_partner(root: Path, header: Path) -> list[str]:
    """Both members name each other, recorded at the same time, and say so."""
    about, problems = _sidecar(header), []
    if about is None:
        return []
    sidecar, mine = header.with_suffix(".json"), f"bids::{header.relative_to(root).as_posix()}"
    for uri in about.get("SimultaneousRecordingWith") or ["(none)"]:
        partner = root / uri.removeprefix("bids::")
        theirs = _sidecar(partner) if partner.is_file() else None
        if theirs is None:
            problems.append(f"{sidecar}: the partner's recording {uri} does not exist. {ANEW}")
            continue
        if mine not in theirs.get("SimultaneousRecordingWith", []):
            problems.append(f"{sidecar}: {uri} does not name this recording as its partner. {ANEW}")
            continue
        shared, others = about["Hyperscanning"], theirs["Hyperscanning"]
        if shared["Role"] != "client":
            continue
        for key in ("DyadID", "Phase", "SyncMethod", "SyncMarkers"):
            if shared[key] != others[key]:
                problems.append(
                    f"{sidecar}: {key} is {shared[key]}, but {others[key]} at the partner's, {uri}. {ANEW}"
                )
        begin, end = (
            (seconds - shared["SyncOffset"]) / (1 + 1e-6 * shared["SyncDrift"])  # on the therapist's clock
            for seconds in (0.0, about["RecordingDuration"])
        )
        if min(end, theirs["RecordingDuration"]) <= max(begin, 0.0):
            problems.append(
                f"{sidecar}: has no instant in common with {uri}. Check the pair in the study's tables."
            )
        times = [_time(scan) if scan is not None else None for scan in (_scan(header), _scan(partner))]
        one, other = times
        apart = None if one is None or other is None else (one - other).total_seconds()
        if (None in times) != (times == [None, None]) or (apart is not None and abs(apart - begin) > 0.002):
            problems.append(
                f"{_scans_table(header)}: acq_time of {header.name} does not follow from the partner's by "
                f"their clocks (SyncOffset, SyncDrift). {ANEW}"
            )
    return problems


def _scans_table(header: Path) -> Path:
    session = header.parents[1]
    return session / f"{session.parent.name}_{session.name}_scans.tsv"


def _scan(header: Path) -> pd.Series | None:
    """The recording's row in its scans table."""
    table = _scans_table(header)
    rows = _tsv(table) if table.is_file() else pd.DataFrame({"filename": []})
    rows = rows[rows["filename"] == f"eeg/{header.name}"]
    return rows.iloc[0] if len(rows) else None


def _time(scan: pd.Series) -> datetime | None:
    return None if scan["acq_time"] == "n/a" else datetime.fromisoformat(scan["acq_time"])


def _sidecar(header: Path) -> dict | None:
    """None if it cannot be read or does not say with whom it was recorded."""
    try:
        about = json.loads(header.with_suffix(".json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return about if "Hyperscanning" in about else None


def _named_values(header: Path) -> dict[str, str]:
    """The lines `name=value` of a BrainVision header or marker file."""
    lines = header.read_text(encoding="utf-8", errors="replace").splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith(";"))


def _tsv(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, sep="\t", dtype=str, keep_default_na=False)
