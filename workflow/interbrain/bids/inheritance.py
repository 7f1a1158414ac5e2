"""Which files of a BIDS dataset describe a recording: those beside it, and those that it inherits from above.

Finds and merges; what a table means for a recording is its own module's (`channel_table`, `event_table`).
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from interbrain.bids.tsv import text_of
from interbrain.formats import FormatError

LEVELS = re.compile(r"(sub|ses)-.+|eeg", re.IGNORECASE)
TABLE_ENDINGS = ("channels.tsv", "events.tsv")
SIDECAR_ENDING = "eeg.json"
RECORDING_SUFFIXES = (".vhdr", ".edf", ".bdf", ".set")


def applicable(
    recording: Path, ending: str, listing: Callable[[Path], Iterable[str]] = os.listdir
) -> list[list[Path]]:
    """The files that apply to a recording by the inheritance principle of BIDS.

    Parameters
    ----------
    recording : Path
        The data file.
    ending : str
        Suffix and extension: ``channels.tsv``, ``events.tsv``, ``eeg.json``.
    listing : callable, optional
        Names of the files in a folder, for who asks for many recordings.

    Returns
    -------
    files : list of list of Path
        One list for each level that has any (dataset, subject, session, beside the recording), from the top
        down; in each, the file with more entities in its name comes later. A file applies if its name has no
        entity that the recording's lacks, or has otherwise. ``run-01`` is ``run-1``, and case does not count,
        unless the folder has a file or a recording that is spelt so.
    """
    recording = Path(recording)
    own = _entities(recording.name.partition(".")[0].rpartition("_")[0])
    folders = [recording.parent]
    while LEVELS.fullmatch(folders[-1].name) and not (folders[-1] / "dataset_description.json").is_file():
        folders.append(folders[-1].parent)
    beside = set(listing(recording.parent)) if recording.parent.is_dir() else set()
    found = []
    for folder in reversed(folders):
        here, alike = [], []
        for name in listing(folder) if folder.is_dir() else ():
            head = name.removesuffix(ending)
            if not name.endswith(ending) or (head and not head.endswith("_")):
                continue
            entities = _entities(head.removesuffix("_"))
            if set(own.values()).issuperset(entities.values()):
                here.append((len(entities), folder / name))
            elif set(own).issuperset(entities) and not beside & {f"{head}eeg{s}" for s in RECORDING_SUFFIXES}:
                alike.append((set(entities), folder / name))
        exact = [set(_entities(path.name.removesuffix(ending).removesuffix("_"))) for _, path in here]
        here += [(len(entities), path) for entities, path in alike if entities not in exact]
        if here:
            found.append([path for _, path in sorted(here)])
    return found


def describing_names(folder: Path) -> list[str]:
    """Names in a folder of recordings and of files that can describe one: a `listing` of few names."""
    ends = (*TABLE_ENDINGS, SIDECAR_ENDING, *(f"eeg{suffix}" for suffix in RECORDING_SUFFIXES))
    return [name for name in os.listdir(folder) if name.endswith(ends)]


def is_spelt_otherwise(recording: Path, file: Path, ending: str) -> bool:
    """Whether a file that applies to a recording has one of its entities in another spelling."""
    own, told = (
        _entities(name.rpartition("_")[0])
        for name in (recording.name.partition(".")[0], file.name.removesuffix(ending))
    )
    return not set(own.values()).issuperset(told.values())


def _entities(head: str) -> dict[str, str]:
    """The entities of a name in one spelling -> as they are spelt: run-01 is run-1."""
    return {re.sub(r"-0+(?=\d+$)", "-", entity).lower(): entity for entity in head.split("_") if entity}


def describing_files(recording: Path, listing: Callable[[Path], Iterable[str]] = os.listdir) -> list[Path]:
    """Every file that says something of a recording; the recording's own files are not among them."""
    tables = [files[-1][-1] for end in TABLE_ENDINGS if (files := applicable(recording, end, listing))]
    return [*(file for level in applicable(recording, SIDECAR_ENDING, listing) for file in level), *tables]


def table_of(recording: Path, ending: str) -> Path | None:
    """The table that describes a recording: of several, the nearest; tables are never merged.

    Raises
    ------
    FormatError
        Two at one level apply alike.
    """
    levels = applicable(recording, ending)
    if not levels:
        return None
    *others, nearest = levels[-1]
    if others and others[-1].name.count("_") == nearest.name.count("_"):
        raise FormatError(
            f"applies to {Path(recording).name}, and so does {others[-1].name} beside it",
            "Keep one of them, or name it as the recording.",
            where=nearest,
        )
    return nearest


def read_sidecar(recording: Path) -> dict[str, Any]:
    """What the dataset says of a recording in JSON: of each key, the value nearest to the recording.

    Raises
    ------
    FormatError
        A file is no JSON object; or two at one level apply alike and have different values.
    """
    return {key: value for key, (value, _) in _merged(recording).items()}


def source_of(recording: Path, key: str) -> Path:
    """The JSON file that a key of `read_sidecar` comes from."""
    return _merged(recording)[key][1]


def _merged(recording: Path) -> dict[str, tuple[Any, Path]]:
    merged: dict[str, tuple[Any, Path]] = {}
    for level in applicable(recording, SIDECAR_ENDING):
        at_level: dict[str, tuple[Any, Path]] = {}
        for file in level:
            if not os.path.lexists(file):
                continue  # gone since its folder was listed, as what another job writes anew
            for key, value in _json(file).items():
                other = at_level.get(key)
                alike = other is not None and other[1].name.count("_") == file.name.count("_")
                if other is not None and alike and other[0] != value:
                    raise FormatError(
                        f"its {key} is not that of {other[1].name}, which applies to "
                        f"{Path(recording).name} as well",
                        "Keep one of the two.",
                        where=file,
                    )
                at_level[key] = (value, file)
        merged |= at_level
    return merged


def _json(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(text_of(path))
    except (ValueError, RecursionError) as error:
        at = f" in line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        raise FormatError(
            f"is damaged: it is not valid JSON{at}",
            "Correct it, or take it from the dataset again.",
            where=path,
        ) from error
    if not isinstance(content, dict):
        raise FormatError("is not a JSON object ({...})", "Correct it.", where=path)
    return content
