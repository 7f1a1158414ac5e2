"""Trigger pulses in a recording: which channel or annotation holds them, and when each began.

Not here: channels of other sampling rates (`rates`), what the pulses of two recordings say of their clocks
(`interbrain.clocks`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import pairwise

import numpy as np

from interbrain.formats import FormatError
from interbrain.formats.notes import note

# Recorders write codes as they are, or as if they were mV, µV or nV.
CODE_SCALES = (1.0, 1e3, 1e6, 1e9)
# A code may miss its whole number by this much: EDF spreads 16 bits over whatever range its header names.
ROUNDED = 0.1
# BioSemi: above the 16 bits of the trigger port, Status holds the state of amplifier and battery.
TRIGGER_PORT = 0xFFFF
# A value that is held for less than this share of the time need not be the idle one.
CLEARLY_IDLE = 0.6
# Values that are no codes are the same level if they are so near to it, as a share of the channel's range.
NO_LEVEL = 0.02
# What changes more often than in this share of its samples is no digital channel.
MOST_CHANGES = 0.2
# A line that is measured in mV or µV ripples by a few units: its range is wider than that of most codes, and
# ripple is so small a share of it, and comes so much more often than pulses.
WIDEST_CODES, RIPPLE, MORE_OFTEN = 1000, 0.01, 3
# Codes that stay until the next one: so many long stretches, and at most this share of them of one value.
FEWEST_HELD, COMMONEST_HELD = 4, 0.4
# Bits above a port that change no more often than this are the state of an amplifier.
MOST_STATES = 4
# An analogue pulse is so many times higher than the noise between pulses.
ABOVE_NOISE = 10
# Pulses are shorter than this; a line that toggles stays until the next event.
FEWEST_TOGGLES, TOGGLED_S = 3, 2.0
# A contact bounces no longer than this.
BOUNCE_S = 0.02


@dataclass(frozen=True)
class Pulses:
    """Trigger pulses of a recording, and what they were told by.

    Attributes
    ----------
    onsets : array, shape (n_pulses,)
        As `read_triggers` gives them.
    source : str
        The channel, or the annotation, for a person.
    idle : float or None
        The channel's value between pulses; None of an analogue channel, of codes that are held until the next
        one, and of annotations.
    why_none : str
        Why there are no pulses, for a person; empty if there are.
    """

    onsets: np.ndarray
    source: str
    idle: float | None = None
    why_none: str = ""


def read_triggers(raw, *, channel=None, idle=None, mask=None, dead_time_s=0.5, annotation=None):
    """Find the onsets of trigger pulses.

    Parameters
    ----------
    raw : mne.io.BaseRaw
        The recording.
    channel : str, optional
        Name of the trigger channel; letter case and spaces may differ. Unused if `annotation` is given.
    idle : int, optional
        The channel's value between pulses; by default the value that it holds for most of the time.
    mask : int, optional
        Only these bits count, of values and `idle` alike. By default all, but of a BioSemi Status channel the
        16 of its trigger port.
    dead_time_s : float
        After an onset, further ones within this time are bounces.
    annotation : str or int, optional
        Take annotations instead, whose description is this. If there are none, those whose description
        differs only in case, in spaces or in the kind before the slash ("S1" for "Stimulus/S  1"), or as a
        number ("1" for "1.0"), or that it matches as a regular expression.

    Returns
    -------
    onsets : array, shape (n_pulses,)
        Seconds from the first sample of `raw` to the first sample of each pulse. A pulse that is under way
        when the recording begins has no known onset and is left out, and the return to idle is none.

    Raises
    ------
    FormatError
        There is no such channel or annotation, the channel is never idle, or it holds a signal.

    Notes
    -----
    Codes that a recorder wrote as if they were voltages are read as codes. A channel that changes all the
    time (a photodiode, a voltage with noise) has a pulse where it is more than half of its largest excursion
    away from its median, if it has two levels. Where codes are held until the next one and none is the idle
    value, each change is an onset.
    """
    settings = {"channel": channel, "idle": idle, "mask": mask, "annotation": annotation}
    return find_pulses(raw, **settings, dead_time_s=dead_time_s).onsets


def find_pulses(raw, *, channel=None, idle=None, mask=None, dead_time_s=0.5, annotation=None) -> Pulses:
    """The same, with what the pulses were told by; parameters and errors as of `read_triggers`."""
    if annotation is not None:
        onsets = _from_annotations(raw, str(annotation))
        found = Pulses(onsets, f"annotation '{annotation}'")
    elif channel is None:
        found = Pulses(np.zeros(0), "", None, "The config names no trigger of this recording (triggers).")
    else:
        found = _from_channel(raw, channel, idle, mask, dead_time_s)
    kept = []
    for onset in found.onsets:
        if not kept or onset - kept[-1] >= dead_time_s:
            kept.append(onset)
    return Pulses(np.array(kept, float), found.source, found.idle, found.why_none)


# --- annotations -----------------------------------------------------------------------------------------


def _from_annotations(raw, wanted):
    descriptions = list(raw.annotations.description)
    for is_wanted in (wanted.__eq__, _alike(wanted), _same_number(wanted), _fits(wanted)):
        matches = np.array([bool(is_wanted(str(description))) for description in descriptions], bool)
        if matches.any():
            return np.sort(raw.annotations.onset[matches]) - raw.first_time
    there = sorted(set(descriptions))
    found = ", ".join(f"'{text}'" for text in there) or "none at all"
    raise FormatError(
        f"No annotation of the recording is '{wanted}'; there are: {found}",
        f"Name one of these in the config (triggers: annotation).{_did_you_mean(wanted, there)}",
    )


def _bare(text):
    return re.sub(r"\s+", "", text).casefold()


def _alike(wanted):
    """Whether a description is the wanted one but for case, spaces and the kind before its slash."""
    return lambda text: _bare(wanted) in (_bare(text), _bare(text.rpartition("/")[2]))


def _same_number(wanted):
    """Whether a description is the wanted number: "1" for "1.0", "S  1" or "Stimulus/S  1"."""
    number = _number(wanted)

    def is_same(text):
        code = text.rpartition("/")[2].strip()
        return number is not None and number in (_number(code), _number(code.removeprefix("S")))

    return is_same


def _number(text):
    return float(text) if re.fullmatch(r"\s*[+-]?\d+([.]\d*)?\s*", text) else None


def _fits(wanted):
    """Whether a description matches the wanted one as a regular expression."""
    try:
        pattern = re.compile(wanted)
    except re.error:
        return lambda text: False
    return lambda text: pattern.fullmatch(text) or pattern.fullmatch(text.rpartition("/")[2])


# --- channels --------------------------------------------------------------------------------------------


def same_name(one, other):
    """Whether two channels' names differ only in letter case and spaces."""
    return _bare(one) == _bare(other)


