"""The clocks of all recordings that a dyad made in one session: one drift, one anchor for each rest block.

Which method ties them, what each can and cannot know, and whether it is good enough.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from interbrain.clocks import METHODS, doubts
from interbrain.clocks.confirmation import NO_MATCH_BY_CHANCE, runs_without_a_match
from interbrain.clocks.hum import drift_by_hum
from interbrain.clocks.jumps import log_chance_of_no_match
from interbrain.clocks.matching import SAMPLING_SD_S, TOLERANCE_S, ClockError, ClockFit, ClockJump, align
from interbrain.formats.survey import Survey

# Two recordings of a session share one drift if theirs differ by no more than this many standard errors, or
# by no more than a warming crystal does.
AGREEING_ERRORS, WARMING_PPM = 4, 5
# Fewer pulses than this inside a block say little of how well it is aligned: the recording's residual does.
FEWEST_FOR_RESIDUAL = 3
# A trigger that reached both amplifiers is no further apart than this by LSL's clock.
NEAR_PULSE_S = 0.25
# Without any pulse that could show a jump, more than this share of a block, and more seconds than pulses are
# usually apart, are worth a note.
END_SHARE, END_S = 0.2, 15.0
# A jump explains a drift as well if it leaves no more than so many times what the drift leaves.
AS_WELL = 2.0
# A block beside a jump is tied by its own side if so many pulses are matched inside it.
FEWEST_BESIDE_A_JUMP = 5


@dataclass(frozen=True)
class SessionRun:
    """Both members' recordings of one time of measurement; start_s and stop_s on the therapist's clock."""

    time: str
    therapist: Survey
    client: Survey
    sync: str
    start_s: float | None = None
    stop_s: float | None = None

    @property
    def block(self) -> tuple[float, float]:
        """The rest block, s on the therapist's clock."""
        stop = self.therapist.duration_s if self.stop_s is None else self.stop_s
        return self.start_s or 0.0, stop


@dataclass(frozen=True)
class Tie:
    """How the two clocks of one run relate, and by what it is known.

    Attributes
    ----------
    method : str
        One of `METHODS`, but auto.
    fit : ClockFit
        Client's clock in terms of the therapist's, both from their recording's first sample.
    drift_from : str
        "session", "recording", "LSL", "one clock", or "unknown": the drift was not measured and taken as 0.
    notes : tuple of str
        What a reader of the results must know.
    """

    method: str
    fit: ClockFit
    drift_from: str
    notes: tuple[str, ...] = ()


def tie_session(runs: Iterable[SessionRun], *, limits: Mapping) -> list[Tie | ClockError]:
    """Tie the clocks of each run, with the drift fitted over all of them.

    Two amplifiers keep their drift over a session, so runs that are tied by markers share one slope, which a
    short block could not tell well; each is anchored by the markers of its own block, so that what little the
    drift changes does not add up.

    Parameters
    ----------
    runs : iterable of SessionRun
        Of one dyad.
    limits : mapping
        max_residual_ms, max_uncorrected_ppm, max_drift_ppm, accept_header_time.

    Returns
    -------
    ties : list
        For each run its Tie, or the ClockError that says why there is none.
    """
    runs = list(runs)
    fits: dict[tuple[str, str], ClockFit | ClockError] = {}
    chosen: list[str | ClockError] = []
    for run in runs:
        try:
            chosen.append(_method(run, limits))
        except ClockError as error:
            chosen.append(error)
        files = _files(run)
        if chosen[-1] == "markers" and files not in fits:
            try:
                fits[files] = align(
                    run.therapist.pulses, run.client.pulses, max_drift_ppm=limits["max_drift_ppm"]
                )
            except ClockJump as error:
                fits[files] = error
            except ClockError as error:
                fits[files] = _after_no_pulses(run, error)
    shared = _session_drift([fit for fit in fits.values() if isinstance(fit, ClockFit)])
    ties: list[Tie | ClockError] = []
    for run, method in zip(runs, chosen, strict=True):
        try:
            if isinstance(method, ClockError):
                raise method
            ties.append(
                _by_markers(run, fits[_files(run)], shared, limits)
                if method == "markers"
                else _otherwise(run, method, limits)
            )
        except ClockError as error:
            ties.append(error)
    return ties


