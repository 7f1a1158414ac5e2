"""What a file holds in place of a measurement: blocks that occur twice, filled losses, overflowed numbers.

Not here: EEG that does not move for a second and more, and clipped channels (`stillness`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from interbrain.formats.amplitudes import strength_uv
from interbrain.formats.channels import listed_names
from interbrain.formats.gaps import stretches
from interbrain.formats.invalid import FILLED, REPEATED, bad_spans, mark_spans
from interbrain.formats.notes import note
from interbrain.formats.spectrum import excerpts_of

if TYPE_CHECKING:
    from mne.io import BaseRaw

SAMPLES_AT_ONCE = 2**15
FEWEST_CHANNELS = 4
# A block is the same to the bit for so long, and moves: by chance not even coarse values of four channels do.
REPEATED_SAMPLES, REPEATED_S = 25, 0.1
# All channels run straight for so long: held, or from one value to another.
STRAIGHT_SAMPLES, STRAIGHT_S, STRAIGHT_IN_ALL_S = 8, 0.02, 0.1
# Straight is a second difference below this share of the usual one, or of one step of a fine scale.
STRAIGHT_SHARE, FINE_STEP, MOST_STRAIGHT = 1e-3, 0.15, 0.3
LONGEST_S, EDGE_S = 1.0, 0.5
# Channels are one signal if so little of their amplitude is their own; in 12 real recordings .57 and more.
ONE_SIGNAL = 0.02
# Numbers that are too large for their type go on at its other end: steps as large as the whole range.
WHOLE_RANGE, FEWEST_OVERFLOWS, BLOCK = 0.9, 3, 256


def mark_fillings(raw: BaseRaw) -> None:
    """Mark blocks that occur twice and stretches in which all channels run straight; note these, and steps.

    Parameters
    ----------
    raw : mne.io.BaseRaw
        With its channels typed and its gaps marked; loaded or not. The second of two equal blocks is
        annotated `BAD_repeated`, and what was filled `BAD_filled`, in place.
    """
    eeg = [i for i, kind in enumerate(raw.get_channel_types()) if kind == "eeg"]
    usual = _usual(raw, eeg)
    if usual is None:
        return
    step, second, straight_share = usual
    _note_coarse(raw, step)
    if len(eeg) < FEWEST_CHANNELS:
        return
    fine = step < FINE_STEP * second
    tolerance = np.maximum(STRAIGHT_SHARE * second, np.where(fine, 1.01 * step, 0.0))
    rows, straight = np.empty(raw.n_times, np.uint64), np.zeros(raw.n_times, bool)
    held = np.zeros(raw.n_times, bool)
    largest, ends = [], [np.full(len(eeg), np.inf), np.full(len(eeg), -np.inf)]
    weights = np.random.default_rng(0).integers(2**63, size=len(eeg), dtype=np.uint64) | np.uint64(1)
    for first, values in _parts(raw, eeg):
        bits = np.ascontiguousarray(values).view(np.uint64)
        stop = first + values.shape[1]
        rows[first:stop] = (bits * weights[:, None]).sum(axis=0, dtype=np.uint64)
        steps = np.diff(values, axis=1)
        ends = [
            np.fmin(ends[0], np.fmin.reduce(values, axis=1)),
            np.fmax(ends[1], np.fmax.reduce(values, axis=1)),
        ]
        blocks = np.arange(0, max(steps.shape[1] - 2, 1), BLOCK)
        largest.append(np.fmax.reduceat(np.abs(steps), blocks, axis=1))
        held[first + 1 : stop] = ((steps == 0) | np.isnan(steps)).all(axis=0)
        bends = np.abs(np.diff(steps, axis=1)) <= tolerance[:, None]
        straight[first + 1 : stop - 1] = bends.all(axis=0)
    _note_overflows([raw.ch_names[i] for i in eeg], np.hstack(largest), ends[1] - ends[0])
    known = _known(raw)
    mark_spans(raw, _repeated(rows, held | known, raw.info["sfreq"]), REPEATED)
    if straight_share < MOST_STRAIGHT:
        mark_spans(raw, _filled(straight, held, known, raw.info["sfreq"]), FILLED)


def _usual(raw: BaseRaw, eeg: list[int]) -> tuple[np.ndarray, np.ndarray, float] | None:
    """Each channel's step, its usual second difference, V, and how often that is 0; None without a signal."""
    excerpts = excerpts_of(raw)[::4]
    if not eeg or not excerpts:
        return None
    values = np.stack([raw.get_data(eeg, start, stop) for start, stop in excerpts], axis=1)
    steps = np.abs(np.diff(values, axis=2)).reshape(len(eeg), -1)
    bends = np.abs(np.diff(values, n=2, axis=2)).reshape(len(eeg), -1)
    moves = np.nan_to_num(steps).max(axis=1) > 0
    if not moves.any():
        return None
    _note_one_signal(values[moves])
    size = np.nanmax(np.abs(values), axis=(1, 2), initial=0)
    rounding = np.maximum(1e-12 * size, np.finfo(float).tiny)[:, None]
    least = np.where(steps > rounding, steps, np.inf).min(axis=1)
    least = np.where(np.isfinite(least), least, 0.0)
    zero = np.mean(bends <= rounding, axis=1)
    return least, np.nan_to_num(np.nanmedian(bends, axis=1)), float(np.median(zero[moves]))


