"""Synchrony between the channels of one brain, to compare between conditions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from interbrain.epochs import Signal
from interbrain.metrics import roi_mean
from interbrain.metrics.sites import site_rows
from interbrain.reproducibility.seeds import seed_of_content
from interbrain.synchrony.dyad import Synchrony, synchrony
from interbrain.synchrony.members import Bands, at_channels, kept_signals, member_rhythms
from interbrain.synchrony.sites import against_chance


def within_brain_synchrony(
    member: Signal,
    starts_s: Sequence[float],
    *,
    bands: Bands,
    length_s: float,
    out_sfreq: float,
    individual_band: str | None,
    channels: Sequence[str],
    seed: Sequence[int],
    **settings: Any,
) -> dict[str, Synchrony]:
    """Every estimator between the channels of one brain, with circular shifts of its channels as chance.

    Parameters
    ----------
    member, starts_s, bands, length_s, out_sfreq, individual_band
        As of `dyad_synchrony`.
    channels : sequence of str
        The channels that are wanted.
    **settings
        Of `synchrony`.

    Returns
    -------
    found : dict of estimator to Synchrony
        NaN for a channel with itself.
    """
    own = member_rhythms(member, starts_s, bands, length_s, individual_band).bands
    signals = kept_signals(at_channels(member, channels), starts_s, own, length_s, out_sfreq)
    seed = seed_of_content(seed, member.content)
    found = synchrony(signals, signals, starts_s=starts_s, out_sfreq=out_sfreq, seed=seed, **settings)
    itself = np.eye(len(channels), dtype=bool)
    for one in found.values():
        one.value[:, itself] = np.nan
        one.null[:, :, itself] = np.nan
    return found


def within_brain_table(
    found: Mapping[str, Mapping[str, Synchrony]],
    channels: Sequence[str],
    rois: Mapping[str, Sequence[str]],
    bands: Sequence[str],
    about: Mapping,
) -> pd.DataFrame:
    """Synchrony within either brain, within each ROI and between two of them, against chance.

    Parameters
    ----------
    found : mapping role -> estimator -> Synchrony
        Of `synchrony.within_brain_synchrony`.
    """
    names, at = list(rois), site_rows(channels, rois)
    rows = []
    for role, of_member in found.items():
        for i, band in enumerate(bands):
            for one, other in ((a, b) for k, a in enumerate(names) for b in names[k:]):
                where = at[one], at[other]
                for estimator, compared in of_member.items():
                    value, n_pairs = roi_mean(compared.value[:, None][i], *where)
                    against = against_chance(value, roi_mean(compared.null[:, i, None], *where)[0])
                    rows.append(
                        {
                            **about,
                            "role": role,
                            "band": band,
                            "roi": one,
                            "roi_other": other,
                            "estimator": estimator,
                            "value": value[0],
                            **{name: numbers[0] for name, numbers in against.items()},
                            # Within a ROI each pair stands twice among (channel, channel).
                            "n_pairs": n_pairs[0] // 2 if one == other else n_pairs[0],
                            "n_windows": compared.n_windows,
                            "n_shifts": len(compared.null),
                        }
                    )
    return pd.DataFrame(rows)
