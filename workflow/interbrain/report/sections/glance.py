"""What a reader sees first: a card for each hypothesis with its figure, and whether to trust the run."""

from __future__ import annotations

from dataclasses import dataclass

from interbrain.findings.correlations import over_therapists
from interbrain.findings.form import CORRECTED, STRANGERS, SYNCHRONY
from interbrain.report import words
from interbrain.report.cards.study import cards
from interbrain.report.figures import Panel, dyads, look, summary
from interbrain.report.reading import Results
from interbrain.report.trust.checks import checks
from interbrain.report.trust.states import Caution

from .moments import in_short, on_page_one


@dataclass(frozen=True)
class Pictured:
    """The small figure of a card, and the key to its shapes."""

    panel: Panel
    key: tuple = ()


def glance(results: Results, cautions: list[Caution]) -> dict:
    made = cards(results)
    judged, further = on_page_one(results)
    return {
        "cards": made,
        "pictures": {card.hypothesis: _picture(results, card.hypothesis) for card in made},
        "checks": checks(results),
        "cautions": cautions,
        "moments": in_short(results),
        "judged": judged,
        "further": further,
    }


def _picture(results: Results, hypothesis: str) -> Pictured | None:
    """One figure of the hypothesis; None where there is nothing to draw."""
    if hypothesis in results.between:
        panel = dyads.decisive_groups(results, hypothesis)
        return Pictured(panel) if panel else None
    if hypothesis == results.repeated:
        return None  # the section of main results has a line for each dyad
    if hypothesis == SYNCHRONY:
        rows, columns, label = (
            results["presence"],
            ("mean", "ci_low", "ci_high"),
            "Mean difference from chance",
        )
        rows, measures = rows[rows["unit"] == "dyad"], [CORRECTED, STRANGERS]
    else:
        rows, columns, label = results["correlations"], ("r", "ci_low", "ci_high"), "Correlation r"
        rows, measures = rows[rows["questionnaire"] == hypothesis], results.measures
        rows = over_therapists({"therapists": results["therapists"]}, hypothesis, rows)
    measures = [measure for measure in measures if (rows["measure"] == measure).any()]
    called = words.measure if hypothesis == SYNCHRONY else results.entering.label
    panel = summary.intervals(hypothesis, rows, columns, measures, label, called)
    return Pictured(panel, look.measure_key(measures, called)) if panel else None
