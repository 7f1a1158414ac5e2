"""Time that a file holds and nobody measured, and instants at which two pieces of it meet: marked as bad.

No window is used that touches one of these marks. Not here: samples that a counter shows to be lost, and
missing values (`gaps`); how a cut or a filled loss is found (`splices`, `fillings`).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mne.io import BaseRaw

# What lies on either side was recorded; how much time is missing between them is not known.
JOIN = "BAD_join"
# Filled by the recording program; sent or pasted twice; without BioSemi's reference electrode.
FILLED, REPEATED, NO_REFERENCE = "BAD_filled", "BAD_repeated", "BAD_cms"
# Stretches whose samples say nothing of the head, whatever they hold.
NOT_MEASURED = (FILLED, REPEATED, NO_REFERENCE)


def bad_spans(raw: BaseRaw) -> list[tuple[float, float]]:
    """Begin and end of what is marked as bad, in seconds from the first sample."""
    marks = raw.annotations
    begin = marks.onset - raw.first_time
    bad = [text.upper().startswith("BAD") for text in marks.description]
    return [(b, b + s) for b, s, is_bad in zip(begin, marks.duration, bad, strict=True) if is_bad]


def mark_spans(raw: BaseRaw, spans: Iterable[tuple[float, float]], description: str) -> None:
    """Annotate spans (begin, end), in s from the recording's first sample."""
    for begin, end in spans:
        raw.annotations.append(begin + raw.first_time, end - begin, description)


def mark_joins(raw: BaseRaw, instants_s: Iterable[float]) -> None:
    """Annotate instants, in s from the first sample; what is marked as bad already is left as it is."""
    known = bad_spans(raw)
    joins = [at for at in instants_s if not any(begin <= at <= end for begin, end in known)]
    mark_spans(raw, [(at, at) for at in joins], JOIN)
