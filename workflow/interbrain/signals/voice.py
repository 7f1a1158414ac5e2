"""The pitch of a voice as it is compared: who listens has none, and is not missing for that.

In a conversation each person is heard for less than half of the time, and of that a third has no pitch. So
the mean over a window of some turns is compared (a time-aligned moving average), as research on how voices
adapt to each other does. Not here: pitch from sound.
"""

from __future__ import annotations

import numpy as np

from interbrain.signals.series import Series

WINDOW_S, LEAST_VOICED_S, RATE_HZ = 20.0, 1.0, 1.0
# A silence of up to a window between two windows with enough voice is run through linearly.
BRIDGED_S = 20.0
SEMITONES = 12.0


def running_pitch(series: Series) -> Series:
    """The mean pitch in running windows, in semitones from the person's own median.

    Parameters
    ----------
    series : Series
        One channel, Hz; 0 or missing where there is no voice.

    Returns
    -------
    pitch : Series
        At 1 Hz, each value in the middle of its window; NaN where the window has less than `LEAST_VOICED_S`
        of voice, and none is near.
    """
    row = series.values[0]
    voiced = row > 0
    n, half = len(row), WINDOW_S / 2 * series.rate_hz
    at = np.arange(int(np.floor((n - 1) / series.rate_hz * RATE_HZ)) + 1 if n else 0) / RATE_HZ
    begin = np.clip(np.round(at * series.rate_hz - half), 0, n).astype(int)
    end = np.clip(np.round(at * series.rate_hz + half), 0, n).astype(int)
    middle = np.median(row[voiced]) if voiced.any() else 1.0
    tones = np.zeros(n)
    tones[voiced] = SEMITONES * np.log2(row[voiced] / middle)
    sums, counts = (np.r_[0.0, np.cumsum(one)] for one in (tones, voiced.astype(float)))
    count = counts[end] - counts[begin]
    enough = count >= max(LEAST_VOICED_S * series.rate_hz, 1)
    means = np.full(len(at), np.nan)
    means[enough] = (sums[end] - sums[begin])[enough] / count[enough]
    return Series(_bridged(means)[None], RATE_HZ, series.start_s, "semitones", series.begun)


def _bridged(means: np.ndarray) -> np.ndarray:
    there = np.flatnonzero(np.isfinite(means))
    if not len(there):
        return means
    at = np.arange(len(means))
    whole = np.interp(at, there, means[there], left=np.nan, right=np.nan)
    after = np.searchsorted(there, at)
    inside = (after > 0) & (after < len(there))
    length = np.zeros(len(means))
    length[inside] = there[after[inside]] - there[after[inside] - 1]
    return np.where(length > BRIDGED_S * RATE_HZ, means, whole)
