"""The hum of the mains in a recording, second by second: a clock that two amplifiers on one grid share.

Not here: what the hum of two recordings says of their clocks (`interbrain.clocks.hum`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from mne.io import BaseRaw

LINES_HZ = (50.0, 60.0)
# The hum is the same in all channels but for its size: some are enough.
CHANNELS = 8
SECONDS_AT_ONCE = 60


def hum_phasors(raw: BaseRaw) -> dict[float, tuple[complex, ...]]:
    """Size and phase of the hum in each second, against an ideal mains on the recording's own clock.

    Parameters
    ----------
    raw : mne.io.BaseRaw
        Loaded or not.

    Returns
    -------
    phasors : dict of float to tuple of complex
        By line frequency in Hz, one value a second of round(sfreq) samples: the part that the EEG channels
        have in common. Empty without EEG, where the rate is too low for the line, or if nothing is there.
    """
    sfreq = raw.info["sfreq"]
    block = round(sfreq)
    n_blocks = raw.n_times // max(block, 1)
    eeg = [i for i, kind in enumerate(raw.get_channel_types()) if kind == "eeg"]
    picks = eeg[:: max(1, len(eeg) // CHANNELS)][:CHANNELS]
    lines = [hz for hz in LINES_HZ if hz < 0.45 * sfreq]
    if not picks or n_blocks < 2 or not lines:
        return {}
    window = np.hanning(block)
    seconds = np.arange(block) / sfreq
    ideal = {hz: window * np.exp(-2j * np.pi * hz * seconds) for hz in lines}
    found: dict[float, list] = {hz: [] for hz in lines}
    for first in range(0, n_blocks, SECONDS_AT_ONCE):
        last = min(first + SECONDS_AT_ONCE, n_blocks)
        data = np.nan_to_num(raw.get_data(picks=picks, start=first * block, stop=last * block))
        data = data.reshape(len(picks), last - first, block)
        data = data - data.mean(axis=-1, keepdims=True)
        for hz in lines:  # (channels, seconds)
            begun = np.exp(-2j * np.pi * hz * np.arange(first, last) * block / sfreq)
            found[hz].append((data @ ideal[hz]) * begun)
    return {hz: common for hz in lines if (common := _in_common(np.hstack(found[hz])))}


def _in_common(phasors: np.ndarray) -> tuple[complex, ...]:
    """The first principal component over channels of equal weight: its course."""
    size = np.median(np.abs(phasors), axis=1, keepdims=True)
    phasors = phasors[size[:, 0] > 0] / size[size[:, 0] > 0]
    if not len(phasors):
        return ()
    # One second with a movement must not outweigh all others.
    phasors = phasors / np.maximum(np.abs(phasors), 1)
    _, strengths, courses = np.linalg.svd(phasors, full_matrices=False)
    return tuple((strengths[0] * courses[0]).tolist())
