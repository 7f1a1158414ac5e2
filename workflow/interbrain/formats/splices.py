"""Instants at which most EEG channels jump at once: cuts and joins of which the file has no mark.

A linear predictor of each channel knows the next sample from the last ones; where two pieces meet it knows
nothing. Not here: jumps of single electrodes (room `cleaning`), breaks that a file states (`breaks`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from interbrain.formats.invalid import bad_spans, mark_joins
from interbrain.formats.notes import note

if TYPE_CHECKING:
    from mne.io import BaseRaw

FEWEST_CHANNELS, MOST_CHANNELS = 6, 16
LEAST_S, AT_ONCE_S = 20.0, 20.0
ORDER = 12
# Faster recordings are brought to between 200 and 400 Hz by means of samples: filtered ones are then hardly
# predictable by the filter alone.
RATE_HZ = 200.0
# In units of a channel's usual error of prediction: the median channel's, and how far it is above what lies a
# quarter of a second around it. Of 62 recordings without a cut (12 real ones as they are, band-passed and at
# 500 Hz; 26 simulated ones), none has three quarters of both.
JUMP, ALONE, BESIDE_S = 6.0, 5.0, 0.25
# Epochs that were joined: the mean error, each held below MOST_OF_ONE, at one place of every so many seconds,
# in standard errors, and compared with the next largest place. The same recordings have 7.1 and 2.2 at most.
MOST_OF_ONE, EPOCH_JUMP, EPOCH_ALONE, FEWEST_EPOCHS = 3.0, 8.0, 2.6, 12
EPOCHS_S, EPOCH_STEP_S, EPOCHS_WITHIN_S = (0.4, 6.0), 0.05, 600.0
POWERS_OF_TWO = (128, 256, 512, 1024, 2048)
EDGE_S, FLOOR = 1.0, 0.2


@dataclass(frozen=True)
class Splices:
    """Where pieces may meet: instants in s; the length of epochs in s, and the first join, if they recur."""

    at_s: tuple[float, ...] = ()
    epoch_s: float | None = None
    first_s: float = 0.0


def mark_splices(raw: BaseRaw, found: Splices) -> None:
    """Mark, and note, instants at which most EEG channels jump, and epochs that were joined.

    Parameters
    ----------
    raw : mne.io.BaseRaw
        Each instant is annotated `BAD_join` in place; of epochs, each place at which two of them meet.
    found : Splices
        What `splices` found in it. Instants within EDGE_S of what has been marked as bad since are left out.
    """
    known = bad_spans(raw)
    alone = [at for at in found.at_s if not any(b - EDGE_S <= at <= e + EDGE_S for b, e in known)]
    joins: list[float] = []
    if found.epoch_s:
        joins = np.arange(found.first_s, raw.n_times / raw.info["sfreq"], found.epoch_s).tolist()
        alone = [at for at in alone if min(abs(at - join) for join in joins) > BESIDE_S]
        note(
            f"most EEG channels jump every {found.epoch_s:.4g} s: it was probably joined from epochs of this "
            "length, and what was recorded between them is missing. No window across or beside such a join "
            "is used. Use the recording before it was cut"
        )
    elif alone:
        n = len(alone)
        where = f"{n} instants, the first at" if n > 1 else "one instant,"
        note(
            f"most EEG channels jump at {where} {alone[0]:.2f} s: something may have been cut out "
            "or joined there without a mark, or the amplifier was reset. Where time is missing, all that "
            "follows is too early. No window across it is used. Compare its length with that in the "
            "recording program"
        )
    mark_joins(raw, [*_exactly(raw, joins, together=True), *_exactly(raw, alone)])


def splices(raw: BaseRaw) -> Splices:
    """Instants at which most EEG channels jump from one sample to the next.

    None of fewer than FEWEST_CHANNELS channels or LEAST_S; none within EDGE_S of what is marked as bad.
    """
    sfreq = raw.info["sfreq"]
    every = max(int(sfreq // RATE_HZ), 1)
    rate = sfreq / every
    data = _thinned(raw, every)
    if len(data) < FEWEST_CHANNELS or data.shape[1] < LEAST_S * rate:
        return Splices()
    errors = _errors(data, rate)
    usable = _usable(raw, errors.shape[1], rate)
    epoch = _epoch(np.minimum(errors, MOST_OF_ONE).mean(axis=0) * usable, rate, sfreq)
    median = np.median(errors, axis=0) * usable
    return Splices(tuple(at / rate for at in _jumps(median, rate)), *epoch)


def _thinned(raw: BaseRaw, every: int) -> np.ndarray:
    """Steps between means over `every` samples, of up to MOST_CHANNELS channels that have a signal, µV.

    The median step of the channels is taken off, which is the reference's: of their values, it could be that
    of a single channel, as offsets keep channels apart.
    """
    sfreq = raw.info["sfreq"]
    eeg = np.array([i for i, kind in enumerate(raw.get_channel_types()) if kind == "eeg"])
    if len(eeg) < FEWEST_CHANNELS:
        return np.empty((0, 0), np.float32)
    chosen = eeg[np.unique(np.linspace(0, len(eeg) - 1, MOST_CHANNELS).round().astype(int))]
    n = raw.n_times // every
    data = np.zeros((len(chosen), n), np.float32)
    step = max(round(AT_ONCE_S * sfreq / every), 1)
    last = np.zeros((len(chosen), 1))
    for first in range(0, n, step):
        stop = min(first + step, n)
        part = 1e6 * np.nan_to_num(raw.get_data(chosen, first * every, stop * every))
        part = part.reshape(len(chosen), stop - first, every).mean(axis=2)
        data[:, first:stop] = np.diff(part, axis=1, prepend=last if first else part[:, :1])
        last = part[:, -1:]
    moves = data.any(axis=1)
    data = data[moves]
    for first in range(0, n, step) if len(data) else ():
        data[:, first : first + step] -= np.median(data[:, first : first + step], axis=0)
    return data


def _errors(data: np.ndarray, rate: float) -> np.ndarray:
    """Errors of prediction in units of their usual size in the second and the two beside it."""
    second = round(rate)
    n = data.shape[1] // second * second
    lags = np.abs(np.subtract.outer(np.arange(ORDER), np.arange(ORDER)))
    errors = np.empty((len(data), n), np.float32)
    for row, values in enumerate(data):
        centred = values.astype(float) - values.mean(dtype=float)
        covariance = np.array([centred[lag:] @ centred[: len(centred) - lag] for lag in range(ORDER + 1)])
        covariance[0] *= 1 + 1e-9
        weights = np.linalg.solve(covariance[lags], covariance[1:])
        error = np.abs(np.convolve(centred, np.r_[1, -weights])[:n]).reshape(-1, second)
        usual = np.median(error, axis=1)
        around = np.max([np.roll(usual, 1), usual, np.roll(usual, -1)], axis=0) / 0.6745
        around = np.maximum(around, max(FLOOR * np.median(around), np.finfo(float).tiny))
        errors[row] = (error / around[:, None]).ravel()
    return errors


def _usable(raw: BaseRaw, n: int, rate: float) -> np.ndarray:
    """Which instants are neither at the ends nor at what is marked as bad."""
    usable = np.ones(n, bool)
    edge = round(EDGE_S * rate)
    usable[:edge], usable[n - edge :] = False, False
    for begin, end in bad_spans(raw):
        usable[max(round((begin - EDGE_S) * rate), 0) : round((end + EDGE_S) * rate)] = False
    return usable


def _jumps(median: np.ndarray, rate: float) -> list[int]:
    """Samples at which the median channel's error is large, and alone."""
    beside = round(BESIDE_S * rate)
    found: list[int] = []
    for at in np.flatnonzero(median > JUMP).tolist():
        if found and at - found[-1] <= beside:
            continue
        near = median[max(at - beside, 0) : at + beside]
        peak = max(at - beside, 0) + int(near.argmax())
        before = median[max(peak - beside, 0) : max(peak - ORDER - 2, 0)]
        around = np.r_[before, median[peak + ORDER + 3 : peak + beside]]
        if len(around) and median[peak] > ALONE * np.quantile(around, 0.95):
            found.append(peak)
    return found


