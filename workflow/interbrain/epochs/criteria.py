"""What is wrong with one member's windows: lost samples, no signal, amplitudes, muscles, an unsure clock.

Never looks at the partner, nor at the synchrony that a window would give. What follows from it for both
members is decided in `windows`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np

from .rejection import rejected
from .signals import JOIN, NOT_CONFIRMED, NOT_MEASURED, OUTSIDE, Signal

NO_SIGNAL = (
    "gap",
    *NOT_MEASURED,
    *OUTSIDE,
    "flat",
    "no good ROI channel",
)  # nobody can decide to trust what was not measured
CRITERIA = (*NO_SIGNAL, JOIN, "amplitude", "muscle", "step", "autoreject", NOT_CONFIRMED)


def faults(
    signal: Signal,
    starts: np.ndarray,
    n_samples: int,
    *,
    roi_channels: Collection[str],
    edge_s: float,
    max_peak_to_peak_uv: float,
    max_peak_to_peak_elsewhere_uv: float,
    min_peak_to_peak_uv: float,
    autoreject: str | None,
    seed: Sequence[int],
) -> tuple[list[list[str]], np.ndarray]:
    """Every criterion by which each window of one member fails.

    Parameters
    ----------
    starts : array of int, shape (n_windows,)
        First sample of each window.
    roi_channels, edge_s, max_peak_to_peak_uv, max_peak_to_peak_elsewhere_uv, min_peak_to_peak_uv,
    autoreject, seed
        As in `windows.choose_windows`; the seed is this member's.

    Returns
    -------
    failed : list of list of str
        For each window, in the order of `CRITERIA`; then the names of other annotations on it.
    peak_to_peak_uv : array, shape (n_windows,)
        The largest at a ROI channel with a signal of its own; NaN where there is none.

    Notes
    -----
    Only gaps, what was not measured, joins and the ends of the recording reach further than their span, by
    edge_s: filters ring there. What they left of a window is too little to call it flat, so that flat stands
    only where samples were recorded throughout.
    """
    begin, end = starts / signal.sfreq, (starts + n_samples) / signal.sfreq

    def touched(reason: str, edge: float = 0.0) -> np.ndarray:
        spans = [(a - edge, b + edge) for a, b, why in signal.bad_spans if why == reason]
        return np.any([(a < end) & (b > begin) for a, b in spans], axis=0) | np.zeros(len(starts), bool)

    own = signal.own
    at_roi = np.array([signal.channels[i] in roi_channels for i in own], bool)
    swing = np.array([np.ptp(signal.data[own, s : s + n_samples], axis=1) for s in starts]) * 1e6
    swing = swing.reshape(len(starts), len(own))
    largest = swing[:, at_roi].max(axis=1, initial=0)
    smallest = swing[:, at_roi].min(axis=1, initial=np.inf)
    elsewhere = swing[:, ~at_roi].max(axis=1, initial=0)
    without = ("gap", *NOT_MEASURED, *OUTSIDE)
    lacking = np.any([touched(reason) for reason in without], axis=0)
    found = {
        **{reason: touched(reason, edge_s) for reason in without},
        "flat": touched("flat") | ((smallest < min_peak_to_peak_uv) & ~lacking),
        "no good ROI channel": np.full(len(starts), not at_roi.any()),
        JOIN: touched(JOIN, edge_s),
        "amplitude": (largest > max_peak_to_peak_uv) | (elsewhere > max_peak_to_peak_elsewhere_uv),
        "muscle": touched("muscle"),
        "step": touched("step"),
        "autoreject": np.zeros(len(starts), bool),
        NOT_CONFIRMED: touched(NOT_CONFIRMED),
    }
    judged = ~np.any([found[reason] for reason in NO_SIGNAL], axis=0)
    if autoreject and judged.any():
        found["autoreject"][judged] = rejected(
            np.stack([signal.data[own, s : s + n_samples] for s in starts[judged]]),
            [signal.channels[i] for i in own],
            signal.sfreq,
            at_roi,
            method=autoreject,
            seed=seed,
            whose=signal.role,
        )
    found |= {why: touched(why) for _, _, why in signal.bad_spans if why not in found}
    failed = [[reason for reason, windows in found.items() if windows[k]] for k in range(len(starts))]
    return failed, largest if at_roi.any() else np.full(len(starts), np.nan)
