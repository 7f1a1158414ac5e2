"""Is the dataset what it says? The official validator, and the checks that it does not make.

Reads the dataset only; repairs nothing.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Collection, Mapping, Sequence
from importlib import metadata
from pathlib import Path

import pandas as pd

from interbrain.bids.clock import read_clock

SEVERE = "error"
# What only the study could add, and would have to invent if it has not got it: told, not warned of.
FOR_THE_STUDY = {
    (
        "SIDECAR_KEY_RECOMMENDED",
        "HeadCircumference",
    ): "head circumference was not measured (participants table)",
    ("TOO_FEW_AUTHORS", None): "the dataset names fewer than two authors (authors in the config)",
}


class DatasetError(Exception):
    """The dataset is not valid; the message lists what is wrong."""

    def __init__(self, problems: list[str]):
        shown = "\n".join(f"   {p}" for p in problems[:20])
        super().__init__(f"the BIDS dataset has {len(problems)} problem(s):\n{shown}")


def official_validator(bids_root: Path, full_output: Path) -> dict:
    """Run bids-validator-deno; keep all that it says.

    Returns
    -------
    summary : dict
        errors, warnings (counts), messages (one text an issue), left_to_the_study (what BIDS recommends and
        only the study could fill), validator_version.

    Raises
    ------
    RuntimeError
        If the validator itself failed.
    """
    beside_python = Path(sys.executable).parent / "bids-validator-deno"
    program = str(beside_python) if beside_python.is_file() else shutil.which("bids-validator-deno")
    if program is None:
        raise RuntimeError(
            "bids-validator-deno is not installed; `make demo` installs what requirements.lock names"
        )
    Path(full_output).unlink(missing_ok=True)  # of an earlier run: it must not be taken for this one's
    done = subprocess.run(
        [program, "--format", "json", "--outfile", str(full_output), str(bids_root)],
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode not in (0, 16) or not Path(full_output).is_file():
        raise RuntimeError(
            f"the BIDS validator failed (exit {done.returncode}): {done.stderr.strip()[-500:]}"
        )
    said = json.loads(Path(full_output).read_text(encoding="utf-8"))
    every = said["issues"]["issues"]
    issues = [i for i in every if _code(i) not in FOR_THE_STUDY]
    texts = said["issues"].get("codeMessages", {})
    summary = {
        "errors": sum(i["severity"] == SEVERE for i in issues),
        "warnings": sum(i["severity"] == "warning" for i in issues),
        "messages": sorted(
            {
                f"{i['severity']}: {i.get('location', 'the dataset')}: {i['code']} "
                f"{i.get('subCode', '')} {texts.get(i['code'], '')}".strip()
                for i in issues
                if i["severity"] in (SEVERE, "warning")
            }
        ),
        "left_to_the_study": sorted({FOR_THE_STUDY[_code(i)] for i in every if _code(i) in FOR_THE_STUDY}),
        "validator_version": _validator_version(said),
    }
    return summary


def _code(issue: Mapping) -> tuple[str, str | None]:
    return issue["code"], issue.get("subCode")


def _validator_version(said: Mapping) -> str:
    """The program's version, which it does not tell itself, and that of the schema it holds data against."""
    try:
        program = metadata.version("bids-validator-deno")
    except metadata.PackageNotFoundError:
        program = "of unknown version"
    return f"{program} (schema {said.get('summary', {}).get('schemaVersion', 'unknown')})"


def leftovers(bids_root: Path, results: Path, sessions: Collection[Sequence[str]]) -> list[str]:
    """What an earlier run wrote of people or dyads that are not in the study any more.

    Parameters
    ----------
    results : Path
        Folder of the derivatives and of the facts that conversions noted.
    sessions : collection of (participant, dyad)
        Every session that the study has.

    Returns
    -------
    paths : list of str
        Folders and files to remove: whole people where nothing of them is left.
    """
    people = {f"sub-{person}" for person, _ in sessions}
    kept = {(f"sub-{person}", f"ses-{dyad}") for person, dyad in sessions}
    dyads = {f"dyad-{dyad}" for _, dyad in sessions}
    derivatives = results / "derivatives/interbrain"
    found = []
    for root in (bids_root, derivatives):
        for folder in sorted(root.glob("sub-*")):
            if folder.name not in people:
                found.append(folder)
            else:
                found += [f for f in sorted(folder.glob("ses-*")) if (folder.name, f.name) not in kept]
    found += [f for f in sorted((derivatives / "dyads").glob("dyad-*")) if f.name not in dyads]
    for facts in sorted((results / "conversion").glob("sub-*_ses-*_run-*.json")):
        if tuple(facts.name.split("_")[:2]) not in kept:
            found.append(facts)
    return [path.as_posix() for path in found]