def _epoch(mean: np.ndarray, rate: float, sfreq: float) -> tuple[float | None, float]:
    """The length of epochs, s, of which each begins with a jump (None: no epochs), and the first jump, s."""
    mean = mean[: round(EPOCHS_WITHIN_S * rate)]
    there = mean > 0
    if there.sum() < LEAST_S * rate:
        return None, 0.0
    spread, centred = mean[there].std(), np.where(there, mean - mean[there].mean(), 0.0)
    best, length, first = 0.0, None, 0.0
    for samples in _lengths(rate, sfreq):
        n = int(len(centred) / samples)
        if n < FEWEST_EPOCHS:
            continue
        # A length need not be a whole number of means of samples.
        starts = np.round(np.arange(n) * samples).astype(int)
        width = int(samples)
        folded = centred[np.minimum(starts[:, None] + np.arange(width), len(centred) - 1)].mean(axis=0)
        folded *= np.sqrt(n) / spread
        at = int(folded.argmax())
        away = np.abs((np.arange(width) - at + width // 2) % width - width // 2) > ORDER + 3
        if folded[at] > max(best, EPOCH_JUMP, EPOCH_ALONE * folded[away].max()):
            best, length, first = float(folded[at]), samples / rate, at / rate
    return length, first


def _exactly(raw: BaseRaw, instants_s: Sequence[float], together: bool = False) -> list[float]:
    """The instants to the sample: where, near each, most channels step most; or near all of them alike."""
    sfreq, reach = raw.info["sfreq"], 2 * max(int(raw.info["sfreq"] // RATE_HZ), 1)
    eeg = [i for i, kind in enumerate(raw.get_channel_types()) if kind == "eeg"]
    samples = np.round(np.array(instants_s) * sfreq).astype(int)
    samples = samples[(samples > reach) & (samples < raw.n_times - reach)]
    steps = np.zeros((len(samples), 2 * reach))
    for row, at in zip(steps, samples, strict=True):
        size = np.abs(np.diff(np.nan_to_num(raw.get_data(eeg, at - reach - 1, at + reach)), axis=1))
        row[:] = np.median(size / np.maximum(size.mean(axis=1, keepdims=True), np.finfo(float).tiny), axis=0)
    if together and len(steps):
        steps[:] = steps.mean(axis=0)
    return [float((at - reach + int(row.argmax())) / sfreq) for at, row in zip(samples, steps, strict=True)]


def _lengths(rate: float, sfreq: float) -> list[float]:
    """Lengths that epochs have, in samples of `rate`: round ones, one sample more, and powers of two."""
    every = sfreq / rate
    seconds = np.arange(EPOCHS_S[0], EPOCHS_S[1] + EPOCH_STEP_S / 2, EPOCH_STEP_S)
    lengths = {round(s * sfreq) + more for s in seconds for more in (0, 1)} | set(POWERS_OF_TWO)
    return sorted(n / every for n in lengths if EPOCHS_S[0] <= n / sfreq <= EPOCHS_S[1] + 0.1)
