"""From the dyads' tables of pairs, of channels or of sites, to one array: the mean over times.

A pair that a recording lacks, because a channel is bad or interpolated there, is missing in the dyad's mean:
never 0, and never the mean of the other times.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

PLV = "plv"


@dataclass(frozen=True)
class PairValues:
    """One measure of every pair.

    Attributes
    ----------
    values : array, shape (n_dyads, n_bands * n_therapist * n_client)
    dyads, bands, therapist, client : list of str
        What the axes are; `therapist` and `client` are channels, or sites.
    """

    values: np.ndarray
    dyads: list[str]
    bands: list[str]
    therapist: list[str]
    client: list[str]

    @property
    def n_pairs(self) -> int:
        return self.values.shape[1]


def measures_of_pairs(estimators: Iterable[str], asked: Sequence[str]) -> dict[str, tuple[str, str]]:
    """What can be tested of pairs, and where it stands: measure -> (estimator, column).

    Every estimator above chance, and z against chance where the study asks for it as a measure.
    """
    found = {}
    for estimator in dict.fromkeys(estimators):
        for column in ("above_chance", "z_chance"):
            measure = column if estimator == PLV else f"{estimator}_{column}"
            if column == "above_chance" or measure in asked:
                found[measure] = estimator, column
    return found


def needed_columns(table: pd.DataFrame, ends: tuple[str, str]) -> pd.DataFrame:
    """What `pair_values` needs of a table, a fifth of its memory: the names as categories.

    Parameters
    ----------
    table : DataFrame
        `tables.pair_table`, or `tables.roi_table`, of a recording.
    ends : (str, str)
        Columns of the therapist's and the client's end.
    """
    names = ["estimator", "band", *ends]
    return table[[*names, "above_chance", "z_chance"]].astype(dict.fromkeys(names, "category"))


def pair_values(
    tables: Mapping[tuple[str, str], pd.DataFrame],
    estimator: str,
    column: str,
    ends: tuple[str, str] = ("therapist_channel", "client_channel"),
) -> PairValues:
    """One measure of all dyads.

    Parameters
    ----------
    tables : mapping (dyad, time) -> DataFrame
        `tables.pair_table`, or `tables.roi_table`, of each recording that is used.
    estimator, column : str
    ends : (str, str)
        Columns of the therapist's and the client's end.

    Raises
    ------
    ValueError
        If a table has a pair twice.
    """
    keys = ["band", *ends]
    own = {key: table.loc[table["estimator"] == estimator, [*keys, column]] for key, table in tables.items()}
    labels = [list(dict.fromkeys(name for one in own.values() for name in one[key])) for key in keys]
    shape = tuple(map(len, labels))
    times: dict[str, list] = {}
    for (dyad, time), table in own.items():
        where = [pd.Index(known).get_indexer(table[key]) for known, key in zip(labels, keys, strict=True)]
        places = np.ravel_multi_index(where, shape) if len(table) else np.empty(0, dtype=int)
        if len(np.unique(places)) < len(places):
            raise ValueError(f"The table of pairs of {dyad} at {time} has a pair twice.")
        values = np.full(int(np.prod(shape)), np.nan)
        values[places] = table[column].to_numpy(float)
        times.setdefault(dyad, []).append(values)
    means = [np.mean(of_dyad, axis=0) for of_dyad in times.values()]
    array = np.array(means).reshape(len(times), int(np.prod(shape)))
    array[~np.isfinite(array)] = np.nan
    return PairValues(array, list(times), *labels)
