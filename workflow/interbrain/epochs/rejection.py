"""Windows that autoreject (Jas et al. 2017) would reject, by limits that it learns from the recording itself.

Only asks autoreject and says what it needs. It repairs nothing: an interpolated channel enters no PLV.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from interbrain.head import MONTAGE

from .problems import EpochsError

FEWEST_WINDOWS = 10  # ten splits, each of which tests at least one
FEWEST_CHANNELS = 4  # autoreject's own limit: each channel is compared with what the others predict


def rejected(
    windows: np.ndarray,
    channels: Sequence[str],
    sfreq: float,
    at_roi: np.ndarray,
    *,
    method: str,
    seed: Sequence[int],
    whose: str,
) -> np.ndarray:
    """Which windows autoreject rejects.

    Parameters
    ----------
    windows : array, shape (n_windows, n_channels, n_times)
        One member's windows without gaps, at good channels only, V.
    channels : sequence of str, shape (n_channels,)
        10-20 names; the local method takes their places from them.
    at_roi : array of bool, shape (n_channels,)
        Which of them are in a ROI.
    method : str
        "global": one limit of peak-to-peak amplitude for all channels; a window beyond it at any channel is
        rejected. "local": autoreject's own verdict by a limit for each channel and the share of channels
        beyond theirs; besides, a window is rejected if a ROI channel is beyond its limit, because there
        autoreject would interpolate.
    seed : sequence of int
        Of this member, dyad and run.
    whose : str
        therapist or client, for the message.

    Returns
    -------
    rejected : array of bool, shape (n_windows,)

    Raises
    ------
    EpochsError
        If the windows are too few for cross-validation, or the channels for the local method.

    Notes
    -----
    autoreject's verdict rests on limits that it also learns from what the other channels predict. For the
    ROI channels we learn them from the recorded windows alone: nothing is replaced by a prediction here, and
    where prediction and channel differ much, such a limit rejects all that was recorded (ten resting
    recordings of a minute: 45 % of the windows instead of 12 %).
    """
    if len(windows) < FEWEST_WINDOWS:
        raise EpochsError(
            f"the {whose} has {len(windows)} window(s) without gaps and flat channels, and autoreject "
            f"needs {FEWEST_WINDOWS} to learn its limits",
            "Exclude the dyad with a reason in the dyads table, or write autoreject: null in the "
            "config (windows).",
        )
    if method == "local" and len(channels) < FEWEST_CHANNELS:
        raise EpochsError(
            f"the {whose} has {len(channels)} good channel(s), and autoreject: local needs "
            f"{FEWEST_CHANNELS}, because it compares each with the others",
            "Write autoreject: global or null in the config (windows).",
        )
    import autoreject
    import mne

    epochs = mne.EpochsArray(windows, mne.create_info(list(channels), sfreq, "eeg"), verbose="error")
    random_state = int(np.random.SeedSequence(seed).generate_state(1)[0])
    if method == "global":
        limit = autoreject.get_rejection_threshold(
            epochs, ch_types="eeg", random_state=random_state, verbose=False
        )["eeg"]
        return (np.ptp(windows, axis=-1) > limit).any(axis=1)
    epochs.set_montage(MONTAGE, verbose="error")
    learnt = autoreject.AutoReject(
        n_interpolate=[n for n in (1, 4) if n <= len(channels) // 4],
        cv=FEWEST_WINDOWS,
        random_state=random_state,
        verbose=False,
    ).fit(epochs)
    bad = learnt.get_reject_log(epochs).bad_epochs
    limits = autoreject.compute_thresholds(
        epochs, picks=np.flatnonzero(at_roi), augment=False, random_state=random_state, verbose=False
    )
    for channel, limit in limits.items():
        bad |= np.ptp(windows[:, list(channels).index(channel)], axis=-1) > limit
    return bad
