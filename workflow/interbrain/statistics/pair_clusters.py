"""Which pairs of channels are neighbours, and clusters of neighbouring pairs with their mass.

Two pairs are neighbours if they share one member's channel and the other member's two channels are neighbours
on the head. A cluster says that somewhere in it there is something; not at which of its pairs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from interbrain.head import MONTAGE

# A pair enters a cluster if its own two-sided p, as t has it, is below this. Of 1,000 pairs 10 do by chance.
FORMING_P = 0.01
FORMING_Z = 2.5758293035489004


@dataclass(frozen=True)
class Cluster:
    """Neighbouring pairs whose z are beyond the threshold on one side.

    Attributes
    ----------
    pairs : array of int
        Their columns.
    mass : float
        Sum of their \\|z\\|.
    """

    pairs: np.ndarray
    mass: float


def head_neighbours(channels: Sequence[str]) -> np.ndarray:
    """Which channels are neighbours on the head, by Delaunay triangulation of their sites.

    Parameters
    ----------
    channels : sequence of str
        Names of the 10-20 system; one that is not among its sites has no neighbour.

    Returns
    -------
    neighbours : array of bool, shape (n_channels, n_channels)
        None of a channel with itself. With fewer than three sites there are none.
    """
    import mne
    from scipy.spatial import QhullError

    found = np.zeros((len(channels), len(channels)), dtype=bool)
    montage = mne.channels.make_standard_montage(MONTAGE)
    sites = {name.lower(): name for name in montage.ch_names}
    # By name, so that the triangulation of a symmetrical cap does not depend on the order of channels.
    placed = sorted((sites[name.lower()], k) for k, name in enumerate(channels) if name.lower() in sites)
    if len(placed) < 3:
        return found
    info = mne.create_info([name for name, _ in placed], 1.0, "eeg")
    with mne.utils.use_log_level("error"):
        info.set_montage(montage)
        try:
            adjacency, names = mne.channels.find_ch_adjacency(info, "eeg")
        except QhullError:
            return found
    where = np.array([dict(placed)[name] for name in names])
    found[np.ix_(where, where)] = adjacency.toarray() > 0
    np.fill_diagonal(found, False)
    return found


def pair_edges(therapist: np.ndarray, client: np.ndarray, n_bands: int) -> np.ndarray:
    """Neighbouring pairs, each once.

    Parameters
    ----------
    therapist, client : array of bool, shape (n, n)
        Neighbours on either head.
    n_bands : int
        Bands are not neighbours: a cluster is in one.

    Returns
    -------
    edges : array of int, shape (2, n_edges)
        Columns of ravelled (band, therapist's channel, client's channel).
    """
    from mne.stats import combine_adjacency

    n_pairs = len(therapist) * len(client)
    graph = combine_adjacency(therapist.astype(int), client.astype(int)).tocoo()
    once = graph.row < graph.col
    edges = np.stack([graph.row[once], graph.col[once]]).astype(int)
    return np.concatenate([edges + band * n_pairs for band in range(n_bands)], axis=1)


def kept_edges(edges: np.ndarray, kept: np.ndarray) -> np.ndarray:
    """The edges between pairs that are tested, numbered among these.

    Parameters
    ----------
    edges : array of int, shape (2, n_edges)
    kept : array of bool, shape (n_pairs,)
    """
    number = np.cumsum(kept) - 1
    return number[edges[:, kept[edges].all(axis=0)]]


def clusters(z: np.ndarray, edges: np.ndarray) -> list[Cluster]:
    """The clusters of one set of z, shape (n_pairs,); the largest first."""
    _, columns, labels, mass = _joined(z[None], edges)
    found = [Cluster(columns[labels == label], float(one)) for label, one in enumerate(mass)]
    return sorted(found, key=lambda one: -one.mass)


def largest_mass(z: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """Mass of the largest cluster of every row of z, (n_in_block, n_pairs); 0 where there is none."""
    rows, _, labels, mass = _joined(z, edges)
    largest = np.zeros(len(z))
    np.maximum.at(largest, rows, mass[labels])
    return largest


def _joined(z: np.ndarray, edges: np.ndarray) -> tuple:
    """Every pair beyond the threshold: its row, its column, its cluster; and the mass of every cluster."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    side = np.where(np.abs(z) > FORMING_Z, np.sign(z), 0).astype(np.int8)  # 0 where there is no z
    rows, columns = np.nonzero(side)
    number = np.full(z.shape, -1, dtype=np.int32)
    number[rows, columns] = np.arange(len(rows))
    one = side[:, edges[0]]
    row, edge = np.nonzero((one != 0) & (one == side[:, edges[1]]))
    ends = number[row, edges[0][edge]], number[row, edges[1][edge]]
    graph = coo_array((np.ones(len(row), dtype=np.int8), ends), shape=(len(rows), len(rows)))
    labels = connected_components(graph, directed=False)[1] if len(rows) else np.zeros(0, dtype=int)
    return rows, columns, labels, np.bincount(labels, np.abs(z[rows, columns]))
