"""When a run was made, how long it took and what each stage of it cost: `results/run.json`.

Beside the report and not on it, whose bytes are the same whenever it is made.
"""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd


def stages(logs: Path) -> pd.DataFrame:
    """What the jobs of each rule took together, the dearest first: all on which the results rest.

    Parameters
    ----------
    logs : Path
        The folder in which each job left its `.cost.tsv`, from whichever run.

    Returns
    -------
    stages : DataFrame
        rule; jobs; cpu_seconds and seconds (of all jobs together); longest_seconds; max_memory_mb.
    """
    # Plain lines: a large study has tens of thousands of these files, each a heading and one row.
    lines = (file.read_text(encoding="utf-8").splitlines() for file in sorted(logs.rglob("*.cost.tsv")))
    rows = [dict(zip(*(line.split("\t") for line in two), strict=True)) for two in lines if len(two) == 2]
    if not rows:
        return pd.DataFrame(columns=["rule", "jobs", *_TOGETHER])
    costs = pd.DataFrame(rows).astype(dict.fromkeys(("seconds", "cpu_seconds", "max_memory_mb"), float))
    together = costs.groupby("rule", as_index=False).agg(jobs=("rule", "size"), **_TOGETHER)
    return together.sort_values(["cpu_seconds", "rule"], ascending=[False, True], ignore_index=True)


_TOGETHER = {
    "cpu_seconds": ("cpu_seconds", "sum"),
    "seconds": ("seconds", "sum"),
    "longest_seconds": ("seconds", "max"),
    "max_memory_mb": ("max_memory_mb", "max"),
}


def write_run(
    file: Path, logs: Path, *, begun: float, ended: float, cores: int, jobs: int, disk_bytes: int
) -> dict:
    """Write the account of a run that has just ended; times are in UTC.

    Parameters
    ----------
    begun, ended : float
        Seconds since 1970.
    cores, jobs : int
        With how many, and how many jobs this run had to do; the stages count those of earlier runs too.
    disk_bytes : int
        Of the dataset and the results, without raw files.
    """
    account = {
        "begun": _utc(begun),
        "ended": _utc(ended),
        "seconds": round(ended - begun, 1),
        "cores": cores,
        "jobs": jobs,
        "disk_bytes": disk_bytes,
        "stages": stages(logs).round(2).to_dict("records"),
    }
    part = file.with_name(f".{file.name}.part")
    part.write_text(json.dumps(account, indent=1), encoding="utf-8")
    os.replace(part, file)
    return account


def _utc(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
