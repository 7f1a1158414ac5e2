"""Recordings that are also another dyad's: what the rule copies found, beside what each conversion noted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


def name_of_recording(dyad: str, time: str, role: str) -> str:
    """By which a recording is named in what the rule copies writes."""
    return f"{dyad} {time} {role}"


def with_copies(facts: Sequence[Mapping], copies: Mapping[str, Sequence[str]]) -> list[dict]:
    """The facts of each conversion, with a note where the recording is also another dyad's.

    Parameters
    ----------
    facts : sequence of mapping
        `bids.recording.convert` of each recording.
    copies : mapping of str to sequence of str
        The notes by `name_of_recording`.
    """
    names = [name_of_recording(one["dyad"], one["time"], one["role"]) for one in facts]
    return [
        {**one, "notes": [*one["notes"], *copies.get(name, ())]}
        for one, name in zip(facts, names, strict=True)
    ]
