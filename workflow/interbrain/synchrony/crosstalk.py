"""What the amplifiers of two members share at all frequencies, which two brains cannot.

Rhythms of two people may agree in theta and alpha. From 15 Hz on, and in all of it, they do so only if one
member's wires, plugs or reference pick up the other's EEG, or if both heads are on one amplifier that leaks.
PLV is then too high in every band.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from interbrain.epochs import Signal

BAND_HZ = (15.0, 35.0)
LEAST_HZ = 8.0  # of the band, below the low-pass of cleaning
SEGMENT_S = 1.0
LEAST_SEGMENTS = 30
# Coherence of n segments is about 1/n by chance. The largest of all pairs of channels, each the median over
# frequencies, is at most 2.6/n in 60 pairs of real recordings with 64 channels, and 2.1/n in 120 simulated
# ones, among them partners whose theta and alpha are locked by .85 and .95.
MOST_BY_CHANCE = 4.0
# Of a leak of 7 % of the amplitude. Less changes PLV by less than what its own windows scatter.
LEAST_COHERENCE = 0.005


@dataclass(frozen=True)
class Crosstalk:
    """The pair of channels, one of each member, that have most in common from 15 Hz on.

    Attributes
    ----------
    coherence : float
        Magnitude-squared coherence, median over frequencies; NaN where it could not be judged.
    limit : float
        What chance and a leak that does no harm do not reach; NaN likewise.
    channels : str
        Therapist's and client's; empty likewise.
    note : str
        Why it could not be judged; else empty.
    """

    coherence: float
    limit: float
    channels: str
    note: str = ""

    @property
    def columns(self) -> dict:
        """As they are in the table of lags."""
        return {
            "crosstalk": self.coherence,
            "crosstalk_limit": self.limit,
            "crosstalk_channels": self.channels or None,
            "crosstalk_note": self.note or None,
        }


def crosstalk(
    therapist: Signal, client: Signal, starts_s: Sequence[float], length_s: float, lowpass: float
) -> Crosstalk:
    """Coherence of every channel of one member with every channel of the other, where no brain makes any.

    Each second counts alike, however strong it is, so that a movement of both at one moment is not taken for
    a shared signal; and the median over frequencies, so that lines of machines and the mains are not.

    Parameters
    ----------
    therapist, client : Signal
        Continuous and both on the therapist's clock.
    starts_s : sequence of float
        Of the kept windows.
    length_s : float
        Of each window.
    lowpass : float
        Above what frequency cleaning left nothing, Hz.
    """
    high = min(BAND_HZ[1], 0.9 * lowpass)
    if high - BAND_HZ[0] < LEAST_HZ:
        return _not_judged(f"the low-pass of cleaning ({lowpass:g} Hz) leaves too little above 15 Hz")
    own = [[c not in member.interpolated for c in member.channels] for member in (therapist, client)]
    if not all(map(any, own)):
        return _not_judged("a member has no good channel")
    n = round(SEGMENT_S * therapist.sfreq)
    within = np.arange(0, round(length_s * therapist.sfreq) - n + 1, n // 2)
    begins = (np.round(np.asarray(starts_s) * therapist.sfreq).astype(int)[:, None] + within).ravel()
    if len(begins) < LEAST_SEGMENTS:
        return _not_judged(f"only {len(begins)} half overlapping seconds (of {LEAST_SEGMENTS})")
    spectra = [
        _spectra(member.data[good], begins, n, therapist.sfreq, high)
        for member, good in zip((therapist, client), own, strict=True)
    ]
    one, other = (np.moveaxis(s, 2, 0) for s in spectra)  # (frequencies, segments, channels)
    cross = np.abs(np.swapaxes(one, 1, 2) @ other.conj()) ** 2
    powers = [(np.abs(s) ** 2).sum(axis=1) for s in (one, other)]
    coherence = np.median(cross / np.maximum(powers[0][:, :, None] * powers[1][:, None], 1e-30), axis=0)
    i, j = np.unravel_index(int(coherence.argmax()), coherence.shape)
    names = [
        [c for c, good in zip(member.channels, goods, strict=True) if good]
        for member, goods in zip((therapist, client), own, strict=True)
    ]
    limit = max(MOST_BY_CHANCE / len(begins), LEAST_COHERENCE)
    return Crosstalk(float(coherence[i, j]), limit, f"{names[0][i]}-{names[1][j]}")


def _not_judged(why: str) -> Crosstalk:
    return Crosstalk(float("nan"), float("nan"), "", why)


def _spectra(data: np.ndarray, begins: np.ndarray, n: int, sfreq: float, high: float) -> np.ndarray:
    """Of every second, at the frequencies of the band; each second of a channel with the power 1."""
    frequency = np.fft.rfftfreq(n, 1 / sfreq)
    band = (frequency >= BAND_HZ[0]) & (frequency <= high)
    taper = np.hanning(n)
    spectra = np.empty((len(begins), len(data), int(band.sum())), np.complex64)
    for k, begin in enumerate(begins):
        piece = data[:, begin : begin + n]
        spectra[k] = np.fft.rfft((piece - piece.mean(axis=1, keepdims=True)) * taper, axis=1)[:, band]
        spectra[k] /= np.maximum(np.linalg.norm(spectra[k], axis=1, keepdims=True), 1e-30)
    return spectra
