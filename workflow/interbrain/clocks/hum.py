"""How far two clocks drift apart, by the mains hum that both recordings hold.

Two amplifiers on one grid record the same hum, however its frequency wanders; what its phases drift apart is
the drift of the clocks. A measurement to warn by, never one that a recording is corrected by.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

# Shorter recordings cannot show that their hum keeps step.
SHORTEST_S = 90
# The hum keeps step: resultant length of the phase about its line; and thirds of the recording, each known to
# so much, agree on the drift to so much. Two grids wander against each other by hundreds of ppm in minutes.
STEADY = 0.8
PARTS, KNOWN_PPM, AGREEING_PPM = 3, 15.0, 30.0
# A step of the phase as of lost samples: rad, and in its standard errors; and places where it is sought.
STEP_RAD, STEP_ERRORS, STEP_PLACES = 0.5, 5.0, 40


@dataclass(frozen=True)
class HumDrift:
    """How much faster the client's clock runs and the standard error of it, ppm; the mains' frequency, Hz."""

    ppm: float
    error_ppm: float
    hz: float


def drift_by_hum(
    therapist: Mapping[float, Sequence[complex]],
    client: Mapping[float, Sequence[complex]],
    offset_s: float = 0.0,
    max_drift_ppm: float = 1500.0,
) -> HumDrift | None:
    """Drift of the client's clock against the therapist's.

    Parameters
    ----------
    therapist, client : mapping
        `formats.hum.hum_phasors` of each recording.
    offset_s : float
        Client's clock when the therapist's shows 0, about: right to a second or two.
    max_drift_ppm : float
        It is sought between minus and plus this.

    Returns
    -------
    drift : HumDrift or None
        None if it cannot be measured: no hum in one of the two, two grids, lost samples, too short.
    """
    each = (
        _drift(np.array(therapist[hz]), np.array(client[hz]), hz, round(offset_s), max_drift_ppm)
        for hz in sorted(set(therapist) & set(client))
    )
    found = [drift for drift in each if drift is not None]
    return min(found, key=lambda drift: drift.error_ppm, default=None)


def _drift(
    one: np.ndarray, other: np.ndarray, hz: float, later: int, max_drift_ppm: float
) -> HumDrift | None:
    one, other = one[max(-later, 0) :], other[max(later, 0) :]
    n = min(len(one), len(other))
    if n < SHORTEST_S:
        return None
    turned = other[:n] * np.conj(one[:n])
    turned = turned / np.maximum(np.abs(turned), np.finfo(float).tiny)
    cycles_per_s = 1e-6 * hz * max_drift_ppm
    frequency = np.fft.fftfreq(16 * n)
    spectrum = np.where(np.abs(frequency) <= cycles_per_s, np.abs(np.fft.fft(turned, 16 * n)) / n, 0)
    at = int(spectrum.argmax())
    if spectrum[at] < STEADY:
        return None
    seconds = np.arange(n)
    left = turned * np.exp(-2j * np.pi * frequency[at] * seconds)
    phase = np.angle(left * np.conj(left.mean()))  # within half a cycle of the line, or not steady
    slopes = [_slope(part, phase[part]) for part in np.array_split(seconds, PARTS)]
    slope, error = _slope(seconds, phase)
    to_ppm = -1e6 / (2 * np.pi * hz)
    parts = to_ppm * np.array([s for s, _ in slopes])
    errors = abs(to_ppm) * np.array([e for _, e in slopes])
    if errors.max() > KNOWN_PPM or np.ptp(parts) > AGREEING_PPM:
        return None
    if _steps(seconds, phase):
        return None
    ppm = -1e6 * frequency[at] / hz + to_ppm * slope
    return HumDrift(float(ppm), float(max(abs(to_ppm) * error, parts.std() / PARTS**0.5)), hz)


def _slope(x: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """Slope of a line and its standard error."""
    (slope, level), spread = np.polyfit(x - x.mean(), y, 1), np.sum((x - x.mean()) ** 2)
    left = y - level - slope * (x - x.mean())
    return slope, np.sqrt(np.sum(left**2) / (len(x) - 2) / spread)


def _steps(x: np.ndarray, phase: np.ndarray) -> bool:
    """Whether the phase steps: then samples are missing, and the line is none."""
    for place in np.linspace(0, len(x), STEP_PLACES + 2)[1:-1].astype(int):
        columns = np.column_stack([np.ones(len(x)), x - x.mean(), x >= x[place]])
        coefficients = np.linalg.lstsq(columns, phase, rcond=None)[0]
        spread = np.sum((phase - columns @ coefficients) ** 2) / (len(x) - 3)
        error = np.sqrt(spread * np.linalg.inv(columns.T @ columns)[-1, -1])
        if abs(coefficients[-1]) > max(STEP_RAD, STEP_ERRORS * error):
            return True
    return False
