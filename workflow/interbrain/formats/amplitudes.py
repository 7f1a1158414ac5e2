"""Whether a head can give the amplitudes that a file has: what it cannot was written with the wrong unit.

Not here: amplitudes that are possible and odd (`contradictions`), and which windows and channels are too
strong to be used (rooms `cleaning` and `epochs`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from interbrain.formats import FormatError
from interbrain.formats.units import volts_per_unit

if TYPE_CHECKING:
    from mne.io import BaseRaw

# Strength is the RMS in this band: without offsets of DC amplifiers and their drift, and without the mains.
BAND_HZ = (1.0, 30.0)
EXCERPTS, EXCERPT_S = 12, 4.0
LEAST_OF_SPAN, LEAST_OF_VALUES = 1e-6, 1e-9  # of an excerpt: less is rounding
# µV. At rest the EEG of all channels together has 3 to 50; amplifiers have .1 to .5 by themselves.
LEAST_POSSIBLE, MOST_POSSIBLE = 0.1, 1000.0
USUAL = 12.0
UNITS = {1e-9: "nV", 1e-6: "µV", 1e-3: "mV", 1.0: "V"}


def strengths(raw: BaseRaw, picks: str | Sequence[int] = "eeg") -> np.ndarray:
    """How strong each channel is.

    Parameters
    ----------
    raw : mne.io.BaseRaw
        Loaded or not.
    picks : str or list
        Channels, as MNE takes them.

    Returns
    -------
    rms : array, shape (2, n_channels)
        Median over excerpts of the RMS in V at 1-30 Hz, and at 1 Hz and above, lines taken off; NaN of a
        channel that is constant or a line in half of them.
    """
    sfreq = raw.info["sfreq"]
    if raw.n_times < 2:
        return np.full((2, len(raw.get_data(picks))), np.nan)
    length = min(raw.n_times, max(2, round(EXCERPT_S * sfreq)))
    starts = np.unique(np.linspace(0, raw.n_times - length, EXCERPTS).round().astype(int))
    taper, line = np.hanning(length + 2)[1:-1], np.linspace(-1, 1, length)
    frequency = np.fft.rfftfreq(length, 1 / sfreq)
    # Of a very short recording, all but its mean.
    lowest = BAND_HZ[0] if (frequency >= BAND_HZ[0]).sum() > 1 else frequency[1]
    bands = [frequency >= lowest, frequency >= lowest]
    bands[0] = bands[0] & (frequency <= max(BAND_HZ[1], lowest))
    found = []
    for start in starts:
        excerpt = raw.get_data(picks, start=start, stop=start + length)
        span, largest = np.ptp(excerpt, axis=1), np.abs(excerpt).max(axis=1)
        excerpt = excerpt - excerpt.mean(axis=1, keepdims=True)
        excerpt -= np.outer(excerpt @ line / (line @ line), line)
        power = np.abs(np.fft.rfft(excerpt * taper, axis=1)) ** 2
        rms = np.array([power[:, band].sum(axis=1) for band in bands])
        rms = np.sqrt(2 * rms / (length * (taper**2).sum()))
        varies = (span > 0) & (rms[1] > np.maximum(LEAST_OF_SPAN * span, LEAST_OF_VALUES * largest))
        found.append(np.where(varies, rms, 0.0 * span))
    each = np.array(found)
    measured = ~np.isnan(each).all(axis=(0, 1))  # elsewhere values are missing in all excerpts
    rms = np.zeros(each.shape[1:])
    rms[:, measured] = np.nanmedian(each[:, :, measured], axis=0)
    return np.where(rms[1] > 0, rms, np.nan)


def strength_uv(raw: BaseRaw) -> float | None:
    """How strong the EEG is: the median of its channels' RMS at 1-30 Hz in µV; None if none has a signal."""
    if "eeg" not in raw:
        return None
    rms = 1e6 * strengths(raw)[0]
    return None if np.isnan(rms).all() else float(np.nanmedian(rms))


def check_amplitudes(raw: BaseRaw, path: Path, units: Mapping[str, str]) -> None:
    """Refuse an EEG that no head can give; one that is odd is noted elsewhere (`contradictions`).

    Parameters
    ----------
    raw : mne.io.BaseRaw
        With its channels named and typed.
    path : path-like
        The file, for messages.
    units : dict of str to str
        Units that the file gives, by channel; empty if the format has none.

    Raises
    ------
    FormatError
        The median of all channels is above MOST_POSSIBLE at 1-30 Hz, or below LEAST_POSSIBLE at all
        frequencies.
    """
    if "eeg" not in raw:
        return
    rms, whole = 1e6 * strengths(raw)
    if np.isnan(rms).all():
        return
    strength, largest = np.nanmedian(rms), np.nanmedian(whole)
    if largest < LEAST_POSSIBLE or strength > MOST_POSSIBLE:
        amplitude = largest if largest < LEAST_POSSIBLE else strength
        raise FormatError(
            f"its EEG would be {volts(amplitude)} strong (RMS, median of all channels), {_times(amplitude)} "
            "for a head",
            _unit_advice(amplitude, set(units.values())),
            where=path,
        )


def _factor(strength: float) -> float:
    """By which power of a thousand the EEG is too strong (below 1: too weak); at least one."""
    steps = round(np.log10(strength / USUAL) / 3)
    return 10.0 ** (3 * (steps or np.sign(strength - USUAL)))


def _times(strength: float) -> str:
    factor = _factor(strength)
    return f"{factor:,.0f} times too much" if factor > 1 else f"{1 / factor:,.0f} times too little"


def _unit_advice(strength: float, given: Collection[str]) -> str:
    """What the file probably means, and what to do."""
    known = {unit: volts for unit in given if (volts := volts_per_unit(unit))}
    powers = {round(np.log10(volts)) for volts in known.values()}
    if len(powers) == 1:
        meant = UNITS.get(10.0 ** (powers.pop() - round(np.log10(_factor(strength)))))
        said = f"The file gives its unit as {sorted(known)[0]}"
        said += f" and probably means {meant}." if meant else ", which is wrong."
    else:
        said = "Its unit is missing or wrong."
    return (
        f"{said} Export it again with the right unit, or write what the numbers are to be multiplied by "
        f"({1 / _factor(strength):g}) into therapist_scale or client_scale in the recordings table."
    )


def volts(microvolts: float) -> str:
    """A voltage with the unit that suits it."""
    for size, unit in ((1e6, "V"), (1e3, "mV"), (1.0, "µV"), (1e-3, "nV")):
        if microvolts >= size:
            return f"{microvolts / size:.3g} {unit}"
    return f"{microvolts * 1e6:.3g} pV"