def _note_one_signal(values: np.ndarray) -> None:
    """Channels that all hold one signal; `values` of shape (n_channels, n_excerpts, n_times)."""
    if len(values) < FEWEST_CHANNELS:
        return
    centred = np.nan_to_num(values - values.mean(axis=2, keepdims=True))
    own = (centred - np.median(centred, axis=0)).std(axis=2)
    share = np.median(own / np.maximum(centred.std(axis=2), np.finfo(float).tiny))
    if share < ONE_SIGNAL:
        note(
            f"its EEG channels hold one signal: only {100 * share:.1f}% of their amplitude differs. It is a "
            "test signal of the amplifier, a cap with a short circuit, or a reference without contact, and "
            "what differs is mostly noise"
        )


def _parts(raw: BaseRaw, eeg: list[int]) -> Iterator[tuple[int, np.ndarray]]:
    """The recording in parts that share two samples each."""
    for first in range(0, max(raw.n_times - 2, 1), SAMPLES_AT_ONCE):
        yield first, raw.get_data(eeg, first, min(first + SAMPLES_AT_ONCE + 2, raw.n_times))


def _known(raw: BaseRaw) -> np.ndarray:
    """Which samples are at the ends or in what is marked as bad."""
    sfreq, known = raw.info["sfreq"], np.zeros(raw.n_times, bool)
    edge = round(EDGE_S * sfreq)
    known[:edge], known[max(raw.n_times - edge, 0) :] = True, True
    for begin, end in bad_spans(raw):
        known[max(round(begin * sfreq) - 2, 0) : round(end * sfreq) + 3] = True
    return known


def _note_coarse(raw: BaseRaw, step: np.ndarray) -> None:
    strength, coarse = strength_uv(raw), 1e6 * float(np.median(step))
    if strength and coarse > strength:
        note(
            f"its EEG is resolved in steps of {coarse:.3g} µV, and is only {strength:.3g} µV strong (RMS at "
            "1-30 Hz): rounding is a large part of it. Export it again with a smaller physical range, or as "
            "floating-point numbers"
        )


def _note_overflows(names: Sequence[str], largest: np.ndarray, span: np.ndarray) -> None:
    """Channels that step from one end of all their values to the other, again and again."""
    times = (largest > WHOLE_RANGE * span[:, None]).sum(axis=1)
    over = [name for name, n in zip(names, times, strict=True) if n >= FEWEST_OVERFLOWS]
    if over:
        note(
            f"{listed_names(over, 4)} of {len(names)} EEG channels step{'s' * (len(over) == 1)} from one end "
            f"of the scale to the other up to {times.max()} times: the numbers were too large for the type "
            "with which they were saved. Export it again with a larger range"
        )


def _repeated(rows: np.ndarray, left_out: np.ndarray, sfreq: float) -> list[tuple[float, float]]:
    """Begin and end, s, of each block that was there before; noted, with where it comes from."""
    places = np.flatnonzero(~left_out)
    order = places[np.argsort(rows[places], kind="stable")]
    twice = rows[order[1:]] == rows[order[:-1]]
    later, lag = order[1:][twice], (order[1:] - order[:-1])[twice]
    if len(later) < max(REPEATED_SAMPLES, REPEATED_S * sfreq):
        return []
    by_time = np.argsort(later)
    later, lag = later[by_time], lag[by_time]
    on = (np.diff(later, prepend=-2) == 1) & (np.diff(lag, prepend=-1) == 0)
    begin = np.flatnonzero(~on)
    length = np.diff(np.r_[begin, len(later)])
    long = length >= max(REPEATED_SAMPLES, REPEATED_S * sfreq)
    if not long.any():
        return []
    begin, length = begin[long], length[long]
    again, n = later[begin] / sfreq, len(begin)
    more = f", and {n - 1} more" if n > 1 else ""
    note(
        f"what its EEG holds from {again[0] - lag[begin[0]] / sfreq:.2f} s on comes again, to the bit, from "
        f"{again[0]:.2f} s on for {length[0] / sfreq:.2f} s{more} ({length.sum() / sfreq:.2f} s in "
        "all): a block was sent, pasted or exported twice, and what follows may be late by as much. No "
        "window of the second copy is used. Compare its length with that in the recording program"
    )
    return [(float(b), float(b + s)) for b, s in zip(again, length / sfreq, strict=True)]


def _filled(
    straight: np.ndarray, held: np.ndarray, known: np.ndarray, sfreq: float
) -> list[tuple[float, float]]:
    """Begin and end, s, of stretches in which no channel bends.

    They are noted, unless all channels rest for LONGEST_S and more, which is said elsewhere (`stillness`).
    """
    begin, length = stretches(straight & ~known)
    long = length >= max(STRAIGHT_SAMPLES, STRAIGHT_S * sfreq)
    begin, length = begin[long], length[long]
    at_rest = np.array([held[b + 1 : b + n].all() for b, n in zip(begin, length, strict=True)], bool)
    told = (length >= LONGEST_S * sfreq) & at_rest
    new = ~told & (length[~told].sum() >= STRAIGHT_IN_ALL_S * sfreq)
    if new.any():
        times = f"{new.sum()} times" if new.sum() > 1 else "once"
        note(
            f"all EEG channels are held or run straight {times}, the first time at "
            f"{begin[new][0] / sfreq:.2f} s ({length[new].sum() / sfreq:.2f} s in all): samples were lost "
            "there, and the recording program filled them. No window of this time is used"
        )
    begin, length = begin[told | new], length[told | new]
    return [(float(b / sfreq), float((b + n + 1) / sfreq)) for b, n in zip(begin, length, strict=True)]
