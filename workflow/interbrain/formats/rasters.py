"""On which raster the values of EEG channels change, or bend, if on one: measured, and judged in `holds`.

Knows no limit of the note on it: another one is to measure no recording again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from interbrain.formats.channels import LEAST_OF_ONE_KIND
from interbrain.formats.spectrum import excerpts_of

if TYPE_CHECKING:
    from mne.io import BaseRaw

MOST_EXCERPTS, FEWEST_EXCERPTS = 8, 3
# A channel may be held if so many of its steps are 0, or run straight if so many of its bends are: at 1.25
# times the rate it was measured at, and at twice this rate, it is one step in five and one bend in two.
LEAST_HELD, LEAST_STRAIGHT = 0.15, 0.3
# What rounding to steps adds to a bend of a straight line is at most two steps (of floats, such a share of
# the usual bend); what remains must be so many times larger.
BEND_STEPS, BEND_SHARE, CLEARLY = 2.01, 1e-4, 2.0
# Steps of a coarse scale change by one step at a time; those of held samples by several.
FEWEST_STEPS = 3.0
# The instants of change are on a raster of equal intervals, none further from it than so many samples, and at
# so many of its places there is a change.
FURTHEST_SAMPLES, FEWEST_CHANGES, MOST_OF_PLACES = 1.0, 80, 0.7


@dataclass(frozen=True)
class Raster:
    """Channels whose values are often the same as those before, or on a straight line with them.

    Attributes
    ----------
    names : tuple of str
    straight : bool
        The values run straight; else they are the same.
    every : array, shape (n_excerpts,)
        How many samples lie between the instants at which any of them changes, or bends; NaN: these are on
        no raster.
    """

    names: tuple[str, ...]
    straight: bool
    every: np.ndarray


def raster_of(raw: BaseRaw) -> Raster | None:
    """Measure it in up to eight excerpts; None: the values have no raster in any of them.

    Parameters
    ----------
    raw : mne.io.BaseRaw
        With its channels typed and its gaps marked; loaded or not.
    """
    eeg = [i for i, kind in enumerate(raw.get_channel_types()) if kind == "eeg"]
    excerpts = excerpts_of(raw, MOST_EXCERPTS)
    if not eeg or len(excerpts) < FEWEST_EXCERPTS:
        return None
    fewest = min(LEAST_OF_ONE_KIND, len(eeg))
    for straight in (False, True):
        # Of most recordings, one excerpt shows that there is nothing of the kind.
        one = raw.get_data(eeg, *excerpts[len(excerpts) // 2])
        if _changes(one[None], straight)[1].sum() < fewest:
            continue
        values = np.stack([raw.get_data(eeg, start, stop) for start, stop in excerpts])
        changes, chosen = _changes(values, straight)
        if chosen.sum() < fewest:
            continue
        every = np.array([_raster(one, straight) for one in changes])
        if np.isfinite(every).any():
            return Raster(tuple(raw.ch_names[eeg[i]] for i in np.flatnonzero(chosen)), straight, every)
    return None


def _changes(values: np.ndarray, straight: bool) -> tuple[np.ndarray, np.ndarray]:
    """At which samples any of the channels changes, or bends, that may be held; and which these are.

    Parameters
    ----------
    values : array, shape (n_excerpts, n_channels, n_times)

    Returns
    -------
    changes : array of bool, shape (n_excerpts, n_times - 1 or 2)
    chosen : array of bool, shape (n_channels,)
    """
    size = np.nan_to_num(np.abs(values)).max(axis=(0, 2))
    least = 1e-9 * size + np.finfo(float).tiny  # of rounding errors, in V
    change = np.abs(np.diff(values, axis=2))
    step = np.where(change > least[:, None], change, np.inf).min(axis=(0, 2))
    if straight:
        change = np.abs(np.diff(values, n=2, axis=2))
        usual = np.nan_to_num(change).mean(axis=(0, 2))
        least = np.maximum(BEND_SHARE * usual, np.where(np.isfinite(step), BEND_STEPS * step, 0.0))
    changed = change > least[:, None]
    chosen = np.zeros(values.shape[1], bool)
    for i, own in enumerate(changed.swapaxes(0, 1)):
        share = own.mean()
        if 0 < share <= 1 - (LEAST_STRAIGHT if straight else LEAST_HELD):
            larger = np.median(change[:, i][own])
            chosen[i] = larger >= (CLEARLY * least[i] if straight else FEWEST_STEPS * step[i])
    return changed[:, chosen].any(axis=1), chosen


def _raster(changes: np.ndarray, straight: bool) -> float:
    """How many samples lie between the changes, if these are on a raster of equal intervals; else NaN."""
    first = np.flatnonzero(changes & ~np.r_[False, changes[:-1]]) if straight else np.flatnonzero(changes)
    if len(first) < FEWEST_CHANGES or (straight and changes.sum() > 2 * len(first)):
        return np.nan
    apart = np.diff(first)
    # A place at which no channel happens to change can be known only where places are some samples apart.
    skipped = np.cumsum(np.maximum(np.round(apart / np.median(apart)), 1))
    for place in (np.arange(len(first)), np.r_[0, skipped]):
        every, start = np.polyfit(place, first, 1)
        off = np.abs(first - start - every * place).max()
        if off <= FURTHEST_SAMPLES * (1 + straight) and len(first) >= MOST_OF_PLACES * (place[-1] + 1):
            return float(every)
    return np.nan
