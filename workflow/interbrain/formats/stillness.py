"""EEG that does not move: channels without a signal, all held at once, values at the end of the scale.

Not here: which channels and windows are not used for that (rooms `cleaning` and `epochs`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from interbrain.formats.breaks import SKIP
from interbrain.formats.channels import LEAST_OF_ONE_KIND, listed_names
from interbrain.formats.gaps import SAMPLES_AT_ONCE, marks_from_first_sample, stretches
from interbrain.formats.invalid import NO_REFERENCE
from interbrain.formats.notes import note

if TYPE_CHECKING:
    from mne.io import BaseRaw

SHORTEST_HELD_S = 1.0
# Of its samples, a channel has so many at one end of its scale, several in a row: it was clipped.
CLIPPED_SHARE = 0.005
# Of a scale with fewer steps, the ends are common values.
FEWEST_STEPS = 50


def note_stillness(raw: BaseRaw) -> None:
    """Note EEG channels without a signal, stretches in which none moves, and channels that were clipped.

    Parameters
    ----------
    raw : mne.io.BaseRaw
        With its channels typed and missing time put back; loaded or not.
    """
    if "eeg" not in raw or raw.n_times < 2:
        return
    names = [c for c, kind in zip(raw.ch_names, raw.get_channel_types(), strict=True) if kind == "eeg"]
    still = np.zeros(raw.n_times - 1, bool)  # of all channels that have a signal, from a sample to the next
    marked = _marked(raw)
    ends = {sign: (np.full(len(names), -np.inf), np.zeros(len(names))) for sign in (1, -1)}
    moves, steps = np.zeros(len(names), bool), np.zeros(len(names))
    for first in range(0, raw.n_times - 1, SAMPLES_AT_ONCE):
        values = raw.get_data("eeg", start=first, stop=min(first + SAMPLES_AT_ONCE + 1, raw.n_times))
        values[:, marked[first : first + values.shape[1]]] = np.nan
        held = np.diff(values, axis=1) == 0
        here = (~held & np.isfinite(np.diff(values, axis=1))).any(axis=1)
        moves |= here
        still[first : first + held.shape[1]] = held[here].all(axis=0) if here.any() else True
        for sign, (end, count) in ends.items():
            largest = np.where(np.isfinite(values), sign * values, -np.inf).max(axis=1)
            n = (held & (sign * values[:, 1:] == largest[:, None])).sum(axis=1)
            count[:] = np.where(largest > end, n, np.where(largest == end, count + n, count))
            end[:] = np.maximum(end, largest)
        for i in np.flatnonzero(here):
            steps[i] = max(steps[i], len(np.unique(values[i])))
    _note_silent(names, moves)
    if not moves.any():
        return
    _note_held(still & ~marked[1:] & ~marked[:-1], raw.info["sfreq"])
    share = (ends[1][1] + ends[-1][1]) / max(int((~marked).sum()), 1)
    # A constant channel is at both of its ends all the time; it has no signal, and is not clipped.
    is_clipped = (share > CLIPPED_SHARE) & (steps > FEWEST_STEPS)
    clipped = [name for name, is_one in zip(names, is_clipped, strict=True) if is_one]
    if len(clipped) >= min(LEAST_OF_ONE_KIND, len(names)):
        note(
            f"{len(clipped)} of {len(names)} EEG channels ({listed_names(clipped, 4)}) were clipped: they "
            f"stay at an end of their scale for up to {100 * share[is_clipped].max():.1f}% of the time. The "
            "amplifier's range was too small, or the export cut them off"
        )


def _note_silent(names: Sequence[str], moves: np.ndarray) -> None:
    silent = [name for name, has in zip(names, moves, strict=True) if not has]
    if len(silent) == len(names):
        note("none of its EEG channels has a signal: all are constant or missing throughout")
    elif 2 * len(silent) > len(names):
        note(f"{len(silent)} of {len(names)} EEG channels ({listed_names(silent, 4)}) have no signal")


def _marked(raw: BaseRaw) -> np.ndarray:
    """Which samples are missing or without reference: what they hold is known to be no measurement."""
    sfreq, marked = raw.info["sfreq"], np.zeros(raw.n_times, bool)
    marks = marks_from_first_sample(raw)
    for onset, duration, text in zip(marks.onset, marks.duration, marks.description, strict=True):
        if text in (SKIP, NO_REFERENCE):
            marked[max(round(onset * sfreq), 0) : round((onset + duration) * sfreq)] = True
    return marked


def _note_held(still: np.ndarray, sfreq: float) -> None:
    """Stretches in which no channel moves."""
    begin, length = (samples / sfreq for samples in stretches(still))
    long = length >= SHORTEST_HELD_S
    if long.any():
        further = int(long.sum()) - 1
        more = f" and {further} more time{'s' * (further > 1)}" if further else ""
        note(
            f"all EEG channels are constant for {length[long][0]:.1f} s from {begin[long][0]:.1f} s on{more} "
            f"({length[long].sum():.1f} s in all): the amplifier sent nothing, or its program filled what "
            "was lost"
        )