def find_channel(labels: Mapping[str, str], wanted: str) -> str | None:
    """The one channel that is called `wanted`, by its name or its label, exactly or but for case and spaces.

    Parameters
    ----------
    labels : mapping
        Name of each channel -> its label, the name without what tells two people apart.
    """
    for fits in (str.__eq__, same_name):
        for called in (lambda name: name, labels.get):
            found = [name for name in labels if fits(called(name), wanted)]
            if len(found) == 1:
                return found[0]
    return None


def whole_codes(values):
    """Trigger codes that a recorder wrote as if they were voltages, as codes; what is no codes, unchanged.

    Parameters
    ----------
    values : array, shape (n_times,)
        As they were read, in volts or in no unit; missing ones NaN.
    """
    levels = np.unique(values[np.isfinite(values)])
    largest = np.abs(levels).max(initial=0.0)

    def are_whole(scale):
        codes = levels * scale
        return largest * scale > 1 - ROUNDED and np.abs(codes - np.round(codes)).max() <= ROUNDED

    def kept_apart(scale):
        return len(np.unique(np.round(levels * scale)))

    fitting = [scale for scale in CODE_SCALES if are_whole(scale)]
    is_voltage = largest > 1 - ROUNDED and 1e3 in fitting  # volts with three decimals
    if is_voltage and 1.0 not in fitting:
        return values
    if is_voltage and kept_apart(1.0) > 1:
        return np.round(values)
    apart = [scale for scale in fitting if kept_apart(scale) == len(levels)]
    return np.round(values * (apart or fitting)[0]) if fitting else values


def held_as_codes(raw, name):
    """Make a channel a trigger channel, in place: its type is `stim`, and its values are codes."""
    if raw.get_channel_types([name]) != ["stim"]:
        raw.set_channel_types({name: "stim"}, on_unit_change="ignore", verbose="error")
    if raw.preload:
        raw.apply_function(whole_codes, picks=[name], verbose="error")


