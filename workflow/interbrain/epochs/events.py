"""Known events: the windows around them are left out, or the response to them is taken out of the signal.

What both members see or hear at the same moments makes their rhythms agree without any coupling, and no null
removes it. Events are those of each member's own recording, at their own clock's times.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from interbrain.clocks import ClockFit

from .problems import EpochsError
from .signals import Signal

REASON = "event"  # how the criterion of a window begins: event sound
FEWEST = 10  # of fewer events, the mean response is mostly whatever else went on there


def without_known_events(
    therapist: Signal,
    client: Signal,
    fit: ClockFit,
    *,
    names: Sequence[str],
    may_be_absent: bool = False,
    **settings: Any,
) -> tuple[Signal, Signal]:
    """Both members' recordings `without_events`, each still on its own clock.

    A member whose recording lacks a name has its partner's events of that name, through the clocks' fit:
    often only one amplifier records what both heard.

    Parameters
    ----------
    names : sequence of str
    may_be_absent : bool
        Whether a name may be in neither recording.
    **settings
        Of `without_events`.

    Raises
    ------
    EpochsError
        If a name is in neither recording, with those that are.
    """
    there = [[name for _, name in member.events] for member in (therapist, client)]
    unknown = [name for name in names if name not in there[0] and name not in there[1]]
    if unknown and not may_be_absent:
        both = sorted({*there[0], *there[1]})
        known = ", ".join(f'"{name}"' for name in both) if both else "none at all"
        raise EpochsError(
            f'neither recording has an event that is called "{unknown[0]}" (events: names in the config)',
            f"They have: {known}. Write a name as bids/ has it in events.tsv (free texts are withheld "
            "unless share_annotations is true), or may_be_absent: true if a recording may lack it.",
        )
    lacking = [set(names) - set(own) for own in there]
    of_client = [(float(fit.to_reference(t)), name) for t, name in client.events if name in lacking[0]]
    of_therapist = [(float(fit.to_other(t)), name) for t, name in therapist.events if name in lacking[1]]
    therapist = replace(therapist, events=[*therapist.events, *of_client])
    client = replace(client, events=[*client.events, *of_therapist])
    one, other = (without_events(member, names=names, **settings) for member in (therapist, client))
    return one, other


def without_events(signal: Signal, *, names: Sequence[str], do: str, window_s: Sequence[float]) -> Signal:
    """A member's recording in which named events are left out or their responses subtracted.

    Parameters
    ----------
    signal : Signal
        At the member's own clock.
    names : sequence of str
        What the recording's events are called.
    do : "mask" or "regress"
        mask: the time around each event becomes a bad span, so that no window overlaps it. regress: the mean
        response to each name is estimated by least squares over all channels' samples outside bad spans (a
        finite impulse response; overlapping responses are told apart) and subtracted.
    window_s : (float, float)
        From the event to the beginning and to the end of its response.

    Raises
    ------
    EpochsError
        In regress, if a name occurs fewer than `FEWEST` times.
    """
    low, high = window_s
    own = [(onset, name) for onset, name in signal.events if name in set(names)]
    if not own:
        return signal
    if do == "mask":
        spans = [(onset + low, onset + high, f"{REASON} {name}".replace(",", "")) for onset, name in own]
        return replace(signal, bad_spans=[*signal.bad_spans, *spans])
    counts = {name: sum(one == name for _, one in own) for name in names}
    if few := {name: n for name, n in counts.items() if 0 < n < FEWEST}:
        rare = ", ".join(f'"{name}" occurs {n} times' for name, n in few.items())
        raise EpochsError(
            f"the {signal.role}'s recording: {rare}; a mean response needs at least {FEWEST} events",
            "Write events: do: mask in the config.",
        )
    data = signal.data.copy()
    finite = np.isfinite(data).all(axis=1)
    onsets = {name: [onset for onset, one in own if one == name] for name in names if counts[name]}
    data[finite] -= evoked(data[finite], signal.sfreq, onsets, window_s, signal.bad_spans)
    return replace(signal, data=data)


def evoked(
    data: np.ndarray,
    sfreq: float,
    onsets: Mapping[str, Sequence[float]],
    window_s: Sequence[float],
    bad_spans: Sequence[tuple] = (),
) -> np.ndarray:
    """What the mean responses to events give at every sample, estimated together by least squares.

    Parameters
    ----------
    data : array, shape (n_channels, n_times)
    onsets : mapping name -> times, s
    window_s : (float, float)
        Of a response.
    bad_spans : sequence of (start, stop, reason)
        Samples in them do not enter the estimate, but the response is given there as well.

    Returns
    -------
    response : array, shape (n_channels, n_times)
    """
    from scipy.sparse import csr_array

    n_times = data.shape[1]
    taps = np.arange(round(window_s[0] * sfreq), round(window_s[1] * sfreq) + 1)
    rows, columns = [], []
    for number, times in enumerate(onsets.values()):
        at = np.round(np.asarray(times) * sfreq).astype(int)[:, None] + taps
        place = np.broadcast_to(number * len(taps) + np.arange(len(taps)), at.shape)
        inside = (at >= 0) & (at < n_times)
        rows.append(at[inside])
        columns.append(place[inside])
    row, column = np.concatenate(rows), np.concatenate(columns)
    design = csr_array((np.ones(len(row)), (row, column)), (n_times, len(onsets) * len(taps)))
    good = np.ones(n_times, bool)
    for start, stop, *_ in bad_spans:
        good[max(int(np.floor(start * sfreq)), 0) : max(int(np.ceil(stop * sfreq)), 0)] = False
    used = design[np.flatnonzero(good)]
    centred = data - data[:, good].mean(axis=1, keepdims=True)
    # Responses that always overlap in the same way cannot be separated; their sum can, and lstsq gives it.
    gram, with_data = (used.T @ used).toarray(), used.T @ centred[:, good].T
    response, *_ = np.linalg.lstsq(gram, with_data, rcond=1e-10)
    return (design @ response).T
