"""The two recordings of a session against one another: their clocks, their dates, what they share."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from interbrain.bids import ConversionError
from interbrain.bids.clock import clock_fit
from interbrain.bids.partners import (
    COPY_THE_RIGHT_ONE,
    how_long,
    recorded_apart,
    same_recording,
    strengths_apart,
)
from interbrain.bids.timing import cut, stated_timing
from interbrain.clocks import ClockError, align
from interbrain.formats import FormatError
from interbrain.problems import Problem
from interbrain.quality.cautions import ON_DIFFERENT_DAYS, WRONG_DATE, kind_of, on_different_days
from interbrain.quality.times_of_day import (
    BEGAN_APART,
    CHECK_FILES,
    CHECK_ORDER,
    CHECK_START,
    HOURS_APART,
    OTHER_ORDER,
    Begun,
    began_apart,
    block_begun,
    hours_apart,
    out_of_order,
)
from interbrain.study.by_role import ROLES
from interbrain.study.study import Study
from interbrain.study.tables import Found

# Of the pulses of two files so many match, where these belong together: two or three fit by chance.
FEWEST_PULSES, MOST_OF_THEM = 4, 0.8

if TYPE_CHECKING:
    from interbrain.clocks.runs import SessionRun, Tie
    from interbrain.doctor.members import Readable


def runs_of(study: Study, read: Iterable[Readable]) -> dict[tuple, tuple]:
    """The runs of which both members can be read: (dyad, time) -> where, SessionRun."""
    from interbrain.clocks.runs import SessionRun

    by_run: dict[tuple[str, str], dict[str, Readable]] = defaultdict(dict)
    for m in read:
        by_run[m.dyad, m.time][m.role] = m
    rows = {(row["dyad"], row["time"]): row for row in study.recordings.to_dict("records")}
    return {
        key: (
            both["client"].where,
            SessionRun(
                time=key[1],
                therapist=both["therapist"].survey,
                client=both["client"].survey,
                sync=rows[key]["sync"],
                start_s=both["client"].block[0],
                stop_s=both["client"].block[1],
            ),
        )
        for key, both in by_run.items()
        if len(both) == 2
    }


def check_session(runs: Mapping, config: Mapping, done: Found) -> dict[tuple, tuple]:
    """Tie the clocks of one dyad; returns the tie and the shared seconds of each run that has them."""
    from interbrain.clocks.runs import confirmed_s, together_s
    from interbrain.clocks.session import tie_session

    limits, least = config["clock"], config["windows"]["min_clean_s"]
    ties = {}
    told = [_told(run, config["input"]) for _, run in runs.values()]
    fitted = iter(
        tie_session(
            [r for (_, r), tie in zip(runs.values(), told, strict=True) if tie is None], limits=limits
        )
    )
    tied = [tie or next(fitted) for tie in told]
    for (key, (where, run)), tie in zip(runs.items(), tied, strict=True):
        lengths = {role: getattr(run, role).duration_s for role in ROLES}
        outside = False
        for name, bound in (("start_s", run.start_s), ("stop_s", run.stop_s)):
            if bound is not None and bound > lengths["therapist"] + 1 / run.therapist.sfreq:
                outside, end = True, f"{lengths['therapist']:.{1 + (bound < lengths['therapist'] + 1)}f} s"
                what = f"{name} ({bound:g}) is after the end of the therapist's file ({end})"
                done.problems.append(
                    Problem(where, what, "Correct it, or empty the cell, which means the end of the file.")
                )
        _check_dates(where, run, done)
        if strength := strengths_apart(run):
            hint = "Compare both with what the recording program shows: is the unit or the gain of one wrong?"
            done.warnings.append(Problem(where, strength, hint))
        if same := same_recording(run.therapist, run.client):
            done.problems.append(Problem(where, same, COPY_THE_RIGHT_ONE))
        if isinstance(tie, ClockError):
            done.problems.append(_not_tied(key, runs, tied, limits))
            continue
        shared = together_s(run, tie)
        ties[key] = (tie, shared)
        try:
            if not outside:
                cut(run, tie.fit)
        except ConversionError as error:
            done.problems.append(Problem(where, error.what, error.hint))
            continue
        if shared < least:
            hint = (
                f"At least {least:g} s are needed (windows: min_clean_s). Check that these files belong "
                "together, or exclude the dyad with a reason."
            )
            done.problems.append(Problem(where, how_long(run, tie), hint))
        elif short := recorded_apart(run, tie):
            done.warnings.append(Problem(where, short, "Only these seconds are used."))
        if shared >= least > (confirmed := confirmed_s(run, tie)):
            what = (
                f"of the {shared:.0f} s that both recorded, the clock is confirmed in only {confirmed:.0f} s"
            )
            hint = (
                f"At least {least:g} s are needed (windows: min_clean_s). Check the triggers of both files, "
                "or exclude the dyad with a reason."
            )
            done.problems.append(Problem(where, what, hint))
        for note in tie.notes[run.sync == "header_time" :]:  # of the first, the table has spoken
            done.warnings.append(Problem(where, note, kind=kind_of(note)))
    return ties


def _not_tied(key: tuple, runs: Mapping, tied: Sequence[Tie | ClockError], limits: Mapping) -> Problem:
    # An exchange leaves both times without a tie: the files of one that has it belong together.
    untied = {k: tie for k, tie in zip(runs, tied, strict=True) if isinstance(tie, ClockError)}
    where, tie = runs[key][0], untied[key]
    hint = _of_another_time(key, {k: runs[k] for k in untied}, limits)
    return Problem(where, tie.what, hint or tie.hint)


def _of_another_time(key: tuple, untied: Mapping, limits: Mapping) -> str:
    """What to do where the therapist's pulses are those of the client's file of another time, or "".

    `untied` are the dyad's runs without a tie.
    """
    _, run = untied[key]
    for other, (_, of_other) in untied.items():
        if other == key or of_other.client is run.client:
            continue
        here, there = run.therapist.pulses, of_other.client.pulses
        try:
            n = align(here, there, max_drift_ppm=limits["max_drift_ppm"]).n_matched
        except ClockError:
            continue
        if n >= max(FEWEST_PULSES, MOST_OF_THEM * min(len(here), len(there))):
            return (
                f"The therapist's pulses fit those of the client's file of {other[1]} ({n} of {len(here)} "
                f"and {len(there)}): the files of two times were exchanged. Name those that belong together "
                "in one row."
            )
    return ""


def _told(run: SessionRun, source: str) -> Tie | ClockError | None:
    """The tie that the client's sidecar tells, if the recordings are a dataset's and the table says auto."""
    from interbrain.clocks.runs import Tie

    if source != "bids" or run.sync != "auto":
        return None
    try:
        timing = stated_timing(Path(run.client.path), Path(run.therapist.path))
    except FormatError as error:
        return ClockError(error.text, error.hint)
    return (
        None
        if not timing
        else Tie(timing["method"], clock_fit(timing), timing["drift_from"], tuple(timing["notes"]))
    )


def check_times_of_day(
    runs: Mapping[tuple, tuple], times: Sequence[str], ties: Mapping[tuple, tuple], done: Found
) -> None:
    """What the times of day in all files of a study say against its table.

    `ties` is what `check_session` gives of the runs whose clocks are tied.
    """
    recorded = [
        Begun(key[0], key[1], role, block_begun(s.begun, run.start_s), s.duration_s)
        for key, (_, run) in runs.items()
        for role in ROLES
        if (s := getattr(run, role)).begun
    ]
    clocks = {key: (tie.method, float(tie.fit.offset)) for key, (tie, _) in ties.items()}
    for key, apart in began_apart(recorded, clocks).items():
        what = (
            f"the client's recording began {abs(apart):.0f} s {'before' if apart > 0 else 'after'} the "
            "therapist's by the start times in the files"
        )
        done.warnings.append(Problem(runs[key][0], what, CHECK_START, kind=BEGAN_APART))
    for key in hours_apart(recorded):
        where, run = runs[key]
        begun = [f"{getattr(run, role).begun:%H:%M}" for role in ROLES]
        what = (
            f"according to the files, the therapist's recording began at {begun[0]} and the client's at "
            f"{begun[1]}, unlike in other dyads"
        )
        done.warnings.append(Problem(where, what, CHECK_FILES, kind=HOURS_APART))
    for dyad, first, second in out_of_order(recorded, times):
        what = f"according to the files, {first} was recorded after {second}"
        done.warnings.append(Problem(runs[dyad, first][0], what, CHECK_ORDER, kind=OTHER_ORDER))


def _check_dates(where: str, run: SessionRun, done: Found) -> None:
    begun = [getattr(run, role).begun for role in ROLES]
    if not all(begun):
        return
    if on_different_days(*begun):
        days = [f"{when.day} {when:%B %Y}" for when in begun]
        what = f"according to the files, the therapist was recorded on {days[0]}, the client on {days[1]}"
        done.warnings.append(Problem(where, what, WRONG_DATE, kind=ON_DIFFERENT_DAYS))
