"""Planted coded events, and a second coder who agrees with the first to a known degree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from interbrain.problems import InterbrainError

EDGE_S, APART_S = 25, 25  # of time without events at both ends, and at least between two


@dataclass(frozen=True)
class Event:
    """A coded event: onset on true time and duration, s, and its code."""

    onset_s: float
    duration_s: float
    code: str

    @property
    def stop_s(self) -> float:
        return self.onset_s + self.duration_s


def planted_events(
    code: str, n_events: int, lengths_s: Sequence[float], duration_s: float, rng: np.random.Generator
) -> list[Event]:
    """Events in whole seconds, irregularly spread over a session; in the order of time.

    Parameters
    ----------
    lengths_s : (float, float)
        The shortest and the longest event.
    duration_s : float
        Of the session.
    """
    low, high = lengths_s
    lengths = rng.integers(int(low), int(high) + 1, n_events)
    free = int(duration_s) - 2 * EDGE_S - int(lengths.sum()) - APART_S * (n_events - 1)
    if free < 0:
        raise InterbrainError(
            f"{n_events} events of {low:g} to {high:g} s have no room in a session of {duration_s:g} s",
            "Plant fewer events, or simulate a longer session.",
        )
    before = np.sort(rng.integers(0, free + 1, n_events))
    earlier = np.concatenate([[0], np.cumsum(lengths[:-1])]) + APART_S * np.arange(n_events)
    return [
        Event(float(EDGE_S + gap + at), float(length), code)
        for gap, at, length in zip(before, earlier, lengths, strict=True)
    ]


def second_coder(events: Sequence[Event], rng: np.random.Generator) -> list[Event]:
    """The same events as somebody else codes them: one is missed, the others begin up to 3 s off."""
    missed = int(rng.integers(len(events))) if len(events) > 1 else None
    shifts = rng.integers(-3, 4, len(events))
    return [
        replace(event, onset_s=event.onset_s + float(shift))
        for number, (event, shift) in enumerate(zip(events, shifts, strict=True))
        if number != missed
    ]


def kappa(events: Sequence[Event], others: Sequence[Event], duration_s: float) -> float:
    """Cohen's kappa of two coders over the whole seconds of a session; both code in whole seconds."""
    seconds = np.arange(int(duration_s)) + 0.5
    one, other = during(seconds, events), during(seconds, others)
    chance = one.mean() * other.mean() + (1 - one.mean()) * (1 - other.mean())
    return float(((one == other).mean() - chance) / (1 - chance))


def during(times: np.ndarray, events: Sequence[Event]) -> np.ndarray:
    """Which of the true times (s) lie within an event."""
    inside = np.zeros(len(times), bool)
    for event in events:
        inside |= (times >= event.onset_s) & (times < event.stop_s)
    return inside
