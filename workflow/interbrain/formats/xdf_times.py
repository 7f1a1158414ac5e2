"""When the samples of an XDF stream were recorded: its true rate, lost samples, and the LSL clock."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from interbrain.formats import FormatError
from interbrain.formats.notes import note

if TYPE_CHECKING:
    from interbrain.formats.xdf_streams import Stream

# A time stamp later than the one before by this is late or shows a loss; a loss moves those that follow, too.
# Where stamps are exact, a shorter loss shows, too: one beyond their usual scatter and a sample and a half.
LEAST_LOSS_S, SHORTEST_LOSS_S, BESIDE_S = 0.05, 0.01, 2.0
# Samples that were held up and came all at once are back in time after this; those after a loss never are.
HELD_UP_S = 10.0
# A step of a clock this large ends the time axis; from the smaller one it is said, if it exceeds the scatter.
STEP_S, SMALLEST_STEP_S, STEP_SCATTERS, WINDOW_S, WINDOWS_BESIDE = 0.05, 0.01, 8, 0.5, 6
WINDOWS_HELD_UP = round(HELD_UP_S / WINDOW_S)
# Crystals of amplifiers differ by 0.1 % at most; what lies further from the header's rate is another rate.
MOST_OFF_RATE, ROUND_RATE, EVEN_RATE, MOST_TIMES_OFF = 0.005, 0.001, 0.05, 10
# Time stamps that a sender counted, and did not read from a clock: half of them are so near to evenly spaced.
EXACT = 0.001
# So far may half of the time stamps lie from a steady clock; network delays are a tenth of it.
MOST_IRREGULAR_S = 0.1
FIT_POINTS, LEAST_DELAYED = 60, 10  # blocks; per cent of the stamps of a block


def true_rate(stamps: np.ndarray, stream: Stream, path: Path) -> float:
    """Samples per second: the header's, or that of the time stamps if they run at quite another."""
    n_pieces = min(FIT_POINTS, int(np.ptp(stamps)), len(stamps) // 10)
    if n_pieces < 4:
        return stream.rate
    # Between neighbouring pieces, so that a loss or a step spoils only one of the differences.
    pieces = np.array_split(np.arange(len(stamps)), n_pieces)
    middle = np.array([piece.mean() for piece in pieces])
    periods = np.diff([np.median(stamps[piece]) for piece in pieces]) / np.diff(middle)
    period = np.median(periods)
    error = 1.4826 * np.median(np.abs(periods - period)) / period / np.sqrt(len(periods))
    if period <= 0 or abs(1 / (period * stream.rate) - 1) <= max(MOST_OFF_RATE, 4 * error):
        return stream.rate
    measured = 1 / period
    if not 1 / MOST_TIMES_OFF <= measured / stream.rate <= MOST_TIMES_OFF:
        raise FormatError(
            f"by its time stamps, stream '{stream.name}' ran at {measured:.4g} Hz, and its header "
            f"says {stream.rate:g} Hz",
            "Its time stamps are probably not in seconds. Use another recording.",
            where=path,
        )
    steps = np.diff(stamps)
    usual = np.median(steps)
    are_exact = np.median(np.abs(steps - usual)) < EXACT * period
    if abs(usual / period - 1) > (MOST_OFF_RATE if are_exact else EVEN_RATE):
        raise FormatError(
            f"{measured:.1f} samples per second came from stream '{stream.name}', and its header says "
            f"{stream.rate:g} Hz",
            "Either the rate is wrong or samples were lost all the time; both make it useless. "
            "Record it with its rate set, and check the connection.",
            where=path,
        )
    rate = float(round(measured)) if abs(round(measured) / measured - 1) < ROUND_RATE else round(measured, 3)
    note(
        f"stream '{stream.name}' ran at {measured:.2f} Hz by its time stamps, and its header says "
        f"{stream.rate:g} Hz; {rate:g} Hz is taken as its rate"
    )
    return rate


def lost_samples(stamps: np.ndarray, rate: float) -> np.ndarray:
    """How many samples were lost before each, shape (n_times,)."""
    lost = np.zeros(len(stamps), int)
    behind = stamps - np.arange(len(stamps)) / rate
    beside = max(round(BESIDE_S * rate), 1)
    last: int | np.integer = 0
    shortest = max(SHORTEST_LOSS_S, 1.5 / rate, 3 * _scatter(behind, rate))
    least = min(LEAST_LOSS_S, shortest)
    for at in np.flatnonzero(np.diff(behind) > least) + 1:
        earlier, later = behind[max(last, at - beside) : at], behind[at : at + beside]
        before = np.percentile(earlier, LEAST_DELAYED)
        step = np.percentile(later, LEAST_DELAYED) - before
        if step <= least or len(later) <= beside / 2:  # nearer the end, late is like lost
            continue
        lasting = np.percentile(behind[at : at + round(HELD_UP_S * rate)], LEAST_DELAYED) - before
        if lasting > least:
            lost[at], last = round(min(step, lasting) * rate), at
    return lost


def _scatter(behind: np.ndarray, rate: float) -> float:
    """How far stamps of the same half second usually lie apart, s: most of it is delay."""
    n = max(round(WINDOW_S * rate), 2)
    windows = behind[: len(behind) // n * n].reshape(-1, n)
    return float(np.median(np.subtract(*np.percentile(windows, [90, 10], axis=1)))) if len(windows) else 0.0


def check_steps(
    times: Sequence[float] | np.ndarray, values: Sequence[float] | np.ndarray, what: str, path: Path
) -> list[float]:
    """Refuse a stream whose clock was set while it ran; where the step is small, say it, and return when."""
    at, size = _step(np.asarray(values, float))
    if size == 0:
        return []
    told = f"{what} step {'back' if size < 0 else 'forward'} by {abs(size):.3f} s at {times[at]:.1f} s"
    if abs(size) >= STEP_S:
        raise FormatError(
            f"{told}, so a clock was set or an amplifier was restarted, and what was recorded before "
            "and after it is on two time axes",
            "Use another recording, or the part on one side of it, saved as a file of its own.",
            where=path,
        )
    note(f"{told}; what follows may be off by so much")
    return [float(times[at])]


def _step(values: np.ndarray) -> tuple[int, float]:
    """The largest lasting step in a series that otherwise drifts: where, and by how much; 0 if none."""
    n = len(values)
    values = values - np.median(np.diff(values)) * np.arange(n) if n > 1 else values
    beside = min(WINDOWS_BESIDE, n // 4)
    if beside < 2:
        return 0, 0.0
    steps = np.zeros(n)
    for i in range(2, n - 1):
        before, after = values[max(i - beside, 0) : i], values[i : i + beside]
        # What was only held up for a while is no step: stamps come late, never early.
        earliest = values[i : i + WINDOWS_HELD_UP].min() - values[max(i - WINDOWS_HELD_UP, 0) : i].min()
        step = np.median(after) - np.median(before)
        steps[i] = min(step, earliest, key=abs) if step * earliest > 0 else 0.0
    scatter = 1.4826 * np.median(np.abs(steps[2 : n - 1]))
    largest = np.abs(steps).max()
    if largest <= max(SMALLEST_STEP_S, STEP_SCATTERS * scatter):
        return 0, 0.0
    # Beside the step, medians show it as well: it is where the values themselves change most.
    near = np.flatnonzero(np.abs(steps) > 0.9 * largest)
    at = int(near[np.argmax(np.abs(values[near] - values[near - 1]))])
    return at, float(steps[near][np.argmax(np.abs(steps[near]))])


def lsl_clock(seconds: np.ndarray, stamps: np.ndarray) -> tuple[tuple[float, float], float]:
    """(stamp at 0, stamps' seconds per second) by a robust line, and the median distance from it in s.

    Stamps come late, never early: once the drift is known, those that were least delayed tell the time.
    """
    from scipy.stats import theilslopes

    start, slope = stamps[0], 1.0
    blocks = np.array_split(np.arange(len(stamps)), min(FIT_POINTS, len(stamps)))
    middle = np.array([np.median(seconds[block]) for block in blocks])
    for share in (50, LEAST_DELAYED):
        beyond = stamps - start - slope * seconds
        line = theilslopes([np.percentile(beyond[block], share) for block in blocks], middle)
        start, slope = start + line.intercept, slope + line.slope
    distance = np.median(np.abs(stamps - start - slope * seconds))
    return (float(start), float(slope)), float(distance)
