"""Whether a group of a recording's channels is late: of a second amplifier, or of a wireless part.

What one source sends to two electrodes arrives at both at once, so neighbours on the head differ by no lag.
Judges what `channel_lags` measured, notes it, and changes nothing. Not here: a delay of the whole recording,
which nothing in it shows; lags between two people (`clocks`, room `metrics`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from interbrain.formats.channel_lags import Lags
from interbrain.formats.channels import listed_names
from interbrain.formats.notes import note

# Two channels count as neighbours if so much of their phases agrees at their best lag.
LEAST_ALIKE = 0.3
# A late group: so much later, so many channels and so large a share of them. Amplifiers that sample their
# channels one after another are late by up to a sample from the first channel to the last: 6 ms in the 12
# real recordings at 160 Hz (eegmmidb), without a gap in between.
LEAST_S, FEWEST_LATE, LEAST_LATE = 0.006, 3, 0.1
# Of the neighbours that the gap parts, so many have its lag, above 12 Hz too; of all others, so many have
# none. benchmarks/held_out_timing.py has the shares that are found, and of sound recordings that are named.
FEWEST_ACROSS, AGREE, WITHIN_S, WITHIN_SHARE = 4, 0.8, 0.002, 0.05


@dataclass(frozen=True)
class Late:
    """A group of channels that is later than the others, or earlier.

    Attributes
    ----------
    lag_s : float
        By so much the channels named are later than the others; below zero: earlier.
    names : tuple of str
        The smaller of the two groups.
    """

    lag_s: float
    names: tuple[str, ...]


def note_delays(lags: Lags | None) -> None:
    """Note a group of EEG channels that is later than the others (`late_channels`)."""
    found = late_channels(lags)
    if found is None:
        return
    n, when = len(found.names), "later" if found.lag_s > 0 else "earlier"
    note(
        f"{n} of its EEG channels ({listed_names(found.names, 6)}) are {1000 * abs(found.lag_s):.0f} ms "
        f"{when} than the others, as those of a second amplifier or of a wireless part. The average "
        "reference and the mean of a site then mix two instants. Export the recording with this delay "
        "corrected, or leave these channels out (ignore in the cap map)"
    )


def late_channels(measured: Lags | None) -> Late | None:
    """The EEG channels that are later than the others by one and the same lag; None: there are none.

    Parameters
    ----------
    measured : Lags or None
        `channel_lags.lags_of` the recording.
    """
    if measured is None:
        return None
    names, use = measured.names, measured.alike >= LEAST_ALIKE
    first, second, lag_s = (part[use] for part in (measured.first, measured.second, measured.lag_s))
    late_s = _lateness(first, second, lag_s, measured.alike[use], len(names))
    known = np.isfinite(late_s)
    fewest = max(FEWEST_LATE, int(np.ceil(LEAST_LATE * known.sum())))
    in_order = np.sort(late_s[known])
    gaps = np.diff(in_order)[fewest - 1 : len(in_order) - fewest]
    if not len(gaps) or gaps.max() < LEAST_S:
        return None
    last = fewest - 1 + int(gaps.argmax())
    late = late_s > (in_order[last] + in_order[last + 1]) / 2
    reached = known[first] & known[second]
    across = reached & (late[first] != late[second])
    sign = np.where(late[first], 1, -1)[across]
    if len(sign) < FEWEST_ACROSS:
        return None
    lags = sign * np.stack([lag_s[across], measured.fast_lag_s[use][across]])
    lag = float(np.median(lags[0]))
    agree = (np.abs(lags - lag) <= WITHIN_S + WITHIN_SHARE * abs(lag)).all(axis=0)
    at_once = np.abs(lag_s[reached & ~across]) <= 2 * WITHIN_S
    if lag < LEAST_S or agree.mean() < AGREE or at_once.mean() < AGREE:
        return None
    if 2 * late.sum() > known.sum():
        late, lag = known & ~late, -lag
    return Late(lag, tuple(name for name, is_late in zip(names, late, strict=True) if is_late))


def _lateness(
    first: np.ndarray, second: np.ndarray, lag_s: np.ndarray, alike: np.ndarray, n: int
) -> np.ndarray:
    """By how many s each channel is later than one of them, by the pairs most alike; NaN: unknown."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import breadth_first_order, minimum_spanning_tree

    late_s = np.full(n, np.nan)
    if not len(first):
        return late_s
    tree = minimum_spanning_tree(coo_matrix((1.01 - alike, (first, second)), shape=(n, n)).tocsr())
    lag_of = dict(zip(zip(first, second, strict=True), lag_s, strict=True))
    root = int(np.bincount(np.r_[first, second]).argmax())
    order, before = breadth_first_order(tree, root, directed=False)
    late_s[root] = 0.0
    for i in order[1:]:
        j = before[i]
        late_s[i] = late_s[j] + (lag_of[i, j] if (i, j) in lag_of else -lag_of[j, i])
    return late_s
