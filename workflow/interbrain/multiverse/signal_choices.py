"""The choices behind coordination of a signal: which measure, how long the windows, how large the lags.

Nothing is computed here. A measure is a choice where its chance level allows it to be a study's main result;
one whose definition has no windows or lags does not vary with them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any

import numpy as np
import pandas as pd

from interbrain.coordination.registry import MEASURES
from interbrain.coordination.session import FAMILY_OF

COORDINATION, LEAD = "coordination", "lead"
# Below chance where the others are above: these would say the opposite of them, and nothing of their own.
OPPOSITE = ("complementary", "client_falls", "client_rises")
VARIES_WITH = {"lagged": ("window_s", "lag_s"), "segments": ("lag_s",)}
CHOICES = ("measure", "window_s", "lag_s")


def question_of(measure: str) -> str:
    """What a measure asks: whether there is coordination, or who leads."""
    return LEAD if measure == "wcc_lead" else COORDINATION


def may_be_chosen(measure: str, kind: str = "") -> bool:
    """Whether a measure is a choice of the multiverse, for a kind of recording if one is given."""
    known = MEASURES.get(measure)
    return bool(known and known.is_headline_of(kind) and measure not in OPPOSITE)


def signal_combinations(
    *,
    kinds: Mapping[str, str],
    measures: Mapping[str, Sequence[str]],
    window_s: float,
    lag_s: float,
    further: Mapping[str, Any],
) -> pd.DataFrame:
    """Every combination of the choices of each signal, its own first.

    Parameters
    ----------
    kinds : mapping signal -> kind
        Of all signals of the study, as the table of signals names them.
    measures : mapping signal -> measures
        The study's own.
    window_s, lag_s : float
        The study's own.
    further : mapping
        What the config's `signals: multiverse` adds: window_s, lag_s and measures.

    Returns
    -------
    table : DataFrame
        kind (the signal), question, own (1: the study's own analysis), measure, window_s and lag_s; NaN
        where the measure has none.
    """
    own = {"window_s": float(window_s), "lag_s": float(lag_s)}
    levels = {
        key: list(dict.fromkeys([one, *map(float, further.get(key) or [])])) for key, one in own.items()
    }
    rows = []
    for signal, kind in kinds.items():
        for measure in dict.fromkeys([*measures[signal], *(further.get("measures") or [])]):
            if not may_be_chosen(measure, kind):
                continue
            for chosen in _settings(measure, levels):
                is_own = measure in measures[signal] and all(
                    np.isnan(value) or value == own[key] for key, value in chosen.items()
                )
                about = {"kind": signal, "question": question_of(measure), "own": int(is_own)}
                rows.append(about | {"measure": measure} | chosen)
    return pd.DataFrame(rows, columns=["kind", "question", "own", *CHOICES])


def _settings(measure: str, levels: Mapping[str, Sequence[float]]) -> Iterator[dict[str, float]]:
    varies = VARIES_WITH.get(FAMILY_OF[measure], ())
    for values in product(*(found if key in varies else [np.nan] for key, found in levels.items())):
        yield dict(zip(levels, values, strict=True))
