"""What is noted of recordings after their conversion, beside what each conversion noted.

The rule notes judges what conversion measured, and the rule copies finds recordings that are also another
dyad's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence


def name_of_recording(dyad: str, time: str, role: str) -> str:
    """By which a recording is named in what these rules write."""
    return f"{dyad} {time} {role}"


def with_later_notes(facts: Sequence[Mapping], *later: Mapping[str, Sequence[str]]) -> list[dict]:
    """The facts of each conversion, with what was noted later.

    Parameters
    ----------
    facts : sequence of mapping
        `bids.recording.convert` of each recording.
    later : mapping of str to sequence of str
        The notes by `name_of_recording`.
    """
    names = [name_of_recording(one["dyad"], one["time"], one["role"]) for one in facts]
    return [
        {**one, "notes": [*one["notes"], *(note for noted in later for note in noted.get(name, ()))]}
        for one, name in zip(facts, names, strict=True)
    ]
