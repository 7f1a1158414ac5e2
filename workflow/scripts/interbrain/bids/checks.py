"""Is the dataset what it says? The official validator, and the checks that it does not make.

Reads the dataset only; repairs nothing.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Collection
from pathlib import Path

import pandas as pd

SEVERE = "error"
# Recommended, but a number that a study which did not measure it can only invent: reported, not warned of.
NOT_MEASURED = {"HeadCircumference"}


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
        errors, warnings (counts), messages (one text an issue), not_measured (recommended sidecar keys that
        only a measurement could fill), validator_version.

    Raises
    ------
    RuntimeError
        If the validator itself failed.
    """
    beside_python = Path(sys.executable).parent / "bids-validator-deno"
    program = str(beside_python) if beside_python.is_file() else shutil.which("bids-validator-deno")
    if program is None:
        raise RuntimeError("bids-validator-deno is not installed; `make demo` installs what requirements.lock names")
    done = subprocess.run(
        [program, "--format", "json", "--outfile", str(full_output), str(bids_root)],
        capture_output=True,
        text=True,
    )
    if done.returncode not in (0, 16) or not Path(full_output).is_file():
        raise RuntimeError(f"the BIDS validator failed (exit {done.returncode}): {done.stderr.strip()[-500:]}")
    said = json.loads(Path(full_output).read_text(encoding="utf-8"))
    every = said["issues"]["issues"]
    issues = [i for i in every if i.get("subCode") not in NOT_MEASURED or i["code"] != "SIDECAR_KEY_RECOMMENDED"]
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
        "not_measured": sorted({i["subCode"] for i in every} & NOT_MEASURED) if len(every) > len(issues) else [],
        "validator_version": said.get("summary", {}).get("schemaVersion", "unknown"),
    }
    return summary


def own_checks(bids_root: Path, participants: Collection[str]) -> list[str]:
    """What the official validator does not notice.

    Partner URIs resolve both ways; data files are complete; folders, participants.tsv and phenotype agree
    with the study; both members' recordings overlap in time.

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
    listed = set(_tsv(root / "participants.tsv")["participant_id"])
    for extra in sorted(folders - wanted):
        problems.append(f"{root / extra}: not in the study any more. Remove that folder and run again.")
    for person in sorted(wanted - folders):
        problems.append(f"{root / person}: no such folder, though the study has this person")
    for person in sorted(listed ^ wanted):
        problems.append(f"{root / 'participants.tsv'}: {person} is not in both this table and the study")
    for table in sorted((root / "phenotype").glob("*.tsv")):
        for stranger in sorted(set(_tsv(table)["participant_id"]) - listed):
            problems.append(f"{table}: {stranger} is not in participants.tsv")
    for sidecar in sorted(root.glob("sub-*/ses-*/eeg/*_eeg.json")):
        problems += _check_recording(root, sidecar)
    return problems


def _check_recording(root: Path, sidecar: Path) -> list[str]:
    about = json.loads(sidecar.read_text(encoding="utf-8"))
    header = sidecar.with_suffix(".vhdr")
    problems = []
    for uri in about.get("SimultaneousRecordingWith", ["(none)"]):
        partner = root / uri.removeprefix("bids::")
        mine = f"bids::{header.relative_to(root).as_posix()}"
        if not partner.is_file():
            problems.append(f"{sidecar}: the partner's recording {uri} does not exist")
        elif mine not in json.loads(partner.with_suffix(".json").read_text())["SimultaneousRecordingWith"]:
            problems.append(f"{sidecar}: {uri} does not name this recording as its partner")
    if not header.with_suffix(".vmrk").is_file():
        problems.append(f"{header.with_suffix('.vmrk')}: missing")
    channels = len(_tsv(header.with_name(header.name.replace("_eeg.vhdr", "_channels.tsv"))))
    samples = round(about["RecordingDuration"] * about["SamplingFrequency"])
    data = header.with_suffix(".eeg")
    expected = channels * samples * 4  # float32
    if not data.is_file() or data.stat().st_size != expected:
        held = data.stat().st_size if data.is_file() else 0
        problems.append(f"{data}: {held} bytes instead of {expected}. Remove it and run again.")
    return problems


def _tsv(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, sep="\t", dtype=str, keep_default_na=False)
