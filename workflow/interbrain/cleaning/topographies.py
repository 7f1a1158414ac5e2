"""The pictures of components' fields that ICLabel looks at, interpolated at all their points at once.

mne-icalabel goes through the 32 x 32 points of every component one by one, which takes as long as half of the
fit. Computes the same numbers to the last digit. Labels nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np


@contextmanager
def interpolated_at_once() -> Iterator[None]:
    """While this lasts, mne-icalabel interpolates with `biharmonic`; where it has changed, with its own."""
    from mne_icalabel.iclabel import _utils, features

    own = getattr(features, "_gdatav4", None)
    if own is None or not hasattr(_utils, "_mergepoints2D"):
        yield
        return
    features._gdatav4 = biharmonic
    try:
        yield
    finally:
        features._gdatav4 = own


def biharmonic(
    x: np.ndarray, y: np.ndarray, values: np.ndarray, at_x: np.ndarray, at_y: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Interpolate by biharmonic splines (Sandwell 1987), as `mne_icalabel.iclabel._utils._gdatav4`.

    Parameters
    ----------
    x, y, values : array, one value a channel
        Places of the channels, and what is interpolated.
    at_x, at_y : array, shape (n_rows, n_columns)

    Returns
    -------
    at_x, at_y, interpolated : array, shape (n_rows, n_columns)
    """
    from mne_icalabel.iclabel._utils import _mergepoints2D

    x, y, values = _mergepoints2D(x, y, values)
    place = np.squeeze(x + 1j * y)
    among = _green(np.abs(np.subtract.outer(place, place)))
    np.fill_diagonal(among, 0)
    weights = np.linalg.lstsq(among, values, rcond=-1)[0]
    distance = np.abs((at_x + 1j * at_y)[:, :, None] - place)  # (rows, columns, channels)
    green = _green(distance)
    green[distance <= 1e-8] = 0
    return at_x, at_y, (green[:, :, None, :] @ weights[:, None])[:, :, 0, 0]


def _green(distance: np.ndarray) -> np.ndarray:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.square(distance) * (np.log(distance) - 1))
