"""The sections of the page, in order."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from interbrain.report.reading import Results
from interbrain.report.trust.warnings import warnings

from . import choices, effects, recordings, reproduce, synchrony
from .glance import glance
from .moments import has_moments, moments
from .numbered import Numbered


@dataclass(frozen=True)
class Section:
    """One section: its fragment name, heading, number and whatever its block of the template needs.

    One that was not asked for has its heading and number only.
    """

    name: str
    heading: str
    number: int
    content: dict | None


def sections(results: Results, folder: Path, only: Collection[str] = ()) -> list[Section]:
    """All sections in order, with links from the folder in which the page will be.

    Figures come before the warnings, which name those that are missing. With the names of some sections in
    `only`, the others are not made, but for the warnings.
    """
    page = Numbered(results, folder)
    has_lags = "lagcurves" in results.tables
    has_pairs = len(results["pairtests"]) > 0
    wanted = [
        ("people", "Who is in the data", recordings.people),
        ("quality", "Data quality", recordings.quality),
        ("results", "Main results", effects.main_results),
        ("maps", "Inter-brain maps", synchrony.maps),
        *([("pairs", "Which pairs of channels?", synchrony.pairs)] if has_pairs else []),
        ("chance", "Better than chance?", synchrony.chance),
        *([("simultaneous", "Simultaneous, or coupled?", synchrony.simultaneous)] if has_lags else []),
        *([("moments", "Bodies and moments", moments)] if has_moments(results) else []),
        ("choices", "Other analysis choices", choices.choices),
        ("methods", "Methods to paste", reproduce.methods),
        ("reproduce", "Reproduce and download", reproduce.reproduce),
    ]
    built = [
        (name, heading, make(page) if not only or name in only else None) for name, heading, make in wanted
    ]
    cautions = warnings(results, page.absent)
    built = [
        ("glance", "At a glance", glance(results, cautions) if not only or "glance" in only else None),
        *built,
        ("warnings", "Warnings", {"cautions": cautions}),
    ]
    return [
        Section(name, heading, number, content) for number, (name, heading, content) in enumerate(built, 1)
    ]
