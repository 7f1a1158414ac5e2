"""Values of a trigger channel: whole codes, the value between pulses, bits that count, and bounces."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from interbrain.formats import FormatError
from interbrain.formats.channel_names import same_name
from interbrain.formats.notes import note

if TYPE_CHECKING:
    from mne.io import BaseRaw

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


def whole_codes(values: np.ndarray) -> np.ndarray:
    """Trigger codes that a recorder wrote as if they were voltages, as codes; what is no codes, unchanged.

    Parameters
    ----------
    values : array, shape (n_times,)
        As they were read, in volts or in no unit; missing ones NaN.
    """
    levels = np.unique(values[np.isfinite(values)])
    largest = np.abs(levels).max(initial=0.0)

    def are_whole(scale: float) -> bool:
        codes = levels * scale
        return largest * scale > 1 - ROUNDED and np.abs(codes - np.round(codes)).max() <= ROUNDED

    def kept_apart(scale: float) -> int:
        return len(np.unique(np.round(levels * scale)))

    fitting = [scale for scale in CODE_SCALES if are_whole(scale)]
    is_voltage = largest > 1 - ROUNDED and 1e3 in fitting  # volts with three decimals
    if is_voltage and 1.0 not in fitting:
        return values
    if is_voltage and kept_apart(1.0) > 1:
        return np.round(values)
    apart = [scale for scale in fitting if kept_apart(scale) == len(levels)]
    return np.round(values * (apart or fitting)[0]) if fitting else values


def held_as_codes(raw: BaseRaw, name: str) -> None:
    """Make a channel a trigger channel, in place: its type is `stim`, and its values are codes."""
    if raw.get_channel_types([name]) != ["stim"]:
        raw.set_channel_types({name: "stim"}, on_unit_change="ignore", verbose="error")
    if raw.preload:
        raw.apply_function(whole_codes, picks=[name], verbose="error")


def note_toggling(is_idle: np.ndarray, sfreq: float, what: str) -> None:
    """Note a line that is away from its idle value as other lines are between pulses: for long, and often."""
    edges = np.flatnonzero(np.diff(is_idle)) + 1
    away = np.diff(edges)[~is_idle[edges[:-1]]] if len(edges) > 1 else np.zeros(0)
    if len(away) >= FEWEST_TOGGLES and away.min() >= TOGGLED_S * sfreq:
        note(
            f"{what} is away from its idle value for {100 * (~is_idle).mean():.0f}% of the time, "
            f"{away.min() / sfreq:.1f} s and more at once. If it toggles at each event, every second event "
            "is missing: export the events as annotations (triggers: annotation)"
        )


def changes_of_held_codes(values: np.ndarray, mask: int | None, long: float) -> np.ndarray:
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


def idle_samples(
    values: np.ndarray, known: np.ndarray, idle: int | None, mask: int | None, channel: str
) -> tuple[np.ndarray, float | None]:
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


def _changes(values: np.ndarray) -> float:
    """In which share of its samples a channel changes."""
    return np.count_nonzero(np.diff(values)) / max(len(values) - 1, 1)


def _ripples(codes: np.ndarray) -> bool:
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


def capital(text: str) -> str:
    return text[0].upper() + text[1:]


def _trigger_bits(channel: str, codes: np.ndarray, idle: int | None) -> int:
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


def _idle_of_levels(
    values: np.ndarray, known: np.ndarray, idle: float | None, what: str, tolerance: float
) -> tuple[np.ndarray, float]:
    """In which samples a channel is idle, and at which value: the given one, or the one held longest."""
    levels, counts = np.unique(values[known], return_counts=True)
    shares = dict(zip(levels.tolist(), (counts / known.sum()).tolist(), strict=True))
    most = max(shares, key=shares.__getitem__)
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
            f"{capital(what)} is never idle at {idle}; its values are {found}",
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


def _shares(shares: Mapping[float, float]) -> str:
    most = sorted(shares.items(), key=lambda item: -item[1])
    text = ", ".join(f"{level:g} for {100 * share:.0f}%" for level, share in most[:3])
    return text + (", ..." if len(most) > 3 else "")


def _idle_of_analogue(values: np.ndarray, known: np.ndarray, what: str) -> np.ndarray:
    """In which samples a channel without codes is idle: where it is nearer to its median than to its peak."""
    away = np.abs(values - np.median(values[known]))
    height = away[known].max()
    noise = 1.4826 * np.median(away[known])
    between = np.count_nonzero((away > height / 4) & (away < 3 * height / 4))
    if height < ABOVE_NOISE * noise or between > np.count_nonzero(away >= 3 * height / 4):
        raise FormatError(
            f"{capital(what)} holds a signal that changes all the time, and no pulses",
            "Name another channel, or an annotation, in the config (triggers).",
        )
    note(
        f"{what} is analogue: its pulses begin where it is half of its largest excursion ({height:.3g}) away "
        "from its median"
    )
    return ~(away > height / 2)


def without_bounces(is_idle: np.ndarray, longest: float) -> np.ndarray:
    """Returns to idle that last no longer than `longest` samples, within a pulse, are part of the pulse."""
    edges = np.flatnonzero(np.diff(is_idle))
    for end, begin in pairwise(edges):
        if is_idle[begin] and begin - end <= longest:
            is_idle[end + 1 : begin + 1] = False
    return is_idle
