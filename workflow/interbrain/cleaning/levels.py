"""The electrodes' potentials on either side of what was not measured: brought to one level.

An electrode drifts by millivolts while a recording is paused. A step of this size would ring in every filter,
and make the channel look bad. What is then left out of an analysis is the business of the room `epochs`.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from interbrain.formats.invalid import JOIN, NOT_MEASURED

if TYPE_CHECKING:
    from mne.io import BaseRaw

GAP = "BAD_acq_skip"
LEVEL_S = 0.25  # over which the potential on either side is averaged


def level(raw: BaseRaw) -> None:
    """Take steps of the potential out at gaps, joins and what was not measured, in place, and bridge these.

    Parameters
    ----------
    raw : mne.io.Raw
        Preloaded, without missing values. Signals then run linearly across each stretch, on either side of
        which every channel has the same mean over LEVEL_S. At an end of the recording there is one side
        alone, and its mean is held.
    """
    sfreq, n = raw.info["sfreq"], raw.n_times
    bad, joins = np.zeros(n, bool), np.zeros(n + 1, bool)
    for mark in raw.annotations:
        if mark["description"] in (GAP, JOIN, *NOT_MEASURED):
            begin = mark["onset"] - raw.first_time
            first, last = (int(np.clip(round(t * sfreq), 0, n)) for t in (begin, begin + mark["duration"]))
            bad[first:last] = True
            joins[first] |= mark["description"] == JOIN
    pieces = _pieces(bad, joins)
    if len(pieces) < 1 or (len(pieces) == 1 and not bad.any()):
        return
    reach = max(round(LEVEL_S * sfreq), 1)
    for row in raw._data:
        for (first, last), (begin, end) in pairwise(pieces):
            row[begin:end] += (
                row[max(first, last - reach) : last].mean() - row[begin : min(end, begin + reach)].mean()
            )
        inner = [(last, begin) for (_, last), (begin, _) in pairwise(pieces)]
        for last, begin in inner:
            row[last:begin] = np.linspace(row[last - 1], row[begin], begin - last + 2)[1:-1]
        (first, end), (begin, last) = pieces[0], pieces[-1]
        row[:first] = row[first : min(end, first + reach)].mean()
        row[last:] = row[max(begin, last - reach) : last].mean()


def _pieces(bad: np.ndarray, joins: np.ndarray) -> list[tuple[int, int]]:
    """First sample, and the one after the last, of each stretch that was measured without a join in it."""
    edges = np.flatnonzero(np.diff(bad.astype(np.int8), prepend=1, append=1))
    pieces: list[tuple[int, int]] = []
    for first, last in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        cuts = [first, *(np.flatnonzero(joins[first + 1 : last]) + first + 1).tolist(), last]
        pieces += pairwise(cuts)
    return pieces
