"""One dyad and run in its signals under every choice of how coordination is measured.

Each branch gives what the study would have given with these settings, from the same series and the same seed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from interbrain.coordination.settings import Settings
from interbrain.signals.coordinating import coordination_tables

from .signal_choices import CHOICES


def signal_variants(
    series: pd.DataFrame,
    quality: pd.DataFrame,
    combinations: pd.DataFrame,
    settings: Settings,
    seed: Sequence[int],
) -> pd.DataFrame:
    """Coordination of a dyad and run in each of its signals under every combination of choices.

    Parameters
    ----------
    series, quality, seed
        As `coordinating.coordination_tables`.
    combinations : DataFrame
        Of `signal_choices.signal_combinations`.
    settings : Settings
        The study's own.

    Returns
    -------
    table : DataFrame
        The rows of `coordination_tables` for each combination, with its window_s and lag_s. What cannot be
        computed has a note that says why.
    """
    tables = []
    recorded = list(dict.fromkeys(quality["kind"]))
    for (window_s, lag_s), own in combinations.groupby(["window_s", "lag_s"], sort=False, dropna=False):
        wanted = own.groupby("kind", sort=False)["measure"].agg(list).to_dict()
        measures = {kind: wanted.get(kind, []) for kind in recorded}
        how = with_choices(settings, window_s, lag_s)
        found = coordination_tables(series, quality, measures, how, seed)[0]
        tables.append(found.assign(window_s=window_s, lag_s=lag_s))
    there = [one for one in tables if len(one)]
    return pd.concat(there, ignore_index=True) if there else pd.DataFrame(columns=["kind", *CHOICES])


def with_choices(settings: Settings, window_s: float, lag_s: float) -> Settings:
    """The settings with other windows and lags; NaN leaves the study's own.

    Other windows begin as often as the study's do, and without gaps between them where they are shorter than
    its steps.
    """
    if np.isfinite(window_s) and window_s != settings.window_s:
        settings = replace(settings, window_s=window_s, step_s=min(settings.step_s, window_s))
    return replace(settings, lag_s=lag_s) if np.isfinite(lag_s) else settings
