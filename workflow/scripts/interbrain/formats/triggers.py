"""Trigger pulses in a recording: when each began.

Not here: what the pulses of two recordings say of their clocks (`interbrain.clocks`).
"""

import re

import numpy as np

from interbrain.formats import FormatError


def read_triggers(raw, *, channel=None, idle=8, mask=None, dead_time_s=0.5, annotation=None):
    """Find the onsets of trigger pulses.

    Parameters
    ----------
    raw : mne.io.BaseRaw
        The recording.
    channel : str, optional
        Name of the trigger channel; unused if `annotation` is given.
    idle : int
        The channel's value between pulses (Mobita: 8).
    mask : int, optional
        Only these bits count, of values and `idle` alike.
    dead_time_s : float
        After an onset, further ones within this time are bounces.
    annotation : str, optional
        Take annotations instead, whose description is this, or matches it as a regular expression.

    Returns
    -------
    onsets : array, shape (n_pulses,)
        Seconds from the first sample of `raw` to the first sample of each pulse. A pulse that is under way
        when the recording begins has no known onset and is left out.

    Raises
    ------
    FormatError
        There is no such channel or annotation, or the channel is never idle.
    """
    if annotation is not None:
        onsets = _from_annotations(raw, annotation)
    else:
        onsets = _from_channel(raw, channel, idle, mask)
    kept = []
    for onset in onsets:
        if not kept or onset - kept[-1] >= dead_time_s:
            kept.append(onset)
    return np.array(kept, float)


def _from_annotations(raw, wanted):
    descriptions = list(raw.annotations.description)
    if wanted in descriptions:
        matches = [description == wanted for description in descriptions]
    else:
        try:
            matches = [re.fullmatch(wanted, description) is not None for description in descriptions]
        except re.error:
            matches = []
    if not any(matches):
        found = ", ".join(f"'{text}'" for text in sorted(set(descriptions))) or "none at all"
        raise FormatError(
            f"No annotation of the recording is '{wanted}'; there are: {found}. Name one of these in the "
            "config (triggers: annotation)."
        )
    return np.sort(raw.annotations.onset[matches]) - raw.first_time


def _from_channel(raw, channel, idle, mask):
    if channel not in raw.ch_names:
        candidates = [
            name
            for name, kind in zip(raw.ch_names, raw.get_channel_types(), strict=True)
            if kind in ("stim", "misc")
        ]
        found = ", ".join(f"'{text}'" for text in sorted(set(raw.annotations.description))) or "none"
        raise FormatError(
            f"The recording has no trigger channel '{channel}'; candidates are: "
            f"{', '.join(candidates) or 'none'}. Name one of these in the config (triggers: channel), or an "
            f"annotation (triggers: annotation), of which there are: {found}."
        )
    values = raw.get_data(picks=[channel])[0]
    codes = np.where(np.isfinite(values), np.round(values), idle).astype(np.int64)
    bits = -1 if mask is None else mask
    is_idle = (codes & bits) == (idle & bits)
    if not is_idle.any():
        found = ", ".join(map(str, np.unique(codes)[:8]))
        raise FormatError(
            f"Trigger channel '{channel}' is never idle at {idle}; its values are {found}. Correct idle."
        )
    return raw.times[1:][is_idle[:-1] & ~is_idle[1:]]