def _from_channel(raw, wanted, idle, mask, dead_time_s):
    channel = find_channel({name: name for name in raw.ch_names}, wanted)
    if channel is None:
        raise _no_channel(raw, wanted)
    values = whole_codes(raw.get_data(picks=[channel])[0])
    known = np.isfinite(values)
    what = f"trigger channel '{channel}'"
    if not known.any() or np.ptp(values[known]) == 0:
        at = f" {values[known][0]:g}" if known.any() else ": it holds no values"
        return Pulses(np.zeros(0), what, None, f"{_upper(what)} never leaves{at}.")
    if (
        idle is None
        and (changes := _changes_of_held_codes(values, mask, dead_time_s * raw.info["sfreq"])).size
    ):
        note(
            f"{what} holds each value until the next one and returns to none of them, so each of its "
            f"{len(changes)} changes was taken for an onset. If one value is that between pulses, write it "
            "into the config (triggers: idle)"
        )
        return Pulses(raw.times[changes], what)
    is_idle, idle = _idle(np.where(known, values, values[known][0]), known, idle, mask, channel)
    bounce_s = min(BOUNCE_S, dead_time_s)
    is_idle = _without_bounces(is_idle | ~known, round(bounce_s * raw.info["sfreq"] - 1e-6))
    onsets = raw.times[1:][is_idle[:-1] & ~is_idle[1:]]
    _note_toggling(is_idle, raw.info["sfreq"], what)
    why = ""
    if not len(onsets):
        at = "its idle value" if idle is None else f"its idle value {idle:g}"
        why = f"{_upper(what)} {'never leaves' if is_idle.all() else 'is never seen to leave'} {at}."
    return Pulses(onsets, what, idle, why)


def _note_toggling(is_idle, sfreq, what):
    """Note a line that is away from its idle value as other lines are between pulses: for long, and often."""
    edges = np.flatnonzero(np.diff(is_idle)) + 1
    away = np.diff(edges)[~is_idle[edges[:-1]]] if len(edges) > 1 else np.zeros(0)
    if len(away) >= FEWEST_TOGGLES and away.min() >= TOGGLED_S * sfreq:
        note(
            f"{what} is away from its idle value for {100 * (~is_idle).mean():.0f} % of the time, "
            f"{away.min() / sfreq:.1f} s and more at once. If it toggles at each event, every second event "
            "is missing: export the events as annotations (triggers: annotation)"
        )


def _changes_of_held_codes(values, mask, long):
    """First samples of values that are held until the next one, where none is the idle one; else none.

    Between pulses, a channel is idle for long; so the values of its long stretches are one value, or every
    other one is.
    """
    if not np.isfinite(values).all() or _changes(values) > MOST_CHANGES:
        return np.zeros(0, int)
    values = values if mask is None else np.round(values).astype(np.int64) & mask
    begins = np.flatnonzero(np.diff(values)) + 1
    lengths = np.diff([0, *begins, len(values)])
    held = values[np.array([0, *begins])[lengths >= max(long, 2)]]
    _, counts = np.unique(held, return_counts=True)
    if len(held) < FEWEST_HELD or counts.max() > COMMONEST_HELD * len(held):
        return np.zeros(0, int)
    return begins


def _idle(values, known, idle, mask, channel):
    """In which samples a channel is idle, and at which value; None if it has no levels."""
    what = f"trigger channel '{channel}'"
    codes = np.round(values).astype(np.int64)
    is_whole = np.array_equal(codes, values)
    if idle is None and _changes(values[known]) > MOST_CHANGES:
        return _idle_of_analogue(values, known, what), None
    if idle is None and mask is None and is_whole and _ripples(codes[known]):
        return _idle_of_analogue(values, known, what), None
    if idle is None and not is_whole and mask is None:
        return _idle_of_levels(values, known, None, what, NO_LEVEL * np.ptp(values[known]))
    bits = _trigger_bits(channel, codes[known], idle) if mask is None else mask
    if idle is not None and (_changes(codes[known] & bits) > MOST_CHANGES or np.ptp(codes[known]) == 0):
        return _idle_of_analogue(values, known, what), None
    return _idle_of_levels(codes & bits, known, None if idle is None else idle & bits, what, 0)


def _changes(values):
    """In which share of its samples a channel changes."""
    return np.count_nonzero(np.diff(values)) / max(len(values) - 1, 1)


def _ripples(codes):
    """Whether whole numbers are a voltage with ripple: often, briefly and a little away, beside pulses."""
    width = np.ptp(codes)
    if width < WIDEST_CODES:
        return False
    levels, counts = np.unique(codes, return_counts=True)
    away = np.abs(codes - levels[counts.argmax()])
    small, large = ((away > 0) & (away <= RIPPLE * width)), away > width / 2
    n_small, n_large = (np.count_nonzero(np.diff(which.astype(int)) == 1) for which in (small, large))
    if not n_large or n_small <= MORE_OFTEN * n_large:
        return False
    return bool(small.sum() / n_small < 0.5 * large.sum() / n_large)


def _upper(text):
    return text[0].upper() + text[1:]


