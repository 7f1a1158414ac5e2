"""Synchrony in each single window of a run, at the recordings' full rate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from interbrain.epochs import Signal
from interbrain.metrics import METRICS, roi_mean
from interbrain.metrics.sites import site_rows
from interbrain.rhythms.phase import unit_phasors
from interbrain.synchrony.members import Bands, at_channels, kept_signals, member_rhythms


def window_synchrony(
    therapist: Signal,
    client: Signal,
    starts_s: Sequence[float],
    *,
    bands: Bands,
    length_s: float,
    individual_band: str | None,
    estimator: str,
    channels: Sequence[str],
) -> np.ndarray:
    """One estimator in each window, at the recordings' full rate: here single windows are the result.

    Parameters
    ----------
    therapist, client, starts_s, bands, length_s, individual_band
        As of `dyad_synchrony`.
    estimator : str
        Name in metrics.METRICS.
    channels : sequence of str
        The channels that are wanted of both.

    Returns
    -------
    values : array, shape (n_bands, n_windows, n_channels, n_channels)
        Therapist by client; NaN where a channel holds no signal of its own.
    """
    signals = []
    for member in (therapist, client):
        own = member_rhythms(member, starts_s, bands, length_s, individual_band).bands
        signals.append(kept_signals(at_channels(member, channels), starts_s, own, length_s, member.sfreq))
    if METRICS[estimator].needs == "phase":
        signals = [unit_phasors(signal) for signal in signals]
    return METRICS[estimator](*signals)


def window_table(
    values: np.ndarray,
    windows: pd.DataFrame,
    channels: Sequence[str],
    rois: Mapping[str, Sequence[str]],
    estimator: str,
    of_the_run: pd.DataFrame,
) -> pd.DataFrame:
    """One estimator in each window for each pair of ROIs, beside the run's chance level.

    Parameters
    ----------
    values : array, shape (n_bands, n_windows, n_channels, n_channels)
        Of `synchrony.window_synchrony`.
    windows : DataFrame
        The ledger's kept rows: window, start_s.
    channels : sequence of str
        Of `values`, the same for both members.
    of_the_run : DataFrame
        `roi_table` of the same run.

    Returns
    -------
    table : DataFrame
        A row for each band, pair of ROIs and window. chance is the run's: the mean over windows and shifts.
    """
    keys = ["band", "roi_therapist", "roi_client", "estimator"]
    run = of_the_run[of_the_run["estimator"] == estimator]
    about = run.iloc[0][["dyad", "time", "run"]].to_dict()
    rows, at = [], site_rows(channels, rois)
    for one, other in ((a, b) for a in rois for b in rois):
        mean, n_pairs = roi_mean(values, at[one], at[other])
        for i, band in enumerate(dict.fromkeys(run["band"])):
            pair = dict(zip(keys, (band, one, other, estimator), strict=True))
            own = {"value": mean[i], "n_pairs": n_pairs[i]}
            rows.append(windows[["window", "start_s"]].assign(**pair, **own))
    table = pd.concat(rows).merge(run[[*keys, "chance"]], on=keys, how="left", validate="many_to_one")
    table["above_chance"] = table["value"] - table["chance"]
    first = [*about, "window", "start_s", *keys, "value", "chance", "above_chance", "n_pairs"]
    order = {v: k for k, v in enumerate([*dict.fromkeys(run["band"]), *rois])}
    table = table.assign(**about)[first]
    return table.sort_values(
        ["band", "roi_therapist", "roi_client", "window"],
        key=lambda c: c.map(order) if c.name != "window" else c,
        ignore_index=True,
    )
