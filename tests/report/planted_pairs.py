"""The report's inputs with tests of pairs that were really computed, on values with planted pairs."""

import numpy as np
import pandas as pd
from synthetic_tables import write_tables

from interbrain.files.tables import write_table
from interbrain.statistics import channel_pairs as tests_of_pairs
from interbrain.statistics.pair_values import PairValues
from interbrain.tables.channel_pairs import PAIR_CLUSTERS, PAIR_TESTS

CHANNELS, BANDS, SITES = ["F3", "Fz", "F4", "C3", "Cz", "C4"], ["theta", "alpha"], ["frontal", "central"]


def planted(rng, n):
    values = 0.02 * rng.standard_normal((n, 2, 6, 6))
    values[:, 1, 0, 5] += 0.2  # one pair
    values[:, 0, 4, 4] -= 0.2
    values[:, 1, 3:5, 1:5] += 0.024  # a cluster
    values[: n // 2, 0, 1, 1] += 0.3
    return values


def inputs(folder, n=14, change=None, levels=("yes", "no"), names=CHANNELS, **settings):
    """The report's inputs, with tests of pairs that were really computed; `names` are the channels'."""
    paths = write_tables(folder, n_dyads=n, factors={"mindfulness": list(levels)}, **settings)
    dyads = pd.read_csv(paths["aggregated"], sep="\t").drop_duplicates("dyad").set_index("dyad")
    dyads = dyads.sort_values("mindfulness", ascending=False)
    dyads["therapist"] = dyads.index
    rng = np.random.default_rng(5)
    values = planted(rng, n)
    if change:
        change(values)
    sites = 0.02 * rng.standard_normal((n, 2, 2, 2))
    sites[:, 1, 0, 1] += 0.2
    channels, of_sites = (
        PairValues(one.reshape(n, -1), list(dyads.index), BANDS, ends, ends)
        for one, ends in ((values, names), (sites, SITES))
    )
    measured = {"above_chance": channels}, {"above_chance": of_sites}
    factors = {"mindfulness": list(levels)}
    found = tests_of_pairs.channel_pairs(*measured, dyads, factors, (), ["wai_difference"], 2000)
    for key, name, of in (("pairtests", "pairs", PAIR_TESTS), ("pairclusters", "clusters", PAIR_CLUSTERS)):
        paths[key] = folder / f"{key}.tsv"
        write_table(paths[key], found[name], of)
    return paths
