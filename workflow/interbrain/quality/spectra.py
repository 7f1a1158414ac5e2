"""The spectra of a recording's channels become those of the study's sites. For looking, not for deciding."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from interbrain.files.spectra import ChannelSpectra
from interbrain.metrics.sites import site_channels


@dataclass(frozen=True)
class SiteSpectra:
    """Mean spectra over the channels of the sites (ROIs).

    Attributes
    ----------
    frequency_hz : array, shape (n_frequencies,)
    before_db, after_db : array, shape (n_frequencies,)
        dB re 1 uV^2/Hz, average reference: over the good channels; over all where none is good.
    line_noise_db : float or None
        How far the mains stand above their neighbours 2 to 5 Hz away before cleaning, over all channels of
        the sites, dB; None above Nyquist.
    """

    frequency_hz: np.ndarray
    before_db: np.ndarray
    after_db: np.ndarray
    line_noise_db: float | None


def site_spectra(spectra: ChannelSpectra, account: Mapping, rois: Mapping[str, Sequence[str]]) -> SiteSpectra:
    """Mean spectra over the channels of the sites.

    Parameters
    ----------
    spectra : ChannelSpectra
    account : mapping
        `cleaning.clean` of the recording: its bad channels and its mains.
    rois : mapping name -> channels
        Channels of the recording.
    """
    wanted = site_channels(rois)
    own = [channel for channel in wanted if channel not in account["BadChannels"]] or wanted
    order = {str(channel): row for row, channel in enumerate(spectra.channels)}
    rows, every = ([order[channel] for channel in names] for names in (own, wanted))
    before, after = (np.round(_mean_db(power[rows]), 4) for power in (spectra.before, spectra.after))
    return SiteSpectra(
        spectra.frequency_hz,
        before,
        after,
        _line_noise(spectra.frequency_hz, _mean_db(spectra.recorded[every]), account["MainsHz"]),
    )


def _mean_db(power: np.ndarray) -> np.ndarray:
    """Mean over channels of power in V^2/Hz, in dB re 1 uV^2/Hz."""
    return 10 * np.log10(np.maximum(power.mean(axis=0) * 1e12, 1e-12))


def _line_noise(frequency: np.ndarray, db: np.ndarray, mains_hz: float) -> float | None:
    distance = np.abs(frequency - mains_hz)
    if not (distance < 0.6).any():
        return None
    around = (distance >= 2) & (distance <= 5)
    return float(db[distance < 0.6].max() - db[around].mean())


def stack_spectra(conversions: Sequence[Mapping], spectra: Sequence[SiteSpectra]) -> pd.DataFrame:
    """The recordings' spectra, before and after cleaning, in one long table."""
    who = ("participant", "dyad", "role", "time")
    columns = ("frequency_hz", "before_db", "after_db")
    return pd.concat(
        [
            pd.DataFrame(
                {**{name: c[name] for name in who}, **{column: getattr(s, column) for column in columns}}
            )
            for c, s in zip(conversions, spectra, strict=True)
        ],
        ignore_index=True,
    )
