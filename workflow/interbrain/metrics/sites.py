"""Channel pairs become sites: the mean over the pairs between two groups of channels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


def site_channels(rois: Mapping[str, Sequence[str]]) -> list[str]:
    """The channels of the sites (ROIs), each once, in the order of the config."""
    return list(dict.fromkeys(channel for names in rois.values() for channel in names))


def site_rows(channels: Sequence[str], rois: Mapping[str, Sequence[str]]) -> dict[str, list[int]]:
    """Where the channels of each site (ROI) are among `channels`."""
    row = {channel: number for number, channel in enumerate(channels)}
    return {site: [row[channel] for channel in names] for site, names in rois.items()}


def roi_mean(values: np.ndarray, rows: ArrayLike, cols: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Mean over the channel pairs between two groups of channels; pairs that are NaN are left out.

    Parameters
    ----------
    values : array, shape (..., n_channels_a, n_channels_b)
    rows, cols : sequence of int
        The channels of the one and the other member.

    Returns
    -------
    mean : array of float64, shape (...)
        NaN where no pair is left.
    n_pairs : array of int, shape (...)
        How many pairs the mean rests on.

    Examples
    --------
    >>> import numpy as np
    >>> mean, n_pairs = roi_mean(np.array([[0.1, 0.2], [np.nan, 0.6]]), [0, 1], [1])
    >>> round(float(mean), 3), int(n_pairs)
    (0.4, 2)
    """
    values = np.asarray(values)
    if values.ndim < 2:
        raise ValueError(f"Channel pairs need shape (..., n_channels_a, n_channels_b), not {values.shape}.")
    rows, cols = np.asarray(rows, dtype=int), np.asarray(cols, dtype=int)
    for chosen, n_channels in zip((rows, cols), values.shape[-2:], strict=True):
        if chosen.ndim != 1 or np.any((chosen < 0) | (chosen >= n_channels)):
            raise ValueError(f"Channels {chosen.tolist()} are not all among the {n_channels} channels.")
    pairs = values[..., rows[:, None], cols]  # (..., n_rows, n_cols)
    used = ~np.isnan(pairs)
    n_pairs = used.sum(axis=(-2, -1))
    with np.errstate(invalid="ignore"):
        return np.where(used, pairs, 0).sum(axis=(-2, -1), dtype=float) / n_pairs, n_pairs
