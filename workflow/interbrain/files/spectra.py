"""Power spectra of every channel of a recording on disk, in full precision."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np


@dataclass(frozen=True)
class ChannelSpectra:
    """What cleaning did to the spectrum of each channel.

    Attributes
    ----------
    frequency_hz : array, shape (n_frequencies,)
    channels : array of str, shape (n_channels,)
    recorded, before, after : array, shape (n_channels, n_frequencies)
        Power in V^2/Hz: with the reference of the recording; with the average reference; after cleaning.
    """

    frequency_hz: np.ndarray
    channels: np.ndarray
    recorded: np.ndarray
    before: np.ndarray
    after: np.ndarray

    def save(self, path: Path) -> None:
        """Write them as one .npz; the same spectra give the same bytes."""
        with Path(path).open("wb") as file:
            np.savez(file, **{field.name: getattr(self, field.name) for field in fields(self)})


def read_spectra(path: Path) -> ChannelSpectra:
    """What `ChannelSpectra.save` wrote."""
    with np.load(path, allow_pickle=False) as stored:
        return ChannelSpectra(**{field.name: stored[field.name] for field in fields(ChannelSpectra)})
