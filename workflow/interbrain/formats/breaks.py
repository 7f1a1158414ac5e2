"""Time that a recording leaves out: pauses, cuts and joins, put back where the file gives their length.

Not here: how each format marks them (its reader), and samples that a counter shows to be lost (`gaps`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from interbrain.formats import FormatError
from interbrain.formats.gaps import bridge_stretch, marks_from_first_sample, with_samples_inserted
from interbrain.formats.notes import note

if TYPE_CHECKING:
    from mne.io import BaseRaw

SKIP = "BAD_acq_skip"
SAVE_PARTS = (
    "Save the part that holds the rest block as a file of its own, or export the recording as it was before "
    "it was cut."
)
# Two dates of one computer's clock that order the parts of a recording may disagree by so much.
CLOCK_ERROR_S = 0.5

# What programs write where they joined or cut a recording; the length is never in these texts.
JOINED = re.compile(r"(bad|edge)[ _]boundary|boundary", re.IGNORECASE)
# A pause of a BrainVision recorder, as other programs write it that have read its recording.
NEW_SEGMENT = re.compile(r"new segment\b", re.IGNORECASE)
STATED_LOSS = re.compile(
    r"(?:lost|missing|dropped)[ _-]*samples?\W*(?P<after>\d+)"
    r"|(?:lost|missing|dropped)\s+(?P<between>\d+)\s+samples?"
    r"|(?P<before>\d+)\s+(?:samples?\s+(?:were\s+)?(?:lost|missing|dropped)|(?:lost|missing|dropped)\s+samples?)",
    re.IGNORECASE,
)
# What a recorder or an experimenter writes when a recording may have been interrupted.
INTERRUPTED = re.compile(
    r"\b(paused?|resum(?:ed?|ing)|interrupt(?:ed|ion)?|discontinuity|buffer[ _-]?overflow|lost ?samples?|gap"
    r"|(?:data|signal) (?:loss|lost)|connection lost|disconnect(?:ed)?"
    r"|reconnect(?:ed)?|impedances?|segment|sync off"
    r"|(?:dropped|lost|missing) (?:\d+ )?(?:packets?|blocks?|frames?)"
    r"|(?:packets?|blocks?|frames?) (?:were )?(?:dropped|lost|missing)"
    r"|rec(?:ording)? (?:stop(?:s|ped)?|restart(?:s|ed)?|off|on)"
    r"|(?:stop|restart) recording|unterbrochen|unterbrechung|angehalten|fortgesetzt)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Break:
    """Time that is missing before one sample of a file.

    Attributes
    ----------
    at_s : float
        When the first sample after it comes, in seconds of what the file holds.
    seconds : float or None
        How long it is; None if the file does not say so.
    what : str
        What happened, as the predicate of a sentence about the recording: "was paused".
    by_clock : bool
        The length rests on a computer's clock and not on a count of samples.
    """

    at_s: float
    seconds: float | None
    what: str
    by_clock: bool = False


def put_back(raw: BaseRaw, path: Path, breaks: Iterable[Break], advice: str = SAVE_PARTS) -> BaseRaw:
    """Put the missing time back into a recording as gaps annotated `BAD_acq_skip`.

    Parameters
    ----------
    raw : mne.io.BaseRaw
        Loaded or not; not changed.
    path : path-like
        The file, for messages.
    breaks : iterable of Break
        Those at or before the first sample, or behind the last, leave nothing out and do not count.
    advice : str
        What a person can do if the time cannot be put back.

    Returns
    -------
    raw : mne.io.BaseRaw
        In memory; but `raw` itself, if nothing is missing.

    Raises
    ------
    FormatError
        A break has no length, a part begins before the previous one ended, or more is missing than was
        recorded.
    """
    sfreq = raw.info["sfreq"]
    inserted = np.zeros(raw.n_times, int)
    by_clock, total = [], 0.0
    for at in sorted(set(breaks), key=lambda found: found.at_s):
        sample = round(at.at_s * sfreq)
        if not 0 < sample < raw.n_times:
            continue
        what = f"{at.what} at {at.at_s:.1f} s"
        if at.seconds is None or not np.isfinite(at.seconds):
            raise FormatError(
                f"{what} for an unknown time, so what was recorded after it cannot be aligned with "
                "the partner",
                advice,
                where=path,
            )
        if at.seconds < -(CLOCK_ERROR_S if at.by_clock else 0.5 / sfreq):
            raise FormatError(
                f"{what}, and the next part was recorded {-at.seconds:.3f} s before that", advice, where=path
            )
        if at.seconds > raw.n_times / sfreq:
            what = f"{what} for {at.seconds:.0f} s, longer than it recorded"
            raise FormatError(what, advice, where=path)
        # Rounded as a sum: hundreds of short pauses, each rounded by itself, would add up to a delay.
        total += max(at.seconds * sfreq, 0.0)
        n_missing = round(total) - int(inserted.sum())
        inserted[sample] += n_missing
        if at.by_clock and n_missing:
            by_clock.append(f"{at.what} at {at.at_s:.1f} s for {at.seconds:.2f} s")
    if inserted.sum() > raw.n_times:
        raise FormatError(
            f"lacks {inserted.sum() / sfreq:.0f} s in all, more than it recorded", advice, where=path
        )
    if by_clock:
        more = f" and {len(by_clock) - 1} more" if len(by_clock) > 1 else ""
        note(
            f"{by_clock[0]}{more}, by the recording computer's clock; what follows may be off by some "
            "milliseconds"
        )
    return with_samples_inserted(raw, inserted) if inserted.any() else raw


def with_known_breaks(raw: BaseRaw, path: Path, breaks: Iterable[Break] = ()) -> BaseRaw:
    """The recording on one time axis: breaks that its reader found, and those that its marks name.

    Parameters
    ----------
    raw : mne.io.BaseRaw
        Loaded or not; may be changed in place. Its triggers are known as such, and held across gaps.
    path, breaks
        As `put_back` takes them.

    Raises
    ------
    FormatError
        As `put_back`; and a mark shows that recordings were joined.

    Notes
    -----
    Stretches that the file itself holds as skipped (`BAD_ACQ_SKIP` in any spelling) are bridged linearly. A
    mark that states how many samples were lost puts them back, unless the file holds as many constant samples
    there. A mark that speaks of an interruption without saying how long it was brings a note, since it is not
    certain that time is missing. Notes hold words of the list above alone, never a mark's free text.
    """
    marks = marks_from_first_sample(raw)
    sfreq, found = raw.info["sfreq"], list(breaks)
    gone, skips, filled = [], [], []
    unsure: dict[str, list[int]] = {}
    for i, (onset, duration, text) in enumerate(
        zip(marks.onset, marks.duration, marks.description, strict=True)
    ):
        plain, sample = str(text).rsplit("/", 1)[-1].strip(), round(onset * sfreq)
        if re.fullmatch(SKIP, plain, re.IGNORECASE):
            skips.append(i)
            filled.append((float(onset), float(onset + duration)))
        elif JOINED.fullmatch(plain):
            gone.append(i)
            found.append(Break(sample / sfreq, None, "was cut or joined from parts"))
        elif (loss := STATED_LOSS.search(plain)) and 0 < sample < raw.n_times:
            n_lost = next(int(count) for count in loss.groups() if count)
            if _holds_constant(raw, sample, n_lost):
                gone.append(i)
                filled.append((sample / sfreq, (sample + n_lost) / sfreq))
            elif n_lost:
                gone.append(i)
                found.append(Break(sample / sfreq, n_lost / sfreq, "lost samples"))
        elif NEW_SEGMENT.match(str(text).strip()):
            gone.append(i)
            found.append(Break(sample / sfreq, None, "was paused"))
        elif (word := INTERRUPTED.search(plain)) and 1 < sample < raw.n_times - 1:
            unsure.setdefault(word[0].lower(), []).append(sample)
    _note_interruptions(unsure, {round(b.at_s * sfreq) for b in found}, sfreq)
    if any(marks.description[i].rsplit("/", 1)[-1] != SKIP for i in skips) or len(filled) > len(skips):
        # MNE fills what a FIF file skips with zeros, and some recorders what they lost with one value.
        raw.load_data(verbose="error")
        gone += skips
        for begin, end in _merged(filled):
            bridge_stretch(raw, begin, end)
            marks.append(begin, end - begin, SKIP)
    if gone:
        marks.delete(gone)
        raw.set_annotations(marks, verbose="error")
    return put_back(raw, path, found)


def _note_interruptions(unsure: Mapping[str, Sequence[int]], explained: set[int], sfreq: float) -> None:
    for word, samples in unsure.items():
        at = [s / sfreq for s in samples if not explained & {s - 1, s, s + 1}]
        if at:
            more = f" and {len(at) - 1} more" if len(at) > 1 else ""
            note(
                f"a mark at {at[0]:.1f} s{more} ('{word}') suggests that the recording was interrupted, and "
                "the file does not say whether time is missing there. Compare the recording's length with "
                "its partner's"
            )


def _merged(stretches: Iterable[tuple[float, float]]) -> list[tuple[float, float]]:
    """The same stretches, each once: a file may name one twice."""
    merged: list[tuple[float, float]] = []
    for begin, end in sorted(stretches):
        if merged and begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((begin, end))
    return merged


def _holds_constant(raw: BaseRaw, sample: int, n: int) -> bool:
    """Whether all signals stay the same for `n` samples from `sample`: some recorders fill what they lost."""
    if n < 2 or sample + n > raw.n_times:
        return False
    held = raw.get_data(picks="eeg" if "eeg" in raw else None, start=sample, stop=sample + n)
    return bool((np.ptp(held, axis=1) == 0).all())
