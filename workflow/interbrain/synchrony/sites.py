"""Synchrony between channels becomes the tables of a dyad and run: of sites (ROIs) and of channel pairs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from interbrain.chance import summary
from interbrain.metrics import METRICS, roi_mean
from interbrain.metrics.sites import site_rows
from interbrain.synchrony.dyad import Synchrony
from interbrain.synchrony.members import Rhythms
from interbrain.tables.synchrony import CHANNELS


def roi_table(
    found: Mapping[str, Synchrony],
    therapist_channels: Sequence[str],
    client_channels: Sequence[str],
    rois: Mapping[str, Sequence[str]],
    rhythms: Sequence[Rhythms],
    length_s: float,
    about: Mapping,
) -> pd.DataFrame:
    """Synchrony of each pair of ROIs between the brains: the mean over their channel pairs, against chance.

    Parameters
    ----------
    found : mapping estimator -> Synchrony
    rhythms : (Rhythms, Rhythms)
        The therapist's and the client's.
    length_s : float
        Of a window.
    about : mapping
        Leading columns, the same in every row (dyad, time, run).

    Returns
    -------
    table : DataFrame
        A row for each band, pair of ROIs and estimator.
    """
    bands = list(rhythms[0].bands)
    rows = []
    of_therapist, of_client = (
        site_rows(channels, rois) for channels in (therapist_channels, client_channels)
    )
    for one, other in ((a, b) for a in rois for b in rois):
        where = of_therapist[one], of_client[other]
        strength = _strength(rhythms, where, length_s)
        for estimator, synchrony in found.items():
            value, n_pairs = roi_mean(synchrony.value, *where)
            against = against_chance(value, roi_mean(synchrony.null, *where)[0])
            if synchrony.random is not None:
                against |= against_chance(value, roi_mean(synchrony.random, *where)[0], "random")
            for i, band in enumerate(bands):
                rows.append(
                    {
                        **about,
                        "band": band,
                        "roi_therapist": one,
                        "roi_client": other,
                        "estimator": estimator,
                        "value": value[i],
                        **{name: values[i] for name, values in against.items()},
                        "n_pairs": n_pairs[i],
                        "n_windows": synchrony.n_windows,
                        "n_shifts": len(synchrony.null),
                        **{name: values[i] for name, values in strength.items()},
                    }
                )
    order = {v: k for k, v in enumerate([*bands, *rois, *found])}
    return pd.DataFrame(rows).sort_values(
        ["band", "roi_therapist", "roi_client", "estimator"], key=lambda c: c.map(order), ignore_index=True
    )


def _strength(rhythms: Sequence[Rhythms], where: Sequence[Sequence[int]], length_s: float) -> dict:
    """What the value of a pair of ROIs rests on in either member; a column each, a value a band."""
    columns: dict[str, np.ndarray] = {}
    centres = np.array([[sum(edges) / 2 for edges in member.bands.values()] for member in rhythms])
    columns["cycles_per_window"] = centres.mean(axis=0) * length_s
    for role, member, channels in zip(("therapist", "client"), rhythms, where, strict=True):
        for name, values in (("power", member.power), ("snr", member.snr)):
            own = ~np.isnan(values[:, channels])
            sums = np.where(own, values[:, channels], 0).sum(axis=1)
            with np.errstate(invalid="ignore"):
                columns[f"{name}_{role}"] = sums / own.sum(axis=1)
        columns[f"alpha_peak_{role}"] = np.full(len(member.bands), member.peak.hz)
    return columns


def pair_table(
    found: Mapping[str, Synchrony],
    therapist_channels: Sequence[str],
    client_channels: Sequence[str],
    bands: Sequence[str],
) -> pd.DataFrame:
    """Every pair of channels between the brains, against chance; a row for each estimator, band and pair."""
    tables = []
    for estimator, synchrony in found.items():
        index = pd.MultiIndex.from_product(
            [[estimator], list(bands), list(therapist_channels), list(client_channels)],
            names=["estimator", "band", "therapist_channel", "client_channel"],
        )
        columns = {"value": synchrony.value, **against_chance(synchrony.value, synchrony.null)}
        flat = {name: np.ravel(values) for name, values in columns.items()}
        tables.append(pd.DataFrame(flat, index=index).reset_index())
    return pd.concat(tables, ignore_index=True)


def against_chance(value: np.ndarray, null: np.ndarray, name: str = "chance") -> dict[str, np.ndarray]:
    c = summary(value, null)
    return {
        name: c.mean,
        f"{name}_sd": c.sd,
        f"above_{name}": c.above,
        f"z_{name}": c.z,
        f"p_{name}": c.p,
    }


def describe_pairs(estimators: Iterable[str]) -> dict[str, dict[str, str]]:
    """Dictionary entries of `pair_table` if slow estimators have chance levels at ROI channels only."""
    slow = [name for name in estimators if METRICS[name].slow]
    if not slow:
        return {}
    note = f"; of {', '.join(slow)} between ROI channels only, n/a elsewhere (the shifts would take too long)"
    columns = ("chance", "chance_sd", "above_chance", "z_chance", "p_chance")
    return {column: {"Description": f"{CHANNELS[column].description}{note}"} for column in columns}
