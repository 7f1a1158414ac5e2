"""Bands that a filter took before a recording came to us: what a band's own filter would find there.

Which filters a spectrum shows is found in `spectrum`, and what a file's header says of them in
`contradictions`; here is the rule by which synchrony in a band is n/a, which cleaning does not know.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from interbrain.formats.spectrum import filter_facts

if TYPE_CHECKING:
    from interbrain.formats.spectrum import Spectrum

# Less than this share of what the band's filter passes comes from within the band: it is of other rhythms.
LEAST_FROM_WITHIN = 0.5


@dataclass(frozen=True)
class Filtered:
    """Between which frequencies filters left a recording, by its own spectrum, and that spectrum.

    Attributes
    ----------
    lowest_hz, highest_hz : float or None
        See `spectrum.Spectrum`.
    frequency_hz, power : array, shape (n_frequencies,)
        Of the median channel, in any unit.
    """

    lowest_hz: float | None
    highest_hz: float | None
    frequency_hz: np.ndarray
    power: np.ndarray

    @classmethod
    def of(cls, spectrum: Spectrum) -> Filtered | None:
        """What is known of a recorded spectrum; None if it shows no filter."""
        return cls.from_json(filter_facts(spectrum))

    def cuts(self, band: Sequence[float]) -> bool:
        """Whether a part of the band (low, high; Hz) lies beyond the edges."""
        return band[0] < (self.lowest_hz or 0.0) or band[1] > (self.highest_hz or np.inf)

    def takes(self, band: Sequence[float]) -> bool:
        """Whether what is left in the band is not of the band, so that its synchrony is n/a.

        It is cut, and lies wholly beyond the edges, or less than half of the power that the band's filter
        passes comes from within the band.
        """
        if not self.cuts(band):
            return False
        low, high = band
        if high <= (self.lowest_hz or 0.0) or low >= (self.highest_hz or np.inf):
            return True
        passed = self.power * _response(self.frequency_hz, low, high) ** 2
        within = (self.frequency_hz >= low) & (self.frequency_hz <= high)
        return bool(passed[within].sum() < LEAST_FROM_WITHIN * passed.sum())

    def reason(self, band: Sequence[float]) -> str:
        """Which filter cut the band, such as ``a high-pass filter at about 6 Hz``."""
        said = []
        if self.lowest_hz and band[0] < self.lowest_hz:
            said.append(f"a high-pass filter at about {self.lowest_hz:.2g} Hz")
        if self.highest_hz and band[1] > self.highest_hz:
            said.append(f"a low-pass filter at about {self.highest_hz:.2g} Hz")
        return " and ".join(said)

    @classmethod
    def from_json(cls, told: Mapping[str, Any] | None) -> Filtered | None:
        """Of what `spectrum.filter_facts` gave; None of None."""
        if not told:
            return None
        hz, power = (np.array(told[name], float) for name in ("Hz", "Power"))
        return cls(told["LowestHz"], told["HighestHz"], hz, power)


def _response(frequency: np.ndarray, low: float, high: float) -> np.ndarray:
    """Amplitude that MNE's filter of a band passes: its transitions are a quarter of the edge, or 2 Hz."""
    below = low - min(max(0.25 * low, 2.0), low)
    above = high + max(0.25 * high, 2.0)
    places = [below, low, high, above]
    ramp = np.interp(frequency, places, [0.0, 1.0, 1.0, 0.0], left=0.0, right=0.0)
    return 0.5 - 0.5 * np.cos(np.pi * ramp)
