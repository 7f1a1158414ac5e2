"""One dyad and run: PLV and amplitude correlation with the client delayed by every lag, at each site.

Coupling shows at zero lag and as far as the band's rhythms remember; what both members share for other
reasons, such as a slow rise and fall, shows at longer lags too. docs/chance-calibration.md has the figures.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import ceil

import numpy as np
import pandas as pd

from interbrain.epochs import Signal
from interbrain.metrics import roi_mean
from interbrain.metrics.lags import lag_curves
from interbrain.metrics.sites import site_channels
from interbrain.rhythms.lines import shared_lines
from interbrain.synchrony.members import (
    Bands,
    at_channels,
    member_rhythms,
    narrow_signals,
    why_band_taken,
)

STEP_S = 0.05


def windows_with_neighbours(kept: Sequence[int], reach_s: float, length_s: float) -> list[int]:
    """The kept windows whose neighbours on both sides are kept too, as far as the lags reach.

    Windows are numbered in order of time, without a space between them; only there is the signal good
    throughout at every lag.
    """
    there, n = set(kept), ceil(reach_s / length_s - 1e-9)
    return [w for w in kept if all(w + k in there for k in range(-n, n + 1))]


def lag_table(
    therapist: Signal,
    client: Signal,
    kept: pd.DataFrame,
    *,
    rois: Mapping[str, Sequence[str]],
    bands: Bands,
    length_s: float,
    out_sfreq: float,
    individual_band: str | None,
    max_s: float,
    min_clean_s: float,
) -> pd.DataFrame:
    """PLV and amplitude envelope correlation at every lag, for each band and homologous pair of sites.

    Parameters
    ----------
    therapist, client : Signal
        Continuous and both on the therapist's clock.
    kept : DataFrame
        The ledger's kept rows: window, start_s.
    bands, length_s, out_sfreq, individual_band
        As of `synchrony.dyad_synchrony`.
    max_s : float
        The largest lag, in both directions.
    min_clean_s : float
        Of windows whose neighbours are kept too; with less there is no curve.

    Returns
    -------
    table : DataFrame
        A row for each band, site, estimator and lag. lag_s is the client's delay: where the curve has its
        peak above 0, the client follows the therapist. NaN with a note where there is no curve. line_hz: a
        narrow line that the spectra of both members have at all ROI channels together.
    """
    whole = int(np.floor(max_s / STEP_S + 1e-9))
    lags = np.unique(np.round(np.arange(-whole, whole + 1) * STEP_S * out_sfreq).astype(int))
    used = windows_with_neighbours(kept["window"].tolist(), max_s, length_s)
    note = None
    if len(used) * length_s < min_clean_s or not used:
        note = (
            f"{len(used) * length_s:g} s in windows whose neighbours are kept too (limit {min_clean_s:g} s)"
        )
    start_of = dict(zip(kept["window"], kept["start_s"], strict=True))
    starts = np.round(np.array([start_of[w] for w in used]) * out_sfreq).astype(int)
    one, other = (at_channels(member, site_channels(rois)) for member in (therapist, client))
    lines = shared_lines(one.data[one.own], other.data[other.own], therapist.sfreq, bands)
    tables, members = [], []
    if note is None:
        about = kept["start_s"], bands, length_s, individual_band
        members = [(one, member_rhythms(one, *about).bands) for one in (therapist, client)]
    own_bands = zip(*(own.values() for _, own in members), strict=True)
    taken = [why_band_taken((one, other), edges) for edges in own_bands]
    for roi, channels in rois.items():
        curves, n_pairs = {}, np.zeros(len(bands), int)
        if note is None:
            signals = []
            for member, own in members:
                site = at_channels(member, channels)
                signals.append(narrow_signals(site, list(own.values()), out_sfreq))
            every = range(len(channels))
            a, b = signals
            for name, of_pairs in lag_curves(a, b, starts, round(length_s * out_sfreq), lags).items():
                curves[name], pairs = roi_mean(of_pairs, every, every)  # (lags, bands)
                n_pairs = pairs[0]
        for name in ("plv", "aec"):
            for i, band in enumerate(bands):
                lacking = note or (None if n_pairs[i] else taken[i] or "no pair of good channels")
                tables.append(
                    pd.DataFrame(
                        {
                            **{"band": band, "roi": roi, "estimator": name, "lag_s": lags / out_sfreq},
                            "value": curves[name][:, i] if name in curves else np.nan,
                            **{"n_pairs": n_pairs[i], "n_windows": len(used)},
                            **{"line_hz": lines[band], "note": lacking},
                        }
                    )
                )
    order = {name: k for k, name in enumerate([*bands, *rois, "plv", "aec"])}
    keys = ["band", "roi", "estimator"]
    table = pd.concat(tables).sort_values(keys, key=lambda c: c.map(order), kind="stable", ignore_index=True)
    return table


def zero_lag(tables: Iterable[pd.DataFrame], far_from_s: float) -> pd.DataFrame:
    """PLV at lag 0 minus its mean at all lags of at least `far_from_s`, in both directions.

    Parameters
    ----------
    tables : iterable of DataFrame
        `lag_table` of each dyad and run, with dyad and time; each is asked for once, and its PLV kept.

    Returns
    -------
    table : DataFrame
        dyad, time, band, roi, zero_lag. Without any dependence on the lag it is 0 on average.
    """
    keys = ["dyad", "time", "band", "roi"]
    curves = [table.loc[table["estimator"] == "plv", [*keys, "lag_s", "value"]] for table in tables]
    if not curves:
        return pd.DataFrame(columns=[*keys, "zero_lag"])
    plv = pd.concat(curves, ignore_index=True)
    far = plv[plv["lag_s"].abs() >= far_from_s - 1e-9].groupby(keys, sort=False)["value"].mean()
    here = plv[plv["lag_s"] == 0].set_index(keys)["value"]
    return (here - far).rename("zero_lag").reset_index()
