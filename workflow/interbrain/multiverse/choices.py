"""The grid: for each choice its levels, the study's own first, and all their combinations in order.

Nothing is computed here. What a level may be, the room study checks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product

import pandas as pd

# In this order they vary, the last one fastest.
CHOICES = ("reference", "length_s", "bands", "rois", "estimator", "correction", "times")
# What is done about chance, and the column of the dyads' tables that holds it.
CORRECTIONS = {"raw": "value", "above_chance": "above_chance", "z_chance": "z_chance"}
OWN_REFERENCE, OWN_SET = "average", "study"  # names of the study's own levels


def grid(
    *,
    length_s: float,
    bands: Mapping[str, Sequence[float]],
    rois: Mapping[str, Sequence[str]],
    measures: Sequence[str],
    time: str,
    further: Mapping,
) -> dict[str, dict | list]:
    """The levels of every choice, the study's own first, each once.

    Parameters
    ----------
    length_s, bands, rois, measures, time
        The study's own settings.
    further : mapping
        What the config's `multiverse` adds: length_s, reference (name to channels), bands and rois (name to
        a set that takes the place of the study's), estimators, correction, time.

    Returns
    -------
    levels : dict
        A key for each of `CHOICES`. reference, bands and rois: name to setting, no channels for the study's
        own reference; the others: list.

    Notes
    -----
    Of the study's measures, those are its own here that the multiverse computes: above_pseudo is not. Times
    that the study enters as a factor within dyads leave their mean to the comparison between dyads.
    """
    pairs = [pair for measure in measures if (pair := _estimator_and_correction(measure))] or [("plv", "raw")]
    own_time = "mean" if time == "factor" else time
    return {
        "reference": {OWN_REFERENCE: [], **further.get("reference", {})},
        "length_s": list(dict.fromkeys([float(length_s), *map(float, further.get("length_s", []))])),
        "bands": {OWN_SET: dict(bands), **further.get("bands", {})},
        "rois": {OWN_SET: dict(rois), **further.get("rois", {})},
        "estimator": list(dict.fromkeys([*(e for e, _ in pairs), *further.get("estimators", [])])),
        "correction": list(dict.fromkeys([*(c for _, c in pairs), *further.get("correction", [])])),
        "times": list(dict.fromkeys([own_time, *further.get("time", [])])),
    }


def combinations(levels: Mapping[str, Mapping | Sequence], measures: Sequence[str]) -> pd.DataFrame:
    """Every combination of the levels of `grid`: a column for each of `CHOICES`, and own.

    own is 1 where every choice is the study's: a row for each of its measures that the multiverse computes.
    """
    table = pd.DataFrame(product(*(levels[choice] for choice in CHOICES)), columns=list(CHOICES))
    pairs = {pair for measure in measures if (pair := _estimator_and_correction(measure))}
    own = pd.Series([pair in pairs for pair in zip(table["estimator"], table["correction"], strict=True)])
    for choice in ("reference", "length_s", "bands", "rois", "times"):
        own &= table[choice] == next(iter(levels[choice]))
    return table.assign(own=own.astype(int))


def _estimator_and_correction(measure: str) -> tuple[str, str] | None:
    """What a measure of the aggregated dataset is here: plv, z_chance, accorr or accorr_above_chance."""
    if measure.endswith("above_pseudo") or measure.startswith("granger_"):
        return None
    for correction in ("above_chance", "z_chance"):
        if measure == correction:
            return "plv", correction
        if measure.endswith(f"_{correction}"):
            return measure.removesuffix(f"_{correction}"), correction
    return measure, "raw"
