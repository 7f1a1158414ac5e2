"""A member's signal beside its EEG as BIDS has it: `_physio.tsv.gz` with its JSON, on the EEG's clock.

Knows no kind of signal: what the columns are is told by whoever writes.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

DIGITS = 7  # significant: more than any converter of such signals resolves


@dataclass(frozen=True)
class Physio:
    """A `_physio` recording.

    Attributes
    ----------
    values : array, shape (n_columns, n_times)
        NaN where missing.
    columns : list of str
    rate_hz, start_s : float
        Samples a second, and the first sample's time from the first of the EEG recording.
    about : dict
        The whole JSON.
    """

    values: np.ndarray
    columns: list[str]
    rate_hz: float
    start_s: float
    about: dict[str, Any]


def write_physio(
    table: Path,
    values: np.ndarray,
    columns: Mapping[str, Mapping[str, Any]],
    *,
    rate_hz: float,
    start_s: float,
    about: Mapping[str, Any],
) -> None:
    """Write a signal and its sidecar, in the same bytes every time.

    Parameters
    ----------
    table : Path
        Its name ends in _physio.tsv.gz.
    values : array, shape (n_columns, n_times)
    columns : mapping name -> {"Description", "Units"}
    about : mapping
        Further keys of the sidecar.
    """
    table = Path(table)
    table.parent.mkdir(parents=True, exist_ok=True)
    text = "".join("\t".join(map(_cell, row)) + "\n" for row in values.T.tolist())
    with table.open("wb") as file, gzip.GzipFile("", "wb", 6, file, mtime=0) as packed:
        packed.write(text.encode())
    content = {
        "SamplingFrequency": rate_hz,
        "StartTime": round(start_s, 9),
        "Columns": list(columns),
        "Manufacturer": "n/a",
        "ManufacturersModelName": "n/a",
        "SoftwareVersions": "n/a",
        "DeviceSerialNumber": "n/a",
        **about,
        **columns,
    }
    sidecar_of(table).write_text(
        json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n"
    )


def _cell(value: float) -> str:
    return "n/a" if value != value else f"{value:.{DIGITS}g}"


def read_physio(table: Path) -> Physio:
    """Read what `write_physio` wrote."""
    about = json.loads(sidecar_of(table).read_text(encoding="utf-8"))
    columns: Sequence[str] = about["Columns"]
    with gzip.open(table, "rt", encoding="utf-8") as lines:
        rows = [line.rstrip("\n").replace("n/a", "nan").split("\t") for line in lines]
    values = np.array(rows, float).T if rows else np.empty((len(columns), 0))
    return Physio(values, list(columns), float(about["SamplingFrequency"]), float(about["StartTime"]), about)


def sidecar_of(table: Path) -> Path:
    """The JSON beside a `_physio.tsv.gz`."""
    return Path(table).with_name(Path(table).name.removesuffix(".tsv.gz") + ".json")
