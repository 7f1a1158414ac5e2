"""All hypotheses of a study: synchrony itself, then its factors between dyads, then its scores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd

from .evidence import evidence_on_a_factor, evidence_on_a_score, evidence_on_synchrony
from .factors import judge_factor
from .form import Finding
from .presence import judge_presence
from .scales import scales_of
from .scores import judge_score

# What is judged from; tables that a study does not have may be left out.
TABLES = (
    *("presence", "anova", "contrasts", "permutation", "equivalence", "correlations", "multiverse"),
    *("snr", "spread", "therapists", "reliability", "lags", "power", "specifications"),
)


def judge_study(
    tables: Mapping[str, pd.DataFrame],
    between: Sequence[str],
    scores: Sequence[str],
    measures: Sequence[str],
    questionnaires: Sequence[str] = (),
    differences: Mapping[str, Sequence[str]] | None = None,
) -> list[Finding]:
    """Judge whether there is synchrony, then every factor and score of a study.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        `TABLES`, as `judge_presence`, `judge_factor` and `judge_score` take them.
    between, scores, measures : sequence of str
        As the config's statistics name them.
    questionnaires : sequence of str
        Keys of the config's questionnaires, by which a score is traced to its scales.
    differences : mapping
        The config's differences of two questionnaires.
    """
    found = judge_presence(tables)
    judged = [replace(found, evidence=tuple(evidence_on_synchrony(tables, found)))]
    for name in between:
        found = judge_factor(tables, name, measures)
        judged.append(replace(found, evidence=tuple(evidence_on_a_factor(tables, found, measures))))
    for name in scores:
        found = judge_score(tables, name, measures, scales_of(name, questionnaires, differences or {}))
        judged.append(replace(found, evidence=tuple(evidence_on_a_score(tables, found, measures))))
    return judged