def together_s(run: SessionRun, tie: Tie) -> float:
    """Seconds of the run's block that both members recorded."""
    begin, end = (float(t) for t in tie.fit.to_reference([0.0, run.client.duration_s]))
    start, stop = run.block
    return max(0.0, min(stop, end, run.therapist.duration_s) - max(start, begin, 0.0))


def confirmed_s(run: SessionRun, tie: Tie) -> float:
    """Of the seconds that both members recorded (`together_s`), those in which the clock is confirmed."""
    return together_s(run, tie) - sum(
        together_s(replace(run, start_s=begin, stop_s=end), tie) for begin, end in tie.fit.unconfirmed
    )


def _files(run: SessionRun) -> tuple[str, str]:
    return run.therapist.path, run.client.path


def _method(run: SessionRun, limits: Mapping) -> str:
    """The method to use: the table's own, or for auto the first that can be used."""
    if run.sync != "auto":
        return run.sync
    one_file = run.therapist.path == run.client.path
    if one_file and run.therapist.lsl == run.client.lsl:
        return "same_file"  # before all others: one amplifier has one clock, and there is nothing to tie
    if one_file and run.therapist.lsl and run.client.lsl:
        return "lsl_clock"  # measured all the time, and exact at any drift, which triggers only sample
    counts = len(run.therapist.pulses), len(run.client.pulses)
    if min(counts) >= 2:
        return "markers"
    if counts == (1, 1):
        return "start_marker"
    if limits["accept_header_time"] and run.therapist.begun and run.client.begun:
        return "header_time"
    why = run.therapist.no_pulses or run.client.no_pulses or "which of them is shared cannot be told."
    raise ClockError(
        f"nothing ties the two clocks: the therapist's recording has {_triggers(counts[0])}, the "
        f"client's {_triggers(counts[1])} ({why.rstrip('.')}), and they are not in one file",
        "Correct triggers in the config, or write how they are tied into the column sync.",
    )


def _triggers(count: int) -> str:
    return f"{count} trigger{'s' * (count != 1)}" if count else "no trigger"


def _after_no_pulses(run: SessionRun, error: ClockError) -> ClockError:
    """Why a member has no pulses, in front of what follows from it."""
    whose = (("therapist", run.therapist), ("client", run.client))
    why = [f"In the {role}'s recording: {s.no_pulses}" for role, s in whose if s.no_pulses]
    return ClockError(why[0], " ".join([*why[1:], str(error)])) if why else error


def _session_drift(fits: Sequence[ClockFit]) -> tuple[float, float] | None:
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


def _by_markers(run: SessionRun, fit, shared, limits: Mapping) -> Tie:
    drift_from, notes = "recording", ()
    if isinstance(fit, ClockJump):
        fit, shared, notes = _beside(run, fit, limits), None, (doubts.beside_a_jump(fit.jump),)
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
    if fit.drift_error_ppm > limits["max_uncorrected_ppm"]:
        raise ClockError(
            f"the {fit.n_matched} shared triggers lie too close together to tell the drift of the "
            f"clocks: it is known to within {fit.drift_error_ppm:.0f} ppm (limit "
            f"{limits['max_uncorrected_ppm']:g} ppm)"
        )
    if fit.n_matched < FEWEST_FOR_RESIDUAL:
        notes = (doubts.TWO_MARKERS, *notes)
    return Tie("markers", fit, drift_from, notes)


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


def _triggers_otherwise(run: SessionRun, fit: ClockFit, limits: Mapping) -> tuple[str, ...]:
    """What must be known of a tie that the shared triggers contradict, though it does not rest on them."""
    try:
        told = align(run.therapist.pulses, run.client.pulses, max_drift_ppm=limits["max_drift_ppm"])
    except ClockError:
        return ()
    apart = max((float(told.to_other(t) - fit.to_other(t)) for t in run.block), key=abs)
    if told.n_matched < FEWEST_FOR_RESIDUAL or 1e3 * abs(apart) <= limits["max_residual_ms"]:
        return ()
    return (doubts.triggers_otherwise(told, apart),)


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


