"""The official BIDS validator, and what it says in counts and texts.

Reads the dataset only.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

from interbrain.problems import InterbrainError

SEVERE = "error"
FIRST_FILES = 3  # that are named of each kind
# What only the study could add, and would have to invent if it has not got it: told, not warned of.
FOR_THE_STUDY = {
    (
        "SIDECAR_KEY_RECOMMENDED",
        "HeadCircumference",
    ): "head circumference was not measured (participants table)",
    ("TOO_FEW_AUTHORS", None): "the dataset names fewer than two authors (authors in the config)",
}


class ValidatorError(InterbrainError):
    """The validator is not there, or it failed; what it finds in a dataset is no error."""


def official_validator(bids_root: Path, full_output: Path) -> dict:
    """Run bids-validator-deno; keep all that it says.

    Returns
    -------
    summary : dict
        errors, warnings (counts), kinds (`by_kind`), messages (one text an issue), left_to_the_study
        (what BIDS recommends and only the study could fill), validator_version.

    Raises
    ------
    ValidatorError
        If the validator itself failed.
    """
    beside_python = Path(sys.executable).parent / "bids-validator-deno"
    program = str(beside_python) if beside_python.is_file() else shutil.which("bids-validator-deno")
    if program is None:
        raise ValidatorError(
            "bids-validator-deno is not installed",
            "`make demo`, or `pip install -r requirements.lock`, installs it.",
        )
    Path(full_output).unlink(missing_ok=True)  # of an earlier run: it must not be taken for this one's
    with tempfile.TemporaryDirectory() as cache:
        done = subprocess.run(
            [program, "--format", "json", "--outfile", str(full_output), str(bids_root)],
            # Its runtime would ask its maker for a newer version, and keep a cache in the home folder.
            env=os.environ | {"DENO_NO_UPDATE_CHECK": "1", "DENO_DIR": cache},
            check=False,
            capture_output=True,
            text=True,
        )
    if done.returncode not in (0, 16) or not Path(full_output).is_file():
        raise ValidatorError(
            f"the BIDS validator failed (exit {done.returncode}): {done.stderr.strip()[-500:]}"
        )
    said = in_order(json.loads(Path(full_output).read_text(encoding="utf-8")))
    Path(full_output).write_text(
        json.dumps(said, ensure_ascii=False, separators=(",", ":")), encoding="utf-8"
    )
    every = said["issues"]["issues"]
    issues = [i for i in every if _code(i) not in FOR_THE_STUDY]
    texts = said["issues"].get("codeMessages", {})
    summary = {
        "errors": sum(i["severity"] == SEVERE for i in issues),
        "warnings": sum(i["severity"] == "warning" for i in issues),
        "kinds": by_kind(issues),
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


def by_kind(issues: Sequence[Mapping]) -> list[dict]:
    """Errors and warnings by what they are about: how many, and the first files; the most frequent first."""
    kinds: dict[tuple, list[str]] = {}
    for issue in issues:
        if issue["severity"] in (SEVERE, "warning"):
            key = (issue["severity"], issue["code"], issue.get("subCode", ""))
            kinds.setdefault(key, []).append(issue.get("location", "the dataset"))
    found = [
        {
            **dict(zip(("severity", "code", "about"), key, strict=True)),
            "count": len(places),
            "first_files": sorted(set(places))[:FIRST_FILES],
        }
        for key, places in kinds.items()
    ]
    return sorted(found, key=lambda kind: (kind["severity"], -kind["count"], kind["code"], kind["about"]))


def in_order(said: Any) -> Any:
    """The same with every list sorted: the validator lists files in the order of the disk."""
    if isinstance(said, Mapping):
        return {key: in_order(value) for key, value in said.items()}
    if isinstance(said, list):
        return sorted(map(in_order, said), key=lambda one: json.dumps(one, sort_keys=True))
    return said


def _code(issue: Mapping) -> tuple[str, str | None]:
    return issue["code"], issue.get("subCode")


def _validator_version(said: Mapping) -> str:
    """The program's version, which it does not tell itself, and that of the schema it holds data against."""
    try:
        program = metadata.version("bids-validator-deno")
    except metadata.PackageNotFoundError:
        program = "of unknown version"
    return f"{program} (schema {said.get('summary', {}).get('schemaVersion', 'unknown')})"
