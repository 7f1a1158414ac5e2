"""Main results: groups, effects with what supports them, and questionnaire scores."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pandas as pd

from interbrain import apa
from interbrain.report import words
from interbrain.report.figures import dyads
from interbrain.report.figures.differences import differences
from interbrain.report.figures.scatters import scatters
from interbrain.report.figures.times import over_times
from interbrain.report.reading import Results
from interbrain.report.tables import Table, effects, further_tests, scores, synchrony

from .mediation import mediation
from .numbered import Fold, Numbered


def main_results(page: Numbered) -> dict:
    """What the section holds; figures and tables are numbered in the order in which they are made here."""
    results = page.results
    presence = _presence(page)
    factors = {factor: results.factors.get(factor, []) for factor in results.between}
    groups = page.figure(
        dyads.groups(
            results["dyadmeans"], results["descriptives"], results.measures, factors, results.entering
        )
    )
    bounded = differences(results["equivalence"], results.measures, results.entering.label)
    between = page.figure(bounded) if bounded else None
    lines = over_times(results)
    changes = page.figure(lines) if lines else None
    means = effects.descriptives(results["descriptives"], results.entering)
    descriptives = page.table(means, "descriptives")
    told: set = set()
    return {
        "groups": groups,
        "differences": between,
        "times": changes,
        "descriptives": descriptives,
        "effects": [_effects(page, measure, told) for measure in results.measures],
        "further": [fold for fold in _further(page, told) if fold],
        "scores": [_score(page, name) for name in results.questionnaires],
        "entering": results.entering.sentence,
        **presence,
        **_correlations(page),
        **mediation(page),
    }


def _effects(page: Numbered, measure: str, told: set) -> dict:
    """The effects on one measure, and the lines on them; notes that were `told` stay out."""
    results = page.results
    rows = results["anova"].query("measure == @measure")
    notes = [note for note in _notes(rows) if note not in told]
    told.update(notes)
    # Where nothing could be tested the note stands alone: an empty table would say no more.
    tested = (rows["effect"] != apa.NOT_AVAILABLE).any() or not told
    unequal = results["spread"].query("measure == @measure")
    over_therapists = results["therapists"].query("measure == @measure and roi == 'all'")
    given = results["snr"].query("measure == @measure and band == 'all'")
    return {
        "notes": notes,
        "table": page.table(effects.anova(rows, measure, results.entering), "anova") if tested else None,
        "apa": [
            *_lines(rows, "effect", words.effect),
            *_lines(unequal, "effect", lambda name: f"{words.effect(name)}, allowing for unequal spread"),
            *_lines(over_therapists, "tested", lambda name: f"{words.effect(name)}, over therapists"),
            *_lines_given_snr(given, results),
        ],
    }


def _score(page: Numbered, name: str) -> dict:
    results = page.results
    label = results.questionnaire_label(name)
    drawn = scatters(name, label, results)
    return {"label": label, "about": _about_score(name), "figure": page.figure(drawn)}


def _presence(page: Numbered) -> dict:
    """Synchrony itself against zero."""
    there = page.results["presence"]
    whole = there[(there["roi"] == "all") & (there["band"] == "all")]
    return {
        "presence": page.fold("presence", synchrony.presence(there)),
        "presence_notes": _notes(there),
        "presence_apa": _lines(
            whole, ("measure", "unit"), lambda m, unit: f"{words.measure(m)}, over {unit}s"
        ),
    }


def _correlations(page: Numbered) -> dict:
    results = page.results
    frame = results["correlations"]
    return {
        "correlations": page.table(scores.correlations(frame, results), "correlations"),
        "correlation_apa": _lines(
            frame, ("measure", "roi", "band"), lambda m, r, b: f"{results.entering.label(m)}, {r} {b}"
        )
        + _lines_given_snr(results["snr"].dropna(subset=["r"]), results),
        "correlation_notes": _notes(frame),
        "robustness": page.fold("correlations", scores.robustness(frame, results)),
        "reliability": page.fold("reliability", scores.reliability(results["reliability"], results)),
    }


# What is behind the effects, a folded table each.
FURTHER: dict[str, Callable[..., Table]] = {
    "means": effects.means,
    "contrasts": effects.contrasts,
    "permutation": further_tests.permutation,
    "spread": further_tests.spread,
    "therapists": further_tests.therapists,
    "equivalence": effects.equivalence,
    "mixed": effects.mixed,
    "power": effects.power,
}


def _further(page: Numbered, told: set) -> Iterator[Fold | None]:
    """What is behind the effects, a folded table each; `told` are the notes that were shown."""
    for name, table in FURTHER.items():
        frame = page.results[name]
        new = _new_notes(frame, told, page.results) if "note" in frame else []
        yield page.fold(name, table(frame, page.results), new, _sentences(frame, page.results))
    frame = page.results["snr"]
    yield page.fold("snr", further_tests.snr(frame, page.results), _new_notes(frame, told, page.results))


def _lines(frame: pd.DataFrame, keys: str | Sequence[str], says: Callable[..., str]) -> list[tuple[str, str]]:
    """What each APA line is about, and the line, for those that have one."""
    keys = [keys] if isinstance(keys, str) else list(keys)
    return [
        (says(*(row[key] for key in keys)), row["apa"])
        for row in frame.to_dict("records")
        if not apa.is_missing(row["apa"])
    ]


def _lines_given_snr(frame: pd.DataFrame, results: Results) -> list[tuple[str, str]]:
    """APA lines of the tests with signal-to-noise held constant."""

    def about(measure: str, tested: str, roi: Any, band: Any, a: Any, b: Any) -> str:
        where = "" if apa.is_missing(roi) or roi == "all" else f", {roi} {band}"
        pair = "" if apa.is_missing(a) else f" ({words.spoken(a)} minus {words.spoken(b)})"
        entering = results.entering
        return f"{entering.label(measure)}, {results.term(tested)}{pair}{where}, given {entering.given_snr}"

    given = frame[[not apa.is_missing(one) for one in frame["given"]]]
    return _lines(given, ("measure", "tested", "roi", "band", "level_a", "level_b"), about)


def _about_score(name: str) -> str:
    """How to read a difference of two questionnaires; nothing to say of other scores."""
    if name.endswith("_difference_absolute"):
        return "The size of the difference between the two scores, whoever rates higher."
    if name.endswith("_difference"):
        return "The therapist's score minus the client's: above zero, the therapist rates higher."
    return ""


def _sentences(frame: pd.DataFrame, results: Results) -> list[tuple[str, str]]:
    """What each row's sentence is about, and the sentence, for tables that have one."""
    if "sentence" not in frame:
        return []
    names = [name for name in ("effect", "factor") if name in frame]
    told = []
    for row in frame.to_dict("records"):
        if apa.is_missing(row["sentence"]):
            continue
        levels = [words.spoken(row[name]) for name in ("level_a", "level_b") if name in row]
        pair = f" ({levels[0]} against {levels[1]})" if levels else ""
        told.append(
            (
                f"{words.effect(row[names[0]])}{pair}, {results.entering.label(row['measure'], False)}",
                row["sentence"],
            )
        )
    return told


def _new_notes(frame: pd.DataFrame, told: set, results: Results) -> list[str]:
    """Notes that were not `told` yet, each with what it is about where that is not the whole table."""
    factor = next((name for name in ("effect", "factor") if name in frame), None)
    new = []
    for note in _notes(frame):
        if note in told:
            continue
        told.add(note)
        rows, about = frame[frame["note"] == note], []
        if factor and set(rows[factor]) != set(frame[factor]):
            about.append(words.listed(words.effect(name) for name in dict.fromkeys(rows[factor])))
        if set(rows["measure"]) != set(frame["measure"]):
            about.append(words.listed(map(results.entering.label, dict.fromkeys(rows["measure"]))))
        new.append(f"{', '.join(about)}: {note}" if about else note)
    return new


def _notes(frame: pd.DataFrame) -> list[str]:
    return [note for note in dict.fromkeys(frame["note"]) if not apa.is_missing(note)]
