"""What BIDS asks of the JSON file that describes an EEG recording, and what a dataset's lacks."""

from __future__ import annotations

from pathlib import Path

from interbrain.bids.inheritance import SIDECAR_ENDING, applicable, read_sidecar
from interbrain.words import listed

REQUIRED = ("TaskName", "EEGReference", "SamplingFrequency", "PowerLineFrequency", "SoftwareFilters")


def lacking_in_sidecar(recording: Path) -> str:
    """What is lacking, in words; empty if nothing is.

    Raises
    ------
    FormatError
        A file is damaged.
    """
    if not applicable(recording, SIDECAR_ENDING):
        return "no eeg.json describes it, neither beside it nor above it in the dataset"
    told = read_sidecar(recording)
    fields = [name for name in REQUIRED if told.get(name) in (None, "")]
    return f"its eeg.json lacks {listed(fields)}, which BIDS requires" if fields else ""
