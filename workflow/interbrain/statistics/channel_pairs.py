"""Which pairs of channels, and of sites, between two brains? Every pair, family-wise by the maximum.

Presence against zero, each factor between dyads and each score, of the mean over times. Exploratory: the a
priori sites are tested elsewhere (`study`). The arithmetic stands in `pair_statistics` and `pair_clusters`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np
import pandas as pd

from interbrain.tables.channel_pairs import PAIR_CLUSTERS, PAIR_TESTS

from . import pair_statistics
from .design import DesignError
from .notes import note, whole_counts
from .pair_clusters import Cluster, clusters, head_neighbours, kept_edges, largest_mass, pair_edges
from .pair_designs import Design, designs
from .pair_values import PairValues
from .permutation import ROUNDING, relabelings, smallest_p
from .presence import sign_flips

LEAST = 4  # dyads that have a pair; of a factor 3 at each level. And half of all dyads, or of the level's.
LEAST_OF_LEVEL = 3
SYNCHRONY = "synchrony"  # what is tested against zero
ABOUT = ["measure", "tested", "level_a", "level_b", "pairs", "unit"]
PLACES = ["band", "therapist_channel", "client_channel", "roi_therapist", "roi_client"]


@dataclass(frozen=True)
class Family:
    """All pairs under the same relabelings.

    Attributes
    ----------
    z, p, p_family : array, shape (n_pairs,)
        NaN where there is no statistic.
    found : list of Cluster
        The largest first.
    p_clusters : array, shape (n_clusters,)
    """

    z: np.ndarray
    p: np.ndarray
    p_family: np.ndarray
    found: list[Cluster]
    p_clusters: np.ndarray


def family(draws: Sequence[Iterable[np.ndarray]], edges: np.ndarray | None = None) -> Family:
    """p of every pair and cluster, alone and family-wise.

    Parameters
    ----------
    draws : sequence of iterables of array, shape (n_in_block, n_pairs)
        Of `pair_statistics`. Of several ways to draw, the largest p counts.
    edges : array of int, shape (2, n_edges), optional
        Neighbouring pairs; without them there are no clusters.

    Notes
    -----
    A relabeling in which a pair has no statistic counts against that pair's own p, and is no member of the
    maximum.
    """
    z: np.ndarray | None = None
    found: list[Cluster] = []
    of_each = []
    for blocks in draws:
        reached, reached_family, reached_mass, n = 0, 0, 0, 0
        for block in blocks:
            if z is None:
                z = block[0].copy()
                found = [] if edges is None else clusters(z, edges)
                observed = np.abs(z) * (1 - ROUNDING)
                masses = np.array([one.mass for one in found]) * (1 - ROUNDING)
            size = np.abs(block)
            reached = reached + np.sum(~(size < observed), axis=0)
            largest = np.fmax.reduce(size, axis=1)
            reached_family = reached_family + np.sum(~(largest[:, None] < observed), axis=0)
            if found and edges is not None:
                reached_mass = reached_mass + np.sum(largest_mass(block, edges)[:, None] >= masses, axis=0)
            n += len(block)
        of_each.append((reached / n, reached_family / n, reached_mass / n * np.ones(len(found))))
    p, p_family, p_clusters = (np.max(parts, axis=0) for parts in zip(*of_each, strict=True))
    if z is None:
        raise ValueError("Nothing was drawn.")
    known = np.isfinite(z)
    return Family(z, np.where(known, p, np.nan), np.where(known, p_family, np.nan), found, p_clusters)


def channel_pairs(
    channels: Mapping[str, PairValues],
    sites: Mapping[str, PairValues],
    dyads: pd.DataFrame,
    between: Mapping[str, Sequence],
    covariates: Sequence[str] = (),
    scores: Sequence[str] = (),
    n_max: int = 10_000,
    seed: Sequence[int] = (0,),
) -> dict[str, pd.DataFrame]:
    """Test every pair of channels and of sites.

    Parameters
    ----------
    channels, sites : mapping measure -> PairValues
        What is zero without synchrony, such as ``above_chance``.
    dyads : DataFrame
        One row a dyad (index): therapist, the factors, covariates and scores.
    between : mapping factor -> its levels, in order
    covariates, scores : sequence of str
    n_max : int
        Sign flips and relabelings at most; all of them where there are no more.
    seed : sequence of int
        Of random ones. The result depends neither on labels nor on the order of dyads, channels and sites.

    Returns
    -------
    dict
        ``pairs``: a row for each measure, test and pair. ``clusters``: a row for each cluster of neighbouring
        pairs of channels.
    """
    pair_rows, cluster_rows = [], []
    for kind, measured in (("channels", channels), ("sites", sites)):
        for measure, values in measured.items():
            edges = None
            if kind == "channels":
                heads = head_neighbours(values.therapist), head_neighbours(values.client)
                edges = pair_edges(*heads, len(values.bands))
            for design in designs(values, dyads, between, covariates, scores):
                about = design.about | {"measure": measure, "pairs": kind}
                rows, found = _tested(design, values, edges, n_max, seed)
                pair_rows.append(_with_places(rows, values, kind).assign(**about))
                cluster_rows += [about | one for one in found]
    empty = pd.DataFrame(columns=PAIR_TESTS.names)
    table = pd.concat(pair_rows, ignore_index=True) if pair_rows else empty
    return {
        "pairs": whole_counts(table.reindex(columns=PAIR_TESTS.names)).astype({"cluster": "Int64"}),
        "clusters": pd.DataFrame(cluster_rows, columns=PAIR_CLUSTERS.names),
    }


def _tested(
    design: Design, values: PairValues, edges: np.ndarray | None, n_max: int, seed: Sequence[int]
) -> tuple[pd.DataFrame, list[dict]]:
    """Rows of all pairs, in their order, and of the clusters; one row that says why where there are none."""
    if design.reason:
        return pd.DataFrame([{"n": len(design.values), "note": design.note}]), []
    known = np.isfinite(design.values)
    n, enough, why = known.sum(axis=0), np.ones(known.shape[1], dtype=bool), ""
    for name, own in design.counted():
        least = max(LEAST if not name else LEAST_OF_LEVEL, ceil(own.sum() / 2))
        enough &= known[own].sum(axis=0) >= least
        why += f" and {least} at {name}" if why else f"{least} {design.unit}s{' at ' + name if name else ''}"
    rows = pd.DataFrame({"n": n, "size": np.nan, "z": np.nan}, index=range(len(n)))
    rows = rows.assign(**design.of_levels())
    rows["note"] = [
        design.note if good else note([f"at least {why} with a value are needed", design.note])
        for good in enough
    ]
    if not enough.any():
        return rows, []
    try:
        draws, about = _draws(design, design.values[:, enough], n_max, seed)
    except DesignError as reason:
        rows["note"] = note([str(reason), design.note])
        return rows, []
    own_edges = None if edges is None else kept_edges(edges, enough)
    judged = family(draws, own_edges)
    times = design.n_comparisons
    columns = np.flatnonzero(enough)
    rows.loc[columns, "z"] = judged.z
    for name in ("p", "p_family"):
        rows.loc[columns, name] = np.minimum(times * getattr(judged, name), 1)
    rows.loc[columns, "size"] = design.sizes(design.values[:, enough])
    for name, value in about.items():
        rows.loc[columns[np.isfinite(judged.z)], name] = value
    for column in columns[~np.isfinite(judged.z)]:
        rows.loc[column, "note"] = note([f"the {design.unit}s do not vary", design.note])
    found = []
    for number, (one, p) in enumerate(zip(judged.found, judged.p_clusters, strict=True), 1):
        own, p = columns[one.pairs], min(times * p, 1)
        rows.loc[own, ["cluster", "p_cluster"]] = number, p
        found.append(_cluster_row(number, own, one.mass, p, rows, values))
    return rows, found


def _draws(design: Design, values: np.ndarray, n_max: int, seed: Sequence[int]) -> tuple[list, dict]:
    """What is drawn for this test, and how much of it."""
    whose = np.arange(len(values)) if design.whose is None else design.whose
    flips = sign_flips(whose.max() + 1, n_max, seed, exact_up_to=int(np.log2(n_max)) + 1)
    signs = flips.signs[:, whose]
    smallest = float(np.mean(np.abs(signs.sum(axis=1, dtype=int)) == len(values)))
    if design.kind == SYNCHRONY:
        about = {"n_flips": flips.n_flips, "exact": "yes" if flips.exact else "no", "smallest_p": smallest}
        return [pair_statistics.against_zero(values, signs)], about
    of_score = design.kind == "score"
    dealt = relabelings(design.score if of_score else design.first, design.strata, None, n_max, seed)
    column = design.score - design.score.mean() if of_score else np.where(design.first, 1.0, -1.0)
    fixed = np.ones((len(values), 1)) if of_score else design.fixed
    about = {
        "n_relabelings": len(dealt.orders),
        "n_flips": flips.n_flips,
        "exact": "yes" if dealt.exact and flips.exact else "no",
        "smallest_p": max(smallest_p(column[:, None], fixed, dealt.orders), smallest),
    }
    if of_score:
        return [
            pair_statistics.correlated(values, design.score, dealt.orders),
            pair_statistics.flipped_correlated(values, design.score, signs),
        ], about
    asked = values, design.first, design.fixed
    return [
        pair_statistics.relabelled(*asked, dealt.orders),
        pair_statistics.flipped_residuals(*asked, signs),
    ], about


def _with_places(rows: pd.DataFrame, values: PairValues, kind: str) -> pd.DataFrame:
    if len(rows) != values.n_pairs:  # the one row of a test that could not be done
        return rows
    places = pd.MultiIndex.from_product([values.bands, values.therapist, values.client]).to_frame(index=False)
    names = PLACES[1:3] if kind == "channels" else PLACES[3:]
    return pd.concat([places.set_axis(["band", *names], axis=1), rows], axis=1)


def _cluster_row(
    number: int, columns: np.ndarray, mass: float, p: float, rows: pd.DataFrame, values: PairValues
) -> dict:
    shape = len(values.bands), len(values.therapist), len(values.client)
    band, therapist, client = np.unravel_index(columns, shape)
    strongest = int(np.argmax(np.abs(rows.loc[columns, "z"].to_numpy())))
    return {
        "band": values.bands[band[0]],
        "cluster": number,
        "n_pairs": len(columns),
        "mass": mass,
        "p_cluster": p,
        "size": float(rows.loc[columns, "size"].mean()),
        "therapist_channel": values.therapist[therapist[strongest]],
        "client_channel": values.client[client[strongest]],
        "therapist_channels": ", ".join(values.therapist[k] for k in np.unique(therapist)),
        "client_channels": ", ".join(values.client[k] for k in np.unique(client)),
    }
