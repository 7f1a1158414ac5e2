"""All hypotheses of a study: synchrony itself, by factors, times or tasks, with scores; then others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd

from .bodies import judge_coordination
from .evidence import evidence_on_a_factor, evidence_on_a_score, evidence_on_synchrony
from .factors import judge_factor
from .form import Finding
from .moments import judge_moments
from .presence import judge_presence
from .scales import scales_of
from .scores import judge_score

# What is judged from; tables that a study does not have may be left out.
TABLES = (
    *("presence", "anova", "contrasts", "permutation", "equivalence", "correlations", "multiverse"),
    *("snr", "spread", "therapists", "reliability", "lags", "power", "specifications"),
    *("signalpresence", "signalanova", "signalcontrasts", "signalpermutation", "signalequivalence"),
    *("signalspread", "signaltherapists", "signalcorrelations", "eventlocked", "brainbody"),
)


def judge_study(
    tables: Mapping[str, pd.DataFrame],
    between: Sequence[str],
    scores: Sequence[str],
    measures: Sequence[str],
    questionnaires: Sequence[str] = (),
    differences: Mapping[str, Sequence[str]] | None = None,
    strangers: bool = True,
    kinds: Mapping[str, str] | None = None,
    repeated: str = "",
) -> list[Finding]:
    """Judge whether there is synchrony, then factors, times or tasks, scores, other signals and coded events.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        `TABLES`, as `judge_presence`, `judge_factor`, `judge_score`, `judge_coordination` and `judge_moments`
        take them.
    between, scores, measures : sequence of str
        As the config's statistics name them.
    questionnaires : sequence of str
        Keys of the config's questionnaires, by which a score is traced to its scales.
    differences : mapping
        The config's differences of two questionnaires.
    strangers : bool
        Whether other signals are compared with those of strangers.
    kinds : mapping of str to str
        What each other signal is, such as ``motion``, by its name.
    repeated : str
        ``time`` or ``task`` where the tests compare them within dyads; else empty.
    """
    found = judge_presence(tables)
    told = tuple(evidence_on_synchrony(tables, found))
    judged = [replace(found, evidence=told, question="synchrony")]
    for name in [*between, *([repeated] if repeated else [])]:
        found = judge_factor(tables, name, measures, within=name == repeated)
        told = tuple(evidence_on_a_factor(tables, found, measures))
        judged.append(replace(found, evidence=told, question="factor"))
    for name in scores:
        found = judge_score(tables, name, measures, scales_of(name, questionnaires, differences or {}))
        told = tuple(evidence_on_a_score(tables, found, measures))
        judged.append(replace(found, evidence=told, question="score"))
    of_bodies = judge_coordination(tables, between, scores, strangers, kinds or {})
    return [*judged, *of_bodies, *judge_moments(tables)]
