"""Which channels and which seconds of a recording tell most about its cleaning.

Takes the raw and the cleaned recording as arrays and gives a short stretch of both. Draws nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from interbrain.cleaning.resampling import resample

if TYPE_CHECKING:
    from mne.io import BaseRaw

EYES = ("Fp1", "Fp2")
MOST_ROI_CHANNELS, MOST_BAD = 8, 3
DRIFT_HZ = 0.3  # slower than this, a raw signal would wander off its line


@dataclass(frozen=True)
class Excerpt:
    """The same seconds before and after cleaning.

    Attributes
    ----------
    start_s : float
        Of the first sample, s from the recording's own beginning.
    channels : list of str
    raw_uv, cleaned_uv : array, shape (n_channels, n_times)
        uV; the raw one against the average over good channels, without drifts slower than `DRIFT_HZ`.
    chosen : bool
        Whether it is where cleaning changed most; False where there was nothing to choose from.
    """

    start_s: float
    sfreq: float
    channels: list[str]
    raw_uv: np.ndarray
    cleaned_uv: np.ndarray
    chosen: bool


def telling_channels(
    channels: Sequence[str], bad: Sequence[str], rois: Mapping[str, Sequence[str]]
) -> list[str]:
    """Channels to show: near the eyes, those of the ROIs, and bad ones; in this order, none twice.

    Of many ROI channels, the first of each ROI come before the second.
    """
    depth = max(map(len, rois.values()), default=0)
    by_turns = [names[i] for i in range(depth) for names in rois.values() if i < len(names)]
    roi = list(dict.fromkeys(c for c in by_turns if c in channels))[:MOST_ROI_CHANNELS]
    in_order = [c for names in rois.values() for c in names if c in roi]
    eyes = [c for c in EYES if c in channels]
    few = [c for c in channels if c in bad and c not in (*eyes, *roi)][:MOST_BAD]
    return list(dict.fromkeys([*eyes, *in_order, *few])) or list(channels[:MOST_ROI_CHANNELS])


def telling_excerpt(
    raw: BaseRaw,
    cleaned: BaseRaw,
    *,
    channels: Sequence[str],
    good: Sequence[str],
    kept: Sequence[Sequence[float] | np.ndarray],
    highpass: float,
    lowpass: float,
    length_s: float,
) -> Excerpt:
    """The stretch in which cleaning changed most, within the windows that were kept.

    Parameters
    ----------
    raw, cleaned : mne.io.Raw
        The recording as it came, and what cleaning made of it.
    channels, good : sequence of str
        What to show; and all channels that entered the average reference.
    kept : sequence of (start, stop)
        Windows that were kept, s from the recording's own beginning.
    highpass, lowpass : float
        Pass band of the cleaned recording, Hz: what lies outside is no news.
    length_s : float
        Shorter if the recording is.

    Notes
    -----
    The raw recording is resampled as cleaning does it, so that both have the same samples. Of the bad
    channels, which were replaced as a whole, nothing enters the choice.
    """
    import mne
    from scipy.signal import butter, sosfiltfilt

    sfreq = cleaned.info["sfreq"]
    signal = raw.get_data(picks=list(channels))
    if good:
        # One by one: all at once would be another copy of a long recording.
        signal = signal - sum(raw.get_data(picks=[c]) for c in good) / len(good)
    info = mne.create_info(list(channels), raw.info["sfreq"], "eeg")
    before = mne.io.RawArray(signal, info, verbose="error")
    if before.info["sfreq"] != sfreq:
        resample(before, sfreq)
    after = cleaned.get_data(picks=list(channels))
    n_times = min(before.n_times, after.shape[1])
    before, after = before.get_data()[:, :n_times], after[:, :n_times]
    judged = [i for i, c in enumerate(channels) if c in set(good)]
    removed = np.zeros(n_times)
    if judged:
        passed = mne.filter.filter_data(before[judged], sfreq, highpass, lowpass, verbose="error")
        removed = ((passed - after[judged]) ** 2).mean(axis=0)
    inside = np.zeros(n_times, bool)
    for start, stop in kept:
        inside[max(round(start * sfreq), 0) : max(round(stop * sfreq), 0)] = True
    n = min(round(length_s * sfreq), n_times)
    # In steps of a second: the stretches with the most kept seconds, and of them the one with most removed.
    starts = np.arange(0, n_times - n + 1, max(round(sfreq), 1))
    seconds, total = (np.concatenate([[0], np.cumsum(x)]) for x in (inside, np.where(inside, removed, 0)))
    within = seconds[starts + n] - seconds[starts]
    starts = starts[within >= 0.95 * within.max()]
    first = int(starts[np.argmax(total[starts + n] - total[starts])])
    span = slice(first, first + n)
    steady = sosfiltfilt(butter(2, DRIFT_HZ, "highpass", fs=sfreq, output="sos"), before, axis=1)
    return Excerpt(
        first / sfreq,
        sfreq,
        list(channels),
        1e6 * steady[:, span],
        1e6 * after[:, span],
        bool(inside.any() and judged and n < n_times),
    )
