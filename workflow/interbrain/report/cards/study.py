"""All cards of a study: whether there is synchrony, then its factors between dyads, then its scores."""

from __future__ import annotations

from interbrain.findings import TABLES, judge_study
from interbrain.report.reading import Results

from .card import Card
from .factors import factor_card
from .presence import presence_cards
from .scores import score_card


def cards(results: Results) -> list[Card]:
    """Synchrony itself, then one card for each factor between dyads and each questionnaire score."""
    _, *found = judge_study(
        {name: results[name] for name in TABLES},
        results.between,
        results.questionnaires,
        results.measures,
        list(results.setting("questionnaires", default={})),
        results.differences,
    )
    n_factors = len(results.between)
    return (
        presence_cards(results)
        + [factor_card(results, one) for one in found[:n_factors]]
        + [score_card(results, one) for one in found[n_factors:]]
    )