def own_checks(bids_root: Path, participants: Collection[str]) -> list[str]:
    """What the official validator does not notice.

    Partner URIs resolve both ways; both members' recordings overlap in time; data files are complete;
    folders, participants.tsv and phenotype agree with the study, sessions and recordings with their tables.

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
    problems = []
    folders = {p.name for p in root.glob("sub-*") if p.is_dir()}
    wanted = {f"sub-{p}" for p in participants}
    rows = list(_tsv(root / "participants.tsv")["participant_id"])
    listed = set(rows)
    for extra in sorted(folders - wanted):
        problems.append(f"{root / extra}: not in the study any more. Remove that folder and run again.")
    for person in sorted(wanted - folders):
        problems.append(f"{root / person}: no such folder, though the study has this person")
    for person in sorted(listed ^ wanted):
        problems.append(f"{root / 'participants.tsv'}: {person} is not in both this table and the study")
    for person in sorted(p for p in listed if rows.count(p) > 1):
        problems.append(f"{root / 'participants.tsv'}: {person} stands there {rows.count(person)} times")
    dyads = set(_tsv(root / "dyads.tsv")["dyad_id"])
    for table in sorted((root / "phenotype").glob("*.tsv")):
        for stranger in sorted(set(_tsv(table)["participant_id"]) - listed):
            problems.append(f"{table}: {stranger} is not in participants.tsv")
        for dyad in sorted(set(_tsv(table)["dyad_id"]) - dyads):
            problems.append(f"{table}: dyad {dyad} is not in dyads.tsv. Remove that table and run again.")
    for person in sorted(folders & wanted):
        problems += _check_sessions(root / person)
    for header in sorted(root.glob("sub-*/ses-*/eeg/*_eeg.vhdr")):
        problems += _check_recording(root, header)
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
    problems += [f"{table}: {lost} has no folder" for lost in sorted(listed - there)]
    for session in sorted(there & listed):
        scans = person / session / f"{person.name}_{session}_scans.tsv"
        named = set(_tsv(scans)["filename"]) if scans.is_file() else set()
        held = {f"eeg/{f.name}" for f in (person / session / "eeg").glob("*_eeg.vhdr")}
        for extra in sorted(held - named):
            problems.append(
                f"{person / session / extra}: not in {scans.name}. Remove its files and run again."
            )
        for lost in sorted(named - held):
            problems.append(f"{scans}: {lost} does not exist")
    return problems


def _check_recording(root: Path, header: Path) -> list[str]:
    sidecar, channels_file = (
        header.with_suffix(".json"),
        header.with_name(header.name.replace("_eeg.vhdr", "_channels.tsv")),
    )
    absent = [f for f in (sidecar, channels_file, header.with_suffix(".vmrk")) if not f.is_file()]
    problems = [f"{f}: missing. Remove {header.name} and run again." for f in absent]
    if {sidecar, channels_file} & set(absent):
        return problems
    about = json.loads(sidecar.read_text(encoding="utf-8"))
    for uri in about.get("SimultaneousRecordingWith", ["(none)"]):
        partner = root / uri.removeprefix("bids::")
        mine = f"bids::{header.relative_to(root).as_posix()}"
        if not partner.is_file() or not partner.with_suffix(".json").is_file():
            problems.append(f"{sidecar}: the partner's recording {uri} does not exist")
            continue
        theirs = json.loads(partner.with_suffix(".json").read_text(encoding="utf-8"))
        if mine not in theirs.get("SimultaneousRecordingWith", []):
            problems.append(f"{sidecar}: {uri} does not name this recording as its partner")
        if about["Hyperscanning"]["Role"] == "client":
            begin, end = read_clock(sidecar).to_reference([0.0, about["RecordingDuration"]])
            if min(end, theirs["RecordingDuration"]) <= max(begin, 0.0):
                problems.append(
                    f"{sidecar}: has no instant in common with {uri}. Check the pair in the study's tables."
                )
    channels = len(_tsv(channels_file))
    samples = round(about["RecordingDuration"] * about["SamplingFrequency"])
    data = header.with_suffix(".eeg")
    expected = channels * samples * 4  # float32
    if not data.is_file() or data.stat().st_size != expected:
        held = data.stat().st_size if data.is_file() else 0
        problems.append(f"{data}: {held} bytes instead of {expected}. Remove it and run again.")
    return problems


def _tsv(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, sep="\t", dtype=str, keep_default_na=False)
