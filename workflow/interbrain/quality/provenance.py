"""What produced the results: versions, settings, the raw files' checksums, the state of the code.

Says nothing of the machine: no folder, no name of a user, no clock time. Nor does it name raw files, for the
report carries it to collaborators, and people name files after people: a checksum finds the file.
"""

from __future__ import annotations

import hashlib
import os
import platform
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath
from typing import Any

import interbrain
from interbrain.quality.cautions import recording_cautions, software_cautions
from interbrain.reproducibility.versions import version

PACKAGES = (
    *("snakemake", "mne", "mne-bids", "bids-validator-deno", "numpy", "scipy", "pandas", "pyprep"),
    *("python-picard", "mne-icalabel", "onnxruntime", "autoreject"),
    *("statsmodels", "pingouin", "seaborn", "matplotlib"),
)
OF_SIGNALS = ("neurokit2",)  # only of studies with other signals than the EEG
NO_CHECKOUT = {"commit": "unknown", "code_date": None, "dirty": None}


def code_state(repository: Path) -> dict:
    """Commit of the code, its day, and whether tracked files differ from it; unknown outside a git checkout.

    A lab's edits below config/ are settings, which the provenance holds in full, and not changed code.
    `lock_sha256` is that of the file of pinned versions, unknown where the library came without it.
    """
    lock = Path(repository, "requirements.lock")
    digest = hashlib.sha256(lock.read_bytes()).hexdigest() if lock.is_file() else "unknown"
    return _checkout(repository) | {"lock_sha256": digest}


def _checkout(repository: Path) -> dict:

    def git(*words: str) -> str:
        return subprocess.run(
            ["git", "-C", str(repository), *words],
            capture_output=True,
            text=True,
            check=True,
            env=os.environ | {"TZ": "UTC"},
        ).stdout.strip()

    try:
        if Path(git("rev-parse", "--show-toplevel")).resolve() != Path(repository).resolve():
            return NO_CHECKOUT  # an unpacked archive inside someone else's checkout
        dirty = bool(git("status", "--porcelain", "--untracked-files=no", "--", ".", ":(exclude)config"))
        commit, day = git("show", "--no-patch", "--format=%H %cd", "--date=format-local:%Y-%m-%d").split()
        return {"commit": commit, "code_date": day, "dirty": dirty}
    except (OSError, subprocess.CalledProcessError):
        return NO_CHECKOUT


def provenance(
    conversions: Sequence[Mapping],
    accounts: Sequence[Mapping] = (),
    *,
    config: Mapping,
    code: Mapping,
    simulated: bool,
    warnings: Sequence[Mapping] = (),
) -> dict:
    """Everything a reader needs to repeat the run; no clock time, so that the same run says the same.

    `conversions` and `accounts` are of the same recordings in the same order: `bids.recording.convert` and
    `cleaning.clean`. `warnings` are what the study's tables gave reason to say: where, what, hint.
    """
    return {
        "title": config["title"],
        "version": interbrain.__version__,
        **code,
        "python": platform.python_version(),
        "packages": {
            name: version(name)
            for name in (*PACKAGES, *(OF_SIGNALS if (config.get("tables") or {}).get("signals") else ()))
        },
        "config": _without_folders(config),
        "inputs": [
            {
                **{name: c[name] for name in ("dyad", "time", "role")},
                "kind": PurePath(file["path"]).suffix.lstrip("."),
                "sha256": file["sha256"],
            }
            for c in sorted(conversions, key=lambda c: (c["dyad"], c["run"], c["role"]))
            for file in c["source_files"]
        ],
        "warnings": [dict(warning) for warning in warnings],
        "cautions": recording_cautions(conversions) + software_cautions(conversions, accounts),
        "simulated": simulated,
        "simulation_note": (
            "The recordings were made by Interbrain's simulator with known coupling. No person was recorded."
            if simulated
            else ""
        ),
    }


def _without_folders(setting: Any) -> Any:
    """The setting with absolute paths cut to their last part: where files lie is the lab's own affair."""
    if isinstance(setting, Mapping):
        return {key: _without_folders(value) for key, value in setting.items()}
    if isinstance(setting, list | tuple):
        return [_without_folders(value) for value in setting]
    if isinstance(setting, str):
        for kind in (PurePosixPath, PureWindowsPath):
            if kind(setting).is_absolute():
                return kind(setting).name
    return setting
