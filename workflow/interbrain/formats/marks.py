"""Marks that a file has outside its own recording, which MNE leaves out as it reads."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from interbrain.formats.notes import note

FEWEST = 2
LEFT_OUT = re.compile(r"Omitted (\d+) annotation")


@contextmanager
def marks_outside() -> Iterator[None]:
    """Note how many marks MNE leaves out; it must be called with verbose="warning" to say so.

    What else MNE warns of within is dropped, as with verbose="error".
    """
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield
    found = [LEFT_OUT.match(str(warning.message)) for warning in caught]
    note_outside(sum(int(one[1]) for one in found if one))


def note_outside(n: int) -> None:
    """Note that `n` marks are outside the recording; a single one may be the mark of its end."""
    if n >= FEWEST:
        note(
            f"{n} of its marks are outside the recording, and left out: the file was cut off, or brought "
            "to another sampling rate without its marks. Compare its length, and the times of marks, with "
            "the recording program"
        )
