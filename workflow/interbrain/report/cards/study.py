"""All cards of a study, a finding each: synchrony itself, its factors, times or tasks, its scores.

What was found on other signals and coded events is in `moments`.
"""

from __future__ import annotations

from dataclasses import replace

from interbrain.findings.form import OF_BRAINS, SYNCHRONY, Finding
from interbrain.report.reading import Results

from .card import Card
from .factors import factor_card
from .presence import presence_card
from .scores import score_card


def cards(results: Results) -> list[Card]:
    """A card for each finding; none on synchrony where no dyad could be used."""
    return [
        replace(_card(results, found), hypothesis=found.hypothesis)
        for found in results.findings
        if found.question in OF_BRAINS and (found.hypothesis != SYNCHRONY or found.told("against zero"))
    ]


def _card(results: Results, found: Finding) -> Card:
    if found.hypothesis == SYNCHRONY:
        return presence_card(results, found)
    return (factor_card if found.question == "factor" else score_card)(results, found)