def _trigger_bits(channel, codes, idle):
    """The bits that are triggers: of a BioSemi Status channel its port, if anything happens there.

    Other programs give that channel other names: its state changes far more seldom than the port.
    """
    beyond = codes.max() > TRIGGER_PORT or codes.min() < 0
    of_port = idle is None or 0 <= idle <= TRIGGER_PORT
    if not (beyond and of_port and np.ptp(codes & TRIGGER_PORT)):
        return -1
    if same_name(channel, "Status"):
        return TRIGGER_PORT
    n_states, n_codes = (np.count_nonzero(np.diff(codes & bits)) for bits in (~TRIGGER_PORT, TRIGGER_PORT))
    if n_codes <= 2 * n_states or n_states > MOST_STATES:
        return -1
    note(
        f"trigger channel '{channel}' has the state of an amplifier above its 16 bits of triggers (as "
        "BioSemi's Status), which was left out. If these bits are triggers, write mask: 16777215 into the "
        "config (triggers)"
    )
    return TRIGGER_PORT


def _idle_of_levels(values, known, idle, what, tolerance):
    """In which samples a channel is idle, and at which value: the given one, or the one held longest."""
    levels, counts = np.unique(values[known], return_counts=True)
    shares = dict(zip(levels.tolist(), (counts / known.sum()).tolist(), strict=True))
    most = max(shares, key=shares.get)
    if idle is None:
        idle = most
        if shares[most] < CLEARLY_IDLE:
            # The same in both recordings of a pair, even if each was begun at another moment.
            idle = min(level for level, share in shares.items() if share > shares[most] / 2)
            note(
                f"{what} holds no value for most of the time ({_shares(shares)}): {idle:g} was taken to be "
                "its value between pulses. If it is another, write it into the config (triggers: idle)"
            )
        return np.abs(values - idle) <= tolerance, idle
    is_idle = values == idle
    if not is_idle[known].any():
        found = ", ".join(f"{level:g}" for level in levels[:8])
        raise FormatError(
            f"{_upper(what)} is never idle at {idle}; its values are {found}",
            f"Correct idle, or leave it out: it is then the value held most of the time, {most:g}.",
        )
    if is_idle[known].mean() < 0.5 < shares[most]:
        share = 100 * is_idle[known].mean()
        note(
            f"{what} is at the configured idle value {idle} for only {share:.1f}% of the time, and at "
            f"{most:g} for {100 * shares[most]:.1f}%: if {most:g} is its value between pulses, write idle: "
            f"null or idle: {most:g} into the config (triggers)"
        )
    return is_idle, idle


def _shares(shares):
    most = sorted(shares.items(), key=lambda item: -item[1])
    text = ", ".join(f"{level:g} for {100 * share:.0f}%" for level, share in most[:3])
    return text + (", ..." if len(most) > 3 else "")


def _idle_of_analogue(values, known, what):
    """In which samples a channel without codes is idle: where it is nearer to its median than to its peak."""
    away = np.abs(values - np.median(values[known]))
    height = away[known].max()
    noise = 1.4826 * np.median(away[known])
    between = np.count_nonzero((away > height / 4) & (away < 3 * height / 4))
    if height < ABOVE_NOISE * noise or between > np.count_nonzero(away >= 3 * height / 4):
        raise FormatError(
            f"{_upper(what)} holds a signal that changes all the time, and no pulses",
            "Name another channel, or an annotation, in the config (triggers).",
        )
    note(
        f"{what} is analogue: its pulses begin where it is half of its largest excursion ({height:.3g}) away "
        "from its median"
    )
    return ~(away > height / 2)


def _without_bounces(is_idle, longest):
    """Returns to idle that last no longer than `longest` samples, within a pulse, are part of the pulse."""
    edges = np.flatnonzero(np.diff(is_idle))
    for end, begin in pairwise(edges):
        if is_idle[begin] and begin - end <= longest:
            is_idle[end + 1 : begin + 1] = False
    return is_idle


def _no_channel(raw, wanted):
    candidates = [
        name
        for name, kind in zip(raw.ch_names, raw.get_channel_types(), strict=True)
        if kind in ("stim", "misc")
    ]
    marks = sorted(set(raw.annotations.description))
    found = ", ".join(f"'{text}'" for text in marks) or "none"
    return FormatError(
        f"The recording has no trigger channel '{wanted}'; candidates are: {', '.join(candidates) or 'none'}",
        "Name the right one in the config (triggers: channel; below therapist or client if only that "
        "amplifier calls it so), or an annotation (triggers: annotation), of which there are: "
        f"{found}.{_did_you_mean(wanted, candidates)}",
    )


def _did_you_mean(wanted: str, known: Iterable[str]) -> str:
    bare = {_bare(name): name for name in known}
    near = get_close_matches(_bare(wanted), bare, n=1, cutoff=0.75)
    return f" Did you mean '{bare[near[0]]}'?" if near else ""
