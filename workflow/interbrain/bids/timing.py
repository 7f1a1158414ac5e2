"""The clocks of a dyad's recordings, tied, and the stretch of each raw file that is its rest block.

Reads every raw file of the dyad and writes none; what a conversion then does is to cut and to write.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from interbrain.bids import ConversionError
from interbrain.bids.clock import COUNT_KEYS, timing_in
from interbrain.bids.inheritance import read_sidecar, source_of
from interbrain.bids.partners import (
    COPY_THE_RIGHT_ONE,
    partner_notes,
    same_as_at_another_time,
    same_recording,
)
from interbrain.bids.surveying import survey_files
from interbrain.clocks import ClockError, ClockFit
from interbrain.clocks.runs import SessionRun, Tie
from interbrain.clocks.session import tie_session
from interbrain.formats import FormatError
from interbrain.formats.survey import Survey, survey

# What ties the clocks by pulses that reached both amplifiers.
SHARED_PULSES = ("markers", "start_marker")


@dataclass(frozen=True)
class Source:
    """Where one member's part of a recording is: the raw file, and its channels if it holds two people.

    `cap_map` and `triggers` are this recording's; None: those of the whole session.
    """

    participant: str
    path: str
    pattern: str | None = None
    partner_pattern: str | None = None
    scale: float | None = None
    cap_map: Mapping[str, str] | None = None
    triggers: Mapping | None = None


@dataclass(frozen=True)
class RunSources:
    """Both members' recordings of one time, as the recordings table has them."""

    run: int
    time: str
    sync: str
    therapist: Source
    client: Source
    start_s: float | None = None
    stop_s: float | None = None


def survey_run(
    dyad: str,
    sources: RunSources,
    cap_map: Mapping[str, str] | None = None,
    triggers: Mapping | None = None,
    from_bids: bool = False,
) -> tuple[SessionRun | None, list[ConversionError]]:
    """Open both members' files.

    Parameters
    ----------
    cap_map, triggers : mapping, optional
        Label -> 10-20 name, and the arguments of `read_triggers`, where a source has none of its own.
    from_bids : bool
        They are recordings of a BIDS dataset, with tables beside them.

    Returns
    -------
    run : SessionRun or None
    problems : list of ConversionError
        Every file that cannot be read, with whose it is; then there is no run.
    """
    found: dict[str, Survey] = {}
    problems = []
    for role in ("therapist", "client"):
        source: Source = getattr(sources, role)
        labels = cap_map if source.cap_map is None else source.cap_map
        pulses = (triggers if source.triggers is None else source.triggers) or {}
        try:
            if from_bids:
                found[role] = survey_files(Path(source.path), labels or {}, pulses)
                continue
            found[role] = survey(
                source.path,
                channel_names=labels or None,
                pattern=source.pattern,
                partner_pattern=source.partner_pattern,
                scale=source.scale,
                triggers=pulses,
            )
        except FormatError as error:
            problems.append(ConversionError.of(error, f"{dyad} {sources.time}, {role} {source.participant}"))
    if not problems and (same := same_recording(**found)):
        problems.append(ConversionError(same, COPY_THE_RIGHT_ONE, where=f"{dyad} {sources.time}"))
    if problems:
        return None, problems
    both = found["therapist"], found["client"]
    return SessionRun(sources.time, *both, sources.sync, sources.start_s, sources.stop_s), []


def survey_session(
    dyad: str,
    session: Sequence[RunSources],
    cap_map: Mapping[str, str] | None = None,
    triggers: Mapping | None = None,
    from_bids: bool = False,
) -> tuple[dict[int, SessionRun], dict[str, dict]]:
    """Open all files of a dyad's recordings, but for those whose clocks need not be tied.

    `cap_map` and `triggers` are those of every source that has none of its own.

    Recordings of a BIDS dataset whose sidecars say how their clocks were tied are not tied again, if their
    row in the recordings table says auto.

    Returns
    -------
    runs : dict of int to SessionRun
    timing : dict of str to dict
        As `time_session` returns it, of every other run.
    """
    timing = {}
    for sources in session if from_bids else ():
        if sources.sync != "auto":
            continue
        try:
            if told := stated_timing(Path(sources.client.path), Path(sources.therapist.path)):
                timing[str(sources.run)] = told
        except FormatError as error:
            timing[str(sources.run)] = _unusable(ConversionError.of(error, f"{dyad} {sources.time}"))
    runs = {}
    for sources in session:
        if str(sources.run) in timing:
            continue
        run, problems = survey_run(dyad, sources, cap_map, triggers, from_bids)
        if run is None:
            timing[str(sources.run)] = _unusable(*problems)
        else:
            runs[sources.run] = run
    return runs, timing


def time_session(
    dyad: str, session: Sequence[RunSources], *, clock_limits: Mapping, **opening: Any
) -> dict[str, dict]:
    """Tie the clocks of a dyad's recordings and find the rest block in each raw file.

    Parameters
    ----------
    clock_limits : mapping
        As `time_runs` takes them.
    **opening
        As `survey_session` takes them.

    Returns
    -------
    timing : dict of str to dict
        As `time_runs` returns it.
    """
    runs, timing = survey_session(dyad, session, **opening)
    return timing | time_runs(dyad, runs, clock_limits)


