"""Mean synchrony of each pair of channels over the dyads."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

KEYS = ["band", "therapist_channel", "client_channel"]
MEASURES = ["value", "above_chance"]


def mean_pair_table(pair_tables: Iterable[pd.DataFrame], dyads: Sequence[str]) -> pd.DataFrame:
    """Mean PLV of each channel pair over dyads, each dyad's times averaged first.

    Parameters
    ----------
    pair_tables : iterable of DataFrame
        With a column dyad; the order of bands and channels is kept. Other estimators are left out. Each is
        asked for once, and only its numbers are kept: those of a large study do not fit into memory together.
    """
    wanted = set(dyads)
    places: dict[tuple, int] = {}
    alike: dict[bytes, np.ndarray] = {}  # most recordings have the same pairs in the same order
    times: dict[str, list[tuple[np.ndarray, np.ndarray]]] = {}
    for table in pair_tables:
        own = table[table["dyad"].isin(wanted) & (table["estimator"] == "plv")]
        for dyad, rows in own.groupby("dyad", sort=False):
            pairs = zip(*(rows[key] for key in KEYS), strict=True)
            where = np.array([places.setdefault(pair, len(places)) for pair in pairs], dtype=int)
            where = alike.setdefault(where.tobytes(), where)
            times.setdefault(str(dyad), []).append((where, rows[MEASURES].to_numpy(float)))
    means = np.full((len(times), len(places), len(MEASURES)), np.nan)
    for mean, recordings in zip(means, times.values(), strict=True):
        values = np.full((len(recordings), len(places), len(MEASURES)), np.nan)
        for one, (where, numbers) in zip(values, recordings, strict=True):
            one[where] = numbers
        mean[:] = _mean(values)
    table = pd.DataFrame(_mean(means), columns=["plv", "above_chance"])
    table["n_dyads"] = np.isfinite(means[..., 0]).sum(axis=0)
    for number, key in enumerate(KEYS):
        table.insert(number, key, [pair[number] for pair in places])
    return table


def _mean(values: np.ndarray) -> np.ndarray:
    """Mean of the first axis without what is missing; NaN where all is.

    Summed as pandas sums groups (Kahan), so that the last digit does not depend on which of the two was
    asked; and one at a time, without a copy of them all.
    """
    total = np.zeros(values.shape[1:])
    n, lost = np.zeros(total.shape), np.zeros(total.shape)
    for one in values:
        known = np.isfinite(one)
        n += known
        own = np.where(known, one, 0.0) - lost
        larger = total + own
        lost = np.where(known, larger - total - own, lost)
        total = np.where(known, larger, total)
    return np.divide(total, n, out=np.full(total.shape, np.nan), where=n > 0)
