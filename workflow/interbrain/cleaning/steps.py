"""Electrode pops: the potential of one electrode jumps by more than any eye moves it, and comes back slowly.

Searches one recording as it was made, before a filter rings at the jump. Decides nothing about channels.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from mne.io import BaseRaw

# A blink moves the electrodes above both eyes, by .4 mV at most; a pop moves one alone, and at once.
LEAST_STEP_V = 400e-6
ALONE = 2.0  # times the largest jump of any other channel at that instant
AT_ONCE_S, AT_ONCE_SHARE = 0.02, 0.6  # so much of the step lies within so short a time
LEVEL_S = 0.1  # over which the potential on either side is averaged: bursts of muscles average out
APART_S = 0.5  # nearer than this it is one step


def steps(raw: BaseRaw, channels: Collection[str]) -> list[tuple[float, str, float]]:
    """Steps as (time in s from the first sample, channel, size in V), in the order of time.

    Parameters
    ----------
    raw : mne.io.Raw
        As it was recorded; what lies within 0.2 s of a span annotated as bad does not count.
    channels : collection of str
        Channels to search.
    """
    sfreq = raw.info["sfreq"]
    half, level = max(round(AT_ONCE_S / 2 * sfreq), 1), max(round(LEVEL_S * sfreq), 1)
    reach = half + level
    if raw.n_times <= 2 * reach + 1:
        return []
    n = raw.n_times - 2 * reach
    allowed = _far_from_bad(raw, 2 * LEVEL_S)[reach : reach + n]

    def sizes(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The step at each sample from `reach` on, and how much of it happens at once."""
        total = np.concatenate([[0.0], np.cumsum(values - values.mean())])
        mean = (total[level:] - total[:-level]) / level  # mean[i]: of the samples i to i + level
        size = mean[reach + half : reach + half + n] - mean[:n]
        return size, values[reach + half : reach + half + n] - values[reach - half : reach - half + n]

    found = []
    for channel in channels:
        size, fast = sizes(raw._data[raw.ch_names.index(channel)])
        candidate = (np.abs(size) >= LEAST_STEP_V) & (fast * np.sign(size) >= AT_ONCE_SHARE * np.abs(size))
        at = np.flatnonzero(candidate & allowed)
        for own in np.split(at, np.flatnonzero(np.diff(at) > APART_S * sfreq) + 1) if len(at) else []:
            best = int(own[np.abs(size[own]).argmax()])
            # The other channels at that instant only, and not over the whole recording.
            around = raw._data[[raw.ch_names.index(c) for c in channels if c != channel]]
            before = around[:, best : best + level].mean(axis=1)
            after = around[:, best + reach + half : best + reach + half + level].mean(axis=1)
            if np.abs(size[best]) >= ALONE * np.abs(after - before).max(initial=0):
                found.append((round(float((reach + best) / sfreq), 3), channel, float(size[best])))
    return sorted(found)


def _far_from_bad(raw: BaseRaw, distance_s: float) -> np.ndarray:
    far = np.ones(raw.n_times, bool)
    for note in raw.annotations:
        if note["description"].upper().startswith("BAD"):
            onset = note["onset"] - raw.first_time
            first = max(int((onset - distance_s) * raw.info["sfreq"]), 0)
            far[first : int((onset + note["duration"] + distance_s) * raw.info["sfreq"]) + 1] = False
    return far
