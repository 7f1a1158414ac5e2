"""What produced the results: versions, settings, the raw files' checksums, the state of the code."""

from __future__ import annotations

import platform
import subprocess
from collections.abc import Mapping, Sequence
from importlib import metadata
from pathlib import Path

import interbrain

PACKAGES = (
    "snakemake mne mne-bids bids-validator-deno numpy scipy pandas pyprep statsmodels pingouin seaborn matplotlib"
).split()


def code_state(repository: Path) -> dict:
    """Commit of the code and whether tracked files differ from it; unknown outside a git checkout."""

    def git(*words: str) -> str:
        return subprocess.run(
            ["git", "-C", str(repository), *words], capture_output=True, text=True, check=True
        ).stdout.strip()

    try:
        dirty = bool(git("status", "--porcelain", "--untracked-files=no"))
        return {"commit": git("rev-parse", "HEAD"), "dirty": dirty}
    except (OSError, subprocess.CalledProcessError):
        return {"commit": "unknown", "dirty": None}


def provenance(
    conversions: Sequence[Mapping], *, config: Mapping, code: Mapping, simulated: bool
) -> dict:
    """Everything a reader needs to repeat the run; no clock time, so that the same run says the same."""
    return {
        "title": config["title"],
        "version": interbrain.__version__,
        **code,
        "python": platform.python_version(),
        "packages": {name: metadata.version(name) for name in PACKAGES},
        "config": dict(config),
        "inputs": [
            {"path": c["source_name"], "sha256": c["source_sha256"]}
            for c in sorted(conversions, key=lambda c: (c["dyad"], c["run"], c["role"]))
        ],
        "simulated": simulated,
        "simulation_note": (
            "The recordings were made by Interbrain's simulator with known coupling. They are not people's data."
            if simulated
            else ""
        ),
    }
