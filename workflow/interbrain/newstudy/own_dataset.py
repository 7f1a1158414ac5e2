"""A study's tables from a BIDS dataset that this workflow wrote: what a colleague needs to analyse it again.

Reads the dataset's tables only; opens no recording.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from interbrain.bids import sidecar
from interbrain.problems import Problem
from interbrain.study.problems import StudyError

MEMBERS = {"therapist": "therapist_id", "client": "client_id"}


@dataclass(frozen=True)
class DatasetStudy:
    """What a dataset says of its study.

    Attributes
    ----------
    title : str
    times : list of str
        In the order of the runs.
    line_frequency : float or dict of str to float
        Hz, as the sidecars of the first therapist and client say; of each role if they differ.
    factors : dict of str to list of str
        Each with its levels.
    tables : dict of str to DataFrame
        dyads, recordings, participants, and one for each questionnaire, as the study's folder holds them.
    questionnaires : dict of str to dict
        name and role of each; its table holds scores.
    """

    title: str
    times: list[str]
    line_frequency: float | dict[str, float]
    factors: dict[str, list[str]]
    tables: dict[str, pd.DataFrame]
    questionnaires: dict[str, dict]


def study_of_dataset(bids_root: Path) -> DatasetStudy:
    """Read a dataset's tables as those of a study.

    Raises
    ------
    StudyError
        It is no dataset of dyads as this workflow writes it.
    """
    root = Path(bids_root)
    needed = ["dataset_description.json", "dyads.tsv", "dyads.json", "participants.tsv"]
    lacking = [Problem(str(root / name), "file not found") for name in needed if not (root / name).is_file()]
    if lacking:
        raise StudyError(
            lacking,
            "Only a dataset that Interbrain wrote lists its dyads. For any other, write the tables yourself.",
        )
    listed = _tsv(root / "dyads.tsv")
    described = _json(root / "dyads.json")
    factors = {
        column: list(described[column]["Levels"])
        for column in listed
        if column not in ("dyad_id", "session_id", *MEMBERS.values(), "n_runs")
    }
    people = {role: listed[column].str.removeprefix("sub-") for role, column in MEMBERS.items()}
    dyads = pd.DataFrame({"dyad": listed["dyad_id"], **people, **listed[list(factors)], "exclude": ""})
    scans = pd.concat(
        [_scans(root, row.dyad_id, row.session_id, row.therapist_id) for row in listed.itertuples()]
    )
    participants = _tsv(root / "participants.tsv").rename(columns={"participant_id": "participant"})
    participants["participant"] = participants["participant"].str.removeprefix("sub-")
    about = [c for c in ("participant", "age", "sex", "handedness") if c in participants]
    questionnaires, scores = _questionnaires(root, listed)
    mains = _mains(root, scans)
    return DatasetStudy(
        title=_json(root / "dataset_description.json")["Name"],
        times=list(dict.fromkeys(scans.sort_values("run", kind="stable")["time"])),
        line_frequency=mains if len(set(mains.values())) > 1 else mains["therapist"],
        factors=factors,
        tables={
            "dyads": dyads,
            "recordings": scans.drop(columns="run"),
            "participants": participants[about].replace("n/a", ""),
            **scores,
        },
        questionnaires=questionnaires,
    )


def _mains(root: Path, scans: pd.DataFrame) -> dict[str, float]:
    """The mains of each role, from the first recording; every recording has a file that states it."""
    problems: list[Problem] = []
    first: dict[str, float] = {}
    for role in MEMBERS:
        for file in scans[f"{role}_file"]:
            about = sidecar(root / file, "eeg.json")
            told = _json(about).get("PowerLineFrequency")
            if isinstance(told, int | float) and not isinstance(told, bool) and told > 0:
                first.setdefault(role, told)
            else:
                what = "PowerLineFrequency is missing or is not a number"
                problems.append(
                    Problem(str(about), what, "Add it (Hz), or copy the file from the dataset again.")
                )
    if problems:
        raise StudyError(problems)
    return first


def _scans(root: Path, dyad: str, session: str, therapist: str) -> pd.DataFrame:
    """The recordings table's rows of one dyad, from the scans table of its therapist."""
    folder = f"{therapist}/{session}"
    table = _tsv(root / folder / f"{therapist}_{session}_scans.tsv")
    return pd.DataFrame(
        {
            "dyad": dyad,
            "time": table["phase"],
            "therapist_file": folder + "/" + table["filename"],
            "client_file": table["simultaneous_with"].str.removeprefix("bids::"),
            "sync": "auto",  # as the sidecars tell
            "run": table["filename"].str.extract(r"_run-(\d+)_", expand=False).astype(int),
        }
    )


def _questionnaires(root: Path, listed: pd.DataFrame) -> tuple[dict[str, dict], dict[str, pd.DataFrame]]:
    """Name and role of each questionnaire, and its scores for each dyad, all visits in one table."""
    about = {}
    scores: dict[str, list[pd.DataFrame]] = {}
    for file in sorted((root / "phenotype").glob("*.tsv")):
        name = file.stem.partition("_visit-")[0]
        table = _tsv(file).rename(columns={"dyad_id": "dyad"})
        scores.setdefault(name, []).append(table)
        if name in about:
            continue
        metadata = _json(file.with_suffix(".json"))
        answered = set(table["participant_id"])
        role = next(role for role, column in MEMBERS.items() if answered <= set(listed[column]))
        about[name] = {"name": metadata["MeasurementToolMetadata"]["Description"], "role": role}
    tables = {}
    for name, visits in scores.items():
        table = pd.concat(visits).drop(columns="participant_id")
        kept = [c for c in table if not c.startswith("item_") and not c.endswith("missing_items")]
        tables[name] = table[kept].replace("n/a", "")
    return about, tables


def _json(path: Path) -> dict:
    try:
        found = json.loads(path.read_text(encoding="utf-8-sig"))
        if not isinstance(found, dict):
            raise ValueError(path.name)
        return found
    except (OSError, ValueError) as error:
        what = "file not found" if isinstance(error, OSError) else "damaged: it is not valid JSON"
        raise StudyError([Problem(str(path), what, "Copy it from the dataset again.")]) from error


def _tsv(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, sep="\t", dtype=str, keep_default_na=False)
