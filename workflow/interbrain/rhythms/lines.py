"""Narrow lines in two members' spectra at one frequency: interference, or a machine that both heard.

A brain's rhythm hardly ever is narrower than a third of a hertz; what a machine gives is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

SEGMENT_S = 20.0  # a line is then a tenth of a hertz wide
LEAST_SEGMENTS = 4  # half overlapping; of fewer, single bins scatter too much
BESIDE_HZ = (0.15, 0.5)  # where a line's neighbours are
# Above their median. Two coupled rhythms .3 Hz wide seem one line in 1 dyad of 50, and wider ones in none;
# a line with half of the background's power in alpha is found in all, with a fifth in 1 of 5.
LINE_DB = 8.0
SAME_HZ = 0.1


def narrow_lines(data: np.ndarray, sfreq: float, band: Sequence[float]) -> np.ndarray:
    """Frequencies in a band at which the mean spectrum of some channels has a narrow line, Hz.

    Parameters
    ----------
    data : array, shape (n_channels, n_times)
        Continuous; channels with a missing value are left out.

    Returns
    -------
    lines : array
        Empty too if the recording is too short to tell.
    """
    from scipy.signal import welch

    data = data[np.isfinite(data).all(axis=1)]
    n = round(SEGMENT_S * sfreq)
    if not len(data) or data.shape[1] < n * (LEAST_SEGMENTS + 1) / 2:
        return np.empty(0)
    frequency, power = welch(data, sfreq, nperseg=n)
    power = power.mean(axis=0)
    found = []
    for k in np.flatnonzero((frequency >= band[0]) & (frequency <= band[1])):
        away = np.abs(frequency - frequency[k])
        beside = np.median(power[(away >= BESIDE_HZ[0]) & (away <= BESIDE_HZ[1])])
        highest = power[k] == power[away < BESIDE_HZ[0]].max()
        if highest and beside > 0 and power[k] >= beside * 10 ** (LINE_DB / 10):
            found.append(frequency[k])
    return np.array(found)


def shared_lines(
    a: np.ndarray, b: np.ndarray, sfreq: float, bands: Mapping[str, Sequence[float]]
) -> dict[str, float]:
    """For each band the frequency of a narrow line that two members have in common; NaN if there is none.

    Parameters
    ----------
    a, b : array, shape (n_channels, n_times)
        Continuous and on one clock: of recordings whose clocks drift apart by 100 ppm, a line at 10 Hz is at
        10.001 Hz in the other.
    """
    shared = {}
    for name, band in bands.items():
        one, other = narrow_lines(a, sfreq, band), narrow_lines(b, sfreq, band)
        both = [hz for hz in one if len(other) and np.abs(other - hz).min() <= SAME_HZ + 1e-9]
        shared[name] = float(both[0]) if both else float("nan")
    return shared
