"""Which words of a recording may be shared: texts of marks and names of channels that cannot name a person.

A text passes if it is made of the field's own words and a code; any other is replaced. What the amplifier's
header says of people, places and dates never comes as far as here (`formats`, recording.py).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from interbrain.bids.task import EVENT_CODES

if TYPE_CHECKING:
    import mne

WITHHELD = "comment"
WITHHELD_BAD = "BAD_comment"  # what was marked as bad stays bad, whoever wrote why
LARGEST_CODE = 65_535  # of a 16-bit trigger; longer numbers may be serial numbers or dates
LARGEST_CHANNEL = 512

MARK_WORDS = frozenset(
    """
    acq artifact bad baseline begin boundary button closed cms code comment din edge end event eyes flag lost
    marker missing muscle new off on open optic pause post pre press pulse recording response rest resume
    samples segment skip start status stim stimulus stop sync syncstatus trial trig trigger volume
    """.split()  # noqa: SIM905
)
CHANNEL_WORDS = frozenset(
    """
    acc accelerometer aux batt battery bip bipolar button counter dc digi digital din ecg eda eeg ekg emg eog
    event exg ext ground gnd gsr gyro heog heo hr left light lower mag marker markers mastoid misc photo ppg
    pulse ref reference resp respiration right samples saw scr status stim sync temp temperature time
    timestamp trig trigger upper veo veog
    """.split()  # noqa: SIM905
)


def shareable(description: str) -> str:
    """The text of a mark as it may be shared.

    Returns
    -------
    text : str
        The text itself if it is a code, such as ``Stimulus/S  1``, ``T0``, ``R128``, ``Trigger 5``,
        ``New Segment/``, ``BAD_acq_skip``: words of the field, at most one single letter, and at most one
        number up to 65535. Otherwise ``comment``, or ``BAD_comment`` if it marks something as bad.
    """
    if description in EVENT_CODES or _is_plain(
        description, MARK_WORDS, LARGEST_CODE, most_numbers=1, most_letters=1
    ):
        return description
    return WITHHELD_BAD if description.strip().lower().startswith("bad") else WITHHELD


def without_free_texts(annotations: mne.Annotations) -> tuple[mne.Annotations, dict[str, int]]:
    """Marks whose texts may be shared, and what was replaced.

    Returns
    -------
    annotations : mne.Annotations
        The same times and durations, without the channels and extra fields that a file may hold.
    withheld : dict of str to int
        Each text that was replaced, and how often: it must not enter the dataset.
    """
    import mne

    texts = [str(text) for text in annotations.description]
    shared = [shareable(text) for text in texts]
    withheld = Counter(text for text, new in zip(texts, shared, strict=True) if text != new)
    marks = mne.Annotations(annotations.onset, annotations.duration, shared, orig_time=annotations.orig_time)
    return marks, dict(sorted(withheld.items()))


def shareable_channels(others: Sequence[str], eeg: Sequence[str] = ()) -> dict[str, str]:
    """New names for channels that are not EEG and whose name may hold anything (a person's, a file's).

    Parameters
    ----------
    others : sequence of str
        Names of the channels that are not EEG.
    eeg : sequence of str
        Names that are taken already.

    Returns
    -------
    names : dict of str to str
        Old to new name (``misc1``, ``misc2``, ...) of those to be renamed only.
    """
    kept = [
        name
        for name in others
        if _is_plain(name, CHANNEL_WORDS, LARGEST_CHANNEL, most_numbers=2, most_letters=2)
    ]
    taken = {name.lower() for name in (*kept, *eeg)}
    free = (
        name for number in range(1, len(others) + len(taken) + 1) if (name := f"misc{number}") not in taken
    )
    return {name: next(free) for name in others if name not in kept}


def _is_plain(
    text: str, words: frozenset[str], largest: int, *, most_numbers: int, most_letters: int
) -> bool:
    """Whether `text` consists of known words, few single letters and few small numbers alone."""
    if re.search(r"[^A-Za-z0-9\s_/#:.,;()+-]", text):
        return False
    numbers = [float(number) for number in re.findall(r"[0-9]+(?:\.0+\b)?", text)]
    letters = re.findall(r"(?<![A-Za-z])[A-Za-z](?![A-Za-z])", text)
    known = all(word.lower() in words for word in re.findall(r"[A-Za-z]{2,}", text))
    few = len(numbers) <= most_numbers and len(letters) <= most_letters
    return known and few and bool(re.search(r"[A-Za-z0-9]", text)) and max(numbers, default=0) <= largest
