"""Channels of several sampling rates in one file, on one time axis: the EEG's.

Not here: which channels a file has and what they are (`acq`, `channels`, `recording`).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping
from itertools import accumulate, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from interbrain.formats.notes import note

if TYPE_CHECKING:
    from mne.io import BaseRaw


def on_axis(values: np.ndarray, n_own: int, n_axis: int, n_times: int, kind: str) -> np.ndarray:
    """A channel on a time axis of another rate; both begin at the same instant.

    Parameters
    ----------
    values : array, shape (n_values,)
        The channel, at its own rate.
    n_own, n_axis : int
        So many samples of the channel last as long as so many of the axis.
    n_times : int
        Length of the axis.
    kind : {"stim", "eeg", "misc"}
        A trigger is held: each sample of the axis has the value at its instant, but no pulse between two of
        them is lost. A signal (`eeg`) is resampled without bending its spectrum; anything else runs linearly,
        and is low-passed first if it is faster than the axis.

    Returns
    -------
    moved : array, shape (n_times,)
        NaN beyond the channel's end.
    """
    from scipy.signal import resample_poly

    if not len(values):
        return np.full(n_times, np.nan)
    own = np.arange(n_times) * n_own / n_axis  # each place on the axis, in samples of the channel
    if kind == "stim":
        moved = _held(values, np.arange(n_times) * n_own // n_axis)
    elif n_own == n_axis:
        moved = np.full(n_times, values[-1])
        moved[: len(values)] = values[:n_times]
    elif kind == "eeg" or n_own > n_axis:
        common = math.gcd(n_own, n_axis)
        moved = np.full(n_times, np.nan)
        new = resample_poly(values, n_axis // common, n_own // common, padtype="line")[:n_times]
        moved[: len(new)] = new
    else:
        moved = np.interp(own, np.arange(len(values)), values)
    # A recording may stop within a row of samples; what a channel lacks beyond that is missing.
    moved[own >= len(values)] = values[-1] if own[-1] < len(values) + 1 else np.nan
    return moved


def _held(values: np.ndarray, places: np.ndarray) -> np.ndarray:
    """The value at each of the places, or that of a pulse that began and ended since the place before."""
    places = np.minimum(places, len(values) - 1)
    moved = values[places]
    changes = np.flatnonzero(np.diff(values)) + 1
    for at in np.unique(np.searchsorted(places, changes)):
        if 0 < at < len(places) and moved[at] == values[places[at - 1]]:
            between = values[places[at - 1] + 1 : places[at]]
            moved[at] = between[between != moved[at]][0]
    return moved


def at_one_rate(
    raw: BaseRaw, path: Path, is_eeg: Callable[[str], bool], is_trigger: Callable[[str], bool]
) -> BaseRaw:
    """An EDF, BDF or GDF recording whose channels were sampled at several rates, at the rate of its EEG.

    Parameters
    ----------
    raw : mne.io.BaseRaw
        As MNE opens it, not loaded.
    path : pathlib.Path
        The file.
    is_eeg, is_trigger : callable
        Whether a channel is EEG, and whether it is a trigger, by its name.

    Returns
    -------
    raw : mne.io.BaseRaw
        `raw` itself if there is one rate. Otherwise in memory: MNE would bring every channel to the highest
        rate, and filter triggers as if they were signals. The EEG's rate is the one that most EEG channels
        have (of all channels if none is EEG; of equals the highest); those keep their samples as recorded.
    """
    import mne

    layout = raw._raw_extras[0]  # where MNE found what in the file; it has no public name
    counts = [int(n) for n in np.asarray(layout["n_samps"])[layout["sel"]]]
    if len(set(counts)) < 2:
        return raw
    eeg = [is_eeg(name) for name in raw.ch_names]
    votes = Counter(n for n, counted in zip(counts, eeg, strict=True) if counted or not any(eeg))
    axis = max(votes, key=lambda n: (votes[n], n))
    seconds = raw.n_times / raw.info["sfreq"] / layout["n_records"]
    records, parts = _records(path, layout)
    n_times = len(records) * axis
    data, kinds = np.empty((len(counts), n_times)), raw.get_channel_types()
    for row, (place, name, kind) in enumerate(zip(layout["sel"], raw.ch_names, kinds, strict=True)):
        values = _values(records[:, parts[place]], layout, row)
        held = kind == "stim" or is_trigger(name)
        data[row] = on_axis(values, counts[row], axis, n_times, "stim" if held else "eeg")
        if held and counts[row] < axis:
            note(
                f"trigger channel '{name}' was sampled at {counts[row] / seconds:g} Hz, slower than the "
                f"EEG ({axis / seconds:g} Hz): its pulses are seen up to {1000 * seconds / counts[row]:.1f} "
                "ms late"
            )
    others = [
        name for name, n, counted in zip(raw.ch_names, counts, eeg, strict=True) if counted and n != axis
    ]
    if others:
        note(f"EEG of another sampling rate was resampled to {axis / seconds:g} Hz: {', '.join(others)}")
    info = mne.create_info(raw.ch_names, axis / seconds, kinds, verbose="error")
    with info._unlock():
        info["highpass"] = raw.info["highpass"]
        info["lowpass"] = min(raw.info["lowpass"], info["sfreq"] / 2)
    moved = mne.io.RawArray(data, info, verbose="error")
    moved.set_meas_date(raw.info["meas_date"])
    moved._orig_units = raw._orig_units
    return moved.set_annotations(raw.annotations, verbose="error")


def _records(path: Path, layout: Mapping[str, Any]) -> tuple[np.ndarray, list[slice]]:
    """The file's records, as bytes, shape (n_records, n_bytes), and the bytes of each channel in a record."""
    n_bytes = [int(n) * layout["dtype_byte"] for n in layout["n_samps"]]
    ends = [0, *accumulate(n_bytes)]
    parts = [slice(begin, end) for begin, end in pairwise(ends)]
    content = np.memmap(path, np.uint8, "r", offset=int(layout["data_offset"]))
    n_records = min(int(layout["n_records"]), len(content) // ends[-1])
    return content[: n_records * ends[-1]].reshape(n_records, ends[-1]), parts


def _values(stored: np.ndarray, layout: Mapping[str, Any], row: int) -> np.ndarray:
    """A channel's values as MNE scales them, shape (n_times,)."""
    if layout["dtype_byte"] == 3:
        wide = np.zeros((stored.size // 3, 4), np.uint8)
        wide[:, 1:] = stored.reshape(-1, 3)
        digital = wide.view("<i4")[:, 0] >> 8
    else:
        digital = np.ascontiguousarray(stored).view(layout["dtype_np"]).ravel()
    values = (digital * layout["cal"][row] + layout["offsets"][row]) * layout["units"][row]
    if row in layout["stim_channel_idxs"]:  # as MNE has it: the port of a BioSemi amplifier
        values = (values.astype(np.int64) & (2**17 - 1)).astype(float)
    return values
