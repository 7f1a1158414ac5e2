"""Clocks tied by pulses that reached both amplifiers: the fit, and where it is not confirmed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from interbrain.clocks import doubts
from interbrain.clocks.confirmation import NO_MATCH_BY_CHANCE, runs_without_a_match
from interbrain.clocks.jumps import log_chance_of_no_match
from interbrain.clocks.matching import SAMPLING_SD_S, TOLERANCE_S, ClockError, ClockFit, ClockJump, align
from interbrain.clocks.runs import SessionRun, Tie

# Two recordings of a session share one drift if theirs differ by no more than this many standard errors, or
# by no more than a warming crystal does.
AGREEING_ERRORS, WARMING_PPM = 4, 5
# Fewer pulses than this inside a block say little of how well it is aligned: the recording's residual does.
FEWEST_FOR_RESIDUAL = 3
# Without any pulse that could show a jump, more than this share of a block, and more seconds than pulses are
# usually apart, are worth a note.
END_SHARE, END_S = 0.2, 15.0
# A jump explains a drift as well if it leaves no more than so many times what the drift leaves.
AS_WELL = 2.0
# A block beside a jump is tied by its own side if so many pulses are matched inside it.
FEWEST_BESIDE_A_JUMP = 5
# Pulses that are further from one line than sampling explains, by so much (ms), jitter.
JITTER_MS = 2.0
# Two clocks that were started at one instant are a sample apart after this time: by 5 ppm and more at 1 kHz,
# by 20 ppm at 250 Hz.
FEWEST_SAME, SAME_S, SAME_FOR_S = 5, 1e-6, 200.0


def session_drift(fits: Sequence[ClockFit]) -> tuple[float, float] | None:
    """Slope - 1 common to several recordings, each with an offset of its own, and its standard error.

    None if there is but one recording, or if they do not agree on one.
    """
    fits = [fit for fit in fits if len(fit.matches) >= 2]
    if len(fits) < 2:
        return None
    spread = product = squares = count = 0.0
    for fit in fits:
        x, y = np.array(fit.matches).T
        ahead = y - x  # a number of seconds, where y and x may be thousands
        spread += float(np.sum((x - x.mean()) ** 2))
        product += float(np.sum((x - x.mean()) * (ahead - ahead.mean())))
        squares += len(x) * (fit.residual_ms / 1e3) ** 2
        count += len(x) - 2
    drift = product / spread
    for fit in fits:
        if abs(fit.drift_ppm - 1e6 * drift) > max(AGREEING_ERRORS * fit.drift_error_ppm, WARMING_PPM):
            return None
    sd = max(SAMPLING_SD_S, (squares / count) ** 0.5 if count else 0.0)
    return drift, sd / spread**0.5


def by_markers(
    run: SessionRun, fit: ClockFit | ClockError, shared: tuple[float, float] | None, limits: Mapping
) -> Tie:
    drift_from = "recording"
    notes: tuple[str, ...] = ()
    if isinstance(fit, ClockJump):
        notes = (doubts.beside_a_jump(fit.jump),)
        fit, shared = _beside(run, fit, limits), None
    if isinstance(fit, ClockError):
        raise fit
    notes += _block_without_a_match(run, fit)
    fit, unmatched = _confirmed(run, fit)
    notes += unmatched
    if shared is None:
        notes += _drift_or_jump(fit)
    else:
        fit = replace(fit, drift_ppm=1e6 * shared[0], drift_error_ppm=1e6 * shared[1])
        drift_from = "session"
    fit = _anchored(fit, *run.block)
    if fit.residual_ms > limits["max_residual_ms"]:
        raise ClockError(
            f"after alignment the shared triggers still differ by {fit.residual_ms:.1f} ms (limit "
            f"{limits['max_residual_ms']:g} ms); PLV would be lost"
        )
    if fit.drift_error_ppm > limits["max_drift_error_ppm"]:
        raise ClockError(
            f"the {fit.n_matched} shared triggers are too close together to determine the drift of the "
            f"clocks: it is known to within {fit.drift_error_ppm:.0f} ppm (limit "
            f"{limits['max_drift_error_ppm']:g} ppm)"
        )
    if fit.n_matched < FEWEST_FOR_RESIDUAL:
        notes = (doubts.TWO_MARKERS, *notes)
    notes += _jitter(run, fit)
    if same_times(fit):
        notes = (*notes, doubts.SAME_TIMES)
    return Tie("markers", fit, drift_from, notes)


def _jitter(run: SessionRun, fit: ClockFit) -> tuple[str, ...]:
    """Whether matched pulses are further from one line than the sampling of both recordings explains."""
    sampling = 1e3 * float(np.hypot(1 / run.therapist.sfreq, 1 / run.client.sfreq)) / 12**0.5
    if not fit.residual_ms > sampling + JITTER_MS:
        return ()
    return (doubts.jitter(fit.residual_ms, sampling, fit.n_in_block),)


def same_times(fit: ClockFit) -> bool:
    """Whether every pulse is in both files at one time, as where one file's triggers are the other's."""
    apart = [abs(there - here) for here, there in fit.matches]
    if len(apart) < FEWEST_SAME or max(apart) >= SAME_S:
        return False
    return fit.matches[-1][0] - fit.matches[0][0] >= SAME_FOR_S


def _beside(run: SessionRun, found: ClockJump, limits: Mapping) -> ClockFit:
    """The fit of the side of a jump on which the block is, if the block's own pulses suffice.

    Raises
    ------
    ClockJump
        The block is on both sides, or too few of its own pulses are matched.
    ClockError
        The side does not make an alignment of its own.
    """
    jump, (start, stop) = found.jump, run.block
    reference, other = (np.array(s.pulses) for s in (run.therapist, run.client))
    if stop <= jump.last and jump.n_before:
        side = reference <= jump.last, other <= jump.last + jump.offset_before + TOLERANCE_S
    elif start >= jump.first and jump.n_after:
        side = reference >= jump.first, other >= jump.first + jump.offset_after - TOLERANCE_S
    else:
        raise found
    fit = align(reference[side[0]], other[side[1]], max_drift_ppm=limits["max_drift_ppm"])
    if sum(start <= x <= stop for x, _ in fit.matches) < FEWEST_BESIDE_A_JUMP:
        raise found
    return replace(fit, n_reference=len(reference), n_other=len(other))


def _block_without_a_match(run: SessionRun, fit: ClockFit) -> tuple[str, ...]:
    """What must be known of a block none of whose pulses is matched.

    Raises
    ------
    ClockError
        It has more pulses in both recordings than could be all lost and spurious.
    """
    start, stop = run.block
    x = np.array(fit.matches)[:, 0]
    if ((x >= start) & (x <= stop)).any():
        return ()
    between = bool((x < start).any() and (x > stop).any())
    begin, end = fit.to_other([start, stop])
    counts = tuple(
        sum(a <= pulse <= b for pulse in s.pulses)
        for s, a, b in ((run.therapist, start, stop), (run.client, begin, end))
    )
    missed = fit.n_reference + fit.n_other - 2 * fit.n_matched - sum(counts)
    chance = log_chance_of_no_match(fit.n_matched, max(missed, 0), 2 * min(counts))
    if chance < np.log(NO_MATCH_BY_CHANCE):
        raise ClockError(
            f"of the block's triggers ({counts[0]} in the therapist's recording, {counts[1]} in the "
            f"client's) none is matched, although {fit.n_matched} others are",
            "The clocks may differ in this block: check that no samples are missing and that start_s "
            "and stop_s are right, or exclude the dyad with a reason.",
        )
    return (doubts.no_match_in_the_block(counts, between),)


def _confirmed(run: SessionRun, fit: ClockFit) -> tuple[ClockFit, tuple[str, ...]]:
    """The fit with the stretches of the block in which it is not confirmed, and notes on them."""
    start, stop = run.block
    begin, end = (float(t) for t in fit.to_reference([0.0, run.client.duration_s]))
    stretches = runs_without_a_match(
        run.therapist.pulses,
        run.client.pulses,
        fit,
        (start, stop),
        (max(begin, 0.0), min(end, run.therapist.duration_s)),
    )
    notes = [doubts.run_without_a_match(stretch) for stretch in stretches]
    first, last = fit.matches[0][0], fit.matches[-1][0]
    for words, where, length in (("before", "first", first - start), ("after", "last", stop - last)):
        known = {"before": "before", "after": "behind"}[words]
        if length > max(END_SHARE * (stop - start), END_S) and known not in {s.where for s in stretches}:
            notes.append(doubts.nothing_beyond(words, where, min(length, stop - start)))
    unconfirmed = tuple((s.begin, s.end) for s in stretches if not s.confirmed)
    return replace(fit, unconfirmed=unconfirmed), tuple(notes)


def _drift_or_jump(fit: ClockFit) -> tuple[str, ...]:
    """Whether an unusual drift could be a jump of a clock in the longest stretch without a matched pulse."""
    if abs(fit.drift_ppm) <= doubts.USUAL_PPM:
        return ()
    x, y = np.array(fit.matches).T
    ahead = y - x
    last = int(np.argmax(np.diff(x)))
    before, after = ahead[: last + 1], ahead[last + 1 :]
    left = np.concatenate([before - before.mean(), after - after.mean()])
    if np.sqrt(np.mean(left**2)) > AS_WELL * max(fit.residual_ms / 1e3, SAMPLING_SD_S):
        return ()
    return (doubts.drift_or_jump(fit.drift_ppm, x[last], x[last + 1], float(after.mean() - before.mean())),)


def _anchored(fit: ClockFit, start: float, stop: float) -> ClockFit:
    """The fit with its offset from the markers of one block, or from those nearest to it."""
    x, y = np.array(fit.matches).T
    here = (x >= start) & (x <= stop)
    n_in_block = int(here.sum())
    if not n_in_block:
        here = np.zeros(len(x), bool)
        here[[i for i in (np.searchsorted(x, start) - 1, np.searchsorted(x, stop)) if 0 <= i < len(x)]] = True
    left = (y - x) - 1e-6 * fit.drift_ppm * x  # from the slope: the offset, and each marker's deviation
    offset = float(left[here].mean())
    counted = left[here] - offset if here.sum() >= FEWEST_FOR_RESIDUAL else left - left.mean()
    return replace(
        fit,
        offset=offset,
        n_in_block=n_in_block,
        residual_ms=1e3 * float(np.sqrt(np.mean(counted**2))),
        residual_max_ms=1e3 * float(np.abs(counted).max()),
    )
