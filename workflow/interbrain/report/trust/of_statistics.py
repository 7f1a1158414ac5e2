"""What the notes of the tests give reason to say, each once, with a next step."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from interbrain import apa
from interbrain.report import words
from interbrain.report.reading import Results
from interbrain.statistics.notes import sentences_of
from interbrain.statistics.unmeasured import NOBODY

from .states import Caution

EFFECTS = "effects"


def about_tests(results: Results) -> Iterator[Caution]:
    """What the notes of tests say, each sentence once, with all tests and measures of which it is said."""
    said: dict[tuple[str, bool], dict[str, list[str]]] = {}
    for name in ("anova", "correlations"):
        for row in results[name].itertuples():
            about = results.questionnaire_label(row.questionnaire) if name == "correlations" else EFFECTS
            if apa.is_missing(row.note):
                continue
            tested = not pd.isna(row.F if name == "anova" else row.r)
            for sentence in sentences_of(str(row.note)):
                measures = said.setdefault((sentence, tested), {}).setdefault(about, [])
                measures.append(results.entering.label(row.measure))
    for (sentence, tested), tests in said.items():
        named = dict.fromkeys(m for own in tests.values() for m in own if m.lower() != "n/a")
        where = f" ({words.listed(named)})" if named else ""
        scores = [one for one in tests if one != EFFECTS]
        few = len(scores) < results["correlations"]["questionnaire"].nunique()
        kinds = [EFFECTS] * (EFFECTS in tests)
        kinds += [f"correlations{f' with {words.listed(scores)}' if few else ''}"] if scores else []
        called = words.listed(kinds)
        yield Caution(
            called[:1].upper() + called[1:],
            f"{sentence}{where}",
            _next_of_a_note(sentence, tested, results),
        )
    if results["anova"].empty:
        yield Caution(
            "Effects", "The table of effects is empty: nothing was tested.",
            "Check the section statistics of the configuration.",
        )  # fmt: skip
    if results.questionnaires and results["correlations"].empty:
        yield Caution(
            "Correlations",
            "No correlation was computed: the questionnaire table holds no scores for these dyads.",
            "If there are scores, check the questionnaire tables of the configuration, then run again.",
            "note",
        )


def _next_of_a_note(note: str, tested: bool, results: Results) -> str:
    """What to do about a note of a test, by what it says."""
    if not tested:
        return "Draw no conclusion about it; section 2 shows what was left out, and why."
    steps, begins = [], f". {note}"
    if NOBODY in note:
        steps.append("Say in the paper that this was not tested; section 2 shows why the values are missing.")
    if ". without " in begins:
        steps.append("Say in the paper which dyads did not enter, and why.")
    if ". with fewer times" in begins or ". with the values that there are" in begins:
        steps.append("See whether the result holds without these dyads.")
    if "treated as independent" in note:
        allowed = not results["therapists"]["F"].isna().all()
        steps.append(
            "The tests under “Several clients of a therapist” in section 4 allow for it."
            if allowed
            else "See whether the result holds with one dyad of each person."
            if results["aggregated"]["therapist"].nunique() > 1
            else "Say in the paper that the results are of one therapist."
        )
    return " ".join(steps) or "Interpret this result descriptively only."
