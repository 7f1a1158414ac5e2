"""Curves of dyads against zero: over dyads or therapists, with a band that holds at all lags at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from interbrain.statistics.presence import flipped_t, sign_flips

FEWEST_UNITS = 2
LEVEL = 0.05
ROUNDING = 1e-9


def units_of(wide: pd.DataFrame, therapists: Mapping[str, str]) -> list[tuple[str, pd.DataFrame]]:
    """The dyads' values, and the therapists' means where one of them has several of these dyads."""
    units = [("dyad", wide)]
    of = pd.Series({dyad: therapists[dyad] for dyad in wide.index}, dtype=object)
    if of[wide.notna().any(axis=1)].duplicated().any():
        units.append(("therapist", wide.groupby(of).mean()))
    return units


def band_over_lags(wide: pd.DataFrame, n_max: int, seed: Sequence[int]) -> list[dict]:
    """Mean over units, standard error and a band that holds at all lags at once, a row a lag.

    Parameters
    ----------
    wide : DataFrame
        A row a dyad or therapist, a column a lag.
    n_max, seed
        As `presence.against_zero`.
    """
    values = wide.to_numpy(dtype=float)
    values = values[np.lexsort(np.nan_to_num(values).T)]  # random flips do not depend on the order of dyads
    n = np.isfinite(values).sum(axis=0)
    mean = np.array(
        [column[np.isfinite(column)].mean() if k else np.nan for column, k in zip(values.T, n, strict=True)]
    )
    if len(values) < FEWEST_UNITS:
        said = f"{len(values)} with a curve: no band"
        return [
            {"lag_s": lag, "n": int(k), "mean": m, "note": said}
            for lag, k, m in zip(wide.columns, n, mean, strict=True)
        ]
    flips = sign_flips(len(values), n_max, seed)
    t = flipped_t(values, flips.signs)
    largest = np.fmax.reduce(t, axis=1)
    limit = float(np.quantile(largest, 1 - LEVEL, method="higher"))
    smallest = float(np.mean(largest >= largest.max() * (1 - ROUNDING)))
    about = {"n_flips": flips.n_flips, "exact": "yes" if flips.exact else "no", "smallest_p": smallest}
    said = (
        ""
        if smallest <= LEVEL
        else "so few cannot give a band of 95%: it is as wide as these sign flips allow"
    )
    rows = []
    for number, lag in enumerate(wide.columns):
        own = values[np.isfinite(values[:, number]), number]
        row = {"lag_s": lag, "n": len(own), "mean": mean[number], "note": said} | about
        if np.isfinite(t[0, number]):
            se = own.std(ddof=1) / np.sqrt(len(own))
            row |= {"se": se, "band_low": row["mean"] - limit * se, "band_high": row["mean"] + limit * se}
            row["p_family"] = float(np.mean(largest >= t[0, number] * (1 - ROUNDING)))
        rows.append(row)
    return rows
