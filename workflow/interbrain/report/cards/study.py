"""All cards of a study, a finding each: synchrony itself, its factors between dyads, its scores."""

from __future__ import annotations

from interbrain.findings.form import SYNCHRONY
from interbrain.report.reading import Results

from .card import Card
from .factors import factor_card
from .presence import presence_card
from .scores import score_card


def cards(results: Results) -> list[Card]:
    """A card for each finding; none on synchrony where no dyad could be used."""
    made = []
    for found in results.findings:
        if found.hypothesis == SYNCHRONY:
            made += [presence_card(results, found)] if found.told("against zero") else []
        elif found.hypothesis in results.between:
            made.append(factor_card(results, found))
        else:
            made.append(score_card(results, found))
    return made
