"""Each dyad against people who never met: therapists and clients of other dyads at the same time.

Takes the phases that the dyads' jobs stored and joins them with the room chance; the formulas stand there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import ceil
from pathlib import Path

import numpy as np
import pandas as pd

from interbrain.chance import PseudoDyads, are_strangers, pseudo_dyads, stored_phases, summary
from interbrain.chance.strangers import CHANCE_SHIFTS
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
    therapists: Sequence[np.ndarray | Callable[[], np.ndarray]],
    clients: Sequence[np.ndarray | Callable[[], np.ndarray]],
    kept: Sequence[Sequence[int]],
    *,
    rois: Mapping[str, Sequence[str]],
    bands: Sequence[str],
    alike: Sequence[str],
    length_s: float,
    min_clean_s: float = 0,
    estimators: Sequence[str] = ("plv",),
) -> pd.DataFrame:
    """Synchrony above chance of each dyad against that of its members with strangers.

    Parameters
    ----------
    dyads : DataFrame
        dyad, therapist, client and the factors of `alike`; one row a dyad.
    therapists, clients : sequence of array or function, shape (n_dyads,)
        What `write_site_phases` wrote of each dyad's members, or what opens it.
    kept : sequence of sequence of int, shape (n_dyads,)
        Numbers of each dyad's kept windows; those of the same number are paired.
    alike : sequence of str
        Factors in whose levels two dyads must agree before their members are paired.
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
        level: the mean over shifts of the client by whole windows.
    """
    least = max(1, ceil(min_clean_s / length_s - 1e-9))
    kept = [own if len(own) * length_s >= min_clean_s else () for own in kept]
    allowed = are_strangers(dyads["therapist"], dyads["client"], *(dyads[factor] for factor in alike))
    itself = np.eye(len(dyads), dtype=bool)
    places = site_rows(site_channels(rois), rois).values()

    def at_sites(values: np.ndarray) -> np.ndarray:
        return np.stack([roi_mean(values, rows, rows)[0] for rows in places], axis=-1)  # (bands, ROIs)

    tables = []
    for name in (name for name in estimators if METRICS[name].needs == "phase"):
        found = pseudo_dyads(
            *(therapists, clients, kept, kept, allowed | itself),
            metric=METRICS[name],
            reduce=at_sites,
            min_windows=least,
            chance_shifts=CHANCE_SHIFTS,
        )
        table = _against_strangers(found, dyads["dyad"], bands, list(rois))
        table.insert(1, "estimator", name)
        tables.append(table)
    return pd.concat(tables, ignore_index=True)


def _against_strangers(
    found: PseudoDyads, dyads: Sequence[str], bands: Sequence[str], rois: Sequence[str]
) -> pd.DataFrame:
    """A row for each dyad, band and ROI: its value among those of its members with strangers."""
    own = found.therapist == found.client
    shape = (len(bands), len(rois))
    rows = []
    for i, dyad in enumerate(dyads):
        mine = found.values[own & (found.therapist == i)]
        value = mine[0] if len(mine) else np.full(shape, np.nan)
        strangers = ~own & ((found.therapist == i) | (found.client == i))
        null = found.values[strangers].reshape(-1, *shape)
        null = null[~np.isnan(null).all(axis=(1, 2))]
        against = summary(value, null)
        for b, band in enumerate(bands):
            for r, roi in enumerate(rois):
                values = (value, against.mean, against.sd, against.above, against.z, against.p)
                numbers = dict(zip(COMPARED, (float(v[b, r]) for v in values), strict=True))
                rows.append({"dyad": dyad, "band": band, "roi": roi, **numbers, "n_pseudo": len(null)})
    return pd.DataFrame(rows)
