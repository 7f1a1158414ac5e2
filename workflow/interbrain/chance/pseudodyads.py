"""Each dyad against people who never met: therapists and clients of other dyads at the same time.

Takes the phases that the dyads' jobs stored and joins them with the room chance; the formulas stand there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from math import ceil
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from interbrain.chance import PseudoDyads, pseudo_dyads, stored_phases, summary
from interbrain.chance.draw import Pairs, Part, in_parts
from interbrain.chance.strangers import CHANCE_SHIFTS, People
from interbrain.metrics import METRICS, roi_mean
from interbrain.metrics.sites import site_channels, site_rows
from interbrain.rhythms.phase import unit_phasors

COMPARED = ["own_above_chance", "pseudo", "pseudo_sd", "above_pseudo", "z_pseudo", "p_pseudo"]


def write_site_phases(
    path: Path, signals: np.ndarray, channels: Sequence[str], rois: Mapping[str, Sequence[str]]
) -> None:
    """Write a member's phases at the ROI channels, int16 (n_bands, n_windows, n_roi_channels, n_times).

    Parameters
    ----------
    signals : array of complex, shape (n_bands, n_windows, n_channels, n_times)
        Of `synchrony.kept_signals`.
    """
    rows = [list(channels).index(channel) for channel in site_channels(rois)]
    np.save(path, stored_phases(unit_phasors(signals[:, :, rows])))


def pseudodyad_table(
    dyads: pd.DataFrame,
    therapists: People,
    clients: People,
    kept: Sequence[Sequence[int]],
    *,
    alike: Sequence[str],
    most: int | None = None,
    seed: Sequence[int] = (0,),
    **settings: Any,
) -> pd.DataFrame:
    """Synchrony above chance of each dyad against that of its members with strangers.

    Parameters
    ----------
    dyads : DataFrame
        dyad, therapist, client and the factors of `alike`; one row a dyad.
    alike, most, seed
        As of `draw.in_parts`: who is paired with whom.
    therapists, clients, kept, settings
        As of `part_table`.

    Returns
    -------
    table : DataFrame
        As of `part_table`.
    """
    (whole,) = in_parts(dyads.to_dict("records"), alike, most, seed)
    return part_table(whole, therapists, clients, kept, **settings)


def part_table(
    part: Part,
    therapists: People,
    clients: People,
    kept: Sequence[Sequence[int]],
    *,
    rois: Mapping[str, Sequence[str]],
    bands: Sequence[str],
    length_s: float,
    min_clean_s: float = 0,
    estimators: Sequence[str] = ("plv",),
) -> pd.DataFrame:
    """Synchrony above chance of each dyad of a part against that of its members with strangers.

    Parameters
    ----------
    part : Part
        Of `draw.in_parts`.
    therapists, clients : sequence of array or function, shape (n_dyads,)
        What `write_site_phases` wrote of each dyad's members, or what opens it; in the order of `part.rows`.
    kept : sequence of sequence of int, shape (n_dyads,)
        Numbers of each dyad's kept windows; those of the same number are paired.
    length_s : float
        Of a window.
    min_clean_s : float
        A dyad that shares less clean time than this is left out: it has no value, and its members are
        nobody's strangers. Two strangers who share less are no pair either.
    estimators : sequence of str
        Names in metrics.METRICS, averaged over time in each window. Those that need amplitudes are left out:
        of strangers only the phases are at hand.

    Returns
    -------
    table : DataFrame
        A row for each estimator, dyad, band and homologous ROI pair. Raw PLV of strangers depends on how
        strong their rhythms are, so every pair, the dyad itself included, is measured above its own chance
        level: the mean over shifts of the client by whole windows. The same bytes however the study is
        divided into parts.
    """
    least = max(1, ceil(min_clean_s / length_s - 1e-9))
    kept = [own if len(own) * length_s >= min_clean_s else () for own in kept]
    places = site_rows(site_channels(rois), rois).values()

    def at_sites(values: np.ndarray) -> np.ndarray:
        return np.stack([roi_mean(values, rows, rows)[0] for rows in places], axis=-1)  # (bands, ROIs)

    tables = []
    for group, name in product(range(len(part.rings)), estimators):
        members = part.members(group)
        if METRICS[name].needs != "phase" or not members:
            continue
        rows, windows = [part.rows[i] for i in members], [kept[i] for i in members]
        pairs = _used(part, group, windows, least)
        needed = np.diag([row["own"] for row in rows])
        needed[pairs.therapist, pairs.client] = True
        found = pseudo_dyads(
            [therapists[i] for i in members],
            [clients[i] for i in members],
            *(windows, windows, needed),
            metric=METRICS[name],
            reduce=at_sites,
            min_windows=least,
            chance_shifts=CHANCE_SHIFTS,
            stretches=[row["stretch"] for row in rows] if part.rings[group] else None,
        )
        table = _against_strangers(found, rows, pairs, bands, list(rois), part.drawn)
        table.insert(1, "estimator", name)
        tables.append(table)
    return in_order(tables, [row["dyad"] for row in part.rows if row["own"]], estimators)


def in_order(tables: Sequence[pd.DataFrame], dyads: Sequence[str], estimators: Sequence[str]) -> pd.DataFrame:
    """Tables of different dyads as one: by estimator, then dyad."""
    table = pd.concat(tables, ignore_index=True)
    places = [{name: i for i, name in enumerate(names)} for names in (estimators, dyads)]
    keys = [table[column].map(place) for column, place in zip(("estimator", "dyad"), places, strict=True)]
    return table.iloc[np.lexsort(keys[::-1])].reset_index(drop=True)


def _used(part: Part, group: int, kept: Sequence[Sequence[int]], least: int) -> Pairs:
    """Whom to compare with: of a draw the first who share enough windows, as many as are asked for."""
    pairs = part.pairs(group)
    if not part.rings[group] or part.most is None:
        return pairs
    there = [set(windows) for windows in kept]
    enough = [len(there[i] & there[k]) >= least for i, k in zip(pairs.therapist, pairs.client, strict=True)]
    pairs = Pairs(*(x[np.array(enough, bool)] for x in pairs))
    rank = np.arange(len(pairs.owner)) - np.searchsorted(pairs.owner, pairs.owner)
    return Pairs(*(x[rank < part.most] for x in pairs))


def _against_strangers(
    found: PseudoDyads,
    dyads: Sequence[Mapping[str, Any]],
    pairs: Pairs,
    bands: Sequence[str],
    rois: Sequence[str],
    drawn: bool,
) -> pd.DataFrame:
    """A row for each own dyad, band and ROI: its value among those of its members with strangers."""
    shape = (len(bands), len(rois))
    values = found.values.reshape(-1, *shape)
    at = np.full((len(dyads), len(dyads)), -1)
    at[found.therapist, found.client] = np.arange(len(values))
    at_pairs = at[pairs.therapist, pairs.client]
    rows = []
    for i, dyad in enumerate(dyads):
        if not dyad["own"]:
            continue
        value = values[at[i, i]] if at[i, i] >= 0 else np.full(shape, np.nan)
        strangers = np.sort(at_pairs[pairs.owner == i])
        null = values[strangers[strangers >= 0]]
        null = null[~np.isnan(null).all(axis=(1, 2))]
        against = summary(value, null)
        counts = {"n_pseudo": len(null)} | ({"n_pseudo_possible": dyad["possible"]} if drawn else {})
        for b, band in enumerate(bands):
            for r, roi in enumerate(rois):
                numbers = (value, against.mean, against.sd, against.above, against.z, against.p)
                compared = dict(zip(COMPARED, (float(v[b, r]) for v in numbers), strict=True))
                rows.append({"dyad": dyad["dyad"], "band": band, "roi": roi, **compared, **counts})
    return pd.DataFrame(rows)
