"""Trigger pulses in a recording: which channel or annotation holds them, and when each began.

Not here: channels of other sampling rates (`rates`), what the pulses of two recordings say of their clocks
(`interbrain.clocks`).
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

import numpy as np

from interbrain.formats import FormatError
from interbrain.formats.channel_names import as_compared, same_name
from interbrain.formats.notes import note
from interbrain.formats.trigger_codes import (
    capital,
    changes_of_held_codes,
    idle_samples,
    note_toggling,
    whole_codes,
    without_bounces,
)

if TYPE_CHECKING:
    from mne.io import BaseRaw

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


def read_triggers(
    raw: BaseRaw,
    *,
    channel: str | None = None,
    idle: int | None = None,
    mask: int | None = None,
    dead_time_s: float = 0.5,
    annotation: str | int | None = None,
) -> np.ndarray:
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
    found = find_pulses(
        raw, channel=channel, idle=idle, mask=mask, dead_time_s=dead_time_s, annotation=annotation
    )
    return found.onsets


def find_pulses(
    raw: BaseRaw,
    *,
    channel: str | None = None,
    idle: int | None = None,
    mask: int | None = None,
    dead_time_s: float = 0.5,
    annotation: str | int | None = None,
) -> Pulses:
    """The same, with what the pulses were told by; parameters and errors as of `read_triggers`."""
    if annotation is not None:
        onsets = _from_annotations(raw, str(annotation))
        found = Pulses(onsets, f"annotation '{annotation}'")
    elif channel is None:
        found = Pulses(np.zeros(0), "", None, "The config names no trigger of this recording (triggers).")
    else:
        found = _from_channel(raw, channel, idle, mask, dead_time_s)
    kept: list[float] = []
    for onset in found.onsets:
        if not kept or onset - kept[-1] >= dead_time_s:
            kept.append(onset)
    return Pulses(np.array(kept, float), found.source, found.idle, found.why_none)


def _from_annotations(raw: BaseRaw, wanted: str) -> np.ndarray:
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


def _alike(wanted: str) -> Callable[[str], bool]:
    """Whether a description is the wanted one but for case, spaces and the kind before its slash."""
    return lambda text: as_compared(wanted) in (as_compared(text), as_compared(text.rpartition("/")[2]))


def _same_number(wanted: str) -> Callable[[str], bool]:
    """Whether a description is the wanted number: "1" for "1.0", "S  1" or "Stimulus/S  1"."""
    number = _number(wanted)

    def is_same(text: str) -> bool:
        code = text.rpartition("/")[2].strip()
        return number is not None and number in (_number(code), _number(code.removeprefix("S")))

    return is_same


def _number(text: str) -> float | None:
    return float(text) if re.fullmatch(r"\s*[+-]?\d+([.]\d*)?\s*", text) else None


def _fits(wanted: str) -> Callable[[str], bool]:
    """Whether a description matches the wanted one as a regular expression."""
    try:
        pattern = re.compile(wanted)
    except re.error:
        return lambda text: False
    return lambda text: any(pattern.fullmatch(part) for part in (text, text.rpartition("/")[2]))


def find_channel(labels: Mapping[str, str], wanted: str) -> str | None:
    """The one channel that is called `wanted`, by its name or its label, exactly or but for case and spaces.

    Parameters
    ----------
    labels : mapping
        Name of each channel -> its label, the name without what tells two people apart.
    """
    ways: tuple[Callable[[str, str], bool], ...] = (operator.eq, same_name)
    for fits in ways:
        for called in ({name: name for name in labels}, labels):
            found = [name for name in labels if fits(called[name], wanted)]
            if len(found) == 1:
                return found[0]
    return None


def _from_channel(
    raw: BaseRaw, wanted: str, idle: int | None, mask: int | None, dead_time_s: float
) -> Pulses:
    channel = find_channel({name: name for name in raw.ch_names}, wanted)
    if channel is None:
        raise _no_channel(raw, wanted)
    values = whole_codes(raw.get_data(picks=[channel])[0])
    known = np.isfinite(values)
    what = f"trigger channel '{channel}'"
    if not known.any() or np.ptp(values[known]) == 0:
        at = f" {values[known][0]:g}" if known.any() else ": it holds no values"
        return Pulses(np.zeros(0), what, None, f"{capital(what)} never leaves{at}.")
    if (
        idle is None
        and (changes := changes_of_held_codes(values, mask, dead_time_s * raw.info["sfreq"])).size
    ):
        note(
            f"{what} holds each value until the next one and returns to none of them, so each of its "
            f"{len(changes)} changes was taken for an onset. If one value is that between pulses, write it "
            "into the config (triggers: idle)"
        )
        return Pulses(raw.times[changes], what)
    is_idle, at_rest = idle_samples(np.where(known, values, values[known][0]), known, idle, mask, channel)
    bounce_s = min(BOUNCE_S, dead_time_s)
    is_idle = without_bounces(is_idle | ~known, round(bounce_s * raw.info["sfreq"] - 1e-6))
    onsets = raw.times[1:][is_idle[:-1] & ~is_idle[1:]]
    note_toggling(is_idle, raw.info["sfreq"], what)
    why = ""
    if not len(onsets):
        at = "its idle value" if at_rest is None else f"its idle value {at_rest:g}"
        why = f"{capital(what)} {'never leaves' if is_idle.all() else 'is never seen to leave'} {at}."
    return Pulses(onsets, what, at_rest, why)


def _no_channel(raw: BaseRaw, wanted: str) -> FormatError:
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
        "amplifier uses this name), or an annotation (triggers: annotation), of which there are: "
        f"{found}.{_did_you_mean(wanted, candidates)}",
    )


def _did_you_mean(wanted: str, known: Iterable[str]) -> str:
    bare = {as_compared(name): name for name in known}
    near = get_close_matches(as_compared(wanted), bare, n=1, cutoff=0.75)
    return f" Did you mean '{bare[near[0]]}'?" if near else ""
