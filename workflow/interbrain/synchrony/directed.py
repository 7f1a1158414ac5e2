"""Who leads: spectral Granger causality between the sites (ROIs) of both members."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pandas as pd

from interbrain.epochs import Signal
from interbrain.metrics.directed import Granger, granger
from interbrain.synchrony.members import Bands, why_band_taken


def directed_coupling(
    therapist: Signal,
    client: Signal,
    starts_s: Sequence[float],
    *,
    bands: Bands,
    length_s: float,
    rois: Mapping[str, Sequence[str]],
    sfreq: float,
) -> dict[tuple[str, str], Granger]:
    """Spectral Granger causality between the mean signals of each pair of ROIs.

    Parameters
    ----------
    therapist, client, starts_s, bands, length_s
        As of `dyad_synchrony`; the signals are the cleaned ones, in no band of their own.
    sfreq : float
        Rate of the model, Hz: twice the lowpass of cleaning, so that the signals fill its spectrum.

    Returns
    -------
    found : dict of (therapist's ROI, client's ROI) to Granger
        a is the therapist, b the client. The model's lags span one cycle of the slowest band.
    """
    order = int(np.ceil(sfreq / min(low for low, _ in bands.values())))
    at_rois = [_roi_windows(member, starts_s, length_s, rois, sfreq) for member in (therapist, client)]
    found = {
        (one, other): granger(at_rois[0][one], at_rois[1][other], sfreq, bands, order)
        for one in rois
        for other in rois
    }
    for i, (name, band) in enumerate(bands.items()):
        if why := why_band_taken((therapist, client), (band, band)):
            found = {pair: _without_band(one, i, f"{name} is n/a: {why}") for pair, one in found.items()}
    for note in dict.fromkeys(one.note for one in found.values() if one.note):
        logging.getLogger(__name__).warning("Granger causality: %s", note)
    return found


def _without_band(found: Granger, i: int, why: str) -> Granger:
    """The same without numbers of the band `i`."""
    arrays = [np.array(v, float) for v in (found.to_b, found.to_a, found.to_b_reversed, found.to_a_reversed)]
    for values in arrays:
        values[i] = np.nan
    to_b, to_a, to_b_reversed, to_a_reversed = arrays
    return replace(
        found,
        to_b=to_b,
        to_a=to_a,
        to_b_reversed=to_b_reversed,
        to_a_reversed=to_a_reversed,
        taken="; ".join(filter(None, [found.taken, why])),
    )


def _roi_windows(
    member: Signal, starts_s: Sequence[float], length_s: float, rois: Mapping, sfreq: float
) -> dict[str, np.ndarray]:
    """Mean over each ROI's own channels, resampled and cut into windows (n_windows, n_times)."""
    from scipy.signal import resample_poly

    ratio = Fraction(sfreq / member.sfreq).limit_denominator(1000)
    first = np.round(np.asarray(starts_s, float) * sfreq).astype(int)
    at = first[:, None] + np.arange(round(length_s * sfreq))
    windows = {}
    for name, channels in rois.items():
        own = [i for i in member.own if member.channels[i] in channels]
        if own:
            mean = resample_poly(member.data[own].mean(axis=0), ratio.numerator, ratio.denominator)
            windows[name] = mean[np.minimum(at, len(mean) - 1)]
        else:
            windows[name] = np.full(at.shape, np.nan)
    return windows


def directed_table(
    found: Mapping[tuple[str, str], Granger], bands: Sequence[str], about: Mapping
) -> pd.DataFrame:
    """Granger causality of each pair of ROIs in both directions; a row for each band and pair.

    Parameters
    ----------
    found : mapping (therapist's ROI, client's ROI) -> Granger
        Of `synchrony.directed_coupling`.
    """
    rows = []
    for i, band in enumerate(bands):
        for (one, other), of_pair in found.items():
            net = of_pair.to_b[i] - of_pair.to_a[i]
            net_reversed = of_pair.to_b_reversed[i] - of_pair.to_a_reversed[i]
            rows.append(
                {
                    **about,
                    "band": band,
                    "roi_therapist": one,
                    "roi_client": other,
                    "therapist_to_client": of_pair.to_b[i],
                    "client_to_therapist": of_pair.to_a[i],
                    "net": net,
                    "net_reversed": net_reversed,
                    "net_above_reversed": net - net_reversed,
                    "without_coupling": of_pair.without_coupling,
                    "order": of_pair.order,
                    "n_windows": of_pair.n_windows,
                    "n_samples": of_pair.n_samples,
                    "n_parameters": of_pair.n_parameters,
                    "note": of_pair.note,
                }
            )
    return pd.DataFrame(rows)