def time_runs(dyad: str, runs: Mapping[int, SessionRun], clock_limits: Mapping) -> dict[str, dict]:
    """Tie the clocks of a dyad's recordings that have been opened.

    Returns
    -------
    timing : dict of str to dict
        For each run that can be used: method, drift_from, notes; partner_notes (`partners.partner_notes`);
        offset (s), drift_ppm, drift_error_ppm, residual_ms (None if unknown), between the two blocks;
        n_matched pulses of n_reference and n_other in the whole files, n_in_block of them inside the block;
        unconfirmed, from when to when the clock is not confirmed (s from the block's start on the
        therapist's clock); and for each role first_sample and n_samples of the block in the file (lost
        samples put back) and pulses (s from the block's start). For any other run: problem, everything that
        keeps it from being used. `usable` raises it.
    """
    timing = {}
    copied = same_as_at_another_time(runs.values())
    for (number, run), tie in zip(runs.items(), tie_session(runs.values(), limits=clock_limits), strict=True):
        where = f"{dyad} {run.time}"
        if same := copied.get(run.time):
            errors = [ConversionError(what, COPY_THE_RIGHT_ONE, where=where) for what in same]
            timing[str(number)] = _unusable(*errors)
            continue
        try:
            if isinstance(tie, ClockError):
                otherwise = f"Otherwise exclude {dyad} with a reason in the dyads table."
                raise ConversionError(
                    f"the two clocks cannot be tied: {tie.what}", f"{tie.hint} {otherwise}".lstrip()
                )
            timing[str(number)] = _timing(run, tie)
        except ConversionError as error:
            timing[str(number)] = _unusable(ConversionError.of(error, where))
    return timing


def require_files(session: Sequence[RunSources]) -> None:
    """Stop where a raw file is gone: it may come back, and must not be held to be unusable for good.

    Raises
    ------
    FileNotFoundError
    """
    for sources in session:
        for source in (sources.therapist, sources.client):
            Path(source.path).stat()


def _unusable(*problems: ConversionError) -> dict[str, str]:
    """What stands in place of a run's timing: why there is none, a line each."""
    return {"problem": "\n".join(map(str, problems))}


def stated_timing(client: Path, therapist: Path) -> dict | None:
    """How a dataset says that the clocks of two of its recordings are tied; None if it does not.

    Raises
    ------
    FormatError
        A sidecar is damaged, or it ties the client's clock to another recording's than the therapist's.
    """
    about = read_sidecar(client)
    timing = timing_in(about, source_of(client, "Hyperscanning") if "Hyperscanning" in about else client)
    if timing is None:
        return None
    partners = about.get("SimultaneousRecordingWith", [])
    partners = [partners] if isinstance(partners, str) else partners
    names = [str(uri).rpartition("/")[2] for uri in partners]
    if names and Path(therapist).name not in names:
        raise FormatError(
            f"its clock was tied to that of {', '.join(names)}, and not to that of {Path(therapist).name}",
            "Correct the row in the recordings table, or write there (sync) how these two are tied.",
            where=client,
        )
    return timing


def usable(timing: Mapping[str, Mapping], run: int | str) -> Mapping:
    """The timing of one run.

    Raises
    ------
    ConversionError
        What keeps the run from being used.
    """
    if "problem" in timing[str(run)]:
        raise ConversionError(timing[str(run)]["problem"])
    return timing[str(run)]


def _timing(run: SessionRun, tie: Tie) -> dict:
    blocks, fit = cut(run, tie.fit)
    if tie.method not in SHARED_PULSES:  # then nobody says that they reached both amplifiers
        blocks = {role: {**block, "pulses": []} for role, block in blocks.items()}
    known = {name: getattr(fit, name) for name in ("drift_error_ppm", "residual_ms")}
    return {
        "method": tie.method,
        "drift_from": tie.drift_from,
        "notes": list(tie.notes),
        "partner_notes": list(partner_notes(run, tie)),
        "offset": fit.offset,
        "drift_ppm": fit.drift_ppm,
        **{name: getattr(fit, name) for name in ("n_matched", *COUNT_KEYS)},
        **{name: None if np.isnan(value) else value for name, value in known.items()},
        "unconfirmed": [list(stretch) for stretch in fit.unconfirmed],
        **blocks,
    }


def cut(run: SessionRun, fit: ClockFit) -> tuple[dict[str, dict], ClockFit]:
    """The samples of each member's file that are the rest block, and the clock between the two blocks.

    Raises
    ------
    ConversionError
        The block is not inside the therapist's recording, or the client's holds nothing of it.
    """
    last = run.therapist.duration_s
    start, stop = run.block
    if not 0 <= start < stop <= last + 1 / run.therapist.sfreq:
        raise ConversionError(
            f"start_s {start:g} to stop_s {stop:g} is not inside the therapist's recording of {last:.1f} s",
            "Correct the recordings table.",
        )
    whole = run.start_s is None and run.stop_s is None  # then nothing is cut off the client's either
    spans = {
        "therapist": (start, stop),
        "client": (0.0, run.client.duration_s) if whole else tuple(fit.to_other([start, stop])),
    }
    blocks, begins = {}, {}
    for role, (begin, end) in spans.items():
        held: Survey = getattr(run, role)
        n_held = round(held.duration_s * held.sfreq)
        first, beyond = max(round(begin * held.sfreq), 0), min(round(end * held.sfreq), n_held)
        if beyond - first < held.sfreq:
            raise ConversionError(
                f"the {role}'s recording holds nothing of the block {start:g} to {stop:g} s on the "
                "therapist's clock",
                "Correct start_s and stop_s in the recordings table.",
            )
        begins[role] = first / held.sfreq
        pulses = np.array(held.pulses) - begins[role]
        inside = pulses[(pulses >= 0) & (np.round(pulses * held.sfreq) < beyond - first)]  # half-open
        blocks[role] = {"first_sample": first, "n_samples": beyond - first, "pulses": inside.tolist()}
    offset = float(fit.to_other(begins["therapist"])) - begins["client"]
    begun = begins["therapist"]
    unconfirmed = tuple((round(a - begun, 6), round(b - begun, 6)) for a, b in fit.unconfirmed)
    return blocks, replace(fit, offset=offset, unconfirmed=unconfirmed)
