"""The tables and texts of the whole BIDS dataset, written by one job from the study and its conversions.

Writes no recording. Dates are shifted: the study's last recording falls on 31 December 1924.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pandas as pd

from interbrain.bids import recording_stem
from interbrain.bids.participants import participants_table
from interbrain.bids.task_files import task_files, write_task_files
from interbrain.bids.texts import CHANGES, IGNORED, README, tasks_in_words
from interbrain.tasks import REST

BIDS_VERSION = "1.10.0"
# BIDS asks for shifted dates before 1925: the last day is put there, however long the study took.
LAST_DAY = datetime(1924, 12, 31)
PHASE = "Time of measurement, which the run number stands for"
CROSSED = ", with the task where a time has several"


def write_dataset(
    bids_root: Path,
    conversions: Sequence[Mapping],
    dyads: pd.DataFrame,
    participants: pd.DataFrame,
    scores: Mapping[str, pd.DataFrame],
    *,
    title: str,
    authors: Sequence[str],
    data_licence: str,
    times: Sequence[str],
    factors: Mapping[str, Sequence[str]],
    questionnaires: Mapping[str, Mapping],
    dataset_version: str,
    version: str,
    tasks: Mapping[str, str] | None = None,
    coded: Sequence[str] = (),
) -> int | None:
    """Write every table and text that belongs to the dataset as a whole.

    Parameters
    ----------
    conversions : sequence of mapping
        What `recording.convert` said of each recording.
    dyads : DataFrame
        dyad, therapist, client and one column a factor; the included dyads only.
    participants : DataFrame
        participant, role, age, sex, handedness.
    scores : mapping questionnaire -> DataFrame
        dyad and one column a score (and items, if they are to be shared).
    tasks : mapping task -> text
        What was done in each task, in the study's words.
    coded : sequence of str
        What coded events are called in the dataset.

    Returns
    -------
    days : int or None
        How many days were taken off every date; None if no recording has one. Whoever knows it knows the
        dates: it must stay outside the dataset.
    """
    root = Path(bids_root)
    described_tasks = {c["task"]: (tasks or {}).get(c["task"], "") for c in conversions}
    _write_texts(
        root,
        title=title,
        authors=authors,
        data_licence=data_licence,
        version=version,
        times=times,
        n_dyads=len(dyads),
        dataset_version=dataset_version,
        tasks=described_tasks,
    )
    foreign = dict(sorted({n: code for c in conversions for n, code in c["foreign_events"].items()}.items()))
    write_task_files(root, described_tasks, foreign, coded)
    people, described = participants_table(participants, dyads)
    _write_tsv(root / "participants.tsv", people)
    _write_json(root / "participants.json", described)
    begun, days = _acquisition_times(conversions)
    _write_dyads(root, conversions, dyads, factors)
    _write_sessions(root, conversions, begun, dyads, factors)
    _write_session_texts(root, factors, crossed=any("phase" in c for c in conversions))
    for name, table in scores.items():
        _write_phenotype(root, name, questionnaires[name], table, dyads)
    return days


def _write_texts(
    root: Path,
    *,
    title: str,
    authors: Sequence[str],
    data_licence: str,
    times: Sequence[str],
    n_dyads: int,
    dataset_version: str,
    version: str,
    tasks: Mapping[str, str],
) -> None:
    """What the dataset is, who made it and how it may be used."""
    _write_json(
        root / "dataset_description.json",
        {
            "Name": title,
            "BIDSVersion": BIDS_VERSION,
            "HEDVersion": "8.3.0",
            "DatasetType": "raw",
            "License": data_licence,
            "Authors": list(authors),
            "GeneratedBy": [{"Name": "Interbrain", "Version": version}],
            "SourceDatasets": [],
        },
    )
    readme = README.format(
        title=title, n=n_dyads, version=version, times=", ".join(times), tasks=tasks_in_words(tasks)
    )
    _write_text(root / "README.md", readme)
    _write_text(root / "CHANGES", CHANGES.format(version=dataset_version))
    _write_text(root / "LICENSE", f"Data licence: {data_licence}\n")
    _write_text(root / ".bidsignore", "".join(f"{name}\n" for name in IGNORED))


def _write_dyads(
    root: Path, conversions: Sequence[Mapping], dyads: pd.DataFrame, factors: Mapping[str, Sequence[str]]
) -> None:
    """dyads.tsv: who was recorded with whom."""
    runs = pd.DataFrame(conversions).groupby("dyad")["run"].nunique()
    table = pd.DataFrame(
        {
            "dyad_id": dyads["dyad"],
            "session_id": "ses-" + dyads["dyad"],
            "therapist_id": "sub-" + dyads["therapist"],
            "client_id": "sub-" + dyads["client"],
            **{factor: dyads[factor] for factor in factors},
            "n_runs": dyads["dyad"].map(runs),
        }
    )
    _write_tsv(root / "dyads.tsv", table)
    _write_json(
        root / "dyads.json",
        {
            "dyad_id": {"Description": "The dyad"},
            "session_id": {"Description": "The dyad's session, the same label for both members"},
            "therapist_id": {"Description": "The therapist, who may be in several dyads"},
            "client_id": {"Description": "The client"},
            **_factor_texts(factors),
            "n_runs": {"Description": "Number of runs recorded"},
        },
    )


def _factor_texts(factors: Mapping[str, Sequence[str]]) -> dict[str, dict]:
    return {
        factor: {"Description": f"{factor} of the dyad", "Levels": {v: f"{factor}: {v}" for v in levels}}
        for factor, levels in factors.items()
    }


def _write_sessions(
    root: Path,
    conversions: Iterable[Mapping],
    begun: Mapping[tuple, str],
    dyads: pd.DataFrame,
    factors: Mapping[str, Sequence[str]],
) -> None:
    """For each person the sessions and scans tables.

    The session's label is the dyad's: BIDS forbids a column of participants.tsv, dyad_id, in sessions.tsv.
    """
    partner = {}
    for _, d in dyads.iterrows():
        partner[d["dyad"], d["therapist"]], partner[d["dyad"], d["client"]] = d["client"], d["therapist"]
    level = dyads.set_index("dyad")
    by_person: dict[str, list] = {}
    for c in conversions:
        by_person.setdefault(c["participant"], []).append(c)
    for person, own in by_person.items():
        sessions = []
        for dyad in dict.fromkeys(c["dyad"] for c in own):
            scans = sorted((c for c in own if c["dyad"] == dyad), key=lambda c: c["run"])
            other = partner[dyad, person]
            _write_tsv(
                root / f"sub-{person}/ses-{dyad}/sub-{person}_ses-{dyad}_scans.tsv",
                pd.DataFrame(
                    {
                        "filename": [_scan(person, dyad, c["task"], c["run"]) for c in scans],
                        "acq_time": [begun[dyad, c["run"], c["role"]] for c in scans],
                        "duration": [f"{c['duration_s']:.3f}" for c in scans],
                        "dyad_id": dyad,
                        "phase": [c.get("phase", c["time"]) for c in scans],
                        "simultaneous_with": [
                            f"bids::{recording_stem(other, dyad, c['task'], c['run'])}_eeg.vhdr"
                            for c in scans
                        ],
                        "sync_offset": [
                            f"{c['clock']['offset']:.6f}" if c["role"] == "client" else "0" for c in scans
                        ],
                    }
                ),
            )
            sessions.append(
                {
                    "session_id": f"ses-{dyad}",
                    "acq_time": begun[dyad, scans[0]["run"], scans[0]["role"]],
                    "partner_id": f"sub-{other}",
                    **{factor: level.loc[dyad, factor] for factor in factors},
                }
            )
        _write_tsv(root / f"sub-{person}/sub-{person}_sessions.tsv", pd.DataFrame(sessions))


def _write_session_texts(root: Path, factors: Mapping[str, Sequence[str]], crossed: bool) -> None:
    """What the columns of the sessions and scans tables mean."""
    _write_json(
        root / "sessions.json",
        {
            "acq_time": {"Description": "Start of the session's first recording, date shifted"},
            "partner_id": {"Description": "The other member of the dyad"},
            **_factor_texts(factors),
        },
    )
    _write_json(
        root / "scans.json",
        {
            "acq_time": {
                "Description": "Start of the recording, for both members by the clock of the therapist's "
                "recording; the date is shifted"
            },
            "duration": {
                "Description": "Duration of the recording: it ends at acq_time + duration, on its own clock",
                "Units": "s",
            },
            "dyad_id": {"Description": "The dyad"},
            "phase": {"Description": PHASE + (CROSSED if crossed else "")},
            "simultaneous_with": {"Description": "The partner's recording, made at the same time"},
            "sync_offset": {"Description": "This clock's reading at the therapist's time 0", "Units": "s"},
        },
    )


def _scan(person: str, dyad: str, task: str, run: int) -> str:
    return recording_stem(person, dyad, task, run).split("/", 2)[2] + "_eeg.vhdr"


def _acquisition_times(conversions: Iterable[Mapping]) -> tuple[dict[tuple, str], int | None]:
    """Shifted start of each recording, and by how many days it is shifted.

    Both members' starts follow from one file's date by the clock fit, so that they agree: the therapist's, or
    the client's if only that has one.
    """
    begun = {}  # on the therapist's clock, by dyad and run
    for role in ("client", "therapist"):
        for c in conversions:
            if c["role"] == role and c["measured"]:
                measured = datetime.fromisoformat(c["measured"]).replace(tzinfo=None)
                begun[c["dyad"], c["run"]] = measured + _ahead(c)
    if not begun:
        return {(c["dyad"], c["run"], c["role"]): "n/a" for c in conversions}, None
    shift = max(begun.values()).replace(hour=0, minute=0, second=0, microsecond=0) - LAST_DAY
    shifted = {}
    for c in conversions:
        start = begun.get((c["dyad"], c["run"]))
        told = (start - shift - _ahead(c)).isoformat(timespec="milliseconds") if start else "n/a"
        shifted[c["dyad"], c["run"], c["role"]] = told
    return shifted, shift.days


def _ahead(conversion: Mapping) -> timedelta:
    """How much earlier than the therapist's this recording began."""
    if conversion["role"] == "therapist":
        return timedelta()
    clock = conversion["clock"]
    return timedelta(seconds=clock["offset"] / (1 + 1e-6 * clock["drift_ppm"]))


