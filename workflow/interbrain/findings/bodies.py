"""Coordination of other signals: is it above chance, does it differ between groups, does it go with scores?

By the rules of synchrony, on tables of the same shape, and corrected over all measures of a study (Holm). A
measure that its calibration does not allow to be a main result gets no verdict.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

import numpy as np
import pandas as pd

from interbrain.coordination.registry import MEASURES, named_in
from interbrain.statistics.correlations import holm

from .against_zero import Asked, judge_family
from .evidence import evidence_on_a_factor, evidence_on_a_score
from .factors import effect_of, judge_factor, p_of
from .form import Evidence, Finding, missing, rows_of
from .scores import judge_score
from .therapists import deciding

SHARED_COURSE = (
    "a course of the session that both members share, in how much they move, looks like coordination: see "
    "the comparison with strangers"
)
ABOVE_CHANCE, ABOVE_STRANGERS = "_above_chance", "_above_pseudo"
# The tables of coordination under the names that those of synchrony have.
LIKE = ("anova", "contrasts", "permutation", "equivalence", "spread", "therapists", "correlations")
Tables = Mapping[str, pd.DataFrame]


def judge_coordination(
    tables: Tables,
    between: Sequence[str],
    scores: Sequence[str],
    strangers: bool = True,
    kinds: Mapping[str, str] = MappingProxyType({}),
) -> list[Finding]:
    """Judge coordination of a study's signals itself, then by each factor and with each score.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        ``signalpresence`` and the others of `tables.signal_statistics`; those that a study does not have may
        be left out.
    between, scores : sequence of str
    strangers : bool
        Whether the study compares its signals with those of strangers.
    kinds : mapping of str to str
        What each signal is, such as ``motion``, by its name; one that is not named is what its name says.
    """
    presence = tables.get("signalpresence")
    if presence is None or presence.empty:
        return []
    measures = [name for name in dict.fromkeys(presence["measure"]) if name.endswith(ABOVE_CHANCE)]
    cautions = {name: _caution_of_column(name, kinds) for name in measures}
    found = judge_family([_against_zero(presence, name, strangers, cautions[name]) for name in measures])
    own = {name: table for name in LIKE if (table := tables.get(f"signal{name}")) is not None}
    for factor in between if len(own.get("anova", ())) else ():
        found += _by_factor(own, cautions, factor)
    for score in scores if len(own.get("correlations", ())) else ():
        found += _with_score(own, cautions, score)
    return found


def caution_of(measure: str, kind: str = "") -> str:
    """Why a measure of coordination, of that kind of signal, may be no main result; empty where it may."""
    known = MEASURES.get(measure)
    if known is None or known.is_headline_of(kind):
        return ""
    if known.headline:
        return SHARED_COURSE
    return known.caution or "its chance level is not right in every situation that was simulated"


def _caution_of_column(column: str, kinds: Mapping[str, str]) -> str:
    signal, measure, _ = named_in(column) or ("", "", "")
    return caution_of(measure, kinds.get(signal, signal))


def _against_zero(presence: pd.DataFrame, column: str, strangers: bool, caution: str) -> Asked:
    signal, measure, _ = named_in(column) or (column, "", "")
    others = presence[presence["measure"] == f"{signal}_{measure}{ABOVE_STRANGERS}"]
    others = others[others["unit"] == "dyad"]
    return Asked(
        f"{signal}_{measure}",
        "coordination",
        column,
        Evidence("asked", {"measure": column}),
        presence[presence["measure"] == column],
        others.iloc[0] if len(others) else None,
        strangers,
        below_is_a_fault=not (measure in MEASURES and MEASURES[measure].signed),
        caution=caution,
    )


def _judgeable(cautions: Mapping[str, str]) -> list[str]:
    return [name for name, caution in cautions.items() if not caution]


def _by_factor(own: Tables, cautions: Mapping[str, str], factor: str) -> Iterator[Finding]:
    known = [name for name in _judgeable(cautions) if _p_of_effect(own, name, factor) is not None]
    tables = _corrected_effects(own, known, factor)
    for column in cautions:
        found = judge_factor(tables, factor, [column], of_brains=False)
        found = replace(found, evidence=tuple(evidence_on_a_factor(own, found, [column])))
        about = {"effect": factor}
        found = _allowed(found, cautions[column])
        yield _named(found, column, f"by {factor}", "coordination by factor", about, len(known))


def _with_score(own: Tables, cautions: Mapping[str, str], score: str) -> Iterator[Finding]:
    table = own["correlations"]
    rows = table[(table["questionnaire"] == score) & table["r"].notna()]
    known = [name for name in _judgeable(cautions) if name in set(rows["measure"])]
    tables = _corrected_correlations(own, known, score)
    about = {"questionnaire": score}
    for column in cautions:
        found = judge_score(tables, score, [column], of_brains=False)
        found = replace(found, evidence=tuple(evidence_on_a_score(own, found, [column])))
        found = _allowed(found, cautions[column])
        yield _named(found, column, f"with {score}", "coordination with score", about, len(known))


def _allowed(found: Finding, caution: str) -> Finding:
    """The finding; without a verdict where the calibration of its measure allows none."""
    if found.verdict == "untested" or not caution:
        return found
    return replace(found, verdict="uncalibrated", claims=(), reservations=(), reason=caution)


def _named(
    found: Finding, column: str, of: str, question: str, about: Mapping[str, str], size: int
) -> Finding:
    """A finding of one measure under its own name."""
    signal, measure, _ = named_in(column) or (column, "", "")
    told = [Evidence("asked", {"measure": column, **about})]
    if found.verdict != "untested":
        told += [Evidence("family", {"n": size}), *found.evidence]
    return replace(
        found,
        hypothesis=f"{signal}_{measure} {of}",
        question=question,
        evidence=tuple(told),
    )


def _p_of_effect(tables: Tables, measure: str, factor: str) -> float | None:
    """The p by which an effect is judged: over therapists where these decide."""
    over = deciding(tables, measure, factor)
    if len(over) and not missing(over["p"].iloc[0]):
        return float(over["p"].iloc[0])
    row = effect_of(tables, measure, factor)
    return None if row is None or missing(row["F"]) else float(p_of(row))


def _corrected_effects(tables: Tables, known: Sequence[str], factor: str) -> dict[str, pd.DataFrame]:
    """The tables with a factor's p corrected over measures (Holm); a pair's p is not below its factor's."""
    changed = {name: table.copy() for name, table in tables.items()}
    p = [p for name in known if (p := _p_of_effect(tables, name, factor)) is not None]
    for measure, corrected in zip(known, holm(p), strict=True):
        for name, column, columns in (
            ("anova", "effect", ("p", "p_gg")),
            ("contrasts", "effect", ("p_holm",)),
            ("therapists", "tested", ("p", "p_holm")),
        ):
            table = changed.get(name)
            if table is None or table.empty:
                continue
            own = (table["measure"] == measure) & (table[column] == factor)
            for one in columns:
                numbers = table[one].astype(float)
                table[one] = numbers.where(~own | numbers.isna(), np.maximum(numbers, corrected))
    return changed


def _corrected_correlations(tables: Tables, known: Sequence[str], score: str) -> dict[str, pd.DataFrame]:
    """The tables with Holm's correction over measures of the p of a score's correlations."""
    changed = {name: table.copy() for name, table in tables.items()}
    over = rows_of(tables, "therapists", tested=score, decides="yes")
    p = []
    for measure in known:
        rows = rows_of(tables, "correlations", questionnaire=score, measure=measure)
        deciders = over[over["measure"] == measure] if len(over) else over
        decided = len(deciders) and not missing(deciders["p_holm"].iloc[0])
        p.append(float((deciders if decided else rows)["p_holm"].iloc[0]))
    for measure, corrected in zip(known, holm(p), strict=True):
        for name, column in (("correlations", "questionnaire"), ("therapists", "tested")):
            table = changed.get(name)
            if table is not None and len(table):
                own = (table["measure"] == measure) & (table[column] == score)
                table.loc[own & table["p_holm"].notna(), "p_holm"] = corrected
    return changed
