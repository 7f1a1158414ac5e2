"""What is not known of how two clocks are tied, in words, and what it can cost.

Not here: how they are tied (`matching`, `session`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from interbrain.clocks.confirmation import Stretch
    from interbrain.clocks.hum import HumDrift
    from interbrain.clocks.jumps import Jump
    from interbrain.clocks.matching import ClockFit

# By a lag of t seconds, alpha PLV falls to exp(-(t / this)^2) of what it is without one: .997, .96 and .79 at
# 10, 40 and 100 ms, as simulated (docs/recordings.md).
ALPHA_LAG_S = 0.206
# Two amplifiers usually differ by 8 to 33 ppm; several hundred have been measured.
USUAL_PPM, LARGE_PPM = 100, 500


def alpha_lost_percent(lag_s: float) -> float:
    """Share of alpha PLV that is lost where two recordings are `lag_s` apart, %."""
    return 100 * (1 - math.exp(-((lag_s / ALPHA_LAG_S) ** 2)))


def drift_unknown(seconds: float) -> str:
    """What an unknown drift can cost, `seconds` from the instant at which the clocks are tied."""
    cost = " or ".join(
        f"{1e-3 * ppm * seconds:.0f} ms (at {ppm} ppm; {alpha_lost_percent(1e-6 * ppm * seconds):.0f}% of "
        "alpha PLV lost there)"
        for ppm in (USUAL_PPM, LARGE_PPM)
    )
    return (
        f"the drift between the two clocks is unknown and taken as 0; after {seconds:.0f} s the recordings "
        f"would be {cost} apart"
    )


def matched_of(fit: ClockFit) -> str:
    """How many pulses of a `ClockFit` are matched, of the therapist's and of the client's: "7 of 12 | 9"."""
    return f"{fit.n_matched} of {fit.n_reference} | {fit.n_other}" if fit.n_reference else "–"


def beside_a_jump(jump: Jump) -> str:
    """That a block was tied by the pulses on its side of a `Jump` alone."""
    size = jump.offset_after - jump.offset_before
    by = "" if math.isnan(size) else f" by {size:+.3f} s"
    return (
        f"one clock jumps against the other{by} between {jump.last:.1f} and {jump.first:.1f} s on the "
        "therapist's clock; this block is tied by the triggers on its own side of the jump alone"
    )


def no_match_in_the_block(counts: Sequence[int], between: bool) -> str:
    """That none of a block's pulses is matched, of so many in either recording."""
    how = "the nearest before and after it" if between else "others, all on one side of it"
    return (
        f"no trigger inside the rest block is matched (therapist's: {counts[0]}, client's: {counts[1]}); its "
        f"clock is known only from {how}"
    )


def run_without_a_match(stretch: Stretch) -> str:
    """What a run of pulses without a match (a `Stretch`) means for the rest block."""
    places = {
        "before": "before the first matched trigger",
        "behind": "after the last matched trigger",
        "between": "between two matched triggers",
    }
    here, there = stretch.counts
    what = f"{places[stretch.where]}, none of the others is matched (therapist's: {here}, client's: {there})"
    span = f"from {stretch.begin:.1f} to {stretch.end:.1f} s on the therapist's clock"
    if stretch.confirmed:
        return f"{span}, {what}; the clock is known from the triggers on either side"
    why = "lost and spurious triggers or a jump of a clock" if min(here, there) else "a fault of a recording"
    return f"{span} the clock is not confirmed, and no window is used: {what}, which can be {why}"


def nothing_beyond(words: str, where: str, seconds: float) -> str:
    """That no pulse could show a jump in so many seconds of a block."""
    return (
        f"in the {seconds:.0f} s of the rest block {words} the {where} matched trigger, no trigger of both "
        "members shows whether a clock jumps"
    )


def jitter(residual_ms: float, sampling_ms: float, n_in_block: int) -> str:
    """That pulses are `residual_ms` from one line, RMS, and what that costs a block with so many of them."""
    off = residual_ms / max(n_in_block, 1) ** 0.5
    return (
        f"the shared triggers are {residual_ms:.1f} ms (RMS) away from one line, and sampling explains "
        f"{sampling_ms:.1f} ms: marks of a recording jitter, as those of a program do. This block is tied "
        f"to about {off:.1f} ms ({alpha_lost_percent(2e-3 * off):.1f}% of alpha PLV lost at twice that), "
        "and lags are off by as much"
    )


def hum_drift(hum: HumDrift, seconds: float) -> str:
    """What the mains hum says of the drift (a `HumDrift`), and what it costs after so many seconds."""
    lag = 1e-6 * abs(hum.ppm) * seconds
    return (
        f"by the {hum.hz:g}-Hz mains hum in both recordings, if both amplifiers were on one grid, the clocks "
        f"drift apart by {hum.ppm:.1f} ppm (standard error {max(hum.error_ppm, 0.1):.1f}): after "
        f"{seconds:.0f} s they are {1e3 * lag:.0f} ms apart ({alpha_lost_percent(lag):.0f}% of alpha PLV "
        "lost there); this is not corrected"
    )


def drift_or_jump(drift_ppm: float, last: float, first: float, step: float) -> str:
    """That a drift could as well be a step between two pulses, `last` and `first`, s."""
    return (
        f"the drift of {drift_ppm:.0f} ppm is larger than usual, and no trigger is matched between "
        f"{last:.1f} and {first:.1f} s on the therapist's clock: {abs(step):.3f} s that are missing from "
        "one recording there would look the same. Compare the lengths of the two recordings"
    )


def triggers_otherwise(told: ClockFit, apart: float) -> str:
    """That shared triggers, fitted as a `ClockFit`, are `apart` s from how the clocks were tied."""
    return (
        f"the triggers contradict this tie: they fit one another ({matched_of(told)} matched) "
        f"{abs(apart):.3f} s away from it. If one trigger reached both amplifiers at once, write sync: "
        "markers"
    )


def fast_by_lsl(drift_ppm: float, max_drift_ppm: float) -> str:
    """That the clocks drift faster by LSL's clock than triggers are allowed to show."""
    return (
        f"the two clocks drift apart by {drift_ppm:.0f} ppm, more than max_drift_ppm "
        f"({max_drift_ppm:g} ppm); the LSL clock allows for it"
    )


def apart_by_lsl(median_ms: float) -> str:
    """That the client's triggers come so much later than the therapist's by LSL's clock."""
    return (
        f"by the LSL clock, the client's triggers come {abs(median_ms):.0f} ms "
        f"{'after' if median_ms > 0 else 'before'} the therapist's. If one trigger reached both "
        "amplifiers at once, write sync: markers"
    )


SAME_TIMES = (
    "all shared triggers are at exactly the same times in both files, which is hardly ever so with two "
    "amplifiers that have clocks of their own: this is right if one amplifier recorded both and the file was "
    "divided; if the triggers of one file were copied into the other, they tie nothing"
)
NO_HUM = "the mains hum in the recordings does not show the drift either"
SHARED_START = (
    "the recordings are taken to begin at the same instant because the recordings table states it "
    "(shared_start); this was not measured"
)
HEADER_TIME = "tied by header times, accurate to a second at best: PLV is then meaningless at alpha"
TWO_MARKERS = "two shared triggers always fit: the clocks' alignment cannot be checked"
TWO_FILES_ONE_CLOCK = (
    "the two files' LSL clocks are taken to be one clock because the recordings table states it (lsl_clock); "
    "this was not measured"
)
