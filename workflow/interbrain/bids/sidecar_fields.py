"""What BIDS asks of the JSON file that describes an EEG recording, and what a dataset's lacks."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from interbrain.bids.inheritance import SIDECAR_ENDING, applicable
from interbrain.words import listed

REQUIRED = ("TaskName", "EEGReference", "SamplingFrequency", "PowerLineFrequency", "SoftwareFilters")


def lacking_in_sidecar(recording: Path, about: Mapping) -> str:
    """What is lacking, in words, where `about` is what `read_sidecar` gives; empty if nothing is."""
    if not about and not applicable(recording, SIDECAR_ENDING):
        return "no eeg.json describes it, neither beside it nor above it in the dataset"
    fields = [name for name in REQUIRED if about.get(name) in (None, "")]
    return f"the eeg.json lacks {listed(fields)}, which BIDS requires" if fields else ""
