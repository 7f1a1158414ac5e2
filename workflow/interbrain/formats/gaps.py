"""Lost and missing samples: found, filled so that the time axis holds, and annotated as unusable.

Not here: what is then left out of an analysis (rooms `cleaning` and `epochs`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from interbrain.formats import FormatError
from interbrain.formats.channel_names import COUNTER_NAME
from interbrain.formats.invalid import mark_joins
from interbrain.formats.notes import note
from interbrain.formats.poly5 import MISSING_ABOVE_VOLT

if TYPE_CHECKING:
    from mne import Annotations
    from mne.io import BaseRaw

# Fewer samples that count on together are no evidence of where the counter stands: wrong values do that too.
FEWEST_TO_LEARN, FEWEST_TO_TRUST = 3, 10
# Wi-Fi loses 1-3 s when the computer scans for networks; a counter that wraps earlier hides part of that.
LONGEST_USUAL_LOSS_S = 3.0
SAMPLES_AT_ONCE = 2**13

# An EEG channel missing for longer than this share of the recording is bad rather than bridged.
MOST_MISSING = 0.10


def mark_gaps(raw: BaseRaw, counter: str | None = None) -> BaseRaw:
    """Put back the samples that a saw-tooth counter shows to be lost, and mark them.

    Parameters
    ----------
    raw : mne.io.BaseRaw
        Loaded or not; changed only in that instants at which the counter steps back are annotated `BAD_join`.
    counter : str, optional
        The channel that counts samples up to some modulus; both its step and modulus are learnt from it. By
        default the first whose name begins with "saw", "counter" or, say, "sample index", in any case.

    Returns
    -------
    raw : mne.io.BaseRaw
        With each gap filled, so that the time axis holds: signals run linearly across it, triggers keep the
        value before it, the counter counts on. Each is annotated `BAD_acq_skip`, on either side of which MNE
        filters separately. In memory; but `raw` itself, if nothing is lost or there is no such channel.

    Raises
    ------
    FormatError
        The counter claims more lost samples than the recording holds.

    Notes
    -----
    A counter that wraps at m samples knows a loss only modulo m: of m + 3 lost samples it shows 3, of m
    none; a loss seen by a counter that wraps within 3 s brings a warning. Values that do not count on for at
    least 10 samples, such as glitches, are not trusted, nor are losses before or after which the counter is
    not trusted. A channel that does not count brings a warning.
    """
    name = _counter_name(raw, counter)
    if name is None:
        return raw
    inserted, counted = _losses(raw, name)
    if not inserted.any():
        return raw
    whole = with_samples_inserted(raw, inserted)
    is_new = np.ones(whole.n_times, bool)
    is_new[np.arange(raw.n_times) + np.cumsum(inserted)] = False
    whole._data[whole.ch_names.index(name), is_new] = counted
    return whole


def _losses(raw: BaseRaw, name: str) -> tuple[np.ndarray, np.ndarray]:
    """How many samples are lost before each sample, and what the counter would have been in those."""
    none = np.zeros(raw.n_times, int), np.zeros(0)
    values = raw.get_data(picks=[name])[0]
    sfreq, step = raw.info["sfreq"], _step(values)
    counts = values / step
    modulus = _modulus(counts, LONGEST_USUAL_LOSS_S * sfreq)
    seen = _trusted(counts, modulus, FEWEST_TO_TRUST)
    if len(seen) < 0.5 * raw.n_times:
        note(f"channel '{name}' does not count samples, so lost samples cannot be found")
        return none
    surplus = _surplus(counts, seen, modulus)
    if (surplus < 0).any():
        at = seen[1:][surplus < 0] / sfreq
        mark_joins(raw, at.tolist())
        note(
            f"the counter '{name}' steps back at {at[0]:.1f} s; if samples were lost there, it cannot show "
            "it. No window across this instant is used"
        )
    lost = np.maximum(surplus, 0).astype(int)
    if not lost.any():
        return none
    if lost.sum() > raw.n_times:
        raise FormatError(
            f"The counter '{name}' jumps by {lost.sum() / sfreq:.0f} s in all, more than the recording holds",
            "If it does not count samples, name another counter channel.",
        )
    if modulus and modulus < LONGEST_USUAL_LOSS_S * sfreq:
        note(
            f"samples were lost, and the counter '{name}' begins again every {modulus / sfreq:.2f} s: a loss "
            "longer than that shows only in part, and what follows it would come too early. Compare the "
            "recording's length with its partner's."
        )
    inserted = none[0]
    inserted[seen[1:]] = lost
    ends = seen[1:][lost > 0]
    counted = np.concatenate([counts[end] - np.arange(inserted[end], 0, -1) for end in ends])
    if modulus:
        lowest, highest = counts[seen].min(), counts[seen].max()
        start = 0 if lowest > -0.5 and highest < modulus else lowest
        counted = start + (counted - start + 0.5) % modulus - 0.5
    return inserted, counted * step


def _counter_name(raw: BaseRaw, wanted: str | None) -> str | None:
    if wanted is None:
        return next((label for label in raw.ch_names if COUNTER_NAME.match(label)), None)
    return next((label for label in raw.ch_names if label.lower() == wanted.lower()), None)


def _step(values: np.ndarray) -> float:
    """By how much the counter rises a sample; NaN if it does not. The mean, as float32 rounds each rise."""
    rises = np.diff(values)
    rises = rises[np.isfinite(rises)]
    usual = np.median(rises) if rises.size else 0
    rises = rises[np.abs(rises - usual) < 0.5 * abs(usual)]
    return rises.mean() if rises.size else np.nan


def _surplus(counts: np.ndarray, seen: np.ndarray, modulus: float | None) -> np.ndarray:
    """By how much the count outran time from each sample in `seen` to the next; modulo `modulus`, if any."""
    excess = np.diff(counts[seen]) - np.diff(seen)
    return np.round((excess + 0.5) % modulus - 0.5 if modulus else excess)


def _trusted(counts: np.ndarray, modulus: float | None, fewest: int) -> np.ndarray:
    """Indices of the samples that are one of `fewest` or more that count on from one to the next."""
    seen = np.flatnonzero(np.isfinite(counts))
    begins = np.flatnonzero(_surplus(counts, seen, modulus)) + 1
    lengths = np.diff(np.concatenate([[0], begins, [len(seen)]]))
    return seen[np.repeat(lengths >= fewest, lengths)]


def _modulus(counts: np.ndarray, usual_loss: float) -> float | None:
    """How far the counter counts before it begins again; None if it never does."""
    seen = _trusted(counts, None, FEWEST_TO_LEARN)
    drops = -_surplus(counts, seen, None)
    turns = np.flatnonzero(drops > 0)
    if len(turns) == 1 and counts[seen].min() > -0.5 and counts[seen[turns[0] + 1]] > 1.5:
        # It began again once, and not at 0 or 1: then samples were lost on the way, if a power of 2 says so.
        modulus = 2 ** np.ceil(np.log2(counts[seen].max() + 1))
        if 0 < modulus - drops[turns[0]] <= usual_loss:
            return modulus
    # A counter that begins again at m has never been beyond m; all else is a wrong value or a restart.
    drops, times = np.unique(drops[drops > np.ptp(counts[seen])] if turns.size else [], return_counts=True)
    # Of equals the deepest: a gap makes it shallower.
    return drops[times == times.max()].max() if drops.size else None


def with_samples_inserted(raw: BaseRaw, inserted: np.ndarray) -> BaseRaw:
    """Raw with `inserted[i]` samples put in before sample i and annotated; other annotations move along."""
    import mne

    moved_by = np.cumsum(inserted)
    now_at = np.arange(raw.n_times) + moved_by
    filled = np.empty((len(raw.ch_names), now_at[-1] + 1))
    for first in range(0, raw.n_times, SAMPLES_AT_ONCE):  # all at once would double the memory
        piece = slice(first, min(first + SAMPLES_AT_ONCE, raw.n_times))
        filled[:, now_at[piece]] = raw.get_data(start=piece.start, stop=piece.stop)
    gaps = np.flatnonzero(inserted)
    is_stim = np.array(raw.get_channel_types()) == "stim"
    for end, n_lost in zip(now_at[gaps], inserted[gaps], strict=True):
        before, after = filled[:, end - n_lost - 1, None], filled[:, end, None]
        after = np.where(is_stim[:, None], before, after)
        filled[:, end - n_lost : end] = before + (after - before) * np.arange(1, n_lost + 1) / (n_lost + 1)
    whole = mne.io.RawArray(filled, raw.info.copy(), first_samp=raw.first_samp, verbose="error")
    whole._orig_units = getattr(raw, "_orig_units", None) or {}  # MNE has no public way to keep them

    sfreq, marks = raw.info["sfreq"], marks_from_first_sample(raw)
    begin, end = (
        moved_by[np.round(seconds * sfreq).astype(int).clip(0, raw.n_times - 1)] / sfreq
        for seconds in (marks.onset, marks.onset + marks.duration)
    )
    marks.onset += begin
    marks.duration += end - begin
    marks.append((now_at[gaps] - inserted[gaps]) / sfreq, inserted[gaps] / sfreq, "BAD_acq_skip")
    return whole.set_annotations(marks, verbose="error")


def bridge_stretch(raw: BaseRaw, begin: float, end: float) -> None:
    """Let signals run linearly, and triggers stay, from before `begin` until `end` (s), in place."""
    first, last = (round(t * raw.info["sfreq"]) for t in (begin, end))
    first, last = max(first - 1, 0), min(last, raw.n_times - 1)
    for row, kind in zip(raw._data, raw.get_channel_types(), strict=True):
        row[first:last] = (
            row[first] if kind == "stim" else np.linspace(row[first], row[last], last - first, endpoint=False)
        )


def marks_from_first_sample(raw: BaseRaw) -> Annotations:
    """The annotations with onsets in seconds from the first sample, as `set_annotations` takes them."""
    import mne

    marks = raw.annotations
    return mne.Annotations(
        marks.onset - raw.first_time, marks.duration, marks.description, ch_names=marks.ch_names
    )


def stretches(flags: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """First sample and length of each run of true values."""
    edges = np.flatnonzero(np.diff(flags.astype(np.int8), prepend=0, append=0))
    return edges[::2], np.diff(edges)[::2]


def impossible_as_missing(raw: BaseRaw) -> None:
    """Make EEG of more than 1 V, and what is infinite, missing (NaN), in place: its input was disconnected.

    Parameters
    ----------
    raw : mne.io.BaseRaw
        In memory.
    """
    for row, kind in zip(raw._data, raw.get_channel_types(), strict=True):
        if kind == "eeg":
            row[~(np.abs(row) <= MISSING_ABOVE_VOLT)] = np.nan


def bridge_missing(raw: BaseRaw) -> BaseRaw:
    """Replace missing values (NaN, infinite), which no filter survives, and mark what was replaced.

    Parameters
    ----------
    raw : mne.io.BaseRaw
        Loaded or not; not changed.

    Returns
    -------
    raw : mne.io.BaseRaw
        Without NaN. Signals run linearly across missing values, triggers keep the value before them. An EEG
        channel that misses more than 10% of the recording is added to `raw.info["bads"]`; runs that other EEG
        channels miss are annotated `BAD_missing`. A channel without any value is zero. `raw` itself, if
        nothing is missing.
    """
    pieces = range(0, raw.n_times, SAMPLES_AT_ONCE)
    if all(np.isfinite(raw.get_data(start=n, stop=n + SAMPLES_AT_ONCE)).all() for n in pieces):
        return raw
    raw = raw.copy().load_data(verbose="error")
    sample = np.arange(raw.n_times)
    to_mark = np.zeros(raw.n_times, bool)
    for i, kind in enumerate(raw.get_channel_types()):
        signal = raw._data[i]
        here = ~np.isfinite(signal)
        if not here.any():
            continue
        if kind == "eeg" and here.mean() > MOST_MISSING:
            raw.info["bads"] = [*raw.info["bads"], *({raw.ch_names[i]} - set(raw.info["bads"]))]
        elif kind == "eeg":
            to_mark |= here
        known = sample[~here]
        if not known.size:
            signal[:] = 0
        elif kind == "stim":
            signal[:] = signal[known[(np.searchsorted(known, sample, side="right") - 1).clip(0)]]
        else:
            signal[:] = np.interp(sample, known, signal[known])
    edges = np.flatnonzero(np.diff(to_mark, prepend=False, append=False))
    begin, end = edges[::2] / raw.info["sfreq"], edges[1::2] / raw.info["sfreq"]
    marks = marks_from_first_sample(raw)
    marks.append(begin, end - begin, "BAD_missing")
    return raw.set_annotations(marks, verbose="error")
