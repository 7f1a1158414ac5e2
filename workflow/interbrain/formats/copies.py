"""Whether two recordings hold the same signals: the phases of their spectra, which no filter can make alike.

Two recordings of different people, or of one person at two times, agree in no phase; copies agree in all, in
whatever unit, format, polarity, reference and rate each was saved, through whatever filter, and from whatever
second on. Not here: what follows from it (`bids.partners`, `doctor.recordings`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from mne.io import BaseRaw

# The first minutes are compared; beside them are as many of silence, so that no end meets a beginning.
LENGTH_S, PADDED_S, LEAST_S = 300.0, 600.0, 30.0
# Above the drift of electrodes and below what anti-aliasing filters take. What a recorder or an export cuts
# off at 10 Hz is rounding above it, so the lower band counts by itself too.
BANDS_HZ = ((1.0, 28.0), (1.0, 9.0))
CHANNELS = 4
PREFERRED = ("Cz", "Fz", "Pz", "C3", "C4", "Oz", "F3", "F4", "P3", "P4", "O1", "O2")
AT_ONCE_S = 20.0
MOST_STEP = 6.0  # times the mean step from one sample to the next: noise is nearly always below it
# The share of the phases that agree. Chance gives at most .1 in 5 minutes and .3 in 30 s, partners whose
# theta and alpha are both locked by .95 give .44 in the lower band, and copies .75 or more (tests/formats).
SAME = 0.6
# Of the compared channels so many must agree: one may be an electrode that both share.
LEAST_CHANNELS = 2
GRID_HZ = 2 * BANDS_HZ[0][1]
# The complex number of each phase that an int8 can hold; of one below 0 counted from the end.
UNIT = np.exp(1j * np.pi / 127 * np.arange(256).astype(np.int8).astype(np.float32)).astype(np.complex64)

Signature = Mapping[str, np.ndarray]


def signature(raw: BaseRaw) -> dict[str, np.ndarray]:
    """The phases of some EEG channels' spectra over the first minutes.

    Parameters
    ----------
    raw : mne.io.BaseRaw
        Loaded or not.

    Returns
    -------
    phases : dict of str to array of int8, shape (n_frequencies,)
        By channel, against the mean of the EEG channels; 127 is pi. Empty of less than LEAST_S, without EEG,
        or at a rate too low for the band.
    """
    sfreq = raw.info["sfreq"]
    eeg = [i for i, kind in enumerate(raw.get_channel_types()) if kind == "eeg"]
    n = min(raw.n_times, round(LENGTH_S * sfreq))
    if not eeg or n < LEAST_S * sfreq or sfreq <= GRID_HZ:
        return {}
    names = [raw.ch_names[i] for i in eeg]
    first = [names.index(name) for name in PREFERRED if name in names]
    chosen = (first + [i for i in range(len(names)) if i not in first])[:CHANNELS]
    data = np.empty((len(chosen), n), np.float32)
    step = round(AT_ONCE_S * sfreq)
    for start in range(0, n, step):
        part = np.nan_to_num(raw.get_data(eeg, start, min(start + step, n)))
        own = part[chosen] - part.mean(axis=0) if len(eeg) > LEAST_CHANNELS else part[chosen]
        data[:, start : start + step] = own
    # A jump of an amplifier is one step: what two people on it have in common must not weigh more than that.
    steps = np.diff(data, axis=1)
    usual = np.abs(steps).mean(axis=1, keepdims=True)  # the median of coarse values may be 0
    there = usual[:, 0] > 0
    steps = np.clip(steps, -MOST_STEP * usual, MOST_STEP * usual)[there]
    spectrum = np.fft.rfft(steps * np.hanning(n - 1).astype(np.float32), round(PADDED_S * sfreq), axis=1)
    low, high = (round(hz * PADDED_S) for hz in BANDS_HZ[0])
    phases = np.round(np.angle(spectrum[:, low:high]) * (127 / np.pi)).astype(np.int8)
    return {names[i]: own for i, own in zip(np.array(chosen)[there], phases, strict=True)}


def write_signatures(path: Path, signatures: Mapping[str, Signature]) -> None:
    """Signatures of some recordings, each under a name; channels may be called anything."""
    arrays: dict[str, Any] = {}
    for name, own in signatures.items():
        arrays[f"{name}_channels"] = np.array(list(own), str)
        arrays[f"{name}_phases"] = np.array(list(own.values()), np.int8)
    np.savez(path, **arrays)


def read_signatures(path: Path) -> dict[str, Signature]:
    """As `write_signatures` wrote them."""
    with np.load(path) as stored:
        names = [key.removesuffix("_channels") for key in stored if key.endswith("_channels")]
        return {
            name: dict(zip(stored[f"{name}_channels"].tolist(), stored[f"{name}_phases"], strict=True))
            for name in names
        }


def same_signals(one: Signature, other: Signature) -> float | None:
    """By how many seconds the other recording is later than the one that holds the same signals.

    Parameters
    ----------
    one, other : mapping
        `signature` of each.

    Returns
    -------
    lag_s : float or None
        None: the signals are others. Recordings that begin more than half of LENGTH_S apart are not known.
    """
    if not one or not other:
        return None
    a, b = (_unit(np.array(list(s.values()))) for s in (one, other))
    for band in BANDS_HZ:
        agreement, lags = _best(a, b, band)
        best = agreement.max(axis=1) if len(a) <= len(b) else agreement.max(axis=0)
        if (best >= SAME).sum() >= min(LEAST_CHANNELS, len(best)):
            return float(lags.flat[agreement.argmax()])
    return None


def same_from_the_start(signatures: Sequence[Signature], at_once: int = 500) -> list[tuple[int, int]]:
    """Which of many recordings hold the same signals from their first sample on, as pairs of their numbers.

    As `same_signals`, but without a search for the lag, so that every recording of a study can be held
    against every other; `at_once` of them against as many, so that memory is that of the signatures.
    """
    found: list[tuple[int, int]] = []
    for first in range(0, len(signatures), at_once):
        those = signatures[first : first + at_once]
        for second in range(first, len(signatures), at_once):
            same = _same(those, signatures[second : second + at_once])
            found += [(first + int(i), second + int(j)) for i, j in np.argwhere(same)]
    return sorted((i, j) for i, j in found if i < j)


def _same(some: Sequence[Signature], others: Sequence[Signature]) -> np.ndarray:
    """Whether two recordings hold the same signals, shape (n_some, n_others)."""
    shared, same = (np.zeros((len(some), len(others)), int) for _ in range(2))
    for name in {name for own in some for name in own}:
        rows, columns = ([i for i, own in enumerate(group) if name in own] for group in (some, others))
        if not columns:
            continue
        a = _unit(np.array([some[i][name] for i in rows]))
        b = _unit(np.array([others[i][name] for i in columns]))
        agree = np.zeros((len(rows), len(columns)), bool)
        for band in BANDS_HZ:
            within = _within(band)
            agree |= np.abs(a[:, within] @ b[:, within].conj().T) >= SAME * a[:, within].shape[1]
        where = np.ix_(rows, columns)
        shared[where] += 1
        same[where] += agree
    return (shared > 0) & (same >= np.minimum(LEAST_CHANNELS, shared))


def _unit(phases: np.ndarray) -> np.ndarray:
    """Phases as complex numbers of length 1."""
    return UNIT[phases]


def _within(band: Sequence[float]) -> slice:
    """The frequencies of a band, of those that a signature has."""
    first = BANDS_HZ[0][0]
    return slice(round((band[0] - first) * PADDED_S), round((band[1] - first) * PADDED_S))


def _best(a: np.ndarray, b: np.ndarray, band: Sequence[float]) -> tuple[np.ndarray, np.ndarray]:
    """The largest agreement of each pair of channels at any lag, 1 of a copy, and that lag in s."""
    n = round(GRID_HZ * PADDED_S)
    within, low = _within(band), round(band[0] * PADDED_S)
    agreement, lags = np.zeros((len(a), len(b))), np.zeros((len(a), len(b)))
    for i, own in enumerate(a[:, within]):
        spectrum = np.zeros((len(b), n // 2 + 1), np.complex64)
        spectrum[:, low : low + len(own)] = own * b[:, within].conj()
        course = np.abs(np.fft.irfft(spectrum, n, axis=1)) * (n / 2 / len(own))
        at = course.argmax(axis=1)
        agreement[i] = course[np.arange(len(b)), at]
        lags[i] = -np.where(at > n // 2, at - n, at) / GRID_HZ
    return agreement, lags
