"""The BIDS dataset: one recording's files, the dataset-level tables, and the checks the validator lacks.

BIDS has no section on hyperscanning; what we add stands in extra sidecar keys and columns (docs/bids.md).
"""

from pathlib import Path

from interbrain.problems import InterbrainError


class ConversionError(InterbrainError):
    """A recording that cannot become part of the dataset, said for the person who recorded it."""


def recording_stem(participant: str, dyad: str, task: str, run: int | str) -> str:
    """Path of a recording's files below the dataset, up to the suffix."""
    name = f"sub-{participant}_ses-{dyad}_task-{task}_run-{run}"
    return f"sub-{participant}/ses-{dyad}/eeg/{name}"


def sidecar(recording: Path, ending: str) -> Path:
    """Path of the file beside a recording that describes it: eeg.json, channels.tsv, events.tsv."""
    return recording.with_name(recording.stem.removesuffix("_eeg") + f"_{ending}")
