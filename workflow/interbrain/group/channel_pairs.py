"""Mean synchrony of each pair of channels over the dyads."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd


def mean_pair_table(pair_tables: Sequence[pd.DataFrame], dyads: Sequence[str]) -> pd.DataFrame:
    """Mean PLV of each channel pair over dyads, each dyad's times averaged first.

    Parameters
    ----------
    pair_tables : sequence of DataFrame
        With a column dyad; the order of bands and channels is kept. Other estimators are left out.
    """
    keys = ["band", "therapist_channel", "client_channel"]
    empty = pd.DataFrame(columns=["estimator", *keys, "dyad", "value", "above_chance"])
    table = pd.concat(pair_tables, ignore_index=True) if pair_tables else empty
    table = table[table["dyad"].isin(list(dyads)) & (table["estimator"] == "plv")]
    table = table.rename(columns={"value": "plv"})
    per_dyad = table.groupby([*keys, "dyad"], sort=False)[["plv", "above_chance"]].mean()
    over = per_dyad.groupby(keys, sort=False)
    result = over.mean()
    result["n_dyads"] = over["plv"].count()
    return result.reset_index()
