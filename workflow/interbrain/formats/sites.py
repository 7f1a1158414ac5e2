"""Whether channels resemble their neighbours on the head: what swapped or shifted labels contradict.

Judges what `channel_likeness` measured, and says nothing of what to do. Left and right are alike in this
respect.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np

from interbrain.formats.channel_likeness import Likeness
from interbrain.head import electrode_places

WIDTH_M = 0.07
# Right labels fit by .5 to .9, also with an eighth of the channels bad (111 sets of 13 real recordings, 120
# of 40 simulated ones); labels of another cap by .2 at most. Of fewer channels, three bad ones do so.
ENOUGH, LEAST_FIT = 12, 0.4
# Shifted labels fit better by .13 to .6 when moved back, right ones worse by .13 and more.
SHIFTS, BETTER_SHIFTED, BETTER_SHIFTED_OF_FEW, LEAST_SHIFTED = (1, -1, 2, -2), 0.05, 0.25, 0.5
# What two channels gain in one another's places: of one recording at most .3 (with two of 19 channels bad),
# of the mean of three or more .03.
BETTER_SWAPPED, BETTER_SWAPPED_OF_MANY, MANY = 0.45, 0.05, 4
MOST_COMPARED, LEAST_AFTER_SWAP = 128, 0.5


def fit(found: Likeness) -> float:
    """How well the channels resemble each other as their distances say: a correlation over pairs."""
    return _fit(found.matrix, _expected(found.names))


def shift(found: Likeness) -> int:
    """By how many places of the file's order the labels are shifted; 0 if they fit best as they are."""
    near, n = _expected(found.names), len(found.names)
    fits = {}
    for places in SHIFTS:
        order = np.roll(np.arange(n), places)
        fits[places] = _fit(found.matrix, near[np.ix_(order, order)])
    best = max(fits, key=lambda places: fits[places])
    better = BETTER_SHIFTED if n >= ENOUGH else BETTER_SHIFTED_OF_FEW
    stays = fits[best] < LEAST_SHIFTED or fits[best] <= _fit(found.matrix, near) + better
    return 0 if stays else best


def fits_nowhere(found: Likeness) -> bool:
    """Whether the labels are not those of the head's places; never of fewer than twelve channels."""
    return len(found.names) >= ENOUGH and fit(found) < LEAST_FIT


def swapped(found: Sequence[Likeness]) -> tuple[str, str] | None:
    """The two channels that fit best in one another's places; None if none do, or of fewer than twelve.

    Parameters
    ----------
    found : sequence of Likeness
        Recordings with the same channels in the same order, which are averaged.
    """
    names, n = found[0].names, len(found[0].names)
    if not ENOUGH <= n <= MOST_COMPARED:
        return None
    better = BETTER_SWAPPED_OF_MANY if len(found) >= MANY else BETTER_SWAPPED
    matrix, near = np.mean([each.matrix for each in found], axis=0), _expected(names)
    fits, there = np.empty((n, n)), np.ones(n, bool)
    for channel in range(n):
        for place in range(n):
            there[[channel, place]] = False
            x, y = matrix[channel, there], near[place, there]
            x, y = x - x.mean(), y - y.mean()
            fits[channel, place] = x @ y / max(np.sqrt((x @ x) * (y @ y)), 1e-12)
            there[[channel, place]] = True
    gain = fits - np.diag(fits)[:, None]
    gain = np.where(np.minimum(fits, fits.T) < LEAST_AFTER_SWAP, -np.inf, np.minimum(gain, gain.T))
    np.fill_diagonal(gain, -np.inf)
    one, other = np.unravel_index(int(gain.argmax()), gain.shape)
    return (names[one], names[other]) if gain[one, other] > better else None


def _fit(matrix: np.ndarray, near: np.ndarray) -> float:
    pairs = np.triu_indices(len(matrix), 1)
    return float(np.corrcoef(matrix[pairs], near[pairs])[0, 1])


@cache
def _expected(names: tuple[str, ...]) -> np.ndarray:
    """How near each two sites are: 1 at one place."""
    places = np.array([electrode_places()[name] for name in names])
    distance = np.linalg.norm(places[:, None] - places[None], axis=2)
    return np.asarray(np.exp(-(distance**2) / (2 * WIDTH_M**2)))
