"""The clocks of all recordings that a dyad made in one session: one drift, one anchor for each rest block.

Which method ties them, what each can and cannot know, and whether it is good enough.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np

from interbrain.clocks import METHODS, doubts
from interbrain.clocks.by_markers import FEWEST_FOR_RESIDUAL, by_markers, session_drift
from interbrain.clocks.hum import drift_by_hum
from interbrain.clocks.matching import ClockError, ClockFit, ClockJump, align
from interbrain.clocks.runs import SessionRun, Tie
from interbrain.clocks.wrong_rate import wrong_rate

# A trigger that reached both amplifiers is no further apart than this by LSL's clock.
NEAR_PULSE_S = 0.25


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
        max_residual_ms, max_drift_error_ppm, max_drift_ppm, accept_header_time.

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
                fits[files] = wrong_rate(run) or _after_no_pulses(run, error)
    shared = session_drift([fit for fit in fits.values() if isinstance(fit, ClockFit)])
    ties: list[Tie | ClockError] = []
    for run, method in zip(runs, chosen, strict=True):
        try:
            if isinstance(method, ClockError):
                raise method
            ties.append(
                by_markers(run, fits[_files(run)], shared, limits)
                if method == "markers"
                else _otherwise(run, method, limits)
            )
        except ClockError as error:
            ties.append(error)
    return ties


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
    lacking = next((s for s in (run.therapist, run.client) if s.no_pulses), None)
    why = (lacking.no_pulses if lacking else "which of them are shared is unknown").rstrip(".")
    why = why[:1].lower() + why[1:]
    advice = f"{lacking.to_find_pulses} " if lacking and lacking.to_find_pulses else ""
    raise ClockError(
        f"nothing ties the two clocks: the therapist's recording has {_triggers(counts[0])}, the "
        f"client's {_triggers(counts[1])}, and they are not in one file: {why}",
        f"{advice}Correct triggers in the config, or write how they are tied into the column sync. Where "
        "nothing ties them, write that into exclude.",
    )


def _triggers(count: int) -> str:
    return f"{count} trigger{'s' * (count != 1)}" if count else "no trigger"


def _after_no_pulses(run: SessionRun, error: ClockError) -> ClockError:
    """Why a member has no pulses, in front of what follows from it."""
    whose = (("therapist", run.therapist), ("client", run.client))
    why = [f"In the {role}'s recording: {s.no_pulses}" for role, s in whose if s.no_pulses]
    advice = dict.fromkeys(s.to_find_pulses for _, s in whose if s.to_find_pulses)
    if not why:
        return error
    return ClockError(why[0], " ".join(filter(None, [*why[1:], f"{error.what}.", *advice, error.hint])))


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


def _lsl_doubts(run: SessionRun, fit: ClockFit, limits: Mapping) -> tuple[str, ...]:
    """What must be known of a tie by LSL's clock: a drift beyond the limit, triggers that contradict it."""
    notes = []
    if abs(fit.drift_ppm) > limits["max_drift_ppm"]:
        notes.append(doubts.fast_by_lsl(fit.drift_ppm, limits["max_drift_ppm"]))
    therapist, client = np.array(run.therapist.pulses), fit.to_reference(np.array(run.client.pulses, float))
    if len(therapist) and len(client):
        apart = client - therapist[np.abs(therapist[None] - client[:, None]).argmin(axis=1)]
        near = apart[np.abs(apart) < NEAR_PULSE_S]
        if len(near) >= max(FEWEST_FOR_RESIDUAL, len(client) / 2):
            median_ms = 1e3 * float(np.median(near))
            if abs(median_ms) > limits["max_residual_ms"]:
                notes.append(doubts.apart_by_lsl(median_ms))
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
            raise ClockError("only XDF recordings have an LSL clock", "Correct the column sync.")
        (begun, rate), (other_begun, other_rate) = therapist.lsl, client.lsl
        slope = rate / other_rate
        fit = replace(
            ClockFit.identity(), offset=(begun - other_begun) / other_rate, drift_ppm=1e6 * (slope - 1)
        )
        notes: tuple[str, ...] = () if therapist.path == client.path else (doubts.TWO_FILES_ONE_CLOCK,)
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
                "Set accept_header_time in the config (clock) to use them anyway.",
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
    raise ClockError(f'"{method}" is not a way to tie clocks', f"Use: {', '.join(METHODS)}.")
