"""Synchrony in each single window of a run, at the recordings' full rate, beside its own chance level."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from interbrain.chance.repairing import pairings
from interbrain.epochs import Signal
from interbrain.metrics import METRICS, roi_mean
from interbrain.metrics.sites import site_rows
from interbrain.rhythms.phase import unit_phasors
from interbrain.synchrony.members import Bands, at_channels, kept_signals, member_rhythms


def window_signals(
    therapist: Signal,
    client: Signal,
    starts_s: Sequence[float],
    *,
    bands: Bands,
    length_s: float,
    individual_band: str | None,
    estimator: str,
    channels: Sequence[str],
) -> tuple[np.ndarray, np.ndarray]:
    """What an estimator takes of both members in each window, at the recordings' full rate.

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
    therapist, client : array of complex, shape (n_bands, n_windows, n_channels, n_times)
        NaN where a channel holds no signal of its own.
    """
    signals = []
    for member in (therapist, client):
        own = member_rhythms(member, starts_s, bands, length_s, individual_band).bands
        signals.append(kept_signals(at_channels(member, channels), starts_s, own, length_s, member.sfreq))
    if METRICS[estimator].needs == "phase":
        signals = [unit_phasors(signal) for signal in signals]
    return signals[0], signals[1]


def window_synchrony(signals: tuple[np.ndarray, np.ndarray], estimator: str) -> np.ndarray:
    """One estimator in each window: here single windows are the result.

    Returns
    -------
    values : array, shape (n_bands, n_windows, n_channels, n_channels)
        Therapist by client; NaN where a channel holds no signal of its own.
    """
    return METRICS[estimator](*signals)


def window_chance(
    signals: tuple[np.ndarray, np.ndarray],
    starts_s: Sequence[float],
    sites: Sequence[Sequence[int]],
    estimator: str,
    min_shift_s: float,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What each window would give without coupling, from pairs of windows that were not simultaneous.

    Either member alone can raise a window's value by a rhythm that is strong and narrow in that window. Its
    chance level is the mean of the therapist's window with all other windows of the client, plus that of the
    client's window with all others of the therapist, minus the mean of all such pairs.

    Parameters
    ----------
    signals : (array, array)
        Of `window_signals`.
    starts_s : sequence of float
        Of the windows.
    sites : sequence of sequence of int
        The channels of each site, the same for both members.
    estimator : str
    min_shift_s : float
        Windows that begin nearer than this to each other are no such pair.

    Returns
    -------
    mean, sd : array, shape (n_bands, n_windows, n_sites, n_sites)
        Of the mean over channel pairs. The SD is that of the window's pairs around their own chance levels.
        NaN where there are no pairs (sd: only one).
    n_shifts : array of int, shape (n_windows,)
        Windows of the partner that each was paired with: circular shifts by whole windows.
    """
    therapist, client = signals
    starts = np.asarray(starts_s, dtype=float)
    n_windows, n_sites = len(starts), len(sites)
    mean = np.full((len(therapist), n_windows, n_sites, n_sites), np.nan)
    sd = mean.copy()
    far = np.abs(starts[:, None] - starts) >= max(min_shift_s, 1e-9)
    n_shifts = far.sum(axis=1)
    for band in range(len(therapist) if n_windows else 0):  # one at a time, for the memory
        this = slice(band, band + 1)
        paired = np.full((n_sites, n_sites, n_windows, n_windows), np.nan)
        for window, values in pairings(therapist[this], client[this], METRICS[estimator]):
            others = values[0].swapaxes(0, 1)  # (n_windows, n_channels, n_channels)
            for i, one in enumerate(sites):
                for j, other in enumerate(sites):
                    paired[i, j, window] = roi_mean(others, one, other)[0]
        for i in range(n_sites):
            for j in range(n_sites):
                mean[band, :, i, j], sd[band, :, i, j] = _without_coupling(paired[i, j], far)
    return mean, sd, n_shifts


def _without_coupling(paired: np.ndarray, far: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Chance level and spread of each window, from all pairs (therapist's window, client's window)."""
    used = far & np.isfinite(paired)
    filled = np.where(used, paired, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        of_therapist = filled.sum(axis=1) / used.sum(axis=1)
        of_client = filled.sum(axis=0) / used.sum(axis=0)
        every = filled.sum() / used.sum()
        beyond = np.where(used, paired - of_therapist[:, None] - of_client + every, 0.0)
        n = used.sum(axis=1) + used.sum(axis=0)
        spread = np.sqrt(((beyond**2).sum(axis=1) + (beyond**2).sum(axis=0)) / np.where(n > 2, n - 1, np.nan))
    return of_therapist + of_client - every, spread


def window_table(
    values: np.ndarray,
    chance: tuple[np.ndarray, np.ndarray, np.ndarray],
    windows: pd.DataFrame,
    channels: Sequence[str],
    rois: Mapping[str, Sequence[str]],
    estimator: str,
    bands: Sequence[str],
    about: Mapping,
) -> pd.DataFrame:
    """One estimator in each window for each pair of ROIs, beside the window's own chance level.

    Parameters
    ----------
    values : array, shape (n_bands, n_windows, n_channels, n_channels)
        Of `window_synchrony`.
    chance : (array, array, array)
        Of `window_chance`, its sites in the order of `rois`.
    windows : DataFrame
        The ledger's kept rows: window, start_s.
    channels : sequence of str
        Of `values`, the same for both members.
    bands : sequence of str
        In the order of `values`.
    about : mapping
        dyad, time, run.

    Returns
    -------
    table : DataFrame
        A row for each band, pair of ROIs and window.
    """
    mean, sd, n_shifts = chance
    rows, at = [], site_rows(channels, rois)
    for b, band in enumerate(bands):
        for i, one in enumerate(rois):
            for j, other in enumerate(rois):
                value, n_pairs = roi_mean(values[b], at[one], at[other])
                pair = {"band": band, "roi_therapist": one, "roi_client": other, "estimator": estimator}
                own = {"value": value, "chance": mean[b, :, i, j], "chance_sd": sd[b, :, i, j]}
                counts = {"n_pairs": n_pairs, "n_shifts": n_shifts}
                rows.append(windows[["window", "start_s"]].assign(**about, **pair, **own, **counts))
    table = pd.concat(rows, ignore_index=True)
    table["above_chance"] = table["value"] - table["chance"]
    spread = table["chance_sd"].where(table["chance_sd"] > 0)
    table["z_chance"] = table["above_chance"] / spread
    names = ["window", "start_s", "band", "roi_therapist", "roi_client", "estimator", "value"]
    last = ["chance", "chance_sd", "above_chance", "z_chance", "n_pairs", "n_shifts"]
    return table[[*about, *names, *last]]
