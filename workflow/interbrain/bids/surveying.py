"""What one recording of a BIDS dataset says of itself, as `formats.survey` has it of a raw file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from interbrain.bids.reading import read_described
from interbrain.formats.notes import noted
from interbrain.formats.survey import Further, Survey, survey_raw


def survey_files(
    recording: Path, cap_map: Mapping[str, str] | None, triggers: Mapping, further: Further | None = None
) -> Survey:
    """What a recording of a BIDS dataset holds; see `formats.survey.survey`."""
    with noted() as notes:
        found = read_described(recording, cap_map, triggers.get("channel"))
        named = {"channel": found.trigger} if found.trigger else {}
        told = survey_raw(found.raw, recording, {**triggers, **named}, further=further)
    return replace(told, notes=tuple(notes))
