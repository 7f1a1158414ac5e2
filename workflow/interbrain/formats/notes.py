"""What a reader notices of a recording that can be used all the same, for the people who must know it.

A fault that makes a recording useless is a `FormatError` and no note.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager


class RecordingNote(RuntimeWarning):
    """Something that whoever reads the results must know of a recording; one sentence, without the path."""


def note(text: str) -> None:
    """Say something of the recording that is being read."""
    warnings.warn(text, RecordingNote, stacklevel=3)


@contextmanager
def noted() -> Iterator[list[str]]:
    """Collect the notes of all readers within; what libraries warn of goes to the log, never to the screen.

    Yields
    ------
    notes : list of str
        Filled when the block ends: each note once, in order.
    """
    notes: list[str] = []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield notes
    for warning in caught:
        if issubclass(warning.category, RecordingNote):
            if str(warning.message) not in notes:
                notes.append(str(warning.message))
        else:
            logging.getLogger(__name__).info("%s: %s", warning.category.__name__, warning.message)
