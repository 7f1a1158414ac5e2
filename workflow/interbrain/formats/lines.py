"""Lines in a recording's spectrum, and what they say of its sampling rate: the mains are a clock in it.

Not here: which grid the mains are of (`spectrum.Spectrum.mains_hz`), the drift of two clocks (`clocks.hum`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from interbrain.formats.spectrum import MAINS_HZ, Spectrum

# A line is this far above what lies around it, in the median channel. 110 simulated recordings (128 to 2048
# Hz, 8 to 32 channels, mains of 0 to 60 uV, rhythms, filters) and 13 real ones, in 49 excerpts, have
# no rate that their lines contradict; 72 show their mains, and each of these a rate that is wrong by 2.4 %.
LINE_DB, LEAST_LINE = 10.0, 1e-15
LOWEST_HZ, NEAR_HZ, BESIDE_HZ = 22.0, 2.0, 5.0
# Grids keep within .4 % of their frequency; rates are wrong by 1.6 % and more.
OF_THE_GRID = 0.008
# Rates at which amplifiers record; 488.28 and its kin are a clock divided by powers of two.
RATES_HZ = (
    *(100, 125, 128, 150, 160, 200, 220, 240, 250, 256, 300, 320, 400, 480, 500, 512, 600, 640, 800, 960),
    *(1000, 1024, 1200, 1250, 2000, 2048, 2400, 2500, 4000, 4096, 4800, 5000, 8192, 10000),
    *(122.0703, 244.1406, 488.2812, 976.5625),
)
AS_STATED = 0.0035
# Farther from the stated rate, a line may be a screen's: other signs must agree.
CLOSE = 0.06
NOTCH_DB, RHYTHM_DB = 3.0, 3.0
RHYTHM_HZ = (7.5, 13.0)


@dataclass(frozen=True)
class OtherRate:
    """The rate that a recording was probably made at, the line that shows it, and which mains it is: Hz."""

    rate_hz: float
    line_hz: float
    mains_hz: float


def lines_of(spectrum: Spectrum) -> list[tuple[float, float]]:
    """Frequency (Hz) and height (dB) of each line from 22 Hz on, the highest first."""
    from scipy.ndimage import median_filter

    hz, level = spectrum.frequency_hz, _level(spectrum)
    if level is None or hz[1] > NEAR_HZ / 4:
        return []
    widths = [round(2 * distance / hz[1]) | 1 for distance in (NEAR_HZ, BESIDE_HZ)]
    above = level - np.max([median_filter(level, width, mode="nearest") for width in widths], axis=0)
    peak = (level[1:-1] >= level[:-2]) & (level[1:-1] > level[2:])
    strong = (above[1:-1] >= LINE_DB) & (level[1:-1] >= 10 * np.log10(LEAST_LINE))
    inside = (hz[1:-1] >= LOWEST_HZ) & (hz[1:-1] <= 0.92 * hz[-1])
    places = np.flatnonzero(peak & strong & inside) + 1
    found = []
    for at in places[np.argsort(-above[places])]:
        before, here, after = level[at - 1 : at + 2]
        curved = before - 2 * here + after
        found.append((float(hz[at] + hz[1] * 0.5 * (before - after) / curved), float(above[at])))
    return found


def other_rate(spectrum: Spectrum, sfreq: float) -> OtherRate | None:
    """The rate that the lines of a recording speak for, if it is not the stated one.

    Parameters
    ----------
    spectrum : Spectrum
        Of the recording as it was made.
    sfreq : float
        The rate that its file gives, Hz.

    Returns
    -------
    rate : OtherRate or None
        None if a line is at 50 or 60 Hz, or none is seen.
    """
    lines = lines_of(spectrum)
    if not lines or any(_near(line, mains) for line, _ in lines for mains in MAINS_HZ):
        return None
    line = lines[0][0]
    meant = [
        (abs(rate / sfreq - mains / line) * line / mains, OtherRate(float(rate), line, mains))
        for mains in MAINS_HZ
        for rate in RATES_HZ
    ]
    apart, found = min(meant, key=lambda each: each[0])
    if apart <= AS_STATED and abs(found.rate_hz / sfreq - 1) <= CLOSE:
        return found
    mains = min(MAINS_HZ, key=lambda hz: abs(line / hz - 1))
    if abs(line / mains - 1) <= CLOSE:
        return OtherRate(sfreq * mains / line, line, mains)
    if apart <= AS_STATED and not (_notched(spectrum, line) or _has_rhythm(spectrum)):
        return found
    return None


def usual_rate(sfreq: float) -> float | None:
    """The rate near this one at which amplifiers record; None if there is none."""
    rate = min(RATES_HZ, key=lambda each: abs(each / sfreq - 1))
    return rate if abs(rate / sfreq - 1) <= AS_STATED else None


def _near(line: float, mains: float) -> bool:
    return abs(line / mains - 1) <= OF_THE_GRID


def _level(spectrum: Spectrum) -> np.ndarray | None:
    if not len(spectrum.power):
        return None
    return 10 * np.log10(np.maximum(np.median(spectrum.power, axis=0), 1e-30))


def _notched(spectrum: Spectrum, line: float) -> bool:
    """Whether mains were taken out below a line, which then may be one of their harmonics."""
    hz, level = spectrum.frequency_hz, _level(spectrum)
    assert level is not None
    for mains in MAINS_HZ:
        for harmonic in np.arange(mains, line - 5, mains):
            distance = np.abs(hz - harmonic)
            if np.median(level[(distance > 3) & (distance < 6)]) - level[distance < 0.6].min() > NOTCH_DB:
                return True
    return False


def _has_rhythm(spectrum: Spectrum) -> bool:
    """Whether there is alpha where it belongs, in a tenth of the channels."""
    hz = spectrum.frequency_hz
    low, high = RHYTHM_HZ
    level = 10 * np.log10(np.maximum(spectrum.power, 1e-30))
    inside = (hz >= low) & (hz <= high)
    beside = [(hz >= low - 2.5) & (hz < low), (hz > high) & (hz <= high + 4)]
    around = np.max([np.median(level[:, bins], axis=1) for bins in beside], axis=0)
    return bool(np.quantile(level[:, inside].max(axis=1) - around, 0.9) > RHYTHM_DB)