def _write_phenotype(
    root: Path, name: str, about: Mapping, scores: pd.DataFrame, dyads: pd.DataFrame
) -> None:
    """One table a visit: a therapist of two dyads answered twice."""
    person = dyads.set_index("dyad")[about["role"]]
    table = scores.copy()
    table.insert(0, "participant_id", "sub-" + table["dyad"].map(person))
    table.insert(1, "dyad_id", table.pop("dyad"))
    visit = table.groupby("participant_id").cumcount() + 1
    described = {
        "MeasurementToolMetadata": {"Description": about["name"]},
        "dyad_id": {"Description": "The dyad that the answers are about"},
    }
    for column in table.columns[2:]:
        described[column] = {"Description": f"{about['name']}: {column}"}
    for stale in (root / "phenotype").glob(f"{name}_visit-*"):
        stale.unlink()  # of a dyad that has left the study since
    for number in sorted(set(visit)):
        stem = name if number == 1 else f"{name}_visit-{number}"
        _write_tsv(root / "phenotype" / f"{stem}.tsv", table[visit == number])
        _write_json(root / "phenotype" / f"{stem}.json", described)


def dataset_files(
    dyads: pd.DataFrame, questionnaires: Mapping[str, Mapping], tasks: Iterable[str] = (REST,)
) -> list[str]:
    """Every file that `write_dataset` writes, relative to the dataset."""
    files = [
        "dataset_description.json",
        "README.md",
        "CHANGES",
        "LICENSE",
        ".bidsignore",
        *task_files(tasks),
        "participants.tsv",
        "participants.json",
        "dyads.tsv",
        "dyads.json",
        "sessions.json",
        "scans.json",
    ]
    for d in dyads.to_dict("records"):
        for person in (d["therapist"], d["client"]):
            files.append(f"sub-{person}/ses-{d['dyad']}/sub-{person}_ses-{d['dyad']}_scans.tsv")
            files.append(f"sub-{person}/sub-{person}_sessions.tsv")
    for name, about in questionnaires.items():
        for visit in range(1, dyads[about["role"]].value_counts().max() + 1):
            stem = name if visit == 1 else f"{name}_visit-{visit}"
            files += [f"phenotype/{stem}.tsv", f"phenotype/{stem}.json"]
    return list(dict.fromkeys(files))


def _write_tsv(path: Path, table: pd.DataFrame) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    table.to_csv(path, sep="\t", index=False, na_rep="n/a", lineterminator="\n")


def _write_json(path: Path, content: Mapping) -> None:
    _write_text(path, json.dumps(content, indent=2, ensure_ascii=False) + "\n")


def _write_text(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")