def _lsl_doubts(run: SessionRun, fit: ClockFit, limits: Mapping) -> tuple[str, ...]:
    """What must be known of a tie by LSL's clock: a drift beyond the limit, triggers that contradict it."""
    notes = []
    if abs(fit.drift_ppm) > limits["max_drift_ppm"]:
        notes.append(
            f"the two clocks drift apart by {fit.drift_ppm:.0f} ppm, more than max_drift_ppm "
            f"({limits['max_drift_ppm']:g} ppm); the LSL clock allows for it"
        )
    therapist, client = np.array(run.therapist.pulses), fit.to_reference(np.array(run.client.pulses, float))
    if len(therapist) and len(client):
        apart = client - therapist[np.abs(therapist[None] - client[:, None]).argmin(axis=1)]
        near = apart[np.abs(apart) < NEAR_PULSE_S]
        if len(near) >= max(FEWEST_FOR_RESIDUAL, len(client) / 2):
            median_ms = 1e3 * float(np.median(near))
            if abs(median_ms) > limits["max_residual_ms"]:
                notes.append(
                    f"by the LSL clock, the client's triggers come {abs(median_ms):.0f} ms "
                    f"{'after' if median_ms > 0 else 'before'} the therapist's. If one trigger reached both "
                    "amplifiers at once, write sync: markers"
                )
    return tuple(notes)


def _drift_unknown(run: SessionRun, fit: ClockFit, seconds: float, limits: Mapping) -> tuple[str, ...]:
    """What an unknown drift can cost, what the mains hum in both recordings says of it, and triggers."""
    hum = drift_by_hum(run.therapist.hum, run.client.hum, fit.offset, limits["max_drift_ppm"])
    measured = doubts.NO_HUM if hum is None else doubts.hum_drift(hum, seconds)
    return doubts.drift_unknown(seconds), measured, *_triggers_otherwise(run, fit, limits)


def _otherwise(run: SessionRun, method: str, limits: Mapping) -> Tie:
    """Everything but markers: no residual, and as a rule no drift, is known."""
    therapist, client = run.therapist, run.client
    start, stop = run.block
    if method == "start_marker":
        if not (therapist.pulses and client.pulses):
            raise _after_no_pulses(run, ClockError("There is no start marker in both recordings"))
        shared = therapist.pulses[0]
        fit = replace(
            ClockFit.from_start_marker(shared, client.pulses[0]),
            n_reference=len(therapist.pulses),
            n_other=len(client.pulses),
            n_in_block=int(start <= shared <= stop),
        )
        furthest = max(abs(start - shared), abs(stop - shared))
        return Tie(method, fit, "unknown", _drift_unknown(run, fit, furthest, limits))
    if method == "lsl_clock":
        if therapist.lsl is None or client.lsl is None:
            raise ClockError("only XDF recordings hold an LSL clock", "Correct the column sync.")
        (begun, rate), (other_begun, other_rate) = therapist.lsl, client.lsl
        slope = rate / other_rate
        fit = replace(
            ClockFit.identity(), offset=(begun - other_begun) / other_rate, drift_ppm=1e6 * (slope - 1)
        )
        notes = () if therapist.path == client.path else (doubts.TWO_FILES_ONE_CLOCK,)
        return Tie(method, fit, "LSL", (*notes, *_lsl_doubts(run, fit, limits)))
    if method == "same_file":
        if therapist.path != client.path:
            raise ClockError("the members' recordings are not in one file", "Correct the column sync.")
        if therapist.lsl != client.lsl:
            raise ClockError("two streams of an XDF file have two clocks", "Write sync: lsl_clock.")
        return Tie(method, ClockFit.identity(), "one clock")
    if method == "header_time":
        if not limits["accept_header_time"]:
            raise ClockError(
                "header times are accurate to a second at best",
                "Set accept_header_time in the config (clock) to use them all the same.",
            )
        if not (therapist.begun and client.begun):
            raise ClockError("a file does not say when it began, so header_time cannot tie them")
        offset = (therapist.begun - client.begun).total_seconds()
        fit = replace(ClockFit.identity(), offset=offset)
        notes = (doubts.HEADER_TIME, *_drift_unknown(run, fit, stop, limits))
        return Tie(method, fit, "unknown", notes)
    if method == "shared_start":
        fit = ClockFit.identity()
        notes = (doubts.SHARED_START, *_drift_unknown(run, fit, stop, limits))
        return Tie(method, fit, "unknown", notes)
    raise ClockError(f'"{method}" is no way to tie clocks', f"Use: {', '.join(METHODS)}.")
